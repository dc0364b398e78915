// SPDX-License-Identifier: GPL-2.0
/*
 * The port's clock (PHC) and the times it notes of PTP frames. Owns struct
 * carve_pf_ptp, SYSTIM, TIMINCA, the TSYNC registers, RXSTMP, RXSATR, TXSTMP,
 * and filter 3 of ETQF, FTQF, SPQF, IMIR and IMIREXT. Called by the PTP layer,
 * by the data path for a frame with a time, and by reset.c. The clock belongs to
 * the PF: a VF can't read it.
 *
 * The chip notes the time of one frame received and of one sent, and of no
 * other until that has been read. It has no interrupt for it: the PTP layer's
 * worker looks for the time of a packet sent, and frees a time whose frame
 * never came.
 *
 * Copyright (C) 2026 Carve developers
 */
#include <linux/bitfield.h>
#include <linux/if_ether.h>
#include <linux/in.h>
#include <linux/pci.h>
#include <linux/ptp_classify.h>
#include <linux/skbuff.h>
#include <linux/timekeeping.h>

#include <carve/compat.h>
#include <carve/io.h>

#include "pf.h"
#include "pf_regs.h"
#include "ptp.h"

/*
 * SYSTIM counts 2^-19 ns (82576 datasheet, time sync section): 64 bits last for
 * almost ten hours. Every 16 ns TIMINCA's value is added to it.
 */
#define PTP_FRACTION_BITS		19
#define PTP_PERIOD_NS			16
#define PTP_INCVALUE			(PTP_PERIOD_NS << PTP_FRACTION_BITS)
/* The value has 24 bits, so the clock can run at almost twice its speed. */
#define PTP_MAX_ADJ_PPB			999999881
static_assert(PTP_INCVALUE < CARVE_TIMINCA_VALUE);

/* The filters that only this file uses. */
#define PTP_FILTER			3

#define PTP_TX_TIMEOUT			HZ
#define PTP_TX_POLL			1
/* How long a time without its frame may keep others from being noted. */
#define PTP_RX_CHECK			(2 * HZ)
#define PTP_REFRESH			(600 * HZ)

static struct carve_pf *info_to_pf(struct ptp_clock_info *info)
{
	return container_of(info, struct carve_pf, ptp.info);
}

/* ---- time ---- */

/* The low word's read latches the high one. */
static u64 ptp_read_chip(struct carve_pf *pf, struct ptp_system_timestamp *sts)
{
	u32 lo, hi;

	ptp_read_system_prets(sts);
	lo = carve_rd32(&pf->nic, CARVE_SYSTIML);
	ptp_read_system_postts(sts);
	hi = carve_rd32(&pf->nic, CARVE_SYSTIMH);
	return (u64)hi << 32 | lo;
}

static u64 ptp_read_cycles(CARVE_CYCLECOUNTER_CONST struct cyclecounter *cc)
{
	return ptp_read_chip(container_of(cc, struct carve_pf, ptp.cc), NULL);
}

static u64 ptp_now_at_rest(const struct carve_pf_ptp *ptp)
{
	return ptp->rest_ns +
	       ktime_to_ns(ktime_sub(ktime_get_boottime(), ptp->rest_at));
}

static u64 ptp_now(struct carve_pf *pf, struct ptp_system_timestamp *sts)
{
	struct carve_pf_ptp *ptp = &pf->ptp;
	u64 cycles, ns;

	if (ptp->running) {
		cycles = ptp_read_chip(pf, sts);
		if (!carve_nic_is_gone(&pf->nic))
			return timecounter_cyc2time(&ptp->tc, cycles);
	}
	ptp_read_system_prets(sts);
	ns = ptp_now_at_rest(ptp);
	ptp_read_system_postts(sts);
	return ns;
}

/* Time goes on from here when the chip's is lost. */
static void ptp_note_now(struct carve_pf_ptp *ptp, u64 ns)
{
	ptp->rest_ns = ns;
	ptp->rest_at = ktime_get_boottime();
}

static void ptp_set_now(struct carve_pf_ptp *ptp, u64 ns)
{
	ptp_note_now(ptp, ns);
	if (ptp->running)
		timecounter_init(&ptp->tc, &ptp->cc, ns);
}

static void ptp_write_incvalue(struct carve_pf *pf)
{
	carve_wr32(&pf->nic, CARVE_TIMINCA,
		   FIELD_PREP(CARVE_TIMINCA_PERIOD, 1) |
		   FIELD_PREP(CARVE_TIMINCA_VALUE, pf->ptp.incvalue));
}

