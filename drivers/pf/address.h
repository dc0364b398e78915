/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Whose MAC address is whose, among the PF and its VFs.
 *
 * Copyright (C) 2026 Carve developers
 */
#ifndef _CARVE_PF_ADDRESS_H
#define _CARVE_PF_ADDRESS_H

#include <linux/types.h>

struct carve_pf;

/**
 * carve_pf_address_derive() - the address a VF is given by itself
 * @perm_addr: the port's
 * @vf: VF
 * @addr: filled; always the same for this port and VF
 */
void carve_pf_address_derive(const u8 *perm_addr, unsigned int vf, u8 *addr);

/**
 * carve_pf_address_set_own() - give the PF another address
 * @pf: the port
 * @addr: the address
 *
 * Takes carve_pf.lock, so that no VF gets the address in between. For the PF's
 * ndo_set_mac_address. As with carve_pf_provision_set_mac(), a VF that merely
 * asked for the address loses it.
 *
 * Return: 0, or -EADDRINUSE when a VF was given it.
 */
int carve_pf_address_set_own(struct carve_pf *pf, const u8 *addr);

/**
 * carve_pf_address_claim() - take the PF's addresses from VFs that chose them
 * @pf: the port
 *
 * Takes carve_pf.lock. For when the PF has got further addresses: a VF may have
 * asked for one before, and would overhear what comes for the PF.
 */
void carve_pf_address_claim(struct carve_pf *pf);

/* Below, the caller holds carve_pf.lock. */

/**
 * carve_pf_address_set() - have the administrator's address used
 * @pf: the port
 * @vf: VF that exists
 * @addr: unicast, or zero: see carve_pf_provision_set_mac()
 *
 * The VF is told, and so is one that loses the address.
 *
 * Return: 0, -EADDRINUSE or -ENOSPC; after an error nothing has changed.
 */
int carve_pf_address_set(struct carve_pf *pf, unsigned int vf, const u8 *addr);

/**
 * carve_pf_address_of() - the address a VF uses or will use
 * @pf: the port
 * @vf: VF
 *
 * Return: the address, valid while carve_pf.lock is held.
 */
const u8 *carve_pf_address_of(struct carve_pf *pf, unsigned int vf);

/**
 * carve_pf_address_in_use() - does anybody but a VF use an address
 * @pf: the port
 * @vf: the VF
 * @addr: the address
 *
 * Return: true when the port or another VF has it.
 */
bool carve_pf_address_in_use(struct carve_pf *pf, unsigned int vf,
			     const u8 *addr);

/**
 * carve_pf_address_may_have_further() - may a VF have further addresses
 * @pf: the port
 * @vf: VF
 *
 * Return: true unless the administrator set its address and doesn't trust it.
 */
bool carve_pf_address_may_have_further(struct carve_pf *pf, unsigned int vf);

/**
 * carve_pf_address_drop_further() - remove a VF's further addresses
 * @pf: the port
 * @vf: VF
 *
 * Return: true if it had any.
 */
bool carve_pf_address_drop_further(struct carve_pf *pf, unsigned int vf);

/**
 * carve_pf_address_enforce() - remove further addresses that it may not have
 * @pf: the port
 * @vf: VF
 *
 * Return: true if it has lost any. Its driver has to be told to start over
 * then: it can't know that they were gone for a while, should they be allowed
 * again before it looks.
 */
bool carve_pf_address_enforce(struct carve_pf *pf, unsigned int vf);

/**
 * carve_pf_address_forget_further() - an address is no further one any more
 * @pf: the port
 * @vf: VF
 * @addr: the address; its filter is the caller's to keep or to remove. Nothing
 *	is done if it wasn't a further one
 */
void carve_pf_address_forget_further(struct carve_pf *pf, unsigned int vf,
				     const u8 *addr);

#endif /* _CARVE_PF_ADDRESS_H */
