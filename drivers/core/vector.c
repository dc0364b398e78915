// SPDX-License-Identifier: GPL-2.0
/*
 * A channel: MSI-X vector, NAPI for both rings, interrupt moderation. Start
 * and stop run under rtnl, called by channels.c; the rest in hard interrupt
 * and NAPI. While a channel runs, NAPI alone writes its EITR.
 *
 * The chip clears the vector's cause (EIAC) and masks it (EIAM) when it sends
 * the message, so the handler touches no register and one write arms it again.
 * The QEMU model does not mask, and sends a second message when the interval
 * ends: extra calls find no work and cost no more than that.
 *
 * Copyright (C) 2026 Carve developers
 */
#include <linux/bitfield.h>
#include <linux/cpumask.h>
#include <linux/dim.h>
#include <linux/interrupt.h>
#include <linux/io.h>
#include <linux/irq.h>
#include <linux/pci.h>

#include <carve/compat.h>
#include <carve/io.h>
#include <carve/nic.h>
#include <carve/regs.h>
#include <carve/vector.h>

#include "ring.h"
#include "rx.h"
#include "tx.h"
#include "vector.h"
#include "xsk.h"

/*
 * Microseconds for net_dim's steps, from few packets to many. It stays where
 * it is while nothing gets better, so each direction begins where staying does
 * no harm: receiving with few interrupts, which latency leaves at once as it
 * sends more packets with more of them; sending with enough for a full ring.
 */
static const u16 vector_rx_usecs[NET_DIM_PARAMS_NUM_PROFILES] = {
	10, 30, 60, 120, 250,
};

static const u16 vector_tx_usecs[NET_DIM_PARAMS_NUM_PROFILES] = {
	14, 25, 50, 100, 250,
};

#define VECTOR_RX_START			4
#define VECTOR_TX_START			1

/* Polls with little to do after which a ring has no say in the interval. */
#define VECTOR_QUIET_POLLS		16
/* Little to do: this part of a transmit ring. It is in no hurry. */
#define VECTOR_QUIET_TX_PART		8

/* ---- moderation ---- */

u32 carve_eitr(u16 usecs)
{
	return FIELD_PREP(CARVE_EITR_INTERVAL, usecs);
}

static void ring_dim_decided(struct carve_ring *ring, const u16 *usecs)
{
	WRITE_ONCE(ring->dim_usecs, usecs[ring->dim.profile_ix]);
	ring->dim.state = DIM_START_MEASURE;
}

static void vector_dim_rx_work(struct work_struct *work)
{
	ring_dim_decided(container_of(work, struct carve_ring, dim.work),
			 vector_rx_usecs);
}

static void vector_dim_tx_work(struct work_struct *work)
{
	ring_dim_decided(container_of(work, struct carve_ring, dim.work),
			 vector_tx_usecs);
}

/* net_dim looks at a sample every DIM_NEVENTS events: take no others. */
static bool vector_dim_due(const struct dim *dim, u16 events)
{
	if (dim->state == DIM_MEASURE_IN_PROGRESS)
		return (u16)(events - dim->start_sample.event_ctr) >=
		       DIM_NEVENTS;
	return dim->state == DIM_START_MEASURE;
}

static void vector_dim_rx(struct carve_vector *v)
{
	const struct carve_rx_stats *stats = &v->rx.rx_stats;
	struct dim_sample sample = {};

	if (!vector_dim_due(&v->rx.dim, v->events))
		return;
	dim_update_sample(v->events, u64_stats_read(&stats->packets),
			  u64_stats_read(&stats->bytes), &sample);
	carve_net_dim(&v->rx.dim, &sample);
}

static void vector_dim_tx(struct carve_vector *v)
{
	const struct carve_tx_stats *stats = &v->tx.tx_stats;
	struct dim_sample sample = {};

	if (!vector_dim_due(&v->tx.dim, v->events))
		return;
	dim_update_sample(v->events, u64_stats_read(&stats->packets),
			  u64_stats_read(&stats->bytes), &sample);
	carve_net_dim(&v->tx.dim, &sample);
}

static u16 ring_usecs(const struct carve_ring *ring)
{
	return READ_ONCE(ring->adaptive) ? READ_ONCE(ring->dim_usecs) :
					   READ_ONCE(ring->fixed_usecs);
}

