// SPDX-License-Identifier: GPL-2.0
/*
 * The PCS of fiber and backplane boards: 1000BASE-X with or without clause 37
 * negotiation, always 1000 Mb/s full duplex. Owns the PCS registers, SCTL,
 * CONNSW and CTRL_EXT.SDP3; CTRL is link.c's. Called by link.c and by phylink,
 * under rtnl but for pcs_get_state(), which only reads.
 *
 * Registers and their order are those stock igb writes for the 82576, and the
 * 82575EB manual, section 9.3.1. The QEMU model has no SerDes: the KUnit tests
 * check register values, nothing here has run on a board.
 *
 * Copyright (C) 2026 Carve developers
 */

#include <linux/bitfield.h>
#include <linux/linkmode.h>
#include <linux/mii.h>
#include <linux/phylink.h>

#include <carve/compat.h>
#include <carve/io.h>

#include "nvm.h"
#include "pcs.h"
#include "pf.h"
#include "pf_regs.h"

#define PCS_NVM_COMPAT			0x03
#define PCS_NVM_COMPAT_NO_AUTONEG	BIT(14)

/* Of the base page; the rest of PCS_ANADV is as the EEPROM has it. */
#define PCS_ADV				(ADVERTISE_1000XFULL |		\
					 ADVERTISE_1000XHALF |		\
					 ADVERTISE_1000XPAUSE |		\
					 ADVERTISE_1000XPSE_ASYM)

/* Bits of PCS_LCTL written here; time-outs are as the EEPROM has them. */
#define PCS_LCTL			(CARVE_PCS_LCTL_FLV |		\
					 CARVE_PCS_LCTL_FSV |		\
					 CARVE_PCS_LCTL_FDV |		\
					 CARVE_PCS_LCTL_FSD |		\
					 CARVE_PCS_LCTL_FORCE_LINK |	\
					 CARVE_PCS_LCTL_FORCE_FC |	\
					 CARVE_PCS_LCTL_AN_ENABLE |	\
					 CARVE_PCS_LCTL_AN_RESTART)

static struct carve_pf *pcs_to_carve_pf(struct phylink_pcs *pcs)
{
	return container_of(pcs, struct carve_pf, link.pcs.pcs);
}

static void pcs_write_mode(struct carve_pf *pf)
{
	u32 lctl = FIELD_PREP(CARVE_PCS_LCTL_FSV, CARVE_PCS_SPEED_1000) |
		   CARVE_PCS_LCTL_FDV;
	struct carve_nic *nic = &pf->nic;

	carve_rmw32(nic, CARVE_PCS_ANADV, PCS_ADV, pf->link.pcs.adv);
	/* Pause is phylink's to decide; before it has, it is off. */
	if (pf->link.pcs.an)
		lctl |= CARVE_PCS_LCTL_AN_ENABLE | CARVE_PCS_LCTL_AN_RESTART;
	else
		lctl |= CARVE_PCS_LCTL_FSD | CARVE_PCS_LCTL_FORCE_FC;
	carve_rmw32(nic, CARVE_PCS_LCTL, PCS_LCTL, lctl);
}

void carve_pf_pcs_write_all(struct carve_pf *pf)
{
	struct carve_nic *nic = &pf->nic;

	/* Loopback can't be read and outlives a reset. */
	carve_wr32(nic, CARVE_SCTL, CARVE_SCTL_NO_LOOPBACK);
	/* The lock for CTRL_EXT. SDP3 low lights the laser. */
	mutex_lock(&pf->lock);
	carve_rmw32(nic, CARVE_CTRL_EXT, CARVE_CTRL_EXT_SDP3_DATA, 0);
	mutex_unlock(&pf->lock);
	/* There is a signal when the SerDes senses energy. */
	carve_rmw32(nic, CARVE_CONNSW, CARVE_CONNSW_ENRGSRC,
		    CARVE_CONNSW_ENRGSRC);
	carve_rmw32(nic, CARVE_PCS_CFG0, CARVE_PCS_CFG0_PCS_EN,
		    CARVE_PCS_CFG0_PCS_EN);
	pcs_write_mode(pf);
}

void carve_pf_pcs_changed(struct carve_pf *pf)
{
	u32 lsts = carve_rd32(&pf->nic, CARVE_PCS_LSTS);

	phylink_pcs_change(&pf->link.pcs.pcs, lsts & CARVE_PCS_LSTS_LINK_OK);
}

/* One speed, one medium; phylink offers all that 1000 Mb/s can run on. */
static int pcs_validate(struct phylink_pcs *pcs, unsigned long *supported,
			const struct phylink_link_state *state)
{
	const struct carve_pf *pf = pcs_to_carve_pf(pcs);
	__ETHTOOL_DECLARE_LINK_MODE_MASK(mask) = {};

	linkmode_set_bit(ETHTOOL_LINK_MODE_Pause_BIT, mask);
	linkmode_set_bit(ETHTOOL_LINK_MODE_Asym_Pause_BIT, mask);
	if (!pf->link.pcs.forced)
		linkmode_set_bit(ETHTOOL_LINK_MODE_Autoneg_BIT, mask);
	if (pf->link.pcs.backplane) {
		linkmode_set_bit(ETHTOOL_LINK_MODE_Backplane_BIT, mask);
		linkmode_set_bit(ETHTOOL_LINK_MODE_1000baseKX_Full_BIT, mask);
	} else {
		linkmode_set_bit(ETHTOOL_LINK_MODE_FIBRE_BIT, mask);
		linkmode_set_bit(ETHTOOL_LINK_MODE_1000baseX_Full_BIT, mask);
	}
	linkmode_and(supported, supported, mask);

	return 0;
}

