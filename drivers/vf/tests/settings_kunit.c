// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests of what a VF asks its PF for, after a reset and in between: a PF
 * made of mailbox registers that grants, refuses or disowns.
 *
 * Copyright (C) 2026 Carve developers
 */
#include <kunit/static_stub.h>
#include <kunit/test.h>
#include <kunit/test-bug.h>

#include <carve/io.h>
#include <carve/mbx.h>

#include "../vf_regs.h"

#define SETTINGS_TEST_FRAME		9018

/* What the user wants, as the requests name it. */
static const u8 settings_test_own[ETH_ALEN] = { 0x02, 0xbb, 0, 0, 0, 1 };
static const u8 settings_test_given[ETH_ALEN] = { 0x02, 0xaa, 0, 0, 0, 1 };

/**
 * struct settings_test - a VF and the PF's side of its mailbox
 * @vf: under test; each test locks it
 * @mem: the buffer
 * @v2p: V2PMAILBOX
 * @refuse: actions answered with NACK, bit mask by type
 * @disown: actions answered by "start over", bit mask by type
 * @asked: requests so far: type and the low half of dword 1
 * @num_asked: how many
 */
struct settings_test {
	struct carve_vf *vf;
	u32 mem[CARVE_MBX_DWORDS];
	u32 v2p;
	u32 refuse;
	u32 disown;
	struct {
		u16 type;
		u16 arg;
	} asked[16];
	unsigned int num_asked;
};

static void settings_test_answer(struct settings_test *t)
{
	u16 type = FIELD_GET(CARVE_MBX_HDR_TYPE, t->mem[0]);
	u32 flags = CARVE_MBX_HDR_ACK | CARVE_MBX_HDR_CTS;

	if (t->num_asked < ARRAY_SIZE(t->asked)) {
		t->asked[t->num_asked].type = type;
		t->asked[t->num_asked].arg = t->mem[1];
	}
	t->num_asked++;

	if (t->refuse & BIT(type))
		flags = CARVE_MBX_HDR_NACK | CARVE_MBX_HDR_CTS;
	if (t->disown & BIT(type))
		flags = CARVE_MBX_HDR_NACK;
	t->mem[0] |= flags;
	t->v2p |= CARVE_VF_V2PMAILBOX_PFACK | CARVE_VF_V2PMAILBOX_PFSTS;
}

static bool settings_test_is_mem(u32 reg)
{
	return reg >= CARVE_VF_VMBMEM(0) &&
	       reg < CARVE_VF_VMBMEM(CARVE_MBX_DWORDS);
}

static u32 settings_test_rd32(struct carve_nic *nic, u32 reg)
{
	struct settings_test *t = kunit_get_current_test()->priv;
	u32 val;

	if (settings_test_is_mem(reg))
		return t->mem[(reg - CARVE_VF_VMBMEM(0)) / sizeof(u32)];
	if (reg != CARVE_VF_V2PMAILBOX)
		return 0;

	val = t->v2p;
	t->v2p &= ~CARVE_VF_V2PMAILBOX_RC;
	return val;
}

static void settings_test_wr32(struct carve_nic *nic, u32 reg, u32 val)
{
	struct settings_test *t = kunit_get_current_test()->priv;

	if (settings_test_is_mem(reg))
		t->mem[(reg - CARVE_VF_VMBMEM(0)) / sizeof(u32)] = val;
	if (reg != CARVE_VF_V2PMAILBOX)
		return;

	t->v2p &= ~CARVE_VF_V2PMAILBOX_VFU;
	t->v2p |= val & CARVE_VF_V2PMAILBOX_VFU;
	if (val & CARVE_VF_V2PMAILBOX_REQ)
		settings_test_answer(t);
}

static void settings_test_news(struct carve_vf_mbx *mbx,
			       const struct carve_msg *msg)
{
}

static void settings_test_free(void *netdev)
{
	free_netdev(netdev);
}

