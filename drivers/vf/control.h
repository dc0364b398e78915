/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The life of a VF: contact with the PF, its loss, recovery.
 *
 * Copyright (C) 2026 Carve developers
 */
#ifndef _CARVE_VF_CONTROL_H
#define _CARVE_VF_CONTROL_H

#include <linux/completion.h>
#include <linux/types.h>
#include <linux/workqueue.h>

struct carve_vf;

/**
 * enum carve_vf_state - where a VF is in its life, see control.c
 * @CARVE_VF_DETACHED: no register is touched: not probed yet, suspended, in a
 *	function level reset, shut down
 * @CARVE_VF_RESETTING: resetting itself and looking whether the PF is up
 * @CARVE_VF_HANDSHAKE: the PF is up; being let in, asking for its settings
 * @CARVE_VF_READY: let in, channels running when the netdev is up
 * @CARVE_VF_RECOVERING: contact lost or not made; waiting to try again
 * @CARVE_VF_NUM_STATES: number of states
 */
enum carve_vf_state {
	CARVE_VF_DETACHED,
	CARVE_VF_RESETTING,
	CARVE_VF_HANDSHAKE,
	CARVE_VF_READY,
	CARVE_VF_RECOVERING,
	CARVE_VF_NUM_STATES,
};

/**
 * enum carve_vf_loss - why a VF has to start over
 * @CARVE_VF_LOSS_NONE: it has not
 * @CARVE_VF_LOSS_PF_RESET: the PF was reset, or has forgotten the VF
 * @CARVE_VF_LOSS_PF_SILENT: the PF does not answer
 * @CARVE_VF_LOSS_PF_ASKED: the PF asked for it
 * @CARVE_VF_LOSS_TX_HANG: transmission stands still
 * @CARVE_VF_LOSS_QUEUE: the queues could not be started or stopped
 * @CARVE_VF_LOSS_GONE: the device has left the bus
 * @CARVE_VF_NUM_LOSSES: number of reasons
 */
enum carve_vf_loss {
	CARVE_VF_LOSS_NONE,
	CARVE_VF_LOSS_PF_RESET,
	CARVE_VF_LOSS_PF_SILENT,
	CARVE_VF_LOSS_PF_ASKED,
	CARVE_VF_LOSS_TX_HANG,
	CARVE_VF_LOSS_QUEUE,
	CARVE_VF_LOSS_GONE,
	CARVE_VF_NUM_LOSSES,
};

/**
 * struct carve_vf_control - state machine of a VF
 * @state: see there. carve_vf.lock
 * @wq: runs @work, one step after the other
 * @work: makes the steps and polls
 * @settled: the first attempt to reach the PF has ended, either way
 * @news: bits of what is to be looked at, set without a lock
 * @loss: enum carve_vf_loss that the work has not dealt with. No lock
 * @notice: reason in the PF's last RESET_NOTICE. No lock
 * @backoff_ms: pause before the next attempt. @work only
 * @next_try: when that is, jiffies. @work only
 * @last_try: when the last attempt began, jiffies. @work only
 * @lost_at: when contact was lost, jiffies. @work only
 * @ready_at: when the VF got ready, jiffies. @work only
 * @next_poll: when to look for what no interrupt told, jiffies. @work only
 * @polls: polls since the VF got ready. @work only
 * @told: the operator knows that the VF waits for its PF. @work only
 * @met: the PF has been reached before. @work only
 */
struct carve_vf_control {
	enum carve_vf_state state;
	struct workqueue_struct *wq;
	struct delayed_work work;
	struct completion settled;
	unsigned long news;
	unsigned int loss;
	u32 notice;
	unsigned int backoff_ms;
	unsigned long next_try;
	unsigned long last_try;
	unsigned long lost_at;
	unsigned long ready_at;
	unsigned long next_poll;
	unsigned int polls;
	bool told;
	bool met;
};

/**
 * carve_vf_control_init() - prepare the state machine, detached
 * @vf: the VF
 *
 * Return: 0 or -ENOMEM.
 */
int carve_vf_control_init(struct carve_vf *vf);

/**
 * carve_vf_control_fini() - the reverse of carve_vf_control_init()
 * @vf: the VF, detached
 */
void carve_vf_control_fini(struct carve_vf *vf);

/**
 * carve_vf_control_attach() - start looking for the PF
 * @vf: the VF; may be attached already
 *
 * Callers of this and of carve_vf_control_detach() hold the device lock, as
 * all PCI callbacks do.
 */
void carve_vf_control_attach(struct carve_vf *vf);

/**
 * carve_vf_control_detach() - stop traffic and leave the registers alone
 * @vf: the VF; may be detached already
 *
 * Takes rtnl, so call it without. No register is touched afterwards until
 * carve_vf_control_attach().
 */
void carve_vf_control_detach(struct carve_vf *vf);

/**
 * carve_vf_control_wait() - wait until the first attempt has ended
 * @vf: the VF, just attached
 *
 * Bounded: a PF that is not there must not hold up the probe.
 */
void carve_vf_control_wait(struct carve_vf *vf);

/**
 * carve_vf_control_kick() - have the control work look around
 * @vf: the VF
 *
 * Any context.
 */
void carve_vf_control_kick(struct carve_vf *vf);

/**
 * carve_vf_control_mail() - the mailbox interrupt fired
 * @vf: the VF
 *
 * Hard interrupt context.
 */
void carve_vf_control_mail(struct carve_vf *vf);

/**
 * carve_vf_control_lose() - have the VF start over
 * @vf: the VF
 * @loss: why
 *
 * Any context.
 */
void carve_vf_control_lose(struct carve_vf *vf, enum carve_vf_loss loss);

/**
 * carve_vf_control_check_channels() - after a failed change of the channels
 * @vf: the VF, locked, under rtnl
 *
 * When neither the new nor the old ones run, have the VF start over.
 */
void carve_vf_control_check_channels(struct carve_vf *vf);

/**
 * carve_vf_control_forget() - the PF has let the VF in afresh
 * @vf: the VF, locked
 *
 * Losses and news noted so far were about the life before.
 */
void carve_vf_control_forget(struct carve_vf *vf);

/**
 * carve_vf_control_unheard() - a request got no answer: start over
 * @vf: the VF
 * @err: what the request returned
 */
void carve_vf_control_unheard(struct carve_vf *vf, int err);

#endif /* _CARVE_VF_CONTROL_H */
