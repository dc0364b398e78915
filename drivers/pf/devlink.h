/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The port as devlink shows it.
 *
 * Copyright (C) 2026 Carve developers
 */
#ifndef _CARVE_PF_DEVLINK_H
#define _CARVE_PF_DEVLINK_H

#include <linux/types.h>
#include <net/devlink.h>

#include "pool.h"

struct carve_pf;

/**
 * struct carve_pf_devlink_vf - a VF's port
 * @pf: the PF; constant
 * @vf: VF; constant
 * @port: it, while @registered
 * @registered: written under the PCI device's lock and the devlink lock, read
 *	under either
 * @rate: its limit as devlink keeps it, or NULL; carve_pf.lock
 */
struct carve_pf_devlink_vf {
	struct carve_pf *pf;
	u8 vf;
	struct devlink_port port;
	bool registered;
	struct devlink_rate *rate;
};

/**
 * struct carve_pf_devlink - what the PF has registered
 * @instance: the devlink instance, whose private area points to the PF
 * @port: the physical port
 * @vf: a port for each VF that exists
 */
struct carve_pf_devlink {
	struct devlink *instance;
	struct devlink_port port;
	struct carve_pf_devlink_vf vf[CARVE_PF_MAX_VFS];
};

/**
 * carve_pf_devlink_init() - make the instance and the physical port
 * @pf: the port, before its netdev is registered
 *
 * Nobody sees them before carve_pf_devlink_start().
 *
 * Return: 0 or -ERRNO.
 */
int carve_pf_devlink_init(struct carve_pf *pf);

/**
 * carve_pf_devlink_fini() - the reverse of carve_pf_devlink_init()
 * @pf: the port, its netdev unregistered
 */
void carve_pf_devlink_fini(struct carve_pf *pf);

/**
 * carve_pf_devlink_start() - show the instance to users
 * @pf: the port, its netdev registered
 */
void carve_pf_devlink_start(struct carve_pf *pf);

/**
 * carve_pf_devlink_stop() - the reverse of carve_pf_devlink_start()
 * @pf: the port
 *
 * No operation is called afterwards.
 */
void carve_pf_devlink_stop(struct carve_pf *pf);

/**
 * carve_pf_devlink_sync_vfs() - ports for the VFs there are, and for no others
 * @pf: the port
 *
 * After VFs were created or destroyed, under the PCI device's lock. A VF
 * whose port can't be made works without.
 */
void carve_pf_devlink_sync_vfs(struct carve_pf *pf);

#endif /* _CARVE_PF_DEVLINK_H */
