// SPDX-License-Identifier: GPL-2.0
/*
 * Transmit: from the stack's packet to descriptors, and back when the chip has
 * sent it. The fill side runs under the stack's queue lock, the clean side in
 * NAPI; next_to_use belongs to the former, next_to_clean to the latter, and
 * carve_tx_buf.report hands groups of packets over. What can be said of a
 * group as a whole, and where the clean side is, is looked at once a group.
 *
 * The chip is asked for a report once a doorbell, at the last descriptor, so
 * everything it was told of gets reported in time whatever the batch.
 *
 * Copyright (C) 2026 Carve developers
 */
#include <linux/bitfield.h>
#include <linux/dma-mapping.h>
#include <linux/etherdevice.h>
#include <linux/export.h>
#include <linux/if_vlan.h>
#include <linux/io.h>
#include <linux/ip.h>
#include <linux/sctp.h>
#include <linux/tcp.h>
#include <linux/udp.h>
#include <net/ip6_checksum.h>
#include <net/netdev_queues.h>
#include <net/tcp.h>

#include <carve/channels.h>
#include <carve/compat.h>
#include <carve/netdev.h>
#include <carve/nic.h>
#include <carve/regs.h>

#include "ring.h"
#include "tx.h"
#include "xsk.h"

/*
 * The most that a packet of the stack takes: a descriptor for the head and for
 * each fragment, one for each CARVE_TXD_MAX_DATA of its at most 64 KiB and
 * headers, and the context. The queue stops when fewer are left, so nobody
 * counts a packet's pieces, and none has more than the QEMU model takes.
 */
#define TX_STOP_THRESH			(MAX_SKB_FRAGS + 1 + 2 + 1)
static_assert(TSO_LEGACY_MAX_SIZE / CARVE_TXD_MAX_DATA == 2);
static_assert(TX_STOP_THRESH <= CARVE_TX_MAX_SEGS);
static_assert(TX_STOP_THRESH < CARVE_RING_MIN_DESC);

/* Packets taken back in one poll before others get their turn. */
#define TX_CLEAN_LIMIT			256

#define TX_DATA_CMD			(FIELD_PREP(CARVE_TXD_DTYP, \
						    CARVE_TXD_DTYP_DATA) | \
					 CARVE_TXD_DEXT | CARVE_TXD_IFCS)
#define TX_CTXT_TYPE			(FIELD_PREP(CARVE_TXD_DTYP, \
						    CARVE_TXD_DTYP_CTXT) | \
					 CARVE_TXD_DEXT)

/**
 * struct tx_plan - how to send one packet
 * @cmd: first word of each data descriptor, without length and EOP
 * @status: second word of each
 * @ctxt: the context it needs; whatever it does not care for is as the chip
 *	has it
 * @new_ctxt: the chip has another one
 * @bytes: on the wire, without CRC
 * @segs: frames on the wire
 * @csum: the chip fills in a checksum
 */
struct tx_plan {
	u32 cmd;
	u32 status;
	struct carve_tx_ctxt ctxt;
	bool new_ctxt;
	bool csum;
	u16 segs;
	u32 bytes;
};

struct tx_tally {
	unsigned int bytes;
	unsigned int skbs;
	unsigned int csum;
	unsigned int gso_packets;
	unsigned int gso_wire_packets;
};

/* ---- what a packet needs ---- */

/* Segmentation comes with a checksum. */
static bool tx_wants_offload(const struct sk_buff *skb)
{
	return skb_vlan_tag_present(skb) ||
	       skb->ip_summed == CHECKSUM_PARTIAL;
}

static void tx_plan_vlan(const struct sk_buff *skb, struct tx_plan *plan)
{
	plan->cmd |= CARVE_TXD_VLE;
	plan->ctxt.vlan_lens &= ~CARVE_TXC_VLAN;
	plan->ctxt.vlan_lens |= FIELD_PREP(CARVE_TXC_VLAN,
					   skb_vlan_tag_get(skb));
}

/* Which checksum is it? Negative: one that the chip doesn't know. */
static int tx_l4_type(struct sk_buff *skb)
{
	switch (skb->csum_offset) {
	case offsetof(struct tcphdr, check):
		return CARVE_TXC_L4T_TCP;
	case offsetof(struct udphdr, check):
		return CARVE_TXC_L4T_UDP;
	case offsetof(struct sctphdr, checksum):
		return skb_csum_is_sctp(skb) ? CARVE_TXC_L4T_SCTP : -EINVAL;
	default:
		return -EINVAL;
	}
}

