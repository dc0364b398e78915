// SPDX-License-Identifier: GPL-2.0
/*
 * The PF's ethtool operations: what rings and moderation are is the data
 * path's, what the link is phylink's; here are RSS, channels, counters of the
 * port, dumps and reset. All run under rtnl.
 *
 * Copyright (C) 2026 Carve developers
 */

#include <linux/ethtool.h>
#include <linux/ethtool_netlink.h>
#include <linux/pci.h>
#include <linux/phylink.h>

#include <carve/channels.h>
#include <carve/compat.h>
#include <carve/io.h>
#include <carve/netdev.h>

#include "ethtool.h"
#include "nvm.h"
#include "pf.h"
#include "reset.h"
#include "rss.h"
#include "selftest.h"
#include "stats.h"

/* ---- identity and dumps ---- */

static void pf_get_drvinfo(struct net_device *netdev,
			   struct ethtool_drvinfo *drvinfo)
{
	struct carve_pf *pf = netdev_to_carve_pf(netdev);

	strscpy(drvinfo->driver, KBUILD_MODNAME, sizeof(drvinfo->driver));
	strscpy(drvinfo->bus_info, pci_name(pf->nic.pdev),
		sizeof(drvinfo->bus_info));
	carve_pf_nvm_version(pf, drvinfo->fw_version,
			     sizeof(drvinfo->fw_version));
}

/* Changes whenever the meaning of a dword of the dump does. */
#define CARVE_PF_REGS_VERSION		1

/* Nothing that clears when read. */
static const u32 ethtool_regs[] = {
	CARVE_CTRL, CARVE_STATUS, CARVE_CTRL_EXT, CARVE_EECD, CARVE_MDIC,
	CARVE_FCAL, CARVE_FCAH, CARVE_FCT, CARVE_FCTTV, CARVE_FCRTL,
	CARVE_FCRTH, CARVE_VET, CARVE_SW_FW_SYNC, CARVE_FWSM, CARVE_GCR,
	CARVE_IOVCTL, CARVE_IMS, CARVE_GPIE, CARVE_EIMS, CARVE_EIAC,
	CARVE_EIAM, CARVE_IVAR(0), CARVE_IVAR(1), CARVE_IVAR(2),
	CARVE_IVAR(3), CARVE_IVAR(4), CARVE_IVAR(5), CARVE_IVAR(6),
	CARVE_IVAR(7), CARVE_IVAR_MISC, CARVE_RCTL, CARVE_TCTL, CARVE_RXPBS,
	CARVE_TXPBS, CARVE_QDE, CARVE_RLPML, CARVE_RXCSUM, CARVE_RFCTL,
	CARVE_MRQC, CARVE_VT_CTL, CARVE_DTXCTL, CARVE_DTXSWC, CARVE_RPLOLR,
	CARVE_VMOLR(0), CARVE_VMOLR(1), CARVE_VMOLR(2), CARVE_VMOLR(3),
	CARVE_VMOLR(4), CARVE_VMOLR(5), CARVE_VMOLR(6), CARVE_VMOLR(7),
	CARVE_VMVIR(0), CARVE_VMVIR(1), CARVE_VMVIR(2), CARVE_VMVIR(3),
	CARVE_VMVIR(4), CARVE_VMVIR(5), CARVE_VMVIR(6), CARVE_VMVIR(7),
	CARVE_MBVFIMR, CARVE_VFRE, CARVE_VFTE,
};

#define ETHTOOL_TABLE_REGS		(2 * CARVE_NUM_RAR + CARVE_NUM_VLVF)
#define ETHTOOL_REGS_DWORDS						\
	(ARRAY_SIZE(ethtool_regs) + ETHTOOL_TABLE_REGS +		\
	 CARVE_MAX_CHANNELS * CARVE_REGS_DUMP_QUEUE_DWORDS)

static int pf_get_regs_len(struct net_device *netdev)
{
	return ETHTOOL_REGS_DWORDS * sizeof(u32);
}

