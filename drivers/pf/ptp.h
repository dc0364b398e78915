/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The port's clock (PHC) and the times it notes of PTP frames.
 *
 * Copyright (C) 2026 Carve developers
 */
#ifndef _CARVE_PF_PTP_H
#define _CARVE_PF_PTP_H

#include <linux/ethtool.h>
#include <linux/net_tstamp.h>
#include <linux/ptp_clock_kernel.h>
#include <linux/spinlock.h>
#include <linux/timecounter.h>

struct carve_nic;
struct carve_pf;
struct sk_buff;

/**
 * struct carve_pf_ptp - the clock
 * @info: what the kernel's PTP layer knows of it
 * @clock: the registered clock; NULL while there is none. Written by probe,
 *	just after the netdev is registered, and by remove, after it has gone;
 *	as long as it is NULL nothing is stamped
 * @lock: BH-safe; all members below and the registers
 * @running: the chip's counter runs and can be read
 * @cc: reads the chip's counter
 * @tc: makes nanoseconds of it, while @running
 * @rest_ns: a time that it was, ns: what goes on while the counter does not
 * @rest_at: when it was that, by the system's time since boot
 * @incvalue: what the chip adds every 16 ns, in 2^-19 ns
 * @config: what is stamped; outlives a reset
 * @rx_waits: at the last look a received frame's time waited to be read
 * @rx_low: its low word
 * @tx_skb: the packet on its way that is to be stamped, a reference
 * @tx_deadline: jiffies when @tx_skb's stamp is given up
 * @tx_stats: stamps of packets sent
 */
struct carve_pf_ptp {
	struct ptp_clock_info info;
	struct ptp_clock *clock;
	spinlock_t lock; /* see above */
	bool running;
	struct cyclecounter cc;
	struct timecounter tc;
	u64 rest_ns;
	ktime_t rest_at;
	u32 incvalue;
	struct kernel_hwtstamp_config config;
	bool rx_waits;
	u32 rx_low;
	struct sk_buff *tx_skb;
	unsigned long tx_deadline;
	struct ethtool_ts_stats tx_stats;
};

/**
 * carve_pf_ptp_init() - a clock that shows the system's time
 * @pf: the port
 *
 * Soft state only.
 */
void carve_pf_ptp_init(struct carve_pf *pf);

/**
 * carve_pf_ptp_start() - make the clock known
 * @pf: the port, its netdev registered
 *
 * Without PTP in the kernel there is no clock and no stamp. Sleeps.
 */
void carve_pf_ptp_start(struct carve_pf *pf);

/**
 * carve_pf_ptp_stop() - the reverse of carve_pf_ptp_start()
 * @pf: the port
 *
 * Does nothing without a clock. Sleeps.
 */
void carve_pf_ptp_stop(struct carve_pf *pf);

/**
 * carve_pf_ptp_pause() - before the chip is reset
 * @pf: the port
 *
 * The time is noted and goes on by the system's clock. The stamp of a packet on
 * its way is lost.
 */
void carve_pf_ptp_pause(struct carve_pf *pf);

/**
 * carve_pf_ptp_write_all() - clock and filters from the soft state
 * @pf: the port, just reset
 */
void carve_pf_ptp_write_all(struct carve_pf *pf);

/**
 * carve_pf_ptp_rx_stamp() - struct carve_layout.rx_stamp of a PF
 * @nic: the PF
 * @skb: a frame whose time the chip has noted
 */
void carve_pf_ptp_rx_stamp(struct carve_nic *nic, struct sk_buff *skb);

/**
 * carve_pf_ptp_tx_stamp() - struct carve_layout.tx_stamp of a PF
 * @nic: the PF
 * @skb: a packet that is to be stamped
 *
 * Return: whether the chip is to note when it sends the packet.
 */
bool carve_pf_ptp_tx_stamp(struct carve_nic *nic, struct sk_buff *skb);

/**
 * carve_pf_ptp_get_config() - ndo_hwtstamp_get
 * @netdev: the PF's netdev
 * @config: filled with what is stamped
 *
 * Under rtnl.
 *
 * Return: 0.
 */
int carve_pf_ptp_get_config(struct net_device *netdev,
			    struct kernel_hwtstamp_config *config);

/**
 * carve_pf_ptp_set_config() - ndo_hwtstamp_set
 * @netdev: the PF's netdev
 * @config: what to stamp; the filter comes back as the one set
 * @extack: says why not
 *
 * Under rtnl.
 *
 * Return: 0, -EOPNOTSUPP without a clock, -ERANGE for what the chip can't do.
 */
int carve_pf_ptp_set_config(struct net_device *netdev,
			    struct kernel_hwtstamp_config *config,
			    struct netlink_ext_ack *extack);

/**
 * carve_pf_ptp_get_ts_info() - ethtool's get_ts_info
 * @netdev: the PF's netdev
 * @info: filled
 *
 * Under rtnl.
 *
 * Return: 0.
 */
int carve_pf_ptp_get_ts_info(struct net_device *netdev,
			     struct kernel_ethtool_ts_info *info);

/**
 * carve_pf_ptp_get_ts_stats() - ethtool's get_ts_stats
 * @netdev: the PF's netdev
 * @stats: filled
 *
 * Under rtnl.
 */
void carve_pf_ptp_get_ts_stats(struct net_device *netdev,
			       struct ethtool_ts_stats *stats);

#endif /* _CARVE_PF_PTP_H */
