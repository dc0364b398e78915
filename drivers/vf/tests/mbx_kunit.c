// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests of the VF mailbox transport against a PF made of a few rules:
 * V2PMAILBOX with its bits that reading clears, the buffer with its two
 * holders, and a script of what the PF does with each request.
 *
 * Copyright (C) 2026 Carve developers
 */
#include <kunit/static_stub.h>
#include <kunit/test.h>
#include <kunit/test-bug.h>

#define FAKE_TIMEOUT_MS			150

/**
 * struct fake_pf - the other end of the mailbox
 * @mem: the buffer
 * @v2p: V2PMAILBOX
 * @on_req: called when a request is posted
 * @num_req: requests posted
 * @num_ack: messages the VF has acknowledged
 * @seen: header of the last request
 */
struct fake_pf {
	struct carve_nic nic;
	struct carve_vf_mbx mbx;
	u8 bar[8];
	u32 mem[CARVE_MBX_DWORDS];
	u32 v2p;
	void (*on_req)(struct fake_pf *pf);
	unsigned int num_req;
	unsigned int num_ack;
	u32 seen;
	struct carve_msg news;
	unsigned int num_news;
};

static struct fake_pf *fake_pf_of(struct kunit *test)
{
	return test->priv;
}

/* One message from the PF. */
static void fake_pf_send(struct fake_pf *pf, u32 hdr, u32 dw1)
{
	pf->mem[0] = hdr;
	pf->mem[1] = dw1;
	pf->v2p |= CARVE_VF_V2PMAILBOX_PFSTS;
}

static void fake_pf_read_request(struct fake_pf *pf)
{
	pf->seen = pf->mem[0];
	pf->v2p |= CARVE_VF_V2PMAILBOX_PFACK;
}

static void fake_pf_grant(struct fake_pf *pf)
{
	fake_pf_read_request(pf);
	fake_pf_send(pf, pf->seen | CARVE_MBX_HDR_ACK | CARVE_MBX_HDR_CTS,
		     pf->num_req);
}

static u32 fake_rd32(struct carve_nic *nic, u32 reg)
{
	struct fake_pf *pf = fake_pf_of(kunit_get_current_test());
	u32 val;

	if (reg >= CARVE_VF_VMBMEM(0) &&
	    reg < CARVE_VF_VMBMEM(CARVE_MBX_DWORDS))
		return pf->mem[(reg - CARVE_VF_VMBMEM(0)) / sizeof(u32)];
	if (reg != CARVE_VF_V2PMAILBOX)
		return 0;

	val = pf->v2p;
	pf->v2p &= ~CARVE_VF_V2PMAILBOX_RC;
	return val;
}

static void fake_wr32(struct carve_nic *nic, u32 reg, u32 val)
{
	struct fake_pf *pf = fake_pf_of(kunit_get_current_test());

	if (reg >= CARVE_VF_VMBMEM(0) &&
	    reg < CARVE_VF_VMBMEM(CARVE_MBX_DWORDS)) {
		pf->mem[(reg - CARVE_VF_VMBMEM(0)) / sizeof(u32)] = val;
		return;
	}
	if (reg != CARVE_VF_V2PMAILBOX)
		return;

	if (!(val & CARVE_VF_V2PMAILBOX_VFU))
		pf->v2p &= ~CARVE_VF_V2PMAILBOX_VFU;
	else if (!(pf->v2p & CARVE_VF_V2PMAILBOX_PFU))
		pf->v2p |= CARVE_VF_V2PMAILBOX_VFU;
	if (val & CARVE_VF_V2PMAILBOX_ACK)
		pf->num_ack++;
	if (val & CARVE_VF_V2PMAILBOX_REQ) {
		pf->num_req++;
		if (pf->on_req)
			pf->on_req(pf);
	}
}

static void fake_news(struct carve_vf_mbx *mbx, const struct carve_msg *msg)
{
	struct fake_pf *pf = container_of(mbx, struct fake_pf, mbx);

	pf->news = *msg;
	pf->num_news++;
}

static int mbx_test_init(struct kunit *test)
{
	struct fake_pf *pf;

	pf = kunit_kzalloc(test, sizeof(*pf), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, pf);
	pf->nic.regs = (__force u8 __iomem *)pf->bar;
	carve_vf_mbx_init(&pf->mbx, &pf->nic, fake_news);
	pf->mbx.timeout_ms = FAKE_TIMEOUT_MS;
	test->priv = pf;

	kunit_activate_static_stub(test, carve_rd32, fake_rd32);
	kunit_activate_static_stub(test, carve_wr32, fake_wr32);
	return 0;
}

