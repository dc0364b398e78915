// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests of interrupt moderation.
 *
 * Copyright (C) 2026 Carve developers
 */
#include <kunit/test.h>

static void eitr_counts_in_quarters_of_a_microsecond(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, carve_eitr(0), 0U);
	KUNIT_EXPECT_EQ(test, carve_eitr(1), 4U);
	KUNIT_EXPECT_EQ(test, carve_eitr(50), 200U);
	KUNIT_EXPECT_EQ(test, carve_eitr(CARVE_ITR_MAX_USECS),
			(u32)CARVE_EITR_INTERVAL);
}

static void vector_takes_the_shorter_of_two_wishes(struct kunit *test)
{
	struct carve_itr itr = { .rx_usecs = 20, .tx_usecs = 70 };
	struct carve_vector *v;

	v = kunit_kzalloc(test, sizeof(*v), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, v);

	carve_vector_set_itr(v, &itr);
	KUNIT_EXPECT_EQ(test, vector_usecs(v), 20);
	itr.rx_usecs = 100;
	carve_vector_set_itr(v, &itr);
	KUNIT_EXPECT_EQ(test, vector_usecs(v), 70);
}

static void vector_keeps_fixed_and_adaptive_apart(struct kunit *test)
{
	struct carve_itr itr = {
		.rx_adaptive = true,
		.rx_usecs = 20,
		.tx_usecs = 8000,
	};
	struct carve_vector *v;

	v = kunit_kzalloc(test, sizeof(*v), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, v);
	v->rx.dim_usecs = 200;

	carve_vector_set_itr(v, &itr);
	KUNIT_EXPECT_EQ(test, vector_usecs(v), 200);
	itr.rx_adaptive = false;
	carve_vector_set_itr(v, &itr);
	KUNIT_EXPECT_EQ(test, vector_usecs(v), 20);
}

static void dim_is_asked_every_so_many_events(struct kunit *test)
{
	struct dim dim = { .state = DIM_MEASURE_IN_PROGRESS };

	dim.start_sample.event_ctr = U16_MAX - 1;
	KUNIT_EXPECT_FALSE(test, vector_dim_due(&dim, U16_MAX));
	KUNIT_EXPECT_FALSE(test, vector_dim_due(&dim, DIM_NEVENTS - 3));
	KUNIT_EXPECT_TRUE(test, vector_dim_due(&dim, DIM_NEVENTS - 2));

	dim.state = DIM_START_MEASURE;
	KUNIT_EXPECT_TRUE(test, vector_dim_due(&dim, U16_MAX));
	dim.state = DIM_APPLY_NEW_PROFILE;
	KUNIT_EXPECT_FALSE(test, vector_dim_due(&dim, DIM_NEVENTS));
}

static struct kunit_case vector_test_cases[] = {
	KUNIT_CASE(eitr_counts_in_quarters_of_a_microsecond),
	KUNIT_CASE(vector_takes_the_shorter_of_two_wishes),
	KUNIT_CASE(vector_keeps_fixed_and_adaptive_apart),
	KUNIT_CASE(dim_is_asked_every_so_many_events),
	{}
};

static struct kunit_suite vector_test_suite = {
	.name = "carve_core_vector",
	.test_cases = vector_test_cases,
};

kunit_test_suite(vector_test_suite);
