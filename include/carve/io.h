/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Register access: the one seam between the drivers and the chip.
 *
 * Copyright (C) 2026 Carve developers
 */
#ifndef _CARVE_IO_H
#define _CARVE_IO_H

#include <linux/types.h>

struct carve_nic;

/**
 * carve_rd32() - read a register
 * @nic: the function
 * @reg: offset in BAR0, bytes
 *
 * An all-ones value is confirmed against STATUS; when that reads all ones too
 * the device has left the bus, nic->regs becomes NULL and further accesses do
 * nothing.
 *
 * Return: the value, or ~0 when the device is gone.
 */
u32 carve_rd32(struct carve_nic *nic, u32 reg);

/**
 * carve_wr32() - write a register
 * @nic: the function
 * @reg: offset in BAR0, bytes
 * @val: value; dropped when the device is gone
 */
void carve_wr32(struct carve_nic *nic, u32 reg, u32 val);

/**
 * carve_rmw32() - replace some bits of a register
 * @nic: the function
 * @reg: offset in BAR0, bytes
 * @mask: bits to replace
 * @val: their new values, in place
 *
 * Not atomic: the caller owns the register.
 */
void carve_rmw32(struct carve_nic *nic, u32 reg, u32 mask, u32 val);

/**
 * carve_flush() - push posted writes to the chip
 * @nic: the function
 */
void carve_flush(struct carve_nic *nic);

/**
 * carve_poll32() - wait for bits of a register
 * @nic: the function
 * @reg: offset in BAR0, bytes
 * @mask: bits to look at
 * @val: the value they shall have
 * @sleep_us: pause between two reads, microseconds; sleeps
 * @timeout_us: longest wait, microseconds
 *
 * Return: 0, -ETIMEDOUT, or -ENODEV when the device is gone.
 */
int carve_poll32(struct carve_nic *nic, u32 reg, u32 mask, u32 val,
		 unsigned long sleep_us, u64 timeout_us);

/**
 * carve_nic_is_gone() - has the device left the bus
 * @nic: the function
 *
 * Return: true after an access found nobody there.
 */
bool carve_nic_is_gone(const struct carve_nic *nic);

#endif /* _CARVE_IO_H */
