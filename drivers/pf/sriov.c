// SPDX-License-Identifier: GPL-2.0
/*
 * Creating and destroying VFs: the order of steps. Called by the PCI core with
 * the PF's device lock held, and at probe and remove. carve_pf.lock must not be
 * held around pci_enable_sriov() and pci_disable_sriov(): they probe and remove
 * VF drivers, which talk to the PF's mailbox worker. Touches no register.
 *
 * Copyright (C) 2026 Carve developers
 */
#include <linux/pci.h>
#include <linux/rtnetlink.h>
#include <linux/string_choices.h>

#include <carve/io.h>

#include "pf.h"
#include "sriov.h"

struct pci_dev *carve_pf_sriov_next_vf(struct pci_dev *pdev,
				       struct pci_dev *vfdev)
{
	do {
		vfdev = pci_get_device(pdev->vendor, PCI_ANY_ID, vfdev);
	} while (vfdev && (!vfdev->is_virtfn || pci_physfn(vfdev) != pdev));

	return vfdev;
}

/* Return: the VF with a reference, or NULL. */
static struct pci_dev *pf_get_vf(struct carve_pf *pf, unsigned int vf)
{
	struct pci_dev *pdev = pf->nic.pdev;
	struct pci_dev *vfdev = NULL;

	if (vf >= pci_num_vf(pdev))
		return NULL;

	while ((vfdev = carve_pf_sriov_next_vf(pdev, vfdev)))
		if (pci_iov_vf_id(vfdev) == vf)
			break;

	return vfdev;
}

bool carve_pf_sriov_clear_master(struct carve_pf *pf, unsigned int vf)
{
	struct pci_dev *vfdev = pf_get_vf(pf, vf);
	u16 command;

	if (!vfdev)
		return false;

	/* Not pci_clear_master(): what the driver believes is its own. */
	pci_read_config_word(vfdev, PCI_COMMAND, &command);
	if (command & PCI_COMMAND_MASTER)
		pci_write_config_word(vfdev, PCI_COMMAND,
				      command & ~PCI_COMMAND_MASTER);
	pci_dev_put(vfdev);

	return command & PCI_COMMAND_MASTER;
}

void carve_pf_sriov_restore_master(struct carve_pf *pf, unsigned int vf)
{
	struct pci_dev *vfdev = pf_get_vf(pf, vf);
	u16 command;

	if (!vfdev)
		return;

	pci_read_config_word(vfdev, PCI_COMMAND, &command);
	if (pci_is_enabled(vfdev))
		pci_write_config_word(vfdev, PCI_COMMAND,
				      command | PCI_COMMAND_MASTER);
	pci_dev_put(vfdev);
}

/*
 * Is a VF in the hands of user space or a hypervisor, so that removing it would
 * wait for them? A vfio-pci driver lets its user manage DMA, and enables the
 * device for as long as it is open. Who holds the device lock is binding or
 * unbinding the VF; that may be a vfio-pci that waits for its user. A VF opened
 * after this look is waited for by the PCI core.
 */
static bool pf_vf_is_in_use(struct pci_dev *vfdev)
{
	const struct pci_driver *drv;
	bool in_use;

	if (pci_is_dev_assigned(vfdev))
		return true;
	if (!device_trylock(&vfdev->dev))
		return true;
	drv = vfdev->driver;
	in_use = drv && drv->driver_managed_dma && pci_is_enabled(vfdev);
	device_unlock(&vfdev->dev);

	return in_use;
}

/* Return: 0, or -EBUSY with a line that names the first VF in use. */
static int pf_check_vfs_idle(struct pci_dev *pdev)
{
	struct pci_dev *vfdev = NULL;

	while ((vfdev = carve_pf_sriov_next_vf(pdev, vfdev))) {
		if (!pf_vf_is_in_use(vfdev))
			continue;
		pci_err(pdev, "can't destroy VFs: VF%d (%s) is in use through %s; stop its user first\n",
			pci_iov_vf_id(vfdev), pci_name(vfdev),
			dev_driver_string(&vfdev->dev));
		pci_dev_put(vfdev);
		return -EBUSY;
	}

	return 0;
}

/*
 * In suspend and resume a VF needs its PF: it can't do RESET while the PF is
 * down. Siblings on a bus have no order of their own, so a link makes one. It
 * is stateless: it says nothing about drivers, since a VF's driver probes
 * without the PF's and waits for it.
 */
static void pf_link_vfs(struct pci_dev *pdev)
{
	struct pci_dev *vfdev = NULL;

	while ((vfdev = carve_pf_sriov_next_vf(pdev, vfdev)))
		if (!device_link_add(&vfdev->dev, &pdev->dev,
				     DL_FLAG_STATELESS))
			pci_warn(pdev, "VF%d may resume before its PF\n",
				 pci_iov_vf_id(vfdev));
}

static void pf_limit_totalvfs(struct pci_dev *pdev)
{
	int err = pci_sriov_set_totalvfs(pdev, CARVE_PF_MAX_VFS);

	/* Refused while VFs are enabled: done again when they are gone. */
	if (err && err != -EBUSY)
		pci_warn(pdev, "VFs are not available: %pe\n", ERR_PTR(err));
}

