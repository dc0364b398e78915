// SPDX-License-Identifier: GPL-2.0
/*
 * The link as a VF sees it: what the PF says, or the chip. Owns carve_vf.link
 * and the netdev's carrier, under carve_vf.lock. Called by control.c and
 * handshake.c; ethtool.c reads it.
 *
 * Copyright (C) 2026 Carve developers
 */
#include <linux/bitfield.h>
#include <linux/ethtool.h>

#include <carve/io.h>
#include <carve/mbx.h>
#include <carve/regs.h>

#include "link.h"
#include "vf.h"

static void vf_link_read(struct carve_vf *vf, struct carve_vf_link *link)
{
	static const u16 speeds[] = {
		SPEED_10, SPEED_100, SPEED_1000, SPEED_1000,
	};
	u32 status, word;

	if (vf->pf_caps & CARVE_MBX_CAP_LINK_STATE) {
		word = READ_ONCE(vf->link.pushed);
		link->up = word & CARVE_MBX_LINK_UP;
		link->full = word & CARVE_MBX_LINK_FULL;
		link->speed = FIELD_GET(CARVE_MBX_LINK_SPEED, word);
		return;
	}

	status = carve_rd32(&vf->nic, CARVE_STATUS);
	if (carve_nic_is_gone(&vf->nic))
		return;
	link->up = status & CARVE_STATUS_LU;
	link->full = status & CARVE_STATUS_FD;
	link->speed = speeds[FIELD_GET(CARVE_STATUS_SPEED, status)];
}

static void vf_link_tell(struct carve_vf *vf)
{
	const struct carve_vf_link *link = &vf->link;
	struct net_device *netdev = vf->nic.netdev;

	if (!netif_running(netdev))
		return;
	if (!link->up)
		netdev_info(netdev, "link is down\n");
	else if (link->speed)
		netdev_info(netdev, "link is up, %u Mb/s, %s duplex\n",
			    link->speed, link->full ? "full" : "half");
	else
		netdev_info(netdev, "link is up\n");
}

static void vf_link_show(struct carve_vf *vf, const struct carve_vf_link *now)
{
	struct carve_vf_link *link = &vf->link;
	struct net_device *netdev = vf->nic.netdev;

	WRITE_ONCE(link->speed, now->speed);
	WRITE_ONCE(link->full, now->full);
	if (now->up == link->up)
		return;

	WRITE_ONCE(link->up, now->up);
	if (now->up)
		netif_carrier_on(netdev);
	else
		netif_carrier_off(netdev);
	vf_link_tell(vf);
}

/*
 * A 1.0 PF says "link" by any message with CTS, and a VF that got ready has had
 * one: what remains is the chip's own bit.
 */
void carve_vf_link_update(struct carve_vf *vf)
{
	struct carve_vf_link now = {};

	lockdep_assert_held(&vf->lock);

	vf_link_read(vf, &now);
	vf_link_show(vf, &now);
}

void carve_vf_link_down(struct carve_vf *vf)
{
	static const struct carve_vf_link down;

	lockdep_assert_held(&vf->lock);

	vf_link_show(vf, &down);
}

void carve_vf_link_push(struct carve_vf *vf, u32 word)
{
	WRITE_ONCE(vf->link.pushed, word);
}
