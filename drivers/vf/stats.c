// SPDX-License-Identifier: GPL-2.0
/*
 * Hardware counters of a VF: 32 bits wide, read-only, wrapping. Sums of 64
 * bits are kept here under carve_vf_stats.lock; control.c updates them from its
 * poll, ethtool.c and netdev.c read them.
 *
 * Copyright (C) 2026 Carve developers
 */
#include <carve/io.h>

#include "stats.h"
#include "vf.h"
#include "vf_regs.h"

static const u32 vf_stats_regs[CARVE_VF_NUM_STATS] = {
	[CARVE_VF_STAT_RX_PACKETS]		= CARVE_VF_GPRC,
	[CARVE_VF_STAT_RX_BYTES]		= CARVE_VF_GORC,
	[CARVE_VF_STAT_RX_MULTICAST]		= CARVE_VF_MPRC,
	[CARVE_VF_STAT_RX_LOOPBACK_PACKETS]	= CARVE_VF_GPRLBC,
	[CARVE_VF_STAT_RX_LOOPBACK_BYTES]	= CARVE_VF_GORLBC,
	[CARVE_VF_STAT_TX_PACKETS]		= CARVE_VF_GPTC,
	[CARVE_VF_STAT_TX_BYTES]		= CARVE_VF_GOTC,
	[CARVE_VF_STAT_TX_LOOPBACK_PACKETS]	= CARVE_VF_GPTLBC,
	[CARVE_VF_STAT_TX_LOOPBACK_BYTES]	= CARVE_VF_GOTLBC,
};

/* Right over one wrap, since both are 32 bits wide. */
static u32 vf_stats_delta(u32 last, u32 now)
{
	return now - last;
}

static void vf_stats_walk(struct carve_vf *vf, bool count)
{
	struct carve_vf_stats *stats = &vf->stats;
	u32 now[CARVE_VF_NUM_STATS];
	unsigned int i;

	for (i = 0; i < CARVE_VF_NUM_STATS; i++)
		now[i] = carve_rd32(&vf->nic, vf_stats_regs[i]);
	if (carve_nic_is_gone(&vf->nic))
		return;

	spin_lock_bh(&stats->lock);
	for (i = 0; i < CARVE_VF_NUM_STATS; i++) {
		if (count)
			stats->totals[i] += vf_stats_delta(stats->last[i],
							   now[i]);
		stats->last[i] = now[i];
	}
	spin_unlock_bh(&stats->lock);
}

void carve_vf_stats_rebase(struct carve_vf *vf)
{
	lockdep_assert_held(&vf->lock);

	vf_stats_walk(vf, false);
}

void carve_vf_stats_update(struct carve_vf *vf)
{
	lockdep_assert_held(&vf->lock);

	vf_stats_walk(vf, true);
}

u64 carve_vf_stats_read(struct carve_vf *vf, enum carve_vf_stat stat)
{
	u64 value;

	spin_lock_bh(&vf->stats.lock);
	value = vf->stats.totals[stat];
	spin_unlock_bh(&vf->stats.lock);

	return value;
}

void carve_vf_stats_init(struct carve_vf *vf)
{
	spin_lock_init(&vf->stats.lock);
}

#if IS_ENABLED(CONFIG_CARVE_KUNIT_TEST)
#include "tests/stats_kunit.c"
#endif
