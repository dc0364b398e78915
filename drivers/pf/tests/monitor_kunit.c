// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests of counters and limits. Included by monitor.c.
 *
 * Copyright (C) 2026 Carve developers
 */
#include "fake_pf.h"

static void monitor_test_note(struct carve_pf *pf,
			      enum carve_pf_monitor_event event, u32 times)
{
	mutex_lock(&pf->lock);
	while (times--)
		carve_pf_monitor_note(pf, 0, event, 0x42);
	mutex_unlock(&pf->lock);
}

static enum carve_pf_offence monitor_test_verdict(struct carve_pf *pf)
{
	enum carve_pf_offence offence;

	mutex_lock(&pf->lock);
	offence = carve_pf_monitor_verdict(pf, 0);
	mutex_unlock(&pf->lock);

	return offence;
}

static void monitor_test_pardon(struct carve_pf *pf)
{
	mutex_lock(&pf->lock);
	carve_pf_monitor_pardon(pf, 0);
	mutex_unlock(&pf->lock);
}

static void monitor_every_limit_is_exact(struct kunit *test)
{
	struct carve_pf *pf = fake_pf(test);
	enum carve_pf_monitor_event event;
	enum carve_pf_offence offence;

	for (event = 0; event < CARVE_PF_MON_NUM_EVENTS; event++) {
		offence = pf_offence_of_event(event);
		if (!offence)
			continue;
		monitor_test_note(pf, event, pf->monitor.limit[offence] - 1);
		KUNIT_EXPECT_EQ(test, monitor_test_verdict(pf),
				CARVE_PF_OFFENCE_NONE);
		monitor_test_note(pf, event, 1);
		KUNIT_EXPECT_EQ(test, monitor_test_verdict(pf), offence);
		monitor_test_pardon(pf);
		KUNIT_EXPECT_EQ(test, monitor_test_verdict(pf),
				CARVE_PF_OFFENCE_NONE);
	}
}

static void monitor_every_offence_has_event_limit_and_name(struct kunit *test)
{
	struct carve_pf *pf = fake_pf(test);
	enum carve_pf_monitor_event event;
	unsigned long offences = 0;
	int i;

	for (event = 0; event < CARVE_PF_MON_NUM_EVENTS; event++) {
		KUNIT_EXPECT_NOT_NULL(test, carve_pf_monitor_event_name(event));
		offences |= BIT(pf_offence_of_event(event));
	}
	KUNIT_EXPECT_EQ(test, offences, BIT(CARVE_PF_NUM_OFFENCES) - 1);
	for (i = 1; i < CARVE_PF_NUM_OFFENCES; i++) {
		KUNIT_EXPECT_NE(test, pf->monitor.limit[i], 0U);
		KUNIT_EXPECT_NOT_NULL(test, carve_pf_monitor_offence_name(i));
	}
}

static void monitor_malformed_requests_of_all_kinds_add_up(struct kunit *test)
{
	struct carve_pf *pf = fake_pf(test);
	u32 half = pf->monitor.limit[CARVE_PF_OFFENCE_MALFORMED] / 2;

	monitor_test_note(pf, CARVE_PF_MON_BAD_LENGTH, half);
	monitor_test_note(pf, CARVE_PF_MON_RESERVED_BITS, half);
	KUNIT_EXPECT_EQ(test, monitor_test_verdict(pf),
			CARVE_PF_OFFENCE_MALFORMED);
}

static void monitor_refusal_of_a_right_is_no_offence(struct kunit *test)
{
	static const enum carve_pf_monitor_event events[] = {
		CARVE_PF_MON_NO_CTS, CARVE_PF_MON_NOT_TRUSTED,
		CARVE_PF_MON_ADMIN_MAC, CARVE_PF_MON_MAC_IN_USE,
		CARVE_PF_MON_PORT_VLAN, CARVE_PF_MON_MAC_QUOTA,
		CARVE_PF_MON_VLAN_QUOTA, CARVE_PF_MON_MAC_TABLE_FULL,
		CARVE_PF_MON_VLAN_TABLE_FULL,
	};
	struct carve_pf *pf = fake_pf(test);
	int i;

	for (i = 0; i < ARRAY_SIZE(events); i++) {
		monitor_test_note(pf, events[i], 10000);
		KUNIT_EXPECT_EQ(test, pf->vf[0].monitor.count[events[i]],
				10000ULL);
	}
	KUNIT_EXPECT_EQ(test, monitor_test_verdict(pf), CARVE_PF_OFFENCE_NONE);
}

