// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests of who has which address.
 *
 * Copyright (C) 2026 Carve developers
 */
#include "fake_pf.h"

static const u8 address_test_zero[ETH_ALEN];

/* Two ports with addresses in sequence, all their VFs. */
static void derived_macs_collide_with_nothing(struct kunit *test)
{
	u8 addr[2 * (CARVE_PF_MAX_VFS + 1)][ETH_ALEN];
	unsigned int port, vf, i, j;
	unsigned int num = 0;
	u8 perm[ETH_ALEN];

	ether_addr_copy(perm, fake_perm_addr);
	for (port = 0; port < 2; port++) {
		perm[ETH_ALEN - 1] += port;
		ether_addr_copy(addr[num++], perm);
		for (vf = 0; vf < CARVE_PF_MAX_VFS; vf++)
			carve_pf_address_derive(perm, vf, addr[num++]);
	}
	for (i = 0; i < num; i++) {
		KUNIT_EXPECT_TRUE(test, is_valid_ether_addr(addr[i]));
		for (j = 0; j < i; j++)
			KUNIT_EXPECT_FALSE(test, ether_addr_equal(addr[i],
								  addr[j]));
	}
}

static void derived_mac_of_a_local_port_address_differs(struct kunit *test)
{
	static const u8 perm[ETH_ALEN] = { 0x52, 0x54, 0x00, 0x12, 0x34, 0x56 };
	u8 addr[ETH_ALEN];

	carve_pf_address_derive(perm, 0, addr);
	KUNIT_EXPECT_FALSE(test, ether_addr_equal(addr, perm));
	KUNIT_EXPECT_TRUE(test, is_local_ether_addr(addr));
}

static void mac_of_another_function_is_refused(struct kunit *test)
{
	struct carve_pf *pf = fake_pf_with_vfs(test, 2);
	const u8 *derived = pf->vf[5].config.derived_mac;

	KUNIT_ASSERT_EQ(test, carve_pf_provision_set_mac(pf, 1, fake_mac_a), 0);
	KUNIT_EXPECT_EQ(test, carve_pf_provision_set_mac(pf, 0, fake_mac_a),
			-EADDRINUSE);
	KUNIT_EXPECT_EQ(test, carve_pf_provision_set_mac(pf, 0, fake_perm_addr),
			-EADDRINUSE);
	KUNIT_EXPECT_EQ(test, carve_pf_provision_set_mac(pf, 0, derived),
			-EADDRINUSE);
	KUNIT_EXPECT_EQ(test, carve_pf_provision_set_mac(pf, 1, fake_mac_a), 0);
}

/* Also what is only set for a VF that never ran. */
static void pf_does_not_take_the_mac_of_a_vf(struct kunit *test)
{
	struct carve_pf *pf = fake_pf_with_vfs(test, 2);
	const u8 *derived = pf->vf[5].config.derived_mac;

	KUNIT_ASSERT_EQ(test, carve_pf_provision_set_mac(pf, 1, fake_mac_a), 0);
	KUNIT_EXPECT_EQ(test, carve_pf_address_set_own(pf, fake_mac_a),
			-EADDRINUSE);
	KUNIT_EXPECT_EQ(test, carve_pf_address_set_own(pf, derived),
			-EADDRINUSE);
	KUNIT_EXPECT_EQ(test, carve_pf_mac_owners(pf, fake_perm_addr),
			BIT(CARVE_PF_POOL));

	KUNIT_EXPECT_EQ(test, carve_pf_address_set_own(pf, fake_mac_b),
			0);
	KUNIT_EXPECT_EQ(test, carve_pf_mac_owners(pf, fake_mac_b),
			BIT(CARVE_PF_POOL));
	KUNIT_EXPECT_EQ(test, carve_pf_provision_set_mac(pf, 1, fake_mac_b),
			-EADDRINUSE);
}

