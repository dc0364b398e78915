/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Filling in transmit descriptors, for tx.c and tx_frames.c. What a small packet
 * goes through is inline: a call costs as much as half of the copy.
 *
 * Copyright (C) 2026 Carve developers
 */
#ifndef _CARVE_CORE_TX_DESC_H
#define _CARVE_CORE_TX_DESC_H

#include <linux/bitfield.h>
#include <linux/netdevice.h>
#include <linux/skbuff.h>
#include <linux/string.h>

#include <carve/desc.h>
#include <carve/regs.h>
#include <carve/ring.h>

struct carve_tx_plan;

/*
 * The most that a packet of the stack takes: a descriptor for the head and for
 * each fragment, one for each CARVE_TXD_MAX_DATA of its at most 64 KiB and
 * headers, and the context. The queue stops when fewer are left, so nobody
 * counts a packet's pieces, and none has more than the QEMU model takes.
 */
#define CARVE_TX_STOP_THRESH		(MAX_SKB_FRAGS + 1 + 2 + 1)
static_assert(TSO_LEGACY_MAX_SIZE / CARVE_TXD_MAX_DATA == 2);
static_assert(CARVE_TX_STOP_THRESH <= CARVE_TX_MAX_SEGS);
static_assert(CARVE_TX_STOP_THRESH < CARVE_RING_MIN_DESC);

/* First word of a data descriptor that asks for nothing. */
#define CARVE_TX_DATA_CMD		(FIELD_PREP(CARVE_TXD_DTYP, \
						    CARVE_TXD_DTYP_DATA) | \
					 CARVE_TXD_DEXT | CARVE_TXD_IFCS)

/**
 * carve_tx_put_desc() - write a data descriptor
 * @ring: the ring
 * @i: descriptor
 * @dma: where the data is for the chip
 * @cmd_len: first word
 * @status: second word
 */
static inline void carve_tx_put_desc(struct carve_ring *ring, u16 i,
				     dma_addr_t dma, u32 cmd_len, u32 status)
{
	struct carve_tx_desc *desc = &ring->tx_desc[i];

	desc->addr = cpu_to_le64(dma);
	desc->cmd_len = cpu_to_le32(cmd_len);
	desc->status = cpu_to_le32(status);
}

/**
 * carve_tx_count_to() - descriptors that a packet takes
 * @ring: the ring
 * @last: its last descriptor
 *
 * Return: their number, from the next one to use up to, including, @last.
 */
static inline u16 carve_tx_count_to(const struct carve_ring *ring, u16 last)
{
	u16 ntu = ring->next_to_use;

	return (last < ntu ? ring->count : 0) + last - ntu + 1;
}

/*
 * Copy by plain moves: constant lengths let the compiler see what it is, and
 * the two halves may overlap.
 */
static __always_inline void carve_tx_copy(void *to, const void *from,
					  unsigned int len)
{
	if (len >= 64) {
		memcpy(to, from, 64);
		memcpy(to + len - 64, from + len - 64, 64);
	} else if (len >= 32) {
		memcpy(to, from, 32);
		memcpy(to + len - 32, from + len - 32, 32);
	} else {
		memcpy(to, from, 16);
		memcpy(to + len - 16, from + len - 16, 16);
	}
}

/**
 * carve_tx_put_small() - describe a small packet by a copy of it
 * @ring: the ring
 * @skb: freed when it is sent; NULL for a frame whose memory goes at once
 * @data: the packet
 * @len: its length, CARVE_TX_MIN_FRAME to CARVE_TX_SMALL
 * @i: descriptor
 * @cmd: first word, without length and EOP
 * @status: second word
 * @flags: CARVE_TX_*
 */
static __always_inline void
carve_tx_put_small(struct carve_ring *ring, struct sk_buff *skb,
		   const void *data, unsigned int len, u16 i, u32 cmd,
		   u32 status, u8 flags)
{
	struct carve_tx_buf *buf = &ring->tx_buf[i];
	unsigned int offset = i * CARVE_TX_SMALL;

	carve_tx_copy(ring->small + offset, data, len);
	buf->skb = skb;
	buf->type = CARVE_TX_EMPTY;
	buf->flags = flags;
	carve_tx_put_desc(ring, i, ring->small_dma + offset,
			  cmd | CARVE_TXD_EOP | len, status);
}

/**
 * carve_tx_has_room() - is there room for any packet
 * @ring: the ring
 *
 * Under the lock of the stack's queue. The producer keeps a count that is never
 * too high, and looks where the consumer is only when it says no.
 *
 * Return: true when there is.
 */
static inline bool carve_tx_has_room(struct carve_ring *ring)
{
	if (likely(ring->room >= CARVE_TX_STOP_THRESH))
		return true;
	ring->room = carve_ring_unused(ring);
	return ring->room >= CARVE_TX_STOP_THRESH;
}

/**
 * carve_tx_map() - map memory and describe it as one packet
 * @ring: the ring
 * @data: first piece
 * @len: its length
 * @shinfo: the other pieces are its fragments; may be NULL
 * @i: descriptor to begin with
 * @plan: how to send it
 *
 * Return: the packet's last descriptor, or -ENOMEM with nothing mapped.
 */
int carve_tx_map(struct carve_ring *ring, void *data, unsigned int len,
		 const struct skb_shared_info *shinfo, u16 i,
		 const struct carve_tx_plan *plan);

/**
 * carve_tx_doorbell() - tell the chip of all that is queued
 * @ring: the ring
 *
 * Under the lock of the stack's queue. The chip will report the last descriptor.
 * Nothing to tell is fine: the packet that was to ring for earlier ones may have
 * been dropped, and they must not wait for another.
 */
void carve_tx_doorbell(struct carve_ring *ring);

#endif /* _CARVE_CORE_TX_DESC_H */
