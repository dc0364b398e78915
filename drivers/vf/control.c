// SPDX-License-Identifier: GPL-2.0
/*
 * The life of a VF. Owns carve_vf.control: the state changes under
 * carve_vf.lock, in the control work or in attach and detach, which run with
 * the work disabled. The PCI callbacks in main.c attach and detach, netdev.c
 * reports losses, mbx.c hands over what the PF sends on its own.
 *
 * Copyright (C) 2026 Carve developers
 */
#include <linux/io.h>
#include <linux/pci.h>
#include <linux/rtnetlink.h>

#include <carve/channels.h>
#include <carve/io.h>
#include <carve/mbx.h>
#include <carve/regs.h>

#include "control.h"
#include "handshake.h"
#include "link.h"
#include "vf.h"
#include "vf_regs.h"

/**
 * DOC: States of a VF
 *
 * ::
 *
 *                    ATTACH                    ALIVE
 *   +----------+   +-------->+-----------+   +------->+-----------+
 *   | DETACHED |---+         | RESETTING |---+        | HANDSHAKE |
 *   +----------+   +-------->+-----------+            +-----------+
 *        ^         |            |     ^                 |       |
 *        | DETACH  |       LOST |     | RETRY      LOST |       | GRANTED
 *   (from every    |            v     |                 |       v
 *     state)                 +-------------+<-----------+   +-------+
 *                            | RECOVERING  |<---------------| READY |
 *                            +-------------+      LOST      +-------+
 *
 * RESETTING writes CTRL.RST and waits until the mailbox shows the PF up.
 * HANDSHAKE sends RESET, HANDSHAKE and QUERY_CONFIG, asks for everything the
 * user wants, and starts the channels. READY serves the mailbox and watches the
 * link. LOST out of READY takes the carrier away and stops the channels first.
 * RECOVERING waits, longer each time, and never gives up. The netdev exists and
 * can be opened in every state: it has no carrier until READY.
 */

/* An absent PF is looked for this often; each look costs little. */
#define VF_CONTROL_BACKOFF_MIN_MS	50
#define VF_CONTROL_BACKOFF_MAX_MS	2000
/* A VF that stays ready this long deserves a quick recovery. */
#define VF_CONTROL_STABLE_MS		2000
/* Back-up for lost mailbox interrupts; also keeps counters from wrapping. */
#define VF_CONTROL_POLL_MS		2000
/*
 * Mail can be overwritten by the answer to a request before it is read. So ask
 * from time to time what it may have said.
 */
#define VF_CONTROL_POLLS_PER_QUERY	5
/* What probe may wait for the PF. */
#define VF_CONTROL_WAIT_MS		500

/* Bits of carve_vf_control.news. */
enum {
	VF_NEWS_MAIL,		/* the mailbox interrupt fired */
	VF_NEWS_CONFIG,		/* what the PF gave may have changed */
	VF_NEWS_LINK,		/* the link may have been away */
};

enum vf_control_event {
	VF_EVENT_ATTACH,	/* registers may be touched */
	VF_EVENT_DETACH,	/* they may not any more */
	VF_EVENT_ALIVE,		/* the PF is up */
	VF_EVENT_GRANTED,	/* the PF let us in and knows our wishes */
	VF_EVENT_LOST,		/* see enum carve_vf_loss */
	VF_EVENT_RETRY,		/* the pause is over */
	VF_NUM_EVENTS,
};

static const char * const vf_loss_names[CARVE_VF_NUM_LOSSES] = {
	[CARVE_VF_LOSS_NONE]		= "no reason",
	[CARVE_VF_LOSS_PF_RESET]	= "the PF was reset or is not there",
	[CARVE_VF_LOSS_PF_SILENT]	= "the PF does not answer",
	[CARVE_VF_LOSS_PF_ASKED]	= "the PF asked for it",
	[CARVE_VF_LOSS_TX_HANG]		= "transmission stands still",
	[CARVE_VF_LOSS_QUEUE]		= "a queue does not start or stop",
	[CARVE_VF_LOSS_GONE]		= "the device has left the bus",
};

