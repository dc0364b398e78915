// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests of segmentation: packets as the stack makes them go the way to
 * the driver, a chip built after its manual (82575EB, section 5.8.7) cuts them
 * by their descriptors alone, and each frame has to be one that a receiver
 * would take. The QEMU model does this right for TCP without a tunnel only.
 *
 * Copyright (C) 2026 Carve developers
 */
#include <kunit/test.h>
#include <linux/etherdevice.h>
#include <net/gso.h>
#include <net/ip6_checksum.h>
#include <net/vxlan.h>

#define PLAN_TEST_MSS			1000
#define PLAN_TEST_SEGS			3
#define PLAN_TEST_DATA			(PLAN_TEST_MSS * PLAN_TEST_SEGS + 123)
#define PLAN_TEST_ROOM			256
#define PLAN_TEST_SEQ			0xfffffe00	/* wraps on the way */
#define PLAN_TEST_TUNNELS		(NETIF_F_GSO_UDP_TUNNEL |	\
					 NETIF_F_GSO_UDP_TUNNEL_CSUM |	\
					 NETIF_F_GSO_IPXIP4 |		\
					 NETIF_F_GSO_IPXIP6)

/**
 * struct plan_test - a packet on its way
 * @netdev: with all the chip can do
 * @outer: IP version of the tunnel, 0 without one
 * @vxlan: there is a UDP and an Ethernet header between the IP headers
 * @outer_csum: the outer UDP has a checksum
 * @inner: IP version of what is sent
 * @udp: it is UDP, else TCP
 * @frames: seen on the wire
 * @bytes: in them
 * @data: of them, without headers
 * @planned_frames: what the plans said
 * @planned_bytes: what the plans said
 * @cut: the chip was asked to cut
 */
struct plan_test {
	struct net_device *netdev;
	int outer;
	bool vxlan;
	bool outer_csum;
	int inner;
	bool udp;
	unsigned int frames;
	unsigned int bytes;
	unsigned int data;
	unsigned int planned_frames;
	unsigned int planned_bytes;
	bool cut;
};

static const struct net_device_ops plan_test_ops = {
	.ndo_features_check	= carve_features_check,
};

static void plan_test_free(void *netdev)
{
	free_netdev(netdev);
}

static struct plan_test *plan_test_new(struct kunit *test, int outer, int inner)
{
	const netdev_features_t features = NETIF_F_SG | NETIF_F_IP_CSUM |
		NETIF_F_IPV6_CSUM | NETIF_F_TSO | NETIF_F_TSO6 |
		NETIF_F_TSO_MANGLEID | NETIF_F_GSO_UDP_L4 |
		NETIF_F_GSO_PARTIAL | PLAN_TEST_TUNNELS;
	struct plan_test *t;

	t = kunit_kzalloc(test, sizeof(*t), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, t);
	t->netdev = alloc_etherdev(0);
	KUNIT_ASSERT_NOT_NULL(test, t->netdev);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, plan_test_free,
							t->netdev), 0);
	t->netdev->netdev_ops = &plan_test_ops;
	t->netdev->features = features;
	t->netdev->hw_enc_features = features;
	t->netdev->gso_partial_features = PLAN_TEST_TUNNELS;
	t->outer = outer;
	t->inner = inner;
	return t;
}

/* ---- the stack ---- */

static u8 plan_test_byte(unsigned int i)
{
	return i * 7 + (i >> 8);
}

static int plan_test_push_ip(struct sk_buff *skb, int version, u8 proto)
{
	unsigned int len = skb->len;
	struct ipv6hdr *ip6;
	struct iphdr *iph;

	if (version == 6) {
		ip6 = skb_push(skb, sizeof(*ip6));
		memset(ip6, 0, sizeof(*ip6));
		ip6->version = 6;
		ip6->payload_len = htons(len);
		ip6->nexthdr = proto;
		ip6->hop_limit = 64;
		ip6->saddr.s6_addr[15] = 1;
		ip6->daddr.s6_addr[15] = 2;
		return ETH_P_IPV6;
	}
	iph = skb_push(skb, sizeof(*iph));
	memset(iph, 0, sizeof(*iph));
	iph->version = 4;
	iph->ihl = 5;
	iph->tot_len = htons(skb->len);
	iph->id = htons(0xffff);
	iph->frag_off = htons(IP_DF);
	iph->ttl = 64;
	iph->protocol = proto;
	iph->saddr = htonl(0x0a000001);
	iph->daddr = htonl(0x0a000002);
	iph->check = ip_fast_csum(iph, iph->ihl);
	return ETH_P_IP;
}

