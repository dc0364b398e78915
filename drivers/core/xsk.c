// SPDX-License-Identifier: GPL-2.0
/*
 * AF_XDP without a copy: the chip reads and writes the sockets' memory. Under
 * rtnl nic->xsk says what a queue is to use; its rings use it from their next
 * start on, and have nothing of it left once stopped. So a pool comes and goes
 * by one queue's stop and start, and stays through new rings and resets.
 * vector.c, rx.c and tx.c call what serves a ring, in NAPI or with the ring
 * stopped. Frames to send share the ring of the stack's queue, under its lock.
 *
 * Copyright (C) 2026 Carve developers
 */
#include <linux/align.h>
#include <linux/bottom_half.h>
#include <linux/etherdevice.h>
#include <linux/export.h>
#include <linux/filter.h>
#include <linux/io.h>
#include <linux/netdevice.h>
#include <linux/pci.h>
#include <linux/ratelimit.h>
#include <linux/rtnetlink.h>
#include <net/xdp_sock_drv.h>

#include <carve/channels.h>
#include <carve/compat.h>
#include <carve/netdev.h>
#include <carve/nic.h>
#include <carve/vector.h>

#include "rx.h"
#include "tx.h"
#include "xdp.h"
#include "xsk.h"

/* Used receive descriptors that are worth a doorbell. */
#define XSK_FILL_BATCH			32
/* Frames sent in one poll before others get their turn. */
#define XSK_SEND_BATCH			64

/* The chip knows nothing between two multiples of this. */
unsigned int carve_xsk_buf_bytes(struct xsk_buff_pool *pool)
{
	return ALIGN_DOWN(xsk_pool_get_rx_frame_size(pool), CARVE_RX_BUF_UNIT);
}

/* ---- buffers ---- */

static void xsk_post(struct carve_ring *ring, u16 i, struct xdp_buff *xdp)
{
	union carve_rx_desc *desc = &ring->rx_desc[i];

	ring->rx_buf[i].xsk = xdp;
	desc->read.pkt_addr = cpu_to_le64(xsk_buff_xdp_get_dma(xdp));
	/* Where the chip will write status: the old DD goes away here. */
	desc->read.hdr_addr = 0;
}

/* Returns how many descriptors got a buffer. */
static unsigned int xsk_fill(struct carve_ring *ring)
{
	unsigned int left = carve_ring_unused(ring);
	struct xdp_buff *bufs[XSK_FILL_BATCH];
	u16 i = ring->next_to_use;
	unsigned int done = 0;
	u32 n, k;

	while (left) {
		n = xsk_buff_alloc_batch(ring->xsk_pool, bufs,
					 min(left, XSK_FILL_BATCH));
		if (!n)
			break;
		for (k = 0; k < n; k++) {
			xsk_post(ring, i, bufs[k]);
			i = carve_ring_next(ring, i);
		}
		left -= n;
		done += n;
	}
	ring->next_to_use = i;
	return done;
}

static bool xsk_is_low(const struct carve_ring *ring)
{
	return ring->count - 1 - carve_ring_unused(ring) < XSK_FILL_BATCH;
}

/*
 * While the ring has buffers an interrupt will bring us back for more. Without,
 * the user has to call, or NAPI to go on asking. Returns true for that.
 */
static bool xsk_refill(struct carve_ring *ring)
{
	struct xsk_buff_pool *pool = ring->xsk_pool;
	bool low;

	if (carve_ring_unused(ring) >= XSK_FILL_BATCH && xsk_fill(ring))
		writel(ring->next_to_use, ring->tail);

	low = xsk_is_low(ring);
	if (!xsk_uses_need_wakeup(pool))
		return low;
	if (unlikely(low))
		xsk_set_rx_need_wakeup(pool);
	else
		xsk_clear_rx_need_wakeup(pool);
	return false;
}

void carve_xsk_fill_rx(struct carve_ring *ring, struct xsk_buff_pool *pool)
{
	ring->xsk_pool = pool;
	xsk_fill(ring);
}

void carve_xsk_flush_rx(struct carve_ring *ring)
{
	u16 i;

	for (i = ring->next_to_clean; i != ring->next_to_use;
	     i = carve_ring_next(ring, i)) {
		xsk_buff_free(ring->rx_buf[i].xsk);
		ring->rx_buf[i].xsk = NULL;
	}
}

/* ---- receive ---- */

/* The stack may keep a frame for long, and gets a copy. */
static struct sk_buff *xsk_to_skb(struct xdp_buff *xdp,
				  struct napi_struct *napi)
{
	unsigned int meta = xdp->data - xdp->data_meta;
	unsigned int len = xdp->data_end - xdp->data_meta;
	struct sk_buff *skb = napi_alloc_skb(napi, len);

	if (likely(skb)) {
		skb_put_data(skb, xdp->data_meta, len);
		if (meta) {
			skb_metadata_set(skb, meta);
			__skb_pull(skb, meta);
		}
	}
	xsk_buff_free(xdp);
	return skb;
}