static const char *vf_notice_name(u32 notice)
{
	switch (notice) {
	case CARVE_MBX_REASON_PF_RESET:
		return "the port is reset";
	case CARVE_MBX_REASON_PF_GONE:
		return "the PF driver goes away";
	case CARVE_MBX_REASON_ADMIN:
		return "the administrator wants it";
	case CARVE_MBX_REASON_QUARANTINE:
		return "the VF was put into quarantine";
	case CARVE_MBX_REASON_CONFIG:
		return "a setting needs a fresh start";
	default:
		return "the PF asked for it";
	}
}

/* What the diagram says; an event that a state has no arrow for changes none. */
static enum carve_vf_state vf_control_next(enum carve_vf_state state,
					   enum vf_control_event event)
{
	if (event == VF_EVENT_DETACH)
		return CARVE_VF_DETACHED;

	switch (state) {
	case CARVE_VF_DETACHED:
		return event == VF_EVENT_ATTACH ? CARVE_VF_RESETTING : state;
	case CARVE_VF_RESETTING:
		if (event == VF_EVENT_ALIVE)
			return CARVE_VF_HANDSHAKE;
		return event == VF_EVENT_LOST ? CARVE_VF_RECOVERING : state;
	case CARVE_VF_HANDSHAKE:
		if (event == VF_EVENT_GRANTED)
			return CARVE_VF_READY;
		return event == VF_EVENT_LOST ? CARVE_VF_RECOVERING : state;
	case CARVE_VF_READY:
		return event == VF_EVENT_LOST ? CARVE_VF_RECOVERING : state;
	case CARVE_VF_RECOVERING:
		return event == VF_EVENT_RETRY ? CARVE_VF_RESETTING : state;
	default:
		return state;
	}
}

static unsigned int vf_control_next_backoff(unsigned int backoff_ms)
{
	return min(2 * backoff_ms, (unsigned int)VF_CONTROL_BACKOFF_MAX_MS);
}

static enum carve_vf_loss vf_control_loss(int err)
{
	switch (err) {
	case 0:
		return CARVE_VF_LOSS_NONE;
	case -ENODEV:
		return CARVE_VF_LOSS_GONE;
	case -ENOTCONN:
		return CARVE_VF_LOSS_PF_RESET;
	case -EBUSY:
		return CARVE_VF_LOSS_QUEUE;
	default:
		return CARVE_VF_LOSS_PF_SILENT;
	}
}

/* The one place that changes the state. */
static void vf_control_enter(struct carve_vf *vf, enum vf_control_event event)
{
	struct carve_vf_control *control = &vf->control;

	lockdep_assert_held(&vf->lock);

	WRITE_ONCE(control->state, vf_control_next(control->state, event));
}

static void vf_control_event(struct carve_vf *vf, enum vf_control_event event)
{
	mutex_lock(&vf->lock);
	vf_control_enter(vf, event);
	mutex_unlock(&vf->lock);
}

/* What the PF sends; called with the mailbox locked, so only take notes. */
static void vf_control_news(struct carve_vf_mbx *mbx,
			    const struct carve_msg *msg)
{
	struct carve_vf *vf = container_of(mbx, struct carve_vf, mbx);
	bool cts = msg->dw[0] & CARVE_MBX_HDR_CTS;

	switch (carve_msg_type(msg)) {
	case CARVE_MBX_LINK_STATE:
		carve_vf_link_push(vf, msg->dw[1]);
		set_bit(VF_NEWS_LINK, &vf->control.news);
		break;
	case CARVE_MBX_CONFIG_CHANGED:
		set_bit(VF_NEWS_CONFIG, &vf->control.news);
		break;
	case CARVE_MBX_RESET_NOTICE:
		WRITE_ONCE(vf->control.notice, msg->dw[1]);
		carve_vf_control_lose(vf, CARVE_VF_LOSS_PF_ASKED);
		return;
	case CARVE_MBX_PF_CONTROL:
		if (!cts)
			carve_vf_control_lose(vf, CARVE_VF_LOSS_PF_RESET);
		break;
	default:
		/* igb's way to tell a VF that it is not let in. */
		if (!cts && (msg->dw[0] & CARVE_MBX_HDR_NACK))
			carve_vf_control_lose(vf, CARVE_VF_LOSS_PF_RESET);
		return;
	}

	carve_vf_control_kick(vf);
}