/* The sum of a pseudo header, for the addresses of plan_test_push_ip(). */
static __wsum plan_test_pseudo(int version, u8 proto, unsigned int len)
{
	struct in6_addr src = { .s6_addr[15] = 1 }, dst = { .s6_addr[15] = 2 };

	if (version == 6)
		return csum_unfold((__force __sum16)~csum_ipv6_magic(&src, &dst, len, proto, 0));
	return csum_unfold((__force __sum16)~csum_tcpudp_magic(htonl(0x0a000001),
							       htonl(0x0a000002),
							       len, proto, 0));
}

static void plan_test_push_l4(struct plan_test *t, struct sk_buff *skb)
{
	u8 proto = t->udp ? IPPROTO_UDP : IPPROTO_TCP;
	struct udphdr *uh;
	struct tcphdr *th;
	__sum16 sum;

	skb_push(skb, t->udp ? sizeof(*uh) : sizeof(*th));
	memset(skb->data, 0, t->udp ? sizeof(*uh) : sizeof(*th));
	sum = (__force __sum16)~csum_fold(plan_test_pseudo(t->inner, proto, skb->len));
	skb->ip_summed = CHECKSUM_PARTIAL;
	skb->csum_start = skb_headroom(skb);
	skb_reset_transport_header(skb);
	if (t->udp) {
		uh = udp_hdr(skb);
		uh->len = htons(skb->len);
		uh->check = sum;
		skb->csum_offset = offsetof(struct udphdr, check);
		return;
	}
	th = tcp_hdr(skb);
	th->seq = htonl(PLAN_TEST_SEQ);
	th->doff = sizeof(*th) / 4;
	th->ack = 1;
	th->psh = 1;
	th->fin = 1;
	th->check = sum;
	skb->csum_offset = offsetof(struct tcphdr, check);
}

static void plan_test_push_vxlan(struct plan_test *t, struct sk_buff *skb)
{
	struct vxlanhdr *vh = skb_push(skb, sizeof(*vh));
	struct udphdr *uh = skb_push(skb, sizeof(*uh));

	memset(vh, 0, sizeof(*vh));
	memset(uh, 0, sizeof(*uh));
	vh->vx_flags = VXLAN_HF_VNI;
	uh->source = htons(50000);
	uh->dest = htons(4789);
	uh->len = htons(skb->len);
	if (t->outer_csum)
		uh->check = (__force __sum16)~csum_fold(plan_test_pseudo(t->outer, IPPROTO_UDP,
									 skb->len));
	skb_reset_transport_header(skb);
}

static void plan_test_push_tunnel(struct plan_test *t, struct sk_buff *skb,
				  int proto)
{
	struct skb_shared_info *shinfo = skb_shinfo(skb);

	skb_reset_inner_headers(skb);
	skb->inner_transport_header = skb->csum_start;
	skb->encapsulation = 1;
	if (t->vxlan) {
		skb_push(skb, ETH_HLEN);
		memset(skb->data, 0, ETH_HLEN);
		((struct ethhdr *)skb->data)->h_proto = htons(proto);
		skb_reset_inner_mac_header(skb);
		skb_set_inner_protocol(skb, htons(ETH_P_TEB));
		plan_test_push_vxlan(t, skb);
		shinfo->gso_type |= t->outer_csum ? SKB_GSO_UDP_TUNNEL_CSUM :
						    SKB_GSO_UDP_TUNNEL;
	} else {
		skb_set_inner_ipproto(skb, t->inner == 6 ? IPPROTO_IPV6 : IPPROTO_IPIP);
		skb_reset_transport_header(skb);
		shinfo->gso_type |= t->outer == 6 ? SKB_GSO_IPXIP6 : SKB_GSO_IPXIP4;
	}
}

static struct sk_buff *plan_test_packet(struct kunit *test, struct plan_test *t)
{
	struct sk_buff *skb = alloc_skb(PLAN_TEST_ROOM + PLAN_TEST_DATA, GFP_KERNEL);
	struct skb_shared_info *shinfo;
	unsigned int i;
	int proto;
	u8 *data;

	KUNIT_ASSERT_NOT_NULL(test, skb);
	skb_reserve(skb, PLAN_TEST_ROOM);
	data = skb_put(skb, PLAN_TEST_DATA);
	for (i = 0; i < PLAN_TEST_DATA; i++)
		data[i] = plan_test_byte(i);

