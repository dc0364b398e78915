// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests of receive: buffer geometry, and what is made of a descriptor.
 *
 * Copyright (C) 2026 Carve developers
 */
#include <kunit/device.h>
#include <kunit/test.h>

#define RX_TEST_COUNT			8

static struct sk_buff *rx_test_skb(struct kunit *test, unsigned int len)
{
	struct sk_buff *skb = alloc_skb(len, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, skb);
	memset(skb_put(skb, len), 0, len);
	return skb;
}

static void rx_tells_the_chip_less_than_the_buffer_has(struct kunit *test)
{
	u32 srrctl = carve_rx_srrctl(carve_rx_buf_bytes());
	u32 bytes = FIELD_GET(CARVE_SRRCTL_BSIZEPKT, srrctl) * 1024;

	KUNIT_EXPECT_EQ(test, bytes, (u32)RX_DATA_SIZE);
	KUNIT_EXPECT_LE(test, RX_HEADROOM + bytes +
			SKB_DATA_ALIGN(sizeof(struct skb_shared_info)),
			(size_t)RX_BUF_SIZE);
	KUNIT_EXPECT_TRUE(test, srrctl & CARVE_SRRCTL_DROP_EN);
	KUNIT_EXPECT_EQ(test, FIELD_GET(CARVE_SRRCTL_DESCTYPE, srrctl),
			(u32)CARVE_SRRCTL_DESCTYPE_ADV_ONEBUF);
}

static void rx_tells_addresses_apart_by_every_byte(struct kunit *test)
{
	u8 a[ETH_ALEN] = { 2, 0, 0, 0, 0, 1 };
	u8 b[ETH_ALEN];
	int i;

	KUNIT_EXPECT_EQ(test, carve_rx_mac_key(a), carve_rx_mac_key(a));
	for (i = 0; i < ETH_ALEN; i++) {
		ether_addr_copy(b, a);
		b[i] ^= 0x80;
		KUNIT_EXPECT_NE(test, carve_rx_mac_key(a), carve_rx_mac_key(b));
	}
	eth_broadcast_addr(b);
	KUNIT_EXPECT_NE(test, carve_rx_mac_key(b), RX_NO_MAC);
}

static void rx_trusts_a_checksum_that_was_checked(struct kunit *test)
{
	static const u32 good[] = {
		CARVE_RXD_STAT_L4CS, CARVE_RXD_STAT_UDPCS,
		CARVE_RXD_STAT_L4CS | CARVE_RXD_STAT_IPCS,
	};
	int i;

	for (i = 0; i < ARRAY_SIZE(good); i++) {
		struct carve_rx_run run = { .features = NETIF_F_RXCSUM };
		struct sk_buff *skb = rx_test_skb(test, 100);

		rx_set_csum(skb, &run, CARVE_RXD_PTYPE_TCP, good[i]);
		KUNIT_EXPECT_TRUE(test,
				  skb->ip_summed == CHECKSUM_UNNECESSARY);
		KUNIT_EXPECT_EQ(test, run.csum_good, 1U);
		KUNIT_EXPECT_EQ(test, run.csum_bad, 0U);
		kfree_skb(skb);
	}
}

static void rx_leaves_to_software_what_was_not_checked(struct kunit *test)
{
	static const u32 none[] = {
		0, CARVE_RXD_STAT_IPCS,
		CARVE_RXD_STAT_IXSM | CARVE_RXD_STAT_L4CS,
	};
	int i;

	for (i = 0; i < ARRAY_SIZE(none); i++) {
		struct carve_rx_run run = { .features = NETIF_F_RXCSUM };
		struct sk_buff *skb = rx_test_skb(test, 100);

		rx_set_csum(skb, &run, 0, none[i]);
		KUNIT_EXPECT_TRUE(test, skb->ip_summed == CHECKSUM_NONE);
		KUNIT_EXPECT_EQ(test, run.csum_good + run.csum_bad, 0U);
		kfree_skb(skb);
	}
}

static void rx_leaves_a_bad_checksum_to_software_and_counts(struct kunit *test)
{
	struct carve_rx_run run = { .features = NETIF_F_RXCSUM };
	struct sk_buff *skb = rx_test_skb(test, 100);

	rx_set_csum(skb, &run, CARVE_RXD_PTYPE_TCP,
		    CARVE_RXD_STAT_L4CS | CARVE_RXD_ERR_L4E);
	KUNIT_EXPECT_TRUE(test, skb->ip_summed == CHECKSUM_NONE);
	KUNIT_EXPECT_EQ(test, run.csum_bad, 1U);
	kfree_skb(skb);
}

