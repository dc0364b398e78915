/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the PF's netdev wants to receive, put into the PF's pool and filters.
 *
 * Copyright (C) 2026 Carve developers
 */
#ifndef _CARVE_PF_RX_MODE_H
#define _CARVE_PF_RX_MODE_H

#include <linux/netdev_features.h>
#include <linux/spinlock.h>
#include <linux/types.h>
#include <linux/workqueue.h>

struct carve_pf;

/**
 * struct carve_pf_rx_mode - state that is not in the netdev
 * @lock: BH-safe, inside the netdev's address lock and outside the tables';
 *	the fields below but @claim, and RCTL
 * @open: the netdev is up: its pool is open
 * @uc_overflow: more unicast addresses than exact filters
 * @halted: the whole port receives nothing
 * @claim: takes the PF's further addresses from VFs that chose them
 * @strip_vlan: tags go to the descriptor; also read by link.c for CTRL
 */
struct carve_pf_rx_mode {
	spinlock_t lock; /* see above */
	bool open;
	bool uc_overflow;
	bool halted;
	struct work_struct claim;
	bool strip_vlan;
};

/**
 * carve_pf_rx_mode_init() - soft state before the netdev is registered
 * @pf: the port, its soft tables initialised
 */
void carve_pf_rx_mode_init(struct carve_pf *pf);

/**
 * carve_pf_rx_mode_fini() - when the netdev is unregistered
 * @pf: the port
 */
void carve_pf_rx_mode_fini(struct carve_pf *pf);

/**
 * carve_pf_rx_mode_set_halted() - stop or start receiving, for PF and VFs
 * @pf: the port
 * @halted: stop
 *
 * For what the chip takes only then. Frames that come meanwhile are lost.
 */
void carve_pf_rx_mode_set_halted(struct carve_pf *pf, bool halted);

/**
 * carve_pf_rx_mode_set_open() - open or close the PF's pool
 * @pf: the port
 * @open: let frames in and out
 *
 * rtnl.
 */
void carve_pf_rx_mode_set_open(struct carve_pf *pf, bool open);

/**
 * carve_pf_rx_mode_update() - features or MTU have changed
 * @pf: the port
 * @features: the netdev's features
 *
 * rtnl.
 */
void carve_pf_rx_mode_update(struct carve_pf *pf, netdev_features_t features);

/**
 * carve_pf_rx_mode_sync() - the netdev's flags or lists have changed
 * @pf: the port
 *
 * Caller holds the netdev's address lock.
 */
void carve_pf_rx_mode_sync(struct carve_pf *pf);

/**
 * carve_pf_rx_mode_write_all() - write RCTL from the soft state
 * @pf: the port
 *
 * Receiving is on afterwards; pools and queues decide who gets something.
 */
void carve_pf_rx_mode_write_all(struct carve_pf *pf);

#endif /* _CARVE_PF_RX_MODE_H */
