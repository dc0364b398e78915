/* SPDX-License-Identifier: GPL-2.0 */
/*
 * ethtool -t.
 *
 * Copyright (C) 2026 Carve developers
 */
#ifndef _CARVE_PF_SELFTEST_H
#define _CARVE_PF_SELFTEST_H

#include <linux/types.h>

struct ethtool_test;
struct net_device;

/* The tests, in the order of their names and results. */
enum carve_pf_selftest {
	CARVE_PF_SELFTEST_LINK,
	CARVE_PF_SELFTEST_REGISTERS,
	CARVE_PF_SELFTEST_EEPROM,
	CARVE_PF_SELFTEST_INTERRUPT,
	CARVE_PF_SELFTEST_LOOPBACK,
	CARVE_PF_NUM_SELFTESTS,
};

/**
 * carve_pf_selftest_strings() - names of the tests
 * @data: filled, ETH_GSTRING_LEN each
 */
void carve_pf_selftest_strings(u8 *data);

/**
 * carve_pf_selftest() - the ethtool operation
 * @netdev: the PF's
 * @test: what is asked, and the verdict
 * @data: result of each test, 0: passed
 *
 * rtnl. The offline tests reset the port twice; they are refused while VFs
 * exist.
 */
void carve_pf_selftest(struct net_device *netdev, struct ethtool_test *test,
		       u64 *data);

#endif /* _CARVE_PF_SELFTEST_H */
