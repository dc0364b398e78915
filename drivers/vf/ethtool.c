// SPDX-License-Identifier: GPL-2.0
/*
 * ethtool operations of a VF, called under rtnl. Those that read registers take
 * carve_vf.lock and look whether the VF is attached.
 *
 * Copyright (C) 2026 Carve developers
 */
#include <linux/ethtool.h>
#include <linux/pci.h>

#include <carve/channels.h>
#include <carve/io.h>
#include <carve/netdev.h>
#include <carve/regs.h>

#include "ethtool.h"
#include "vf.h"
#include "vf_regs.h"

#define VF_REGS_VERSION			1

/*
 * The dump starts with these, then the mailbox shadow, then the queue pair.
 * Not V2PMAILBOX and EICR: reading clears them.
 */
static const u32 vf_regs_dump[] = {
	CARVE_STATUS,
	CARVE_EIMS,
	CARVE_EIAC,
	CARVE_EIAM,
	CARVE_EITR(CARVE_VF_VECTOR_QUEUE),
	CARVE_EITR(CARVE_VF_VECTOR_MBX_QEMU),
	CARVE_EITR(CARVE_VF_VECTOR_MBX),
	CARVE_VF_IVAR0,
	CARVE_VF_IVAR_MISC,
	CARVE_VF_GPRC,
	CARVE_VF_GPTC,
	CARVE_VF_GORC,
	CARVE_VF_GOTC,
	CARVE_VF_MPRC,
};

#define VF_REGS_MBX			ARRAY_SIZE(vf_regs_dump)
#define VF_REGS_QUEUE			(VF_REGS_MBX + 1)
#define VF_REGS_DWORDS			(VF_REGS_QUEUE + \
					 CARVE_REGS_DUMP_QUEUE_DWORDS)

static const char vf_hw_stat_names[][ETH_GSTRING_LEN] = {
	[CARVE_VF_STAT_RX_PACKETS]		= "hw_rx_packets",
	[CARVE_VF_STAT_RX_BYTES]		= "hw_rx_bytes",
	[CARVE_VF_STAT_RX_MULTICAST]		= "hw_rx_multicast",
	[CARVE_VF_STAT_RX_LOOPBACK_PACKETS]	= "hw_rx_loopback_packets",
	[CARVE_VF_STAT_RX_LOOPBACK_BYTES]	= "hw_rx_loopback_bytes",
	[CARVE_VF_STAT_TX_PACKETS]		= "hw_tx_packets",
	[CARVE_VF_STAT_TX_BYTES]		= "hw_tx_bytes",
	[CARVE_VF_STAT_TX_LOOPBACK_PACKETS]	= "hw_tx_loopback_packets",
	[CARVE_VF_STAT_TX_LOOPBACK_BYTES]	= "hw_tx_loopback_bytes",
};

static_assert(ARRAY_SIZE(vf_hw_stat_names) == CARVE_VF_NUM_STATS);

static const struct {
	char name[ETH_GSTRING_LEN];
	size_t offset;
} vf_counters[] = {
	{ "mbx_requests", offsetof(struct carve_vf, mbx.counters.requests) },
	{ "mbx_timeouts", offsetof(struct carve_vf, mbx.counters.timeouts) },
	{ "mbx_resent", offsetof(struct carve_vf, mbx.counters.resent) },
	{ "mbx_stale", offsetof(struct carve_vf, mbx.counters.stale) },
	{ "mbx_news", offsetof(struct carve_vf, mbx.counters.news) },
	{ "mbx_refused", offsetof(struct carve_vf, counters.refused) },
	{ "uc_refused", offsetof(struct carve_vf, rx_mode.uc_refused) },
	{ "promisc_refused",
	  offsetof(struct carve_vf, rx_mode.promisc_refused) },
	{ "recoveries", offsetof(struct carve_vf, counters.recoveries) },
	{ "pf_resets", offsetof(struct carve_vf, counters.pf_resets) },
	{ "reset_notices", offsetof(struct carve_vf, counters.reset_notices) },
	{ "pf_timeouts", offsetof(struct carve_vf, counters.pf_timeouts) },
	{ "tx_timeouts", offsetof(struct carve_vf, counters.tx_timeouts) },
};

static bool vf_ethtool_is_attached(const struct carve_vf *vf)
{
	lockdep_assert_held(&vf->lock);

	return vf->control.state != CARVE_VF_DETACHED;
}

static void vf_get_drvinfo(struct net_device *netdev,
			   struct ethtool_drvinfo *info)
{
	struct carve_vf *vf = to_carve_vf(netdev);

	strscpy(info->driver, KBUILD_MODNAME, sizeof(info->driver));
	strscpy(info->bus_info, pci_name(vf->nic.pdev),
		sizeof(info->bus_info));
}

/* The port's PHY belongs to the PF: nothing here can be set. */
static int vf_get_link_ksettings(struct net_device *netdev,
				 struct ethtool_link_ksettings *cmd)
{
	const struct carve_vf_link *link = &to_carve_vf(netdev)->link;
	u32 speed = READ_ONCE(link->speed);

