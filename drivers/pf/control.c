// SPDX-License-Identifier: GPL-2.0
/*
 * A VF's life. Owns struct carve_pf_vf_control and struct carve_pf_control;
 * carve_pf.lock. Called by the mailbox worker through the operations at the
 * end, by sriov.c, by the reset of the port, and by provision.c when the
 * administrator changed something. Touches no register.
 *
 * Copyright (C) 2026 Carve developers
 */
#include <linux/jiffies.h>
#include <linux/minmax.h>
#include <linux/pci.h>
#include <linux/timekeeping.h>

#include "control.h"
#include "pf.h"
#include "sriov.h"
#include "trace.h"

/**
 * DOC: Life of a VF
 *
 * ::
 *
 *             create                        RESET
 *   CLOSED ------------> RESETTING -----------------------> READY
 *     ^                  ^ |   ^ ^                          | | |
 *     |         VF reset | |   | |        VF reset          | | | RESET
 *     |                  +-+   | +--------------------------+ | | (again)
 *     |                        |                              | +--> READY
 *     |              port back |                              |
 *     |                        |    port reset                |
 *     |    destroy         PAUSED <---------------------------+
 *     +--------------- (from all)   (also from RESETTING)
 *
 *   READY, RESETTING, PAUSED --cage--> QUARANTINED --release--> RESETTING
 *
 * Into RESETTING and READY leads a tenant boundary: the pool is closed, the
 * VF's queues are stopped and every address removed from them, filters and
 * modes that the owner asked for are dropped, what was agreed with its driver
 * is forgotten. What the administrator declared stays. Only READY has an open
 * pool. A queue that can't be stopped keeps the VF in RESETTING.
 *
 * In QUARANTINED a reset of the VF only removes what its queues point to:
 * waiting for them is what an offender would have us do. The boundary is
 * crossed on the way out.
 *
 * A VF is caged when it committed an offence (monitor.c) or the administrator
 * set it inactive. Its pool is closed, its mailbox muted and its bus mastering
 * off; it can switch that on again, but not get anything in or out. Nothing
 * the VF itself does lets it out, not even a reset: a guest can reset its VF
 * whenever it likes. The administrator releases it, and time does if it was
 * for an offence. Resets of the port pass it by.
 *
 * "VF reset" is VFLRE: FLR of the VF, its CTRL.RST, or SR-IOV being enabled or
 * disabled. RESET is the mailbox message.
 */
enum pf_event {
	PF_EV_CREATE,
	PF_EV_DESTROY,
	PF_EV_VF_RESET,
	PF_EV_RESET_MSG,
	PF_EV_PORT_RESET,
	PF_EV_PORT_BACK,
	PF_EV_CAGE,
	PF_EV_RELEASE,
	PF_NUM_EVENTS,
};

