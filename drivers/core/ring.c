// SPDX-License-Identifier: GPL-2.0
/*
 * Descriptor memory, and the hardware queue blocks that point to it: the one
 * place that writes their registers, the doorbells apart. Called by vector.c
 * under rtnl, and by the roles for queues nobody drives. Everything sleeps.
 *
 * Copyright (C) 2026 Carve developers
 */
#include <linux/align.h>
#include <linux/bitfield.h>
#include <linux/bitops.h>
#include <linux/dma-mapping.h>
#include <linux/export.h>
#include <linux/io.h>
#include <linux/iopoll.h>
#include <linux/pci.h>
#include <linux/slab.h>

#include <carve/channels.h>
#include <carve/compat.h>
#include <carve/io.h>
#include <carve/nic.h>
#include <carve/regs.h>

#include "ring.h"

/* The chip enables and stops a queue in microseconds, 10 ms at the worst. */
#define RING_POLL_US			50
#define RING_TIMEOUT_US			10000
/* Queues that take longer are worth noting. */
#define RING_PROMPT_US			1000

/*
 * Fetch when 8 descriptors are free on the chip and, receiving, 8 are there to
 * be fetched; write back each one at once. Stock igb uses these with MSI-X.
 */
#define RING_RX_DCTL			(FIELD_PREP(CARVE_DCTL_PTHRESH, 8) | \
					 FIELD_PREP(CARVE_DCTL_HTHRESH, 8) | \
					 FIELD_PREP(CARVE_DCTL_WTHRESH, 1))
#define RING_TX_DCTL			(FIELD_PREP(CARVE_DCTL_PTHRESH, 8) | \
					 FIELD_PREP(CARVE_DCTL_HTHRESH, 1) | \
					 FIELD_PREP(CARVE_DCTL_WTHRESH, 1))

u32 carve_rxq_regs(const struct carve_nic *nic, unsigned int hwq)
{
	return nic->layout->rxq_base + hwq * nic->layout->rxq_stride;
}

u32 carve_txq_regs(const struct carve_nic *nic, unsigned int hwq)
{
	return nic->layout->txq_base + hwq * nic->layout->txq_stride;
}

/* Rx and Tx descriptors are of one size, which lets a union serve both. */
static size_t ring_bytes(const struct carve_ring *ring)
{
	static_assert(sizeof(*ring->tx_desc) == sizeof(*ring->rx_desc));

	return ring->count * sizeof(*ring->tx_desc);
}

int carve_ring_alloc(struct carve_ring *ring, u16 count, u32 regs,
		     size_t buf_size)
{
	u8 __iomem *base = READ_ONCE(ring->nic->regs);

	if (!base)
		return -ENODEV;
	ring->dev = &ring->nic->pdev->dev;
	ring->count = count;
	ring->regs = regs;
	ring->tail = base + regs + CARVE_Q_T;

	ring->tx_buf = kvcalloc_node(count, buf_size, GFP_KERNEL,
				     dev_to_node(ring->dev));
	if (!ring->tx_buf)
		return -ENOMEM;

	/* Coherent memory comes aligned to its size: CARVE_RING_ALIGN holds. */
	ring->desc = dma_alloc_coherent(ring->dev, ring_bytes(ring),
					&ring->dma, GFP_KERNEL);
	if (!ring->desc)
		goto err_free_buf;
	return 0;

err_free_buf:
	kvfree(ring->tx_buf);
	ring->tx_buf = NULL;
	return -ENOMEM;
}

void carve_ring_free(struct carve_ring *ring)
{
	if (!ring->desc)
		return;
	dma_free_coherent(ring->dev, ring_bytes(ring), ring->desc, ring->dma);
	ring->desc = NULL;
	kvfree(ring->tx_buf);
	ring->tx_buf = NULL;
}

static int ring_poll_enable(struct carve_nic *nic, u32 regs, bool on)
{
	return carve_poll32(nic, regs + CARVE_Q_DCTL, CARVE_DCTL_ENABLE,
			    on ? CARVE_DCTL_ENABLE : 0, RING_POLL_US,
			    RING_TIMEOUT_US);
}

static int ring_disable(struct carve_nic *nic, u32 regs)
{
	carve_wr32(nic, regs + CARVE_Q_DCTL, 0);
	return ring_poll_enable(nic, regs, false);
}

static int ring_enable(struct carve_nic *nic, u32 regs, u32 dctl)
{
	carve_wr32(nic, regs + CARVE_Q_DCTL, dctl | CARVE_DCTL_ENABLE);
	return ring_poll_enable(nic, regs, true);
}

