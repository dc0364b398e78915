// SPDX-License-Identifier: GPL-2.0
/*
 * The port's link: phylink over the copper PHY, or over the PCS of a board
 * without one. Owns CTRL and the flow control registers. phylink calls back from
 * its own work; the rest runs under rtnl, but for the interrupt, which only has
 * phylib or phylink look.
 *
 * Copyright (C) 2026 Carve developers
 */

#include <linux/bitfield.h>
#include <linux/mii.h>
#include <linux/phy.h>
#include <linux/rtnetlink.h>

#include <carve/io.h>
#include <carve/mbx.h>

#include "control.h"
#include "link.h"
#include "pcs.h"
#include "pf.h"
#include "pf_regs.h"
#include "phy.h"

/* IEEE 802.3 annex 31B: address, type and longest pause. */
#define CARVE_PAUSE_ADDR_LOW		0x00c28001
#define CARVE_PAUSE_ADDR_HIGH		0x0100
#define CARVE_PAUSE_TYPE		0x8808
#define CARVE_PAUSE_TIME		0xffff
#define CARVE_PAUSE_WATER_ALIGN		16	/* bytes, FCRTH and FCRTL */

/* Bits that are the same on every board. */
#define LINK_CTRL			(CARVE_CTRL_SLU | CARVE_CTRL_RFCE | \
					 CARVE_CTRL_TFCE | CARVE_CTRL_VME)
#define LINK_CTRL_COPPER		(CARVE_CTRL_ILOS |		\
					 CARVE_CTRL_FRCSPD |		\
					 CARVE_CTRL_FRCDPX)
#define LINK_CTRL_SERDES		(CARVE_CTRL_SPEED |		\
					 CARVE_CTRL_FD |		\
					 CARVE_CTRL_FRCSPD |		\
					 CARVE_CTRL_FRCDPX |		\
					 CARVE_CTRL_SWDPIN0 |		\
					 CARVE_CTRL_SWDPIN1)

static bool link_is_serdes(const struct carve_pf *pf)
{
	return pf->link.mode == CARVE_CTRL_EXT_LINK_MODE_SERDES ||
	       pf->link.mode == CARVE_CTRL_EXT_LINK_MODE_KX;
}

static u32 link_ctrl_mask(const struct carve_pf *pf)
{
	return LINK_CTRL | (link_is_serdes(pf) ? LINK_CTRL_SERDES :
						 LINK_CTRL_COPPER);
}

static u32 link_ctrl_bits(const struct carve_pf *pf)
{
	u32 ctrl = CARVE_CTRL_SLU;

	/*
	 * Speed and duplex come from the PHY by wire: nothing is forced. A
	 * SerDes has one speed; its two pins are igb's to set and the polarity
	 * of its signal detect (ILOS) the EEPROM's.
	 */
	if (link_is_serdes(pf))
		ctrl |= FIELD_PREP(CARVE_CTRL_SPEED, CARVE_STATUS_SPEED_1000) |
			CARVE_CTRL_FD | CARVE_CTRL_FRCSPD | CARVE_CTRL_FRCDPX |
			CARVE_CTRL_SWDPIN0 | CARVE_CTRL_SWDPIN1;
	if (pf->link.rx_pause)
		ctrl |= CARVE_CTRL_RFCE;
	if (pf->link.tx_pause)
		ctrl |= CARVE_CTRL_TFCE;
	if (READ_ONCE(pf->rx_mode.strip_vlan))
		ctrl |= CARVE_CTRL_VME;

	return ctrl;
}

/*
 * Bytes in the receive buffer at which a pause frame goes out: one frame may
 * be on its way out before it, and one on its way in behind it. Frames are as
 * long as the chip takes them, since VFs choose their own MTU.
 */
static u32 link_high_water(u32 rxpbs)
{
	u32 size = FIELD_GET(CARVE_PBS_SIZE, rxpbs) * SZ_1K;

	return ALIGN_DOWN(size - 2 * CARVE_MAX_FRAME, CARVE_PAUSE_WATER_ALIGN);
}

static void link_write_water(struct carve_pf *pf)
{
	struct carve_nic *nic = &pf->nic;
	u32 high = 0, low = 0;

	if (pf->link.tx_pause) {
		high = link_high_water(carve_rd32(nic, CARVE_RXPBS));
		low = (high - CARVE_PAUSE_WATER_ALIGN) | CARVE_FCRTL_XONE;
	}

	carve_wr32(nic, CARVE_FCRTL, low);
	carve_wr32(nic, CARVE_FCRTH, high);
}

