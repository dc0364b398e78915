// SPDX-License-Identifier: GPL-2.0
/*
 * devlink parameters and resources. Owns nothing: parses, calls provision.c,
 * monitor.c and control.c, prints. Called by devlink under the instance's
 * lock. Touches no register.
 *
 * A VF's quota is shown as a resource and set as a parameter: devlink's own
 * way to resize a resource is a reload, which wants all ports of the instance
 * gone, the netdev among them.
 *
 * Copyright (C) 2026 Carve developers
 */
#include <linux/array_size.h>
#include <net/devlink.h>

#include <carve/compat.h>

#include "control.h"
#include "devlink.h"
#include "devlink_param.h"
#include "filter_mac.h"
#include "filter_vlan.h"
#include "monitor.h"
#include "pf.h"
#include "provision.h"

/* ---- resources ---- */

/* Numbers of resources; a VF's follow its parent's. */
enum {
	PF_RES_MAC_FILTERS = 1,
	PF_RES_VLAN_FILTERS,
	PF_RES_MAC_QUOTA = 16,
	PF_RES_VLAN_QUOTA = 32,
};

static const char * const pf_vf_names[CARVE_PF_MAX_VFS] = {
	"vf0", "vf1", "vf2", "vf3", "vf4", "vf5", "vf6",
};

static u64 pf_macs_in_use(void *priv)
{
	return CARVE_NUM_RAR - carve_pf_mac_free_entries(priv);
}

static u64 pf_vlans_in_use(void *priv)
{
	return CARVE_NUM_VLVF - carve_pf_vlan_free_entries(priv);
}

static u64 pf_macs_of_vf(void *priv)
{
	struct carve_pf_devlink_vf *dvf = priv;
	struct carve_pf *pf = dvf->pf;
	u64 num;

	mutex_lock(&pf->lock);
	num = pf->vf[dvf->vf].asked.num_macs;
	mutex_unlock(&pf->lock);

	return num;
}

static u64 pf_vlans_of_vf(void *priv)
{
	struct carve_pf_devlink_vf *dvf = priv;
	struct carve_pf *pf = dvf->pf;
	u64 num;

	mutex_lock(&pf->lock);
	num = pf->vf[dvf->vf].asked.num_vlans;
	mutex_unlock(&pf->lock);

	return num;
}

/* A resource that can't be resized. */
static int pf_add_resource(struct devlink *devlink, const char *name,
			   u64 size, u64 id, u64 parent)
{
	struct devlink_resource_size_params params;

	devlink_resource_size_params_init(&params, size, size, 1,
					  DEVLINK_RESOURCE_UNIT_ENTRY);

	return devl_resource_register(devlink, name, size, id, parent, &params);
}

static int pf_add_table(struct devlink *devlink, const char *name, u64 size,
			u64 id, devlink_resource_occ_get_t *in_use)
{
	int err;

	err = pf_add_resource(devlink, name, size, id,
			      DEVLINK_RESOURCE_ID_PARENT_TOP);
	if (err)
		return err;
	devl_resource_occ_get_register(devlink, id, in_use,
				       devlink_to_carve_pf(devlink));

	return 0;
}

/* The parent is as large as all quotas at their largest: it limits nothing. */
static int pf_add_quotas(struct devlink *devlink, const char *name, u64 id,
			 u16 max, const u16 *quotas,
			 devlink_resource_occ_get_t *in_use)
{
	struct carve_pf *pf = devlink_to_carve_pf(devlink);
	unsigned int vf;
	int err;

	err = pf_add_resource(devlink, name, CARVE_PF_MAX_VFS * max, id,
			      DEVLINK_RESOURCE_ID_PARENT_TOP);
	for (vf = 0; !err && vf < CARVE_PF_MAX_VFS; vf++) {
		err = pf_add_resource(devlink, pf_vf_names[vf], quotas[vf],
				      id + 1 + vf, id);
		if (err)
			break;
		devl_resource_occ_get_register(devlink, id + 1 + vf, in_use,
					       &pf->devlink.vf[vf]);
	}

	return err;
}

static void pf_get_quotas(struct carve_pf *pf, u16 *macs, u16 *vlans)
{
	unsigned int vf;

	mutex_lock(&pf->lock);
	for (vf = 0; vf < CARVE_PF_MAX_VFS; vf++) {
		macs[vf] = pf->vf[vf].config.mac_quota;
		vlans[vf] = pf->vf[vf].config.vlan_quota;
	}
	mutex_unlock(&pf->lock);
}

