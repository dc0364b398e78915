// SPDX-License-Identifier: GPL-2.0
/*
 * The PF's netdev operations. Down means: the PF's own pool is closed and its
 * channels are gone. The chip, the mailbox interrupt and the link go on for
 * the VFs. Called by the stack under rtnl unless noted.
 *
 * Copyright (C) 2026 Carve developers
 */

#include <linux/etherdevice.h>
#include <linux/if_vlan.h>

#include <carve/channels.h>
#include <carve/netdev.h>

#include "address.h"
#include "bridge.h"
#include "ethtool.h"
#include "filter_vlan.h"
#include "health.h"
#include "netdev.h"
#include "pf.h"
#include "reset.h"
#include "rss.h"
#include "rx_mode.h"
#include "stats.h"
#include "vf_ndo.h"

#define CARVE_PF_TX_TIMEOUT		(5 * HZ)

static int pf_open(struct net_device *netdev)
{
	struct carve_pf *pf = netdev_to_carve_pf(netdev);
	u16 channels = carve_pf_rss_usable_channels(pf);
	int err;

	err = carve_channels_open(&pf->nic, channels);
	if (err)
		return err;

	carve_pf_rx_mode_set_open(pf, true);
	/* What sockets had waiting was sent into a closed pool. */
	carve_channels_nudge(&pf->nic);
	carve_pf_rss_spread(pf, channels);

	return 0;
}

static int pf_stop(struct net_device *netdev)
{
	struct carve_pf *pf = netdev_to_carve_pf(netdev);

	/* In pool mode a closed pool is all that is needed. */
	carve_pf_rss_spread(pf, 1);
	carve_pf_rx_mode_set_open(pf, false);
	carve_channels_close(&pf->nic);

	return 0;
}

/* Under the netdev's address lock, BH off. */
static void pf_set_rx_mode(struct net_device *netdev)
{
	carve_pf_rx_mode_sync(netdev_to_carve_pf(netdev));
}

static int pf_set_mac_address(struct net_device *netdev, void *p)
{
	struct carve_pf *pf = netdev_to_carve_pf(netdev);
	struct sockaddr *addr = p;
	int err;

	err = eth_prepare_mac_addr_change(netdev, p);
	if (err)
		return err;

	err = carve_pf_address_set_own(pf, addr->sa_data);
	if (err) {
		netdev_err(netdev, "%pM belongs to a VF\n", addr->sa_data);
		return err;
	}

	eth_commit_mac_addr_change(netdev, p);

	return 0;
}

static int pf_change_mtu(struct net_device *netdev, int mtu)
{
	struct carve_pf *pf = netdev_to_carve_pf(netdev);
	struct carve_config config = pf->nic.config;
	int err;

	config.max_frame = mtu + VLAN_ETH_HLEN + ETH_FCS_LEN;
	err = carve_xdp_check_max_frame(&pf->nic, config.max_frame);
	if (err)
		return err;
	err = carve_channels_swap(&pf->nic, &config,
				  carve_pf_rss_usable_channels(pf));
	if (err)
		return err;

	WRITE_ONCE(netdev->mtu, mtu);
	carve_pf_rx_mode_update(pf, netdev->features);

	return 0;
}

static int pf_vlan_add(struct net_device *netdev, __be16 proto, u16 vid)
{
	struct carve_pf *pf = netdev_to_carve_pf(netdev);
	int err;

	err = carve_pf_vlan_add(pf, vid, CARVE_PF_POOL);
	if (err)
		return err;

	carve_pf_rss_write_default_pool(pf);

	return 0;
}

static int pf_vlan_kill(struct net_device *netdev, __be16 proto, u16 vid)
{
	struct carve_pf *pf = netdev_to_carve_pf(netdev);

	/* Priority-tagged frames are received for good. */
	if (!vid)
		return 0;

	carve_pf_vlan_del(pf, vid, CARVE_PF_POOL);
	carve_pf_rss_write_default_pool(pf);

	return 0;
}

/* CTRL.VME is one switch for both directions. */
static netdev_features_t pf_fix_features(struct net_device *netdev,
					 netdev_features_t features)
{
	if (features & NETIF_F_HW_VLAN_CTAG_RX)
		return features | NETIF_F_HW_VLAN_CTAG_TX;

	return features & ~NETIF_F_HW_VLAN_CTAG_TX;
}

