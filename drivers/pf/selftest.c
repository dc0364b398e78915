// SPDX-License-Identifier: GPL-2.0
/*
 * ethtool -t. Under rtnl. The offline tests run between two resets of the
 * chip, with everything stopped: nobody else touches it, so this file writes
 * registers that are others' at any other time, and leaves the cleaning up to
 * the second reset.
 *
 * Copyright (C) 2026 Carve developers
 */
#include <linux/delay.h>
#include <linux/dma-mapping.h>
#include <linux/etherdevice.h>
#include <linux/ethtool.h>
#include <linux/iopoll.h>
#include <linux/unaligned.h>

#include <carve/desc.h>
#include <carve/io.h>

#include "irq.h"
#include "link.h"
#include "nvm.h"
#include "pf.h"
#include "pf_regs.h"
#include "pool.h"
#include "reset.h"
#include "selftest.h"

static const char selftest_names[][ETH_GSTRING_LEN] = {
	[CARVE_PF_SELFTEST_LINK]	= "Link         (on/offline)",
	[CARVE_PF_SELFTEST_REGISTERS]	= "Registers    (offline)",
	[CARVE_PF_SELFTEST_EEPROM]	= "EEPROM       (offline)",
	[CARVE_PF_SELFTEST_INTERRUPT]	= "Interrupt    (offline)",
	[CARVE_PF_SELFTEST_LOOPBACK]	= "Pool loopback(offline)",
};

static_assert(ARRAY_SIZE(selftest_names) == CARVE_PF_NUM_SELFTESTS);

/* ---- registers ---- */

/**
 * struct selftest_reg - registers that keep what is written to them
 * @first: offset of the first
 * @stride: from one to the next
 * @count: how many
 * @mask: bits that are kept
 */
struct selftest_reg {
	u32 first;
	u16 stride;
	u16 count;
	u32 mask;
};

static const struct selftest_reg selftest_regs[] = {
	{ CARVE_FCTTV, 0, 1, GENMASK(15, 0) },
	{ CARVE_MTA(0), 4, CARVE_NUM_MTA, GENMASK(31, 0) },
	{ CARVE_VFTA(0), 4, CARVE_NUM_VFTA, GENMASK(31, 0) },
	{ CARVE_VMVIR(0), 4, CARVE_NUM_POOLS, CARVE_VMVIR_TAG },
	{ CARVE_VLVF(0), 4, CARVE_NUM_VLVF,
	  CARVE_VLVF_VID | CARVE_VLVF_POOLS },
	{ CARVE_RSSRK(0), 4, 10, GENMASK(31, 0) },
	{ CARVE_PF_RXQ_BASE + CARVE_Q_BAL, CARVE_PF_Q_STRIDE, 16,
	  GENMASK(31, 7) },
	{ CARVE_PF_RXQ_BASE + CARVE_Q_BAH, CARVE_PF_Q_STRIDE, 16,
	  GENMASK(31, 0) },
	{ CARVE_PF_TXQ_BASE + CARVE_Q_BAL, CARVE_PF_Q_STRIDE, 16,
	  GENMASK(31, 7) },
	{ CARVE_PF_TXQ_BASE + CARVE_Q_BAH, CARVE_PF_Q_STRIDE, 16,
	  GENMASK(31, 0) },
};

static const u32 selftest_patterns[] = {
	0x5a5a5a5a, 0xa5a5a5a5, 0x00000000, 0xffffffff,
};

static bool selftest_register(struct carve_pf *pf, u32 reg, u32 mask)
{
	u32 before = carve_rd32(&pf->nic, reg);
	u32 val;
	int i;

	for (i = 0; i < ARRAY_SIZE(selftest_patterns); i++) {
		carve_wr32(&pf->nic, reg, selftest_patterns[i] & mask);
		val = carve_rd32(&pf->nic, reg);
		if ((val & mask) == (selftest_patterns[i] & mask))
			continue;
		netdev_err(pf->nic.netdev,
			   "self test: register %#x reads %#x after %#x was written\n",
			   reg, val & mask, selftest_patterns[i] & mask);
		return false;
	}
	carve_wr32(&pf->nic, reg, before);

	return true;
}

