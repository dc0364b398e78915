// SPDX-License-Identifier: GPL-2.0
/*
 * All channels of a function: allocate, start, stop, free, exchange. Owns
 * nic->channels, nic->num_active and nic->xsk[].pool. Everything runs under
 * rtnl, which is its lock, and sleeps; called by the roles' ndo_open, ndo_stop,
 * ethtool and reset code, and by xsk.c.
 *
 * The stack's queues are stopped only between carve_vector_disarm() and
 * carve_vector_stop(): until NAPI is gone it would wake them again.
 *
 * Copyright (C) 2026 Carve developers
 */
#include <linux/cpumask.h>
#include <linux/export.h>
#include <linux/if_vlan.h>
#include <linux/iopoll.h>
#include <linux/module.h>
#include <linux/pci.h>
#include <linux/rtnetlink.h>
#include <linux/slab.h>
#include <net/xdp.h>

#include <carve/channels.h>
#include <carve/compat.h>
#include <carve/io.h>
#include <carve/netdev.h>
#include <carve/nic.h>
#include <carve/regs.h>

#include "rx.h"
#include "stats.h"
#include "tx.h"
#include "vector.h"
#include "xsk.h"

/* How long a queue that is left may take to be done with what it has. */
#define CHANNELS_DRAIN_US		100000
#define CHANNELS_DRAIN_POLL_US		500

#define CHANNELS_DEFAULT_DESC		256
#define CHANNELS_DEFAULT_USECS		50

/* ---- memory ---- */

static void channels_free(struct carve_channels *ch)
{
	int i;

	for (i = 0; i < ch->num; i++) {
		struct carve_vector *v = &ch->vec[i];

		/* The pool has to go while its NAPI is known to be off. */
		carve_vector_free_rings(v);
		if (v->napi.dev)
			__netif_napi_del(&v->napi);
	}
	/* Softirqs may still look at a NAPI, and the stack at a ring. */
	synchronize_net();
	kvfree(ch);
}

static struct carve_channels *channels_alloc(struct carve_nic *nic,
					     const struct carve_config *config,
					     u16 num_active)
{
	struct carve_channels *ch;
	int err = 0;
	int i;

	ch = kvzalloc_node(struct_size(ch, vec, config->num_channels),
			   GFP_KERNEL, dev_to_node(&nic->pdev->dev));
	if (!ch)
		return ERR_PTR(-ENOMEM);
	ch->num = config->num_channels;

	for (i = 0; !err && i < ch->num; i++)
		err = carve_vector_alloc(&ch->vec[i], nic, config, i);
	for (i = 0; !err && i < num_active; i++)
		if (!nic->xsk[i].pool)
			err = carve_rx_prefill(&ch->vec[i].rx);
	if (err)
		goto err_free;
	return ch;

err_free:
	channels_free(ch);
	return ERR_PTR(err);
}

/* ---- the stack's queues ---- */

/*
 * Nobody is in carve_xmit_frame() for this queue afterwards. The time stamp
 * keeps the watchdog from taking an idle queue for one that hangs.
 */
static void txq_stop(struct netdev_queue *txq)
{
	__netif_tx_lock_bh(txq);
	txq_trans_cond_update(txq);
	netif_tx_stop_queue(txq);
	__netif_tx_unlock_bh(txq);
}

static void channels_stop_stack(struct carve_nic *nic)
{
	unsigned int i;

	for (i = 0; i < nic->netdev->num_tx_queues; i++)
		txq_stop(netdev_get_tx_queue(nic->netdev, i));
}

/*
 * Also the queues beyond the active ones, to which the stack sends nothing:
 * the watchdog would complain of one that stays stopped.
 */
static void channels_start_stack(struct carve_nic *nic)
{
	netif_tx_wake_all_queues(nic->netdev);
}

/*
 * Every CPU gets a queue, preferably the one whose interrupt is near it. Queues
 * that have their CPUs keep them: the user may have chosen others. The stack
 * forgets those of queues that it uses no more.
 */