static void address_test_ask(struct kunit *test, struct carve_pf *pf,
			     unsigned int vf)
{
	fake_open_vf(pf, vf);
	mutex_lock(&pf->lock);
	KUNIT_ASSERT_EQ(test, carve_pf_asked_set_mac(pf, vf, fake_mac_a), 0);
	KUNIT_ASSERT_EQ(test, carve_pf_asked_add_mac(pf, vf, fake_mac_b), 0);
	mutex_unlock(&pf->lock);
}

static void mac_that_a_vf_asked_for_is_the_administrators(struct kunit *test)
{
	struct carve_pf *pf = fake_pf_with_vfs(test, 2);
	const u8 *derived = pf->vf[0].config.derived_mac;

	address_test_ask(test, pf, 0);
	fake_open_vf(pf, 1);

	KUNIT_EXPECT_EQ(test, carve_pf_provision_set_mac(pf, 1, fake_mac_a), 0);
	KUNIT_EXPECT_EQ(test, carve_pf_mac_owners(pf, fake_mac_a), BIT(1));
	KUNIT_EXPECT_EQ(test, carve_pf_mac_owners(pf, derived), BIT(0));
	KUNIT_EXPECT_EQ(test, carve_pf_mac_owners(pf, fake_mac_b), BIT(0));
	KUNIT_EXPECT_EQ(test, carve_pf_provision_set_mac(pf, 1, fake_mac_b), 0);
	KUNIT_EXPECT_EQ(test, carve_pf_mac_owners(pf, fake_mac_b), BIT(1));
	KUNIT_EXPECT_EQ(test, pf->vf[0].asked.num_macs, 0);
	KUNIT_EXPECT_EQ(test, carve_pf_mac_owners(pf, derived), BIT(0));

	mutex_lock(&pf->lock);
	KUNIT_EXPECT_EQ(test, carve_pf_asked_set_mac(pf, 0, fake_mac_b),
			-EADDRINUSE);
	mutex_unlock(&pf->lock);
}

/* Its own address was a further one of the VF's while it had another. */
static void mac_that_a_vf_falls_back_to_is_no_further_one(struct kunit *test)
{
	struct carve_pf *pf = fake_pf_with_vfs(test, 2);
	const u8 *derived = pf->vf[0].config.derived_mac;

	address_test_ask(test, pf, 0);
	mutex_lock(&pf->lock);
	KUNIT_ASSERT_EQ(test, carve_pf_asked_add_mac(pf, 0, derived), 0);
	mutex_unlock(&pf->lock);
	KUNIT_EXPECT_EQ(test, carve_pf_provision_set_mac(pf, 1, fake_mac_a), 0);
	KUNIT_EXPECT_EQ(test, carve_pf_mac_owners(pf, derived), BIT(0));
	KUNIT_EXPECT_EQ(test, pf->vf[0].asked.num_macs, 1);
}

static void mac_that_a_vf_asked_for_is_the_ports(struct kunit *test)
{
	struct carve_pf *pf = fake_pf_with_vfs(test, 2);

	address_test_ask(test, pf, 0);
	KUNIT_EXPECT_EQ(test, carve_pf_address_set_own(pf, fake_mac_a),
			0);
	KUNIT_EXPECT_EQ(test, carve_pf_mac_owners(pf, fake_mac_a),
			BIT(CARVE_PF_POOL));
	KUNIT_EXPECT_EQ(test, BIT(0),
			carve_pf_mac_owners(pf, pf->vf[0].config.derived_mac));
}

/* Allowed again at once, so that its driver can't see that it was not. */
static void vf_that_loses_further_macs_starts_over(struct kunit *test)
{
	struct carve_pf *pf = fake_pf_with_vfs(test, 2);

	address_test_ask(test, pf, 0);
	KUNIT_EXPECT_EQ(test, carve_pf_provision_set_mac(pf, 0, fake_mac_a), 0);
	KUNIT_EXPECT_EQ(test, carve_pf_provision_set_trust(pf, 0, true), 0);
	KUNIT_EXPECT_EQ(test, pf->vf[0].asked.num_macs, 0);
	KUNIT_EXPECT_TRUE(test, pf->vf[0].mbx.notices &
				BIT(CARVE_PF_NOTICE_RESET));
}

