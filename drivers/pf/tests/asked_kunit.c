// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests of what VFs may ask for: trust, ownership, quota.
 *
 * Copyright (C) 2026 Carve developers
 */
#include "fake_pf.h"

static const u8 asked_test_zero[ETH_ALEN];

/* Every test calls the functions as the mailbox worker does. */
static struct carve_pf *asked_test_pf(struct kunit *test)
{
	struct carve_pf *pf = fake_pf_with_vfs(test, 2);

	fake_open_vf(pf, 0);
	fake_open_vf(pf, 1);
	mutex_lock(&pf->lock);

	return pf;
}

static void asked_test_done(struct carve_pf *pf)
{
	mutex_unlock(&pf->lock);
}

static void untrusted_vf_may_choose_its_mac_when_none_is_set(struct kunit *test)
{
	struct carve_pf *pf = asked_test_pf(test);

	KUNIT_EXPECT_EQ(test, carve_pf_asked_set_mac(pf, 0, fake_mac_a), 0);
	KUNIT_EXPECT_EQ(test, carve_pf_mac_owners(pf, fake_mac_a), BIT(0));
	KUNIT_EXPECT_EQ(test, carve_pf_mac_count(pf, 0), 1U);
	asked_test_done(pf);
}

static void administrators_mac_is_kept_from_a_trusted_vf(struct kunit *test)
{
	struct carve_pf *pf = asked_test_pf(test);

	asked_test_done(pf);
	carve_pf_provision_set_mac(pf, 0, fake_mac_a);
	carve_pf_provision_set_trust(pf, 0, true);
	mutex_lock(&pf->lock);

	KUNIT_EXPECT_EQ(test, carve_pf_asked_set_mac(pf, 0, fake_mac_b),
			-EPERM);
	KUNIT_EXPECT_EQ(test, carve_pf_asked_set_mac(pf, 0, fake_mac_a), 0);
	/* DPDK sends zeroes when it closes the port. */
	KUNIT_EXPECT_EQ(test, carve_pf_asked_set_mac(pf, 0, asked_test_zero),
			0);
	KUNIT_EXPECT_EQ(test, carve_pf_mac_owners(pf, fake_mac_a), BIT(0));
	asked_test_done(pf);
}

static void mac_of_zeroes_gives_back_the_own(struct kunit *test)
{
	struct carve_pf *pf = asked_test_pf(test);

	carve_pf_asked_set_mac(pf, 0, fake_mac_a);
	KUNIT_EXPECT_EQ(test, carve_pf_asked_set_mac(pf, 0, asked_test_zero),
			0);
	KUNIT_EXPECT_EQ(test, carve_pf_mac_owners(pf, fake_mac_a), 0);
	KUNIT_EXPECT_EQ(test, BIT(0),
			carve_pf_mac_owners(pf, pf->vf[0].config.derived_mac));
	asked_test_done(pf);
}

static void mac_of_the_pf_or_another_vf_can_not_be_taken(struct kunit *test)
{
	static const u8 own[ETH_ALEN] = { 0x02, 0xcc, 0, 0, 0, 1 };
	struct carve_pf *pf = asked_test_pf(test);

	carve_pf_mac_set_own(pf, own);
	KUNIT_ASSERT_EQ(test, carve_pf_asked_set_mac(pf, 1, fake_mac_a), 0);
	KUNIT_ASSERT_EQ(test, carve_pf_asked_add_mac(pf, 1, fake_mac_b), 0);

	KUNIT_EXPECT_EQ(test, carve_pf_asked_set_mac(pf, 0, own), -EADDRINUSE);
	KUNIT_EXPECT_EQ(test, carve_pf_asked_add_mac(pf, 0, own), -EADDRINUSE);
	KUNIT_EXPECT_EQ(test, carve_pf_asked_set_mac(pf, 0, fake_perm_addr),
			-EADDRINUSE);
	KUNIT_EXPECT_EQ(test, carve_pf_asked_set_mac(pf, 0, fake_mac_a),
			-EADDRINUSE);
	KUNIT_EXPECT_EQ(test, carve_pf_asked_add_mac(pf, 0, fake_mac_a),
			-EADDRINUSE);
	KUNIT_EXPECT_EQ(test, carve_pf_asked_set_mac(pf, 0, fake_mac_b),
			-EADDRINUSE);
	KUNIT_EXPECT_EQ(test, carve_pf_mac_owners(pf, own), BIT(CARVE_PF_POOL));
	asked_test_done(pf);
}