static void pf_get_regs(struct net_device *netdev, struct ethtool_regs *regs,
			void *data)
{
	struct carve_nic *nic = netdev_priv(netdev);
	u32 *out = data;
	int i;

	regs->version = CARVE_PF_REGS_VERSION;

	for (i = 0; i < ARRAY_SIZE(ethtool_regs); i++)
		*out++ = carve_rd32(nic, ethtool_regs[i]);
	for (i = 0; i < CARVE_NUM_RAR; i++) {
		*out++ = carve_rd32(nic, CARVE_RAL(i));
		*out++ = carve_rd32(nic, CARVE_RAH(i));
	}
	for (i = 0; i < CARVE_NUM_VLVF; i++)
		*out++ = carve_rd32(nic, CARVE_VLVF(i));

	carve_regs_dump_queues(nic, out, CARVE_MAX_CHANNELS);
}

static int pf_get_eeprom_len(struct net_device *netdev)
{
	return carve_pf_nvm_words(netdev_to_carve_pf(netdev)) * sizeof(u16);
}

static int pf_get_eeprom(struct net_device *netdev,
			 struct ethtool_eeprom *eeprom, u8 *data)
{
	struct carve_pf *pf = netdev_to_carve_pf(netdev);
	unsigned int first = eeprom->offset / sizeof(u16);
	unsigned int skip = eeprom->offset % sizeof(u16);
	unsigned int num;
	u16 *words;
	int err, i;

	eeprom->magic = pf->nic.pdev->vendor | pf->nic.pdev->device << 16;
	num = DIV_ROUND_UP(skip + eeprom->len, sizeof(u16));
	words = kcalloc(num, sizeof(u16), GFP_KERNEL);
	if (!words)
		return -ENOMEM;

	err = carve_pf_nvm_read(pf, first, words, num);
	if (!err) {
		/* Bytes in the EEPROM's order, on any host. */
		for (i = 0; i < num; i++)
			cpu_to_le16s(&words[i]);
		memcpy(data, (u8 *)words + skip, eeprom->len);
	}
	kfree(words);

	return err;
}

/* ---- link ---- */

static int pf_nway_reset(struct net_device *netdev)
{
	return phylink_ethtool_nway_reset(netdev_to_carve_pf(netdev)->link
					  .phylink);
}

static int pf_get_link_ksettings(struct net_device *netdev,
				 struct ethtool_link_ksettings *settings)
{
	struct carve_pf *pf = netdev_to_carve_pf(netdev);
	int err;

	err = phylink_ethtool_ksettings_get(pf->link.phylink, settings);
	/* phylink does not look at the port it was told to support. */
	if (pf->link.mode == CARVE_CTRL_EXT_LINK_MODE_SERDES)
		settings->base.port = PORT_FIBRE;

	return err;
}

static int pf_set_link_ksettings(struct net_device *netdev,
				 const struct ethtool_link_ksettings *settings)
{
	struct carve_pf *pf = netdev_to_carve_pf(netdev);

	return phylink_ethtool_ksettings_set(pf->link.phylink, settings);
}

static void pf_get_pauseparam(struct net_device *netdev,
			      struct ethtool_pauseparam *pause)
{
	struct carve_pf *pf = netdev_to_carve_pf(netdev);

	phylink_ethtool_get_pauseparam(pf->link.phylink, pause);
}

static int pf_set_pauseparam(struct net_device *netdev,
			     struct ethtool_pauseparam *pause)
{
	struct carve_pf *pf = netdev_to_carve_pf(netdev);

	return phylink_ethtool_set_pauseparam(pf->link.phylink, pause);
}

/* ---- channels ---- */

static void pf_get_channels(struct net_device *netdev,
			    struct ethtool_channels *channels)
{
	struct carve_pf *pf = netdev_to_carve_pf(netdev);

	channels->max_combined = carve_pf_irq_max_channels(pf);
	channels->combined_count = pf->nic.config.num_channels;
}

/*
 * While VFs exist a new number is only remembered. Otherwise traffic never goes
 * to a channel that is about to vanish or not yet there.
 */
static int pf_set_channels(struct net_device *netdev,
			   struct ethtool_channels *channels)
{
	struct carve_pf *pf = netdev_to_carve_pf(netdev);
	u16 former = carve_pf_rss_usable_channels(pf);
	struct carve_config config = pf->nic.config;
	bool running = netif_running(netdev);
	u16 num;
	int err;

	config.num_channels = channels->combined_count;
	num = pf->rss.vfs ? 1 : config.num_channels;

