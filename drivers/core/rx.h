/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Receive rings, for the rest of the core.
 *
 * Copyright (C) 2026 Carve developers
 */
#ifndef _CARVE_CORE_RX_H
#define _CARVE_CORE_RX_H

#include <linux/types.h>

struct carve_ring;
struct napi_struct;

/**
 * carve_rx_alloc() - allocate a receive ring and its pool of pages
 * @ring: with nic and index set
 * @count: descriptors
 * @regs: register block
 * @napi: will clean it
 *
 * Return: 0 or -ERRNO with nothing left behind.
 */
int carve_rx_alloc(struct carve_ring *ring, u16 count, u32 regs,
		   struct napi_struct *napi);

/**
 * carve_rx_free() - the reverse of carve_rx_alloc()
 * @ring: the ring, stopped; an unallocated one is left alone
 */
void carve_rx_free(struct carve_ring *ring);

/**
 * carve_rx_prefill() - give a stopped ring the buffers it is to start with
 * @ring: the ring
 *
 * Sleeps. The chip is not told. Does nothing to a ring that has them.
 *
 * Return: 0, or -ENOMEM when the ring has no buffer at all.
 */
int carve_rx_prefill(struct carve_ring *ring);

/**
 * carve_rx_clean() - hand received frames to the stack
 * @ring: the ring
 * @napi: our caller
 * @budget: frames at most
 *
 * Return: frames handled; @budget to be called again soon, also when the ring
 * has run low and memory could not be had.
 */
int carve_rx_clean(struct carve_ring *ring, struct napi_struct *napi,
		   int budget);

/**
 * carve_rx_flush() - take all buffers out of a stopped ring
 * @ring: the ring; the chip and NAPI have let go of it
 *
 * Afterwards the ring is as new.
 */
void carve_rx_flush(struct carve_ring *ring);

/**
 * carve_rx_srrctl() - how the chip has to use our buffers
 *
 * Return: value of SRRCTL.
 */
u32 carve_rx_srrctl(void);

/**
 * carve_rx_buf_bytes() - what the chip puts into one buffer
 *
 * Return: bytes; longer frames take several.
 */
unsigned int carve_rx_buf_bytes(void);

#endif /* _CARVE_CORE_RX_H */