/* With the few buffers left, a packet a microsecond must not be lost. */
static u16 ring_rx_usecs(const struct carve_ring *rx)
{
	u16 usecs = ring_usecs(rx);

	if (READ_ONCE(rx->adaptive) && rx->fill_tight)
		usecs = min(usecs, rx->fill_target / 2);
	return usecs;
}

/* The interval is to end before the chip has sent a full ring. */
static u16 ring_tx_usecs(const struct carve_ring *tx)
{
	u16 usecs = ring_usecs(tx);

	return READ_ONCE(tx->adaptive) ? min(usecs, tx->max_usecs) : usecs;
}

static bool ring_is_quiet(const struct carve_ring *ring)
{
	return ring->quiet == VECTOR_QUIET_POLLS;
}

static void ring_note_poll(struct carve_ring *ring, bool busy)
{
	if (busy)
		ring->quiet = 0;
	else if (!ring_is_quiet(ring))
		ring->quiet++;
}

/*
 * One interval for both rings: the shorter wish, unless only one of them has
 * had something to do. Who only sends needs no quick receive interrupt.
 */
static u16 vector_usecs(const struct carve_vector *v)
{
	u16 rx = ring_rx_usecs(&v->rx);
	u16 tx = ring_tx_usecs(&v->tx);

	if (ring_is_quiet(&v->rx) != ring_is_quiet(&v->tx))
		return ring_is_quiet(&v->rx) ? tx : rx;
	return min(rx, tx);
}

/*
 * net_dim does not know of the ring's length and finds no better interval when
 * a full ring for each is all there is. A slow wire is no reason: the chip has
 * work then.
 */
static void vector_end_starving(struct carve_vector *v)
{
	v->tx.starved = false;
	v->tx.max_usecs = max(v->usecs / 2, vector_tx_usecs[0]);
}

static void vector_moderate(struct carve_vector *v)
{
	u16 usecs;

	v->events++;
	if (READ_ONCE(v->rx.adaptive) && !ring_is_quiet(&v->rx))
		vector_dim_rx(v);
	if (READ_ONCE(v->tx.adaptive) && !ring_is_quiet(&v->tx))
		vector_dim_tx(v);

	if (unlikely(v->tx.starved))
		vector_end_starving(v);

	usecs = vector_usecs(v);
	if (likely(usecs == v->usecs))
		return;
	v->usecs = usecs;
	/* The interval that runs now shall end as it was begun. */
	carve_wr32(v->nic, CARVE_EITR(v->vector),
		   carve_eitr(usecs) | CARVE_EITR_CNT_IGNR);
}

static void ring_set_itr(struct carve_ring *ring, bool adaptive, u16 usecs)
{
	WRITE_ONCE(ring->adaptive, adaptive);
	WRITE_ONCE(ring->fixed_usecs, usecs);
}

void carve_vector_set_itr(struct carve_vector *v, const struct carve_itr *itr)
{
	ring_set_itr(&v->rx, itr->rx_adaptive, itr->rx_usecs);
	ring_set_itr(&v->tx, itr->tx_adaptive, itr->tx_usecs);
}

static void ring_init_dim(struct carve_ring *ring, work_func_t work,
			  const u16 *usecs, u8 start)
{
	INIT_WORK(&ring->dim.work, work);
	/* Only while the vector runs: see carve_vector_disarm(). */
	disable_work(&ring->dim.work);
	ring->dim.mode = DIM_CQ_PERIOD_MODE_START_FROM_EQE;
	ring->dim.profile_ix = start;
	ring->dim_usecs = usecs[start];
}

/* ---- interrupt and NAPI ---- */

static irqreturn_t carve_vector_irq(int irq, void *arg)
{
	struct carve_vector *v = arg;

	napi_schedule_irqoff(&v->napi);
	return IRQ_HANDLED;
}

/* Did a poll that began at descriptor @first take back many? */
static bool vector_tx_was_busy(const struct carve_ring *tx, u16 first)
{
	u16 end = tx->next_to_clean;
	u16 done = end - first + (end < first ? tx->count : 0);

	return done >= tx->count / VECTOR_QUIET_TX_PART;
}

