// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests of the VLAN filters: owners, floors, order of writes.
 *
 * Copyright (C) 2026 Carve developers
 */
#include "fake_pf.h"

#define VLAN_TEST_VID			100

/* Adds @num VLANs from @vid on until the table refuses. */
static unsigned int vlan_test_fill(struct carve_pf *pf, unsigned int pool,
				   u16 vid, unsigned int max)
{
	unsigned int num;

	for (num = 0; num < max; num++)
		if (carve_pf_vlan_add(pf, vid + num, pool))
			break;

	return num;
}

static bool vlan_test_in_vfta(struct carve_pf *pf, u16 vid)
{
	return fake_reg(pf, CARVE_VFTA(vid / 32)) & BIT(vid % 32);
}

static u32 vlan_test_vlvf(struct carve_pf *pf, u16 vid)
{
	u32 val;
	int i;

	for (i = 0; i < CARVE_NUM_VLVF; i++) {
		val = fake_reg(pf, CARVE_VLVF(i));
		if (val & CARVE_VLVF_ENABLE &&
		    FIELD_GET(CARVE_VLVF_VID, val) == vid)
			return val;
	}

	return 0;
}

static void vlan_stays_until_its_last_owner_leaves(struct kunit *test)
{
	struct carve_pf *pf = fake_pf(test);

	KUNIT_ASSERT_EQ(test, carve_pf_vlan_add(pf, VLAN_TEST_VID, 0), 0);
	KUNIT_ASSERT_EQ(test, carve_pf_vlan_add(pf, VLAN_TEST_VID, 1), 0);
	KUNIT_EXPECT_EQ(test, FIELD_GET(CARVE_VLVF_POOLS,
					vlan_test_vlvf(pf, VLAN_TEST_VID)),
			BIT(0) | BIT(1));
	carve_pf_vlan_del_pool(pf, 0);
	KUNIT_EXPECT_EQ(test, carve_pf_vlan_owners(pf, VLAN_TEST_VID), BIT(1));
	KUNIT_EXPECT_TRUE(test, vlan_test_in_vfta(pf, VLAN_TEST_VID));
	carve_pf_vlan_del(pf, VLAN_TEST_VID, 1);
	KUNIT_EXPECT_FALSE(test, vlan_test_in_vfta(pf, VLAN_TEST_VID));
	KUNIT_EXPECT_EQ(test, vlan_test_vlvf(pf, VLAN_TEST_VID), 0U);
}

/* Or its frames would go to the default pool meanwhile. */
static void vlan_has_its_entry_before_and_after_its_bit(struct kunit *test)
{
	u32 vfta = CARVE_VFTA(VLAN_TEST_VID / 32);
	struct carve_pf *pf = fake_pf(test);

	carve_pf_vlan_add(pf, VLAN_TEST_VID, 0);
	KUNIT_EXPECT_LT(test, fake_log_find(pf, CARVE_VLVF(1)),
			fake_log_find(pf, vfta));
	fake_log_clear(pf);
	carve_pf_vlan_del(pf, VLAN_TEST_VID, 0);
	KUNIT_EXPECT_LT(test, fake_log_find(pf, vfta),
			fake_log_find(pf, CARVE_VLVF(1)));
}

static void vlan_hoarder_leaves_the_others_their_floor(struct kunit *test)
{
	struct carve_pf *pf = fake_pf(test);
	unsigned int vf;

	vlan_test_fill(pf, 0, 1, CARVE_NUM_VLVF);
	for (vf = 1; vf < CARVE_PF_MAX_VFS; vf++)
		KUNIT_EXPECT_EQ(test, vlan_test_fill(pf, vf, vf * 100,
						     CARVE_NUM_VLVF),
				CARVE_PF_VLAN_FLOOR_VF);
}

static void vlan_trunk_can_be_shared_by_all(struct kunit *test)
{
	struct carve_pf *pf = fake_pf(test);
	unsigned int vf;

	for (vf = 0; vf < CARVE_PF_MAX_VFS; vf++)
		KUNIT_EXPECT_EQ(test, vlan_test_fill(pf, vf, 1, 15), 15U);
}

