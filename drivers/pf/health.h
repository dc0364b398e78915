/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Health reporters: the port's transmit queues, and each VF.
 *
 * Copyright (C) 2026 Carve developers
 */
#ifndef _CARVE_PF_HEALTH_H
#define _CARVE_PF_HEALTH_H

#include <linux/types.h>
#include <linux/workqueue.h>

#include "pool.h"

struct carve_pf;
struct devlink;
struct devlink_health_reporter;
struct devlink_port;

/**
 * struct carve_pf_health_vf - a VF's reporter
 * @pf: the port
 * @vf: VF
 * @reporter: or NULL. Devlink lock
 * @reported: it shows an error. Set by @work, cleared under the devlink lock by
 *	whoever makes it show health again; @work looks at the VF once more after
 *	every change, so the last one to write was right
 * @work: tells the reporter how the VF is; disabled while there is none
 */
struct carve_pf_health_vf {
	struct carve_pf *pf;
	u8 vf;
	struct devlink_health_reporter *reporter;
	bool reported;
	struct work_struct work;
};

/**
 * struct carve_pf_health - all reporters
 * @tx: of the PF's own transmit queues, or NULL
 * @tx_work: reports a hang, on carve_pf.wq
 * @tx_queue: which queue
 * @vf: of the VFs
 */
struct carve_pf_health {
	struct devlink_health_reporter *tx;
	struct work_struct tx_work;
	unsigned int tx_queue;
	struct carve_pf_health_vf vf[CARVE_PF_MAX_VFS];
};

/**
 * carve_pf_health_init() - make the port's reporter
 * @pf: the port, its control machine and workqueue made
 * @devlink: the instance, locked
 *
 * Return: 0 or -ERRNO.
 */
int carve_pf_health_init(struct carve_pf *pf, struct devlink *devlink);

/**
 * carve_pf_health_fini() - the reverse of carve_pf_health_init()
 * @pf: the port, the instance locked
 */
void carve_pf_health_fini(struct carve_pf *pf);

/**
 * carve_pf_health_start() - the instance is registered: report from now on
 * @pf: the port
 */
void carve_pf_health_start(struct carve_pf *pf);

/**
 * carve_pf_health_stop() - the reverse of carve_pf_health_start()
 * @pf: the port; neither rtnl nor the devlink lock held
 */
void carve_pf_health_stop(struct carve_pf *pf);

/**
 * carve_pf_health_tx_timeout() - a transmit queue of the netdev hangs
 * @pf: the port
 * @queue: which
 *
 * Any context. Reports it; unless the operator has switched that off the
 * reporter recovers by resetting the port.
 */
void carve_pf_health_tx_timeout(struct carve_pf *pf, unsigned int queue);

/**
 * carve_pf_health_create_vf() - make a VF's reporter
 * @pf: the port
 * @vf: VF
 * @port: its port, the instance locked
 *
 * Return: 0 or -ERRNO.
 */
int carve_pf_health_create_vf(struct carve_pf *pf, unsigned int vf,
			      struct devlink_port *port);

/**
 * carve_pf_health_mute_vf() - no report of a VF from now on
 * @pf: the port; neither rtnl, nor the devlink lock, nor carve_pf.lock held
 * @vf: VF
 *
 * Balanced by carve_pf_health_create_vf(), which undoes it.
 */
void carve_pf_health_mute_vf(struct carve_pf *pf, unsigned int vf);

/**
 * carve_pf_health_destroy_vf() - the reverse of carve_pf_health_create_vf()
 * @pf: the port, the instance locked
 * @vf: VF, muted
 */
void carve_pf_health_destroy_vf(struct carve_pf *pf, unsigned int vf);

#endif /* _CARVE_PF_HEALTH_H */
