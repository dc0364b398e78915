// SPDX-License-Identifier: GPL-2.0
/*
 * The devlink instance: versions, the physical port, a port for each VF with
 * its address, state and rate. Owns struct carve_pf_devlink; the instance's
 * lock, which comes before rtnl and carve_pf.lock. Operations are called by
 * devlink under that lock, the others by main.c. Touches no register.
 *
 * Copyright (C) 2026 Carve developers
 */
#include <linux/etherdevice.h>
#include <linux/math64.h>
#include <linux/pci.h>
#include <linux/string.h>
#include <linux/unaligned.h>

#include <carve/compat.h>

#include "control.h"
#include "devlink.h"
#include "devlink_param.h"
#include "health.h"
#include "nvm.h"
#include "pf.h"
#include "provision.h"

#define PF_DEVLINK_PORT			0	/* VF n has n + 1 */
#define PF_DEVLINK_TEXT_LEN		32

#define PF_DEVLINK_ASIC_ID		DEVLINK_INFO_VERSION_GENERIC_ASIC_ID
#define PF_DEVLINK_ASIC_REV		DEVLINK_INFO_VERSION_GENERIC_ASIC_REV
#define PF_DEVLINK_BOARD_ID		DEVLINK_INFO_VERSION_GENERIC_BOARD_ID
#define PF_DEVLINK_FW			DEVLINK_INFO_VERSION_GENERIC_FW

/* devlink counts bytes, the chip's limiters Mb. */
#define PF_DEVLINK_BYTES_PER_MB		(1000 * 1000 / 8)

struct carve_pf *devlink_to_carve_pf(struct devlink *devlink)
{
	return *(struct carve_pf **)devlink_priv(devlink);
}

/* ---- versions ---- */

static int pf_devlink_put_serial(struct carve_pf *pf,
				 struct devlink_info_req *req)
{
	char text[PF_DEVLINK_TEXT_LEN];
	u64 dsn = pci_get_dsn(pf->nic.pdev);
	u8 bytes[sizeof(dsn)];

	if (!dsn)
		return 0;

	put_unaligned_be64(dsn, bytes);
	snprintf(text, sizeof(text), "%8phD", bytes);

	return devlink_info_serial_number_put(req, text);
}

static int pf_devlink_put_versions(struct carve_pf *pf,
				   struct devlink_info_req *req)
{
	char text[PF_DEVLINK_TEXT_LEN];
	int err;

	err = devlink_info_version_fixed_put(req, PF_DEVLINK_ASIC_ID, "82576");
	if (err)
		return err;

	snprintf(text, sizeof(text), "%u", pf->nic.pdev->revision);
	err = devlink_info_version_fixed_put(req, PF_DEVLINK_ASIC_REV, text);
	if (err)
		return err;

	snprintf(text, sizeof(text), "%04x", pf->nic.pdev->device);
	err = devlink_info_version_fixed_put(req, PF_DEVLINK_BOARD_ID, text);
	if (err)
		return err;

	carve_pf_nvm_version(pf, text, sizeof(text));
	if (!*text)
		strscpy(text, "unknown", sizeof(text));
	return devlink_info_version_running_put(req, PF_DEVLINK_FW, text);
}

static int pf_devlink_info_get(struct devlink *devlink,
			       struct devlink_info_req *req,
			       struct netlink_ext_ack *extack)
{
	struct carve_pf *pf = devlink_to_carve_pf(devlink);
	int err;

	err = pf_devlink_put_serial(pf, req);
	if (err)
		return err;

	return pf_devlink_put_versions(pf, req);
}

/* ---- a VF's port ---- */

static unsigned int pf_devlink_port_vf(const struct devlink_port *port)
{
	return port->attrs.pci_vf.vf;
}

static int pf_devlink_no_vf(struct netlink_ext_ack *extack)
{
	NL_SET_ERR_MSG(extack, "The VF does not exist any more");
	return -EINVAL;
}

