// SPDX-License-Identifier: GPL-2.0
/*
 * The PF netdev's receive mode: flags, lists, features and MTU become the state
 * of the PF's pool, filters and RCTL, whose only writer this is. Under a lock of
 * its own: the netdev's address lock, which ndo_set_rx_mode holds too, does not
 * exist before the netdev is registered, and the chip is set up before that.
 *
 * Both of the chip's filter regimes are kept up at all times: the pool's for
 * when VFs exist, RCTL's for RSS mode, so that switching is a write of MRQC, with
 * the port's receiver halted for it.
 *
 * Copyright (C) 2026 Carve developers
 */

#include <linux/etherdevice.h>
#include <linux/slab.h>

#include <carve/io.h>
#include <carve/mbx.h>

#include "address.h"
#include "filter_mac.h"
#include "filter_vlan.h"
#include "link.h"
#include "pf.h"
#include "pool.h"
#include "rss.h"
#include "rx_mode.h"

static bool rx_mode_wants_all_unicast(const struct carve_pf *pf)
{
	return pf->nic.netdev->flags & IFF_PROMISC || pf->rx_mode.uc_overflow;
}

static bool rx_mode_wants_all_multicast(const struct carve_pf *pf)
{
	return pf->nic.netdev->flags & (IFF_PROMISC | IFF_ALLMULTI);
}

static void rx_mode_write_rctl(struct carve_pf *pf)
{
	u32 rctl;

	/*
	 * VLAN filtering stays on for good: without it the chip checks neither
	 * a pool's VLANs nor its acceptance of untagged frames.
	 */
	rctl = CARVE_RCTL_LPE | CARVE_RCTL_BAM | CARVE_RCTL_VFE |
	       CARVE_RCTL_SECRC;
	if (!pf->rx_mode.halted)
		rctl |= CARVE_RCTL_EN;
	if (rx_mode_wants_all_unicast(pf))
		rctl |= CARVE_RCTL_UPE;
	if (rx_mode_wants_all_multicast(pf))
		rctl |= CARVE_RCTL_MPE;

	carve_wr32(&pf->nic, CARVE_RCTL, rctl);
}

static void rx_mode_write_pool(struct carve_pf *pf)
{
	struct carve_pf_pool state = {
		.rx		= pf->rx_mode.open,
		.tx		= pf->rx_mode.open,
		.max_frame	= pf->nic.config.max_frame,
		.untagged	= true,
		.broadcast	= true,
		.multicast_hash	= true,
		.multicast_all	= rx_mode_wants_all_multicast(pf),
		.unicast_all	= rx_mode_wants_all_unicast(pf),
		.strip_vlan	= pf->rx_mode.strip_vlan,
	};

	carve_pf_pool_set(pf, CARVE_PF_POOL, &state);
}

static void rx_mode_apply(struct carve_pf *pf, netdev_features_t features)
{
	bool promisc = pf->nic.netdev->flags & IFF_PROMISC;

	carve_pf_vlan_set_promisc(pf, promisc ||
				  !(features & NETIF_F_HW_VLAN_CTAG_FILTER));
	rx_mode_write_pool(pf);
	rx_mode_write_rctl(pf);
	carve_pf_rss_write_default_pool(pf);
}

static int rx_mode_add_unicast(struct net_device *netdev, const u8 *addr)
{
	struct carve_pf *pf = netdev_to_carve_pf(netdev);
	int err;

	err = carve_pf_mac_add(pf, addr, CARVE_PF_POOL);
	/* A VF that has it, too, can't be dealt with under this lock. */
	if (!err && carve_pf_mac_owners(pf, addr) != BIT(CARVE_PF_POOL))
		queue_work(pf->wq, &pf->rx_mode.claim);

	return err;
}

static int rx_mode_del_unicast(struct net_device *netdev, const u8 *addr)
{
	carve_pf_mac_del(netdev_to_carve_pf(netdev), addr, CARVE_PF_POOL);

	return 0;
}

