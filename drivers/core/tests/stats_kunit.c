// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests of counters that outlive their rings.
 *
 * Copyright (C) 2026 Carve developers
 */
#include <kunit/test.h>
#include <linux/etherdevice.h>
#include <linux/pci.h>
#include <linux/slab.h>

static void stats_test_free(void *netdev)
{
	free_netdev(netdev);
}

static struct carve_nic *stats_test_nic(struct kunit *test)
{
	struct net_device *netdev;
	struct carve_nic *nic;

	netdev = alloc_etherdev_mqs(sizeof(*nic), CARVE_MAX_CHANNELS,
				    CARVE_MAX_CHANNELS);
	KUNIT_ASSERT_NOT_NULL(test, netdev);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, stats_test_free,
							netdev), 0);
	nic = netdev_priv(netdev);
	nic->netdev = netdev;
	nic->pdev = kunit_kzalloc(test, sizeof(*nic->pdev), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, nic->pdev);
	carve_nic_init(nic, CARVE_MAX_CHANNELS);
	return nic;
}

/* Channels that have received @packets each. */
static struct carve_channels *stats_test_channels(struct kunit *test, u16 num,
						  u64 packets)
{
	struct carve_channels *ch;
	int i;

	ch = kunit_kzalloc(test, struct_size(ch, vec, num), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, ch);
	ch->num = num;
	for (i = 0; i < num; i++) {
		u64_stats_init(&ch->vec[i].rx.rx_stats.syncp);
		u64_stats_init(&ch->vec[i].tx.tx_stats.syncp);
		u64_stats_init(&ch->vec[i].tx.xmit_stats.syncp);
		u64_stats_set(&ch->vec[i].rx.rx_stats.packets, packets);
	}
	return ch;
}

static void stats_test_replace(struct carve_nic *nic, struct carve_channels *ch)
{
	rtnl_lock();
	carve_stats_replace_channels(nic, ch);
	rtnl_unlock();
}

static u64 stats_test_rx_packets(struct carve_nic *nic)
{
	struct rtnl_link_stats64 stats = {};

	carve_get_stats64(nic->netdev, &stats);
	return stats.rx_packets;
}

static void stats_survive_the_rings_they_were_counted_in(struct kunit *test)
{
	struct carve_nic *nic = stats_test_nic(test);

	stats_test_replace(nic, stats_test_channels(test, 4, 10));
	KUNIT_EXPECT_EQ(test, stats_test_rx_packets(nic), 40ULL);
	stats_test_replace(nic, stats_test_channels(test, 2, 1));
	KUNIT_EXPECT_EQ(test, stats_test_rx_packets(nic), 42ULL);
	stats_test_replace(nic, NULL);
	KUNIT_EXPECT_EQ(test, stats_test_rx_packets(nic), 42ULL);
}

static void stats_of_queues_and_base_add_up(struct kunit *test)
{
	struct carve_nic *nic = stats_test_nic(test);
	struct netdev_queue_stats_rx rx, base_rx;
	struct netdev_queue_stats_tx base_tx;
	u64 sum;
	int i;

	stats_test_replace(nic, stats_test_channels(test, 4, 10));
	stats_test_replace(nic, stats_test_channels(test, 2, 1));

	/* As the stack is after a shrink to two queues. */
	nic->netdev->real_num_rx_queues = 2;
	nic->netdev->real_num_tx_queues = 2;
	carve_get_base_stats(nic->netdev, &base_rx, &base_tx);
	KUNIT_EXPECT_EQ(test, base_rx.packets, 20ULL);

	sum = base_rx.packets;
	for (i = 0; i < 2; i++) {
		carve_get_queue_stats_rx(nic->netdev, i, &rx);
		KUNIT_EXPECT_EQ(test, rx.packets, 11ULL);
		sum += rx.packets;
	}
	KUNIT_EXPECT_EQ(test, sum, stats_test_rx_packets(nic));
	stats_test_replace(nic, NULL);
}

static void each_private_value_has_a_name(struct kunit *test)
{
	struct carve_nic *nic = stats_test_nic(test);
	u8 *strings, *end;
	int count;

	nic->config.num_channels = 2;
	nic->totals[1].tx_dropped = 7;
	count = carve_stats_count(nic);
	strings = kunit_kcalloc(test, count, ETH_GSTRING_LEN, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, strings);

	end = strings;
	carve_stats_strings(nic, &end);
	KUNIT_EXPECT_PTR_EQ(test, end, strings + count * ETH_GSTRING_LEN);
	KUNIT_EXPECT_STREQ(test, (char *)strings, "rx0_errors");
	KUNIT_EXPECT_STREQ(test, (char *)end - ETH_GSTRING_LEN, "tx1_dropped");
}

static struct kunit_case stats_test_cases[] = {
	KUNIT_CASE(stats_survive_the_rings_they_were_counted_in),
	KUNIT_CASE(stats_of_queues_and_base_add_up),
	KUNIT_CASE(each_private_value_has_a_name),
	{}
};

static struct kunit_suite stats_test_suite = {
	.name = "carve_core_stats",
	.test_cases = stats_test_cases,
};

kunit_test_suite(stats_test_suite);
