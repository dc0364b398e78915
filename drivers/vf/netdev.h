/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The netdev of a VF.
 *
 * Copyright (C) 2026 Carve developers
 */
#ifndef _CARVE_VF_NETDEV_H
#define _CARVE_VF_NETDEV_H

struct net_device;

/**
 * carve_vf_netdev_init() - operations and features of the netdev
 * @netdev: the netdev, its data path initialised, not registered
 */
void carve_vf_netdev_init(struct net_device *netdev);

#endif /* _CARVE_VF_NETDEV_H */
