// SPDX-License-Identifier: GPL-2.0
/*
 * Counters. Rings count with u64_stats in NAPI and xmit; those of rings that
 * are freed are added to nic->totals, so what is read here never goes back.
 * nic->stats_lock holds rings and totals together for readers without rtnl.
 *
 * Copyright (C) 2026 Carve developers
 */
#include <linux/ethtool.h>
#include <linux/export.h>
#include <linux/rtnetlink.h>
#include <linux/spinlock.h>

#include <carve/channels.h>
#include <carve/compat.h>
#include <carve/netdev.h>
#include <carve/nic.h>

#include "stats.h"

static void stats_add_rx(const struct carve_rx_stats *rx,
			 struct carve_queue_totals *sum)
{
	struct carve_queue_totals now;
	unsigned int start;

	do {
		start = u64_stats_fetch_begin(&rx->syncp);
		now.rx_packets = u64_stats_read(&rx->packets);
		now.rx_bytes = u64_stats_read(&rx->bytes);
		now.rx_csum_good = u64_stats_read(&rx->csum_good);
		now.rx_csum_bad = u64_stats_read(&rx->csum_bad);
		now.rx_alloc_fail = u64_stats_read(&rx->alloc_fail);
		now.rx_lost = u64_stats_read(&rx->lost);
		now.rx_errors = u64_stats_read(&rx->errors);
		now.rx_own = u64_stats_read(&rx->own);
		now.rx_xdp_drop = u64_stats_read(&rx->xdp_drop);
		now.rx_xdp_tx = u64_stats_read(&rx->xdp_tx);
		now.rx_xdp_redirect = u64_stats_read(&rx->xdp_redirect);
		now.rx_xdp_errors = u64_stats_read(&rx->xdp_errors);
	} while (u64_stats_fetch_retry(&rx->syncp, start));

	sum->rx_packets += now.rx_packets;
	sum->rx_bytes += now.rx_bytes;
	sum->rx_csum_good += now.rx_csum_good;
	sum->rx_csum_bad += now.rx_csum_bad;
	sum->rx_alloc_fail += now.rx_alloc_fail;
	sum->rx_lost += now.rx_lost;
	sum->rx_errors += now.rx_errors;
	sum->rx_own += now.rx_own;
	sum->rx_xdp_drop += now.rx_xdp_drop;
	sum->rx_xdp_tx += now.rx_xdp_tx;
	sum->rx_xdp_redirect += now.rx_xdp_redirect;
	sum->rx_xdp_errors += now.rx_xdp_errors;
}

static void stats_add_tx(const struct carve_tx_stats *tx,
			 struct carve_queue_totals *sum)
{
	struct carve_queue_totals now;
	unsigned int start;

	do {
		start = u64_stats_fetch_begin(&tx->syncp);
		now.tx_packets = u64_stats_read(&tx->packets);
		now.tx_bytes = u64_stats_read(&tx->bytes);
		now.tx_csum = u64_stats_read(&tx->csum);
		now.tx_gso_packets = u64_stats_read(&tx->gso_packets);
		now.tx_gso_wire_packets = u64_stats_read(&tx->gso_wire_packets);
		now.tx_wakes = u64_stats_read(&tx->wakes);
	} while (u64_stats_fetch_retry(&tx->syncp, start));

	sum->tx_packets += now.tx_packets;
	sum->tx_bytes += now.tx_bytes;
	sum->tx_csum += now.tx_csum;
	sum->tx_gso_packets += now.tx_gso_packets;
	sum->tx_gso_wire_packets += now.tx_gso_wire_packets;
	sum->tx_wakes += now.tx_wakes;
}

static void stats_add_xmit(const struct carve_tx_xmit_stats *xmit,
			   struct carve_queue_totals *sum)
{
	u64 dropped, stops, packets, bytes;
	unsigned int start;