static void rx_blames_no_sctp_frame_for_the_erratum(struct kunit *test)
{
	struct carve_rx_run run = { .features = NETIF_F_RXCSUM };
	struct sk_buff *skb = rx_test_skb(test, RX_SCTP_ERRATUM_LEN);

	rx_set_csum(skb, &run, CARVE_RXD_PTYPE_SCTP,
		    CARVE_RXD_STAT_L4CS | CARVE_RXD_ERR_L4E);
	KUNIT_EXPECT_TRUE(test, skb->ip_summed == CHECKSUM_NONE);
	KUNIT_EXPECT_EQ(test, run.csum_bad, 0U);
	kfree_skb(skb);
}

static void rx_ignores_checksums_when_told_to(struct kunit *test)
{
	struct sk_buff *skb = rx_test_skb(test, 100);
	struct carve_rx_run run = {};

	rx_set_csum(skb, &run, CARVE_RXD_PTYPE_TCP, CARVE_RXD_STAT_L4CS);
	KUNIT_EXPECT_TRUE(test, skb->ip_summed == CHECKSUM_NONE);
	kfree_skb(skb);
}

static void rx_hands_on_the_hash(struct kunit *test)
{
	struct carve_rx_run run = { .features = NETIF_F_RXHASH };
	struct sk_buff *skb = rx_test_skb(test, 100);

	rx_set_hash(skb, &run, CARVE_RXD_RSS_NONE, 0x1234);
	KUNIT_EXPECT_EQ(test, skb->hash, 0U);
	rx_set_hash(skb, &run, CARVE_RXD_RSS_IPV4, 0x1234);
	KUNIT_EXPECT_EQ(test, skb->hash, 0x1234U);
	KUNIT_EXPECT_FALSE(test, skb->l4_hash);
	rx_set_hash(skb, &run, CARVE_RXD_RSS_TCPV6, 0x5678);
	KUNIT_EXPECT_EQ(test, skb->hash, 0x5678U);
	KUNIT_EXPECT_TRUE(test, skb->l4_hash);
	kfree_skb(skb);
}

static void rx_shows_tags_of_known_vlans_only(struct kunit *test)
{
	struct carve_rx_run run = { .features = NETIF_F_HW_VLAN_CTAG_RX };
	struct sk_buff *skb = rx_test_skb(test, 100);
	unsigned long *vlans;

	vlans = kunit_kcalloc(test, BITS_TO_LONGS(VLAN_N_VID), sizeof(long),
			      GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, vlans);
	set_bit(100, vlans);

	run.vlans = vlans;
	rx_set_vlan(skb, &run, 101);
	KUNIT_EXPECT_FALSE(test, skb_vlan_tag_present(skb));
	/* Priority bits are none of the VID. */
	rx_set_vlan(skb, &run, 0x6000 | 100);
	KUNIT_EXPECT_TRUE(test, skb_vlan_tag_present(skb));
	KUNIT_EXPECT_EQ(test, skb_vlan_tag_get(skb), 0x6000 | 100);

	__vlan_hwaccel_clear_tag(skb);
	run.vlans = NULL;
	rx_set_vlan(skb, &run, 101);
	KUNIT_EXPECT_TRUE(test, skb_vlan_tag_present(skb));
	kfree_skb(skb);
}

static void rx_test_free_ring(void *data)
{
	struct carve_ring *ring = data;

	carve_rx_flush(ring);
	page_pool_destroy(ring->page_pool);
	free_netdev(ring->nic->netdev);
}

/* Memory and buffers, but no queue. */
static struct carve_ring *rx_test_ring(struct kunit *test)
{
	struct carve_ring *ring;
	int err;

	ring = kunit_kzalloc(test, sizeof(*ring), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, ring);
	ring->nic = kunit_kzalloc(test, sizeof(*ring->nic), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, ring->nic);
	ring->count = RX_TEST_COUNT;
	ring->fill_target = RX_TEST_COUNT - 1;
	u64_stats_init(&ring->rx_stats.syncp);
	ring->rx_buf = kunit_kcalloc(test, RX_TEST_COUNT,
				     sizeof(*ring->rx_buf), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, ring->rx_buf);
	ring->rx_desc = kunit_kcalloc(test, RX_TEST_COUNT,
				      sizeof(*ring->rx_desc), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, ring->rx_desc);

	ring->dev = kunit_device_register(test, "carve-rx");
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, ring->dev);
	err = dma_coerce_mask_and_coherent(ring->dev, DMA_BIT_MASK(64));
	KUNIT_ASSERT_EQ(test, err, 0);
	ring->nic->netdev = alloc_etherdev(0);
	KUNIT_ASSERT_NOT_NULL(test, ring->nic->netdev);
	KUNIT_ASSERT_EQ(test, rx_create_pool(ring, NULL), 0);
	err = kunit_add_action_or_reset(test, rx_test_free_ring, ring);
	KUNIT_ASSERT_EQ(test, err, 0);

	return ring;
}

