// SPDX-License-Identifier: GPL-2.0
/*
 * Address lists and promiscuous mode of a VF. The netdev's lists are the only
 * record of what is wanted: ndo_set_rx_mode, which may not sleep, marks them as
 * changed, and the control work copies them and asks the PF for the difference
 * to what it has, under carve_vf.lock.
 *
 * Copyright (C) 2026 Carve developers
 */
#include <carve/mbx.h>

#include "rx_mode.h"
#include "vf.h"

/* A VF that can't ask for its quota gets what the PF has to spare. */
static unsigned int vf_rx_mode_uc_room(const struct carve_vf *vf)
{
	if (vf->pf_caps & CARVE_MBX_CAP_CONFIG)
		return min_t(unsigned int, vf->config.mac_quota,
			     CARVE_VF_UC_MAX);
	return CARVE_VF_UC_MAX;
}

static void vf_filters_add_uc(struct carve_vf_filters *filters,
			      const u8 *addr, unsigned int room)
{
	if (filters->num_uc >= room) {
		filters->uc_overflow = true;
		return;
	}
	ether_addr_copy(filters->uc[filters->num_uc++], addr);
}

static void vf_filters_add_mc(struct carve_vf_filters *filters, const u8 *addr)
{
	u16 hash = carve_mc_hash(addr);
	unsigned int i;

	for (i = 0; i < filters->num_mc; i++)
		if (filters->mc[i] == hash)
			return;

	if (filters->num_mc >= CARVE_MBX_MC_MAX) {
		filters->mc_all = true;
		return;
	}
	filters->mc[filters->num_mc++] = hash;
}

static bool vf_filters_has_uc(const struct carve_vf_filters *filters,
			      const u8 *addr)
{
	unsigned int i;

	for (i = 0; i < filters->num_uc; i++)
		if (ether_addr_equal(filters->uc[i], addr))
			return true;
	return false;
}

/* Single addresses can't be removed: all go and the rest is added again. */
static bool vf_filters_must_clear_uc(const struct carve_vf_filters *old,
				     const struct carve_vf_filters *new)
{
	unsigned int i;

	for (i = 0; i < old->num_uc; i++)
		if (!vf_filters_has_uc(new, old->uc[i]))
			return true;
	return false;
}

static bool vf_filters_same_mc(const struct carve_vf_filters *old,
			       const struct carve_vf_filters *new)
{
	return old->mc_all == new->mc_all && old->num_mc == new->num_mc &&
	       !memcmp(old->mc, new->mc, new->num_mc * sizeof(new->mc[0]));
}

static void vf_rx_mode_copy_lists(struct carve_vf *vf,
				  struct carve_vf_filters *filters)
{
	unsigned int room = vf_rx_mode_uc_room(vf);
	struct net_device *netdev = vf->nic.netdev;
	struct netdev_hw_addr *ha;

	memset(filters, 0, sizeof(*filters));

	netif_addr_lock_bh(netdev);
	netdev_for_each_uc_addr(ha, netdev)
		vf_filters_add_uc(filters, ha->addr, room);
	netdev_for_each_mc_addr(ha, netdev)
		vf_filters_add_mc(filters, ha->addr);
	filters->promisc = netdev->flags & IFF_PROMISC;
	if (netdev->flags & (IFF_PROMISC | IFF_ALLMULTI))
		filters->mc_all = true;
	netif_addr_unlock_bh(netdev);
}

/* Addresses that were refused count as asked for: they wait for a clean sweep. */
static int vf_rx_mode_sync_uc(struct carve_vf *vf,
			      const struct carve_vf_filters *old,
			      const struct carve_vf_filters *new)
{
	bool clear = vf_filters_must_clear_uc(old, new);
	unsigned int i;
	int err;

	if (clear) {
		err = carve_vf_request_clear_macs(vf);
		if (carve_vf_request_unheard(err))
			return err;
		vf->rx_mode.uc_lacking = false;
	}

	for (i = 0; i < new->num_uc; i++) {
		if (!clear && vf_filters_has_uc(old, new->uc[i]))
			continue;
		err = carve_vf_request_add_mac(vf, new->uc[i]);
		if (carve_vf_request_unheard(err))
			return err;
		if (err) {
			vf->rx_mode.uc_refused++;
			vf->rx_mode.uc_lacking = true;
		}
	}

	return 0;
}

