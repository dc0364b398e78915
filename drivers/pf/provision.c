// SPDX-License-Identifier: GPL-2.0
/*
 * What each VF is given. Owns struct carve_pf_vf_config, which holds what the
 * administrator declared, and writes pools, filters and rates from it and from
 * what the VF asked for; carve_pf.lock. Called by the surfaces (vf_ndo.c), by
 * control.c, asked.c and service.c. Touches no register.
 *
 * Copyright (C) 2026 Carve developers
 */
#include <linux/bitfield.h>
#include <linux/bits.h>
#include <linux/etherdevice.h>
#include <linux/if_vlan.h>
#include <linux/minmax.h>
#include <linux/pci.h>
#include <linux/string.h>

#include "pf.h"
#include "provision.h"
#include "rate.h"

/* In the first byte: locally administered. */
#define PF_MAC_LOCAL			BIT(1)

static struct carve_pf_vf_config *pf_pick_config(struct carve_pf *pf,
						 unsigned int vf)
{
	lockdep_assert_held(&pf->lock);

	return &pf->vf[vf].config;
}

static struct carve_pf_vf_asked *pf_pick_asked(struct carve_pf *pf,
					       unsigned int vf)
{
	lockdep_assert_held(&pf->lock);

	return &pf->vf[vf].asked;
}

static bool pf_vf_exists(struct carve_pf *pf, int vf)
{
	lockdep_assert_held(&pf->lock);

	return vf >= 0 && vf < pf->num_vfs;
}

/*
 * The port's address made local, with the VF's index in its second byte: that
 * leaves the serial part, by which ports differ, alone, and can't give the
 * port's own address even when that is a local one already.
 */
static void pf_derive_mac(const u8 *perm_addr, unsigned int vf, u8 *addr)
{
	ether_addr_copy(addr, perm_addr);
	addr[0] |= PF_MAC_LOCAL;
	addr[1] ^= vf + 1;
}

const u8 *carve_pf_provision_mac(struct carve_pf *pf, unsigned int vf)
{
	const struct carve_pf_vf_config *config = pf_pick_config(pf, vf);
	const struct carve_pf_vf_asked *asked = pf_pick_asked(pf, vf);

	if (!is_zero_ether_addr(asked->mac))
		return asked->mac;
	if (!is_zero_ether_addr(config->mac))
		return config->mac;
	return config->derived_mac;
}

/* Nobody else can have it, whatever is declared or asked for. */
static bool pf_pf_has_mac(struct carve_pf *pf, const u8 *addr)
{
	return ether_addr_equal(addr, pf->perm_addr) ||
	       carve_pf_mac_owners(pf, addr) & BIT(CARVE_PF_POOL);
}

/*
 * What the administrator may not give away. The address set for a VF that
 * doesn't exist is not among it: there is no way to take that back.
 */
static bool pf_vf_was_given_mac(struct carve_pf *pf, unsigned int vf,
				const u8 *addr)
{
	const struct carve_pf_vf_config *config = pf_pick_config(pf, vf);

	return ether_addr_equal(addr, config->derived_mac) ||
	       (pf_vf_exists(pf, vf) && ether_addr_equal(addr, config->mac));
}

static bool pf_other_vf_was_given_mac(struct carve_pf *pf, unsigned int vf,
				      const u8 *addr)
{
	unsigned int other;

	for (other = 0; other < CARVE_PF_MAX_VFS; other++)
		if (other != vf && pf_vf_was_given_mac(pf, other, addr))
			return true;

	return false;
}

/* What is set for a VF counts before it runs, or another could take it. */
static bool pf_vf_has_mac(struct carve_pf *pf, unsigned int vf, const u8 *addr)
{
	const struct carve_pf_vf_config *config = pf_pick_config(pf, vf);

	return ether_addr_equal(addr, config->mac) ||
	       ether_addr_equal(addr, config->derived_mac) ||
	       ether_addr_equal(addr, carve_pf_provision_mac(pf, vf));
}

static bool pf_other_vf_has_mac(struct carve_pf *pf, unsigned int vf,
				const u8 *addr)
{
	unsigned int other;

	for (other = 0; other < CARVE_PF_MAX_VFS; other++)
		if (other != vf && pf_vf_has_mac(pf, other, addr))
			return true;

	return false;
}

bool carve_pf_provision_mac_in_use(struct carve_pf *pf, unsigned int vf,
				   const u8 *addr)
{
	return pf_pf_has_mac(pf, addr) ||
	       carve_pf_mac_owners(pf, addr) & ~BIT(vf) ||
	       pf_other_vf_has_mac(pf, vf, addr);
}