void carve_pf_link_write_all(struct carve_pf *pf)
{
	struct carve_nic *nic = &pf->nic;

	spin_lock_bh(&pf->link.lock);
	carve_wr32(nic, CARVE_FCAL, CARVE_PAUSE_ADDR_LOW);
	carve_wr32(nic, CARVE_FCAH, CARVE_PAUSE_ADDR_HIGH);
	carve_wr32(nic, CARVE_FCT, CARVE_PAUSE_TYPE);
	carve_wr32(nic, CARVE_FCTTV, CARVE_PAUSE_TIME);
	link_write_water(pf);
	carve_rmw32(nic, CARVE_CTRL, link_ctrl_mask(pf), link_ctrl_bits(pf));
	spin_unlock_bh(&pf->link.lock);
}

static void link_set_pause(struct carve_pf *pf, bool tx_pause, bool rx_pause)
{
	spin_lock_bh(&pf->link.lock);
	pf->link.tx_pause = tx_pause;
	pf->link.rx_pause = rx_pause;
	spin_unlock_bh(&pf->link.lock);

	carve_pf_link_write_all(pf);
}

static struct carve_pf *config_to_carve_pf(struct phylink_config *config)
{
	return container_of(config, struct carve_pf, link.config);
}

static struct phylink_pcs *link_mac_select_pcs(struct phylink_config *config,
					       phy_interface_t interface)
{
	struct carve_pf *pf = config_to_carve_pf(config);

	return link_is_serdes(pf) ? &pf->link.pcs.pcs : NULL;
}

static void link_mac_config(struct phylink_config *config, unsigned int mode,
			    const struct phylink_link_state *state)
{
	/* The MAC follows the internal PHY without being told. */
}

static void link_mac_link_down(struct phylink_config *config,
			       unsigned int mode, phy_interface_t interface)
{
	struct carve_pf *pf = config_to_carve_pf(config);

	WRITE_ONCE(pf->link.state, 0);
	carve_pf_control_link_changed(pf);
}

static void link_mac_link_up(struct phylink_config *config,
			     struct phy_device *phy, unsigned int mode,
			     phy_interface_t interface, int speed, int duplex,
			     bool tx_pause, bool rx_pause)
{
	struct carve_pf *pf = config_to_carve_pf(config);
	u32 state = CARVE_MBX_LINK_UP;

	link_set_pause(pf, tx_pause, rx_pause);

	state |= FIELD_PREP(CARVE_MBX_LINK_SPEED, speed);
	if (duplex == DUPLEX_FULL)
		state |= CARVE_MBX_LINK_FULL;
	WRITE_ONCE(pf->link.state, state);
	carve_pf_control_link_changed(pf);
}

static const struct phylink_mac_ops link_mac_ops = {
	.mac_select_pcs	= link_mac_select_pcs,
	.mac_config	= link_mac_config,
	.mac_link_down	= link_mac_link_down,
	.mac_link_up	= link_mac_link_up,
};

static phy_interface_t link_interface(const struct carve_pf *pf)
{
	return link_is_serdes(pf) ? PHY_INTERFACE_MODE_1000BASEX :
				    PHY_INTERFACE_MODE_GMII;
}

static void link_init_config(struct carve_pf *pf)
{
	struct phylink_config *config = &pf->link.config;

	config->dev = &pf->nic.netdev->dev;
	config->type = PHYLINK_NETDEV;
	/* The PHY loses its clock with the MAC: resume in our order. */
	config->mac_managed_pm = true;
	config->mac_capabilities = MAC_1000FD | MAC_SYM_PAUSE | MAC_ASYM_PAUSE;
	if (link_is_serdes(pf))
		config->default_an_inband = true;
	else
		config->mac_capabilities |= MAC_10 | MAC_100;
	__set_bit(link_interface(pf), config->supported_interfaces);
}

void carve_pf_link_detect(struct carve_pf *pf)
{
	u32 ctrl_ext = carve_rd32(&pf->nic, CARVE_CTRL_EXT);

	pf->link.mode = FIELD_GET(CARVE_CTRL_EXT_LINK_MODE, ctrl_ext);
}

static int link_init_medium(struct carve_pf *pf)
{
	struct pci_dev *pdev = pf->nic.pdev;
	int err;

	if (pf->link.mode == CARVE_CTRL_EXT_LINK_MODE_SGMII) {
		pci_err(pdev, "the board has its PHY behind SGMII, which is not supported\n");
		return -EOPNOTSUPP;
	}
	if (link_is_serdes(pf)) {
		err = carve_pf_pcs_init(pf);
		if (err)
			pci_err(pdev, "EEPROM can't be read: %pe\n",
				ERR_PTR(err));
		return err;
	}

	err = carve_pf_phy_init(pf);
	if (err)
		pci_err(pdev, "no PHY found: %pe\n", ERR_PTR(err));

	return err;
}

