/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a VF's present owner asked for, within what provision.c gives it.
 *
 * Copyright (C) 2026 Carve developers
 */
#ifndef _CARVE_PF_ASKED_H
#define _CARVE_PF_ASKED_H

#include <linux/bitmap.h>
#include <linux/if_ether.h>
#include <linux/if_vlan.h>
#include <linux/types.h>

#include <carve/mbx.h>

struct carve_pf;

#define CARVE_PF_VF_MAX_MACS		16
#define CARVE_PF_VF_MAX_VLANS		31

/* Limits of the largest frame, bytes with header, tag and CRC. */
#define CARVE_PF_VF_MIN_FRAME		(ETH_ZLEN + ETH_FCS_LEN)
#define CARVE_PF_VF_STD_FRAME		(VLAN_ETH_FRAME_LEN + ETH_FCS_LEN)

/**
 * struct carve_pf_vf_asked - asked for by the VF's present owner
 * @open: the VF is let in: its filters are in the tables. Set by provision.c
 * @mac: primary address in use; zero: the one it is given
 * @macs: further unicast addresses
 * @num_macs: valid entries of @macs
 * @hashes: multicast hashes
 * @num_hashes: valid entries of @hashes
 * @all_multicast: more hashes than fit
 * @promisc_uc: asked for all unicast when it was trusted; granted while it is
 * @promisc_mc: asked for all multicast
 * @vlans: VLANs it is a member of, VLAN 0 never
 * @num_vlans: bits set in @vlans
 * @max_frame: bytes; 0: standard size
 *
 * carve_pf.lock. Forgotten at every tenant boundary.
 */
struct carve_pf_vf_asked {
	bool open;
	u8 mac[ETH_ALEN];
	u8 macs[CARVE_PF_VF_MAX_MACS][ETH_ALEN];
	u8 num_macs;
	u16 hashes[CARVE_MBX_MC_MAX];
	u8 num_hashes;
	bool all_multicast;
	bool promisc_uc;
	bool promisc_mc;
	DECLARE_BITMAP(vlans, VLAN_N_VID);
	u16 num_vlans;
	u16 max_frame;
};

/*
 * One function per wish. The caller holds carve_pf.lock and the VF is open.
 * Refusals: -EINVAL not a possible value, -EPERM not this VF, -EADDRINUSE
 * another function has the address, -EDQUOT quota used up, -ENOSPC the free
 * entries belong to the floors of others.
 */

/**
 * carve_pf_asked_set_mac() - another primary address
 * @pf: the port
 * @vf: VF
 * @addr: unicast; zero gives back the one the VF was given
 *
 * Return: 0, -EINVAL, -EPERM (the administrator set another), -EADDRINUSE.
 */
int carve_pf_asked_set_mac(struct carve_pf *pf, unsigned int vf,
			   const u8 *addr);

/**
 * carve_pf_asked_add_mac() - one more unicast address
 * @pf: the port
 * @vf: VF
 * @addr: the address
 *
 * With an address set by the administrator only a trusted VF may have others:
 * its source check would let them pass.
 *
 * Return: 0, -EINVAL, -EPERM, -EADDRINUSE, -EDQUOT, -ENOSPC.
 */
int carve_pf_asked_add_mac(struct carve_pf *pf, unsigned int vf,
			   const u8 *addr);

/**
 * carve_pf_asked_clear_macs() - no more further unicast addresses
 * @pf: the port
 * @vf: VF
 */
void carve_pf_asked_clear_macs(struct carve_pf *pf, unsigned int vf);

/**
 * carve_pf_asked_set_multicast() - the multicast hashes, replacing the former
 * @pf: the port
 * @vf: VF
 * @hashes: carve_mc_hash() values
 * @num: how many, at most CARVE_MBX_MC_MAX
 * @all: there were more
 */
void carve_pf_asked_set_multicast(struct carve_pf *pf, unsigned int vf,
				  const u16 *hashes, unsigned int num,
				  bool all);

/**
 * carve_pf_asked_set_promisc() - promiscuous modes
 * @pf: the port
 * @vf: VF
 * @uc: all unicast; for a trusted VF only
 * @mc: all multicast of its VLANs
 *
 * Return: 0, or -EPERM with nothing changed.
 */
int carve_pf_asked_set_promisc(struct carve_pf *pf, unsigned int vf, bool uc,
			       bool mc);

/**
 * carve_pf_asked_add_vlan() - membership of a VLAN
 * @pf: the port
 * @vf: VF
 * @vid: VLAN id; 0 is granted and means nothing
 *
 * Return: 0, -EINVAL, -EPERM (port VLAN), -EDQUOT, -ENOSPC.
 */
int carve_pf_asked_add_vlan(struct carve_pf *pf, unsigned int vf, u16 vid);

/**
 * carve_pf_asked_del_vlan() - the reverse of carve_pf_asked_add_vlan()
 * @pf: the port
 * @vf: VF
 * @vid: VLAN id, a member or not; taking out what isn't in is no error
 */
void carve_pf_asked_del_vlan(struct carve_pf *pf, unsigned int vf, u16 vid);

/**
 * carve_pf_asked_set_max_frame() - the largest frame it wants to receive
 * @pf: the port
 * @vf: VF
 * @bytes: header, tag and CRC included; any value the VF may have sent
 *
 * Return: 0 or -EINVAL.
 */
int carve_pf_asked_set_max_frame(struct carve_pf *pf, unsigned int vf,
				 u32 bytes);

#endif /* _CARVE_PF_ASKED_H */
