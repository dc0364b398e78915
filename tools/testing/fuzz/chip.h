/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The registers of the chip that the PF's mailbox side touches.
 *
 * Copyright (C) 2026 Carve developers
 */
#ifndef _FUZZ_CHIP_H
#define _FUZZ_CHIP_H

#include "pf.h"

/* Called when the PF hands a VF a message. */
typedef void (*chip_sent_fn)(unsigned int vf, const u32 *dw);

void chip_init(chip_sent_fn sent);
u32 chip_read(u32 reg);

/* What a VF does. */
void chip_vf_write_buffer(unsigned int vf, unsigned int dw, u32 val);
void chip_vf_write_mailbox(unsigned int vf, u32 val);
void chip_vf_reset(unsigned int vf);

/* From now on a VF changes its buffer while the PF reads it. */
void chip_vf_race(unsigned int vf, u32 val);

#endif /* _FUZZ_CHIP_H */