	shinfo = skb_shinfo(skb);
	shinfo->gso_size = PLAN_TEST_MSS;
	shinfo->gso_segs = DIV_ROUND_UP(PLAN_TEST_DATA, PLAN_TEST_MSS);
	if (t->udp)
		shinfo->gso_type = SKB_GSO_UDP_L4;
	else
		shinfo->gso_type = t->inner == 6 ? SKB_GSO_TCPV6 : SKB_GSO_TCPV4;

	plan_test_push_l4(t, skb);
	proto = plan_test_push_ip(skb, t->inner, t->udp ? IPPROTO_UDP : IPPROTO_TCP);
	skb_reset_network_header(skb);
	if (t->outer) {
		plan_test_push_tunnel(t, skb, proto);
		proto = plan_test_push_ip(skb, t->outer, t->vxlan ? IPPROTO_UDP :
					  t->inner == 6 ? IPPROTO_IPV6 : IPPROTO_IPIP);
		skb_reset_network_header(skb);
	}
	skb_push(skb, ETH_HLEN);
	memset(skb->data, 0, ETH_HLEN);
	((struct ethhdr *)skb->data)->h_proto = htons(proto);
	skb_reset_mac_header(skb);
	skb_reset_mac_len(skb);
	skb->protocol = htons(proto);
	skb->dev = t->netdev;
	return skb;
}

/* ---- the receiver ---- */

/* Checks an IP header; returns the protocol behind it. */
static u8 plan_test_check_ip(struct kunit *test, int version, const u8 *ip,
			     unsigned int len)
{
	const struct ipv6hdr *ip6 = (const struct ipv6hdr *)ip;
	const struct iphdr *iph = (const struct iphdr *)ip;

	KUNIT_EXPECT_EQ(test, (int)iph->version, version);
	if (version == 6) {
		KUNIT_EXPECT_EQ(test, ntohs(ip6->payload_len), len - sizeof(*ip6));
		return ip6->nexthdr;
	}
	KUNIT_EXPECT_EQ(test, ntohs(iph->tot_len), len);
	KUNIT_EXPECT_EQ(test, (__force u16)ip_fast_csum(iph, iph->ihl), 0);
	return iph->protocol;
}

static void plan_test_check_l4(struct kunit *test, int version, u8 proto,
			       const u8 *l4, unsigned int len)
{
	__wsum sum = plan_test_pseudo(version, proto, len);

	if (proto == IPPROTO_UDP)
		KUNIT_EXPECT_EQ(test, ntohs(((const struct udphdr *)l4)->len), len);
	KUNIT_EXPECT_EQ(test, (__force u16)csum_fold(csum_partial(l4, len, sum)), 0);
}

static const u8 *plan_test_check_vxlan(struct kunit *test, struct plan_test *t,
				       const u8 *l4, const u8 *end)
{
	const struct udphdr *uh = (const struct udphdr *)l4;

	KUNIT_EXPECT_EQ(test, ntohs(uh->len), end - l4);
	KUNIT_EXPECT_EQ(test, !!uh->check, t->outer_csum);
	if (t->outer_csum)
		plan_test_check_l4(test, t->outer, IPPROTO_UDP, l4, end - l4);
	return l4 + sizeof(*uh) + sizeof(struct vxlanhdr) + ETH_HLEN;
}

static void plan_test_check_tcp(struct kunit *test, struct plan_test *t,
				const struct tcphdr *th, bool last)
{
	KUNIT_EXPECT_EQ(test, ntohl(th->seq), PLAN_TEST_SEQ + t->data);
	KUNIT_EXPECT_EQ(test, (int)th->fin, last);
	KUNIT_EXPECT_EQ(test, (int)th->psh, last);
}

static void plan_test_receive(struct kunit *test, struct plan_test *t,
			      const u8 *frame, unsigned int len)
{
	const unsigned int l4len = t->udp ? sizeof(struct udphdr) : sizeof(struct tcphdr);
	const u8 *at = frame + ETH_HLEN, *end = frame + len;
	unsigned int i;
	u8 proto;

	if (t->outer) {
		plan_test_check_ip(test, t->outer, at, end - at);
		at += t->outer == 6 ? sizeof(struct ipv6hdr) : sizeof(struct iphdr);
	}
	if (t->vxlan)
		at = plan_test_check_vxlan(test, t, at, end);
	proto = plan_test_check_ip(test, t->inner, at, end - at);
	at += t->inner == 6 ? sizeof(struct ipv6hdr) : sizeof(struct iphdr);
	plan_test_check_l4(test, t->inner, proto, at, end - at);
	KUNIT_EXPECT_LE(test, end - at, PLAN_TEST_MSS + l4len);
	if (!t->udp)
		plan_test_check_tcp(test, t, (const struct tcphdr *)at,
				    t->data + (end - at - l4len) == PLAN_TEST_DATA);

	for (at += l4len, i = 0; at < end; at++, i++)
		if (*at != plan_test_byte(t->data + i))
			break;
	KUNIT_EXPECT_PTR_EQ(test, at, end);
	t->data += i;
	t->frames++;
	t->bytes += len;
}