	if (running)
		carve_pf_rss_spread(pf, min(former, num));
	err = carve_channels_swap(&pf->nic, &config, num);
	if (!err && !netif_is_rxfh_configured(netdev))
		carve_pf_rss_set_even(pf);
	if (running)
		carve_pf_rss_spread(pf, err ? former : num);

	return err;
}

/* ---- RSS ---- */

static u32 pf_get_rxfh_indir_size(struct net_device *netdev)
{
	return CARVE_RSS_INDIR_ENTRIES;
}

static u32 pf_get_rxfh_key_size(struct net_device *netdev)
{
	return CARVE_RSS_KEY_BYTES;
}

static int pf_get_rxfh(struct net_device *netdev,
		       struct ethtool_rxfh_param *rxfh)
{
	const struct carve_pf *pf = netdev_to_carve_pf(netdev);
	int i;

	rxfh->hfunc = ETH_RSS_HASH_TOP;
	for (i = 0; rxfh->indir && i < CARVE_RSS_INDIR_ENTRIES; i++)
		rxfh->indir[i] = pf->rss.indir[i];
	if (rxfh->key)
		memcpy(rxfh->key, pf->rss.key, CARVE_RSS_KEY_BYTES);

	return 0;
}

static int pf_set_rxfh(struct net_device *netdev,
		       struct ethtool_rxfh_param *rxfh,
		       struct netlink_ext_ack *extack)
{
	struct carve_pf *pf = netdev_to_carve_pf(netdev);
	int i;

	if (rxfh->hfunc != ETH_RSS_HASH_NO_CHANGE &&
	    rxfh->hfunc != ETH_RSS_HASH_TOP) {
		NL_SET_ERR_MSG(extack, "The chip has the Toeplitz hash only");
		return -EOPNOTSUPP;
	}

	for (i = 0; rxfh->indir && i < CARVE_RSS_INDIR_ENTRIES; i++)
		pf->rss.indir[i] = rxfh->indir[i];
	if (rxfh->key)
		memcpy(pf->rss.key, rxfh->key, CARVE_RSS_KEY_BYTES);
	carve_pf_rss_write_all(pf);

	return 0;
}

static u32 pf_get_rx_ring_count(struct net_device *netdev)
{
	return netdev_to_carve_pf(netdev)->nic.config.num_channels;
}

/* Whether ports are hashed can be chosen for these; NULL for the others. */
static bool *pf_hashed_ports(struct carve_pf *pf, u32 flow_type)
{
	switch (flow_type) {
	case TCP_V4_FLOW:
		return &pf->rss.tcp4;
	case TCP_V6_FLOW:
		return &pf->rss.tcp6;
	case UDP_V4_FLOW:
		return &pf->rss.udp4;
	case UDP_V6_FLOW:
		return &pf->rss.udp6;
	default:
		return NULL;
	}
}

static int pf_get_rxfh_fields(struct net_device *netdev,
			      struct ethtool_rxfh_fields *fields)
{
	struct carve_pf *pf = netdev_to_carve_pf(netdev);
	const bool *ports = pf_hashed_ports(pf, fields->flow_type);

	fields->data = RXH_IP_SRC | RXH_IP_DST;
	if (ports) {
		if (*ports)
			fields->data |= RXH_L4_B_0_1 | RXH_L4_B_2_3;
		return 0;
	}

	switch (fields->flow_type) {
	case SCTP_V4_FLOW:
	case SCTP_V6_FLOW:
	case AH_ESP_V4_FLOW:
	case AH_V4_FLOW:
	case ESP_V4_FLOW:
	case AH_ESP_V6_FLOW:
	case AH_V6_FLOW:
	case ESP_V6_FLOW:
	case IPV4_FLOW:
	case IPV6_FLOW:
		return 0;
	default:
		fields->data = 0;
		return -EINVAL;
	}
}

static bool pf_ports_of(u32 fields, bool *ports)
{
	const u32 addrs = RXH_IP_SRC | RXH_IP_DST;

	*ports = fields == (addrs | RXH_L4_B_0_1 | RXH_L4_B_2_3);

	return *ports || fields == addrs;
}

