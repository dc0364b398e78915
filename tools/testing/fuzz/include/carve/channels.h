/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the mailbox side uses of the data path: two functions.
 *
 * Copyright (C) 2026 Carve developers
 */
#ifndef _CARVE_CHANNELS_H
#define _CARVE_CHANNELS_H

#include <carve/nic.h>
#include <carve/regs.h>

int carve_hw_queues_quiesce(struct carve_nic *nic, unsigned long hwqs);
void carve_hw_queue_scrub(struct carve_nic *nic, unsigned int hwq);

#endif /* _CARVE_CHANNELS_H */