static int carve_vector_poll(struct napi_struct *napi, int budget)
{
	struct carve_vector *v = container_of(napi, struct carve_vector, napi);
	u16 first = v->tx.next_to_clean;
	bool tx_idle = carve_tx_clean(&v->tx, budget);
	int done;

	/* netpoll wants the transmit side only. */
	if (unlikely(!budget))
		return 0;

	if (likely(!v->rx.xsk_pool)) {
		done = carve_rx_clean(&v->rx, napi, budget);
	} else {
		done = carve_xsk_clean_rx(&v->rx, napi, budget);
		tx_idle &= carve_xsk_send(&v->tx);
	}
	ring_note_poll(&v->tx, vector_tx_was_busy(&v->tx, first));
	ring_note_poll(&v->rx, done);
	if (!tx_idle || done == budget)
		return budget;
	if (likely(napi_complete_done(napi, done))) {
		vector_moderate(v);
		writel(v->bit, v->arm);
	}
	return done;
}

/* ---- allocation ---- */

void carve_vector_free_rings(struct carve_vector *v)
{
	carve_rx_free(&v->rx);
	carve_tx_free(&v->tx);
}

int carve_vector_alloc(struct carve_vector *v, struct carve_nic *nic,
		       const struct carve_config *config, u8 index)
{
	u8 __iomem *base = READ_ONCE(nic->regs);
	int err;

	if (!base)
		return -ENODEV;
	v->nic = nic;
	v->index = index;
	v->hwq = nic->layout->hw_queue[index];
	v->vector = nic->layout->queue_vector0 + index;
	v->bit = BIT(v->vector);
	v->arm = base + CARVE_EIMS;
	v->tx.nic = nic;
	v->tx.index = index;
	v->rx.nic = nic;
	v->rx.index = index;
	ring_init_dim(&v->tx, vector_dim_tx_work, vector_tx_usecs,
		      VECTOR_TX_START);
	v->tx.max_usecs = U16_MAX;
	ring_init_dim(&v->rx, vector_dim_rx_work, vector_rx_usecs,
		      VECTOR_RX_START);
	carve_vector_set_itr(v, &nic->itr);

	/* First, since a pool of pages that has to go again asks its NAPI. */
	netif_napi_add_config(nic->netdev, &v->napi, carve_vector_poll, index);
	err = carve_tx_alloc(&v->tx, config->tx_desc,
			     carve_txq_regs(nic, v->hwq));
	if (err)
		return err;
	return carve_rx_alloc(&v->rx, config->rx_desc,
			      carve_rxq_regs(nic, v->hwq), &v->napi);
}

/* ---- start and stop ---- */

/* A CPU of its own near the device, unless the user has chosen. */
static void vector_spread(struct carve_vector *v)
{
	int node = dev_to_node(&v->nic->pdev->dev);
	const struct cpumask *mask;

	mask = cpumask_of(cpumask_local_spread(v->index, node));
	if (irqd_affinity_was_set(irq_get_irq_data(v->irq)))
		irq_update_affinity_hint(v->irq, mask);
	else
		irq_set_affinity_and_hint(v->irq, mask);
}

static int vector_request_irq(struct carve_vector *v)
{
	struct carve_nic *nic = v->nic;
	int err;

	v->irq = pci_irq_vector(nic->pdev, v->vector);
	if (v->irq < 0)
		return v->irq;

	snprintf(v->name, sizeof(v->name), "%s-%hhu", netdev_name(nic->netdev),
		 v->index);
	err = request_irq(v->irq, carve_vector_irq, 0, v->name, v);
	if (err)
		return err;
	vector_spread(v);
	netif_napi_set_irq(&v->napi, v->irq);
	return 0;
}

static void vector_free_irq(struct carve_vector *v)
{
	netif_napi_set_irq(&v->napi, -1);
	irq_update_affinity_hint(v->irq, NULL);
	free_irq(v->irq, v);
}

static void vector_publish_napi(struct carve_vector *v,
				struct napi_struct *napi)
{
	struct net_device *netdev = v->nic->netdev;

	netif_queue_set_napi(netdev, v->index, NETDEV_QUEUE_TYPE_RX, napi);
	netif_queue_set_napi(netdev, v->index, NETDEV_QUEUE_TYPE_TX, napi);
	carve_rxq_set_napi(&v->rx.xdp_rxq, napi);
	carve_rxq_set_napi(&v->nic->xsk[v->index].rxq, napi);
}

