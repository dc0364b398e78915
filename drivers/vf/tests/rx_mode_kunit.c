// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests of the address lists and their differences.
 *
 * Copyright (C) 2026 Carve developers
 */
#include <kunit/test.h>

static void rx_mode_test_addr(u8 *addr, u8 n)
{
	const u8 base[ETH_ALEN] = { 0x02, 0, 0, 0, 0, 0 };

	ether_addr_copy(addr, base);
	addr[ETH_ALEN - 1] = n;
}

static void rx_mode_test_fill(struct carve_vf_filters *filters, u8 first,
			      u8 num)
{
	u8 addr[ETH_ALEN];
	int i;

	memset(filters, 0, sizeof(*filters));
	for (i = 0; i < num; i++) {
		rx_mode_test_addr(addr, first + i);
		vf_filters_add_uc(filters, addr, CARVE_VF_UC_MAX);
	}
}

/* Differs in the bits that carve_mc_hash() looks at. */
static void rx_mode_test_group(u8 *addr, u8 n)
{
	const u8 base[ETH_ALEN] = { 0x01, 0, 0x5e, 0, 0, 0 };

	ether_addr_copy(addr, base);
	addr[ETH_ALEN - 1] = n;
}

static void vf_adds_addresses_without_clearing(struct kunit *test)
{
	struct carve_vf_filters new, old;

	rx_mode_test_fill(&old, 1, 2);
	rx_mode_test_fill(&new, 1, 3);
	KUNIT_EXPECT_FALSE(test, vf_filters_must_clear_uc(&old, &new));
}

static void vf_does_not_mind_the_order(struct kunit *test)
{
	struct carve_vf_filters new, old;

	rx_mode_test_fill(&old, 1, 2);
	rx_mode_test_fill(&new, 1, 2);
	swap(new.uc[0][ETH_ALEN - 1], new.uc[1][ETH_ALEN - 1]);
	KUNIT_EXPECT_FALSE(test, vf_filters_must_clear_uc(&old, &new));
	KUNIT_EXPECT_TRUE(test, vf_filters_has_uc(&old, new.uc[0]));
}

static void vf_clears_when_an_address_goes(struct kunit *test)
{
	struct carve_vf_filters new, old;

	rx_mode_test_fill(&old, 1, 3);
	rx_mode_test_fill(&new, 1, 2);
	KUNIT_EXPECT_TRUE(test, vf_filters_must_clear_uc(&old, &new));
	rx_mode_test_fill(&new, 2, 3);
	KUNIT_EXPECT_TRUE(test, vf_filters_must_clear_uc(&old, &new));
}

static void vf_notes_addresses_beyond_its_room(struct kunit *test)
{
	struct carve_vf_filters filters;
	u8 addr[ETH_ALEN];

	rx_mode_test_fill(&filters, 1, CARVE_VF_UC_MAX);
	KUNIT_EXPECT_FALSE(test, filters.uc_overflow);
	rx_mode_test_addr(addr, 200);
	vf_filters_add_uc(&filters, addr, CARVE_VF_UC_MAX);
	KUNIT_EXPECT_TRUE(test, filters.uc_overflow);
	KUNIT_EXPECT_EQ(test, filters.num_uc, CARVE_VF_UC_MAX);

	memset(&filters, 0, sizeof(filters));
	vf_filters_add_uc(&filters, addr, 0);
	KUNIT_EXPECT_TRUE(test, filters.uc_overflow);
}

static void vf_sends_each_hash_once(struct kunit *test)
{
	struct carve_vf_filters filters = {};
	u8 addr[ETH_ALEN];

	rx_mode_test_group(addr, 7);
	vf_filters_add_mc(&filters, addr);
	/* Another address of the same hash. */
	addr[3] = 1;
	vf_filters_add_mc(&filters, addr);
	KUNIT_EXPECT_EQ(test, filters.num_mc, 1);
	KUNIT_EXPECT_EQ(test, filters.mc[0], 0x070);
}

static void vf_asks_for_all_multicast_beyond_30_hashes(struct kunit *test)
{
	struct carve_vf_filters filters = {};
	u8 addr[ETH_ALEN];
	int i;

	for (i = 0; i < CARVE_MBX_MC_MAX; i++) {
		rx_mode_test_group(addr, i);
		vf_filters_add_mc(&filters, addr);
	}
	KUNIT_EXPECT_EQ(test, filters.num_mc, CARVE_MBX_MC_MAX);
	KUNIT_EXPECT_FALSE(test, filters.mc_all);

	rx_mode_test_group(addr, CARVE_MBX_MC_MAX);
	vf_filters_add_mc(&filters, addr);
	KUNIT_EXPECT_TRUE(test, filters.mc_all);
	KUNIT_EXPECT_EQ(test, filters.num_mc, CARVE_MBX_MC_MAX);
}

static void vf_tells_different_groups_apart(struct kunit *test)
{
	struct carve_vf_filters new = {}, old = {};
	u8 addr[ETH_ALEN];

	KUNIT_EXPECT_TRUE(test, vf_filters_same_mc(&old, &new));
	rx_mode_test_group(addr, 1);
	vf_filters_add_mc(&new, addr);
	KUNIT_EXPECT_FALSE(test, vf_filters_same_mc(&old, &new));
	vf_filters_add_mc(&old, addr);
	KUNIT_EXPECT_TRUE(test, vf_filters_same_mc(&old, &new));
	new.mc_all = true;
	KUNIT_EXPECT_FALSE(test, vf_filters_same_mc(&old, &new));
}

static struct kunit_case rx_mode_test_cases[] = {
	KUNIT_CASE(vf_adds_addresses_without_clearing),
	KUNIT_CASE(vf_does_not_mind_the_order),
	KUNIT_CASE(vf_clears_when_an_address_goes),
	KUNIT_CASE(vf_notes_addresses_beyond_its_room),
	KUNIT_CASE(vf_sends_each_hash_once),
	KUNIT_CASE(vf_asks_for_all_multicast_beyond_30_hashes),
	KUNIT_CASE(vf_tells_different_groups_apart),
	{ }
};

static struct kunit_suite rx_mode_test_suite = {
	.name = "carve_vf_rx_mode",
	.test_cases = rx_mode_test_cases,
};

kunit_test_suite(rx_mode_test_suite);
