/* SPDX-License-Identifier: GPL-2.0 */
/*
 * PF mailbox transport: moves messages and events, knows no action.
 *
 * Copyright (C) 2026 Carve developers
 */
#ifndef _CARVE_PF_MBX_H
#define _CARVE_PF_MBX_H

#include <linux/types.h>

#include <carve/mbx.h>

struct carve_pf;

/**
 * struct carve_pf_vf_mbx - mailbox of one VF
 * @events: CARVE_PF_MBX_EV_* not yet served, atomic bit operations
 * @stuck_since: jiffies at which the VF was first found holding the buffer,
 *	0: it doesn't
 */
struct carve_pf_vf_mbx {
	unsigned long events;
	unsigned long stuck_since;
};

enum carve_pf_mbx_event {
	CARVE_PF_MBX_EV_FLR,	/* VFLRE: FLR or CTRL.RST of the VF */
	CARVE_PF_MBX_EV_REQ,	/* a message lies in the buffer */
	CARVE_PF_MBX_EV_ACK,	/* the VF has read ours */
};

int carve_pf_mbx_init(struct carve_pf *pf);
void carve_pf_mbx_fini(struct carve_pf *pf);

/**
 * carve_pf_mbx_irq() - take the VFs' events from the chip
 * @pf: the port
 *
 * Hard IRQ: reads VFLRE and MBVFICR once, clears what it read, notes it in
 * each VF's events and wakes the worker.
 */
void carve_pf_mbx_irq(struct carve_pf *pf);

/**
 * carve_pf_mbx_enable() - let VFs raise mailbox interrupts
 * @pf: the port
 * @vfs: bit mask of VFs
 *
 * Writes MBVFIMR; 0 closes all mailboxes.
 */
void carve_pf_mbx_enable(struct carve_pf *pf, u8 vfs);

/**
 * carve_pf_mbx_recv() - take a message out of a VF's buffer
 * @pf: the port
 * @vf: VF
 * @msg: filled, CARVE_MBX_DWORDS long
 *
 * Tries once for the buffer; copies all of it once, so that what is validated
 * is what is used. Acknowledges. Caller holds carve_pf.lock.
 *
 * Return: 0, or -EBUSY while the VF holds the buffer.
 */
int carve_pf_mbx_recv(struct carve_pf *pf, unsigned int vf,
		      struct carve_msg *msg);

/**
 * carve_pf_mbx_send() - put a message in a VF's buffer
 * @pf: the port
 * @vf: VF
 * @msg: the message
 *
 * Does not wait for the VF to read it. Caller holds carve_pf.lock.
 *
 * Return: 0, or -EBUSY while the VF holds the buffer.
 */
int carve_pf_mbx_send(struct carve_pf *pf, unsigned int vf,
		      const struct carve_msg *msg);

#endif /* _CARVE_PF_MBX_H */