static int fake_transact(struct fake_pf *pf, u16 type, struct carve_msg *reply,
			 u8 reply_len)
{
	struct carve_msg req;

	carve_msg_init(&req, type, 2);
	return carve_vf_mbx_transact(&pf->mbx, &req, reply, reply_len);
}

static void vf_keeps_bits_that_reading_clears(struct kunit *test)
{
	u32 shadow;

	shadow = vf_mbx_latch(0, CARVE_VF_V2PMAILBOX_PFSTS |
				 CARVE_VF_V2PMAILBOX_VFU);
	shadow = vf_mbx_latch(shadow, CARVE_VF_V2PMAILBOX_PFACK);
	KUNIT_EXPECT_EQ(test, shadow,
			(u32)(CARVE_VF_V2PMAILBOX_PFSTS |
			      CARVE_VF_V2PMAILBOX_PFACK));
}

static void vf_does_not_keep_bits_that_show_a_state(struct kunit *test)
{
	u32 shadow;

	shadow = vf_mbx_latch(0, CARVE_VF_V2PMAILBOX_RSTI |
				 CARVE_VF_V2PMAILBOX_PFU |
				 CARVE_VF_V2PMAILBOX_VFU);
	KUNIT_EXPECT_EQ(test, vf_mbx_latch(shadow, 0), 0U);
}

static void vf_tells_replies_from_other_messages(struct kunit *test)
{
	static const struct {
		u32 hdr;
		u16 type;
		enum vf_mbx_class class;
	} cases[] = {
		{ 0xa0000002, 2, VF_MBX_REPLY },	/* ACK, CTS */
		{ 0x60000002, 2, VF_MBX_REPLY },	/* NACK, CTS */
		{ 0x40000002, 2, VF_MBX_REPLY },	/* NACK without CTS */
		{ 0xa0020002, 2, VF_MBX_REPLY },	/* INFO repeated */
		{ 0xa0000004, 2, VF_MBX_STALE },
		{ 0xa0000002, 0, VF_MBX_STALE },	/* nothing asked */
		{ 0x60000100, 2, VF_MBX_STALE },
		{ 0x40000000, 2, VF_MBX_DISOWNED },
		{ 0x40000000, 0, VF_MBX_DISOWNED },
		{ 0x60000000, 2, VF_MBX_STALE },
		{ 0x20000100, 2, VF_MBX_NEWS },
		{ 0x00000100, 0, VF_MBX_NEWS },
		{ 0x20020120, 2, VF_MBX_NEWS },
	};
	int i;

	for (i = 0; i < ARRAY_SIZE(cases); i++)
		KUNIT_EXPECT_EQ_MSG(test,
				    vf_mbx_classify(cases[i].hdr,
						    cases[i].type),
				    cases[i].class, "%#x for type %u",
				    cases[i].hdr, cases[i].type);
}

static void vf_bounds_the_length_of_news(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, vf_mbx_news_len(0x00000100), 1);
	KUNIT_EXPECT_EQ(test, vf_mbx_news_len(0x20020120), 2);
	KUNIT_EXPECT_EQ(test, vf_mbx_news_len(0x20ff0120), CARVE_MBX_DWORDS);
}

static void vf_gets_its_answer(struct kunit *test)
{
	struct fake_pf *pf = fake_pf_of(test);
	struct carve_msg reply;

	pf->on_req = fake_pf_grant;
	KUNIT_ASSERT_EQ(test, fake_transact(pf, 5, &reply, 2), 0);
	KUNIT_EXPECT_EQ(test, reply.dw[0], 0xa0000005U);
	KUNIT_EXPECT_EQ(test, reply.dw[1], 1U);
	KUNIT_EXPECT_EQ(test, reply.len, 2);
	/* The answer is acknowledged and the buffer free again. */
	KUNIT_EXPECT_EQ(test, pf->num_ack, 1U);
	KUNIT_EXPECT_FALSE(test, pf->v2p & CARVE_VF_V2PMAILBOX_VFU);
}

static void vf_gives_up_on_a_silent_pf(struct kunit *test)
{
	struct fake_pf *pf = fake_pf_of(test);
	struct carve_msg reply;

	pf->on_req = fake_pf_read_request;
	KUNIT_EXPECT_EQ(test, fake_transact(pf, 5, &reply, 1), -ETIMEDOUT);
	KUNIT_EXPECT_EQ(test, pf->mbx.counters.timeouts, 1UL);
}

