// SPDX-License-Identifier: GPL-2.0
/*
 * Routes of queues to vectors. Included by irq.c.
 *
 * Copyright (C) 2026 Carve developers
 */

#include <kunit/test.h>

static void ivar_of_queue_7_and_15_is_the_last(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, ivar_index(0), 0);
	KUNIT_EXPECT_EQ(test, ivar_index(7), 7);
	KUNIT_EXPECT_EQ(test, ivar_index(8), 0);
	KUNIT_EXPECT_EQ(test, ivar_index(15), 7);
}

static void ivar_low_queue_uses_the_low_half(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, ivar_with(0, 3, 2), 0x00008282);
}

static void ivar_high_queue_uses_the_high_half(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, ivar_with(0, 11, 9), 0x89890000);
}

static void ivar_keeps_the_other_queue(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, ivar_with(0x84848383, 0, 1), 0x84848181);
	KUNIT_EXPECT_EQ(test, ivar_with(0x84848383, 8, 1), 0x81818383);
}

static void ivar_negative_vector_removes_the_route(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, ivar_with(0x84848383, 7, -1), 0x84840000);
	KUNIT_EXPECT_EQ(test, ivar_with(0x84848383, 15, -1), 0x00008383);
}

static struct kunit_case irq_cases[] = {
	KUNIT_CASE(ivar_of_queue_7_and_15_is_the_last),
	KUNIT_CASE(ivar_low_queue_uses_the_low_half),
	KUNIT_CASE(ivar_high_queue_uses_the_high_half),
	KUNIT_CASE(ivar_keeps_the_other_queue),
	KUNIT_CASE(ivar_negative_vector_removes_the_route),
	{}
};

static struct kunit_suite irq_suite = {
	.name = "carve_pf_irq",
	.test_cases = irq_cases,
};

kunit_test_suite(irq_suite);
