/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Registers that only the PF of an 82576 has. Names keep the datasheet's
 * spelling. Offsets are bytes in BAR0; unit of a field in its comment.
 *
 * Copyright (C) 2026 Carve developers
 */
#ifndef _CARVE_PF_REGS_H
#define _CARVE_PF_REGS_H

#include <linux/bits.h>
#include <linux/types.h>

#include <carve/regs.h>

/* Device */
#define CARVE_CTRL_FD			BIT(0)
#define CARVE_CTRL_GIO_MASTER_DISABLE	BIT(2)
#define CARVE_CTRL_SLU			BIT(6)
#define CARVE_CTRL_ILOS			BIT(7)
#define CARVE_CTRL_SPEED		GENMASK(9, 8)	/* as STATUS_SPEED */
#define CARVE_CTRL_FRCSPD		BIT(11)
#define CARVE_CTRL_FRCDPX		BIT(12)
#define CARVE_CTRL_SWDPIN0		BIT(18)
#define CARVE_CTRL_SWDPIN1		BIT(19)
#define CARVE_CTRL_RFCE			BIT(27)
#define CARVE_CTRL_TFCE			BIT(28)
#define CARVE_CTRL_VME			BIT(30)
#define CARVE_CTRL_PHY_RST		BIT(31)

#define CARVE_STATUS_LAN_ID		GENMASK(3, 2)
#define CARVE_STATUS_PHYRA		BIT(10)
#define CARVE_STATUS_GIO_MASTER_EN	BIT(19)

#define CARVE_EECD			0x0010
#define CARVE_EECD_PRES			BIT(8)
#define CARVE_EECD_AUTO_RD		BIT(9)
#define CARVE_EECD_SIZE			GENMASK(14, 11)	/* 64 << n words */

#define CARVE_EERD			0x0014
#define CARVE_EERD_START		BIT(0)
#define CARVE_EERD_DONE			BIT(1)
#define CARVE_EERD_ADDR			GENMASK(15, 2)	/* words */
#define CARVE_EERD_DATA			GENMASK(31, 16)

#define CARVE_CTRL_EXT			0x0018
#define CARVE_CTRL_EXT_SDP3_DATA	BIT(7)
#define CARVE_CTRL_EXT_PFRSTD		BIT(14)
#define CARVE_CTRL_EXT_LINK_MODE	GENMASK(23, 22)
enum {
	CARVE_CTRL_EXT_LINK_MODE_GMII	= 0,
	CARVE_CTRL_EXT_LINK_MODE_KX	= 1,
	CARVE_CTRL_EXT_LINK_MODE_SGMII	= 2,
	CARVE_CTRL_EXT_LINK_MODE_SERDES	= 3,
};

#define CARVE_CTRL_EXT_DRV_LOAD		BIT(28)

#define CARVE_MDIC			0x0020
#define CARVE_MDIC_DATA			GENMASK(15, 0)
#define CARVE_MDIC_REG			GENMASK(20, 16)
#define CARVE_MDIC_PHY			GENMASK(25, 21)
#define CARVE_MDIC_OP_WRITE		BIT(26)
#define CARVE_MDIC_OP_READ		BIT(27)
#define CARVE_MDIC_READY		BIT(28)
#define CARVE_MDIC_ERROR		BIT(30)

#define CARVE_SCTL			0x0024
#define CARVE_SCTL_NO_LOOPBACK		0x0400		/* a command */

#define CARVE_CONNSW			0x0034
#define CARVE_CONNSW_ENRGSRC		BIT(2)

#define CARVE_PCS_CFG0			0x4200
#define CARVE_PCS_CFG0_PCS_EN		BIT(3)

#define CARVE_PCS_LCTL			0x4208
#define CARVE_PCS_LCTL_FLV		BIT(0)		/* forced: link up */
#define CARVE_PCS_LCTL_FSV		GENMASK(2, 1)	/* forced: speed */
#define CARVE_PCS_LCTL_FDV		BIT(3)		/* forced: full */
#define CARVE_PCS_LCTL_FSD		BIT(4)
#define CARVE_PCS_LCTL_FORCE_LINK	BIT(5)
#define CARVE_PCS_LCTL_FORCE_FC		BIT(7)
#define CARVE_PCS_LCTL_AN_ENABLE	BIT(16)
#define CARVE_PCS_LCTL_AN_RESTART	BIT(17)
enum {
	CARVE_PCS_SPEED_1000		= 2,
};