static void vector_enable_cause(struct carve_vector *v)
{
	struct carve_nic *nic = v->nic;

	v->usecs = vector_usecs(v);
	carve_wr32(nic, CARVE_EITR(v->vector), carve_eitr(v->usecs));
	carve_rmw32(nic, CARVE_EIAC, v->bit, v->bit);
	carve_rmw32(nic, CARVE_EIAM, v->bit, v->bit);
	nic->layout->write_ivar(nic, v->hwq, v->vector);
}

static void vector_disable_cause(struct carve_vector *v)
{
	struct carve_nic *nic = v->nic;

	nic->layout->write_ivar(nic, v->hwq, -1);
	carve_rmw32(nic, CARVE_EIAM, v->bit, 0);
	carve_rmw32(nic, CARVE_EIAC, v->bit, 0);
}

/* Afterwards the chip touches the rings' memory no more. */
static void vector_disable_queues(struct carve_vector *v)
{
	bool tx_stuck = carve_ring_disable(&v->tx) == -ETIMEDOUT;
	bool rx_stuck = carve_ring_disable(&v->rx) == -ETIMEDOUT;
	struct carve_nic *nic = v->nic;

	if (!tx_stuck && !rx_stuck)
		return;
	netdev_err(nic->netdev,
		   "%s queue %u does not stop: no DMA until the next reset\n",
		   tx_stuck ? "transmit" : "receive", v->index);
	nic->layout->queue_stuck(nic);
}

/* A socket's buffers are few, and may be in another ring until now. */
static int vector_fill_rx(struct carve_vector *v)
{
	struct xsk_buff_pool *pool = v->nic->xsk[v->index].pool;

	if (!pool)
		return carve_rx_prefill(&v->rx);
	carve_rx_flush(&v->rx);
	carve_xsk_fill_rx(&v->rx, pool);
	return 0;
}

static u32 vector_srrctl(const struct carve_ring *rx)
{
	return carve_rx_srrctl(rx->xsk_pool ? carve_xsk_buf_bytes(rx->xsk_pool) :
					      carve_rx_buf_bytes());
}

int carve_vector_start(struct carve_vector *v)
{
	int err;

	err = vector_fill_rx(v);
	if (err)
		return err;
	err = vector_request_irq(v);
	if (err)
		goto err_flush_rx;

	vector_enable_cause(v);
	carve_tx_open(&v->tx);
	v->tx.xsk_pool = v->rx.xsk_pool;
	err = carve_ring_enable_tx(&v->tx);
	if (err)
		goto err_disable_queues;
	err = carve_ring_enable_rx(&v->rx, vector_srrctl(&v->rx));
	if (err)
		goto err_disable_queues;

	/* A decision on its way when the vector stopped was not applied. */
	v->rx.dim.state = DIM_START_MEASURE;
	v->tx.dim.state = DIM_START_MEASURE;
	enable_work(&v->rx.dim.work);
	enable_work(&v->tx.dim.work);
	vector_publish_napi(v, &v->napi);
	napi_enable(&v->napi);
	v->running = true;
	writel(v->bit, v->arm);
	if (v->rx.xsk_pool)
		carve_xsk_started(v);
	return 0;

err_disable_queues:
	vector_disable_queues(v);
	vector_disable_cause(v);
	vector_free_irq(v);
	carve_tx_flush(&v->tx);
err_flush_rx:
	carve_rx_flush(&v->rx);
	return err;
}

void carve_vector_disarm(struct carve_vector *v)
{
	struct carve_nic *nic = v->nic;

	carve_wr32(nic, CARVE_EIMC, v->bit);
	carve_flush(nic);
	synchronize_irq(v->irq);
	napi_disable(&v->napi);
	/* A poll that napi_disable() finds complete may still ask net_dim. */
	disable_work_sync(&v->rx.dim.work);
	disable_work_sync(&v->tx.dim.work);
	/* NAPI may have armed the vector once more before it went. */
	carve_wr32(nic, CARVE_EIMC, v->bit);
	vector_publish_napi(v, NULL);
}

void carve_vector_stop(struct carve_vector *v)
{
	v->running = false;
	vector_disable_queues(v);
	vector_disable_cause(v);
	vector_free_irq(v);
	carve_tx_flush(&v->tx);
	carve_rx_flush(&v->rx);
}

#if IS_ENABLED(CONFIG_CARVE_KUNIT_TEST)
#include "tests/vector_kunit.c"
#endif
