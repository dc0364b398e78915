/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What each VF is given: the administrator's declared settings and the quotas.
 * The only door to a VF's config.
 *
 * Copyright (C) 2026 Carve developers
 */
#ifndef _CARVE_PF_PROVISION_H
#define _CARVE_PF_PROVISION_H

#include <linux/if_ether.h>
#include <linux/if_link.h>
#include <linux/types.h>

struct carve_pf;

/* Most a VF may have, where the floors of the others leave that much. */
#define CARVE_PF_VF_MAC_QUOTA		7
#define CARVE_PF_VF_VLAN_QUOTA		15

/* The chip's limiters count whole Mb/s up to the speed of the port. */
#define CARVE_PF_VF_MAX_RATE		1000

/**
 * struct carve_pf_vf_config - declared by the administrator
 * @mac: address, zero: none set
 * @derived_mac: stable locally administered address used while @mac is zero
 * @vlan: port VLAN id, 0: none
 * @qos: its priority, 0 to 7
 * @max_tx_rate: Mb/s, 0: no limit
 * @spoofchk: sources are checked
 * @trusted: may ask for unicast promiscuous mode, and for further addresses
 *	beside @mac
 * @link_state: IFLA_VF_LINK_STATE_*
 * @inactive: kept out by the administrator; control.c sees to it
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
	bool inactive;
	u16 mac_quota;
	u16 vlan_quota;
};

/* What of a VF's configuration has changed. */
enum carve_pf_provision_news {
	CARVE_PF_PROVISION_MAC,		/* the address it uses */
	CARVE_PF_PROVISION_POLICY,	/* anything else QUERY_CONFIG reports */
	CARVE_PF_PROVISION_LINK,	/* whether it has a carrier */
	CARVE_PF_PROVISION_TAKEN,	/* what it asked for: it must ask again */
};

/**
 * struct carve_pf_provision - whom to tell
 * @changed: called with carve_pf.lock held after a change by the
 *	administrator was applied. Set before the first one
 * @rate_changed: the same for the transmit limit, for another surface that
 *	shows it; may be NULL
 */
struct carve_pf_provision {
	void (*changed)(struct carve_pf *pf, unsigned int vf,
			enum carve_pf_provision_news news);
	void (*rate_changed)(struct carve_pf *pf, unsigned int vf);
};

/**
 * carve_pf_provision_init() - defaults of all VFs
 * @pf: the port, perm_addr known
 */
void carve_pf_provision_init(struct carve_pf *pf);

/*
 * Administrator's side. Each takes carve_pf.lock, records the setting, applies
 * it to the VF at once without resetting it, and has the VF told. All return
 * -EINVAL for a VF that doesn't exist.
 */

/**
 * carve_pf_provision_set_mac() - a VF's address
 * @pf: the port
 * @vf: VF
 * @addr: unicast address; zero takes back the former one: the VF has the
 *	address again that it is given by itself
 *
 * What another VF merely asked for is taken from it, and what is set for a VF
 * that doesn't exist is forgotten.
 *
 * Return: 0, -EINVAL (multicast), -EADDRINUSE (address of the port, or given to
 * another VF), -ENOSPC (the VF shares its present address with the PF, and
 * there is no room for one more). After an error nothing has changed.
 */
int carve_pf_provision_set_mac(struct carve_pf *pf, int vf, const u8 *addr);

/**
 * carve_pf_provision_set_vlan() - a VF's port VLAN
 * @pf: the port
 * @vf: VF
 * @vlan: VLAN id; 0 with @qos 0: none
 * @qos: priority
 *
 * Return: 0, -EINVAL (out of range).
 */
int carve_pf_provision_set_vlan(struct carve_pf *pf, int vf, u16 vlan, u8 qos);

/**
 * carve_pf_provision_set_rate() - a VF's transmit limit
 * @pf: the port
 * @vf: VF
 * @max_tx_rate: Mb/s, 0: none
 *
 * Return: 0, -EINVAL (out of range).
 */
int carve_pf_provision_set_rate(struct carve_pf *pf, int vf, int max_tx_rate);

/**
 * carve_pf_provision_set_spoofchk() - check a VF's source addresses
 * @pf: the port
 * @vf: VF
 * @on: or not
 *
 * Return: 0 or -EINVAL.
 */
