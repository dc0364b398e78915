// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests of transmit: what a packet needs, which descriptors it becomes,
 * when the chip is told and asked to report. No chip: the doorbell is a word
 * of memory, DD is set by hand.
 *
 * Copyright (C) 2026 Carve developers
 */
#include <kunit/device.h>
#include <kunit/test.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/sctp.h>
#include <linux/tcp.h>
#include <linux/udp.h>

#define TX_TEST_COUNT			64
#define TX_TEST_L4			(ETH_HLEN + sizeof(struct iphdr))
#define TX_TEST_HDR			(TX_TEST_L4 + sizeof(struct tcphdr))

/**
 * struct tx_test - a ring without a chip
 * @ring: the ring
 * @txq: its queue
 * @doorbell: its tail
 */
struct tx_test {
	struct carve_ring ring;
	struct netdev_queue txq;
	u32 doorbell;
};

static const struct carve_tx_ctxt tx_test_none;

static struct tx_test *tx_test_ring(struct kunit *test)
{
	struct carve_ring *ring;
	struct device *dev;
	struct tx_test *t;

	t = kunit_kzalloc(test, sizeof(*t), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, t);
	dev = kunit_device_register(test, "carve-tx-test");
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, dev);
	KUNIT_ASSERT_EQ(test, dma_coerce_mask_and_coherent(dev,
							   DMA_BIT_MASK(64)),
			0);

	ring = &t->ring;
	ring->dev = dev;
	ring->count = TX_TEST_COUNT;
	ring->tail = (u8 __iomem *)&t->doorbell;
	ring->txq = &t->txq;
	ring->tx_desc = kunit_kcalloc(test, ring->count,
				      sizeof(*ring->tx_desc), GFP_KERNEL);
	ring->tx_buf = kunit_kcalloc(test, ring->count, sizeof(*ring->tx_buf),
				     GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, ring->desc);
	KUNIT_ASSERT_NOT_NULL(test, ring->tx_buf);
	ring->small = kunit_kzalloc(test, ring->count * CARVE_TX_SMALL,
				    GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, ring->small);
	carve_tx_open(ring);
	return t;
}

/* An IPv4 packet with room for a TCP header, which asks for nothing. */
static struct sk_buff *tx_test_skb(struct kunit *test, unsigned int len)
{
	struct sk_buff *skb = alloc_skb(len, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, skb);
	memset(skb_put(skb, len), 0, len);
	skb_set_network_header(skb, ETH_HLEN);
	skb_set_transport_header(skb, TX_TEST_L4);
	ip_hdr(skb)->version = 4;
	ip_hdr(skb)->ihl = 5;
	ip_hdr(skb)->tot_len = htons(len - ETH_HLEN);
	ip_hdr(skb)->check = (__force __sum16)0xbeef;
	return skb;
}

static void tx_test_want_csum(struct sk_buff *skb, u16 offset)
{
	skb->ip_summed = CHECKSUM_PARTIAL;
	skb->csum_start = skb_headroom(skb) + TX_TEST_L4;
	skb->csum_offset = offset;
}

static struct sk_buff *tx_test_tso_skb(struct kunit *test, u16 mss, u16 segs)
{
	struct sk_buff *skb = tx_test_skb(test, TX_TEST_HDR + mss * segs);

	tx_test_want_csum(skb, offsetof(struct tcphdr, check));
	tcp_hdr(skb)->doff = sizeof(struct tcphdr) / 4;
	skb_shinfo(skb)->gso_size = mss;
	skb_shinfo(skb)->gso_segs = segs;
	skb_shinfo(skb)->gso_type = SKB_GSO_TCPV4;
	return skb;
}

/* Queue a packet as carve_xmit_frame() does, without the stack's part. */
static void tx_test_queue(struct kunit *test, struct carve_ring *ring,
			  struct sk_buff *skb)
{
	int last = tx_put_packet(ring, skb);

	KUNIT_ASSERT_GE(test, last, 0);
	ring->next_to_use = carve_ring_next(ring, last);
}

