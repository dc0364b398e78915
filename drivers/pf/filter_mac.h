/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Address filters: 24 exact ones (RAR) and the multicast hash table (MTA),
 * shared by all pools.
 *
 * Copyright (C) 2026 Carve developers
 */
#ifndef _CARVE_PF_FILTER_MAC_H
#define _CARVE_PF_FILTER_MAC_H

#include <linux/if_ether.h>
#include <linux/spinlock.h>
#include <linux/types.h>

#include "pf_regs.h"
#include "pool.h"

struct carve_pf;

/* Exact filters a pool can count on, its primary address included. */
#define CARVE_PF_MAC_FLOOR_VF		2
#define CARVE_PF_MAC_FLOOR_PF		4

/**
 * struct carve_pf_mac_entry - one exact filter
 * @addr: the address
 * @owners: pools that receive it, bit mask; 0: entry free
 */
struct carve_pf_mac_entry {
	u8 addr[ETH_ALEN];
	u8 owners;
};

/**
 * struct carve_pf_mac_table - the soft tables behind RAR and MTA
 * @lock: BH-safe; all fields and the registers
 * @rar: exact filters; entry 0 is the PF's own address
 * @mc: multicast hashes wanted by each pool, laid out as the MTA
 * @mta: what is in the MTA: the union of @mc
 */
struct carve_pf_mac_table {
	spinlock_t lock; /* see above */
	struct carve_pf_mac_entry rar[CARVE_NUM_RAR];
	u32 mc[CARVE_NUM_POOLS][CARVE_NUM_MTA];
	u32 mta[CARVE_NUM_MTA];
};

/**
 * carve_pf_mac_init() - empty tables
 * @pf: the port
 *
 * Soft state only.
 */
void carve_pf_mac_init(struct carve_pf *pf);

/**
 * carve_pf_mac_set_own() - the PF's own address, RAR 0
 * @pf: the port
 * @addr: the address
 */
void carve_pf_mac_set_own(struct carve_pf *pf, const u8 *addr);

/**
 * carve_pf_mac_is_own() - is it the PF's own address
 * @pf: the port
 * @addr: the address
 *
 * Return: true if it is; further ones of the PF are not.
 */
bool carve_pf_mac_is_own(struct carve_pf *pf, const u8 *addr);

/**
 * carve_pf_mac_add() - let a pool receive an address
 * @pf: the port
 * @addr: unicast or multicast address, exact
 * @pool: the pool
 *
 * Return: 0 (also when it was there), -ENOSPC when all entries are taken or
 * the free ones belong to the floors of other pools.
 */
int carve_pf_mac_add(struct carve_pf *pf, const u8 *addr, unsigned int pool);

/**
 * carve_pf_mac_del() - the reverse of carve_pf_mac_add()
 * @pf: the port
 * @addr: the address
 * @pool: the pool
 */
void carve_pf_mac_del(struct carve_pf *pf, const u8 *addr, unsigned int pool);

/**
 * carve_pf_mac_replace() - give a pool another address in place of one it has
 * @pf: the port
 * @old: address it has
 * @addr: the new one
 * @pool: the pool
 *
 * No other pool can take the entry that becomes free in between, so this
 * doesn't fail for want of entries unless @old is also another pool's.
 *
 * Return: 0, or -ENOSPC with @old still in force.
 */
int carve_pf_mac_replace(struct carve_pf *pf, const u8 *old, const u8 *addr,
			 unsigned int pool);

/**
 * carve_pf_mac_del_pool() - remove all exact filters and hashes of a pool
 * @pf: the port
 * @pool: the pool
 */
void carve_pf_mac_del_pool(struct carve_pf *pf, unsigned int pool);

/**
 * carve_pf_mac_owners() - who receives an address
 * @pf: the port
 * @addr: the address
 *
 * Return: bit mask of pools, 0: nobody.
 */
u8 carve_pf_mac_owners(struct carve_pf *pf, const u8 *addr);

/**
 * carve_pf_mac_get() - look at an exact filter
 * @pf: the port
 * @i: which, below CARVE_NUM_RAR
 * @addr: filled
 *
 * Return: as carve_pf_mac_owners().
 */
u8 carve_pf_mac_get(struct carve_pf *pf, unsigned int i, u8 *addr);

/**
 * carve_pf_mac_count() - exact filters of a pool
 * @pf: the port
 * @pool: the pool
 *
 * Return: number of entries the pool is an owner of.
 */
unsigned int carve_pf_mac_count(struct carve_pf *pf, unsigned int pool);

/**
 * carve_pf_mac_free_entries() - exact filters nobody owns
 * @pf: the port
 *
 * Return: their number.
 */
unsigned int carve_pf_mac_free_entries(struct carve_pf *pf);

/**
 * carve_pf_mc_set() - multicast hashes of a pool, replacing the former
 * @pf: the port
 * @pool: the pool
 * @hashes: carve_mc_hash() values
 * @num: how many
 */
void carve_pf_mc_set(struct carve_pf *pf, unsigned int pool,
		     const u16 *hashes, unsigned int num);

/**
 * carve_pf_mc_set_all() - all 4096 hashes for a pool
 * @pf: the port
 * @pool: the pool
 *
 * The QEMU model ignores VMOLR.MPME, so "all multicast" is a full MTA too.
 */
void carve_pf_mc_set_all(struct carve_pf *pf, unsigned int pool);

/**
 * carve_pf_mac_write_all() - write RAR and MTA from the soft state
 * @pf: the port
 */
void carve_pf_mac_write_all(struct carve_pf *pf);

#endif /* _CARVE_PF_FILTER_MAC_H */
