/* SPDX-License-Identifier: GPL-2.0 */
/*
 * VF mailbox transport.
 *
 * Copyright (C) 2026 Carve developers
 */
#ifndef _CARVE_VF_MBX_H
#define _CARVE_VF_MBX_H

#include <linux/completion.h>
#include <linux/mutex.h>
#include <linux/types.h>

struct carve_msg;
struct carve_nic;

/**
 * struct carve_vf_mbx_counters - what the transport has seen
 * @requests: messages posted to the PF
 * @timeouts: requests the PF did not answer in time
 * @resent: requests posted again because the PF wrote over them
 * @stale: answers that nobody waited for, dropped
 * @news: messages the PF sent on its own
 *
 * Written under carve_vf_mbx.lock, read without it.
 */
struct carve_vf_mbx_counters {
	unsigned long requests;
	unsigned long timeouts;
	unsigned long resent;
	unsigned long stale;
	unsigned long news;
};

/**
 * struct carve_vf_mbx - the VF's end of its mailbox
 * @nic: the function
 * @news: takes a message the PF sent on its own. Called with @lock held, in
 *	the context of whoever uses the mailbox: record it and return
 * @lock: one user of the buffer and of V2PMAILBOX at a time
 * @shadow: V2PMAILBOX as last read, with the bits that reading clears kept
 *	until they are used up. @lock; a diagnostic read goes without
 * @event: completed by the mailbox interrupt
 * @timeout_ms: how long the PF may take for an answer
 * @counters: see there
 */
struct carve_vf_mbx {
	struct carve_nic *nic;
	void (*news)(struct carve_vf_mbx *mbx, const struct carve_msg *msg);
	struct mutex lock; /* buffer, V2PMAILBOX, shadow, counters */
	u32 shadow;
	struct completion event;
	unsigned int timeout_ms;
	struct carve_vf_mbx_counters counters;
};

/**
 * carve_vf_mbx_init() - prepare the transport
 * @mbx: the mailbox
 * @nic: the function
 * @news: see struct carve_vf_mbx
 */
void carve_vf_mbx_init(struct carve_vf_mbx *mbx, struct carve_nic *nic,
		       void (*news)(struct carve_vf_mbx *mbx,
				    const struct carve_msg *msg));

/**
 * carve_vf_mbx_fini() - the reverse of carve_vf_mbx_init()
 * @mbx: the mailbox, unused by now
 */
void carve_vf_mbx_fini(struct carve_vf_mbx *mbx);

/**
 * carve_vf_mbx_arm() - route and enable the mailbox interrupt
 * @mbx: the mailbox
 *
 * To be called after every reset of the VF: the chip forgets the settings.
 */
void carve_vf_mbx_arm(struct carve_vf_mbx *mbx);

/**
 * carve_vf_mbx_disarm() - disable the mailbox interrupt
 * @mbx: the mailbox
 */
void carve_vf_mbx_disarm(struct carve_vf_mbx *mbx);

/**
 * carve_vf_mbx_event() - the mailbox interrupt fired
 * @mbx: the mailbox
 *
 * Any context.
 */
void carve_vf_mbx_event(struct carve_vf_mbx *mbx);

/**
 * carve_vf_mbx_wait_pf() - after a reset of the VF: wait until the PF is up
 * @mbx: the mailbox
 *
 * Forgets whatever the mailbox held before. Sleeps, some milliseconds at most.
 *
 * Return: 0, -ENOTCONN when the PF is (still) in reset, -ENODEV when the
 * device is gone.
 */
int carve_vf_mbx_wait_pf(struct carve_vf_mbx *mbx);

/**
 * carve_vf_mbx_transact() - send a request and wait for its answer
 * @mbx: the mailbox
 * @req: the request
 * @reply: the answer; @reply_len dwords of it are valid
 * @reply_len: dwords to read
 *
 * Sleeps, but not much longer than carve_vf_mbx.timeout_ms. Messages of the PF
 * that come in between go to carve_vf_mbx.news.
 *
 * Return: 0 when there is an answer, granting or not; -ENOTCONN when the PF
 * was reset or does not know this VF; -ETIMEDOUT; -ENODEV when the device is
 * gone.
 */
int carve_vf_mbx_transact(struct carve_vf_mbx *mbx, const struct carve_msg *req,
			  struct carve_msg *reply, u8 reply_len);

/**
 * carve_vf_mbx_receive() - take what the PF has sent on its own
 * @mbx: the mailbox
 *
 * Return: 0 whether or not there was something; -ENOTCONN when the PF was
 * reset; -ENODEV when the device is gone.
 */
int carve_vf_mbx_receive(struct carve_vf_mbx *mbx);

#endif /* _CARVE_VF_MBX_H */