/* Take back what carve_tx_clean() would: whole groups that are reported. */
static unsigned int tx_test_clean(struct carve_ring *ring)
{
	struct tx_tally tally = {};
	u16 i = ring->next_to_clean;

	while (ring->tx_buf[i].report != CARVE_TX_NO_REPORT) {
		u16 report = ring->tx_buf[i].report;

		ring->tx_buf[i].report = CARVE_TX_NO_REPORT;
		i = tx_clean_group(ring, i, report, &tally, 0);
	}
	ring->next_to_clean = i;
	return tally.skbs;
}

static u32 tx_test_cmd(const struct carve_ring *ring, u16 i)
{
	return le32_to_cpu(ring->tx_desc[i].cmd_len);
}

static void tx_plain_packet_needs_no_context(struct kunit *test)
{
	struct sk_buff *skb = tx_test_skb(test, 100);
	struct carve_tx_plan plan;

	KUNIT_ASSERT_EQ(test, carve_tx_make_plan(skb, &tx_test_none, &plan), 0);
	KUNIT_EXPECT_FALSE(test, plan.new_ctxt);
	KUNIT_EXPECT_EQ(test, plan.cmd, CARVE_TX_DATA_CMD);
	KUNIT_EXPECT_EQ(test, FIELD_GET(CARVE_TXD_PAYLEN, plan.status), 100U);
	KUNIT_EXPECT_EQ(test, plan.bytes, 100U);
	KUNIT_EXPECT_EQ(test, plan.segs, 1U);
	KUNIT_EXPECT_FALSE(test, plan.csum);
	kfree_skb(skb);
}

static void tx_test_csum(struct kunit *test, struct sk_buff *skb, u16 offset,
			 u32 l4t)
{
	struct carve_tx_plan plan;

	tx_test_want_csum(skb, offset);
	KUNIT_ASSERT_EQ(test, carve_tx_make_plan(skb, &tx_test_none, &plan), 0);
	KUNIT_EXPECT_TRUE(test, plan.status & CARVE_TXD_TXSM);
	KUNIT_EXPECT_FALSE(test, plan.status & CARVE_TXD_IXSM);
	KUNIT_EXPECT_EQ(test, plan.ctxt.vlan_lens,
			FIELD_PREP(CARVE_TXC_MACLEN, 14) |
			FIELD_PREP(CARVE_TXC_IPLEN, 20));
	KUNIT_EXPECT_EQ(test, plan.ctxt.type,
			CARVE_TX_CTXT_TYPE | CARVE_TXC_IPV4 |
			FIELD_PREP(CARVE_TXC_L4T, l4t));
	KUNIT_EXPECT_EQ(test, plan.ctxt.mss_l4len, 0U);
	KUNIT_EXPECT_TRUE(test, plan.csum);
	kfree_skb(skb);
}

static void tx_encodes_checksums_of_tcp_and_udp(struct kunit *test)
{
	tx_test_csum(test, tx_test_skb(test, 100),
		     offsetof(struct tcphdr, check), CARVE_TXC_L4T_TCP);
	tx_test_csum(test, tx_test_skb(test, 100),
		     offsetof(struct udphdr, check), CARVE_TXC_L4T_UDP);
}

static void tx_encodes_the_checksum_of_sctp(struct kunit *test)
{
#if IS_ENABLED(CONFIG_IP_SCTP)
	struct sk_buff *skb = tx_test_skb(test, 100);

	skb->csum_not_inet = 1;
	tx_test_csum(test, skb, offsetof(struct sctphdr, checksum),
		     CARVE_TXC_L4T_SCTP);
#else
	kunit_skip(test, "a kernel without SCTP never asks for it");
#endif
}

static void tx_knows_ipv6_from_ipv4(struct kunit *test)
{
	struct sk_buff *skb = tx_test_skb(test, 100);
	struct carve_tx_plan plan;

	ip_hdr(skb)->version = 6;
	tx_test_want_csum(skb, offsetof(struct tcphdr, check));
	KUNIT_ASSERT_EQ(test, carve_tx_make_plan(skb, &tx_test_none, &plan), 0);
	KUNIT_EXPECT_FALSE(test, plan.ctxt.type & CARVE_TXC_IPV4);
	kfree_skb(skb);
}

