// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests of a VF's life: the table, and the tenant boundary at each step.
 *
 * Copyright (C) 2026 Carve developers
 */
#include <linux/bitfield.h>

#include "../rate.h"
#include "fake_pf.h"

static void control_test_reset_msg(struct kunit *test, struct carve_pf *pf,
				   unsigned int vf)
{
	struct carve_msg req, reply;

	carve_msg_init(&req, CARVE_MBX_RESET, CARVE_MBX_DWORDS);
	mutex_lock(&pf->lock);
	KUNIT_EXPECT_TRUE(test, pf_control_request(pf, vf, &req, &reply));
	mutex_unlock(&pf->lock);
	KUNIT_EXPECT_EQ(test, reply.dw[0],
			CARVE_MBX_RESET | CARVE_MBX_HDR_ACK);
}

static void control_test_flr(struct carve_pf *pf, unsigned int vf)
{
	mutex_lock(&pf->lock);
	pf_control_vf_reset(pf, vf);
	mutex_unlock(&pf->lock);
}

static void control_test_serve(struct carve_pf *pf, unsigned int vf)
{
	mutex_lock(&pf->lock);
	pf_control_served(pf, vf);
	mutex_unlock(&pf->lock);
}

/* All that an owner can leave behind. */
static void control_test_ask_for_everything(struct kunit *test,
					    struct carve_pf *pf,
					    unsigned int vf)
{
	static const u16 hashes[] = { 0x123 };

	mutex_lock(&pf->lock);
	KUNIT_EXPECT_EQ(test, carve_pf_asked_set_mac(pf, vf, fake_mac_a), 0);
	KUNIT_EXPECT_EQ(test, carve_pf_asked_add_mac(pf, vf, fake_mac_b), 0);
	KUNIT_EXPECT_EQ(test, carve_pf_asked_add_vlan(pf, vf, 77), 0);
	carve_pf_asked_set_multicast(pf, vf, hashes, 1, false);
	KUNIT_EXPECT_EQ(test, carve_pf_asked_set_promisc(pf, vf, true, true),
			0);
	KUNIT_EXPECT_EQ(test, carve_pf_asked_set_max_frame(pf, vf, 9000), 0);
	pf->vf[vf].service.version = CARVE_MBX_VERSION_LATEST;
	pf->vf[vf].service.caps = CARVE_MBX_CAP_ALL;
	mutex_unlock(&pf->lock);
	fake_set_reg(pf, CARVE_PF_RXQ_BASE + vf * CARVE_PF_Q_STRIDE +
		     CARVE_Q_BAL, 0xdead0000);
	fake_set_reg(pf, CARVE_IVAR(vf), 0x8180);
}

static void control_test_expect_nothing_left(struct kunit *test,
					     struct carve_pf *pf,
					     unsigned int vf)
{
	KUNIT_EXPECT_EQ(test, carve_pf_mac_owners(pf, fake_mac_a), 0);
	KUNIT_EXPECT_EQ(test, carve_pf_mac_owners(pf, fake_mac_b), 0);
	KUNIT_EXPECT_EQ(test, carve_pf_vlan_owners(pf, 77), 0);
	KUNIT_EXPECT_EQ(test, pf->mac_table.mta[0x123 / 32], 0U);
	KUNIT_EXPECT_EQ(test, pf->vf[vf].asked.max_frame, 0);
	KUNIT_EXPECT_FALSE(test, pf->vf[vf].asked.promisc_uc);
	KUNIT_EXPECT_EQ(test, pf->vf[vf].service.caps, 0U);
	KUNIT_EXPECT_EQ(test, fake_reg(pf, CARVE_PF_RXQ_BASE +
				       vf * CARVE_PF_Q_STRIDE + CARVE_Q_BAL),
			0U);
	KUNIT_EXPECT_EQ(test, fake_reg(pf, CARVE_IVAR(vf)), 0U);
}

static bool control_test_is_open(struct carve_pf *pf, unsigned int vf)
{
	return fake_reg(pf, CARVE_VFRE) & fake_reg(pf, CARVE_VFTE) & BIT(vf);
}

