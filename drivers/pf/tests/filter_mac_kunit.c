// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests of the address filters: owners, floors, what is written.
 *
 * Copyright (C) 2026 Carve developers
 */
#include "fake_pf.h"

/* Adds addresses until the table refuses; returns how many it took. */
static unsigned int mac_test_fill(struct carve_pf *pf, unsigned int pool)
{
	u8 addr[ETH_ALEN] = { 0x02, 0xbb, pool };
	unsigned int num;

	for (num = 0; num < CARVE_NUM_RAR; num++) {
		addr[5] = num;
		if (carve_pf_mac_add(pf, addr, pool))
			break;
	}

	return num;
}

static unsigned int mac_test_reg(struct carve_pf *pf, const u8 *addr)
{
	return pf_mac_find(&pf->mac_table, addr) - pf->mac_table.rar;
}

static void mac_is_written_with_its_pool(struct kunit *test)
{
	struct carve_pf *pf = fake_pf(test);
	unsigned int i;
	u32 high;

	KUNIT_ASSERT_EQ(test, carve_pf_mac_add(pf, fake_mac_a, 3), 0);
	i = mac_test_reg(pf, fake_mac_a);
	KUNIT_EXPECT_EQ(test, fake_reg(pf, CARVE_RAL(i)), 0x0000aa02U);
	high = fake_reg(pf, CARVE_RAH(i));
	KUNIT_EXPECT_EQ(test, FIELD_GET(CARVE_RAH_ADDR, high), 0x0100U);
	KUNIT_EXPECT_EQ(test, FIELD_GET(CARVE_RAH_POOLS, high), BIT(3));
	KUNIT_EXPECT_TRUE(test, high & CARVE_RAH_AV);
}

static void mac_stays_until_its_last_owner_leaves(struct kunit *test)
{
	struct carve_pf *pf = fake_pf(test);
	unsigned int i;

	KUNIT_ASSERT_EQ(test, carve_pf_mac_add(pf, fake_mac_a, 0), 0);
	KUNIT_ASSERT_EQ(test, carve_pf_mac_add(pf, fake_mac_a, 7), 0);
	i = mac_test_reg(pf, fake_mac_a);
	carve_pf_mac_del(pf, fake_mac_a, 0);
	KUNIT_EXPECT_EQ(test, carve_pf_mac_owners(pf, fake_mac_a), BIT(7));
	carve_pf_mac_del(pf, fake_mac_a, 7);
	KUNIT_EXPECT_EQ(test, carve_pf_mac_owners(pf, fake_mac_a), 0);
	KUNIT_EXPECT_EQ(test, fake_reg(pf, CARVE_RAH(i)), 0U);
}

static void mac_of_another_owner_is_not_deleted(struct kunit *test)
{
	struct carve_pf *pf = fake_pf(test);

	KUNIT_ASSERT_EQ(test, carve_pf_mac_add(pf, fake_mac_a, 0), 0);
	carve_pf_mac_del(pf, fake_mac_a, 1);
	KUNIT_EXPECT_EQ(test, carve_pf_mac_owners(pf, fake_mac_a), BIT(0));
}

static void mac_added_twice_takes_one_entry(struct kunit *test)
{
	struct carve_pf *pf = fake_pf(test);
	unsigned int before = carve_pf_mac_free_entries(pf);

	KUNIT_EXPECT_EQ(test, carve_pf_mac_add(pf, fake_mac_a, 0), 0);
	KUNIT_EXPECT_EQ(test, carve_pf_mac_add(pf, fake_mac_a, 0), 0);
	KUNIT_EXPECT_EQ(test, carve_pf_mac_free_entries(pf), before - 1);
	KUNIT_EXPECT_EQ(test, carve_pf_mac_count(pf, 0), 1U);
}

static void mac_hoarder_leaves_the_others_their_floor(struct kunit *test)
{
	struct carve_pf *pf = fake_pf(test);
	unsigned int vf;

	KUNIT_EXPECT_GT(test, mac_test_fill(pf, 0), CARVE_PF_MAC_FLOOR_VF);
	for (vf = 1; vf < CARVE_PF_MAX_VFS; vf++)
		KUNIT_EXPECT_EQ(test, mac_test_fill(pf, vf),
				CARVE_PF_MAC_FLOOR_VF);
	/* Its own address counts. */
	KUNIT_EXPECT_EQ(test, mac_test_fill(pf, CARVE_PF_POOL),
			CARVE_PF_MAC_FLOOR_PF - 1);
	KUNIT_EXPECT_EQ(test, carve_pf_mac_free_entries(pf), 0U);
}

