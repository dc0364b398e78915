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
#include <linux/types.h>

struct carve_pf;

/**
 * struct carve_pf_link - PHY and link
 * @mdio: bus over MDIC, see phy.c
 * @phylink: its instance
 * @config: what phylink was told
 * @state: physical link, CARVE_MBX_LINK_* bits and speed; 0: no link.
 *	Written by phylink's callbacks, read with READ_ONCE()
 */
struct carve_pf_link {
	struct mii_bus *mdio;
	struct phylink *phylink;
	struct phylink_config config;
	u32 state;
};

int carve_pf_link_init(struct carve_pf *pf);
void carve_pf_link_fini(struct carve_pf *pf);

/* After register_netdev() and before unregister_netdev(). */
void carve_pf_link_start(struct carve_pf *pf);
void carve_pf_link_stop(struct carve_pf *pf);

/**
 * carve_pf_link_changed_irq() - the chip reported a change
 * @pf: the port
 *
 * Hard IRQ context.
 */
void carve_pf_link_changed_irq(struct carve_pf *pf);

/**
 * carve_pf_link_after_reset() - program flow control and speed again
 * @pf: the port
 *
 * Also restarts autonegotiation where the reset took the PHY with it (QEMU
 * model; the chip's PHY keeps its link).
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
