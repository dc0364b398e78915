// SPDX-License-Identifier: GPL-2.0
/*
 * What the user wants of a VF (address, frame size, VLANs), what the PF has
 * granted of it, and the requests that bring the two together. Everything is
 * under carve_vf.lock. netdev.c changes what is wanted, handshake.c has all of
 * it applied again after every reset.
 *
 * Copyright (C) 2026 Carve developers
 */
#include <linux/etherdevice.h>
#include <linux/rtnetlink.h>

#include "settings.h"
#include "vf.h"

/* The address the VF shall have at the PF. */
static const u8 *vf_settings_wanted_mac(const struct carve_vf *vf)
{
	const struct carve_vf_settings *settings = &vf->settings;

	if (settings->own_mac)
		return settings->mac;
	if (!is_zero_ether_addr(settings->pf_mac))
		return settings->pf_mac;
	return vf->nic.netdev->dev_addr;
}

static int vf_settings_apply_mac(struct carve_vf *vf)
{
	struct carve_vf_settings *settings = &vf->settings;
	const u8 *addr = vf_settings_wanted_mac(vf);
	int err;

	if (ether_addr_equal(addr, settings->current_mac))
		return 0;

	err = carve_vf_request_set_mac(vf, addr);
	if (!err) {
		ether_addr_copy(settings->current_mac, addr);
		return 0;
	}
	if (carve_vf_request_unheard(err))
		return err;

	netdev_warn(vf->nic.netdev,
		    "the PF refuses the address %pM, using %pM\n",
		    addr, settings->pf_mac);
	settings->own_mac = false;
	/* Asking again would get the same answer. */
	ether_addr_copy(settings->current_mac, vf_settings_wanted_mac(vf));
	return 0;
}

static int vf_settings_apply_max_frame(struct carve_vf *vf)
{
	struct carve_vf_settings *settings = &vf->settings;
	int err;

	if (settings->max_frame == settings->current_max_frame)
		return 0;

	err = carve_vf_request_max_frame(vf, settings->max_frame);
	if (carve_vf_request_unheard(err))
		return err;
	if (err)
		netdev_warn(vf->nic.netdev,
			    "the PF refuses frames of %u bytes, longer ones than it allows get lost\n",
			    settings->max_frame);

	settings->current_max_frame = settings->max_frame;
	return 0;
}

/*
 * VLAN 0 stands for priority-tagged frames, which a VF may always receive; a
 * PF that refuses it, as under a port VLAN, takes nothing away.
 *
 * Frames come before the answer does: without the bit they would lose their tag
 * and end up in the VF's own interface.
 */
static int vf_settings_join_vlan(struct carve_vf *vf, u16 vid)
{
	int err;

	set_bit(vid, vf->settings.granted);
	err = carve_vf_request_vlan(vf, vid, true);
	if (!vid && err == -EACCES)
		return 0;
	if (err)
		clear_bit(vid, vf->settings.granted);

	return err;
}

static int vf_settings_apply_vlans(struct carve_vf *vf)
{
	struct carve_vf_settings *settings = &vf->settings;
	unsigned int refused = 0;
	unsigned long vid;
	int err;

	if (!settings->stale_vlans)
		return 0;

	for_each_andnot_bit(vid, settings->vlans, settings->granted,
			    VLAN_N_VID) {
		err = vf_settings_join_vlan(vf, vid);
		if (carve_vf_request_unheard(err))
			return err;
		if (err)
			refused++;
	}

	if (refused)
		netdev_warn(vf->nic.netdev,
			    "the PF refuses %u of the VLANs in use\n", refused);
	settings->stale_vlans = false;
	return 0;
}

int carve_vf_settings_apply(struct carve_vf *vf)
{
	int err;

	lockdep_assert_held(&vf->lock);

	err = vf_settings_apply_mac(vf);
	if (err)
		return err;
	err = vf_settings_apply_max_frame(vf);
	if (err)
		return err;
	return vf_settings_apply_vlans(vf);
}

void carve_vf_settings_forget(struct carve_vf *vf, const u8 *mac)
{
	struct carve_vf_settings *settings = &vf->settings;

	lockdep_assert_held(&vf->lock);

	ether_addr_copy(settings->pf_mac, mac);
	ether_addr_copy(settings->current_mac, mac);
	settings->current_max_frame = 0;
	bitmap_zero(settings->granted, VLAN_N_VID);
	settings->stale_vlans = true;
}

