/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A channel: MSI-X vector, NAPI, and the queue pair they serve.
 *
 * Copyright (C) 2026 Carve developers
 */
#ifndef _CARVE_VECTOR_H
#define _CARVE_VECTOR_H

#include <linux/netdevice.h>
#include <linux/types.h>

#include <carve/ring.h>

struct carve_nic;

/**
 * struct carve_vector - one channel
 * @napi: polls both rings
 * @nic: the function
 * @arm: register that unmasks the vector
 * @bit: this vector in EIMS, EIMC, EIAC, EIAM
 * @events: interrupts served, for net_dim
 * @usecs: interval the chip was told. Written by NAPI while the vector runs
 * @index: number of the channel
 * @hwq: hardware queue
 * @vector: MSI-X entry
 * @running: started. rtnl
 * @irq: Linux's number of it, while it runs
 * @name: of the interrupt
 * @tx: transmit ring
 * @rx: receive ring
 */
struct carve_vector {
	struct napi_struct napi;
	struct carve_nic *nic;
	u8 __iomem *arm;
	u32 bit;
	u16 events;
	u16 usecs;
	u8 index;
	u8 hwq;
	u8 vector;
	bool running;
	int irq;
	char name[IFNAMSIZ + 8];
	struct carve_ring tx;
	struct carve_ring rx;
};

#endif /* _CARVE_VECTOR_H */
