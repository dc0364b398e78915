// SPDX-License-Identifier: GPL-2.0
/*
 * XDP: programs on received frames, and frames of others to send. Buffers have
 * the room that XDP wants whether there is a program or not, and frames share
 * the stack's transmit queues, so a program comes and goes by one pointer and
 * traffic takes no notice. rx.c calls all but the ndos, in NAPI.
 *
 * Copyright (C) 2026 Carve developers
 */
#include <linux/bitfield.h>
#include <linux/bpf_trace.h>
#include <linux/export.h>
#include <linux/filter.h>
#include <linux/netdevice.h>
#include <linux/rtnetlink.h>
#include <net/page_pool/helpers.h>
#include <net/xdp.h>
#include <net/xdp_sock_drv.h>

#include <carve/channels.h>
#include <carve/compat.h>
#include <carve/desc.h>
#include <carve/netdev.h>
#include <carve/nic.h>
#include <carve/vector.h>

#include "rx.h"
#include "tx.h"
#include "xdp.h"
#include "xsk.h"

/* ---- frames from buffers ---- */

void carve_xdp_first_buf(struct carve_ring *ring, void *va,
			 unsigned int headroom, unsigned int len,
			 unsigned int size)
{
	xdp_init_buff(&ring->xdp.buff, size, &ring->xdp_rxq);
	xdp_prepare_buff(&ring->xdp.buff, va, headroom, len, true);
	ring->rx_xdp = true;
}

bool carve_xdp_next_buf(struct carve_ring *ring, struct page *page,
			unsigned int offset, unsigned int len)
{
	struct xdp_buff *xdp = &ring->xdp.buff;
	struct skb_shared_info *shinfo = xdp_get_shared_info_from_buff(xdp);

	if (!xdp_buff_has_frags(xdp)) {
		shinfo->nr_frags = 0;
		shinfo->xdp_frags_size = 0;
		xdp_buff_set_frags_flag(xdp);
	}
	if (unlikely(shinfo->nr_frags == MAX_SKB_FRAGS))
		return false;

	skb_frag_fill_page_desc(&shinfo->frags[shinfo->nr_frags++], page,
				offset, len);
	shinfo->xdp_frags_size += len;
	if (page_is_pfmemalloc(page))
		xdp_buff_set_frag_pfmemalloc(xdp);
	return true;
}

void carve_xdp_drop_partial(struct carve_ring *ring)
{
	ring->rx_xdp = false;
	xdp_return_buff(&ring->xdp.buff);
}

void carve_xdp_flush_partial(struct carve_ring *ring)
{
	/* Outside of NAPI there is nothing that xdp_return_buff() needs. */
	struct xdp_frame *xdpf = xdp_convert_buff_to_frame(&ring->xdp.buff);

	ring->rx_xdp = false;
	if (!WARN_ON_ONCE(!xdpf))
		xdp_return_frame(xdpf);
}

/* ---- verdicts ---- */

/* The frame's fragments lie where the skb's have to be. */
static void xdp_give_frags(struct sk_buff *skb, unsigned int nr_frags,
			   unsigned int size)
{
	struct skb_shared_info *shinfo = skb_shinfo(skb);
	unsigned int i;

	shinfo->nr_frags = nr_frags;
	skb->len += shinfo->xdp_frags_size;
	skb->data_len += shinfo->xdp_frags_size;
	skb->truesize += nr_frags * size;
	for (i = 0; i < nr_frags; i++)
		skb_propagate_pfmemalloc(skb_frag_page(&shinfo->frags[i]), skb);
}

static struct sk_buff *xdp_to_skb(struct carve_ring *ring)
{
	struct xdp_buff *xdp = &ring->xdp.buff;
	unsigned int meta = xdp->data - xdp->data_meta;
	unsigned int nr_frags = 0;
	struct sk_buff *skb;

	/* Building the skb clears the number. */
	if (unlikely(xdp_buff_has_frags(xdp)))
		nr_frags = xdp_get_shared_info_from_buff(xdp)->nr_frags;

	skb = napi_build_skb(xdp->data_hard_start, xdp->frame_sz);
	if (unlikely(!skb))
		return NULL;
	skb_reserve(skb, xdp->data - xdp->data_hard_start);
	__skb_put(skb, xdp->data_end - xdp->data);
	if (meta)
		skb_metadata_set(skb, meta);
	skb_mark_for_recycle(skb);
	if (unlikely(nr_frags))
		xdp_give_frags(skb, nr_frags, xdp->frame_sz);
	return skb;
}