static int settings_test_init(struct kunit *test)
{
	struct net_device *netdev;
	struct settings_test *t;
	struct carve_vf *vf;

	t = kunit_kzalloc(test, sizeof(*t), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, t);
	test->priv = t;
	netdev = alloc_etherdev(sizeof(*vf));
	KUNIT_ASSERT_NOT_NULL(test, netdev);

	vf = to_carve_vf(netdev);
	t->vf = vf;
	vf->nic.netdev = netdev;
	/* Never looked at: all access is redirected. */
	vf->nic.regs = (__force u8 __iomem *)t;
	vf->nic.config.max_frame = VLAN_ETH_FRAME_LEN + ETH_FCS_LEN;
	mutex_init(&vf->lock);
	carve_vf_mbx_init(&vf->mbx, &vf->nic, settings_test_news);
	carve_vf_settings_init(vf);
	kunit_activate_static_stub(test, carve_rd32, settings_test_rd32);
	kunit_activate_static_stub(test, carve_wr32, settings_test_wr32);

	return kunit_add_action_or_reset(test, settings_test_free, netdev);
}

/* As after the answer to RESET. */
static void settings_test_reset(struct settings_test *t)
{
	t->num_asked = 0;
	carve_vf_settings_forget(t->vf, settings_test_given);
}

static void settings_test_expect(struct kunit *test, unsigned int i, u16 type,
				 u16 arg)
{
	struct settings_test *t = test->priv;

	KUNIT_ASSERT_LT(test, i, t->num_asked);
	KUNIT_EXPECT_EQ(test, t->asked[i].type, type);
	KUNIT_EXPECT_EQ(test, t->asked[i].arg, arg);
}

/* Wished for while there is no PF. */
static void settings_test_wish(struct kunit *test)
{
	struct settings_test *t = test->priv;
	struct carve_vf *vf = t->vf;

	vf->control.state = CARVE_VF_RECOVERING;
	KUNIT_EXPECT_EQ(test, carve_vf_settings_add_vlan(vf, 77), 0);
	KUNIT_EXPECT_EQ(test, carve_vf_settings_add_vlan(vf, 5), 0);
	KUNIT_EXPECT_EQ(test, carve_vf_settings_set_mac(vf, settings_test_own),
			0);
	KUNIT_EXPECT_EQ(test, 0,
			carve_vf_settings_set_max_frame(vf,
							SETTINGS_TEST_FRAME));
	KUNIT_EXPECT_EQ(test, t->num_asked, 0U);
}

static void vf_asks_for_everything_after_each_reset(struct kunit *test)
{
	struct settings_test *t = test->priv;
	int i;

	mutex_lock(&t->vf->lock);
	settings_test_wish(test);
	for (i = 0; i < 2; i++) {
		settings_test_reset(t);
		KUNIT_EXPECT_EQ(test, carve_vf_settings_apply(t->vf), 0);
		settings_test_expect(test, 0, CARVE_MBX_SET_MAC, 0xbb02);
		settings_test_expect(test, 1, CARVE_MBX_SET_LPE,
				     SETTINGS_TEST_FRAME);
		settings_test_expect(test, 2, CARVE_MBX_SET_VLAN, 5);
		settings_test_expect(test, 3, CARVE_MBX_SET_VLAN, 77);

		/* Once is enough. */
		KUNIT_EXPECT_EQ(test, carve_vf_settings_apply(t->vf), 0);
		KUNIT_EXPECT_EQ(test, t->num_asked, 4U);
	}
	mutex_unlock(&t->vf->lock);
}

static void vf_takes_the_address_it_is_given(struct kunit *test)
{
	struct settings_test *t = test->priv;
	struct net_device *netdev = t->vf->nic.netdev;

	rtnl_lock();
	mutex_lock(&t->vf->lock);
	settings_test_reset(t);
	KUNIT_EXPECT_EQ(test, carve_vf_settings_apply(t->vf), 0);
	KUNIT_EXPECT_EQ(test, t->num_asked, 1U);
	settings_test_expect(test, 0, CARVE_MBX_SET_LPE,
			     VLAN_ETH_FRAME_LEN + ETH_FCS_LEN);

	KUNIT_EXPECT_TRUE(test, carve_vf_settings_adopt_mac(t->vf));
	KUNIT_EXPECT_FALSE(test, carve_vf_settings_adopt_mac(t->vf));
	KUNIT_EXPECT_MEMEQ(test, netdev->dev_addr, settings_test_given,
			   ETH_ALEN);
	KUNIT_EXPECT_MEMEQ(test, netdev->perm_addr, settings_test_given,
			   ETH_ALEN);
	mutex_unlock(&t->vf->lock);
	rtnl_unlock();
}

