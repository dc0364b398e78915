// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests of the administrator's settings.
 *
 * Copyright (C) 2026 Carve developers
 */
#include "fake_pf.h"

static void settings_of_a_vf_that_does_not_exist_are_refused(struct kunit *test)
{
	struct carve_pf *pf = fake_pf_with_vfs(test, 2);
	struct carve_pf_vf_config config;
	int vf;

	for (vf = -1; vf < 9; vf++) {
		if (vf == 0 || vf == 1)
			continue;
		KUNIT_EXPECT_EQ(test, -EINVAL,
				carve_pf_provision_set_mac(pf, vf, fake_mac_a));
		KUNIT_EXPECT_EQ(test, carve_pf_provision_set_vlan(pf, vf, 1, 0),
				-EINVAL);
		KUNIT_EXPECT_EQ(test, carve_pf_provision_set_rate(pf, vf, 1),
				-EINVAL);
		KUNIT_EXPECT_EQ(test, -EINVAL,
				carve_pf_provision_set_trust(pf, vf, true));
		KUNIT_EXPECT_EQ(test, carve_pf_provision_get(pf, vf, &config),
				-EINVAL);
	}
}

static void bad_values_are_refused(struct kunit *test)
{
	static const u8 multicast[ETH_ALEN] = { 1, 0, 0, 0, 0, 1 };
	struct carve_pf *pf = fake_pf_with_vfs(test, 2);

	KUNIT_EXPECT_EQ(test, carve_pf_provision_set_mac(pf, 0, multicast),
			-EINVAL);
	KUNIT_EXPECT_EQ(test, carve_pf_provision_set_vlan(pf, 0, 4096, 0),
			-EINVAL);
	KUNIT_EXPECT_EQ(test, carve_pf_provision_set_vlan(pf, 0, 1, 8),
			-EINVAL);
	KUNIT_EXPECT_EQ(test, carve_pf_provision_set_rate(pf, 0, 1001),
			-EINVAL);
	KUNIT_EXPECT_EQ(test, carve_pf_provision_set_rate(pf, 0, -1), -EINVAL);
	KUNIT_EXPECT_EQ(test, carve_pf_provision_set_link_state(pf, 0, 3),
			-EINVAL);
}

static void closed_vf_has_no_filter_and_keeps_its_settings(struct kunit *test)
{
	struct carve_pf *pf = fake_pf_with_vfs(test, 2);
	struct carve_pf_vf_config config;

	fake_open_vf(pf, 0);
	carve_pf_provision_set_mac(pf, 0, fake_mac_a);
	carve_pf_provision_set_vlan(pf, 0, 7, 3);
	mutex_lock(&pf->lock);
	carve_pf_provision_close(pf, 0);
	mutex_unlock(&pf->lock);

	KUNIT_EXPECT_EQ(test, carve_pf_mac_owners(pf, fake_mac_a), 0);
	KUNIT_EXPECT_EQ(test, carve_pf_vlan_owners(pf, 7), 0);
	carve_pf_provision_get(pf, 0, &config);
	KUNIT_EXPECT_TRUE(test, ether_addr_equal(config.mac, fake_mac_a));
	KUNIT_EXPECT_EQ(test, config.vlan, 7);
	KUNIT_EXPECT_EQ(test, config.qos, 3);

	fake_open_vf(pf, 0);
	KUNIT_EXPECT_EQ(test, carve_pf_mac_owners(pf, fake_mac_a), BIT(0));
	KUNIT_EXPECT_EQ(test, carve_pf_vlan_owners(pf, 7), BIT(0));
}

static void port_vlan_replaces_the_vfs_own_for_a_while(struct kunit *test)
{
	struct carve_pf *pf = fake_pf_with_vfs(test, 2);
	u32 vmvir;

	fake_open_vf(pf, 0);
	mutex_lock(&pf->lock);
	KUNIT_ASSERT_EQ(test, carve_pf_asked_add_vlan(pf, 0, 50), 0);
	mutex_unlock(&pf->lock);

	carve_pf_provision_set_vlan(pf, 0, 7, 3);
	KUNIT_EXPECT_EQ(test, carve_pf_vlan_owners(pf, 50), 0);
	KUNIT_EXPECT_EQ(test, carve_pf_vlan_owners(pf, 7), BIT(0));
	KUNIT_EXPECT_FALSE(test, carve_pf_vlan_owners(pf, 0) & BIT(0));
	vmvir = fake_reg(pf, CARVE_VMVIR(0));
	KUNIT_EXPECT_EQ(test, vmvir, CARVE_VMVIR_ALWAYS | 3 << 13 | 7);
	KUNIT_EXPECT_FALSE(test, fake_reg(pf, CARVE_VMOLR(0)) &
				 CARVE_VMOLR_AUPE);

	carve_pf_provision_set_vlan(pf, 0, 0, 0);
	KUNIT_EXPECT_EQ(test, carve_pf_vlan_owners(pf, 50), BIT(0));
	KUNIT_EXPECT_EQ(test, carve_pf_vlan_owners(pf, 7), 0);
	KUNIT_EXPECT_TRUE(test, carve_pf_vlan_owners(pf, 0) & BIT(0));
	KUNIT_EXPECT_EQ(test, fake_reg(pf, CARVE_VMVIR(0)), 0U);
}

