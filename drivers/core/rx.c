// SPDX-License-Identifier: GPL-2.0
/*
 * Receive: buffers from a page pool to the chip, frames from the chip to the
 * stack. All of it runs in NAPI, but alloc, prefill, flush and free, which
 * vector.c calls under rtnl while NAPI and chip are off the ring.
 *
 * A buffer is 4 KiB: headroom, 3 KiB that the chip may write, room for
 * skb_shared_info. The chip cuts a frame at the 3 KiB whatever limit of frame
 * length is set anywhere, so no such limit guards our memory.
 *
 * Copyright (C) 2026 Carve developers
 */
#include <linux/bitfield.h>
#include <linux/bpf.h>
#include <linux/etherdevice.h>
#include <linux/if_vlan.h>
#include <linux/io.h>
#include <linux/prefetch.h>
#include <net/page_pool/helpers.h>

#include <carve/nic.h>
#include <carve/regs.h>
#include <carve/ring.h>

#include "ring.h"
#include "rx.h"
#include "xdp.h"
#include "xsk.h"

#define RX_BUF_SIZE			4096
#define RX_HEADROOM			XDP_PACKET_HEADROOM
#define RX_DATA_SIZE			3072
static_assert(RX_HEADROOM + RX_DATA_SIZE +
	      SKB_DATA_ALIGN(sizeof(struct skb_shared_info)) <= RX_BUF_SIZE);
static_assert(RX_DATA_SIZE % CARVE_RX_BUF_UNIT == 0);
static_assert(PAGE_SIZE % RX_BUF_SIZE == 0);

/*
 * Buffers a ring starts with: all of a ring of the usual size. Most VFs see
 * little traffic, and a larger one full for nobody is most of what a VF costs.
 */
#define RX_FILL_START			256
/* Used descriptors that are worth a doorbell, at most. */
#define RX_FILL_BATCH			64

/* 82576 erratum: L4E may be set for good SCTP frames of this size. */
#define RX_SCTP_ERRATUM_LEN		60

/* Matches no source address, see carve_rx_mac_key(). */
#define RX_NO_MAC			U64_MAX

u32 carve_rx_srrctl(unsigned int bytes)
{
	return FIELD_PREP(CARVE_SRRCTL_BSIZEPKT,
			  bytes / CARVE_RX_BUF_UNIT) |
	       FIELD_PREP(CARVE_SRRCTL_DESCTYPE,
			  CARVE_SRRCTL_DESCTYPE_ADV_ONEBUF) |
	       CARVE_SRRCTL_DROP_EN;
}

unsigned int carve_rx_buf_bytes(void)
{
	return RX_DATA_SIZE;
}

/* ---- buffers ---- */

static bool rx_fill_one(struct carve_ring *ring, u16 i, gfp_t gfp)
{
	struct carve_rx_buf *buf = &ring->rx_buf[i];
	union carve_rx_desc *desc = &ring->rx_desc[i];
	unsigned int size = RX_BUF_SIZE;
	unsigned int offset;
	struct page *page;
	dma_addr_t dma;

	page = page_pool_alloc(ring->page_pool, &offset, &size, gfp);
	if (unlikely(!page))
		return false;

	buf->page = page;
	buf->offset = offset;
	dma = page_pool_get_dma_addr(page) + offset + RX_HEADROOM;
	desc->read.pkt_addr = cpu_to_le64(dma);
	/* Where the chip will write status: the old DD goes away here. */
	desc->read.hdr_addr = 0;
	return true;
}

/* Fill @n descriptors; returns how many are left. */
static unsigned int rx_fill(struct carve_ring *ring, unsigned int n, gfp_t gfp)
{
	u16 i = ring->next_to_use;

	for (; n && rx_fill_one(ring, i, gfp); n--)
		i = carve_ring_next(ring, i);
	ring->next_to_use = i;
	return n;
}

/* Descriptors with buffers, all of which the chip has been told of. */
static unsigned int rx_posted(const struct carve_ring *ring)
{
	return ring->count - 1 - carve_ring_unused(ring);
}