/*
 * On the QEMU model a change moves the time as well: it adds what the new speed
 * would have made since the machine started, where it should take it off.
 */
static int ptp_adjfine(struct ptp_clock_info *info, long scaled_ppm)
{
	struct carve_pf *pf = info_to_pf(info);

	spin_lock_bh(&pf->ptp.lock);
	pf->ptp.incvalue = adjust_by_scaled_ppm(PTP_INCVALUE, scaled_ppm);
	if (pf->ptp.running)
		ptp_write_incvalue(pf);
	spin_unlock_bh(&pf->ptp.lock);

	return 0;
}

static int ptp_adjtime(struct ptp_clock_info *info, s64 delta)
{
	struct carve_pf_ptp *ptp = &info_to_pf(info)->ptp;

	spin_lock_bh(&ptp->lock);
	ptp->rest_ns += delta;
	timecounter_adjtime(&ptp->tc, delta);
	spin_unlock_bh(&ptp->lock);

	return 0;
}

static int ptp_gettimex64(struct ptp_clock_info *info, struct timespec64 *ts,
			  struct ptp_system_timestamp *sts)
{
	struct carve_pf *pf = info_to_pf(info);
	struct carve_pf_ptp *ptp = &pf->ptp;
	u64 ns;

	spin_lock_bh(&ptp->lock);
	ns = ptp_now(pf, sts);
	spin_unlock_bh(&ptp->lock);

	*ts = ns_to_timespec64(ns);
	return 0;
}

static int ptp_settime64(struct ptp_clock_info *info,
			 const struct timespec64 *ts)
{
	struct carve_pf_ptp *ptp = &info_to_pf(info)->ptp;

	spin_lock_bh(&ptp->lock);
	ptp_set_now(ptp, timespec64_to_ns(ts));
	spin_unlock_bh(&ptp->lock);

	return 0;
}

/* The chip's pins are not wired on any board we know of. */
static int ptp_enable(struct ptp_clock_info *info, struct ptp_clock_request *rq,
		      int on)
{
	return -EOPNOTSUPP;
}

/* ---- frames ---- */

/* A card that has just gone has nothing but ones. */
static bool ptp_has_stamp(struct carve_nic *nic, u32 reg)
{
	u32 ctl = carve_rd32(nic, reg);

	return ctl & CARVE_TSYNC_VALID && ctl != U32_MAX;
}

/* Reading the high word lets the chip note the time of another packet. */
static u64 ptp_read_tx_stamp(struct carve_pf *pf)
{
	u32 lo = carve_rd32(&pf->nic, CARVE_TXSTMPL);

	return (u64)carve_rd32(&pf->nic, CARVE_TXSTMPH) << 32 | lo;
}

/* Of a frame as well; the QEMU model waits for the sender's address instead. */
static u64 ptp_read_rx_stamp(struct carve_pf *pf)
{
	u32 lo = carve_rd32(&pf->nic, CARVE_RXSTMPL);
	u32 hi = carve_rd32(&pf->nic, CARVE_RXSTMPH);

	carve_rd32(&pf->nic, CARVE_RXSATRH);
	return (u64)hi << 32 | lo;
}

static ktime_t ptp_stamp_to_time(struct carve_pf_ptp *ptp, u64 stamp)
{
	return ns_to_ktime(timecounter_cyc2time(&ptp->tc, stamp));
}

void carve_pf_ptp_rx_stamp(struct carve_nic *nic, struct sk_buff *skb)
{
	struct carve_pf *pf = to_carve_pf(nic);
	struct carve_pf_ptp *ptp = &pf->ptp;
	u64 stamp;

	spin_lock_bh(&ptp->lock);
	if (ptp->running && ptp_has_stamp(nic, CARVE_TSYNCRXCTL)) {
		stamp = ptp_read_rx_stamp(pf);
		skb_hwtstamps(skb)->hwtstamp = ptp_stamp_to_time(ptp, stamp);
	}
	spin_unlock_bh(&ptp->lock);
}

bool carve_pf_ptp_tx_stamp(struct carve_nic *nic, struct sk_buff *skb)
{
	struct carve_pf *pf = to_carve_pf(nic);
	struct carve_pf_ptp *ptp = &pf->ptp;
	bool free;

	spin_lock_bh(&ptp->lock);
	if (!ptp->running || ptp->config.tx_type != HWTSTAMP_TX_ON) {
		spin_unlock_bh(&ptp->lock);
		return false;
	}
	free = !ptp->tx_skb;
	if (free) {
		/* That of a packet given up may have come after all. */
		if (ptp_has_stamp(nic, CARVE_TSYNCTXCTL))
			ptp_read_tx_stamp(pf);
		skb_shinfo(skb)->tx_flags |= SKBTX_IN_PROGRESS;
		ptp->tx_skb = skb_get(skb);
		ptp->tx_deadline = jiffies + PTP_TX_TIMEOUT;
	} else {
		ptp->tx_stats.err++;
	}
	spin_unlock_bh(&ptp->lock);

	if (free)
		ptp_schedule_worker(ptp->clock, 0);
	return free;
}