#define CARVE_PCS_LSTS			0x420c
#define CARVE_PCS_LSTS_LINK_OK		BIT(0)
#define CARVE_PCS_LSTS_FD		BIT(3)
#define CARVE_PCS_LSTS_SYNC_OK		BIT(4)
#define CARVE_PCS_LSTS_AN_COMPLETE	BIT(16)

#define CARVE_PCS_ANADV			0x4218
#define CARVE_PCS_LPAB			0x421c

#define CARVE_FCAL			0x0028
#define CARVE_FCAH			0x002c
#define CARVE_FCT			0x0030
#define CARVE_FCTTV			0x0170
#define CARVE_FCRTL			0x2160
#define CARVE_FCRTL_XONE		BIT(31)
#define CARVE_FCRTH			0x2168
#define CARVE_FCRTV			0x2460

#define CARVE_VET			0x0038

#define CARVE_SWSM			0x5b50
#define CARVE_SWSM_SMBI			BIT(0)
#define CARVE_SWSM_SWESMBI		BIT(1)
#define CARVE_FWSM			0x5b54
#define CARVE_FWSM_MODE			GENMASK(3, 1)
#define CARVE_SW_FW_SYNC		0x5b5c
#define CARVE_SW_FW_SYNC_EEP		BIT(0)
#define CARVE_SW_FW_SYNC_PHY(lan)	BIT(1 + (lan))
#define CARVE_SW_FW_SYNC_FW_SHIFT	16	/* firmware's copies */

#define CARVE_MANC			0x5820
#define CARVE_MANC_RCV_TCO_EN		BIT(17)

#define CARVE_EEMNGCTL			0x1010
#define CARVE_EEMNGCTL_CFG_DONE(lan)	BIT(18 + (lan))

#define CARVE_GCR			0x5b00
#define CARVE_GCR_CMPL_TMOUT		GENMASK(15, 12)
enum {
	CARVE_GCR_CMPL_TMOUT_DEFAULT	= 0,
	CARVE_GCR_CMPL_TMOUT_10MS	= 1,	/* to 200 ms */
};

#define CARVE_GCR_CMPL_TMOUT_RESEND	BIT(16)
#define CARVE_GCR_CAP_VER2		BIT(18)

#define CARVE_PF_DEVCTL2_16MS		5	/* PCIe: 16 to 55 ms */

#define CARVE_IOVCTL			0x5bbc
#define CARVE_IOVCTL_REUSE_VFQ		BIT(0)

/* Interrupts */
#define CARVE_ICR			0x00c0
#define CARVE_ICS			0x00c8
#define CARVE_IMS			0x00d0
#define CARVE_IMC			0x00d8
#define CARVE_IAM			0x00e0
#define CARVE_INT_LSC			BIT(2)
#define CARVE_INT_VMMB			BIT(8)	/* mailbox and VFLRE */
#define CARVE_INT_FER			BIT(22)
#define CARVE_INT_MDDET			BIT(28)	/* malicious driver, spoof */
#define CARVE_INT_DRSTA			BIT(30)

#define CARVE_GPIE			0x1514
#define CARVE_GPIE_NSICR		BIT(0)
#define CARVE_GPIE_MSIX_MODE		BIT(4)
#define CARVE_GPIE_EIAME		BIT(30)
#define CARVE_GPIE_PBA			BIT(31)

#define CARVE_IVAR(i)			(0x1700 + 4 * (i))
#define CARVE_IVAR_MISC			0x1740
#define CARVE_IVAR_MISC_OTHER		GENMASK(15, 8)

/* Receive */
#define CARVE_RCTL			0x0100
#define CARVE_RCTL_EN			BIT(1)
#define CARVE_RCTL_SBP			BIT(2)
#define CARVE_RCTL_UPE			BIT(3)
#define CARVE_RCTL_MPE			BIT(4)
#define CARVE_RCTL_LPE			BIT(5)
#define CARVE_RCTL_LBM			GENMASK(7, 6)
#define CARVE_RCTL_BAM			BIT(15)
#define CARVE_RCTL_VFE			BIT(18)
#define CARVE_RCTL_CFIEN		BIT(19)
#define CARVE_RCTL_SECRC		BIT(26)