/*
 * All buffers are used up within one poll. The descriptor behind the last one,
 * which has none, still says DD from the lap before.
 */
static void rx_stops_where_the_buffers_end(struct kunit *test)
{
	struct carve_ring *ring = rx_test_ring(test);
	int i;

	KUNIT_ASSERT_EQ(test, carve_rx_prefill(ring), 0);
	KUNIT_ASSERT_EQ(test, ring->next_to_use, RX_TEST_COUNT - 1);
	/* Never refilled. */
	ring->fill_target = 0;
	/* Dropped, so that nothing reaches the stack. */
	ring->rx_discard = true;
	for (i = 0; i < RX_TEST_COUNT; i++)
		ring->rx_desc[i].wb.status = cpu_to_le32(CARVE_RXD_STAT_DD);

	carve_rx_clean(ring, NULL, 2 * RX_TEST_COUNT);
	KUNIT_EXPECT_EQ(test, ring->next_to_clean, ring->next_to_use);
	for (i = 0; i < RX_TEST_COUNT; i++)
		KUNIT_EXPECT_NULL(test, ring->rx_buf[i].page);
}

/* @num descriptors are used, each by a buffer of one frame; the last ends it. */
static void rx_test_receive(struct carve_ring *ring, int num, u32 last)
{
	int i;

	for (i = 0; i < num; i++) {
		ring->rx_desc[i].wb.length = cpu_to_le16(RX_DATA_SIZE);
		ring->rx_desc[i].wb.status = cpu_to_le32(CARVE_RXD_STAT_DD);
	}
	ring->rx_desc[num - 1].wb.status |= cpu_to_le32(last);
	/* As in NAPI. */
	local_bh_disable();
	carve_rx_clean(ring, NULL, RX_TEST_COUNT);
	local_bh_enable();
}

/* A ring whose frames are for a program, and all of its buffers. */
static struct carve_ring *rx_test_xdp_ring(struct kunit *test, bool frags)
{
	struct carve_ring *ring = rx_test_ring(test);
	struct bpf_prog_aux *aux;
	struct bpf_prog *prog;
	u32 *doorbell;

	prog = kunit_kzalloc(test, sizeof(*prog), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, prog);
	aux = kunit_kzalloc(test, sizeof(*aux), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, aux);
	aux->xdp_has_frags = frags;
	prog->aux = aux;
	ring->nic->xdp_prog = prog;
	ring->xdp_rxq.mem.type = MEM_TYPE_PAGE_POOL;
	doorbell = kunit_kzalloc(test, sizeof(*doorbell), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, doorbell);
	ring->tail = (u8 __iomem *)doorbell;
	KUNIT_ASSERT_EQ(test, carve_rx_prefill(ring), 0);
	return ring;
}

/* Buffers that the pool has given away, those of the ring included. */
static int rx_test_in_flight(const struct carve_ring *ring)
{
	struct page_pool *pool = ring->page_pool;

	return pool->pages_state_hold_cnt -
	       atomic_read(&pool->pages_state_release_cnt);
}

static void rx_gives_back_what_a_program_did_not_get_to_see(struct kunit *test)
{
	struct carve_ring *ring = rx_test_xdp_ring(test, true);
	int all = rx_test_in_flight(ring);

	rx_test_receive(ring, 3, 0);
	KUNIT_EXPECT_TRUE(test, ring->rx_xdp);
	KUNIT_EXPECT_EQ(test, ring->next_to_clean, 3);
	carve_rx_flush(ring);
	KUNIT_EXPECT_FALSE(test, ring->rx_xdp);

	KUNIT_ASSERT_EQ(test, carve_rx_prefill(ring), 0);
	KUNIT_EXPECT_EQ(test, rx_test_in_flight(ring), all);
}

static void rx_hides_long_frames_from_programs_for_short_ones(struct kunit *test)
{
	struct carve_ring *ring = rx_test_xdp_ring(test, false);
	struct bpf_net_context context, *set;

	/* There is no code to run in the program. */
	set = bpf_net_ctx_set(&context);
	rx_test_receive(ring, 2, CARVE_RXD_STAT_EOP);
	bpf_net_ctx_clear(set);
	KUNIT_EXPECT_FALSE(test, ring->rx_xdp);
	KUNIT_EXPECT_EQ(test, u64_stats_read(&ring->rx_stats.xdp_errors), 1);
	KUNIT_EXPECT_EQ(test, u64_stats_read(&ring->rx_stats.packets), 1);
}