static int tx_plan_csum(struct sk_buff *skb, struct tx_plan *plan)
{
	int maclen = skb_network_offset(skb);
	int iplen = skb_checksum_start_offset(skb) - maclen;
	int l4 = tx_l4_type(skb);

	if (l4 < 0)
		return skb_checksum_help(skb);

	plan->csum = true;
	plan->status |= CARVE_TXD_TXSM;
	plan->ctxt.vlan_lens &= CARVE_TXC_VLAN;
	plan->ctxt.vlan_lens |= FIELD_PREP(CARVE_TXC_MACLEN, maclen) |
				FIELD_PREP(CARVE_TXC_IPLEN, iplen);
	plan->ctxt.type = TX_CTXT_TYPE | FIELD_PREP(CARVE_TXC_L4T, l4);
	if (ip_hdr(skb)->version == 4)
		plan->ctxt.type |= CARVE_TXC_IPV4;
	return 0;
}

/*
 * The chip adds lengths and the IP checksum of each frame to what it finds:
 * leave zeroes, and a pseudo header sum without length.
 */
static void tx_prepare_tso_headers(struct sk_buff *skb)
{
	struct tcphdr *th = tcp_hdr(skb);
	struct iphdr *iph = ip_hdr(skb);

	if (!(skb_shinfo(skb)->gso_type & SKB_GSO_TCPV4)) {
		tcp_v6_gso_csum_prep(skb);
		return;
	}
	iph->tot_len = 0;
	iph->check = 0;
	th->check = ~tcp_v4_check(0, iph->saddr, iph->daddr, 0);
}

static int tx_plan_tso(struct sk_buff *skb, struct tx_plan *plan)
{
	const struct skb_shared_info *shinfo = skb_shinfo(skb);
	unsigned int hdr_len, l4len;
	int err;

	err = skb_cow_head(skb, 0);
	if (err)
		return err;

	tx_prepare_tso_headers(skb);
	l4len = tcp_hdrlen(skb);
	hdr_len = skb_checksum_start_offset(skb) + l4len;

	plan->cmd |= CARVE_TXD_TSE;
	if (shinfo->gso_type & SKB_GSO_TCPV4)
		plan->status |= CARVE_TXD_IXSM;
	plan->status |= FIELD_PREP(CARVE_TXD_PAYLEN, skb->len - hdr_len);
	plan->ctxt.mss_l4len = FIELD_PREP(CARVE_TXC_MSS, shinfo->gso_size) |
			       FIELD_PREP(CARVE_TXC_L4LEN, l4len);
	plan->segs = shinfo->gso_segs;
	plan->bytes = skb->len + (plan->segs - 1) * hdr_len;
	return 0;
}

static bool tx_same_ctxt(const struct carve_tx_ctxt *a,
			 const struct carve_tx_ctxt *b)
{
	return a->vlan_lens == b->vlan_lens && a->type == b->type &&
	       a->mss_l4len == b->mss_l4len;
}

/* A packet that asks for something; @have is what the chip knows already. */
static int tx_plan_offload(struct sk_buff *skb,
			   const struct carve_tx_ctxt *have,
			   struct tx_plan *plan)
{
	int err = 0;

	plan->ctxt = *have;
	if (skb_vlan_tag_present(skb))
		tx_plan_vlan(skb, plan);
	if (skb->ip_summed == CHECKSUM_PARTIAL)
		err = tx_plan_csum(skb, plan);
	if (!err && skb_is_gso(skb))
		err = tx_plan_tso(skb, plan);
	else
		plan->status |= FIELD_PREP(CARVE_TXD_PAYLEN, skb->len);

	/* A bare tag is happy with any context, but there has to be one. */
	if (!plan->ctxt.type && plan->cmd & CARVE_TXD_VLE)
		plan->ctxt.type = TX_CTXT_TYPE;
	plan->new_ctxt = !tx_same_ctxt(&plan->ctxt, have);
	return err;
}

static int tx_make_plan(struct sk_buff *skb, const struct carve_tx_ctxt *have,
			struct tx_plan *plan)
{
	plan->cmd = TX_DATA_CMD;
	plan->status = 0;
	plan->new_ctxt = false;
	plan->csum = false;
	plan->segs = 1;
	plan->bytes = skb->len;

	if (tx_wants_offload(skb))
		return tx_plan_offload(skb, have, plan);

	plan->status = FIELD_PREP(CARVE_TXD_PAYLEN, skb->len);
	return 0;
}

/* ---- descriptors ---- */

