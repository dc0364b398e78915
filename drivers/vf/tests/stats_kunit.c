// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests of counters that wrap.
 *
 * Copyright (C) 2026 Carve developers
 */
#include <kunit/test.h>

static void vf_counts_over_the_wrap(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, vf_stats_delta(10, 25), 15U);
	KUNIT_EXPECT_EQ(test, vf_stats_delta(U32_MAX - 4, 10), 15U);
	KUNIT_EXPECT_EQ(test, vf_stats_delta(7, 7), 0U);
}

static struct kunit_case stats_test_cases[] = {
	KUNIT_CASE(vf_counts_over_the_wrap),
	{ }
};

static struct kunit_suite stats_test_suite = {
	.name = "carve_vf_stats",
	.test_cases = stats_test_cases,
};

kunit_test_suite(stats_test_suite);
