/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A descriptor ring: memory, hardware queue block, software state.
 *
 * Copyright (C) 2026 Carve developers
 */
#ifndef _CARVE_RING_H
#define _CARVE_RING_H

#include <linux/cache.h>
#include <linux/dim.h>
#include <linux/dma-mapping.h>
#include <linux/skbuff.h>
#include <linux/types.h>
#include <linux/u64_stats_sync.h>
#include <net/xdp.h>

#include <carve/desc.h>

struct carve_nic;
struct netdev_queue;
struct page;
struct page_pool;
struct xsk_buff_pool;

/* What completion has to undo for a transmit descriptor. */
enum carve_tx_type {
	CARVE_TX_EMPTY = 0,	/* nothing: context, copy, rest of a long piece */
	CARVE_TX_SINGLE,	/* dma_map_single() */
	CARVE_TX_PAGE,		/* dma_map_page() */
	CARVE_TX_XSK,		/* nothing: a socket's frame, to be counted */
};

/* carve_tx_buf.flags */
#define CARVE_TX_CSUM			BIT(0)	/* the chip fills in a checksum */
#define CARVE_TX_GSO			BIT(1)	/* it makes several frames of it */
#define CARVE_TX_XDP			BIT(2)	/* counted, and unknown to BQL */

/*
 * Packets of up to this length are copied to memory that is mapped for good:
 * cheaper than mapping them, with an IOMMU by far. TCP's acknowledgements fit.
 */
#define CARVE_TX_SMALL			128

/* Frames that an XDP program sends back, queued under one lock. */
#define CARVE_XDP_BULK			16

/* carve_tx_buf.report of a descriptor that does not start a reported group. */
#define CARVE_TX_NO_REPORT		U16_MAX

/**
 * struct carve_tx_buf - what the driver knows of a transmit descriptor
 * @skb: the packet, in its last descriptor only
 * @xdpf: instead of it, with CARVE_TX_XDP: a frame of XDP
 * @dma: address to unmap
 * @len: length to unmap
 * @bytes: in a reported group's first descriptor: what BQL was told of it, the
 *	bytes of the stack's packets on the wire without CRC
 * @segs: with CARVE_TX_GSO: frames the chip makes of the packet
 * @report: in the first descriptor of a group of packets: index of the one
 *	at the group's end, which the chip reports
 * @type: enum carve_tx_type
 * @flags: where there is @skb or @xdpf: CARVE_TX_CSUM and its like
 */
struct carve_tx_buf {
	union {
		struct sk_buff *skb;
		struct xdp_frame *xdpf;
	};
	DEFINE_DMA_UNMAP_ADDR(dma);
	DEFINE_DMA_UNMAP_LEN(len);
	u32 bytes;
	u16 segs;
	u16 report;
	u8 type;
	u8 flags;
};

/**
 * struct carve_rx_buf - buffer of a receive descriptor
 * @page: from the ring's pool, NULL when the descriptor has none
 * @xsk: instead of it, in a ring with @xsk_pool
 * @offset: where the buffer starts in @page
 */
struct carve_rx_buf {
	union {
		struct page *page;
		struct xdp_buff *xsk;
	};
	u32 offset;
};

/**
 * struct carve_tx_ctxt - contents of a context descriptor, host order
 * @vlan_lens: CARVE_TXC_VLAN, _MACLEN, _IPLEN
 * @type: CARVE_TXC_IPV4, _L4T, descriptor type; 0 means the chip has none
 * @mss_l4len: CARVE_TXC_MSS, _L4LEN
 */
struct carve_tx_ctxt {
	u32 vlan_lens;
	u32 type;
	u32 mss_l4len;
};

/* Counters, written by NAPI once a poll. */
struct carve_tx_stats {
	struct u64_stats_sync syncp;
	u64_stats_t packets;
	u64_stats_t bytes;
	u64_stats_t csum;
	u64_stats_t gso_packets;
	u64_stats_t gso_wire_packets;
	u64_stats_t wakes;
};

/* Counters, written in the xmit path under the queue's lock. */
struct carve_tx_xmit_stats {
	struct u64_stats_sync syncp;
	u64_stats_t dropped;
	u64_stats_t stops;
	u64_stats_t xdp_packets;
	u64_stats_t xdp_bytes;
};

/* Counters, written by NAPI once a poll. */
struct carve_rx_stats {
	struct u64_stats_sync syncp;
	u64_stats_t packets;
	u64_stats_t bytes;
	u64_stats_t csum_good;
	u64_stats_t csum_bad;
	u64_stats_t alloc_fail;
	u64_stats_t lost;
	u64_stats_t errors;
	u64_stats_t own;
	u64_stats_t xdp_drop;
	u64_stats_t xdp_tx;
	u64_stats_t xdp_redirect;
	u64_stats_t xdp_errors;
};

/**
 * struct carve_xdp_buff - a frame for a program
 * @buff: what the program knows of it
 * @desc: its last descriptor, while the program runs
 *
 * A buffer of AF_XDP is one as well: there @desc lies in the part that the pool
 * leaves to the driver.
 */
struct carve_xdp_buff {
	struct xdp_buff buff;
	const union carve_rx_desc *desc;
};

