/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a packet of the stack needs of the chip, for the transmit path.
 *
 * Copyright (C) 2026 Carve developers
 */
#ifndef _CARVE_CORE_TX_PLAN_H
#define _CARVE_CORE_TX_PLAN_H

#include <linux/bitfield.h>
#include <linux/if_vlan.h>
#include <linux/skbuff.h>

#include <carve/desc.h>
#include <carve/ring.h>

#include "tx_desc.h"

/* Third word of a context descriptor that asks for nothing. */
#define CARVE_TX_CTXT_TYPE		(FIELD_PREP(CARVE_TXD_DTYP, \
						    CARVE_TXD_DTYP_CTXT) | \
					 CARVE_TXD_DEXT)

/**
 * struct carve_tx_plan - how to send one packet
 * @cmd: first word of each data descriptor, without length and EOP
 * @status: second word of each
 * @ctxt: the context it needs; whatever it does not care for is as the chip
 *	has it
 * @new_ctxt: the chip has another one
 * @bytes: on the wire, without CRC
 * @segs: frames on the wire
 * @csum: the chip fills in a checksum
 */
struct carve_tx_plan {
	u32 cmd;
	u32 status;
	struct carve_tx_ctxt ctxt;
	bool new_ctxt;
	bool csum;
	u16 segs;
	u32 bytes;
};

/**
 * carve_tx_wants_offload() - is the chip to do more than send
 * @skb: the packet
 *
 * Segmentation comes with a checksum.
 *
 * Return: true when it is.
 */
static inline bool carve_tx_wants_offload(const struct sk_buff *skb)
{
	return skb_vlan_tag_present(skb) ||
	       skb->ip_summed == CHECKSUM_PARTIAL;
}

/**
 * carve_tx_plan_offload() - plan for a packet that asks for something
 * @skb: the packet; its headers may be changed
 * @have: the context that the chip has
 * @plan: with nothing asked for; completed
 *
 * Return: 0; -ERRNO when the packet can't be sent.
 */
int carve_tx_plan_offload(struct sk_buff *skb,
			  const struct carve_tx_ctxt *have,
			  struct carve_tx_plan *plan);

/**
 * carve_tx_make_plan() - plan for a packet
 * @skb: the packet; its headers may be changed
 * @have: the context that the chip has
 * @plan: to fill in
 *
 * Return: 0; -ERRNO when the packet can't be sent.
 */
static inline int carve_tx_make_plan(struct sk_buff *skb,
				     const struct carve_tx_ctxt *have,
				     struct carve_tx_plan *plan)
{
	plan->cmd = CARVE_TX_DATA_CMD;
	plan->status = 0;
	plan->new_ctxt = false;
	plan->csum = false;
	plan->segs = 1;
	plan->bytes = skb->len;

	if (carve_tx_wants_offload(skb))
		return carve_tx_plan_offload(skb, have, plan);

	plan->status = FIELD_PREP(CARVE_TXD_PAYLEN, skb->len);
	return 0;
}

#endif /* _CARVE_CORE_TX_PLAN_H */