static void tx_sums_up_itself_what_the_chip_does_not_know(struct kunit *test)
{
	struct sk_buff *skb = tx_test_skb(test, 100);
	struct carve_tx_plan plan;

	tx_test_want_csum(skb, 30);
	KUNIT_ASSERT_EQ(test, carve_tx_make_plan(skb, &tx_test_none, &plan), 0);
	KUNIT_EXPECT_TRUE(test, skb->ip_summed == CHECKSUM_NONE);
	KUNIT_EXPECT_FALSE(test, plan.status & CARVE_TXD_TXSM);
	KUNIT_EXPECT_FALSE(test, plan.new_ctxt);
	kfree_skb(skb);
}

static void tx_encodes_segmentation(struct kunit *test)
{
	struct sk_buff *skb = tx_test_tso_skb(test, 1000, 3);
	struct carve_tx_plan plan;

	KUNIT_ASSERT_EQ(test, carve_tx_make_plan(skb, &tx_test_none, &plan), 0);
	KUNIT_EXPECT_EQ(test, plan.cmd, CARVE_TX_DATA_CMD | CARVE_TXD_TSE);
	KUNIT_EXPECT_EQ(test, plan.status,
			CARVE_TXD_TXSM | CARVE_TXD_IXSM |
			FIELD_PREP(CARVE_TXD_PAYLEN, 3000));
	KUNIT_EXPECT_EQ(test, plan.ctxt.mss_l4len,
			FIELD_PREP(CARVE_TXC_MSS, 1000) |
			FIELD_PREP(CARVE_TXC_L4LEN, 20));
	KUNIT_EXPECT_EQ(test, plan.segs, 3U);
	KUNIT_EXPECT_EQ(test, plan.bytes, 3000U + 3 * (u32)TX_TEST_HDR);

	/* The chip adds to what it finds. */
	KUNIT_EXPECT_TRUE(test, !ip_hdr(skb)->tot_len);
	KUNIT_EXPECT_TRUE(test, !ip_hdr(skb)->check);
	kfree_skb(skb);
}

static void tx_puts_the_tag_into_the_context(struct kunit *test)
{
	struct sk_buff *skb = tx_test_skb(test, 100);
	struct carve_tx_ctxt have;
	struct carve_tx_plan plan;

	__vlan_hwaccel_put_tag(skb, htons(ETH_P_8021Q), 0x6123);
	KUNIT_ASSERT_EQ(test, carve_tx_make_plan(skb, &tx_test_none, &plan), 0);
	KUNIT_EXPECT_TRUE(test, plan.cmd & CARVE_TXD_VLE);
	KUNIT_EXPECT_EQ(test, FIELD_GET(CARVE_TXC_VLAN, plan.ctxt.vlan_lens),
			0x6123U);
	KUNIT_EXPECT_TRUE(test, plan.new_ctxt);
	have = plan.ctxt;
	KUNIT_ASSERT_EQ(test, carve_tx_make_plan(skb, &have, &plan), 0);
	KUNIT_EXPECT_FALSE(test, plan.new_ctxt);
	kfree_skb(skb);
}

/* Is a context sent in front of the packet? Then the chip has it. */
static bool tx_test_sends_ctxt(struct kunit *test, struct sk_buff *skb,
			       struct carve_tx_ctxt *have)
{
	struct carve_tx_plan plan;

	KUNIT_ASSERT_EQ(test, carve_tx_make_plan(skb, have, &plan), 0);
	if (plan.new_ctxt)
		*have = plan.ctxt;
	return plan.new_ctxt;
}

static void tx_keeps_a_context_while_it_serves(struct kunit *test)
{
	struct sk_buff *ack = tx_test_skb(test, TX_TEST_HDR);
	struct sk_buff *tso = tx_test_tso_skb(test, 1000, 2);
	struct sk_buff *other = tx_test_tso_skb(test, 900, 2);
	struct carve_tx_ctxt have = {};

	tx_test_want_csum(ack, offsetof(struct tcphdr, check));
	KUNIT_EXPECT_TRUE(test, tx_test_sends_ctxt(test, ack, &have));
	KUNIT_EXPECT_TRUE(test, tx_test_sends_ctxt(test, tso, &have));
	KUNIT_EXPECT_FALSE(test, tx_test_sends_ctxt(test, ack, &have));
	KUNIT_EXPECT_TRUE(test, tx_test_sends_ctxt(test, other, &have));
	KUNIT_EXPECT_FALSE(test, tx_test_sends_ctxt(test, ack, &have));
	KUNIT_EXPECT_FALSE(test, tx_test_sends_ctxt(test, other, &have));
	kfree_skb(ack);
	kfree_skb(tso);
	kfree_skb(other);
}