/* ---- the chip ---- */

static void plan_test_chip_ip(const struct carve_tx_plan *plan, u8 *ip,
			      unsigned int iplen, unsigned int rest, unsigned int n)
{
	struct ipv6hdr *ip6 = (struct ipv6hdr *)ip;
	struct iphdr *iph = (struct iphdr *)ip;

	if (!(plan->ctxt.type & CARVE_TXC_IPV4)) {
		be16_add_cpu(&ip6->payload_len, iplen - sizeof(*ip6) + rest);
		return;
	}
	be16_add_cpu(&iph->tot_len, iplen + rest);
	be16_add_cpu(&iph->id, n);
	if (plan->status & CARVE_TXD_IXSM)
		iph->check = csum_fold(csum_partial(ip, iplen, 0));
}

static void plan_test_chip_l4(const struct carve_tx_plan *plan, u8 *l4,
			      unsigned int len, unsigned int done, bool last)
{
	struct udphdr *uh = (struct udphdr *)l4;
	struct tcphdr *th = (struct tcphdr *)l4;
	__wsum length = (__force __wsum)htonl(len);

	if (FIELD_GET(CARVE_TXC_L4T, plan->ctxt.type) == CARVE_TXC_L4T_UDP) {
		uh->len = htons(len);
		uh->check = csum_fold(csum_partial(l4, len, length));
		return;
	}
	be32_add_cpu(&th->seq, done);
	th->fin &= last;
	th->psh &= last;
	th->check = csum_fold(csum_partial(l4, len, length));
}

static void plan_test_chip_cuts(struct kunit *test, struct plan_test *t,
				const struct carve_tx_plan *plan, const u8 *data)
{
	const unsigned int maclen = FIELD_GET(CARVE_TXC_MACLEN, plan->ctxt.vlan_lens);
	const unsigned int iplen = FIELD_GET(CARVE_TXC_IPLEN, plan->ctxt.vlan_lens);
	const unsigned int l4len = FIELD_GET(CARVE_TXC_L4LEN, plan->ctxt.mss_l4len);
	const unsigned int mss = FIELD_GET(CARVE_TXC_MSS, plan->ctxt.mss_l4len);
	const unsigned int paylen = FIELD_GET(CARVE_TXD_PAYLEN, plan->status);
	const unsigned int hdr = maclen + iplen + l4len;
	unsigned int n, done, len;
	u8 *frame;

	frame = kunit_kzalloc(test, hdr + mss, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, frame);
	for (n = 0, done = 0; done < paylen; n++, done += len) {
		len = min(mss, paylen - done);
		memcpy(frame, data, hdr);
		memcpy(frame + hdr, data + hdr + done, len);
		plan_test_chip_ip(plan, frame + maclen, iplen, l4len + len, n);
		plan_test_chip_l4(plan, frame + maclen + iplen, l4len + len,
				  done, done + len == paylen);
		plan_test_receive(test, t, frame, hdr + len);
	}
}

static void plan_test_chip(struct kunit *test, struct plan_test *t,
			   struct sk_buff *skb)
{
	static const struct carve_tx_ctxt none;
	struct carve_tx_plan plan;

	KUNIT_ASSERT_EQ(test, carve_tx_make_plan(skb, &none, &plan), 0);
	KUNIT_ASSERT_EQ(test, skb_linearize(skb), 0);
	t->planned_frames += plan.segs;
	t->planned_bytes += plan.bytes;
	if (plan.cmd & CARVE_TXD_TSE) {
		t->cut = true;
		plan_test_chip_cuts(test, t, &plan, skb->data);
		return;
	}
	if (plan.csum)
		skb_checksum_help(skb);
	plan_test_receive(test, t, skb->data, skb->len);
}