/* Returns the next free descriptor. */
static u16 tx_put_ctxt(struct carve_ring *ring, u16 i,
		       const struct carve_tx_ctxt *ctxt)
{
	struct carve_tx_ctxt_desc *desc = (void *)&ring->tx_desc[i];

	ring->ctxt = *ctxt;
	desc->vlan_lens = cpu_to_le32(ctxt->vlan_lens);
	desc->launch = 0;
	desc->type = cpu_to_le32(ctxt->type);
	desc->mss_l4len = cpu_to_le32(ctxt->mss_l4len);

	ring->tx_buf[i].type = CARVE_TX_EMPTY;
	ring->tx_buf[i].skb = NULL;
	return carve_ring_next(ring, i);
}

static void tx_put_desc(struct carve_ring *ring, u16 i, dma_addr_t dma,
			u32 cmd_len, u32 status)
{
	struct carve_tx_desc *desc = &ring->tx_desc[i];

	desc->addr = cpu_to_le64(dma);
	desc->cmd_len = cpu_to_le32(cmd_len);
	desc->status = cpu_to_le32(status);
}

static u8 tx_plan_flags(const struct tx_plan *plan)
{
	return (plan->csum ? CARVE_TX_CSUM : 0) |
	       (plan->segs > 1 ? CARVE_TX_GSO : 0);
}

/* A packet is described: what it takes of the ring, and sends. */
static void tx_account(struct carve_ring *ring, u16 num, u32 bytes)
{
	ring->room -= num;
	ring->group_bytes += bytes;
}

/* Descriptors from the next one to use up to, including, another. */
static u16 tx_count_to(const struct carve_ring *ring, u16 last)
{
	u16 ntu = ring->next_to_use;

	return (last < ntu ? ring->count : 0) + last - ntu + 1;
}

/*
 * Describe one mapped piece of memory. Returns the descriptor it ends in,
 * whose EOP is not set.
 */
static u16 tx_put_piece(struct carve_ring *ring, u16 i, dma_addr_t dma,
			unsigned int len, enum carve_tx_type type,
			const struct tx_plan *plan)
{
	struct carve_tx_buf *buf = &ring->tx_buf[i];

	buf->skb = NULL;
	buf->type = type;
	dma_unmap_addr_set(buf, dma, dma);
	dma_unmap_len_set(buf, len, len);

	while (unlikely(len > CARVE_TXD_MAX_DATA)) {
		tx_put_desc(ring, i, dma, plan->cmd | CARVE_TXD_MAX_DATA,
			    plan->status);
		dma += CARVE_TXD_MAX_DATA;
		len -= CARVE_TXD_MAX_DATA;
		i = carve_ring_next(ring, i);
		ring->tx_buf[i].skb = NULL;
		ring->tx_buf[i].type = CARVE_TX_EMPTY;
	}
	tx_put_desc(ring, i, dma, plan->cmd | len, plan->status);
	return i;
}

/*
 * Copy by plain moves: constant lengths let the compiler see what it is, and
 * the two halves may overlap.
 */
static __always_inline void tx_copy(void *to, const void *from,
				    unsigned int len)
{
	if (len >= 64) {
		memcpy(to, from, 64);
		memcpy(to + len - 64, from + len - 64, 64);
	} else if (len >= 32) {
		memcpy(to, from, 32);
		memcpy(to + len - 32, from + len - 32, 32);
	} else {
		memcpy(to, from, 16);
		memcpy(to + len - 16, from + len - 16, 16);
	}
}

/*
 * Describe a small packet by a copy of it. Calling it would cost as much as
 * half of the copy.
 */
static __always_inline void
tx_put_small(struct carve_ring *ring, struct sk_buff *skb, const void *data,
	     unsigned int len, u16 i, u32 cmd, u32 status, u8 flags)
{
	struct carve_tx_buf *buf = &ring->tx_buf[i];
	unsigned int offset = i * CARVE_TX_SMALL;

	tx_copy(ring->small + offset, data, len);
	buf->skb = skb;
	buf->type = CARVE_TX_EMPTY;
	buf->flags = flags;
	tx_put_desc(ring, i, ring->small_dma + offset,
		    cmd | CARVE_TXD_EOP | len, status);
}

static bool tx_is_small(const struct sk_buff *skb)
{
	return skb->len <= CARVE_TX_SMALL && !skb_is_nonlinear(skb);
}

static void tx_unmap(struct carve_ring *ring, struct carve_tx_buf *buf)
{
	struct device *dev = ring->dev;

	switch (buf->type) {
	case CARVE_TX_SINGLE:
		dma_unmap_single(dev, dma_unmap_addr(buf, dma),
				 dma_unmap_len(buf, len), DMA_TO_DEVICE);
		break;
	case CARVE_TX_PAGE:
		dma_unmap_page(dev, dma_unmap_addr(buf, dma),
			       dma_unmap_len(buf, len), DMA_TO_DEVICE);
		break;
	case CARVE_TX_XSK:
		ring->xsk_done++;
		break;
	}
	buf->type = CARVE_TX_EMPTY;
}

