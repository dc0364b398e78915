/* SPDX-License-Identifier: GPL-2.0 */
/*
 * XDP, for the rest of the core.
 *
 * Copyright (C) 2026 Carve developers
 */
#ifndef _CARVE_CORE_XDP_H
#define _CARVE_CORE_XDP_H

#include <linux/types.h>

struct bpf_prog;
struct carve_ring;
struct carve_rx_stats;
struct page;
struct sk_buff;
struct xdp_buff;

/**
 * struct carve_xdp_run - XDP's part of one poll of a receive ring
 * @prog: the program, NULL for none
 * @drop: frames it dropped
 * @tx: frames it sent back
 * @redirect: frames it sent elsewhere
 * @errors: frames lost otherwise
 * @num_frames: frames gathered in the ring's xdp_bulk
 */
struct carve_xdp_run {
	struct bpf_prog *prog;
	unsigned int drop;
	unsigned int tx;
	unsigned int redirect;
	unsigned int errors;
	unsigned int num_frames;
};

/**
 * carve_xdp_first_buf() - a frame for the program begins
 * @ring: receive ring
 * @va: the buffer
 * @headroom: in front of the frame
 * @len: bytes of the frame in it
 * @size: of the buffer
 */
void carve_xdp_first_buf(struct carve_ring *ring, void *va,
			 unsigned int headroom, unsigned int len,
			 unsigned int size);

/**
 * carve_xdp_next_buf() - the frame goes on
 * @ring: receive ring
 * @page: page of the buffer, given away on success
 * @offset: of the frame in @page
 * @len: bytes of the frame in it
 *
 * Return: false when the frame has too many buffers.
 */
bool carve_xdp_next_buf(struct carve_ring *ring, struct page *page,
			unsigned int offset, unsigned int len);

/**
 * carve_xdp_drop_partial() - give up the frame that has begun
 * @ring: receive ring
 */
void carve_xdp_drop_partial(struct carve_ring *ring);

/**
 * carve_xdp_flush_partial() - the same, outside of NAPI
 * @ring: receive ring, stopped
 */
void carve_xdp_flush_partial(struct carve_ring *ring);

/**
 * carve_xdp_run_prog() - do what the program says
 * @ring: receive ring
 * @xdp: the frame
 * @run: this poll, with a program
 *
 * Return: true when the frame is for the stack; any other is dealt with.
 */
bool carve_xdp_run_prog(struct carve_ring *ring, struct xdp_buff *xdp,
			struct carve_xdp_run *run);

/**
 * carve_xdp_finish() - the frame is complete: do what the program says
 * @ring: receive ring
 * @run: this poll
 *
 * Return: the frame if it is for the stack, else NULL.
 */
struct sk_buff *carve_xdp_finish(struct carve_ring *ring,
				 struct carve_xdp_run *run);

/**
 * carve_xdp_flush() - send what the poll has gathered
 * @ring: receive ring
 * @run: this poll
 */
void carve_xdp_flush(struct carve_ring *ring, struct carve_xdp_run *run);

/**
 * carve_xdp_count() - add a poll's frames to the ring's counters
 * @stats: to add to, in an update section
 * @run: this poll
 */
void carve_xdp_count(struct carve_rx_stats *stats,
		     const struct carve_xdp_run *run);

#endif /* _CARVE_CORE_XDP_H */
