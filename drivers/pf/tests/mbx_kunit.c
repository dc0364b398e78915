// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests of the mailbox worker: order, fairness, back-off. Time is what
 * the test writes into the VF's deadlines.
 *
 * Copyright (C) 2026 Carve developers
 */
#include "fake_pf.h"

static void mbx_test_mail(struct carve_pf *pf, unsigned int vf, u32 hdr)
{
	fake_set_reg(pf, CARVE_VMBMEM(vf, 0), hdr);
	fake_set_reg(pf, CARVE_MBVFICR, fake_reg(pf, CARVE_MBVFICR) |
		     FIELD_PREP(CARVE_MBVFICR_REQ, BIT(vf)));
}

static void mbx_test_ack(struct carve_pf *pf, unsigned int vf)
{
	fake_set_reg(pf, CARVE_MBVFICR, fake_reg(pf, CARVE_MBVFICR) |
		     FIELD_PREP(CARVE_MBVFICR_ACK, BIT(vf)));
}

static unsigned long mbx_test_pass(struct carve_pf *pf)
{
	unsigned long next;

	mutex_lock(&pf->lock);
	next = pf_mbx_pass(pf);
	mutex_unlock(&pf->lock);

	return next;
}

static void mbx_test_post(struct carve_pf *pf, unsigned int vf,
			  unsigned int notice)
{
	mutex_lock(&pf->lock);
	carve_pf_mbx_post(pf, vf, notice, 0);
	mutex_unlock(&pf->lock);
}

static u32 mbx_test_buffer(struct carve_pf *pf, unsigned int vf)
{
	return fake_reg(pf, CARVE_VMBMEM(vf, 0));
}

static void mbx_answers_reset_and_gives_the_buffer_back(struct kunit *test)
{
	struct carve_pf *pf = fake_pf_with_vfs(test, 2);

	mbx_test_mail(pf, 1, CARVE_MBX_RESET);
	mbx_test_pass(pf);
	KUNIT_EXPECT_EQ(test, mbx_test_buffer(pf, 1),
			CARVE_MBX_RESET | CARVE_MBX_HDR_ACK);
	KUNIT_EXPECT_EQ(test, fake_reg(pf, CARVE_P2VMAILBOX(1)),
			CARVE_P2VMAILBOX_STS);
	KUNIT_EXPECT_EQ(test, fake_reg(pf, CARVE_MBVFICR), 0U);
	KUNIT_EXPECT_EQ(test, pf->vf[1].control.state, CARVE_PF_VF_READY);
}

static void mbx_serves_a_vfs_reset_before_its_message(struct kunit *test)
{
	struct carve_pf *pf = fake_pf_with_vfs(test, 2);

	fake_open_vf(pf, 1);
	fake_set_reg(pf, CARVE_VFLRE, BIT(1));
	mbx_test_mail(pf, 1, CARVE_MBX_RESET);
	mbx_test_pass(pf);
	KUNIT_EXPECT_EQ(test, fake_reg(pf, CARVE_VFLRE), 0U);
	KUNIT_EXPECT_EQ(test, pf->vf[1].control.generation, 2U);
	KUNIT_EXPECT_EQ(test, pf->vf[1].control.state, CARVE_PF_VF_READY);
	KUNIT_EXPECT_TRUE(test, pf->vf[1].service.cts);
}

static void mbx_irq_masks_its_cause_and_the_worker_opens_it(struct kunit *test)
{
	struct carve_pf *pf = fake_pf_with_vfs(test, 2);

	mbx_test_mail(pf, 1, CARVE_MBX_RESET);
	carve_pf_mbx_irq(pf);
	KUNIT_EXPECT_EQ(test, fake_reg(pf, CARVE_IMC), (u32)CARVE_INT_VMMB);
	KUNIT_EXPECT_EQ(test, fake_reg(pf, CARVE_IMS), 0U);
	KUNIT_EXPECT_TRUE(test, test_bit(CARVE_PF_MBX_EV_REQ,
					 &pf->vf[1].mbx.events));
	mbx_test_pass(pf);
	KUNIT_EXPECT_EQ(test, fake_reg(pf, CARVE_IMS), (u32)CARVE_INT_VMMB);
}