/* Unmap what lies from one descriptor up to, not including, another. */
static void tx_unmap_range(struct carve_ring *ring, u16 from, u16 to)
{
	while (from != to) {
		tx_unmap(ring, &ring->tx_buf[from]);
		from = carve_ring_next(ring, from);
	}
}

/*
 * Map @len bytes at @data and @shinfo's fragments, which may be NULL, and
 * describe them as one packet from descriptor @i on. Returns its last
 * descriptor, or -ENOMEM with nothing mapped.
 */
static int tx_map(struct carve_ring *ring, void *data, unsigned int len,
		  const struct skb_shared_info *shinfo, u16 i,
		  const struct tx_plan *plan)
{
	unsigned int frags = shinfo ? shinfo->nr_frags : 0;
	enum carve_tx_type type = CARVE_TX_SINGLE;
	unsigned int frag = 0;
	u16 first = i, last;
	dma_addr_t dma;

	dma = dma_map_single(ring->dev, data, len, DMA_TO_DEVICE);
	for (;;) {
		if (unlikely(dma_mapping_error(ring->dev, dma)))
			goto err_unmap;
		last = tx_put_piece(ring, i, dma, len, type, plan);
		if (frag == frags)
			break;

		i = carve_ring_next(ring, last);
		len = skb_frag_size(&shinfo->frags[frag]);
		dma = skb_frag_dma_map(ring->dev, &shinfo->frags[frag], 0, len,
				       DMA_TO_DEVICE);
		type = CARVE_TX_PAGE;
		frag++;
	}

	ring->tx_desc[last].cmd_len |= cpu_to_le32(CARVE_TXD_EOP);
	return last;

err_unmap:
	tx_unmap_range(ring, first, i);
	return -ENOMEM;
}

/* The same for a packet of the stack. */
static int tx_map_skb(struct carve_ring *ring, struct sk_buff *skb, u16 i,
		      const struct tx_plan *plan)
{
	int last = tx_map(ring, skb->data, skb_headlen(skb), skb_shinfo(skb),
			  i, plan);

	if (likely(last >= 0)) {
		ring->tx_buf[last].skb = skb;
		ring->tx_buf[last].segs = plan->segs;
		ring->tx_buf[last].flags = tx_plan_flags(plan);
	}
	return last;
}

/* ---- the stack's side ---- */

static void tx_count_dropped(struct carve_ring *ring, unsigned int n)
{
	struct carve_tx_xmit_stats *stats = &ring->xmit_stats;

	u64_stats_update_begin(&stats->syncp);
	u64_stats_add(&stats->dropped, n);
	u64_stats_update_end(&stats->syncp);
}

/*
 * Tell the chip of all that is queued, and have it report the last
 * descriptor. Nothing to tell is fine: the packet that was to ring for earlier
 * ones may have been dropped, and they must not wait for another.
 */
static void tx_ring_doorbell(struct carve_ring *ring)
{
	struct carve_tx_buf *first = &ring->tx_buf[ring->group];
	u16 ntu = ring->next_to_use;
	u16 last;

	if (ring->group == ntu)
		return;
	last = carve_ring_prev(ring, ntu);
	ring->tx_desc[last].cmd_len |= cpu_to_le32(CARVE_TXD_RS);

	first->bytes = ring->group_bytes;
	/* Frames of XDP are none of BQL's business. */
	if (likely(ring->group_bytes))
		netdev_tx_sent_queue(ring->txq, ring->group_bytes);
	ring->group_bytes = 0;

	/* Descriptors and buffers before the index that leads NAPI to them. */
	smp_store_release(&first->report, last);
	ring->group = ntu;
	writel(ntu, ring->tail);
}

void carve_tx_nudge(struct carve_ring *ring)
{
	__netif_tx_lock_bh(ring->txq);
	txq_trans_cond_update(ring->txq);
	if (!carve_tx_is_idle(ring))
		writel(ring->group, ring->tail);
	__netif_tx_unlock_bh(ring->txq);
}

static netdev_tx_t tx_lost(struct carve_ring *ring)
{
	tx_count_dropped(ring, 1);
	tx_ring_doorbell(ring);
	return NETDEV_TX_OK;
}

static netdev_tx_t tx_drop(struct carve_ring *ring, struct sk_buff *skb)
{
	dev_kfree_skb_any(skb);
	return tx_lost(ring);
}

/*
 * Is there room for any packet? The producer keeps a count that is never too
 * high, and looks where the consumer is only when it says no.
 */