	do {
		start = u64_stats_fetch_begin(&xmit->syncp);
		dropped = u64_stats_read(&xmit->dropped);
		stops = u64_stats_read(&xmit->stops);
		packets = u64_stats_read(&xmit->xdp_packets);
		bytes = u64_stats_read(&xmit->xdp_bytes);
	} while (u64_stats_fetch_retry(&xmit->syncp, start));

	sum->tx_dropped += dropped;
	sum->tx_stops += stops;
	sum->tx_packets += packets;
	sum->tx_bytes += bytes;
}

static void stats_add_vector(const struct carve_vector *v,
			     struct carve_queue_totals *sum)
{
	stats_add_rx(&v->rx.rx_stats, sum);
	stats_add_tx(&v->tx.tx_stats, sum);
	stats_add_xmit(&v->tx.xmit_stats, sum);
}

void carve_stats_replace_channels(struct carve_nic *nic,
				  struct carve_channels *channels)
{
	struct carve_channels *old = nic->channels;
	int i;

	ASSERT_RTNL();

	spin_lock_bh(&nic->stats_lock);
	for (i = 0; old && i < old->num; i++)
		stats_add_vector(&old->vec[i], &nic->totals[i]);
	/* Who sends frames of XDP reads it without a lock. */
	smp_store_release(&nic->channels, channels);
	spin_unlock_bh(&nic->stats_lock);
}

/* All that was ever counted for queue @idx. */
static void stats_read_queue(struct carve_nic *nic, int idx,
			     struct carve_queue_totals *sum)
{
	spin_lock_bh(&nic->stats_lock);
	*sum = nic->totals[idx];
	if (nic->channels && idx < nic->channels->num)
		stats_add_vector(&nic->channels->vec[idx], sum);
	spin_unlock_bh(&nic->stats_lock);
}

void carve_get_stats64(struct net_device *netdev,
		       struct rtnl_link_stats64 *stats)
{
	struct carve_nic *nic = netdev_priv(netdev);
	struct carve_queue_totals q;
	int i;

	for (i = 0; i < CARVE_MAX_CHANNELS; i++) {
		stats_read_queue(nic, i, &q);
		stats->rx_packets += q.rx_packets;
		stats->rx_bytes += q.rx_bytes;
		stats->rx_errors += q.rx_errors;
		stats->rx_dropped += q.rx_lost;
		stats->tx_packets += q.tx_packets;
		stats->tx_bytes += q.tx_bytes;
		stats->tx_dropped += q.tx_dropped;
	}
}
EXPORT_SYMBOL_NS_GPL(carve_get_stats64, CARVE_NS);

/* ---- queue statistics of the netdev family ---- */

static void stats_to_rx(const struct carve_queue_totals *q,
			struct netdev_queue_stats_rx *rx)
{
	rx->packets = q->rx_packets;
	rx->bytes = q->rx_bytes;
	rx->alloc_fail = q->rx_alloc_fail;
	rx->csum_unnecessary = q->rx_csum_good;
	rx->csum_none = q->rx_packets - q->rx_csum_good - q->rx_csum_bad;
	rx->csum_bad = q->rx_csum_bad;
}

static void stats_to_tx(const struct carve_queue_totals *q,
			struct netdev_queue_stats_tx *tx)
{
	tx->packets = q->tx_packets;
	tx->bytes = q->tx_bytes;
	tx->needs_csum = q->tx_csum;
	tx->hw_gso_packets = q->tx_gso_packets;
	tx->hw_gso_wire_packets = q->tx_gso_wire_packets;
	tx->stop = q->tx_stops;
	tx->wake = q->tx_wakes;
}

static void carve_get_queue_stats_rx(struct net_device *netdev, int idx,
				     struct netdev_queue_stats_rx *rx)
{
	struct carve_queue_totals q;

	stats_read_queue(netdev_priv(netdev), idx, &q);
	stats_to_rx(&q, rx);
}

static void carve_get_queue_stats_tx(struct net_device *netdev, int idx,
				     struct netdev_queue_stats_tx *tx)
{
	struct carve_queue_totals q;

	stats_read_queue(netdev_priv(netdev), idx, &q);
	stats_to_tx(&q, tx);
}