/* Only RESET leads to an open pool, and only create out of CLOSED. */
static void control_table_has_no_way_around_reset(struct kunit *test)
{
	enum carve_pf_vf_state state;
	enum pf_event event;

	for (state = 0; state < CARVE_PF_VF_NUM_STATES; state++)
		for (event = 0; event < PF_NUM_EVENTS; event++) {
			if (pf_next[state][event] == state)
				continue;
			if (pf_next[state][event] == CARVE_PF_VF_READY)
				KUNIT_EXPECT_EQ(test, event, PF_EV_RESET_MSG);
			if (state == CARVE_PF_VF_CLOSED)
				KUNIT_EXPECT_EQ(test, event, PF_EV_CREATE);
			if (state == CARVE_PF_VF_PAUSED)
				KUNIT_EXPECT_TRUE(test,
						  event == PF_EV_PORT_BACK ||
						  event == PF_EV_CAGE ||
						  event == PF_EV_DESTROY);
			if (state == CARVE_PF_VF_QUARANTINED)
				KUNIT_EXPECT_TRUE(test,
						  event == PF_EV_RELEASE ||
						  event == PF_EV_DESTROY);
		}
}

static void control_reset_opens_the_pool(struct kunit *test)
{
	struct carve_pf *pf = fake_pf_with_vfs(test, 2);

	KUNIT_EXPECT_FALSE(test, control_test_is_open(pf, 1));
	control_test_reset_msg(test, pf, 1);
	KUNIT_EXPECT_EQ(test, pf->vf[1].control.state, CARVE_PF_VF_READY);
	KUNIT_EXPECT_TRUE(test, pf->vf[1].service.cts);
	KUNIT_EXPECT_TRUE(test, control_test_is_open(pf, 1));
	KUNIT_EXPECT_FALSE(test, control_test_is_open(pf, 0));
}

static void control_flr_is_a_tenant_boundary(struct kunit *test)
{
	struct carve_pf *pf = fake_pf_with_vfs(test, 2);
	u32 generation;

	control_test_reset_msg(test, pf, 1);
	carve_pf_provision_set_trust(pf, 1, true);
	carve_pf_provision_set_rate(pf, 1, 100);
	control_test_ask_for_everything(test, pf, 1);
	generation = pf->vf[1].control.generation;

	control_test_flr(pf, 1);
	KUNIT_EXPECT_EQ(test, pf->vf[1].control.state, CARVE_PF_VF_RESETTING);
	KUNIT_EXPECT_FALSE(test, pf->vf[1].service.cts);
	KUNIT_EXPECT_FALSE(test, control_test_is_open(pf, 1));
	KUNIT_EXPECT_EQ(test, pf->vf[1].control.generation, generation + 1);
	control_test_expect_nothing_left(test, pf, 1);
	/* The administrator's stays. */
	KUNIT_EXPECT_TRUE(test, pf->vf[1].config.trusted);
	KUNIT_EXPECT_EQ(test, pf->vf[1].config.max_tx_rate, 100);
}

static void control_reset_msg_is_a_tenant_boundary_too(struct kunit *test)
{
	struct carve_pf *pf = fake_pf_with_vfs(test, 2);

	control_test_reset_msg(test, pf, 1);
	carve_pf_provision_set_trust(pf, 1, true);
	control_test_ask_for_everything(test, pf, 1);
	control_test_reset_msg(test, pf, 1);
	control_test_expect_nothing_left(test, pf, 1);
	KUNIT_EXPECT_EQ(test, pf->vf[1].control.state, CARVE_PF_VF_READY);
	KUNIT_EXPECT_TRUE(test, control_test_is_open(pf, 1));
}

static void control_flr_does_not_touch_the_neighbour(struct kunit *test)
{
	struct carve_pf *pf = fake_pf_with_vfs(test, 2);

	control_test_reset_msg(test, pf, 0);
	control_test_reset_msg(test, pf, 1);
	control_test_flr(pf, 0);
	KUNIT_EXPECT_TRUE(test, control_test_is_open(pf, 1));
	KUNIT_EXPECT_EQ(test, carve_pf_mac_count(pf, 1), 1U);
	KUNIT_EXPECT_EQ(test, pf->vf[1].control.generation, 1U);
}

