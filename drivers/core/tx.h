/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Transmit rings, for the rest of the core.
 *
 * Copyright (C) 2026 Carve developers
 */
#ifndef _CARVE_CORE_TX_H
#define _CARVE_CORE_TX_H

#include <linux/types.h>

struct carve_ring;
struct xdp_frame;

/**
 * carve_tx_alloc() - allocate a transmit ring
 * @ring: with nic and index set
 * @count: descriptors
 * @regs: register block
 *
 * Return: 0 or -ERRNO with nothing left behind.
 */
int carve_tx_alloc(struct carve_ring *ring, u16 count, u32 regs);

/**
 * carve_tx_free() - the reverse of carve_tx_alloc()
 * @ring: the ring, stopped; an unallocated one is left alone
 */
void carve_tx_free(struct carve_ring *ring);

/**
 * carve_tx_open() - make an empty ring ready for packets
 * @ring: the ring; chip and stack are still off it
 */
void carve_tx_open(struct carve_ring *ring);

/**
 * carve_tx_clean() - take back what the chip has sent
 * @ring: the ring
 * @budget: of NAPI, 0 when netpoll calls
 *
 * NAPI context. Wakes the stack's queue when there is room again.
 *
 * Return: true when nothing is left to take back for now.
 */
bool carve_tx_clean(struct carve_ring *ring, int budget);

/**
 * carve_tx_nudge() - tell the chip once more what it has to send
 * @ring: the ring, running
 *
 * Takes the lock of the stack's queue.
 */
void carve_tx_nudge(struct carve_ring *ring);

/**
 * carve_tx_send_frames() - queue frames of XDP behind the stack's packets
 * @ring: the ring
 * @frames: the frames
 * @n: how many
 * @doorbell: tell the chip
 *
 * Softirq context. Takes the lock of the stack's queue.
 *
 * Return: frames taken, the first ones of @frames; the rest is the caller's.
 */
unsigned int carve_tx_send_frames(struct carve_ring *ring,
				  struct xdp_frame **frames, unsigned int n,
				  bool doorbell);

/**
 * carve_tx_spare() - what a ring has left for frames of sockets
 * @ring: the ring
 *
 * NAPI, under the lock of the stack's queue. A packet of the stack fits beside
 * them, so they never stop its queue.
 *
 * Return: descriptors.
 */
unsigned int carve_tx_spare(struct carve_ring *ring);

/**
 * carve_tx_put_xsk() - describe a socket's frame
 * @ring: the ring, with a descriptor to spare
 * @data: the frame
 * @dma: its address for the chip
 * @len: its length
 *
 * NAPI, under the lock of the stack's queue; carve_tx_end_xsk() must follow.
 */
void carve_tx_put_xsk(struct carve_ring *ring, const void *data, dma_addr_t dma,
		      unsigned int len);

/**
 * carve_tx_end_xsk() - count sockets' frames and tell the chip of them
 * @ring: the ring
 * @packets: frames
 * @bytes: theirs
 *
 * NAPI, under the lock of the stack's queue.
 */
void carve_tx_end_xsk(struct carve_ring *ring, unsigned int packets,
		      unsigned int bytes);

/**
 * carve_tx_flush() - empty a stopped ring
 * @ring: the ring; the chip, NAPI and the stack have let go of it
 *
 * What the chip has reported counts as sent, the rest is dropped. Afterwards the
 * ring is as after carve_tx_alloc() and takes no packets.
 */
void carve_tx_flush(struct carve_ring *ring);

/**
 * carve_tx_is_idle() - has the chip reported all that was queued
 * @ring: the ring
 *
 * Return: true when the ring is empty.
 */
bool carve_tx_is_idle(const struct carve_ring *ring);

#endif /* _CARVE_CORE_TX_H */
