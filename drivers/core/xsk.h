/* SPDX-License-Identifier: GPL-2.0 */
/*
 * AF_XDP with the chip's DMA in the sockets' memory, for the rest of the core.
 * A ring with xsk_pool is one that these functions serve.
 *
 * Copyright (C) 2026 Carve developers
 */
#ifndef _CARVE_CORE_XSK_H
#define _CARVE_CORE_XSK_H

#include <linux/types.h>

struct carve_nic;
struct carve_ring;
struct carve_vector;
struct napi_struct;
struct xsk_buff_pool;

/**
 * carve_xsk_setup_pool() - take a socket's memory for a queue, or give it back
 * @nic: the function
 * @pool: the memory, NULL to give back what is there
 * @queue: the queue
 *
 * rtnl. After giving back nobody has an address of it, the chip included.
 *
 * Return: 0, -EINVAL for a pool that can't be used so, or -ERRNO.
 */
int carve_xsk_setup_pool(struct carve_nic *nic, struct xsk_buff_pool *pool,
			 u16 queue);

/**
 * carve_xsk_takes_frames() - do frames of a length fit in sockets' buffers
 * @nic: the function
 * @max_frame: longest frame, as in struct carve_config
 *
 * Return: true if they do, or there are none.
 */
bool carve_xsk_takes_frames(const struct carve_nic *nic, u16 max_frame);

/**
 * carve_xsk_buf_bytes() - what the chip may put into one buffer
 * @pool: of the buffers
 *
 * Return: bytes.
 */
unsigned int carve_xsk_buf_bytes(struct xsk_buff_pool *pool);

/**
 * carve_xsk_fill_rx() - have an empty, stopped ring use a pool
 * @ring: receive ring
 * @pool: its buffers from now on, as many as the user has provided
 */
void carve_xsk_fill_rx(struct carve_ring *ring, struct xsk_buff_pool *pool);

/**
 * carve_xsk_flush_rx() - give the buffers of a stopped ring back to their pool
 * @ring: receive ring
 */
void carve_xsk_flush_rx(struct carve_ring *ring);

/**
 * carve_xsk_started() - a channel with a pool runs, or may send again
 * @v: the channel
 *
 * What the user has asked for while it did not is done now, if there is a
 * carrier.
 */
void carve_xsk_started(struct carve_vector *v);

/**
 * carve_xsk_clean_rx() - carve_rx_clean() of a ring with a pool
 * @ring: the ring
 * @napi: our caller
 * @budget: frames at most
 *
 * Return: frames handled; @budget to be called again soon.
 */
int carve_xsk_clean_rx(struct carve_ring *ring, struct napi_struct *napi,
		       int budget);

/**
 * carve_xsk_send() - send what sockets have for a transmit ring
 * @ring: the ring
 *
 * NAPI.
 *
 * Return: true when nothing is left that could be sent now.
 */
bool carve_xsk_send(struct carve_ring *ring);

/**
 * carve_xsk_tx_completed() - tell the sockets which frames they have back
 * @ring: transmit ring
 *
 * NAPI, or with the ring stopped.
 */
void carve_xsk_tx_completed(struct carve_ring *ring);

#endif /* _CARVE_CORE_XSK_H */