static void port_vlan_finds_room_in_a_full_table(struct kunit *test)
{
	struct carve_pf *pf = fake_pf_with_vfs(test, CARVE_PF_MAX_VFS);
	unsigned int vf;
	u16 vid = 1;

	for (vf = 0; vf < CARVE_PF_MAX_VFS; vf++) {
		fake_open_vf(pf, vf);
		while (!carve_pf_vlan_add(pf, vid, vf))
			vid++;
	}
	for (vf = 0; vf < CARVE_PF_MAX_VFS; vf++) {
		carve_pf_provision_set_vlan(pf, vf, 4000 + vf, 0);
		KUNIT_EXPECT_EQ(test, carve_pf_vlan_owners(pf, 4000 + vf),
				BIT(vf));
	}
}

static void trust_taken_back_takes_the_modes(struct kunit *test)
{
	struct carve_pf *pf = fake_pf_with_vfs(test, 2);

	fake_open_vf(pf, 0);
	carve_pf_provision_set_trust(pf, 0, true);
	mutex_lock(&pf->lock);
	KUNIT_ASSERT_EQ(test, 0,
			carve_pf_asked_set_promisc(pf, 0, true, false));
	mutex_unlock(&pf->lock);
	KUNIT_EXPECT_TRUE(test, fake_reg(pf, CARVE_VMOLR(0)) &
				CARVE_VMOLR_ROPE);
	carve_pf_provision_set_trust(pf, 0, false);
	KUNIT_EXPECT_FALSE(test, fake_reg(pf, CARVE_VMOLR(0)) &
				 CARVE_VMOLR_ROPE);
	/* A driver that asked once goes by what it was told then. */
	carve_pf_provision_set_trust(pf, 0, true);
	KUNIT_EXPECT_TRUE(test, fake_reg(pf, CARVE_VMOLR(0)) &
				CARVE_VMOLR_ROPE);
}

static void link_disable_closes_the_pool(struct kunit *test)
{
	struct carve_pf *pf = fake_pf_with_vfs(test, 2);

	fake_open_vf(pf, 0);
	KUNIT_EXPECT_TRUE(test, fake_reg(pf, CARVE_VFRE) & BIT(0));
	carve_pf_provision_set_link_state(pf, 0, IFLA_VF_LINK_STATE_DISABLE);
	KUNIT_EXPECT_FALSE(test, fake_reg(pf, CARVE_VFRE) & BIT(0));
	KUNIT_EXPECT_FALSE(test, fake_reg(pf, CARVE_VFTE) & BIT(0));
	carve_pf_provision_set_link_state(pf, 0, IFLA_VF_LINK_STATE_AUTO);
	KUNIT_EXPECT_TRUE(test, fake_reg(pf, CARVE_VFTE) & BIT(0));
}

static void link_seen_by_a_vf_follows_its_policy(struct kunit *test)
{
	u32 phys = CARVE_MBX_LINK_UP | FIELD_PREP(CARVE_MBX_LINK_SPEED, 100);
	struct carve_pf *pf = fake_pf_with_vfs(test, 3);

	carve_pf_provision_set_link_state(pf, 1, IFLA_VF_LINK_STATE_ENABLE);
	carve_pf_provision_set_link_state(pf, 2, IFLA_VF_LINK_STATE_DISABLE);

	mutex_lock(&pf->lock);
	KUNIT_EXPECT_EQ(test, carve_pf_provision_link(pf, 0), 0U);
	KUNIT_EXPECT_TRUE(test, carve_pf_provision_link(pf, 1) &
				CARVE_MBX_LINK_UP);
	WRITE_ONCE(pf->link.state, phys);
	KUNIT_EXPECT_EQ(test, carve_pf_provision_link(pf, 0), phys);
	KUNIT_EXPECT_EQ(test, carve_pf_provision_link(pf, 1), phys);
	KUNIT_EXPECT_EQ(test, carve_pf_provision_link(pf, 2), 0U);
	mutex_unlock(&pf->lock);
}

static struct kunit_case provision_test_cases[] = {
	KUNIT_CASE(settings_of_a_vf_that_does_not_exist_are_refused),
	KUNIT_CASE(bad_values_are_refused),
	KUNIT_CASE(closed_vf_has_no_filter_and_keeps_its_settings),
	KUNIT_CASE(port_vlan_replaces_the_vfs_own_for_a_while),
	KUNIT_CASE(port_vlan_finds_room_in_a_full_table),
	KUNIT_CASE(trust_taken_back_takes_the_modes),
	KUNIT_CASE(link_disable_closes_the_pool),
	KUNIT_CASE(link_seen_by_a_vf_follows_its_policy),
	{}
};

static struct kunit_suite provision_test_suite = {
	.name = "carve_pf_provision",
	.test_cases = provision_test_cases,
};

kunit_test_suite(provision_test_suite);