/* An event that has no meaning in a state leaves it. */
static const u8 pf_next[CARVE_PF_VF_NUM_STATES][PF_NUM_EVENTS] = {
	[CARVE_PF_VF_CLOSED] = {
		[PF_EV_CREATE]		= CARVE_PF_VF_RESETTING,
		[PF_EV_DESTROY]		= CARVE_PF_VF_CLOSED,
		[PF_EV_VF_RESET]	= CARVE_PF_VF_CLOSED,
		[PF_EV_RESET_MSG]	= CARVE_PF_VF_CLOSED,
		[PF_EV_PORT_RESET]	= CARVE_PF_VF_CLOSED,
		[PF_EV_PORT_BACK]	= CARVE_PF_VF_CLOSED,
		[PF_EV_CAGE]		= CARVE_PF_VF_CLOSED,
		[PF_EV_RELEASE]		= CARVE_PF_VF_CLOSED,
	},
	[CARVE_PF_VF_RESETTING] = {
		[PF_EV_CREATE]		= CARVE_PF_VF_RESETTING,
		[PF_EV_DESTROY]		= CARVE_PF_VF_CLOSED,
		[PF_EV_VF_RESET]	= CARVE_PF_VF_RESETTING,
		[PF_EV_RESET_MSG]	= CARVE_PF_VF_READY,
		[PF_EV_PORT_RESET]	= CARVE_PF_VF_PAUSED,
		[PF_EV_PORT_BACK]	= CARVE_PF_VF_RESETTING,
		[PF_EV_CAGE]		= CARVE_PF_VF_QUARANTINED,
		[PF_EV_RELEASE]		= CARVE_PF_VF_RESETTING,
	},
	[CARVE_PF_VF_READY] = {
		[PF_EV_CREATE]		= CARVE_PF_VF_READY,
		[PF_EV_DESTROY]		= CARVE_PF_VF_CLOSED,
		[PF_EV_VF_RESET]	= CARVE_PF_VF_RESETTING,
		[PF_EV_RESET_MSG]	= CARVE_PF_VF_READY,
		[PF_EV_PORT_RESET]	= CARVE_PF_VF_PAUSED,
		[PF_EV_PORT_BACK]	= CARVE_PF_VF_READY,
		[PF_EV_CAGE]		= CARVE_PF_VF_QUARANTINED,
		[PF_EV_RELEASE]		= CARVE_PF_VF_READY,
	},
	[CARVE_PF_VF_PAUSED] = {
		[PF_EV_CREATE]		= CARVE_PF_VF_PAUSED,
		[PF_EV_DESTROY]		= CARVE_PF_VF_CLOSED,
		[PF_EV_VF_RESET]	= CARVE_PF_VF_PAUSED,
		[PF_EV_RESET_MSG]	= CARVE_PF_VF_PAUSED,
		[PF_EV_PORT_RESET]	= CARVE_PF_VF_PAUSED,
		[PF_EV_PORT_BACK]	= CARVE_PF_VF_RESETTING,
		[PF_EV_CAGE]		= CARVE_PF_VF_QUARANTINED,
		[PF_EV_RELEASE]		= CARVE_PF_VF_PAUSED,
	},
	[CARVE_PF_VF_QUARANTINED] = {
		[PF_EV_CREATE]		= CARVE_PF_VF_QUARANTINED,
		[PF_EV_DESTROY]		= CARVE_PF_VF_CLOSED,
		[PF_EV_VF_RESET]	= CARVE_PF_VF_QUARANTINED,
		[PF_EV_RESET_MSG]	= CARVE_PF_VF_QUARANTINED,
		[PF_EV_PORT_RESET]	= CARVE_PF_VF_QUARANTINED,
		[PF_EV_PORT_BACK]	= CARVE_PF_VF_QUARANTINED,
		[PF_EV_CAGE]		= CARVE_PF_VF_QUARANTINED,
		[PF_EV_RELEASE]		= CARVE_PF_VF_RESETTING,
	},
};

/*
 * After a reply to RESET nothing is said for this long: the driver has more to
 * ask, and each answer tells it that the PF is alive.
 */
#define PF_ALIVE_DELAY_MS		500

static enum carve_pf_vf_state pf_state(struct carve_pf *pf, unsigned int vf)
{
	lockdep_assert_held(&pf->lock);

	return pf->vf[vf].control.state;
}

/* The only writer of a VF's state. */
static void pf_enter_state(struct carve_pf *pf, unsigned int vf,
			   enum pf_event event)
{
	struct carve_pf_vf_control *control = &pf->vf[vf].control;
	enum carve_pf_vf_state old = control->state;

	lockdep_assert_held(&pf->lock);

	control->state = pf_next[old][event];
	trace_carve_pf_vf_state(pf, vf, old);
}

static void pf_control_tell_trouble(struct carve_pf *pf, unsigned int vf)
{
	if (pf->control.trouble_changed)
		pf->control.trouble_changed(pf, vf);
}

/* Return: 0, or why the VF has to stay closed. */
static int pf_control_stop_queues(struct carve_pf *pf, unsigned int vf)
{
	int ret = carve_pf_pool_sanitise(pf, vf);

	if (ret < 0)
		carve_pf_monitor_note(pf, vf, CARVE_PF_MON_QUEUE_STUCK, -ret);
	else if (ret)
		carve_pf_monitor_note(pf, vf, CARVE_PF_MON_QUEUE_SLOW, 0);

	return min(ret, 0);
}

