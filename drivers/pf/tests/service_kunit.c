// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests of the service: every gate, every refusal, each answer's form.
 *
 * Copyright (C) 2026 Carve developers
 */
#include "fake_pf.h"

#define SERVICE_TEST_CTS_ACK	(CARVE_MBX_HDR_CTS | CARVE_MBX_HDR_ACK)
#define SERVICE_TEST_CTS_NACK	(CARVE_MBX_HDR_CTS | CARVE_MBX_HDR_NACK)

static struct carve_pf *service_test_pf(struct kunit *test)
{
	struct carve_pf *pf = fake_pf_with_vfs(test, 2);

	fake_open_vf(pf, 0);
	fake_open_vf(pf, 1);

	return pf;
}

/* Sends @req as VF0; returns whether there is a reply. */
static bool service_test_send(struct carve_pf *pf, const struct carve_msg *req,
			      struct carve_msg *reply)
{
	bool answered;

	mutex_lock(&pf->lock);
	answered = carve_pf_service_handle(pf, 0, req, reply);
	mutex_unlock(&pf->lock);

	return answered;
}

static void service_test_negotiate(struct carve_pf *pf, u32 version, u32 caps)
{
	pf->vf[0].service.version = version;
	pf->vf[0].service.caps = caps;
}

/**
 * struct service_test_case - a request and what comes of it
 * @name: what it is
 * @dw: the request
 * @reply: dword 0 of the answer
 * @event: counted
 */
struct service_test_case {
	const char *name;
	u32 dw[4];
	u32 reply;
	enum carve_pf_monitor_event event;
};

