// SPDX-License-Identifier: GPL-2.0
/*
 * Traffic counters of VFs. Owns the PF's view of the VFs' statistics registers
 * and struct carve_pf_vf_stats; carve_pf.lock. Called by vf_ndo.c, by control.c
 * around resets, and by its own work.
 *
 * Copyright (C) 2026 Carve developers
 */
#include <linux/bitops.h>
#include <linux/if_link.h>
#include <linux/jiffies.h>
#include <linux/string.h>

#include <carve/io.h>

#include "pf.h"
#include "pf_regs.h"
#include "vf_stats.h"

/*
 * The counters have 32 bits, wrap and can't be cleared. Bytes are the first to
 * wrap: 34 s at 1 Gb/s.
 */
#define PF_VF_STATS_INTERVAL		(10 * HZ)

static u32 pf_vf_read_counter(struct carve_pf *pf, unsigned int vf,
			      enum carve_pf_vf_counter counter)
{
	switch (counter) {
	case CARVE_PF_VF_RX_PACKETS:
		return carve_rd32(&pf->nic, CARVE_PVFGPRC(vf));
	case CARVE_PF_VF_TX_PACKETS:
		return carve_rd32(&pf->nic, CARVE_PVFGPTC(vf));
	case CARVE_PF_VF_RX_BYTES:
		return carve_rd32(&pf->nic, CARVE_PVFGORC(vf));
	case CARVE_PF_VF_TX_BYTES:
		return carve_rd32(&pf->nic, CARVE_PVFGOTC(vf));
	case CARVE_PF_VF_RX_MULTICAST:
		return carve_rd32(&pf->nic, CARVE_PVFMPRC(vf));
	default:
		return 0;
	}
}

static u32 pf_vf_read_drops(struct carve_pf *pf, unsigned int vf)
{
	return carve_pf_stats_read_drops(pf, carve_pf_queues_of_pool(vf));
}

static void pf_vf_stats_read(struct carve_pf *pf, unsigned int vf, u32 *now)
{
	enum carve_pf_vf_counter i;

	for (i = 0; i < CARVE_PF_VF_NUM_COUNTERS; i++)
		now[i] = pf_vf_read_counter(pf, vf, i);
}

/* More than a link brings from one poll to the next. */
#define PF_VF_STATS_MAX_PACKETS		BIT(28)

/*
 * A counter that a reset cleared looks like one that wrapped. One of packets
 * would have had to count too many for that, and the others went with it.
 */
static bool pf_vf_stats_cleared(const struct carve_pf_vf_stats *stats,
				const u32 *now)
{
	const u32 *last = stats->last;

	return now[CARVE_PF_VF_RX_PACKETS] - last[CARVE_PF_VF_RX_PACKETS] >
	       PF_VF_STATS_MAX_PACKETS ||
	       now[CARVE_PF_VF_TX_PACKETS] - last[CARVE_PF_VF_TX_PACKETS] >
	       PF_VF_STATS_MAX_PACKETS;
}

static void pf_vf_stats_add(struct carve_pf_vf_stats *stats, const u32 *now)
{
	int i;

	if (pf_vf_stats_cleared(stats, now))
		memset(stats->last, 0, sizeof(stats->last));
	for (i = 0; i < CARVE_PF_VF_NUM_COUNTERS; i++) {
		stats->total[i] += (u32)(now[i] - stats->last[i]);
		stats->last[i] = now[i];
	}
}

void carve_pf_vf_stats_update(struct carve_pf *pf, unsigned int vf)
{
	struct carve_pf_vf_stats *stats = &pf->vf[vf].stats;
	u32 now[CARVE_PF_VF_NUM_COUNTERS];
	u32 drops;

	lockdep_assert_held(&pf->lock);

	pf_vf_stats_read(pf, vf, now);
	drops = pf_vf_read_drops(pf, vf);
	if (carve_nic_is_gone(&pf->nic))
		return;
	pf_vf_stats_add(stats, now);
	stats->rx_dropped += drops;
}

void carve_pf_vf_stats_rebase(struct carve_pf *pf, unsigned int vf)
{
	struct carve_pf_vf_stats *stats = &pf->vf[vf].stats;
	u32 now[CARVE_PF_VF_NUM_COUNTERS];

	lockdep_assert_held(&pf->lock);

	pf_vf_stats_read(pf, vf, now);
	if (carve_nic_is_gone(&pf->nic))
		return;
	pf_vf_stats_add(stats, now);
}

static void pf_vf_stats_work(struct work_struct *work)
{
	struct carve_pf *pf = container_of(to_delayed_work(work),
					   struct carve_pf, vf_stats.work);
	unsigned int vf;

	mutex_lock(&pf->lock);
	if (!pf->control.paused)
		for (vf = 0; vf < pf->num_vfs; vf++)
			carve_pf_vf_stats_update(pf, vf);
	mutex_unlock(&pf->lock);

	schedule_delayed_work(&pf->vf_stats.work, PF_VF_STATS_INTERVAL);
}

int carve_pf_vf_stats_get(struct carve_pf *pf, int vf,
			  struct ifla_vf_stats *stats)
{
	struct carve_pf_vf_stats *own;
	int err = -EINVAL;

	mutex_lock(&pf->lock);
	if (vf >= 0 && vf < pf->num_vfs) {
		own = &pf->vf[vf].stats;
		if (!pf->control.paused)
			carve_pf_vf_stats_update(pf, vf);
		stats->rx_packets = own->total[CARVE_PF_VF_RX_PACKETS];
		stats->tx_packets = own->total[CARVE_PF_VF_TX_PACKETS];
		stats->rx_bytes = own->total[CARVE_PF_VF_RX_BYTES];
		stats->tx_bytes = own->total[CARVE_PF_VF_TX_BYTES];
		stats->multicast = own->total[CARVE_PF_VF_RX_MULTICAST];
		stats->rx_dropped = own->rx_dropped;
		err = 0;
	}
	mutex_unlock(&pf->lock);

	return err;
}

/*
 * What the counters hold from before is no VF's. As long as the poll does not
 * run, the first stretch counts from here.
 */
void carve_pf_vf_stats_start(struct carve_pf *pf)
{
	unsigned int vf;

	mutex_lock(&pf->lock);
	for (vf = 0; vf < CARVE_PF_MAX_VFS; vf++) {
		pf_vf_stats_read(pf, vf, pf->vf[vf].stats.last);
		pf_vf_read_drops(pf, vf);
	}
	mutex_unlock(&pf->lock);

	INIT_DELAYED_WORK(&pf->vf_stats.work, pf_vf_stats_work);
	schedule_delayed_work(&pf->vf_stats.work, PF_VF_STATS_INTERVAL);
}

void carve_pf_vf_stats_stop(struct carve_pf *pf)
{
	cancel_delayed_work_sync(&pf->vf_stats.work);
}

#if IS_ENABLED(CONFIG_CARVE_KUNIT_TEST)
#include "tests/vf_stats_kunit.c"
#endif