static int pf_set_features(struct net_device *netdev,
			   netdev_features_t features)
{
	carve_pf_rx_mode_update(netdev_to_carve_pf(netdev), features);

	return 0;
}

/* Timer context. */
static void pf_tx_timeout(struct net_device *netdev, unsigned int txqueue)
{
	carve_pf_health_tx_timeout(netdev_to_carve_pf(netdev), txqueue);
}

/* May not sleep: errors of the port as last gathered. */
static void pf_get_stats64(struct net_device *netdev,
			   struct rtnl_link_stats64 *stats)
{
	struct carve_pf *pf = netdev_to_carve_pf(netdev);

	carve_get_stats64(netdev, stats);
	stats->rx_crc_errors += carve_pf_stats_get(pf, CARVE_PF_RX_CRC_ERRORS);
	stats->rx_missed_errors +=
		carve_pf_stats_get(pf, CARVE_PF_RX_MISSED) +
		carve_pf_stats_get(pf, CARVE_PF_RX_QUEUE_DROPS);
	stats->rx_length_errors +=
		carve_pf_stats_get(pf, CARVE_PF_RX_OVERSIZE) +
		carve_pf_stats_get(pf, CARVE_PF_RX_FRAGMENTS) +
		carve_pf_stats_get(pf, CARVE_PF_RX_JABBERS);
	stats->rx_errors += stats->rx_crc_errors + stats->rx_length_errors;
	stats->collisions +=
		carve_pf_stats_get(pf, CARVE_PF_TX_SINGLE_COLLISIONS) +
		carve_pf_stats_get(pf, CARVE_PF_TX_MULTIPLE_COLLISIONS);
}

static const struct net_device_ops pf_netdev_ops = {
	.ndo_open		= pf_open,
	.ndo_stop		= pf_stop,
	.ndo_start_xmit		= carve_xmit_frame,
	.ndo_features_check	= carve_features_check,
	.ndo_bpf		= carve_bpf,
	.ndo_xdp_xmit		= carve_xdp_xmit,
	.ndo_xsk_wakeup		= carve_xsk_wakeup,
	.ndo_set_rx_mode	= pf_set_rx_mode,
	.ndo_set_mac_address	= pf_set_mac_address,
	.ndo_validate_addr	= eth_validate_addr,
	.ndo_change_mtu		= pf_change_mtu,
	.ndo_tx_timeout		= pf_tx_timeout,
	.ndo_get_stats64	= pf_get_stats64,
	.ndo_hwtstamp_get	= carve_pf_ptp_get_config,
	.ndo_hwtstamp_set	= carve_pf_ptp_set_config,
	.ndo_vlan_rx_add_vid	= pf_vlan_add,
	.ndo_vlan_rx_kill_vid	= pf_vlan_kill,
	.ndo_fix_features	= pf_fix_features,
	.ndo_set_features	= pf_set_features,
	.ndo_set_vf_mac		= carve_pf_ndo_set_vf_mac,
	.ndo_set_vf_vlan	= carve_pf_ndo_set_vf_vlan,
	.ndo_set_vf_rate	= carve_pf_ndo_set_vf_rate,
	.ndo_set_vf_spoofchk	= carve_pf_ndo_set_vf_spoofchk,
	.ndo_set_vf_trust	= carve_pf_ndo_set_vf_trust,
	.ndo_set_vf_link_state	= carve_pf_ndo_set_vf_link_state,
	.ndo_get_vf_config	= carve_pf_ndo_get_vf_config,
	.ndo_get_vf_stats	= carve_pf_ndo_get_vf_stats,
	.ndo_bridge_setlink	= carve_pf_ndo_bridge_setlink,
	.ndo_bridge_getlink	= carve_pf_ndo_bridge_getlink,
};

void carve_pf_netdev_init(struct net_device *netdev)
{
	netdev->netdev_ops = &pf_netdev_ops;
	netdev->ethtool_ops = &carve_pf_ethtool_ops;
	netdev->xdp_metadata_ops = &carve_xdp_metadata_ops;
	netdev->watchdog_timeo = CARVE_PF_TX_TIMEOUT;
}
