// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests of fiber and backplane boards: register values. Their effect is
 * in no model.
 *
 * Copyright (C) 2026 Carve developers
 */
#include "fake_pf.h"

/* Bits that a board's EEPROM may have set, and that are to stay. */
#define PCS_TEST_LCTL_KEPT		(BIT(6) | BIT(18))

static struct carve_pf *pcs_test_pf(struct kunit *test, u8 mode)
{
	struct carve_pf *pf = fake_pf(test);

	spin_lock_init(&pf->link.lock);
	fake_set_reg(pf, CARVE_CTRL_EXT,
		     FIELD_PREP(CARVE_CTRL_EXT_LINK_MODE, mode) |
		     CARVE_CTRL_EXT_SDP3_DATA | CARVE_CTRL_EXT_DRV_LOAD);
	fake_set_reg(pf, CARVE_PCS_LCTL, PCS_TEST_LCTL_KEPT |
		     CARVE_PCS_LCTL_FLV | CARVE_PCS_LCTL_FORCE_LINK |
		     CARVE_PCS_LCTL_FORCE_FC);
	carve_pf_link_detect(pf);
	pf->link.pcs.backplane = mode == CARVE_CTRL_EXT_LINK_MODE_KX;
	pf->link.pcs.forced = pf->link.pcs.backplane;
	fake_log_clear(pf);

	return pf;
}

static int pcs_test_config(struct carve_pf *pf, bool autoneg, bool pause,
			   bool asym)
{
	__ETHTOOL_DECLARE_LINK_MODE_MASK(adv) = {};

	linkmode_mod_bit(ETHTOOL_LINK_MODE_Autoneg_BIT, adv, autoneg);
	linkmode_mod_bit(ETHTOOL_LINK_MODE_Pause_BIT, adv, pause);
	linkmode_mod_bit(ETHTOOL_LINK_MODE_Asym_Pause_BIT, adv, asym);

	return pcs_ops.pcs_config(&pf->link.pcs.pcs, 0,
				  PHY_INTERFACE_MODE_1000BASEX, adv, false);
}

static void pcs_negotiates_pause_on_fiber(struct kunit *test)
{
	struct carve_pf *pf = pcs_test_pf(test,
					  CARVE_CTRL_EXT_LINK_MODE_SERDES);

	/* What the EEPROM advertises beside: a remote fault. */
	fake_set_reg(pf, CARVE_PCS_ANADV, 0x3000 | ADVERTISE_1000XHALF);
	KUNIT_EXPECT_EQ(test, pcs_test_config(pf, true, true, false), 0);
	KUNIT_EXPECT_EQ(test, fake_reg(pf, CARVE_PCS_ANADV), 0x30a0U);
	/* The page is there before negotiation starts. */
	KUNIT_EXPECT_LT(test, fake_log_find(pf, CARVE_PCS_ANADV),
			fake_log_find(pf, CARVE_PCS_LCTL));
	KUNIT_EXPECT_EQ(test, fake_reg(pf, CARVE_PCS_LCTL),
			PCS_TEST_LCTL_KEPT | 0x3000c);

	/* The same again disturbs no link. */
	fake_log_clear(pf);
	KUNIT_EXPECT_EQ(test, pcs_test_config(pf, true, true, false), 0);
	KUNIT_EXPECT_EQ(test, fake_log_find(pf, CARVE_PCS_LCTL), -1);

	KUNIT_EXPECT_EQ(test, pcs_test_config(pf, true, true, true), 0);
	KUNIT_EXPECT_EQ(test, fake_reg(pf, CARVE_PCS_ANADV), 0x31a0U);
}

static void pcs_runs_without_negotiation(struct kunit *test)
{
	struct carve_pf *pf = pcs_test_pf(test,
					  CARVE_CTRL_EXT_LINK_MODE_SERDES);

	pf->link.pcs.an = true;
	KUNIT_EXPECT_EQ(test, pcs_test_config(pf, false, true, true), 0);
	KUNIT_EXPECT_EQ(test, fake_reg(pf, CARVE_PCS_LCTL),
			PCS_TEST_LCTL_KEPT | 0x9c);

	fake_log_clear(pf);
	pcs_an_restart(&pf->link.pcs.pcs);
	KUNIT_EXPECT_EQ(test, fake_log_find(pf, CARVE_PCS_LCTL), -1);
}

static void pcs_never_negotiates_on_a_backplane(struct kunit *test)
{
	struct carve_pf *pf = pcs_test_pf(test, CARVE_CTRL_EXT_LINK_MODE_KX);

	KUNIT_EXPECT_EQ(test, pcs_test_config(pf, true, false, false), 0);
	KUNIT_EXPECT_FALSE(test, fake_reg(pf, CARVE_PCS_LCTL) &
				 CARVE_PCS_LCTL_AN_ENABLE);
}