/* Nothing of the old owner is left afterwards. Return: as of the queues. */
static int pf_cross_tenant_boundary(struct carve_pf *pf, unsigned int vf)
{
	int err;

	pf->vf[vf].control.generation++;
	carve_pf_service_forget(pf, vf);
	carve_pf_provision_close(pf, vf);
	err = pf_control_stop_queues(pf, vf);
	if (err || pf->vf[vf].control.stuck) {
		pf->vf[vf].control.stuck = err;
		pf_control_tell_trouble(pf, vf);
	}

	return err;
}

/*
 * The cage may be handed on with its guest. Filters, modes and mail are gone
 * since the VF was cut off; of what it can still write, nothing is left.
 */
static void pf_control_caged_reset(struct carve_pf *pf, unsigned int vf)
{
	pf->vf[vf].control.generation++;
	carve_pf_pool_scrub(pf, vf);
}

static void pf_control_vf_reset(struct carve_pf *pf, unsigned int vf)
{
	if (pf_state(pf, vf) == CARVE_PF_VF_CLOSED ||
	    pf_state(pf, vf) == CARVE_PF_VF_PAUSED)
		return;

	carve_pf_monitor_note(pf, vf, CARVE_PF_MON_RESETS, 0);
	if (pf_state(pf, vf) == CARVE_PF_VF_QUARANTINED)
		pf_control_caged_reset(pf, vf);
	else
		pf_cross_tenant_boundary(pf, vf);
	carve_pf_vf_stats_rebase(pf, vf);
	pf_enter_state(pf, vf, PF_EV_VF_RESET);
}

static bool pf_control_reset_msg(struct carve_pf *pf, unsigned int vf,
				 struct carve_msg *reply)
{
	int err;

	carve_pf_monitor_note(pf, vf, CARVE_PF_MON_RESETS, 0);
	err = pf_cross_tenant_boundary(pf, vf);
	if (err) {
		pf_enter_state(pf, vf, PF_EV_VF_RESET);
	} else {
		carve_pf_provision_open(pf, vf);
		pf_enter_state(pf, vf, PF_EV_RESET_MSG);
		carve_pf_mbx_post(pf, vf, CARVE_PF_NOTICE_ALIVE,
				  PF_ALIVE_DELAY_MS);
	}
	carve_pf_service_admit(pf, vf, !err, reply);

	return true;
}

static bool pf_control_request(struct carve_pf *pf, unsigned int vf,
			       const struct carve_msg *req,
			       struct carve_msg *reply)
{
	if (carve_pf_service_is_reset(req))
		return pf_control_reset_msg(pf, vf, reply);

	return carve_pf_service_handle(pf, vf, req, reply);
}

/* The link came, went or changed its speed. */
static void pf_control_new_link(struct carve_pf *pf)
{
	unsigned int vf;

	for (vf = 0; vf < pf->num_vfs; vf++) {
		if (pf_state(pf, vf) == CARVE_PF_VF_PAUSED)
			continue;
		carve_pf_provision_apply_rate(pf, vf);
		carve_pf_mbx_post(pf, vf, CARVE_PF_NOTICE_LINK, 0);
	}
}

/* The driver has to ask for all it wants again. */
static void pf_control_start_over(struct carve_pf *pf, unsigned int vf)
{
	carve_pf_service_revoke(pf, vf, CARVE_MBX_REASON_CONFIG);
	carve_pf_mbx_post(pf, vf, CARVE_PF_NOTICE_RESET, 0);
}

/*
 * A legacy VF learns of a new address only by starting over. One whose driver
 * isn't there gets it when it comes.
 */
static void pf_control_new_mac(struct carve_pf *pf, unsigned int vf)
{
	if (carve_pf_service_takes_config(pf, vf)) {
		carve_pf_mbx_post(pf, vf, CARVE_PF_NOTICE_CONFIG, 0);
		return;
	}

	pf_control_start_over(pf, vf);
}

static void pf_control_changed(struct carve_pf *pf, unsigned int vf,
			       enum carve_pf_provision_news news)
{
	if (pf_state(pf, vf) != CARVE_PF_VF_READY)
		return;