/*
 * Return: the packet sent whose stamp is there, in @stamps, or which has been
 * given up; else NULL.
 */
static struct sk_buff *ptp_take_sent(struct carve_pf *pf,
				     struct skb_shared_hwtstamps *stamps)
{
	struct carve_pf_ptp *ptp = &pf->ptp;
	struct sk_buff *skb = ptp->tx_skb;
	u64 stamp;

	if (!skb || !ptp->running)
		return NULL;
	if (ptp_has_stamp(&pf->nic, CARVE_TSYNCTXCTL)) {
		stamp = ptp_read_tx_stamp(pf);
		stamps->hwtstamp = ptp_stamp_to_time(ptp, stamp);
		ptp->tx_stats.pkts++;
	} else if (time_after(jiffies, ptp->tx_deadline)) {
		ptp->tx_stats.lost++;
	} else {
		return NULL;
	}
	ptp->tx_skb = NULL;
	return skb;
}

/*
 * A frame that was dropped, or went to a VF, leaves its time behind. It is one
 * that is still there the next time somebody looks: reading the low word alone
 * frees nothing.
 */
static void ptp_free_stale(struct carve_pf *pf)
{
	struct carve_pf_ptp *ptp = &pf->ptp;
	u32 low;

	if (!ptp_has_stamp(&pf->nic, CARVE_TSYNCRXCTL)) {
		ptp->rx_waits = false;
		return;
	}
	low = carve_rd32(&pf->nic, CARVE_RXSTMPL);
	if (ptp->rx_waits && low == ptp->rx_low)
		ptp_read_rx_stamp(pf);
	ptp->rx_waits = true;
	ptp->rx_low = low;
}

static long ptp_next_work(const struct carve_pf_ptp *ptp)
{
	if (ptp->tx_skb)
		return PTP_TX_POLL;
	return ptp->config.rx_filter ? PTP_RX_CHECK : PTP_REFRESH;
}

static long ptp_work(struct ptp_clock_info *info)
{
	struct skb_shared_hwtstamps stamps = {};
	struct carve_pf *pf = info_to_pf(info);
	struct carve_pf_ptp *ptp = &pf->ptp;
	struct sk_buff *skb;
	long next;

	spin_lock_bh(&ptp->lock);
	skb = ptp_take_sent(pf, &stamps);
	if (!skb && ptp->running) {
		/* Before the counter wraps. */
		timecounter_read(&ptp->tc);
		ptp_note_now(ptp, ptp_now(pf, NULL));
		ptp_free_stale(pf);
	}
	next = ptp_next_work(ptp);
	spin_unlock_bh(&ptp->lock);

	if (skb) {
		if (stamps.hwtstamp)
			skb_tstamp_tx(skb, &stamps);
		dev_kfree_skb_any(skb);
	}
	return next;
}

/* ---- what is stamped ---- */

/* What the chip can tell apart. Return: the filter that is used, or -ERRNO. */
static int ptp_pick_filter(int filter)
{
	switch (filter) {
	case HWTSTAMP_FILTER_NONE:
	case HWTSTAMP_FILTER_PTP_V1_L4_SYNC:
	case HWTSTAMP_FILTER_PTP_V1_L4_DELAY_REQ:
		return filter;
	case HWTSTAMP_FILTER_PTP_V2_EVENT:
	case HWTSTAMP_FILTER_PTP_V2_SYNC:
	case HWTSTAMP_FILTER_PTP_V2_DELAY_REQ:
	case HWTSTAMP_FILTER_PTP_V2_L2_EVENT:
	case HWTSTAMP_FILTER_PTP_V2_L2_SYNC:
	case HWTSTAMP_FILTER_PTP_V2_L2_DELAY_REQ:
	case HWTSTAMP_FILTER_PTP_V2_L4_EVENT:
	case HWTSTAMP_FILTER_PTP_V2_L4_SYNC:
	case HWTSTAMP_FILTER_PTP_V2_L4_DELAY_REQ:
		return HWTSTAMP_FILTER_PTP_V2_EVENT;
	default:
		return -ERANGE;
	}
}