static void control_flr_at_each_step_ends_in_a_closed_pool(struct kunit *test)
{
	struct carve_pf *pf = fake_pf_with_vfs(test, 2);
	int step;

	for (step = 0; step < 4; step++) {
		if (step > 0)
			control_test_reset_msg(test, pf, 1);
		if (step > 1)
			carve_pf_provision_set_trust(pf, 1, true);
		if (step > 2)
			control_test_ask_for_everything(test, pf, 1);
		control_test_flr(pf, 1);
		KUNIT_EXPECT_EQ(test, pf->vf[1].control.state,
				CARVE_PF_VF_RESETTING);
		KUNIT_EXPECT_FALSE(test, control_test_is_open(pf, 1));
		control_test_expect_nothing_left(test, pf, 1);
	}
	control_test_reset_msg(test, pf, 1);
	KUNIT_EXPECT_TRUE(test, control_test_is_open(pf, 1));
}

static void control_stays_closed_while_a_queue_does_not_stop(struct kunit *test)
{
	struct carve_pf *pf = fake_pf_with_vfs(test, 2);
	struct carve_msg req, reply;

	/* The queue keeps running whatever it is told. */
	fake_set_reg(pf, CARVE_PF_RXQ_BASE + CARVE_PF_Q_STRIDE + CARVE_Q_DCTL,
		     CARVE_DCTL_ENABLE);
	kunit_deactivate_static_stub(test, carve_wr32);
	kunit_activate_static_stub(test, carve_wr32, fake_wr32_ignore);

	carve_msg_init(&req, CARVE_MBX_RESET, CARVE_MBX_DWORDS);
	mutex_lock(&pf->lock);
	KUNIT_EXPECT_TRUE(test, pf_control_request(pf, 1, &req, &reply));
	mutex_unlock(&pf->lock);
	KUNIT_EXPECT_EQ(test, reply.dw[0],
			CARVE_MBX_RESET | CARVE_MBX_HDR_NACK);
	KUNIT_EXPECT_EQ(test, pf->vf[1].control.state, CARVE_PF_VF_RESETTING);
	KUNIT_EXPECT_FALSE(test, pf->vf[1].service.cts);
	KUNIT_EXPECT_FALSE(test, pf->pools.pool[1].rx);
	KUNIT_EXPECT_EQ(test, pf->vf[1].monitor.count[CARVE_PF_MON_QUEUE_STUCK],
			1ULL);
}

/* A guest that switches its queue on faster than it can be switched off. */
static void control_test_fight(struct kunit *test, struct carve_pf *pf,
			       unsigned int vf, bool on)
{
	fake_set_reg(pf, CARVE_PF_RXQ_BASE + vf * CARVE_PF_Q_STRIDE +
		     CARVE_Q_DCTL, on ? CARVE_DCTL_ENABLE : 0);
	kunit_deactivate_static_stub(test, carve_wr32);
	if (on)
		kunit_activate_static_stub(test, carve_wr32, fake_wr32_ignore);
	else
		kunit_activate_static_stub(test, carve_wr32, fake_wr32);
}

static void control_queue_that_does_not_stop_is_an_offence(struct kunit *test)
{
	struct carve_pf *pf = fake_pf_with_vfs(test, 2);
	u64 *stuck = &pf->vf[1].monitor.count[CARVE_PF_MON_QUEUE_STUCK];
	u64 waited;

	pf->monitor.limit[CARVE_PF_OFFENCE_QUEUES] = 2;
	control_test_fight(test, pf, 1, true);
	control_test_flr(pf, 1);
	control_test_serve(pf, 1);
	KUNIT_EXPECT_EQ(test, pf->vf[1].control.state, CARVE_PF_VF_RESETTING);
	control_test_flr(pf, 1);
	control_test_serve(pf, 1);
	KUNIT_EXPECT_EQ(test, pf->vf[1].control.state,
			CARVE_PF_VF_QUARANTINED);
	KUNIT_EXPECT_EQ(test, pf->vf[1].control.cause,
			CARVE_PF_OFFENCE_QUEUES);

	/* Nobody waits for it any more, until it is to be let out. */
	waited = *stuck;
	control_test_flr(pf, 1);
	KUNIT_EXPECT_EQ(test, *stuck, waited);
	KUNIT_EXPECT_EQ(test, carve_pf_control_reset_vf(pf, 1), -ETIMEDOUT);
	KUNIT_EXPECT_EQ(test, *stuck, waited + 1);
	KUNIT_EXPECT_EQ(test, pf->vf[1].control.state,
			CARVE_PF_VF_QUARANTINED);

	control_test_fight(test, pf, 1, false);
	KUNIT_EXPECT_EQ(test, carve_pf_control_reset_vf(pf, 1), 0);
	control_test_reset_msg(test, pf, 1);
	KUNIT_EXPECT_TRUE(test, control_test_is_open(pf, 1));
}

