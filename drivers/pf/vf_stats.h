/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Traffic counters of VFs as the PF sees them.
 *
 * Copyright (C) 2026 Carve developers
 */
#ifndef _CARVE_PF_VF_STATS_H
#define _CARVE_PF_VF_STATS_H

#include <linux/types.h>
#include <linux/workqueue.h>

struct carve_pf;
struct ifla_vf_stats;

/* The chip's counters of a VF, in the order of the table in vf_stats.c. */
enum carve_pf_vf_counter {
	CARVE_PF_VF_RX_PACKETS,
	CARVE_PF_VF_TX_PACKETS,
	CARVE_PF_VF_RX_BYTES,
	CARVE_PF_VF_TX_BYTES,
	CARVE_PF_VF_RX_MULTICAST,
	CARVE_PF_VF_NUM_COUNTERS,
};

/**
 * struct carve_pf_vf_stats - one VF's traffic
 * @total: since the PF driver was bound
 * @last: the chip's counters when they were last read
 * @rx_dropped: frames for which the VF had no descriptor
 *
 * carve_pf.lock.
 */
struct carve_pf_vf_stats {
	u64 total[CARVE_PF_VF_NUM_COUNTERS];
	u32 last[CARVE_PF_VF_NUM_COUNTERS];
	u64 rx_dropped;
};

/**
 * struct carve_pf_vf_stats_poll - reads the counters before they can wrap
 * @work: runs while there are VFs
 */
struct carve_pf_vf_stats_poll {
	struct delayed_work work;
};

/**
 * carve_pf_vf_stats_start() - begin to count
 * @pf: the port, its VFs about to be created
 *
 * Call it without carve_pf.lock.
 */
void carve_pf_vf_stats_start(struct carve_pf *pf);

/**
 * carve_pf_vf_stats_stop() - stop counting; the totals stay
 * @pf: the port
 *
 * Call it without carve_pf.lock.
 */
void carve_pf_vf_stats_stop(struct carve_pf *pf);

/**
 * carve_pf_vf_stats_update() - add what the chip has counted
 * @pf: the port
 * @vf: VF
 *
 * Caller holds carve_pf.lock, and the port is not being reset. The bus may have
 * done that before anybody was told: totals go on from where they were.
 */
void carve_pf_vf_stats_update(struct carve_pf *pf, unsigned int vf);

/**
 * carve_pf_vf_stats_rebase() - the counters may have started at zero again
 * @pf: the port
 * @vf: VF, just reset alone or with the port
 *
 * Caller holds carve_pf.lock.
 */
void carve_pf_vf_stats_rebase(struct carve_pf *pf, unsigned int vf);

/**
 * carve_pf_vf_stats_get() - totals up to now
 * @pf: the port
 * @vf: VF
 * @stats: filled
 *
 * Takes carve_pf.lock.
 *
 * Return: 0, or -EINVAL for a VF that doesn't exist.
 */
int carve_pf_vf_stats_get(struct carve_pf *pf, int vf,
			  struct ifla_vf_stats *stats);

#endif /* _CARVE_PF_VF_STATS_H */
