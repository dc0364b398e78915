// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests of the rate limiter's factor.
 *
 * Copyright (C) 2026 Carve developers
 */
#include "fake_pf.h"

static void rate_factor_is_link_over_rate(struct kunit *test)
{
	u32 val = carve_pf_rate_factor(1000, 300);

	KUNIT_EXPECT_TRUE(test, val & CARVE_RTTBCNRC_RS_ENA);
	KUNIT_EXPECT_EQ(test, FIELD_GET(CARVE_RTTBCNRC_RF_INT, val), 3U);
	/* A third of 2^14. */
	KUNIT_EXPECT_EQ(test, FIELD_GET(CARVE_RTTBCNRC_RF_DEC, val), 5461U);
}

static void rate_factor_of_the_lowest_rate_fits(struct kunit *test)
{
	u32 val = carve_pf_rate_factor(1000, 1);

	KUNIT_EXPECT_EQ(test, FIELD_GET(CARVE_RTTBCNRC_RF_INT, val), 1000U);
	KUNIT_EXPECT_EQ(test, FIELD_GET(CARVE_RTTBCNRC_RF_DEC, val), 0U);
}

static void rate_as_high_as_the_link_is_no_limit(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, carve_pf_rate_factor(100, 100), 0U);
	KUNIT_EXPECT_EQ(test, carve_pf_rate_factor(100, 300), 0U);
	KUNIT_EXPECT_EQ(test, carve_pf_rate_factor(1000, 0), 0U);
	KUNIT_EXPECT_EQ(test, carve_pf_rate_factor(0, 10), 0U);
}

static void rate_follows_the_speed_of_the_link(struct kunit *test)
{
	u32 val = carve_pf_rate_factor(100, 30);

	KUNIT_EXPECT_EQ(test, FIELD_GET(CARVE_RTTBCNRC_RF_INT, val), 3U);
	KUNIT_EXPECT_EQ(test, val, carve_pf_rate_factor(1000, 300));
}

static void rate_is_not_doubled_by_the_second_queue(struct kunit *test)
{
	struct carve_pf *pf = fake_pf(test);

	mutex_lock(&pf->lock);
	carve_pf_rate_write(pf, 2, 1000, 200);
	/* The second queue was written last. */
	KUNIT_EXPECT_EQ(test, fake_reg(pf, CARVE_RTTDQSEL), 10U);
	KUNIT_EXPECT_EQ(test, fake_reg(pf, CARVE_RTTBCNRC),
			carve_pf_rate_factor(1000, 1));
	carve_pf_rate_write(pf, 2, 1000, 0);
	KUNIT_EXPECT_EQ(test, fake_reg(pf, CARVE_RTTBCNRC), 0U);
	mutex_unlock(&pf->lock);
}

static struct kunit_case rate_test_cases[] = {
	KUNIT_CASE(rate_factor_is_link_over_rate),
	KUNIT_CASE(rate_factor_of_the_lowest_rate_fits),
	KUNIT_CASE(rate_as_high_as_the_link_is_no_limit),
	KUNIT_CASE(rate_follows_the_speed_of_the_link),
	KUNIT_CASE(rate_is_not_doubled_by_the_second_queue),
	{}
};

static struct kunit_suite rate_test_suite = {
	.name = "carve_pf_rate",
	.test_cases = rate_test_cases,
};

kunit_test_suite(rate_test_suite);
