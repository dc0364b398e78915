// SPDX-License-Identifier: GPL-2.0
/*
 * Health reporters. Owns struct carve_pf_health. devlink calls the reporters'
 * operations under the instance's lock; carve_pf.lock is taken inside. News
 * comes from netdev.c (a transmit queue hangs) and control.c (a VF was cut
 * off or let out) in contexts that can't wait for that lock: work items report
 * them. Reads registers for dumps, writes none.
 *
 * Copyright (C) 2026 Carve developers
 */
#include <linux/bitops.h>
#include <linux/string.h>
#include <linux/time64.h>
#include <net/devlink.h>

#include <carve/compat.h>
#include <carve/io.h>

#include "control.h"
#include "health.h"
#include "monitor.h"
#include "pf.h"
#include "pf_regs.h"
#include "reset.h"

#define PF_HEALTH_TIME_LEN		32
#define PF_HEALTH_NAME_LEN		16

static void pf_put_time(struct devlink_fmsg *fmsg, const char *name,
			time64_t when)
{
	char text[PF_HEALTH_TIME_LEN] = "never";

	if (when)
		snprintf(text, sizeof(text), "%ptTs UTC", &when);
	devlink_fmsg_string_pair_put(fmsg, name, text);
}

static void pf_put_reg(struct carve_pf *pf, struct devlink_fmsg *fmsg,
		       const char *name, u32 reg)
{
	char text[PF_HEALTH_NAME_LEN];

	snprintf(text, sizeof(text), "0x%08x", carve_rd32(&pf->nic, reg));
	devlink_fmsg_string_pair_put(fmsg, name, text);
}

/* Nothing that a read clears. */
static void pf_put_queue(struct carve_pf *pf, struct devlink_fmsg *fmsg,
			 unsigned int queue)
{
	u32 rx = CARVE_PF_RXQ_BASE + queue * CARVE_PF_Q_STRIDE;
	u32 tx = CARVE_PF_TXQ_BASE + queue * CARVE_PF_Q_STRIDE;

	devlink_fmsg_obj_nest_start(fmsg);
	devlink_fmsg_u32_pair_put(fmsg, "queue", queue);
	pf_put_reg(pf, fmsg, "RDBAL", rx + CARVE_Q_BAL);
	pf_put_reg(pf, fmsg, "RDBAH", rx + CARVE_Q_BAH);
	pf_put_reg(pf, fmsg, "RDLEN", rx + CARVE_Q_LEN);
	pf_put_reg(pf, fmsg, "RDH", rx + CARVE_Q_H);
	pf_put_reg(pf, fmsg, "RDT", rx + CARVE_Q_T);
	pf_put_reg(pf, fmsg, "SRRCTL", rx + CARVE_Q_SRRCTL);
	pf_put_reg(pf, fmsg, "RXDCTL", rx + CARVE_Q_DCTL);
	pf_put_reg(pf, fmsg, "TDBAL", tx + CARVE_Q_BAL);
	pf_put_reg(pf, fmsg, "TDBAH", tx + CARVE_Q_BAH);
	pf_put_reg(pf, fmsg, "TDLEN", tx + CARVE_Q_LEN);
	pf_put_reg(pf, fmsg, "TDH", tx + CARVE_Q_H);
	pf_put_reg(pf, fmsg, "TDT", tx + CARVE_Q_T);
	pf_put_reg(pf, fmsg, "TDWBAL", tx + CARVE_Q_TDWBAL);
	pf_put_reg(pf, fmsg, "TDWBAH", tx + CARVE_Q_TDWBAH);
	pf_put_reg(pf, fmsg, "TXDCTL", tx + CARVE_Q_DCTL);
	devlink_fmsg_obj_nest_end(fmsg);
}

/* ---- the PF's transmit queues ---- */

static int pf_tx_recover(struct devlink_health_reporter *reporter,
			 void *priv_ctx, struct netlink_ext_ack *extack)
{
	struct carve_pf *pf = devlink_health_reporter_priv(reporter);
	int err;

	err = carve_pf_reset_now(pf, CARVE_PF_RESET_TX_TIMEOUT);
	if (err)
		NL_SET_ERR_MSG(extack, "The port does not come back from its reset");

	return err;
}

