// SPDX-License-Identifier: GPL-2.0
/*
 * The netdev of a VF. The stack calls in under rtnl. Operations take
 * carve_vf.lock, ask the PF directly when the VF is ready and otherwise note
 * what is wanted; the control work does the rest. No operation fails because
 * the PF is away, and none waits for the control work.
 *
 * Copyright (C) 2026 Carve developers
 */
#include <linux/etherdevice.h>
#include <linux/if_vlan.h>

#include <carve/channels.h>
#include <carve/netdev.h>
#include <carve/regs.h>

#include "ethtool.h"
#include "netdev.h"
#include "vf.h"

/* A frame is this much longer than what it carries. */
#define VF_NETDEV_OVERHEAD		(ETH_HLEN + VLAN_HLEN + ETH_FCS_LEN)
#define VF_NETDEV_TX_TIMEOUT		(5 * HZ)

/* Without a PF there are no channels: carrier is off, but AF_PACKET asks not. */
static int vf_netdev_open_channels(struct carve_vf *vf)
{
	int err;

	if (!carve_vf_is_ready(vf)) {
		netif_tx_stop_all_queues(vf->nic.netdev);
		return 0;
	}

	err = carve_channels_open(&vf->nic, 1);
	if (err != -ETIMEDOUT && err != -ENODEV)
		return err;

	/* The queues do not start: the PF is being reset just now. */
	netif_tx_stop_all_queues(vf->nic.netdev);
	carve_vf_control_lose(vf, CARVE_VF_LOSS_QUEUE);
	return 0;
}

static int vf_netdev_open(struct net_device *netdev)
{
	struct carve_vf *vf = to_carve_vf(netdev);
	int err;

	mutex_lock(&vf->lock);
	err = vf_netdev_open_channels(vf);
	mutex_unlock(&vf->lock);
	if (err)
		return err;

	/* Polls run while the netdev is up. */
	carve_vf_control_kick(vf);
	return 0;
}

static int vf_netdev_stop(struct net_device *netdev)
{
	struct carve_vf *vf = to_carve_vf(netdev);

	mutex_lock(&vf->lock);
	carve_channels_close(&vf->nic);
	mutex_unlock(&vf->lock);

	return 0;
}

/*
 * End of an operation that asked the PF: a refusal goes to the user as
 * @refusal. Without an answer the wish is noted, so that it will come true.
 */
static int vf_netdev_verdict(struct carve_vf *vf, int err, int refusal)
{
	if (!err)
		return 0;
	if (!carve_vf_request_unheard(err))
		return refusal;

	carve_vf_control_unheard(vf, err);
	return 0;
}

static int vf_netdev_set_mac_address(struct net_device *netdev, void *p)
{
	struct carve_vf *vf = to_carve_vf(netdev);
	const struct sockaddr *addr = p;
	int err;

	err = eth_prepare_mac_addr_change(netdev, p);
	if (err)
		return err;

	mutex_lock(&vf->lock);
	err = carve_vf_settings_set_mac(vf, addr->sa_data);
	err = vf_netdev_verdict(vf, err, -EADDRNOTAVAIL);
	if (!err)
		eth_hw_addr_set(netdev, addr->sa_data);
	mutex_unlock(&vf->lock);

	if (err)
		netdev_warn(netdev, "the PF refuses the address %pM\n",
			    addr->sa_data);
	return err;
}

static int vf_netdev_set_max_frame(struct carve_vf *vf, u16 max_frame)
{
	int err;

	err = carve_vf_settings_set_max_frame(vf, max_frame);
	return vf_netdev_verdict(vf, err, -EINVAL);
}

/* The PF must let long frames through first, and short ones only in the end. */
static int vf_netdev_change_max_frame(struct carve_vf *vf, u16 max_frame)
{
	struct carve_config config = vf->nic.config;
	u16 old_frame = config.max_frame;
	int err;

	if (max_frame > old_frame) {
		err = vf_netdev_set_max_frame(vf, max_frame);
		if (err)
			return err;
	}

	config.max_frame = max_frame;
	err = carve_channels_swap(&vf->nic, &config, 1);
	if (err) {
		carve_vf_control_check_channels(vf);
		if (max_frame > old_frame)
			vf_netdev_set_max_frame(vf, old_frame);
		return err;
	}

	/* Should the PF refuse to shrink, it goes on letting more through. */
	if (max_frame < old_frame)
		vf_netdev_set_max_frame(vf, max_frame);
	return 0;
}

static int vf_netdev_change_mtu(struct net_device *netdev, int new_mtu)
{
	struct carve_vf *vf = to_carve_vf(netdev);
	int err;

	err = carve_xdp_check_max_frame(&vf->nic, new_mtu + VF_NETDEV_OVERHEAD);
	if (err)
		return err;

	mutex_lock(&vf->lock);
	err = vf_netdev_change_max_frame(vf, new_mtu + VF_NETDEV_OVERHEAD);
	if (err == -EINVAL)
		netdev_warn(netdev, "the PF refuses an MTU of %d\n", new_mtu);
	mutex_unlock(&vf->lock);
	if (err)
		return err;

	WRITE_ONCE(netdev->mtu, new_mtu);
	return 0;
}