/* What is done to a VF's PCI function in the middle of a reset is undone. */
static void control_bus_mastering_waits_for_the_port(struct kunit *test)
{
	struct carve_pf *pf = fake_pf_with_vfs(test, 2);

	KUNIT_EXPECT_EQ(test, carve_pf_control_set_active(pf, 1, false), 0);
	pf->vf[1].control.had_master = true;
	carve_pf_control_prepare_reset(pf, CARVE_MBX_REASON_PF_RESET);
	KUNIT_EXPECT_EQ(test, carve_pf_control_set_active(pf, 1, true), 0);
	KUNIT_EXPECT_EQ(test, pf->vf[1].control.state, CARVE_PF_VF_PAUSED);
	KUNIT_EXPECT_TRUE(test, pf->vf[1].control.had_master);
	carve_pf_control_finish_reset(pf);
	KUNIT_EXPECT_EQ(test, pf->vf[1].control.state, CARVE_PF_VF_RESETTING);
	KUNIT_EXPECT_FALSE(test, pf->vf[1].control.had_master);
}

static void control_pauses_over_a_reset_of_the_port(struct kunit *test)
{
	struct carve_pf *pf = fake_pf_with_vfs(test, 2);

	control_test_reset_msg(test, pf, 1);
	carve_pf_provision_set_trust(pf, 1, true);
	control_test_ask_for_everything(test, pf, 1);

	carve_pf_control_prepare_reset(pf, CARVE_MBX_REASON_PF_RESET);
	KUNIT_EXPECT_EQ(test, pf->vf[1].control.state, CARVE_PF_VF_PAUSED);
	KUNIT_EXPECT_FALSE(test, control_test_is_open(pf, 1));
	KUNIT_EXPECT_EQ(test, carve_pf_mac_count(pf, 1), 0U);
	/* The VF was told, in its own language. */
	KUNIT_EXPECT_EQ(test, fake_reg(pf, CARVE_VMBMEM(1, 0)),
			carve_msg_hdr_v1_1(CARVE_MBX_RESET_NOTICE,
					   CARVE_MBX_RESET_NOTICE_LEN));
	control_test_flr(pf, 1);
	KUNIT_EXPECT_EQ(test, pf->vf[1].control.state, CARVE_PF_VF_PAUSED);

	carve_pf_control_finish_reset(pf);
	KUNIT_EXPECT_EQ(test, pf->vf[1].control.state, CARVE_PF_VF_RESETTING);
	KUNIT_EXPECT_TRUE(test, fake_reg(pf, CARVE_CTRL_EXT) &
				CARVE_CTRL_EXT_PFRSTD);
	KUNIT_EXPECT_TRUE(test, pf->vf[1].mbx.notices &
				BIT(CARVE_PF_NOTICE_RESET));
	control_test_reset_msg(test, pf, 1);
	KUNIT_EXPECT_TRUE(test, control_test_is_open(pf, 1));
}

static void control_new_mac_resets_a_legacy_vf_only(struct kunit *test)
{
	struct carve_pf *pf = fake_pf_with_vfs(test, 2);

	control_test_reset_msg(test, pf, 0);
	control_test_reset_msg(test, pf, 1);
	pf->vf[1].service.version = CARVE_MBX_VERSION_LATEST;
	pf->vf[1].service.caps = CARVE_MBX_CAP_ALL;

	carve_pf_provision_set_mac(pf, 0, fake_mac_a);
	carve_pf_provision_set_mac(pf, 1, fake_mac_b);
	KUNIT_EXPECT_FALSE(test, pf->vf[0].service.cts);
	KUNIT_EXPECT_TRUE(test, pf->vf[0].mbx.notices &
				BIT(CARVE_PF_NOTICE_RESET));
	KUNIT_EXPECT_TRUE(test, pf->vf[1].service.cts);
	KUNIT_EXPECT_TRUE(test, pf->vf[1].mbx.notices &
				BIT(CARVE_PF_NOTICE_CONFIG));
	/* Both go on running until then. */
	KUNIT_EXPECT_TRUE(test, control_test_is_open(pf, 0));
	KUNIT_EXPECT_TRUE(test, control_test_is_open(pf, 1));
}