static int pf_tx_diagnose(struct devlink_health_reporter *reporter,
			  struct devlink_fmsg *fmsg,
			  struct netlink_ext_ack *extack)
{
	struct carve_pf *pf = devlink_health_reporter_priv(reporter);
	enum carve_pf_reset_reason reason;

	devlink_fmsg_pair_nest_start(fmsg, "resets");
	devlink_fmsg_obj_nest_start(fmsg);
	for (reason = 0; reason < CARVE_PF_RESET_NUM_REASONS; reason++)
		devlink_fmsg_u32_pair_put(fmsg,
					  carve_pf_reset_reason_name(reason),
					  READ_ONCE(pf->reset.count[reason]));
	devlink_fmsg_obj_nest_end(fmsg);
	devlink_fmsg_pair_nest_end(fmsg);

	return 0;
}

static int pf_tx_dump(struct devlink_health_reporter *reporter,
		      struct devlink_fmsg *fmsg, void *priv_ctx,
		      struct netlink_ext_ack *extack)
{
	struct carve_pf *pf = devlink_health_reporter_priv(reporter);
	unsigned int i;

	pf_put_reg(pf, fmsg, "STATUS", CARVE_STATUS);
	pf_put_reg(pf, fmsg, "TCTL", CARVE_TCTL);
	pf_put_reg(pf, fmsg, "VFTE", CARVE_VFTE);
	devlink_fmsg_arr_pair_nest_start(fmsg, "queues");
	for (i = 0; i < READ_ONCE(pf->nic.num_active); i++)
		pf_put_queue(pf, fmsg, pf->nic.layout->hw_queue[i]);
	devlink_fmsg_arr_pair_nest_end(fmsg);

	return 0;
}

static void pf_tx_work(struct work_struct *work)
{
	struct carve_pf *pf = container_of(work, struct carve_pf,
					   health.tx_work);
	char text[PF_HEALTH_TIME_LEN];

	snprintf(text, sizeof(text), "queue %u does not send",
		 READ_ONCE(pf->health.tx_queue));
	devlink_health_report(pf->health.tx, text, pf);
}

void carve_pf_health_tx_timeout(struct carve_pf *pf, unsigned int queue)
{
	WRITE_ONCE(pf->health.tx_queue, queue);
	queue_work(pf->wq, &pf->health.tx_work);
}

/* As if queue 0 hung: the port is reset. */
static int pf_tx_test(struct devlink_health_reporter *reporter,
		      struct netlink_ext_ack *extack)
{
	carve_pf_health_tx_timeout(devlink_health_reporter_priv(reporter), 0);

	return 0;
}

static const struct devlink_health_reporter_ops pf_tx_ops = {
	.name = "tx",
	.recover = pf_tx_recover,
	.diagnose = pf_tx_diagnose,
	.dump = pf_tx_dump,
	.test = pf_tx_test,
};

/* ---- a VF ---- */

/*
 * A context says that it is not the operator who asks: what a VF did wrong is
 * not made good by forgetting it at once.
 */
static int pf_vf_recover(struct devlink_health_reporter *reporter,
			 void *priv_ctx, struct netlink_ext_ack *extack)
{
	struct carve_pf_health_vf *health =
		devlink_health_reporter_priv(reporter);
	int err;

	if (priv_ctx)
		return -EAGAIN;

	err = carve_pf_control_reset_vf(health->pf, health->vf);
	if (err == -EPERM)
		NL_SET_ERR_MSG(extack, "The VF was set inactive; set its function active");
	else if (err == -EINVAL)
		NL_SET_ERR_MSG(extack, "The VF does not exist any more");
	else if (err)
		NL_SET_ERR_MSG(extack, "A queue of the VF does not stop; reset the PF");
	else
		WRITE_ONCE(health->reported, false);

	return err;
}

static void pf_put_counters(const struct carve_pf_vf_monitor *monitor,
			    struct devlink_fmsg *fmsg)
{
	enum carve_pf_monitor_event event;

	devlink_fmsg_pair_nest_start(fmsg, "counters");
	devlink_fmsg_obj_nest_start(fmsg);
	for (event = CARVE_PF_MON_NONE + 1; event < CARVE_PF_MON_NUM_EVENTS;
	     event++)
		devlink_fmsg_u64_pair_put(fmsg,
					  carve_pf_monitor_event_name(event),
					  monitor->count[event]);
	devlink_fmsg_obj_nest_end(fmsg);
	devlink_fmsg_pair_nest_end(fmsg);
}