static void channels_set_xps(struct carve_nic *nic, u16 num)
{
	int node = dev_to_node(&nic->pdev->dev);
	u16 first = min(nic->num_xps, num);
	cpumask_var_t mask;
	unsigned int i, k;

	nic->num_xps = first;
	if (num < 2 || !zalloc_cpumask_var(&mask, GFP_KERNEL))
		return;
	nic->num_xps = num;
	for (i = first; i < num; i++) {
		cpumask_clear(mask);
		for (k = i; k < num_online_cpus(); k += num)
			cpumask_set_cpu(cpumask_local_spread(k, node), mask);
		/* Without it the stack hashes: slower, not wrong. */
		if (!cpumask_empty(mask))
			netif_set_xps_queue(nic->netdev, mask, i);
	}
	free_cpumask_var(mask);
}

/* ---- start and stop ---- */

static void channels_disarm(struct carve_channels *ch, u16 first, u16 end)
{
	u16 i;

	for (i = first; i < end; i++)
		if (ch->vec[i].running)
			carve_vector_disarm(&ch->vec[i]);
}

static void channels_stop_vectors(struct carve_channels *ch, u16 first,
				  u16 end)
{
	u16 i;

	for (i = first; i < end; i++)
		if (ch->vec[i].running)
			carve_vector_stop(&ch->vec[i]);
}

static int channels_start_range(struct carve_nic *nic,
				struct carve_channels *ch, u16 first, u16 end)
{
	int err;
	u16 i;

	for (i = first; i < end; i++) {
		err = carve_vector_start(&ch->vec[i]);
		if (err)
			goto err_stop;
	}
	return 0;

err_stop:
	netdev_err(nic->netdev, "channel %u does not start: %pe\n", i,
		   ERR_PTR(err));
	channels_disarm(ch, first, i);
	channels_stop_vectors(ch, first, i);
	return err;
}

/* Stop all that runs, keep the memory. */
static void channels_stop(struct carve_nic *nic, struct carve_channels *ch)
{
	channels_disarm(ch, 0, ch->num);
	channels_stop_stack(nic);
	channels_stop_vectors(ch, 0, ch->num);
}

int carve_channels_open(struct carve_nic *nic, u16 num_active)
{
	struct carve_channels *ch;
	int err;

	ASSERT_RTNL();

	ch = channels_alloc(nic, &nic->config, num_active);
	if (IS_ERR(ch))
		return PTR_ERR(ch);
	err = netif_set_real_num_queues(nic->netdev, num_active, num_active);
	if (err)
		goto err_free;
	err = channels_start_range(nic, ch, 0, num_active);
	if (err)
		goto err_free;

	carve_stats_replace_channels(nic, ch);
	nic->num_active = num_active;
	channels_set_xps(nic, num_active);
	channels_start_stack(nic);
	return 0;

err_free:
	channels_free(ch);
	return err;
}
EXPORT_SYMBOL_NS_GPL(carve_channels_open, CARVE_NS);

void carve_channels_close(struct carve_nic *nic)
{
	struct carve_channels *ch = nic->channels;

	ASSERT_RTNL();

	if (!ch)
		return;
	channels_stop(nic, ch);
	carve_stats_replace_channels(nic, NULL);
	channels_free(ch);
}
EXPORT_SYMBOL_NS_GPL(carve_channels_close, CARVE_NS);

void carve_channels_suspend(struct carve_nic *nic)
{
	struct carve_channels *ch = nic->channels;

	ASSERT_RTNL();

	if (!ch || ch->suspended)
		return;
	channels_stop(nic, ch);
	ch->suspended = true;
}
EXPORT_SYMBOL_NS_GPL(carve_channels_suspend, CARVE_NS);

int carve_channels_resume(struct carve_nic *nic)
{
	struct carve_channels *ch = nic->channels;
	int err;

	ASSERT_RTNL();

	if (!ch || !ch->suspended)
		return 0;
	err = channels_start_range(nic, ch, 0, nic->num_active);
	if (err)
		return err;
	ch->suspended = false;
	channels_start_stack(nic);
	return 0;
}
EXPORT_SYMBOL_NS_GPL(carve_channels_resume, CARVE_NS);

