// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests of ring arithmetic and of what a queue block is told, on memory
 * in the place of BAR0.
 *
 * Copyright (C) 2026 Carve developers
 */
#include <kunit/static_stub.h>
#include <kunit/test.h>
#include <linux/ktime.h>

#define RING_TEST_COUNT			64
#define RING_TEST_SRRCTL		0x82000003U
#define RING_TEST_BAR			0x8000
#define RING_TEST_DMA			0x123456780ULL

static const struct carve_layout ring_test_layout = {
	.rxq_base = 0x2800,
	.rxq_stride = 0x100,
	.txq_base = 0x3800,
	.txq_stride = 0x100,
};

static struct carve_nic *ring_test_nic(struct kunit *test)
{
	struct carve_nic *nic;

	nic = kunit_kzalloc(test, sizeof(*nic), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, nic);
	nic->layout = &ring_test_layout;
	nic->regs = (void __iomem *)kunit_kzalloc(test, RING_TEST_BAR,
						  GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, (__force void *)nic->regs);
	return nic;
}

static struct carve_ring *ring_test_ring(struct kunit *test,
					 struct carve_nic *nic, u32 regs)
{
	struct carve_ring *ring;

	ring = kunit_kzalloc(test, sizeof(*ring), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, ring);
	ring->nic = nic;
	ring->count = RING_TEST_COUNT;
	ring->regs = regs;
	ring->dma = RING_TEST_DMA;
	ring->tail = nic->regs + regs + CARVE_Q_T;
	return ring;
}

static void ring_keeps_one_descriptor_unused(struct kunit *test)
{
	struct carve_ring ring = { .count = RING_TEST_COUNT };

	KUNIT_EXPECT_EQ(test, carve_ring_unused(&ring), RING_TEST_COUNT - 1);
	ring.next_to_use = RING_TEST_COUNT - 1;
	KUNIT_EXPECT_EQ(test, carve_ring_unused(&ring), 0);
}

static void ring_counts_unused_across_its_end(struct kunit *test)
{
	struct carve_ring ring = { .count = RING_TEST_COUNT };
	u16 used, ntc;

	for (ntc = 0; ntc < RING_TEST_COUNT; ntc++) {
		for (used = 0; used < RING_TEST_COUNT; used++) {
			ring.next_to_clean = ntc;
			ring.next_to_use = (ntc + used) % RING_TEST_COUNT;
			KUNIT_ASSERT_EQ(test, carve_ring_unused(&ring),
					RING_TEST_COUNT - 1 - used);
		}
	}
}

static void ring_walks_in_a_circle_both_ways(struct kunit *test)
{
	struct carve_ring ring = { .count = RING_TEST_COUNT };
	u16 i;

	KUNIT_EXPECT_EQ(test, carve_ring_next(&ring, RING_TEST_COUNT - 1), 0);
	KUNIT_EXPECT_EQ(test, carve_ring_prev(&ring, 0), RING_TEST_COUNT - 1);
	for (i = 0; i < RING_TEST_COUNT; i++)
		KUNIT_EXPECT_EQ(test, i,
				carve_ring_prev(&ring,
						carve_ring_next(&ring, i)));
}

static void ring_finds_the_block_of_each_hardware_queue(struct kunit *test)
{
	struct carve_nic *nic = ring_test_nic(test);

	KUNIT_EXPECT_EQ(test, carve_rxq_regs(nic, 0), 0x2800U);
	KUNIT_EXPECT_EQ(test, carve_rxq_regs(nic, 1), 0x2900U);
	KUNIT_EXPECT_EQ(test, carve_txq_regs(nic, 1), 0x3900U);
}