	switch (news) {
	case CARVE_PF_PROVISION_MAC:
		pf_control_new_mac(pf, vf);
		break;
	case CARVE_PF_PROVISION_POLICY:
		carve_pf_mbx_post(pf, vf, CARVE_PF_NOTICE_CONFIG, 0);
		break;
	case CARVE_PF_PROVISION_LINK:
		carve_pf_mbx_post(pf, vf, CARVE_PF_NOTICE_LINK, 0);
		break;
	case CARVE_PF_PROVISION_TAKEN:
		pf_control_start_over(pf, vf);
		break;
	}
}

/* One message at most, and only when the buffer is free at this moment. */
static void pf_control_tell_reset(struct carve_pf *pf, unsigned int vf,
				  enum carve_mbx_reset_reason reason)
{
	struct carve_msg msg;

	carve_pf_service_revoke(pf, vf, reason);
	if (carve_pf_service_notice(pf, vf, CARVE_PF_NOTICE_RESET, &msg))
		carve_pf_mbx_send_now(pf, vf, &msg);
}

static bool pf_control_has_vf(struct carve_pf *pf, unsigned int vf)
{
	lockdep_assert_held(&pf->lock);

	return vf < pf->num_vfs;
}

/* When has the work to look again; MAX_JIFFY_OFFSET: it need not. */
static unsigned long pf_control_next_release(struct carve_pf *pf)
{
	const struct carve_pf_vf_control *control;
	unsigned long next = MAX_JIFFY_OFFSET;
	unsigned int vf;

	if (!pf->control.quarantine_s)
		return next;

	for (vf = 0; vf < pf->num_vfs; vf++) {
		control = &pf->vf[vf].control;
		if (control->state != CARVE_PF_VF_QUARANTINED ||
		    !control->cause)
			continue;
		if (!time_before(jiffies, control->release_at))
			return 0;
		next = min(next, control->release_at - jiffies);
	}

	return next;
}

static void pf_control_schedule_release(struct carve_pf *pf)
{
	unsigned long next = pf_control_next_release(pf);

	/* Not while the VF is suspended: who resumes it puts its state back. */
	if (next < MAX_JIFFY_OFFSET)
		mod_delayed_work(system_freezable_wq, &pf->control.release,
				 next);
}

static void pf_control_set_release_time(struct carve_pf *pf, unsigned int vf)
{
	pf->vf[vf].control.release_at =
		jiffies + msecs_to_jiffies(pf->control.quarantine_s *
					   MSEC_PER_SEC);
}

/* Last words, then silence. Of a port being reset no register is touched. */
static void pf_control_cut_off(struct carve_pf *pf, unsigned int vf)
{
	if (pf_state(pf, vf) == CARVE_PF_VF_READY)
		pf_control_tell_reset(pf, vf, CARVE_MBX_REASON_QUARANTINE);
	carve_pf_mbx_set_open(pf, vf, false);
	pf->vf[vf].control.had_master = carve_pf_sriov_clear_master(pf, vf);
	if (!pf->control.paused)
		pf_cross_tenant_boundary(pf, vf);
}

static void pf_control_cage(struct carve_pf *pf, unsigned int vf,
			    enum carve_pf_offence cause)
{
	struct carve_pf_vf_control *control = &pf->vf[vf].control;

	if (control->state != CARVE_PF_VF_QUARANTINED) {
		pf_control_cut_off(pf, vf);
		pf_enter_state(pf, vf, PF_EV_CAGE);
	}
	control->cause = cause;
	control->since = ktime_get_real_seconds();
	if (cause) {
		control->times++;
		pf_control_set_release_time(pf, vf);
		pf_control_schedule_release(pf);
		pci_warn(pf->nic.pdev,
			 "VF%u: quarantined (%s); 'devlink health' says more, and releases it\n",
			 vf, carve_pf_monitor_offence_name(cause));
	}
	trace_carve_pf_vf_quarantine(pf, vf, cause ?
				     carve_pf_monitor_offence_name(cause) :
				     "inactive");
	pf_control_tell_trouble(pf, vf);
}

