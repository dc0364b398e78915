// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests of counters that wrap and begin anew.
 *
 * Copyright (C) 2026 Carve developers
 */
#include <kunit/test.h>

static void vf_counts_over_the_wrap(struct kunit *test)
{
	struct carve_vf_stats stats = {
		.last[CARVE_VF_STAT_RX_PACKETS] = U32_MAX - 4,
		.last[CARVE_VF_STAT_RX_BYTES] = U32_MAX - 999,
	};
	const u32 now[CARVE_VF_NUM_STATS] = {
		[CARVE_VF_STAT_RX_PACKETS] = 10,
		[CARVE_VF_STAT_RX_BYTES] = 500,
	};

	vf_stats_take(&stats, now, true);
	KUNIT_EXPECT_EQ(test, stats.totals[CARVE_VF_STAT_RX_PACKETS], 15ULL);
	KUNIT_EXPECT_EQ(test, stats.totals[CARVE_VF_STAT_RX_BYTES], 1500ULL);
}

static void vf_counts_on_after_a_reset_of_the_pf(struct kunit *test)
{
	struct carve_vf_stats stats = {
		.last[CARVE_VF_STAT_RX_PACKETS] = 1000,
		.last[CARVE_VF_STAT_RX_BYTES] = 3000000000U,
		.totals[CARVE_VF_STAT_RX_PACKETS] = 1000,
		.totals[CARVE_VF_STAT_RX_BYTES] = 3000000000U,
	};
	const u32 now[CARVE_VF_NUM_STATS] = {
		[CARVE_VF_STAT_RX_PACKETS] = 2,
		[CARVE_VF_STAT_RX_BYTES] = 120,
	};

	vf_stats_take(&stats, now, true);
	KUNIT_EXPECT_EQ(test, stats.totals[CARVE_VF_STAT_RX_PACKETS], 1002ULL);
	KUNIT_EXPECT_EQ(test, stats.totals[CARVE_VF_STAT_RX_BYTES], 3000000120ULL);
}

static struct kunit_case stats_test_cases[] = {
	KUNIT_CASE(vf_counts_over_the_wrap),
	KUNIT_CASE(vf_counts_on_after_a_reset_of_the_pf),
	{ }
};

static struct kunit_suite stats_test_suite = {
	.name = "carve_vf_stats",
	.test_cases = stats_test_cases,
};

kunit_test_suite(stats_test_suite);
