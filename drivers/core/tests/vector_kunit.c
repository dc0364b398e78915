// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests of interrupt moderation.
 *
 * Copyright (C) 2026 Carve developers
 */
#include <kunit/static_stub.h>
#include <kunit/test.h>

/* A function whose queues may refuse to stop. */
struct vector_test_nic {
	struct carve_nic nic;
	struct carve_layout layout;
	u32 stuck_dctl;		/* of the queue that does not stop */
	unsigned int cut;	/* times it was cut off from memory */
};

static void vector_test_queue_stuck(struct carve_nic *nic)
{
	container_of(nic, struct vector_test_nic, nic)->cut++;
}

static u32 vector_test_rd32(struct carve_nic *nic, u32 reg)
{
	struct vector_test_nic *t;

	t = container_of(nic, struct vector_test_nic, nic);
	return reg == t->stuck_dctl ? CARVE_DCTL_ENABLE : 0;
}

static void vector_test_wr32(struct carve_nic *nic, u32 reg, u32 val)
{
}

static struct carve_vector *vector_test_vector(struct kunit *test)
{
	struct vector_test_nic *t;
	struct carve_vector *v;

	t = kunit_kzalloc(test, sizeof(*t), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, t);
	t->layout.queue_stuck = vector_test_queue_stuck;
	t->nic.layout = &t->layout;
	/* Never looked at: all access is redirected. */
	t->nic.regs = (__force u8 __iomem *)t;
	kunit_activate_static_stub(test, carve_rd32, vector_test_rd32);
	kunit_activate_static_stub(test, carve_wr32, vector_test_wr32);

	v = kunit_kzalloc(test, sizeof(*v), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, v);
	v->nic = &t->nic;
	v->rx.nic = &t->nic;
	v->rx.regs = 0x2800;
	v->tx.nic = &t->nic;
	v->tx.regs = 0x3800;
	return v;
}

static void queue_that_does_not_stop_is_cut_off(struct kunit *test)
{
	struct carve_vector *v = vector_test_vector(test);
	struct vector_test_nic *t;

	t = container_of(v->nic, struct vector_test_nic, nic);
	vector_disable_queues(v);
	KUNIT_EXPECT_EQ(test, t->cut, 0U);

	t->stuck_dctl = v->rx.regs + CARVE_Q_DCTL;
	vector_disable_queues(v);
	KUNIT_EXPECT_EQ(test, t->cut, 1U);

	t->stuck_dctl = v->tx.regs + CARVE_Q_DCTL;
	vector_disable_queues(v);
	KUNIT_EXPECT_EQ(test, t->cut, 2U);
}

/* A device that left the bus can't write into anything. */
static void queue_of_an_absent_device_is_not_stuck(struct kunit *test)
{
	struct carve_vector *v = vector_test_vector(test);
	struct vector_test_nic *t;

	t = container_of(v->nic, struct vector_test_nic, nic);
	t->stuck_dctl = v->rx.regs + CARVE_Q_DCTL;
	v->nic->regs = NULL;
	vector_disable_queues(v);
	KUNIT_EXPECT_EQ(test, t->cut, 0U);
}

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

static void vector_asks_the_ring_that_has_traffic(struct kunit *test)
{
	struct carve_itr itr = { .rx_usecs = 20, .tx_usecs = 70 };
	struct carve_vector *v;
	int i;

	v = kunit_kzalloc(test, sizeof(*v), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, v);
	carve_vector_set_itr(v, &itr);

	for (i = 0; i < 2 * VECTOR_QUIET_POLLS; i++)
		ring_note_poll(&v->rx, false);
	KUNIT_EXPECT_EQ(test, vector_usecs(v), 70);
	ring_note_poll(&v->rx, true);
	KUNIT_EXPECT_EQ(test, vector_usecs(v), 20);

	/* Nobody has: ready for the first packet of either. */
	for (i = 0; i < VECTOR_QUIET_POLLS; i++) {
		ring_note_poll(&v->rx, false);
		ring_note_poll(&v->tx, false);
	}
	KUNIT_EXPECT_EQ(test, vector_usecs(v), 20);
}

static void vector_calls_before_the_ring_is_sent(struct kunit *test)
{
	struct carve_itr itr = { .rx_usecs = 250, .tx_usecs = 200 };
	struct carve_vector *v;

	v = kunit_kzalloc(test, sizeof(*v), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, v);
	carve_vector_set_itr(v, &itr);
	v->tx.dim_usecs = 100;
	v->tx.max_usecs = U16_MAX;
	v->usecs = 100;
	vector_end_starving(v);
	/* Not what the user asked for. */
	KUNIT_EXPECT_EQ(test, vector_usecs(v), 200);
	itr.tx_adaptive = true;
	carve_vector_set_itr(v, &itr);
	KUNIT_EXPECT_EQ(test, vector_usecs(v), 50);
	v->usecs = 1;
	vector_end_starving(v);
	KUNIT_EXPECT_EQ(test, vector_usecs(v), vector_tx_usecs[0]);
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
	KUNIT_CASE(vector_asks_the_ring_that_has_traffic),
	KUNIT_CASE(vector_calls_before_the_ring_is_sent),
	KUNIT_CASE(dim_is_asked_every_so_many_events),
	KUNIT_CASE(queue_that_does_not_stop_is_cut_off),
	KUNIT_CASE(queue_of_an_absent_device_is_not_stuck),
	{}
};

static struct kunit_suite vector_test_suite = {
	.name = "carve_core_vector",
	.test_cases = vector_test_cases,
};

kunit_test_suite(vector_test_suite);