	cmd->base.port = PORT_OTHER;
	cmd->base.autoneg = AUTONEG_DISABLE;
	cmd->base.speed = SPEED_UNKNOWN;
	cmd->base.duplex = DUPLEX_UNKNOWN;
	if (!READ_ONCE(link->up) || !speed)
		return 0;

	cmd->base.speed = speed;
	cmd->base.duplex = READ_ONCE(link->full) ? DUPLEX_FULL : DUPLEX_HALF;
	return 0;
}

static void vf_get_channels(struct net_device *netdev,
			    struct ethtool_channels *channels)
{
	channels->max_combined = 1;
	channels->combined_count = 1;
}

/* The stack lets nothing pass that is not between one and the most: one. */
static int vf_set_channels(struct net_device *netdev,
			   struct ethtool_channels *channels)
{
	return 0;
}

static int vf_set_ringparam(struct net_device *netdev,
			    struct ethtool_ringparam *ring,
			    struct kernel_ethtool_ringparam *kring,
			    struct netlink_ext_ack *extack)
{
	struct carve_vf *vf = to_carve_vf(netdev);
	int err;

	mutex_lock(&vf->lock);
	err = carve_set_ringparam(netdev, ring, kring, extack);
	if (err)
		carve_vf_control_check_channels(vf);
	mutex_unlock(&vf->lock);

	return err;
}

static int vf_get_regs_len(struct net_device *netdev)
{
	return VF_REGS_DWORDS * sizeof(u32);
}

static void vf_get_regs(struct net_device *netdev, struct ethtool_regs *regs,
			void *data)
{
	struct carve_vf *vf = to_carve_vf(netdev);
	u32 *dw = data;
	size_t i;

	regs->version = VF_REGS_VERSION;
	memset(data, 0, VF_REGS_DWORDS * sizeof(u32));

	mutex_lock(&vf->lock);
	if (!vf_ethtool_is_attached(vf))
		goto unlock;

	for (i = 0; i < ARRAY_SIZE(vf_regs_dump); i++)
		dw[i] = carve_rd32(&vf->nic, vf_regs_dump[i]);
	dw[VF_REGS_MBX] = READ_ONCE(vf->mbx.shadow);
	carve_regs_dump_queues(&vf->nic, dw + VF_REGS_QUEUE, 1);

unlock:
	mutex_unlock(&vf->lock);
}

static int vf_get_sset_count(struct net_device *netdev, int sset)
{
	struct carve_vf *vf = to_carve_vf(netdev);

	if (sset != ETH_SS_STATS)
		return -EOPNOTSUPP;

	return ARRAY_SIZE(vf_hw_stat_names) + ARRAY_SIZE(vf_counters) +
	       carve_stats_count(&vf->nic);
}

static void vf_get_strings(struct net_device *netdev, u32 sset, u8 *data)
{
	struct carve_vf *vf = to_carve_vf(netdev);
	size_t i;

	if (sset != ETH_SS_STATS)
		return;

	for (i = 0; i < ARRAY_SIZE(vf_hw_stat_names); i++)
		ethtool_puts(&data, vf_hw_stat_names[i]);
	for (i = 0; i < ARRAY_SIZE(vf_counters); i++)
		ethtool_puts(&data, vf_counters[i].name);
	carve_stats_strings(&vf->nic, &data);
}

static void vf_get_ethtool_stats(struct net_device *netdev,
				 struct ethtool_stats *stats, u64 *data)
{
	struct carve_vf *vf = to_carve_vf(netdev);
	size_t i;

	mutex_lock(&vf->lock);
	if (carve_vf_is_ready(vf))
		carve_vf_stats_update(vf);
	for (i = 0; i < ARRAY_SIZE(vf_hw_stat_names); i++)
		*data++ = carve_vf_stats_read(vf, i);
	for (i = 0; i < ARRAY_SIZE(vf_counters); i++)
		*data++ = READ_ONCE(*(unsigned long *)((u8 *)vf +
						vf_counters[i].offset));
	mutex_unlock(&vf->lock);

	carve_stats_values(&vf->nic, data);
}

static const struct ethtool_ops vf_ethtool_ops = {
	.supported_coalesce_params = CARVE_COALESCE_PARAMS,
	.get_drvinfo		= vf_get_drvinfo,
	.get_regs_len		= vf_get_regs_len,
	.get_regs		= vf_get_regs,
	.get_msglevel		= carve_get_msglevel,
	.set_msglevel		= carve_set_msglevel,
	.get_link		= ethtool_op_get_link,
	.get_coalesce		= carve_get_coalesce,
	.set_coalesce		= carve_set_coalesce,
	.get_ringparam		= carve_get_ringparam,
	.set_ringparam		= vf_set_ringparam,
	.get_strings		= vf_get_strings,
	.get_sset_count		= vf_get_sset_count,
	.get_ethtool_stats	= vf_get_ethtool_stats,
	.get_channels		= vf_get_channels,
	.set_channels		= vf_set_channels,
	.get_ts_info		= ethtool_op_get_ts_info,
	.get_link_ksettings	= vf_get_link_ksettings,
};

void carve_vf_ethtool_init(struct net_device *netdev)
{
	netdev->ethtool_ops = &vf_ethtool_ops;
}
