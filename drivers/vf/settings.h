/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the user wants of a VF and what its PF has granted.
 *
 * Copyright (C) 2026 Carve developers
 */
#ifndef _CARVE_VF_SETTINGS_H
#define _CARVE_VF_SETTINGS_H

#include <linux/bitmap.h>
#include <linux/if_ether.h>
#include <linux/if_vlan.h>
#include <linux/types.h>

struct carve_vf;

/**
 * struct carve_vf_settings - wanted and granted
 * @own_mac: the user chose @mac; otherwise the PF's address is used
 * @mac: the user's address
 * @pf_mac: address the PF gave at the last RESET or query, zero when none
 * @current_mac: primary address the PF has for this VF now
 * @max_frame: largest frame to receive, wanted
 * @current_max_frame: largest frame the PF was told, 0 for none
 * @vlans: VLANs wanted
 * @granted: VLANs the PF has this VF in; bits are read by the receive path
 *	without a lock
 * @stale_vlans: some of @vlans are to be asked for
 *
 * Under carve_vf.lock. @pf_mac and @own_mac decide the netdev's address, which
 * changes under rtnl.
 */
struct carve_vf_settings {
	bool own_mac;
	u8 mac[ETH_ALEN];
	u8 pf_mac[ETH_ALEN];
	u8 current_mac[ETH_ALEN];
	u16 max_frame;
	u16 current_max_frame;
	DECLARE_BITMAP(vlans, VLAN_N_VID);
	DECLARE_BITMAP(granted, VLAN_N_VID);
	bool stale_vlans;
};

/**
 * carve_vf_settings_init() - defaults
 * @vf: the VF, its data path initialised
 */
void carve_vf_settings_init(struct carve_vf *vf);

/**
 * carve_vf_settings_forget() - the PF has let the VF in afresh
 * @vf: the VF, locked
 * @mac: address given by the PF, zero when none
 *
 * Nothing is granted any more.
 */
void carve_vf_settings_forget(struct carve_vf *vf, const u8 *mac);

/**
 * carve_vf_settings_reconfigured() - the PF has changed what it gives
 * @vf: the VF, locked
 * @mac: address the PF has for the VF now, zero when none
 * @binding: the administrator chose that address
 * @vlans: VLAN requests may be decided otherwise than before
 */
void carve_vf_settings_reconfigured(struct carve_vf *vf, const u8 *mac,
				    bool binding, bool vlans);

/**
 * carve_vf_settings_retry_vlans() - ask again for the VLANs that were refused
 * @vf: the VF, locked
 *
 * Those that were granted stay.
 */
void carve_vf_settings_retry_vlans(struct carve_vf *vf);

/**
 * carve_vf_settings_apply() - ask the PF for what is wanted and not granted
 * @vf: the VF, locked
 *
 * Refusals are logged, and the VF lives with them.
 *
 * Return: 0, or -ERRNO when the PF does not answer.
 */
int carve_vf_settings_apply(struct carve_vf *vf);

/**
 * carve_vf_settings_mac_differs() - is the netdev's address to be changed
 * @vf: the VF, locked
 *
 * Return: true when carve_vf_settings_adopt_mac() has something to do.
 */
bool carve_vf_settings_mac_differs(const struct carve_vf *vf);

/**
 * carve_vf_settings_adopt_mac() - give the netdev the PF's address
 * @vf: the VF, locked, under rtnl
 *
 * Return: true when the address changed: the caller tells the notifiers,
 * without carve_vf.lock.
 */
bool carve_vf_settings_adopt_mac(struct carve_vf *vf);

/**
 * carve_vf_settings_set_mac() - the user chooses an address
 * @vf: the VF, locked
 * @addr: the address
 *
 * Return: 0 when granted, or noted because there is no PF to ask; -EACCES;
 * another -ERRNO when the PF does not answer, with the address noted.
 */
int carve_vf_settings_set_mac(struct carve_vf *vf, const u8 *addr);

/**
 * carve_vf_settings_set_max_frame() - set the largest frame
 * @vf: the VF, locked
 * @max_frame: bytes, with header, VLAN tag and CRC
 *
 * Return: as carve_vf_settings_set_mac().
 */
int carve_vf_settings_set_max_frame(struct carve_vf *vf, u16 max_frame);

/**
 * carve_vf_settings_add_vlan() - join a VLAN
 * @vf: the VF, locked
 * @vid: VLAN id
 *
 * Return: as carve_vf_settings_set_mac().
 */
int carve_vf_settings_add_vlan(struct carve_vf *vf, u16 vid);

/**
 * carve_vf_settings_del_vlan() - leave a VLAN
 * @vf: the VF, locked
 * @vid: VLAN id
 *
 * Return: 0, or -ERRNO when the PF does not answer; the VLAN is left in any
 * case.
 */
int carve_vf_settings_del_vlan(struct carve_vf *vf, u16 vid);

#endif /* _CARVE_VF_SETTINGS_H */
