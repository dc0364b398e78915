// SPDX-License-Identifier: GPL-2.0
/*
 * Mode of the chip's switch: VEB switches frames between functions inside the
 * chip, VEPA sends them all out of the port, for a switch there to send back.
 * Declared state, kept by pool.c, set with or without VFs. Under rtnl. Touches
 * no register.
 *
 * Copyright (C) 2026 Carve developers
 */
#include <linux/if_bridge.h>
#include <linux/rtnetlink.h>
#include <net/netlink.h>

#include "bridge.h"
#include "pf.h"
#include "pool.h"

static int pf_bridge_set_mode(struct carve_pf *pf, u16 mode,
			      struct netlink_ext_ack *extack)
{
	switch (mode) {
	case BRIDGE_MODE_VEB:
	case BRIDGE_MODE_VEPA:
		carve_pf_pools_set_vepa(pf, mode == BRIDGE_MODE_VEPA);
		return 0;
	default:
		NL_SET_ERR_MSG(extack, "The chip's switch knows veb and vepa only");
		return -EINVAL;
	}
}

int carve_pf_ndo_bridge_setlink(struct net_device *netdev,
				struct nlmsghdr *nlh, u16 flags,
				struct netlink_ext_ack *extack)
{
	struct nlattr *spec;
	struct nlattr *attr;
	int rem;

	spec = nlmsg_find_attr(nlh, sizeof(struct ifinfomsg), IFLA_AF_SPEC);
	if (!spec) {
		NL_SET_ERR_MSG(extack, "No mode (hwmode) was given");
		return -EINVAL;
	}

	nla_for_each_nested(attr, spec, rem) {
		if (nla_type(attr) != IFLA_BRIDGE_MODE)
			continue;
		/* rtnetlink has checked that it is long enough. */
		return pf_bridge_set_mode(netdev_to_carve_pf(netdev),
					  nla_get_u16(attr), extack);
	}

	NL_SET_ERR_MSG(extack, "Only the mode (hwmode) can be set");
	return -EOPNOTSUPP;
}

int carve_pf_ndo_bridge_getlink(struct sk_buff *skb, u32 pid, u32 seq,
				struct net_device *netdev, u32 filter_mask,
				int nlflags)
{
	struct carve_pf *pf = netdev_to_carve_pf(netdev);

	return ndo_dflt_bridge_getlink(skb, pid, seq, netdev,
				       carve_pf_pools_is_vepa(pf) ?
				       BRIDGE_MODE_VEPA : BRIDGE_MODE_VEB,
				       0, 0, nlflags, filter_mask, NULL);
}
