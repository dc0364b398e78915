/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Floors: how many entries of a shared table an owner can count on.
 *
 * Copyright (C) 2026 Carve developers
 */
#ifndef _CARVE_PF_FLOOR_H
#define _CARVE_PF_FLOOR_H

#include <linux/types.h>

#include "pool.h"

/**
 * struct carve_pf_floors - who holds what of a table of shared entries
 * @held: entries each pool is an owner of, bit mask of entry numbers
 * @floor: entries each pool can count on
 * @entries: size of the table, at most 32
 */
struct carve_pf_floors {
	u32 held[CARVE_NUM_POOLS];
	u8 floor[CARVE_NUM_POOLS];
	u8 entries;
};

/**
 * carve_pf_floors_hold() - can every pool still get its floor
 * @floors: the table as it would be
 *
 * An entry may have several owners and stays while one of them is left, so
 * it does not do to count: whoever may leave, what the others keep and the
 * floors of those who left must fit into the table.
 *
 * Return: true if so.
 */
bool carve_pf_floors_hold(const struct carve_pf_floors *floors);

#endif /* _CARVE_PF_FLOOR_H */
