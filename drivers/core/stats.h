/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Counters of queues, for the rest of the core.
 *
 * Copyright (C) 2026 Carve developers
 */
#ifndef _CARVE_CORE_STATS_H
#define _CARVE_CORE_STATS_H

#include <linux/netdevice.h>
#include <net/netdev_queues.h>

struct carve_channels;
struct carve_nic;

extern const struct netdev_stat_ops carve_stat_ops;

/**
 * carve_stats_replace_channels() - set nic->channels, losing no counter
 * @nic: the function
 * @channels: the new channels or NULL
 *
 * The counters of the channels that were there go to nic->totals. rtnl.
 */
void carve_stats_replace_channels(struct carve_nic *nic,
				  struct carve_channels *channels);

#endif /* _CARVE_CORE_STATS_H */
