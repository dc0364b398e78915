// SPDX-License-Identifier: GPL-2.0
/*
 * Pools. Owns struct carve_pf_pools and is the only writer of VMOLR, VMVIR,
 * VFRE, VFTE, DTXSWC, DTXCTL, QDE, RPLOLR, UTA and PSRTYPE, all under the
 * pools' lock. Called by provision.c and control.c for the VFs and by the PF's
 * netdev for its own pool. Knows no quota and sends no mail.
 *
 * Copyright (C) 2026 Carve developers
 */
#include <linux/bitfield.h>
#include <linux/if_vlan.h>
#include <linux/string.h>

#include <carve/channels.h>
#include <carve/io.h>

#include "pf.h"
#include "pf_regs.h"
#include "pool.h"

#define PF_POOL_NUM_UTA			128

static u32 pf_pool_vmolr(const struct carve_pf_pool *pool)
{
	u32 val = CARVE_VMOLR_RSVD_1 | CARVE_VMOLR_LPE;

	val |= FIELD_PREP(CARVE_VMOLR_RLPML, pool->max_frame);
	if (pool->untagged)
		val |= CARVE_VMOLR_AUPE;
	if (pool->broadcast)
		val |= CARVE_VMOLR_BAM;
	if (pool->strip_vlan)
		val |= CARVE_VMOLR_STRVLAN;
	if (pool->multicast_all)
		val |= CARVE_VMOLR_MPME;
	if (pool->unicast_all)
		val |= CARVE_VMOLR_ROPE;
	/*
	 * The QEMU model has neither MPME nor ROPE: it looks at ROMPE for what
	 * the MTA and the UTA match alike. On the chip the bit adds nothing to
	 * MPME, and to ROPE no more than multicast others asked for.
	 */
	if (pool->multicast_hash || pool->multicast_all || pool->unicast_all)
		val |= CARVE_VMOLR_ROMPE;

	return val;
}

static u32 pf_pool_vmvir(const struct carve_pf_pool *pool)
{
	if (!pool->port_vlan)
		return 0;

	return CARVE_VMVIR_ALWAYS |
	       FIELD_PREP(CARVE_VMVIR_TAG, pool->port_vlan);
}

static u32 pf_pool_dtxswc(const struct carve_pf_pools *pools)
{
	bool loopback = pools->loopback && !pools->vepa;
	u32 val = loopback ? CARVE_DTXSWC_LOOPBACK_EN : 0;
	u8 vlan = 0;
	u8 mac = 0;
	int i;

	for (i = 0; i < CARVE_NUM_POOLS; i++) {
		if (pools->pool[i].mac_spoofchk)
			mac |= BIT(i);
		if (pools->pool[i].vlan_spoofchk)
			vlan |= BIT(i);
	}

	return val | FIELD_PREP(CARVE_DTXSWC_MAC_SPOOF, mac) |
	       FIELD_PREP(CARVE_DTXSWC_VLAN_SPOOF, vlan);
}

static bool pf_pools_want_unicast_all(const struct carve_pf_pools *pools)
{
	int i;

	for (i = 0; i < CARVE_NUM_POOLS; i++)
		if (pools->pool[i].unicast_all)
			return true;

	return false;
}

/* All ones: together with ROPE a pool gets all unicast (82576 erratum). */
static void pf_pools_write_uta(struct carve_pf *pf)
{
	u32 val = pf_pools_want_unicast_all(&pf->pools) ? U32_MAX : 0;
	int i;

	for (i = 0; i < PF_POOL_NUM_UTA; i++)
		carve_wr32(&pf->nic, CARVE_UTA(i), val);
}

/*
 * The chip clears a VF's bits itself when the VF is reset. Only the bit that
 * is meant is changed, or another pool's update would open the pool of a VF
 * whose reset nobody has dealt with yet.
 */