static void mbx_of_a_vf_that_does_not_exist_is_not_read(struct kunit *test)
{
	struct carve_pf *pf = fake_pf_with_vfs(test, 2);

	mbx_test_mail(pf, 5, CARVE_MBX_RESET);
	fake_set_reg(pf, CARVE_VFLRE, BIT(5));
	KUNIT_EXPECT_EQ(test, mbx_test_pass(pf), PF_MBX_NEVER);
	KUNIT_EXPECT_EQ(test, pf->vf[5].mbx.events, 0UL);
	KUNIT_EXPECT_EQ(test, mbx_test_buffer(pf, 5), (u32)CARVE_MBX_RESET);
}

static void mbx_does_not_wait_for_a_vf_that_holds_the_buffer(struct kunit *test)
{
	struct carve_pf *pf = fake_pf_with_vfs(test, 2);
	unsigned long next;

	fake_chip(pf)->vfu = BIT(0);
	mbx_test_mail(pf, 0, CARVE_MBX_RESET);
	mbx_test_mail(pf, 1, CARVE_MBX_RESET);
	/* A slow machine has waited long enough when the pass is over. */
	next = mbx_test_pass(pf);
	KUNIT_EXPECT_EQ(test, pf->vf[0].mbx.retries, 1U);
	KUNIT_EXPECT_LE(test, next, msecs_to_jiffies(PF_MBX_MAX_BACKOFF_MS));
	KUNIT_EXPECT_EQ(test, pf->vf[0].control.state, CARVE_PF_VF_RESETTING);
	KUNIT_EXPECT_EQ(test, pf->vf[1].control.state, CARVE_PF_VF_READY);

	/* Let go of, and the time has come. */
	fake_chip(pf)->vfu = 0;
	pf->vf[0].mbx.retry_at = jiffies;
	mbx_test_pass(pf);
	KUNIT_EXPECT_EQ(test, pf->vf[0].control.state, CARVE_PF_VF_READY);
	KUNIT_EXPECT_EQ(test, pf->vf[0].mbx.retries, 0U);
}

/* It could have one interrupt after the other, without paying. */
static void mbx_polls_while_a_vf_holds_the_buffer(struct kunit *test)
{
	struct carve_pf *pf = fake_pf_with_vfs(test, 2);

	fake_chip(pf)->vfu = BIT(0);
	mbx_test_mail(pf, 0, CARVE_MBX_RESET);
	mbx_test_pass(pf);
	fake_set_reg(pf, CARVE_IMS, 0);

	pf->vf[0].mbx.retry_at = jiffies + HZ;
	mbx_test_mail(pf, 0, CARVE_MBX_RESET);
	carve_pf_mbx_irq(pf);
	KUNIT_EXPECT_EQ(test, mbx_test_pass(pf),
			msecs_to_jiffies(PF_MBX_POLL_MS));
	KUNIT_EXPECT_EQ(test, fake_reg(pf, CARVE_IMS), 0U);

	fake_chip(pf)->vfu = 0;
	pf->vf[0].mbx.retry_at = jiffies;
	mbx_test_pass(pf);
	KUNIT_EXPECT_EQ(test, fake_reg(pf, CARVE_IMS), (u32)CARVE_INT_VMMB);
}

static void mbx_notes_a_vf_that_keeps_the_buffer(struct kunit *test)
{
	struct carve_pf *pf = fake_pf_with_vfs(test, 2);
	u64 *stuck = &pf->vf[0].monitor.count[CARVE_PF_MON_MBX_STUCK];

	fake_chip(pf)->vfu = BIT(0);
	mbx_test_mail(pf, 0, CARVE_MBX_RESET);
	mbx_test_pass(pf);
	KUNIT_EXPECT_EQ(test, *stuck, 0ULL);
	pf->vf[0].mbx.retry_at = jiffies;
	pf->vf[0].mbx.stuck_at = jiffies;
	mbx_test_pass(pf);
	KUNIT_EXPECT_EQ(test, *stuck, 1ULL);
	KUNIT_EXPECT_GT(test, fake_log_find(pf, CARVE_P2VMAILBOX(0)), -1);
}

