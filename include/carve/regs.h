/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Registers that a PF and a VF of the 82576 both have. Names keep the
 * datasheet's spelling. Offsets are bytes in BAR0.
 *
 * Copyright (C) 2026 Carve developers
 */
#ifndef _CARVE_REGS_H
#define _CARVE_REGS_H

#include <linux/bits.h>

#define CARVE_CTRL			0x0000
#define CARVE_CTRL_RST			BIT(26)

#define CARVE_STATUS			0x0008
#define CARVE_STATUS_FD			BIT(0)
#define CARVE_STATUS_LU			BIT(1)
#define CARVE_STATUS_SPEED		GENMASK(7, 6)
enum {
	CARVE_STATUS_SPEED_10		= 0,
	CARVE_STATUS_SPEED_100		= 1,
	CARVE_STATUS_SPEED_1000		= 2,	/* 3 means the same */
};

/* Extended interrupts: one bit a vector, same offsets in PF and VF. */
#define CARVE_EICS			0x1520
#define CARVE_EIMS			0x1524
#define CARVE_EIMC			0x1528
#define CARVE_EIAC			0x152c
#define CARVE_EIAM			0x1530
#define CARVE_EICR			0x1580
#define CARVE_EITR(vector)		(0x1680 + 4 * (vector))
#define CARVE_EITR_INTERVAL		GENMASK(14, 2)	/* microseconds */
#define CARVE_EITR_CNT_IGNR		BIT(31)

#define CARVE_IVAR_VALID		BIT(7)

/*
 * A queue's register block, relative to its base. The blocks of PF and VF
 * differ only in base and stride, see struct carve_layout.
 */
#define CARVE_Q_BAL			0x00
#define CARVE_Q_BAH			0x04
#define CARVE_Q_LEN			0x08
#define CARVE_Q_SRRCTL			0x0c	/* receive only */
#define CARVE_Q_H			0x10
#define CARVE_Q_CTL			0x14	/* RXCTL, TXCTL */
#define CARVE_Q_T			0x18
#define CARVE_Q_DCTL			0x28	/* RXDCTL, TXDCTL */
#define CARVE_Q_RQDPC			0x30	/* receive only */
#define CARVE_Q_TDWBAL			0x38	/* transmit only */
#define CARVE_Q_TDWBAH			0x3c	/* transmit only */

#define CARVE_SRRCTL_BSIZEPKT		GENMASK(6, 0)	/* 1 KiB units */
#define CARVE_SRRCTL_BSIZEHDR		GENMASK(13, 8)	/* 64 byte units */
#define CARVE_SRRCTL_DESCTYPE		GENMASK(27, 25)
enum {
	CARVE_SRRCTL_DESCTYPE_ADV_ONEBUF = 1,
};

#define CARVE_SRRCTL_DROP_EN		BIT(31)

#define CARVE_DCTL_PTHRESH		GENMASK(4, 0)
#define CARVE_DCTL_HTHRESH		GENMASK(12, 8)
#define CARVE_DCTL_WTHRESH		GENMASK(20, 16)
#define CARVE_DCTL_ENABLE		BIT(25)
#define CARVE_DCTL_SWFLSH		BIT(26)

#define CARVE_TXCTL_WB_RO		BIT(11)
#define CARVE_TDWBAL_ENABLE		BIT(0)

/* Rings: 8 to 4096 descriptors, a multiple of 8; base 128 bytes aligned. */
#define CARVE_RING_MIN_DESC		64
#define CARVE_RING_MAX_DESC		4096
#define CARVE_RING_DESC_MULTIPLE	8
#define CARVE_RING_ALIGN		128

/* Largest frame the chip takes: header, tags and CRC included. */
#define CARVE_MAX_FRAME			9728
#define CARVE_MAX_MTU			9216

#endif /* _CARVE_REGS_H */
