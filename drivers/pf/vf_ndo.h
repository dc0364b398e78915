/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The kernel's legacy interface to VFs: ndo_set_vf_*, ndo_get_vf_*.
 *
 * Copyright (C) 2026 Carve developers
 */
#ifndef _CARVE_PF_VF_NDO_H
#define _CARVE_PF_VF_NDO_H

#include <linux/types.h>

struct ifla_vf_info;
struct ifla_vf_stats;
struct net_device;

/* For the PF's struct net_device_ops. Errnos: see the table in vf_ndo.c. */
int carve_pf_ndo_set_vf_mac(struct net_device *netdev, int vf, u8 *mac);
int carve_pf_ndo_set_vf_vlan(struct net_device *netdev, int vf, u16 vlan,
			     u8 qos, __be16 proto);
int carve_pf_ndo_set_vf_rate(struct net_device *netdev, int vf,
			     int min_tx_rate, int max_tx_rate);
int carve_pf_ndo_set_vf_spoofchk(struct net_device *netdev, int vf, bool on);
int carve_pf_ndo_set_vf_trust(struct net_device *netdev, int vf, bool on);
int carve_pf_ndo_set_vf_link_state(struct net_device *netdev, int vf,
				   int state);
int carve_pf_ndo_get_vf_config(struct net_device *netdev, int vf,
			       struct ifla_vf_info *info);
int carve_pf_ndo_get_vf_stats(struct net_device *netdev, int vf,
			      struct ifla_vf_stats *stats);

#endif /* _CARVE_PF_VF_NDO_H */