/* Who does not negotiate has sent nothing. */
static void pcs_get_partner(struct carve_pf *pf,
			    struct phylink_link_state *state)
{
	u32 lpab = carve_rd32(&pf->nic, CARVE_PCS_LPAB);
	bool rx_pause, tx_pause;

	linkmode_set_bit(ETHTOOL_LINK_MODE_Autoneg_BIT, state->lp_advertising);
	linkmode_mod_bit(ETHTOOL_LINK_MODE_1000baseX_Full_BIT,
			 state->lp_advertising, lpab & LPA_1000XFULL);
	linkmode_mod_bit(ETHTOOL_LINK_MODE_Pause_BIT, state->lp_advertising,
			 lpab & LPA_1000XPAUSE);
	linkmode_mod_bit(ETHTOOL_LINK_MODE_Asym_Pause_BIT,
			 state->lp_advertising, lpab & LPA_1000XPAUSE_ASYM);

	linkmode_resolve_pause(state->advertising, state->lp_advertising,
			       &tx_pause, &rx_pause);
	if (tx_pause)
		state->pause |= MLO_PAUSE_TX;
	if (rx_pause)
		state->pause |= MLO_PAUSE_RX;
}

static void pcs_read_state(struct carve_pf *pf,
			   struct phylink_link_state *state)
{
	u32 lsts = carve_rd32(&pf->nic, CARVE_PCS_LSTS);

	state->link = !carve_nic_is_gone(&pf->nic) &&
		      lsts & CARVE_PCS_LSTS_LINK_OK &&
		      lsts & CARVE_PCS_LSTS_SYNC_OK;
	state->an_complete = !!(lsts & CARVE_PCS_LSTS_AN_COMPLETE);
	if (!state->link)
		return;

	state->speed = SPEED_1000;
	state->duplex = lsts & CARVE_PCS_LSTS_FD ? DUPLEX_FULL : DUPLEX_HALF;
	if (pf->link.pcs.an && state->an_complete)
		pcs_get_partner(pf, state);
}

#ifdef CARVE_PCS_STATE_WITHOUT_MODE
static void pcs_get_state(struct phylink_pcs *pcs,
			  struct phylink_link_state *state)
#else
static void pcs_get_state(struct phylink_pcs *pcs, unsigned int neg_mode,
			  struct phylink_link_state *state)
#endif
{
	pcs_read_state(pcs_to_carve_pf(pcs), state);
}

static int pcs_config(struct phylink_pcs *pcs, unsigned int neg_mode,
		      phy_interface_t interface,
		      const unsigned long *advertising,
		      bool permit_pause_to_mac)
{
	struct carve_pf *pf = pcs_to_carve_pf(pcs);
	struct carve_pf_pcs *own = &pf->link.pcs;
	bool an;
	int adv;

	adv = phylink_mii_c22_pcs_encode_advertisement(interface, advertising);
	if (adv < 0)
		return adv;
	an = !own->forced && linkmode_test_bit(ETHTOOL_LINK_MODE_Autoneg_BIT,
					       advertising);
	if (an == own->an && adv == own->adv)
		return 0;

	own->an = an;
	own->adv = adv;
	/* Restarts negotiation: phylink need not. */
	pcs_write_mode(pf);

	return 0;
}

static void pcs_an_restart(struct phylink_pcs *pcs)
{
	struct carve_pf *pf = pcs_to_carve_pf(pcs);

	if (pf->link.pcs.an)
		pcs_write_mode(pf);
}

/*
 * While it negotiates the chip sets pause by itself. Now CTRL shall count,
 * which link.c writes with what phylink made of the user's wish.
 */
static void pcs_link_up(struct phylink_pcs *pcs, unsigned int neg_mode,
			phy_interface_t interface, int speed, int duplex)
{
	struct carve_pf *pf = pcs_to_carve_pf(pcs);

	carve_rmw32(&pf->nic, CARVE_PCS_LCTL,
		    CARVE_PCS_LCTL_FORCE_FC | CARVE_PCS_LCTL_AN_RESTART,
		    CARVE_PCS_LCTL_FORCE_FC);
}

static const struct phylink_pcs_ops pcs_ops = {
	.pcs_validate	= pcs_validate,
	.pcs_get_state	= pcs_get_state,
	.pcs_config	= pcs_config,
	.pcs_an_restart	= pcs_an_restart,
	.pcs_link_up	= pcs_link_up,
};

int carve_pf_pcs_init(struct carve_pf *pf)
{
	struct carve_pf_pcs *own = &pf->link.pcs;
	u16 compat;
	int err;

	err = carve_pf_nvm_read(pf, PCS_NVM_COMPAT, &compat, 1);
	if (err)
		return err;

	own->pcs.ops = &pcs_ops;
	/* Should a loss of sync raise no interrupt. */
	own->pcs.poll = true;
	own->backplane = pf->link.mode == CARVE_CTRL_EXT_LINK_MODE_KX;
	/* Clause 73 of a backplane is not the chip's: it detects the signal. */
	own->forced = own->backplane || compat & PCS_NVM_COMPAT_NO_AUTONEG;
	own->an = !own->forced;
	own->adv = ADVERTISE_1000XFULL;
	carve_pf_pcs_write_all(pf);

	return 0;
}

#if IS_ENABLED(CONFIG_CARVE_KUNIT_TEST)
#include "tests/pcs_kunit.c"
#endif
