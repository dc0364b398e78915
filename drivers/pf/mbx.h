/* SPDX-License-Identifier: GPL-2.0 */
/*
 * PF mailbox transport: moves messages and events, knows no action.
 *
 * Copyright (C) 2026 Carve developers
 */
#ifndef _CARVE_PF_MBX_H
#define _CARVE_PF_MBX_H

#include <linux/spinlock.h>
#include <linux/types.h>
#include <linux/workqueue.h>

#include <carve/mbx.h>

struct carve_pf;

/* Bits of struct carve_pf_vf_mbx.events. */
enum carve_pf_mbx_event {
	CARVE_PF_MBX_EV_FLR,	/* VFLRE: FLR or CTRL.RST of the VF */
	CARVE_PF_MBX_EV_REQ,	/* a message lies in the buffer */
	CARVE_PF_MBX_EV_ACK,	/* the VF has read ours */
};

/**
 * struct carve_pf_mbx_bucket - what a VF may ask for without waiting
 * @tokens: events that may be served at once
 * @filled_at: when @tokens was brought up to date, nanoseconds
 */
struct carve_pf_mbx_bucket {
	u32 tokens;
	u64 filled_at;
};

/**
 * struct carve_pf_vf_mbx - mailbox of one VF
 * @events: CARVE_PF_MBX_EV_* not yet served, atomic bit operations
 * @bucket: limits how fast they are served
 * @notices: kinds of messages the PF has to send, bit mask; what they say is
 *	decided when they are sent
 * @in_flight: kind of the last one sent, bit mask; 0: the VF has read it
 * @quiet_until: jiffies before which no notice may overwrite the buffer: the
 *	VF has not read what lies there
 * @retry_at: jiffies at which to try again for a buffer the VF holds
 * @retries: tries so far, for the back-off
 * @stuck_at: jiffies at which holding it becomes worth noting
 *
 * carve_pf.lock but where said otherwise.
 */
struct carve_pf_vf_mbx {
	unsigned long events;
	struct carve_pf_mbx_bucket bucket;
	unsigned long notices;
	unsigned long in_flight;
	unsigned long quiet_until;
	unsigned long retry_at;
	unsigned int retries;
	unsigned long stuck_at;
};

/**
 * struct carve_pf_mbx_ops - who knows what the mail means
 * @reset: the VF was reset (FLR or CTRL.RST)
 * @length: dwords of a message the VF sent, from its header
 * @request: answer a message; true: @reply is to be sent
 * @acked: the VF has read a message of ours; true: @reply is to be sent
 * @notice: build a message of a kind given to carve_pf_mbx_post(); false: the
 *	VF need not have it any more
 * @served: the VF had its turn, whether it had something or not
 * @link_changed: after carve_pf_mbx_link_changed()
 *
 * All are called by the worker with carve_pf.lock held. They may sleep, but
 * not wait for a VF.
 */
struct carve_pf_mbx_ops {
	void (*reset)(struct carve_pf *pf, unsigned int vf);
	unsigned int (*length)(u32 hdr);
	bool (*request)(struct carve_pf *pf, unsigned int vf,
			const struct carve_msg *req, struct carve_msg *reply);
	bool (*acked)(struct carve_pf *pf, unsigned int vf,
		      struct carve_msg *reply);
	bool (*notice)(struct carve_pf *pf, unsigned int vf, unsigned int kind,
		       struct carve_msg *msg);
	void (*served)(struct carve_pf *pf, unsigned int vf);
	void (*link_changed)(struct carve_pf *pf);
};

/**
 * struct carve_pf_mbx - the worker that serves all VFs
 * @wq: its queue, see struct carve_pf
 * @work: it
 * @ops: set by control.c before carve_pf_mbx_init()
 * @collect_lock: IRQ-safe; taking events from the chip: read and clear are one
 * @link_changed: for the worker, atomic bit operations on bit 0
 * @vfs: VFs with an open mailbox, bit mask. carve_pf.lock
 * @paused: the port is being reset: nothing is read. carve_pf.lock
 * @first: VF whose turn is first. Worker
 */
struct carve_pf_mbx {
	struct workqueue_struct *wq;
	struct delayed_work work;
	const struct carve_pf_mbx_ops *ops;
	spinlock_t collect_lock; /* see above */
	unsigned long link_changed;
	u8 vfs;
	bool paused;
	u8 first;
};

/**
 * carve_pf_mbx_init() - make the worker; all mailboxes closed
 * @pf: the port, carve_pf_control_init() done
 *
 * Return: 0 or -ENOMEM.
 */
int carve_pf_mbx_init(struct carve_pf *pf);

/**
 * carve_pf_mbx_fini() - the reverse of carve_pf_mbx_init()
 * @pf: the port, no VFs, interrupts off
 */
void carve_pf_mbx_fini(struct carve_pf *pf);

/**
 * carve_pf_mbx_irq() - take the VFs' events from the chip
 * @pf: the port
 *
 * Hard IRQ: reads MBVFICR and VFLRE once, clears what it read, notes it in
 * each VF's events and wakes the worker. Masks the cause (IMS) until the
 * worker has looked, so that no VF can raise interrupts faster than that.
 */
void carve_pf_mbx_irq(struct carve_pf *pf);

/**
 * carve_pf_mbx_link_changed() - have the worker call the operation of that name
 * @pf: the port
 *
 * Any context.
 */
void carve_pf_mbx_link_changed(struct carve_pf *pf);

/* Below, the caller holds carve_pf.lock. */

/**
 * carve_pf_mbx_enable() - open the mailboxes of these VFs and no others
 * @pf: the port
 * @vfs: bit mask of VFs; 0 closes all
 *
 * Also tells the VFs that the PF is there (CTRL_EXT.PFRSTD): they send
 * nothing before.
 */
void carve_pf_mbx_enable(struct carve_pf *pf, u8 vfs);

/**
 * carve_pf_mbx_set_open() - open or close the mailbox of one VF
 * @pf: the port
 * @vf: VF
 * @open: or not: what lies in its buffer is ignored then, and it raises no
 *	interrupt but by being reset
 */
void carve_pf_mbx_set_open(struct carve_pf *pf, unsigned int vf, bool open);

/**
 * carve_pf_mbx_pause() - read no mail until carve_pf_mbx_enable()
 * @pf: the port, about to be reset
 */
void carve_pf_mbx_pause(struct carve_pf *pf);

/**
 * carve_pf_mbx_post() - have a message sent when the buffer allows
 * @pf: the port
 * @vf: VF
 * @kind: given to carve_pf_mbx_ops.notice when the time has come. Lower kinds
 *	go first. Posting twice sends once
 * @delay_ms: not before, milliseconds
 */
void carve_pf_mbx_post(struct carve_pf *pf, unsigned int vf, unsigned int kind,
		       unsigned int delay_ms);

/**
 * carve_pf_mbx_send_now() - put a message in a VF's buffer, whatever lies there
 * @pf: the port
 * @vf: VF
 * @msg: the message
 *
 * Tries once and doesn't wait for the VF to read it: for last words.
 *
 * Return: 0, or -EBUSY while the VF holds the buffer.
 */
int carve_pf_mbx_send_now(struct carve_pf *pf, unsigned int vf,
			  const struct carve_msg *msg);

#endif /* _CARVE_PF_MBX_H */