int carve_rx_prefill(struct carve_ring *ring)
{
	unsigned int posted = rx_posted(ring);

	if (posted < ring->fill_target)
		rx_fill(ring, ring->fill_target - posted, GFP_KERNEL);
	return rx_posted(ring) ? 0 : -ENOMEM;
}

static unsigned int rx_fill_batch(const struct carve_ring *ring)
{
	return min(ring->fill_target / 4, RX_FILL_BATCH);
}

void carve_rx_adapt(struct carve_ring *ring, unsigned int taken, bool more)
{
	unsigned int burst = min(ring->burst + taken, ring->count);

	ring->burst = more ? burst : 0;
	ring->fill_tight = burst >= ring->fill_target / 2;
	if (unlikely(ring->fill_tight))
		ring->fill_target = min(2 * ring->fill_target,
					ring->count - 1);
}

static void rx_refill(struct carve_ring *ring, struct carve_rx_run *run)
{
	unsigned int used = ring->fill_target - rx_posted(ring);
	unsigned int left;

	if (used < rx_fill_batch(ring))
		return;

	left = rx_fill(ring, used, GFP_ATOMIC | __GFP_NOWARN);
	if (unlikely(left))
		run->alloc_fail++;
	if (left < used)
		writel(ring->next_to_use, ring->tail);
}

static void rx_recycle(struct carve_ring *ring, struct page *page)
{
	page_pool_put_full_page(ring->page_pool, page, true);
}

/* ---- what the chip says of a frame ---- */

static void rx_set_csum(struct sk_buff *skb, struct carve_rx_run *run, u32 type,
			u32 status)
{
	if (!(run->features & NETIF_F_RXCSUM) ||
	    status & CARVE_RXD_STAT_IXSM)
		return;

	if (unlikely(status & (CARVE_RXD_ERR_L4E | CARVE_RXD_ERR_IPE))) {
		if (!(type & CARVE_RXD_PTYPE_SCTP) ||
		    skb->len != RX_SCTP_ERRATUM_LEN)
			run->csum_bad++;
		return;
	}
	if (!(status & (CARVE_RXD_STAT_L4CS | CARVE_RXD_STAT_UDPCS)))
		return;
	skb->ip_summed = CHECKSUM_UNNECESSARY;
	run->csum_good++;
}

static enum pkt_hash_types rx_hash_type(u32 rss_type)
{
	switch (rss_type) {
	case CARVE_RXD_RSS_NONE:
		return PKT_HASH_TYPE_NONE;
	case CARVE_RXD_RSS_IPV4:
	case CARVE_RXD_RSS_IPV6:
	case CARVE_RXD_RSS_IPV6_EX:
		return PKT_HASH_TYPE_L3;
	default:
		return PKT_HASH_TYPE_L4;
	}
}

static void rx_set_hash(struct sk_buff *skb, const struct carve_rx_run *run,
			u32 type, u32 hash)
{
	enum pkt_hash_types hash_type;

	if (!(run->features & NETIF_F_RXHASH))
		return;
	hash_type = rx_hash_type(FIELD_GET(CARVE_RXD_RSS_TYPE, type));
	if (hash_type != PKT_HASH_TYPE_NONE)
		skb_set_hash(skb, hash, hash_type);
}

static void rx_set_vlan(struct sk_buff *skb, const struct carve_rx_run *run,
			u16 tag)
{
	if (!(run->features & NETIF_F_HW_VLAN_CTAG_RX))
		return;
	if (run->vlans && !test_bit(tag & VLAN_VID_MASK, run->vlans))
		return;
	__vlan_hwaccel_put_tag(skb, htons(ETH_P_8021Q), tag);
}

/* On the chip a VF's frame has its time noted as well, and nobody to read it. */
static noinline void rx_set_stamp(struct sk_buff *skb,
				  const struct carve_ring *ring)
{
	const struct carve_layout *layout = ring->nic->layout;

	if (layout->rx_stamp)
		layout->rx_stamp(ring->nic, skb);
}

/* ---- frames ---- */

