/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Hardware counters of a VF.
 *
 * Copyright (C) 2026 Carve developers
 */
#ifndef _CARVE_VF_STATS_H
#define _CARVE_VF_STATS_H

#include <linux/spinlock.h>
#include <linux/types.h>

struct carve_vf;

enum carve_vf_stat {
	CARVE_VF_STAT_RX_PACKETS,
	CARVE_VF_STAT_RX_BYTES,
	CARVE_VF_STAT_RX_MULTICAST,
	CARVE_VF_STAT_RX_LOOPBACK_PACKETS,
	CARVE_VF_STAT_RX_LOOPBACK_BYTES,
	CARVE_VF_STAT_TX_PACKETS,
	CARVE_VF_STAT_TX_BYTES,
	CARVE_VF_STAT_TX_LOOPBACK_PACKETS,
	CARVE_VF_STAT_TX_LOOPBACK_BYTES,
	CARVE_VF_NUM_STATS,
};

/**
 * struct carve_vf_stats - 64-bit sums of 32-bit counters
 * @lock: protects @totals and @last
 * @totals: sums since probe
 * @last: the registers as they were last read
 */
struct carve_vf_stats {
	spinlock_t lock; /* totals, last */
	u64 totals[CARVE_VF_NUM_STATS];
	u32 last[CARVE_VF_NUM_STATS];
};

/**
 * carve_vf_stats_init() - prepare the counters
 * @vf: the VF
 */
void carve_vf_stats_init(struct carve_vf *vf);

/**
 * carve_vf_stats_rebase() - count from what the registers hold now
 * @vf: the VF, just let in by the PF
 *
 * A reset of the PF clears the registers, a reset of the VF does not.
 */
void carve_vf_stats_rebase(struct carve_vf *vf);

/**
 * carve_vf_stats_update() - add what has happened since the last call
 * @vf: the VF, not in reset
 *
 * Has to be called more often than the counters wrap: bytes do after 34 s at
 * 1 Gb/s.
 */
void carve_vf_stats_update(struct carve_vf *vf);

/**
 * carve_vf_stats_read() - one of the sums
 * @vf: the VF
 * @stat: which
 *
 * Return: its value at the last update.
 */
u64 carve_vf_stats_read(struct carve_vf *vf, enum carve_vf_stat stat);

#endif /* _CARVE_VF_STATS_H */