#define CARVE_RXPBS			0x2404
#define CARVE_TXPBS			0x3404
#define CARVE_PBS_SIZE			GENMASK(6, 0)	/* KiB */

#define CARVE_QDE			0x2408
#define CARVE_QDE_ALL			GENMASK(15, 0)
#define CARVE_RLPML			0x5004

#define CARVE_RXCSUM			0x5000
#define CARVE_RXCSUM_IPOFL		BIT(8)
#define CARVE_RXCSUM_TUOFL		BIT(9)
#define CARVE_RXCSUM_CRCOFL		BIT(11)
#define CARVE_RXCSUM_PCSD		BIT(13)

#define CARVE_RFCTL			0x5008
#define CARVE_RFCTL_IPV6_EX_DIS		BIT(16)
#define CARVE_RFCTL_LEF			BIT(18)

#define CARVE_MRQC			0x5818
#define CARVE_MRQC_MODE			GENMASK(2, 0)
enum {
	CARVE_MRQC_MODE_NONE		= 0,
	CARVE_MRQC_MODE_RSS		= 2,
	CARVE_MRQC_MODE_VMDQ		= 3,
	CARVE_MRQC_MODE_VMDQ_RSS	= 5,
};

#define CARVE_MRQC_TCPV4		BIT(16)
#define CARVE_MRQC_IPV4			BIT(17)
#define CARVE_MRQC_TCPV6_EX		BIT(18)
#define CARVE_MRQC_IPV6_EX		BIT(19)
#define CARVE_MRQC_IPV6			BIT(20)
#define CARVE_MRQC_TCPV6		BIT(21)
#define CARVE_MRQC_UDPV4		BIT(22)
#define CARVE_MRQC_UDPV6		BIT(23)
#define CARVE_MRQC_UDPV6_EX		BIT(24)

#define CARVE_RETA(i)			(0x5c00 + 4 * (i))	/* i < 32 */
#define CARVE_RSSRK(i)			(0x5c80 + 4 * (i))	/* i < 10 */
#define CARVE_PSRTYPE(pool)		(0x5480 + 4 * (pool))

/* Queue blocks of the PF, all 16 */
#define CARVE_PF_RXQ_BASE		0xc000
#define CARVE_PF_TXQ_BASE		0xe000
#define CARVE_PF_Q_STRIDE		0x40

/* Transmit */
#define CARVE_TCTL			0x0400
#define CARVE_TCTL_EN			BIT(1)
#define CARVE_TCTL_PSP			BIT(3)
#define CARVE_TCTL_CT			GENMASK(11, 4)
#define CARVE_TCTL_COLD			GENMASK(21, 12)
#define CARVE_TCTL_RTLC			BIT(24)

#define CARVE_DTXCTL			0x3590
#define CARVE_DTXCTL_8023LL		BIT(2)
#define CARVE_DTXCTL_VLAN_ADDED		BIT(3)
#define CARVE_DTXCTL_OOS_EN		BIT(4)
#define CARVE_DTXCTL_MDP_EN		BIT(5)
#define CARVE_DTXCTL_SPOOF_INT		BIT(6)

#define CARVE_RTTDQSEL			0x3604
#define CARVE_RTTBCNRM			0x3690
#define CARVE_RTTBCNRM_MMW		0x14	/* for 9728 byte frames */
#define CARVE_RTTBCNRC			0x36b0
#define CARVE_RTTBCNRC_RF_DEC		GENMASK(13, 0)
#define CARVE_RTTBCNRC_RF_INT		GENMASK(27, 14)
#define CARVE_RTTBCNRC_RS_ENA		BIT(31)

/* Filters. RAR 0 to 15 and 16 to 23 lie apart. */
#define CARVE_NUM_RAR			24
static inline u32 CARVE_RAL(unsigned int i)
{
	return i < 16 ? 0x5400 + 8 * i : 0x54e0 + 8 * (i - 16);
}

static inline u32 CARVE_RAH(unsigned int i)
{
	return CARVE_RAL(i) + 4;
}

#define CARVE_RAH_ADDR			GENMASK(15, 0)
#define CARVE_RAH_POOLS			GENMASK(25, 18)
#define CARVE_RAH_AV			BIT(31)