static void vf_lives_with_a_refused_address(struct kunit *test)
{
	struct settings_test *t = test->priv;

	mutex_lock(&t->vf->lock);
	settings_test_wish(test);
	settings_test_reset(t);
	t->refuse = BIT(CARVE_MBX_SET_MAC);
	KUNIT_EXPECT_EQ(test, carve_vf_settings_apply(t->vf), 0);
	KUNIT_EXPECT_EQ(test, t->num_asked, 4U);
	KUNIT_EXPECT_MEMEQ(test, vf_settings_wanted_mac(t->vf),
			   settings_test_given, ETH_ALEN);

	/* Not asked again, not even by the next life. */
	settings_test_reset(t);
	KUNIT_EXPECT_EQ(test, carve_vf_settings_apply(t->vf), 0);
	settings_test_expect(test, 0, CARVE_MBX_SET_LPE, SETTINGS_TEST_FRAME);
	mutex_unlock(&t->vf->lock);
}

static void vf_gives_way_to_the_administrators_address(struct kunit *test)
{
	const u8 admin[ETH_ALEN] = { 0x02, 0xcc, 0, 0, 0, 1 };
	struct settings_test *t = test->priv;

	mutex_lock(&t->vf->lock);
	settings_test_wish(test);
	settings_test_reset(t);
	KUNIT_EXPECT_EQ(test, carve_vf_settings_apply(t->vf), 0);

	carve_vf_settings_reconfigured(t->vf, admin, true, false);
	KUNIT_EXPECT_TRUE(test, carve_vf_settings_mac_differs(t->vf));
	KUNIT_EXPECT_MEMEQ(test, vf_settings_wanted_mac(t->vf), admin,
			   ETH_ALEN);
	KUNIT_EXPECT_EQ(test, carve_vf_settings_apply(t->vf), 0);
	KUNIT_EXPECT_EQ(test, t->num_asked, 4U);
	mutex_unlock(&t->vf->lock);
}

static void vf_asks_again_for_vlans_when_told_to(struct kunit *test)
{
	struct settings_test *t = test->priv;
	struct carve_vf_settings *settings = &t->vf->settings;

	mutex_lock(&t->vf->lock);
	settings_test_wish(test);
	settings_test_reset(t);
	t->refuse = BIT(CARVE_MBX_SET_VLAN);
	KUNIT_EXPECT_EQ(test, carve_vf_settings_apply(t->vf), 0);
	KUNIT_EXPECT_TRUE(test, bitmap_empty(settings->granted, VLAN_N_VID));
	KUNIT_EXPECT_EQ(test, carve_vf_settings_apply(t->vf), 0);
	KUNIT_EXPECT_EQ(test, t->num_asked, 4U);

	t->refuse = 0;
	carve_vf_settings_reconfigured(t->vf, settings_test_own, false, true);
	KUNIT_EXPECT_EQ(test, carve_vf_settings_apply(t->vf), 0);
	KUNIT_EXPECT_EQ(test, t->num_asked, 6U);
	KUNIT_EXPECT_TRUE(test, test_bit(5, settings->granted));
	KUNIT_EXPECT_TRUE(test, test_bit(77, settings->granted));

	/* More room: what was granted is not asked for again. */
	clear_bit(77, settings->granted);
	carve_vf_settings_retry_vlans(t->vf);
	KUNIT_EXPECT_EQ(test, carve_vf_settings_apply(t->vf), 0);
	KUNIT_EXPECT_EQ(test, t->num_asked, 7U);
	KUNIT_EXPECT_TRUE(test, test_bit(77, settings->granted));
	mutex_unlock(&t->vf->lock);
}