int carve_pf_provision_set_spoofchk(struct carve_pf *pf, int vf, bool on);

/**
 * carve_pf_provision_set_trust() - let a VF go unicast promiscuous
 * @pf: the port
 * @vf: VF
 * @on: or not; a VF that has the mode loses it until it is trusted again, and
 *	further addresses that it may not have for good: it is told to ask again
 *
 * Return: 0 or -EINVAL.
 */
int carve_pf_provision_set_trust(struct carve_pf *pf, int vf, bool on);

/**
 * carve_pf_provision_set_link_state() - what carrier a VF has
 * @pf: the port
 * @vf: VF
 * @state: IFLA_VF_LINK_STATE_*
 *
 * Return: 0 or -EINVAL.
 */
int carve_pf_provision_set_link_state(struct carve_pf *pf, int vf, int state);

/**
 * carve_pf_provision_set_mac_quota() - how many further addresses a VF may have
 * @pf: the port
 * @vf: VF, which need not exist
 * @quota: at most CARVE_PF_VF_MAX_MACS
 *
 * What the VF has already it keeps.
 */
void carve_pf_provision_set_mac_quota(struct carve_pf *pf, unsigned int vf,
				      u16 quota);

/**
 * carve_pf_provision_set_vlan_quota() - the same for VLANs
 * @pf: the port
 * @vf: VF, which need not exist
 * @quota: at most CARVE_PF_VF_MAX_VLANS
 */
void carve_pf_provision_set_vlan_quota(struct carve_pf *pf, unsigned int vf,
				       u16 quota);

/**
 * carve_pf_provision_get() - copy a VF's configuration
 * @pf: the port
 * @vf: VF
 * @config: filled
 *
 * Takes carve_pf.lock.
 *
 * Return: 0 or -EINVAL.
 */
int carve_pf_provision_get(struct carve_pf *pf, int vf,
			   struct carve_pf_vf_config *config);

/* Below, the caller holds carve_pf.lock. */

/**
 * carve_pf_provision_tell() - have a VF told of a change
 * @pf: the port
 * @vf: VF
 * @news: what was applied
 */
void carve_pf_provision_tell(struct carve_pf *pf, unsigned int vf,
			     enum carve_pf_provision_news news);

/**
 * carve_pf_provision_has_port_vlan() - is a VF bound to a port VLAN
 * @pf: the port
 * @vf: VF
 *
 * Return: true if so; its own VLANs are refused then.
 */
bool carve_pf_provision_has_port_vlan(struct carve_pf *pf, unsigned int vf);

/**
 * carve_pf_provision_link() - the link as a VF shall see it
 * @pf: the port
 * @vf: VF
 *
 * Return: as dword 1 of the mailbox message LINK_STATE.
 */
u32 carve_pf_provision_link(struct carve_pf *pf, unsigned int vf);

/**
 * carve_pf_provision_open() - let a VF send and receive
 * @pf: the port
 * @vf: VF, sanitised and forgotten
 *
 * Its address and VLANs go into the tables only now: while a VF is closed
 * frames for its address must go elsewhere, for example to the guest's
 * stand-by path through the PF. The floors make sure that there is room.
 */
void carve_pf_provision_open(struct carve_pf *pf, unsigned int vf);

/**
 * carve_pf_provision_close() - stop a VF and forget what its owner asked for
 * @pf: the port
 * @vf: VF
 */
void carve_pf_provision_close(struct carve_pf *pf, unsigned int vf);

/**
 * carve_pf_provision_lend() - the PF may use the queues of a VF that is no more
 * @pf: the port
 * @vf: VF, closed and sanitised
 */
void carve_pf_provision_lend(struct carve_pf *pf, unsigned int vf);

/**
 * carve_pf_provision_apply() - write a VF's pool from config and asked
 * @pf: the port
 * @vf: VF; nothing is done while it is closed
 */
void carve_pf_provision_apply(struct carve_pf *pf, unsigned int vf);

/**
 * carve_pf_provision_apply_rate() - program a VF's limit for the present speed
 * @pf: the port
 * @vf: VF
 */
void carve_pf_provision_apply_rate(struct carve_pf *pf, unsigned int vf);

#endif /* _CARVE_PF_PROVISION_H */
