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
#include <linux/etherdevice.h>
#include <linux/if_vlan.h>
#include <linux/minmax.h>
#include <linux/string.h>

#include "address.h"
#include "pf.h"
#include "provision.h"
#include "rate.h"

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
		.unicast_all = asked->promisc_uc && config->trusted,
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
	carve_pf_mac_add(pf, carve_pf_address_of(pf, vf), vf);
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

void carve_pf_provision_tell(struct carve_pf *pf, unsigned int vf,
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

int carve_pf_provision_set_mac(struct carve_pf *pf, int vf, const u8 *addr)
{
	int err = -EINVAL;

	if (is_multicast_ether_addr(addr))
		return -EINVAL;

	mutex_lock(&pf->lock);
	if (pf_vf_exists(pf, vf))
		err = carve_pf_address_set(pf, vf, addr);
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
	carve_pf_provision_tell(pf, vf, CARVE_PF_PROVISION_POLICY);
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
		carve_pf_provision_tell(pf, vf, CARVE_PF_PROVISION_POLICY);
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
		carve_pf_provision_tell(pf, vf, CARVE_PF_PROVISION_POLICY);
		err = 0;
	}
	mutex_unlock(&pf->lock);

	return err;
}

static void pf_set_trust(struct carve_pf *pf, unsigned int vf, bool on)
{
	enum carve_pf_provision_news news = CARVE_PF_PROVISION_POLICY;

	pf_pick_config(pf, vf)->trusted = on;
	if (carve_pf_address_enforce(pf, vf))
		news = CARVE_PF_PROVISION_TAKEN;
	carve_pf_provision_apply(pf, vf);
	carve_pf_provision_tell(pf, vf, news);
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
		carve_pf_provision_tell(pf, vf, CARVE_PF_PROVISION_LINK);
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
	carve_pf_provision_tell(pf, vf, CARVE_PF_PROVISION_POLICY);
	mutex_unlock(&pf->lock);
}

void carve_pf_provision_set_vlan_quota(struct carve_pf *pf, unsigned int vf,
				       u16 quota)
{
	mutex_lock(&pf->lock);
	WRITE_ONCE(pf_pick_config(pf, vf)->vlan_quota, quota);
	carve_pf_provision_tell(pf, vf, CARVE_PF_PROVISION_POLICY);
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
	carve_pf_address_derive(pf->perm_addr, vf, config->derived_mac);
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