static void tx_keeps_the_tag_of_the_context(struct kunit *test)
{
	struct sk_buff *tagged = tx_test_skb(test, 100);
	struct sk_buff *ack = tx_test_skb(test, TX_TEST_HDR);
	struct carve_tx_ctxt have = {};

	__vlan_hwaccel_put_tag(tagged, htons(ETH_P_8021Q), 5);
	tx_test_want_csum(ack, offsetof(struct tcphdr, check));
	KUNIT_EXPECT_TRUE(test, tx_test_sends_ctxt(test, tagged, &have));
	KUNIT_EXPECT_TRUE(test, tx_test_sends_ctxt(test, ack, &have));
	/* Lengths and types of another packet don't matter to a bare tag. */
	KUNIT_EXPECT_FALSE(test, tx_test_sends_ctxt(test, tagged, &have));
	kfree_skb(tagged);
	kfree_skb(ack);
}

static void tx_sends_a_context_again_after_a_reset(struct kunit *test)
{
	struct tx_test *t = tx_test_ring(test);
	struct sk_buff *skb = tx_test_skb(test, 100);

	tx_test_want_csum(skb, offsetof(struct tcphdr, check));
	KUNIT_EXPECT_TRUE(test, tx_test_sends_ctxt(test, skb, &t->ring.ctxt));
	KUNIT_EXPECT_FALSE(test, tx_test_sends_ctxt(test, skb, &t->ring.ctxt));
	carve_tx_open(&t->ring);
	KUNIT_EXPECT_TRUE(test, tx_test_sends_ctxt(test, skb, &t->ring.ctxt));
	kfree_skb(skb);
}

/* Every length of a copy, its bytes, and nothing behind them. */
static void tx_copies_small_packets_exactly(struct kunit *test)
{
	struct tx_test *t = tx_test_ring(test);
	struct sk_buff *skb;
	unsigned int len, i;
	u8 *copy;

	for (len = CARVE_TX_MIN_FRAME; len <= CARVE_TX_SMALL; len++) {
		skb = tx_test_skb(test, len + ETH_HLEN);
		skb_trim(skb, len);
		for (i = 0; i < len; i++)
			skb->data[i] = i + 1;
		copy = t->ring.small + t->ring.next_to_use * CARVE_TX_SMALL;
		memset(copy, 0xaa, CARVE_TX_SMALL);
		tx_test_queue(test, &t->ring, skb);
		for (i = 0; i < len; i++)
			KUNIT_ASSERT_EQ(test, copy[i], i + 1);
		for (; i < CARVE_TX_SMALL; i++)
			KUNIT_ASSERT_EQ(test, copy[i], 0xaa);
		carve_tx_doorbell(&t->ring);
		KUNIT_ASSERT_EQ(test, tx_test_clean(&t->ring), 1U);
	}
}

static void tx_packet_of_one_piece_is_one_descriptor(struct kunit *test)
{
	struct tx_test *t = tx_test_ring(test);

	tx_test_queue(test, &t->ring, tx_test_skb(test, 100));
	KUNIT_EXPECT_EQ(test, t->ring.next_to_use, 1U);
	KUNIT_EXPECT_EQ(test, tx_test_cmd(&t->ring, 0),
			CARVE_TX_DATA_CMD | CARVE_TXD_EOP | 100);
	carve_tx_doorbell(&t->ring);
	KUNIT_EXPECT_EQ(test, tx_test_clean(&t->ring), 1U);
}

static void tx_cuts_long_pieces(struct kunit *test)
{
	unsigned int len = 2 * CARVE_TXD_MAX_DATA + 5;
	struct tx_test *t = tx_test_ring(test);
	struct carve_tx_desc *desc = t->ring.tx_desc;

	tx_test_queue(test, &t->ring, tx_test_skb(test, len));
	KUNIT_EXPECT_EQ(test, t->ring.next_to_use, 3U);
	KUNIT_EXPECT_EQ(test, tx_test_cmd(&t->ring, 0),
			CARVE_TX_DATA_CMD | CARVE_TXD_MAX_DATA);
	KUNIT_EXPECT_EQ(test, tx_test_cmd(&t->ring, 1),
			CARVE_TX_DATA_CMD | CARVE_TXD_MAX_DATA);
	KUNIT_EXPECT_EQ(test, tx_test_cmd(&t->ring, 2),
			CARVE_TX_DATA_CMD | CARVE_TXD_EOP | 5);
	KUNIT_EXPECT_EQ(test, le64_to_cpu(desc[2].addr),
			le64_to_cpu(desc[0].addr) + 2 * CARVE_TXD_MAX_DATA);
	carve_tx_doorbell(&t->ring);
	KUNIT_EXPECT_EQ(test, tx_test_clean(&t->ring), 1U);
}

