// SPDX-License-Identifier: GPL-2.0
/*
 * PF mailbox transport. Owns the mailbox registers (VMBMEM, P2VMAILBOX,
 * MBVFICR, MBVFIMR, VFLRE, CTRL_EXT.PFRSTD), struct carve_pf_mbx and struct
 * carve_pf_vf_mbx; carve_pf.lock. The hard interrupt only takes events from the
 * chip; one worker serves the VFs in turn and calls control.c, which knows
 * what the mail means.
 *
 * Copyright (C) 2026 Carve developers
 */
#include <linux/bitops.h>
#include <linux/jiffies.h>
#include <linux/ktime.h>
#include <linux/math64.h>
#include <linux/minmax.h>
#include <linux/pci.h>

#include <carve/io.h>

#include "mbx.h"
#include "pf.h"
#include "pf_regs.h"
#include "trace.h"

/**
 * DOC: Fairness of the mailbox worker
 *
 * A message costs the host some tens of register accesses, and a VF can ask
 * for as many as it likes. In one pass the worker serves each VF at most once,
 * starting with another VF each time. A VF pays a token for each time it is
 * served; it has 64 of them and gets 500 a second back, which no driver that
 * sets up its filters ever notices. A VF without tokens waits, and while one
 * waits the mailbox interrupt stays off and the worker polls every few
 * milliseconds: the other VFs' mail is late by that much and the host's CPU
 * has its peace.
 *
 * A VF that holds its buffer is tried again later, with growing intervals;
 * nobody waits for it. What it asks for meanwhile costs it nothing, so there,
 * too, the worker polls.
 */
#define PF_MBX_BURST			64
#define PF_MBX_NS_PER_TOKEN		(2 * NSEC_PER_MSEC)
#define PF_MBX_POLL_MS			2

#define PF_MBX_MAX_BACKOFF_MS		250
#define PF_MBX_STUCK_MS			100

/* Longest time a VF is given to read: igbvf gives up on an answer after 1 s. */
#define PF_MBX_REPLY_MS			1000
#define PF_MBX_NOTICE_MS		250

/* Longer than any delay the worker uses. */
#define PF_MBX_NEVER			MAX_JIFFY_OFFSET

static bool pf_mbx_take_token(struct carve_pf_mbx_bucket *bucket, u64 now)
{
	u64 new = div_u64(now - bucket->filled_at, PF_MBX_NS_PER_TOKEN);

	if (new >= PF_MBX_BURST - bucket->tokens) {
		bucket->tokens = PF_MBX_BURST;
		bucket->filled_at = now;
	} else {
		bucket->tokens += new;
		bucket->filled_at += new * PF_MBX_NS_PER_TOKEN;
	}

	if (!bucket->tokens)
		return false;
	bucket->tokens--;
	return true;
}

static void pf_mbx_wake(struct carve_pf *pf)
{
	if (pf->mbx.wq)
		mod_delayed_work(pf->mbx.wq, &pf->mbx.work, 0);
}

/*
 * MBVFICR is read before VFLRE: a VF that resets itself and then sends RESET
 * is seen to have done both, and the reset is served first. The other way
 * round the reset could be seen later and take back what RESET was granted.
 */
static void pf_mbx_collect(struct carve_pf *pf)
{
	struct carve_pf_vf_mbx *mbx;
	unsigned long flags;
	unsigned int vf;
	u32 reset;
	u32 mail;

	spin_lock_irqsave(&pf->mbx.collect_lock, flags);
	mail = carve_rd32(&pf->nic, CARVE_MBVFICR);
	reset = carve_rd32(&pf->nic, CARVE_VFLRE);
	if (carve_nic_is_gone(&pf->nic)) {
		mail = 0;
		reset = 0;
	}
	/* Cleared before the work is done, so that nothing new is lost. */
	if (mail)
		carve_wr32(&pf->nic, CARVE_MBVFICR, mail);
	if (reset)
		carve_wr32(&pf->nic, CARVE_VFLRE, reset);

	for (vf = 0; vf < CARVE_PF_MAX_VFS; vf++) {
		mbx = &pf->vf[vf].mbx;
		if (reset & BIT(vf))
			set_bit(CARVE_PF_MBX_EV_FLR, &mbx->events);
		if (FIELD_GET(CARVE_MBVFICR_REQ, mail) & BIT(vf))
			set_bit(CARVE_PF_MBX_EV_REQ, &mbx->events);
		if (FIELD_GET(CARVE_MBVFICR_ACK, mail) & BIT(vf))
			set_bit(CARVE_PF_MBX_EV_ACK, &mbx->events);
	}
	spin_unlock_irqrestore(&pf->mbx.collect_lock, flags);
}

