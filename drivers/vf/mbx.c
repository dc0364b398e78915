// SPDX-License-Identifier: GPL-2.0
/*
 * VF mailbox transport. Owns V2PMAILBOX and the mailbox memory under
 * carve_vf_mbx.lock; knows no action. Requests come from request.c, the
 * interrupt from main.c, and control.c collects what the PF sends unasked.
 *
 * Copyright (C) 2026 Carve developers
 */
#include <linux/delay.h>
#include <linux/jiffies.h>

#include <carve/io.h>
#include <carve/mbx.h>
#include <carve/nic.h>
#include <carve/regs.h>

#include "mbx.h"
#include "vf_regs.h"

/*
 * igb, igbvf and DPDK give an answer one second; longer only delays the
 * recovery when the PF is dead.
 */
#define VF_MBX_TIMEOUT_MS		1000
/* The PF holds the buffer for a copy of 16 dwords; be generous. */
#define VF_MBX_TAKE_TRIES		20
/* Interrupts can get lost: look by ourselves, ever more rarely. */
#define VF_MBX_POLL_MIN_MS		2U
#define VF_MBX_POLL_MAX_MS		20U
/* A PF that has read a message of its own instead of ours stays silent. */
#define VF_MBX_DOUBT_MS			100
/* Reset bits settle within 1 ms on the chip and at once in the QEMU model. */
#define VF_MBX_RESET_TRIES		20
/* More messages in a row than a PF has reason to send. */
#define VF_MBX_RECEIVE_BUDGET		4

/* What a message in the buffer is to the one who reads it. */
enum vf_mbx_class {
	VF_MBX_REPLY,		/* the answer to the request in flight */
	VF_MBX_NEWS,		/* sent by the PF on its own */
	VF_MBX_STALE,		/* an answer that nobody waits for */
	VF_MBX_DISOWNED,	/* the PF does not know this VF (any more) */
};

/*
 * Replies and news
 *
 * Replies repeat the type of the request and carry ACK or NACK; what the PF
 * sends on its own carries neither. igb answers an acknowledgment from a VF
 * that it has not let in with a NACK of type 0. @type is 0 when no request is
 * in flight; no action has that number.
 */
static enum vf_mbx_class vf_mbx_classify(u32 hdr, u16 type)
{
	u16 got = FIELD_GET(CARVE_MBX_HDR_TYPE, hdr);

	if (!(hdr & (CARVE_MBX_HDR_ACK | CARVE_MBX_HDR_NACK)))
		return VF_MBX_NEWS;
	if (type && got == type)
		return VF_MBX_REPLY;
	if (!got && (hdr & CARVE_MBX_HDR_NACK) && !(hdr & CARVE_MBX_HDR_CTS))
		return VF_MBX_DISOWNED;
	return VF_MBX_STALE;
}

/* ABI 1.1 carries a length in INFO; 1.0 has one message, of one dword. */
static u8 vf_mbx_news_len(u32 hdr)
{
	return clamp_t(u8, FIELD_GET(CARVE_MBX_HDR_INFO, hdr), 1,
		       CARVE_MBX_DWORDS);
}

/* Bits that a read clears stay until someone uses them up. */
static u32 vf_mbx_latch(u32 shadow, u32 raw)
{
	return (shadow & CARVE_VF_V2PMAILBOX_RC) | raw;
}

/* The only reader of V2PMAILBOX. */
static int vf_mbx_update(struct carve_vf_mbx *mbx)
{
	u32 raw;

	lockdep_assert_held(&mbx->lock);

	raw = carve_rd32(mbx->nic, CARVE_VF_V2PMAILBOX);
	if (carve_nic_is_gone(mbx->nic))
		return -ENODEV;

	WRITE_ONCE(mbx->shadow, vf_mbx_latch(mbx->shadow, raw));
	if (mbx->shadow & (CARVE_VF_V2PMAILBOX_RSTI | CARVE_VF_V2PMAILBOX_RSTD))
		return -ENOTCONN;
	return 0;
}

static void vf_mbx_use_up(struct carve_vf_mbx *mbx, u32 bits)
{
	WRITE_ONCE(mbx->shadow, mbx->shadow & ~bits);
}

/* A write without VFU releases the buffer. */
static void vf_mbx_release(struct carve_vf_mbx *mbx, u32 bits)
{
	carve_wr32(mbx->nic, CARVE_VF_V2PMAILBOX, bits);
}

static int vf_mbx_take(struct carve_vf_mbx *mbx)
{
	int err, i;

	for (i = 0; i < VF_MBX_TAKE_TRIES; i++) {
		carve_wr32(mbx->nic, CARVE_VF_V2PMAILBOX,
			   CARVE_VF_V2PMAILBOX_VFU);
		err = vf_mbx_update(mbx);
		if (err)
			goto release;
		if (mbx->shadow & CARVE_VF_V2PMAILBOX_VFU)
			return 0;
		usleep_range(500, 1000);
	}
	err = -ETIMEDOUT;

release:
	vf_mbx_release(mbx, 0);
	return err;
}

