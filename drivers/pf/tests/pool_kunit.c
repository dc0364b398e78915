// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests of the pools: what is written and in which order.
 *
 * Copyright (C) 2026 Carve developers
 */
#include "fake_pf.h"

static const struct carve_pf_pool pool_test_open = {
	.rx = true,
	.tx = true,
	.max_frame = 1522,
	.untagged = true,
	.broadcast = true,
	.mac_spoofchk = true,
};

static void pool_closes_before_it_narrows(struct kunit *test)
{
	struct carve_pf_pool state = pool_test_open;
	struct carve_pf *pf = fake_pf(test);

	carve_pf_pool_set(pf, 2, &state);
	fake_log_clear(pf);
	state.rx = false;
	state.tx = false;
	state.untagged = false;
	carve_pf_pool_set(pf, 2, &state);
	KUNIT_EXPECT_LT(test, fake_log_find(pf, CARVE_VFRE),
			fake_log_find(pf, CARVE_VMOLR(2)));
}

static void pool_narrows_before_it_opens(struct kunit *test)
{
	struct carve_pf_pool state = pool_test_open;
	struct carve_pf *pf = fake_pf(test);

	carve_pf_pool_close(pf, 2);
	fake_log_clear(pf);
	state.port_vlan = 5;
	carve_pf_pool_set(pf, 2, &state);
	KUNIT_EXPECT_LT(test, fake_log_find(pf, CARVE_DTXSWC),
			fake_log_find(pf, CARVE_VFTE));
	KUNIT_EXPECT_LT(test, fake_log_find(pf, CARVE_VMVIR(2)),
			fake_log_find(pf, CARVE_VFTE));
	KUNIT_EXPECT_LT(test, fake_log_find(pf, CARVE_VMOLR(2)),
			fake_log_find(pf, CARVE_VFRE));
}

static void pool_unchanged_writes_nothing(struct kunit *test)
{
	struct carve_pf *pf = fake_pf(test);

	carve_pf_pool_set(pf, 2, &pool_test_open);
	fake_log_clear(pf);
	carve_pf_pool_set(pf, 2, &pool_test_open);
	KUNIT_EXPECT_EQ(test, fake_chip(pf)->num_log, 0U);
}

/* The chip closes a VF that was reset; the worker may not know yet. */
static void pool_update_does_not_reopen_a_vf_that_was_reset(struct kunit *test)
{
	struct carve_pf *pf = fake_pf(test);

	carve_pf_pools_write_all(pf);
	carve_pf_pool_set(pf, 1, &pool_test_open);
	fake_set_reg(pf, CARVE_VFRE, fake_reg(pf, CARVE_VFRE) & ~BIT(1));
	carve_pf_pool_set(pf, CARVE_PF_POOL, &pool_test_open);
	KUNIT_EXPECT_FALSE(test, fake_reg(pf, CARVE_VFRE) & BIT(1));
	KUNIT_EXPECT_TRUE(test, fake_reg(pf, CARVE_VFRE) & BIT(CARVE_PF_POOL));
}

static void pool_has_one_bit_in_each_spoof_mask(struct kunit *test)
{
	struct carve_pf_pool state = pool_test_open;
	struct carve_pf *pf = fake_pf(test);
	u32 val;

	state.vlan_spoofchk = true;
	carve_pf_pool_set(pf, 0, &pool_test_open);
	carve_pf_pool_set(pf, 4, &state);
	val = fake_reg(pf, CARVE_DTXSWC);
	KUNIT_EXPECT_EQ(test, FIELD_GET(CARVE_DTXSWC_MAC_SPOOF, val),
			BIT(0) | BIT(4));
	KUNIT_EXPECT_EQ(test, FIELD_GET(CARVE_DTXSWC_VLAN_SPOOF, val), BIT(4));
}

static void pool_with_all_unicast_fills_the_uta(struct kunit *test)
{
	struct carve_pf_pool state = pool_test_open;
	struct carve_pf *pf = fake_pf(test);

	state.unicast_all = true;
	carve_pf_pool_set(pf, 0, &state);
	KUNIT_EXPECT_EQ(test, fake_reg(pf, CARVE_UTA(127)), U32_MAX);
	KUNIT_EXPECT_TRUE(test, fake_reg(pf, CARVE_VMOLR(0)) &
				CARVE_VMOLR_ROPE);
	KUNIT_EXPECT_FALSE(test, fake_reg(pf, CARVE_VMOLR(1)) &
				 CARVE_VMOLR_ROPE);
	carve_pf_pool_set(pf, 0, &pool_test_open);
	KUNIT_EXPECT_EQ(test, fake_reg(pf, CARVE_UTA(127)), 0U);
}

static void pool_sanitised_has_no_address_left(struct kunit *test)
{
	static const u32 queues[] = { 3, 11 };
	struct carve_pf *pf = fake_pf(test);
	u32 rxq, txq;
	int i;

	for (i = 0; i < ARRAY_SIZE(queues); i++) {
		rxq = CARVE_PF_RXQ_BASE + queues[i] * CARVE_PF_Q_STRIDE;
		txq = CARVE_PF_TXQ_BASE + queues[i] * CARVE_PF_Q_STRIDE;
		fake_set_reg(pf, rxq + CARVE_Q_BAL, 0x1000);
		fake_set_reg(pf, rxq + CARVE_Q_DCTL, CARVE_DCTL_ENABLE);
		fake_set_reg(pf, txq + CARVE_Q_TDWBAL, 0x2001);
	}
	fake_set_reg(pf, CARVE_IVAR(3), 0x8080);
	fake_set_reg(pf, CARVE_PSRTYPE(3), 0x10);

	KUNIT_EXPECT_EQ(test, carve_pf_pool_sanitise(pf, 3), 0);
	for (i = 0; i < ARRAY_SIZE(queues); i++) {
		rxq = CARVE_PF_RXQ_BASE + queues[i] * CARVE_PF_Q_STRIDE;
		txq = CARVE_PF_TXQ_BASE + queues[i] * CARVE_PF_Q_STRIDE;
		KUNIT_EXPECT_EQ(test, fake_reg(pf, rxq + CARVE_Q_BAL), 0U);
		KUNIT_EXPECT_FALSE(test, fake_reg(pf, rxq + CARVE_Q_DCTL) &
					 CARVE_DCTL_ENABLE);
		KUNIT_EXPECT_EQ(test, fake_reg(pf, txq + CARVE_Q_TDWBAL), 0U);
	}
	KUNIT_EXPECT_EQ(test, fake_reg(pf, CARVE_IVAR(3)), 0U);
	KUNIT_EXPECT_EQ(test, fake_reg(pf, CARVE_PSRTYPE(3)), 0U);
}

static struct kunit_case pool_test_cases[] = {
	KUNIT_CASE(pool_closes_before_it_narrows),
	KUNIT_CASE(pool_narrows_before_it_opens),
	KUNIT_CASE(pool_unchanged_writes_nothing),
	KUNIT_CASE(pool_update_does_not_reopen_a_vf_that_was_reset),
	KUNIT_CASE(pool_has_one_bit_in_each_spoof_mask),
	KUNIT_CASE(pool_with_all_unicast_fills_the_uta),
	KUNIT_CASE(pool_sanitised_has_no_address_left),
	{}
};

static struct kunit_suite pool_test_suite = {
	.name = "carve_pf_pool",
	.test_cases = pool_test_cases,
};

kunit_test_suite(pool_test_suite);