static bool tx_has_room(struct carve_ring *ring)
{
	if (likely(ring->room >= TX_STOP_THRESH))
		return true;
	ring->room = carve_ring_unused(ring);
	return ring->room >= TX_STOP_THRESH;
}

/* The queue was left running with too little room: not what we promised. */
static netdev_tx_t tx_busy(struct carve_ring *ring)
{
	tx_ring_doorbell(ring);
	netif_txq_try_stop(ring->txq, carve_ring_unused(ring),
			   ring->wake_thresh);
	return NETDEV_TX_BUSY;
}

static noinline void tx_stop(struct carve_ring *ring)
{
	struct carve_tx_xmit_stats *stats = &ring->xmit_stats;

	if (tx_has_room(ring))
		return;
	if (netif_txq_try_stop(ring->txq, carve_ring_unused(ring),
			       ring->wake_thresh))
		return;
	u64_stats_update_begin(&stats->syncp);
	u64_stats_inc(&stats->stops);
	u64_stats_update_end(&stats->syncp);
}

/* Somebody wants to know when a packet was sent, from the chip if it can be. */
static noinline void tx_stamp(struct carve_ring *ring, struct sk_buff *skb,
			      u16 first)
{
	const struct carve_layout *layout = ring->nic->layout;

	if (skb_shinfo(skb)->tx_flags & SKBTX_HW_TSTAMP && layout->tx_stamp &&
	    layout->tx_stamp(ring->nic, skb))
		ring->tx_desc[first].cmd_len |= cpu_to_le32(CARVE_TXD_TSTAMP);
	skb_tx_timestamp(skb);
}

/*
 * Describe a packet that needs more than tx_put_small(). Returns its last
 * descriptor, or -ERRNO.
 */
static noinline int tx_put_packet(struct carve_ring *ring, struct sk_buff *skb)
{
	u16 i = ring->next_to_use;
	struct tx_plan plan;
	int last;

	last = tx_make_plan(skb, &ring->ctxt, &plan);
	if (unlikely(last))
		return last;
	if (plan.new_ctxt)
		i = tx_put_ctxt(ring, i, &plan.ctxt);
	if (plan.segs == 1 && tx_is_small(skb)) {
		tx_put_small(ring, skb, skb->data, skb->len, i, plan.cmd,
			     plan.status, tx_plan_flags(&plan));
		last = i;
	} else {
		last = tx_map_skb(ring, skb, i, &plan);
		if (unlikely(last < 0)) {
			/* The context went with the packet. */
			ring->ctxt.type = 0;
			return last;
		}
	}
	if (unlikely(skb_shinfo(skb)->tx_flags))
		tx_stamp(ring, skb, i);
	tx_account(ring, tx_count_to(ring, last), plan.bytes);
	return last;
}

netdev_tx_t carve_xmit_frame(struct sk_buff *skb, struct net_device *netdev)
{
	struct carve_nic *nic = netdev_priv(netdev);
	struct carve_ring *ring;
	int last;

	ring = &nic->channels->vec[skb_get_queue_mapping(skb)].tx;
	/* Keep it in a register: the compiler would rather count anew. */
	OPTIMIZER_HIDE_VAR(ring);

	if (unlikely(skb->len < CARVE_TX_MIN_FRAME) &&
	    skb_put_padto(skb, CARVE_TX_MIN_FRAME))
		return tx_lost(ring);
	if (unlikely(!tx_has_room(ring)))
		return tx_busy(ring);

	/* A small packet that asks for nothing needs no plan. */
	if (tx_is_small(skb) && !tx_wants_offload(skb) &&
	    likely(!skb_shinfo(skb)->tx_flags)) {
		last = ring->next_to_use;
		tx_put_small(ring, skb, skb->data, skb->len, last, TX_DATA_CMD,
			     FIELD_PREP(CARVE_TXD_PAYLEN, skb->len), 0);
		tx_account(ring, 1, skb->len);
	} else {
		last = tx_put_packet(ring, skb);
		if (unlikely(last < 0))
			return tx_drop(ring, skb);
	}

	WRITE_ONCE(ring->next_to_use, carve_ring_next(ring, last));

	if (unlikely(ring->room < TX_STOP_THRESH))
		tx_stop(ring);
	/* Nobody comes after a packet that stopped the queue. */
	if (!netdev_xmit_more() || netif_tx_queue_stopped(ring->txq))
		tx_ring_doorbell(ring);
	return NETDEV_TX_OK;
}
EXPORT_SYMBOL_NS_GPL(carve_xmit_frame, CARVE_NS);

