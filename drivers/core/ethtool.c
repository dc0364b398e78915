// SPDX-License-Identifier: GPL-2.0
/*
 * ethtool operations that a PF and a VF share. All run under rtnl.
 *
 * Copyright (C) 2026 Carve developers
 */
#include <linux/ethtool.h>
#include <linux/export.h>
#include <linux/math.h>
#include <linux/netdevice.h>

#include <carve/channels.h>
#include <carve/compat.h>
#include <carve/io.h>
#include <carve/netdev.h>
#include <carve/nic.h>
#include <carve/regs.h>

#include "ring.h"
#include "vector.h"

void carve_get_ringparam(struct net_device *netdev,
			 struct ethtool_ringparam *ring,
			 struct kernel_ethtool_ringparam *kring,
			 struct netlink_ext_ack *extack)
{
	struct carve_nic *nic = netdev_priv(netdev);

	ring->rx_max_pending = CARVE_RING_MAX_DESC;
	ring->tx_max_pending = CARVE_RING_MAX_DESC;
	ring->rx_pending = nic->config.rx_desc;
	ring->tx_pending = nic->config.tx_desc;
}
EXPORT_SYMBOL_NS_GPL(carve_get_ringparam, CARVE_NS);

/* ethtool refuses more than the maximum by itself. */
static bool ethtool_ring_size_ok(u32 asked)
{
	return asked >= CARVE_RING_MIN_DESC && asked <= CARVE_RING_MAX_DESC;
}

int carve_set_ringparam(struct net_device *netdev,
			struct ethtool_ringparam *ring,
			struct kernel_ethtool_ringparam *kring,
			struct netlink_ext_ack *extack)
{
	struct carve_nic *nic = netdev_priv(netdev);
	struct carve_config config = nic->config;
	int err;

	if (ring->rx_mini_pending || ring->rx_jumbo_pending) {
		NL_SET_ERR_MSG(extack, "The chip has no mini or jumbo rings");
		return -EINVAL;
	}
	if (!ethtool_ring_size_ok(ring->rx_pending) ||
	    !ethtool_ring_size_ok(ring->tx_pending)) {
		NL_SET_ERR_MSG(extack, "Rings have 64 to 4096 descriptors");
		return -ERANGE;
	}
	config.rx_desc = round_up(ring->rx_pending, CARVE_RING_DESC_MULTIPLE);
	config.tx_desc = round_up(ring->tx_pending, CARVE_RING_DESC_MULTIPLE);

	err = carve_channels_swap(nic, &config, nic->num_active);
	if (err)
		NL_SET_ERR_MSG(extack, "New rings can't be had, old ones stay");
	return err;
}
EXPORT_SYMBOL_NS_GPL(carve_set_ringparam, CARVE_NS);

int carve_get_coalesce(struct net_device *netdev,
		       struct ethtool_coalesce *coal,
		       struct kernel_ethtool_coalesce *kcoal,
		       struct netlink_ext_ack *extack)
{
	const struct carve_nic *nic = netdev_priv(netdev);

	coal->use_adaptive_rx_coalesce = nic->itr.rx_adaptive;
	coal->use_adaptive_tx_coalesce = nic->itr.tx_adaptive;
	coal->rx_coalesce_usecs = nic->itr.rx_usecs;
	coal->tx_coalesce_usecs = nic->itr.tx_usecs;
	return 0;
}
EXPORT_SYMBOL_NS_GPL(carve_get_coalesce, CARVE_NS);

int carve_set_coalesce(struct net_device *netdev,
		       struct ethtool_coalesce *coal,
		       struct kernel_ethtool_coalesce *kcoal,
		       struct netlink_ext_ack *extack)
{
	struct carve_nic *nic = netdev_priv(netdev);
	int i;

	if (coal->rx_coalesce_usecs > CARVE_ITR_MAX_USECS ||
	    coal->tx_coalesce_usecs > CARVE_ITR_MAX_USECS) {
		NL_SET_ERR_MSG(extack, "The chip's longest interval is 8191 us");
		return -ERANGE;
	}

	nic->itr.rx_adaptive = coal->use_adaptive_rx_coalesce;
	nic->itr.tx_adaptive = coal->use_adaptive_tx_coalesce;
	nic->itr.rx_usecs = coal->rx_coalesce_usecs;
	nic->itr.tx_usecs = coal->tx_coalesce_usecs;
	for (i = 0; nic->channels && i < nic->channels->num; i++)
		carve_vector_set_itr(&nic->channels->vec[i], &nic->itr);
	return 0;
}
EXPORT_SYMBOL_NS_GPL(carve_set_coalesce, CARVE_NS);

u32 carve_get_msglevel(struct net_device *netdev)
{
	const struct carve_nic *nic = netdev_priv(netdev);

	return nic->msg_enable;
}
EXPORT_SYMBOL_NS_GPL(carve_get_msglevel, CARVE_NS);

void carve_set_msglevel(struct net_device *netdev, u32 level)
{
	struct carve_nic *nic = netdev_priv(netdev);

	nic->msg_enable = level;
}
EXPORT_SYMBOL_NS_GPL(carve_set_msglevel, CARVE_NS);

/* ---- register dump ---- */

/*
 * What the dump has of a channel, in this order, and before it the hardware
 * queue, the vector and the vector's EITR. RQDPC is left out: reading it
 * clears it.
 */
static const u8 ethtool_rx_regs[] = {
	CARVE_Q_BAL, CARVE_Q_BAH, CARVE_Q_LEN, CARVE_Q_SRRCTL,
	CARVE_Q_H, CARVE_Q_CTL, CARVE_Q_T, CARVE_Q_DCTL,
};

static const u8 ethtool_tx_regs[] = {
	CARVE_Q_BAL, CARVE_Q_BAH, CARVE_Q_LEN, CARVE_Q_H, CARVE_Q_CTL,
	CARVE_Q_T, CARVE_Q_DCTL, CARVE_Q_TDWBAL, CARVE_Q_TDWBAH,
};

static_assert(3 + ARRAY_SIZE(ethtool_rx_regs) + ARRAY_SIZE(ethtool_tx_regs) ==
	      CARVE_REGS_DUMP_QUEUE_DWORDS);

static void ethtool_dump_vector(const struct carve_vector *v, u32 *data)
{
	struct carve_nic *nic = v->nic;
	int i;

	*data++ = v->hwq;
	*data++ = v->vector;
	*data++ = carve_rd32(nic, CARVE_EITR(v->vector));
	for (i = 0; i < ARRAY_SIZE(ethtool_rx_regs); i++)
		*data++ = carve_rd32(nic, v->rx.regs + ethtool_rx_regs[i]);
	for (i = 0; i < ARRAY_SIZE(ethtool_tx_regs); i++)
		*data++ = carve_rd32(nic, v->tx.regs + ethtool_tx_regs[i]);
}

void carve_regs_dump_queues(struct carve_nic *nic, u32 *data,
			    unsigned int num_channels)
{
	const struct carve_channels *ch = nic->channels;
	unsigned int i;

	for (i = 0; i < num_channels; i++) {
		if (ch && i < ch->num && ch->vec[i].running)
			ethtool_dump_vector(&ch->vec[i], data);
		else
			memset(data, 0, CARVE_REGS_DUMP_QUEUE_DWORDS *
					sizeof(*data));
		data += CARVE_REGS_DUMP_QUEUE_DWORDS;
	}
}
EXPORT_SYMBOL_NS_GPL(carve_regs_dump_queues, CARVE_NS);

#if IS_ENABLED(CONFIG_CARVE_KUNIT_TEST)
#include "tests/ethtool_kunit.c"
#endif