/* All but those ports is fixed: setting it to what it is succeeds. */
static int pf_keep_rxfh_fields(struct net_device *netdev,
			       const struct ethtool_rxfh_fields *fields,
			       struct netlink_ext_ack *extack)
{
	struct ethtool_rxfh_fields now = { .flow_type = fields->flow_type };
	int err;

	err = pf_get_rxfh_fields(netdev, &now);
	if (err)
		return err;

	if (fields->data != now.data) {
		NL_SET_ERR_MSG(extack,
			       "Only the ports of TCP and UDP can be hashed or not");
		return -EOPNOTSUPP;
	}

	return 0;
}

static int pf_set_rxfh_fields(struct net_device *netdev,
			      const struct ethtool_rxfh_fields *fields,
			      struct netlink_ext_ack *extack)
{
	struct carve_pf *pf = netdev_to_carve_pf(netdev);
	bool *hashed = pf_hashed_ports(pf, fields->flow_type);
	bool ports;

	if (!hashed)
		return pf_keep_rxfh_fields(netdev, fields, extack);

	if (!pf_ports_of(fields->data, &ports)) {
		NL_SET_ERR_MSG(extack,
			       "TCP and UDP are hashed on both addresses, with both ports or none");
		return -EINVAL;
	}

	*hashed = ports;
	carve_pf_rss_write_all(pf);

	return 0;
}

#ifdef CARVE_RX_RING_COUNT_IN_RXNFC
static int pf_get_rxnfc(struct net_device *netdev, struct ethtool_rxnfc *rxnfc,
			u32 *rules)
{
	return carve_get_rxnfc(netdev, rxnfc, pf_get_rxfh_fields,
			       pf_get_rx_ring_count);
}
#endif

#ifdef CARVE_RXFH_FIELDS_IN_RXNFC
static int pf_set_rxnfc(struct net_device *netdev, struct ethtool_rxnfc *rxnfc)
{
	return carve_set_rxnfc(netdev, rxnfc, pf_set_rxfh_fields);
}
#endif

/* ---- counters ---- */

/* Counters of the port without a place in the standard statistics. */
static const struct {
	char name[ETH_GSTRING_LEN];
	enum carve_pf_counter counter;
} ethtool_stats[] = {
	{ "port_rx_missed", CARVE_PF_RX_MISSED },
	{ "port_rx_no_buffer", CARVE_PF_RX_NO_BUFFER },
	{ "rx_queue_drops", CARVE_PF_RX_QUEUE_DROPS },
	{ "port_rx_total_packets", CARVE_PF_RX_TOTAL },
	{ "port_rx_total_bytes", CARVE_PF_RX_TOTAL_OCTETS },
	{ "port_tx_total_packets", CARVE_PF_TX_TOTAL },
	{ "port_tx_total_bytes", CARVE_PF_TX_TOTAL_OCTETS },
};

static const char ethtool_resets[][ETH_GSTRING_LEN] = {
	[CARVE_PF_RESET_TX_TIMEOUT]	= "resets_tx_timeout",
	[CARVE_PF_RESET_USER]		= "resets_user",
	[CARVE_PF_RESET_PCI_ERROR]	= "resets_pci_error",
	[CARVE_PF_RESET_PCI_FUNCTION]	= "resets_pci_function",
	[CARVE_PF_RESET_RESUME]		= "resets_resume",
	[CARVE_PF_RESET_HW]		= "resets_hw_error",
	[CARVE_PF_RESET_SELFTEST]	= "resets_selftest",
};

static_assert(ARRAY_SIZE(ethtool_resets) == CARVE_PF_RESET_NUM_REASONS);

static int pf_get_sset_count(struct net_device *netdev, int sset)
{
	if (sset == ETH_SS_TEST)
		return CARVE_PF_NUM_SELFTESTS;
	if (sset != ETH_SS_STATS)
		return -EOPNOTSUPP;

	return ARRAY_SIZE(ethtool_stats) + ARRAY_SIZE(ethtool_resets) +
	       carve_stats_count(netdev_priv(netdev));
}