void carve_pf_mbx_irq(struct carve_pf *pf)
{
	carve_wr32(&pf->nic, CARVE_IMC, CARVE_INT_VMMB);
	pf_mbx_collect(pf);
	pf_mbx_wake(pf);
}

/* Take the buffer; granted only while the VF doesn't hold it. Tried once. */
static bool pf_mbx_take(struct carve_pf *pf, unsigned int vf)
{
	u32 val;

	carve_wr32(&pf->nic, CARVE_P2VMAILBOX(vf), CARVE_P2VMAILBOX_PFU);
	val = carve_rd32(&pf->nic, CARVE_P2VMAILBOX(vf));

	return val & CARVE_P2VMAILBOX_PFU && !carve_nic_is_gone(&pf->nic);
}

static void pf_mbx_release(struct carve_pf *pf, unsigned int vf)
{
	carve_wr32(&pf->nic, CARVE_P2VMAILBOX(vf), 0);
}

/*
 * The buffer is ours but nothing keeps the VF from writing to it: each dword
 * is read once, so that what is checked is what is used.
 */
static void pf_mbx_read(struct carve_pf *pf, unsigned int vf,
			struct carve_msg *msg)
{
	unsigned int len;
	unsigned int i;
	u32 hdr;

	hdr = carve_rd32(&pf->nic, CARVE_VMBMEM(vf, 0));
	len = clamp(pf->mbx.ops->length(hdr), 1, CARVE_MBX_DWORDS);
	carve_msg_init(msg, hdr, len);
	for (i = 1; i < len; i++)
		msg->dw[i] = carve_rd32(&pf->nic, CARVE_VMBMEM(vf, i));

	/* Acknowledged, and kept for the reply. */
	carve_wr32(&pf->nic, CARVE_P2VMAILBOX(vf),
		   CARVE_P2VMAILBOX_ACK | CARVE_P2VMAILBOX_PFU);
}

/* The buffer is ours; it is the VF's to read afterwards. */
static void pf_mbx_write(struct carve_pf *pf, unsigned int vf,
			 const struct carve_msg *msg)
{
	unsigned int i;

	/* An ACK still on its way is not for this message. */
	carve_wr32(&pf->nic, CARVE_MBVFICR,
		   FIELD_PREP(CARVE_MBVFICR_ACK, BIT(vf)));
	clear_bit(CARVE_PF_MBX_EV_ACK, &pf->vf[vf].mbx.events);

	for (i = 0; i < msg->len; i++)
		carve_wr32(&pf->nic, CARVE_VMBMEM(vf, i), msg->dw[i]);
	carve_wr32(&pf->nic, CARVE_P2VMAILBOX(vf), CARVE_P2VMAILBOX_STS);
}

static void pf_mbx_got_buffer(struct carve_pf_vf_mbx *mbx)
{
	mbx->retries = 0;
	mbx->stuck_at = 0;
}

/* The VF holds its buffer: come back later, later each time. */
static void pf_mbx_back_off(struct carve_pf *pf, unsigned int vf)
{
	struct carve_pf_vf_mbx *mbx = &pf->vf[vf].mbx;
	unsigned int ms;

	ms = min(1U << min(mbx->retries, 8U), PF_MBX_MAX_BACKOFF_MS);
	mbx->retry_at = jiffies + msecs_to_jiffies(ms);
	if (!mbx->retries++)
		mbx->stuck_at = jiffies + msecs_to_jiffies(PF_MBX_STUCK_MS);
	if (time_before(jiffies, mbx->stuck_at))
		return;

	carve_pf_monitor_note(pf, vf, CARVE_PF_MON_MBX_STUCK, mbx->retries);
	/*
	 * Breaks the VF's hold on the chip. The QEMU model lets go of it only
	 * when the VF writes its mailbox register again.
	 */
	carve_wr32(&pf->nic, CARVE_P2VMAILBOX(vf), CARVE_P2VMAILBOX_RVFU);
}

