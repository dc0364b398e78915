// SPDX-License-Identifier: GPL-2.0
/*
 * Register access. Owns nic->regs: the pointer is cleared here, once, when the
 * device is found to have left the bus. No lock; called from any context but
 * where a function says that it sleeps. Doorbells and interrupt arming go
 * around it, through pointers the rings and vectors keep.
 *
 * Copyright (C) 2026 Carve developers
 */
#include <linux/export.h>
#include <linux/io.h>
#include <linux/iopoll.h>
#include <linux/pci.h>
#include <kunit/static_stub.h>

#include <carve/compat.h>
#include <carve/io.h>
#include <carve/nic.h>
#include <carve/regs.h>

/* No register that is read as a whole has all bits set. */
#define IO_NOBODY			U32_MAX

static void io_device_lost(struct carve_nic *nic)
{
	if (xchg((__force void **)&nic->regs, NULL))
		pci_err(nic->pdev, "device has left the bus\n");
}

bool carve_nic_is_gone(const struct carve_nic *nic)
{
	return !READ_ONCE(nic->regs);
}
EXPORT_SYMBOL_NS_GPL(carve_nic_is_gone, CARVE_NS);

u32 carve_rd32(struct carve_nic *nic, u32 reg)
{
	u8 __iomem *regs;
	u32 val;

	KUNIT_STATIC_STUB_REDIRECT(carve_rd32, nic, reg);

	regs = READ_ONCE(nic->regs);
	if (unlikely(!regs))
		return IO_NOBODY;

	val = readl(regs + reg);
	if (unlikely(val == IO_NOBODY) &&
	    readl(regs + CARVE_STATUS) == IO_NOBODY)
		io_device_lost(nic);
	return val;
}
EXPORT_SYMBOL_NS_GPL(carve_rd32, CARVE_NS);

void carve_wr32(struct carve_nic *nic, u32 reg, u32 val)
{
	u8 __iomem *regs;

	KUNIT_STATIC_STUB_REDIRECT(carve_wr32, nic, reg, val);

	regs = READ_ONCE(nic->regs);
	if (likely(regs))
		writel(val, regs + reg);
}
EXPORT_SYMBOL_NS_GPL(carve_wr32, CARVE_NS);

void carve_rmw32(struct carve_nic *nic, u32 reg, u32 mask, u32 val)
{
	u32 old = carve_rd32(nic, reg);

	carve_wr32(nic, reg, (old & ~mask) | (val & mask));
}
EXPORT_SYMBOL_NS_GPL(carve_rmw32, CARVE_NS);

void carve_flush(struct carve_nic *nic)
{
	carve_rd32(nic, CARVE_STATUS);
}
EXPORT_SYMBOL_NS_GPL(carve_flush, CARVE_NS);

int carve_poll32(struct carve_nic *nic, u32 reg, u32 mask, u32 val,
		 unsigned long sleep_us, u64 timeout_us)
{
	u32 now;
	int err;

	err = read_poll_timeout(carve_rd32, now,
				(now & mask) == val || carve_nic_is_gone(nic),
				sleep_us, timeout_us, false, nic, reg);
	return carve_nic_is_gone(nic) ? -ENODEV : err;
}
EXPORT_SYMBOL_NS_GPL(carve_poll32, CARVE_NS);

#if IS_ENABLED(CONFIG_CARVE_KUNIT_TEST)
#include "tests/io_kunit.c"
#endif
