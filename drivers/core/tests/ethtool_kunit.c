// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests of the shared ethtool operations.
 *
 * Copyright (C) 2026 Carve developers
 */
#include <kunit/test.h>
#include <linux/etherdevice.h>
#include <linux/pci.h>
#include <linux/rtnetlink.h>

static void ethtool_test_free(void *netdev)
{
	free_netdev(netdev);
}

static struct net_device *ethtool_test_netdev(struct kunit *test)
{
	struct net_device *netdev;
	struct carve_nic *nic;

	netdev = alloc_etherdev(sizeof(*nic));
	KUNIT_ASSERT_NOT_NULL(test, netdev);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, ethtool_test_free,
							netdev), 0);
	nic = netdev_priv(netdev);
	nic->netdev = netdev;
	nic->pdev = kunit_kzalloc(test, sizeof(*nic->pdev), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, nic->pdev);
	carve_nic_init(nic, 4);
	return netdev;
}

static void ethtool_refuses_ring_sizes_beyond_the_chip(struct kunit *test)
{
	struct net_device *netdev = ethtool_test_netdev(test);
	struct ethtool_ringparam ring = { .tx_pending = 256 };

	KUNIT_EXPECT_EQ(test, carve_set_ringparam(netdev, &ring, NULL, NULL),
			-ERANGE);
	ring.rx_pending = 63;
	KUNIT_EXPECT_EQ(test, carve_set_ringparam(netdev, &ring, NULL, NULL),
			-ERANGE);
	ring.rx_pending = 256;
	ring.tx_pending = 4097;
	KUNIT_EXPECT_EQ(test, carve_set_ringparam(netdev, &ring, NULL, NULL),
			-ERANGE);
}

static void ethtool_takes_ring_sizes_while_down(struct kunit *test)
{
	struct net_device *netdev = ethtool_test_netdev(test);
	struct ethtool_ringparam ring = { .rx_pending = 100, .tx_pending = 200 };
	int err;

	rtnl_lock();
	err = carve_set_ringparam(netdev, &ring, NULL, NULL);
	rtnl_unlock();

	KUNIT_EXPECT_EQ(test, err, 0);
	carve_get_ringparam(netdev, &ring, NULL, NULL);
	KUNIT_EXPECT_EQ(test, ring.rx_pending, 104U);
	KUNIT_EXPECT_EQ(test, ring.tx_pending, 200U);
	KUNIT_EXPECT_EQ(test, ring.rx_max_pending, 4096U);
}

static void ethtool_refuses_rings_that_the_chip_lacks(struct kunit *test)
{
	struct net_device *netdev = ethtool_test_netdev(test);
	struct ethtool_ringparam ring = {
		.rx_pending = 256,
		.tx_pending = 256,
		.rx_jumbo_pending = 64,
	};

	KUNIT_EXPECT_EQ(test, carve_set_ringparam(netdev, &ring, NULL, NULL),
			-EINVAL);
}

static void ethtool_refuses_intervals_that_eitr_cannot_hold(struct kunit *test)
{
	struct net_device *netdev = ethtool_test_netdev(test);
	struct ethtool_coalesce coal = { .rx_coalesce_usecs = 8191 };
	struct carve_nic *nic = netdev_priv(netdev);

	KUNIT_EXPECT_EQ(test, carve_set_coalesce(netdev, &coal, NULL, NULL), 0);
	KUNIT_EXPECT_EQ(test, nic->itr.rx_usecs, 8191);
	KUNIT_EXPECT_FALSE(test, nic->itr.rx_adaptive);

	coal.tx_coalesce_usecs = 8192;
	KUNIT_EXPECT_EQ(test, carve_set_coalesce(netdev, &coal, NULL, NULL),
			-ERANGE);
	KUNIT_EXPECT_EQ(test, nic->itr.tx_usecs, 0);
}

static struct kunit_case ethtool_test_cases[] = {
	KUNIT_CASE(ethtool_refuses_ring_sizes_beyond_the_chip),
	KUNIT_CASE(ethtool_takes_ring_sizes_while_down),
	KUNIT_CASE(ethtool_refuses_rings_that_the_chip_lacks),
	KUNIT_CASE(ethtool_refuses_intervals_that_eitr_cannot_hold),
	{}
};

static struct kunit_suite ethtool_test_suite = {
	.name = "carve_core_ethtool",
	.test_cases = ethtool_test_cases,
};

kunit_test_suite(ethtool_test_suite);
