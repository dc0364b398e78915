/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Malicious driver detection: what the chip says of queues it has blocked.
 *
 * Copyright (C) 2026 Carve developers
 */
#ifndef _CARVE_PF_MDD_H
#define _CARVE_PF_MDD_H

#include <linux/spinlock.h>
#include <linux/types.h>
#include <linux/workqueue.h>

struct carve_pf;

/**
 * struct carve_pf_mdd - what was read and not yet dealt with
 * @lock: IRQ-safe; @wvbr and @lvmmc
 * @wvbr: bits read from WVBR
 * @lvmmc: the last value of LVMMC that named a cause
 * @work: deals with it, on the queue of the mailbox worker
 */
struct carve_pf_mdd {
	spinlock_t lock; /* see above */
	u32 wvbr;
	u32 lvmmc;
	struct delayed_work work;
};

/**
 * carve_pf_mdd_init() - nothing was reported
 * @pf: the port
 */
void carve_pf_mdd_init(struct carve_pf *pf);

/**
 * carve_pf_mdd_fini() - the reverse of carve_pf_mdd_init()
 * @pf: the port, interrupts disarmed
 */
void carve_pf_mdd_fini(struct carve_pf *pf);

/**
 * carve_pf_mdd_drain() - forget what the chip reported so far
 * @pf: the port, just reset, the cause masked
 */
void carve_pf_mdd_drain(struct carve_pf *pf);

/**
 * carve_pf_mdd_irq() - the chip has blocked something
 * @pf: the port
 *
 * Hard IRQ. Reads the registers, which reading clears, and masks the cause
 * until the work has looked.
 */
void carve_pf_mdd_irq(struct carve_pf *pf);

#endif /* _CARVE_PF_MDD_H */