static void ring_write_base(struct carve_ring *ring)
{
	struct carve_nic *nic = ring->nic;
	u32 regs = ring->regs;

	carve_wr32(nic, regs + CARVE_Q_BAL, lower_32_bits(ring->dma));
	carve_wr32(nic, regs + CARVE_Q_BAH, upper_32_bits(ring->dma));
	carve_wr32(nic, regs + CARVE_Q_LEN, ring_bytes(ring));
	carve_wr32(nic, regs + CARVE_Q_H, 0);
	carve_wr32(nic, regs + CARVE_Q_T, 0);
}

int carve_ring_enable_tx(struct carve_ring *ring)
{
	struct carve_nic *nic = ring->nic;
	int err;

	/* Queue 0 may be on after a reset of the chip. */
	err = ring_disable(nic, ring->regs);
	if (err)
		return err;

	/* A VF reset leaves the former owner's head write-back address. */
	carve_wr32(nic, ring->regs + CARVE_Q_TDWBAL, 0);
	carve_wr32(nic, ring->regs + CARVE_Q_TDWBAH, 0);
	ring_write_base(ring);
	return ring_enable(nic, ring->regs, RING_TX_DCTL);
}

int carve_ring_enable_rx(struct carve_ring *ring, u32 srrctl)
{
	struct carve_nic *nic = ring->nic;
	int err;

	err = ring_disable(nic, ring->regs);
	if (err)
		return err;

	ring_write_base(ring);
	carve_wr32(nic, ring->regs + CARVE_Q_SRRCTL, srrctl);
	err = ring_enable(nic, ring->regs, RING_RX_DCTL);
	if (err)
		return err;

	/* A tail written to a disabled queue is not looked at later. */
	writel(ring->next_to_use, ring->tail);
	return 0;
}

int carve_ring_disable(struct carve_ring *ring)
{
	return ring_disable(ring->nic, ring->regs);
}

static bool ring_is_enabled(struct carve_nic *nic, u32 regs)
{
	return carve_rd32(nic, regs + CARVE_Q_DCTL) & CARVE_DCTL_ENABLE;
}

static bool ring_any_enabled(struct carve_nic *nic, unsigned long hwqs)
{
	unsigned int hwq;

	for_each_set_bit(hwq, &hwqs, BITS_PER_LONG)
		if (ring_is_enabled(nic, carve_rxq_regs(nic, hwq)) ||
		    ring_is_enabled(nic, carve_txq_regs(nic, hwq)))
			return true;

	return false;
}

/* One deadline for all: a wait for each could be made that many times longer. */
static int ring_poll_stopped(struct carve_nic *nic, unsigned long hwqs,
			     u64 timeout_us)
{
	bool enabled;
	int err;

	err = read_poll_timeout(ring_any_enabled, enabled,
				!enabled || carve_nic_is_gone(nic),
				RING_POLL_US, timeout_us, false, nic, hwqs);
	return carve_nic_is_gone(nic) ? -ENODEV : err;
}

int carve_hw_queues_quiesce(struct carve_nic *nic, unsigned long hwqs)
{
	unsigned int hwq;
	int err;

	for_each_set_bit(hwq, &hwqs, BITS_PER_LONG) {
		carve_wr32(nic, carve_rxq_regs(nic, hwq) + CARVE_Q_DCTL, 0);
		carve_wr32(nic, carve_txq_regs(nic, hwq) + CARVE_Q_DCTL, 0);
	}

	err = ring_poll_stopped(nic, hwqs, RING_PROMPT_US);
	if (err != -ETIMEDOUT)
		return err;
	return ring_poll_stopped(nic, hwqs, RING_TIMEOUT_US) ?: 1;
}
EXPORT_SYMBOL_NS_GPL(carve_hw_queues_quiesce, CARVE_NS);

static void ring_scrub(struct carve_nic *nic, u32 regs)
{
	carve_wr32(nic, regs + CARVE_Q_BAL, 0);
	carve_wr32(nic, regs + CARVE_Q_BAH, 0);
	carve_wr32(nic, regs + CARVE_Q_LEN, 0);
	carve_wr32(nic, regs + CARVE_Q_H, 0);
	carve_wr32(nic, regs + CARVE_Q_T, 0);
	carve_wr32(nic, regs + CARVE_Q_CTL, 0);
}

void carve_hw_queue_scrub(struct carve_nic *nic, unsigned int hwq)
{
	u32 rxq = carve_rxq_regs(nic, hwq);
	u32 txq = carve_txq_regs(nic, hwq);

	ring_scrub(nic, rxq);
	carve_wr32(nic, rxq + CARVE_Q_SRRCTL, 0);
	ring_scrub(nic, txq);
	carve_wr32(nic, txq + CARVE_Q_TDWBAL, 0);
	carve_wr32(nic, txq + CARVE_Q_TDWBAH, 0);
}
EXPORT_SYMBOL_NS_GPL(carve_hw_queue_scrub, CARVE_NS);

#if IS_ENABLED(CONFIG_CARVE_KUNIT_TEST)
#include "tests/ring_kunit.c"
#endif
