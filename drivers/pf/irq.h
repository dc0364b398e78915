/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The PF's MSI-X vectors; vector 0 has every cause that is not a queue's.
 *
 * Copyright (C) 2026 Carve developers
 */
#ifndef _CARVE_PF_IRQ_H
#define _CARVE_PF_IRQ_H

#include <linux/types.h>

struct carve_pf;

/* Vectors 0 to 3 never belong to a VF; 1 + i is channel i's. */
#define CARVE_PF_VECTOR_OTHER		0
#define CARVE_PF_VECTOR_QUEUE0		1

/**
 * struct carve_pf_irq - vectors of the port
 * @num_vectors: allocated, vector 0 included
 * @name: of vector 0
 */
struct carve_pf_irq {
	int num_vectors;
	char name[32];
};

/**
 * carve_pf_irq_init() - allocate the vectors and request vector 0
 * @pf: the port
 *
 * Return: 0 or -ERRNO.
 */
int carve_pf_irq_init(struct carve_pf *pf);
void carve_pf_irq_fini(struct carve_pf *pf);

/* Unmask and mask vector 0's causes in the chip; also used around a reset. */
void carve_pf_irq_arm(struct carve_pf *pf);
void carve_pf_irq_disarm(struct carve_pf *pf);

#endif /* _CARVE_PF_IRQ_H */
