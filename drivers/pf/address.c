// SPDX-License-Identifier: GPL-2.0
/*
 * Whose address is whose: which a VF has, which it may have, and who loses one
 * that the administrator gives to another. Writes the addresses in struct
 * carve_pf_vf_config and struct carve_pf_vf_asked; carve_pf.lock. Called by
 * provision.c for the administrator, by asked.c for a VF's owner and by netdev.c
 * for the PF. Touches no register.
 *
 * Copyright (C) 2026 Carve developers
 */
#include <linux/bits.h>
#include <linux/etherdevice.h>
#include <linux/pci.h>
#include <linux/string.h>

#include "address.h"
#include "pf.h"

/* In the first byte: locally administered. */
#define ADDRESS_LOCAL			BIT(1)

static struct carve_pf_vf_config *address_config(struct carve_pf *pf,
						 unsigned int vf)
{
	lockdep_assert_held(&pf->lock);

	return &pf->vf[vf].config;
}

static struct carve_pf_vf_asked *address_asked(struct carve_pf *pf,
					       unsigned int vf)
{
	lockdep_assert_held(&pf->lock);

	return &pf->vf[vf].asked;
}

/*
 * The port's address made local, with the VF's index in its second byte: that
 * leaves the serial part, by which ports differ, alone, and can't give the
 * port's own address even when that is a local one already.
 */
void carve_pf_address_derive(const u8 *perm_addr, unsigned int vf, u8 *addr)
{
	ether_addr_copy(addr, perm_addr);
	addr[0] |= ADDRESS_LOCAL;
	addr[1] ^= vf + 1;
}

const u8 *carve_pf_address_of(struct carve_pf *pf, unsigned int vf)
{
	const struct carve_pf_vf_config *config = address_config(pf, vf);
	const struct carve_pf_vf_asked *asked = address_asked(pf, vf);

	if (!is_zero_ether_addr(asked->mac))
		return asked->mac;
	if (!is_zero_ether_addr(config->mac))
		return config->mac;
	return config->derived_mac;
}

/* Nobody else can have it, whatever is declared. */
static bool address_is_the_pfs_own(struct carve_pf *pf, const u8 *addr)
{
	return ether_addr_equal(addr, pf->perm_addr) ||
	       carve_pf_mac_is_own(pf, addr);
}

/*
 * What the administrator may not give away. The address set for a VF that
 * doesn't exist is not among it: there is no way to take that back.
 */
static bool address_was_given(struct carve_pf *pf, unsigned int vf,
			      const u8 *addr)
{
	const struct carve_pf_vf_config *config = address_config(pf, vf);

	return ether_addr_equal(addr, config->derived_mac) ||
	       (vf < pf->num_vfs && ether_addr_equal(addr, config->mac));
}

static bool address_was_given_to_other(struct carve_pf *pf, unsigned int vf,
				       const u8 *addr)
{
	unsigned int other;

	for (other = 0; other < CARVE_PF_MAX_VFS; other++)
		if (other != vf && address_was_given(pf, other, addr))
			return true;

	return false;
}

/* What is set for a VF counts before it runs, or another could take it. */
static bool address_is_the_vfs(struct carve_pf *pf, unsigned int vf,
			       const u8 *addr)
{
	const struct carve_pf_vf_config *config = address_config(pf, vf);

	return ether_addr_equal(addr, config->mac) ||
	       ether_addr_equal(addr, config->derived_mac) ||
	       ether_addr_equal(addr, carve_pf_address_of(pf, vf));
}

static bool address_is_anothers(struct carve_pf *pf, unsigned int vf,
				const u8 *addr)
{
	unsigned int other;

	for (other = 0; other < CARVE_PF_MAX_VFS; other++)
		if (other != vf && address_is_the_vfs(pf, other, addr))
			return true;

	return false;
}

bool carve_pf_address_in_use(struct carve_pf *pf, unsigned int vf,
			     const u8 *addr)
{
	return address_is_the_pfs_own(pf, addr) ||
	       carve_pf_mac_owners(pf, addr) & ~BIT(vf) ||
	       address_is_anothers(pf, vf, addr);
}

/* Further addresses would let an untrusted VF go round the one it was set. */
bool carve_pf_address_may_have_further(struct carve_pf *pf, unsigned int vf)
{
	const struct carve_pf_vf_config *config = address_config(pf, vf);

	return config->trusted || is_zero_ether_addr(config->mac);
}

bool carve_pf_address_drop_further(struct carve_pf *pf, unsigned int vf)
{
	struct carve_pf_vf_asked *asked = address_asked(pf, vf);
	bool had_any = asked->num_macs;

	while (asked->num_macs)
		carve_pf_mac_del(pf, asked->macs[--asked->num_macs], vf);

	return had_any;
}

bool carve_pf_address_enforce(struct carve_pf *pf, unsigned int vf)
{
	return !carve_pf_address_may_have_further(pf, vf) &&
	       carve_pf_address_drop_further(pf, vf);
}