static void pf_put_last_refusal(const struct carve_pf_vf_monitor *monitor,
				struct devlink_fmsg *fmsg)
{
	const char *reason = carve_pf_monitor_event_name(monitor->last_refusal);

	devlink_fmsg_pair_nest_start(fmsg, "last_refusal");
	devlink_fmsg_obj_nest_start(fmsg);
	devlink_fmsg_string_pair_put(fmsg, "reason", reason);
	devlink_fmsg_u32_pair_put(fmsg, "value", monitor->last_value);
	pf_put_time(fmsg, "time", monitor->last_time);
	devlink_fmsg_obj_nest_end(fmsg);
	devlink_fmsg_pair_nest_end(fmsg);
}

static void pf_put_quarantine(struct carve_pf *pf, unsigned int vf,
			      struct devlink_fmsg *fmsg)
{
	const struct carve_pf_vf_control *control = &pf->vf[vf].control;
	const char *cause = "none";

	if (control->state == CARVE_PF_VF_QUARANTINED)
		cause = control->cause ?
			carve_pf_monitor_offence_name(control->cause) :
			"inactive";

	devlink_fmsg_pair_nest_start(fmsg, "quarantine");
	devlink_fmsg_obj_nest_start(fmsg);
	devlink_fmsg_string_pair_put(fmsg, "cause", cause);
	pf_put_time(fmsg, "since", control->state == CARVE_PF_VF_QUARANTINED ?
				   control->since : 0);
	devlink_fmsg_u32_pair_put(fmsg, "times", control->times);
	devlink_fmsg_obj_nest_end(fmsg);
	devlink_fmsg_pair_nest_end(fmsg);
}

static int pf_vf_diagnose(struct devlink_health_reporter *reporter,
			  struct devlink_fmsg *fmsg,
			  struct netlink_ext_ack *extack)
{
	const struct carve_pf_health_vf *health =
		devlink_health_reporter_priv(reporter);
	const struct carve_pf_vf *vf = &health->pf->vf[health->vf];
	struct carve_pf *pf = health->pf;
	char version[PF_HEALTH_NAME_LEN];
	const char *state;

	mutex_lock(&pf->lock);
	state = carve_pf_control_state_name(vf->control.state);
	snprintf(version, sizeof(version), "%u.%u",
		 CARVE_MBX_VERSION_MAJOR(vf->service.version),
		 CARVE_MBX_VERSION_MINOR(vf->service.version));
	devlink_fmsg_string_pair_put(fmsg, "state", state);
	devlink_fmsg_u32_pair_put(fmsg, "generation", vf->control.generation);
	devlink_fmsg_string_pair_put(fmsg, "mailbox_version", version);
	pf_put_quarantine(pf, health->vf, fmsg);
	pf_put_last_refusal(&vf->monitor, fmsg);
	pf_put_counters(&vf->monitor, fmsg);
	mutex_unlock(&pf->lock);

	return 0;
}

static void pf_put_vf_registers(struct carve_pf *pf, unsigned int vf,
				struct devlink_fmsg *fmsg)
{
	unsigned long queues = carve_pf_queues_of_pool(vf);
	unsigned int q;

	devlink_fmsg_pair_nest_start(fmsg, "registers");
	devlink_fmsg_obj_nest_start(fmsg);
	pf_put_reg(pf, fmsg, "VFRE", CARVE_VFRE);
	pf_put_reg(pf, fmsg, "VFTE", CARVE_VFTE);
	pf_put_reg(pf, fmsg, "DTXSWC", CARVE_DTXSWC);
	pf_put_reg(pf, fmsg, "MBVFIMR", CARVE_MBVFIMR);
	pf_put_reg(pf, fmsg, "P2VMAILBOX", CARVE_P2VMAILBOX(vf));
	pf_put_reg(pf, fmsg, "VMOLR", CARVE_VMOLR(vf));
	pf_put_reg(pf, fmsg, "VMVIR", CARVE_VMVIR(vf));
	pf_put_reg(pf, fmsg, "PSRTYPE", CARVE_PSRTYPE(vf));
	pf_put_reg(pf, fmsg, "IVAR", CARVE_IVAR(vf));
	devlink_fmsg_arr_pair_nest_start(fmsg, "queues");
	for_each_set_bit(q, &queues, 2 * CARVE_NUM_POOLS)
		pf_put_queue(pf, fmsg, q);
	devlink_fmsg_arr_pair_nest_end(fmsg);
	devlink_fmsg_obj_nest_end(fmsg);
	devlink_fmsg_pair_nest_end(fmsg);
}