/* Everything but the PCI core's part. */
static int pf_prepare_vfs(struct carve_pf *pf, int num_vfs)
{
	int err;

	err = carve_pf_enter_pool_mode(pf);
	if (err) {
		pci_err(pf->nic.pdev,
			"can't create %d VFs: the PF's queues could not be moved: %pe; reset the PF\n",
			num_vfs, ERR_PTR(err));
		return err;
	}
	carve_pf_control_create(pf, num_vfs);

	return 0;
}

static void pf_unprepare_vfs(struct carve_pf *pf)
{
	/* Not while the port is in reset: their queues have to be stopped. */
	rtnl_lock();
	carve_pf_control_destroy(pf);
	rtnl_unlock();
	carve_pf_leave_pool_mode(pf);
}

static int pf_enable_vfs(struct carve_pf *pf, int num_vfs)
{
	struct pci_dev *pdev = pf->nic.pdev;
	int err;

	err = pf_prepare_vfs(pf, num_vfs);
	if (err)
		return err;

	err = pci_enable_sriov(pdev, num_vfs);
	if (err) {
		pci_err(pdev, "can't create %d VFs: %pe; check the bus numbers and memory the firmware left for VFs\n",
			num_vfs, ERR_PTR(err));
		pf_unprepare_vfs(pf);
		return err;
	}

	pf_link_vfs(pdev);
	pci_info(pdev, "%d VF%s created\n", num_vfs, str_plural(num_vfs));

	return num_vfs;
}

static void pf_disable_vfs(struct carve_pf *pf)
{
	struct pci_dev *pdev = pf->nic.pdev;

	if (!pci_num_vf(pdev))
		return;

	/* Takes the links with the VFs. */
	pci_disable_sriov(pdev);
	pf_unprepare_vfs(pf);
	pf_limit_totalvfs(pdev);
	pci_info(pdev, "all VFs destroyed\n");
}

static int pf_check_create(struct carve_pf *pf, int num_vfs)
{
	struct pci_dev *pdev = pf->nic.pdev;
	int old = pci_num_vf(pdev);

	if (num_vfs < 0 || num_vfs > CARVE_PF_MAX_VFS) {
		pci_err(pdev, "can't create %d VFs: the chip has %d beside the PF; ask for no more\n",
			num_vfs, CARVE_PF_MAX_VFS);
		return -ERANGE;
	}
	if (old && old != num_vfs) {
		pci_err(pdev, "can't create %d VFs: there are %d; write 0 to sriov_numvfs first\n",
			num_vfs, old);
		return -EBUSY;
	}
	if (carve_nic_is_gone(&pf->nic)) {
		pci_err(pdev, "can't create %d VFs: the device does not answer; remove and rescan it\n",
			num_vfs);
		return -ENODEV;
	}

	return 0;
}

int carve_pf_sriov_configure(struct pci_dev *pdev, int num_vfs)
{
	struct carve_pf *pf = netdev_to_carve_pf(pci_get_drvdata(pdev));
	int err;

	if (!num_vfs) {
		err = pf_check_vfs_idle(pdev);
		if (err)
			return err;
		pf_disable_vfs(pf);
		return 0;
	}

	err = pf_check_create(pf, num_vfs);
	if (err)
		return err;
	if (pci_num_vf(pdev) == num_vfs)
		return num_vfs;

	return pf_enable_vfs(pf, num_vfs);
}

/*
 * VFs left by another PF driver, or by a kernel before kexec. They go on after
 * a RESET, to which the mailbox invites them.
 */
static int pf_adopt_vfs(struct carve_pf *pf, int num_vfs)
{
	struct pci_dev *pdev = pf->nic.pdev;
	unsigned int vf;
	int err;

	if (num_vfs > CARVE_PF_MAX_VFS) {
		err = pf_check_vfs_idle(pdev);
		if (err)
			return err;
		pci_warn(pdev, "found %d VFs, which leave no pool for the PF: they are destroyed; create up to %d\n",
			 num_vfs, CARVE_PF_MAX_VFS);
		pci_disable_sriov(pdev);
		pf_limit_totalvfs(pdev);
		for (vf = 0; vf < CARVE_PF_MAX_VFS; vf++)
			carve_pf_pool_lend(pf, vf);
		return 0;
	}

	err = pf_prepare_vfs(pf, num_vfs);
	if (err)
		return err;
	pf_link_vfs(pdev);
	pci_info(pdev, "%d VF%s found and adopted\n", num_vfs,
		 str_plural(num_vfs));

	return 0;
}

int carve_pf_sriov_init(struct carve_pf *pf)
{
	struct pci_dev *pdev = pf->nic.pdev;
	int num_vfs = pci_num_vf(pdev);

	pf_limit_totalvfs(pdev);

	return num_vfs ? pf_adopt_vfs(pf, num_vfs) : 0;
}

void carve_pf_sriov_fini(struct carve_pf *pf)
{
	pf_disable_vfs(pf);
}