static void mac_of_a_pf_that_hoards_leaves_vfs_their_floor(struct kunit *test)
{
	struct carve_pf *pf = fake_pf(test);
	unsigned int vf;

	mac_test_fill(pf, CARVE_PF_POOL);
	for (vf = 0; vf < CARVE_PF_MAX_VFS; vf++)
		KUNIT_EXPECT_EQ(test, mac_test_fill(pf, vf),
				CARVE_PF_MAC_FLOOR_VF);
}

static void mac_can_be_replaced_in_a_full_table(struct kunit *test)
{
	u8 addr[ETH_ALEN] = { 0x02, 0xbb };
	struct carve_pf *pf = fake_pf(test);
	unsigned int num;

	num = mac_test_fill(pf, 0);
	KUNIT_EXPECT_EQ(test, carve_pf_mac_replace(pf, addr, fake_mac_a, 0), 0);
	KUNIT_EXPECT_EQ(test, carve_pf_mac_owners(pf, addr), 0);
	KUNIT_EXPECT_EQ(test, carve_pf_mac_owners(pf, fake_mac_a), BIT(0));
	KUNIT_EXPECT_EQ(test, carve_pf_mac_count(pf, 0), num);
}

static void mac_of_the_pf_itself_stays(struct kunit *test)
{
	struct carve_pf *pf = fake_pf(test);

	carve_pf_mac_del(pf, fake_perm_addr, CARVE_PF_POOL);
	carve_pf_mac_del_pool(pf, CARVE_PF_POOL);
	KUNIT_EXPECT_EQ(test, carve_pf_mac_owners(pf, fake_perm_addr),
			BIT(CARVE_PF_POOL));
}

static void multicast_of_one_pool_survives_that_of_another(struct kunit *test)
{
	static const u16 one[] = { 0x021, 0x022 };
	static const u16 two[] = { 0x022, 0xfff };
	struct carve_pf *pf = fake_pf(test);

	carve_pf_mc_set(pf, 0, one, ARRAY_SIZE(one));
	carve_pf_mc_set(pf, 1, two, ARRAY_SIZE(two));
	KUNIT_EXPECT_EQ(test, fake_reg(pf, CARVE_MTA(1)), BIT(1) | BIT(2));
	KUNIT_EXPECT_EQ(test, fake_reg(pf, CARVE_MTA(127)), BIT(31));

	carve_pf_mac_del_pool(pf, 0);
	KUNIT_EXPECT_EQ(test, fake_reg(pf, CARVE_MTA(1)), BIT(2));
	carve_pf_mc_set_all(pf, 0);
	KUNIT_EXPECT_EQ(test, fake_reg(pf, CARVE_MTA(64)), U32_MAX);
	carve_pf_mac_del_pool(pf, 0);
	KUNIT_EXPECT_EQ(test, fake_reg(pf, CARVE_MTA(64)), 0U);
}

static void multicast_writes_what_changed_only(struct kunit *test)
{
	static const u16 hashes[] = { 0x021 };
	struct carve_pf *pf = fake_pf(test);

	carve_pf_mc_set(pf, 0, hashes, ARRAY_SIZE(hashes));
	fake_log_clear(pf);
	carve_pf_mc_set(pf, 0, hashes, ARRAY_SIZE(hashes));
	KUNIT_EXPECT_EQ(test, fake_chip(pf)->num_log, 0U);
}

static struct kunit_case mac_test_cases[] = {
	KUNIT_CASE(mac_is_written_with_its_pool),
	KUNIT_CASE(mac_stays_until_its_last_owner_leaves),
	KUNIT_CASE(mac_of_another_owner_is_not_deleted),
	KUNIT_CASE(mac_added_twice_takes_one_entry),
	KUNIT_CASE(mac_hoarder_leaves_the_others_their_floor),
	KUNIT_CASE(mac_of_a_pf_that_hoards_leaves_vfs_their_floor),
	KUNIT_CASE(mac_can_be_replaced_in_a_full_table),
	KUNIT_CASE(mac_of_the_pf_itself_stays),
	KUNIT_CASE(multicast_of_one_pool_survives_that_of_another),
	KUNIT_CASE(multicast_writes_what_changed_only),
	{}
};

static struct kunit_suite mac_test_suite = {
	.name = "carve_pf_filter_mac",
	.test_cases = mac_test_cases,
};

kunit_test_suite(mac_test_suite);