/* A socket's memory takes a stop and start of the queue. */
static int vf_netdev_bpf(struct net_device *netdev, struct netdev_bpf *bpf)
{
	struct carve_vf *vf = to_carve_vf(netdev);
	int err;

	mutex_lock(&vf->lock);
	err = carve_bpf(netdev, bpf);
	carve_vf_control_check_channels(vf);
	mutex_unlock(&vf->lock);

	return err;
}

static int vf_netdev_vlan_add(struct net_device *netdev, __be16 proto, u16 vid)
{
	struct carve_vf *vf = to_carve_vf(netdev);
	bool port_vlan;
	int err;

	mutex_lock(&vf->lock);
	err = carve_vf_settings_add_vlan(vf, vid);
	err = vf_netdev_verdict(vf, err, -EPERM);
	port_vlan = vf->config.flags & CARVE_MBX_CONFIG_PORT_VLAN;
	mutex_unlock(&vf->lock);

	if (err)
		netdev_warn(netdev, "the PF refuses VLAN %u%s\n", vid,
			    port_vlan ? ": the VF has a port VLAN" : "");
	return err;
}

static int vf_netdev_vlan_kill(struct net_device *netdev, __be16 proto, u16 vid)
{
	struct carve_vf *vf = to_carve_vf(netdev);
	int err;

	mutex_lock(&vf->lock);
	err = carve_vf_settings_del_vlan(vf, vid);
	err = vf_netdev_verdict(vf, err, 0);
	mutex_unlock(&vf->lock);

	return err;
}

/* Runs with the address lists locked; see rx_mode.c. */
static void vf_netdev_set_rx_mode(struct net_device *netdev)
{
	struct carve_vf *vf = to_carve_vf(netdev);

	carve_vf_rx_mode_mark(vf);
	carve_vf_control_kick(vf);
}

static void vf_netdev_tx_timeout(struct net_device *netdev,
				 unsigned int txqueue)
{
	carve_vf_control_lose(to_carve_vf(netdev), CARVE_VF_LOSS_TX_HANG);
}

static void vf_netdev_get_stats64(struct net_device *netdev,
				  struct rtnl_link_stats64 *stats)
{
	carve_get_stats64(netdev, stats);
	stats->multicast = carve_vf_stats_read(to_carve_vf(netdev),
					       CARVE_VF_STAT_RX_MULTICAST);
}

static const struct net_device_ops vf_netdev_ops = {
	.ndo_open		= vf_netdev_open,
	.ndo_stop		= vf_netdev_stop,
	.ndo_start_xmit		= carve_xmit_frame,
	.ndo_features_check	= carve_features_check,
	.ndo_bpf		= vf_netdev_bpf,
	.ndo_xdp_xmit		= carve_xdp_xmit,
	.ndo_xsk_wakeup		= carve_xsk_wakeup,
	.ndo_set_rx_mode	= vf_netdev_set_rx_mode,
	.ndo_set_mac_address	= vf_netdev_set_mac_address,
	.ndo_validate_addr	= eth_validate_addr,
	.ndo_change_mtu		= vf_netdev_change_mtu,
	.ndo_tx_timeout		= vf_netdev_tx_timeout,
	.ndo_get_stats64	= vf_netdev_get_stats64,
	.ndo_vlan_rx_add_vid	= vf_netdev_vlan_add,
	.ndo_vlan_rx_kill_vid	= vf_netdev_vlan_kill,
};

/*
 * The PF decides on tag stripping and filtering, the protocol has no word for
 * either: both stay on. Nor does the chip compute a hash in pool mode.
 */
static void vf_netdev_init_features(struct net_device *netdev)
{
	const netdev_features_t fixed = NETIF_F_HW_VLAN_CTAG_RX |
					NETIF_F_HW_VLAN_CTAG_FILTER;

	netdev->features |= fixed;
	netdev->features &= ~NETIF_F_RXHASH;
	netdev->hw_features &= ~(fixed | NETIF_F_RXHASH);
}

void carve_vf_netdev_init(struct net_device *netdev)
{
	netdev->netdev_ops = &vf_netdev_ops;
	netdev->watchdog_timeo = VF_NETDEV_TX_TIMEOUT;
	netdev->priv_flags |= IFF_UNICAST_FLT | IFF_LIVE_ADDR_CHANGE;
	carve_vf_ethtool_init(netdev);
	vf_netdev_init_features(netdev);

	/* Until the PF has given one. */
	eth_hw_addr_random(netdev);
	netif_carrier_off(netdev);
}
