/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Transmit rate limiters of the chip, one a queue.
 *
 * Copyright (C) 2026 Carve developers
 */
#ifndef _CARVE_PF_RATE_H
#define _CARVE_PF_RATE_H

#include <linux/types.h>

struct carve_pf;

/**
 * carve_pf_rate_factor() - RTTBCNRC for a rate
 * @link_speed: Mb/s; 0: no link
 * @rate: Mb/s; 0: no limit
 *
 * Return: register value, 0: limiter off.
 */
u32 carve_pf_rate_factor(u32 link_speed, u32 rate);

/**
 * carve_pf_rate_write() - program both queues of a pool
 * @pf: the port
 * @pool: the pool
 * @link_speed: Mb/s; 0: no link
 * @rate: Mb/s; 0: no limit
 *
 * The pool's first queue gets the rate, its second the lowest there is: both
 * together don't exceed the limit by more than that. Caller holds
 * carve_pf.lock: RTTDQSEL selects, so two callers would mix.
 */
void carve_pf_rate_write(struct carve_pf *pf, unsigned int pool,
			 u32 link_speed, u32 rate);

#endif /* _CARVE_PF_RATE_H */