static void vf_mbx_copy_in(struct carve_vf_mbx *mbx, struct carve_msg *msg,
			   u8 len)
{
	int i;

	for (i = 1; i < len; i++)
		msg->dw[i] = carve_rd32(mbx->nic, CARVE_VF_VMBMEM(i));
	msg->len = len;
}

/*
 * Read the message that PFSTS announced; the buffer is ours and stays ours.
 * The PF can have written several since PFSTS was seen first: the buffer holds
 * the last, and PFSTS was read again when the buffer was taken.
 */
static enum vf_mbx_class vf_mbx_fetch(struct carve_vf_mbx *mbx, u16 type,
				      struct carve_msg *reply, u8 reply_len)
{
	struct carve_msg news = {};
	enum vf_mbx_class class;
	u32 hdr;

	vf_mbx_use_up(mbx, CARVE_VF_V2PMAILBOX_PFSTS);
	hdr = carve_rd32(mbx->nic, CARVE_VF_VMBMEM(0));
	class = vf_mbx_classify(hdr, type);

	switch (class) {
	case VF_MBX_REPLY:
		reply->dw[0] = hdr;
		vf_mbx_copy_in(mbx, reply, reply_len);
		break;
	case VF_MBX_NEWS:
	case VF_MBX_DISOWNED:
		news.dw[0] = hdr;
		vf_mbx_copy_in(mbx, &news, vf_mbx_news_len(hdr));
		mbx->counters.news++;
		mbx->news(mbx, &news);
		break;
	case VF_MBX_STALE:
		mbx->counters.stale++;
		break;
	}

	return class;
}

/* Put a request into the buffer, after what the PF has left there. */
static int vf_mbx_post(struct carve_vf_mbx *mbx, const struct carve_msg *req)
{
	int err, i;

	err = vf_mbx_take(mbx);
	if (err)
		return err;

	if (mbx->shadow & CARVE_VF_V2PMAILBOX_PFSTS) {
		vf_mbx_fetch(mbx, 0, NULL, 0);
		carve_wr32(mbx->nic, CARVE_VF_V2PMAILBOX,
			   CARVE_VF_V2PMAILBOX_ACK | CARVE_VF_V2PMAILBOX_VFU);
	}

	for (i = 0; i < req->len; i++)
		carve_wr32(mbx->nic, CARVE_VF_VMBMEM(i), req->dw[i]);

	/* The PF can't write while we hold the buffer: these are old. */
	vf_mbx_use_up(mbx, CARVE_VF_V2PMAILBOX_PFSTS |
			   CARVE_VF_V2PMAILBOX_PFACK);
	vf_mbx_release(mbx, CARVE_VF_V2PMAILBOX_REQ);
	mbx->counters.requests++;

	return 0;
}

static enum vf_mbx_class vf_mbx_take_and_fetch(struct carve_vf_mbx *mbx,
					       u16 type,
					       struct carve_msg *reply,
					       u8 reply_len, int *err)
{
	enum vf_mbx_class class;

	*err = vf_mbx_take(mbx);
	if (*err)
		return VF_MBX_STALE;
	class = vf_mbx_fetch(mbx, type, reply, reply_len);
	vf_mbx_release(mbx, CARVE_VF_V2PMAILBOX_ACK);

	return class;
}

/* Sleep until the interrupt comes, or it is time to look, or to give up. */
static void vf_mbx_doze(struct carve_vf_mbx *mbx, unsigned int *poll_ms)
{
	wait_for_completion_timeout(&mbx->event, msecs_to_jiffies(*poll_ms));
	*poll_ms = min(2 * *poll_ms, VF_MBX_POLL_MAX_MS);
}

/*
 * Wait for the answer to a posted request. The buffer is one for both
 * directions: the PF may have put news there before it had read the request.
 * Without PFACK that is certain. With PFACK it may have read the request
 * first, or its own news; then either no answer comes, or an answer to the
 * news (igb). -EAGAIN asks for the request to be posted again.
 */
static int vf_mbx_await(struct carve_vf_mbx *mbx, u16 type,
			struct carve_msg *reply, u8 reply_len,
			unsigned long deadline)
{
	unsigned int poll_ms = VF_MBX_POLL_MIN_MS;
	unsigned long doubt_until = 0;
	enum vf_mbx_class class;
	bool doubt = false;
	int err;

	do {
		reinit_completion(&mbx->event);
		err = vf_mbx_update(mbx);
		if (err)
			return err;

		if (!(mbx->shadow & CARVE_VF_V2PMAILBOX_PFSTS)) {
			if (doubt && time_after(jiffies, doubt_until))
				return -EAGAIN;
			vf_mbx_doze(mbx, &poll_ms);
			continue;
		}

		class = vf_mbx_take_and_fetch(mbx, type, reply, reply_len,
					      &err);
		if (err)
			return err;

		switch (class) {
		case VF_MBX_REPLY:
			return 0;
		case VF_MBX_DISOWNED:
			return -ENOTCONN;
		case VF_MBX_NEWS:
			if (!(mbx->shadow & CARVE_VF_V2PMAILBOX_PFACK))
				return -EAGAIN;
			doubt = true;
			doubt_until = jiffies +
				      msecs_to_jiffies(VF_MBX_DOUBT_MS);
			break;
		case VF_MBX_STALE:
			if (doubt)
				return -EAGAIN;
			break;
		}
	} while (time_before(jiffies, deadline));

	return -ETIMEDOUT;
}

