/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Receive rings, for the rest of the core.
 *
 * Copyright (C) 2026 Carve developers
 */
#ifndef _CARVE_CORE_RX_H
#define _CARVE_CORE_RX_H

#include <linux/netdev_features.h>
#include <linux/types.h>
#include <linux/unaligned.h>

#include <carve/desc.h>

#include "xdp.h"

struct carve_nic;
struct carve_ring;
struct napi_struct;
struct net_device;
struct sk_buff;

/* What the chip counts a buffer's bytes in. */
#define CARVE_RX_BUF_UNIT		1024

/**
 * struct carve_rx_run - one poll of a receive ring
 * @napi: to hand frames to
 * @netdev: they come from
 * @vlans: VIDs whose tag is shown, NULL for all
 * @features: of @netdev
 * @own: carve_rx_mac_key() of the source address to drop
 * @taken: buffers with frames
 * @packets: frames handed over
 * @bytes: their bytes
 * @csum_good: frames with a right checksum
 * @csum_bad: frames with a wrong one
 * @errors: frames dropped, in error
 * @own_frames: frames dropped, our own
 * @alloc_fail: times that memory was short
 * @lost: frames dropped because of that
 * @xdp: the program and what it wants sent, without one unused
 */
struct carve_rx_run {
	struct napi_struct *napi;
	struct net_device *netdev;
	const unsigned long *vlans;
	netdev_features_t features;
	u64 own;
	unsigned int taken;
	unsigned int packets;
	unsigned int bytes;
	unsigned int csum_good;
	unsigned int csum_bad;
	unsigned int errors;
	unsigned int own_frames;
	unsigned int alloc_fail;
	unsigned int lost;
	struct carve_xdp_run xdp;
};

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
 * carve_rx_is_idle() - has the stack been handed all that was received
 * @ring: the ring, which may be running
 *
 * A frame that a poll works on counts as not handed over.
 *
 * Return: true when the chip has written nothing more.
 */
bool carve_rx_is_idle(const struct carve_ring *ring);

/**
 * carve_rx_flush() - take all buffers out of a stopped ring
 * @ring: the ring; the chip and NAPI have let go of it
 *
 * Afterwards the ring is as new.
 */
void carve_rx_flush(struct carve_ring *ring);

/**
 * carve_rx_adapt() - note how many buffers a poll has taken
 * @ring: the ring
 * @taken: by this poll
 * @more: another poll follows without an interrupt
 *
 * An interrupt that came when half of the buffers were used, in however many
 * polls they are taken, asks for twice as many, and for the next to come sooner.
 */
void carve_rx_adapt(struct carve_ring *ring, unsigned int taken, bool more);

/**
 * carve_rx_run_init() - begin a poll
 * @run: to set up
 * @nic: the function
 * @napi: that polls
 */
void carve_rx_run_init(struct carve_rx_run *run, const struct carve_nic *nic,
		       struct napi_struct *napi);

/**
 * carve_rx_deliver() - give a frame to the stack
 * @ring: it came by
 * @run: this poll
 * @desc: its last descriptor: what the chip says of it
 * @status: the descriptor's status
 * @skb: the frame
 */
void carve_rx_deliver(struct carve_ring *ring, struct carve_rx_run *run,
		      const union carve_rx_desc *desc, u32 status,
		      struct sk_buff *skb);

/**
 * carve_rx_count() - add what a poll has done to the ring's counters
 * @ring: the ring
 * @run: the poll
 */
void carve_rx_count(struct carve_ring *ring, const struct carve_rx_run *run);

/**
 * carve_rx_mac_key() - an address as a number, to compare
 * @addr: the address
 *
 * Return: a number that no other address has.
 */
static inline u64 carve_rx_mac_key(const u8 *addr)
{
	return (u64)get_unaligned((const u32 *)addr) << 16 |
	       get_unaligned((const u16 *)(addr + 4));
}

/**
 * carve_rx_srrctl() - how the chip has to use buffers
 * @bytes: it may write to each, a multiple of CARVE_RX_BUF_UNIT
 *
 * Return: value of SRRCTL.
 */
u32 carve_rx_srrctl(unsigned int bytes);

/**
 * carve_rx_buf_bytes() - what the chip puts into one buffer
 *
 * Return: bytes; longer frames take several.
 */
unsigned int carve_rx_buf_bytes(void);

#endif /* _CARVE_CORE_RX_H */
