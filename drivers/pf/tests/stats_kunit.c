// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests of the port's counters.
 *
 * Copyright (C) 2026 Carve developers
 */
#include "fake_pf.h"

/* The model never drops for want of buffers. */
static void stats_drops_are_those_of_the_pfs_queues(struct kunit *test)
{
	struct carve_pf *pf = fake_pf_with_vfs(test, 2);
	const u8 *hw_queue = pf->nic.layout->hw_queue;
	u64 drops;

	carve_pf_stats_init(pf);
	pf->nic.num_active = 1;
	fake_set_reg(pf, CARVE_PF_RXQ_BASE + hw_queue[0] * CARVE_PF_Q_STRIDE +
			 CARVE_Q_RQDPC, 5);
	fake_set_reg(pf, CARVE_PF_RXQ_BASE + hw_queue[1] * CARVE_PF_Q_STRIDE +
			 CARVE_Q_RQDPC, 100);
	carve_pf_stats_gather(pf);
	drops = carve_pf_stats_get(pf, CARVE_PF_RX_QUEUE_DROPS);
	KUNIT_EXPECT_EQ(test, drops, 5ULL);
}

static struct kunit_case stats_test_cases[] = {
	KUNIT_CASE(stats_drops_are_those_of_the_pfs_queues),
	{}
};

static struct kunit_suite stats_test_suite = {
	.name = "carve_pf_stats",
	.test_cases = stats_test_cases,
};

kunit_test_suite(stats_test_suite);