/* B joins what A has; when A has left, A still gets its floor. */
static void vlan_sharing_does_not_take_a_floor_away(struct kunit *test)
{
	struct carve_pf *pf = fake_pf(test);
	unsigned int vf;

	for (vf = 1; vf < CARVE_PF_MAX_VFS; vf++) {
		vlan_test_fill(pf, vf, vf * 100, CARVE_NUM_VLVF);
		vlan_test_fill(pf, 0, vf * 100, CARVE_NUM_VLVF);
	}
	for (vf = 1; vf < CARVE_PF_MAX_VFS; vf++)
		carve_pf_vlan_del_pool(pf, vf);
	for (vf = 1; vf < CARVE_PF_MAX_VFS; vf++)
		KUNIT_EXPECT_GE(test, vlan_test_fill(pf, vf, 2000 + vf * 100,
						     CARVE_NUM_VLVF),
				CARVE_PF_VLAN_FLOOR_VF);
}

static void vlan_of_the_pf_goes_on_without_an_entry(struct kunit *test)
{
	struct carve_pf *pf = fake_pf(test);

	KUNIT_EXPECT_EQ(test, vlan_test_fill(pf, CARVE_PF_POOL, 1, 100), 100U);
	KUNIT_EXPECT_TRUE(test, vlan_test_in_vfta(pf, 100));
	KUNIT_EXPECT_EQ(test, vlan_test_vlvf(pf, 100), 0U);
	KUNIT_EXPECT_EQ(test, carve_pf_vlan_owners(pf, 100),
			BIT(CARVE_PF_POOL));

	/* A VF's entry for it must not lock the PF out. */
	KUNIT_ASSERT_EQ(test, carve_pf_vlan_add(pf, 100, 0), 0);
	KUNIT_EXPECT_EQ(test, FIELD_GET(CARVE_VLVF_POOLS,
					vlan_test_vlvf(pf, 100)),
			BIT(0) | BIT(CARVE_PF_POOL));
	carve_pf_vlan_del(pf, 100, 0);
	KUNIT_EXPECT_TRUE(test, vlan_test_in_vfta(pf, 100));
	carve_pf_vlan_del(pf, 100, CARVE_PF_POOL);
	KUNIT_EXPECT_FALSE(test, vlan_test_in_vfta(pf, 100));
}

static void vlan_promiscuity_is_the_pfs_alone(struct kunit *test)
{
	struct carve_pf *pf = fake_pf(test);

	carve_pf_vlan_add(pf, VLAN_TEST_VID, 0);
	carve_pf_vlan_set_promisc(pf, true);
	KUNIT_EXPECT_EQ(test, FIELD_GET(CARVE_VLVF_POOLS,
					vlan_test_vlvf(pf, VLAN_TEST_VID)),
			BIT(0) | BIT(CARVE_PF_POOL));
	KUNIT_EXPECT_EQ(test, fake_reg(pf, CARVE_VFTA(100)), U32_MAX);
	carve_pf_vlan_set_promisc(pf, false);
	KUNIT_EXPECT_EQ(test, FIELD_GET(CARVE_VLVF_POOLS,
					vlan_test_vlvf(pf, VLAN_TEST_VID)),
			BIT(0));
	KUNIT_EXPECT_EQ(test, fake_reg(pf, CARVE_VFTA(100)), 0U);
}

static void vlan_0_is_always_the_pfs(struct kunit *test)
{
	struct carve_pf *pf = fake_pf(test);

	carve_pf_vlan_add(pf, 0, 2);
	carve_pf_vlan_del(pf, 0, 2);
	carve_pf_vlan_del(pf, 0, CARVE_PF_POOL);
	KUNIT_EXPECT_EQ(test, carve_pf_vlan_owners(pf, 0), BIT(CARVE_PF_POOL));
}

static struct kunit_case vlan_test_cases[] = {
	KUNIT_CASE(vlan_stays_until_its_last_owner_leaves),
	KUNIT_CASE(vlan_has_its_entry_before_and_after_its_bit),
	KUNIT_CASE(vlan_hoarder_leaves_the_others_their_floor),
	KUNIT_CASE(vlan_trunk_can_be_shared_by_all),
	KUNIT_CASE(vlan_sharing_does_not_take_a_floor_away),
	KUNIT_CASE(vlan_of_the_pf_goes_on_without_an_entry),
	KUNIT_CASE(vlan_promiscuity_is_the_pfs_alone),
	KUNIT_CASE(vlan_0_is_always_the_pfs),
	{}
};

static struct kunit_suite vlan_test_suite = {
	.name = "carve_pf_filter_vlan",
	.test_cases = vlan_test_cases,
};

kunit_test_suite(vlan_test_suite);
