// SPDX-License-Identifier: GPL-2.0
/*
 * What a packet of the stack needs of the chip: context, checksum, segmentation,
 * VLAN tag. Pure logic on a packet, without a ring or a register.
 *
 * Copyright (C) 2026 Carve developers
 */
#include <linux/bitfield.h>
#include <linux/export.h>
#include <linux/if_vlan.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/sctp.h>
#include <linux/tcp.h>
#include <linux/udp.h>
#include <net/checksum.h>

#include <carve/compat.h>
#include <carve/netdev.h>

#include "tx_plan.h"

static void tx_plan_vlan(const struct sk_buff *skb, struct carve_tx_plan *plan)
{
	plan->cmd |= CARVE_TXD_VLE;
	plan->ctxt.vlan_lens &= ~CARVE_TXC_VLAN;
	plan->ctxt.vlan_lens |= FIELD_PREP(CARVE_TXC_VLAN,
					   skb_vlan_tag_get(skb));
}

/* Which checksum is it? Negative: one that the chip doesn't know. */
static int tx_l4_type(struct sk_buff *skb)
{
	switch (skb->csum_offset) {
	case offsetof(struct tcphdr, check):
		return CARVE_TXC_L4T_TCP;
	case offsetof(struct udphdr, check):
		return CARVE_TXC_L4T_UDP;
	case offsetof(struct sctphdr, checksum):
		return skb_csum_is_sctp(skb) ? CARVE_TXC_L4T_SCTP : -EINVAL;
	default:
		return -EINVAL;
	}
}

static int tx_plan_csum(struct sk_buff *skb, struct carve_tx_plan *plan)
{
	int maclen = skb_network_offset(skb);
	int iplen = skb_checksum_start_offset(skb) - maclen;
	int l4 = tx_l4_type(skb);

	if (l4 < 0)
		return skb_checksum_help(skb);

	plan->csum = true;
	plan->status |= CARVE_TXD_TXSM;
	plan->ctxt.vlan_lens &= CARVE_TXC_VLAN;
	plan->ctxt.vlan_lens |= FIELD_PREP(CARVE_TXC_MACLEN, maclen) |
				FIELD_PREP(CARVE_TXC_IPLEN, iplen);
	plan->ctxt.type = CARVE_TX_CTXT_TYPE | FIELD_PREP(CARVE_TXC_L4T, l4);
	if (ip_hdr(skb)->version == 4)
		plan->ctxt.type |= CARVE_TXC_IPV4;
	return 0;
}

/*
 * What the chip holds for the IP header reaches to the L4 header that is
 * summed up: with a tunnel it is the outer IP header and all behind it. Each
 * frame repeats it, with another total length, ID and checksum for the outer
 * one (82575EB manual, section 5.8.7.1).
 */
static void tx_prepare_ip(struct sk_buff *skb, struct carve_tx_plan *plan)
{
	struct iphdr *iph = ip_hdr(skb);
	u8 *end = (u8 *)iph + iph->ihl * 4;

	if (iph->version != 4) {
		ipv6_hdr(skb)->payload_len = 0;
		return;
	}

	plan->status |= CARVE_TXD_IXSM;
	iph->tot_len = 0;
	iph->check = 0;
	/* The chip sums up the whole: begin with less what is too much. */
	if (skb_shinfo(skb)->gso_type & SKB_GSO_PARTIAL)
		iph->check = csum_fold(csum_partial(end, skb_checksum_start(skb) - end, 0));
}

/* The chip adds each frame's length to a pseudo header's sum without one. */
static unsigned int tx_prepare_l4(struct sk_buff *skb)
{
	__wsum len = (__force __wsum)htonl(skb->len - skb_checksum_start_offset(skb));
	struct tcphdr *th = (struct tcphdr *)skb_checksum_start(skb);
	struct udphdr *uh = (struct udphdr *)th;

	if (skb_shinfo(skb)->gso_type & SKB_GSO_UDP_L4) {
		csum_replace_by_diff(&uh->check, len);
		return sizeof(*uh);
	}
	csum_replace_by_diff(&th->check, len);
	return __tcp_hdrlen(th);
}