/**
 * struct carve_ring - a transmit or a receive ring
 * @tx_desc: descriptors of a transmit ring
 * @rx_desc: descriptors of a receive ring
 * @desc: their memory, either way
 * @tx_buf: one for each transmit descriptor
 * @rx_buf: one for each receive descriptor
 * @tail: doorbell register
 * @dev: for DMA
 * @small: transmit: CARVE_TX_SMALL bytes for each descriptor
 * @small_dma: their address
 * @txq: transmit: the stack's queue
 * @page_pool: receive: where buffers come from
 * @xsk_pool: buffers of an AF_XDP socket to use instead, NULL for none
 * @count: descriptors
 * @index: the stack's number of this queue
 * @wake_thresh: transmit: free descriptors from which a stopped queue goes on
 *
 * Above: constant while the ring runs.
 *
 * @next_to_use: next descriptor to give to the chip. Transmit: written under
 *	the stack's queue lock; receive: by NAPI
 * @room: transmit, queue lock: no more than there are unused descriptors
 * @group: transmit, queue lock: first descriptor nobody asked a report for
 * @group_bytes: transmit, queue lock: of the stack's packets from there on
 * @ctxt: transmit, queue lock: the context descriptor that the chip has
 * @xdp_mapped: transmit, queue lock: frames of XDP that were mapped, ever
 * @xmit_stats: transmit, queue lock
 *
 * @next_to_clean: next descriptor to expect from the chip. NAPI
 * @xdp_done: transmit, NAPI: of @xdp_mapped, those taken back
 * @xsk_done: transmit, NAPI: frames of a socket sent, and not yet told to it
 * @fill_target: receive, NAPI: descriptors to keep filled, grows with traffic
 * @burst: receive, NAPI: buffers taken since the interrupt, if not all yet
 * @fill_tight: receive, NAPI: the last interrupt found half of them used
 * @starved: transmit, NAPI: the last poll that took back anything found the
 *	queue stopped, and the chip without work
 * @max_usecs: transmit, NAPI: interval for which the ring is long enough
 * @rx_discard: receive, NAPI: drop buffers until the end of the frame
 * @rx_xdp: receive, NAPI: a frame in @xdp is not complete yet
 * @skb: receive, NAPI: frame not complete yet
 * @xdp: receive, NAPI: the frame when a program is to see it
 * @tx_stats: transmit, NAPI
 * @rx_stats: receive, NAPI
 *
 * @quiet: polls since the last packet, as far as they are counted. NAPI
 * @adaptive: net_dim chooses the interrupt interval. Written under rtnl
 * @fixed_usecs: interval otherwise. Written under rtnl
 * @dim_usecs: net_dim's choice. Written by its work
 * @dim: net_dim's state. NAPI
 *
 * @nic: the function
 * @regs: register block, offset in BAR0
 * @dma: address of @desc
 * @xdp_bulk: receive, NAPI: frames that a program sends back
 * @xdp_rxq: receive: what a program and XDP's memory management know of it
 *
 * Rings are stopped and started by their vector, under rtnl.
 */
struct carve_ring {
	union {
		struct carve_tx_desc *tx_desc;
		union carve_rx_desc *rx_desc;
		void *desc;
	};
	union {
		struct carve_tx_buf *tx_buf;
		struct carve_rx_buf *rx_buf;
	};
	u8 __iomem *tail;
	struct device *dev;
	u8 *small;
	dma_addr_t small_dma;
	union {
		struct netdev_queue *txq;
		struct page_pool *page_pool;
	};
	struct xsk_buff_pool *xsk_pool;
	u16 count;
	u16 index;
	u16 wake_thresh;

	/* the producer's */
	u16 next_to_use ____cacheline_aligned_in_smp;
	u16 room;
	u16 group;
	u32 group_bytes;
	struct carve_tx_ctxt ctxt;
	u32 xdp_mapped;
	struct carve_tx_xmit_stats xmit_stats;

	/* the consumer's */
	u16 next_to_clean ____cacheline_aligned_in_smp;
	u32 xdp_done;
	u16 xsk_done;
	u16 fill_target;
	u16 burst;
	bool fill_tight;
	bool starved;
	u16 max_usecs;
	bool rx_discard;
	bool rx_xdp;
	u8 quiet;
	bool adaptive;
	u16 fixed_usecs;
	u16 dim_usecs;
	struct sk_buff *skb;
	struct carve_xdp_buff xdp;
	union {
		struct carve_tx_stats tx_stats;
		struct carve_rx_stats rx_stats;
	};
	struct dim dim;

	/* slow path */
	struct carve_nic *nic;
	u32 regs;
	dma_addr_t dma;
	struct xdp_rxq_info xdp_rxq;
	struct xdp_frame *xdp_bulk[CARVE_XDP_BULK];
};

/**
 * carve_ring_unused() - descriptors that can be given to the chip
 * @ring: the ring
 *
 * One stays unused, or a full ring would look like an empty one.
 *
 * Return: their number.
 */
static inline u16 carve_ring_unused(const struct carve_ring *ring)
{
	u16 ntc = READ_ONCE(ring->next_to_clean);
	u16 ntu = READ_ONCE(ring->next_to_use);

	return (ntc > ntu ? 0 : ring->count) + ntc - ntu - 1;
}

/**
 * carve_ring_next() - the index after an index
 * @ring: the ring
 * @i: index of a descriptor
 *
 * Return: index of the descriptor behind it.
 */
static inline u16 carve_ring_next(const struct carve_ring *ring, u16 i)
{
	return likely(i + 1 < ring->count) ? i + 1 : 0;
}

/**
 * carve_ring_prev() - the index before an index
 * @ring: the ring
 * @i: index of a descriptor
 *
 * Return: index of the descriptor in front of it.
 */
static inline u16 carve_ring_prev(const struct carve_ring *ring, u16 i)
{
	return (i ? i : ring->count) - 1;
}

#endif /* _CARVE_RING_H */