static void xdp_send_bulk(struct carve_ring *ring, struct carve_xdp_run *run)
{
	/* Not nic->channels: while those start they are not in place yet. */
	struct carve_ring *tx = &container_of(ring, struct carve_vector, rx)->tx;
	unsigned int sent, i;

	sent = carve_tx_send_frames(tx, ring->xdp_bulk, run->num_frames, true);
	for (i = sent; i < run->num_frames; i++)
		xdp_return_frame_rx_napi(ring->xdp_bulk[i]);
	run->tx += sent;
	run->errors += run->num_frames - sent;
	run->num_frames = 0;
}

static bool xdp_send_back(struct carve_ring *ring, struct xdp_buff *xdp,
			  struct carve_xdp_run *run)
{
	struct xdp_frame *xdpf = xdp_convert_buff_to_frame(xdp);

	if (unlikely(!xdpf))
		return false;
	ring->xdp_bulk[run->num_frames++] = xdpf;
	if (run->num_frames == CARVE_XDP_BULK)
		xdp_send_bulk(ring, run);
	return true;
}

/* xdp_return_buff() wants memory that has a struct page: sockets' has not. */
static void xdp_drop(struct carve_ring *ring, struct xdp_buff *xdp)
{
	if (unlikely(ring->xsk_pool))
		xsk_buff_free(xdp);
	else
		xdp_return_buff(xdp);
}

bool carve_xdp_run_prog(struct carve_ring *ring, struct xdp_buff *xdp,
			struct carve_xdp_run *run)
{
	struct net_device *netdev = ring->nic->netdev;
	u32 act = XDP_ABORTED;

	/* Others may send us longer frames than our MTU. */
	if (likely(!xdp_buff_has_frags(xdp) || run->prog->aux->xdp_has_frags))
		act = bpf_prog_run_xdp(run->prog, xdp);

	switch (act) {
	case XDP_PASS:
		return true;
	case XDP_DROP:
		run->drop++;
		xdp_drop(ring, xdp);
		return false;
	case XDP_TX:
		if (likely(xdp_send_back(ring, xdp, run)))
			return false;
		break;
	case XDP_REDIRECT:
		if (likely(!xdp_do_redirect(netdev, xdp, run->prog))) {
			run->redirect++;
			return false;
		}
		break;
	default:
		bpf_warn_invalid_xdp_action(netdev, run->prog, act);
		break;
	case XDP_ABORTED:
		break;
	}

	trace_xdp_exception(netdev, run->prog, act);
	run->errors++;
	xdp_drop(ring, xdp);
	return false;
}

struct sk_buff *carve_xdp_finish(struct carve_ring *ring,
				 struct carve_xdp_run *run)
{
	struct sk_buff *skb;

	ring->rx_xdp = false;
	/* The program may have gone since the frame began. */
	if (run->prog && !carve_xdp_run_prog(ring, &ring->xdp.buff, run))
		return NULL;

	skb = xdp_to_skb(ring);
	if (unlikely(!skb)) {
		run->errors++;
		xdp_return_buff(&ring->xdp.buff);
	}
	return skb;
}

void carve_xdp_flush(struct carve_ring *ring, struct carve_xdp_run *run)
{
	if (run->num_frames)
		xdp_send_bulk(ring, run);
	if (run->redirect)
		xdp_do_flush();
}

void carve_xdp_count(struct carve_rx_stats *stats,
		     const struct carve_xdp_run *run)
{
	u64_stats_add(&stats->xdp_drop, run->drop);
	u64_stats_add(&stats->xdp_tx, run->tx);
	u64_stats_add(&stats->xdp_redirect, run->redirect);
	u64_stats_add(&stats->xdp_errors, run->errors);
}

/* ---- what a program may ask of a frame ---- */

static const enum xdp_rss_hash_type xdp_hash_types[] = {
	[CARVE_RXD_RSS_NONE]		= XDP_RSS_TYPE_NONE,
	[CARVE_RXD_RSS_TCPV4]		= XDP_RSS_TYPE_L4_IPV4_TCP,
	[CARVE_RXD_RSS_IPV4]		= XDP_RSS_TYPE_L3_IPV4,
	[CARVE_RXD_RSS_TCPV6]		= XDP_RSS_TYPE_L4_IPV6_TCP,
	[CARVE_RXD_RSS_IPV6_EX]		= XDP_RSS_TYPE_L3_IPV6_EX,
	[CARVE_RXD_RSS_IPV6]		= XDP_RSS_TYPE_L3_IPV6,
	[CARVE_RXD_RSS_TCPV6_EX]	= XDP_RSS_TYPE_L4_IPV6_TCP_EX,
	[CARVE_RXD_RSS_UDPV4]		= XDP_RSS_TYPE_L4_IPV4_UDP,
	[CARVE_RXD_RSS_UDPV6]		= XDP_RSS_TYPE_L4_IPV6_UDP,
	[CARVE_RXD_RSS_UDPV6_EX]	= XDP_RSS_TYPE_L4_IPV6_UDP_EX,
};