static struct sk_buff *rx_build_skb(void *buf, unsigned int len)
{
	struct sk_buff *skb = napi_build_skb(buf, RX_BUF_SIZE);

	if (unlikely(!skb))
		return NULL;
	skb_reserve(skb, RX_HEADROOM);
	__skb_put(skb, len);
	skb_mark_for_recycle(skb);
	return skb;
}

/* First buffer of a frame. Returns false when the frame is to be dropped. */
static bool rx_first_buf(struct carve_ring *ring, struct carve_rx_run *run,
			 const struct carve_rx_buf *buf, unsigned int len)
{
	void *va = page_address(buf->page) + buf->offset;
	struct ethhdr *eth = va + RX_HEADROOM;

	net_prefetch(eth);
	if (unlikely(len < ETH_HLEN)) {
		run->errors++;
		return false;
	}
	if (unlikely(carve_rx_mac_key(eth->h_source) == run->own)) {
		run->own_frames++;
		return false;
	}
	if (unlikely(run->xdp.prog)) {
		carve_xdp_first_buf(ring, va, RX_HEADROOM, len, RX_BUF_SIZE);
		return true;
	}
	ring->skb = rx_build_skb(va, len);
	if (unlikely(!ring->skb)) {
		run->alloc_fail++;
		run->lost++;
	}
	return ring->skb;
}

/* Further buffer of a frame. Returns false when the frame is to be dropped. */
static bool rx_next_buf(struct carve_ring *ring, struct carve_rx_run *run,
			const struct carve_rx_buf *buf, unsigned int len)
{
	unsigned int frag = skb_shinfo(ring->skb)->nr_frags;

	if (unlikely(frag == MAX_SKB_FRAGS)) {
		kfree_skb(ring->skb);
		ring->skb = NULL;
		run->errors++;
		return false;
	}
	skb_add_rx_frag(ring->skb, frag, buf->page, buf->offset + RX_HEADROOM,
			len, RX_BUF_SIZE);
	return true;
}

/* The same for a frame that a program will see. */
static bool rx_next_xdp_buf(struct carve_ring *ring, struct carve_rx_run *run,
			    const struct carve_rx_buf *buf, unsigned int len)
{
	if (likely(carve_xdp_next_buf(ring, buf->page,
				      buf->offset + RX_HEADROOM, len)))
		return true;
	carve_xdp_drop_partial(ring);
	run->errors++;
	return false;
}

/* Move the buffer of descriptor @i to the frame being received. */
static void rx_take_buf(struct carve_ring *ring, struct carve_rx_run *run, u16 i,
			unsigned int len)
{
	struct carve_rx_buf *buf = &ring->rx_buf[i];
	bool taken = false;

	len = min(len, RX_DATA_SIZE);
	page_pool_dma_sync_for_cpu(ring->page_pool, buf->page,
				   buf->offset + RX_HEADROOM, len);
	if (likely(!ring->skb && !ring->rx_discard && !ring->rx_xdp))
		taken = rx_first_buf(ring, run, buf, len);
	else if (ring->skb)
		taken = rx_next_buf(ring, run, buf, len);
	else if (ring->rx_xdp)
		taken = rx_next_xdp_buf(ring, run, buf, len);

	if (unlikely(!taken)) {
		rx_recycle(ring, buf->page);
		ring->rx_discard = true;
	}
	buf->page = NULL;
}

void carve_rx_deliver(struct carve_ring *ring, struct carve_rx_run *run,
		      const union carve_rx_desc *desc, u32 status,
		      struct sk_buff *skb)
{
	u32 type = le32_to_cpu(desc->wb.type);

	rx_set_csum(skb, run, type, status);
	rx_set_hash(skb, run, type, le32_to_cpu(desc->wb.rss_hash));
	if (status & CARVE_RXD_STAT_VP)
		rx_set_vlan(skb, run, le16_to_cpu(desc->wb.vlan));
	if (unlikely(status & CARVE_RXD_STAT_TS))
		rx_set_stamp(skb, ring);
	skb_record_rx_queue(skb, ring->index);
	skb->protocol = eth_type_trans(skb, run->netdev);
	napi_gro_receive(run->napi, skb);
}

