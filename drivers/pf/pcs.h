/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The SerDes' physical coding sublayer, for phylink.
 *
 * Copyright (C) 2026 Carve developers
 */
#ifndef _CARVE_PF_PCS_H
#define _CARVE_PF_PCS_H

#include <linux/phylink.h>
#include <linux/types.h>

struct carve_pf;

/**
 * struct carve_pf_pcs - the PCS of a port without a copper PHY
 * @pcs: phylink's view
 * @backplane: 1000BASE-KX, otherwise 1000BASE-X
 * @forced: this board does not negotiate
 * @an: negotiation is on
 * @adv: what is advertised: base page of IEEE 802.3, clause 37
 *
 * @an and @adv are written by phylink's callbacks under rtnl, which keeps
 * resets out, too.
 */
struct carve_pf_pcs {
	struct phylink_pcs pcs;
	bool backplane;
	bool forced;
	bool an;
	u16 adv;
};

/**
 * carve_pf_pcs_init() - find out what the board is
 * @pf: the port
 *
 * Return: 0, or -ERRNO of the EEPROM.
 */
int carve_pf_pcs_init(struct carve_pf *pf);

/**
 * carve_pf_pcs_write_all() - write the PCS' registers from the soft state
 * @pf: the port
 *
 * After a reset of the chip. Takes carve_pf.lock; rtnl, or before the netdev is
 * registered.
 */
void carve_pf_pcs_write_all(struct carve_pf *pf);

/**
 * carve_pf_pcs_changed() - have phylink look at the link
 * @pf: the port
 *
 * Any context.
 */
void carve_pf_pcs_changed(struct carve_pf *pf);

#endif /* _CARVE_PF_PCS_H */