/* Stop traffic in the way into a state where none can run. */
static void vf_control_quiesce(struct carve_vf *vf, enum vf_control_event event)
{
	rtnl_lock();
	mutex_lock(&vf->lock);
	if (carve_vf_is_ready(vf)) {
		carve_vf_stats_update(vf);
		carve_vf_link_down(vf);
		carve_channels_suspend(&vf->nic);
	}
	vf_control_enter(vf, event);
	mutex_unlock(&vf->lock);
	rtnl_unlock();
}

static void vf_control_count_loss(struct carve_vf *vf, enum carve_vf_loss loss)
{
	mutex_lock(&vf->lock);
	vf->counters.recoveries++;
	switch (loss) {
	case CARVE_VF_LOSS_PF_RESET:
		vf->counters.pf_resets++;
		break;
	case CARVE_VF_LOSS_PF_ASKED:
		vf->counters.reset_notices++;
		break;
	case CARVE_VF_LOSS_PF_SILENT:
		vf->counters.pf_timeouts++;
		break;
	case CARVE_VF_LOSS_TX_HANG:
		vf->counters.tx_timeouts++;
		break;
	default:
		break;
	}
	mutex_unlock(&vf->lock);
}

/* Out of READY: tell why, stop traffic, try again soon. */
static void vf_control_lost_contact(struct carve_vf *vf,
				    enum carve_vf_loss loss)
{
	struct carve_vf_control *control = &vf->control;
	const char *why = vf_loss_names[loss];

	if (loss == CARVE_VF_LOSS_PF_ASKED)
		why = vf_notice_name(READ_ONCE(control->notice));
	if (net_ratelimit())
		netdev_warn(vf->nic.netdev, "starting over: %s\n", why);

	vf_control_quiesce(vf, VF_EVENT_LOST);
	vf_control_count_loss(vf, loss);
	if (time_after(jiffies, control->ready_at +
				msecs_to_jiffies(VF_CONTROL_STABLE_MS)))
		control->backoff_ms = VF_CONTROL_BACKOFF_MIN_MS;
	control->lost_at = jiffies;
	control->next_try = jiffies + msecs_to_jiffies(control->backoff_ms);
}

/* An attempt has failed: tell it once, wait longer. */
static void vf_control_retry_later(struct carve_vf *vf, enum carve_vf_loss loss)
{
	struct carve_vf_control *control = &vf->control;

	if (!control->told) {
		pci_info(vf->nic.pdev, "waiting for the PF: %s\n",
			 vf_loss_names[loss]);
		control->told = true;
	}

	vf_control_event(vf, VF_EVENT_LOST);
	control->next_try = jiffies + msecs_to_jiffies(control->backoff_ms);
	control->backoff_ms = vf_control_next_backoff(control->backoff_ms);
	complete_all(&control->settled);
}

/*
 * An FLR of the PF takes its VFs off the bus for a while, without a word to
 * their drivers: who read all ones in the meantime has to look again. Quietly,
 * since that may have been said already and be true for long.
 */
static void vf_control_find_regs(struct carve_vf *vf)
{
	if (carve_nic_is_gone(&vf->nic) &&
	    pci_device_is_present(vf->nic.pdev) &&
	    readl(vf->bar0 + CARVE_STATUS) != U32_MAX)
		WRITE_ONCE(vf->nic.regs, vf->bar0);
}

/*
 * CTRL.RST stops the queues and tells the PF that a new life begins. While the
 * PF is in reset or has no driver, RSTI stays set.
 */
static void vf_control_reset(struct carve_vf *vf)
{
	struct carve_vf_control *control = &vf->control;
	int err;

	control->last_try = jiffies;
	WRITE_ONCE(control->loss, CARVE_VF_LOSS_NONE);
	clear_bit(VF_NEWS_MAIL, &control->news);

	vf_control_find_regs(vf);
	carve_wr32(&vf->nic, CARVE_CTRL, CARVE_CTRL_RST);
	carve_flush(&vf->nic);
	err = carve_vf_mbx_wait_pf(&vf->mbx);
	if (err) {
		vf_control_retry_later(vf, vf_control_loss(err));
		return;
	}
	carve_vf_mbx_arm(&vf->mbx);

	vf_control_event(vf, VF_EVENT_ALIVE);
}