/* As the stack does between its queue and the driver. */
static void plan_test_send(struct kunit *test, struct plan_test *t)
{
	struct sk_buff *skb = plan_test_packet(test, t);
	netdev_features_t features = netif_skb_features(skb);
	struct sk_buff *segs, *next;

	if (netif_needs_gso(skb, features)) {
		segs = skb_gso_segment(skb, features);
		KUNIT_ASSERT_NOT_ERR_OR_NULL(test, segs);
		consume_skb(skb);
		skb = segs;
	}
	skb_list_walk_safe(skb, segs, next) {
		skb_mark_not_on_list(segs);
		plan_test_chip(test, t, segs);
		kfree_skb(segs);
	}
	KUNIT_EXPECT_EQ(test, t->data, PLAN_TEST_DATA);
	KUNIT_EXPECT_EQ(test, t->frames, PLAN_TEST_SEGS + 1);
	KUNIT_EXPECT_EQ(test, t->frames, t->planned_frames);
	KUNIT_EXPECT_EQ(test, t->bytes, t->planned_bytes);
}

static void plan_test_cuts(struct kunit *test, struct plan_test *t)
{
	plan_test_send(test, t);
	KUNIT_EXPECT_TRUE(test, t->cut);
}

static void plan_cuts_tcp(struct kunit *test)
{
	plan_test_cuts(test, plan_test_new(test, 0, 4));
	plan_test_cuts(test, plan_test_new(test, 0, 6));
}

static void plan_cuts_udp(struct kunit *test)
{
	struct plan_test *v4 = plan_test_new(test, 0, 4);
	struct plan_test *v6 = plan_test_new(test, 0, 6);

	v4->udp = true;
	v6->udp = true;
	plan_test_cuts(test, v4);
	plan_test_cuts(test, v6);
}

static void plan_test_vxlan(struct kunit *test, bool csum)
{
	static const int versions[][2] = { { 4, 4 }, { 4, 6 }, { 6, 4 }, { 6, 6 } };
	int i;

	for (i = 0; i < ARRAY_SIZE(versions); i++) {
		struct plan_test *t = plan_test_new(test, versions[i][0], versions[i][1]);

		t->vxlan = true;
		t->outer_csum = csum;
		plan_test_cuts(test, t);
	}
}

static void plan_cuts_tcp_in_vxlan(struct kunit *test)
{
	plan_test_vxlan(test, false);
}

static void plan_cuts_tcp_in_vxlan_with_checksum(struct kunit *test)
{
	plan_test_vxlan(test, true);
}

static void plan_cuts_tcp_in_an_ip_tunnel(struct kunit *test)
{
	plan_test_cuts(test, plan_test_new(test, 4, 4));
	plan_test_cuts(test, plan_test_new(test, 4, 6));
}

/* The chip would give all frames the same inner ID. */
static void plan_leaves_tunnels_alone_without_leave_to_mangle(struct kunit *test)
{
	struct plan_test *t;
	int udp;

	for (udp = 0; udp < 2; udp++) {
		t = plan_test_new(test, 4, 4);
		t->vxlan = true;
		t->udp = udp;
		t->netdev->features &= ~NETIF_F_TSO_MANGLEID;
		plan_test_send(test, t);
		KUNIT_EXPECT_FALSE(test, t->cut);
	}
}

/* As another port's LRO leaves it: there is no sum to begin with. */
static void plan_leaves_cutting_alone_without_checksum(struct kunit *test)
{
	struct plan_test *t = plan_test_new(test, 0, 4);
	struct sk_buff *skb = plan_test_packet(test, t);
	netdev_features_t features = t->netdev->features;

	KUNIT_EXPECT_TRUE(test, carve_features_check(skb, t->netdev, features) &
				NETIF_F_TSO);
	skb->ip_summed = CHECKSUM_UNNECESSARY;
	KUNIT_EXPECT_FALSE(test, carve_features_check(skb, t->netdev, features) &
				 NETIF_F_GSO_MASK);
	kfree_skb(skb);
}

static struct kunit_case plan_test_cases[] = {
	KUNIT_CASE(plan_cuts_tcp),
	KUNIT_CASE(plan_cuts_udp),
	KUNIT_CASE(plan_cuts_tcp_in_vxlan),
	KUNIT_CASE(plan_cuts_tcp_in_vxlan_with_checksum),
	KUNIT_CASE(plan_cuts_tcp_in_an_ip_tunnel),
	KUNIT_CASE(plan_leaves_tunnels_alone_without_leave_to_mangle),
	KUNIT_CASE(plan_leaves_cutting_alone_without_checksum),
	{}
};

static struct kunit_suite plan_test_suite = {
	.name = "carve_core_tx_plan",
	.test_cases = plan_test_cases,
};

kunit_test_suite(plan_test_suite);