bool carve_pf_provision_has_port_vlan(struct carve_pf *pf, unsigned int vf)
{
	const struct carve_pf_vf_config *config = pf_pick_config(pf, vf);

	return config->vlan || config->qos;
}

u32 carve_pf_provision_link(struct carve_pf *pf, unsigned int vf)
{
	u32 link = carve_pf_link_state(pf);

	switch (pf_pick_config(pf, vf)->link_state) {
	case IFLA_VF_LINK_STATE_DISABLE:
		return 0;
	case IFLA_VF_LINK_STATE_ENABLE:
		return link ?: CARVE_MBX_LINK_UP | CARVE_MBX_LINK_FULL;
	default:
		return link;
	}
}

static u16 pf_vf_max_frame(struct carve_pf *pf, unsigned int vf)
{
	u16 max_frame = pf_pick_asked(pf, vf)->max_frame;

	if (!max_frame)
		max_frame = CARVE_PF_VF_STD_FRAME;
	/*
	 * The tag of the port VLAN counts in the frame on the wire; the VF
	 * doesn't know of it.
	 */
	if (carve_pf_provision_has_port_vlan(pf, vf))
		max_frame = min(max_frame + VLAN_HLEN, CARVE_MAX_FRAME);

	return max_frame;
}

static void pf_build_pool(struct carve_pf *pf, unsigned int vf,
			  struct carve_pf_pool *pool)
{
	const struct carve_pf_vf_config *config = pf_pick_config(pf, vf);
	const struct carve_pf_vf_asked *asked = pf_pick_asked(pf, vf);
	bool enabled = config->link_state != IFLA_VF_LINK_STATE_DISABLE;
	bool port_vlan = carve_pf_provision_has_port_vlan(pf, vf);

	*pool = (struct carve_pf_pool) {
		.rx = enabled,
		.tx = enabled,
		.max_frame = pf_vf_max_frame(pf, vf),
		.untagged = !config->vlan,
		.broadcast = true,
		.multicast_hash = asked->num_hashes,
		.multicast_all = asked->all_multicast || asked->promisc_mc,
		.unicast_all = asked->promisc_uc,
		.strip_vlan = port_vlan || asked->num_vlans,
		.port_vlan = config->vlan |
			     FIELD_PREP(VLAN_PRIO_MASK, config->qos),
		.mac_spoofchk = config->spoofchk,
		.vlan_spoofchk = config->spoofchk || port_vlan,
	};
}

void carve_pf_provision_apply(struct carve_pf *pf, unsigned int vf)
{
	struct carve_pf_pool pool;

	if (!pf_pick_asked(pf, vf)->open)
		return;

	pf_build_pool(pf, vf, &pool);
	carve_pf_pool_set(pf, vf, &pool);
}

void carve_pf_provision_apply_rate(struct carve_pf *pf, unsigned int vf)
{
	u32 link = carve_pf_link_state(pf);

	carve_pf_rate_write(pf, vf, FIELD_GET(CARVE_MBX_LINK_SPEED, link),
			    pf_pick_config(pf, vf)->max_tx_rate);
}

/* The VF's own VLANs, as many as there is room for. */
static void pf_add_asked_vlans(struct carve_pf *pf, unsigned int vf)
{
	struct carve_pf_vf_asked *asked = pf_pick_asked(pf, vf);
	unsigned int vid;

	for_each_set_bit(vid, asked->vlans, VLAN_N_VID) {
		if (!carve_pf_vlan_add(pf, vid, vf))
			continue;
		__clear_bit(vid, asked->vlans);
		asked->num_vlans--;
		carve_pf_monitor_note(pf, vf, CARVE_PF_MON_VLAN_TABLE_FULL,
				      vid);
	}
}

/*
 * The pool is in no VLAN when this is called, so the first one can't fail: it
 * is within the floor.
 */
static void pf_add_vlans(struct carve_pf *pf, unsigned int vf)
{
	carve_pf_vlan_add(pf, pf_pick_config(pf, vf)->vlan, vf);
	if (!carve_pf_provision_has_port_vlan(pf, vf))
		pf_add_asked_vlans(pf, vf);
}

void carve_pf_provision_open(struct carve_pf *pf, unsigned int vf)
{
	pf_add_vlans(pf, vf);
	/* Within the floor, too. */
	carve_pf_mac_add(pf, carve_pf_provision_mac(pf, vf), vf);
	pf_pick_asked(pf, vf)->open = true;
	carve_pf_provision_apply(pf, vf);
}