#define CARVE_NUM_MTA			128
#define CARVE_MTA(i)			(0x5200 + 4 * (i))
#define CARVE_UTA(i)			(0xa000 + 4 * (i))	/* write only */
#define CARVE_NUM_VFTA			128
#define CARVE_VFTA(i)			(0x5600 + 4 * (i))
#define CARVE_NUM_VLVF			32
#define CARVE_VLVF(i)			(0x5d00 + 4 * (i))
#define CARVE_VLVF_VID			GENMASK(11, 0)
#define CARVE_VLVF_POOLS		GENMASK(19, 12)
#define CARVE_VLVF_ENABLE		BIT(31)

/* Pools */
#define CARVE_VMOLR(pool)		(0x5ad0 + 4 * (pool))
#define CARVE_VMOLR_RLPML		GENMASK(13, 0)	/* bytes */
#define CARVE_VMOLR_LPE			BIT(16)
#define CARVE_VMOLR_RSSE		BIT(17)
#define CARVE_VMOLR_AUPE		BIT(24)
#define CARVE_VMOLR_ROMPE		BIT(25)
#define CARVE_VMOLR_ROPE		BIT(26)
#define CARVE_VMOLR_BAM			BIT(27)
#define CARVE_VMOLR_MPME		BIT(28)
#define CARVE_VMOLR_STRVLAN		BIT(30)
#define CARVE_VMOLR_RSVD_1		BIT(31)	/* reserved, must be 1 */

#define CARVE_RPLOLR			0x5af0
#define CARVE_RPLOLR_STRVLAN		BIT(30)
#define CARVE_RPLOLR_STRCRC		BIT(31)

#define CARVE_VMVIR(pool)		(0x3700 + 4 * (pool))
#define CARVE_VMVIR_TAG			GENMASK(15, 0)
#define CARVE_VMVIR_ALWAYS		BIT(30)
#define CARVE_VMVIR_NEVER		BIT(31)

#define CARVE_VT_CTL			0x581c
#define CARVE_VT_CTL_DEF_POOL		GENMASK(9, 7)
#define CARVE_VT_CTL_DIS_DEF_POOL	BIT(29)
#define CARVE_VT_CTL_REPL_EN		BIT(30)

#define CARVE_DTXSWC			0x3500
#define CARVE_DTXSWC_MAC_SPOOF		GENMASK(7, 0)	/* by pool */
#define CARVE_DTXSWC_VLAN_SPOOF		GENMASK(15, 8)	/* by pool */
#define CARVE_DTXSWC_LLE		GENMASK(23, 16)	/* by pool */
#define CARVE_DTXSWC_LOOPBACK_EN	BIT(31)

#define CARVE_LVMMC			0x3548	/* clear on read */
#define CARVE_LVMMC_CAUSE		GENMASK(4, 2)
#define CARVE_LVMMC_QUEUE		GENMASK(19, 16)
#define CARVE_WVBR			0x3554	/* clear on read */
#define CARVE_WVBR_SPOOFED		GENMASK(15, 0)	/* by queue */
#define CARVE_WVBR_BLOCKED		GENMASK(31, 16)	/* by queue */

/* VF control and mailbox */
#define CARVE_MBVFICR			0x0c80
#define CARVE_MBVFICR_REQ		GENMASK(7, 0)	/* by VF */
#define CARVE_MBVFICR_ACK		GENMASK(23, 16)	/* by VF */
#define CARVE_MBVFIMR			0x0c84
#define CARVE_VFLRE			0x0c88
#define CARVE_VFRE			0x0c8c
#define CARVE_VFTE			0x0c90

#define CARVE_P2VMAILBOX(vf)		(0x0c00 + 4 * (vf))
#define CARVE_P2VMAILBOX_STS		BIT(0)
#define CARVE_P2VMAILBOX_ACK		BIT(1)
#define CARVE_P2VMAILBOX_VFU		BIT(2)
#define CARVE_P2VMAILBOX_PFU		BIT(3)
#define CARVE_P2VMAILBOX_RVFU		BIT(4)
#define CARVE_VMBMEM(vf, dw)		(0x0800 + 64 * (vf) + 4 * (dw))