void carve_channels_nudge(struct carve_nic *nic)
{
	struct carve_channels *ch = nic->channels;
	u16 i;

	ASSERT_RTNL();

	for (i = 0; ch && i < ch->num; i++) {
		if (!ch->vec[i].running)
			continue;
		carve_tx_nudge(&ch->vec[i].tx);
		if (ch->vec[i].rx.xsk_pool)
			carve_xsk_started(&ch->vec[i]);
	}
}
EXPORT_SYMBOL_NS_GPL(carve_channels_nudge, CARVE_NS);

/* ---- changes ---- */

/* Buffers take every frame length there is, so that alone changes nothing. */
static bool config_needs_rings(const struct carve_config *a,
			       const struct carve_config *b)
{
	return a->num_channels != b->num_channels ||
	       a->rx_desc != b->rx_desc || a->tx_desc != b->tx_desc;
}

/*
 * Put @ch in the place of the running channels, which are stopped already. On
 * failure everything is stopped and nic->channels is still the old.
 */
static int channels_take_over(struct carve_nic *nic,
			      struct carve_channels *ch, u16 num_active)
{
	int err;

	err = netif_set_real_num_queues(nic->netdev, num_active, num_active);
	if (err)
		return err;
	if (ch->suspended)
		return 0;
	return channels_start_range(nic, ch, 0, num_active);
}

/* Go on with what ran before a failed exchange. */
static void channels_fall_back(struct carve_nic *nic)
{
	struct carve_channels *ch = nic->channels;

	if (!channels_take_over(nic, ch, nic->num_active))
		return;
	netdev_err(nic->netdev,
		   "former channels don't start again either: set the interface down and up\n");
	ch->suspended = true;
}

int carve_channels_swap(struct carve_nic *nic,
			const struct carve_config *config, u16 num_active)
{
	struct carve_channels *old = nic->channels;
	u16 had = nic->num_active;
	struct carve_channels *ch;
	int err;

	ASSERT_RTNL();

	if (!old) {
		nic->config = *config;
		nic->num_active = num_active;
		return 0;
	}
	if (!config_needs_rings(&nic->config, config)) {
		err = carve_channels_set_active(nic, num_active);
		if (!err)
			nic->config = *config;
		return err;
	}

	ch = channels_alloc(nic, config, num_active);
	if (IS_ERR(ch))
		return PTR_ERR(ch);
	ch->suspended = old->suspended;

	channels_stop(nic, old);
	err = channels_take_over(nic, ch, num_active);
	if (err)
		goto err_fall_back;

	carve_stats_replace_channels(nic, ch);
	nic->config = *config;
	nic->num_active = num_active;
	/* CPUs are shared out anew, among another number. */
	if (num_active != had)
		nic->num_xps = 0;
	channels_set_xps(nic, num_active);
	if (!ch->suspended)
		channels_start_stack(nic);
	channels_free(old);
	return 0;

err_fall_back:
	channels_fall_back(nic);
	if (!old->suspended)
		channels_start_stack(nic);
	channels_free(ch);
	return err;
}
EXPORT_SYMBOL_NS_GPL(carve_channels_swap, CARVE_NS);

static bool channels_is_idle(const struct carve_vector *v)
{
	return carve_tx_is_idle(&v->tx) && carve_rx_is_idle(&v->rx);
}

/*
 * Frames that have been received may wait for their interrupt still. What is
 * not sent in time is dropped, and counted.
 */
static void channels_drain(struct carve_channels *ch, u16 first, u16 end)
{
	bool idle;
	u16 i;

	for (i = first; i < end; i++)
		read_poll_timeout(channels_is_idle, idle, idle,
				  CHANNELS_DRAIN_POLL_US, CHANNELS_DRAIN_US,
				  false, &ch->vec[i]);
}

/* Stop some channels whose transmit queues the stack does not use any more. */
static void channels_stop_range(struct carve_channels *ch, u16 first, u16 end)
{
	u16 i;

	channels_disarm(ch, first, end);
	for (i = first; i < end; i++)
		txq_stop(ch->vec[i].tx.txq);
	channels_stop_vectors(ch, first, end);
	/* See channels_start_stack() for why. */
	for (i = first; i < end; i++)
		netif_tx_start_queue(ch->vec[i].tx.txq);
}

