/* SPDX-License-Identifier: GPL-2.0 */
/*
 * VLAN filters: 32 shared entries (VLVF) and the port's bitmap (VFTA).
 *
 * Copyright (C) 2026 Carve developers
 */
#ifndef _CARVE_PF_FILTER_VLAN_H
#define _CARVE_PF_FILTER_VLAN_H

#include <linux/bitmap.h>
#include <linux/if_vlan.h>
#include <linux/spinlock.h>
#include <linux/types.h>

#include "pf_regs.h"
#include "pool.h"

struct carve_pf;

/* Entries a pool can count on, VLAN 0 not counted. */
#define CARVE_PF_VLAN_FLOOR_VF		2
#define CARVE_PF_VLAN_FLOOR_PF		4

/**
 * struct carve_pf_vlan_entry - one VLVF
 * @vid: VLAN id
 * @owners: member pools, bit mask; 0: entry free
 */
struct carve_pf_vlan_entry {
	u16 vid;
	u8 owners;
};

/**
 * struct carve_pf_vlan_table - the soft tables behind VLVF and VFTA
 * @lock: BH-safe; all fields and the registers
 * @vlvf: the entries; entry 0 is VLAN 0, for frames with a priority tag only
 * @pf_only: VLANs of the PF that found no VLVF: they reach the PF as the
 *	default pool by their VFTA bit alone, so the PF never eats a VF's entry
 *	(where a VF has one, the PF is in it without being an owner). The QEMU
 *	model gives unicast only to the default pool
 * @promisc: the PF wants every VLAN
 */
struct carve_pf_vlan_table {
	spinlock_t lock; /* see above */
	struct carve_pf_vlan_entry vlvf[CARVE_NUM_VLVF];
	DECLARE_BITMAP(pf_only, VLAN_N_VID);
	bool promisc;
};

/**
 * carve_pf_vlan_init() - the PF a member of VLAN 0, no more
 * @pf: the port
 *
 * Soft state only.
 */
void carve_pf_vlan_init(struct carve_pf *pf);

/**
 * carve_pf_vlan_add() - make a pool a member of a VLAN
 * @pf: the port
 * @vid: VLAN id, 0 to 4095
 * @pool: the pool
 *
 * Return: 0 (also when it was), -ENOSPC when a VF's pool finds no entry but
 * those of other pools' floors.
 */
int carve_pf_vlan_add(struct carve_pf *pf, u16 vid, unsigned int pool);

/**
 * carve_pf_vlan_del() - the reverse of carve_pf_vlan_add()
 * @pf: the port
 * @vid: VLAN id
 * @pool: the pool
 *
 * The PF stays a member of VLAN 0.
 */
void carve_pf_vlan_del(struct carve_pf *pf, u16 vid, unsigned int pool);

/**
 * carve_pf_vlan_del_pool() - remove a pool from all VLANs
 * @pf: the port
 * @pool: the pool of a VF
 */
void carve_pf_vlan_del_pool(struct carve_pf *pf, unsigned int pool);

/**
 * carve_pf_vlan_count() - entries a pool is a member of
 * @pf: the port
 * @pool: the pool
 *
 * Return: their number, VLAN 0 included.
 */
unsigned int carve_pf_vlan_count(struct carve_pf *pf, unsigned int pool);

/**
 * carve_pf_vlan_free_entries() - entries nobody is a member of
 * @pf: the port
 *
 * Return: their number.
 */
unsigned int carve_pf_vlan_free_entries(struct carve_pf *pf);

/**
 * carve_pf_vlan_owners() - members of a VLAN
 * @pf: the port
 * @vid: VLAN id
 *
 * Return: bit mask of pools.
 */
u8 carve_pf_vlan_owners(struct carve_pf *pf, u16 vid);

/**
 * carve_pf_vlan_set_promisc() - let the PF receive every VLAN
 * @pf: the port
 * @on: or only those added
 */
void carve_pf_vlan_set_promisc(struct carve_pf *pf, bool on);

/**
 * carve_pf_vlan_write_all() - write VLVF and VFTA from the soft state
 * @pf: the port
 */
void carve_pf_vlan_write_all(struct carve_pf *pf);

#endif /* _CARVE_PF_FILTER_VLAN_H */