void carve_pf_provision_close(struct carve_pf *pf, unsigned int vf)
{
	carve_pf_pool_close(pf, vf);
	carve_pf_mac_del_pool(pf, vf);
	carve_pf_vlan_del_pool(pf, vf);
	memset(pf_pick_asked(pf, vf), 0, sizeof(struct carve_pf_vf_asked));
}

static void pf_tell(struct carve_pf *pf, unsigned int vf,
		    enum carve_pf_provision_news news)
{
	if (pf->provision.changed)
		pf->provision.changed(pf, vf, news);
}

void carve_pf_provision_lend(struct carve_pf *pf, unsigned int vf)
{
	carve_pf_rate_write(pf, vf, 0, 0);
	carve_pf_pool_lend(pf, vf);
}

void carve_pf_provision_drop_macs(struct carve_pf *pf, unsigned int vf)
{
	struct carve_pf_vf_asked *asked = pf_pick_asked(pf, vf);

	while (asked->num_macs)
		carve_pf_mac_del(pf, asked->macs[--asked->num_macs], vf);
}

void carve_pf_provision_forget_mac(struct carve_pf *pf, unsigned int vf,
				   const u8 *addr)
{
	struct carve_pf_vf_asked *asked = pf_pick_asked(pf, vf);
	int i;

	for (i = 0; i < asked->num_macs; i++) {
		if (!ether_addr_equal(asked->macs[i], addr))
			continue;
		asked->num_macs--;
		ether_addr_copy(asked->macs[i], asked->macs[asked->num_macs]);
		return;
	}
}

/* The VF's own address comes before its further ones, should there be no room. */
static void pf_fall_back_to_given_mac(struct carve_pf *pf, unsigned int vf)
{
	struct carve_pf_vf_asked *asked = pf_pick_asked(pf, vf);

	eth_zero_addr(asked->mac);
	/* It may have had that as a further one. */
	carve_pf_provision_forget_mac(pf, vf, carve_pf_provision_mac(pf, vf));
	while (carve_pf_mac_add(pf, carve_pf_provision_mac(pf, vf), vf) &&
	       asked->num_macs)
		carve_pf_mac_del(pf, asked->macs[--asked->num_macs], vf);
}

/* An open VF has a filter for each address that it asked for. */
static void pf_take_asked_mac(struct carve_pf *pf, unsigned int vf,
			      const u8 *addr)
{
	if (!(carve_pf_mac_owners(pf, addr) & BIT(vf)))
		return;

	carve_pf_mac_del(pf, addr, vf);
	if (ether_addr_equal(addr, pf_pick_asked(pf, vf)->mac))
		pf_fall_back_to_given_mac(pf, vf);
	else
		carve_pf_provision_forget_mac(pf, vf, addr);
	pci_info(pf->nic.pdev,
		 "VF%u: loses address %pM it had asked for, the administrator gave it to another function\n",
		 vf, addr);
	pf_tell(pf, vf, CARVE_PF_PROVISION_TAKEN);
}

static void pf_take_set_mac(struct carve_pf *pf, unsigned int vf,
			    const u8 *addr)
{
	struct carve_pf_vf_config *config = pf_pick_config(pf, vf);

	if (!ether_addr_equal(addr, config->mac))
		return;

	eth_zero_addr(config->mac);
	pci_info(pf->nic.pdev,
		 "VF%u, which does not exist: loses address %pM set for it, the administrator gave it to another function\n",
		 vf, addr);
}

/* @addr was given to @vf, or the PF: who else has it, but for that, loses it. */
static void pf_take_mac(struct carve_pf *pf, unsigned int vf, const u8 *addr)
{
	unsigned int other;

	for (other = 0; other < CARVE_PF_MAX_VFS; other++) {
		if (other == vf)
			continue;
		if (pf_vf_exists(pf, other))
			pf_take_asked_mac(pf, other, addr);
		else
			pf_take_set_mac(pf, other, addr);
	}
}

int carve_pf_provision_set_own_mac(struct carve_pf *pf, const u8 *addr)
{
	bool clash;

	mutex_lock(&pf->lock);
	clash = pf_other_vf_was_given_mac(pf, CARVE_PF_POOL, addr);
	if (!clash) {
		pf_take_mac(pf, CARVE_PF_POOL, addr);
		carve_pf_mac_set_own(pf, addr);
	}
	mutex_unlock(&pf->lock);

	return clash ? -EADDRINUSE : 0;
}