static void pf_mbx_sent(struct carve_pf_vf_mbx *mbx, unsigned long kind,
			unsigned int ms)
{
	mbx->in_flight = kind;
	mbx->quiet_until = jiffies + msecs_to_jiffies(ms);
}

static void pf_mbx_serve_request(struct carve_pf *pf, unsigned int vf)
{
	struct carve_pf_vf_mbx *mbx = &pf->vf[vf].mbx;
	struct carve_msg reply;
	struct carve_msg req;

	if (!pf_mbx_take(pf, vf)) {
		set_bit(CARVE_PF_MBX_EV_REQ, &mbx->events);
		pf_mbx_back_off(pf, vf);
		return;
	}
	pf_mbx_got_buffer(mbx);
	/* The request lies where a notice may have been that nobody read. */
	mbx->notices |= mbx->in_flight;
	mbx->in_flight = 0;

	pf_mbx_read(pf, vf, &req);
	trace_carve_pf_mbx_request(pf, vf, &req);
	if (pf->mbx.ops->request(pf, vf, &req, &reply)) {
		trace_carve_pf_mbx_reply(pf, vf, &reply);
		pf_mbx_write(pf, vf, &reply);
		pf_mbx_sent(mbx, 0, PF_MBX_REPLY_MS);
	} else {
		pf_mbx_release(pf, vf);
	}
}

static void pf_mbx_serve_ack(struct carve_pf *pf, unsigned int vf)
{
	struct carve_pf_vf_mbx *mbx = &pf->vf[vf].mbx;
	struct carve_msg reply;

	mbx->quiet_until = jiffies;
	if (!pf->mbx.ops->acked(pf, vf, &reply))
		return;
	if (carve_pf_mbx_send_now(pf, vf, &reply))
		return;
	pf_mbx_sent(mbx, 0, PF_MBX_NOTICE_MS);
}

/* A request that nobody has read is not to be overwritten by a notice. */
static bool pf_mbx_has_request(struct carve_pf *pf, unsigned int vf)
{
	u32 mail = carve_rd32(&pf->nic, CARVE_MBVFICR);

	if (FIELD_GET(CARVE_MBVFICR_REQ, mail) & BIT(vf))
		return true;
	return test_bit(CARVE_PF_MBX_EV_REQ, &pf->vf[vf].mbx.events);
}

static bool pf_mbx_next_notice(struct carve_pf *pf, unsigned int vf,
			       unsigned long *kind, struct carve_msg *msg)
{
	struct carve_pf_vf_mbx *mbx = &pf->vf[vf].mbx;

	while (mbx->notices) {
		*kind = __ffs(mbx->notices);
		mbx->notices &= ~BIT(*kind);
		if (pf->mbx.ops->notice(pf, vf, *kind, msg))
			return true;
	}

	return false;
}

static void pf_mbx_serve_notices(struct carve_pf *pf, unsigned int vf)
{
	struct carve_pf_vf_mbx *mbx = &pf->vf[vf].mbx;
	struct carve_msg msg;
	unsigned long kind;

	if (!pf_mbx_take(pf, vf)) {
		pf_mbx_back_off(pf, vf);
		return;
	}
	pf_mbx_got_buffer(mbx);

	if (pf_mbx_has_request(pf, vf) ||
	    !pf_mbx_next_notice(pf, vf, &kind, &msg)) {
		pf_mbx_release(pf, vf);
		return;
	}
	trace_carve_pf_mbx_notice(pf, vf, &msg);
	pf_mbx_write(pf, vf, &msg);
	pf_mbx_sent(mbx, BIT(kind), PF_MBX_NOTICE_MS);
}

/*
 * The events of one VF, once. The request is taken first and the reset looked
 * for afterwards, as the order in pf_mbx_collect() wants it; a request that was
 * left by the owner before the reset does no more than one after it could.
 */
static void pf_mbx_serve_events(struct carve_pf *pf, unsigned int vf)
{
	struct carve_pf_vf_mbx *mbx = &pf->vf[vf].mbx;
	bool reset;
	bool req;
	bool ack;

	ack = test_and_clear_bit(CARVE_PF_MBX_EV_ACK, &mbx->events);
	req = test_and_clear_bit(CARVE_PF_MBX_EV_REQ, &mbx->events);
	reset = test_and_clear_bit(CARVE_PF_MBX_EV_FLR, &mbx->events);

	if (reset) {
		mbx->notices = 0;
		mbx->in_flight = 0;
		pf->mbx.ops->reset(pf, vf);
	}
	if (ack)
		mbx->in_flight = 0;
	if (req)
		pf_mbx_serve_request(pf, vf);
	else if (ack && !reset)
		pf_mbx_serve_ack(pf, vf);
}

