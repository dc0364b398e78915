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
 * Return: @num_vfs; with nothing changed -ERANGE (more than there are pools),
 * -EBUSY (another number of VFs exists, or a VF to be destroyed is in use by
 * user space), -ENODEV (the device has left the bus), or what the PF's move
 * out of the VFs' queues or the PCI core returned.
 */
int carve_pf_sriov_configure(struct pci_dev *pdev, int num_vfs);

/**
 * carve_pf_sriov_next_vf() - walk the VFs of a PF
 * @pdev: the PF
 * @vfdev: the VF before, whose reference is given back; NULL: start
 *
 * Return: the next VF with a reference, NULL after the last one.
 */
struct pci_dev *carve_pf_sriov_next_vf(struct pci_dev *pdev,
				       struct pci_dev *vfdev);

/**
 * carve_pf_sriov_clear_master() - switch off a VF's bus mastering
 * @pf: the port
 * @vf: VF, which need not exist yet
 *
 * In the VF's configuration space, behind its driver's back: a guest's driver
 * can switch it on again.
 *
 * Return: true when it was on.
 */
bool carve_pf_sriov_clear_master(struct carve_pf *pf, unsigned int vf);

/**
 * carve_pf_sriov_restore_master() - the reverse of the former
 * @pf: the port
 * @vf: VF
 *
 * Does nothing when the VF's driver has gone in the meantime.
 */
void carve_pf_sriov_restore_master(struct carve_pf *pf, unsigned int vf);

#endif /* _CARVE_PF_SRIOV_H */