netdev_features_t carve_features_check(struct sk_buff *skb,
				       struct net_device *netdev,
				       netdev_features_t features)
{
	unsigned int maclen, iplen;

	features = vlan_features_check(skb, features);
	if (skb->ip_summed != CHECKSUM_PARTIAL)
		return features;

	maclen = skb_network_offset(skb);
	iplen = skb_checksum_start_offset(skb) - maclen;
	if (maclen > FIELD_MAX(CARVE_TXC_MACLEN) ||
	    iplen > FIELD_MAX(CARVE_TXC_IPLEN))
		features &= ~(NETIF_F_CSUM_MASK | NETIF_F_SCTP_CRC |
			      NETIF_F_GSO_MASK);
	return features;
}
EXPORT_SYMBOL_NS_GPL(carve_features_check, CARVE_NS);

/* ---- frames of XDP ---- */

/* A copy is all that is sent of a small frame: its memory goes at once. */
static void tx_put_small_frame(struct carve_ring *ring, struct xdp_frame *xdpf)
{
	u16 i = ring->next_to_use;

	tx_put_small(ring, NULL, xdpf->data, xdpf->len, i, TX_DATA_CMD,
		     FIELD_PREP(CARVE_TXD_PAYLEN, xdpf->len), 0);
	ring->room--;
	WRITE_ONCE(ring->next_to_use, carve_ring_next(ring, i));
	xdp_return_frame(xdpf);
}

static bool tx_map_frame(struct carve_ring *ring, struct xdp_frame *xdpf,
			 unsigned int len)
{
	const struct tx_plan plan = {
		.cmd = TX_DATA_CMD,
		.status = FIELD_PREP(CARVE_TXD_PAYLEN, len),
	};
	const struct skb_shared_info *shinfo = NULL;
	int last;

	if (unlikely(xdp_frame_has_frags(xdpf)))
		shinfo = xdp_get_shared_info_from_frame(xdpf);
	last = tx_map(ring, xdpf->data, xdpf->len, shinfo, ring->next_to_use,
		      &plan);
	if (unlikely(last < 0))
		return false;
	ring->tx_buf[last].xdpf = xdpf;
	ring->tx_buf[last].flags = CARVE_TX_XDP;
	ring->room -= tx_count_to(ring, last);
	WRITE_ONCE(ring->xdp_mapped, ring->xdp_mapped + 1);
	WRITE_ONCE(ring->next_to_use, carve_ring_next(ring, last));
	return true;
}

/* Returns the frame's length, or 0 when it can't be sent. */
static unsigned int tx_put_frame(struct carve_ring *ring,
				 struct xdp_frame *xdpf)
{
	unsigned int len = xdp_get_frame_len(xdpf);

	if (unlikely(!tx_has_room(ring) || len < CARVE_TX_MIN_FRAME))
		return 0;
	if (len <= CARVE_TX_SMALL && !xdp_frame_has_frags(xdpf))
		tx_put_small_frame(ring, xdpf);
	else if (!tx_map_frame(ring, xdpf, len))
		return 0;
	return len;
}

static void tx_count_frames(struct carve_ring *ring, unsigned int packets,
			    unsigned int bytes)
{
	struct carve_tx_xmit_stats *stats = &ring->xmit_stats;

	u64_stats_update_begin(&stats->syncp);
	u64_stats_add(&stats->xdp_packets, packets);
	u64_stats_add(&stats->xdp_bytes, bytes);
	u64_stats_update_end(&stats->syncp);
}

unsigned int carve_tx_send_frames(struct carve_ring *ring,
				  struct xdp_frame **frames, unsigned int n,
				  bool doorbell)
{
	struct netdev_queue *txq = ring->txq;
	unsigned int sent = 0, bytes = 0;
	unsigned int len;

	__netif_tx_lock(txq, smp_processor_id());
	/* Stopped is also what a ring is that is about to be closed. */
	while (sent < n && !netif_tx_queue_stopped(txq)) {
		len = tx_put_frame(ring, frames[sent]);
		if (!len)
			break;
		bytes += len;
		sent++;
	}
	if (likely(sent)) {
		/* The watchdog is to notice a ring that takes nothing. */
		txq_trans_cond_update(txq);
		tx_count_frames(ring, sent, bytes);
	}
	if (doorbell)
		tx_ring_doorbell(ring);
	__netif_tx_unlock(txq);
	return sent;
}

/* ---- frames of AF_XDP ---- */

unsigned int carve_tx_spare(struct carve_ring *ring)
{
	ring->room = carve_ring_unused(ring);
	return ring->room - min(ring->room, TX_STOP_THRESH);
}

