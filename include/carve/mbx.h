/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Mailbox messages in memory, as both sides of the mailbox handle them.
 *
 * Copyright (C) 2026 Carve developers
 */
#ifndef _CARVE_MBX_H
#define _CARVE_MBX_H

#include <linux/bitfield.h>
#include <linux/carve_mbx.h>
#include <linux/etherdevice.h>
#include <linux/string.h>

/**
 * struct carve_msg - one mailbox message
 * @dw: header and payload, host byte order
 * @len: dwords in use, 1 to CARVE_MBX_DWORDS
 *
 * A received message has @len = CARVE_MBX_DWORDS: the hardware carries none.
 */
struct carve_msg {
	u32 dw[CARVE_MBX_DWORDS];
	u8 len;
};

static inline u16 carve_msg_type(const struct carve_msg *msg)
{
	return FIELD_GET(CARVE_MBX_HDR_TYPE, msg->dw[0]);
}

static inline u8 carve_msg_info(const struct carve_msg *msg)
{
	return FIELD_GET(CARVE_MBX_HDR_INFO, msg->dw[0]);
}

/**
 * carve_msg_init() - start a message
 * @msg: the message
 * @hdr: dword 0
 * @len: length in dwords; the payload is cleared
 */
static inline void carve_msg_init(struct carve_msg *msg, u32 hdr, u8 len)
{
	memset(msg, 0, sizeof(*msg));
	msg->dw[0] = hdr;
	msg->len = len;
}

/**
 * carve_msg_hdr_v1_1() - header of a message introduced by ABI 1.1
 * @type: CARVE_MBX_* action
 * @len: length in dwords, carried in INFO
 *
 * Return: dword 0.
 */
static inline u32 carve_msg_hdr_v1_1(u16 type, u8 len)
{
	return FIELD_PREP(CARVE_MBX_HDR_TYPE, type) |
	       FIELD_PREP(CARVE_MBX_HDR_INFO, len);
}

/* Addresses lie in two dwords in memory order, as the stock drivers have it. */
static inline void carve_msg_put_mac(struct carve_msg *msg, int dw,
				     const u8 *addr)
{
	msg->dw[dw] = addr[0] | addr[1] << 8 | addr[2] << 16 |
		      (u32)addr[3] << 24;
	msg->dw[dw + 1] = addr[4] | addr[5] << 8;
}

static inline void carve_msg_get_mac(const struct carve_msg *msg, int dw,
				     u8 *addr)
{
	addr[0] = msg->dw[dw];
	addr[1] = msg->dw[dw] >> 8;
	addr[2] = msg->dw[dw] >> 16;
	addr[3] = msg->dw[dw] >> 24;
	addr[4] = msg->dw[dw + 1];
	addr[5] = msg->dw[dw + 1] >> 8;
}

/**
 * carve_mc_hash() - 12-bit multicast filter index of an address
 * @addr: the address
 *
 * Valid for RCTL.MO = 0, the only setting Carve uses.
 *
 * Return: bit number in the MTA, 0 to 4095.
 */
static inline u16 carve_mc_hash(const u8 *addr)
{
	return (addr[4] >> 4 | addr[5] << 4) & CARVE_MBX_MC_HASH;
}

#endif /* _CARVE_MBX_H */