/* Further addresses would let an untrusted VF go round the one it was set. */
bool carve_pf_provision_may_have_macs(struct carve_pf *pf, unsigned int vf)
{
	const struct carve_pf_vf_config *config = pf_pick_config(pf, vf);

	return config->trusted || is_zero_ether_addr(config->mac);
}

/* A running VF gets it at once; zero is the address it is given by itself. */
static int pf_change_mac(struct carve_pf *pf, unsigned int vf, const u8 *addr)
{
	struct carve_pf_vf_config *config = pf_pick_config(pf, vf);
	struct carve_pf_vf_asked *asked = pf_pick_asked(pf, vf);
	const u8 *old = carve_pf_provision_mac(pf, vf);
	const u8 *new = addr;
	int err;

	/* What the VF chose for itself is nothing to take back. */
	if (is_zero_ether_addr(addr) && is_zero_ether_addr(config->mac))
		return 0;

	if (is_zero_ether_addr(addr))
		new = config->derived_mac;
	if (pf_pf_has_mac(pf, new) || pf_other_vf_was_given_mac(pf, vf, new))
		return -EADDRINUSE;
	if (asked->open && !ether_addr_equal(old, new)) {
		err = carve_pf_mac_replace(pf, old, new, vf);
		if (err)
			return err;
		carve_pf_provision_forget_mac(pf, vf, new);
	}

	ether_addr_copy(config->mac, addr);
	eth_zero_addr(asked->mac);
	pf_take_mac(pf, vf, new);

	return 0;
}

static int pf_set_mac(struct carve_pf *pf, unsigned int vf, const u8 *addr)
{
	u8 old[ETH_ALEN];
	int err;

	ether_addr_copy(old, carve_pf_provision_mac(pf, vf));
	err = pf_change_mac(pf, vf, addr);
	if (err)
		return err;

	if (!carve_pf_provision_may_have_macs(pf, vf))
		carve_pf_provision_drop_macs(pf, vf);
	pf_tell(pf, vf, ether_addr_equal(old, carve_pf_provision_mac(pf, vf)) ?
			CARVE_PF_PROVISION_POLICY : CARVE_PF_PROVISION_MAC);

	return 0;
}

int carve_pf_provision_set_mac(struct carve_pf *pf, int vf, const u8 *addr)
{
	int err = -EINVAL;

	if (is_multicast_ether_addr(addr))
		return -EINVAL;

	mutex_lock(&pf->lock);
	if (pf_vf_exists(pf, vf))
		err = pf_set_mac(pf, vf, addr);
	mutex_unlock(&pf->lock);

	return err;
}

/*
 * Reception is off while the VF moves from its old VLANs to the new ones.
 * Transmission goes on: the tag changes with one write, and a doorbell rung
 * while a pool may not send would be lost on the QEMU model.
 */
static void pf_set_vlan(struct carve_pf *pf, unsigned int vf, u16 vlan, u8 qos)
{
	struct carve_pf_vf_config *config = pf_pick_config(pf, vf);
	struct carve_pf_pool pool;

	if (config->vlan == vlan && config->qos == qos)
		return;

	config->vlan = vlan;
	config->qos = qos;
	if (pf_pick_asked(pf, vf)->open) {
		pf_build_pool(pf, vf, &pool);
		pool.rx = false;
		carve_pf_pool_set(pf, vf, &pool);
		carve_pf_vlan_del_pool(pf, vf);
		pf_add_vlans(pf, vf);
		carve_pf_provision_apply(pf, vf);
	}
	pf_tell(pf, vf, CARVE_PF_PROVISION_POLICY);
}

int carve_pf_provision_set_vlan(struct carve_pf *pf, int vf, u16 vlan, u8 qos)
{
	int err = -EINVAL;

	if (vlan >= VLAN_N_VID || qos > FIELD_MAX(VLAN_PRIO_MASK))
		return -EINVAL;

	mutex_lock(&pf->lock);
	if (pf_vf_exists(pf, vf)) {
		pf_set_vlan(pf, vf, vlan, qos);
		err = 0;
	}
	mutex_unlock(&pf->lock);

	return err;
}