static void mac_that_a_vf_chose_goes_to_the_ports_list(struct kunit *test)
{
	struct carve_pf *pf = fake_pf_with_vfs(test, 2);

	address_test_ask(test, pf, 0);
	KUNIT_ASSERT_EQ(test, 0,
			carve_pf_mac_add(pf, fake_mac_a, CARVE_PF_POOL));
	carve_pf_address_claim(pf);
	KUNIT_EXPECT_EQ(test, carve_pf_mac_owners(pf, fake_mac_a),
			BIT(CARVE_PF_POOL));
	KUNIT_EXPECT_EQ(test, carve_pf_mac_owners(pf, fake_mac_b), BIT(0));
	KUNIT_EXPECT_EQ(test, BIT(0),
			carve_pf_mac_owners(pf, pf->vf[0].config.derived_mac));
}

/* As with a guest's stand-by path, which is a macvtap on the PF. */
static void mac_of_the_ports_list_is_given_to_a_vf(struct kunit *test)
{
	struct carve_pf *pf = fake_pf_with_vfs(test, 2);

	fake_open_vf(pf, 0);
	KUNIT_ASSERT_EQ(test, 0,
			carve_pf_mac_add(pf, fake_mac_a, CARVE_PF_POOL));
	KUNIT_EXPECT_EQ(test, carve_pf_provision_set_mac(pf, 0, fake_mac_a), 0);
	KUNIT_EXPECT_EQ(test, carve_pf_provision_set_mac(pf, 0, fake_mac_a), 0);
	carve_pf_address_claim(pf);
	KUNIT_EXPECT_EQ(test, carve_pf_mac_owners(pf, fake_mac_a),
			BIT(0) | BIT(CARVE_PF_POOL));

	mutex_lock(&pf->lock);
	KUNIT_EXPECT_EQ(test, carve_pf_asked_add_mac(pf, 1, fake_mac_a),
			-EADDRINUSE);
	mutex_unlock(&pf->lock);
}

static void mac_of_a_vf_that_is_no_more_is_free(struct kunit *test)
{
	struct carve_pf *pf = fake_pf_with_vfs(test, 7);

	KUNIT_ASSERT_EQ(test, carve_pf_provision_set_mac(pf, 5, fake_mac_a), 0);
	KUNIT_ASSERT_EQ(test, carve_pf_provision_set_mac(pf, 6, fake_mac_b), 0);
	pf->num_vfs = 2;
	KUNIT_EXPECT_EQ(test, carve_pf_provision_set_mac(pf, 0, fake_mac_a), 0);
	KUNIT_EXPECT_TRUE(test, is_zero_ether_addr(pf->vf[5].config.mac));
	KUNIT_EXPECT_TRUE(test, ether_addr_equal(pf->vf[6].config.mac,
						 fake_mac_b));
	/* No guest gets it, though. */
	fake_open_vf(pf, 1);
	mutex_lock(&pf->lock);
	KUNIT_EXPECT_EQ(test, carve_pf_asked_set_mac(pf, 1, fake_mac_b),
			-EADDRINUSE);
	mutex_unlock(&pf->lock);
}

/*
 * The PF holds on to the address that VF1 leaves. All three have more than
 * their share, so there is one entry less for VF0.
 */
