// SPDX-License-Identifier: GPL-2.0
/*
 * Address filters as soft tables with owners. Owns struct carve_pf_mac_table
 * and is the only writer of RAR and MTA, under the table's lock. Called by
 * provision.c and asked.c for the VFs and by the PF's netdev for its own pool.
 * Knows no quota beyond the floors and sends no mail.
 *
 * Copyright (C) 2026 Carve developers
 */
#include <linux/bitfield.h>
#include <linux/etherdevice.h>
#include <linux/string.h>

#include <carve/io.h>
#include <carve/mbx.h>

#include "filter_mac.h"
#include "floor.h"
#include "pf.h"

#define PF_MAC_OWN			0	/* RAR of the PF's address */

static void pf_mac_write(struct carve_pf *pf, unsigned int i)
{
	const struct carve_pf_mac_entry *entry = &pf->mac_table.rar[i];
	const u8 *addr = entry->addr;
	u32 high = 0;
	u32 low = 0;

	if (entry->owners) {
		low = addr[0] | addr[1] << 8 | addr[2] << 16 |
		      (u32)addr[3] << 24;
		high = CARVE_RAH_AV |
		       FIELD_PREP(CARVE_RAH_ADDR, addr[4] | addr[5] << 8) |
		       FIELD_PREP(CARVE_RAH_POOLS, entry->owners);
	}

	/* Never valid with half of an old address. */
	carve_wr32(&pf->nic, CARVE_RAH(i), 0);
	carve_wr32(&pf->nic, CARVE_RAL(i), low);
	carve_wr32(&pf->nic, CARVE_RAH(i), high);
}

static struct carve_pf_mac_entry *pf_mac_find(struct carve_pf_mac_table *table,
					      const u8 *addr)
{
	int i;

	for (i = 0; i < CARVE_NUM_RAR; i++)
		if (table->rar[i].owners &&
		    ether_addr_equal(table->rar[i].addr, addr))
			return &table->rar[i];

	return NULL;
}

static struct carve_pf_mac_entry *
pf_mac_find_free(struct carve_pf_mac_table *table)
{
	int i;

	for (i = PF_MAC_OWN + 1; i < CARVE_NUM_RAR; i++)
		if (!table->rar[i].owners)
			return &table->rar[i];

	return NULL;
}

static void pf_mac_floors(const struct carve_pf_mac_table *table,
			  struct carve_pf_floors *floors)
{
	unsigned int pool;
	int i;

	memset(floors, 0, sizeof(*floors));
	floors->entries = CARVE_NUM_RAR;
	for (pool = 0; pool < CARVE_NUM_POOLS; pool++) {
		floors->floor[pool] = pool == CARVE_PF_POOL ?
				      CARVE_PF_MAC_FLOOR_PF :
				      CARVE_PF_MAC_FLOOR_VF;
		for (i = 0; i < CARVE_NUM_RAR; i++)
			if (table->rar[i].owners & BIT(pool))
				floors->held[pool] |= BIT(i);
	}
	/* Taken from the start, even before the PF has its address. */
	floors->held[CARVE_PF_POOL] |= BIT(PF_MAC_OWN);
}

/* May @pool become an owner of entry @i without eating another's floor? */
static bool pf_mac_may_take(const struct carve_pf_mac_table *table,
			    unsigned int i, unsigned int pool)
{
	struct carve_pf_floors floors;

	pf_mac_floors(table, &floors);
	floors.held[pool] |= BIT(i);

	return carve_pf_floors_hold(&floors);
}

static int pf_mac_add_locked(struct carve_pf *pf, const u8 *addr,
			     unsigned int pool)
{
	struct carve_pf_mac_table *table = &pf->mac_table;
	struct carve_pf_mac_entry *entry;

	entry = pf_mac_find(table, addr);
	if (entry && entry->owners & BIT(pool))
		return 0;
	if (!entry)
		entry = pf_mac_find_free(table);
	if (!entry || !pf_mac_may_take(table, entry - table->rar, pool))
		return -ENOSPC;

	ether_addr_copy(entry->addr, addr);
	entry->owners |= BIT(pool);
	pf_mac_write(pf, entry - table->rar);

	return 0;
}