static int tx_plan_tso(struct sk_buff *skb, struct carve_tx_plan *plan)
{
	const struct skb_shared_info *shinfo;
	unsigned int hdr_len, l4len;
	int err;

	/* Gives the packet another head when somebody else has it as well. */
	err = skb_cow_head(skb, 0);
	if (err)
		return err;
	shinfo = skb_shinfo(skb);

	tx_prepare_ip(skb, plan);
	l4len = tx_prepare_l4(skb);
	hdr_len = skb_checksum_start_offset(skb) + l4len;

	plan->cmd |= CARVE_TXD_TSE;
	plan->status |= FIELD_PREP(CARVE_TXD_PAYLEN, skb->len - hdr_len);
	plan->ctxt.mss_l4len = FIELD_PREP(CARVE_TXC_MSS, shinfo->gso_size) |
			       FIELD_PREP(CARVE_TXC_L4LEN, l4len);
	plan->segs = shinfo->gso_segs;
	plan->bytes = skb->len + (plan->segs - 1) * hdr_len;
	return 0;
}

static bool tx_same_ctxt(const struct carve_tx_ctxt *a,
			 const struct carve_tx_ctxt *b)
{
	return a->vlan_lens == b->vlan_lens && a->type == b->type &&
	       a->mss_l4len == b->mss_l4len;
}

int carve_tx_plan_offload(struct sk_buff *skb,
			  const struct carve_tx_ctxt *have,
			  struct carve_tx_plan *plan)
{
	int err = 0;

	plan->ctxt = *have;
	if (skb_vlan_tag_present(skb))
		tx_plan_vlan(skb, plan);
	if (skb->ip_summed == CHECKSUM_PARTIAL)
		err = tx_plan_csum(skb, plan);
	if (!err && skb_is_gso(skb))
		err = tx_plan_tso(skb, plan);
	else
		plan->status |= FIELD_PREP(CARVE_TXD_PAYLEN, skb->len);

	/* A bare tag is happy with any context, but there has to be one. */
	if (!plan->ctxt.type && plan->cmd & CARVE_TXD_VLE)
		plan->ctxt.type = CARVE_TX_CTXT_TYPE;
	plan->new_ctxt = !tx_same_ctxt(&plan->ctxt, have);
	return err;
}

netdev_features_t carve_features_check(struct sk_buff *skb,
				       struct net_device *netdev,
				       netdev_features_t features)
{
	unsigned int maclen, iplen;

	features = vlan_features_check(skb, features);
	/* Such as what another port joined: the chip sums up what it cuts. */
	if (skb->ip_summed != CHECKSUM_PARTIAL)
		return features & ~NETIF_F_GSO_MASK;

	maclen = skb_network_offset(skb);
	iplen = skb_checksum_start_offset(skb) - maclen;
	if (maclen > FIELD_MAX(CARVE_TXC_MACLEN) ||
	    iplen > FIELD_MAX(CARVE_TXC_IPLEN))
		features &= ~(NETIF_F_CSUM_MASK | NETIF_F_SCTP_CRC |
			      NETIF_F_GSO_MASK);
	/* The inner IP header is the same in all frames, its ID as well. */
	if (skb->encapsulation && inner_ip_hdr(skb)->version == 4 &&
	    !(features & NETIF_F_TSO_MANGLEID))
		features &= ~(NETIF_F_TSO | NETIF_F_GSO_UDP_L4);
	return features;
}
EXPORT_SYMBOL_NS_GPL(carve_features_check, CARVE_NS);

#if IS_ENABLED(CONFIG_CARVE_KUNIT_TEST)
#include "tests/tx_plan_kunit.c"
#endif