/* rtnl keeps open and stop out. */
static int vf_control_start_channels(struct carve_vf *vf)
{
	ASSERT_RTNL();

	if (!netif_running(vf->nic.netdev))
		return 0;
	if (vf->nic.channels)
		return carve_channels_resume(&vf->nic);
	return carve_channels_open(&vf->nic, 1);
}

/*
 * The step into READY, under rtnl and carve_vf.lock: what the user changed
 * since carve_vf_handshake() is asked for here, and nothing can change between
 * that and READY.
 */
static enum carve_vf_loss vf_control_commit_locked(struct carve_vf *vf,
						   bool *new_mac)
{
	int err;

	err = carve_vf_handshake_apply(vf);
	if (err)
		return vf_control_loss(err);
	if (READ_ONCE(vf->control.loss))
		return READ_ONCE(vf->control.loss);

	*new_mac = carve_vf_settings_adopt_mac(vf);
	err = vf_control_start_channels(vf);
	if (err) {
		netdev_err(vf->nic.netdev, "can't start the queues: %pe\n",
			   ERR_PTR(err));
		return CARVE_VF_LOSS_QUEUE;
	}

	vf_control_enter(vf, VF_EVENT_GRANTED);
	carve_vf_link_update(vf);
	/* Sockets are not served without a carrier. */
	carve_channels_nudge(&vf->nic);
	return CARVE_VF_LOSS_NONE;
}

/* Without carve_vf.lock: those who listen may call our operations. */
static void vf_control_announce_mac(struct carve_vf *vf)
{
	struct net_device *netdev = vf->nic.netdev;

	ASSERT_RTNL();

	if (netdev->reg_state != NETREG_REGISTERED)
		return;
	netdev_info(netdev, "the PF gave the address %pM\n", netdev->dev_addr);
	call_netdevice_notifiers(NETDEV_CHANGEADDR, netdev);
}

static enum carve_vf_loss vf_control_commit(struct carve_vf *vf)
{
	enum carve_vf_loss loss;
	bool new_mac = false;

	rtnl_lock();
	mutex_lock(&vf->lock);
	loss = vf_control_commit_locked(vf, &new_mac);
	mutex_unlock(&vf->lock);
	if (new_mac)
		vf_control_announce_mac(vf);
	rtnl_unlock();

	return loss;
}

static void vf_control_tell_ready(struct carve_vf *vf)
{
	struct carve_vf_control *control = &vf->control;
	struct net_device *netdev = vf->nic.netdev;

	if (control->met && net_ratelimit())
		netdev_info(netdev, "back after %u ms\n",
			    jiffies_to_msecs(jiffies - control->lost_at));
	else if (!control->met)
		/* In the first probe the interface has no name yet. */
		pci_info(vf->nic.pdev, "PF reached, mailbox version %u.%u, %pM\n",
			 vf->pf_version >> 16, vf->pf_version & 0xffff,
			 netdev->dev_addr);
	control->met = true;
	control->told = false;
}

static void vf_control_handshake(struct carve_vf *vf)
{
	struct carve_vf_control *control = &vf->control;
	enum carve_vf_loss loss;

	mutex_lock(&vf->lock);
	loss = vf_control_loss(carve_vf_handshake(vf));
	mutex_unlock(&vf->lock);
	if (!loss)
		loss = vf_control_commit(vf);
	if (loss) {
		vf_control_retry_later(vf, loss);
		return;
	}

	vf_control_tell_ready(vf);
	control->ready_at = jiffies;
	control->polls = 0;
	control->next_poll = jiffies + msecs_to_jiffies(VF_CONTROL_POLL_MS);
	complete_all(&control->settled);
}