static void link_fini_medium(struct carve_pf *pf)
{
	if (pf->link.phydev)
		carve_pf_phy_fini(pf);
}

int carve_pf_link_init(struct carve_pf *pf)
{
	struct carve_pf_link *link = &pf->link;
	int err;

	err = link_init_medium(pf);
	if (err)
		return err;

	link_init_config(pf);
	link->phylink = phylink_create(&link->config, NULL, link_interface(pf),
				       &link_mac_ops);
	if (IS_ERR(link->phylink)) {
		err = PTR_ERR(link->phylink);
		goto err_fini_medium;
	}

	if (link->phydev)
		err = phylink_connect_phy(link->phylink, link->phydev);
	if (err)
		goto err_destroy_phylink;

	return 0;

err_destroy_phylink:
	phylink_destroy(link->phylink);
err_fini_medium:
	link_fini_medium(pf);
	return err;
}

/* Nobody is to look at the PHY any more. */
static void link_leave_phy(struct carve_pf *pf)
{
	if (pf->link.phydev)
		carve_pf_phy_forget_retry(pf);
}

void carve_pf_link_fini(struct carve_pf *pf)
{
	link_leave_phy(pf);
	rtnl_lock();
	phylink_disconnect_phy(pf->link.phylink);
	rtnl_unlock();
	phylink_destroy(pf->link.phylink);
	link_fini_medium(pf);
}

void carve_pf_link_changed_irq(struct carve_pf *pf)
{
	if (pf->link.phydev)
		phy_mac_interrupt(pf->link.phydev);
	else
		carve_pf_pcs_changed(pf);
}

/*
 * The QEMU model's PHY reports a link after a reset although it has not
 * negotiated one and STATUS.LU stays clear until autonegotiation is restarted.
 * A real PHY with autonegotiation on has no link before it is complete.
 */
static bool link_phy_was_reset(struct carve_pf *pf)
{
	struct phy_device *phydev = pf->link.phydev;
	int bmcr, bmsr;

	if (carve_rd32(&pf->nic, CARVE_STATUS) & CARVE_STATUS_LU)
		return false;

	/* The link bit latches a past loss: the second read is the present. */
	bmsr = phy_read(phydev, MII_BMSR);
	bmsr = phy_read(phydev, MII_BMSR);
	bmcr = phy_read(phydev, MII_BMCR);
	if (bmsr < 0 || bmcr < 0)
		return false;

	return bmcr & BMCR_ANENABLE && bmsr & BMSR_LSTATUS &&
	       !(bmsr & BMSR_ANEGCOMPLETE);
}

/*
 * Restart first: what the PHY forgot (advertisement, or a forced speed) is
 * written after it, and negotiation goes on all the same.
 */
static void link_restart_phy(struct carve_pf *pf)
{
	struct phy_device *phydev = pf->link.phydev;
	int err;

	err = phy_restart_aneg(phydev);
	if (!err)
		err = phy_start_aneg(phydev);
	if (err)
		netdev_err(pf->nic.netdev, "PHY can't be restarted: %pe\n",
			   ERR_PTR(err));
}

void carve_pf_link_after_reset(struct carve_pf *pf)
{
	if (!pf->link.phydev)
		carve_pf_pcs_write_all(pf);
	else if (link_phy_was_reset(pf))
		link_restart_phy(pf);
	/* A change during the reset raised no interrupt. */
	carve_pf_link_changed_irq(pf);
}

void carve_pf_link_start(struct carve_pf *pf)
{
	rtnl_lock();
	phylink_start(pf->link.phylink);
	carve_pf_link_after_reset(pf);
	rtnl_unlock();
}

void carve_pf_link_stop(struct carve_pf *pf)
{
	rtnl_lock();
	phylink_stop(pf->link.phylink);
	rtnl_unlock();
	link_leave_phy(pf);
}

void carve_pf_link_suspend(struct carve_pf *pf)
{
	rtnl_lock();
	phylink_suspend(pf->link.phylink, false);
	rtnl_unlock();
	link_leave_phy(pf);
}

void carve_pf_link_resume(struct carve_pf *pf)
{
	rtnl_lock();
	phylink_resume(pf->link.phylink);
	carve_pf_link_after_reset(pf);
	rtnl_unlock();
}

u32 carve_pf_link_state(struct carve_pf *pf)
{
	return READ_ONCE(pf->link.state);
}