static const struct service_test_case service_test_requests[] = {
	{
		"unknown type",
		{ 0x0077 },
		0x0077 | SERVICE_TEST_CTS_NACK,
		CARVE_PF_MON_BAD_TYPE,
	},
	{
		"type 0",
		{ 0 },
		SERVICE_TEST_CTS_NACK,
		CARVE_PF_MON_BAD_TYPE,
	},
	{
		"message that only the PF sends",
		{ CARVE_MBX_PF_CONTROL },
		CARVE_MBX_PF_CONTROL | SERVICE_TEST_CTS_NACK,
		CARVE_PF_MON_BAD_TYPE,
	},
	{
		"reserved bits of the header",
		{ CARVE_MBX_SET_LPE | BIT(24), 1522 },
		CARVE_MBX_SET_LPE | SERVICE_TEST_CTS_NACK,
		CARVE_PF_MON_RESERVED_BITS,
	},
	{
		"CTS from a VF",
		{ CARVE_MBX_SET_LPE | CARVE_MBX_HDR_CTS, 1522 },
		CARVE_MBX_SET_LPE | SERVICE_TEST_CTS_NACK,
		CARVE_PF_MON_RESERVED_BITS,
	},
	{
		"INFO where there is none",
		{ CARVE_MBX_SET_LPE | 1 << 16, 1522 },
		CARVE_MBX_SET_LPE | SERVICE_TEST_CTS_NACK,
		CARVE_PF_MON_RESERVED_BITS,
	},
	{
		"largest frame",
		{ CARVE_MBX_SET_LPE, 9728 },
		CARVE_MBX_SET_LPE | SERVICE_TEST_CTS_ACK,
		CARVE_PF_MON_NONE,
	},
	{
		"frame too large",
		{ CARVE_MBX_SET_LPE, 0x80000600 },
		CARVE_MBX_SET_LPE | SERVICE_TEST_CTS_NACK,
		CARVE_PF_MON_BAD_ARGUMENT,
	},
	{
		"address",
		{ CARVE_MBX_SET_MAC, 0x0000ee02, 0x0100 },
		CARVE_MBX_SET_MAC | SERVICE_TEST_CTS_ACK,
		CARVE_PF_MON_NONE,
	},
	{
		"address with reserved bits",
		{ CARVE_MBX_SET_MAC, 0x0000ee02, 0x10100 },
		CARVE_MBX_SET_MAC | SERVICE_TEST_CTS_NACK,
		CARVE_PF_MON_RESERVED_BITS,
	},
	{
		"multicast address",
		{ CARVE_MBX_SET_MAC, 0x0000ee01, 0x0100 },
		CARVE_MBX_SET_MAC | SERVICE_TEST_CTS_NACK,
		CARVE_PF_MON_BAD_ARGUMENT,
	},
	{
		"address of the port",
		{ CARVE_MBX_SET_MAC, 0x10211b00, 0x3020 },
		CARVE_MBX_SET_MAC | SERVICE_TEST_CTS_NACK,
		CARVE_PF_MON_MAC_IN_USE,
	},
	{
		"further address: the answer repeats INFO",
		{ CARVE_MBX_SET_MAC | 2 << 16, 0x0000ee02, 0x0100 },
		CARVE_MBX_SET_MAC | 2 << 16 | SERVICE_TEST_CTS_ACK,
		CARVE_PF_MON_NONE,
	},
	{
		"no further addresses, with any address",
		{ CARVE_MBX_SET_MAC | 1 << 16, 0x10211b00, 0x3020 },
		CARVE_MBX_SET_MAC | 1 << 16 | SERVICE_TEST_CTS_ACK,
		CARVE_PF_MON_NONE,
	},
	{
		"unknown address command",
		{ CARVE_MBX_SET_MAC | 3 << 16, 0x0000ee02, 0x0100 },
		CARVE_MBX_SET_MAC | 3 << 16 | SERVICE_TEST_CTS_NACK,
		CARVE_PF_MON_BAD_ARGUMENT,
	},
	{
		"multicast hashes",
		{ CARVE_MBX_SET_MULTICAST | 2 << 16, 0x00220021 },
		CARVE_MBX_SET_MULTICAST | SERVICE_TEST_CTS_ACK,
		CARVE_PF_MON_NONE,
	},
	{
		"more hashes than fit",
		{ CARVE_MBX_SET_MULTICAST | 31 << 16 },
		CARVE_MBX_SET_MULTICAST | SERVICE_TEST_CTS_NACK,
		CARVE_PF_MON_BAD_ARGUMENT,
	},
	{
		"reserved bits of INFO",
		{ CARVE_MBX_SET_MULTICAST | BIT(21) },
		CARVE_MBX_SET_MULTICAST | SERVICE_TEST_CTS_NACK,
		CARVE_PF_MON_RESERVED_BITS,
	},
	{
		"VLAN with undefined upper bits",
		{ CARVE_MBX_SET_VLAN | 1 << 16, 0xfffff064 },
		CARVE_MBX_SET_VLAN | SERVICE_TEST_CTS_ACK,
		CARVE_PF_MON_NONE,
	},
	{
		"VLAN it is not in is removed",
		{ CARVE_MBX_SET_VLAN, 99 },
		CARVE_MBX_SET_VLAN | SERVICE_TEST_CTS_ACK,
		CARVE_PF_MON_NONE,
	},
	{
		"unknown VLAN command",
		{ CARVE_MBX_SET_VLAN | 2 << 16, 99 },
		CARVE_MBX_SET_VLAN | SERVICE_TEST_CTS_NACK,
		CARVE_PF_MON_RESERVED_BITS,
	},
	{
		"all multicast",
		{ CARVE_MBX_SET_PROMISC | CARVE_MBX_PROMISC_MC },
		CARVE_MBX_SET_PROMISC | SERVICE_TEST_CTS_ACK,
		CARVE_PF_MON_NONE,
	},
	{
		"all unicast without trust",
		{ CARVE_MBX_SET_PROMISC | CARVE_MBX_PROMISC_UC },
		CARVE_MBX_SET_PROMISC | SERVICE_TEST_CTS_NACK,
		CARVE_PF_MON_NOT_TRUSTED,
	},
	{
		"handshake of wrong length",
		{ CARVE_MBX_HANDSHAKE | 2 << 16, CARVE_MBX_VERSION_LATEST },
		CARVE_MBX_HANDSHAKE | SERVICE_TEST_CTS_NACK,
		CARVE_PF_MON_BAD_LENGTH,
	},
	{
		"query before the handshake",
		{ CARVE_MBX_QUERY_CONFIG | 1 << 16 },
		CARVE_MBX_QUERY_CONFIG | SERVICE_TEST_CTS_NACK,
		CARVE_PF_MON_BAD_VERSION,
	},
	{
		"query of wrong length",
		{ CARVE_MBX_QUERY_CONFIG | 2 << 16 },
		CARVE_MBX_QUERY_CONFIG | SERVICE_TEST_CTS_NACK,
		CARVE_PF_MON_BAD_LENGTH,
	},
};