/* The frame is complete: let the program have it, if there is one. */
static void rx_finish_xdp(struct carve_ring *ring, struct carve_rx_run *run,
			  const union carve_rx_desc *desc, u32 status)
{
	struct sk_buff *skb;

	if (unlikely(status & CARVE_RXD_ERR_FRAME)) {
		carve_xdp_drop_partial(ring);
		run->errors++;
		return;
	}

	run->packets++;
	run->bytes += xdp_get_buff_len(&ring->xdp.buff);
	ring->xdp.desc = desc;
	skb = carve_xdp_finish(ring, &run->xdp);
	if (skb)
		carve_rx_deliver(ring, run, desc, status, skb);
}

/* The frame is complete: give it to the stack. */
static void rx_finish(struct carve_ring *ring, struct carve_rx_run *run,
		      const union carve_rx_desc *desc, u32 status)
{
	struct sk_buff *skb = ring->skb;

	ring->skb = NULL;
	ring->rx_discard = false;
	if (unlikely(!skb)) {
		if (ring->rx_xdp)
			rx_finish_xdp(ring, run, desc, status);
		return;
	}
	if (unlikely(status & CARVE_RXD_ERR_FRAME)) {
		kfree_skb(skb);
		run->errors++;
		return;
	}

	run->packets++;
	run->bytes += skb->len;
	carve_rx_deliver(ring, run, desc, status, skb);
}

void carve_rx_count(struct carve_ring *ring, const struct carve_rx_run *run)
{
	struct carve_rx_stats *stats = &ring->rx_stats;

	u64_stats_update_begin(&stats->syncp);
	u64_stats_add(&stats->packets, run->packets);
	u64_stats_add(&stats->bytes, run->bytes);
	u64_stats_add(&stats->csum_good, run->csum_good);
	u64_stats_add(&stats->csum_bad, run->csum_bad);
	u64_stats_add(&stats->alloc_fail, run->alloc_fail);
	u64_stats_add(&stats->lost, run->lost);
	u64_stats_add(&stats->errors, run->errors);
	u64_stats_add(&stats->own, run->own_frames);
	if (run->xdp.prog)
		carve_xdp_count(stats, &run->xdp);
	u64_stats_update_end(&stats->syncp);
}

void carve_rx_run_init(struct carve_rx_run *run, const struct carve_nic *nic,
		       struct napi_struct *napi)
{
	*run = (struct carve_rx_run) {
		.napi = napi,
		.netdev = nic->netdev,
		.vlans = nic->rx_vlans,
		.features = nic->netdev->features,
		.own = nic->drop_own ? carve_rx_mac_key(nic->netdev->dev_addr) :
				       RX_NO_MAC,
		.xdp.prog = READ_ONCE(nic->xdp_prog),
	};
}

int carve_rx_clean(struct carve_ring *ring, struct napi_struct *napi,
		   int budget)
{
	u16 ntc = ring->next_to_clean;
	struct carve_rx_run run;
	int done = 0;

	carve_rx_run_init(&run, ring->nic, napi);
	/* Behind the posted descriptors stands what an earlier lap left. */
	while (done < budget && ntc != ring->next_to_use) {
		const union carve_rx_desc *desc = &ring->rx_desc[ntc];
		u32 status = le32_to_cpu(READ_ONCE(desc->wb.status));

		if (!(status & CARVE_RXD_STAT_DD))
			break;
		/* Nothing of the descriptor before DD. */
		dma_rmb();
		rx_take_buf(ring, &run, ntc, le16_to_cpu(desc->wb.length));
		if (likely(status & CARVE_RXD_STAT_EOP)) {
			rx_finish(ring, &run, desc, status);
			done++;
		}
		ntc = carve_ring_next(ring, ntc);
		run.taken++;
	}
	ring->next_to_clean = ntc;
	if (unlikely(run.xdp.prog))
		carve_xdp_flush(ring, &run.xdp);

	carve_rx_adapt(ring, run.taken, done == budget);
	rx_refill(ring, &run);
	if (done || run.alloc_fail)
		carve_rx_count(ring, &run);
	/* Without buffers no interrupt would bring us back. */
	if (unlikely(run.alloc_fail &&
		     rx_posted(ring) < rx_fill_batch(ring)))
		return budget;
	return done;
}