/* Counters of queues that the stack does not use at present. */
static void carve_get_base_stats(struct net_device *netdev,
				 struct netdev_queue_stats_rx *rx,
				 struct netdev_queue_stats_tx *tx)
{
	struct netdev_queue_stats_rx rx_one = {};
	struct netdev_queue_stats_tx tx_one = {};
	int i;

	stats_to_rx(&(struct carve_queue_totals){}, rx);
	stats_to_tx(&(struct carve_queue_totals){}, tx);

	for (i = netdev->real_num_rx_queues; i < CARVE_MAX_CHANNELS; i++) {
		carve_get_queue_stats_rx(netdev, i, &rx_one);
		rx->packets += rx_one.packets;
		rx->bytes += rx_one.bytes;
		rx->alloc_fail += rx_one.alloc_fail;
		rx->csum_unnecessary += rx_one.csum_unnecessary;
		rx->csum_none += rx_one.csum_none;
		rx->csum_bad += rx_one.csum_bad;
	}
	for (i = netdev->real_num_tx_queues; i < CARVE_MAX_CHANNELS; i++) {
		carve_get_queue_stats_tx(netdev, i, &tx_one);
		tx->packets += tx_one.packets;
		tx->bytes += tx_one.bytes;
		tx->needs_csum += tx_one.needs_csum;
		tx->hw_gso_packets += tx_one.hw_gso_packets;
		tx->hw_gso_wire_packets += tx_one.hw_gso_wire_packets;
		tx->stop += tx_one.stop;
		tx->wake += tx_one.wake;
	}
}

const struct netdev_stat_ops carve_stat_ops = {
	.get_queue_stats_rx = carve_get_queue_stats_rx,
	.get_queue_stats_tx = carve_get_queue_stats_tx,
	.get_base_stats = carve_get_base_stats,
};

/* ---- private statistics of ethtool -S ---- */

static const struct {
	const char *format;
	size_t offset;
} stats_private[] = {
	{ "rx%d_errors", offsetof(struct carve_queue_totals, rx_errors) },
	{ "rx%d_own", offsetof(struct carve_queue_totals, rx_own) },
	{ "rx%d_xdp_drop", offsetof(struct carve_queue_totals, rx_xdp_drop) },
	{ "rx%d_xdp_tx", offsetof(struct carve_queue_totals, rx_xdp_tx) },
	{ "rx%d_xdp_redirect",
	  offsetof(struct carve_queue_totals, rx_xdp_redirect) },
	{ "rx%d_xdp_errors",
	  offsetof(struct carve_queue_totals, rx_xdp_errors) },
	{ "tx%d_dropped", offsetof(struct carve_queue_totals, tx_dropped) },
};

int carve_stats_count(const struct carve_nic *nic)
{
	return nic->config.num_channels * ARRAY_SIZE(stats_private);
}
EXPORT_SYMBOL_NS_GPL(carve_stats_count, CARVE_NS);

void carve_stats_strings(const struct carve_nic *nic, u8 **data)
{
	int i, k;

	for (i = 0; i < nic->config.num_channels; i++)
		for (k = 0; k < ARRAY_SIZE(stats_private); k++)
			ethtool_sprintf(data, stats_private[k].format, i);
}
EXPORT_SYMBOL_NS_GPL(carve_stats_strings, CARVE_NS);

void carve_stats_values(struct carve_nic *nic, u64 *data)
{
	struct carve_queue_totals q;
	int i, k;

	for (i = 0; i < nic->config.num_channels; i++) {
		stats_read_queue(nic, i, &q);
		for (k = 0; k < ARRAY_SIZE(stats_private); k++)
			*data++ = *(u64 *)((void *)&q +
					   stats_private[k].offset);
	}
}
EXPORT_SYMBOL_NS_GPL(carve_stats_values, CARVE_NS);

#if IS_ENABLED(CONFIG_CARVE_KUNIT_TEST)
#include "tests/stats_kunit.c"
#endif
