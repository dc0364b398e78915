// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests of the port's clock. Included by ptp.c.
 *
 * Copyright (C) 2026 Carve developers
 */
#include "fake_pf.h"

#define PTP_TEST_START			1000000000ULL

static void ptp_test_set_counter(struct carve_pf *pf, u64 ns)
{
	u64 cycles = ns << PTP_FRACTION_BITS;

	fake_set_reg(pf, CARVE_SYSTIML, lower_32_bits(cycles));
	fake_set_reg(pf, CARVE_SYSTIMH, upper_32_bits(cycles));
}

static u64 ptp_test_time(struct carve_pf *pf)
{
	struct timespec64 ts;

	ptp_gettimex64(&pf->ptp.info, &ts, NULL);
	return timespec64_to_ns(&ts);
}

static void ptp_test_set(struct carve_pf *pf, u64 ns)
{
	struct timespec64 ts = ns_to_timespec64(ns);

	ptp_settime64(&pf->ptp.info, &ts);
}

/* A clock that runs and shows PTP_TEST_START. */
static struct carve_pf *ptp_test_pf(struct kunit *test)
{
	struct carve_pf *pf = fake_pf(test);

	carve_pf_ptp_init(pf);
	carve_pf_ptp_write_all(pf);
	ptp_test_set(pf, PTP_TEST_START);

	return pf;
}

static void ptp_counts_nanoseconds(struct kunit *test)
{
	struct carve_pf *pf = ptp_test_pf(test);

	/* 16 ns each period of 16 ns; two words of register. */
	KUNIT_EXPECT_EQ(test, fake_reg(pf, CARVE_TIMINCA), 0x01800000U);
	ptp_test_set_counter(pf, 12345);
	KUNIT_EXPECT_EQ(test, ptp_test_time(pf), PTP_TEST_START + 12345);
	ptp_test_set_counter(pf, 30000000000ULL);
	KUNIT_EXPECT_EQ(test, ptp_test_time(pf),
			PTP_TEST_START + 30000000000ULL);
}

static void ptp_is_moved_and_set(struct kunit *test)
{
	struct carve_pf *pf = ptp_test_pf(test);

	ptp_adjtime(&pf->ptp.info, -400);
	ptp_test_set_counter(pf, 1000);
	KUNIT_EXPECT_EQ(test, ptp_test_time(pf), PTP_TEST_START + 600);
	ptp_test_set(pf, 5);
	ptp_test_set_counter(pf, 1007);
	KUNIT_EXPECT_EQ(test, ptp_test_time(pf), 12ULL);
}

static void ptp_speed_fits_the_register(struct kunit *test)
{
	struct carve_pf *pf = ptp_test_pf(test);
	/* As ptp_clock_adjtime() would have it: ppm with 16 bits of fraction. */
	long fastest = div_s64((s64)PTP_MAX_ADJ_PPB << 16, 1000);

	ptp_adjfine(&pf->ptp.info, 100L << 16);
	KUNIT_EXPECT_EQ(test, fake_reg(pf, CARVE_TIMINCA),
			0x01000000U + PTP_INCVALUE + PTP_INCVALUE / 10000);
	ptp_adjfine(&pf->ptp.info, -100L << 16);
	KUNIT_EXPECT_EQ(test, fake_reg(pf, CARVE_TIMINCA),
			0x01000000U + PTP_INCVALUE - PTP_INCVALUE / 10000);
	ptp_adjfine(&pf->ptp.info, fastest);
	KUNIT_EXPECT_LE(test, pf->ptp.incvalue,
			(u32)FIELD_MAX(CARVE_TIMINCA_VALUE));
	KUNIT_EXPECT_GT(test, pf->ptp.incvalue, 2 * PTP_INCVALUE - 2);
}

/* The system's clock stands in for the chip's and is not stopped by a test. */
static void ptp_goes_on_over_a_reset(struct kunit *test)
{
	struct carve_pf *pf = ptp_test_pf(test);
	u64 before, during, after;

	ptp_adjfine(&pf->ptp.info, 100L << 16);
	ptp_test_set_counter(pf, 777);
	before = ptp_test_time(pf);
	carve_pf_ptp_pause(pf);
	/* The reset. */
	ptp_test_set_counter(pf, 0);
	fake_set_reg(pf, CARVE_TIMINCA, 0);
	during = ptp_test_time(pf);
	carve_pf_ptp_write_all(pf);
	after = ptp_test_time(pf);

	KUNIT_EXPECT_GE(test, during, before);
	KUNIT_EXPECT_GE(test, after, during);
	KUNIT_EXPECT_LT(test, after, before + NSEC_PER_SEC);
	KUNIT_EXPECT_EQ(test, fake_reg(pf, CARVE_TIMINCA),
			0x01000000U + PTP_INCVALUE + PTP_INCVALUE / 10000);
}

static void ptp_can_be_set_while_the_chip_is_away(struct kunit *test)
{
	struct carve_pf *pf = ptp_test_pf(test);

	carve_pf_ptp_pause(pf);
	ptp_test_set(pf, 3 * PTP_TEST_START);
	ptp_adjtime(&pf->ptp.info, PTP_TEST_START);
	carve_pf_ptp_write_all(pf);
	KUNIT_EXPECT_GE(test, ptp_test_time(pf), 4 * PTP_TEST_START);
	KUNIT_EXPECT_LT(test, ptp_test_time(pf), 5 * PTP_TEST_START);
}

