// SPDX-License-Identifier: GPL-2.0
/*
 * Transmit rate limiters. Owns RTTDQSEL, RTTBCNRM and RTTBCNRC; carve_pf.lock,
 * since RTTDQSEL selects what the others mean. Called by provision.c.
 *
 * Copyright (C) 2026 Carve developers
 */
#include <linux/bitfield.h>
#include <linux/bitops.h>
#include <linux/minmax.h>
#include <linux/lockdep.h>

#include <carve/io.h>

#include "pf.h"
#include "pf_regs.h"
#include "rate.h"

/* Fraction bits of the factor. */
#define PF_RATE_FRACTION		14

/*
 * A limiter belongs to a queue, a limit to a VF, and a VF may start its second
 * queue on its own account. It is given one queue pair, so all but the lowest
 * rate goes to that one: otherwise the second queue would double the limit.
 */
#define PF_RATE_SECOND_QUEUE		1	/* Mb/s */

u32 carve_pf_rate_factor(u32 link_speed, u32 rate)
{
	u32 frac;
	u32 val;

	if (!rate || rate >= link_speed)
		return 0;

	val = link_speed / rate;
	frac = ((link_speed % rate) << PF_RATE_FRACTION) / rate;

	return CARVE_RTTBCNRC_RS_ENA |
	       FIELD_PREP(CARVE_RTTBCNRC_RF_INT, val) |
	       FIELD_PREP(CARVE_RTTBCNRC_RF_DEC, frac);
}

static void pf_rate_write_queue(struct carve_pf *pf, unsigned int queue,
				u32 factor)
{
	carve_wr32(&pf->nic, CARVE_RTTDQSEL, queue);
	carve_wr32(&pf->nic, CARVE_RTTBCNRM, CARVE_RTTBCNRM_MMW);
	carve_wr32(&pf->nic, CARVE_RTTBCNRC, factor);
}

void carve_pf_rate_write(struct carve_pf *pf, unsigned int pool,
			 u32 link_speed, u32 rate)
{
	unsigned long queues = carve_pf_queues_of_pool(pool);
	unsigned int queue;

	lockdep_assert_held(&pf->lock);

	for_each_set_bit(queue, &queues, 2 * CARVE_NUM_POOLS) {
		pf_rate_write_queue(pf, queue,
				    carve_pf_rate_factor(link_speed, rate));
		rate = min_t(u32, rate, PF_RATE_SECOND_QUEUE);
	}
}

#if IS_ENABLED(CONFIG_CARVE_KUNIT_TEST)
#include "tests/rate_kunit.c"
#endif
