/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Registers that only a VF of the 82576 has, or has in its own place. Names
 * keep the datasheet's spelling. Offsets are bytes in the VF's BAR0.
 *
 * Copyright (C) 2026 Carve developers
 */
#ifndef _CARVE_VF_REGS_H
#define _CARVE_VF_REGS_H

#include <linux/bits.h>

/* A VF has two queue pairs; the driver uses the first, see layout in main.c. */
#define CARVE_VF_RXQ_BASE		0x2800
#define CARVE_VF_TXQ_BASE		0x3800
#define CARVE_VF_Q_STRIDE		0x0100

/*
 * The mailbox as the VF sees it. Any read clears PFSTS, PFACK and RSTD, so
 * only mbx.c may touch V2PMAILBOX.
 */
#define CARVE_VF_VMBMEM(dw)		(0x0800 + 4 * (dw))
#define CARVE_VF_V2PMAILBOX		0x0c40
#define CARVE_VF_V2PMAILBOX_REQ		BIT(0)	/* write: a request is there */
#define CARVE_VF_V2PMAILBOX_ACK		BIT(1)	/* write: message was read */
#define CARVE_VF_V2PMAILBOX_VFU		BIT(2)	/* the VF holds the buffer */
#define CARVE_VF_V2PMAILBOX_PFU		BIT(3)	/* the PF holds the buffer */
#define CARVE_VF_V2PMAILBOX_PFSTS	BIT(4)	/* the PF wrote a message */
#define CARVE_VF_V2PMAILBOX_PFACK	BIT(5)	/* the PF read our message */
#define CARVE_VF_V2PMAILBOX_RSTI	BIT(6)	/* PF is in reset */
#define CARVE_VF_V2PMAILBOX_RSTD	BIT(7)	/* PF has come out of reset */
#define CARVE_VF_V2PMAILBOX_RC		(CARVE_VF_V2PMAILBOX_PFSTS | \
					 CARVE_VF_V2PMAILBOX_PFACK | \
					 CARVE_VF_V2PMAILBOX_RSTD)

/* Interrupt routing: the entries hold a MSI-X vector and CARVE_IVAR_VALID. */
#define CARVE_VF_IVAR0			0x1700
#define CARVE_VF_IVAR0_RX0		GENMASK(7, 0)
#define CARVE_VF_IVAR0_TX0		GENMASK(15, 8)
#define CARVE_VF_IVAR_MISC		0x1740
#define CARVE_VF_IVAR_MISC_MBX		GENMASK(7, 0)

/* Statistics: 32 bits, read-only, they wrap and a VF reset keeps them. */
#define CARVE_VF_GPRC			0x0f10
#define CARVE_VF_GPTC			0x0f14
#define CARVE_VF_GORC			0x0f18
#define CARVE_VF_GOTC			0x0f34
#define CARVE_VF_MPRC			0x0f3c
#define CARVE_VF_GPRLBC			0x0f40
#define CARVE_VF_GPTLBC			0x0f44
#define CARVE_VF_GORLBC			0x0f48
#define CARVE_VF_GOTLBC			0x0f50

/* MSI-X vectors. */
enum {
	CARVE_VF_VECTOR_QUEUE		= 0,
	CARVE_VF_VECTOR_MBX_QEMU	= 1,	/* see carve_vf_mbx_arm() */
	CARVE_VF_VECTOR_MBX		= 2,
	CARVE_VF_NUM_VECTORS		= 3,
};

#endif /* _CARVE_VF_REGS_H */