/*
 * Give up channels from @num on, which the chip gives no frames to any more:
 * the stack first, then what it had queued and what had come, then the chip,
 * and last the queues that frames may come from.
 */
static int channels_shrink(struct carve_nic *nic, u16 num)
{
	struct carve_channels *ch = nic->channels;
	u16 had = nic->num_active;
	int err;

	err = netif_set_real_num_tx_queues(nic->netdev, num);
	if (err)
		return err;

	/* carve_xdp_xmit() goes by that alone. */
	WRITE_ONCE(nic->num_active, num);
	channels_drain(ch, num, had);
	channels_stop_range(ch, num, had);
	/* Needs no memory and so does not fail. */
	netif_set_real_num_rx_queues(nic->netdev, num);
	return 0;
}

static int channels_grow(struct carve_nic *nic, u16 num)
{
	struct carve_channels *ch = nic->channels;
	u16 had = nic->num_active;
	int err;

	err = netif_set_real_num_rx_queues(nic->netdev, num);
	if (err)
		return err;
	err = channels_start_range(nic, ch, had, num);
	if (err)
		goto err_rx_queues;
	err = netif_set_real_num_tx_queues(nic->netdev, num);
	if (err)
		goto err_stop;
	return 0;

err_stop:
	channels_stop_range(ch, had, num);
err_rx_queues:
	netif_set_real_num_rx_queues(nic->netdev, had);
	return err;
}

int carve_channels_set_active(struct carve_nic *nic, u16 num_active)
{
	struct carve_channels *ch = nic->channels;
	int err = 0;

	ASSERT_RTNL();

	if (ch && ch->suspended)
		err = netif_set_real_num_queues(nic->netdev, num_active,
						num_active);
	else if (ch && num_active < nic->num_active)
		err = channels_shrink(nic, num_active);
	else if (ch && num_active > nic->num_active)
		err = channels_grow(nic, num_active);
	if (err)
		return err;
	WRITE_ONCE(nic->num_active, num_active);
	if (ch)
		channels_set_xps(nic, num_active);
	return 0;
}
EXPORT_SYMBOL_NS_GPL(carve_channels_set_active, CARVE_NS);

/* Stop everything for good, or until the next reset. */
static void channels_give_up(struct carve_nic *nic)
{
	carve_channels_suspend(nic);
	netdev_err(nic->netdev,
		   "channels are stopped: set the interface down and up\n");
}

int carve_channels_set_xsk(struct carve_nic *nic, u16 queue,
			   struct xsk_buff_pool *pool)
{
	struct carve_channels *ch = nic->channels;
	struct carve_vector *v;
	int err;

	ASSERT_RTNL();

	if (!ch || queue >= ch->num || !ch->vec[queue].running) {
		nic->xsk[queue].pool = pool;
		return 0;
	}
	v = &ch->vec[queue];

	channels_disarm(ch, queue, queue + 1);
	txq_stop(v->tx.txq);
	channels_stop_vectors(ch, queue, queue + 1);
	nic->xsk[queue].pool = pool;
	err = channels_start_range(nic, ch, queue, queue + 1);
	if (err && pool) {
		nic->xsk[queue].pool = NULL;
		if (channels_start_range(nic, ch, queue, queue + 1))
			channels_give_up(nic);
	} else if (err) {
		channels_give_up(nic);
	}
	if (!ch->suspended)
		netif_tx_wake_queue(v->tx.txq);
	return err;
}

/* ---- defaults ---- */

#define CHANNELS_FEATURES	(NETIF_F_SG | NETIF_F_IP_CSUM |		\
				 NETIF_F_IPV6_CSUM | NETIF_F_SCTP_CRC |	\
				 NETIF_F_TSO | NETIF_F_TSO6)