static void pf_get_strings(struct net_device *netdev, u32 sset, u8 *data)
{
	int i;

	if (sset == ETH_SS_TEST)
		carve_pf_selftest_strings(data);
	if (sset != ETH_SS_STATS)
		return;

	for (i = 0; i < ARRAY_SIZE(ethtool_stats); i++)
		ethtool_puts(&data, ethtool_stats[i].name);
	for (i = 0; i < ARRAY_SIZE(ethtool_resets); i++)
		ethtool_puts(&data, ethtool_resets[i]);
	carve_stats_strings(netdev_priv(netdev), &data);
}

static void pf_get_ethtool_stats(struct net_device *netdev,
				 struct ethtool_stats *stats, u64 *data)
{
	struct carve_pf *pf = netdev_to_carve_pf(netdev);
	int i;

	carve_pf_stats_gather(pf);
	for (i = 0; i < ARRAY_SIZE(ethtool_stats); i++)
		*data++ = carve_pf_stats_get(pf, ethtool_stats[i].counter);
	for (i = 0; i < ARRAY_SIZE(ethtool_resets); i++)
		*data++ = READ_ONCE(pf->reset.count[i]);
	carve_stats_values(&pf->nic, data);
}

static void pf_get_pause_stats(struct net_device *netdev,
			       struct ethtool_pause_stats *stats)
{
	struct carve_pf *pf = netdev_to_carve_pf(netdev);

	carve_pf_stats_gather(pf);
	stats->tx_pause_frames = carve_pf_stats_get(pf, CARVE_PF_TX_XON) +
				 carve_pf_stats_get(pf, CARVE_PF_TX_XOFF);
	stats->rx_pause_frames = carve_pf_stats_get(pf, CARVE_PF_RX_XON) +
				 carve_pf_stats_get(pf, CARVE_PF_RX_XOFF);
}

static void pf_get_eth_mac_stats(struct net_device *netdev,
				 struct ethtool_eth_mac_stats *stats)
{
	struct carve_pf *pf = netdev_to_carve_pf(netdev);

	carve_pf_stats_gather(pf);
	stats->FramesTransmittedOK = carve_pf_stats_get(pf, CARVE_PF_TX_GOOD);
	stats->FramesReceivedOK = carve_pf_stats_get(pf, CARVE_PF_RX_GOOD);
	stats->SingleCollisionFrames =
		carve_pf_stats_get(pf, CARVE_PF_TX_SINGLE_COLLISIONS);
	stats->MultipleCollisionFrames =
		carve_pf_stats_get(pf, CARVE_PF_TX_MULTIPLE_COLLISIONS);
	stats->LateCollisions =
		carve_pf_stats_get(pf, CARVE_PF_TX_LATE_COLLISIONS);
	stats->FramesAbortedDueToXSColls =
		carve_pf_stats_get(pf, CARVE_PF_TX_EXCESS_COLLISIONS);
	stats->FramesWithDeferredXmissions =
		carve_pf_stats_get(pf, CARVE_PF_TX_DEFERRED);
	stats->FrameCheckSequenceErrors =
		carve_pf_stats_get(pf, CARVE_PF_RX_CRC_ERRORS);
	stats->OctetsTransmittedOK =
		carve_pf_stats_get(pf, CARVE_PF_TX_GOOD_OCTETS);
	stats->OctetsReceivedOK =
		carve_pf_stats_get(pf, CARVE_PF_RX_GOOD_OCTETS);
	stats->MulticastFramesXmittedOK =
		carve_pf_stats_get(pf, CARVE_PF_TX_MULTICAST);
	stats->BroadcastFramesXmittedOK =
		carve_pf_stats_get(pf, CARVE_PF_TX_BROADCAST);
	stats->MulticastFramesReceivedOK =
		carve_pf_stats_get(pf, CARVE_PF_RX_MULTICAST);
	stats->BroadcastFramesReceivedOK =
		carve_pf_stats_get(pf, CARVE_PF_RX_BROADCAST);
}

static const struct ethtool_rmon_hist_range ethtool_rmon_ranges[] = {
	{   64,   64 },
	{   65,  127 },
	{  128,  255 },
	{  256,  511 },
	{  512, 1023 },
	{ 1024, CARVE_MAX_FRAME },
	{}
};