/* The driver has to start over, and must be told to. */
static void pf_control_invite(struct carve_pf *pf, unsigned int vf)
{
	carve_pf_service_revoke(pf, vf, CARVE_MBX_REASON_ADMIN);
	carve_pf_mbx_post(pf, vf, CARVE_PF_NOTICE_RESET, 0);
}

static void pf_control_restore_master(struct carve_pf *pf, unsigned int vf)
{
	struct carve_pf_vf_control *control = &pf->vf[vf].control;

	if (control->had_master)
		carve_pf_sriov_restore_master(pf, vf);
	control->had_master = false;
}

static int pf_control_release(struct carve_pf *pf, unsigned int vf)
{
	int err;

	if (!pf->control.paused) {
		err = pf_cross_tenant_boundary(pf, vf);
		if (err)
			return err;
	}

	carve_pf_monitor_pardon(pf, vf);
	carve_pf_mbx_set_open(pf, vf, true);
	pf_enter_state(pf, vf, PF_EV_RELEASE);
	if (pf->control.paused) {
		pf_enter_state(pf, vf, PF_EV_PORT_RESET);
	} else {
		pf_control_restore_master(pf, vf);
		pf_control_invite(pf, vf);
	}
	pci_info(pf->nic.pdev, "VF%u: released from quarantine\n", vf);
	pf_control_tell_trouble(pf, vf);

	return 0;
}

static bool pf_control_may_leave(struct carve_pf *pf, unsigned int vf)
{
	const struct carve_pf_vf_control *control = &pf->vf[vf].control;

	return control->state == CARVE_PF_VF_QUARANTINED && control->cause &&
	       pf->control.quarantine_s &&
	       !time_before(jiffies, control->release_at);
}

static void pf_control_release_work(struct work_struct *work)
{
	struct carve_pf *pf = container_of(to_delayed_work(work),
					   struct carve_pf, control.release);
	unsigned int vf;

	mutex_lock(&pf->lock);
	for (vf = 0; vf < pf->num_vfs; vf++)
		if (pf_control_may_leave(pf, vf) && pf_control_release(pf, vf))
			pf_control_set_release_time(pf, vf);
	pf_control_schedule_release(pf);
	mutex_unlock(&pf->lock);
}

/* Not where the offence is noted: that is in the middle of something. */
static void pf_control_served(struct carve_pf *pf, unsigned int vf)
{
	enum carve_pf_offence offence = carve_pf_monitor_verdict(pf, vf);

	if (offence && pf_control_has_vf(pf, vf) &&
	    pf_state(pf, vf) != CARVE_PF_VF_QUARANTINED)
		pf_control_cage(pf, vf, offence);
}

int carve_pf_control_set_active(struct carve_pf *pf, unsigned int vf,
				bool active)
{
	int err = 0;

	mutex_lock(&pf->lock);
	if (!pf_control_has_vf(pf, vf)) {
		err = -EINVAL;
	} else if (!active) {
		pf->vf[vf].config.inactive = true;
		pf_control_cage(pf, vf, CARVE_PF_OFFENCE_NONE);
	} else {
		pf->vf[vf].config.inactive = false;
		if (pf_state(pf, vf) == CARVE_PF_VF_QUARANTINED)
			err = pf_control_release(pf, vf);
	}
	mutex_unlock(&pf->lock);

	return err;
}

static int pf_control_restart(struct carve_pf *pf, unsigned int vf)
{
	int err;

	/* A reset is on its way. */
	if (pf_state(pf, vf) == CARVE_PF_VF_PAUSED)
		return 0;

	err = pf_cross_tenant_boundary(pf, vf);
	pf_enter_state(pf, vf, PF_EV_VF_RESET);
	pf_control_invite(pf, vf);

	return err;
}

static int pf_control_recover(struct carve_pf *pf, unsigned int vf)
{
	if (pf->vf[vf].config.inactive)
		return -EPERM;
	if (pf_state(pf, vf) == CARVE_PF_VF_QUARANTINED)
		return pf_control_release(pf, vf);

	carve_pf_monitor_pardon(pf, vf);
	return pf_control_restart(pf, vf);
}

