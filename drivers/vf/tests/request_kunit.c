// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests of how requests are encoded and answers understood.
 *
 * Copyright (C) 2026 Carve developers
 */
#include <kunit/test.h>

static void vf_takes_cts_for_being_known(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, vf_request_verdict(0xa0000002), 0);
	/* Known and refused. */
	KUNIT_EXPECT_EQ(test, vf_request_verdict(0x60000002), -EACCES);
	/* Not known: start over. */
	KUNIT_EXPECT_EQ(test, vf_request_verdict(0x40000002), -ENOTCONN);
	/* Both flags: a refusal is the safe reading. */
	KUNIT_EXPECT_EQ(test, vf_request_verdict(0xe0000002), -EACCES);
}

static void vf_expects_no_cts_in_answer_to_reset(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, vf_request_verdict(0x80000001), 0);
	KUNIT_EXPECT_EQ(test, vf_request_verdict(0x40000001), -EACCES);
}

static void vf_tells_a_refusal_from_no_answer(struct kunit *test)
{
	KUNIT_EXPECT_FALSE(test, carve_vf_request_unheard(0));
	KUNIT_EXPECT_FALSE(test, carve_vf_request_unheard(-EACCES));
	KUNIT_EXPECT_TRUE(test, carve_vf_request_unheard(-ENOTCONN));
	KUNIT_EXPECT_TRUE(test, carve_vf_request_unheard(-ETIMEDOUT));
	KUNIT_EXPECT_TRUE(test, carve_vf_request_unheard(-ENODEV));
}

static void request_test_handshake(struct kunit *test, u8 len, u32 answer,
				   u32 version, u32 caps)
{
	struct carve_msg reply = {
		.dw = { carve_msg_hdr_v1_1(CARVE_MBX_HANDSHAKE, len),
			answer, ~0U },
	};
	u32 got_caps, got_version;

	vf_request_parse_handshake(&reply, &got_version, &got_caps);
	KUNIT_EXPECT_EQ(test, got_version, version);
	KUNIT_EXPECT_EQ(test, got_caps, caps);
}

static void vf_agrees_on_the_latest_version(struct kunit *test)
{
	/* Unknown capabilities are ignored. */
	request_test_handshake(test, 3, CARVE_MBX_VERSION(1, 1),
			       CARVE_MBX_VERSION(1, 1), CARVE_MBX_CAP_ALL);
}

static void vf_takes_an_improper_handshake_for_version_1_0(struct kunit *test)
{
	static const struct {
		u8 len;
		u32 answer;
	} cases[] = {
		{ 3, 0 },
		{ 3, CARVE_MBX_VERSION(1, 0) },
		{ 3, CARVE_MBX_VERSION(1, 2) },
		{ 3, CARVE_MBX_VERSION(2, 0) },
		{ 3, ~0U },
		{ 2, CARVE_MBX_VERSION(1, 1) },
		{ 0, CARVE_MBX_VERSION(1, 1) },
	};
	int i;

	for (i = 0; i < ARRAY_SIZE(cases); i++)
		request_test_handshake(test, cases[i].len, cases[i].answer,
				       CARVE_MBX_VERSION(1, 0), 0);
}

static void vf_reads_what_the_pf_gave(struct kunit *test)
{
	struct carve_msg reply = {
		.dw = {
			carve_msg_hdr_v1_1(CARVE_MBX_QUERY_CONFIG, 8),
			CARVE_MBX_CONFIG_TRUSTED | CARVE_MBX_CONFIG_PORT_VLAN,
			9728U << 16 | 1, 8U << 16 | 3, 200,
			1000U << 16 | CARVE_MBX_LINK_UP,
			0x33221102, 0x5544,
		},
	};
	const u8 mac[] = { 0x02, 0x11, 0x22, 0x33, 0x44, 0x55 };
	struct carve_vf_config config = {};

	KUNIT_ASSERT_EQ(test, vf_request_parse_config(&reply, &config), 0);
	KUNIT_EXPECT_EQ(test, config.flags, 3U);
	KUNIT_EXPECT_EQ(test, config.max_frame, 9728);
	KUNIT_EXPECT_EQ(test, config.vlan_quota, 8);
	KUNIT_EXPECT_EQ(test, config.mac_quota, 3);
	KUNIT_EXPECT_EQ(test, config.rate, 200U);
	KUNIT_EXPECT_MEMEQ(test, config.mac, mac, ETH_ALEN);
}

static void vf_refuses_a_config_that_makes_no_sense(struct kunit *test)
{
	struct carve_msg reply = {
		.dw = { carve_msg_hdr_v1_1(CARVE_MBX_QUERY_CONFIG, 7), 0, 1 },
	};
	struct carve_vf_config config = {};

	KUNIT_EXPECT_EQ(test, vf_request_parse_config(&reply, &config),
			-EPROTO);

	/* The right length, but no queues or too many. */
	reply.dw[0] = carve_msg_hdr_v1_1(CARVE_MBX_QUERY_CONFIG, 8);
	KUNIT_EXPECT_EQ(test, vf_request_parse_config(&reply, &config), 0);
	reply.dw[2] = 0;
	KUNIT_EXPECT_EQ(test, vf_request_parse_config(&reply, &config),
			-EPROTO);
	reply.dw[2] = 3;
	KUNIT_EXPECT_EQ(test, vf_request_parse_config(&reply, &config),
			-EPROTO);
}

static void vf_treats_an_invalid_mac_as_none(struct kunit *test)
{
	struct carve_msg reply = {
		.dw = { carve_msg_hdr_v1_1(CARVE_MBX_QUERY_CONFIG, 8),
			0, 1, 0, 0, 0, 0x33221101, 0x5544 },
	};
	struct carve_vf_config config = {};

	KUNIT_ASSERT_EQ(test, vf_request_parse_config(&reply, &config), 0);
	KUNIT_EXPECT_TRUE(test, is_zero_ether_addr(config.mac));
}

static void vf_packs_hashes_lower_half_first(struct kunit *test)
{
	const u16 hashes[] = { 0x111, 0x222, 0x333 };
	struct carve_msg req = {};

	vf_request_put_hashes(&req, hashes, ARRAY_SIZE(hashes));
	KUNIT_EXPECT_EQ(test, req.dw[1], 0x02220111U);
	KUNIT_EXPECT_EQ(test, req.dw[2], 0x00000333U);
	KUNIT_EXPECT_EQ(test, req.dw[3], 0U);
}

static struct kunit_case request_test_cases[] = {
	KUNIT_CASE(vf_takes_cts_for_being_known),
	KUNIT_CASE(vf_expects_no_cts_in_answer_to_reset),
	KUNIT_CASE(vf_tells_a_refusal_from_no_answer),
	KUNIT_CASE(vf_agrees_on_the_latest_version),
	KUNIT_CASE(vf_takes_an_improper_handshake_for_version_1_0),
	KUNIT_CASE(vf_reads_what_the_pf_gave),
	KUNIT_CASE(vf_refuses_a_config_that_makes_no_sense),
	KUNIT_CASE(vf_treats_an_invalid_mac_as_none),
	KUNIT_CASE(vf_packs_hashes_lower_half_first),
	{ }
};

static struct kunit_suite request_test_suite = {
	.name = "carve_vf_request",
	.test_cases = request_test_cases,
};

kunit_test_suite(request_test_suite);
