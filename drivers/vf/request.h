/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a VF can ask its PF, one typed function for each action. All of them
 * sleep, up to the mailbox's time-out.
 *
 * They return 0 when the PF granted the request, -EACCES when it refused, and
 * anything else when there is no PF to talk to: see
 * carve_vf_request_unheard().
 *
 * Copyright (C) 2026 Carve developers
 */
#ifndef _CARVE_VF_REQUEST_H
#define _CARVE_VF_REQUEST_H

#include <linux/errno.h>
#include <linux/if_ether.h>
#include <linux/types.h>

struct carve_vf;

/**
 * struct carve_vf_config - what the PF says it has given to this VF
 * @flags: CARVE_MBX_CONFIG_*
 * @max_frame: largest frame SET_LPE may ask for
 * @mac_quota: further unicast addresses the VF may have
 * @vlan_quota: VLAN ids the VF may have
 * @rate: transmit rate limit in Mb/s, 0 for none
 * @link: CARVE_MBX_LINK_*
 * @mac: primary address the PF uses for this VF, zero when none
 */
struct carve_vf_config {
	u32 flags;
	u16 max_frame;
	u16 mac_quota;
	u16 vlan_quota;
	u32 rate;
	u32 link;
	u8 mac[ETH_ALEN];
};

/**
 * carve_vf_request_unheard() - tell a lost PF from one that refused
 * @err: what a request returned
 *
 * Return: true when the PF did not answer the request.
 */
static inline bool carve_vf_request_unheard(int err)
{
	return err && err != -EACCES;
}

/**
 * carve_vf_request_reset() - RESET: ask to be let in
 * @vf: the VF, just reset
 * @mac: the address the PF has for this VF, zero when it has none
 *
 * Return: 0, or -ERRNO as above.
 */
int carve_vf_request_reset(struct carve_vf *vf, u8 *mac);

/**
 * carve_vf_request_handshake() - HANDSHAKE: agree on a version
 * @vf: the VF
 * @version: CARVE_MBX_VERSION() both speak
 * @caps: CARVE_MBX_CAP_* granted
 *
 * A refusal or an improper answer means version 1.0 without capabilities.
 *
 * Return: 0, or -ERRNO other than -EACCES.
 */
int carve_vf_request_handshake(struct carve_vf *vf, u32 *version, u32 *caps);

/**
 * carve_vf_request_config() - QUERY_CONFIG; capability CONFIG
 * @vf: the VF
 * @config: the answer
 *
 * Return: 0, -EPROTO for an improper answer, or -ERRNO as above.
 */
int carve_vf_request_config(struct carve_vf *vf,
			    struct carve_vf_config *config);

/**
 * carve_vf_request_set_mac() - SET_MAC: change the primary address
 * @vf: the VF
 * @addr: the new address
 *
 * Return: 0, or -ERRNO as above.
 */
int carve_vf_request_set_mac(struct carve_vf *vf, const u8 *addr);

/**
 * carve_vf_request_clear_macs() - SET_MAC: drop all further unicast addresses
 * @vf: the VF
 *
 * Return: 0, or -ERRNO as above.
 */
int carve_vf_request_clear_macs(struct carve_vf *vf);

/**
 * carve_vf_request_add_mac() - SET_MAC: add a further unicast address
 * @vf: the VF
 * @addr: the address
 *
 * Return: 0, or -ERRNO as above; -EACCES also when the quota is used up.
 */
int carve_vf_request_add_mac(struct carve_vf *vf, const u8 *addr);

/**
 * carve_vf_request_multicast() - SET_MULTICAST: replace the list of hashes
 * @vf: the VF
 * @hashes: carve_mc_hash() of the addresses
 * @num: their number, at most CARVE_MBX_MC_MAX
 * @all: there are more: accept all multicast
 *
 * Return: 0, or -ERRNO as above.
 */
int carve_vf_request_multicast(struct carve_vf *vf, const u16 *hashes,
			       unsigned int num, bool all);

/**
 * carve_vf_request_vlan() - SET_VLAN: join or leave a VLAN
 * @vf: the VF
 * @vid: VLAN id
 * @add: join
 *
 * Return: 0, or -ERRNO as above.
 */
int carve_vf_request_vlan(struct carve_vf *vf, u16 vid, bool add);

/**
 * carve_vf_request_max_frame() - SET_LPE: set the largest frame to receive
 * @vf: the VF
 * @max_frame: bytes, with header, VLAN tag and CRC
 *
 * Return: 0, or -ERRNO as above.
 */
int carve_vf_request_max_frame(struct carve_vf *vf, u16 max_frame);

/**
 * carve_vf_request_promisc() - SET_PROMISC: receive what is not ours
 * @vf: the VF
 * @on: all unicast and multicast, or neither
 *
 * Return: 0, or -ERRNO as above.
 */
int carve_vf_request_promisc(struct carve_vf *vf, bool on);

#endif /* _CARVE_VF_REQUEST_H */