bool carve_rx_is_idle(const struct carve_ring *ring)
{
	u16 ntc = READ_ONCE(ring->next_to_clean);

	/* As in carve_rx_clean(), for others than NAPI. */
	return ntc == READ_ONCE(ring->next_to_use) ||
	       !(READ_ONCE(ring->rx_desc[ntc].wb.status) &
		 cpu_to_le32(CARVE_RXD_STAT_DD));
}

/* ---- life of a ring ---- */

void carve_rx_flush(struct carve_ring *ring)
{
	u16 i;

	kfree_skb(ring->skb);
	ring->skb = NULL;
	if (ring->rx_xdp)
		carve_xdp_flush_partial(ring);
	ring->rx_discard = false;
	if (ring->xsk_pool)
		carve_xsk_flush_rx(ring);
	ring->xsk_pool = NULL;
	for (i = 0; i < ring->count; i++) {
		struct carve_rx_buf *buf = &ring->rx_buf[i];

		if (buf->page)
			page_pool_put_full_page(ring->page_pool, buf->page,
						false);
		buf->page = NULL;
	}
	memset(ring->desc, 0, ring->count * sizeof(*ring->rx_desc));
	ring->next_to_use = 0;
	ring->next_to_clean = 0;
}

static int rx_create_pool(struct carve_ring *ring, struct napi_struct *napi)
{
	struct page_pool_params params = {
		.flags = PP_FLAG_DMA_MAP | PP_FLAG_DMA_SYNC_DEV,
		.pool_size = 4 * ring->count,
		.nid = dev_to_node(ring->dev),
		.dev = ring->dev,
		.napi = napi,
		.netdev = ring->nic->netdev,
		.queue_idx = ring->index,
		.dma_dir = DMA_FROM_DEVICE,
		.max_len = PAGE_SIZE,
	};
	struct page_pool *pool = page_pool_create(&params);

	if (IS_ERR(pool))
		return PTR_ERR(pool);
	ring->page_pool = pool;
	return 0;
}

static int rx_register_xdp(struct carve_ring *ring)
{
	struct xdp_rxq_info *rxq = &ring->xdp_rxq;
	int err;

	err = __xdp_rxq_info_reg(rxq, ring->nic->netdev, ring->index, 0,
				 RX_BUF_SIZE);
	if (err)
		return err;
	err = xdp_rxq_info_reg_mem_model(rxq, MEM_TYPE_PAGE_POOL,
					 ring->page_pool);
	if (err)
		xdp_rxq_info_unreg(rxq);
	return err;
}

int carve_rx_alloc(struct carve_ring *ring, u16 count, u32 regs,
		   struct napi_struct *napi)
{
	int err;

	err = carve_ring_alloc(ring, count, regs, sizeof(*ring->rx_buf));
	if (err)
		return err;

	ring->fill_target = min(count - 1, RX_FILL_START);
	u64_stats_init(&ring->rx_stats.syncp);
	err = rx_create_pool(ring, napi);
	if (err)
		goto err_free_ring;
	err = rx_register_xdp(ring);
	if (err)
		goto err_destroy_pool;

	memset(ring->desc, 0, ring->count * sizeof(*ring->rx_desc));
	return 0;

err_destroy_pool:
	page_pool_destroy(ring->page_pool);
	ring->page_pool = NULL;
err_free_ring:
	carve_ring_free(ring);
	return err;
}

void carve_rx_free(struct carve_ring *ring)
{
	if (!ring->desc)
		return;
	carve_rx_flush(ring);
	xdp_rxq_info_unreg(&ring->xdp_rxq);
	page_pool_destroy(ring->page_pool);
	ring->page_pool = NULL;
	carve_ring_free(ring);
}

#if IS_ENABLED(CONFIG_CARVE_KUNIT_TEST)
#include "tests/rx_kunit.c"
#endif
