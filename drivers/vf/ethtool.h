/* SPDX-License-Identifier: GPL-2.0 */
/*
 * ethtool operations of a VF.
 *
 * Copyright (C) 2026 Carve developers
 */
#ifndef _CARVE_VF_ETHTOOL_H
#define _CARVE_VF_ETHTOOL_H

struct net_device;

/**
 * carve_vf_ethtool_init() - set the ethtool operations of the netdev
 * @netdev: the netdev, not registered
 */
void carve_vf_ethtool_init(struct net_device *netdev);

#endif /* _CARVE_VF_ETHTOOL_H */