static void vf_that_loses_its_mac_makes_room_for_the_given(struct kunit *test)
{
	struct carve_pf *pf = fake_pf_with_vfs(test, 2);
	const u8 *derived = pf->vf[0].config.derived_mac;
	u8 addr[ETH_ALEN] = { 0x02, 0xdd };

	pf->vf[0].config.mac_quota = CARVE_PF_VF_MAX_MACS;
	carve_pf_provision_set_trust(pf, 1, true);
	fake_open_vf(pf, 1);
	KUNIT_ASSERT_EQ(test, 0,
			carve_pf_mac_add(pf, pf->vf[1].config.derived_mac,
					 CARVE_PF_POOL));
	for (; addr[5] < CARVE_PF_MAC_FLOOR_PF; addr[5]++)
		KUNIT_ASSERT_EQ(test, 0,
				carve_pf_mac_add(pf, addr, CARVE_PF_POOL));
	address_test_ask(test, pf, 0);
	mutex_lock(&pf->lock);
	for (; pf->vf[1].asked.num_macs < CARVE_PF_MAC_FLOOR_VF; addr[5]++)
		KUNIT_ASSERT_EQ(test, carve_pf_asked_add_mac(pf, 1, addr), 0);
	while (!carve_pf_asked_add_mac(pf, 0, addr))
		addr[5]++;
	mutex_unlock(&pf->lock);

	KUNIT_EXPECT_EQ(test, carve_pf_provision_set_mac(pf, 1, fake_mac_a), 0);
	KUNIT_EXPECT_EQ(test, carve_pf_mac_owners(pf, fake_mac_a), BIT(1));
	KUNIT_EXPECT_EQ(test, carve_pf_mac_owners(pf, derived), BIT(0));
	KUNIT_EXPECT_EQ(test, carve_pf_mac_count(pf, 0),
			pf->vf[0].asked.num_macs + 1U);
}

static void mac_without_room_is_refused_and_the_old_one_kept(struct kunit *test)
{
	struct carve_pf *pf = fake_pf_with_vfs(test, 2);
	const u8 *derived = pf->vf[0].config.derived_mac;
	u8 addr[ETH_ALEN] = { 0x02, 0xdd };
	int err = 0;
	int i;

	fake_open_vf(pf, 0);
	KUNIT_ASSERT_EQ(test, carve_pf_mac_add(pf, derived, CARVE_PF_POOL), 0);
	for (i = 0; i < CARVE_PF_MAC_FLOOR_PF; i++, addr[5]++)
		KUNIT_ASSERT_EQ(test, 0,
				carve_pf_mac_add(pf, addr, CARVE_PF_POOL));
	while (!err && addr[5]++ < CARVE_NUM_RAR)
		err = carve_pf_mac_add(pf, addr, 0);
	KUNIT_ASSERT_EQ(test, err, -ENOSPC);

	KUNIT_EXPECT_EQ(test, carve_pf_provision_set_mac(pf, 0, fake_mac_a),
			-ENOSPC);
	KUNIT_EXPECT_TRUE(test, is_zero_ether_addr(pf->vf[0].config.mac));
	KUNIT_EXPECT_EQ(test, carve_pf_mac_owners(pf, derived),
			BIT(0) | BIT(CARVE_PF_POOL));
	KUNIT_EXPECT_EQ(test, carve_pf_provision_set_mac(pf, 1, fake_mac_a), 0);
}

static void mac_moves_the_filter_of_a_running_vf(struct kunit *test)
{
	struct carve_pf *pf = fake_pf_with_vfs(test, 2);

	fake_open_vf(pf, 0);
	KUNIT_EXPECT_EQ(test, BIT(0),
			carve_pf_mac_owners(pf, pf->vf[0].config.derived_mac));
	KUNIT_EXPECT_EQ(test, carve_pf_provision_set_mac(pf, 0, fake_mac_a), 0);
	KUNIT_EXPECT_EQ(test, carve_pf_mac_owners(pf, fake_mac_a), BIT(0));
	KUNIT_EXPECT_EQ(test, carve_pf_mac_count(pf, 0), 1U);
}

static void mac_taken_back_reads_zero_and_is_not_used(struct kunit *test)
{
	struct carve_pf *pf = fake_pf_with_vfs(test, 2);
	struct carve_pf_vf_config config;

	fake_open_vf(pf, 0);
	carve_pf_provision_set_mac(pf, 0, fake_mac_a);
	KUNIT_EXPECT_EQ(test, 0,
			carve_pf_provision_set_mac(pf, 0, address_test_zero));
	carve_pf_provision_get(pf, 0, &config);
	KUNIT_EXPECT_TRUE(test, is_zero_ether_addr(config.mac));
	KUNIT_EXPECT_EQ(test, carve_pf_mac_owners(pf, fake_mac_a), 0);
	KUNIT_EXPECT_EQ(test, carve_pf_mac_owners(pf, config.derived_mac),
			BIT(0));
}