static u64 selftest_registers(struct carve_pf *pf)
{
	const struct selftest_reg *regs;
	int i, n;

	for (i = 0; i < ARRAY_SIZE(selftest_regs); i++) {
		regs = &selftest_regs[i];
		for (n = 0; n < regs->count; n++)
			if (!selftest_register(pf,
					       regs->first + n * regs->stride,
					       regs->mask))
				return 1;
	}

	return 0;
}

/* ---- interrupt ---- */

#define SELFTEST_IRQ_POLL_US		1000
#define SELFTEST_IRQ_TIMEOUT_US		USEC_PER_SEC

/* A change of the link is the cause that does no harm when it is none. */
static u64 selftest_interrupt(struct carve_pf *pf)
{
	u32 before = READ_ONCE(pf->irq.count);
	u32 now;
	int err;

	carve_pf_irq_write_all(pf);
	carve_pf_irq_arm(pf);
	carve_wr32(&pf->nic, CARVE_ICS, CARVE_INT_LSC);
	err = read_poll_timeout(READ_ONCE, now, now != before,
				SELFTEST_IRQ_POLL_US, SELFTEST_IRQ_TIMEOUT_US,
				false, pf->irq.count);
	carve_pf_irq_disarm(pf);
	if (err)
		netdev_err(pf->nic.netdev, "self test: no interrupt came\n");

	return !!err;
}

/* ---- loopback ---- */

#define SELFTEST_RX_POOL		0
#define SELFTEST_RAR			(CARVE_NUM_RAR - 1)
#define SELFTEST_DESCS			8
#define SELFTEST_FRAME			256
#define SELFTEST_BUF			2048
#define SELFTEST_POLL_US		1000
#define SELFTEST_TIMEOUT_US		500000
#define SELFTEST_LINK_TIMEOUT_US	(5 * USEC_PER_SEC)

/* From the range for local experiments. */
#define SELFTEST_ETHERTYPE		0x88b5

/**
 * struct selftest_rings - all that the chip reads and writes
 * @rx: receive ring
 * @tx: transmit ring
 * @rx_buf: for a frame
 * @tx_buf: a frame
 *
 * The chip wants rings at multiples of 128 bytes, and SRRCTL counts in KiB.
 */
struct selftest_rings {
	union carve_rx_desc rx[SELFTEST_DESCS] __aligned(CARVE_RING_ALIGN);
	struct carve_tx_desc tx[SELFTEST_DESCS] __aligned(CARVE_RING_ALIGN);
	u8 rx_buf[SELFTEST_BUF];
	u8 tx_buf[SELFTEST_FRAME];
};

static const u8 selftest_addr[ETH_ALEN] = { 0x02, 'c', 'a', 'r', 'v', 'e' };

static void selftest_fill_frame(struct carve_pf *pf, u8 *frame)
{
	struct ethhdr *eth = (struct ethhdr *)frame;
	int i;

	for (i = ETH_HLEN; i < SELFTEST_FRAME; i++)
		frame[i] = i;
	ether_addr_copy(eth->h_dest, selftest_addr);
	ether_addr_copy(eth->h_source, pf->perm_addr);
	eth->h_proto = htons(SELFTEST_ETHERTYPE);
}

/* Two open pools, and the address of one of them. */
static void selftest_open_pools(struct carve_pf *pf)
{
	struct carve_nic *nic = &pf->nic;
	u32 pools = BIT(CARVE_PF_POOL) | BIT(SELFTEST_RX_POOL);
	const u8 *addr = selftest_addr;

	carve_wr32(nic, CARVE_MRQC,
		   FIELD_PREP(CARVE_MRQC_MODE, CARVE_MRQC_MODE_VMDQ));
	carve_wr32(nic, CARVE_VT_CTL, CARVE_VT_CTL_REPL_EN |
		   FIELD_PREP(CARVE_VT_CTL_DEF_POOL, CARVE_PF_POOL));
	carve_wr32(nic, CARVE_DTXSWC, CARVE_DTXSWC_LOOPBACK_EN);
	carve_wr32(nic, CARVE_VMOLR(SELFTEST_RX_POOL),
		   CARVE_VMOLR_RSVD_1 | CARVE_VMOLR_LPE | CARVE_VMOLR_AUPE |
		   FIELD_PREP(CARVE_VMOLR_RLPML, SELFTEST_BUF));
	carve_wr32(nic, CARVE_RAL(SELFTEST_RAR), get_unaligned_le32(addr));
	carve_wr32(nic, CARVE_RAH(SELFTEST_RAR), CARVE_RAH_AV |
		   FIELD_PREP(CARVE_RAH_ADDR, get_unaligned_le16(addr + 4)) |
		   FIELD_PREP(CARVE_RAH_POOLS, BIT(SELFTEST_RX_POOL)));
	carve_wr32(nic, CARVE_VFRE, pools);
	carve_wr32(nic, CARVE_VFTE, pools);
}

