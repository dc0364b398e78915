/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Reset and bring-up of the chip, in its one right order.
 *
 * Copyright (C) 2026 Carve developers
 */
#ifndef _CARVE_PF_RESET_H
#define _CARVE_PF_RESET_H

#include <linux/types.h>
#include <linux/workqueue.h>

struct carve_nic;
struct carve_pf;

/* Why the port is reset: for the log, a tracepoint and the counters. */
enum carve_pf_reset_reason {
	CARVE_PF_RESET_TX_TIMEOUT,
	CARVE_PF_RESET_USER,		/* ethtool --reset, devlink */
	CARVE_PF_RESET_PCI_ERROR,
	CARVE_PF_RESET_PCI_FUNCTION,	/* the PCI core resets the function */
	CARVE_PF_RESET_RESUME,
	CARVE_PF_RESET_HW,		/* the chip reported a fatal error, or
					 * a queue did not stop
					 */
	CARVE_PF_RESET_SELFTEST,	/* ethtool -t */
	CARVE_PF_RESET_NUM_REASONS,
};

/**
 * struct carve_pf_reset - resets asked for
 * @work: does one, on carve_pf.wq
 * @pending: reasons asked for, bit mask, atomic bit operations
 * @count: resets done by reason. rtnl, read locklessly
 */
struct carve_pf_reset {
	struct work_struct work;
	unsigned long pending;
	u32 count[CARVE_PF_RESET_NUM_REASONS];
};

/**
 * carve_pf_reset_reason_name() - a reason's name for users
 * @reason: the reason
 *
 * Return: the name.
 */
const char *carve_pf_reset_reason_name(enum carve_pf_reset_reason reason);

/**
 * carve_pf_reset_init() - prepare the reset work
 * @pf: the port
 */
void carve_pf_reset_init(struct carve_pf *pf);

/**
 * carve_pf_reset_fini() - no reset from now on
 * @pf: the port
 *
 * Waits for one that runs. Not under rtnl.
 */
void carve_pf_reset_fini(struct carve_pf *pf);

/**
 * carve_pf_hw_reset() - reset the chip and leave it quiet
 * @pf: the port
 *
 * Sleeps. No interrupt, no queue and no pool is enabled afterwards.
 *
 * Return: 0 or -ENODEV.
 */
int carve_pf_hw_reset(struct carve_pf *pf);

/**
 * carve_pf_hw_setup() - bring up the chip from the soft state
 * @pf: the port
 *
 * After carve_pf_hw_reset(): everything but the queues, which
 * carve_channels_* programs, and the interrupts, which carve_pf_irq_arm()
 * opens. VFs are told that the PF is there (PFRSTD) by
 * carve_pf_control_finish_reset(). rtnl, or before the netdev is registered.
 */
void carve_pf_hw_setup(struct carve_pf *pf);

/**
 * carve_pf_hw_release() - leave the chip quiet and to the firmware
 * @pf: the port
 */
void carve_pf_hw_release(struct carve_pf *pf);

/**
 * carve_pf_reset_schedule() - ask for a reset
 * @pf: the port
 * @reason: why
 *
 * Any context.
 */
void carve_pf_reset_schedule(struct carve_pf *pf,
			     enum carve_pf_reset_reason reason);

/**
 * carve_pf_queue_stuck() - cut the PF off from memory, and reset it soon
 * @nic: the port
 *
 * For a queue of the PF that was disabled and goes on. VFs send and receive
 * under identities of their own and go on; the PF's interrupts, and with them
 * VFs' mail and news of the link, wait for the reset.
 */
void carve_pf_queue_stuck(struct carve_nic *nic);

/**
 * carve_pf_reset_around() - the same with something in the middle
 * @pf: the port
 * @reason: why
 * @between: called while the chip is reset and quiet, VFs are told so and the
 *	interrupts are disarmed; what it writes to the chip is lost; may be
 *	NULL
 * @arg: for it
 *
 * Caller holds rtnl.
 *
 * Return: 0 or -ERRNO; after an error the netdev is detached.
 */
int carve_pf_reset_around(struct carve_pf *pf,
			  enum carve_pf_reset_reason reason,
			  void (*between)(struct carve_pf *pf, void *arg),
			  void *arg);

/**
 * carve_pf_reset_locked() - reset with all settings kept; sleeps
 * @pf: the port
 * @reason: why
 *
 * Caller holds rtnl.
 *
 * Return: 0 or -ERRNO; after an error the netdev is detached.
 */
int carve_pf_reset_locked(struct carve_pf *pf,
			  enum carve_pf_reset_reason reason);

/**
 * carve_pf_reset_now() - the same; takes rtnl
 * @pf: the port
 * @reason: why
 *
 * Return: 0 or -ERRNO; after an error the netdev is detached.
 */
int carve_pf_reset_now(struct carve_pf *pf, enum carve_pf_reset_reason reason);

/**
 * carve_pf_reset_prepare() - the first half of a reset that others do
 * @pf: the port
 *
 * For suspend, PCI errors and resets by the PCI core: the netdev is detached,
 * VFs are told, nothing touches the chip on its own until
 * carve_pf_reset_finish(). Takes rtnl.
 */
void carve_pf_reset_prepare(struct carve_pf *pf);

/**
 * carve_pf_reset_finish() - the second half
 * @pf: the port
 * @reason: why
 *
 * Takes rtnl.
 *
 * Return: 0 or -ERRNO with the netdev still detached.
 */
int carve_pf_reset_finish(struct carve_pf *pf,
			  enum carve_pf_reset_reason reason);

#endif /* _CARVE_PF_RESET_H */
