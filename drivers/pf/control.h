/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A VF's life as the PF sees it: one state machine a VF.
 *
 * Copyright (C) 2026 Carve developers
 */
#ifndef _CARVE_PF_CONTROL_H
#define _CARVE_PF_CONTROL_H

#include <linux/types.h>

#include <carve/mbx.h>

struct carve_pf;

/* Drawn in control.c. */
enum carve_pf_vf_state {
	CARVE_PF_VF_CLOSED,	/* the VF does not exist */
	CARVE_PF_VF_RESETTING,	/* sanitised, waits for RESET */
	CARVE_PF_VF_READY,	/* its driver did RESET, the pool is open */
	CARVE_PF_VF_PAUSED,	/* the PF is resetting the port */
	CARVE_PF_VF_NUM_STATES,
};

/**
 * struct carve_pf_vf_control - a VF's place in the state machine
 * @state: now
 * @generation: counts tenants: one more at every reset
 *
 * carve_pf.lock.
 */
struct carve_pf_vf_control {
	enum carve_pf_vf_state state;
	u32 generation;
};

/**
 * struct carve_pf_control - what all state machines share
 * @paused: the port is being reset; VFs created now start in PAUSED.
 *	carve_pf.lock
 */
struct carve_pf_control {
	bool paused;
};

/**
 * carve_pf_control_init() - all VFs closed; listen to mailbox and provision
 * @pf: the port
 *
 * Before carve_pf_mbx_init().
 */
void carve_pf_control_init(struct carve_pf *pf);

/**
 * carve_pf_control_create() - VFs are about to exist
 * @pf: the port, in pool mode, the VFs' queues no longer used by the PF
 * @num_vfs: how many
 *
 * Sanitises their queues, closes their pools, opens their mailboxes. Takes
 * carve_pf.lock.
 */
void carve_pf_control_create(struct carve_pf *pf, u8 num_vfs);

/**
 * carve_pf_control_destroy() - the VFs are gone
 * @pf: the port, SR-IOV disabled
 *
 * The reverse of carve_pf_control_create(); what the administrator declared
 * stays. Takes carve_pf.lock.
 */
void carve_pf_control_destroy(struct carve_pf *pf);

/**
 * carve_pf_control_prepare_reset() - the port is about to be reset
 * @pf: the port
 * @reason: told to the VFs
 *
 * Tells every VF, closes every VF's pool, ignores mailboxes until
 * carve_pf_control_finish_reset(). Takes carve_pf.lock.
 */
void carve_pf_control_prepare_reset(struct carve_pf *pf,
				    enum carve_mbx_reset_reason reason);

/**
 * carve_pf_control_finish_reset() - the port is back
 * @pf: the port
 *
 * Sets PFRSTD and invites every VF to reset itself. Takes carve_pf.lock.
 */
void carve_pf_control_finish_reset(struct carve_pf *pf);

/**
 * carve_pf_control_link_changed() - the physical link went up or down
 * @pf: the port
 *
 * Rates are programmed for the new speed and VFs with policy "auto" are told.
 * Any context that may not sleep: queues work.
 */
void carve_pf_control_link_changed(struct carve_pf *pf);

#endif /* _CARVE_PF_CONTROL_H */
