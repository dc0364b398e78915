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
 * What a packet needs of the chip is in tx_plan.c; frames of XDP and AF_XDP
 * come from tx_frames.c, and are taken back here.
 *
 * Copyright (C) 2026 Carve developers
 */
#include <linux/bitfield.h>
#include <linux/dma-mapping.h>
#include <linux/etherdevice.h>
#include <linux/export.h>
#include <linux/io.h>
#include <net/netdev_queues.h>

#include <carve/channels.h>
#include <carve/compat.h>
#include <carve/netdev.h>
#include <carve/nic.h>
#include <carve/regs.h>

#include "ring.h"
#include "tx.h"
#include "tx_desc.h"
#include "tx_plan.h"
#include "xsk.h"

/* Packets taken back in one poll before others get their turn. */
#define TX_CLEAN_LIMIT			256

struct tx_tally {
	unsigned int bytes;
	unsigned int skbs;
	unsigned int csum;
	unsigned int gso_packets;
	unsigned int gso_wire_packets;
};

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

static u8 tx_plan_flags(const struct carve_tx_plan *plan)
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

/*
 * Describe one mapped piece of memory. Returns the descriptor it ends in,
 * whose EOP is not set.
 */
static u16 tx_put_piece(struct carve_ring *ring, u16 i, dma_addr_t dma,
			unsigned int len, enum carve_tx_type type,
			const struct carve_tx_plan *plan)
{
	struct carve_tx_buf *buf = &ring->tx_buf[i];

	buf->skb = NULL;
	buf->type = type;
	dma_unmap_addr_set(buf, dma, dma);
	dma_unmap_len_set(buf, len, len);

	while (unlikely(len > CARVE_TXD_MAX_DATA)) {
		carve_tx_put_desc(ring, i, dma, plan->cmd | CARVE_TXD_MAX_DATA,
				  plan->status);
		dma += CARVE_TXD_MAX_DATA;
		len -= CARVE_TXD_MAX_DATA;
		i = carve_ring_next(ring, i);
		ring->tx_buf[i].skb = NULL;
		ring->tx_buf[i].type = CARVE_TX_EMPTY;
	}
	carve_tx_put_desc(ring, i, dma, plan->cmd | len, plan->status);
	return i;
}

static bool tx_is_small(const struct sk_buff *skb)
{
	return skb->len <= CARVE_TX_SMALL && !skb_is_nonlinear(skb);
}

/* What a descriptor held goes back to where it came from. */
static void tx_release(struct carve_ring *ring, struct carve_tx_buf *buf)
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

/* The same for what lies from one descriptor up to, not including, another. */
static void tx_release_range(struct carve_ring *ring, u16 from, u16 to)
{
	while (from != to) {
		tx_release(ring, &ring->tx_buf[from]);
		from = carve_ring_next(ring, from);
	}
}

int carve_tx_map(struct carve_ring *ring, void *data, unsigned int len,
		 const struct skb_shared_info *shinfo, u16 i,
		 const struct carve_tx_plan *plan)
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
	tx_release_range(ring, first, i);
	return -ENOMEM;
}

static int tx_map_skb(struct carve_ring *ring, struct sk_buff *skb, u16 i,
		      const struct carve_tx_plan *plan)
{
	int last = carve_tx_map(ring, skb->data, skb_headlen(skb),
				skb_shinfo(skb), i, plan);

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

void carve_tx_doorbell(struct carve_ring *ring)
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
	carve_tx_doorbell(ring);
	return NETDEV_TX_OK;
}

static netdev_tx_t tx_drop(struct carve_ring *ring, struct sk_buff *skb)
{
	dev_kfree_skb_any(skb);
	return tx_lost(ring);
}

/* The queue was left running with too little room: not what we promised. */
static netdev_tx_t tx_busy(struct carve_ring *ring)
{
	carve_tx_doorbell(ring);
	netif_txq_try_stop(ring->txq, carve_ring_unused(ring),
			   ring->wake_thresh);
	return NETDEV_TX_BUSY;
}

static noinline void tx_stop(struct carve_ring *ring)
{
	struct carve_tx_xmit_stats *stats = &ring->xmit_stats;

	if (carve_tx_has_room(ring))
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
 * Describe a packet that needs more than carve_tx_put_small(). Returns its
 * last descriptor, or -ERRNO.
 */
static noinline int tx_put_packet(struct carve_ring *ring, struct sk_buff *skb)
{
	u16 i = ring->next_to_use;
	struct carve_tx_plan plan;
	int last;

	last = carve_tx_make_plan(skb, &ring->ctxt, &plan);
	if (unlikely(last))
		return last;
	if (plan.new_ctxt)
		i = tx_put_ctxt(ring, i, &plan.ctxt);
	if (plan.segs == 1 && tx_is_small(skb)) {
		carve_tx_put_small(ring, skb, skb->data, skb->len, i, plan.cmd,
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
	tx_account(ring, carve_tx_count_to(ring, last), plan.bytes);
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
	if (unlikely(!carve_tx_has_room(ring)))
		return tx_busy(ring);

	/* A small packet that asks for nothing needs no plan. */
	if (tx_is_small(skb) && !carve_tx_wants_offload(skb) &&
	    likely(!skb_shinfo(skb)->tx_flags)) {
		last = ring->next_to_use;
		carve_tx_put_small(ring, skb, skb->data, skb->len, last,
				   CARVE_TX_DATA_CMD,
				   FIELD_PREP(CARVE_TXD_PAYLEN, skb->len), 0);
		tx_account(ring, 1, skb->len);
	} else {
		last = tx_put_packet(ring, skb);
		if (unlikely(last < 0))
			return tx_drop(ring, skb);
	}

	WRITE_ONCE(ring->next_to_use, carve_ring_next(ring, last));

	if (unlikely(ring->room < CARVE_TX_STOP_THRESH))
		tx_stop(ring);
	/* Nobody comes after a packet that stopped the queue. */
	if (!netdev_xmit_more() || netif_tx_queue_stopped(ring->txq))
		carve_tx_doorbell(ring);
	return NETDEV_TX_OK;
}
EXPORT_SYMBOL_NS_GPL(carve_xmit_frame, CARVE_NS);

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
			tx_release(ring, buf);
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
		/* Pairs with carve_tx_doorbell(): no old DD, no old buffer. */
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

/* What the chip has sent since the last poll is not dropped. */
static void tx_flush_sent(struct carve_ring *ring)
{
	u16 ntc = ring->next_to_clean;
	struct tx_tally tally = {};
	u16 report;

	local_bh_disable();
	while (true) {
		report = ring->tx_buf[ntc].report;
		if (!tx_group_done(ring, report, 1))
			break;
		ring->tx_buf[ntc].report = CARVE_TX_NO_REPORT;
		ntc = tx_clean_group(ring, ntc, report, &tally, 0);
	}
	ring->next_to_clean = ntc;
	tx_count_done(ring, &tally, false);
	local_bh_enable();
}

void carve_tx_flush(struct carve_ring *ring)
{
	unsigned int dropped = 0;
	u16 i;

	tx_flush_sent(ring);
	i = ring->next_to_clean;
	while (i != ring->next_to_use) {
		struct carve_tx_buf *buf = &ring->tx_buf[i];

		tx_release(ring, buf);
		if (buf->skb && buf->flags & CARVE_TX_XDP) {
			tx_complete_frame(ring, buf);
			dropped++;
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
	ring->wake_thresh = max(count / 4, CARVE_TX_STOP_THRESH);
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