static void vf_gives_up_on_a_pf_that_keeps_the_buffer(struct kunit *test)
{
	struct fake_pf *pf = fake_pf_of(test);
	struct carve_msg reply;

	pf->v2p = CARVE_VF_V2PMAILBOX_PFU;
	KUNIT_EXPECT_EQ(test, fake_transact(pf, 5, &reply, 1), -ETIMEDOUT);
	KUNIT_EXPECT_EQ(test, pf->num_req, 0U);
}

static void vf_drops_an_answer_that_comes_late(struct kunit *test)
{
	struct fake_pf *pf = fake_pf_of(test);
	struct carve_msg reply;

	/* Left from a request that was given up. */
	fake_pf_send(pf, 0xa0000005, 77);
	pf->on_req = fake_pf_grant;
	KUNIT_ASSERT_EQ(test, fake_transact(pf, 5, &reply, 2), 0);
	KUNIT_EXPECT_EQ(test, reply.dw[1], 1U);
	KUNIT_EXPECT_EQ(test, pf->mbx.counters.stale, 1UL);
}

static void vf_keeps_news_found_before_a_request(struct kunit *test)
{
	struct fake_pf *pf = fake_pf_of(test);
	struct carve_msg reply;

	fake_pf_send(pf, 0x20020120, 3);
	pf->on_req = fake_pf_grant;
	KUNIT_ASSERT_EQ(test, fake_transact(pf, 5, &reply, 1), 0);
	KUNIT_EXPECT_EQ(test, pf->num_news, 1U);
	KUNIT_EXPECT_EQ(test, pf->news.dw[1], 3U);
	KUNIT_EXPECT_EQ(test, pf->num_req, 1U);
}

/* The PF writes news over the first request before it has read it. */
static void fake_pf_overwrite_first(struct fake_pf *pf)
{
	if (pf->num_req == 1)
		fake_pf_send(pf, 0x20000100, 0);
	else
		fake_pf_grant(pf);
}

static void vf_repeats_a_request_that_was_overwritten(struct kunit *test)
{
	struct fake_pf *pf = fake_pf_of(test);
	struct carve_msg reply;

	pf->on_req = fake_pf_overwrite_first;
	KUNIT_ASSERT_EQ(test, fake_transact(pf, 5, &reply, 1), 0);
	KUNIT_EXPECT_EQ(test, pf->num_news, 1U);
	KUNIT_EXPECT_EQ(test, pf->num_req, 2U);
	KUNIT_EXPECT_EQ(test, pf->mbx.counters.resent, 1UL);
}

/* igb: reads its own ping as a request, and refuses it. */
static void fake_pf_answer_itself_first(struct fake_pf *pf)
{
	if (pf->num_req > 1) {
		fake_pf_grant(pf);
		return;
	}
	fake_pf_send(pf, 0x20000100, 0);
	fake_pf_read_request(pf);
}

static void vf_repeats_a_request_the_pf_took_for_its_own(struct kunit *test)
{
	struct fake_pf *pf = fake_pf_of(test);
	struct carve_msg reply;

	pf->on_req = fake_pf_answer_itself_first;
	/* The doubt takes its time, and a busy machine more. */
	pf->mbx.timeout_ms = 100 * VF_MBX_DOUBT_MS;
	KUNIT_ASSERT_EQ(test, fake_transact(pf, 5, &reply, 1), 0);
	KUNIT_EXPECT_EQ(test, pf->num_req, 2U);
}

static void fake_pf_overwrite_always(struct fake_pf *pf)
{
	fake_pf_send(pf, 0x20000100, 0);
}

static void vf_does_not_repeat_for_ever(struct kunit *test)
{
	struct fake_pf *pf = fake_pf_of(test);
	struct carve_msg reply;

	pf->on_req = fake_pf_overwrite_always;
	KUNIT_EXPECT_EQ(test, fake_transact(pf, 5, &reply, 1), -ETIMEDOUT);
}

static void fake_pf_disown(struct fake_pf *pf)
{
	fake_pf_send(pf, CARVE_MBX_HDR_NACK, 0);
}

static void vf_understands_that_it_is_disowned(struct kunit *test)
{
	struct fake_pf *pf = fake_pf_of(test);
	struct carve_msg reply;

	pf->on_req = fake_pf_disown;
	KUNIT_EXPECT_EQ(test, fake_transact(pf, 5, &reply, 1), -ENOTCONN);
}

static void fake_pf_reset(struct fake_pf *pf)
{
	pf->v2p = CARVE_VF_V2PMAILBOX_RSTI;
}