static void further_mac_moves_up_to_primary(struct kunit *test)
{
	struct carve_pf *pf = asked_test_pf(test);

	carve_pf_asked_add_mac(pf, 0, fake_mac_a);
	KUNIT_EXPECT_EQ(test, carve_pf_asked_set_mac(pf, 0, fake_mac_a), 0);
	KUNIT_EXPECT_EQ(test, pf->vf[0].asked.num_macs, 0);
	KUNIT_EXPECT_EQ(test, carve_pf_mac_count(pf, 0), 1U);
	asked_test_done(pf);
}

static void further_macs_end_at_the_quota(struct kunit *test)
{
	u8 addr[ETH_ALEN] = { 0x02, 0xdd };
	struct carve_pf *pf = asked_test_pf(test);
	int i;

	pf->vf[0].config.mac_quota = 3;
	for (i = 0; i < 3; i++) {
		addr[5] = i;
		KUNIT_EXPECT_EQ(test, carve_pf_asked_add_mac(pf, 0, addr), 0);
	}
	/* What it has it may ask for again. */
	KUNIT_EXPECT_EQ(test, carve_pf_asked_add_mac(pf, 0, addr), 0);
	KUNIT_EXPECT_EQ(test, carve_pf_asked_add_mac(pf, 0, fake_mac_a),
			-EDQUOT);
	carve_pf_asked_clear_macs(pf, 0);
	KUNIT_EXPECT_EQ(test, carve_pf_mac_count(pf, 0), 1U);
	KUNIT_EXPECT_EQ(test, carve_pf_asked_add_mac(pf, 0, fake_mac_a), 0);
	asked_test_done(pf);
}

static void further_macs_end_at_the_floors_of_others(struct kunit *test)
{
	u8 addr[ETH_ALEN] = { 0x02, 0xdd };
	struct carve_pf *pf = asked_test_pf(test);
	int err = 0;
	int i;

	pf->vf[0].config.mac_quota = CARVE_PF_VF_MAX_MACS;
	for (i = 0; !err && i < CARVE_PF_VF_MAX_MACS; i++) {
		addr[5] = i;
		err = carve_pf_asked_add_mac(pf, 0, addr);
	}
	KUNIT_EXPECT_EQ(test, err, -ENOSPC);
	KUNIT_EXPECT_EQ(test, carve_pf_asked_add_mac(pf, 1, fake_mac_b), 0);
	asked_test_done(pf);
}

static void vlans_end_at_the_quota(struct kunit *test)
{
	struct carve_pf *pf = asked_test_pf(test);
	u16 vid;

	pf->vf[0].config.vlan_quota = 4;
	for (vid = 1; vid <= 4; vid++)
		KUNIT_EXPECT_EQ(test, carve_pf_asked_add_vlan(pf, 0, vid), 0);
	KUNIT_EXPECT_EQ(test, carve_pf_asked_add_vlan(pf, 0, 5), -EDQUOT);
	KUNIT_EXPECT_EQ(test, carve_pf_asked_add_vlan(pf, 0, 0), 0);
	carve_pf_asked_del_vlan(pf, 0, 1);
	KUNIT_EXPECT_EQ(test, carve_pf_asked_add_vlan(pf, 0, 5), 0);
	KUNIT_EXPECT_EQ(test, pf->vf[0].asked.num_vlans, 4);
	asked_test_done(pf);
}

static void vlan_turns_on_stripping_and_the_last_one_off(struct kunit *test)
{
	struct carve_pf *pf = asked_test_pf(test);

	KUNIT_EXPECT_FALSE(test, fake_reg(pf, CARVE_VMOLR(0)) &
				 CARVE_VMOLR_STRVLAN);
	carve_pf_asked_add_vlan(pf, 0, 9);
	KUNIT_EXPECT_TRUE(test, fake_reg(pf, CARVE_VMOLR(0)) &
				CARVE_VMOLR_STRVLAN);
	carve_pf_asked_del_vlan(pf, 0, 9);
	KUNIT_EXPECT_FALSE(test, fake_reg(pf, CARVE_VMOLR(0)) &
				 CARVE_VMOLR_STRVLAN);
	asked_test_done(pf);
}