/* What interrupts do not tell, or may have failed to tell. */
static void vf_control_poll(struct carve_vf *vf)
{
	struct carve_vf_control *control = &vf->control;

	if (time_before(jiffies, control->next_poll))
		return;

	control->next_poll = jiffies + msecs_to_jiffies(VF_CONTROL_POLL_MS);
	carve_vf_stats_update(vf);
	if (!(++control->polls % VF_CONTROL_POLLS_PER_QUERY))
		set_bit(VF_NEWS_CONFIG, &control->news);
}

static int vf_control_tend_locked(struct carve_vf *vf)
{
	struct carve_vf_control *control = &vf->control;
	int err;

	vf_control_poll(vf);
	if (test_and_clear_bit(VF_NEWS_CONFIG, &control->news)) {
		err = carve_vf_handshake_query(vf);
		if (err)
			return err;
	}
	err = carve_vf_handshake_apply(vf);
	if (err)
		return err;

	carve_vf_link_update(vf);
	return 0;
}

/* What was on its way when the PF took the link away is sent now. */
static void vf_control_send_again(struct carve_vf *vf, bool was_up)
{
	bool news = test_and_clear_bit(VF_NEWS_LINK, &vf->control.news);

	/* It can have come back before anybody here saw that it was gone. */
	if (!vf->link.up || (was_up && !news))
		return;
	rtnl_lock();
	carve_channels_nudge(&vf->nic);
	rtnl_unlock();
}

/* The PF has given another address to a VF that is running. */
static void vf_control_sync_mac(struct carve_vf *vf)
{
	bool differs;

	mutex_lock(&vf->lock);
	differs = carve_vf_settings_mac_differs(vf);
	mutex_unlock(&vf->lock);
	if (!differs)
		return;

	rtnl_lock();
	mutex_lock(&vf->lock);
	differs = carve_vf_settings_adopt_mac(vf);
	mutex_unlock(&vf->lock);
	if (differs)
		vf_control_announce_mac(vf);
	rtnl_unlock();
}

static void vf_control_tend(struct carve_vf *vf)
{
	struct carve_vf_control *control = &vf->control;
	bool was_up = vf->link.up;
	enum carve_vf_loss loss;
	int err;

	clear_bit(VF_NEWS_MAIL, &control->news);
	err = carve_vf_mbx_receive(&vf->mbx);
	if (!err && !READ_ONCE(control->loss)) {
		mutex_lock(&vf->lock);
		err = vf_control_tend_locked(vf);
		mutex_unlock(&vf->lock);
	}

	loss = READ_ONCE(control->loss);
	if (!loss)
		loss = vf_control_loss(err);
	if (loss) {
		vf_control_lost_contact(vf, loss);
		return;
	}
	vf_control_send_again(vf, was_up);
	vf_control_sync_mac(vf);
}

/* Mail is a sign of life: no need to wait for the end of a long pause. */
static void vf_control_wait_out(struct carve_vf *vf)
{
	struct carve_vf_control *control = &vf->control;
	unsigned long soonest;

	if (test_and_clear_bit(VF_NEWS_MAIL, &control->news)) {
		soonest = control->last_try +
			  msecs_to_jiffies(VF_CONTROL_BACKOFF_MIN_MS);
		if (time_before(soonest, control->next_try))
			control->next_try = soonest;
	}

	if (time_after_eq(jiffies, control->next_try))
		vf_control_event(vf, VF_EVENT_RETRY);
}

static void vf_control_step(struct carve_vf *vf)
{
	switch (vf->control.state) {
	case CARVE_VF_RESETTING:
		vf_control_reset(vf);
		break;
	case CARVE_VF_HANDSHAKE:
		vf_control_handshake(vf);
		break;
	case CARVE_VF_READY:
		vf_control_tend(vf);
		break;
	case CARVE_VF_RECOVERING:
		vf_control_wait_out(vf);
		break;
	default:
		break;
	}
}

static void vf_control_queue_at(struct carve_vf *vf, unsigned long when)
{
	unsigned long delay = 0;

	if (time_after(when, jiffies))
		delay = when - jiffies;
	/* A kick that came meanwhile stands: then the work is queued already. */
	queue_delayed_work(vf->control.wq, &vf->control.work, delay);
}