static void service_test_describe(const struct service_test_case *t, char *desc)
{
	strscpy(desc, t->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(service_request, service_test_requests,
		  service_test_describe);

static void service_answers_each_request_as_it_should(struct kunit *test)
{
	const struct service_test_case *t = test->param_value;
	struct carve_pf *pf = service_test_pf(test);
	struct carve_msg req, reply;
	int i;

	carve_msg_init(&req, 0, CARVE_MBX_DWORDS);
	memcpy(req.dw, t->dw, sizeof(t->dw));

	KUNIT_EXPECT_TRUE(test, service_test_send(pf, &req, &reply));
	KUNIT_EXPECT_EQ(test, reply.dw[0], t->reply);
	KUNIT_EXPECT_EQ(test, reply.len, 1);
	for (i = 1; i < CARVE_PF_MON_NUM_EVENTS; i++)
		KUNIT_EXPECT_EQ(test, pf->vf[0].monitor.count[i],
				i == t->event ? 1ULL : 0ULL);
}

static void service_refuses_what_the_administrator_set(struct kunit *test)
{
	struct carve_pf *pf = service_test_pf(test);
	struct carve_msg req, reply;

	carve_pf_provision_set_mac(pf, 0, fake_mac_a);
	carve_pf_provision_set_vlan(pf, 0, 7, 0);
	/* A new address makes a legacy VF start over. */
	pf->vf[0].service.cts = true;

	carve_msg_init(&req, CARVE_MBX_SET_MAC, CARVE_MBX_DWORDS);
	carve_msg_put_mac(&req, 1, fake_mac_b);
	service_test_send(pf, &req, &reply);
	KUNIT_EXPECT_EQ(test, reply.dw[0],
			CARVE_MBX_SET_MAC | SERVICE_TEST_CTS_NACK);
	KUNIT_EXPECT_EQ(test, pf->vf[0].monitor.count[CARVE_PF_MON_ADMIN_MAC],
			1ULL);

	carve_msg_init(&req, CARVE_MBX_SET_VLAN | 1 << 16, CARVE_MBX_DWORDS);
	req.dw[1] = 8;
	service_test_send(pf, &req, &reply);
	KUNIT_EXPECT_EQ(test, reply.dw[0],
			CARVE_MBX_SET_VLAN | SERVICE_TEST_CTS_NACK);
	KUNIT_EXPECT_EQ(test, pf->vf[0].monitor.count[CARVE_PF_MON_PORT_VLAN],
			1ULL);
}

static void service_counts_quota_and_full_table_apart(struct kunit *test)
{
	struct carve_pf *pf = service_test_pf(test);
	u64 *count = pf->vf[0].monitor.count;
	struct carve_msg req, reply;
	int i;

	pf->vf[0].config.mac_quota = CARVE_PF_VF_MAX_MACS;
	pf->vf[0].config.vlan_quota = 1;
	for (i = 0; i < CARVE_PF_VF_MAX_MACS; i++) {
		carve_msg_init(&req, CARVE_MBX_SET_MAC | 2 << 16,
			       CARVE_MBX_DWORDS);
		req.dw[1] = 0x0000ee02;
		req.dw[2] = i;
		service_test_send(pf, &req, &reply);
	}
	KUNIT_EXPECT_GT(test, count[CARVE_PF_MON_MAC_TABLE_FULL], 0ULL);
	KUNIT_EXPECT_EQ(test, count[CARVE_PF_MON_MAC_QUOTA], 0ULL);
	pf->vf[0].config.mac_quota = 1;
	req.dw[2] = 0x0200;
	service_test_send(pf, &req, &reply);
	KUNIT_EXPECT_EQ(test, count[CARVE_PF_MON_MAC_QUOTA], 1ULL);

	for (i = 1; i <= 2; i++) {
		carve_msg_init(&req, CARVE_MBX_SET_VLAN | 1 << 16,
			       CARVE_MBX_DWORDS);
		req.dw[1] = i;
		service_test_send(pf, &req, &reply);
	}
	KUNIT_EXPECT_EQ(test, count[CARVE_PF_MON_VLAN_QUOTA], 1ULL);
}

static void service_keeps_a_vf_whose_reset_is_malformed(struct kunit *test)
{
	static const u32 hdrs[] = {
		CARVE_MBX_RESET | CARVE_MBX_HDR_CTS,
		CARVE_MBX_RESET | BIT(16),
		CARVE_MBX_RESET | BIT(24),
	};
	struct carve_pf *pf = service_test_pf(test);
	struct carve_msg req, reply;
	int i;

	for (i = 0; i < ARRAY_SIZE(hdrs); i++) {
		carve_msg_init(&req, hdrs[i], CARVE_MBX_DWORDS);
		KUNIT_EXPECT_FALSE(test, carve_pf_service_is_reset(&req));
		KUNIT_EXPECT_TRUE(test, service_test_send(pf, &req, &reply));
		KUNIT_EXPECT_EQ(test, reply.dw[0],
				CARVE_MBX_RESET | CARVE_MBX_HDR_NACK);
		KUNIT_EXPECT_EQ(test, reply.len, CARVE_MBX_RESET_REPLY_LEN);
		KUNIT_EXPECT_EQ(test, reply.dw[1] | reply.dw[2], 0U);
	}
	KUNIT_EXPECT_TRUE(test, pf->vf[0].service.cts);
	KUNIT_EXPECT_EQ(test, 3ULL,
			pf->vf[0].monitor.count[CARVE_PF_MON_RESERVED_BITS]);
}

static void service_ignores_its_own_answers(struct kunit *test)
{
	struct carve_pf *pf = service_test_pf(test);
	struct carve_msg req, reply;

	carve_msg_init(&req, CARVE_MBX_SET_LPE | CARVE_MBX_HDR_ACK,
		       CARVE_MBX_DWORDS);
	KUNIT_EXPECT_FALSE(test, service_test_send(pf, &req, &reply));
	carve_msg_init(&req, CARVE_MBX_HDR_NACK, CARVE_MBX_DWORDS);
	KUNIT_EXPECT_FALSE(test, service_test_send(pf, &req, &reply));
}

static void service_nacks_early_requests_once_in_a_while(struct kunit *test)
{
	struct carve_pf *pf = service_test_pf(test);
	struct carve_msg req, reply;

	pf->vf[0].service.cts = false;
	pf->vf[0].service.no_nack_until = 0;
	carve_msg_init(&req, CARVE_MBX_SET_PROMISC | CARVE_MBX_PROMISC_MC,
		       CARVE_MBX_DWORDS);
	KUNIT_EXPECT_TRUE(test, service_test_send(pf, &req, &reply));
	KUNIT_EXPECT_EQ(test, reply.dw[0],
			CARVE_MBX_SET_PROMISC | CARVE_MBX_HDR_NACK);
	KUNIT_EXPECT_FALSE(test, service_test_send(pf, &req, &reply));
	KUNIT_EXPECT_FALSE(test, pf->vf[0].asked.promisc_mc);

	/* The interval passes. */
	pf->vf[0].service.no_nack_until = (jiffies - 1) | 1;
	KUNIT_EXPECT_TRUE(test, service_test_send(pf, &req, &reply));
	KUNIT_EXPECT_EQ(test, pf->vf[0].monitor.count[CARVE_PF_MON_NO_CTS],
			3ULL);
}

static void service_nacks_an_ack_of_a_vf_that_must_reset(struct kunit *test)
{
	struct carve_pf *pf = service_test_pf(test);
	struct carve_msg reply;

	mutex_lock(&pf->lock);
	KUNIT_EXPECT_FALSE(test, carve_pf_service_acked(pf, 0, &reply));
	carve_pf_service_revoke(pf, 0, CARVE_MBX_REASON_CONFIG);
	KUNIT_EXPECT_TRUE(test, carve_pf_service_acked(pf, 0, &reply));
	KUNIT_EXPECT_EQ(test, reply.dw[0], CARVE_MBX_HDR_NACK);
	KUNIT_EXPECT_EQ(test, reply.len, 1);
	KUNIT_EXPECT_FALSE(test, carve_pf_service_acked(pf, 0, &reply));
	mutex_unlock(&pf->lock);
}

/* A VF reads the NACK as "no address, come in": the silence comes after. */
static void service_tells_at_once_a_vf_not_let_in(struct kunit *test)
{
	struct carve_pf *pf = service_test_pf(test);
	struct carve_msg req, reply;

	mutex_lock(&pf->lock);
	carve_pf_service_forget(pf, 0);
	carve_pf_service_admit(pf, 0, false, &reply);
	mutex_unlock(&pf->lock);
	KUNIT_EXPECT_EQ(test, reply.dw[0],
			CARVE_MBX_RESET | CARVE_MBX_HDR_NACK);

	carve_msg_init(&req, CARVE_MBX_HANDSHAKE | 3 << 16, CARVE_MBX_DWORDS);
	KUNIT_EXPECT_TRUE(test, service_test_send(pf, &req, &reply));
	KUNIT_EXPECT_EQ(test, reply.dw[0],
			CARVE_MBX_HANDSHAKE | CARVE_MBX_HDR_NACK);
	KUNIT_EXPECT_FALSE(test, service_test_send(pf, &req, &reply));
}

static void service_admits_with_mac_and_without_cts(struct kunit *test)
{
	struct carve_pf *pf = service_test_pf(test);
	struct carve_msg reply;
	u8 addr[ETH_ALEN];

	mutex_lock(&pf->lock);
	carve_pf_service_forget(pf, 0);
	carve_pf_service_admit(pf, 0, true, &reply);
	mutex_unlock(&pf->lock);
	KUNIT_EXPECT_EQ(test, reply.dw[0],
			CARVE_MBX_RESET | CARVE_MBX_HDR_ACK);
	KUNIT_EXPECT_EQ(test, reply.len, CARVE_MBX_RESET_REPLY_LEN);
	carve_msg_get_mac(&reply, 1, addr);
	KUNIT_EXPECT_TRUE(test, ether_addr_equal(addr,
						 pf->vf[0].config.derived_mac));
	KUNIT_EXPECT_TRUE(test, pf->vf[0].service.cts);
}

/**
 * struct service_test_version - what a VF offers and what is agreed
 * @name: what it is
 * @wanted: its newest version
 * @agreed: 0: refused
 */
struct service_test_version {
	const char *name;
	u32 wanted;
	u32 agreed;
};

static const struct service_test_version service_test_versions[] = {
	{ "0.0", 0, 0 },
	{ "0.9", CARVE_MBX_VERSION(0, 9), 0 },
	{ "1.0", CARVE_MBX_VERSION(1, 0), CARVE_MBX_VERSION(1, 0) },
	{ "1.1", CARVE_MBX_VERSION(1, 1), CARVE_MBX_VERSION(1, 1) },
	{ "1.2", CARVE_MBX_VERSION(1, 2), CARVE_MBX_VERSION_LATEST },
	{ "1.65535", CARVE_MBX_VERSION(1, 0xffff), CARVE_MBX_VERSION_LATEST },
	{ "2.0", CARVE_MBX_VERSION(2, 0), CARVE_MBX_VERSION_LATEST },
	{ "65535.65535", U32_MAX, CARVE_MBX_VERSION_LATEST },
};

static void service_test_describe_version(const struct service_test_version *t,
					  char *desc)
{
	strscpy(desc, t->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(service_version, service_test_versions,
		  service_test_describe_version);

static void handshake_agrees_on_the_older_side(struct kunit *test)
{
	const struct service_test_version *t = test->param_value;
	struct carve_pf *pf = service_test_pf(test);
	struct carve_msg req, reply;

	carve_msg_init(&req, carve_msg_hdr_v1_1(CARVE_MBX_HANDSHAKE,
						CARVE_MBX_HANDSHAKE_LEN),
		       CARVE_MBX_DWORDS);
	req.dw[1] = t->wanted;
	req.dw[2] = U32_MAX;
	KUNIT_EXPECT_TRUE(test, service_test_send(pf, &req, &reply));
	if (!t->agreed) {
		KUNIT_EXPECT_EQ(test, reply.dw[0],
				CARVE_MBX_HANDSHAKE | SERVICE_TEST_CTS_NACK);
		KUNIT_EXPECT_EQ(test, pf->vf[0].service.version,
				(u32)CARVE_MBX_VERSION_BASE);
		return;
	}

	KUNIT_EXPECT_EQ(test, reply.dw[0],
			carve_msg_hdr_v1_1(CARVE_MBX_HANDSHAKE,
					   CARVE_MBX_HANDSHAKE_REPLY_LEN) |
			SERVICE_TEST_CTS_ACK);
	KUNIT_EXPECT_EQ(test, reply.len, CARVE_MBX_HANDSHAKE_REPLY_LEN);
	KUNIT_EXPECT_EQ(test, reply.dw[1], t->agreed);
	KUNIT_EXPECT_EQ(test, pf->vf[0].service.version, t->agreed);
	KUNIT_EXPECT_EQ(test, reply.dw[2],
			t->agreed > CARVE_MBX_VERSION_BASE ?
			CARVE_MBX_CAP_ALL : 0U);
	KUNIT_EXPECT_EQ(test, pf->vf[0].service.caps, reply.dw[2]);
}

static void query_reports_what_the_vf_was_given(struct kunit *test)
{
	struct carve_pf *pf = service_test_pf(test);
	struct carve_msg req, reply;
	u8 addr[ETH_ALEN];

	carve_pf_provision_set_mac(pf, 0, fake_mac_a);
	carve_pf_provision_set_trust(pf, 0, true);
	carve_pf_provision_set_rate(pf, 0, 250);
	service_test_negotiate(pf, CARVE_MBX_VERSION_LATEST, CARVE_MBX_CAP_ALL);
	pf->vf[0].service.cts = true;

	carve_msg_init(&req, carve_msg_hdr_v1_1(CARVE_MBX_QUERY_CONFIG,
						CARVE_MBX_QUERY_CONFIG_LEN),
		       CARVE_MBX_DWORDS);
	KUNIT_EXPECT_TRUE(test, service_test_send(pf, &req, &reply));
	KUNIT_EXPECT_EQ(test, reply.len, CARVE_MBX_QUERY_CONFIG_REPLY_LEN);
	KUNIT_EXPECT_EQ(test, carve_msg_info(&reply),
			CARVE_MBX_QUERY_CONFIG_REPLY_LEN);
	KUNIT_EXPECT_EQ(test, reply.dw[1],
			CARVE_MBX_CONFIG_TRUSTED | CARVE_MBX_CONFIG_ADMIN_MAC |
			CARVE_MBX_CONFIG_SPOOFCHK);
	KUNIT_EXPECT_EQ(test, FIELD_GET(CARVE_MBX_CONFIG_MAX_FRAME,
					reply.dw[2]), (u32)CARVE_MAX_FRAME);
	KUNIT_EXPECT_EQ(test, reply.dw[4], 250U);
	carve_msg_get_mac(&reply, 6, addr);
	KUNIT_EXPECT_TRUE(test, ether_addr_equal(addr, fake_mac_a));
}

static void notices_come_in_the_form_the_vf_understands(struct kunit *test)
{
	struct carve_pf *pf = service_test_pf(test);
	struct carve_msg msg;

	mutex_lock(&pf->lock);
	/* ABI 1.0: a ping is all there is. */
	KUNIT_EXPECT_TRUE(test, carve_pf_service_notice(pf, 0,
							CARVE_PF_NOTICE_LINK,
							&msg));
	KUNIT_EXPECT_EQ(test, msg.dw[0],
			CARVE_MBX_PF_CONTROL | CARVE_MBX_HDR_CTS);
	KUNIT_EXPECT_FALSE(test, carve_pf_service_notice(pf, 0,
							 CARVE_PF_NOTICE_CONFIG,
							 &msg));

	service_test_negotiate(pf, CARVE_MBX_VERSION_LATEST, CARVE_MBX_CAP_ALL);
	KUNIT_EXPECT_FALSE(test, carve_pf_service_notice(pf, 0,
							 CARVE_PF_NOTICE_ALIVE,
							 &msg));
	KUNIT_EXPECT_TRUE(test, carve_pf_service_notice(pf, 0,
							CARVE_PF_NOTICE_LINK,
							&msg));
	KUNIT_EXPECT_EQ(test, msg.dw[0],
			carve_msg_hdr_v1_1(CARVE_MBX_LINK_STATE,
					   CARVE_MBX_LINK_STATE_LEN) |
			CARVE_MBX_HDR_CTS);
	KUNIT_EXPECT_EQ(test, msg.len, CARVE_MBX_LINK_STATE_LEN);
	mutex_unlock(&pf->lock);
}

static void reset_notice_has_no_cts_and_outlives_it(struct kunit *test)
{
	struct carve_pf *pf = service_test_pf(test);
	struct carve_msg msg;

	mutex_lock(&pf->lock);
	KUNIT_EXPECT_FALSE(test, carve_pf_service_notice(pf, 0,
							 CARVE_PF_NOTICE_RESET,
							 &msg));
	carve_pf_service_revoke(pf, 0, CARVE_MBX_REASON_ADMIN);
	KUNIT_EXPECT_TRUE(test, carve_pf_service_notice(pf, 0,
							CARVE_PF_NOTICE_RESET,
							&msg));
	KUNIT_EXPECT_EQ(test, msg.dw[0], (u32)CARVE_MBX_PF_CONTROL);

	service_test_negotiate(pf, CARVE_MBX_VERSION_LATEST, CARVE_MBX_CAP_ALL);
	KUNIT_EXPECT_TRUE(test, carve_pf_service_notice(pf, 0,
							CARVE_PF_NOTICE_RESET,
							&msg));
	KUNIT_EXPECT_EQ(test, msg.dw[0],
			carve_msg_hdr_v1_1(CARVE_MBX_RESET_NOTICE,
					   CARVE_MBX_RESET_NOTICE_LEN));
	KUNIT_EXPECT_EQ(test, msg.dw[1], (u32)CARVE_MBX_REASON_ADMIN);
	KUNIT_EXPECT_FALSE(test, carve_pf_service_notice(pf, 0,
							 CARVE_PF_NOTICE_LINK,
							 &msg));
	mutex_unlock(&pf->lock);
}

static void length_covers_what_an_action_uses(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, carve_pf_service_length(CARVE_MBX_RESET), 1U);
	KUNIT_EXPECT_EQ(test, carve_pf_service_length(CARVE_MBX_SET_MAC), 3U);
	KUNIT_EXPECT_EQ(test, carve_pf_service_length(CARVE_MBX_SET_MULTICAST |
						      3 << 16), 3U);
	KUNIT_EXPECT_EQ(test, carve_pf_service_length(CARVE_MBX_SET_MULTICAST |
						      31 << 16),
			(unsigned int)CARVE_MBX_DWORDS);
	KUNIT_EXPECT_EQ(test, carve_pf_service_length(U32_MAX), 1U);
}

static struct kunit_case service_test_cases[] = {
	KUNIT_CASE_PARAM(service_answers_each_request_as_it_should,
			 service_request_gen_params),
	KUNIT_CASE(service_refuses_what_the_administrator_set),
	KUNIT_CASE(service_counts_quota_and_full_table_apart),
	KUNIT_CASE(service_keeps_a_vf_whose_reset_is_malformed),
	KUNIT_CASE(service_ignores_its_own_answers),
	KUNIT_CASE(service_nacks_early_requests_once_in_a_while),
	KUNIT_CASE(service_nacks_an_ack_of_a_vf_that_must_reset),
	KUNIT_CASE(service_tells_at_once_a_vf_not_let_in),
	KUNIT_CASE(service_admits_with_mac_and_without_cts),
	KUNIT_CASE_PARAM(handshake_agrees_on_the_older_side,
			 service_version_gen_params),
	KUNIT_CASE(query_reports_what_the_vf_was_given),
	KUNIT_CASE(notices_come_in_the_form_the_vf_understands),
	KUNIT_CASE(reset_notice_has_no_cts_and_outlives_it),
	KUNIT_CASE(length_covers_what_an_action_uses),
	{}
};

static struct kunit_suite service_test_suite = {
	.name = "carve_pf_service",
	.test_cases = service_test_cases,
};

kunit_test_suite(service_test_suite);
