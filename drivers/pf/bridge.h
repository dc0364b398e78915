/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The chip's switch as `bridge link` shows it.
 *
 * Copyright (C) 2026 Carve developers
 */
#ifndef _CARVE_PF_BRIDGE_H
#define _CARVE_PF_BRIDGE_H

#include <linux/types.h>

struct net_device;
struct netlink_ext_ack;
struct nlmsghdr;
struct sk_buff;

int carve_pf_ndo_bridge_setlink(struct net_device *netdev,
				struct nlmsghdr *nlh, u16 flags,
				struct netlink_ext_ack *extack);
int carve_pf_ndo_bridge_getlink(struct sk_buff *skb, u32 pid, u32 seq,
				struct net_device *netdev, u32 filter_mask,
				int nlflags);

#endif /* _CARVE_PF_BRIDGE_H */