/* Priority-tagged frames are received in any case. */
static void vf_has_vlan_0_also_when_refused(struct kunit *test)
{
	struct settings_test *t = test->priv;

	mutex_lock(&t->vf->lock);
	t->vf->control.state = CARVE_VF_READY;
	t->refuse = BIT(CARVE_MBX_SET_VLAN);
	KUNIT_EXPECT_EQ(test, carve_vf_settings_add_vlan(t->vf, 0), 0);
	KUNIT_EXPECT_EQ(test, carve_vf_settings_add_vlan(t->vf, 5), -EACCES);
	KUNIT_EXPECT_TRUE(test, test_bit(0, t->vf->settings.granted));
	KUNIT_EXPECT_FALSE(test, test_bit(5, t->vf->settings.vlans));
	mutex_unlock(&t->vf->lock);
}

static void vf_goes_on_asking_where_the_pf_fell_silent(struct kunit *test)
{
	struct settings_test *t = test->priv;

	mutex_lock(&t->vf->lock);
	settings_test_wish(test);
	settings_test_reset(t);
	t->disown = BIT(CARVE_MBX_SET_LPE);
	KUNIT_EXPECT_EQ(test, carve_vf_settings_apply(t->vf), -ENOTCONN);
	KUNIT_EXPECT_EQ(test, t->num_asked, 2U);

	t->disown = 0;
	KUNIT_EXPECT_EQ(test, carve_vf_settings_apply(t->vf), 0);
	settings_test_expect(test, 2, CARVE_MBX_SET_LPE, SETTINGS_TEST_FRAME);
	settings_test_expect(test, 3, CARVE_MBX_SET_VLAN, 5);
	KUNIT_EXPECT_EQ(test, t->num_asked, 5U);
	mutex_unlock(&t->vf->lock);
}

static void vf_drops_a_refused_wish_keeps_one_unheard(struct kunit *test)
{
	struct settings_test *t = test->priv;
	struct carve_vf *vf = t->vf;
	int err;

	mutex_lock(&t->vf->lock);
	settings_test_reset(t);
	vf->control.state = CARVE_VF_READY;
	t->refuse = BIT(CARVE_MBX_SET_LPE) | BIT(CARVE_MBX_SET_MAC);
	err = carve_vf_settings_set_max_frame(vf, SETTINGS_TEST_FRAME);
	KUNIT_EXPECT_EQ(test, err, -EACCES);
	KUNIT_EXPECT_NE(test, vf->settings.max_frame, SETTINGS_TEST_FRAME);
	KUNIT_EXPECT_EQ(test, carve_vf_settings_set_mac(vf, settings_test_own),
			-EACCES);
	KUNIT_EXPECT_FALSE(test, vf->settings.own_mac);

	t->refuse = 0;
	t->disown = BIT(CARVE_MBX_SET_LPE) | BIT(CARVE_MBX_SET_MAC);
	err = carve_vf_settings_set_max_frame(vf, SETTINGS_TEST_FRAME);
	KUNIT_EXPECT_EQ(test, err, -ENOTCONN);
	KUNIT_EXPECT_EQ(test, vf->settings.max_frame, SETTINGS_TEST_FRAME);
	KUNIT_EXPECT_EQ(test, carve_vf_settings_set_mac(vf, settings_test_own),
			-ENOTCONN);
	KUNIT_EXPECT_TRUE(test, vf->settings.own_mac);
	mutex_unlock(&t->vf->lock);
}

static struct kunit_case settings_test_cases[] = {
	KUNIT_CASE(vf_asks_for_everything_after_each_reset),
	KUNIT_CASE(vf_takes_the_address_it_is_given),
	KUNIT_CASE(vf_lives_with_a_refused_address),
	KUNIT_CASE(vf_gives_way_to_the_administrators_address),
	KUNIT_CASE(vf_asks_again_for_vlans_when_told_to),
	KUNIT_CASE(vf_has_vlan_0_also_when_refused),
	KUNIT_CASE(vf_goes_on_asking_where_the_pf_fell_silent),
	KUNIT_CASE(vf_drops_a_refused_wish_keeps_one_unheard),
	{}
};

static struct kunit_suite settings_test_suite = {
	.name = "carve_vf_settings",
	.init = settings_test_init,
	.test_cases = settings_test_cases,
};

kunit_test_suite(settings_test_suite);