static void vf_notices_a_reset_while_it_waits(struct kunit *test)
{
	struct fake_pf *pf = fake_pf_of(test);
	struct carve_msg reply;

	pf->on_req = fake_pf_reset;
	KUNIT_EXPECT_EQ(test, fake_transact(pf, 5, &reply, 1), -ENOTCONN);
}

static void vf_notices_a_reset_that_is_over(struct kunit *test)
{
	struct fake_pf *pf = fake_pf_of(test);

	pf->v2p = CARVE_VF_V2PMAILBOX_RSTD;
	KUNIT_EXPECT_EQ(test, carve_vf_mbx_receive(&pf->mbx), -ENOTCONN);
	/* Reading cleared the bit, the shadow has it until the VF is reset. */
	KUNIT_EXPECT_EQ(test, carve_vf_mbx_receive(&pf->mbx), -ENOTCONN);
	KUNIT_EXPECT_EQ(test, carve_vf_mbx_wait_pf(&pf->mbx), 0);
	KUNIT_EXPECT_EQ(test, carve_vf_mbx_receive(&pf->mbx), 0);
}

static void vf_tells_a_pf_that_stays_in_reset(struct kunit *test)
{
	struct fake_pf *pf = fake_pf_of(test);

	pf->v2p = CARVE_VF_V2PMAILBOX_RSTI;
	KUNIT_EXPECT_EQ(test, carve_vf_mbx_wait_pf(&pf->mbx), -ENOTCONN);
}

static void vf_receives_news_between_requests(struct kunit *test)
{
	struct fake_pf *pf = fake_pf_of(test);

	KUNIT_ASSERT_EQ(test, carve_vf_mbx_receive(&pf->mbx), 0);
	KUNIT_EXPECT_EQ(test, pf->num_news, 0U);

	fake_pf_send(pf, 0x00020121, CARVE_MBX_REASON_ADMIN);
	KUNIT_ASSERT_EQ(test, carve_vf_mbx_receive(&pf->mbx), 0);
	KUNIT_EXPECT_EQ(test, pf->num_news, 1U);
	KUNIT_EXPECT_EQ(test, pf->news.dw[1], (u32)CARVE_MBX_REASON_ADMIN);
	KUNIT_EXPECT_EQ(test, pf->num_ack, 1U);
}

static void vf_stops_using_a_device_that_is_gone(struct kunit *test)
{
	struct fake_pf *pf = fake_pf_of(test);
	struct carve_msg reply;

	pf->nic.regs = NULL;
	KUNIT_EXPECT_EQ(test, fake_transact(pf, 5, &reply, 1), -ENODEV);
	KUNIT_EXPECT_EQ(test, carve_vf_mbx_receive(&pf->mbx), -ENODEV);
	KUNIT_EXPECT_EQ(test, carve_vf_mbx_wait_pf(&pf->mbx), -ENODEV);
}

static struct kunit_case mbx_test_cases[] = {
	KUNIT_CASE(vf_keeps_bits_that_reading_clears),
	KUNIT_CASE(vf_does_not_keep_bits_that_show_a_state),
	KUNIT_CASE(vf_tells_replies_from_other_messages),
	KUNIT_CASE(vf_bounds_the_length_of_news),
	KUNIT_CASE(vf_gets_its_answer),
	KUNIT_CASE(vf_gives_up_on_a_silent_pf),
	KUNIT_CASE(vf_gives_up_on_a_pf_that_keeps_the_buffer),
	KUNIT_CASE(vf_drops_an_answer_that_comes_late),
	KUNIT_CASE(vf_keeps_news_found_before_a_request),
	KUNIT_CASE(vf_repeats_a_request_that_was_overwritten),
	KUNIT_CASE(vf_repeats_a_request_the_pf_took_for_its_own),
	KUNIT_CASE(vf_does_not_repeat_for_ever),
	KUNIT_CASE(vf_understands_that_it_is_disowned),
	KUNIT_CASE(vf_notices_a_reset_while_it_waits),
	KUNIT_CASE(vf_notices_a_reset_that_is_over),
	KUNIT_CASE(vf_tells_a_pf_that_stays_in_reset),
	KUNIT_CASE(vf_receives_news_between_requests),
	KUNIT_CASE(vf_stops_using_a_device_that_is_gone),
	{ }
};

static struct kunit_suite mbx_test_suite = {
	.name = "carve_vf_mbx",
	.init = mbx_test_init,
	.test_cases = mbx_test_cases,
};

kunit_test_suite(mbx_test_suite);
