/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the data path knows of a function of the chip, PF or VF alike.
 *
 * Copyright (C) 2026 Carve developers
 */
#ifndef _CARVE_NIC_H
#define _CARVE_NIC_H

#include <linux/netdevice.h>
#include <linux/spinlock.h>
#include <linux/types.h>
#include <net/xdp.h>

struct bpf_prog;
struct carve_channels;
struct carve_nic;
struct pci_dev;
struct xsk_buff_pool;

/* Eight pools of the chip: no function drives more queue pairs than that. */
#define CARVE_MAX_CHANNELS		8

/**
 * struct carve_layout - where a function keeps what the data path touches
 * @rxq_base: register block of receive queue 0, bytes in BAR0
 * @rxq_stride: distance to the next receive queue's block
 * @txq_base: register block of transmit queue 0
 * @txq_stride: distance to the next transmit queue's block
 * @queue_vector0: MSI-X vector of channel 0; channel i has @queue_vector0 + i
 * @hw_queue: hardware queue of each channel
 * @write_ivar: route the Rx and the Tx cause of hardware queue @hwq to MSI-X
 *	vector @vector; a negative vector removes the route
 * @queue_stuck: a queue was disabled and did not stop, and its memory is about
 *	to be freed. Cuts the function off from memory by clearing bus
 *	mastering, and sees to it that the function is reset, which brings bus
 *	mastering back. Under rtnl
 * @rx_stamp: give @skb the time that the chip has noted of it. NAPI; NULL
 *	without a clock
 * @tx_stamp: shall the chip note when it sends @skb, whose sender wants to
 *	know? Under the lock of the stack's queue; NULL without a clock
 *
 * This is the whole difference between a PF and a VF for the data path.
 */
struct carve_layout {
	u32 rxq_base;
	u32 rxq_stride;
	u32 txq_base;
	u32 txq_stride;
	u8 queue_vector0;
	u8 hw_queue[CARVE_MAX_CHANNELS];
	void (*write_ivar)(struct carve_nic *nic, unsigned int hwq, int vector);
	void (*queue_stuck)(struct carve_nic *nic);
	void (*rx_stamp)(struct carve_nic *nic, struct sk_buff *skb);
	bool (*tx_stamp)(struct carve_nic *nic, struct sk_buff *skb);
};

/**
 * struct carve_itr - interrupt moderation as the user set it
 * @rx_adaptive: net_dim chooses from received traffic
 * @tx_adaptive: net_dim chooses from sent traffic
 * @rx_usecs: fixed interval when @rx_adaptive is off, microseconds
 * @tx_usecs: the same for @tx_adaptive
 *
 * Rx and Tx of a channel share a vector and so one hardware interval: the
 * smaller of the two wishes.
 */
struct carve_itr {
	bool rx_adaptive;
	bool tx_adaptive;
	u16 rx_usecs;
	u16 tx_usecs;
};

/**
 * struct carve_config - what the user wants the channels to be
 * @num_channels: queue pairs, 1 to CARVE_MAX_CHANNELS
 * @rx_desc: descriptors a receive ring
 * @tx_desc: descriptors a transmit ring
 * @max_frame: largest frame in bytes, header, VLAN tag and CRC included
 */
struct carve_config {
	u16 num_channels;
	u16 rx_desc;
	u16 tx_desc;
	u16 max_frame;
};

/**
 * struct carve_queue_totals - counters of rings that are no more
 * @rx_packets: frames given to the stack or to XDP
 * @rx_bytes: their bytes
 * @rx_csum_good: frames whose checksum the chip found right
 * @rx_csum_bad: frames whose checksum the chip found wrong
 * @rx_alloc_fail: times that memory for buffers or a packet was short
 * @rx_lost: frames dropped because of that
 * @rx_errors: frames dropped for an error in the descriptor
 * @rx_own: own frames that the switch sent back, dropped
 * @rx_xdp_drop: frames that an XDP program dropped
 * @rx_xdp_tx: frames that an XDP program sent back
 * @rx_xdp_redirect: frames that an XDP program sent elsewhere
 * @rx_xdp_errors: frames lost by an XDP program's mistake, or that could not
 *	be sent where it wanted them
 * @tx_packets: frames sent
 * @tx_bytes: their bytes
 * @tx_csum: packets whose checksum the chip filled in
 * @tx_gso_packets: packets that the chip cut into frames
 * @tx_gso_wire_packets: the frames it made of them
 * @tx_dropped: frames the driver had to drop
 * @tx_stops: times the stack's queue was stopped for want of descriptors
 * @tx_wakes: times it was started again
 */
