// SPDX-License-Identifier: GPL-2.0
/*
 * ndo_set_vf_* and ndo_get_vf_*: checks what has no other place, calls
 * provision.c, says why it refused. Under rtnl, whether the netdev is up or
 * not; what can't be applied now is applied later and no reason to fail.
 * Touches no register.
 *
 * Copyright (C) 2026 Carve developers
 */
#include <linux/etherdevice.h>
#include <linux/if_ether.h>
#include <linux/if_link.h>

#include "pf.h"
#include "vf_ndo.h"

/**
 * DOC: Errors of the VF settings
 *
 * ==============================  ==================
 * Case                            Error
 * ==============================  ==================
 * no such VF, or no VFs at all    EINVAL
 * multicast address               EINVAL
 * the PF's, given to another VF   EADDRINUSE
 * no room in the address filter   ENOSPC
 * VLAN above 4095, QoS above 7    EINVAL
 * VLAN protocol not 802.1Q        EPROTONOSUPPORT
 * minimum rate                    EOPNOTSUPP
 * rate above 1000 Mb/s            EINVAL
 * ==============================  ==================
 *
 * An all-zero address and VLAN 0 with QoS 0 take the setting back and are
 * always accepted. What another VF merely asked for, and what is set for one
 * that doesn't exist, is taken from it. A port VLAN never lacks room in the
 * VLAN filter: a VF gives back its own VLANs first, and one entry is within its
 * floor. An address does when the VF's present one is also in use by the PF, as
 * a further address, and both have used up their floors.
 */

/* One line a refusal, with what was asked for; returns @err. */
#define pf_refuse(netdev, vf, err, fmt, ...)				\
({									\
	int __err = (err);						\
									\
	netdev_err(netdev, "VF%d: " fmt "\n", vf, ##__VA_ARGS__);	\
	__err;								\
})

/* So that each setting need not say it. */
static int pf_check_vf(struct net_device *netdev, int vf)
{
	u8 num_vfs = READ_ONCE(netdev_to_carve_pf(netdev)->num_vfs);

	if (vf >= 0 && vf < num_vfs)
		return 0;

	return pf_refuse(netdev, vf, -EINVAL,
			 "no such VF, %u exist; create more through sriov_numvfs",
			 num_vfs);
}

static int pf_refuse_mac(struct net_device *netdev, int vf, const u8 *mac,
			 int err)
{
	struct carve_pf *pf = netdev_to_carve_pf(netdev);

	switch (err) {
	case -EADDRINUSE:
		return pf_refuse(netdev, vf, err,
				 "address %pM belongs to the PF or another VF; choose another one",
				 mac);
	case -ENOSPC:
		return pf_refuse(netdev, vf, err,
				 "no room for %pM in the address filter: the VF has %u of %u entries, %u are free and kept for other functions; remove further addresses of the VF or the PF",
				 mac, carve_pf_mac_count(pf, vf), CARVE_NUM_RAR,
				 carve_pf_mac_free_entries(pf));
	default:
		return pf_refuse(netdev, vf, err,
				 "%pM is not the address of one station; choose a unicast address",
				 mac);
	}
}

int carve_pf_ndo_set_vf_mac(struct net_device *netdev, int vf, u8 *mac)
{
	int err;

	err = pf_check_vf(netdev, vf);
	if (err)
		return err;

	err = carve_pf_provision_set_mac(netdev_to_carve_pf(netdev), vf, mac);

	return err ? pf_refuse_mac(netdev, vf, mac, err) : 0;
}

int carve_pf_ndo_set_vf_vlan(struct net_device *netdev, int vf, u16 vlan,
			     u8 qos, __be16 proto)
{
	int err;

	err = pf_check_vf(netdev, vf);
	if (err)
		return err;
	if (proto != htons(ETH_P_8021Q))
		return pf_refuse(netdev, vf, -EPROTONOSUPPORT,
				 "the chip adds no tags of type %#x; use 802.1Q",
				 ntohs(proto));

	err = carve_pf_provision_set_vlan(netdev_to_carve_pf(netdev), vf, vlan,
					  qos);
	if (err)
		pf_refuse(netdev, vf, err,
			  "VLAN %u with QoS %u is out of range; use 0-4095 and 0-7",
			  vlan, qos);
	return err;
}

int carve_pf_ndo_set_vf_rate(struct net_device *netdev, int vf,
			     int min_tx_rate, int max_tx_rate)
{
	int err;

	err = pf_check_vf(netdev, vf);
	if (err)
		return err;
	if (min_tx_rate)
		return pf_refuse(netdev, vf, -EOPNOTSUPP,
				 "the chip guarantees no minimum rate (%d Mb/s asked); use 0",
				 min_tx_rate);

	err = carve_pf_provision_set_rate(netdev_to_carve_pf(netdev), vf,
					  max_tx_rate);
	if (err)
		pf_refuse(netdev, vf, err,
			  "a limit of %d Mb/s is out of range; use 1-%d, or 0 for none",
			  max_tx_rate, CARVE_PF_VF_MAX_RATE);
	return err;
}

int carve_pf_ndo_set_vf_spoofchk(struct net_device *netdev, int vf, bool on)
{
	int err;

	err = pf_check_vf(netdev, vf);
	if (err)
		return err;

	return carve_pf_provision_set_spoofchk(netdev_to_carve_pf(netdev), vf,
					       on);
}

int carve_pf_ndo_set_vf_trust(struct net_device *netdev, int vf, bool on)
{
	int err;

	err = pf_check_vf(netdev, vf);
	if (err)
		return err;

	return carve_pf_provision_set_trust(netdev_to_carve_pf(netdev), vf, on);
}

int carve_pf_ndo_set_vf_link_state(struct net_device *netdev, int vf,
				   int state)
{
	int err;

	err = pf_check_vf(netdev, vf);
	if (err)
		return err;

	err = carve_pf_provision_set_link_state(netdev_to_carve_pf(netdev), vf,
						state);
	if (err)
		pf_refuse(netdev, vf, err,
			  "there is no link state %d; use auto, enable or disable",
			  state);
	return err;
}

/* Fields left alone are those the chip has nothing for: absent to the user. */
int carve_pf_ndo_get_vf_config(struct net_device *netdev, int vf,
			       struct ifla_vf_info *info)
{
	struct carve_pf_vf_config config;
	int err;

	err = carve_pf_provision_get(netdev_to_carve_pf(netdev), vf, &config);
	if (err)
		return err;

	info->vf = vf;
	ether_addr_copy(info->mac, config.mac);
	info->vlan = config.vlan;
	info->qos = config.qos;
	info->vlan_proto = htons(ETH_P_8021Q);
	info->spoofchk = config.spoofchk;
	info->linkstate = config.link_state;
	info->min_tx_rate = 0;
	info->max_tx_rate = config.max_tx_rate;
	info->trusted = config.trusted;

	return 0;
}

int carve_pf_ndo_get_vf_stats(struct net_device *netdev, int vf,
			      struct ifla_vf_stats *stats)
{
	return carve_pf_vf_stats_get(netdev_to_carve_pf(netdev), vf, stats);
}
