// SPDX-License-Identifier: GPL-2.0
/*
 * Opens a function that is bound to vfio-pci, through the group interface: the
 * one that every kernel has.
 *
 * Copyright (C) 2026 Carve developers
 */
#include <err.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/pci_regs.h>
#include <linux/vfio.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "vfio.h"

static int vfio_open_group(const char *bdf)
{
	char target[PATH_MAX] = "";
	char path[PATH_MAX];
	int fd;

	snprintf(path, sizeof(path), "/sys/bus/pci/devices/%s/iommu_group",
		 bdf);
	if (readlink(path, target, sizeof(target) - 1) < 0)
		err(1, "%s has no IOMMU group", bdf);

	snprintf(path, sizeof(path), "/dev/vfio%s", strrchr(target, '/'));
	fd = open(path, O_RDWR);
	if (fd < 0)
		err(1, "%s", path);

	return fd;
}

static void vfio_join(struct vfio_dev *dev)
{
	struct vfio_group_status status = { .argsz = sizeof(status) };

	if (ioctl(dev->group, VFIO_GROUP_GET_STATUS, &status))
		err(1, "VFIO_GROUP_GET_STATUS");
	if (!(status.flags & VFIO_GROUP_FLAGS_VIABLE))
		errx(1, "other functions of the group are in use");
	if (ioctl(dev->group, VFIO_GROUP_SET_CONTAINER, &dev->container))
		err(1, "VFIO_GROUP_SET_CONTAINER");
	if (ioctl(dev->container, VFIO_SET_IOMMU, VFIO_TYPE1v2_IOMMU))
		err(1, "VFIO_SET_IOMMU");
}

static void vfio_map_memory(struct vfio_dev *dev)
{
	struct vfio_iommu_type1_dma_map map = {
		.argsz = sizeof(map),
		.flags = VFIO_DMA_MAP_FLAG_READ | VFIO_DMA_MAP_FLAG_WRITE,
		.iova = VFIO_IOVA,
		.size = VFIO_MEM_SIZE,
	};

	dev->mem = mmap(NULL, VFIO_MEM_SIZE, PROT_READ | PROT_WRITE,
			MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
	if (dev->mem == MAP_FAILED)
		err(1, "memory");

	map.vaddr = (uintptr_t)dev->mem;
	if (ioctl(dev->container, VFIO_IOMMU_MAP_DMA, &map))
		err(1, "VFIO_IOMMU_MAP_DMA");
}

static void vfio_map_regs(struct vfio_dev *dev)
{
	struct vfio_region_info region = {
		.argsz = sizeof(region),
		.index = VFIO_PCI_BAR0_REGION_INDEX,
	};

	if (ioctl(dev->fd, VFIO_DEVICE_GET_REGION_INFO, &region))
		err(1, "VFIO_DEVICE_GET_REGION_INFO");
	dev->regs_size = region.size;
	dev->regs = mmap(NULL, region.size, PROT_READ | PROT_WRITE, MAP_SHARED,
			 dev->fd, region.offset);
	if (dev->regs == MAP_FAILED)
		err(1, "BAR0");
}

void vfio_set_master(struct vfio_dev *dev, int on)
{
	uint16_t cmd = PCI_COMMAND_MEMORY | (on ? PCI_COMMAND_MASTER : 0);
	struct vfio_region_info region = {
		.argsz = sizeof(region),
		.index = VFIO_PCI_CONFIG_REGION_INDEX,
	};

	if (ioctl(dev->fd, VFIO_DEVICE_GET_REGION_INFO, &region))
		err(1, "VFIO_DEVICE_GET_REGION_INFO");
	if (pwrite(dev->fd, &cmd, sizeof(cmd), region.offset + PCI_COMMAND) !=
	    sizeof(cmd))
		err(1, "PCI_COMMAND");
}

void vfio_flr(struct vfio_dev *dev)
{
	if (ioctl(dev->fd, VFIO_DEVICE_RESET))
		err(1, "VFIO_DEVICE_RESET");
}

void vfio_open(struct vfio_dev *dev, const char *bdf)
{
	dev->container = open("/dev/vfio/vfio", O_RDWR);
	if (dev->container < 0)
		err(1, "/dev/vfio/vfio");
	dev->group = vfio_open_group(bdf);
	vfio_join(dev);

	dev->fd = ioctl(dev->group, VFIO_GROUP_GET_DEVICE_FD, bdf);
	if (dev->fd < 0)
		err(1, "VFIO_GROUP_GET_DEVICE_FD");
	vfio_map_memory(dev);
	vfio_map_regs(dev);
	vfio_set_master(dev, 1);
}