static void pf_pool_write_enable(struct carve_pf *pf, unsigned int pool)
{
	const struct carve_pf_pool *state = &pf->pools.pool[pool];

	carve_rmw32(&pf->nic, CARVE_VFRE, BIT(pool), state->rx ? BIT(pool) : 0);
	carve_rmw32(&pf->nic, CARVE_VFTE, BIT(pool), state->tx ? BIT(pool) : 0);
}

static void pf_pool_write(struct carve_pf *pf, unsigned int pool,
			  const struct carve_pf_pool *old)
{
	const struct carve_pf_pool *new = &pf->pools.pool[pool];
	struct carve_nic *nic = &pf->nic;

	if (old->mac_spoofchk != new->mac_spoofchk ||
	    old->vlan_spoofchk != new->vlan_spoofchk)
		carve_wr32(nic, CARVE_DTXSWC, pf_pool_dtxswc(&pf->pools));
	if (old->port_vlan != new->port_vlan)
		carve_wr32(nic, CARVE_VMVIR(pool), pf_pool_vmvir(new));
	if (pf_pool_vmolr(old) != pf_pool_vmolr(new))
		carve_wr32(nic, CARVE_VMOLR(pool), pf_pool_vmolr(new));
}

void carve_pf_pool_get(struct carve_pf *pf, unsigned int pool,
		       struct carve_pf_pool *state)
{
	spin_lock_bh(&pf->pools.lock);
	*state = pf->pools.pool[pool];
	spin_unlock_bh(&pf->pools.lock);
}

void carve_pf_pool_set(struct carve_pf *pf, unsigned int pool,
		       const struct carve_pf_pool *state)
{
	struct carve_pf_pools *pools = &pf->pools;
	struct carve_pf_pool old;
	bool unicast_all;

	spin_lock_bh(&pools->lock);
	old = pools->pool[pool];
	unicast_all = pf_pools_want_unicast_all(pools);

	pools->pool[pool] = *state;
	pools->pool[pool].rx &= old.rx;
	pools->pool[pool].tx &= old.tx;
	if (old.rx != pools->pool[pool].rx || old.tx != pools->pool[pool].tx)
		pf_pool_write_enable(pf, pool);

	pf_pool_write(pf, pool, &old);
	if (unicast_all != pf_pools_want_unicast_all(pools))
		pf_pools_write_uta(pf);

	if (pools->pool[pool].rx != state->rx ||
	    pools->pool[pool].tx != state->tx) {
		pools->pool[pool] = *state;
		pf_pool_write_enable(pf, pool);
	}
	spin_unlock_bh(&pools->lock);
}

void carve_pf_pool_close(struct carve_pf *pf, unsigned int pool)
{
	spin_lock_bh(&pf->pools.lock);
	pf->pools.pool[pool].rx = false;
	pf->pools.pool[pool].tx = false;
	pf_pool_write_enable(pf, pool);
	spin_unlock_bh(&pf->pools.lock);
}

static const struct carve_pf_pool pf_pool_lent = {
	.rx = true,
	.tx = true,
	.max_frame = CARVE_MAX_FRAME,
};

void carve_pf_pool_lend(struct carve_pf *pf, unsigned int pool)
{
	carve_pf_pool_set(pf, pool, &pf_pool_lent);
}

void carve_pf_pools_set_loopback(struct carve_pf *pf, bool on)
{
	spin_lock_bh(&pf->pools.lock);
	pf->pools.loopback = on;
	carve_wr32(&pf->nic, CARVE_DTXSWC, pf_pool_dtxswc(&pf->pools));
	spin_unlock_bh(&pf->pools.lock);
}

void carve_pf_pools_set_vepa(struct carve_pf *pf, bool on)
{
	spin_lock_bh(&pf->pools.lock);
	WRITE_ONCE(pf->pools.vepa, on);
	carve_wr32(&pf->nic, CARVE_DTXSWC, pf_pool_dtxswc(&pf->pools));
	spin_unlock_bh(&pf->pools.lock);
}