static void pf_mac_del_locked(struct carve_pf *pf,
			      struct carve_pf_mac_entry *entry,
			      unsigned int pool)
{
	struct carve_pf_mac_table *table = &pf->mac_table;

	/* RAR 0 changes by carve_pf_mac_set_own() only. */
	if (entry == &table->rar[PF_MAC_OWN] && pool == CARVE_PF_POOL)
		return;

	entry->owners &= ~BIT(pool);
	if (!entry->owners)
		eth_zero_addr(entry->addr);
	pf_mac_write(pf, entry - table->rar);
}

void carve_pf_mac_set_own(struct carve_pf *pf, const u8 *addr)
{
	struct carve_pf_mac_entry *own = &pf->mac_table.rar[PF_MAC_OWN];

	spin_lock_bh(&pf->mac_table.lock);
	ether_addr_copy(own->addr, addr);
	own->owners = BIT(CARVE_PF_POOL);
	pf_mac_write(pf, PF_MAC_OWN);
	spin_unlock_bh(&pf->mac_table.lock);
}

bool carve_pf_mac_is_own(struct carve_pf *pf, const u8 *addr)
{
	bool is_own;

	spin_lock_bh(&pf->mac_table.lock);
	is_own = ether_addr_equal(addr, pf->mac_table.rar[PF_MAC_OWN].addr);
	spin_unlock_bh(&pf->mac_table.lock);

	return is_own;
}

int carve_pf_mac_add(struct carve_pf *pf, const u8 *addr, unsigned int pool)
{
	int err;

	spin_lock_bh(&pf->mac_table.lock);
	err = pf_mac_add_locked(pf, addr, pool);
	spin_unlock_bh(&pf->mac_table.lock);

	return err;
}

void carve_pf_mac_del(struct carve_pf *pf, const u8 *addr, unsigned int pool)
{
	struct carve_pf_mac_entry *entry;

	spin_lock_bh(&pf->mac_table.lock);
	entry = pf_mac_find(&pf->mac_table, addr);
	if (entry && entry->owners & BIT(pool))
		pf_mac_del_locked(pf, entry, pool);
	spin_unlock_bh(&pf->mac_table.lock);
}

int carve_pf_mac_replace(struct carve_pf *pf, const u8 *old, const u8 *addr,
			 unsigned int pool)
{
	struct carve_pf_mac_entry *entry;
	int err;

	spin_lock_bh(&pf->mac_table.lock);
	entry = pf_mac_find(&pf->mac_table, old);
	if (entry && !(entry->owners & BIT(pool)))
		entry = NULL;
	if (entry)
		pf_mac_del_locked(pf, entry, pool);
	err = pf_mac_add_locked(pf, addr, pool);
	if (err && entry)
		pf_mac_add_locked(pf, old, pool);
	spin_unlock_bh(&pf->mac_table.lock);

	return err;
}

u8 carve_pf_mac_owners(struct carve_pf *pf, const u8 *addr)
{
	struct carve_pf_mac_entry *entry;
	u8 owners;

	spin_lock_bh(&pf->mac_table.lock);
	entry = pf_mac_find(&pf->mac_table, addr);
	owners = entry ? entry->owners : 0;
	spin_unlock_bh(&pf->mac_table.lock);

	return owners;
}

u8 carve_pf_mac_get(struct carve_pf *pf, unsigned int i, u8 *addr)
{
	const struct carve_pf_mac_entry *entry = &pf->mac_table.rar[i];
	u8 owners;

	spin_lock_bh(&pf->mac_table.lock);
	ether_addr_copy(addr, entry->addr);
	owners = entry->owners;
	spin_unlock_bh(&pf->mac_table.lock);

	return owners;
}