/*
 * Is it a good frame of one buffer? Others may send us longer ones than our
 * MTU, of which the buffers up to the last are dropped.
 */
static bool xsk_is_good(struct carve_ring *ring, struct carve_rx_run *run,
			struct xdp_buff *xdp, u32 status)
{
	bool end = status & CARVE_RXD_STAT_EOP;
	struct ethhdr *eth = xdp->data;

	if (unlikely(ring->rx_discard || !end)) {
		run->errors += end;
		ring->rx_discard = !end;
		return false;
	}
	if (unlikely(status & CARVE_RXD_ERR_FRAME ||
		     xdp->data_end - xdp->data < ETH_HLEN)) {
		run->errors++;
		return false;
	}
	if (unlikely(carve_rx_mac_key(eth->h_source) == run->own)) {
		run->own_frames++;
		return false;
	}
	return true;
}

static void xsk_receive(struct carve_ring *ring, struct carve_rx_run *run,
			struct xdp_buff *xdp, const union carve_rx_desc *desc,
			u32 status)
{
	struct sk_buff *skb;

	if (unlikely(!xsk_is_good(ring, run, xdp, status))) {
		xsk_buff_free(xdp);
		return;
	}
	run->packets++;
	run->bytes += xdp->data_end - xdp->data;
	XSK_CHECK_PRIV_TYPE(struct carve_xdp_buff);
	container_of(xdp, struct carve_xdp_buff, buff)->desc = desc;
	if (run->xdp.prog && !carve_xdp_run_prog(ring, xdp, &run->xdp))
		return;

	skb = xsk_to_skb(xdp, run->napi);
	if (unlikely(!skb)) {
		run->alloc_fail++;
		run->lost++;
		return;
	}
	carve_rx_deliver(ring, run, desc, status, skb);
}

int carve_xsk_clean_rx(struct carve_ring *ring, struct napi_struct *napi,
		       int budget)
{
	unsigned int max_len = carve_xsk_buf_bytes(ring->xsk_pool);
	struct carve_rx_run run;
	struct xdp_buff *xdp;
	int done;

	carve_rx_run_init(&run, ring->nic, napi);
	for (done = 0; done < budget; done++) {
		u16 i = ring->next_to_clean;
		union carve_rx_desc *desc = &ring->rx_desc[i];
		u32 status = le32_to_cpu(READ_ONCE(desc->wb.status));

		/* Behind the posted ones stands what an earlier lap left. */
		if (i == ring->next_to_use || !(status & CARVE_RXD_STAT_DD))
			break;
		/* Nothing of the descriptor before DD. */
		dma_rmb();
		xdp = ring->rx_buf[i].xsk;
		ring->rx_buf[i].xsk = NULL;
		ring->next_to_clean = carve_ring_next(ring, i);

		xsk_buff_set_size(xdp, min(le16_to_cpu(desc->wb.length),
					   max_len));
		xsk_buff_dma_sync_for_cpu(xdp);
		xsk_receive(ring, &run, xdp, desc, status);
	}
	if (run.xdp.prog)
		carve_xdp_flush(ring, &run.xdp);
	carve_rx_adapt(ring, done, done == budget);
	if (done)
		carve_rx_count(ring, &run);

	return xsk_refill(ring) ? budget : done;
}

/* ---- transmit ---- */

static unsigned int xsk_put(struct carve_ring *ring,
			    const struct xdp_desc *desc)
{
	struct xsk_buff_pool *pool = ring->xsk_pool;
	dma_addr_t dma = xsk_buff_raw_get_dma(pool, desc->addr);

	xsk_buff_raw_dma_sync_for_device(pool, dma, desc->len);
	carve_tx_put_xsk(ring, xsk_buff_raw_get_data(pool, desc->addr), dma,
			 desc->len);
	return desc->len;
}

/*
 * One by one: 6.12 gathers a batch in an array of the first socket's size, also
 * the frames of others that share the memory and may have a longer ring.
 */
static bool xsk_send_locked(struct carve_ring *ring)
{
	unsigned int max = min(carve_tx_spare(ring), XSK_SEND_BATCH);
	struct xsk_buff_pool *pool = ring->xsk_pool;
	unsigned int n = 0, bytes = 0;
	struct xdp_desc desc;

	while (n < max && xsk_tx_peek_desc(pool, &desc)) {
		bytes += xsk_put(ring, &desc);
		n++;
	}
	if (n) {
		xsk_tx_release(pool);
		carve_tx_end_xsk(ring, n, bytes);
	}
	return n < XSK_SEND_BATCH;
}

/* A ring without room is looked at again when the chip has sent some. */
bool carve_xsk_send(struct carve_ring *ring)
{
	bool idle;

	/* Nobody knows when they would be sent; carve_xsk_wakeup() says so. */
	if (unlikely(!netif_carrier_ok(ring->nic->netdev)))
		return true;

	__netif_tx_lock(ring->txq, smp_processor_id());
	idle = xsk_send_locked(ring);
	__netif_tx_unlock(ring->txq);
	/* NAPI looks for frames only when it runs for another reason. */
	if (xsk_uses_need_wakeup(ring->xsk_pool))
		xsk_set_tx_need_wakeup(ring->xsk_pool);
	return idle;
}

