// SPDX-License-Identifier: GPL-2.0
/*
 * VLAN filters as a soft table with owners. Owns struct carve_pf_vlan_table and
 * is the only writer of VLVF and VFTA, under the table's lock. Called by
 * provision.c and asked.c for the VFs and by the PF's netdev for its own pool.
 * Knows no quota beyond the floors and sends no mail.
 *
 * A VLAN whose VFTA bit is set but that no VLVF names goes to the default pool
 * (82576 erratum, hazard of the order of writes): so the VLVF is written before
 * the VFTA bit is set and cleared after it.
 *
 * Copyright (C) 2026 Carve developers
 */
#include <linux/bitfield.h>
#include <linux/string.h>

#include <carve/io.h>

#include "filter_vlan.h"
#include "floor.h"
#include "pf.h"

#define PF_VLAN_PRIO_ENTRY		0	/* VLVF of VLAN 0 */

static struct carve_pf_vlan_entry *
pf_vlan_find(struct carve_pf_vlan_table *table, u16 vid)
{
	int i;

	for (i = 0; i < CARVE_NUM_VLVF; i++)
		if (table->vlvf[i].owners && table->vlvf[i].vid == vid)
			return &table->vlvf[i];

	return NULL;
}

static struct carve_pf_vlan_entry *
pf_vlan_find_free(struct carve_pf_vlan_table *table)
{
	int i;

	for (i = PF_VLAN_PRIO_ENTRY + 1; i < CARVE_NUM_VLVF; i++)
		if (!table->vlvf[i].owners)
			return &table->vlvf[i];

	return NULL;
}

static void pf_vlan_write_vlvf(struct carve_pf *pf,
			       const struct carve_pf_vlan_entry *entry)
{
	u8 pools = entry->owners;
	u32 val = 0;

	if (pools) {
		if (pf->vlan_table.promisc ||
		    test_bit(entry->vid, pf->vlan_table.pf_only))
			pools |= BIT(CARVE_PF_POOL);
		val = CARVE_VLVF_ENABLE |
		      FIELD_PREP(CARVE_VLVF_VID, entry->vid) |
		      FIELD_PREP(CARVE_VLVF_POOLS, pools);
	}
	carve_wr32(&pf->nic, CARVE_VLVF(entry - pf->vlan_table.vlvf), val);
}

/* VLANs of register @i of the VFTA that somebody is a member of. */
static u32 pf_vlan_vfta(struct carve_pf_vlan_table *table, unsigned int i)
{
	u32 val = 0;
	int n;

	if (table->promisc)
		return U32_MAX;

	for (n = 0; n < CARVE_NUM_VLVF; n++)
		if (table->vlvf[n].owners && table->vlvf[n].vid / 32 == i)
			val |= BIT(table->vlvf[n].vid % 32);
	for (n = 0; n < 32; n++)
		if (test_bit(i * 32 + n, table->pf_only))
			val |= BIT(n);

	return val;
}

static void pf_vlan_write_vfta(struct carve_pf *pf, u16 vid)
{
	carve_wr32(&pf->nic, CARVE_VFTA(vid / 32),
		   pf_vlan_vfta(&pf->vlan_table, vid / 32));
}

static void pf_vlan_floors(const struct carve_pf_vlan_table *table,
			   struct carve_pf_floors *floors)
{
	unsigned int pool;
	int i;

	memset(floors, 0, sizeof(*floors));
	floors->entries = CARVE_NUM_VLVF - 1;
	for (pool = 0; pool < CARVE_NUM_POOLS; pool++) {
		floors->floor[pool] = pool == CARVE_PF_POOL ?
				      CARVE_PF_VLAN_FLOOR_PF :
				      CARVE_PF_VLAN_FLOOR_VF;
		for (i = PF_VLAN_PRIO_ENTRY + 1; i < CARVE_NUM_VLVF; i++)
			if (table->vlvf[i].owners & BIT(pool))
				floors->held[pool] |= BIT(i);
	}
}

/* May @pool become an owner of entry @i without eating another's floor? */
static bool pf_vlan_may_take(const struct carve_pf_vlan_table *table,
			     unsigned int i, unsigned int pool)
{
	struct carve_pf_floors floors;

	if (i == PF_VLAN_PRIO_ENTRY)
		return true;

	pf_vlan_floors(table, &floors);
	floors.held[pool] |= BIT(i);

	return carve_pf_floors_hold(&floors);
}

static int pf_vlan_add_locked(struct carve_pf *pf, u16 vid, unsigned int pool)
{
	struct carve_pf_vlan_table *table = &pf->vlan_table;
	struct carve_pf_vlan_entry *entry;

	entry = pf_vlan_find(table, vid);
	if (entry && entry->owners & BIT(pool))
		return 0;
	if (!entry)
		entry = pf_vlan_find_free(table);
	if (!entry || !pf_vlan_may_take(table, entry - table->vlvf, pool))
		return -ENOSPC;

	entry->vid = vid;
	entry->owners |= BIT(pool);
	pf_vlan_write_vlvf(pf, entry);
	pf_vlan_write_vfta(pf, vid);

	return 0;
}

/* The PF needs no entry, but where a VF has one it must be in it. */
static void pf_vlan_set_pf_only(struct carve_pf *pf, u16 vid, bool on)
{
	struct carve_pf_vlan_table *table = &pf->vlan_table;
	struct carve_pf_vlan_entry *entry;

	__assign_bit(vid, table->pf_only, on);
	entry = pf_vlan_find(table, vid);
	if (entry)
		pf_vlan_write_vlvf(pf, entry);
	pf_vlan_write_vfta(pf, vid);
}