#define CHANNELS_HW_FEATURES	(CHANNELS_FEATURES | NETIF_F_RXCSUM |	\
				 NETIF_F_RXHASH |			\
				 NETIF_F_HW_VLAN_CTAG_TX |		\
				 NETIF_F_HW_VLAN_CTAG_RX |		\
				 NETIF_F_HW_VLAN_CTAG_FILTER)
/* Here the stack prepares headers that all frames can share: tx_plan.c. */
#define CHANNELS_TUNNELS	(NETIF_F_GSO_GRE | NETIF_F_GSO_GRE_CSUM |\
				 NETIF_F_GSO_IPXIP4 |			\
				 NETIF_F_GSO_IPXIP6 |			\
				 NETIF_F_GSO_UDP_TUNNEL |		\
				 NETIF_F_GSO_UDP_TUNNEL_CSUM)
#define CHANNELS_CHIP_FEATURES	(NETIF_F_GSO_UDP_L4 |			\
				 NETIF_F_GSO_PARTIAL | CHANNELS_TUNNELS)

/*
 * The QEMU model looks for TCP and UDP behind the first IP header wherever the
 * descriptor says they are, and makes IP fragments of UDP that it shall cut.
 */
static bool channels_of_the_model(const struct pci_dev *pdev)
{
	return pdev->subsystem_vendor == PCI_SUBVENDOR_ID_REDHAT_QUMRANET &&
	       pdev->subsystem_device == PCI_SUBDEVICE_ID_QEMU;
}

static void channels_set_features(struct net_device *netdev,
				  const struct pci_dev *pdev)
{
	netdev->hw_features = CHANNELS_HW_FEATURES;
	netdev->features = CHANNELS_HW_FEATURES | NETIF_F_HIGHDMA;
	netdev->vlan_features = CHANNELS_FEATURES | NETIF_F_HIGHDMA;
	if (channels_of_the_model(pdev))
		return;

	netdev->gso_partial_features = CHANNELS_TUNNELS;
	netdev->hw_features |= CHANNELS_CHIP_FEATURES;
	netdev->features |= CHANNELS_CHIP_FEATURES;
	netdev->vlan_features |= CHANNELS_CHIP_FEATURES;
	netdev->hw_enc_features = netdev->vlan_features;
}

void carve_nic_init(struct carve_nic *nic, u16 num_channels)
{
	struct net_device *netdev = nic->netdev;

	spin_lock_init(&nic->stats_lock);
	nic->config = (struct carve_config) {
		.num_channels = min_t(u16, num_channels, CARVE_MAX_CHANNELS),
		.rx_desc = CHANNELS_DEFAULT_DESC,
		.tx_desc = CHANNELS_DEFAULT_DESC,
		.max_frame = VLAN_ETH_FRAME_LEN + ETH_FCS_LEN,
	};
	nic->itr = (struct carve_itr) {
		.rx_adaptive = true,
		.tx_adaptive = true,
		.rx_usecs = CHANNELS_DEFAULT_USECS,
		.tx_usecs = CHANNELS_DEFAULT_USECS,
	};
	nic->num_active = nic->config.num_channels;

	channels_set_features(netdev, nic->pdev);
	netdev->min_mtu = ETH_MIN_MTU;
	netdev->max_mtu = CARVE_MAX_MTU;
	/* TX_STOP_THRESH counts on it, and the chip knows no jumbograms. */
	netif_set_tso_max_size(netdev, TSO_LEGACY_MAX_SIZE);
	netdev->stat_ops = &carve_stat_ops;
	xdp_set_features_flag(netdev, NETDEV_XDP_ACT_BASIC |
				      NETDEV_XDP_ACT_REDIRECT |
				      NETDEV_XDP_ACT_NDO_XMIT |
				      NETDEV_XDP_ACT_XSK_ZEROCOPY |
				      NETDEV_XDP_ACT_RX_SG |
				      NETDEV_XDP_ACT_NDO_XMIT_SG);
}
EXPORT_SYMBOL_NS_GPL(carve_nic_init, CARVE_NS);

MODULE_AUTHOR("Carve developers");
MODULE_DESCRIPTION("Intel 82576 data path for the Carve drivers");
MODULE_LICENSE("GPL");
