/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Address lists of a VF.
 *
 * Copyright (C) 2026 Carve developers
 */
#ifndef _CARVE_VF_RX_MODE_H
#define _CARVE_VF_RX_MODE_H

#include <linux/if_ether.h>
#include <linux/types.h>

#include <linux/carve_mbx.h>

struct carve_vf;
struct net_device;

/* The chip has 24 exact filters for all functions together. */
#define CARVE_VF_UC_MAX			16

/**
 * struct carve_vf_filters - what shall be received besides the own address
 * @uc: further unicast addresses
 * @num_uc: entries in @uc
 * @uc_overflow: there were more than @uc can take
 * @mc: multicast hashes, no duplicates
 * @num_mc: entries in @mc
 * @mc_all: all multicast, by wish or for lack of room
 * @promisc: everything
 */
struct carve_vf_filters {
	u8 uc[CARVE_VF_UC_MAX][ETH_ALEN];
	u8 num_uc;
	bool uc_overflow;
	u16 mc[CARVE_MBX_MC_MAX];
	u8 num_mc;
	bool mc_all;
	bool promisc;
};

/**
 * struct carve_vf_rx_mode - what the PF was asked for
 * @stale: the netdev's lists have changed. Set without a lock
 * @known: the multicast list of @current_filters is what the PF has
 * @current_filters: as last asked for
 * @uc_lacking: the PF had no room for some of @current_filters.uc
 * @promisc_asked: what the PF was asked for last
 * @promisc_granted: the PF lets us see everything
 * @promisc_told: its refusal has been logged
 * @uc_refused: addresses the PF had no room for
 * @promisc_refused: times the PF refused to let us see everything
 *
 * Under carve_vf.lock, but for @stale.
 */
struct carve_vf_rx_mode {
	unsigned long stale;
	bool known;
	struct carve_vf_filters current_filters;
	bool uc_lacking;
	bool promisc_asked;
	bool promisc_granted;
	bool promisc_told;
	unsigned long uc_refused;
	unsigned long promisc_refused;
};

/**
 * carve_vf_rx_mode_mark() - the netdev's lists or flags have changed
 * @vf: the VF
 *
 * Any context; the control work does the rest.
 */
void carve_vf_rx_mode_mark(struct carve_vf *vf);

/**
 * carve_vf_rx_mode_forget() - the PF has let the VF in afresh
 * @vf: the VF, locked
 */
void carve_vf_rx_mode_forget(struct carve_vf *vf);

/**
 * carve_vf_rx_mode_retry() - refusals may be decided otherwise now
 * @vf: the VF, locked
 */
void carve_vf_rx_mode_retry(struct carve_vf *vf);

/**
 * carve_vf_rx_mode_apply() - tell the PF what has changed, if anything has
 * @vf: the VF, locked
 *
 * Return: 0, or -ERRNO when the PF does not answer.
 */
int carve_vf_rx_mode_apply(struct carve_vf *vf);

#endif /* _CARVE_VF_RX_MODE_H */