int carve_pf_control_reset_vf(struct carve_pf *pf, unsigned int vf)
{
	int err;

	mutex_lock(&pf->lock);
	err = pf_control_has_vf(pf, vf) ? pf_control_recover(pf, vf) : -EINVAL;
	mutex_unlock(&pf->lock);

	return err;
}

void carve_pf_control_stopped(struct carve_pf *pf, unsigned int vf, u32 cause)
{
	mutex_lock(&pf->lock);
	if (pf_control_has_vf(pf, vf)) {
		carve_pf_monitor_note(pf, vf, CARVE_PF_MON_MALICIOUS, cause);
		if (pf_state(pf, vf) != CARVE_PF_VF_QUARANTINED)
			pf_control_restart(pf, vf);
		pf_control_served(pf, vf);
	}
	mutex_unlock(&pf->lock);
}

void carve_pf_control_spoofed(struct carve_pf *pf, unsigned int vf)
{
	mutex_lock(&pf->lock);
	if (pf_control_has_vf(pf, vf)) {
		carve_pf_monitor_note(pf, vf, CARVE_PF_MON_SPOOF, 0);
		pf_control_served(pf, vf);
	}
	mutex_unlock(&pf->lock);
}

void carve_pf_control_set_quarantine_time(struct carve_pf *pf, u32 seconds)
{
	unsigned int vf;

	mutex_lock(&pf->lock);
	WRITE_ONCE(pf->control.quarantine_s, seconds);
	for (vf = 0; vf < pf->num_vfs; vf++)
		pf_control_set_release_time(pf, vf);
	pf_control_schedule_release(pf);
	mutex_unlock(&pf->lock);
}

const char *carve_pf_control_state_name(enum carve_pf_vf_state state)
{
	static const char * const names[CARVE_PF_VF_NUM_STATES] = {
		[CARVE_PF_VF_CLOSED]		= "closed",
		[CARVE_PF_VF_RESETTING]		= "resetting",
		[CARVE_PF_VF_READY]		= "ready",
		[CARVE_PF_VF_PAUSED]		= "paused",
		[CARVE_PF_VF_QUARANTINED]	= "quarantined",
	};

	return names[state];
}

void carve_pf_control_prepare_reset(struct carve_pf *pf,
				    enum carve_mbx_reset_reason reason)
{
	unsigned int vf;

	mutex_lock(&pf->lock);
	pf->control.paused = true;
	carve_pf_mbx_pause(pf);
	for (vf = 0; vf < pf->num_vfs; vf++) {
		if (pf_state(pf, vf) == CARVE_PF_VF_PAUSED)
			continue;
		carve_pf_vf_stats_update(pf, vf);
		if (pf_state(pf, vf) == CARVE_PF_VF_READY)
			pf_control_tell_reset(pf, vf, reason);
		pf->vf[vf].control.generation++;
		carve_pf_service_forget(pf, vf);
		carve_pf_provision_close(pf, vf);
		pf_enter_state(pf, vf, PF_EV_PORT_RESET);
	}
	mutex_unlock(&pf->lock);
}

/* VFs whose mailbox is read. */
static u8 pf_vf_mask(struct carve_pf *pf, u8 num_vfs)
{
	u8 mask = BIT(num_vfs) - 1;
	unsigned int vf;

	for (vf = 0; vf < num_vfs; vf++)
		if (pf_state(pf, vf) == CARVE_PF_VF_QUARANTINED)
			mask &= ~BIT(vf);

	return mask;
}

void carve_pf_control_finish_reset(struct carve_pf *pf)
{
	unsigned int vf;

	mutex_lock(&pf->lock);
	pf->control.paused = false;
	carve_pf_mbx_enable(pf, pf_vf_mask(pf, pf->num_vfs));
	for (vf = 0; vf < pf->num_vfs; vf++) {
		pf_enter_state(pf, vf, PF_EV_PORT_BACK);
		carve_pf_vf_stats_rebase(pf, vf);
		carve_pf_provision_apply_rate(pf, vf);
		if (pf_state(pf, vf) == CARVE_PF_VF_QUARANTINED) {
			carve_pf_sriov_clear_master(pf, vf);
			continue;
		}
		pf_control_restore_master(pf, vf);
		carve_pf_service_revoke(pf, vf, CARVE_MBX_REASON_PF_RESET);
		carve_pf_mbx_post(pf, vf, CARVE_PF_NOTICE_RESET, 0);
	}
	mutex_unlock(&pf->lock);
}