static void tx_reports_once_a_doorbell(struct kunit *test)
{
	struct tx_test *t = tx_test_ring(test);
	int i;

	for (i = 0; i < 5; i++)
		tx_test_queue(test, &t->ring, tx_test_skb(test, 100));
	KUNIT_EXPECT_EQ(test, t->doorbell, 0U);
	KUNIT_EXPECT_EQ(test, tx_test_clean(&t->ring), 0U);

	carve_tx_doorbell(&t->ring);
	KUNIT_EXPECT_EQ(test, t->doorbell, 5U);
	for (i = 0; i < 4; i++)
		KUNIT_EXPECT_FALSE(test, tx_test_cmd(&t->ring, i) &
					 CARVE_TXD_RS);
	KUNIT_EXPECT_TRUE(test, tx_test_cmd(&t->ring, 4) & CARVE_TXD_RS);
	KUNIT_EXPECT_EQ(test, t->ring.tx_buf[0].report, 4U);
	KUNIT_EXPECT_EQ(test, tx_test_clean(&t->ring), 5U);
	KUNIT_EXPECT_TRUE(test, carve_tx_is_idle(&t->ring));
}

static void tx_does_not_ring_twice_for_the_same(struct kunit *test)
{
	struct tx_test *t = tx_test_ring(test);

	tx_test_queue(test, &t->ring, tx_test_skb(test, 100));
	carve_tx_doorbell(&t->ring);
	t->doorbell = 0;
	carve_tx_doorbell(&t->ring);
	KUNIT_EXPECT_EQ(test, t->doorbell, 0U);
	KUNIT_EXPECT_EQ(test, tx_test_clean(&t->ring), 1U);
}

static void tx_goes_round_the_ring_many_times(struct kunit *test)
{
	struct tx_test *t = tx_test_ring(test);
	int lap;

	/* Three descriptors a turn: they begin everywhere in the ring. */
	for (lap = 0; lap < 3 * TX_TEST_COUNT; lap++) {
		tx_test_queue(test, &t->ring, tx_test_skb(test, 100));
		tx_test_queue(test, &t->ring,
			      tx_test_skb(test, CARVE_TXD_MAX_DATA + 1));
		carve_tx_doorbell(&t->ring);
		KUNIT_ASSERT_EQ(test, tx_test_clean(&t->ring), 2U);
		KUNIT_ASSERT_EQ(test, carve_ring_unused(&t->ring),
				TX_TEST_COUNT - 1);
	}
}

static void tx_closed_ring_takes_no_packet(struct kunit *test)
{
	struct tx_test *t = tx_test_ring(test);

	tx_close(&t->ring);
	KUNIT_EXPECT_LT(test, carve_ring_unused(&t->ring), CARVE_TX_STOP_THRESH);
	carve_tx_doorbell(&t->ring);
	KUNIT_EXPECT_EQ(test, t->doorbell, 0U);
}

/* Interrupts come late, and then not at all. */
static void tx_counts_what_was_sent_before_a_stop(struct kunit *test)
{
	struct tx_test *t = tx_test_ring(test);
	struct carve_ring *ring = &t->ring;
	int i;

	for (i = 0; i < 3; i++) {
		tx_test_queue(test, ring, tx_test_skb(test, 100));
		carve_tx_doorbell(ring);
	}
	for (i = 0; i < 2; i++)
		ring->tx_desc[i].status = cpu_to_le32(CARVE_TXD_STAT_DD);
	tx_flush_sent(ring);
	KUNIT_EXPECT_EQ(test, u64_stats_read(&ring->tx_stats.packets), 2ULL);
	KUNIT_EXPECT_EQ(test, ring->next_to_clean, 2U);
	KUNIT_EXPECT_NOT_NULL(test, ring->tx_buf[2].skb);
	KUNIT_EXPECT_EQ(test, tx_test_clean(ring), 1U);
}