/* Jiffies until @when, 0 when it has come. */
static unsigned long pf_mbx_until(unsigned long when)
{
	return time_before(jiffies, when) ? when - jiffies : 0;
}

/* When to look at the VF again; PF_MBX_NEVER: when it does something. */
static unsigned long pf_mbx_next(const struct carve_pf_vf_mbx *mbx)
{
	unsigned long wait = 0;

	if (!READ_ONCE(mbx->events)) {
		if (!mbx->notices)
			return PF_MBX_NEVER;
		wait = pf_mbx_until(mbx->quiet_until);
	}
	if (mbx->retries && !test_bit(CARVE_PF_MBX_EV_FLR, &mbx->events))
		wait = max(wait, pf_mbx_until(mbx->retry_at));

	return wait;
}

/*
 * Return: false when the VF has asked for what it can't have yet, and must
 * wait: it may go on asking without paying.
 */
static bool pf_mbx_serve(struct carve_pf *pf, unsigned int vf)
{
	struct carve_pf_vf_mbx *mbx = &pf->vf[vf].mbx;

	if (pf_mbx_next(mbx))
		return !READ_ONCE(mbx->events);

	if (READ_ONCE(mbx->events)) {
		if (!pf_mbx_take_token(&mbx->bucket, ktime_get_ns())) {
			carve_pf_monitor_note(pf, vf, CARVE_PF_MON_BUDGET, 0);
			return false;
		}
		pf_mbx_serve_events(pf, vf);
	}
	if (mbx->notices && !pf_mbx_next(mbx))
		pf_mbx_serve_notices(pf, vf);

	return true;
}

/*
 * A VF without an open mailbox: nobody reads what it says, but when it is reset
 * that is known. It pays as the others do.
 */
static bool pf_mbx_serve_muted(struct carve_pf *pf, unsigned int vf)
{
	struct carve_pf_vf_mbx *mbx = &pf->vf[vf].mbx;

	if (!READ_ONCE(mbx->events))
		return true;
	if (!pf_mbx_take_token(&mbx->bucket, ktime_get_ns()))
		return false;
	if (xchg(&mbx->events, 0) & BIT(CARVE_PF_MBX_EV_FLR))
		pf->mbx.ops->reset(pf, vf);

	return true;
}

/* Return: false when a VF has to wait for tokens, or for its own buffer. */
static bool pf_mbx_serve_all(struct carve_pf *pf)
{
	bool idle = true;
	unsigned int i;
	unsigned int vf;

	for (i = 0; i < CARVE_PF_MAX_VFS; i++) {
		vf = (pf->mbx.first + i) % CARVE_PF_MAX_VFS;
		if (pf->mbx.vfs & BIT(vf))
			idle &= pf_mbx_serve(pf, vf);
		else
			idle &= pf_mbx_serve_muted(pf, vf);
		pf->mbx.ops->served(pf, vf);
	}
	pf->mbx.first = (pf->mbx.first + 1) % CARVE_PF_MAX_VFS;

	return idle;
}

static unsigned long pf_mbx_next_all(struct carve_pf *pf)
{
	unsigned long next = PF_MBX_NEVER;
	unsigned int vf;

	for (vf = 0; vf < CARVE_PF_MAX_VFS; vf++)
		if (pf->mbx.vfs & BIT(vf))
			next = min(next, pf_mbx_next(&pf->vf[vf].mbx));

	return next;
}

/* One pass. Return: jiffies until the next one. */
static unsigned long pf_mbx_pass(struct carve_pf *pf)
{
	if (test_and_clear_bit(0, &pf->mbx.link_changed))
		pf->mbx.ops->link_changed(pf);
	/* Reads no register; carve_pf_mbx_enable() wakes the worker. */
	if (pf->mbx.paused)
		return PF_MBX_NEVER;

	pf_mbx_collect(pf);
	if (!pf_mbx_serve_all(pf))
		return msecs_to_jiffies(PF_MBX_POLL_MS);

	carve_wr32(&pf->nic, CARVE_IMS, CARVE_INT_VMMB);
	return pf_mbx_next_all(pf);
}

