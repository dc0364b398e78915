/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A PCI function in the hands of user space.
 *
 * Copyright (C) 2026 Carve developers
 */
#ifndef _HOSTILE_VFIO_H
#define _HOSTILE_VFIO_H

#include <stddef.h>
#include <stdint.h>

/* Where the function sees the memory it may use. */
#define VFIO_IOVA		0x10000000UL
#define VFIO_MEM_SIZE		(1UL << 21)

/**
 * struct vfio_dev - an open function
 * @container: file descriptor of the IOMMU domain
 * @group: file descriptor of the IOMMU group
 * @fd: file descriptor of the device
 * @regs: BAR0
 * @regs_size: its bytes
 * @mem: VFIO_MEM_SIZE bytes, at VFIO_IOVA for the function
 */
struct vfio_dev {
	int container;
	int group;
	int fd;
	volatile uint32_t *regs;
	size_t regs_size;
	uint8_t *mem;
};

/* Exits with a message when something is missing. */
void vfio_open(struct vfio_dev *dev, const char *bdf);

/* Function level reset. */
void vfio_flr(struct vfio_dev *dev);

/* Let the function reach memory, or not. */
void vfio_set_master(struct vfio_dev *dev, int on);

#endif /* _HOSTILE_VFIO_H */
