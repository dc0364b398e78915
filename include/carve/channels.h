/* SPDX-License-Identifier: GPL-2.0 */
/*
 * All channels (queue pairs with their vector and NAPI) of a function: their
 * life as one. Everything here runs under rtnl and may sleep.
 *
 * Copyright (C) 2026 Carve developers
 */
#ifndef _CARVE_CHANNELS_H
#define _CARVE_CHANNELS_H

#include <carve/nic.h>
#include <carve/vector.h>

/**
 * struct carve_channels - the channels of a function
 * @num: entries of @vec
 * @suspended: memory is there, nothing runs
 * @vec: the channels
 *
 * Written under rtnl.
 */
struct carve_channels {
	u16 num;
	bool suspended;
	struct carve_vector vec[] __counted_by(num);
};

/**
 * carve_channels_open() - allocate and start what nic->config asks for
 * @nic: the function, its channels down
 * @num_active: channels to start, at most nic->config.num_channels
 *
 * Allocates memory, requests the queue vectors' interrupts, programs and
 * enables the queues, enables NAPI and interrupts, sets the netdev's real
 * number of queues. Does not touch the netdev's carrier; the stack's queues
 * are started. Call from ndo_open.
 *
 * Return: 0 or -ERRNO with nothing left behind.
 */
int carve_channels_open(struct carve_nic *nic, u16 num_active);

/**
 * carve_channels_close() - the reverse of carve_channels_open()
 * @nic: the function
 *
 * Queues are disabled in the chip and waited for before memory is freed.
 * Counters are kept in nic->totals. Does nothing when already closed.
 */
void carve_channels_close(struct carve_nic *nic);

/**
 * carve_channels_swap() - move to another configuration
 * @nic: the function, channels up or down
 * @config: the new configuration, becomes nic->config on success
 * @num_active: channels to run afterwards
 *
 * The new channels are allocated first. If that fails, the old ones go on as
 * if nothing had happened. A change of max_frame alone keeps rings that can
 * take the new size.
 *
 * Return: 0 or -ERRNO with the old configuration still in force.
 */
int carve_channels_swap(struct carve_nic *nic,
			const struct carve_config *config, u16 num_active);

/**
 * carve_channels_set_active() - use only the first channels, or more again
 * @nic: the function
 * @num_active: channels to use, 1 to nic->config.num_channels
 *
 * Channels below the smaller of the old and new number are not touched:
 * their traffic goes on. A channel that is left is drained first (bounded),
 * its queues disabled and waited for. Down: only noted for the next open.
 *
 * Return: 0, or -ERRNO from starting a channel, with the old number in use.
 */
int carve_channels_set_active(struct carve_nic *nic, u16 num_active);

/**
 * carve_channels_set_xsk() - have a queue use sockets' buffers, or pages again
 * @nic: the function, channels up or down
 * @queue: one of nic->config.num_channels
 * @pool: the buffers, mapped for the chip; NULL for pages
 *
 * A queue that runs is stopped and waited for, emptied and started again; the
 * others are not touched. Becomes nic->xsk[queue].pool on success.
 *
 * Return: 0; -ERRNO with pages in use. Then carve_channels.suspended says
 * whether the channels had to be stopped.
 */
int carve_channels_set_xsk(struct carve_nic *nic, u16 queue,
			   struct xsk_buff_pool *pool);

/**
 * carve_channels_suspend() - stop all channels, keep their memory
 * @nic: the function
 *
 * Before a reset of the function: the stack's queues stopped, interrupts
 * off, NAPI disabled, the queues disabled and waited for (not when the device
 * is gone), pending packets dropped. Does nothing while closed.
 */
void carve_channels_suspend(struct carve_nic *nic);

/**
 * carve_channels_resume() - program and start suspended channels again
 * @nic: the function
 *
 * Return: 0 or -ERRNO; after an error the channels are still suspended.
 */
int carve_channels_resume(struct carve_nic *nic);

/**
 * carve_channels_nudge() - have the chip look at all it has to send
 * @nic: the function
 *
 * For a function that may send again after it was kept from it. The chip goes
 * on by itself; the QEMU model looks at a ring only when its tail is written,
 * and a full ring or BQL lets nobody write it. What AF_XDP sockets have waiting
 * is sent if there is a carrier. Does nothing while closed or suspended.
 */
void carve_channels_nudge(struct carve_nic *nic);

/**
 * carve_hw_queues_quiesce() - disable hardware queue pairs
 * @nic: the function
 * @hwqs: bit mask of hardware queues
 *
 * Clears the enable bits and waits, 11 ms in all, until both directions of
 * each have stopped. For queues that carve_channels_* does not drive, such as
 * those of a VF: whose owner can set the bits again at any time.
 *
 * Return: 0, 1 when that took longer than a millisecond, -ETIMEDOUT or -ENODEV.
 */
int carve_hw_queues_quiesce(struct carve_nic *nic, unsigned long hwqs);

/**
 * carve_hw_queue_scrub() - remove every address from a disabled queue pair
 * @nic: the function
 * @hwq: hardware queue
 *
 * Bases, lengths, SRRCTL, RXCTL, TXCTL, head and tail, head write-back: a VF
 * reset leaves them, so the next owner would inherit a DMA address.
 */
void carve_hw_queue_scrub(struct carve_nic *nic, unsigned int hwq);

#endif /* _CARVE_CHANNELS_H */
