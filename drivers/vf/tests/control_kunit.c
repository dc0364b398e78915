// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests of the VF's state machine.
 *
 * Copyright (C) 2026 Carve developers
 */
#include <kunit/test.h>

/* Every arrow of the diagram but DETACH; all else leaves the state alone. */
static const struct {
	enum carve_vf_state from;
	enum vf_control_event event;
	enum carve_vf_state to;
} control_test_arrows[] = {
	{ CARVE_VF_DETACHED, VF_EVENT_ATTACH, CARVE_VF_RESETTING },
	{ CARVE_VF_RESETTING, VF_EVENT_ALIVE, CARVE_VF_HANDSHAKE },
	{ CARVE_VF_RESETTING, VF_EVENT_LOST, CARVE_VF_RECOVERING },
	{ CARVE_VF_HANDSHAKE, VF_EVENT_GRANTED, CARVE_VF_READY },
	{ CARVE_VF_HANDSHAKE, VF_EVENT_LOST, CARVE_VF_RECOVERING },
	{ CARVE_VF_READY, VF_EVENT_LOST, CARVE_VF_RECOVERING },
	{ CARVE_VF_RECOVERING, VF_EVENT_RETRY, CARVE_VF_RESETTING },
};

static enum carve_vf_state control_test_expect(enum carve_vf_state from,
					       enum vf_control_event event)
{
	int i;

	if (event == VF_EVENT_DETACH)
		return CARVE_VF_DETACHED;
	for (i = 0; i < ARRAY_SIZE(control_test_arrows); i++)
		if (control_test_arrows[i].from == from &&
		    control_test_arrows[i].event == event)
			return control_test_arrows[i].to;
	return from;
}

static void vf_moves_along_the_arrows_only(struct kunit *test)
{
	int event, state;

	for (state = 0; state < CARVE_VF_NUM_STATES; state++)
		for (event = 0; event < VF_NUM_EVENTS; event++)
			KUNIT_EXPECT_EQ_MSG(test,
					    vf_control_next(state, event),
					    control_test_expect(state, event),
					    "state %d, event %d", state,
					    event);
}

static void vf_can_be_detached_in_every_state(struct kunit *test)
{
	int state;

	for (state = 0; state < CARVE_VF_NUM_STATES; state++)
		KUNIT_EXPECT_EQ(test, vf_control_next(state, VF_EVENT_DETACH),
				CARVE_VF_DETACHED);
}

static void vf_stays_detached_whatever_the_pf_does(struct kunit *test)
{
	int event;

	for (event = 0; event < VF_NUM_EVENTS; event++)
		if (event != VF_EVENT_ATTACH)
			KUNIT_EXPECT_EQ(test,
					vf_control_next(CARVE_VF_DETACHED,
							event),
					CARVE_VF_DETACHED);
}

static void vf_waits_ever_longer_up_to_a_bound(struct kunit *test)
{
	unsigned int ms = VF_CONTROL_BACKOFF_MIN_MS;
	unsigned int next;
	int i;

	for (i = 0; i < 20; i++) {
		next = vf_control_next_backoff(ms);
		KUNIT_EXPECT_GE(test, next, ms);
		KUNIT_EXPECT_LE(test, next, VF_CONTROL_BACKOFF_MAX_MS);
		ms = next;
	}
	KUNIT_EXPECT_EQ(test, ms, VF_CONTROL_BACKOFF_MAX_MS);
}

static void vf_names_every_loss(struct kunit *test)
{
	int i;

	for (i = 0; i < CARVE_VF_NUM_LOSSES; i++)
		KUNIT_EXPECT_NOT_NULL(test, vf_loss_names[i]);
	KUNIT_EXPECT_EQ(test, vf_control_loss(0), CARVE_VF_LOSS_NONE);
	KUNIT_EXPECT_EQ(test, vf_control_loss(-ENOTCONN),
			CARVE_VF_LOSS_PF_RESET);
	KUNIT_EXPECT_EQ(test, vf_control_loss(-ETIMEDOUT),
			CARVE_VF_LOSS_PF_SILENT);
	KUNIT_EXPECT_EQ(test, vf_control_loss(-ENODEV), CARVE_VF_LOSS_GONE);
}

static struct kunit_case control_test_cases[] = {
	KUNIT_CASE(vf_moves_along_the_arrows_only),
	KUNIT_CASE(vf_can_be_detached_in_every_state),
	KUNIT_CASE(vf_stays_detached_whatever_the_pf_does),
	KUNIT_CASE(vf_waits_ever_longer_up_to_a_bound),
	KUNIT_CASE(vf_names_every_loss),
	{ }
};

static struct kunit_suite control_test_suite = {
	.name = "carve_vf_control",
	.test_cases = control_test_cases,
};

kunit_test_suite(control_test_suite);
