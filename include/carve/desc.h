/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Advanced descriptors of the 82576.
 *
 * Copyright (C) 2026 Carve developers
 */
#ifndef _CARVE_DESC_H
#define _CARVE_DESC_H

#include <linux/bits.h>
#include <linux/build_bug.h>
#include <linux/types.h>

/**
 * struct carve_tx_desc - transmit data descriptor
 * @addr: DMA address of the data
 * @cmd_len: CARVE_TXD_*
 * @status: CARVE_TXD_STAT_* written back, CARVE_TXD_PAYLEN and options before
 */
struct carve_tx_desc {
	__le64 addr;
	__le32 cmd_len;
	__le32 status;
};

static_assert(sizeof(struct carve_tx_desc) == 16);

#define CARVE_TXD_DTALEN		GENMASK(15, 0)
#define CARVE_TXD_DTYP			GENMASK(23, 20)
enum {
	CARVE_TXD_DTYP_CTXT		= 2,
	CARVE_TXD_DTYP_DATA		= 3,
};

#define CARVE_TXD_TSTAMP		BIT(19)		/* first one of a packet */
#define CARVE_TXD_EOP			BIT(24)
#define CARVE_TXD_IFCS			BIT(25)
#define CARVE_TXD_RS			BIT(27)
#define CARVE_TXD_DEXT			BIT(29)
#define CARVE_TXD_VLE			BIT(30)
#define CARVE_TXD_TSE			BIT(31)

#define CARVE_TXD_STAT_DD		BIT(0)
#define CARVE_TXD_IDX			GENMASK(6, 4)
#define CARVE_TXD_CC			BIT(7)
#define CARVE_TXD_IXSM			BIT(8)
#define CARVE_TXD_TXSM			BIT(9)
#define CARVE_TXD_PAYLEN		GENMASK(31, 14)

/* The chip takes 64 KiB - 1 in a descriptor; 32 KiB keeps splits aligned. */
#define CARVE_TXD_MAX_DATA		0x8000
/* With TCTL.PSP the chip pads, but needs this much. */
#define CARVE_TX_MIN_FRAME		17
/* QEMU model: a packet of more than 64 data descriptors is lost silently. */
#define CARVE_TX_MAX_SEGS		60

/**
 * struct carve_tx_ctxt_desc - transmit context descriptor
 * @vlan_lens: CARVE_TXC_VLAN, _MACLEN, _IPLEN
 * @launch: always 0
 * @type: CARVE_TXC_IPV4, _L4T, CARVE_TXD_DTYP, CARVE_TXD_DEXT
 * @mss_l4len: CARVE_TXC_MSS, _L4LEN, CARVE_TXD_IDX
 */
struct carve_tx_ctxt_desc {
	__le32 vlan_lens;
	__le32 launch;
	__le32 type;
	__le32 mss_l4len;
};

static_assert(sizeof(struct carve_tx_ctxt_desc) == 16);

#define CARVE_TXC_IPLEN			GENMASK(8, 0)
#define CARVE_TXC_MACLEN		GENMASK(15, 9)
#define CARVE_TXC_VLAN			GENMASK(31, 16)
#define CARVE_TXC_IPV4			BIT(10)
#define CARVE_TXC_L4T			GENMASK(12, 11)
enum {
	CARVE_TXC_L4T_UDP		= 0,
	CARVE_TXC_L4T_TCP		= 1,
	CARVE_TXC_L4T_SCTP		= 2,
};

#define CARVE_TXC_L4LEN			GENMASK(15, 8)
#define CARVE_TXC_MSS			GENMASK(31, 16)

/**
 * union carve_rx_desc - receive descriptor, one buffer format
 * @read: what the driver gives
 * @wb: what the chip writes back
 */
union carve_rx_desc {
	struct {
		__le64 pkt_addr;
		__le64 hdr_addr;	/* bit 0 shares DD's place: keep it 0 */
	} read;
	struct {
		__le32 type;		/* CARVE_RXD_RSS_TYPE, CARVE_RXD_PTYPE */
		__le32 rss_hash;	/* RXCSUM.PCSD = 1 */
		__le32 status;		/* CARVE_RXD_STAT_*, CARVE_RXD_ERR_* */
		__le16 length;
		__le16 vlan;
	} wb;
};

static_assert(sizeof(union carve_rx_desc) == 16);

#define CARVE_RXD_RSS_TYPE		GENMASK(3, 0)
enum {
	CARVE_RXD_RSS_NONE		= 0,
	CARVE_RXD_RSS_TCPV4		= 1,
	CARVE_RXD_RSS_IPV4		= 2,
	CARVE_RXD_RSS_TCPV6		= 3,
	CARVE_RXD_RSS_IPV6_EX		= 4,
	CARVE_RXD_RSS_IPV6		= 5,
	CARVE_RXD_RSS_TCPV6_EX		= 6,
	CARVE_RXD_RSS_UDPV4		= 7,
	CARVE_RXD_RSS_UDPV6		= 8,
	CARVE_RXD_RSS_UDPV6_EX		= 9,
};

#define CARVE_RXD_PTYPE_IPV4		BIT(4)
#define CARVE_RXD_PTYPE_IPV6		BIT(6)
#define CARVE_RXD_PTYPE_TCP		BIT(8)
#define CARVE_RXD_PTYPE_UDP		BIT(9)
#define CARVE_RXD_PTYPE_SCTP		BIT(10)
#define CARVE_RXD_PTYPE_ETQF		BIT(15)

#define CARVE_RXD_STAT_DD		BIT(0)
#define CARVE_RXD_STAT_EOP		BIT(1)
#define CARVE_RXD_STAT_IXSM		BIT(2)
#define CARVE_RXD_STAT_VP		BIT(3)
#define CARVE_RXD_STAT_UDPCS		BIT(4)
#define CARVE_RXD_STAT_L4CS		BIT(5)
#define CARVE_RXD_STAT_IPCS		BIT(6)
#define CARVE_RXD_STAT_UDPV		BIT(10)
#define CARVE_RXD_STAT_TS		BIT(16)
#define CARVE_RXD_ERR_CE		BIT(24)
#define CARVE_RXD_ERR_SE		BIT(25)
#define CARVE_RXD_ERR_SEQ		BIT(26)
#define CARVE_RXD_ERR_CXE		BIT(28)
#define CARVE_RXD_ERR_L4E		BIT(29)
#define CARVE_RXD_ERR_IPE		BIT(30)
#define CARVE_RXD_ERR_RXE		BIT(31)
#define CARVE_RXD_ERR_FRAME		(CARVE_RXD_ERR_CE | CARVE_RXD_ERR_SE | \
					 CARVE_RXD_ERR_SEQ | \
					 CARVE_RXD_ERR_CXE | CARVE_RXD_ERR_RXE)

#endif /* _CARVE_DESC_H */