/* Of further addresses a VF knows what it asked for and was granted. */
static void control_vf_that_loses_its_wish_starts_over(struct kunit *test)
{
	struct carve_pf *pf = fake_pf_with_vfs(test, 3);

	control_test_reset_msg(test, pf, 1);
	control_test_reset_msg(test, pf, 2);
	carve_pf_provision_set_trust(pf, 2, true);
	control_test_ask_for_everything(test, pf, 2);
	carve_pf_provision_set_mac(pf, 1, fake_mac_b);
	KUNIT_EXPECT_TRUE(test, pf->vf[1].mbx.notices &
				BIT(CARVE_PF_NOTICE_RESET));
	KUNIT_EXPECT_FALSE(test, pf->vf[2].service.cts);
	KUNIT_EXPECT_TRUE(test, pf->vf[2].mbx.notices &
				BIT(CARVE_PF_NOTICE_RESET));
}

static void control_policy_resets_nobody(struct kunit *test)
{
	struct carve_pf *pf = fake_pf_with_vfs(test, 2);

	control_test_reset_msg(test, pf, 0);
	carve_pf_provision_set_mac(pf, 0, pf->vf[0].config.derived_mac);
	carve_pf_provision_set_trust(pf, 0, true);
	carve_pf_provision_set_vlan(pf, 0, 5, 0);
	carve_pf_provision_set_rate(pf, 0, 5);
	carve_pf_provision_set_spoofchk(pf, 0, false);
	carve_pf_provision_set_link_state(pf, 0, IFLA_VF_LINK_STATE_ENABLE);
	KUNIT_EXPECT_TRUE(test, pf->vf[0].service.cts);
	KUNIT_EXPECT_FALSE(test, pf->vf[0].mbx.notices &
				 BIT(CARVE_PF_NOTICE_RESET));
	KUNIT_EXPECT_EQ(test, pf->vf[0].control.generation, 1U);
}

static void control_test_offend(struct carve_pf *pf, unsigned int vf)
{
	u32 i;

	mutex_lock(&pf->lock);
	for (i = 0; i < pf->monitor.limit[CARVE_PF_OFFENCE_MALFORMED]; i++)
		carve_pf_monitor_note(pf, vf, CARVE_PF_MON_BAD_TYPE, i);
	mutex_unlock(&pf->lock);
	control_test_serve(pf, vf);
}

static void control_test_expect_caged(struct kunit *test, struct carve_pf *pf,
				      unsigned int vf)
{
	KUNIT_EXPECT_EQ(test, pf->vf[vf].control.state,
			CARVE_PF_VF_QUARANTINED);
	KUNIT_EXPECT_FALSE(test, control_test_is_open(pf, vf));
	KUNIT_EXPECT_FALSE(test, pf->mbx.vfs & BIT(vf));
	KUNIT_EXPECT_FALSE(test, pf->vf[vf].service.cts);
}

static void control_cuts_off_the_offender_alone(struct kunit *test)
{
	struct carve_pf *pf = fake_pf_with_vfs(test, 2);

	control_test_reset_msg(test, pf, 0);
	control_test_reset_msg(test, pf, 1);
	carve_pf_provision_set_trust(pf, 1, true);
	control_test_ask_for_everything(test, pf, 1);
	control_test_offend(pf, 1);
	control_test_expect_caged(test, pf, 1);
	control_test_expect_nothing_left(test, pf, 1);
	KUNIT_EXPECT_EQ(test, fake_reg(pf, CARVE_MBVFIMR), BIT(0));
	KUNIT_EXPECT_EQ(test, pf->vf[1].control.cause,
			CARVE_PF_OFFENCE_MALFORMED);
	/* It was told, before it was cut off. */
	KUNIT_EXPECT_EQ(test, fake_reg(pf, CARVE_VMBMEM(1, 1)),
			CARVE_MBX_REASON_QUARANTINE);
	KUNIT_EXPECT_TRUE(test, control_test_is_open(pf, 0));
	KUNIT_EXPECT_TRUE(test, pf->vf[0].service.cts);
}