static u32 ptp_rx_type(int filter)
{
	return filter == HWTSTAMP_FILTER_PTP_V2_EVENT ?
		CARVE_TSYNCRXCTL_TYPE_V2_EVENT : CARVE_TSYNCRXCTL_TYPE_L4_V1;
}

/* PTP over UDP is between two ports 319. The QEMU model does not look there. */
static void ptp_write_udp_filter(struct carve_pf *pf, bool on)
{
	struct carve_nic *nic = &pf->nic;
	u32 port = (__force u16)htons(PTP_EV_PORT);
	u32 ignore = CARVE_FTQF_IGNORE_ALL;

	if (on) {
		carve_wr32(nic, CARVE_IMIR(PTP_FILTER), port);
		carve_wr32(nic, CARVE_IMIREXT(PTP_FILTER),
			   CARVE_IMIREXT_ANY_SIZE | CARVE_IMIREXT_ANY_FLAGS);
		carve_wr32(nic, CARVE_SPQF(PTP_FILTER), port);
		ignore &= ~(CARVE_FTQF_IGNORE_PROTOCOL |
			    CARVE_FTQF_IGNORE_SOURCE_PORT);
		ignore |= CARVE_FTQF_ANY_POOL | CARVE_FTQF_1588 | IPPROTO_UDP;
	}
	carve_wr32(nic, CARVE_FTQF(PTP_FILTER), ignore);
}

static void ptp_write_rx_filter(struct carve_pf *pf, int filter)
{
	bool on = filter != HWTSTAMP_FILTER_NONE;
	struct carve_nic *nic = &pf->nic;

	carve_wr32(nic, CARVE_TSYNCRXCFG,
		   filter == HWTSTAMP_FILTER_PTP_V1_L4_DELAY_REQ ?
		   CARVE_TSYNCRXCFG_V1_DELAY_REQ : 0);
	carve_wr32(nic, CARVE_ETQF(PTP_FILTER),
		   filter == HWTSTAMP_FILTER_PTP_V2_EVENT ?
		   CARVE_ETQF_EN | CARVE_ETQF_1588 | ETH_P_1588 : 0);
	ptp_write_udp_filter(pf, on);
	carve_wr32(nic, CARVE_TSYNCRXCTL,
		   on ? CARVE_TSYNC_EN |
			FIELD_PREP(CARVE_TSYNCRXCTL_TYPE, ptp_rx_type(filter)) :
			0);
}

static void ptp_write_config(struct carve_pf *pf)
{
	const struct kernel_hwtstamp_config *config = &pf->ptp.config;

	carve_wr32(&pf->nic, CARVE_TSYNCTXCTL,
		   config->tx_type == HWTSTAMP_TX_ON ? CARVE_TSYNC_EN : 0);
	ptp_write_rx_filter(pf, config->rx_filter);
	/* What was noted until now is nobody's. */
	ptp_read_rx_stamp(pf);
	ptp_read_tx_stamp(pf);
}

int carve_pf_ptp_get_config(struct net_device *netdev,
			    struct kernel_hwtstamp_config *config)
{
	struct carve_pf_ptp *ptp = &netdev_to_carve_pf(netdev)->ptp;

	*config = ptp->config;
	return 0;
}

int carve_pf_ptp_set_config(struct net_device *netdev,
			    struct kernel_hwtstamp_config *config,
			    struct netlink_ext_ack *extack)
{
	struct carve_pf *pf = netdev_to_carve_pf(netdev);
	struct carve_pf_ptp *ptp = &pf->ptp;
	int filter = ptp_pick_filter(config->rx_filter);

	if (!ptp->clock) {
		NL_SET_ERR_MSG(extack, "the kernel has no PTP clocks");
		return -EOPNOTSUPP;
	}
	if (config->tx_type != HWTSTAMP_TX_OFF &&
	    config->tx_type != HWTSTAMP_TX_ON) {
		NL_SET_ERR_MSG(extack, "sent frames are stamped in two steps only");
		return -ERANGE;
	}
	if (filter < 0) {
		NL_SET_ERR_MSG(extack, "only PTPv2 events, or one kind of PTPv1, can be stamped");
		return filter;
	}

	config->rx_filter = filter;
	spin_lock_bh(&ptp->lock);
	ptp->config.tx_type = config->tx_type;
	ptp->config.rx_filter = filter;
	if (ptp->running)
		ptp_write_config(pf);
	spin_unlock_bh(&ptp->lock);
	ptp_schedule_worker(ptp->clock, 0);

	return 0;
}