/* The chip is to see no frame that is too short for it. */
static dma_addr_t tx_pad_xsk(struct carve_ring *ring, u16 i, const void *data,
			     unsigned int len)
{
	u8 *small = ring->small + i * CARVE_TX_SMALL;

	memcpy(small, data, len);
	memset(small + len, 0, CARVE_TX_MIN_FRAME - len);
	return ring->small_dma + i * CARVE_TX_SMALL;
}

void carve_tx_put_xsk(struct carve_ring *ring, const void *data, dma_addr_t dma,
		      unsigned int len)
{
	u16 i = ring->next_to_use;

	if (unlikely(len < CARVE_TX_MIN_FRAME)) {
		dma = tx_pad_xsk(ring, i, data, len);
		len = CARVE_TX_MIN_FRAME;
	}
	ring->tx_buf[i].skb = NULL;
	ring->tx_buf[i].type = CARVE_TX_XSK;
	tx_put_desc(ring, i, dma, TX_DATA_CMD | CARVE_TXD_EOP | len,
		    FIELD_PREP(CARVE_TXD_PAYLEN, len));
	ring->room--;
	WRITE_ONCE(ring->next_to_use, carve_ring_next(ring, i));
}

void carve_tx_end_xsk(struct carve_ring *ring, unsigned int packets,
		      unsigned int bytes)
{
	txq_trans_cond_update(ring->txq);
	tx_count_frames(ring, packets, bytes);
	tx_ring_doorbell(ring);
}

/* ---- NAPI's side ---- */

static void tx_complete_frame(struct carve_ring *ring,
			      struct carve_tx_buf *buf)
{
	xdp_return_frame(buf->xdpf);
	buf->xdpf = NULL;
	ring->xdp_done++;
}

static void tx_tally_offloads(const struct carve_tx_buf *buf,
			      struct tx_tally *tally)
{
	if (buf->flags & CARVE_TX_CSUM)
		tally->csum++;
	if (buf->flags & CARVE_TX_GSO) {
		tally->gso_packets++;
		tally->gso_wire_packets += buf->segs;
	}
}

static void tx_complete(struct carve_ring *ring, struct carve_tx_buf *buf,
			struct tx_tally *tally, int budget)
{
	u8 flags = buf->flags;

	if (unlikely(flags & CARVE_TX_XDP)) {
		tx_complete_frame(ring, buf);
		return;
	}
	tally->skbs++;
	if (flags)
		tx_tally_offloads(buf, tally);
	napi_consume_skb(buf->skb, budget);
	buf->skb = NULL;
}

/* Take back all up to a reported descriptor. Returns the one behind it. */
static u16 tx_clean_group(struct carve_ring *ring, u16 i, u16 report,
			  struct tx_tally *tally, int budget)
{
	u16 end = carve_ring_next(ring, report);
	struct carve_tx_buf *wrap = &ring->tx_buf[ring->count];
	struct carve_tx_buf *stop = &ring->tx_buf[end];
	struct carve_tx_buf *buf = &ring->tx_buf[i];

	tally->bytes += buf->bytes;
	do {
		if (buf->type != CARVE_TX_EMPTY)
			tx_unmap(ring, buf);
		if (buf->skb)
			tx_complete(ring, buf, tally, budget);
		if (unlikely(++buf == wrap))
			buf = ring->tx_buf;
	} while (buf != stop);
	return end;
}

static void tx_count_done(struct carve_ring *ring,
			  const struct tx_tally *tally, bool woken)
{
	struct carve_tx_stats *stats = &ring->tx_stats;

	u64_stats_update_begin(&stats->syncp);
	u64_stats_add(&stats->packets, tally->skbs - tally->gso_packets +
				       tally->gso_wire_packets);
	u64_stats_add(&stats->bytes, tally->bytes);
	u64_stats_add(&stats->csum, tally->csum);
	u64_stats_add(&stats->gso_packets, tally->gso_packets);
	u64_stats_add(&stats->gso_wire_packets, tally->gso_wire_packets);
	u64_stats_add(&stats->wakes, woken);
	u64_stats_update_end(&stats->syncp);
}

bool carve_tx_is_idle(const struct carve_ring *ring)
{
	return READ_ONCE(ring->next_to_clean) == READ_ONCE(ring->next_to_use);
}

/* Has the chip sent the group that ends in @report, and may we take it? */
static bool tx_group_done(const struct carve_ring *ring, u16 report, int budget)
{
	if (report == CARVE_TX_NO_REPORT ||
	    !(READ_ONCE(ring->tx_desc[report].status) &
	      cpu_to_le32(CARVE_TXD_STAT_DD)))
		return false;
	/* netpoll may have interrupts off, and no frame of XDP is freed so. */
	return likely(budget) ||
	       READ_ONCE(ring->xdp_mapped) == ring->xdp_done;
}