void carve_vf_settings_reconfigured(struct carve_vf *vf, const u8 *mac,
				    bool binding, bool vlans)
{
	struct carve_vf_settings *settings = &vf->settings;

	lockdep_assert_held(&vf->lock);

	ether_addr_copy(settings->current_mac, mac);
	if (binding)
		settings->own_mac = false;
	if (!settings->own_mac && !is_zero_ether_addr(mac))
		ether_addr_copy(settings->pf_mac, mac);
	if (vlans) {
		bitmap_zero(settings->granted, VLAN_N_VID);
		settings->stale_vlans = true;
	}
}

void carve_vf_settings_retry_vlans(struct carve_vf *vf)
{
	lockdep_assert_held(&vf->lock);

	vf->settings.stale_vlans = true;
}

bool carve_vf_settings_mac_differs(const struct carve_vf *vf)
{
	lockdep_assert_held(&vf->lock);

	return !ether_addr_equal(vf->nic.netdev->dev_addr,
				 vf_settings_wanted_mac(vf));
}

bool carve_vf_settings_adopt_mac(struct carve_vf *vf)
{
	struct carve_vf_settings *settings = &vf->settings;
	struct net_device *netdev = vf->nic.netdev;

	ASSERT_RTNL();
	lockdep_assert_held(&vf->lock);

	if (!is_zero_ether_addr(settings->pf_mac))
		ether_addr_copy(netdev->perm_addr, settings->pf_mac);
	if (!carve_vf_settings_mac_differs(vf))
		return false;

	eth_hw_addr_set(netdev, vf_settings_wanted_mac(vf));
	netdev->addr_assign_type = NET_ADDR_PERM;
	return true;
}

int carve_vf_settings_set_mac(struct carve_vf *vf, const u8 *addr)
{
	struct carve_vf_settings *settings = &vf->settings;
	int err = 0;

	lockdep_assert_held(&vf->lock);

	if (carve_vf_is_ready(vf) &&
	    !ether_addr_equal(addr, settings->current_mac)) {
		err = carve_vf_request_set_mac(vf, addr);
		if (err == -EACCES)
			return err;
		if (!err)
			ether_addr_copy(settings->current_mac, addr);
	}

	ether_addr_copy(settings->mac, addr);
	settings->own_mac = !ether_addr_equal(addr, settings->pf_mac);
	return err;
}

int carve_vf_settings_set_max_frame(struct carve_vf *vf, u16 max_frame)
{
	struct carve_vf_settings *settings = &vf->settings;
	int err = 0;

	lockdep_assert_held(&vf->lock);

	if (carve_vf_is_ready(vf) && max_frame != settings->current_max_frame) {
		err = carve_vf_request_max_frame(vf, max_frame);
		if (err == -EACCES)
			return err;
		if (!err)
			settings->current_max_frame = max_frame;
	}

	settings->max_frame = max_frame;
	return err;
}

int carve_vf_settings_add_vlan(struct carve_vf *vf, u16 vid)
{
	struct carve_vf_settings *settings = &vf->settings;
	int err = 0;

	lockdep_assert_held(&vf->lock);

	if (carve_vf_is_ready(vf)) {
		err = vf_settings_join_vlan(vf, vid);
		if (err == -EACCES)
			return err;
	}

	__set_bit(vid, settings->vlans);
	if (!test_bit(vid, settings->granted))
		settings->stale_vlans = true;
	return err;
}

int carve_vf_settings_del_vlan(struct carve_vf *vf, u16 vid)
{
	struct carve_vf_settings *settings = &vf->settings;
	int err = 0;

	lockdep_assert_held(&vf->lock);

	__clear_bit(vid, settings->vlans);
	/* The PF keeps VLAN 0 in any case. */
	if (vid && carve_vf_is_ready(vf) && test_bit(vid, settings->granted))
		err = carve_vf_request_vlan(vf, vid, false);
	clear_bit(vid, settings->granted);

	return err == -EACCES ? 0 : err;
}

void carve_vf_settings_init(struct carve_vf *vf)
{
	struct carve_vf_settings *settings = &vf->settings;

	settings->max_frame = vf->nic.config.max_frame;
	settings->stale_vlans = true;
	vf->nic.rx_vlans = settings->granted;
}

#if IS_ENABLED(CONFIG_CARVE_KUNIT_TEST)
#include "tests/settings_kunit.c"
#endif