/* The table is copied: a message needs memory, for which one may sleep. */
static void pf_put_vf_macs(struct carve_pf *pf, unsigned int vf,
			   struct devlink_fmsg *fmsg)
{
	struct carve_pf_mac_entry rar[CARVE_NUM_RAR];
	char text[3 * ETH_ALEN];
	int i;

	spin_lock_bh(&pf->mac_table.lock);
	memcpy(rar, pf->mac_table.rar, sizeof(rar));
	spin_unlock_bh(&pf->mac_table.lock);

	devlink_fmsg_arr_pair_nest_start(fmsg, "addresses");
	for (i = 0; i < CARVE_NUM_RAR; i++) {
		if (!(rar[i].owners & BIT(vf)))
			continue;
		snprintf(text, sizeof(text), "%pM", rar[i].addr);
		devlink_fmsg_string_put(fmsg, text);
	}
	devlink_fmsg_arr_pair_nest_end(fmsg);
}

static void pf_put_vf_vlans(struct carve_pf *pf, unsigned int vf,
			    struct devlink_fmsg *fmsg)
{
	struct carve_pf_vlan_entry vlvf[CARVE_NUM_VLVF];
	int i;

	spin_lock_bh(&pf->vlan_table.lock);
	memcpy(vlvf, pf->vlan_table.vlvf, sizeof(vlvf));
	spin_unlock_bh(&pf->vlan_table.lock);

	devlink_fmsg_arr_pair_nest_start(fmsg, "vlans");
	for (i = 0; i < CARVE_NUM_VLVF; i++)
		if (vlvf[i].owners & BIT(vf))
			devlink_fmsg_u32_put(fmsg, vlvf[i].vid);
	devlink_fmsg_arr_pair_nest_end(fmsg);
}

static void pf_put_vf_filters(struct carve_pf *pf, unsigned int vf,
			      struct devlink_fmsg *fmsg)
{
	const struct carve_pf_vf_asked *asked = &pf->vf[vf].asked;

	devlink_fmsg_pair_nest_start(fmsg, "filters");
	devlink_fmsg_obj_nest_start(fmsg);
	devlink_fmsg_bool_pair_put(fmsg, "open", asked->open);
	pf_put_vf_macs(pf, vf, fmsg);
	pf_put_vf_vlans(pf, vf, fmsg);
	devlink_fmsg_u32_pair_put(fmsg, "multicast_hashes", asked->num_hashes);
	devlink_fmsg_bool_pair_put(fmsg, "all_multicast",
				   asked->all_multicast || asked->promisc_mc);
	devlink_fmsg_bool_pair_put(fmsg, "all_unicast", asked->promisc_uc &&
				   pf->vf[vf].config.trusted);
	devlink_fmsg_u32_pair_put(fmsg, "max_frame", asked->max_frame);
	devlink_fmsg_obj_nest_end(fmsg);
	devlink_fmsg_pair_nest_end(fmsg);
}

static int pf_vf_dump(struct devlink_health_reporter *reporter,
		      struct devlink_fmsg *fmsg, void *priv_ctx,
		      struct netlink_ext_ack *extack)
{
	const struct carve_pf_health_vf *health =
		devlink_health_reporter_priv(reporter);
	struct carve_pf *pf = health->pf;

	mutex_lock(&pf->lock);
	pf_put_vf_registers(pf, health->vf, fmsg);
	pf_put_vf_filters(pf, health->vf, fmsg);
	mutex_unlock(&pf->lock);

	return 0;
}

static const struct devlink_health_reporter_ops pf_vf_ops = {
	.name = "vf",
	.recover = pf_vf_recover,
	.diagnose = pf_vf_diagnose,
	.dump = pf_vf_dump,
};

