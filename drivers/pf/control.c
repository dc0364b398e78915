// SPDX-License-Identifier: GPL-2.0
/*
 * A VF's life. Owns struct carve_pf_vf_control and struct carve_pf_control;
 * carve_pf.lock. Called by the mailbox worker through the operations at the
 * end, by sriov.c, by the reset of the port, and by provision.c when the
 * administrator changed something. Touches no register.
 *
 * Copyright (C) 2026 Carve developers
 */
#include <linux/pci.h>

#include "control.h"
#include "pf.h"

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
 * Into RESETTING and READY leads a tenant boundary: the pool is closed, the
 * VF's queues are stopped and every address removed from them, filters and
 * modes that the owner asked for are dropped, what was agreed with its driver
 * is forgotten. What the administrator declared stays. Only READY has an open
 * pool. A queue that can't be stopped keeps the VF in RESETTING.
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
	},
	[CARVE_PF_VF_RESETTING] = {
		[PF_EV_CREATE]		= CARVE_PF_VF_RESETTING,
		[PF_EV_DESTROY]		= CARVE_PF_VF_CLOSED,
		[PF_EV_VF_RESET]	= CARVE_PF_VF_RESETTING,
		[PF_EV_RESET_MSG]	= CARVE_PF_VF_READY,
		[PF_EV_PORT_RESET]	= CARVE_PF_VF_PAUSED,
		[PF_EV_PORT_BACK]	= CARVE_PF_VF_RESETTING,
	},
	[CARVE_PF_VF_READY] = {
		[PF_EV_CREATE]		= CARVE_PF_VF_READY,
		[PF_EV_DESTROY]		= CARVE_PF_VF_CLOSED,
		[PF_EV_VF_RESET]	= CARVE_PF_VF_RESETTING,
		[PF_EV_RESET_MSG]	= CARVE_PF_VF_READY,
		[PF_EV_PORT_RESET]	= CARVE_PF_VF_PAUSED,
		[PF_EV_PORT_BACK]	= CARVE_PF_VF_READY,
	},
	[CARVE_PF_VF_PAUSED] = {
		[PF_EV_CREATE]		= CARVE_PF_VF_PAUSED,
		[PF_EV_DESTROY]		= CARVE_PF_VF_CLOSED,
		[PF_EV_VF_RESET]	= CARVE_PF_VF_PAUSED,
		[PF_EV_RESET_MSG]	= CARVE_PF_VF_PAUSED,
		[PF_EV_PORT_RESET]	= CARVE_PF_VF_PAUSED,
		[PF_EV_PORT_BACK]	= CARVE_PF_VF_RESETTING,
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

	lockdep_assert_held(&pf->lock);

	control->state = pf_next[control->state][event];
}

/* Nothing of the old owner is left afterwards. Return: as of the queues. */
static int pf_cross_tenant_boundary(struct carve_pf *pf, unsigned int vf)
{
	int err;

	pf->vf[vf].control.generation++;
	carve_pf_service_forget(pf, vf);
	carve_pf_provision_close(pf, vf);
	err = carve_pf_pool_sanitise(pf, vf);
	if (err)
		carve_pf_monitor_note(pf, vf, CARVE_PF_MON_QUEUE_STUCK, -err);

	return err;
}

static void pf_control_vf_reset(struct carve_pf *pf, unsigned int vf)
{
	if (pf_state(pf, vf) == CARVE_PF_VF_CLOSED ||
	    pf_state(pf, vf) == CARVE_PF_VF_PAUSED)
		return;

	carve_pf_monitor_note(pf, vf, CARVE_PF_MON_RESETS, 0);
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

	carve_pf_service_revoke(pf, vf, CARVE_MBX_REASON_CONFIG);
	carve_pf_mbx_post(pf, vf, CARVE_PF_NOTICE_RESET, 0);
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

static u8 pf_vf_mask(u8 num_vfs)
{
	return BIT(num_vfs) - 1;
}

void carve_pf_control_finish_reset(struct carve_pf *pf)
{
	unsigned int vf;

	mutex_lock(&pf->lock);
	pf->control.paused = false;
	carve_pf_mbx_enable(pf, pf_vf_mask(pf->num_vfs));
	for (vf = 0; vf < pf->num_vfs; vf++) {
		pf_enter_state(pf, vf, PF_EV_PORT_BACK);
		carve_pf_vf_stats_rebase(pf, vf);
		carve_pf_provision_apply_rate(pf, vf);
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
	pf_enter_state(pf, vf, PF_EV_CREATE);
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
		carve_pf_mbx_enable(pf, pf_vf_mask(num_vfs));
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
}

static const struct carve_pf_mbx_ops pf_control_mbx_ops = {
	.reset = pf_control_vf_reset,
	.length = carve_pf_service_length,
	.request = pf_control_request,
	.acked = carve_pf_service_acked,
	.notice = carve_pf_service_notice,
	.link_changed = pf_control_new_link,
};

void carve_pf_control_init(struct carve_pf *pf)
{
	unsigned int vf;

	for (vf = 0; vf < CARVE_PF_MAX_VFS; vf++)
		pf->vf[vf].control.state = CARVE_PF_VF_CLOSED;
	pf->mbx.ops = &pf_control_mbx_ops;
	pf->provision.changed = pf_control_changed;
}

#if IS_ENABLED(CONFIG_CARVE_KUNIT_TEST)
#include "tests/control_kunit.c"
#endif