static int xdp_rx_hash(const struct xdp_md *ctx, u32 *hash,
		       enum xdp_rss_hash_type *type)
{
	/* The program's view of it is an xdp_buff in truth. */
	const struct carve_xdp_buff *xdp = (const void *)ctx;
	const union carve_rx_desc *desc = xdp->desc;
	u32 found = FIELD_GET(CARVE_RXD_RSS_TYPE, le32_to_cpu(desc->wb.type));

	if (!(xdp->buff.rxq->dev->features & NETIF_F_RXHASH) ||
	    found >= ARRAY_SIZE(xdp_hash_types) || !xdp_hash_types[found])
		return -ENODATA;

	*hash = le32_to_cpu(desc->wb.rss_hash);
	*type = xdp_hash_types[found];
	return 0;
}

const struct xdp_metadata_ops carve_xdp_metadata_ops = {
	.xmo_rx_hash = xdp_rx_hash,
};
EXPORT_SYMBOL_NS_GPL(carve_xdp_metadata_ops, CARVE_NS);

/* ---- the stack's side ---- */

static bool xdp_takes_frames(const struct bpf_prog *prog, u16 max_frame)
{
	return !prog || prog->aux->xdp_has_frags ||
	       max_frame <= carve_rx_buf_bytes();
}

int carve_xdp_check_max_frame(const struct carve_nic *nic, u16 max_frame)
{
	if (!xdp_takes_frames(nic->xdp_prog, max_frame)) {
		netdev_warn(nic->netdev,
			    "the XDP program takes no frames of several buffers\n");
		return -EOPNOTSUPP;
	}
	if (!carve_xsk_takes_frames(nic, max_frame)) {
		netdev_warn(nic->netdev,
			    "an AF_XDP socket's buffers are too small for this MTU\n");
		return -EBUSY;
	}
	return 0;
}
EXPORT_SYMBOL_NS_GPL(carve_xdp_check_max_frame, CARVE_NS);

static int xdp_setup_prog(struct carve_nic *nic, struct netdev_bpf *bpf)
{
	struct bpf_prog *old;

	ASSERT_RTNL();

	if (!xdp_takes_frames(bpf->prog, nic->config.max_frame)) {
		NL_SET_ERR_MSG(bpf->extack,
			       "Frames of this MTU take several buffers: the program has to be loaded for that");
		return -EOPNOTSUPP;
	}
	old = xchg(&nic->xdp_prog, bpf->prog);
	if (old)
		bpf_prog_put(old);
	return 0;
}

int carve_bpf(struct net_device *netdev, struct netdev_bpf *bpf)
{
	switch (bpf->command) {
	case XDP_SETUP_PROG:
		return xdp_setup_prog(netdev_priv(netdev), bpf);
	case XDP_SETUP_XSK_POOL:
		return carve_xsk_setup_pool(netdev_priv(netdev), bpf->xsk.pool,
					    bpf->xsk.queue_id);
	default:
		return -EINVAL;
	}
}
EXPORT_SYMBOL_NS_GPL(carve_bpf, CARVE_NS);

int carve_xdp_xmit(struct net_device *netdev, int n, struct xdp_frame **frames,
		   u32 flags)
{
	struct carve_nic *nic = netdev_priv(netdev);
	struct carve_channels *ch = READ_ONCE(nic->channels);
	unsigned int queue;

	if (unlikely(flags & ~XDP_XMIT_FLAGS_MASK))
		return -EINVAL;
	if (unlikely(!ch || !netif_carrier_ok(netdev)))
		return -ENETDOWN;

	/* The two change one after the other. */
	queue = smp_processor_id() % min(READ_ONCE(nic->num_active), ch->num);
	return carve_tx_send_frames(&ch->vec[queue].tx, frames, n,
				    flags & XDP_XMIT_FLUSH);
}
EXPORT_SYMBOL_NS_GPL(carve_xdp_xmit, CARVE_NS);
