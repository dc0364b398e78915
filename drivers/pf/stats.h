/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Counters of the whole port, as the MAC keeps them.
 *
 * Copyright (C) 2026 Carve developers
 */
#ifndef _CARVE_PF_STATS_H
#define _CARVE_PF_STATS_H

#include <linux/mutex.h>
#include <linux/types.h>
#include <linux/u64_stats_sync.h>
#include <linux/workqueue.h>

struct carve_pf;

/* Those of the port's registers, and behind them what is gathered otherwise. */
enum carve_pf_counter {
	CARVE_PF_RX_CRC_ERRORS,
	CARVE_PF_RX_MISSED,
	CARVE_PF_TX_SINGLE_COLLISIONS,
	CARVE_PF_TX_EXCESS_COLLISIONS,
	CARVE_PF_TX_MULTIPLE_COLLISIONS,
	CARVE_PF_TX_LATE_COLLISIONS,
	CARVE_PF_TX_DEFERRED,
	CARVE_PF_RX_XON,
	CARVE_PF_TX_XON,
	CARVE_PF_RX_XOFF,
	CARVE_PF_TX_XOFF,
	CARVE_PF_RX_64,
	CARVE_PF_RX_127,
	CARVE_PF_RX_255,
	CARVE_PF_RX_511,
	CARVE_PF_RX_1023,
	CARVE_PF_RX_MAX,
	CARVE_PF_RX_GOOD,
	CARVE_PF_RX_BROADCAST,
	CARVE_PF_RX_MULTICAST,
	CARVE_PF_TX_GOOD,
	CARVE_PF_RX_GOOD_OCTETS,
	CARVE_PF_TX_GOOD_OCTETS,
	CARVE_PF_RX_NO_BUFFER,
	CARVE_PF_RX_UNDERSIZE,
	CARVE_PF_RX_FRAGMENTS,
	CARVE_PF_RX_OVERSIZE,
	CARVE_PF_RX_JABBERS,
	CARVE_PF_RX_TOTAL_OCTETS,
	CARVE_PF_TX_TOTAL_OCTETS,
	CARVE_PF_RX_TOTAL,
	CARVE_PF_TX_TOTAL,
	CARVE_PF_TX_64,
	CARVE_PF_TX_127,
	CARVE_PF_TX_255,
	CARVE_PF_TX_511,
	CARVE_PF_TX_1023,
	CARVE_PF_TX_MAX,
	CARVE_PF_TX_MULTICAST,
	CARVE_PF_TX_BROADCAST,
	CARVE_PF_RX_QUEUE_DROPS,
	CARVE_PF_NUM_COUNTERS,
};

/**
 * struct carve_pf_stats - counters since probe
 * @lock: one gatherer at a time, since the registers clear when read, and none
 *	while the chip is in reset
 * @syncp: lets @total be read whole without @lock
 * @total: by enum carve_pf_counter
 * @work: gathers before a register can wrap
 */
struct carve_pf_stats {
	struct mutex lock; /* see above */
	struct u64_stats_sync syncp;
	u64 total[CARVE_PF_NUM_COUNTERS];
	struct delayed_work work;
};

void carve_pf_stats_init(struct carve_pf *pf);
void carve_pf_stats_start(struct carve_pf *pf);
void carve_pf_stats_stop(struct carve_pf *pf);

/**
 * carve_pf_stats_gather() - add the registers to the totals
 * @pf: the port
 *
 * Sleeps. Also to be called before a reset, which clears the registers.
 */
void carve_pf_stats_gather(struct carve_pf *pf);

/**
 * carve_pf_stats_read_drops() - frames dropped for want of a descriptor
 * @pf: the port
 * @queues: hardware queues, bit mask
 *
 * Hardware: RQDPC. The QEMU model never counts.
 *
 * Return: their number since the last time.
 */
u32 carve_pf_stats_read_drops(struct carve_pf *pf, unsigned long queues);

/**
 * carve_pf_stats_get() - a counter as last gathered
 * @pf: the port
 * @counter: which
 *
 * Any context.
 *
 * Return: its value since probe.
 */
u64 carve_pf_stats_get(struct carve_pf *pf, enum carve_pf_counter counter);

#endif /* _CARVE_PF_STATS_H */