void carve_xsk_tx_completed(struct carve_ring *ring)
{
	xsk_tx_completed(ring->xsk_pool, ring->xsk_done);
	ring->xsk_done = 0;
}

static void xsk_run_napi(struct napi_struct *napi)
{
	local_bh_disable();
	napi_schedule(napi);
	local_bh_enable();
}

int carve_xsk_wakeup(struct net_device *netdev, u32 queue, u32 flags)
{
	struct carve_nic *nic = netdev_priv(netdev);
	struct carve_channels *ch = READ_ONCE(nic->channels);

	if (unlikely(!ch || queue >= ch->num || !netif_carrier_ok(netdev)))
		return -ENETDOWN;

	/* No interrupt: the caller's CPU does the work at once. */
	xsk_run_napi(&ch->vec[queue].napi);
	return 0;
}
EXPORT_SYMBOL_NS_GPL(carve_xsk_wakeup, CARVE_NS);

/* ---- pools ---- */

void carve_xsk_started(struct carve_vector *v)
{
	xsk_run_napi(&v->napi);
}

static bool xsk_pool_takes_frames(struct xsk_buff_pool *pool, u16 max_frame)
{
	return max_frame <= carve_xsk_buf_bytes(pool);
}

bool carve_xsk_takes_frames(const struct carve_nic *nic, u16 max_frame)
{
	int i;

	for (i = 0; i < CARVE_MAX_CHANNELS; i++)
		if (nic->xsk[i].pool &&
		    !xsk_pool_takes_frames(nic->xsk[i].pool, max_frame))
			return false;
	return true;
}

/* There is no extack for pools. */
static int xsk_check_pool(const struct carve_nic *nic,
			  struct xsk_buff_pool *pool, u16 queue)
{
	static DEFINE_RATELIMIT_STATE(told, DEFAULT_RATELIMIT_INTERVAL,
				      DEFAULT_RATELIMIT_BURST);

	if (queue >= nic->config.num_channels)
		return -EINVAL;
	if (xsk_pool_takes_frames(pool, nic->config.max_frame))
		return 0;
	/* Not the one that all of the network shares: it is an answer. */
	if (__ratelimit(&told))
		netdev_warn(nic->netdev,
			    "AF_XDP: frames of %u bytes do not fit in a socket's buffers, of which the chip uses %u bytes\n",
			    nic->config.max_frame, carve_xsk_buf_bytes(pool));
	return -EINVAL;
}

static int xsk_prepare(struct carve_nic *nic, struct xsk_buff_pool *pool,
		       u16 queue)
{
	struct xdp_rxq_info *rxq = &nic->xsk[queue].rxq;
	int err;

	err = xdp_rxq_info_reg(rxq, nic->netdev, queue, 0);
	if (err)
		return err;
	err = xdp_rxq_info_reg_mem_model(rxq, MEM_TYPE_XSK_BUFF_POOL, NULL);
	if (err)
		goto err_unreg;
	err = xsk_pool_dma_map(pool, &nic->pdev->dev, DMA_ATTR_SKIP_CPU_SYNC);
	if (err)
		goto err_unreg;
	xsk_pool_set_rxq_info(pool, rxq);
	return 0;

err_unreg:
	xdp_rxq_info_unreg(rxq);
	return err;
}

static void xsk_unprepare(struct carve_nic *nic, struct xsk_buff_pool *pool,
			  u16 queue)
{
	xsk_pool_dma_unmap(pool, DMA_ATTR_SKIP_CPU_SYNC);
	xdp_rxq_info_unreg(&nic->xsk[queue].rxq);
}

static int xsk_attach(struct carve_nic *nic, struct xsk_buff_pool *pool,
		      u16 queue)
{
	int err;

	err = xsk_check_pool(nic, pool, queue);
	if (err)
		return err;
	err = xsk_prepare(nic, pool, queue);
	if (err)
		return err;
	err = carve_channels_set_xsk(nic, queue, pool);
	if (err)
		xsk_unprepare(nic, pool, queue);
	return err;
}

/* What does not start again has been told, and is no reason to keep a pool. */
static int xsk_detach(struct carve_nic *nic, u16 queue)
{
	struct xsk_buff_pool *pool;

	if (queue >= CARVE_MAX_CHANNELS || !nic->xsk[queue].pool)
		return -EINVAL;
	pool = nic->xsk[queue].pool;
	carve_channels_set_xsk(nic, queue, NULL);
	xsk_unprepare(nic, pool, queue);
	return 0;
}

int carve_xsk_setup_pool(struct carve_nic *nic, struct xsk_buff_pool *pool,
			 u16 queue)
{
	ASSERT_RTNL();

	return pool ? xsk_attach(nic, pool, queue) : xsk_detach(nic, queue);
}