int carve_pf_vlan_add(struct carve_pf *pf, u16 vid, unsigned int pool)
{
	struct carve_pf_vlan_table *table = &pf->vlan_table;
	int err;

	spin_lock_bh(&table->lock);
	err = pf_vlan_add_locked(pf, vid, pool);
	if (err && pool == CARVE_PF_POOL) {
		pf_vlan_set_pf_only(pf, vid, true);
		err = 0;
	}
	spin_unlock_bh(&table->lock);

	return err;
}

static void pf_vlan_del_locked(struct carve_pf *pf,
			       struct carve_pf_vlan_entry *entry,
			       unsigned int pool)
{
	if (entry == &pf->vlan_table.vlvf[PF_VLAN_PRIO_ENTRY] &&
	    pool == CARVE_PF_POOL)
		return;

	entry->owners &= ~BIT(pool);
	if (!entry->owners)
		pf_vlan_write_vfta(pf, entry->vid);
	pf_vlan_write_vlvf(pf, entry);
}

void carve_pf_vlan_del(struct carve_pf *pf, u16 vid, unsigned int pool)
{
	struct carve_pf_vlan_table *table = &pf->vlan_table;
	struct carve_pf_vlan_entry *entry;

	spin_lock_bh(&table->lock);
	entry = pf_vlan_find(table, vid);
	if (entry && entry->owners & BIT(pool))
		pf_vlan_del_locked(pf, entry, pool);
	if (pool == CARVE_PF_POOL && test_bit(vid, table->pf_only))
		pf_vlan_set_pf_only(pf, vid, false);
	spin_unlock_bh(&table->lock);
}

void carve_pf_vlan_del_pool(struct carve_pf *pf, unsigned int pool)
{
	struct carve_pf_vlan_table *table = &pf->vlan_table;
	int i;

	spin_lock_bh(&table->lock);
	for (i = 0; i < CARVE_NUM_VLVF; i++)
		if (table->vlvf[i].owners & BIT(pool))
			pf_vlan_del_locked(pf, &table->vlvf[i], pool);
	spin_unlock_bh(&table->lock);
}

unsigned int carve_pf_vlan_count(struct carve_pf *pf, unsigned int pool)
{
	unsigned int num = 0;
	int i;

	spin_lock_bh(&pf->vlan_table.lock);
	for (i = 0; i < CARVE_NUM_VLVF; i++)
		if (pf->vlan_table.vlvf[i].owners & BIT(pool))
			num++;
	spin_unlock_bh(&pf->vlan_table.lock);

	return num;
}

unsigned int carve_pf_vlan_free_entries(struct carve_pf *pf)
{
	unsigned int num = 0;
	int i;

	spin_lock_bh(&pf->vlan_table.lock);
	for (i = 0; i < CARVE_NUM_VLVF; i++)
		if (!pf->vlan_table.vlvf[i].owners)
			num++;
	spin_unlock_bh(&pf->vlan_table.lock);

	return num;
}

u8 carve_pf_vlan_owners(struct carve_pf *pf, u16 vid)
{
	struct carve_pf_vlan_entry *entry;
	u8 owners;

	spin_lock_bh(&pf->vlan_table.lock);
	entry = pf_vlan_find(&pf->vlan_table, vid);
	owners = entry ? entry->owners : 0;
	if (test_bit(vid, pf->vlan_table.pf_only))
		owners |= BIT(CARVE_PF_POOL);
	spin_unlock_bh(&pf->vlan_table.lock);

	return owners;
}

static void pf_vlan_write_vlvf_all(struct carve_pf *pf)
{
	int i;

	for (i = 0; i < CARVE_NUM_VLVF; i++)
		pf_vlan_write_vlvf(pf, &pf->vlan_table.vlvf[i]);
}

static void pf_vlan_write_vfta_all(struct carve_pf *pf)
{
	int i;

	for (i = 0; i < CARVE_NUM_VFTA; i++)
		carve_wr32(&pf->nic, CARVE_VFTA(i),
			   pf_vlan_vfta(&pf->vlan_table, i));
}

void carve_pf_vlan_set_promisc(struct carve_pf *pf, bool on)
{
	struct carve_pf_vlan_table *table = &pf->vlan_table;

	spin_lock_bh(&table->lock);
	if (table->promisc != on) {
		table->promisc = on;
		/* VFTA alone first when it narrows, last when it widens. */
		if (!on)
			pf_vlan_write_vfta_all(pf);
		pf_vlan_write_vlvf_all(pf);
		if (on)
			pf_vlan_write_vfta_all(pf);
	}
	spin_unlock_bh(&table->lock);
}

void carve_pf_vlan_write_all(struct carve_pf *pf)
{
	spin_lock_bh(&pf->vlan_table.lock);
	pf_vlan_write_vlvf_all(pf);
	pf_vlan_write_vfta_all(pf);
	spin_unlock_bh(&pf->vlan_table.lock);
}

void carve_pf_vlan_init(struct carve_pf *pf)
{
	struct carve_pf_vlan_table *table = &pf->vlan_table;

	memset(table, 0, sizeof(*table));
	spin_lock_init(&table->lock);
	table->vlvf[PF_VLAN_PRIO_ENTRY].owners = BIT(CARVE_PF_POOL);
}

#if IS_ENABLED(CONFIG_CARVE_KUNIT_TEST)
#include "tests/filter_vlan_kunit.c"
#endif
