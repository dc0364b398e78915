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

/* No link brings as many between two looks, two seconds apart. */
#define VF_STATS_MAX_PACKETS		BIT(28)

static const enum carve_vf_stat vf_stats_packets[] = {
	CARVE_VF_STAT_RX_PACKETS,
	CARVE_VF_STAT_RX_MULTICAST,
	CARVE_VF_STAT_RX_LOOPBACK_PACKETS,
	CARVE_VF_STAT_TX_PACKETS,
	CARVE_VF_STAT_TX_LOOPBACK_PACKETS,
};

/*
 * A reset of the PF clears the counters, which can be seen before the mailbox
 * tells of it. A counter that was cleared looks like one that wrapped; but to
 * wrap it would have had to count more packets than there can have been.
 */
static bool vf_stats_began_anew(const u32 *last, const u32 *now)
{
	unsigned int i, stat;

	for (i = 0; i < ARRAY_SIZE(vf_stats_packets); i++) {
		stat = vf_stats_packets[i];
		if (now[stat] - last[stat] > VF_STATS_MAX_PACKETS)
			return true;
	}
	return false;
}

static void vf_stats_take(struct carve_vf_stats *stats, const u32 *now,
			  bool count)
{
	unsigned int i;

	if (vf_stats_began_anew(stats->last, now))
		memset(stats->last, 0, sizeof(stats->last));
	for (i = 0; i < CARVE_VF_NUM_STATS; i++) {
		/* Right over one wrap, since both are 32 bits wide. */
		if (count)
			stats->totals[i] += (u32)(now[i] - stats->last[i]);
		stats->last[i] = now[i];
	}
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
	vf_stats_take(stats, now, count);
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
