/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The registers of an 82576 VF and what any driver does with them.
 *
 * Copyright (C) 2026 Carve developers
 */
#ifndef _HOSTILE_VF_H
#define _HOSTILE_VF_H

#include <linux/carve_mbx.h>
#include <stdbool.h>
#include <stdint.h>

#include "vfio.h"

#define BIT(n)			(1U << (n))

#define VF_CTRL			0x0000
#define VF_CTRL_RST		BIT(26)
#define VF_VMBMEM(dw)		(0x0800 + 4 * (dw))
#define VF_MAILBOX		0x0c40
#define VF_MAILBOX_REQ		BIT(0)
#define VF_MAILBOX_ACK		BIT(1)
#define VF_MAILBOX_VFU		BIT(2)
#define VF_MAILBOX_PFSTS	BIT(4)	/* this and the next: clear on read */
#define VF_MAILBOX_PFACK	BIT(5)
#define VF_MAILBOX_RSTI		BIT(6)
#define VF_MAILBOX_RSTD		BIT(7)	/* clear on read */
#define VF_MAILBOX_COR		(VF_MAILBOX_PFSTS | VF_MAILBOX_PFACK | \
				 VF_MAILBOX_RSTD)
#define VF_PSRTYPE		0x0f0c
#define VF_EICS			0x1520
#define VF_EIMS			0x1524
#define VF_EIAC			0x152c
#define VF_EITR(v)		(0x1680 + 4 * (v))
#define VF_IVAR			0x1700
#define VF_IVAR_MISC		0x1740

#define VF_RXQ(q)		(0x2800 + 0x100 * (q))
#define VF_TXQ(q)		(0x3800 + 0x100 * (q))
#define VF_Q_BAL		0x00
#define VF_Q_BAH		0x04
#define VF_Q_LEN		0x08
#define VF_Q_SRRCTL		0x0c
#define VF_Q_H			0x10
#define VF_Q_CTL		0x14
#define VF_Q_T			0x18
#define VF_Q_DCTL		0x28
#define VF_Q_DCTL_ENABLE	BIT(25)
#define VF_Q_TDWBAL		0x38
#define VF_Q_TDWBAH		0x3c
#define VF_NUM_QUEUES		2

/* The PF serves a VF that asked for too much every few milliseconds. */
#define VF_PATIENCE_MS		3000

/**
 * struct vf - a VF
 * @dev: its PCI function
 * @seen: bits of VF_MAILBOX_COR that were read and not looked at yet
 * @patience_ms: how long it waits for an answer
 */
struct vf {
	struct vfio_dev dev;
	uint32_t seen;
	unsigned int patience_ms;
};

/**
 * struct vf_msg - a mailbox message
 * @dw: dwords
 * @len: how many
 */
struct vf_msg {
	uint32_t dw[CARVE_MBX_DWORDS];
	unsigned int len;
};

static inline uint32_t vf_rd32(struct vf *vf, unsigned int reg)
{
	return vf->dev.regs[reg / 4];
}

static inline void vf_wr32(struct vf *vf, unsigned int reg, uint32_t val)
{
	vf->dev.regs[reg / 4] = val;
}

uint64_t vf_now_ms(void);
void vf_sleep_us(unsigned int us);

/* Take the mailbox; false when the PF doesn't let go of it. */
bool vf_lock(struct vf *vf);

/* Put a message into the mailbox and tell the PF; false when it is locked. */
bool vf_post(struct vf *vf, const struct vf_msg *msg);

/* Send a request and wait for the answer; false when there is none. */
bool vf_ask(struct vf *vf, const struct vf_msg *req, struct vf_msg *reply);

/* CTRL.RST, then RESET; false when the PF refuses or is silent. */
bool vf_reset(struct vf *vf, struct vf_msg *reply);

#endif /* _HOSTILE_VF_H */