static void mbx_bucket_lets_a_burst_pass_and_then_a_trickle(struct kunit *test)
{
	struct carve_pf_mbx_bucket bucket = {};
	u64 now = NSEC_PER_SEC;
	int i;

	for (i = 0; i < PF_MBX_BURST; i++)
		KUNIT_EXPECT_TRUE(test, pf_mbx_take_token(&bucket, now));
	KUNIT_EXPECT_FALSE(test, pf_mbx_take_token(&bucket, now));

	now += PF_MBX_NS_PER_TOKEN;
	KUNIT_EXPECT_TRUE(test, pf_mbx_take_token(&bucket, now));
	KUNIT_EXPECT_FALSE(test, pf_mbx_take_token(&bucket, now));
	/* Half a token and half a token. */
	now += PF_MBX_NS_PER_TOKEN / 2;
	KUNIT_EXPECT_FALSE(test, pf_mbx_take_token(&bucket, now));
	now += PF_MBX_NS_PER_TOKEN / 2;
	KUNIT_EXPECT_TRUE(test, pf_mbx_take_token(&bucket, now));

	now += NSEC_PER_SEC * 3600;
	for (i = 0; i < PF_MBX_BURST; i++)
		KUNIT_EXPECT_TRUE(test, pf_mbx_take_token(&bucket, now));
	KUNIT_EXPECT_FALSE(test, pf_mbx_take_token(&bucket, now));
}

static void mbx_flood_delays_no_neighbour(struct kunit *test)
{
	struct carve_pf *pf = fake_pf_with_vfs(test, 2);

	mbx_test_mail(pf, 0, CARVE_MBX_RESET);
	mbx_test_mail(pf, 1, CARVE_MBX_RESET);
	/* All tokens are gone. */
	pf->vf[0].mbx.bucket.filled_at = ktime_get_ns();
	KUNIT_EXPECT_EQ(test, mbx_test_pass(pf),
			msecs_to_jiffies(PF_MBX_POLL_MS));
	KUNIT_EXPECT_EQ(test, pf->vf[0].control.state, CARVE_PF_VF_RESETTING);
	KUNIT_EXPECT_EQ(test, pf->vf[1].control.state, CARVE_PF_VF_READY);
	KUNIT_EXPECT_EQ(test, fake_reg(pf, CARVE_IMS), 0U);
	KUNIT_EXPECT_EQ(test, pf->vf[0].monitor.count[CARVE_PF_MON_BUDGET],
			1ULL);

	pf->vf[0].mbx.bucket.filled_at -= NSEC_PER_SEC;
	mbx_test_pass(pf);
	KUNIT_EXPECT_EQ(test, pf->vf[0].control.state, CARVE_PF_VF_READY);
	KUNIT_EXPECT_EQ(test, fake_reg(pf, CARVE_IMS), (u32)CARVE_INT_VMMB);
}

static void mbx_notice_waits_until_the_reply_is_read(struct kunit *test)
{
	struct carve_pf *pf = fake_pf_with_vfs(test, 2);
	unsigned long next;
	u32 reply;

	mbx_test_mail(pf, 1, CARVE_MBX_RESET);
	mbx_test_pass(pf);
	reply = mbx_test_buffer(pf, 1);
	mbx_test_post(pf, 1, CARVE_PF_NOTICE_LINK);
	next = mbx_test_pass(pf);
	KUNIT_EXPECT_EQ(test, mbx_test_buffer(pf, 1), reply);
	KUNIT_EXPECT_GT(test, next, 0UL);
	KUNIT_EXPECT_LE(test, next, msecs_to_jiffies(PF_MBX_REPLY_MS));

	mbx_test_ack(pf, 1);
	mbx_test_pass(pf);
	KUNIT_EXPECT_EQ(test, mbx_test_buffer(pf, 1),
			CARVE_MBX_PF_CONTROL | CARVE_MBX_HDR_CTS);
}