static void ring_programs_a_receive_queue(struct kunit *test)
{
	const u32 dctl = RING_RX_DCTL | CARVE_DCTL_ENABLE;
	struct carve_nic *nic = ring_test_nic(test);
	u32 regs = carve_rxq_regs(nic, 0);
	struct carve_ring *ring = ring_test_ring(test, nic, regs);

	ring->next_to_use = RING_TEST_COUNT - 1;
	carve_wr32(nic, regs + CARVE_Q_H, 17);

	KUNIT_ASSERT_EQ(test, carve_ring_enable_rx(ring, RING_TEST_SRRCTL),
			0);
	KUNIT_EXPECT_EQ(test, carve_rd32(nic, regs + CARVE_Q_BAL),
			lower_32_bits(RING_TEST_DMA));
	KUNIT_EXPECT_EQ(test, carve_rd32(nic, regs + CARVE_Q_BAH),
			upper_32_bits(RING_TEST_DMA));
	KUNIT_EXPECT_EQ(test, carve_rd32(nic, regs + CARVE_Q_LEN),
			RING_TEST_COUNT * 16U);
	KUNIT_EXPECT_EQ(test, carve_rd32(nic, regs + CARVE_Q_SRRCTL),
			RING_TEST_SRRCTL);
	KUNIT_EXPECT_EQ(test, carve_rd32(nic, regs + CARVE_Q_H), 0U);
	KUNIT_EXPECT_EQ(test, carve_rd32(nic, regs + CARVE_Q_T),
			RING_TEST_COUNT - 1U);
	KUNIT_EXPECT_EQ(test, carve_rd32(nic, regs + CARVE_Q_DCTL), dctl);
}

static void ring_forgets_head_write_back_of_a_former_owner(struct kunit *test)
{
	const u32 dctl = RING_TX_DCTL | CARVE_DCTL_ENABLE;
	struct carve_nic *nic = ring_test_nic(test);
	u32 regs = carve_txq_regs(nic, 0);
	struct carve_ring *ring = ring_test_ring(test, nic, regs);

	carve_wr32(nic, regs + CARVE_Q_TDWBAL, 0xdead0001);
	carve_wr32(nic, regs + CARVE_Q_TDWBAH, 0xdead);

	KUNIT_ASSERT_EQ(test, carve_ring_enable_tx(ring), 0);
	KUNIT_EXPECT_EQ(test, carve_rd32(nic, regs + CARVE_Q_TDWBAL), 0U);
	KUNIT_EXPECT_EQ(test, carve_rd32(nic, regs + CARVE_Q_TDWBAH), 0U);
	KUNIT_EXPECT_EQ(test, carve_rd32(nic, regs + CARVE_Q_DCTL), dctl);
}

/**
 * struct ring_test_late - a function whose queues take their time
 * @nic: the function
 * @first: when it was looked at first
 * @looks: at it since it should have stopped
 */
struct ring_test_late {
	struct carve_nic nic;
	ktime_t first;
	unsigned int looks;
};

static u32 ring_test_never_stops(struct carve_nic *nic, u32 reg)
{
	return CARVE_DCTL_ENABLE;
}

static void ring_that_never_stops_times_out(struct kunit *test)
{
	struct carve_nic *nic = ring_test_nic(test);
	struct carve_ring *ring;

	ring = ring_test_ring(test, nic, carve_txq_regs(nic, 0));
	kunit_activate_static_stub(test, carve_rd32, ring_test_never_stops);
	KUNIT_EXPECT_EQ(test, carve_ring_disable(ring), -ETIMEDOUT);
	KUNIT_EXPECT_EQ(test, carve_ring_enable_tx(ring), -ETIMEDOUT);
	KUNIT_EXPECT_EQ(test, carve_hw_queues_quiesce(nic, BIT(0)),
			-ETIMEDOUT);
}

static u32 ring_test_second_never_stops(struct carve_nic *nic, u32 reg)
{
	return reg == carve_txq_regs(nic, 1) + CARVE_Q_DCTL ?
	       CARVE_DCTL_ENABLE : 0;
}