static int selftest_enable_queue(struct carve_nic *nic, u32 regs,
				 dma_addr_t ring)
{
	u32 bytes = SELFTEST_DESCS * sizeof(struct carve_tx_desc);

	carve_wr32(nic, regs + CARVE_Q_BAL, lower_32_bits(ring));
	carve_wr32(nic, regs + CARVE_Q_BAH, upper_32_bits(ring));
	carve_wr32(nic, regs + CARVE_Q_LEN, bytes);
	carve_wr32(nic, regs + CARVE_Q_H, 0);
	carve_wr32(nic, regs + CARVE_Q_T, 0);
	carve_wr32(nic, regs + CARVE_Q_DCTL, CARVE_DCTL_ENABLE);

	return carve_poll32(nic, regs + CARVE_Q_DCTL, CARVE_DCTL_ENABLE,
			    CARVE_DCTL_ENABLE, SELFTEST_POLL_US,
			    SELFTEST_TIMEOUT_US);
}

static int selftest_start_queues(struct carve_pf *pf, dma_addr_t dma)
{
	u32 rx = CARVE_PF_RXQ_BASE + SELFTEST_RX_POOL * CARVE_PF_Q_STRIDE;
	u32 tx = CARVE_PF_TXQ_BASE + CARVE_PF_POOL * CARVE_PF_Q_STRIDE;
	struct carve_nic *nic = &pf->nic;
	int err;

	carve_wr32(nic, rx + CARVE_Q_SRRCTL,
		   FIELD_PREP(CARVE_SRRCTL_BSIZEPKT, SELFTEST_BUF / SZ_1K) |
		   FIELD_PREP(CARVE_SRRCTL_DESCTYPE,
			      CARVE_SRRCTL_DESCTYPE_ADV_ONEBUF));
	err = selftest_enable_queue(nic, rx,
				    dma + offsetof(struct selftest_rings, rx));
	if (err)
		return err;
	err = selftest_enable_queue(nic, tx,
				    dma + offsetof(struct selftest_rings, tx));
	if (err)
		return err;

	carve_wr32(nic, rx + CARVE_Q_T, 1);

	return 0;
}

static void selftest_send(struct carve_pf *pf, struct selftest_rings *rings,
			  dma_addr_t dma)
{
	u32 tx = CARVE_PF_TXQ_BASE + CARVE_PF_POOL * CARVE_PF_Q_STRIDE;
	u32 cmd = CARVE_TXD_EOP | CARVE_TXD_IFCS | CARVE_TXD_RS |
		  CARVE_TXD_DEXT |
		  FIELD_PREP(CARVE_TXD_DTYP, CARVE_TXD_DTYP_DATA) |
		  FIELD_PREP(CARVE_TXD_DTALEN, SELFTEST_FRAME);

	rings->tx[0].addr =
		cpu_to_le64(dma + offsetof(struct selftest_rings, tx_buf));
	rings->tx[0].cmd_len = cpu_to_le32(cmd);
	rings->tx[0].status =
		cpu_to_le32(FIELD_PREP(CARVE_TXD_PAYLEN, SELFTEST_FRAME));
	/* The descriptor is in memory before the chip is told. */
	dma_wmb();
	carve_wr32(&pf->nic, tx + CARVE_Q_T, 1);
}

static int selftest_receive(struct selftest_rings *rings)
{
	u32 status;
	int err;

	err = read_poll_timeout(le32_to_cpu, status,
				status & CARVE_RXD_STAT_DD, SELFTEST_POLL_US,
				SELFTEST_TIMEOUT_US, false,
				READ_ONCE(rings->rx[0].wb.status));
	if (err)
		return err;

	/* Nothing of the frame before the chip is done with it. */
	dma_rmb();
	if (memcmp(rings->rx_buf, rings->tx_buf, SELFTEST_FRAME))
		return -EIO;

	return 0;
}

