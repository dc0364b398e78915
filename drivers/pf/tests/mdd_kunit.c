// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests of malicious driver detection, which the QEMU model never raises.
 * Included by mdd.c.
 *
 * Copyright (C) 2026 Carve developers
 */
#include "fake_pf.h"

#define MDD_TEST_CAUSE			0x4	/* one of LVMMC's causes */

static u32 mdd_test_lvmmc(unsigned int queue)
{
	return MDD_TEST_CAUSE | FIELD_PREP(CARVE_LVMMC_QUEUE, queue);
}

static void mdd_test_raise(struct carve_pf *pf, u32 wvbr, u32 lvmmc)
{
	fake_set_reg(pf, CARVE_WVBR, wvbr);
	fake_set_reg(pf, CARVE_LVMMC, lvmmc);
	carve_pf_mdd_irq(pf);
}

static struct carve_pf *mdd_test_pf(struct kunit *test)
{
	struct carve_pf *pf = fake_pf_with_vfs(test, 3);

	carve_pf_mdd_init(pf);
	/* The tests are the worker. */
	disable_delayed_work_sync(&pf->mdd.work);
	fake_open_vf(pf, 0);
	fake_open_vf(pf, 1);

	return pf;
}

static void mdd_decodes_both_queues_of_a_pool(struct kunit *test)
{
	unsigned int queue;
	u8 stopped, spoofed;

	for (queue = 0; queue < 2 * CARVE_NUM_POOLS; queue++) {
		pf_mdd_decode(FIELD_PREP(CARVE_WVBR_SPOOFED, BIT(queue)), 0,
			      &stopped, &spoofed);
		KUNIT_EXPECT_EQ(test, stopped, 0);
		KUNIT_EXPECT_EQ(test, spoofed, BIT(queue % CARVE_NUM_POOLS));
		pf_mdd_decode(FIELD_PREP(CARVE_WVBR_BLOCKED, BIT(queue)), 0,
			      &stopped, &spoofed);
		KUNIT_EXPECT_EQ(test, stopped, BIT(queue % CARVE_NUM_POOLS));
		KUNIT_EXPECT_EQ(test, spoofed, 0);
	}
}

static void mdd_believes_lvmmc_where_wvbr_is_ambiguous(struct kunit *test)
{
	u8 stopped, spoofed;

	/* Queue 10 is named, queue 1 only blocked: VF 2 and VF 1. */
	pf_mdd_decode(FIELD_PREP(CARVE_WVBR_SPOOFED, BIT(10) | BIT(1)),
		      mdd_test_lvmmc(10), &stopped, &spoofed);
	KUNIT_EXPECT_EQ(test, stopped, BIT(2));
	KUNIT_EXPECT_EQ(test, spoofed, BIT(1));
}

static void mdd_lvmmc_without_a_cause_names_nobody(struct kunit *test)
{
	u8 stopped, spoofed;

	pf_mdd_decode(0, FIELD_PREP(CARVE_LVMMC_QUEUE, 3), &stopped, &spoofed);
	KUNIT_EXPECT_EQ(test, stopped, 0);
	KUNIT_EXPECT_EQ(test, spoofed, 0);
}

static void mdd_interrupt_latches_and_masks(struct kunit *test)
{
	struct carve_pf *pf = mdd_test_pf(test);

	mdd_test_raise(pf, BIT(0), mdd_test_lvmmc(0));
	mdd_test_raise(pf, BIT(1), 0);
	KUNIT_EXPECT_EQ(test, pf->mdd.wvbr, BIT(0) | BIT(1));
	KUNIT_EXPECT_EQ(test, pf->mdd.lvmmc, mdd_test_lvmmc(0));
	KUNIT_EXPECT_EQ(test, fake_reg(pf, CARVE_IMC), CARVE_INT_MDDET);
	/* Nobody was touched yet. */
	KUNIT_EXPECT_EQ(test, pf->vf[0].control.state, CARVE_PF_VF_READY);

	pf_mdd_work(&pf->mdd.work.work);
	KUNIT_EXPECT_EQ(test, pf->mdd.wvbr, 0U);
	KUNIT_EXPECT_EQ(test, pf->mdd.lvmmc, 0U);
	KUNIT_EXPECT_EQ(test, fake_reg(pf, CARVE_IMS), CARVE_INT_MDDET);
}