void carve_pf_address_forget_further(struct carve_pf *pf, unsigned int vf,
				     const u8 *addr)
{
	struct carve_pf_vf_asked *asked = address_asked(pf, vf);
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
static void address_fall_back(struct carve_pf *pf, unsigned int vf)
{
	struct carve_pf_vf_asked *asked = address_asked(pf, vf);

	eth_zero_addr(asked->mac);
	/* It may have had that as a further one. */
	carve_pf_address_forget_further(pf, vf, carve_pf_address_of(pf, vf));
	while (carve_pf_mac_add(pf, carve_pf_address_of(pf, vf), vf) &&
	       asked->num_macs)
		carve_pf_mac_del(pf, asked->macs[--asked->num_macs], vf);
}

/* An open VF has a filter for each address that it asked for. */
static void address_take_asked(struct carve_pf *pf, unsigned int vf,
			       const u8 *addr)
{
	if (!(carve_pf_mac_owners(pf, addr) & BIT(vf)))
		return;

	carve_pf_mac_del(pf, addr, vf);
	if (ether_addr_equal(addr, address_asked(pf, vf)->mac))
		address_fall_back(pf, vf);
	else
		carve_pf_address_forget_further(pf, vf, addr);
	pci_info(pf->nic.pdev,
		 "VF%u: loses address %pM it had asked for, the administrator gave it to another function\n",
		 vf, addr);
	carve_pf_provision_tell(pf, vf, CARVE_PF_PROVISION_TAKEN);
}

static void address_take_set(struct carve_pf *pf, unsigned int vf,
			     const u8 *addr)
{
	struct carve_pf_vf_config *config = address_config(pf, vf);

	if (!ether_addr_equal(addr, config->mac))
		return;

	eth_zero_addr(config->mac);
	pci_info(pf->nic.pdev,
		 "VF%u, which does not exist: loses address %pM set for it, the administrator gave it to another function\n",
		 vf, addr);
}

/* @addr was given to @vf, or the PF: who else has it, but for that, loses it. */
static void address_take(struct carve_pf *pf, unsigned int vf, const u8 *addr)
{
	unsigned int other;

	for (other = 0; other < CARVE_PF_MAX_VFS; other++) {
		if (other == vf)
			continue;
		if (other < pf->num_vfs)
			address_take_asked(pf, other, addr);
		else
			address_take_set(pf, other, addr);
	}
}

/* A VF that was given an address of the PF goes on with it. */
static void address_take_chosen(struct carve_pf *pf, const u8 *addr)
{
	unsigned int vf;

	for (vf = 0; vf < pf->num_vfs; vf++)
		if (!address_was_given(pf, vf, addr))
			address_take_asked(pf, vf, addr);
}

/* A running VF gets it at once; zero is the address it is given by itself. */
static int address_change(struct carve_pf *pf, unsigned int vf,
			  const u8 *addr)
{
	struct carve_pf_vf_config *config = address_config(pf, vf);
	struct carve_pf_vf_asked *asked = address_asked(pf, vf);
	const u8 *old = carve_pf_address_of(pf, vf);
	const u8 *new = addr;
	int err;

	/* What the VF chose for itself is nothing to take back. */
	if (is_zero_ether_addr(addr) && is_zero_ether_addr(config->mac))
		return 0;

	if (is_zero_ether_addr(addr))
		new = config->derived_mac;
	/*
	 * The PF may have it as a further address: a guest's stand-by path goes
	 * through there, with the address of its VF.
	 */
	if (address_is_the_pfs_own(pf, new) ||
	    address_was_given_to_other(pf, vf, new))
		return -EADDRINUSE;
	if (asked->open && !ether_addr_equal(old, new)) {
		err = carve_pf_mac_replace(pf, old, new, vf);
		if (err)
			return err;
		carve_pf_address_forget_further(pf, vf, new);
	}

	ether_addr_copy(config->mac, addr);
	eth_zero_addr(asked->mac);
	address_take(pf, vf, new);

	return 0;
}

int carve_pf_address_set(struct carve_pf *pf, unsigned int vf, const u8 *addr)
{
	enum carve_pf_provision_news news = CARVE_PF_PROVISION_POLICY;
	u8 old[ETH_ALEN];
	int err;

	ether_addr_copy(old, carve_pf_address_of(pf, vf));
	err = address_change(pf, vf, addr);
	if (err)
		return err;

	if (carve_pf_address_enforce(pf, vf))
		news = CARVE_PF_PROVISION_TAKEN;
	else if (!ether_addr_equal(old, carve_pf_address_of(pf, vf)))
		news = CARVE_PF_PROVISION_MAC;
	carve_pf_provision_tell(pf, vf, news);

	return 0;
}

void carve_pf_address_claim(struct carve_pf *pf)
{
	u8 addr[ETH_ALEN];
	unsigned int i;

	mutex_lock(&pf->lock);
	for (i = 0; i < CARVE_NUM_RAR; i++)
		if (carve_pf_mac_get(pf, i, addr) & BIT(CARVE_PF_POOL))
			address_take_chosen(pf, addr);
	mutex_unlock(&pf->lock);
}

int carve_pf_address_set_own(struct carve_pf *pf, const u8 *addr)
{
	bool clash;

	mutex_lock(&pf->lock);
	clash = address_was_given_to_other(pf, CARVE_PF_POOL, addr);
	if (!clash) {
		address_take(pf, CARVE_PF_POOL, addr);
		carve_pf_mac_set_own(pf, addr);
	}
	mutex_unlock(&pf->lock);

	return clash ? -EADDRINUSE : 0;
}

#if IS_ENABLED(CONFIG_CARVE_KUNIT_TEST)
#include "tests/address_kunit.c"
#endif