struct carve_queue_totals {
	u64 rx_packets;
	u64 rx_bytes;
	u64 rx_csum_good;
	u64 rx_csum_bad;
	u64 rx_alloc_fail;
	u64 rx_lost;
	u64 rx_errors;
	u64 rx_own;
	u64 rx_xdp_drop;
	u64 rx_xdp_tx;
	u64 rx_xdp_redirect;
	u64 rx_xdp_errors;
	u64 tx_packets;
	u64 tx_bytes;
	u64 tx_csum;
	u64 tx_gso_packets;
	u64 tx_gso_wire_packets;
	u64 tx_dropped;
	u64 tx_stops;
	u64 tx_wakes;
};

/**
 * struct carve_xsk - AF_XDP sockets' memory for a queue
 * @pool: the buffers, mapped for the chip; NULL for none
 * @rxq: what the buffers' frames say they came by. Lives here because sockets
 *	look at it when the queue has no ring
 */
struct carve_xsk {
	struct xsk_buff_pool *pool;
	struct xdp_rxq_info rxq;
};

/**
 * struct carve_nic - one function of the chip, as the data path sees it
 * @regs: BAR0; NULL once the device has left the bus
 * @pdev: the PCI function
 * @netdev: its netdev, netdev_priv() of which starts with this struct
 * @layout: constant, set before carve_nic_init()
 * @config: what the channels are or will be at the next open. rtnl
 * @itr: interrupt moderation wanted. rtnl
 * @channels: running channels, NULL while the netdev is down. Written under
 *	rtnl and @stats_lock with traffic stopped
 * @xdp_prog: XDP program, NULL for none. Written under rtnl, read by NAPI
 * @xsk: sockets' memory for each queue, in use while the queue runs. rtnl
 * @num_active: channels in use, the first ones of @channels. Written under
 *	rtnl
 * @num_xps: transmit queues that were given their CPUs. rtnl
 * @drop_own: drop received frames whose source is our own address. The
 *	QEMU model sends a pool's broadcasts and multicasts back to it
 * @rx_vlans: VIDs whose tag the stack shall see, NULL for all. The chip shows
 *	a VF the tag of its port VLAN, which the VF knows nothing of: a tag
 *	that is not in the map is removed. Set before the first open
 * @stats_lock: protects @totals, and @channels against those who read counters
 *	without rtnl
 * @totals: counters of rings already freed
 * @msg_enable: NETIF_MSG_* mask
 *
 * Embedded as first member by struct carve_pf and struct carve_vf, which are
 * the private part of their netdev: all three live from probe to remove.
 */
struct carve_nic {
	u8 __iomem *regs;
	struct pci_dev *pdev;
	struct net_device *netdev;
	const struct carve_layout *layout;
	struct carve_config config;
	struct carve_itr itr;
	struct carve_channels *channels;
	struct bpf_prog *xdp_prog;
	struct carve_xsk xsk[CARVE_MAX_CHANNELS];
	u16 num_active;
	u16 num_xps;
	bool drop_own;
	const unsigned long *rx_vlans;
	spinlock_t stats_lock; /* totals, channels */
	struct carve_queue_totals totals[CARVE_MAX_CHANNELS];
	u32 msg_enable;
};

/**
 * carve_nic_init() - defaults of a function's data path
 * @nic: zeroed but for regs, pdev, netdev and layout
 * @num_channels: queue pairs to begin with
 *
 * Sets the default configuration, the netdev's features, hw_features,
 * vlan_features, TSO limits and MTU range, and its queue statistics. Call it
 * before register_netdev(). The caller clears what its role lacks.
 */
void carve_nic_init(struct carve_nic *nic, u16 num_channels);

#endif /* _CARVE_NIC_H */