static void vlans_are_refused_under_a_port_vlan(struct kunit *test)
{
	struct carve_pf *pf = asked_test_pf(test);

	asked_test_done(pf);
	carve_pf_provision_set_vlan(pf, 0, 7, 0);
	mutex_lock(&pf->lock);
	KUNIT_EXPECT_EQ(test, carve_pf_asked_add_vlan(pf, 0, 9), -EPERM);
	/* Every stack asks for it. */
	KUNIT_EXPECT_EQ(test, carve_pf_asked_add_vlan(pf, 0, 0), 0);
	KUNIT_EXPECT_EQ(test, carve_pf_vlan_owners(pf, 9), 0);
	asked_test_done(pf);
}

static void promiscuity_needs_trust_for_unicast_only(struct kunit *test)
{
	struct carve_pf *pf = asked_test_pf(test);

	KUNIT_EXPECT_EQ(test, carve_pf_asked_set_promisc(pf, 0, true, true),
			-EPERM);
	KUNIT_EXPECT_FALSE(test, fake_reg(pf, CARVE_VMOLR(0)) &
				 (CARVE_VMOLR_ROPE | CARVE_VMOLR_MPME));
	KUNIT_EXPECT_EQ(test, carve_pf_asked_set_promisc(pf, 0, false, true),
			0);
	KUNIT_EXPECT_TRUE(test, fake_reg(pf, CARVE_VMOLR(0)) &
				CARVE_VMOLR_MPME);
	KUNIT_EXPECT_FALSE(test, fake_reg(pf, CARVE_VMOLR(0)) &
				 CARVE_VMOLR_ROPE);
	asked_test_done(pf);
}

static void frame_size_reaches_no_other_bit(struct kunit *test)
{
	static const u32 bad[] = { 0, 63, 9729, BIT(14), BIT(16), BIT(31),
				   U32_MAX };
	struct carve_pf *pf = asked_test_pf(test);
	u32 before = fake_reg(pf, CARVE_VMOLR(0));
	int i;

	for (i = 0; i < ARRAY_SIZE(bad); i++)
		KUNIT_EXPECT_EQ(test, -EINVAL,
				carve_pf_asked_set_max_frame(pf, 0, bad[i]));
	KUNIT_EXPECT_EQ(test, fake_reg(pf, CARVE_VMOLR(0)), before);

	KUNIT_EXPECT_EQ(test, carve_pf_asked_set_max_frame(pf, 0, 9728), 0);
	KUNIT_EXPECT_EQ(test, fake_reg(pf, CARVE_VMOLR(0)) ^ before,
			(u32)(9728 ^ CARVE_PF_VF_STD_FRAME));
	asked_test_done(pf);
}

static void frame_size_has_room_for_the_port_vlan(struct kunit *test)
{
	struct carve_pf *pf = asked_test_pf(test);

	asked_test_done(pf);
	carve_pf_provision_set_vlan(pf, 0, 7, 0);
	mutex_lock(&pf->lock);
	carve_pf_asked_set_max_frame(pf, 0, 1518);
	KUNIT_EXPECT_EQ(test, FIELD_GET(CARVE_VMOLR_RLPML,
					fake_reg(pf, CARVE_VMOLR(0))), 1522U);
	carve_pf_asked_set_max_frame(pf, 0, CARVE_MAX_FRAME);
	KUNIT_EXPECT_EQ(test, FIELD_GET(CARVE_VMOLR_RLPML,
					fake_reg(pf, CARVE_VMOLR(0))),
			(u32)CARVE_MAX_FRAME);
	asked_test_done(pf);
}

static struct kunit_case asked_test_cases[] = {
	KUNIT_CASE(untrusted_vf_may_choose_its_mac_when_none_is_set),
	KUNIT_CASE(administrators_mac_is_kept_from_a_trusted_vf),
	KUNIT_CASE(mac_of_zeroes_gives_back_the_own),
	KUNIT_CASE(mac_of_the_pf_or_another_vf_can_not_be_taken),
	KUNIT_CASE(further_mac_moves_up_to_primary),
	KUNIT_CASE(further_macs_end_at_the_quota),
	KUNIT_CASE(further_macs_end_at_the_floors_of_others),
	KUNIT_CASE(vlans_end_at_the_quota),
	KUNIT_CASE(vlan_turns_on_stripping_and_the_last_one_off),
	KUNIT_CASE(vlans_are_refused_under_a_port_vlan),
	KUNIT_CASE(promiscuity_needs_trust_for_unicast_only),
	KUNIT_CASE(frame_size_reaches_no_other_bit),
	KUNIT_CASE(frame_size_has_room_for_the_port_vlan),
	{}
};

static struct kunit_suite asked_test_suite = {
	.name = "carve_pf_asked",
	.test_cases = asked_test_cases,
};

kunit_test_suite(asked_test_suite);
