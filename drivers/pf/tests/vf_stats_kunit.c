// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests of the VFs' counters: wrap, resets, drops. Included by
 * vf_stats.c.
 *
 * Copyright (C) 2026 Carve developers
 */
#include "fake_pf.h"

static u64 vf_stats_test_get(struct carve_pf *pf)
{
	struct ifla_vf_stats stats = {};

	carve_pf_vf_stats_get(pf, 0, &stats);
	return stats.rx_bytes;
}

static void vf_stats_add_over_a_wrap(struct kunit *test)
{
	struct carve_pf *pf = fake_pf_with_vfs(test, 1);

	fake_set_reg(pf, CARVE_PVFGORC(0), U32_MAX - 9);
	KUNIT_EXPECT_EQ(test, vf_stats_test_get(pf), U32_MAX - 9ULL);
	fake_set_reg(pf, CARVE_PVFGORC(0), 90);
	KUNIT_EXPECT_EQ(test, vf_stats_test_get(pf), U32_MAX - 9ULL + 100);
}

static void vf_stats_go_on_when_the_chip_starts_at_zero(struct kunit *test)
{
	struct carve_pf *pf = fake_pf_with_vfs(test, 1);

	fake_set_reg(pf, CARVE_PVFGORC(0), 5000);
	fake_set_reg(pf, CARVE_PVFGPRC(0), 50);
	KUNIT_EXPECT_EQ(test, vf_stats_test_get(pf), 5000ULL);

	fake_set_reg(pf, CARVE_PVFGORC(0), 0);
	fake_set_reg(pf, CARVE_PVFGPRC(0), 0);
	mutex_lock(&pf->lock);
	carve_pf_vf_stats_rebase(pf, 0);
	mutex_unlock(&pf->lock);
	fake_set_reg(pf, CARVE_PVFGORC(0), 300);
	KUNIT_EXPECT_EQ(test, vf_stats_test_get(pf), 5300ULL);
}

/* The bus may reset the port before the driver is asked to prepare for it. */
static void vf_stats_go_on_after_a_reset_nobody_told_of(struct kunit *test)
{
	struct carve_pf *pf = fake_pf_with_vfs(test, 1);

	fake_set_reg(pf, CARVE_PVFGORC(0), 5000);
	fake_set_reg(pf, CARVE_PVFGPRC(0), 50);
	KUNIT_EXPECT_EQ(test, vf_stats_test_get(pf), 5000ULL);

	fake_set_reg(pf, CARVE_PVFGORC(0), 300);
	fake_set_reg(pf, CARVE_PVFGPRC(0), 3);
	KUNIT_EXPECT_EQ(test, vf_stats_test_get(pf), 5300ULL);
}

/* As on the QEMU model, where a VF's reset leaves them. */
static void vf_stats_go_on_when_the_chip_keeps_them(struct kunit *test)
{
	struct carve_pf *pf = fake_pf_with_vfs(test, 1);

	fake_set_reg(pf, CARVE_PVFGORC(0), 5000);
	fake_set_reg(pf, CARVE_PVFGPRC(0), 50);
	KUNIT_EXPECT_EQ(test, vf_stats_test_get(pf), 5000ULL);
	mutex_lock(&pf->lock);
	carve_pf_vf_stats_rebase(pf, 0);
	mutex_unlock(&pf->lock);
	fake_set_reg(pf, CARVE_PVFGORC(0), 5100);
	KUNIT_EXPECT_EQ(test, vf_stats_test_get(pf), 5100ULL);
}

static u32 vf_stats_test_rqdpc(unsigned int queue)
{
	return CARVE_PF_RXQ_BASE + queue * CARVE_PF_Q_STRIDE + CARVE_Q_RQDPC;
}

/* The model never drops for want of buffers. */
static void vf_stats_drops_are_those_of_both_queues(struct kunit *test)
{
	struct carve_pf *pf = fake_pf_with_vfs(test, 2);
	struct ifla_vf_stats stats = {};

	fake_set_reg(pf, vf_stats_test_rqdpc(0), 5);
	fake_set_reg(pf, vf_stats_test_rqdpc(CARVE_NUM_POOLS), 7);
	fake_set_reg(pf, vf_stats_test_rqdpc(1), 100);
	carve_pf_vf_stats_get(pf, 0, &stats);
	KUNIT_EXPECT_EQ(test, stats.rx_dropped, 12ULL);

	/* Reading has cleared them; what came before is not lost. */
	fake_set_reg(pf, vf_stats_test_rqdpc(0), 0);
	fake_set_reg(pf, vf_stats_test_rqdpc(CARVE_NUM_POOLS), 1);
	carve_pf_vf_stats_get(pf, 0, &stats);
	KUNIT_EXPECT_EQ(test, stats.rx_dropped, 13ULL);
}

static void vf_stats_of_a_vf_that_does_not_exist_are_refused(struct kunit *test)
{
	struct carve_pf *pf = fake_pf_with_vfs(test, 1);
	struct ifla_vf_stats stats;

	KUNIT_EXPECT_EQ(test, carve_pf_vf_stats_get(pf, 1, &stats), -EINVAL);
	KUNIT_EXPECT_EQ(test, carve_pf_vf_stats_get(pf, -1, &stats), -EINVAL);
}

static struct kunit_case vf_stats_test_cases[] = {
	KUNIT_CASE(vf_stats_add_over_a_wrap),
	KUNIT_CASE(vf_stats_go_on_when_the_chip_starts_at_zero),
	KUNIT_CASE(vf_stats_go_on_after_a_reset_nobody_told_of),
	KUNIT_CASE(vf_stats_go_on_when_the_chip_keeps_them),
	KUNIT_CASE(vf_stats_drops_are_those_of_both_queues),
	KUNIT_CASE(vf_stats_of_a_vf_that_does_not_exist_are_refused),
	{}
};

static struct kunit_suite vf_stats_test_suite = {
	.name = "carve_pf_vf_stats",
	.test_cases = vf_stats_test_cases,
};

kunit_test_suite(vf_stats_test_suite);