int carve_pf_ptp_get_ts_info(struct net_device *netdev,
			     struct kernel_ethtool_ts_info *info)
{
	struct carve_pf_ptp *ptp = &netdev_to_carve_pf(netdev)->ptp;

	ethtool_op_get_ts_info(netdev, info);
	if (!ptp->clock)
		return 0;
	info->phc_index = ptp_clock_index(ptp->clock);
	info->so_timestamping |= SOF_TIMESTAMPING_TX_HARDWARE |
				 SOF_TIMESTAMPING_RX_HARDWARE |
				 SOF_TIMESTAMPING_RAW_HARDWARE;
	info->tx_types = BIT(HWTSTAMP_TX_OFF) | BIT(HWTSTAMP_TX_ON);
	info->rx_filters = BIT(HWTSTAMP_FILTER_NONE) |
			   BIT(HWTSTAMP_FILTER_PTP_V1_L4_SYNC) |
			   BIT(HWTSTAMP_FILTER_PTP_V1_L4_DELAY_REQ) |
			   BIT(HWTSTAMP_FILTER_PTP_V2_EVENT);
	return 0;
}

void carve_pf_ptp_get_ts_stats(struct net_device *netdev,
			       struct ethtool_ts_stats *stats)
{
	struct carve_pf_ptp *ptp = &netdev_to_carve_pf(netdev)->ptp;

	spin_lock_bh(&ptp->lock);
	stats->pkts = ptp->tx_stats.pkts;
	stats->lost = ptp->tx_stats.lost;
	stats->err = ptp->tx_stats.err;
	spin_unlock_bh(&ptp->lock);
}

/* ---- life ---- */

void carve_pf_ptp_pause(struct carve_pf *pf)
{
	struct carve_pf_ptp *ptp = &pf->ptp;
	struct sk_buff *skb;

	spin_lock_bh(&ptp->lock);
	ptp_note_now(ptp, ptp_now(pf, NULL));
	ptp->running = false;
	skb = ptp->tx_skb;
	ptp->tx_skb = NULL;
	if (skb)
		ptp->tx_stats.lost++;
	spin_unlock_bh(&ptp->lock);

	dev_kfree_skb_any(skb);
}

void carve_pf_ptp_write_all(struct carve_pf *pf)
{
	struct carve_pf_ptp *ptp = &pf->ptp;
	u64 ns;

	spin_lock_bh(&ptp->lock);
	ptp_write_incvalue(pf);
	ns = ptp_now_at_rest(ptp);
	ptp->running = true;
	ptp_set_now(ptp, ns);
	ptp_write_config(pf);
	spin_unlock_bh(&ptp->lock);
}

static const struct ptp_clock_info ptp_clock_info_template = {
	.owner		= THIS_MODULE,
	.max_adj	= PTP_MAX_ADJ_PPB,
	.adjfine	= ptp_adjfine,
	.adjtime	= ptp_adjtime,
	.gettimex64	= ptp_gettimex64,
	.settime64	= ptp_settime64,
	.enable		= ptp_enable,
	.do_aux_work	= ptp_work,
};

void carve_pf_ptp_init(struct carve_pf *pf)
{
	struct carve_pf_ptp *ptp = &pf->ptp;

	spin_lock_init(&ptp->lock);
	ptp->info = ptp_clock_info_template;
	strscpy(ptp->info.name, pci_name(pf->nic.pdev), sizeof(ptp->info.name));
	ptp->cc.read = ptp_read_cycles;
	ptp->cc.mask = CYCLECOUNTER_MASK(64);
	ptp->cc.mult = 1;
	ptp->cc.shift = PTP_FRACTION_BITS;
	ptp->incvalue = PTP_INCVALUE;
	ptp_set_now(ptp, ktime_get_real_ns());
}

void carve_pf_ptp_start(struct carve_pf *pf)
{
	struct ptp_clock *clock;

	clock = ptp_clock_register(&pf->ptp.info, &pf->nic.pdev->dev);
	if (IS_ERR(clock))
		netdev_warn(pf->nic.netdev, "no PTP clock: %pe\n", clock);
	if (IS_ERR_OR_NULL(clock))
		return;
	pf->ptp.clock = clock;
	ptp_schedule_worker(clock, PTP_REFRESH);
}

void carve_pf_ptp_stop(struct carve_pf *pf)
{
	struct carve_pf_ptp *ptp = &pf->ptp;

	if (!ptp->clock)
		return;
	ptp_clock_unregister(ptp->clock);
	ptp->clock = NULL;
	carve_pf_ptp_pause(pf);
}

#if IS_ENABLED(CONFIG_CARVE_KUNIT_TEST)
#include "tests/ptp_kunit.c"
#endif
