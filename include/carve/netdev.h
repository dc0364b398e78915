/* SPDX-License-Identifier: GPL-2.0 */
/*
 * netdev and ethtool operations that a PF and a VF share.
 *
 * Copyright (C) 2026 Carve developers
 */
#ifndef _CARVE_NETDEV_H
#define _CARVE_NETDEV_H

#include <linux/ethtool.h>
#include <linux/netdevice.h>

struct carve_nic;
struct xdp_frame;
struct xdp_metadata_ops;

/**
 * carve_xmit_frame() - ndo_start_xmit of both netdevs
 * @skb: the packet
 * @netdev: its netdev
 *
 * Return: NETDEV_TX_OK or NETDEV_TX_BUSY.
 */
netdev_tx_t carve_xmit_frame(struct sk_buff *skb, struct net_device *netdev);

/**
 * carve_features_check() - ndo_features_check of both netdevs
 * @skb: the packet
 * @netdev: its netdev
 * @features: features to offer for it
 *
 * Return: @features without what the chip can't do for this packet.
 */
netdev_features_t carve_features_check(struct sk_buff *skb,
				       struct net_device *netdev,
				       netdev_features_t features);

/**
 * carve_bpf() - ndo_bpf of both netdevs
 * @netdev: the netdev
 * @bpf: what is asked
 *
 * Return: 0, -EOPNOTSUPP for a program that can't take frames of this length,
 * -EINVAL for a socket whose buffers can't, or -ERRNO.
 */
int carve_bpf(struct net_device *netdev, struct netdev_bpf *bpf);

/**
 * carve_xdp_xmit() - ndo_xdp_xmit of both netdevs
 * @netdev: the netdev
 * @n: number of frames
 * @frames: the frames
 * @flags: XDP_XMIT_FLUSH
 *
 * Return: frames taken, -ENETDOWN or -EINVAL.
 */
int carve_xdp_xmit(struct net_device *netdev, int n, struct xdp_frame **frames,
		   u32 flags);

/* xdp_metadata_ops of a netdev whose frames have a hash. */
extern const struct xdp_metadata_ops carve_xdp_metadata_ops;

/**
 * carve_xsk_wakeup() - ndo_xsk_wakeup of both netdevs
 * @netdev: the netdev
 * @queue: the queue
 * @flags: XDP_WAKEUP_RX, XDP_WAKEUP_TX; both are looked at
 *
 * Return: 0 or -ENETDOWN.
 */
int carve_xsk_wakeup(struct net_device *netdev, u32 queue, u32 flags);

/**
 * carve_xdp_check_max_frame() - do XDP program and sockets allow a frame length
 * @nic: the function
 * @max_frame: longest frame, as in struct carve_config
 *
 * The log says what does not.
 *
 * Return: 0, -EOPNOTSUPP or -EBUSY.
 */
int carve_xdp_check_max_frame(const struct carve_nic *nic, u16 max_frame);

/**
 * carve_get_stats64() - ndo_get_stats64 of both netdevs: queue counters
 * @netdev: the netdev
 * @stats: to fill
 */
void carve_get_stats64(struct net_device *netdev,
		       struct rtnl_link_stats64 *stats);

/* ethtool operations, to be put in the role's ethtool_ops. */
void carve_get_ringparam(struct net_device *netdev,
			 struct ethtool_ringparam *ring,
			 struct kernel_ethtool_ringparam *kring,
			 struct netlink_ext_ack *extack);
int carve_set_ringparam(struct net_device *netdev,
			struct ethtool_ringparam *ring,
			struct kernel_ethtool_ringparam *kring,
			struct netlink_ext_ack *extack);
int carve_get_coalesce(struct net_device *netdev,
		       struct ethtool_coalesce *coal,
		       struct kernel_ethtool_coalesce *kcoal,
		       struct netlink_ext_ack *extack);
int carve_set_coalesce(struct net_device *netdev,
		       struct ethtool_coalesce *coal,
		       struct kernel_ethtool_coalesce *kcoal,
		       struct netlink_ext_ack *extack);
u32 carve_get_msglevel(struct net_device *netdev);
void carve_set_msglevel(struct net_device *netdev, u32 level);

/* ETHTOOL_COALESCE_* mask for the role's supported_coalesce_params. */
#define CARVE_COALESCE_PARAMS						\
	(ETHTOOL_COALESCE_USECS | ETHTOOL_COALESCE_USE_ADAPTIVE)

/*
 * Private statistics: for each channel the counters that have no standard
 * place. The role puts its own strings in front.
 */
int carve_stats_count(const struct carve_nic *nic);
void carve_stats_strings(const struct carve_nic *nic, u8 **data);
void carve_stats_values(struct carve_nic *nic, u64 *data);

/*
 * Register dump of the queue blocks, in dwords, 20 for each running channel
 * (and as many zeroes for each that is not): hardware queue, vector, EITR;
 * RDBAL, RDBAH, RDLEN, SRRCTL, RDH, RXCTL, RDT, RXDCTL; TDBAL, TDBAH, TDLEN,
 * TDH, TXCTL, TDT, TXDCTL, TDWBAL, TDWBAH.
 */
#define CARVE_REGS_DUMP_QUEUE_DWORDS	20
void carve_regs_dump_queues(struct carve_nic *nic, u32 *data,
			    unsigned int num_channels);

#endif /* _CARVE_NETDEV_H */