static void pcs_restarts_negotiation_when_asked(struct kunit *test)
{
	struct carve_pf *pf = pcs_test_pf(test,
					  CARVE_CTRL_EXT_LINK_MODE_SERDES);

	pf->link.pcs.an = true;
	pcs_an_restart(&pf->link.pcs.pcs);
	KUNIT_EXPECT_TRUE(test, fake_reg(pf, CARVE_PCS_LCTL) &
				CARVE_PCS_LCTL_AN_RESTART);

	/* A link that has come up is not negotiated again. */
	pcs_link_up(&pf->link.pcs.pcs, 0, PHY_INTERFACE_MODE_1000BASEX,
		    SPEED_1000, DUPLEX_FULL);
	KUNIT_EXPECT_EQ(test, fake_reg(pf, CARVE_PCS_LCTL),
			PCS_TEST_LCTL_KEPT | 0x1008c);
}

static void pcs_comes_back_after_a_reset(struct kunit *test)
{
	struct carve_pf *pf = pcs_test_pf(test,
					  CARVE_CTRL_EXT_LINK_MODE_SERDES);

	pcs_test_config(pf, true, true, true);
	fake_set_reg(pf, CARVE_PCS_ANADV, 0);
	fake_set_reg(pf, CARVE_PCS_LCTL, 0);
	carve_pf_pcs_write_all(pf);
	KUNIT_EXPECT_EQ(test, fake_reg(pf, CARVE_PCS_ANADV), 0x1a0U);
	KUNIT_EXPECT_EQ(test, fake_reg(pf, CARVE_PCS_LCTL), 0x3000cU);
	KUNIT_EXPECT_EQ(test, fake_reg(pf, CARVE_PCS_CFG0), 0x8U);
	KUNIT_EXPECT_EQ(test, fake_reg(pf, CARVE_CONNSW), 0x4U);
	KUNIT_EXPECT_EQ(test, fake_reg(pf, CARVE_SCTL), 0x400U);
	/* The laser is on, the rest of CTRL_EXT left alone. */
	KUNIT_EXPECT_EQ(test, fake_reg(pf, CARVE_CTRL_EXT),
			0xc00000U | CARVE_CTRL_EXT_DRV_LOAD);
}

static void pcs_test_state(struct carve_pf *pf, u32 lsts, u32 lpab,
			   struct phylink_link_state *state)
{
	*state = (struct phylink_link_state) { .speed = SPEED_UNKNOWN };
	linkmode_set_bit(ETHTOOL_LINK_MODE_Pause_BIT, state->advertising);
	linkmode_set_bit(ETHTOOL_LINK_MODE_Asym_Pause_BIT, state->advertising);
	fake_set_reg(pf, CARVE_PCS_LSTS, lsts);
	fake_set_reg(pf, CARVE_PCS_LPAB, lpab);
	pcs_read_state(pf, state);
}

static u32 pcs_test_rd32_gone(struct carve_nic *nic, u32 reg)
{
	return U32_MAX;
}

static void pcs_has_a_link_when_ok_and_in_sync(struct kunit *test)
{
	struct carve_pf *pf = pcs_test_pf(test,
					  CARVE_CTRL_EXT_LINK_MODE_SERDES);
	struct phylink_link_state state;

	pcs_test_state(pf, 0, 0, &state);
	KUNIT_EXPECT_FALSE(test, state.link);
	pcs_test_state(pf, CARVE_PCS_LSTS_LINK_OK, 0, &state);
	KUNIT_EXPECT_FALSE(test, state.link);
	pcs_test_state(pf, CARVE_PCS_LSTS_SYNC_OK, 0, &state);
	KUNIT_EXPECT_FALSE(test, state.link);

	pcs_test_state(pf, 0x1d, 0, &state);
	KUNIT_EXPECT_TRUE(test, state.link);
	KUNIT_EXPECT_EQ(test, state.speed, SPEED_1000);
	KUNIT_EXPECT_EQ(test, state.duplex, DUPLEX_FULL);
	KUNIT_EXPECT_EQ(test, state.pause, MLO_PAUSE_NONE);

	/* All ones, from a device that has left the bus. */
	pf->nic.regs = NULL;
	state.link = true;
	kunit_activate_static_stub(test, carve_rd32, pcs_test_rd32_gone);
	pcs_read_state(pf, &state);
	KUNIT_EXPECT_FALSE(test, state.link);
}