/* Sockets leave room for a packet of the stack, whose BQL knows nothing. */
static void tx_sockets_leave_room_for_the_stack(struct kunit *test)
{
	struct tx_test *t = tx_test_ring(test);
	unsigned int spare = carve_tx_spare(&t->ring);
	unsigned int i;

	KUNIT_EXPECT_EQ(test, spare + CARVE_TX_STOP_THRESH, TX_TEST_COUNT - 1U);
	for (i = 0; i < spare; i++)
		carve_tx_put_xsk(&t->ring, NULL, 0x1000, 100);
	KUNIT_EXPECT_EQ(test, carve_tx_spare(&t->ring), 0U);
	KUNIT_EXPECT_TRUE(test, carve_tx_has_room(&t->ring));

	tx_test_queue(test, &t->ring, tx_test_skb(test, 100));
	KUNIT_EXPECT_EQ(test, t->ring.group_bytes, 100U);
	carve_tx_doorbell(&t->ring);
	KUNIT_EXPECT_EQ(test, tx_test_clean(&t->ring), 1U);
	KUNIT_EXPECT_EQ(test, t->ring.xsk_done, spare);
	KUNIT_EXPECT_TRUE(test, carve_tx_is_idle(&t->ring));
}

static void tx_pads_short_frames_of_sockets(struct kunit *test)
{
	struct tx_test *t = tx_test_ring(test);
	struct carve_tx_desc *desc = t->ring.tx_desc;
	const u8 data[CARVE_TX_MIN_FRAME] = { 1, 2, 3, 4 };

	memset(t->ring.small, 0xaa, CARVE_TX_SMALL);
	carve_tx_put_xsk(&t->ring, data, 0x1000, 4);
	KUNIT_EXPECT_EQ(test, tx_test_cmd(&t->ring, 0),
			CARVE_TX_DATA_CMD | CARVE_TXD_EOP | CARVE_TX_MIN_FRAME);
	KUNIT_EXPECT_EQ(test, le64_to_cpu(desc[0].addr), t->ring.small_dma);
	KUNIT_EXPECT_MEMEQ(test, t->ring.small, data, CARVE_TX_MIN_FRAME);

	carve_tx_put_xsk(&t->ring, data, 0x1000, CARVE_TX_MIN_FRAME);
	KUNIT_EXPECT_EQ(test, le64_to_cpu(desc[1].addr), 0x1000ULL);
}

static struct kunit_case tx_test_cases[] = {
	KUNIT_CASE(tx_plain_packet_needs_no_context),
	KUNIT_CASE(tx_encodes_checksums_of_tcp_and_udp),
	KUNIT_CASE(tx_encodes_the_checksum_of_sctp),
	KUNIT_CASE(tx_knows_ipv6_from_ipv4),
	KUNIT_CASE(tx_sums_up_itself_what_the_chip_does_not_know),
	KUNIT_CASE(tx_encodes_segmentation),
	KUNIT_CASE(tx_puts_the_tag_into_the_context),
	KUNIT_CASE(tx_keeps_a_context_while_it_serves),
	KUNIT_CASE(tx_keeps_the_tag_of_the_context),
	KUNIT_CASE(tx_sends_a_context_again_after_a_reset),
	KUNIT_CASE(tx_copies_small_packets_exactly),
	KUNIT_CASE(tx_packet_of_one_piece_is_one_descriptor),
	KUNIT_CASE(tx_cuts_long_pieces),
	KUNIT_CASE(tx_reports_once_a_doorbell),
	KUNIT_CASE(tx_does_not_ring_twice_for_the_same),
	KUNIT_CASE(tx_goes_round_the_ring_many_times),
	KUNIT_CASE(tx_closed_ring_takes_no_packet),
	KUNIT_CASE(tx_counts_what_was_sent_before_a_stop),
	KUNIT_CASE(tx_sockets_leave_room_for_the_stack),
	KUNIT_CASE(tx_pads_short_frames_of_sockets),
	{}
};

static struct kunit_suite tx_test_suite = {
	.name = "carve_core_tx",
	.test_cases = tx_test_cases,
};

kunit_test_suite(tx_test_suite);