static int pf_add_resources(struct devlink *devlink)
{
	u16 vlans[CARVE_PF_MAX_VFS];
	u16 macs[CARVE_PF_MAX_VFS];
	int err;

	pf_get_quotas(devlink_to_carve_pf(devlink), macs, vlans);

	err = pf_add_table(devlink, "mac-filters", CARVE_NUM_RAR,
			   PF_RES_MAC_FILTERS, pf_macs_in_use);
	if (err)
		return err;
	err = pf_add_table(devlink, "vlan-filters", CARVE_NUM_VLVF,
			   PF_RES_VLAN_FILTERS, pf_vlans_in_use);
	if (err)
		return err;
	err = pf_add_quotas(devlink, "mac-quota", PF_RES_MAC_QUOTA,
			    CARVE_PF_VF_MAX_MACS, macs, pf_macs_of_vf);
	if (err)
		return err;

	return pf_add_quotas(devlink, "vlan-quota", PF_RES_VLAN_QUOTA,
			     CARVE_PF_VF_MAX_VLANS, vlans, pf_vlans_of_vf);
}

/* devlink has no call to resize one. */
static void pf_show_new_quotas(struct devlink *devlink)
{
	int err;

	devl_resources_unregister(devlink);
	err = pf_add_resources(devlink);
	if (err)
		pci_warn(devlink_to_carve_pf(devlink)->nic.pdev,
			 "devlink shows only some resources: %pe\n",
			 ERR_PTR(err));
}

/* ---- parameters ---- */

/* Numbers of parameters; a VF's, or an offence's, follow the first. */
enum {
	PF_PARAM_FIRST = DEVLINK_PARAM_GENERIC_ID_MAX + 1,
	PF_PARAM_QUARANTINE_TIME = PF_PARAM_FIRST,
	PF_PARAM_LIMIT,
	PF_PARAM_MAC_QUOTA = PF_PARAM_LIMIT + CARVE_PF_NUM_OFFENCES,
	PF_PARAM_VLAN_QUOTA = PF_PARAM_MAC_QUOTA + CARVE_PF_MAX_VFS,
};

static int pf_check_range(u32 val, u32 max, const char *unit,
			  struct netlink_ext_ack *extack)
{
	if (val <= max)
		return 0;

	NL_SET_ERR_MSG_FMT(extack, "%u is out of range, use 0 to %u%s", val,
			   max, unit);
	return -ERANGE;
}

static int pf_time_get(CARVE_PARAM_GET_ARGS)
{
	struct carve_pf *pf = devlink_to_carve_pf(devlink);

	ctx->val.vu32 = READ_ONCE(pf->control.quarantine_s);

	return 0;
}

static int pf_time_set(struct devlink *devlink, u32 id,
		       struct devlink_param_gset_ctx *ctx,
		       struct netlink_ext_ack *extack)
{
	struct carve_pf *pf = devlink_to_carve_pf(devlink);
	int err;

	err = pf_check_range(ctx->val.vu32, CARVE_PF_QUARANTINE_MAX_S,
			     " seconds", extack);
	if (!err)
		carve_pf_control_set_quarantine_time(pf, ctx->val.vu32);

	return err;
}

static int pf_limit_get(CARVE_PARAM_GET_ARGS)
{
	struct carve_pf *pf = devlink_to_carve_pf(devlink);

	ctx->val.vu32 = READ_ONCE(pf->monitor.limit[id - PF_PARAM_LIMIT]);

	return 0;
}

static int pf_limit_set(struct devlink *devlink, u32 id,
			struct devlink_param_gset_ctx *ctx,
			struct netlink_ext_ack *extack)
{
	carve_pf_monitor_set_limit(devlink_to_carve_pf(devlink),
				   id - PF_PARAM_LIMIT, ctx->val.vu32);

	return 0;
}

static int pf_mac_quota_get(CARVE_PARAM_GET_ARGS)
{
	struct carve_pf *pf = devlink_to_carve_pf(devlink);
	u32 vf = id - PF_PARAM_MAC_QUOTA;

	ctx->val.vu32 = READ_ONCE(pf->vf[vf].config.mac_quota);

	return 0;
}

static int pf_mac_quota_set(struct devlink *devlink, u32 id,
			    struct devlink_param_gset_ctx *ctx,
			    struct netlink_ext_ack *extack)
{
	int err;

