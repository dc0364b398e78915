// SPDX-License-Identifier: GPL-2.0
/*
 * The decent half of the malicious guest: mailbox and reset as any driver does
 * them.
 *
 * Copyright (C) 2026 Carve developers
 */
#include <time.h>

#include "vf.h"

#define VF_TRIES		50
#define VF_PAUSE_US		1000
#define VF_MAX_NEWS		4

uint64_t vf_now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000ULL + ts.tv_nsec / 1000000;
}

void vf_sleep_us(unsigned int us)
{
	struct timespec ts = {
		.tv_sec = us / 1000000,
		.tv_nsec = us % 1000000 * 1000,
	};

	nanosleep(&ts, NULL);
}

static uint32_t vf_mailbox(struct vf *vf)
{
	uint32_t val = vf_rd32(vf, VF_MAILBOX);

	vf->seen |= val & VF_MAILBOX_COR;
	return val | vf->seen;
}

bool vf_lock(struct vf *vf)
{
	int i;

	for (i = 0; i < VF_TRIES; i++) {
		vf_wr32(vf, VF_MAILBOX, VF_MAILBOX_VFU);
		if (vf_mailbox(vf) & VF_MAILBOX_VFU)
			return true;
		vf_sleep_us(VF_PAUSE_US);
	}

	return false;
}

bool vf_post(struct vf *vf, const struct vf_msg *msg)
{
	unsigned int i;

	if (!vf_lock(vf))
		return false;
	/* What the PF said before is of no interest any more. */
	vf_mailbox(vf);
	vf->seen &= ~(VF_MAILBOX_PFSTS | VF_MAILBOX_PFACK);

	for (i = 0; i < msg->len; i++)
		vf_wr32(vf, VF_VMBMEM(i), msg->dw[i]);
	vf_wr32(vf, VF_MAILBOX, VF_MAILBOX_REQ);

	return true;
}

static bool vf_wait(struct vf *vf, uint32_t bit)
{
	uint64_t end = vf_now_ms() + vf->patience_ms;

	while (vf_now_ms() < end) {
		if (vf_mailbox(vf) & bit) {
			vf->seen &= ~bit;
			return true;
		}
		vf_sleep_us(VF_PAUSE_US);
	}

	return false;
}

static bool vf_read(struct vf *vf, struct vf_msg *msg)
{
	int i;

	if (!vf_wait(vf, VF_MAILBOX_PFSTS) || !vf_lock(vf))
		return false;

	for (i = 0; i < CARVE_MBX_DWORDS; i++)
		msg->dw[i] = vf_rd32(vf, VF_VMBMEM(i));
	msg->len = CARVE_MBX_DWORDS;
	vf_wr32(vf, VF_MAILBOX, VF_MAILBOX_ACK);

	return true;
}

bool vf_ask(struct vf *vf, const struct vf_msg *req, struct vf_msg *reply)
{
	int i;

	if (!vf_post(vf, req) || !vf_wait(vf, VF_MAILBOX_PFACK))
		return false;

	/* What the PF says unasked may come first. */
	for (i = 0; i < VF_MAX_NEWS; i++) {
		if (!vf_read(vf, reply))
			return false;
		if (!((reply->dw[0] ^ req->dw[0]) & CARVE_MBX_HDR_TYPE))
			return true;
	}

	return false;
}

bool vf_reset(struct vf *vf, struct vf_msg *reply)
{
	struct vf_msg req = { .dw = { CARVE_MBX_RESET }, .len = 1 };
	int i;

	vf_wr32(vf, VF_CTRL, VF_CTRL_RST);
	for (i = 0; i < VF_TRIES; i++) {
		if (!(vf_mailbox(vf) & VF_MAILBOX_RSTI))
			break;
		vf_sleep_us(VF_PAUSE_US);
	}
	vf->seen = 0;

	return vf_ask(vf, &req, reply) &&
	       reply->dw[0] == (CARVE_MBX_RESET | CARVE_MBX_HDR_ACK);
}
