/* SPDX-License-Identifier: GPL-2.0 */
/*
 * devlink parameters (limits of quarantine, quotas of VFs) and resources
 * (filter tables and how full they are).
 *
 * Copyright (C) 2026 Carve developers
 */
#ifndef _CARVE_PF_DEVLINK_PARAM_H
#define _CARVE_PF_DEVLINK_PARAM_H

struct carve_pf;
struct devlink;

/**
 * carve_pf_devlink_param_init() - register parameters and resources
 * @pf: the port
 * @devlink: the instance, locked
 *
 * Return: 0 or -ERRNO.
 */
int carve_pf_devlink_param_init(struct carve_pf *pf, struct devlink *devlink);

/**
 * carve_pf_devlink_param_fini() - the reverse of the former
 * @devlink: the instance, locked
 */
void carve_pf_devlink_param_fini(struct devlink *devlink);

/**
 * devlink_to_carve_pf() - the port of an instance
 * @devlink: the instance
 *
 * Return: the port.
 */
struct carve_pf *devlink_to_carve_pf(struct devlink *devlink);

#endif /* _CARVE_PF_DEVLINK_PARAM_H */
