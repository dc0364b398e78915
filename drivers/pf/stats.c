// SPDX-License-Identifier: GPL-2.0
/*
 * Port counters. The registers have 32 bits (octets 64) and clear when read:
 * a work item and whoever wants fresh numbers add them up under a mutex;
 * readers that may not sleep take the last sums.
 *
 * Copyright (C) 2026 Carve developers
 */
#include <linux/bitops.h>

#include <carve/io.h>

#include "pf.h"
#include "stats.h"

/* A 32-bit frame counter lasts 48 minutes of minimum size frames at 1 Gb/s. */
#define CARVE_PF_STATS_PERIOD		(10 * HZ)

/**
 * struct stats_reg - where a counter is
 * @reg: register; the lower half of a pair
 * @wide: it is a pair of 64 bits
 */
struct stats_reg {
	u16 reg;
	bool wide;
};

static const struct stats_reg stats_regs[CARVE_PF_RX_QUEUE_DROPS] = {
	[CARVE_PF_RX_CRC_ERRORS]		= { CARVE_CRCERRS },
	[CARVE_PF_RX_MISSED]			= { CARVE_MPC },
	[CARVE_PF_TX_SINGLE_COLLISIONS]		= { CARVE_SCC },
	[CARVE_PF_TX_EXCESS_COLLISIONS]		= { CARVE_ECOL },
	[CARVE_PF_TX_MULTIPLE_COLLISIONS]	= { CARVE_MCC },
	[CARVE_PF_TX_LATE_COLLISIONS]		= { CARVE_LATECOL },
	[CARVE_PF_TX_DEFERRED]			= { CARVE_DC },
	[CARVE_PF_RX_XON]			= { CARVE_XONRXC },
	[CARVE_PF_TX_XON]			= { CARVE_XONTXC },
	[CARVE_PF_RX_XOFF]			= { CARVE_XOFFRXC },
	[CARVE_PF_TX_XOFF]			= { CARVE_XOFFTXC },
	[CARVE_PF_RX_64]			= { CARVE_PRC64 },
	[CARVE_PF_RX_127]			= { CARVE_PRC64 + 4 },
	[CARVE_PF_RX_255]			= { CARVE_PRC64 + 8 },
	[CARVE_PF_RX_511]			= { CARVE_PRC64 + 12 },
	[CARVE_PF_RX_1023]			= { CARVE_PRC64 + 16 },
	[CARVE_PF_RX_MAX]			= { CARVE_PRC64 + 20 },
	[CARVE_PF_RX_GOOD]			= { CARVE_GPRC },
	[CARVE_PF_RX_BROADCAST]			= { CARVE_BPRC },
	[CARVE_PF_RX_MULTICAST]			= { CARVE_MPRC },
	[CARVE_PF_TX_GOOD]			= { CARVE_GPTC },
	[CARVE_PF_RX_GOOD_OCTETS]		= { CARVE_GORCL, true },
	[CARVE_PF_TX_GOOD_OCTETS]		= { CARVE_GOTCL, true },
	[CARVE_PF_RX_NO_BUFFER]			= { CARVE_RNBC },
	[CARVE_PF_RX_UNDERSIZE]			= { CARVE_RUC },
	[CARVE_PF_RX_FRAGMENTS]			= { CARVE_RFC },
	[CARVE_PF_RX_OVERSIZE]			= { CARVE_ROC },
	[CARVE_PF_RX_JABBERS]			= { CARVE_RJC },
	[CARVE_PF_RX_TOTAL_OCTETS]		= { CARVE_TORL, true },
	[CARVE_PF_TX_TOTAL_OCTETS]		= { CARVE_TOTL, true },
	[CARVE_PF_RX_TOTAL]			= { CARVE_TPR },
	[CARVE_PF_TX_TOTAL]			= { CARVE_TPT },
	[CARVE_PF_TX_64]			= { CARVE_PTC64 },
	[CARVE_PF_TX_127]			= { CARVE_PTC64 + 4 },
	[CARVE_PF_TX_255]			= { CARVE_PTC64 + 8 },
	[CARVE_PF_TX_511]			= { CARVE_PTC64 + 12 },
	[CARVE_PF_TX_1023]			= { CARVE_PTC64 + 16 },
	[CARVE_PF_TX_MAX]			= { CARVE_PTC64 + 20 },
	[CARVE_PF_TX_MULTICAST]			= { CARVE_MPTC },
	[CARVE_PF_TX_BROADCAST]			= { CARVE_BPTC },
};

