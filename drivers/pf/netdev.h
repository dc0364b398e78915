/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The PF's netdev.
 *
 * Copyright (C) 2026 Carve developers
 */
#ifndef _CARVE_PF_NETDEV_H
#define _CARVE_PF_NETDEV_H

struct net_device;

/**
 * carve_pf_netdev_init() - operations of the PF's netdev
 * @netdev: the netdev, not yet registered
 */
void carve_pf_netdev_init(struct net_device *netdev);

#endif /* _CARVE_PF_NETDEV_H */
