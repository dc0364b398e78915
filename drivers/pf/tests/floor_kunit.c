// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests of the floors of shared tables.
 *
 * Copyright (C) 2026 Carve developers
 */
#include <kunit/test.h>
#include <linux/prandom.h>

static const struct carve_pf_floors floor_test_table = {
	.floor = { 2, 2, 2, 2, 2, 2, 2, 4 },
	.entries = 24,
};

static void floors_fit_an_empty_table(struct kunit *test)
{
	KUNIT_EXPECT_TRUE(test, carve_pf_floors_hold(&floor_test_table));
}

static void one_pool_gets_all_but_the_other_floors(struct kunit *test)
{
	struct carve_pf_floors floors = floor_test_table;

	floors.held[0] = GENMASK(7, 0);
	KUNIT_EXPECT_TRUE(test, carve_pf_floors_hold(&floors));
	floors.held[0] = GENMASK(8, 0);
	KUNIT_EXPECT_FALSE(test, carve_pf_floors_hold(&floors));
}

static void shared_entries_count_once(struct kunit *test)
{
	struct carve_pf_floors floors = floor_test_table;
	int i;

	for (i = 0; i < CARVE_NUM_POOLS; i++)
		floors.held[i] = GENMASK(7, 0);
	KUNIT_EXPECT_TRUE(test, carve_pf_floors_hold(&floors));
}

/* Two that share entries could each be the one to keep them all. */
static void sharing_does_not_hide_a_hoard(struct kunit *test)
{
	struct carve_pf_floors floors = floor_test_table;

	floors.held[0] = GENMASK(8, 0);
	floors.held[1] = GENMASK(8, 0);
	KUNIT_EXPECT_FALSE(test, carve_pf_floors_hold(&floors));
}

/* The rich alone decide: the same as with everybody who may stay or leave. */
static void all_who_may_leave_are_thought_of(struct kunit *test)
{
	struct carve_pf_floors floors = floor_test_table;
	struct rnd_state rnd;
	unsigned long stay;
	int i, pool, held = 0;
	bool fits;

	prandom_seed_state(&rnd, 82576);
	for (i = 0; i < 200; i++) {
		for (pool = 0; pool < CARVE_NUM_POOLS; pool++)
			floors.held[pool] = prandom_u32_state(&rnd) &
					    prandom_u32_state(&rnd) &
					    prandom_u32_state(&rnd) &
					    GENMASK(23, 0);
		fits = true;
		for (stay = 0; stay < BIT(CARVE_NUM_POOLS); stay++)
			fits &= pf_floor_need(&floors, stay) <= floors.entries;
		KUNIT_EXPECT_EQ(test, carve_pf_floors_hold(&floors), fits);
		held += fits;
	}
	/* Neither answer is rare. */
	KUNIT_EXPECT_GT(test, held, 20);
	KUNIT_EXPECT_LT(test, held, 180);
}

static struct kunit_case floor_test_cases[] = {
	KUNIT_CASE(floors_fit_an_empty_table),
	KUNIT_CASE(one_pool_gets_all_but_the_other_floors),
	KUNIT_CASE(shared_entries_count_once),
	KUNIT_CASE(sharing_does_not_hide_a_hoard),
	KUNIT_CASE(all_who_may_leave_are_thought_of),
	{}
};

static struct kunit_suite floor_test_suite = {
	.name = "carve_pf_floor",
	.test_cases = floor_test_cases,
};

kunit_test_suite(floor_test_suite);