static int pf_devlink_hw_addr_get(struct devlink_port *port, u8 *hw_addr,
				  int *hw_addr_len,
				  struct netlink_ext_ack *extack)
{
	struct carve_pf *pf = devlink_to_carve_pf(port->devlink);
	struct carve_pf_vf_config config;

	if (carve_pf_provision_get(pf, pf_devlink_port_vf(port), &config))
		return pf_devlink_no_vf(extack);

	ether_addr_copy(hw_addr, config.mac);
	*hw_addr_len = ETH_ALEN;

	return 0;
}

static int pf_devlink_hw_addr_set(struct devlink_port *port, const u8 *hw_addr,
				  int hw_addr_len,
				  struct netlink_ext_ack *extack)
{
	struct carve_pf *pf = devlink_to_carve_pf(port->devlink);
	int err;

	if (hw_addr_len != ETH_ALEN) {
		NL_SET_ERR_MSG(extack, "An Ethernet address has 6 bytes");
		return -EINVAL;
	}
	if (is_multicast_ether_addr(hw_addr)) {
		NL_SET_ERR_MSG(extack, "Not the address of one station, choose a unicast address");
		return -EINVAL;
	}

	err = carve_pf_provision_set_mac(pf, pf_devlink_port_vf(port), hw_addr);
	if (err == -EADDRINUSE)
		NL_SET_ERR_MSG(extack, "Address belongs to the PF or another VF");
	else if (err == -ENOSPC)
		NL_SET_ERR_MSG(extack, "No address filter is left");
	else if (err)
		return pf_devlink_no_vf(extack);

	return err;
}

/* Attached: a driver runs in the VF, as far as the PF knows. */
static int pf_devlink_state_get(struct devlink_port *port,
				enum devlink_port_fn_state *state,
				enum devlink_port_fn_opstate *opstate,
				struct netlink_ext_ack *extack)
{
	struct carve_pf *pf = devlink_to_carve_pf(port->devlink);
	enum carve_pf_vf_state now;

	mutex_lock(&pf->lock);
	now = pf->vf[pf_devlink_port_vf(port)].control.state;
	mutex_unlock(&pf->lock);

	*state = now == CARVE_PF_VF_QUARANTINED ?
		 DEVLINK_PORT_FN_STATE_INACTIVE : DEVLINK_PORT_FN_STATE_ACTIVE;
	*opstate = now == CARVE_PF_VF_READY ?
		   DEVLINK_PORT_FN_OPSTATE_ATTACHED :
		   DEVLINK_PORT_FN_OPSTATE_DETACHED;

	return 0;
}

static int pf_devlink_state_set(struct devlink_port *port,
				enum devlink_port_fn_state state,
				struct netlink_ext_ack *extack)
{
	struct carve_pf *pf = devlink_to_carve_pf(port->devlink);
	bool active = state == DEVLINK_PORT_FN_STATE_ACTIVE;
	int err;

	err = carve_pf_control_set_active(pf, pf_devlink_port_vf(port), active);
	if (err == -ETIMEDOUT)
		NL_SET_ERR_MSG(extack, "A queue of the VF does not stop; reset the PF");
	else if (err)
		return pf_devlink_no_vf(extack);

	return err;
}

static const struct devlink_port_ops pf_devlink_vf_ops = {
	.port_fn_hw_addr_get	= pf_devlink_hw_addr_get,
	.port_fn_hw_addr_set	= pf_devlink_hw_addr_set,
	.port_fn_state_get	= pf_devlink_state_get,
	.port_fn_state_set	= pf_devlink_state_set,
};

/* ---- a VF's rate ---- */

static int pf_devlink_tx_max_set(struct devlink_rate *rate, void *priv,
				 u64 tx_max, struct netlink_ext_ack *extack)
{
	struct carve_pf *pf = devlink_to_carve_pf(rate->devlink);
	u32 rest;
	u64 mbps;

	mbps = div_u64_rem(tx_max, PF_DEVLINK_BYTES_PER_MB, &rest);
	if (rest) {
		NL_SET_ERR_MSG(extack, "The chip limits to whole Mb/s");
		return -EINVAL;
	}
	if (mbps > CARVE_PF_VF_MAX_RATE) {
		NL_SET_ERR_MSG(extack, "Limit is out of range, use 1 to 1000 Mb/s, or 0 for none");
		return -EINVAL;
	}
	if (carve_pf_provision_set_rate(pf,
					pf_devlink_port_vf(rate->devlink_port),
					mbps))
		return pf_devlink_no_vf(extack);

	return 0;
}