static void control_offence_just_below_the_limit_is_forgiven(struct kunit *test)
{
	struct carve_pf *pf = fake_pf_with_vfs(test, 2);
	u32 i;

	control_test_reset_msg(test, pf, 1);
	mutex_lock(&pf->lock);
	for (i = 1; i < pf->monitor.limit[CARVE_PF_OFFENCE_MALFORMED]; i++)
		carve_pf_monitor_note(pf, 1, CARVE_PF_MON_BAD_TYPE, i);
	mutex_unlock(&pf->lock);
	control_test_serve(pf, 1);
	KUNIT_EXPECT_EQ(test, pf->vf[1].control.state, CARVE_PF_VF_READY);
}

static void control_flr_does_not_end_quarantine(struct kunit *test)
{
	struct carve_pf *pf = fake_pf_with_vfs(test, 2);
	u32 generation;

	control_test_reset_msg(test, pf, 1);
	control_test_offend(pf, 1);
	generation = pf->vf[1].control.generation;
	control_test_flr(pf, 1);
	control_test_expect_caged(test, pf, 1);
	KUNIT_EXPECT_EQ(test, pf->vf[1].control.generation, generation + 1);
}

static void control_test_squat(struct carve_pf *pf, unsigned int vf)
{
	u32 rxq = CARVE_PF_RXQ_BASE + vf * CARVE_PF_Q_STRIDE;

	fake_set_reg(pf, rxq + CARVE_Q_BAL, 0xdead0000);
	fake_set_reg(pf, rxq + CARVE_Q_DCTL, CARVE_DCTL_ENABLE);
	fake_set_reg(pf, CARVE_IVAR(vf), 0x8180);
}

static void control_next_owner_of_a_cage_inherits_nothing(struct kunit *test)
{
	struct carve_pf *pf = fake_pf_with_vfs(test, 2);

	control_test_reset_msg(test, pf, 1);
	control_test_offend(pf, 1);
	control_test_squat(pf, 1);
	control_test_flr(pf, 1);
	control_test_expect_nothing_left(test, pf, 1);

	control_test_squat(pf, 1);
	KUNIT_EXPECT_EQ(test, carve_pf_control_reset_vf(pf, 1), 0);
	control_test_expect_nothing_left(test, pf, 1);
	KUNIT_EXPECT_EQ(test, fake_reg(pf, CARVE_PF_RXQ_BASE +
				       CARVE_PF_Q_STRIDE + CARVE_Q_DCTL), 0U);
}

static void control_port_reset_does_not_end_quarantine(struct kunit *test)
{
	struct carve_pf *pf = fake_pf_with_vfs(test, 2);

	control_test_reset_msg(test, pf, 1);
	control_test_offend(pf, 1);
	carve_pf_control_prepare_reset(pf, CARVE_MBX_REASON_PF_RESET);
	carve_pf_control_finish_reset(pf);
	control_test_expect_caged(test, pf, 1);
	KUNIT_EXPECT_EQ(test, pf->vf[1].mbx.notices, 0UL);
	KUNIT_EXPECT_EQ(test, pf->vf[0].control.state, CARVE_PF_VF_RESETTING);
}

static void control_release_asks_for_a_fresh_start(struct kunit *test)
{
	struct carve_pf *pf = fake_pf_with_vfs(test, 2);

	control_test_reset_msg(test, pf, 1);
	control_test_offend(pf, 1);
	KUNIT_EXPECT_EQ(test, carve_pf_control_reset_vf(pf, 1), 0);
	KUNIT_EXPECT_EQ(test, pf->vf[1].control.state, CARVE_PF_VF_RESETTING);
	KUNIT_EXPECT_FALSE(test, control_test_is_open(pf, 1));
	KUNIT_EXPECT_TRUE(test, pf->vf[1].mbx.notices &
				BIT(CARVE_PF_NOTICE_RESET));
	KUNIT_EXPECT_EQ(test, fake_reg(pf, CARVE_MBVFIMR), BIT(0) | BIT(1));
	/* It starts with a clean record. */
	control_test_serve(pf, 1);
	control_test_reset_msg(test, pf, 1);
	KUNIT_EXPECT_TRUE(test, control_test_is_open(pf, 1));
}