static void mdd_stopped_vf_is_reset_and_told(struct kunit *test)
{
	struct carve_pf *pf = mdd_test_pf(test);
	u32 generation = pf->vf[0].control.generation;

	mdd_test_raise(pf, 0, mdd_test_lvmmc(8));
	pf_mdd_work(&pf->mdd.work.work);
	KUNIT_EXPECT_EQ(test, pf->vf[0].control.state, CARVE_PF_VF_RESETTING);
	KUNIT_EXPECT_EQ(test, pf->vf[0].control.generation, generation + 1);
	KUNIT_EXPECT_FALSE(test, pf->vf[0].service.cts);
	KUNIT_EXPECT_TRUE(test, pf->vf[0].mbx.notices &
				BIT(CARVE_PF_NOTICE_RESET));
	KUNIT_EXPECT_EQ(test,
			pf->vf[0].monitor.count[CARVE_PF_MON_MALICIOUS], 1ULL);
	/* Its neighbour is not. */
	KUNIT_EXPECT_EQ(test, pf->vf[1].control.state, CARVE_PF_VF_READY);
	KUNIT_EXPECT_EQ(test, pf->vf[1].mbx.notices, 0UL);
}

static void mdd_spoofer_is_only_counted(struct kunit *test)
{
	struct carve_pf *pf = mdd_test_pf(test);

	mdd_test_raise(pf, BIT(1), 0);
	pf_mdd_work(&pf->mdd.work.work);
	KUNIT_EXPECT_EQ(test, pf->vf[1].control.state, CARVE_PF_VF_READY);
	KUNIT_EXPECT_EQ(test, pf->vf[1].monitor.count[CARVE_PF_MON_SPOOF],
			1ULL);
}

static void mdd_limits_lead_to_quarantine(struct kunit *test)
{
	struct carve_pf *pf = mdd_test_pf(test);
	u32 i;

	for (i = 0; i < pf->monitor.limit[CARVE_PF_OFFENCE_MALICIOUS]; i++) {
		KUNIT_EXPECT_NE(test, pf->vf[0].control.state,
				CARVE_PF_VF_QUARANTINED);
		mdd_test_raise(pf, 0, mdd_test_lvmmc(0));
		pf_mdd_work(&pf->mdd.work.work);
	}
	KUNIT_EXPECT_EQ(test, pf->vf[0].control.state,
			CARVE_PF_VF_QUARANTINED);
	KUNIT_EXPECT_EQ(test, pf->vf[0].control.cause,
			CARVE_PF_OFFENCE_MALICIOUS);

	for (i = 0; i < pf->monitor.limit[CARVE_PF_OFFENCE_SPOOF]; i++) {
		mdd_test_raise(pf, BIT(9), 0);
		pf_mdd_work(&pf->mdd.work.work);
	}
	KUNIT_EXPECT_EQ(test, pf->vf[1].control.cause,
			CARVE_PF_OFFENCE_SPOOF);
}

static void mdd_stays_masked_while_the_port_is_reset(struct kunit *test)
{
	struct carve_pf *pf = mdd_test_pf(test);

	mdd_test_raise(pf, BIT(1), 0);
	pf->control.paused = true;
	pf_mdd_work(&pf->mdd.work.work);
	KUNIT_EXPECT_EQ(test, fake_reg(pf, CARVE_IMS), 0U);
}

static void mdd_event_from_before_a_reset_is_forgotten(struct kunit *test)
{
	struct carve_pf *pf = mdd_test_pf(test);

	mdd_test_raise(pf, BIT(1), mdd_test_lvmmc(0));
	carve_pf_mdd_drain(pf);
	pf_mdd_work(&pf->mdd.work.work);
	KUNIT_EXPECT_EQ(test, pf->vf[0].control.state, CARVE_PF_VF_READY);
	KUNIT_EXPECT_EQ(test, pf->vf[1].monitor.count[CARVE_PF_MON_SPOOF],
			0ULL);
}

static struct kunit_case mdd_test_cases[] = {
	KUNIT_CASE(mdd_decodes_both_queues_of_a_pool),
	KUNIT_CASE(mdd_believes_lvmmc_where_wvbr_is_ambiguous),
	KUNIT_CASE(mdd_lvmmc_without_a_cause_names_nobody),
	KUNIT_CASE(mdd_interrupt_latches_and_masks),
	KUNIT_CASE(mdd_stopped_vf_is_reset_and_told),
	KUNIT_CASE(mdd_spoofer_is_only_counted),
	KUNIT_CASE(mdd_limits_lead_to_quarantine),
	KUNIT_CASE(mdd_stays_masked_while_the_port_is_reset),
	KUNIT_CASE(mdd_event_from_before_a_reset_is_forgotten),
	{}
};

static struct kunit_suite mdd_test_suite = {
	.name = "carve_pf_mdd",
	.test_cases = mdd_test_cases,
};

kunit_test_suite(mdd_test_suite);