static void pf_mbx_work(struct work_struct *work)
{
	struct carve_pf *pf = container_of(to_delayed_work(work),
					   struct carve_pf, mbx.work);
	unsigned long next;

	mutex_lock(&pf->lock);
	next = pf_mbx_pass(pf);
	mutex_unlock(&pf->lock);

	/* Does nothing when somebody has asked for an earlier pass. */
	if (next < PF_MBX_NEVER)
		queue_delayed_work(pf->mbx.wq, &pf->mbx.work, next);
}

void carve_pf_mbx_link_changed(struct carve_pf *pf)
{
	set_bit(0, &pf->mbx.link_changed);
	pf_mbx_wake(pf);
}

static void pf_mbx_reset_vf(struct carve_pf_vf_mbx *mbx)
{
	mbx->notices = 0;
	mbx->in_flight = 0;
	mbx->retries = 0;
	mbx->quiet_until = jiffies;
}

void carve_pf_mbx_enable(struct carve_pf *pf, u8 vfs)
{
	unsigned int vf;

	lockdep_assert_held(&pf->lock);

	for (vf = 0; vf < CARVE_PF_MAX_VFS; vf++)
		pf_mbx_reset_vf(&pf->vf[vf].mbx);
	pf->mbx.vfs = vfs;
	pf->mbx.paused = false;

	carve_wr32(&pf->nic, CARVE_MBVFIMR, vfs);
	carve_rmw32(&pf->nic, CARVE_CTRL_EXT, CARVE_CTRL_EXT_PFRSTD,
		    CARVE_CTRL_EXT_PFRSTD);
	pf_mbx_wake(pf);
}

void carve_pf_mbx_set_open(struct carve_pf *pf, unsigned int vf, bool open)
{
	lockdep_assert_held(&pf->lock);

	pf_mbx_reset_vf(&pf->vf[vf].mbx);
	if (open)
		pf->mbx.vfs |= BIT(vf);
	else
		pf->mbx.vfs &= ~BIT(vf);
	/* Written again, and more, when the port is back. */
	if (!pf->mbx.paused)
		carve_wr32(&pf->nic, CARVE_MBVFIMR, pf->mbx.vfs);
}

void carve_pf_mbx_pause(struct carve_pf *pf)
{
	lockdep_assert_held(&pf->lock);

	pf->mbx.paused = true;
}

void carve_pf_mbx_post(struct carve_pf *pf, unsigned int vf, unsigned int kind,
		       unsigned int delay_ms)
{
	struct carve_pf_vf_mbx *mbx = &pf->vf[vf].mbx;
	unsigned long quiet_until = jiffies + msecs_to_jiffies(delay_ms);

	lockdep_assert_held(&pf->lock);

	mbx->notices |= BIT(kind);
	if (delay_ms && time_after(quiet_until, mbx->quiet_until))
		mbx->quiet_until = quiet_until;
	pf_mbx_wake(pf);
}

int carve_pf_mbx_send_now(struct carve_pf *pf, unsigned int vf,
			  const struct carve_msg *msg)
{
	lockdep_assert_held(&pf->lock);

	if (!pf_mbx_take(pf, vf)) {
		pf_mbx_release(pf, vf);
		return -EBUSY;
	}
	trace_carve_pf_mbx_notice(pf, vf, msg);
	pf_mbx_write(pf, vf, msg);

	return 0;
}

int carve_pf_mbx_init(struct carve_pf *pf)
{
	spin_lock_init(&pf->mbx.collect_lock);
	INIT_DELAYED_WORK(&pf->mbx.work, pf_mbx_work);
	pf->mbx.wq = alloc_ordered_workqueue("carve-mbx-%s", 0,
					     pci_name(pf->nic.pdev));

	return pf->mbx.wq ? 0 : -ENOMEM;
}

void carve_pf_mbx_fini(struct carve_pf *pf)
{
	cancel_delayed_work_sync(&pf->mbx.work);
	destroy_workqueue(pf->mbx.wq);
	pf->mbx.wq = NULL;
}

#if IS_ENABLED(CONFIG_CARVE_KUNIT_TEST)
#include "tests/mbx_kunit.c"
#endif
