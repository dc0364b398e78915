// SPDX-License-Identifier: GPL-2.0
/*
 * What a VF says to its PF to be let in and to get what its user wants: the
 * order of requests. Owns carve_vf.pf_version, pf_caps and config, under
 * carve_vf.lock. Called by the control work; everything sleeps.
 *
 * Copyright (C) 2026 Carve developers
 */
#include <linux/pci.h>

#include <carve/channels.h>
#include <carve/mbx.h>

#include "handshake.h"
#include "vf.h"

static void vf_handshake_take_config(struct carve_vf *vf,
				     const struct carve_vf_config *config)
{
	u32 changed = vf->config.flags ^ config->flags;

	carve_vf_settings_reconfigured(vf, config->mac,
				       config->flags & CARVE_MBX_CONFIG_ADMIN_MAC,
				       changed & CARVE_MBX_CONFIG_PORT_VLAN);
	if (vf->config.vlan_quota != config->vlan_quota)
		carve_vf_settings_retry_vlans(vf);
	if ((changed & CARVE_MBX_CONFIG_TRUSTED) ||
	    vf->config.mac_quota != config->mac_quota)
		carve_vf_rx_mode_retry(vf);
	carve_vf_link_push(vf, config->link);
	vf->config = *config;
}

/* An improper answer costs the PF the capability, not the VF its life. */
int carve_vf_handshake_query(struct carve_vf *vf)
{
	struct carve_vf_config config = {};
	int err;

	lockdep_assert_held(&vf->lock);

	if (!(vf->pf_caps & CARVE_MBX_CAP_CONFIG))
		return 0;

	err = carve_vf_request_config(vf, &config);
	if (err == -EPROTO || err == -EACCES) {
		vf->pf_caps &= ~(CARVE_MBX_CAP_CONFIG |
				 CARVE_MBX_CAP_LINK_STATE);
		return 0;
	}
	if (!err)
		vf_handshake_take_config(vf, &config);
	return err;
}

int carve_vf_handshake_apply(struct carve_vf *vf)
{
	int err;

	err = carve_vf_settings_apply(vf);
	if (err)
		return err;
	return carve_vf_rx_mode_apply(vf);
}

/*
 * Memory that the VF's queues had in a former life may be somebody else's now:
 * bus mastering comes on here alone, when the reset is seen to have stopped
 * them. Mail needs it for the interrupt only, and is looked for without.
 */
static int vf_handshake_allow_dma(struct carve_vf *vf)
{
	int err;

	err = carve_hw_queues_quiesce(&vf->nic,
				      BIT(vf->nic.layout->hw_queue[0]));
	if (err < 0)
		return err == -ETIMEDOUT ? -EBUSY : err;

	pci_set_master(vf->nic.pdev);
	return 0;
}

int carve_vf_handshake(struct carve_vf *vf)
{
	u8 mac[ETH_ALEN];
	int err;

	lockdep_assert_held(&vf->lock);

	err = carve_vf_request_reset(vf, mac);
	if (err)
		return err;
	/* What came before the answer is about the life before. */
	carve_vf_control_forget(vf);
	carve_vf_settings_forget(vf, mac);
	carve_vf_rx_mode_forget(vf);
	carve_vf_stats_rebase(vf);

	err = vf_handshake_allow_dma(vf);
	if (err)
		return err;
	err = carve_vf_request_handshake(vf, &vf->pf_version, &vf->pf_caps);
	if (err)
		return err;
	/* Pushed changes alone would leave the first state to guessing. */
	if (!(vf->pf_caps & CARVE_MBX_CAP_CONFIG))
		vf->pf_caps &= ~CARVE_MBX_CAP_LINK_STATE;
	memset(&vf->config, 0, sizeof(vf->config));
	err = carve_vf_handshake_query(vf);
	if (err)
		return err;

	return carve_vf_handshake_apply(vf);
}