static void vf_rx_mode_tell_refused(struct carve_vf *vf, bool promisc)
{
	if (vf->rx_mode.promisc_told)
		return;

	vf->rx_mode.promisc_told = true;
	if (promisc)
		netdev_warn(vf->nic.netdev,
			    "the PF refuses promiscuous mode: the VF is not trusted, or the PF can't do it\n");
	else
		netdev_warn(vf->nic.netdev,
			    "the PF has no room for all unicast addresses: frames to some of them get lost\n");
}

/* A refusal stands until the PF changes something or the wish is dropped. */
static int vf_rx_mode_sync_promisc(struct carve_vf *vf,
				   const struct carve_vf_filters *new)
{
	struct carve_vf_rx_mode *rx_mode = &vf->rx_mode;
	bool on;
	int err;

	on = new->promisc || new->uc_overflow || rx_mode->uc_lacking;
	if (on == rx_mode->promisc_asked)
		return 0;

	if (on || rx_mode->promisc_granted) {
		err = carve_vf_request_promisc(vf, on);
		if (carve_vf_request_unheard(err))
			return err;
		rx_mode->promisc_granted = on && !err;
		if (err) {
			rx_mode->promisc_refused++;
			vf_rx_mode_tell_refused(vf, new->promisc);
		}
	}

	rx_mode->promisc_asked = on;
	return 0;
}

static int vf_rx_mode_sync_mc(struct carve_vf *vf,
			      const struct carve_vf_filters *old,
			      const struct carve_vf_filters *new)
{
	int err;

	if (vf->rx_mode.known && vf_filters_same_mc(old, new))
		return 0;

	err = carve_vf_request_multicast(vf, new->mc, new->num_mc,
					 new->mc_all);
	return carve_vf_request_unheard(err) ? err : 0;
}

/*
 * The order matters to igb: a change of promiscuous mode, even one it refuses
 * by half, overwrites the multicast mode.
 */
static int vf_rx_mode_sync(struct carve_vf *vf,
			   const struct carve_vf_filters *new)
{
	const struct carve_vf_filters *old = &vf->rx_mode.current_filters;
	bool asked = vf->rx_mode.promisc_asked;
	int err;

	err = vf_rx_mode_sync_uc(vf, old, new);
	if (err)
		return err;
	err = vf_rx_mode_sync_promisc(vf, new);
	if (err)
		return err;
	if (asked != vf->rx_mode.promisc_asked)
		vf->rx_mode.known = false;
	err = vf_rx_mode_sync_mc(vf, old, new);
	if (err)
		return err;

	vf->rx_mode.current_filters = *new;
	vf->rx_mode.known = true;
	return 0;
}

int carve_vf_rx_mode_apply(struct carve_vf *vf)
{
	struct carve_vf_filters new;
	int err;

	lockdep_assert_held(&vf->lock);

	/* No lists yet, nor the lock they have. The first open marks them. */
	if (vf->nic.netdev->reg_state == NETREG_UNINITIALIZED)
		return 0;
	if (!test_and_clear_bit(0, &vf->rx_mode.stale))
		return 0;

	vf_rx_mode_copy_lists(vf, &new);
	err = vf_rx_mode_sync(vf, &new);
	if (err)
		set_bit(0, &vf->rx_mode.stale);
	return err;
}

void carve_vf_rx_mode_forget(struct carve_vf *vf)
{
	lockdep_assert_held(&vf->lock);

	memset(&vf->rx_mode.current_filters, 0,
	       sizeof(vf->rx_mode.current_filters));
	/* Being let in empties all lists at the PF. */
	vf->rx_mode.known = true;
	vf->rx_mode.uc_lacking = false;
	vf->rx_mode.promisc_asked = false;
	vf->rx_mode.promisc_granted = false;
	set_bit(0, &vf->rx_mode.stale);
}

void carve_vf_rx_mode_retry(struct carve_vf *vf)
{
	lockdep_assert_held(&vf->lock);

	vf->rx_mode.promisc_told = false;
	vf->rx_mode.promisc_asked = vf->rx_mode.promisc_granted;
	set_bit(0, &vf->rx_mode.stale);
}

void carve_vf_rx_mode_mark(struct carve_vf *vf)
{
	set_bit(0, &vf->rx_mode.stale);
}

#if IS_ENABLED(CONFIG_CARVE_KUNIT_TEST)
#include "tests/rx_mode_kunit.c"
#endif
