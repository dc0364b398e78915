// SPDX-License-Identifier: GPL-2.0
/*
 * What a VF's owner asks for, checked against trust, ownership and quota and
 * then applied. Owns struct carve_pf_vf_asked; carve_pf.lock. Called by
 * service.c for each request of a VF. Touches no register, sends no mail.
 *
 * Copyright (C) 2026 Carve developers
 */
#include <linux/etherdevice.h>
#include <linux/minmax.h>
#include <linux/string.h>

#include "address.h"
#include "asked.h"
#include "pf.h"

static struct carve_pf_vf_asked *pf_pick_asked(struct carve_pf *pf,
					       unsigned int vf)
{
	lockdep_assert_held(&pf->lock);

	return &pf->vf[vf].asked;
}

static bool pf_asked_has_mac(const struct carve_pf_vf_asked *asked,
			     const u8 *addr)
{
	int i;

	for (i = 0; i < asked->num_macs; i++)
		if (ether_addr_equal(asked->macs[i], addr))
			return true;

	return false;
}

/* What the VF falls back to when it has no wish of its own. */
static const u8 *pf_given_mac(struct carve_pf *pf, unsigned int vf)
{
	const struct carve_pf_vf_config *config = &pf->vf[vf].config;

	return is_zero_ether_addr(config->mac) ? config->derived_mac :
						 config->mac;
}

int carve_pf_asked_set_mac(struct carve_pf *pf, unsigned int vf,
			   const u8 *addr)
{
	struct carve_pf_vf_asked *asked = pf_pick_asked(pf, vf);
	const u8 *admin = pf->vf[vf].config.mac;
	const u8 *old = carve_pf_address_of(pf, vf);
	int err;

	if (is_multicast_ether_addr(addr))
		return -EINVAL;
	if (is_zero_ether_addr(addr))
		addr = pf_given_mac(pf, vf);
	if (ether_addr_equal(addr, old))
		return 0;
	if (!is_zero_ether_addr(admin) && !ether_addr_equal(addr, admin))
		return -EPERM;
	if (carve_pf_address_in_use(pf, vf, addr))
		return -EADDRINUSE;

	if (pf_asked_has_mac(asked, addr)) {
		/* Already in the table as a further one: it moves up. */
		carve_pf_mac_del(pf, old, vf);
		carve_pf_address_forget_further(pf, vf, addr);
	} else {
		err = carve_pf_mac_replace(pf, old, addr, vf);
		if (err)
			return err;
	}
	ether_addr_copy(asked->mac, addr);

	return 0;
}

int carve_pf_asked_add_mac(struct carve_pf *pf, unsigned int vf,
			   const u8 *addr)
{
	struct carve_pf_vf_asked *asked = pf_pick_asked(pf, vf);
	unsigned int quota;
	int err;

	quota = min_t(unsigned int, pf->vf[vf].config.mac_quota,
		      CARVE_PF_VF_MAX_MACS);
	if (!is_valid_ether_addr(addr))
		return -EINVAL;
	if (ether_addr_equal(addr, carve_pf_address_of(pf, vf)) ||
	    pf_asked_has_mac(asked, addr))
		return 0;
	if (!carve_pf_address_may_have_further(pf, vf))
		return -EPERM;
	if (carve_pf_address_in_use(pf, vf, addr))
		return -EADDRINUSE;
	if (asked->num_macs >= quota)
		return -EDQUOT;

	err = carve_pf_mac_add(pf, addr, vf);
	if (err)
		return err;
	ether_addr_copy(asked->macs[asked->num_macs++], addr);

	return 0;
}

void carve_pf_asked_clear_macs(struct carve_pf *pf, unsigned int vf)
{
	carve_pf_address_drop_further(pf, vf);
}

static void pf_asked_write_multicast(struct carve_pf *pf, unsigned int vf)
{
	const struct carve_pf_vf_asked *asked = pf_pick_asked(pf, vf);

	if (asked->all_multicast || asked->promisc_mc)
		carve_pf_mc_set_all(pf, vf);
	else
		carve_pf_mc_set(pf, vf, asked->hashes, asked->num_hashes);
	carve_pf_provision_apply(pf, vf);
}

void carve_pf_asked_set_multicast(struct carve_pf *pf, unsigned int vf,
				  const u16 *hashes, unsigned int num,
				  bool all)
{
	struct carve_pf_vf_asked *asked = pf_pick_asked(pf, vf);

	asked->num_hashes = min_t(unsigned int, num, CARVE_MBX_MC_MAX);
	memcpy(asked->hashes, hashes, asked->num_hashes * sizeof(*hashes));
	asked->all_multicast = all;
	pf_asked_write_multicast(pf, vf);
}

int carve_pf_asked_set_promisc(struct carve_pf *pf, unsigned int vf, bool uc,
			       bool mc)
{
	struct carve_pf_vf_asked *asked = pf_pick_asked(pf, vf);

	if (uc && !pf->vf[vf].config.trusted)
		return -EPERM;

	asked->promisc_uc = uc;
	asked->promisc_mc = mc;
	pf_asked_write_multicast(pf, vf);

	return 0;
}

int carve_pf_asked_add_vlan(struct carve_pf *pf, unsigned int vf, u16 vid)
{
	struct carve_pf_vf_asked *asked = pf_pick_asked(pf, vf);
	int err;

	if (vid >= VLAN_N_VID)
		return -EINVAL;
	/* Every stack adds it, and who takes untagged frames is in it. */
	if (!vid)
		return 0;
	if (carve_pf_provision_has_port_vlan(pf, vf))
		return -EPERM;
	if (test_bit(vid, asked->vlans))
		return 0;
	if (asked->num_vlans >= pf->vf[vf].config.vlan_quota)
		return -EDQUOT;

	err = carve_pf_vlan_add(pf, vid, vf);
	if (err)
		return err;
	__set_bit(vid, asked->vlans);
	asked->num_vlans++;
	carve_pf_provision_apply(pf, vf);

	return 0;
}

void carve_pf_asked_del_vlan(struct carve_pf *pf, unsigned int vf, u16 vid)
{
	struct carve_pf_vf_asked *asked = pf_pick_asked(pf, vf);

	if (!vid || vid >= VLAN_N_VID || !test_bit(vid, asked->vlans))
		return;

	__clear_bit(vid, asked->vlans);
	asked->num_vlans--;
	/* Under a port VLAN the wish alone is withdrawn: no entry is in use. */
	if (carve_pf_provision_has_port_vlan(pf, vf))
		return;
	carve_pf_vlan_del(pf, vid, vf);
	carve_pf_provision_apply(pf, vf);
}

int carve_pf_asked_set_max_frame(struct carve_pf *pf, unsigned int vf,
				 u32 bytes)
{
	if (bytes < CARVE_PF_VF_MIN_FRAME || bytes > CARVE_MAX_FRAME)
		return -EINVAL;

	pf_pick_asked(pf, vf)->max_frame = bytes;
	carve_pf_provision_apply(pf, vf);

	return 0;
}

#if IS_ENABLED(CONFIG_CARVE_KUNIT_TEST)
#include "tests/asked_kunit.c"
#endif
