// SPDX-License-Identifier: GPL-2.0
/*
 * How the PF's frames find its queues. With several channels and no VFs the
 * chip is in RSS mode (MRQC 2) and the redirection table names hardware
 * queues; frames without a hash go to hardware queue 0, which is channel 1's.
 * Otherwise it is in pool mode (MRQC 3) and the PF is pool 7 with one queue.
 *
 * Changed under rtnl; MRQC and VT_CTL are written under a lock of their own,
 * since ndo_set_rx_mode has to reach the default pool without rtnl.
 *
 * Copyright (C) 2026 Carve developers
 */

#include <linux/bitfield.h>
#include <linux/ethtool.h>
#include <linux/rtnetlink.h>
#include <linux/unaligned.h>

#include <carve/channels.h>
#include <carve/io.h>

#include "filter_vlan.h"
#include "pf.h"
#include "pool.h"
#include "rss.h"
#include "rx_mode.h"

/* Four entries of the table, or four bytes of the key, are a register. */
#define CARVE_NUM_RETA			(CARVE_RSS_INDIR_ENTRIES / 4)
#define CARVE_NUM_RSSRK			(CARVE_RSS_KEY_BYTES / 4)

static bool rss_pool_mode(const struct carve_pf *pf)
{
	return pf->rss.num_channels == 1;
}

static void rss_fill_even(u8 *indir, unsigned int num_channels)
{
	unsigned int i;

	for (i = 0; i < CARVE_RSS_INDIR_ENTRIES; i++)
		indir[i] = ethtool_rxfh_indir_default(i, num_channels);
}

/*
 * Hardware queue of each hash value. The table may name channels that do not
 * run at the moment: theirs wrap around to those that do.
 */
static void rss_fill_reta(u8 *reta, const u8 *indir, const u8 *hw_queue,
			  unsigned int num_channels)
{
	unsigned int i;

	for (i = 0; i < CARVE_RSS_INDIR_ENTRIES; i++)
		reta[i] = hw_queue[indir[i] % num_channels];
}

static void rss_write_reta(struct carve_pf *pf)
{
	u8 reta[CARVE_RSS_INDIR_ENTRIES];
	int i;

	rss_fill_reta(reta, pf->rss.indir, pf->nic.layout->hw_queue,
		      pf->rss.num_channels);
	for (i = 0; i < CARVE_NUM_RETA; i++)
		carve_wr32(&pf->nic, CARVE_RETA(i),
			   get_unaligned_le32(&reta[i * sizeof(u32)]));
}

static void rss_write_key(struct carve_pf *pf)
{
	int i;

	for (i = 0; i < CARVE_NUM_RSSRK; i++)
		carve_wr32(&pf->nic, CARVE_RSSRK(i),
			   get_unaligned_le32(&pf->rss.key[i * sizeof(u32)]));
}

static u32 rss_mrqc(const struct carve_pf *pf)
{
	u32 mrqc = CARVE_MRQC_IPV4 | CARVE_MRQC_IPV6;

	/* Without its bit a protocol is hashed as any other over IP. */
	if (pf->rss.tcp4)
		mrqc |= CARVE_MRQC_TCPV4;
	if (pf->rss.tcp6)
		mrqc |= CARVE_MRQC_TCPV6 | CARVE_MRQC_TCPV6_EX;
	if (pf->rss.udp4)
		mrqc |= CARVE_MRQC_UDPV4;
	if (pf->rss.udp6)
		mrqc |= CARVE_MRQC_UDPV6 | CARVE_MRQC_UDPV6_EX;

	return mrqc | FIELD_PREP(CARVE_MRQC_MODE, rss_pool_mode(pf) ?
				 CARVE_MRQC_MODE_VMDQ : CARVE_MRQC_MODE_RSS);
}

/*
 * The default pool takes unicast that no exact filter names, and frames of
 * VLANs without a VLVF entry. The PF has filters for what is its own, so it
 * needs it for promiscuity of either kind and for VLANs that found no entry;
 * else a VF's frame dropped by the VLAN check would end up in the PF.
 */
static bool rss_needs_default_pool(struct carve_pf *pf)
{
	struct carve_pf_pool state;

	carve_pf_pool_get(pf, CARVE_PF_POOL, &state);

	return state.unicast_all || READ_ONCE(pf->vlan_table.promisc) ||
	       !bitmap_empty(pf->vlan_table.pf_only, VLAN_N_VID);
}