/* A ring without memory: @posted of its descriptors have buffers. */
static struct carve_ring *rx_test_bare_ring(struct kunit *test, u16 posted)
{
	struct carve_ring *ring;

	ring = kunit_kzalloc(test, sizeof(*ring), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, ring);
	ring->count = 2048;
	ring->fill_target = RX_FILL_START;
	ring->next_to_use = posted;
	return ring;
}

static void rx_keeps_few_buffers_for_little_traffic(struct kunit *test)
{
	struct carve_ring *ring = rx_test_bare_ring(test, RX_FILL_START);
	int i;

	for (i = 0; i < 1000; i++)
		carve_rx_adapt(ring, rx_fill_batch(ring), false);
	KUNIT_EXPECT_EQ(test, ring->fill_target, RX_FILL_START);
}

static void rx_fills_the_ring_for_much_traffic(struct kunit *test)
{
	struct carve_ring *ring = rx_test_bare_ring(test, RX_FILL_START);

	carve_rx_adapt(ring, RX_FILL_START / 2, false);
	KUNIT_EXPECT_EQ(test, ring->fill_target, 2 * RX_FILL_START);
	carve_rx_adapt(ring, RX_FILL_START / 2, false);
	KUNIT_EXPECT_EQ(test, ring->fill_target, 2 * RX_FILL_START);
	carve_rx_adapt(ring, 2 * RX_FILL_START, false);
	KUNIT_EXPECT_EQ(test, ring->fill_target, 4 * RX_FILL_START);
	carve_rx_adapt(ring, 4 * RX_FILL_START, false);
	KUNIT_EXPECT_EQ(test, ring->fill_target, 2047);
	carve_rx_adapt(ring, 2047, false);
	KUNIT_EXPECT_EQ(test, ring->fill_target, 2047);
}

static void rx_counts_all_polls_of_an_interrupt(struct kunit *test)
{
	struct carve_ring *ring = rx_test_bare_ring(test, RX_FILL_START);

	carve_rx_adapt(ring, RX_FILL_START / 4, true);
	KUNIT_EXPECT_FALSE(test, ring->fill_tight);
	carve_rx_adapt(ring, RX_FILL_START / 4, false);
	KUNIT_EXPECT_TRUE(test, ring->fill_tight);
	KUNIT_EXPECT_EQ(test, ring->fill_target, 2 * RX_FILL_START);
	carve_rx_adapt(ring, RX_FILL_START / 2, false);
	KUNIT_EXPECT_FALSE(test, ring->fill_tight);
}

static void rx_batches_before_buffers_run_out(struct kunit *test)
{
	struct carve_ring *ring = rx_test_bare_ring(test, 0);
	u16 target;

	for (target = CARVE_RING_MIN_DESC - 1; target < 4096; target++) {
		ring->fill_target = target;
		KUNIT_ASSERT_GT(test, rx_fill_batch(ring), 0U);
		KUNIT_ASSERT_LE(test, rx_fill_batch(ring), target / 4U);
		KUNIT_ASSERT_LE(test, rx_fill_batch(ring), RX_FILL_BATCH);
	}
}

static struct kunit_case rx_test_cases[] = {
	KUNIT_CASE(rx_tells_the_chip_less_than_the_buffer_has),
	KUNIT_CASE(rx_tells_addresses_apart_by_every_byte),
	KUNIT_CASE(rx_trusts_a_checksum_that_was_checked),
	KUNIT_CASE(rx_leaves_to_software_what_was_not_checked),
	KUNIT_CASE(rx_leaves_a_bad_checksum_to_software_and_counts),
	KUNIT_CASE(rx_blames_no_sctp_frame_for_the_erratum),
	KUNIT_CASE(rx_ignores_checksums_when_told_to),
	KUNIT_CASE(rx_hands_on_the_hash),
	KUNIT_CASE(rx_shows_tags_of_known_vlans_only),
	KUNIT_CASE(rx_stops_where_the_buffers_end),
	KUNIT_CASE(rx_gives_back_what_a_program_did_not_get_to_see),
	KUNIT_CASE(rx_hides_long_frames_from_programs_for_short_ones),
	KUNIT_CASE(rx_keeps_few_buffers_for_little_traffic),
	KUNIT_CASE(rx_fills_the_ring_for_much_traffic),
	KUNIT_CASE(rx_counts_all_polls_of_an_interrupt),
	KUNIT_CASE(rx_batches_before_buffers_run_out),
	{}
};

static struct kunit_suite rx_test_suite = {
	.name = "carve_core_rx",
	.test_cases = rx_test_cases,
};

kunit_test_suite(rx_test_suite);
