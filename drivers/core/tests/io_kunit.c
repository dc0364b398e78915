// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests of register access, on memory in the place of BAR0.
 *
 * Copyright (C) 2026 Carve developers
 */
#include <kunit/test.h>

#define IO_TEST_BAR			0x1000
#define IO_TEST_REG			0x100

static struct carve_nic *io_test_nic(struct kunit *test)
{
	struct carve_nic *nic;

	nic = kunit_kzalloc(test, sizeof(*nic), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, nic);
	nic->pdev = kunit_kzalloc(test, sizeof(*nic->pdev), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, nic->pdev);
	nic->regs = (void __iomem *)kunit_kzalloc(test, IO_TEST_BAR,
						  GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, (__force void *)nic->regs);
	return nic;
}

static void nic_changes_masked_bits_only(struct kunit *test)
{
	struct carve_nic *nic = io_test_nic(test);

	carve_wr32(nic, IO_TEST_REG, 0x12345678);
	carve_rmw32(nic, IO_TEST_REG, 0x0000ffff, 0xaaaaaaaa);
	KUNIT_EXPECT_EQ(test, carve_rd32(nic, IO_TEST_REG), 0x1234aaaaU);
}

static void nic_with_one_register_all_ones_is_alive(struct kunit *test)
{
	struct carve_nic *nic = io_test_nic(test);

	carve_wr32(nic, IO_TEST_REG, U32_MAX);
	KUNIT_EXPECT_EQ(test, carve_rd32(nic, IO_TEST_REG), U32_MAX);
	KUNIT_EXPECT_FALSE(test, carve_nic_is_gone(nic));
}

static void nic_with_status_all_ones_is_gone(struct kunit *test)
{
	struct carve_nic *nic = io_test_nic(test);

	carve_wr32(nic, CARVE_STATUS, U32_MAX);
	carve_wr32(nic, IO_TEST_REG, U32_MAX);
	KUNIT_EXPECT_EQ(test, carve_rd32(nic, IO_TEST_REG), U32_MAX);
	KUNIT_EXPECT_TRUE(test, carve_nic_is_gone(nic));

	/* Neither of these has a place to go to. */
	carve_wr32(nic, IO_TEST_REG, 0);
	KUNIT_EXPECT_EQ(test, carve_rd32(nic, IO_TEST_REG), U32_MAX);
}

static void nic_waits_for_bits_and_no_longer_than_allowed(struct kunit *test)
{
	struct carve_nic *nic = io_test_nic(test);

	carve_wr32(nic, IO_TEST_REG, 0x5);
	KUNIT_EXPECT_EQ(test, carve_poll32(nic, IO_TEST_REG, 0x7, 0x5, 10, 100),
			0);
	KUNIT_EXPECT_EQ(test, carve_poll32(nic, IO_TEST_REG, 0x2, 0x2, 10, 100),
			-ETIMEDOUT);
	nic->regs = NULL;
	KUNIT_EXPECT_EQ(test, carve_poll32(nic, IO_TEST_REG, 0x7, 0x5, 10, 100),
			-ENODEV);
}

static struct kunit_case io_test_cases[] = {
	KUNIT_CASE(nic_changes_masked_bits_only),
	KUNIT_CASE(nic_with_one_register_all_ones_is_alive),
	KUNIT_CASE(nic_with_status_all_ones_is_gone),
	KUNIT_CASE(nic_waits_for_bits_and_no_longer_than_allowed),
	{}
};

static struct kunit_suite io_test_suite = {
	.name = "carve_core_io",
	.test_cases = io_test_cases,
};

kunit_test_suite(io_test_suite);