unsigned int carve_pf_mac_count(struct carve_pf *pf, unsigned int pool)
{
	unsigned int num = 0;
	int i;

	spin_lock_bh(&pf->mac_table.lock);
	for (i = 0; i < CARVE_NUM_RAR; i++)
		if (pf->mac_table.rar[i].owners & BIT(pool))
			num++;
	spin_unlock_bh(&pf->mac_table.lock);

	return num;
}

unsigned int carve_pf_mac_free_entries(struct carve_pf *pf)
{
	unsigned int num = 0;
	int i;

	spin_lock_bh(&pf->mac_table.lock);
	for (i = PF_MAC_OWN + 1; i < CARVE_NUM_RAR; i++)
		if (!pf->mac_table.rar[i].owners)
			num++;
	spin_unlock_bh(&pf->mac_table.lock);

	return num;
}

/* The MTA is the union of what the pools want; writes the words that differ. */
static void pf_mc_sync(struct carve_pf *pf)
{
	struct carve_pf_mac_table *table = &pf->mac_table;
	unsigned int pool;
	u32 val;
	int i;

	for (i = 0; i < CARVE_NUM_MTA; i++) {
		val = 0;
		for (pool = 0; pool < CARVE_NUM_POOLS; pool++)
			val |= table->mc[pool][i];
		if (val == table->mta[i])
			continue;
		table->mta[i] = val;
		carve_wr32(&pf->nic, CARVE_MTA(i), val);
	}
}

void carve_pf_mc_set(struct carve_pf *pf, unsigned int pool,
		     const u16 *hashes, unsigned int num)
{
	u32 *mc = pf->mac_table.mc[pool];
	unsigned int i;
	u16 hash;

	spin_lock_bh(&pf->mac_table.lock);
	memset(mc, 0, sizeof(pf->mac_table.mc[pool]));
	for (i = 0; i < num; i++) {
		hash = hashes[i] & CARVE_MBX_MC_HASH;
		mc[hash / 32] |= BIT(hash % 32);
	}
	pf_mc_sync(pf);
	spin_unlock_bh(&pf->mac_table.lock);
}

void carve_pf_mc_set_all(struct carve_pf *pf, unsigned int pool)
{
	spin_lock_bh(&pf->mac_table.lock);
	memset(pf->mac_table.mc[pool], 0xff, sizeof(pf->mac_table.mc[pool]));
	pf_mc_sync(pf);
	spin_unlock_bh(&pf->mac_table.lock);
}

void carve_pf_mac_del_pool(struct carve_pf *pf, unsigned int pool)
{
	struct carve_pf_mac_table *table = &pf->mac_table;
	int i;

	spin_lock_bh(&table->lock);
	for (i = 0; i < CARVE_NUM_RAR; i++)
		if (table->rar[i].owners & BIT(pool))
			pf_mac_del_locked(pf, &table->rar[i], pool);
	memset(table->mc[pool], 0, sizeof(table->mc[pool]));
	pf_mc_sync(pf);
	spin_unlock_bh(&table->lock);
}

void carve_pf_mac_write_all(struct carve_pf *pf)
{
	struct carve_pf_mac_table *table = &pf->mac_table;
	int i;

	spin_lock_bh(&table->lock);
	for (i = 0; i < CARVE_NUM_RAR; i++)
		pf_mac_write(pf, i);
	for (i = 0; i < CARVE_NUM_MTA; i++)
		carve_wr32(&pf->nic, CARVE_MTA(i), table->mta[i]);
	spin_unlock_bh(&table->lock);
}

void carve_pf_mac_init(struct carve_pf *pf)
{
	memset(&pf->mac_table, 0, sizeof(pf->mac_table));
	spin_lock_init(&pf->mac_table.lock);
}

#if IS_ENABLED(CONFIG_CARVE_KUNIT_TEST)
#include "tests/filter_mac_kunit.c"
#endif