static void rx_mode_sync_multicast(struct carve_pf *pf)
{
	struct net_device *netdev = pf->nic.netdev;
	struct netdev_hw_addr *ha;
	unsigned int num = 0;
	u16 *hashes = NULL;

	if (!rx_mode_wants_all_multicast(pf))
		hashes = kmalloc_array(netdev_mc_count(netdev) + 1,
				       sizeof(*hashes), GFP_ATOMIC);
	if (!hashes) {
		/* Also without memory: rather too much than too little. */
		carve_pf_mc_set_all(pf, CARVE_PF_POOL);
		return;
	}

	netdev_for_each_mc_addr(ha, netdev)
		hashes[num++] = carve_mc_hash(ha->addr);
	carve_pf_mc_set(pf, CARVE_PF_POOL, hashes, num);
	kfree(hashes);
}

void carve_pf_rx_mode_sync(struct carve_pf *pf)
{
	struct net_device *netdev = pf->nic.netdev;

	/* What found no room stays unsynced and is tried again next time. */
	spin_lock_bh(&pf->rx_mode.lock);
	pf->rx_mode.uc_overflow = __dev_uc_sync(netdev, rx_mode_add_unicast,
						rx_mode_del_unicast);
	rx_mode_sync_multicast(pf);
	rx_mode_apply(pf, netdev->features);
	spin_unlock_bh(&pf->rx_mode.lock);
}

void carve_pf_rx_mode_update(struct carve_pf *pf, netdev_features_t features)
{
	spin_lock_bh(&pf->rx_mode.lock);
	WRITE_ONCE(pf->rx_mode.strip_vlan,
		   !!(features & NETIF_F_HW_VLAN_CTAG_RX));
	rx_mode_apply(pf, features);
	spin_unlock_bh(&pf->rx_mode.lock);

	carve_pf_link_write_all(pf);
}

void carve_pf_rx_mode_set_open(struct carve_pf *pf, bool open)
{
	spin_lock_bh(&pf->rx_mode.lock);
	pf->rx_mode.open = open;
	rx_mode_write_pool(pf);
	spin_unlock_bh(&pf->rx_mode.lock);
}

void carve_pf_rx_mode_set_halted(struct carve_pf *pf, bool halted)
{
	spin_lock_bh(&pf->rx_mode.lock);
	pf->rx_mode.halted = halted;
	rx_mode_write_rctl(pf);
	spin_unlock_bh(&pf->rx_mode.lock);

	carve_flush(&pf->nic);
}

void carve_pf_rx_mode_write_all(struct carve_pf *pf)
{
	spin_lock_bh(&pf->rx_mode.lock);
	rx_mode_write_rctl(pf);
	spin_unlock_bh(&pf->rx_mode.lock);
}

static void rx_mode_claim_work(struct work_struct *work)
{
	carve_pf_address_claim(container_of(work, struct carve_pf,
					    rx_mode.claim));
}

void carve_pf_rx_mode_fini(struct carve_pf *pf)
{
	disable_work_sync(&pf->rx_mode.claim);
}

void carve_pf_rx_mode_init(struct carve_pf *pf)
{
	struct net_device *netdev = pf->nic.netdev;

	spin_lock_init(&pf->rx_mode.lock);
	INIT_WORK(&pf->rx_mode.claim, rx_mode_claim_work);
	netdev->priv_flags |= IFF_UNICAST_FLT | IFF_LIVE_ADDR_CHANGE;
	pf->rx_mode.strip_vlan = netdev->features & NETIF_F_HW_VLAN_CTAG_RX;
	carve_pf_mac_set_own(pf, netdev->dev_addr);
	/* Priority-tagged frames have VLAN id 0 and are for everybody. */
	carve_pf_vlan_add(pf, 0, CARVE_PF_POOL);

	spin_lock_bh(&pf->rx_mode.lock);
	rx_mode_write_pool(pf);
	spin_unlock_bh(&pf->rx_mode.lock);
}
