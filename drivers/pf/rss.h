/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Spreading the PF's traffic: RSS over all its channels while there are no
 * VFs, pools (VMDq) otherwise.
 *
 * Copyright (C) 2026 Carve developers
 */
#ifndef _CARVE_PF_RSS_H
#define _CARVE_PF_RSS_H

#include <linux/spinlock.h>
#include <linux/types.h>

struct carve_pf;

#define CARVE_RSS_KEY_BYTES		40
#define CARVE_RSS_INDIR_ENTRIES		128

/**
 * struct carve_pf_rss - the hash as the user set it
 * @key: hash key. rtnl
 * @indir: channel of each hash value. rtnl
 * @tcp4: ports of TCP over IPv4 are hashed. rtnl
 * @tcp6: ports of TCP over IPv6 are hashed. rtnl
 * @udp4: ports of UDP over IPv4 are hashed. rtnl
 * @udp6: ports of UDP over IPv6 are hashed. rtnl
 * @vfs: VFs own the queues of all channels but the first. rtnl
 * @num_channels: channels that traffic is spread over; 1 means pool mode.
 *	rtnl, written under @lock
 * @lock: BH-safe; MRQC and VT_CTL
 */
struct carve_pf_rss {
	u8 key[CARVE_RSS_KEY_BYTES];
	u8 indir[CARVE_RSS_INDIR_ENTRIES];
	bool tcp4;
	bool tcp6;
	bool udp4;
	bool udp6;
	bool vfs;
	u16 num_channels;
	spinlock_t lock; /* see above */
};

/**
 * carve_pf_rss_init() - random key, even table, pool mode
 * @pf: the port, its number of channels known
 *
 * Soft state only.
 */
void carve_pf_rss_init(struct carve_pf *pf);

/**
 * carve_pf_rss_write_all() - key, table, MRQC and VT_CTL from the soft state
 * @pf: the port
 */
void carve_pf_rss_write_all(struct carve_pf *pf);

/**
 * carve_pf_rss_write_default_pool() - VT_CTL, when the PF's wishes change
 * @pf: the port
 *
 * The default pool is open while the PF wants frames that no filter names.
 */
void carve_pf_rss_write_default_pool(struct carve_pf *pf);

/**
 * carve_pf_rss_spread() - spread traffic over some channels
 * @pf: the port
 * @num_channels: the first ones, all of them running; 1: pool mode
 *
 * rtnl. Switches before it returns; frames already in a queue stay there.
 */
void carve_pf_rss_spread(struct carve_pf *pf, u16 num_channels);

/**
 * carve_pf_rss_set_even() - spread hash values evenly over all channels
 * @pf: the port
 *
 * Soft state only. rtnl.
 */
void carve_pf_rss_set_even(struct carve_pf *pf);

/**
 * carve_pf_rss_usable_channels() - channels that may run now
 * @pf: the port
 *
 * rtnl.
 *
 * Return: 1 while VFs exist, else as configured.
 */
u16 carve_pf_rss_usable_channels(const struct carve_pf *pf);

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
