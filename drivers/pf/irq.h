/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The PF's MSI-X vectors; vector 0 has every cause that is not a queue's.
 *
 * Copyright (C) 2026 Carve developers
 */
#ifndef _CARVE_PF_IRQ_H
#define _CARVE_PF_IRQ_H

#include <linux/types.h>

struct carve_nic;
struct carve_pf;

/* Vectors 0 to 3 never belong to a VF; 1 + i is channel i's. */
#define CARVE_PF_VECTOR_OTHER		0
#define CARVE_PF_VECTOR_QUEUE0		1

/**
 * struct carve_pf_irq - vectors of the port
 * @num_vectors: allocated, vector 0 included
 * @name: of vector 0
 * @count: times vector 0 came, for the self test; written by its handler
 */
struct carve_pf_irq {
	int num_vectors;
	char name[32];
	u32 count;
};

/**
 * carve_pf_irq_init() - allocate the vectors and request vector 0
 * @pf: the port, every cause of it masked
 *
 * Return: 0 or -ERRNO.
 */
int carve_pf_irq_init(struct carve_pf *pf);
void carve_pf_irq_fini(struct carve_pf *pf);

/**
 * carve_pf_irq_max_channels() - queue pairs that can have a vector
 * @pf: the port
 *
 * Return: 1 to CARVE_MAX_CHANNELS.
 */
u16 carve_pf_irq_max_channels(const struct carve_pf *pf);

/**
 * carve_pf_irq_write_all() - MSI-X mode and the route of vector 0's causes
 * @pf: the port
 *
 * After a reset, before any other interrupt register is written: outside
 * MSI-X mode such writes do not stick.
 */
void carve_pf_irq_write_all(struct carve_pf *pf);

/**
 * carve_pf_irq_arm() - unmask vector 0's causes in the chip
 * @pf: the port
 */
void carve_pf_irq_arm(struct carve_pf *pf);

/**
 * carve_pf_irq_disarm() - mask them and wait for a handler that runs
 * @pf: the port
 */
void carve_pf_irq_disarm(struct carve_pf *pf);

/**
 * carve_pf_write_ivar() - struct carve_layout.write_ivar of a PF
 * @nic: the port
 * @hwq: hardware queue, 0 to 15
 * @vector: MSI-X vector for both directions; negative: none
 */
void carve_pf_write_ivar(struct carve_nic *nic, unsigned int hwq, int vector);

#endif /* _CARVE_PF_IRQ_H */