static u32 rss_vt_ctl(struct carve_pf *pf)
{
	u32 vt_ctl;

	if (!rss_pool_mode(pf))
		return 0;

	vt_ctl = CARVE_VT_CTL_REPL_EN |
		 FIELD_PREP(CARVE_VT_CTL_DEF_POOL, CARVE_PF_POOL);
	if (!rss_needs_default_pool(pf))
		vt_ctl |= CARVE_VT_CTL_DIS_DEF_POOL;

	return vt_ctl;
}

static void rss_write_mode(struct carve_pf *pf)
{
	/* VT_CTL means nothing in RSS mode: have it right in pool mode. */
	if (rss_pool_mode(pf)) {
		carve_wr32(&pf->nic, CARVE_VT_CTL, rss_vt_ctl(pf));
		carve_wr32(&pf->nic, CARVE_MRQC, rss_mrqc(pf));
	} else {
		carve_wr32(&pf->nic, CARVE_MRQC, rss_mrqc(pf));
		carve_wr32(&pf->nic, CARVE_VT_CTL, rss_vt_ctl(pf));
	}
}

void carve_pf_rss_write_default_pool(struct carve_pf *pf)
{
	spin_lock_bh(&pf->rss.lock);
	carve_wr32(&pf->nic, CARVE_VT_CTL, rss_vt_ctl(pf));
	spin_unlock_bh(&pf->rss.lock);
}

void carve_pf_rss_write_all(struct carve_pf *pf)
{
	rss_write_key(pf);
	rss_write_reta(pf);

	spin_lock_bh(&pf->rss.lock);
	rss_write_mode(pf);
	spin_unlock_bh(&pf->rss.lock);
}

void carve_pf_rss_spread(struct carve_pf *pf, u16 num_channels)
{
	bool new_mode = (num_channels == 1) != rss_pool_mode(pf);

	ASSERT_RTNL();

	/* MRQC's mode may change while nothing is received only. */
	if (new_mode)
		carve_pf_rx_mode_set_halted(pf, true);
	spin_lock_bh(&pf->rss.lock);
	pf->rss.num_channels = num_channels;
	if (!rss_pool_mode(pf))
		rss_write_reta(pf);
	rss_write_mode(pf);
	spin_unlock_bh(&pf->rss.lock);
	if (new_mode)
		carve_pf_rx_mode_set_halted(pf, false);

	carve_flush(&pf->nic);
}

u16 carve_pf_rss_usable_channels(const struct carve_pf *pf)
{
	return pf->rss.vfs ? 1 : pf->nic.config.num_channels;
}

void carve_pf_rss_set_even(struct carve_pf *pf)
{
	rss_fill_even(pf->rss.indir, pf->nic.config.num_channels);
}

static int rss_free_vf_queues(struct carve_pf *pf)
{
	u16 former = pf->rss.num_channels;
	int err;

	carve_pf_rss_spread(pf, 1);
	err = carve_channels_set_active(&pf->nic, 1);
	if (err) {
		carve_pf_rss_spread(pf, former);
		return err;
	}

	pf->rss.vfs = true;

	return 0;
}

int carve_pf_enter_pool_mode(struct carve_pf *pf)
{
	int err = 0;

	rtnl_lock();
	if (!pf->rss.vfs)
		err = rss_free_vf_queues(pf);
	rtnl_unlock();

	return err;
}

static void rss_take_vf_queues(struct carve_pf *pf)
{
	struct carve_nic *nic = &pf->nic;
	int err;

	pf->rss.vfs = false;
	err = carve_channels_set_active(nic, nic->config.num_channels);
	if (err)
		netdev_warn(nic->netdev,
			    "only %u of %u channels run until the next open: %pe\n",
			    nic->num_active, nic->config.num_channels,
			    ERR_PTR(err));
	/* While down the PF stays in pool mode with its pool closed. */
	if (netif_running(nic->netdev))
		carve_pf_rss_spread(pf, nic->num_active);
}

void carve_pf_leave_pool_mode(struct carve_pf *pf)
{
	rtnl_lock();
	if (pf->rss.vfs)
		rss_take_vf_queues(pf);
	rtnl_unlock();
}

void carve_pf_rss_init(struct carve_pf *pf)
{
	spin_lock_init(&pf->rss.lock);
	netdev_rss_key_fill(pf->rss.key, CARVE_RSS_KEY_BYTES);
	pf->rss.tcp4 = true;
	pf->rss.tcp6 = true;
	pf->rss.num_channels = 1;
	carve_pf_rss_set_even(pf);
}

#if IS_ENABLED(CONFIG_CARVE_KUNIT_TEST)
#include "tests/rss_kunit.c"
#endif
