/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Descriptor memory and hardware queue blocks, for the rest of the core.
 *
 * Copyright (C) 2026 Carve developers
 */
#ifndef _CARVE_CORE_RING_H
#define _CARVE_CORE_RING_H

#include <linux/types.h>

struct carve_nic;
struct carve_ring;

/**
 * carve_rxq_regs() - register block of a receive queue
 * @nic: the function
 * @hwq: hardware queue
 *
 * Return: its offset in BAR0.
 */
u32 carve_rxq_regs(const struct carve_nic *nic, unsigned int hwq);

/**
 * carve_txq_regs() - register block of a transmit queue
 * @nic: the function
 * @hwq: hardware queue
 *
 * Return: its offset in BAR0.
 */
u32 carve_txq_regs(const struct carve_nic *nic, unsigned int hwq);

/**
 * carve_ring_alloc() - allocate a ring's memory
 * @ring: with nic and index set
 * @count: descriptors
 * @regs: register block
 * @buf_size: bytes of driver state for each descriptor
 *
 * Return: 0, -ENOMEM or -ENODEV with nothing left behind.
 */
int carve_ring_alloc(struct carve_ring *ring, u16 count, u32 regs,
		     size_t buf_size);

/**
 * carve_ring_free() - the reverse of carve_ring_alloc()
 * @ring: the ring, stopped and empty; an unallocated one is left alone
 */
void carve_ring_free(struct carve_ring *ring);

/**
 * carve_ring_enable_tx() - program and enable a transmit queue
 * @ring: the ring, empty
 *
 * Return: 0, -ETIMEDOUT or -ENODEV.
 */
int carve_ring_enable_tx(struct carve_ring *ring);

/**
 * carve_ring_enable_rx() - program and enable a receive queue
 * @ring: the ring; buffers that it has are given to the chip
 * @srrctl: how the chip has to use them
 *
 * Return: 0, -ETIMEDOUT or -ENODEV.
 */
int carve_ring_enable_rx(struct carve_ring *ring, u32 srrctl);

/**
 * carve_ring_disable() - disable a queue and wait until it has stopped
 * @ring: the ring
 *
 * Return: 0, -ETIMEDOUT or -ENODEV.
 */
int carve_ring_disable(struct carve_ring *ring);

#endif /* _CARVE_CORE_RING_H */