static void further_macs_go_when_the_administrator_sets_one(struct kunit *test)
{
	struct carve_pf *pf = fake_pf_with_vfs(test, 2);

	fake_open_vf(pf, 0);
	mutex_lock(&pf->lock);
	KUNIT_ASSERT_EQ(test, carve_pf_asked_add_mac(pf, 0, fake_mac_b), 0);
	mutex_unlock(&pf->lock);
	carve_pf_provision_set_mac(pf, 0, fake_mac_a);
	KUNIT_EXPECT_EQ(test, carve_pf_mac_owners(pf, fake_mac_b), 0);
}

static void further_mac_set_by_the_administrator_stays(struct kunit *test)
{
	struct carve_pf *pf = fake_pf_with_vfs(test, 2);

	fake_open_vf(pf, 0);
	mutex_lock(&pf->lock);
	KUNIT_ASSERT_EQ(test, carve_pf_asked_add_mac(pf, 0, fake_mac_a), 0);
	mutex_unlock(&pf->lock);
	carve_pf_provision_set_mac(pf, 0, fake_mac_a);
	KUNIT_EXPECT_EQ(test, carve_pf_mac_owners(pf, fake_mac_a), BIT(0));
	KUNIT_EXPECT_EQ(test, carve_pf_mac_count(pf, 0), 1U);
}

static void nothing_taken_back_leaves_the_vfs_choice(struct kunit *test)
{
	struct carve_pf *pf = fake_pf_with_vfs(test, 2);

	fake_open_vf(pf, 0);
	mutex_lock(&pf->lock);
	KUNIT_ASSERT_EQ(test, carve_pf_asked_set_mac(pf, 0, fake_mac_a), 0);
	mutex_unlock(&pf->lock);
	KUNIT_EXPECT_EQ(test, 0,
			carve_pf_provision_set_mac(pf, 0, address_test_zero));
	KUNIT_EXPECT_EQ(test, carve_pf_mac_owners(pf, fake_mac_a), BIT(0));
}

static struct kunit_case address_test_cases[] = {
	KUNIT_CASE(derived_macs_collide_with_nothing),
	KUNIT_CASE(derived_mac_of_a_local_port_address_differs),
	KUNIT_CASE(mac_of_another_function_is_refused),
	KUNIT_CASE(pf_does_not_take_the_mac_of_a_vf),
	KUNIT_CASE(mac_that_a_vf_asked_for_is_the_administrators),
	KUNIT_CASE(mac_that_a_vf_falls_back_to_is_no_further_one),
	KUNIT_CASE(mac_that_a_vf_asked_for_is_the_ports),
	KUNIT_CASE(vf_that_loses_further_macs_starts_over),
	KUNIT_CASE(mac_that_a_vf_chose_goes_to_the_ports_list),
	KUNIT_CASE(mac_of_the_ports_list_is_given_to_a_vf),
	KUNIT_CASE(mac_of_a_vf_that_is_no_more_is_free),
	KUNIT_CASE(vf_that_loses_its_mac_makes_room_for_the_given),
	KUNIT_CASE(mac_without_room_is_refused_and_the_old_one_kept),
	KUNIT_CASE(mac_moves_the_filter_of_a_running_vf),
	KUNIT_CASE(mac_taken_back_reads_zero_and_is_not_used),
	KUNIT_CASE(further_macs_go_when_the_administrator_sets_one),
	KUNIT_CASE(further_mac_set_by_the_administrator_stays),
	KUNIT_CASE(nothing_taken_back_leaves_the_vfs_choice),
	{}
};

static struct kunit_suite address_test_suite = {
	.name = "carve_pf_address",
	.test_cases = address_test_cases,
};

kunit_test_suite(address_test_suite);