void carve_pf_control_link_changed(struct carve_pf *pf)
{
	carve_pf_mbx_link_changed(pf);
}

static void pf_control_create_vf(struct carve_pf *pf, unsigned int vf)
{
	struct carve_pf_vf_control *control = &pf->vf[vf].control;

	control->cause = CARVE_PF_OFFENCE_NONE;
	control->had_master = pf->vf[vf].config.inactive;
	control->since = ktime_get_real_seconds();
	carve_pf_monitor_pardon(pf, vf);
	pf_enter_state(pf, vf, PF_EV_CREATE);
	if (pf->vf[vf].config.inactive)
		pf_enter_state(pf, vf, PF_EV_CAGE);
	if (pf->control.paused) {
		carve_pf_service_forget(pf, vf);
		carve_pf_provision_close(pf, vf);
		pf_enter_state(pf, vf, PF_EV_PORT_RESET);
		return;
	}

	/* The PF's own rings may have been in the VF's queues until now. */
	pf_cross_tenant_boundary(pf, vf);
	carve_pf_provision_apply_rate(pf, vf);
}

void carve_pf_control_create(struct carve_pf *pf, u8 num_vfs)
{
	unsigned int vf;

	mutex_lock(&pf->lock);
	carve_pf_pools_set_loopback(pf, true);
	for (vf = 0; vf < num_vfs; vf++)
		pf_control_create_vf(pf, vf);
	pf->num_vfs = num_vfs;
	if (!pf->control.paused)
		carve_pf_mbx_enable(pf, pf_vf_mask(pf, num_vfs));
	mutex_unlock(&pf->lock);

	carve_pf_vf_stats_start(pf);
}

static void pf_control_destroy_vf(struct carve_pf *pf, unsigned int vf)
{
	pf_enter_state(pf, vf, PF_EV_DESTROY);
	pf_cross_tenant_boundary(pf, vf);
	carve_pf_provision_lend(pf, vf);
}

void carve_pf_control_destroy(struct carve_pf *pf)
{
	unsigned int vf;

	carve_pf_vf_stats_stop(pf);

	mutex_lock(&pf->lock);
	for (vf = 0; vf < pf->num_vfs; vf++) {
		carve_pf_vf_stats_update(pf, vf);
		pf_control_destroy_vf(pf, vf);
	}
	pf->num_vfs = 0;
	if (!pf->control.paused)
		carve_pf_mbx_enable(pf, 0);
	carve_pf_pools_set_loopback(pf, false);
	mutex_unlock(&pf->lock);

	/* Without VFs nobody schedules it again. */
	cancel_delayed_work_sync(&pf->control.release);
}

static const struct carve_pf_mbx_ops pf_control_mbx_ops = {
	.reset = pf_control_vf_reset,
	.length = carve_pf_service_length,
	.request = pf_control_request,
	.acked = carve_pf_service_acked,
	.notice = carve_pf_service_notice,
	.served = pf_control_served,
	.link_changed = pf_control_new_link,
};

void carve_pf_control_init(struct carve_pf *pf)
{
	unsigned int vf;

	for (vf = 0; vf < CARVE_PF_MAX_VFS; vf++)
		pf->vf[vf].control.state = CARVE_PF_VF_CLOSED;
	pf->control.quarantine_s = CARVE_PF_QUARANTINE_S;
	INIT_DELAYED_WORK(&pf->control.release, pf_control_release_work);
	pf->mbx.ops = &pf_control_mbx_ops;
	pf->provision.changed = pf_control_changed;
}

#if IS_ENABLED(CONFIG_CARVE_KUNIT_TEST)
#include "tests/control_kunit.c"
#endif