static int selftest_loop(struct carve_pf *pf, struct selftest_rings *rings,
			 dma_addr_t dma)
{
	int err;

	selftest_fill_frame(pf, rings->tx_buf);
	rings->rx[0].read.pkt_addr =
		cpu_to_le64(dma + offsetof(struct selftest_rings, rx_buf));

	selftest_open_pools(pf);
	err = selftest_start_queues(pf, dma);
	if (err)
		return err;
	selftest_send(pf, rings, dma);

	return selftest_receive(rings);
}

/* From the PF's pool to another one, without leaving the chip. */
static u64 selftest_loopback(struct carve_pf *pf)
{
	struct device *dev = &pf->nic.pdev->dev;
	struct selftest_rings *rings;
	dma_addr_t dma;
	int err;

	/* Without a link the chip receives nothing, not even from itself. */
	carve_pf_link_after_reset(pf);
	err = carve_poll32(&pf->nic, CARVE_STATUS, CARVE_STATUS_LU,
			   CARVE_STATUS_LU, SELFTEST_POLL_US,
			   SELFTEST_LINK_TIMEOUT_US);
	if (err) {
		netdev_err(pf->nic.netdev,
			   "self test: no loopback without a link\n");
		return 1;
	}

	rings = dma_alloc_coherent(dev, sizeof(*rings), &dma, GFP_KERNEL);
	if (!rings)
		return 1;
	err = selftest_loop(pf, rings, dma);
	/* Nothing is written to the memory once the chip was reset. */
	carve_pf_hw_reset(pf);
	dma_free_coherent(dev, sizeof(*rings), rings, dma);
	if (err)
		netdev_err(pf->nic.netdev,
			   "self test: no frame from pool %d to pool %d: %pe\n",
			   CARVE_PF_POOL, SELFTEST_RX_POOL, ERR_PTR(err));

	return !!err;
}

/* ---- all of them ---- */

/* The chip is reset and quiet. */
static void selftest_offline(struct carve_pf *pf, void *arg)
{
	u64 *data = arg;

	data[CARVE_PF_SELFTEST_REGISTERS] = selftest_registers(pf);
	data[CARVE_PF_SELFTEST_EEPROM] = !!carve_pf_nvm_verify(pf);
	carve_pf_hw_setup(pf);
	data[CARVE_PF_SELFTEST_INTERRUPT] = selftest_interrupt(pf);
	data[CARVE_PF_SELFTEST_LOOPBACK] = selftest_loopback(pf);
}

static void selftest_all_fail(u64 *data)
{
	int i;

	for (i = 0; i < CARVE_PF_NUM_SELFTESTS; i++)
		data[i] = 1;
}

/* A test that did not run has failed. */
static void selftest_around_reset(struct carve_pf *pf, u64 *data)
{
	int err;

	selftest_all_fail(data);
	if (READ_ONCE(pf->num_vfs)) {
		netdev_err(pf->nic.netdev,
			   "self test: offline tests would cut off the VFs; destroy them first\n");
		return;
	}

	err = carve_pf_reset_around(pf, CARVE_PF_RESET_SELFTEST,
				    selftest_offline, data);
	if (err)
		selftest_all_fail(data);
}

void carve_pf_selftest_strings(u8 *data)
{
	memcpy(data, selftest_names, sizeof(selftest_names));
}

void carve_pf_selftest(struct net_device *netdev, struct ethtool_test *test,
		       u64 *data)
{
	struct carve_pf *pf = netdev_to_carve_pf(netdev);
	bool offline = test->flags & ETH_TEST_FL_OFFLINE;
	u32 link = carve_rd32(&pf->nic, CARVE_STATUS) & CARVE_STATUS_LU;
	int i;

	if (offline)
		selftest_around_reset(pf, data);
	else
		memset(data, 0, CARVE_PF_NUM_SELFTESTS * sizeof(*data));
	data[CARVE_PF_SELFTEST_LINK] = !link;

	for (i = 0; i < CARVE_PF_NUM_SELFTESTS; i++)
		if (data[i])
			test->flags |= ETH_TEST_FL_FAILED;
}