bool carve_tx_clean(struct carve_ring *ring, int budget)
{
	u16 ntc = ring->next_to_clean;
	struct tx_tally tally = {};
	bool idle = false;
	int res;

	while (tally.skbs < TX_CLEAN_LIMIT) {
		/* Pairs with tx_ring_doorbell(): no old DD, no old buffer. */
		u16 report = smp_load_acquire(&ring->tx_buf[ntc].report);

		idle = !tx_group_done(ring, report, budget);
		if (idle)
			break;
		ring->tx_buf[ntc].report = CARVE_TX_NO_REPORT;
		ntc = tx_clean_group(ring, ntc, report, &tally, budget);
	}
	if (ntc == ring->next_to_clean)
		return idle;

	if (unlikely(ring->xsk_done))
		carve_xsk_tx_completed(ring);
	/* Done with the buffers before the fill side may use them. */
	smp_store_release(&ring->next_to_clean, ntc);
	/* Frames of XDP alone make room, too. */
	if (unlikely(!tally.bytes))
		smp_mb();	/* Pairs with netif_txq_try_stop(), as BQL's. */
	res = netif_txq_completed_wake(ring->txq, tally.skbs ?: 1, tally.bytes,
				       carve_ring_unused(ring),
				       ring->wake_thresh);
	/* The chip had nothing to do, and somebody something for it. */
	ring->starved = !res && carve_tx_is_idle(ring);
	tx_count_done(ring, &tally, !res);
	return idle;
}

/* ---- life of a ring ---- */

/*
 * A closed ring looks full: should anybody start the stack's queue too early,
 * the first packet stops it again.
 */
static void tx_close(struct carve_ring *ring)
{
	ring->next_to_clean = 0;
	ring->next_to_use = ring->count - 1;
	ring->room = 0;
	ring->group = ring->next_to_use;
	ring->group_bytes = 0;
}

void carve_tx_open(struct carve_ring *ring)
{
	u16 i;

	for (i = 0; i < ring->count; i++)
		ring->tx_buf[i].report = CARVE_TX_NO_REPORT;
	memset(ring->desc, 0, ring->count * sizeof(*ring->tx_desc));
	/* A reset made the chip forget. */
	ring->ctxt.type = 0;
	ring->next_to_use = 0;
	ring->next_to_clean = 0;
	ring->room = ring->count - 1;
	ring->group = 0;
	ring->group_bytes = 0;
}

void carve_tx_flush(struct carve_ring *ring)
{
	u16 i = ring->next_to_clean;
	unsigned int dropped = 0;

	while (i != ring->next_to_use) {
		struct carve_tx_buf *buf = &ring->tx_buf[i];

		tx_unmap(ring, buf);
		if (buf->skb && buf->flags & CARVE_TX_XDP) {
			tx_complete_frame(ring, buf);
		} else if (buf->skb) {
			dev_kfree_skb_any(buf->skb);
			buf->skb = NULL;
			dropped++;
		}
		i = carve_ring_next(ring, i);
	}
	if (ring->xsk_pool)
		carve_xsk_tx_completed(ring);
	ring->xsk_pool = NULL;

	__netif_tx_lock_bh(ring->txq);
	tx_count_dropped(ring, dropped);
	__netif_tx_unlock_bh(ring->txq);
	tx_close(ring);
	netdev_tx_reset_queue(ring->txq);
}

int carve_tx_alloc(struct carve_ring *ring, u16 count, u32 regs)
{
	int err;

	err = carve_ring_alloc(ring, count, regs, sizeof(*ring->tx_buf));
	if (err)
		return err;
	ring->small = dma_alloc_coherent(ring->dev, count * CARVE_TX_SMALL,
					 &ring->small_dma, GFP_KERNEL);
	if (!ring->small) {
		carve_ring_free(ring);
		return -ENOMEM;
	}

	ring->txq = netdev_get_tx_queue(ring->nic->netdev, ring->index);
	ring->wake_thresh = max(count / 4, TX_STOP_THRESH);
	u64_stats_init(&ring->tx_stats.syncp);
	u64_stats_init(&ring->xmit_stats.syncp);
	tx_close(ring);
	return 0;
}

void carve_tx_free(struct carve_ring *ring)
{
	if (!ring->desc)
		return;
	dma_free_coherent(ring->dev, ring->count * CARVE_TX_SMALL, ring->small,
			  ring->small_dma);
	carve_ring_free(ring);
}

#if IS_ENABLED(CONFIG_CARVE_KUNIT_TEST)
#include "tests/tx_kunit.c"
#endif
