// SPDX-License-Identifier: GPL-2.0
/*
 * Transmit of what does not come from the stack: frames of XDP, and of AF_XDP's
 * sockets. They share the stack's ring, under the lock of its queue; BQL knows
 * nothing of them. What is done with them when they are sent is in tx.c.
 *
 * Copyright (C) 2026 Carve developers
 */
#include <linux/netdevice.h>
#include <net/xdp.h>

#include <carve/desc.h>
#include <carve/ring.h>

#include "tx.h"
#include "tx_desc.h"
#include "tx_plan.h"

/* ---- XDP ---- */

/* A copy is all that is sent of a small frame: its memory goes at once. */
static void tx_put_small_frame(struct carve_ring *ring, struct xdp_frame *xdpf)
{
	u16 i = ring->next_to_use;

	carve_tx_put_small(ring, NULL, xdpf->data, xdpf->len, i,
			   CARVE_TX_DATA_CMD,
			   FIELD_PREP(CARVE_TXD_PAYLEN, xdpf->len), 0);
	ring->room--;
	WRITE_ONCE(ring->next_to_use, carve_ring_next(ring, i));
	xdp_return_frame(xdpf);
}

static bool tx_map_frame(struct carve_ring *ring, struct xdp_frame *xdpf,
			 unsigned int len)
{
	const struct carve_tx_plan plan = {
		.cmd = CARVE_TX_DATA_CMD,
		.status = FIELD_PREP(CARVE_TXD_PAYLEN, len),
	};
	const struct skb_shared_info *shinfo = NULL;
	int last;

	if (unlikely(xdp_frame_has_frags(xdpf)))
		shinfo = xdp_get_shared_info_from_frame(xdpf);
	last = carve_tx_map(ring, xdpf->data, xdpf->len, shinfo,
			    ring->next_to_use, &plan);
	if (unlikely(last < 0))
		return false;
	ring->tx_buf[last].xdpf = xdpf;
	ring->tx_buf[last].flags = CARVE_TX_XDP;
	ring->room -= carve_tx_count_to(ring, last);
	WRITE_ONCE(ring->xdp_mapped, ring->xdp_mapped + 1);
	WRITE_ONCE(ring->next_to_use, carve_ring_next(ring, last));
	return true;
}

/* Returns the frame's length, or 0 when it can't be sent. */
static unsigned int tx_put_frame(struct carve_ring *ring,
				 struct xdp_frame *xdpf)
{
	unsigned int len = xdp_get_frame_len(xdpf);

	if (unlikely(!carve_tx_has_room(ring) || len < CARVE_TX_MIN_FRAME))
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
		carve_tx_doorbell(ring);
	__netif_tx_unlock(txq);
	return sent;
}

/* ---- AF_XDP ---- */

unsigned int carve_tx_spare(struct carve_ring *ring)
{
	ring->room = carve_ring_unused(ring);
	return ring->room - min(ring->room, CARVE_TX_STOP_THRESH);
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
	carve_tx_put_desc(ring, i, dma, CARVE_TX_DATA_CMD | CARVE_TXD_EOP | len,
			  FIELD_PREP(CARVE_TXD_PAYLEN, len));
	ring->room--;
	WRITE_ONCE(ring->next_to_use, carve_ring_next(ring, i));
}

void carve_tx_end_xsk(struct carve_ring *ring, unsigned int packets,
		      unsigned int bytes)
{
	txq_trans_cond_update(ring->txq);
	tx_count_frames(ring, packets, bytes);
	carve_tx_doorbell(ring);
}