static int vf_mbx_exchange(struct carve_vf_mbx *mbx,
			   const struct carve_msg *req,
			   struct carve_msg *reply, u8 reply_len)
{
	unsigned long deadline;
	int err;

	deadline = jiffies + msecs_to_jiffies(mbx->timeout_ms);
	for (;;) {
		err = vf_mbx_post(mbx, req);
		if (!err)
			err = vf_mbx_await(mbx, carve_msg_type(req), reply,
					   reply_len, deadline);
		if (err != -EAGAIN)
			break;
		if (time_after_eq(jiffies, deadline)) {
			err = -ETIMEDOUT;
			break;
		}
		mbx->counters.resent++;
	}

	if (err == -ETIMEDOUT)
		mbx->counters.timeouts++;
	return err;
}

int carve_vf_mbx_transact(struct carve_vf_mbx *mbx, const struct carve_msg *req,
			  struct carve_msg *reply, u8 reply_len)
{
	int err;

	mutex_lock(&mbx->lock);
	err = vf_mbx_exchange(mbx, req, reply, reply_len);
	mutex_unlock(&mbx->lock);

	return err;
}

int carve_vf_mbx_receive(struct carve_vf_mbx *mbx)
{
	int budget = VF_MBX_RECEIVE_BUDGET;
	int err;

	mutex_lock(&mbx->lock);
	do {
		err = vf_mbx_update(mbx);
		if (err || !(mbx->shadow & CARVE_VF_V2PMAILBOX_PFSTS))
			break;
		vf_mbx_take_and_fetch(mbx, 0, NULL, 0, &err);
	} while (!err && --budget);
	mutex_unlock(&mbx->lock);

	/* The PF is busy with the buffer; the message does not run away. */
	return err == -ETIMEDOUT ? 0 : err;
}

int carve_vf_mbx_wait_pf(struct carve_vf_mbx *mbx)
{
	int tries = VF_MBX_RESET_TRIES;
	int err;

	mutex_lock(&mbx->lock);
	do {
		usleep_range(500, 1000);
		WRITE_ONCE(mbx->shadow, 0);
		err = vf_mbx_update(mbx);
	} while (err == -ENOTCONN && --tries);
	WRITE_ONCE(mbx->shadow, 0);
	mutex_unlock(&mbx->lock);

	return err;
}

void carve_vf_mbx_event(struct carve_vf_mbx *mbx)
{
	complete(&mbx->event);
}

/*
 * The chip takes a vector number in IVAR_MISC. The QEMU model takes a mask of
 * the vectors 0 and 1 instead, so that 2 means vector 1 there. 2 it is, with
 * one handler on both vectors: no interrupt of a queue has to look for mail.
 * The channels are not running, so that EIAC holds no other bit.
 */
void carve_vf_mbx_arm(struct carve_vf_mbx *mbx)
{
	u32 bits = BIT(CARVE_VF_VECTOR_MBX) | BIT(CARVE_VF_VECTOR_MBX_QEMU);

	carve_wr32(mbx->nic, CARVE_VF_IVAR_MISC,
		   FIELD_PREP(CARVE_VF_IVAR_MISC_MBX,
			      CARVE_IVAR_VALID | CARVE_VF_VECTOR_MBX));
	carve_wr32(mbx->nic, CARVE_EIAC, bits);
	/* A cause left over from before would keep new ones from firing. */
	carve_wr32(mbx->nic, CARVE_EICR, bits);
	carve_wr32(mbx->nic, CARVE_EIMS, bits);
}

void carve_vf_mbx_disarm(struct carve_vf_mbx *mbx)
{
	carve_wr32(mbx->nic, CARVE_EIMC,
		   BIT(CARVE_VF_VECTOR_MBX) | BIT(CARVE_VF_VECTOR_MBX_QEMU));
	carve_flush(mbx->nic);
}

void carve_vf_mbx_init(struct carve_vf_mbx *mbx, struct carve_nic *nic,
		       void (*news)(struct carve_vf_mbx *mbx,
				    const struct carve_msg *msg))
{
	mbx->nic = nic;
	mbx->news = news;
	mbx->timeout_ms = VF_MBX_TIMEOUT_MS;
	mutex_init(&mbx->lock);
	init_completion(&mbx->event);
}

void carve_vf_mbx_fini(struct carve_vf_mbx *mbx)
{
	mutex_destroy(&mbx->lock);
}

#if IS_ENABLED(CONFIG_CARVE_KUNIT_TEST)
#include "tests/mbx_kunit.c"
#endif
