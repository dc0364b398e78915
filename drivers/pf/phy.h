/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The copper PHY's MDIO bus.
 *
 * Copyright (C) 2026 Carve developers
 */
#ifndef _CARVE_PF_PHY_H
#define _CARVE_PF_PHY_H

struct carve_pf;

/**
 * carve_pf_phy_init() - register the MDIO bus and find the PHY on it
 * @pf: the port
 *
 * Sets pf->link.mdio and pf->link.phydev.
 *
 * Return: 0 or -ERRNO.
 */
int carve_pf_phy_init(struct carve_pf *pf);
void carve_pf_phy_fini(struct carve_pf *pf);

/**
 * carve_pf_phy_forget_retry() - do not look again at a PHY that wasn't reached
 * @pf: the port
 *
 * For when phylib is done with the PHY or its registers are going to sleep.
 * Sleeps.
 */
void carve_pf_phy_forget_retry(struct carve_pf *pf);

#endif /* _CARVE_PF_PHY_H */