bool carve_pf_pools_is_vepa(struct carve_pf *pf)
{
	return READ_ONCE(pf->pools.vepa);
}

static void pf_pools_write_enables(struct carve_pf *pf)
{
	u8 rx = 0;
	u8 tx = 0;
	int i;

	for (i = 0; i < CARVE_NUM_POOLS; i++) {
		if (pf->pools.pool[i].rx)
			rx |= BIT(i);
		if (pf->pools.pool[i].tx)
			tx |= BIT(i);
	}
	carve_wr32(&pf->nic, CARVE_VFRE, rx);
	carve_wr32(&pf->nic, CARVE_VFTE, tx);
}

void carve_pf_pools_write_all(struct carve_pf *pf)
{
	struct carve_pf_pools *pools = &pf->pools;
	struct carve_nic *nic = &pf->nic;
	int i;

	spin_lock_bh(&pools->lock);

	/* A queue without buffers must not hold up the others. */
	carve_wr32(nic, CARVE_QDE, CARVE_QDE_ALL);
	/* Replicated frames have no VMOLR of their own. */
	carve_wr32(nic, CARVE_RPLOLR,
		   CARVE_RPLOLR_STRVLAN | CARVE_RPLOLR_STRCRC);
	/* The chip must know that tags are added behind the descriptors. */
	carve_wr32(nic, CARVE_DTXCTL,
		   CARVE_DTXCTL_8023LL | CARVE_DTXCTL_VLAN_ADDED |
		   CARVE_DTXCTL_MDP_EN | CARVE_DTXCTL_SPOOF_INT);

	carve_wr32(nic, CARVE_DTXSWC, pf_pool_dtxswc(pools));
	for (i = 0; i < CARVE_NUM_POOLS; i++) {
		carve_wr32(nic, CARVE_VMVIR(i), pf_pool_vmvir(&pools->pool[i]));
		carve_wr32(nic, CARVE_VMOLR(i), pf_pool_vmolr(&pools->pool[i]));
	}
	pf_pools_write_uta(pf);
	pf_pools_write_enables(pf);

	spin_unlock_bh(&pools->lock);
}

u16 carve_pf_queues_of_pool(unsigned int pool)
{
	return BIT(pool) | BIT(pool + CARVE_NUM_POOLS);
}

void carve_pf_pool_scrub(struct carve_pf *pf, unsigned int pool)
{
	unsigned long queues = carve_pf_queues_of_pool(pool);
	unsigned int q;

	for_each_set_bit(q, &queues, 2 * CARVE_NUM_POOLS)
		carve_hw_queue_scrub(&pf->nic, q);

	carve_wr32(&pf->nic, CARVE_PSRTYPE(pool), 0);
	/*
	 * The QEMU model adds a VF's new vector to the old one by OR, and
	 * nothing else ever clears the entry.
	 */
	carve_wr32(&pf->nic, CARVE_IVAR(pool), 0);
}

int carve_pf_pool_sanitise(struct carve_pf *pf, unsigned int pool)
{
	int ret;

	ret = carve_hw_queues_quiesce(&pf->nic, carve_pf_queues_of_pool(pool));
	carve_pf_pool_scrub(pf, pool);

	return ret;
}

void carve_pf_pools_init(struct carve_pf *pf, unsigned int num_vfs)
{
	int i;

	spin_lock_init(&pf->pools.lock);
	memset(pf->pools.pool, 0, sizeof(pf->pools.pool));
	/* VFs that are there already get nothing until they are looked at. */
	for (i = num_vfs; i < CARVE_PF_MAX_VFS; i++)
		pf->pools.pool[i] = pf_pool_lent;
	pf->pools.pool[CARVE_PF_POOL].max_frame = CARVE_MAX_FRAME;
	pf->pools.loopback = false;
}

#if IS_ENABLED(CONFIG_CARVE_KUNIT_TEST)
#include "tests/pool_kunit.c"
#endif
