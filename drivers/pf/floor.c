// SPDX-License-Identifier: GPL-2.0
/*
 * Arithmetic of the floors of a shared table. Pure; called by filter_mac.c and
 * filter_vlan.c under their tables' locks.
 *
 * Copyright (C) 2026 Carve developers
 */
#include <linux/bitops.h>

#include "floor.h"

/* Entries needed when the pools of @stay keep all and the others start anew. */
static unsigned int pf_floor_need(const struct carve_pf_floors *floors,
				  unsigned long stay)
{
	unsigned int need = 0;
	unsigned int pool;
	u32 kept = 0;

	for (pool = 0; pool < CARVE_NUM_POOLS; pool++) {
		if (stay & BIT(pool))
			kept |= floors->held[pool];
		else
			need += floors->floor[pool];
	}

	return need + hweight32(kept);
}

/* Who stays with no more than its floor needs no more than if it left. */
static unsigned long pf_floor_rich(const struct carve_pf_floors *floors)
{
	unsigned long rich = 0;
	unsigned int pool;

	for (pool = 0; pool < CARVE_NUM_POOLS; pool++)
		if (hweight32(floors->held[pool]) > floors->floor[pool])
			rich |= BIT(pool);

	return rich;
}

bool carve_pf_floors_hold(const struct carve_pf_floors *floors)
{
	unsigned long rich = pf_floor_rich(floors);
	unsigned long stay = rich;

	/* All subsets of the rich, the empty one last. */
	while (pf_floor_need(floors, stay) <= floors->entries) {
		if (!stay)
			return true;
		stay = (stay - 1) & rich;
	}

	return false;
}

#if IS_ENABLED(CONFIG_CARVE_KUNIT_TEST)
#include "tests/floor_kunit.c"
#endif