/* Of a pair the upper half is read last: that clears both. */
static u64 stats_read(struct carve_nic *nic, const struct stats_reg *from)
{
	u64 val = carve_rd32(nic, from->reg);

	if (from->wide)
		val |= (u64)carve_rd32(nic, from->reg + 4) << 32;

	return val;
}

/* RQDPC is cleared by reading it. */
u32 carve_pf_stats_read_drops(struct carve_pf *pf, unsigned long queues)
{
	unsigned int q;
	u32 drops = 0;

	for_each_set_bit(q, &queues, 2 * CARVE_NUM_POOLS)
		drops += carve_rd32(&pf->nic, CARVE_PF_RXQ_BASE +
					      q * CARVE_PF_Q_STRIDE +
					      CARVE_Q_RQDPC);

	return drops;
}

/* While VFs exist the others are theirs: see vf_stats.c. */
static unsigned long stats_own_queues(const struct carve_nic *nic)
{
	unsigned long queues = 0;
	int i;

	for (i = 0; i < READ_ONCE(nic->num_active); i++)
		queues |= BIT(nic->layout->hw_queue[i]);

	return queues;
}

static void stats_read_all(struct carve_pf *pf, u64 *val)
{
	int i;

	for (i = 0; i < ARRAY_SIZE(stats_regs); i++)
		val[i] = stats_read(&pf->nic, &stats_regs[i]);
	val[CARVE_PF_RX_QUEUE_DROPS] =
		carve_pf_stats_read_drops(pf, stats_own_queues(&pf->nic));
}

static void stats_add(struct carve_pf_stats *stats, const u64 *val)
{
	int i;

	preempt_disable();
	u64_stats_update_begin(&stats->syncp);
	for (i = 0; i < CARVE_PF_NUM_COUNTERS; i++)
		stats->total[i] += val[i];
	u64_stats_update_end(&stats->syncp);
	preempt_enable();
}

void carve_pf_stats_gather(struct carve_pf *pf)
{
	struct carve_pf_stats *stats = &pf->stats;
	u64 val[CARVE_PF_NUM_COUNTERS];

	mutex_lock(&stats->lock);
	stats_read_all(pf, val);
	/* All ones from a device that has gone are no counts. */
	if (!carve_nic_is_gone(&pf->nic))
		stats_add(stats, val);
	mutex_unlock(&stats->lock);
}

u64 carve_pf_stats_get(struct carve_pf *pf, enum carve_pf_counter counter)
{
	struct carve_pf_stats *stats = &pf->stats;
	unsigned int start;
	u64 val;

	do {
		start = u64_stats_fetch_begin(&stats->syncp);
		val = stats->total[counter];
	} while (u64_stats_fetch_retry(&stats->syncp, start));

	return val;
}

static void stats_work(struct work_struct *work)
{
	struct carve_pf *pf = container_of(work, struct carve_pf,
					   stats.work.work);

	/* While the netdev is detached the chip is not to be touched. */
	if (netif_device_present(pf->nic.netdev))
		carve_pf_stats_gather(pf);
	schedule_delayed_work(&pf->stats.work, CARVE_PF_STATS_PERIOD);
}

void carve_pf_stats_init(struct carve_pf *pf)
{
	mutex_init(&pf->stats.lock);
	u64_stats_init(&pf->stats.syncp);
	INIT_DELAYED_WORK(&pf->stats.work, stats_work);
}

void carve_pf_stats_start(struct carve_pf *pf)
{
	schedule_delayed_work(&pf->stats.work, CARVE_PF_STATS_PERIOD);
}

void carve_pf_stats_stop(struct carve_pf *pf)
{
	cancel_delayed_work_sync(&pf->stats.work);
}

#if IS_ENABLED(CONFIG_CARVE_KUNIT_TEST)
#include "tests/stats_kunit.c"
#endif