/* As carve_rd32() does when a card has been pulled. */
static u32 ptp_test_rd32_gone(struct carve_nic *nic, u32 reg)
{
	nic->regs = NULL;
	return U32_MAX;
}

static void ptp_goes_on_without_a_chip(struct kunit *test)
{
	struct carve_pf *pf = ptp_test_pf(test);

	ptp_test_set_counter(pf, NSEC_PER_SEC);
	ptp_work(&pf->ptp.info);
	kunit_deactivate_static_stub(test, carve_rd32);
	kunit_activate_static_stub(test, carve_rd32, ptp_test_rd32_gone);
	KUNIT_EXPECT_GE(test, ptp_test_time(pf), PTP_TEST_START + NSEC_PER_SEC);
	KUNIT_EXPECT_LT(test, ptp_test_time(pf),
			PTP_TEST_START + 2 * NSEC_PER_SEC);
}

static void ptp_picks_what_the_chip_can_tell(struct kunit *test)
{
	int filter;

	KUNIT_EXPECT_EQ(test, ptp_pick_filter(HWTSTAMP_FILTER_NONE),
			HWTSTAMP_FILTER_NONE);
	KUNIT_EXPECT_EQ(test, ptp_pick_filter(HWTSTAMP_FILTER_PTP_V1_L4_SYNC),
			HWTSTAMP_FILTER_PTP_V1_L4_SYNC);
	for (filter = HWTSTAMP_FILTER_PTP_V2_L4_EVENT;
	     filter <= HWTSTAMP_FILTER_PTP_V2_DELAY_REQ; filter++)
		KUNIT_EXPECT_EQ(test, ptp_pick_filter(filter),
				HWTSTAMP_FILTER_PTP_V2_EVENT);
	KUNIT_EXPECT_EQ(test, ptp_pick_filter(HWTSTAMP_FILTER_ALL), -ERANGE);
	KUNIT_EXPECT_EQ(test, ptp_pick_filter(HWTSTAMP_FILTER_NTP_ALL), -ERANGE);
	/* Both kinds of version 1 at once are too much. */
	KUNIT_EXPECT_EQ(test, ptp_pick_filter(HWTSTAMP_FILTER_PTP_V1_L4_EVENT),
			-ERANGE);
}

/* The model has no filter for PTP over UDP: that it is written is all. */
static void ptp_filters_are_written_again(struct kunit *test)
{
	struct carve_pf *pf = ptp_test_pf(test);

	pf->ptp.config.rx_filter = HWTSTAMP_FILTER_PTP_V2_EVENT;
	pf->ptp.config.tx_type = HWTSTAMP_TX_ON;
	carve_pf_ptp_write_all(pf);
	KUNIT_EXPECT_EQ(test, fake_reg(pf, CARVE_TSYNCTXCTL), 0x10U);
	KUNIT_EXPECT_EQ(test, fake_reg(pf, CARVE_TSYNCRXCTL), 0x1aU);
	KUNIT_EXPECT_EQ(test, fake_reg(pf, CARVE_ETQF(3)), 0x440088f7U);
	/* UDP from port 319 to 319, of any pool. */
	KUNIT_EXPECT_EQ(test, fake_reg(pf, CARVE_FTQF(3)), 0x68008011U);
	KUNIT_EXPECT_EQ(test, fake_reg(pf, CARVE_IMIR(3)), 0x3f01U);
	KUNIT_EXPECT_EQ(test, fake_reg(pf, CARVE_SPQF(3)), 0x3f01U);

	pf->ptp.config.rx_filter = HWTSTAMP_FILTER_NONE;
	carve_pf_ptp_write_all(pf);
	KUNIT_EXPECT_EQ(test, fake_reg(pf, CARVE_TSYNCRXCTL), 0U);
	KUNIT_EXPECT_EQ(test, fake_reg(pf, CARVE_ETQF(3)), 0U);
	KUNIT_EXPECT_EQ(test, fake_reg(pf, CARVE_FTQF(3)), 0xf0000000U);
}

/* Reads of RXSTMPH are what frees a stamp; here the frame may still come. */
static void ptp_leaves_a_fresh_stamp_alone(struct kunit *test)
{
	struct carve_pf *pf = ptp_test_pf(test);

	fake_set_reg(pf, CARVE_TSYNCRXCTL, CARVE_TSYNC_VALID);
	fake_set_reg(pf, CARVE_RXSTMPL, 1);
	ptp_free_stale(pf);
	KUNIT_EXPECT_TRUE(test, pf->ptp.rx_waits);
	fake_set_reg(pf, CARVE_TSYNCRXCTL, 0);
	ptp_free_stale(pf);
	KUNIT_EXPECT_FALSE(test, pf->ptp.rx_waits);
}

static struct kunit_case ptp_test_cases[] = {
	KUNIT_CASE(ptp_counts_nanoseconds),
	KUNIT_CASE(ptp_is_moved_and_set),
	KUNIT_CASE(ptp_speed_fits_the_register),
	KUNIT_CASE(ptp_goes_on_over_a_reset),
	KUNIT_CASE(ptp_can_be_set_while_the_chip_is_away),
	KUNIT_CASE(ptp_goes_on_without_a_chip),
	KUNIT_CASE(ptp_picks_what_the_chip_can_tell),
	KUNIT_CASE(ptp_filters_are_written_again),
	KUNIT_CASE(ptp_leaves_a_fresh_stamp_alone),
	{}
};

static struct kunit_suite ptp_test_suite = {
	.name = "carve_pf_ptp",
	.test_cases = ptp_test_cases,
};

kunit_test_suite(ptp_test_suite);