static void control_release_waits_for_a_port_being_reset(struct kunit *test)
{
	struct carve_pf *pf = fake_pf_with_vfs(test, 2);

	control_test_reset_msg(test, pf, 1);
	control_test_offend(pf, 1);
	carve_pf_control_prepare_reset(pf, CARVE_MBX_REASON_PF_RESET);
	KUNIT_EXPECT_EQ(test, carve_pf_control_reset_vf(pf, 1), 0);
	KUNIT_EXPECT_EQ(test, pf->vf[1].control.state, CARVE_PF_VF_PAUSED);
	carve_pf_control_finish_reset(pf);
	KUNIT_EXPECT_EQ(test, pf->vf[1].control.state, CARVE_PF_VF_RESETTING);
}

static void control_time_releases_offenders_only(struct kunit *test)
{
	struct carve_pf *pf = fake_pf_with_vfs(test, 3);

	control_test_reset_msg(test, pf, 1);
	control_test_offend(pf, 1);
	carve_pf_control_set_active(pf, 2, false);
	pf_control_release_work(&pf->control.release.work);
	control_test_expect_caged(test, pf, 1);

	pf->control.quarantine_s = 1;
	pf->vf[1].control.release_at = jiffies - 1;
	pf_control_release_work(&pf->control.release.work);
	KUNIT_EXPECT_EQ(test, pf->vf[1].control.state, CARVE_PF_VF_RESETTING);
	control_test_expect_caged(test, pf, 2);
	KUNIT_EXPECT_FALSE(test, delayed_work_pending(&pf->control.release));
}

static void control_inactive_holds_until_active(struct kunit *test)
{
	struct carve_pf *pf = fake_pf_with_vfs(test, 2);

	control_test_reset_msg(test, pf, 1);
	KUNIT_EXPECT_EQ(test, carve_pf_control_set_active(pf, 1, false), 0);
	control_test_expect_caged(test, pf, 1);
	control_test_flr(pf, 1);
	control_test_expect_caged(test, pf, 1);
	KUNIT_EXPECT_EQ(test, carve_pf_control_reset_vf(pf, 1), -EPERM);
	control_test_expect_caged(test, pf, 1);
	KUNIT_EXPECT_EQ(test, carve_pf_control_set_active(pf, 1, true), 0);
	KUNIT_EXPECT_EQ(test, pf->vf[1].control.state, CARVE_PF_VF_RESETTING);
	KUNIT_EXPECT_EQ(test, carve_pf_control_set_active(pf, 2, false),
			-EINVAL);
}

static void control_inactive_takes_over_from_offence(struct kunit *test)
{
	struct carve_pf *pf = fake_pf_with_vfs(test, 2);

	control_test_offend(pf, 1);
	carve_pf_control_set_active(pf, 1, false);
	KUNIT_EXPECT_EQ(test, pf->vf[1].control.cause, CARVE_PF_OFFENCE_NONE);
	pf->control.quarantine_s = 1;
	pf->vf[1].control.release_at = jiffies - 1;
	pf_control_release_work(&pf->control.release.work);
	control_test_expect_caged(test, pf, 1);
}

static void control_inactive_vf_is_created_so(struct kunit *test)
{
	struct carve_pf *pf = fake_pf_with_vfs(test, 2);

	carve_pf_control_set_active(pf, 1, false);
	mutex_lock(&pf->lock);
	pf_control_destroy_vf(pf, 1);
	KUNIT_EXPECT_EQ(test, pf->vf[1].control.state, CARVE_PF_VF_CLOSED);
	pf_control_create_vf(pf, 1);
	KUNIT_EXPECT_EQ(test, pf->vf[1].control.state,
			CARVE_PF_VF_QUARANTINED);
	KUNIT_EXPECT_EQ(test, pf_vf_mask(pf, 2), BIT(0));
	mutex_unlock(&pf->lock);
}