/* The worst that drivers do in ten seconds; why is in monitor.c. */
static void monitor_honest_drivers_stay_below_the_limits(struct kunit *test)
{
	static const struct {
		enum carve_pf_monitor_event event;
		u32 times;
	} honest[] = {
		/* igbvf joins 1000 multicast groups, a message each, 2 ms. */
		{ CARVE_PF_MON_BUDGET, 1000 },
		/* A driver newer than the PF tries each new request once. */
		{ CARVE_PF_MON_BAD_TYPE, 64 },
		/* igbvf set down and up in a loop: twice in each 10 ms. */
		{ CARVE_PF_MON_RESETS, 2 * 1000 },
		/* The guest is stopped for four seconds at the worst moment. */
		{ CARVE_PF_MON_MBX_STUCK, 4 * 4 },
		/* carve_vf comes again, later each time, to a queue that hangs. */
		{ CARVE_PF_MON_QUEUE_STUCK, 2 * 10 },
		/* A bridge in the guest floods for eight seconds. */
		{ CARVE_PF_MON_SPOOF, 8 * 100 },
	};
	struct carve_pf *pf = fake_pf(test);
	int i;

	for (i = 0; i < ARRAY_SIZE(honest); i++) {
		monitor_test_note(pf, honest[i].event, honest[i].times);
		KUNIT_EXPECT_EQ_MSG(test, monitor_test_verdict(pf),
				    CARVE_PF_OFFENCE_NONE, "%u events of %s",
				    honest[i].times,
				    carve_pf_monitor_event_name(honest[i].event));
	}
}

static void monitor_old_events_do_not_count(struct kunit *test)
{
	struct carve_pf *pf = fake_pf(test);
	u32 limit = pf->monitor.limit[CARVE_PF_OFFENCE_RESETS];

	monitor_test_note(pf, CARVE_PF_MON_RESETS, limit - 1);
	pf->vf[0].monitor.window[CARVE_PF_OFFENCE_RESETS].end = jiffies;
	monitor_test_note(pf, CARVE_PF_MON_RESETS, limit - 1);
	KUNIT_EXPECT_EQ(test, monitor_test_verdict(pf), CARVE_PF_OFFENCE_NONE);
	monitor_test_note(pf, CARVE_PF_MON_RESETS, 1);
	KUNIT_EXPECT_EQ(test, monitor_test_verdict(pf),
			CARVE_PF_OFFENCE_RESETS);
}

static void monitor_limit_of_zero_is_none(struct kunit *test)
{
	struct carve_pf *pf = fake_pf(test);

	pf->monitor.limit[CARVE_PF_OFFENCE_FLOOD] = 0;
	monitor_test_note(pf, CARVE_PF_MON_BUDGET, 100000);
	KUNIT_EXPECT_EQ(test, monitor_test_verdict(pf), CARVE_PF_OFFENCE_NONE);
}

static void monitor_first_offence_stays_the_cause(struct kunit *test)
{
	struct carve_pf *pf = fake_pf(test);

	monitor_test_note(pf, CARVE_PF_MON_MBX_STUCK,
			  pf->monitor.limit[CARVE_PF_OFFENCE_STUCK]);
	monitor_test_note(pf, CARVE_PF_MON_RESETS,
			  pf->monitor.limit[CARVE_PF_OFFENCE_RESETS]);
	KUNIT_EXPECT_EQ(test, monitor_test_verdict(pf), CARVE_PF_OFFENCE_STUCK);
}

static void monitor_remembers_the_last_refusal_only(struct kunit *test)
{
	struct carve_pf *pf = fake_pf(test);
	struct carve_pf_vf_monitor *monitor = &pf->vf[0].monitor;

	monitor_test_note(pf, CARVE_PF_MON_NOT_TRUSTED, 1);
	monitor_test_note(pf, CARVE_PF_MON_MAC_QUOTA, 1);
	monitor_test_note(pf, CARVE_PF_MON_RESETS, 1);
	KUNIT_EXPECT_EQ(test, monitor->last_refusal, CARVE_PF_MON_MAC_QUOTA);
	KUNIT_EXPECT_EQ(test, monitor->last_value, 0x42U);
	KUNIT_EXPECT_NE(test, monitor->last_time, 0LL);
}

static struct kunit_case monitor_test_cases[] = {
	KUNIT_CASE(monitor_every_limit_is_exact),
	KUNIT_CASE(monitor_every_offence_has_event_limit_and_name),
	KUNIT_CASE(monitor_malformed_requests_of_all_kinds_add_up),
	KUNIT_CASE(monitor_refusal_of_a_right_is_no_offence),
	KUNIT_CASE(monitor_honest_drivers_stay_below_the_limits),
	KUNIT_CASE(monitor_old_events_do_not_count),
	KUNIT_CASE(monitor_limit_of_zero_is_none),
	KUNIT_CASE(monitor_first_offence_stays_the_cause),
	KUNIT_CASE(monitor_remembers_the_last_refusal_only),
	{}
};

static struct kunit_suite monitor_test_suite = {
	.name = "carve_pf_monitor",
	.test_cases = monitor_test_cases,
};

kunit_test_suite(monitor_test_suite);
