/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A VF's life as the PF sees it: one state machine a VF.
 *
 * Copyright (C) 2026 Carve developers
 */
#ifndef _CARVE_PF_CONTROL_H
#define _CARVE_PF_CONTROL_H

#include <linux/types.h>
#include <linux/workqueue.h>

#include <carve/mbx.h>

#include "monitor.h"

struct carve_pf;

/* Drawn in control.c. */
enum carve_pf_vf_state {
	CARVE_PF_VF_CLOSED,	/* the VF does not exist */
	CARVE_PF_VF_RESETTING,	/* sanitised, waits for RESET */
	CARVE_PF_VF_READY,	/* its driver did RESET, the pool is open */
	CARVE_PF_VF_PAUSED,	/* the PF is resetting the port */
	CARVE_PF_VF_QUARANTINED, /* cut off, until somebody lets it out */
	CARVE_PF_VF_NUM_STATES,
};

/**
 * struct carve_pf_vf_control - a VF's place in the state machine
 * @state: now
 * @generation: counts tenants: one more at every reset
 * @stuck: a queue did not stop at the last reset, so it stays closed
 * @cause: why it is quarantined; CARVE_PF_OFFENCE_NONE: the administrator set
 *	it inactive
 * @since: when it was, seconds since 1970
 * @release_at: jiffies at which it is let out, unless it is inactive
 * @times: how often it was quarantined for an offence
 * @had_master: its bus mastering is to be switched on when it is let out: at
 *	once, or when the port is back. A reset through PCI puts back what it
 *	found before
 *
 * carve_pf.lock. What follows @stuck is about QUARANTINED.
 */
struct carve_pf_vf_control {
	enum carve_pf_vf_state state;
	u32 generation;
	bool stuck;
	enum carve_pf_offence cause;
	time64_t since;
	unsigned long release_at;
	u32 times;
	bool had_master;
};

/* How long an offender stays out, unless the operator says otherwise. */
#define CARVE_PF_QUARANTINE_S		60
#define CARVE_PF_QUARANTINE_MAX_S	86400

/**
 * struct carve_pf_control - what all state machines share
 * @paused: the port is being reset; VFs created now start in PAUSED
 * @quarantine_s: how long an offender stays out, seconds; 0: until somebody
 *	lets it out
 * @release: lets out those whose time is over
 * @trouble_changed: a VF was cut off or let out, or has a queue that does not
 *	stop; called with carve_pf.lock held; may be NULL
 *
 * carve_pf.lock.
 */
struct carve_pf_control {
	bool paused;
	u32 quarantine_s;
	struct delayed_work release;
	void (*trouble_changed)(struct carve_pf *pf, unsigned int vf);
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
 * stays. Under rtnl, which keeps resets of the port out. Takes carve_pf.lock.
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

/**
 * carve_pf_control_set_active() - keep a VF out, or let it in
 * @pf: the port
 * @vf: VF
 * @active: false is declared state: it holds until true is set, also for a VF
 *	destroyed and created again. True also lets out a VF that was
 *	quarantined for an offence
 *
 * Takes carve_pf.lock.
 *
 * Return: 0, -EINVAL for a VF that doesn't exist, -ETIMEDOUT when a queue does
 * not stop: the VF stays quarantined.
 */
int carve_pf_control_set_active(struct carve_pf *pf, unsigned int vf,
				bool active);

/**
 * carve_pf_control_reset_vf() - make a VF start over
 * @pf: the port
 * @vf: VF
 *
 * A tenant boundary, after which the VF's driver is told. One that is
 * quarantined for an offence is let out; one that is inactive stays so. Takes
 * carve_pf.lock.
 *
 * Return: 0, -EINVAL for a VF that doesn't exist, -EPERM for one that is
 * inactive, -ETIMEDOUT when a queue does not stop.
 */
int carve_pf_control_reset_vf(struct carve_pf *pf, unsigned int vf);

/**
 * carve_pf_control_stopped() - the chip stopped a VF's queue
 * @pf: the port
 * @vf: VF
 * @cause: the chip's word for it, for the log
 *
 * The queue stays so until it is set up anew: the VF has to start over. Not
 * through VTCTRL.RST, which would take the VF's mailbox interrupt with it.
 * Takes carve_pf.lock.
 */
void carve_pf_control_stopped(struct carve_pf *pf, unsigned int vf, u32 cause);

/**
 * carve_pf_control_spoofed() - the chip dropped frames of a VF
 * @pf: the port
 * @vf: VF
 *
 * Takes carve_pf.lock.
 */
void carve_pf_control_spoofed(struct carve_pf *pf, unsigned int vf);

/**
 * carve_pf_control_set_quarantine_time() - how long offenders stay out
 * @pf: the port
 * @seconds: 0: until somebody lets them out
 *
 * Also for those who are out now, counted anew. Takes carve_pf.lock.
 */
void carve_pf_control_set_quarantine_time(struct carve_pf *pf, u32 seconds);

/**
 * carve_pf_control_state_name() - a state's name for users
 * @state: the state
 *
 * Return: the name.
 */
const char *carve_pf_control_state_name(enum carve_pf_vf_state state);

#endif /* _CARVE_PF_CONTROL_H */