int carve_pf_provision_set_rate(struct carve_pf *pf, int vf, int max_tx_rate)
{
	int err = -EINVAL;

	if (max_tx_rate < 0 || max_tx_rate > CARVE_PF_VF_MAX_RATE)
		return -EINVAL;

	mutex_lock(&pf->lock);
	if (pf_vf_exists(pf, vf)) {
		pf_pick_config(pf, vf)->max_tx_rate = max_tx_rate;
		carve_pf_provision_apply_rate(pf, vf);
		if (pf->provision.rate_changed)
			pf->provision.rate_changed(pf, vf);
		pf_tell(pf, vf, CARVE_PF_PROVISION_POLICY);
		err = 0;
	}
	mutex_unlock(&pf->lock);

	return err;
}

int carve_pf_provision_set_spoofchk(struct carve_pf *pf, int vf, bool on)
{
	int err = -EINVAL;

	mutex_lock(&pf->lock);
	if (pf_vf_exists(pf, vf)) {
		pf_pick_config(pf, vf)->spoofchk = on;
		carve_pf_provision_apply(pf, vf);
		pf_tell(pf, vf, CARVE_PF_PROVISION_POLICY);
		err = 0;
	}
	mutex_unlock(&pf->lock);

	return err;
}

static void pf_set_trust(struct carve_pf *pf, unsigned int vf, bool on)
{
	pf_pick_config(pf, vf)->trusted = on;
	if (!on)
		pf_pick_asked(pf, vf)->promisc_uc = false;
	if (!carve_pf_provision_may_have_macs(pf, vf))
		carve_pf_provision_drop_macs(pf, vf);
	carve_pf_provision_apply(pf, vf);
	pf_tell(pf, vf, CARVE_PF_PROVISION_POLICY);
}

int carve_pf_provision_set_trust(struct carve_pf *pf, int vf, bool on)
{
	int err = -EINVAL;

	mutex_lock(&pf->lock);
	if (pf_vf_exists(pf, vf)) {
		pf_set_trust(pf, vf, on);
		err = 0;
	}
	mutex_unlock(&pf->lock);

	return err;
}

int carve_pf_provision_set_link_state(struct carve_pf *pf, int vf, int state)
{
	int err = -EINVAL;

	if (state < 0 || state >= __IFLA_VF_LINK_STATE_MAX)
		return -EINVAL;

	mutex_lock(&pf->lock);
	if (pf_vf_exists(pf, vf)) {
		pf_pick_config(pf, vf)->link_state = state;
		carve_pf_provision_apply(pf, vf);
		pf_tell(pf, vf, CARVE_PF_PROVISION_LINK);
		err = 0;
	}
	mutex_unlock(&pf->lock);

	return err;
}

void carve_pf_provision_set_mac_quota(struct carve_pf *pf, unsigned int vf,
				      u16 quota)
{
	mutex_lock(&pf->lock);
	WRITE_ONCE(pf_pick_config(pf, vf)->mac_quota, quota);
	pf_tell(pf, vf, CARVE_PF_PROVISION_POLICY);
	mutex_unlock(&pf->lock);
}

void carve_pf_provision_set_vlan_quota(struct carve_pf *pf, unsigned int vf,
				       u16 quota)
{
	mutex_lock(&pf->lock);
	WRITE_ONCE(pf_pick_config(pf, vf)->vlan_quota, quota);
	pf_tell(pf, vf, CARVE_PF_PROVISION_POLICY);
	mutex_unlock(&pf->lock);
}

int carve_pf_provision_get(struct carve_pf *pf, int vf,
			   struct carve_pf_vf_config *config)
{
	int err = -EINVAL;

	mutex_lock(&pf->lock);
	if (pf_vf_exists(pf, vf)) {
		*config = *pf_pick_config(pf, vf);
		err = 0;
	}
	mutex_unlock(&pf->lock);

	return err;
}

static void pf_init_config(struct carve_pf *pf, unsigned int vf)
{
	struct carve_pf_vf_config *config = &pf->vf[vf].config;

	*config = (struct carve_pf_vf_config) {
		.spoofchk = true,
		.link_state = IFLA_VF_LINK_STATE_AUTO,
		.mac_quota = CARVE_PF_VF_MAC_QUOTA,
		.vlan_quota = CARVE_PF_VF_VLAN_QUOTA,
	};
	pf_derive_mac(pf->perm_addr, vf, config->derived_mac);
}

void carve_pf_provision_init(struct carve_pf *pf)
{
	unsigned int vf;

	for (vf = 0; vf < CARVE_PF_MAX_VFS; vf++)
		pf_init_config(pf, vf);
}

#if IS_ENABLED(CONFIG_CARVE_KUNIT_TEST)
#include "tests/provision_kunit.c"
#endif