static void control_operators_reset_is_a_boundary(struct kunit *test)
{
	struct carve_pf *pf = fake_pf_with_vfs(test, 2);

	control_test_reset_msg(test, pf, 1);
	carve_pf_provision_set_trust(pf, 1, true);
	control_test_ask_for_everything(test, pf, 1);
	KUNIT_EXPECT_EQ(test, carve_pf_control_reset_vf(pf, 1), 0);
	control_test_expect_nothing_left(test, pf, 1);
	KUNIT_EXPECT_FALSE(test, control_test_is_open(pf, 1));
	KUNIT_EXPECT_TRUE(test, pf->vf[1].mbx.notices &
				BIT(CARVE_PF_NOTICE_RESET));
}

static void control_test_link(struct carve_pf *pf, u32 speed)
{
	WRITE_ONCE(pf->link.state, CARVE_MBX_LINK_UP |
				   FIELD_PREP(CARVE_MBX_LINK_SPEED, speed));
	pf_control_new_link(pf);
}

/* Both queues have the lowest rate: what was written last is for either. */
static void control_rate_follows_the_speed_of_the_link(struct kunit *test)
{
	struct carve_pf *pf = fake_pf_with_vfs(test, 1);

	carve_pf_provision_set_rate(pf, 0, 1);
	KUNIT_EXPECT_EQ(test, fake_reg(pf, CARVE_RTTBCNRC), 0U);

	mutex_lock(&pf->lock);
	control_test_link(pf, 1000);
	KUNIT_EXPECT_EQ(test, fake_reg(pf, CARVE_RTTBCNRC),
			carve_pf_rate_factor(1000, 1));
	control_test_link(pf, 100);
	KUNIT_EXPECT_EQ(test, fake_reg(pf, CARVE_RTTBCNRC),
			carve_pf_rate_factor(100, 1));
	mutex_unlock(&pf->lock);
}

static struct kunit_case control_test_cases[] = {
	KUNIT_CASE(control_table_has_no_way_around_reset),
	KUNIT_CASE(control_reset_opens_the_pool),
	KUNIT_CASE(control_flr_is_a_tenant_boundary),
	KUNIT_CASE(control_reset_msg_is_a_tenant_boundary_too),
	KUNIT_CASE(control_flr_does_not_touch_the_neighbour),
	KUNIT_CASE(control_flr_at_each_step_ends_in_a_closed_pool),
	KUNIT_CASE(control_stays_closed_while_a_queue_does_not_stop),
	KUNIT_CASE(control_queue_that_does_not_stop_is_an_offence),
	KUNIT_CASE(control_bus_mastering_waits_for_the_port),
	KUNIT_CASE(control_pauses_over_a_reset_of_the_port),
	KUNIT_CASE(control_new_mac_resets_a_legacy_vf_only),
	KUNIT_CASE(control_vf_that_loses_its_wish_starts_over),
	KUNIT_CASE(control_policy_resets_nobody),
	KUNIT_CASE(control_cuts_off_the_offender_alone),
	KUNIT_CASE(control_offence_just_below_the_limit_is_forgiven),
	KUNIT_CASE(control_flr_does_not_end_quarantine),
	KUNIT_CASE(control_next_owner_of_a_cage_inherits_nothing),
	KUNIT_CASE(control_port_reset_does_not_end_quarantine),
	KUNIT_CASE(control_release_asks_for_a_fresh_start),
	KUNIT_CASE(control_release_waits_for_a_port_being_reset),
	KUNIT_CASE(control_time_releases_offenders_only),
	KUNIT_CASE(control_inactive_holds_until_active),
	KUNIT_CASE(control_inactive_takes_over_from_offence),
	KUNIT_CASE(control_inactive_vf_is_created_so),
	KUNIT_CASE(control_operators_reset_is_a_boundary),
	KUNIT_CASE(control_rate_follows_the_speed_of_the_link),
	{}
};

static struct kunit_suite control_test_suite = {
	.name = "carve_pf_control",
	.test_cases = control_test_cases,
};

kunit_test_suite(control_test_suite);
