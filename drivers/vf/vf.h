/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A VF as its driver sees it.
 *
 * Locks, outermost first:
 *
 *  rtnl                the channels (nic.channels, nic.config), the netdev's
 *                      address; taken by the stack, and by the control work
 *                      to stop and start the channels
 *  carve_vf.lock       what is wanted of the PF and what it granted, the
 *                      control state; held over requests
 *  carve_vf_mbx.lock   mailbox buffer and V2PMAILBOX; mbx.c only
 *  address list lock   (BH) the netdev's lists, while rx_mode.c copies them
 *  carve_vf_stats.lock (BH) totals of the VF's hardware counters
 *
 * Nobody waits for the control work with rtnl or carve_vf.lock held: netdev
 * operations change what is wanted, ask the PF directly when the VF is ready,
 * and otherwise leave it to the control work, which asks for everything when
 * the VF gets ready. The longest a request can keep the locks is the mailbox's
 * time-out, after which the VF is no longer ready.
 *
 * Copyright (C) 2026 Carve developers
 */
#ifndef _CARVE_VF_H
#define _CARVE_VF_H

#include <linux/mutex.h>
#include <linux/netdevice.h>

#include <carve/nic.h>

#include "control.h"
#include "link.h"
#include "mbx.h"
#include "request.h"
#include "rx_mode.h"
#include "settings.h"
#include "stats.h"

/**
 * struct carve_vf_counters - events, for ethtool -S
 * @refused: requests the PF refused
 * @recoveries: times the VF lost its PF and started over
 * @pf_resets: recoveries because the PF was reset
 * @reset_notices: recoveries because the PF asked for it
 * @pf_timeouts: recoveries because the PF did not answer
 * @tx_timeouts: recoveries because transmission stood still
 *
 * Under carve_vf.lock.
 */
struct carve_vf_counters {
	unsigned long refused;
	unsigned long recoveries;
	unsigned long pf_resets;
	unsigned long reset_notices;
	unsigned long pf_timeouts;
	unsigned long tx_timeouts;
};

/**
 * struct carve_vf - one virtual function; the private part of its netdev
 * @nic: what the data path knows; must be first
 * @bar0: the registers, also while @nic.regs is NULL
 * @lock: see above
 * @mbx: the mailbox
 * @control: state machine
 * @link: see there
 * @pf_version: CARVE_MBX_VERSION() agreed with the PF
 * @pf_caps: CARVE_MBX_CAP_* granted
 * @config: what the PF gave; valid with capability CONFIG
 * @settings: address, frame size and VLANs wanted and granted
 * @rx_mode: address lists asked for
 * @counters: events
 * @stats: hardware counters
 */
struct carve_vf {
	struct carve_nic nic;
	u8 __iomem *bar0;
	struct mutex lock; /* pf_*, config, settings, rx_mode, link, control state */
	struct carve_vf_mbx mbx;
	struct carve_vf_control control;
	struct carve_vf_link link;
	u32 pf_version;
	u32 pf_caps;
	struct carve_vf_config config;
	struct carve_vf_settings settings;
	struct carve_vf_rx_mode rx_mode;
	struct carve_vf_counters counters;
	struct carve_vf_stats stats;
};

static_assert(offsetof(struct carve_vf, nic) == 0);

static inline struct carve_vf *to_carve_vf(struct net_device *netdev)
{
	return netdev_priv(netdev);
}

/**
 * carve_vf_is_ready() - has the PF let the VF in
 * @vf: the VF
 *
 * Return: true when requests can be sent and the channels can run.
 */
static inline bool carve_vf_is_ready(const struct carve_vf *vf)
{
	lockdep_assert_held(&vf->lock);

	return vf->control.state == CARVE_VF_READY;
}

#endif /* _CARVE_VF_H */
