/* SPDX-License-Identifier: GPL-2.0 */
/*
 * struct carve_pf: everything that lives as long as the PF's PCI device.
 *
 * Each file's own state is a struct of that file's header, embedded here.
 *
 * Copyright (C) 2026 Carve developers
 */
#ifndef _CARVE_PF_H
#define _CARVE_PF_H

#include <linux/container_of.h>
#include <linux/mutex.h>
#include <linux/netdevice.h>
#include <linux/pci.h>
#include <linux/workqueue.h>

#include <carve/nic.h>

#include "asked.h"
#include "control.h"
#include "devlink.h"
#include "filter_mac.h"
#include "filter_vlan.h"
#include "health.h"
#include "irq.h"
#include "link.h"
#include "mbx.h"
#include "mdd.h"
#include "monitor.h"
#include "pool.h"
#include "provision.h"
#include "ptp.h"
#include "reset.h"
#include "rss.h"
#include "rx_mode.h"
#include "service.h"
#include "stats.h"
#include "vf_stats.h"

/**
 * struct carve_pf_vf - one VF as the PF knows it
 * @config: what the administrator declared and what is derived from it
 * @asked: what the VF's present owner asked for
 * @control: its place in the VF state machine
 * @service: what was negotiated with its driver
 * @mbx: its mailbox
 * @monitor: counters of what it did wrong
 * @stats: its traffic
 *
 * Exists for every possible VF from probe to remove: what the administrator
 * declared outlives the VF. Protected by carve_pf.lock but where the
 * embedded struct says otherwise.
 */
struct carve_pf_vf {
	struct carve_pf_vf_config config;
	struct carve_pf_vf_asked asked;
	struct carve_pf_vf_control control;
	struct carve_pf_vf_service service;
	struct carve_pf_vf_mbx mbx;
	struct carve_pf_vf_monitor monitor;
	struct carve_pf_vf_stats stats;
};

/**
 * struct carve_pf - one port of the chip
 * @nic: the data path's view; first, so that netdev_priv() is both
 * @bar: BAR0 as mapped; nic.regs is NULL while the device can't be reached
 * @perm_addr: the port's MAC address from the EEPROM
 * @lan: port of the chip, 0 or 1
 * @nvm_lock: EERD
 * @lock: VF configuration, states and quota: all of @vf and @num_vfs
 *	Taken in sysfs, rtnetlink and devlink callbacks and in work items.
 *	Order: the PCI device's lock, the devlink instance's, rtnl, then @lock,
 *	then the filter tables' locks. So under rtnl or @lock nothing may wait
 *	for devlink: what it is to know is left in place or told by a work item
 * @num_vfs: VFs that exist, 0 to CARVE_PF_MAX_VFS
 * @vf: every possible VF
 * @control: state of the machine that all VFs share
 * @provision: whom to tell of a VF's changed configuration
 * @monitor: how much misbehaviour is too much
 * @mbx: the worker that serves the VFs. It has a queue of its own: a VF driver
 *	in this host may hold rtnl while it waits for an answer, so the worker
 *	must never stand behind work that waits for rtnl
 * @vf_stats: the poll that keeps @vf's statistics from wrapping
 * @wq: ordered; resets of the chip and what must not run beside them
 * @irq: the vector of causes other than queues
 * @mdd: what the chip said of queues it blocked
 * @link: MDIO bus, PHY, phylink
 * @mac_table: unicast and multicast filters
 * @vlan_table: VLAN filters
 * @pools: what the chip's eight pools let in and out
 * @rss: hash key, indirection, pool or RSS mode
 * @rx_mode: what the netdev's flags and lists ask of the PF's pool
 * @reset: reset work and its reason
 * @stats: counters of the port
 * @ptp: its clock
 * @devlink: the port as devlink shows it
 * @health: its health reporters and the VFs'
 */
struct carve_pf {
	struct carve_nic nic;
	u8 __iomem *bar;
	u8 perm_addr[ETH_ALEN];
	u8 lan;
	struct mutex nvm_lock; /* EERD */
	struct mutex lock; /* see above */
	u8 num_vfs;
	struct carve_pf_vf vf[CARVE_PF_MAX_VFS];
	struct carve_pf_control control;
	struct carve_pf_provision provision;
	struct carve_pf_monitor monitor;
	struct carve_pf_mbx mbx;
	struct carve_pf_vf_stats_poll vf_stats;
	struct workqueue_struct *wq;
	struct carve_pf_irq irq;
	struct carve_pf_mdd mdd;
	struct carve_pf_link link;
	struct carve_pf_mac_table mac_table;
	struct carve_pf_vlan_table vlan_table;
	struct carve_pf_pools pools;
	struct carve_pf_rss rss;
	struct carve_pf_rx_mode rx_mode;
	struct carve_pf_reset reset;
	struct carve_pf_stats stats;
	struct carve_pf_ptp ptp;
	struct carve_pf_devlink devlink;
	struct carve_pf_health health;
};

static_assert(offsetof(struct carve_pf, nic) == 0);

static inline struct carve_pf *to_carve_pf(struct carve_nic *nic)
{
	return container_of(nic, struct carve_pf, nic);
}

static inline struct carve_pf *netdev_to_carve_pf(struct net_device *netdev)
{
	return netdev_priv(netdev);
}

#endif /* _CARVE_PF_H */