static void mbx_notice_does_not_overwrite_a_request(struct kunit *test)
{
	struct carve_pf *pf = fake_pf_with_vfs(test, 2);

	fake_open_vf(pf, 1);
	mutex_lock(&pf->lock);
	carve_pf_mbx_post(pf, 1, CARVE_PF_NOTICE_LINK, 0);
	mbx_test_mail(pf, 1, CARVE_MBX_SET_LPE);
	pf_mbx_serve_notices(pf, 1);
	mutex_unlock(&pf->lock);
	KUNIT_EXPECT_EQ(test, mbx_test_buffer(pf, 1), (u32)CARVE_MBX_SET_LPE);
	KUNIT_EXPECT_TRUE(test, pf->vf[1].mbx.notices &
				BIT(CARVE_PF_NOTICE_LINK));
}

static void mbx_notice_that_was_overwritten_is_sent_again(struct kunit *test)
{
	struct carve_pf *pf = fake_pf_with_vfs(test, 2);

	fake_open_vf(pf, 1);
	mbx_test_post(pf, 1, CARVE_PF_NOTICE_LINK);
	mbx_test_pass(pf);
	KUNIT_EXPECT_EQ(test, pf->vf[1].mbx.in_flight,
			BIT(CARVE_PF_NOTICE_LINK));
	mbx_test_mail(pf, 1, CARVE_MBX_SET_LPE);
	mbx_test_pass(pf);
	KUNIT_EXPECT_EQ(test, mbx_test_buffer(pf, 1),
			CARVE_MBX_SET_LPE | CARVE_MBX_HDR_CTS |
			CARVE_MBX_HDR_NACK);
	mbx_test_ack(pf, 1);
	mbx_test_pass(pf);
	KUNIT_EXPECT_EQ(test, mbx_test_buffer(pf, 1),
			CARVE_MBX_PF_CONTROL | CARVE_MBX_HDR_CTS);
}

static void mbx_paused_reads_nothing(struct kunit *test)
{
	struct carve_pf *pf = fake_pf_with_vfs(test, 2);

	mutex_lock(&pf->lock);
	carve_pf_mbx_pause(pf);
	mutex_unlock(&pf->lock);
	mbx_test_mail(pf, 1, CARVE_MBX_RESET);
	KUNIT_EXPECT_EQ(test, mbx_test_pass(pf), PF_MBX_NEVER);
	KUNIT_EXPECT_EQ(test, fake_reg(pf, CARVE_IMS), 0U);
	KUNIT_EXPECT_EQ(test, mbx_test_buffer(pf, 1), (u32)CARVE_MBX_RESET);
}

static struct kunit_case mbx_test_cases[] = {
	KUNIT_CASE(mbx_answers_reset_and_gives_the_buffer_back),
	KUNIT_CASE(mbx_serves_a_vfs_reset_before_its_message),
	KUNIT_CASE(mbx_irq_masks_its_cause_and_the_worker_opens_it),
	KUNIT_CASE(mbx_of_a_vf_that_does_not_exist_is_not_read),
	KUNIT_CASE(mbx_does_not_wait_for_a_vf_that_holds_the_buffer),
	KUNIT_CASE(mbx_polls_while_a_vf_holds_the_buffer),
	KUNIT_CASE(mbx_notes_a_vf_that_keeps_the_buffer),
	KUNIT_CASE(mbx_bucket_lets_a_burst_pass_and_then_a_trickle),
	KUNIT_CASE(mbx_flood_delays_no_neighbour),
	KUNIT_CASE(mbx_notice_waits_until_the_reply_is_read),
	KUNIT_CASE(mbx_notice_does_not_overwrite_a_request),
	KUNIT_CASE(mbx_notice_that_was_overwritten_is_sent_again),
	KUNIT_CASE(mbx_paused_reads_nothing),
	{}
};

static struct kunit_suite mbx_test_suite = {
	.name = "carve_pf_mbx",
	.test_cases = mbx_test_cases,
};

kunit_test_suite(mbx_test_suite);
