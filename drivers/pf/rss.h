/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Spreading the PF's traffic: RSS over all its channels while there are no
 * VFs, pools (VMDq) otherwise.
 *
 * Copyright (C) 2026 Carve developers
 */
#ifndef _CARVE_PF_RSS_H
#define _CARVE_PF_RSS_H

#include <linux/types.h>

struct carve_pf;

#define CARVE_RSS_KEY_BYTES		40
#define CARVE_RSS_INDIR_ENTRIES		128

/**
 * struct carve_pf_rss - the hash as the user set it
 * @key: hash key
 * @indir: channel of each hash value
 * @indir_is_user: set by ethtool -X; else spread evenly over the channels
 * @pool_mode: MRQC is in a pool mode: VFs exist or one channel is all there
 *	is. rtnl
 */
struct carve_pf_rss {
	u8 key[CARVE_RSS_KEY_BYTES];
	u8 indir[CARVE_RSS_INDIR_ENTRIES];
	bool indir_is_user;
	bool pool_mode;
};

void carve_pf_rss_init(struct carve_pf *pf);

/**
 * carve_pf_rss_write_all() - key, table, MRQC and VT_CTL from the soft state
 * @pf: the port
 */
void carve_pf_rss_write_all(struct carve_pf *pf);

/**
 * carve_pf_enter_pool_mode() - get the PF off the queues that VFs will own
 * @pf: the port
 *
 * Switches MRQC and the default pool, then drains and stops every channel
 * but the first, whose queue is never touched. Takes rtnl.
 *
 * Return: 0 or -ERRNO with the old mode in force.
 */
int carve_pf_enter_pool_mode(struct carve_pf *pf);

/**
 * carve_pf_leave_pool_mode() - the reverse, when the last VF is gone
 * @pf: the port
 *
 * Takes rtnl. A channel that can't be started again stays away with one line
 * in the log; the PF then goes on with fewer channels.
 */
void carve_pf_leave_pool_mode(struct carve_pf *pf);

#endif /* _CARVE_PF_RSS_H */