static void pcs_pauses_as_negotiated(struct kunit *test)
{
	struct carve_pf *pf = pcs_test_pf(test,
					  CARVE_CTRL_EXT_LINK_MODE_SERDES);
	struct phylink_link_state state;

	pf->link.pcs.an = true;
	pcs_test_state(pf, 0x1001d, LPA_1000XFULL | LPA_1000XPAUSE, &state);
	KUNIT_EXPECT_TRUE(test, state.an_complete);
	KUNIT_EXPECT_EQ(test, state.pause, MLO_PAUSE_TX | MLO_PAUSE_RX);
	pcs_test_state(pf, 0x1001d, LPA_1000XFULL | LPA_1000XPAUSE_ASYM,
		       &state);
	KUNIT_EXPECT_EQ(test, state.pause, MLO_PAUSE_RX);

	/* Not complete: what lies in LPAB is an old partner's. */
	pcs_test_state(pf, 0x1d, LPA_1000XFULL | LPA_1000XPAUSE, &state);
	KUNIT_EXPECT_EQ(test, state.pause, MLO_PAUSE_NONE);
}

static int pcs_test_weight(const unsigned long *modes)
{
	return bitmap_weight(modes, __ETHTOOL_LINK_MODE_MASK_NBITS);
}

static void pcs_offers_what_the_board_can(struct kunit *test)
{
	struct carve_pf *pf = pcs_test_pf(test,
					  CARVE_CTRL_EXT_LINK_MODE_SERDES);
	__ETHTOOL_DECLARE_LINK_MODE_MASK(modes);
	struct phylink_link_state state = {};

	linkmode_fill(modes);
	pcs_validate(&pf->link.pcs.pcs, modes, &state);
	KUNIT_EXPECT_EQ(test, pcs_test_weight(modes), 5);
	KUNIT_EXPECT_TRUE(test,
			  linkmode_test_bit(ETHTOOL_LINK_MODE_1000baseX_Full_BIT,
					    modes));

	pf->link.pcs.backplane = true;
	pf->link.pcs.forced = true;
	linkmode_fill(modes);
	pcs_validate(&pf->link.pcs.pcs, modes, &state);
	KUNIT_EXPECT_EQ(test, pcs_test_weight(modes), 4);
	KUNIT_EXPECT_TRUE(test,
			  linkmode_test_bit(ETHTOOL_LINK_MODE_1000baseKX_Full_BIT,
					    modes));
	KUNIT_EXPECT_FALSE(test,
			   linkmode_test_bit(ETHTOOL_LINK_MODE_Autoneg_BIT,
					     modes));
}

/* In CTRL: a SerDes' speed is forced, its signal detect the EEPROM's. */
static void mac_is_told_of_the_medium(struct kunit *test)
{
	struct carve_pf *pf;

	pf = pcs_test_pf(test, CARVE_CTRL_EXT_LINK_MODE_SERDES);
	fake_set_reg(pf, CARVE_CTRL, CARVE_CTRL_ILOS);
	carve_pf_link_write_all(pf);
	KUNIT_EXPECT_EQ(test, fake_reg(pf, CARVE_CTRL), 0xc1a41U |
			CARVE_CTRL_ILOS);

	pf = pcs_test_pf(test, CARVE_CTRL_EXT_LINK_MODE_GMII);
	fake_set_reg(pf, CARVE_CTRL, CARVE_CTRL_ILOS | CARVE_CTRL_FD |
				     CARVE_CTRL_FRCSPD);
	carve_pf_link_write_all(pf);
	KUNIT_EXPECT_EQ(test, fake_reg(pf, CARVE_CTRL),
			CARVE_CTRL_SLU | CARVE_CTRL_FD);
}

static struct kunit_case pcs_test_cases[] = {
	KUNIT_CASE(pcs_negotiates_pause_on_fiber),
	KUNIT_CASE(pcs_runs_without_negotiation),
	KUNIT_CASE(pcs_never_negotiates_on_a_backplane),
	KUNIT_CASE(pcs_restarts_negotiation_when_asked),
	KUNIT_CASE(pcs_comes_back_after_a_reset),
	KUNIT_CASE(pcs_has_a_link_when_ok_and_in_sync),
	KUNIT_CASE(pcs_pauses_as_negotiated),
	KUNIT_CASE(pcs_offers_what_the_board_can),
	KUNIT_CASE(mac_is_told_of_the_medium),
	{}
};

static struct kunit_suite pcs_test_suite = {
	.name = "carve_pf_pcs",
	.test_cases = pcs_test_cases,
};

kunit_test_suite(pcs_test_suite);