static int pf_devlink_tx_share_set(struct devlink_rate *rate, void *priv,
				   u64 tx_share,
				   struct netlink_ext_ack *extack)
{
	if (!tx_share)
		return 0;

	NL_SET_ERR_MSG(extack, "The chip guarantees no minimum rate");
	return -EOPNOTSUPP;
}

/*
 * devlink keeps a limit of its own and asks nobody when it shows it. A limit
 * that came through rtnetlink is put there: under rtnl, so the devlink lock,
 * which comes before, can't be taken, and there is no call for it.
 */
static void pf_devlink_rate_changed(struct carve_pf *pf, unsigned int vf)
{
	struct devlink_rate *rate = pf->devlink.vf[vf].rate;

	lockdep_assert_held(&pf->lock);

	if (rate)
		WRITE_ONCE(rate->tx_max, (u64)PF_DEVLINK_BYTES_PER_MB *
					 pf->vf[vf].config.max_tx_rate);
}

static void pf_devlink_link_rate(struct carve_pf *pf, unsigned int vf,
				 struct devlink_rate *rate)
{
	mutex_lock(&pf->lock);
	pf->devlink.vf[vf].rate = rate;
	pf_devlink_rate_changed(pf, vf);
	mutex_unlock(&pf->lock);
}

/* ---- ports ---- */

static int pf_devlink_create_vf(struct carve_pf *pf, unsigned int vf)
{
	struct carve_pf_devlink_vf *dvf = &pf->devlink.vf[vf];
	struct devlink_port *port = &dvf->port;
	int err;

	memset(port, 0, sizeof(*port));
	devlink_port_attrs_pci_vf_set(port, 0, pf->lan, vf, false);
	err = devl_port_register_with_ops(pf->devlink.instance, port, vf + 1,
					  &pf_devlink_vf_ops);
	if (err)
		return err;
	/*
	 * There is no netdev for it in the host, so it never gets the type for
	 * which devlink would complain after an hour.
	 */
	cancel_delayed_work(&port->type_warn_dw);

	err = devl_rate_leaf_create(port, NULL, NULL);
	if (err)
		goto err_unregister_port;
	pf_devlink_link_rate(pf, vf, port->devlink_rate);

	err = carve_pf_health_create_vf(pf, vf, port);
	if (err)
		goto err_destroy_rate;
	dvf->registered = true;

	return 0;

err_destroy_rate:
	pf_devlink_link_rate(pf, vf, NULL);
	devl_rate_leaf_destroy(port);
err_unregister_port:
	devl_port_unregister(port);
	return err;
}

static void pf_devlink_destroy_vf(struct carve_pf *pf, unsigned int vf)
{
	struct carve_pf_devlink_vf *dvf = &pf->devlink.vf[vf];

	dvf->registered = false;
	carve_pf_health_destroy_vf(pf, vf);
	pf_devlink_link_rate(pf, vf, NULL);
	devl_rate_leaf_destroy(&dvf->port);
	devl_port_unregister(&dvf->port);
}

static void pf_devlink_set_num_vfs(struct carve_pf *pf, u8 num_vfs)
{
	unsigned int vf;
	int err;

	for (vf = num_vfs; vf < CARVE_PF_MAX_VFS; vf++)
		if (pf->devlink.vf[vf].registered)
			pf_devlink_destroy_vf(pf, vf);

	for (vf = 0; vf < num_vfs; vf++) {
		if (pf->devlink.vf[vf].registered)
			continue;
		err = pf_devlink_create_vf(pf, vf);
		if (err)
			pci_warn(pf->nic.pdev, "VF%u: no devlink port: %pe\n",
				 vf, ERR_PTR(err));
	}
}