static void vf_control_work(struct work_struct *work)
{
	struct carve_vf_control *control =
		container_of(to_delayed_work(work), struct carve_vf_control,
			     work);
	struct carve_vf *vf = container_of(control, struct carve_vf, control);

	vf_control_step(vf);

	switch (control->state) {
	case CARVE_VF_RESETTING:
	case CARVE_VF_HANDSHAKE:
		vf_control_queue_at(vf, jiffies);
		break;
	case CARVE_VF_READY:
		if (netif_running(vf->nic.netdev))
			vf_control_queue_at(vf, control->next_poll);
		break;
	case CARVE_VF_RECOVERING:
		vf_control_queue_at(vf, control->next_try);
		break;
	default:
		break;
	}
}

void carve_vf_control_kick(struct carve_vf *vf)
{
	mod_delayed_work(vf->control.wq, &vf->control.work, 0);
}

void carve_vf_control_mail(struct carve_vf *vf)
{
	set_bit(VF_NEWS_MAIL, &vf->control.news);
	carve_vf_control_kick(vf);
}

void carve_vf_control_lose(struct carve_vf *vf, enum carve_vf_loss loss)
{
	/* The first reason is the one to tell. */
	cmpxchg(&vf->control.loss, CARVE_VF_LOSS_NONE, loss);
	carve_vf_control_kick(vf);
}

void carve_vf_control_forget(struct carve_vf *vf)
{
	lockdep_assert_held(&vf->lock);

	WRITE_ONCE(vf->control.loss, CARVE_VF_LOSS_NONE);
	clear_bit(VF_NEWS_CONFIG, &vf->control.news);
}

void carve_vf_control_unheard(struct carve_vf *vf, int err)
{
	carve_vf_control_lose(vf, vf_control_loss(err));
}

void carve_vf_control_check_channels(struct carve_vf *vf)
{
	ASSERT_RTNL();

	if (carve_vf_is_ready(vf) && vf->nic.channels &&
	    vf->nic.channels->suspended)
		carve_vf_control_lose(vf, CARVE_VF_LOSS_QUEUE);
}

void carve_vf_control_wait(struct carve_vf *vf)
{
	wait_for_completion_timeout(&vf->control.settled,
				    msecs_to_jiffies(VF_CONTROL_WAIT_MS));
}

void carve_vf_control_attach(struct carve_vf *vf)
{
	struct carve_vf_control *control = &vf->control;

	if (control->state != CARVE_VF_DETACHED)
		return;

	control->backoff_ms = VF_CONTROL_BACKOFF_MIN_MS;
	control->lost_at = jiffies;
	vf_control_event(vf, VF_EVENT_ATTACH);
	enable_delayed_work(&control->work);
	carve_vf_control_kick(vf);
}

void carve_vf_control_detach(struct carve_vf *vf)
{
	struct carve_vf_control *control = &vf->control;

	if (control->state == CARVE_VF_DETACHED)
		return;

	disable_delayed_work_sync(&control->work);
	carve_vf_mbx_disarm(&vf->mbx);
	vf_control_quiesce(vf, VF_EVENT_DETACH);
}

int carve_vf_control_init(struct carve_vf *vf)
{
	struct carve_vf_control *control = &vf->control;

	carve_vf_mbx_init(&vf->mbx, &vf->nic, vf_control_news);
	init_completion(&control->settled);
	INIT_DELAYED_WORK(&control->work, vf_control_work);
	/* Enabled exactly while attached. */
	disable_delayed_work(&control->work);

	control->wq = alloc_ordered_workqueue("carve_vf-%s", 0,
					      pci_name(vf->nic.pdev));
	if (!control->wq) {
		carve_vf_mbx_fini(&vf->mbx);
		return -ENOMEM;
	}

	return 0;
}

void carve_vf_control_fini(struct carve_vf *vf)
{
	destroy_workqueue(vf->control.wq);
	carve_vf_mbx_fini(&vf->mbx);
}

#if IS_ENABLED(CONFIG_CARVE_KUNIT_TEST)
#include "tests/control_kunit.c"
#endif