static void pf_get_rmon_stats(struct net_device *netdev,
			      struct ethtool_rmon_stats *stats,
			      const struct ethtool_rmon_hist_range **ranges)
{
	struct carve_pf *pf = netdev_to_carve_pf(netdev);
	int i;

	*ranges = ethtool_rmon_ranges;

	carve_pf_stats_gather(pf);
	stats->undersize_pkts = carve_pf_stats_get(pf, CARVE_PF_RX_UNDERSIZE);
	stats->oversize_pkts = carve_pf_stats_get(pf, CARVE_PF_RX_OVERSIZE);
	stats->fragments = carve_pf_stats_get(pf, CARVE_PF_RX_FRAGMENTS);
	stats->jabbers = carve_pf_stats_get(pf, CARVE_PF_RX_JABBERS);
	for (i = 0; i < ARRAY_SIZE(ethtool_rmon_ranges) - 1; i++) {
		stats->hist[i] = carve_pf_stats_get(pf, CARVE_PF_RX_64 + i);
		stats->hist_tx[i] = carve_pf_stats_get(pf, CARVE_PF_TX_64 + i);
	}
}

/* ---- reset ---- */

/* What CTRL.RST takes with it. */
#define ETHTOOL_RESET_PARTS						\
	(ETH_RESET_IRQ | ETH_RESET_DMA | ETH_RESET_FILTER |		\
	 ETH_RESET_OFFLOAD | ETH_RESET_MAC | ETH_RESET_RAM)

static int pf_reset(struct net_device *netdev, u32 *flags)
{
	int err;

	if (!(*flags & ETHTOOL_RESET_PARTS))
		return -EOPNOTSUPP;

	err = carve_pf_reset_locked(netdev_to_carve_pf(netdev),
				    CARVE_PF_RESET_USER);
	if (err)
		return err;

	*flags &= ~ETHTOOL_RESET_PARTS;

	return 0;
}

const struct ethtool_ops carve_pf_ethtool_ops = {
	.supported_coalesce_params = CARVE_COALESCE_PARAMS,
	.get_drvinfo		= pf_get_drvinfo,
	.get_regs_len		= pf_get_regs_len,
	.get_regs		= pf_get_regs,
	.get_eeprom_len		= pf_get_eeprom_len,
	.get_eeprom		= pf_get_eeprom,
	.get_msglevel		= carve_get_msglevel,
	.set_msglevel		= carve_set_msglevel,
	.nway_reset		= pf_nway_reset,
	.get_link		= ethtool_op_get_link,
	.get_link_ksettings	= pf_get_link_ksettings,
	.set_link_ksettings	= pf_set_link_ksettings,
	.get_pauseparam		= pf_get_pauseparam,
	.set_pauseparam		= pf_set_pauseparam,
	.get_pause_stats	= pf_get_pause_stats,
	.get_eth_mac_stats	= pf_get_eth_mac_stats,
	.get_rmon_stats		= pf_get_rmon_stats,
	.get_ringparam		= carve_get_ringparam,
	.set_ringparam		= carve_set_ringparam,
	.get_channels		= pf_get_channels,
	.set_channels		= pf_set_channels,
	.get_coalesce		= carve_get_coalesce,
	.set_coalesce		= carve_set_coalesce,
	.get_rxfh_indir_size	= pf_get_rxfh_indir_size,
	.get_rxfh_key_size	= pf_get_rxfh_key_size,
	.get_rxfh		= pf_get_rxfh,
	.set_rxfh		= pf_set_rxfh,
#ifdef CARVE_RXFH_FIELDS_IN_RXNFC
	.set_rxnfc		= pf_set_rxnfc,
#else
	.get_rxfh_fields	= pf_get_rxfh_fields,
	.set_rxfh_fields	= pf_set_rxfh_fields,
#endif
#ifdef CARVE_RX_RING_COUNT_IN_RXNFC
	.get_rxnfc		= pf_get_rxnfc,
#else
	.get_rx_ring_count	= pf_get_rx_ring_count,
#endif
	.get_sset_count		= pf_get_sset_count,
	.get_strings		= pf_get_strings,
	.self_test		= carve_pf_selftest,
	.get_ethtool_stats	= pf_get_ethtool_stats,
	.get_ts_info		= carve_pf_ptp_get_ts_info,
	.get_ts_stats		= carve_pf_ptp_get_ts_stats,
	.reset			= pf_reset,
};