/* Return: what is wrong with a VF, or NULL. */
static const char *pf_vf_complaint(struct carve_pf *pf, unsigned int vf)
{
	const struct carve_pf_vf_control *control = &pf->vf[vf].control;
	enum carve_pf_monitor_event stuck = CARVE_PF_MON_QUEUE_STUCK;
	const char *complaint = NULL;

	mutex_lock(&pf->lock);
	if (control->state == CARVE_PF_VF_QUARANTINED && control->cause)
		complaint = carve_pf_monitor_offence_name(control->cause);
	else if (control->stuck)
		complaint = carve_pf_monitor_event_name(stuck);
	mutex_unlock(&pf->lock);

	return complaint;
}

static void pf_vf_all_is_well(struct carve_pf_health_vf *health,
			      struct devlink *devlink)
{
	enum devlink_health_reporter_state healthy =
		DEVLINK_HEALTH_REPORTER_STATE_HEALTHY;

	devl_lock(devlink);
	if (health->reported) {
		WRITE_ONCE(health->reported, false);
		devlink_health_reporter_recovery_done(health->reporter);
		devlink_health_reporter_state_update(health->reporter, healthy);
	}
	devl_unlock(devlink);
}

static void pf_vf_work(struct work_struct *work)
{
	struct carve_pf_health_vf *health =
		container_of(work, struct carve_pf_health_vf, work);
	struct carve_pf *pf = health->pf;
	const char *complaint;

	complaint = pf_vf_complaint(pf, health->vf);
	if (!complaint) {
		pf_vf_all_is_well(health, pf->devlink.instance);
		return;
	}
	if (READ_ONCE(health->reported))
		return;
	WRITE_ONCE(health->reported, true);
	devlink_health_report(health->reporter, complaint, health);
}

/* carve_pf.lock is held; the devlink lock comes before. */
static void pf_vf_changed(struct carve_pf *pf, unsigned int vf)
{
	queue_work(system_long_wq, &pf->health.vf[vf].work);
}

int carve_pf_health_create_vf(struct carve_pf *pf, unsigned int vf,
			      struct devlink_port *port)
{
	struct carve_pf_health_vf *health = &pf->health.vf[vf];
	struct devlink_health_reporter *reporter;

	reporter = carve_port_reporter_create(port, &pf_vf_ops, health);
	if (IS_ERR(reporter))
		return PTR_ERR(reporter);
	health->reporter = reporter;
	health->reported = false;
	enable_and_queue_work(system_long_wq, &health->work);

	return 0;
}

void carve_pf_health_mute_vf(struct carve_pf *pf, unsigned int vf)
{
	disable_work_sync(&pf->health.vf[vf].work);
}

void carve_pf_health_destroy_vf(struct carve_pf *pf, unsigned int vf)
{
	struct carve_pf_health_vf *health = &pf->health.vf[vf];

	devl_health_reporter_destroy(health->reporter);
	health->reporter = NULL;
}

/* ---- all of them ---- */

void carve_pf_health_start(struct carve_pf *pf)
{
	enable_work(&pf->health.tx_work);
}

void carve_pf_health_stop(struct carve_pf *pf)
{
	disable_work_sync(&pf->health.tx_work);
}

int carve_pf_health_init(struct carve_pf *pf, struct devlink *devlink)
{
	struct devlink_health_reporter *reporter;
	struct carve_pf_health_vf *health;
	unsigned int vf;

	reporter = carve_reporter_create(devlink, &pf_tx_ops, pf);
	if (IS_ERR(reporter))
		return PTR_ERR(reporter);
	pf->health.tx = reporter;
	INIT_WORK(&pf->health.tx_work, pf_tx_work);
	disable_work(&pf->health.tx_work);

	for (vf = 0; vf < CARVE_PF_MAX_VFS; vf++) {
		health = &pf->health.vf[vf];
		health->pf = pf;
		health->vf = vf;
		INIT_WORK(&health->work, pf_vf_work);
		disable_work(&health->work);
	}
	/* VFs that were adopted may be in trouble already. */
	mutex_lock(&pf->lock);
	pf->control.trouble_changed = pf_vf_changed;
	mutex_unlock(&pf->lock);

	return 0;
}

void carve_pf_health_fini(struct carve_pf *pf)
{
	devl_health_reporter_destroy(pf->health.tx);
}