/* PF's window on a VF's statistics: 32 bit, wrap, not clear on read */
#define CARVE_PVFGPRC(vf)		(0x10010 + 0x100 * (vf))
#define CARVE_PVFGPTC(vf)		(0x10014 + 0x100 * (vf))
#define CARVE_PVFGORC(vf)		(0x10018 + 0x100 * (vf))
#define CARVE_PVFGOTC(vf)		(0x10034 + 0x100 * (vf))
#define CARVE_PVFMPRC(vf)		(0x1003c + 0x100 * (vf))

/* Time of PTP frames; reading a stamp's high word lets another be noted */
#define CARVE_SYSTIML			0xb600	/* latches the high word */
#define CARVE_SYSTIMH			0xb604
#define CARVE_TIMINCA			0xb608
#define CARVE_TIMINCA_VALUE		GENMASK(23, 0)
#define CARVE_TIMINCA_PERIOD		GENMASK(31, 24)	/* of 16 ns */
#define CARVE_TSYNCTXCTL		0xb614
#define CARVE_TSYNC_VALID		BIT(0)
#define CARVE_TSYNC_EN			BIT(4)
#define CARVE_TXSTMPL			0xb618
#define CARVE_TXSTMPH			0xb61c
#define CARVE_TSYNCRXCTL		0xb620	/* CARVE_TSYNC_*, too */
#define CARVE_TSYNCRXCTL_TYPE		GENMASK(3, 1)
#define CARVE_TSYNCRXCTL_TYPE_L4_V1	1	/* kind: TSYNCRXCFG */
#define CARVE_TSYNCRXCTL_TYPE_V2_EVENT	5	/* over Ethernet and UDP */
#define CARVE_RXSTMPL			0xb624
#define CARVE_RXSTMPH			0xb628
#define CARVE_RXSATRH			0xb630
#define CARVE_TSYNCRXCFG		0x5f50
#define CARVE_TSYNCRXCFG_V1_DELAY_REQ	1
#define CARVE_ETQF(i)			(0x5cb0 + 4 * (i))
#define CARVE_ETQF_EN			BIT(26)
#define CARVE_ETQF_1588			BIT(30)
#define CARVE_SPQF(i)			(0x59c0 + 4 * (i))	/* big endian */
#define CARVE_FTQF(i)			(0x59e0 + 4 * (i))
#define CARVE_FTQF_ANY_POOL		BIT(15)
#define CARVE_FTQF_1588			BIT(27)
#define CARVE_FTQF_IGNORE_PROTOCOL	BIT(28)
#define CARVE_FTQF_IGNORE_SOURCE_PORT	BIT(31)
#define CARVE_FTQF_IGNORE_ALL		GENMASK(31, 28)
#define CARVE_IMIR(i)			(0x5a80 + 4 * (i))	/* big endian */
#define CARVE_IMIREXT(i)		(0x5aa0 + 4 * (i))
#define CARVE_IMIREXT_ANY_SIZE		BIT(12)
#define CARVE_IMIREXT_ANY_FLAGS		BIT(19)

/* Port statistics, clear on read; 64-bit pairs: low first */
#define CARVE_CRCERRS			0x4000
#define CARVE_MPC			0x4010
#define CARVE_SCC			0x4014
#define CARVE_ECOL			0x4018
#define CARVE_MCC			0x401c
#define CARVE_LATECOL			0x4020
#define CARVE_DC			0x4030
#define CARVE_XONRXC			0x4048
#define CARVE_XONTXC			0x404c
#define CARVE_XOFFRXC			0x4050
#define CARVE_XOFFTXC			0x4054
#define CARVE_PRC64			0x405c	/* six size classes */
#define CARVE_GPRC			0x4074
#define CARVE_BPRC			0x4078
#define CARVE_MPRC			0x407c
#define CARVE_GPTC			0x4080
#define CARVE_GORCL			0x4088
#define CARVE_GOTCL			0x4090
#define CARVE_RNBC			0x40a0
#define CARVE_RUC			0x40a4
#define CARVE_RFC			0x40a8
#define CARVE_ROC			0x40ac
#define CARVE_RJC			0x40b0
#define CARVE_TORL			0x40c0
#define CARVE_TOTL			0x40c8
#define CARVE_TPR			0x40d0
#define CARVE_TPT			0x40d4
#define CARVE_PTC64			0x40d8	/* six size classes */
#define CARVE_MPTC			0x40f0
#define CARVE_BPTC			0x40f4

#endif /* _CARVE_PF_REGS_H */