static void ring_of_many_that_never_stops_is_seen(struct kunit *test)
{
	struct carve_nic *nic = ring_test_nic(test);

	kunit_activate_static_stub(test, carve_rd32,
				   ring_test_second_never_stops);
	KUNIT_EXPECT_EQ(test, carve_hw_queues_quiesce(nic, BIT(0)), 0);
	KUNIT_EXPECT_EQ(test, carve_hw_queues_quiesce(nic, BIT(0) | BIT(1)),
			-ETIMEDOUT);
}

/*
 * Still runs at the four first looks after the time was over: at most two of
 * them end the first wait.
 */
static u32 ring_test_stops_late(struct carve_nic *nic, u32 reg)
{
	struct ring_test_late *late;

	late = container_of(nic, struct ring_test_late, nic);
	if (!late->first)
		late->first = ktime_get();
	if (ktime_us_delta(ktime_get(), late->first) <= RING_PROMPT_US)
		return CARVE_DCTL_ENABLE;
	return late->looks++ < 4 ? CARVE_DCTL_ENABLE : 0;
}

static void ring_that_stops_late_is_noted(struct kunit *test)
{
	struct ring_test_late *late;

	late = kunit_kzalloc(test, sizeof(*late), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, late);
	late->nic = *ring_test_nic(test);
	kunit_activate_static_stub(test, carve_rd32, ring_test_stops_late);
	KUNIT_EXPECT_EQ(test, carve_hw_queues_quiesce(&late->nic, BIT(0)), 1);
}

static void ring_scrub_leaves_no_address(struct kunit *test)
{
	static const u8 all[] = {
		CARVE_Q_BAL, CARVE_Q_BAH, CARVE_Q_LEN, CARVE_Q_H, CARVE_Q_CTL,
		CARVE_Q_T,
	};
	struct carve_nic *nic = ring_test_nic(test);
	u32 rxq = carve_rxq_regs(nic, 1);
	u32 txq = carve_txq_regs(nic, 1);
	int i;

	memset((__force void *)nic->regs, 0xff, RING_TEST_BAR);
	carve_wr32(nic, CARVE_STATUS, 0);
	carve_hw_queue_scrub(nic, 1);

	for (i = 0; i < ARRAY_SIZE(all); i++) {
		KUNIT_EXPECT_EQ(test, carve_rd32(nic, rxq + all[i]), 0U);
		KUNIT_EXPECT_EQ(test, carve_rd32(nic, txq + all[i]), 0U);
	}
	KUNIT_EXPECT_EQ(test, carve_rd32(nic, rxq + CARVE_Q_SRRCTL), 0U);
	KUNIT_EXPECT_EQ(test, carve_rd32(nic, txq + CARVE_Q_TDWBAL), 0U);
	KUNIT_EXPECT_EQ(test, carve_rd32(nic, txq + CARVE_Q_TDWBAH), 0U);
	/* The neighbour's are its own. */
	KUNIT_EXPECT_EQ(test, carve_rd32(nic, carve_rxq_regs(nic, 0)), U32_MAX);
}

static struct kunit_case ring_test_cases[] = {
	KUNIT_CASE(ring_keeps_one_descriptor_unused),
	KUNIT_CASE(ring_counts_unused_across_its_end),
	KUNIT_CASE(ring_walks_in_a_circle_both_ways),
	KUNIT_CASE(ring_finds_the_block_of_each_hardware_queue),
	KUNIT_CASE(ring_programs_a_receive_queue),
	KUNIT_CASE(ring_forgets_head_write_back_of_a_former_owner),
	KUNIT_CASE(ring_that_never_stops_times_out),
	KUNIT_CASE(ring_of_many_that_never_stops_is_seen),
	KUNIT_CASE(ring_that_stops_late_is_noted),
	KUNIT_CASE(ring_scrub_leaves_no_address),
	{}
};

static struct kunit_suite ring_test_suite = {
	.name = "carve_core_ring",
	.test_cases = ring_test_cases,
};

kunit_test_suite(ring_test_suite);
