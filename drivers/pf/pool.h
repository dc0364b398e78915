/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Pools: what each of the chip's eight destinations lets in and out.
 *
 * Copyright (C) 2026 Carve developers
 */
#ifndef _CARVE_PF_POOL_H
#define _CARVE_PF_POOL_H

#include <linux/spinlock.h>
#include <linux/types.h>

struct carve_pf;

#define CARVE_NUM_POOLS			8
/* VF n has pool n; the PF lives in the last one whatever the number of VFs. */
#define CARVE_PF_POOL			7
#define CARVE_PF_MAX_VFS		7

/**
 * struct carve_pf_pool - what a pool shall be; registers are written from it
 * @rx: frames may come in (VFRE)
 * @tx: frames may go out (VFTE)
 * @max_frame: largest frame it receives, bytes, header, tag and CRC included
 * @untagged: accepts frames without a VLAN tag
 * @broadcast: accepts broadcasts
 * @multicast_hash: accepts what the MTA matches
 * @multicast_all: accepts all multicast
 * @unicast_all: accepts unicast that nobody has a filter for
 * @strip_vlan: the tag goes to the descriptor
 * @port_vlan: tag (VLAN id and priority) put on every frame sent, 0: none
 * @mac_spoofchk: frames with a foreign source address are dropped
 * @vlan_spoofchk: frames of a VLAN it isn't a member of are dropped
 */
struct carve_pf_pool {
	bool rx;
	bool tx;
	u16 max_frame;
	bool untagged;
	bool broadcast;
	bool multicast_hash;
	bool multicast_all;
	bool unicast_all;
	bool strip_vlan;
	u16 port_vlan;
	bool mac_spoofchk;
	bool vlan_spoofchk;
};

/**
 * struct carve_pf_pools - all pools
 * @lock: BH-safe; everything below and the registers written from it
 * @pool: by number
 * @loopback: there is more than one function to switch between
 * @vepa: but the operator wants even those frames outside
 */
struct carve_pf_pools {
	spinlock_t lock; /* see above */
	struct carve_pf_pool pool[CARVE_NUM_POOLS];
	bool loopback;
	bool vepa;
};

/**
 * carve_pf_pools_init() - the PF's pool closed, the VFs' lent to the PF
 * @pf: the port
 * @num_vfs: VFs found alive, whose pools stay closed
 *
 * Soft state only.
 */
void carve_pf_pools_init(struct carve_pf *pf, unsigned int num_vfs);

/**
 * carve_pf_pool_get() - copy a pool's state
 * @pf: the port
 * @pool: its number
 * @state: filled
 */
void carve_pf_pool_get(struct carve_pf *pf, unsigned int pool,
		       struct carve_pf_pool *state);

/**
 * carve_pf_pool_set() - give a pool a new state and write what changed
 * @pf: the port
 * @pool: its number
 * @state: the new state
 *
 * Closes before it narrows and narrows before it opens, so that no frame
 * passes under a mixture of old and new. Any context but hard IRQ.
 */
void carve_pf_pool_set(struct carve_pf *pf, unsigned int pool,
		       const struct carve_pf_pool *state);

/**
 * carve_pf_pool_close() - let nothing in and out of a pool
 * @pf: the port
 * @pool: its number
 *
 * Written even when it was closed already: the chip may differ from the soft
 * state after a VF was reset. Any context but hard IRQ.
 */
void carve_pf_pool_close(struct carve_pf *pf, unsigned int pool);

/**
 * carve_pf_pool_lend() - give a VF's pool to the PF while the VF doesn't exist
 * @pf: the port
 * @pool: its number
 *
 * The PF's further channels use the queues of these pools, so they must be
 * enabled; no frame is addressed to them.
 */
void carve_pf_pool_lend(struct carve_pf *pf, unsigned int pool);

/**
 * carve_pf_pools_set_loopback() - switch frames between pools inside the chip
 * @pf: the port
 * @on: unless VEPA is set; else every frame goes out of the port
 */
void carve_pf_pools_set_loopback(struct carve_pf *pf, bool on);

/**
 * carve_pf_pools_set_vepa() - leave the switching to the switch outside
 * @pf: the port
 * @on: every frame goes out of the port, whatever it is for
 */
void carve_pf_pools_set_vepa(struct carve_pf *pf, bool on);

/**
 * carve_pf_pools_is_vepa() - was VEPA set
 * @pf: the port
 *
 * Return: true if so.
 */
bool carve_pf_pools_is_vepa(struct carve_pf *pf);

/**
 * carve_pf_pools_write_all() - write all pool registers from the soft state
 * @pf: the port
 *
 * After a reset of the chip: VMOLR, VMVIR, VFRE, VFTE, DTXSWC, QDE, RPLOLR,
 * DTXCTL and UTA.
 */
void carve_pf_pools_write_all(struct carve_pf *pf);

/**
 * carve_pf_queues_of_pool() - hardware queues a pool owns
 * @pool: its number
 *
 * Return: bit mask of queue numbers: pool n owns queues n and n + 8.
 */
u16 carve_pf_queues_of_pool(unsigned int pool);

/**
 * carve_pf_pool_scrub() - remove what a VF's queues point to
 * @pf: the port
 * @pool: the VF's pool, already closed
 *
 * Clears bases, SRRCTL, head write-back, PSRTYPE and the pool's IVAR (a VF
 * reset clears none of them). Any context.
 */
void carve_pf_pool_scrub(struct carve_pf *pf, unsigned int pool);

/**
 * carve_pf_pool_sanitise() - stop a VF's queues and remove what they point to
 * @pf: the port
 * @pool: the VF's pool, already closed
 *
 * Sleeps. Disables both queue pairs, waits, and scrubs the pool.
 *
 * Return: 0, 1 when the queues took long to stop, or -ETIMEDOUT when one did
 * not stop: keep the pool closed.
 */
int carve_pf_pool_sanitise(struct carve_pf *pf, unsigned int pool);

#endif /* _CARVE_PF_POOL_H */