/* Before the lock is taken: their reports want it, too. */
static void pf_devlink_mute_vfs(struct carve_pf *pf, unsigned int first)
{
	unsigned int vf;

	for (vf = first; vf < CARVE_PF_MAX_VFS; vf++)
		if (pf->devlink.vf[vf].registered)
			carve_pf_health_mute_vf(pf, vf);
}

void carve_pf_devlink_sync_vfs(struct carve_pf *pf)
{
	u8 num_vfs = READ_ONCE(pf->num_vfs);

	pf_devlink_mute_vfs(pf, num_vfs);
	devl_lock(pf->devlink.instance);
	pf_devlink_set_num_vfs(pf, num_vfs);
	devl_unlock(pf->devlink.instance);
}

static int pf_devlink_create_port(struct carve_pf *pf)
{
	struct devlink_port *port = &pf->devlink.port;
	struct devlink_port_attrs attrs = {
		.flavour = DEVLINK_PORT_FLAVOUR_PHYSICAL,
		.phys.port_number = pf->lan,
	};
	int err;

	carve_devlink_port_attrs_set(port, &attrs);
	err = devl_port_register(pf->devlink.instance, port, PF_DEVLINK_PORT);
	if (err)
		return err;
	SET_NETDEV_DEVLINK_PORT(pf->nic.netdev, port);

	return 0;
}

/* ---- the instance ---- */

static const struct devlink_ops pf_devlink_ops = {
	.info_get		= pf_devlink_info_get,
	.rate_leaf_tx_max_set	= pf_devlink_tx_max_set,
	.rate_leaf_tx_share_set	= pf_devlink_tx_share_set,
};

int carve_pf_devlink_init(struct carve_pf *pf)
{
	struct devlink *devlink;
	unsigned int vf;
	int err;

	devlink = devlink_alloc(&pf_devlink_ops, sizeof(pf),
				&pf->nic.pdev->dev);
	if (!devlink)
		return -ENOMEM;
	*(struct carve_pf **)devlink_priv(devlink) = pf;
	pf->devlink.instance = devlink;
	pf->provision.rate_changed = pf_devlink_rate_changed;

	for (vf = 0; vf < CARVE_PF_MAX_VFS; vf++) {
		pf->devlink.vf[vf].pf = pf;
		pf->devlink.vf[vf].vf = vf;
	}

	devl_lock(devlink);
	err = carve_pf_devlink_param_init(pf, devlink);
	if (err)
		goto err_free;
	err = carve_pf_health_init(pf, devlink);
	if (err)
		goto err_fini_param;
	err = pf_devlink_create_port(pf);
	if (err)
		goto err_fini_health;
	devl_unlock(devlink);

	return 0;

err_fini_health:
	carve_pf_health_fini(pf);
err_fini_param:
	carve_pf_devlink_param_fini(devlink);
err_free:
	devl_unlock(devlink);
	devlink_free(devlink);
	return err;
}

void carve_pf_devlink_start(struct carve_pf *pf)
{
	struct devlink *devlink = pf->devlink.instance;

	devl_lock(devlink);
	devl_register(devlink);
	pf_devlink_set_num_vfs(pf, READ_ONCE(pf->num_vfs));
	devl_unlock(devlink);
	carve_pf_health_start(pf);
}

void carve_pf_devlink_stop(struct carve_pf *pf)
{
	struct devlink *devlink = pf->devlink.instance;

	carve_pf_health_stop(pf);
	pf_devlink_mute_vfs(pf, 0);
	devl_lock(devlink);
	pf_devlink_set_num_vfs(pf, 0);
	devl_unregister(devlink);
	devl_unlock(devlink);
}

void carve_pf_devlink_fini(struct carve_pf *pf)
{
	struct devlink *devlink = pf->devlink.instance;

	devl_lock(devlink);
	devl_port_unregister(&pf->devlink.port);
	carve_pf_health_fini(pf);
	carve_pf_devlink_param_fini(devlink);
	devl_unlock(devlink);
	devlink_free(devlink);
}
