/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Life of a channel, for channels.c and ethtool.c.
 *
 * Copyright (C) 2026 Carve developers
 */
#ifndef _CARVE_CORE_VECTOR_H
#define _CARVE_CORE_VECTOR_H

#include <linux/types.h>

struct carve_config;
struct carve_itr;
struct carve_nic;
struct carve_vector;

/* What the interval field of EITR can hold, microseconds. */
#define CARVE_ITR_MAX_USECS		8191

/**
 * carve_eitr() - register value of an interrupt interval
 * @usecs: microseconds, at most CARVE_ITR_MAX_USECS; 0 for none
 *
 * Return: value of EITR.
 */
u32 carve_eitr(u16 usecs);

/**
 * carve_vector_alloc() - allocate a channel's rings
 * @v: zeroed
 * @nic: the function
 * @config: sizes
 * @index: number of the channel
 *
 * rtnl, sleeps.
 *
 * Return: 0 or -ERRNO; then, too, carve_vector_free_rings() is to be called, and
 * the NAPI is to be deleted if it has a device.
 */
int carve_vector_alloc(struct carve_vector *v, struct carve_nic *nic,
		       const struct carve_config *config, u8 index);

/**
 * carve_vector_free_rings() - release a channel's memory
 * @v: the channel, stopped; one never allocated is left alone
 */
void carve_vector_free_rings(struct carve_vector *v);

/**
 * carve_vector_start() - request the interrupt, enable queues and NAPI
 * @v: the channel, stopped
 *
 * rtnl, sleeps. The stack's transmit queue is not touched.
 *
 * Return: 0 or -ERRNO with the channel still stopped.
 */
int carve_vector_start(struct carve_vector *v);

/**
 * carve_vector_disarm() - no more interrupts and no more NAPI
 * @v: the channel, running
 *
 * rtnl, sleeps. Queues still run: carve_vector_stop() must follow, with the
 * stack's transmit queue stopped in between, which nobody wakes any more.
 */
void carve_vector_disarm(struct carve_vector *v);

/**
 * carve_vector_stop() - disable the queues, drop what they hold
 * @v: the channel, disarmed
 *
 * rtnl, sleeps. A queue that does not stop costs the function its bus mastering,
 * see struct carve_layout: what it held can be freed in any case.
 */
void carve_vector_stop(struct carve_vector *v);

/**
 * carve_vector_set_itr() - take over new moderation settings
 * @v: the channel
 * @itr: the settings
 *
 * The chip is told at the end of the channel's next poll.
 */
void carve_vector_set_itr(struct carve_vector *v, const struct carve_itr *itr);

#endif /* _CARVE_CORE_VECTOR_H */