	err = pf_check_range(ctx->val.vu32, CARVE_PF_VF_MAX_MACS, "", extack);
	if (err)
		return err;
	carve_pf_provision_set_mac_quota(devlink_to_carve_pf(devlink),
					 id - PF_PARAM_MAC_QUOTA,
					 ctx->val.vu32);
	pf_show_new_quotas(devlink);

	return 0;
}

static int pf_vlan_quota_get(CARVE_PARAM_GET_ARGS)
{
	struct carve_pf *pf = devlink_to_carve_pf(devlink);
	u32 vf = id - PF_PARAM_VLAN_QUOTA;

	ctx->val.vu32 = READ_ONCE(pf->vf[vf].config.vlan_quota);

	return 0;
}

static int pf_vlan_quota_set(struct devlink *devlink, u32 id,
			     struct devlink_param_gset_ctx *ctx,
			     struct netlink_ext_ack *extack)
{
	int err;

	err = pf_check_range(ctx->val.vu32, CARVE_PF_VF_MAX_VLANS, "", extack);
	if (err)
		return err;
	carve_pf_provision_set_vlan_quota(devlink_to_carve_pf(devlink),
					  id - PF_PARAM_VLAN_QUOTA,
					  ctx->val.vu32);
	pf_show_new_quotas(devlink);

	return 0;
}

#define PF_PARAM(_id, _name, _what)					\
	DEVLINK_PARAM_DRIVER(_id, _name, DEVLINK_PARAM_TYPE_U32,	\
			     BIT(DEVLINK_PARAM_CMODE_RUNTIME),		\
			     pf_##_what##_get, pf_##_what##_set, NULL)

#define PF_PARAM_OF_OFFENCE(_offence, _name)				\
	PF_PARAM(PF_PARAM_LIMIT + CARVE_PF_OFFENCE_##_offence, _name, limit)

#define PF_MAC_QUOTA_OF_VF(_vf)						\
	PF_PARAM(PF_PARAM_MAC_QUOTA + (_vf), "vf" #_vf "_mac_quota", mac_quota)

#define PF_VLAN_QUOTA_OF_VF(_vf)					\
	PF_PARAM(PF_PARAM_VLAN_QUOTA + (_vf), "vf" #_vf "_vlan_quota", vlan_quota)

static const struct devlink_param pf_params[] = {
	PF_PARAM(PF_PARAM_QUARANTINE_TIME, "quarantine_time", time),
	PF_PARAM_OF_OFFENCE(FLOOD, "quarantine_flood"),
	PF_PARAM_OF_OFFENCE(MALFORMED, "quarantine_malformed"),
	PF_PARAM_OF_OFFENCE(RESETS, "quarantine_resets"),
	PF_PARAM_OF_OFFENCE(STUCK, "quarantine_stuck"),
	PF_PARAM_OF_OFFENCE(QUEUES, "quarantine_queues"),
	PF_PARAM_OF_OFFENCE(MALICIOUS, "quarantine_malicious"),
	PF_PARAM_OF_OFFENCE(SPOOF, "quarantine_spoof"),
	PF_MAC_QUOTA_OF_VF(0),
	PF_VLAN_QUOTA_OF_VF(0),
	PF_MAC_QUOTA_OF_VF(1),
	PF_VLAN_QUOTA_OF_VF(1),
	PF_MAC_QUOTA_OF_VF(2),
	PF_VLAN_QUOTA_OF_VF(2),
	PF_MAC_QUOTA_OF_VF(3),
	PF_VLAN_QUOTA_OF_VF(3),
	PF_MAC_QUOTA_OF_VF(4),
	PF_VLAN_QUOTA_OF_VF(4),
	PF_MAC_QUOTA_OF_VF(5),
	PF_VLAN_QUOTA_OF_VF(5),
	PF_MAC_QUOTA_OF_VF(6),
	PF_VLAN_QUOTA_OF_VF(6),
};

int carve_pf_devlink_param_init(struct carve_pf *pf, struct devlink *devlink)
{
	int err;

	err = pf_add_resources(devlink);
	if (err)
		goto err_unregister_resources;
	err = devl_params_register(devlink, pf_params, ARRAY_SIZE(pf_params));
	if (err)
		goto err_unregister_resources;

	return 0;

err_unregister_resources:
	devl_resources_unregister(devlink);
	return err;
}

void carve_pf_devlink_param_fini(struct devlink *devlink)
{
	devl_params_unregister(devlink, pf_params, ARRAY_SIZE(pf_params));
	devl_resources_unregister(devlink);
}
