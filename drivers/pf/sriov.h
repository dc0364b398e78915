/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Creating and destroying VFs: the order of steps, and nothing else.
 *
 * Copyright (C) 2026 Carve developers
 */
#ifndef _CARVE_PF_SRIOV_H
#define _CARVE_PF_SRIOV_H

struct carve_pf;
struct pci_dev;

/**
 * carve_pf_sriov_init() - limit totalvfs and adopt VFs found alive
 * @pf: the port, brought up
 *
 * Return: 0 or -ERRNO.
 */
int carve_pf_sriov_init(struct carve_pf *pf);

/**
 * carve_pf_sriov_fini() - destroy all VFs, whoever uses them
 * @pf: the port
 */
void carve_pf_sriov_fini(struct carve_pf *pf);

/**
 * carve_pf_sriov_configure() - what sriov_numvfs is written to
 * @pdev: the PF
 * @num_vfs: 0 to CARVE_PF_MAX_VFS
 *
 * Return: @num_vfs, or -ERRNO with nothing changed.
 */
int carve_pf_sriov_configure(struct pci_dev *pdev, int num_vfs);

#endif /* _CARVE_PF_SRIOV_H */
