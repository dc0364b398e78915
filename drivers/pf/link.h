/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The port's link, through phylink: it belongs to the PCI device, from probe
 * to remove, whatever the netdev's administrative state.
 *
 * Copyright (C) 2026 Carve developers
 */
#ifndef _CARVE_PF_LINK_H
#define _CARVE_PF_LINK_H

#include <linux/phylink.h>
#include <linux/spinlock.h>
#include <linux/types.h>
#include <linux/workqueue.h>

#include "pcs.h"

struct carve_pf;

/**
 * struct carve_pf_link - PHY or PCS, and link
 * @mode: what the board has: CARVE_CTRL_EXT_LINK_MODE_*
 * @mdio: bus over MDIC, see phy.c
 * @phydev: the PHY on it; NULL on a board with a PCS
 * @phy_retry: looks at the PHY again that could not be reached, see phy.c
 * @phy_is_kept: by others, so that it could not; under the MDIO bus's lock
 * @pcs: see there
 * @phylink: its instance
 * @config: what phylink was told
 * @state: physical link, CARVE_MBX_LINK_* bits and speed; 0: no link.
 *	Written by phylink's callbacks, read with READ_ONCE()
 * @lock: @tx_pause, @rx_pause, and CTRL and the flow control registers, which
 *	are written from them
 * @tx_pause: send pause frames
 * @rx_pause: obey pause frames
 */
struct carve_pf_link {
	u8 mode;
	struct mii_bus *mdio;
	struct phy_device *phydev;
	struct delayed_work phy_retry;
	bool phy_is_kept;
	struct carve_pf_pcs pcs;
	struct phylink *phylink;
	struct phylink_config config;
	u32 state;
	spinlock_t lock; /* see above */
	bool tx_pause;
	bool rx_pause;
};

/**
 * carve_pf_link_detect() - find out what the board has
 * @pf: the port, just reset: the chip has read its EEPROM
 */
void carve_pf_link_detect(struct carve_pf *pf);

int carve_pf_link_init(struct carve_pf *pf);
void carve_pf_link_fini(struct carve_pf *pf);

/**
 * carve_pf_link_write_all() - write CTRL and flow control from the soft state
 * @pf: the port
 *
 * After a reset of the chip, and when VLAN stripping changes. Any context but
 * hard IRQ.
 */
void carve_pf_link_write_all(struct carve_pf *pf);

/* After register_netdev() and before unregister_netdev(). */
void carve_pf_link_start(struct carve_pf *pf);
void carve_pf_link_stop(struct carve_pf *pf);

/* Around a suspend of the device. */
void carve_pf_link_suspend(struct carve_pf *pf);
void carve_pf_link_resume(struct carve_pf *pf);

/**
 * carve_pf_link_changed_irq() - the chip reported a change
 * @pf: the port
 *
 * Hard IRQ context.
 */
void carve_pf_link_changed_irq(struct carve_pf *pf);

/**
 * carve_pf_link_after_reset() - the chip was reset: look at the PHY again
 * @pf: the port
 *
 * Restarts autonegotiation where the reset took the PHY with it (QEMU model;
 * the chip's PHY keeps its link), sets up a PCS. Sleeps.
 */
void carve_pf_link_after_reset(struct carve_pf *pf);

/**
 * carve_pf_link_state() - the physical link
 * @pf: the port
 *
 * Return: as dword 1 of the mailbox message LINK_STATE; 0: no link.
 */
u32 carve_pf_link_state(struct carve_pf *pf);

#endif /* _CARVE_PF_LINK_H */
