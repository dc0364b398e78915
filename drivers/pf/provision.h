/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What each VF is given: the administrator's declared settings, the quotas,
 * and what the VF asked for within them. The only door to a VF's config.
 *
 * Copyright (C) 2026 Carve developers
 */
#ifndef _CARVE_PF_PROVISION_H
#define _CARVE_PF_PROVISION_H

#include <linux/bitmap.h>
#include <linux/if_ether.h>
#include <linux/if_link.h>
#include <linux/if_vlan.h>
#include <linux/types.h>

#include <carve/mbx.h>

struct carve_pf;

/**
 * struct carve_pf_vf_config - declared by the administrator
 * @mac: address, zero: none set
 * @derived_mac: stable locally administered address used while @mac is zero
 * @vlan: port VLAN id, 0: none
 * @qos: its priority, 0 to 7
 * @max_tx_rate: Mb/s, 0: no limit
 * @spoofchk: sources are checked
 * @trusted: may ask for promiscuous modes
 * @link_state: IFLA_VF_LINK_STATE_*
 * @mac_quota: further unicast filters it may have
 * @vlan_quota: VLANs it may have
 *
 * carve_pf.lock. Kept for the PF driver's lifetime.
 */
struct carve_pf_vf_config {
	u8 mac[ETH_ALEN];
	u8 derived_mac[ETH_ALEN];
	u16 vlan;
	u8 qos;
	u16 max_tx_rate;
	bool spoofchk;
	bool trusted;
	int link_state;
	u16 mac_quota;
	u16 vlan_quota;
};

#define CARVE_PF_VF_MAX_MACS		16

/**
 * struct carve_pf_vf_asked - asked for by the VF's present owner
 * @mac: primary address in use
 * @macs: further unicast addresses
 * @num_macs: valid entries of @macs
 * @hashes: multicast hashes
 * @num_hashes: valid entries of @hashes
 * @all_multicast: more hashes than fit
 * @promisc_uc: asked for all unicast
 * @promisc_mc: asked for all multicast
 * @vlans: VLANs it is a member of
 * @max_frame: bytes; 0: standard size
 *
 * carve_pf.lock. Forgotten at every tenant boundary.
 */
struct carve_pf_vf_asked {
	u8 mac[ETH_ALEN];
	u8 macs[CARVE_PF_VF_MAX_MACS][ETH_ALEN];
	u8 num_macs;
	u16 hashes[CARVE_MBX_MC_MAX];
	u8 num_hashes;
	bool all_multicast;
	bool promisc_uc;
	bool promisc_mc;
	DECLARE_BITMAP(vlans, VLAN_N_VID);
	u16 max_frame;
};

void carve_pf_provision_init(struct carve_pf *pf);

/* Administrator's side; each takes carve_pf.lock. Errnos: see vf_ndo.c. */
int carve_pf_provision_set_mac(struct carve_pf *pf, int vf, const u8 *addr);
int carve_pf_provision_set_vlan(struct carve_pf *pf, int vf, u16 vlan, u8 qos);
int carve_pf_provision_set_rate(struct carve_pf *pf, int vf, int max_tx_rate);
int carve_pf_provision_set_spoofchk(struct carve_pf *pf, int vf, bool on);
int carve_pf_provision_set_trust(struct carve_pf *pf, int vf, bool on);
int carve_pf_provision_set_link_state(struct carve_pf *pf, int vf, int state);

#endif /* _CARVE_PF_PROVISION_H */
