// SPDX-License-Identifier: GPL-2.0
/*
 * PCI driver of the 82576's physical function: probe and remove, and what PCI
 * and power management do to the device in between. The chip is brought up at
 * probe and stays up; see reset.c. Called by the PCI core, which holds the
 * device lock; rtnl is taken inside where needed.
 *
 * Copyright (C) 2026 Carve developers
 */

#include <linux/bitfield.h>
#include <linux/cpumask.h>
#include <linux/etherdevice.h>
#include <linux/module.h>
#include <linux/pci.h>
#include <linux/pm.h>
#include <linux/rtnetlink.h>

#include <carve/compat.h>
#include <carve/io.h>

#include "control.h"
#include "devlink.h"
#include "filter_mac.h"
#include "filter_vlan.h"
#include "health.h"
#include "irq.h"
#include "link.h"
#include "mbx.h"
#include "netdev.h"
#include "nvm.h"
#include "pf.h"
#include "pool.h"
#include "provision.h"
#include "reset.h"
#include "rss.h"
#include "rx_mode.h"
#include "sriov.h"
#include "stats.h"

#define CARVE_PF_BAR			0

/* What the board has is not told from the id: see link.c. */
static const struct pci_device_id pf_pci_ids[] = {
	{ PCI_VDEVICE(INTEL, 0x10c9) },		/* copper */
	{ PCI_VDEVICE(INTEL, 0x10e8) },		/* quad copper */
	{ PCI_VDEVICE(INTEL, 0x1526) },		/* quad copper ET2 */
	{ PCI_VDEVICE(INTEL, 0x150a) },		/* NS */
	{ PCI_VDEVICE(INTEL, 0x10e6) },		/* fiber */
	{ PCI_VDEVICE(INTEL, 0x10e7) },		/* SerDes */
	{ PCI_VDEVICE(INTEL, 0x150d) },		/* quad SerDes */
	{ PCI_VDEVICE(INTEL, 0x1518) },		/* NS SerDes */
	{}
};
MODULE_DEVICE_TABLE(pci, pf_pci_ids);

/*
 * Channel 0 is in the PF's own pool, so VFs never want its queue. The others
 * borrow queues of VFs' pools while there are no VFs; hardware queue 0, where
 * frames without a hash go in RSS mode, is among them with two channels.
 */
static const struct carve_layout pf_layout = {
	.rxq_base	= CARVE_PF_RXQ_BASE,
	.rxq_stride	= CARVE_PF_Q_STRIDE,
	.txq_base	= CARVE_PF_TXQ_BASE,
	.txq_stride	= CARVE_PF_Q_STRIDE,
	.queue_vector0	= CARVE_PF_VECTOR_QUEUE0,
	.hw_queue	= { CARVE_PF_POOL, 0, 1, 2, 3, 4, 5, 6 },
	.write_ivar	= carve_pf_write_ivar,
	.queue_stuck	= carve_pf_queue_stuck,
	.rx_stamp	= carve_pf_ptp_rx_stamp,
	.tx_stamp	= carve_pf_ptp_tx_stamp,
};

static struct carve_pf *pdev_to_carve_pf(struct pci_dev *pdev)
{
	return netdev_to_carve_pf(pci_get_drvdata(pdev));
}

/* ---- probe and remove ---- */

static int pf_set_dma_mask(struct pci_dev *pdev)
{
	int err;

	err = dma_set_mask_and_coherent(&pdev->dev, DMA_BIT_MASK(64));
	if (err)
		err = dma_set_mask_and_coherent(&pdev->dev, DMA_BIT_MASK(32));
	if (err)
		pci_err(pdev, "no usable DMA mask: %pe\n", ERR_PTR(err));

	return err;
}

static u8 __iomem *pf_map(struct pci_dev *pdev)
{
	int err;

	err = pcim_enable_device(pdev);
	if (err)
		return IOMEM_ERR_PTR(err);

	err = pf_set_dma_mask(pdev);
	if (err)
		return IOMEM_ERR_PTR(err);

	return pcim_iomap_region(pdev, CARVE_PF_BAR, KBUILD_MODNAME);
}

static struct carve_pf *pf_alloc(struct pci_dev *pdev, u8 __iomem *bar)
{
	struct net_device *netdev;
	struct carve_pf *pf;

	netdev = alloc_etherdev_mqs(sizeof(*pf), CARVE_MAX_CHANNELS,
				    CARVE_MAX_CHANNELS);
	if (!netdev)
		return NULL;

	SET_NETDEV_DEV(netdev, &pdev->dev);
	pf = netdev_priv(netdev);
	pf->bar = bar;
	pf->nic.regs = bar;
	pf->nic.pdev = pdev;
	pf->nic.netdev = netdev;
	pf->nic.layout = &pf_layout;
	pf->nic.drop_own = true;
	pf->nic.msg_enable = netif_msg_init(-1, NETIF_MSG_DRV |
					    NETIF_MSG_PROBE | NETIF_MSG_LINK);
	pf->lan = FIELD_GET(CARVE_STATUS_LAN_ID,
			    carve_rd32(&pf->nic, CARVE_STATUS));
	mutex_init(&pf->nvm_lock);
	mutex_init(&pf->lock);
	spin_lock_init(&pf->link.lock);
	pci_set_drvdata(pdev, netdev);

	return pf;
}

/* The chip is in reset and vectors are known; nothing can run yet. */
static void pf_init_soft(struct carve_pf *pf)
{
	carve_pf_link_detect(pf);
	carve_pf_nvm_check(pf);
	carve_pf_nvm_init_mac(pf);
	/* More than CPUs would only share them; ethtool -L can have them all. */
	carve_nic_init(&pf->nic, min_t(unsigned int, num_online_cpus(),
				       carve_pf_irq_max_channels(pf)));
	carve_pf_netdev_init(pf->nic.netdev);
	carve_pf_reset_init(pf);
	carve_pf_ptp_init(pf);
	carve_pf_pools_init(pf, pci_num_vf(pf->nic.pdev));
	carve_pf_mac_init(pf);
	carve_pf_vlan_init(pf);
	carve_pf_rss_init(pf);
	carve_pf_rx_mode_init(pf);
	carve_pf_provision_init(pf);
	carve_pf_monitor_init(pf);
	carve_pf_control_init(pf);
	carve_pf_mdd_init(pf);
}

/* What needs no netdev registered and no VF: the chip quiet, all soft state. */
static int pf_init(struct carve_pf *pf)
{
	struct pci_dev *pdev = pf->nic.pdev;
	int err;

	/* Its lock is held while the chip is in reset. */
	carve_pf_stats_init(pf);
	/* Until now the chip may have been somebody else's. */
	err = carve_pf_hw_reset(pf);
	if (err)
		return err;
	pci_set_master(pdev);
	pci_save_state(pdev);

	pf->wq = alloc_ordered_workqueue("carve_pf-%s", WQ_MEM_RECLAIM,
					 pci_name(pdev));
	if (!pf->wq)
		return -ENOMEM;

	err = carve_pf_irq_init(pf);
	if (err)
		goto err_destroy_wq;

	pf_init_soft(pf);
	err = carve_pf_mbx_init(pf);
	if (err)
		goto err_fini_irq;

	return 0;

err_fini_irq:
	carve_pf_irq_fini(pf);
err_destroy_wq:
	destroy_workqueue(pf->wq);
	return err;
}

static void pf_fini(struct carve_pf *pf)
{
	carve_pf_mbx_fini(pf);
	carve_pf_hw_release(pf);
	carve_pf_irq_fini(pf);
	destroy_workqueue(pf->wq);
}

static void pf_start(struct carve_pf *pf)
{
	carve_pf_link_start(pf);
	carve_pf_stats_start(pf);
}

static void pf_stop(struct carve_pf *pf)
{
	carve_pf_stats_stop(pf);
	carve_pf_link_stop(pf);
}

static int pf_probe(struct pci_dev *pdev, const struct pci_device_id *id)
{
	struct carve_pf *pf;
	u8 __iomem *bar;
	int err;

	bar = pf_map(pdev);
	if (IS_ERR(bar))
		return PTR_ERR(bar);

	pf = pf_alloc(pdev, bar);
	if (!pf)
		return -ENOMEM;

	err = pf_init(pf);
	if (err)
		goto err_free_netdev;

	carve_pf_hw_setup(pf);
	err = carve_pf_link_init(pf);
	if (err)
		goto err_fini;

	carve_pf_irq_arm(pf);
	err = carve_pf_sriov_init(pf);
	if (err)
		goto err_disarm_irq;

	err = carve_pf_devlink_init(pf);
	if (err)
		goto err_fini_sriov;

	err = register_netdev(pf->nic.netdev);
	if (err)
		goto err_fini_devlink;

	carve_pf_ptp_start(pf);
	carve_pf_devlink_start(pf);
	pf_start(pf);

	return 0;

err_fini_devlink:
	carve_pf_devlink_fini(pf);
err_fini_sriov:
	carve_pf_sriov_fini(pf);
err_disarm_irq:
	carve_pf_reset_fini(pf);
	carve_pf_irq_disarm(pf);
	carve_pf_mdd_fini(pf);
	carve_pf_link_fini(pf);
err_fini:
	pf_fini(pf);
err_free_netdev:
	free_netdev(pf->nic.netdev);
	return err;
}

static void pf_remove(struct pci_dev *pdev)
{
	struct carve_pf *pf = pdev_to_carve_pf(pdev);

	carve_pf_reset_fini(pf);
	carve_pf_devlink_stop(pf);
	pf_stop(pf);
	unregister_netdev(pf->nic.netdev);
	carve_pf_rx_mode_fini(pf);
	carve_pf_ptp_stop(pf);
	carve_pf_devlink_fini(pf);
	carve_pf_sriov_fini(pf);
	carve_pf_irq_disarm(pf);
	carve_pf_mdd_fini(pf);
	carve_pf_link_fini(pf);
	pf_fini(pf);
	free_netdev(pf->nic.netdev);
}

/* The next kernel must not find the chip writing into its memory. */
static void pf_shutdown(struct pci_dev *pdev)
{
	struct carve_pf *pf = pdev_to_carve_pf(pdev);

	carve_pf_reset_fini(pf);
	carve_pf_health_stop(pf);
	pf_stop(pf);
	carve_pf_reset_prepare(pf);
	carve_pf_hw_release(pf);
	pci_disable_device(pdev);
}

static int pf_sriov_configure(struct pci_dev *pdev, int num_vfs)
{
	int ret = carve_pf_sriov_configure(pdev, num_vfs);

	carve_pf_devlink_sync_vfs(pdev_to_carve_pf(pdev));

	return ret;
}

/* ---- power management ---- */

static int pf_suspend(struct device *dev)
{
	struct carve_pf *pf = pdev_to_carve_pf(to_pci_dev(dev));

	carve_pf_link_suspend(pf);
	carve_pf_reset_prepare(pf);

	return carve_pf_hw_reset(pf);
}

/* The chip comes out of D3hot reset: No_Soft_Reset is 0. */
static int pf_resume(struct device *dev)
{
	struct carve_pf *pf = pdev_to_carve_pf(to_pci_dev(dev));
	int err;

	err = carve_pf_reset_finish(pf, CARVE_PF_RESET_RESUME);
	if (err)
		return err;

	carve_pf_link_resume(pf);

	return 0;
}

static DEFINE_SIMPLE_DEV_PM_OPS(pf_pm_ops, pf_suspend, pf_resume);

/* ---- PCI errors and resets ---- */

static pci_ers_result_t pf_error_detected(struct pci_dev *pdev,
					  pci_channel_state_t state)
{
	struct carve_pf *pf = pdev_to_carve_pf(pdev);

	/* Such as requests to a VF that has just been removed. */
	if (state == pci_channel_io_normal)
		return PCI_ERS_RESULT_CAN_RECOVER;

	/*
	 * Registers can't be read until the slot is reset, so nothing tells the
	 * queues to stop; and it may never be, with the chip alive: as when a
	 * VF has no driver that could answer for it.
	 */
	pci_clear_master(pdev);
	WRITE_ONCE(pf->nic.regs, NULL);
	carve_pf_reset_prepare(pf);

	if (state == pci_channel_io_perm_failure)
		return PCI_ERS_RESULT_DISCONNECT;

	return PCI_ERS_RESULT_NEED_RESET;
}

static pci_ers_result_t pf_slot_reset(struct pci_dev *pdev)
{
	struct carve_pf *pf = pdev_to_carve_pf(pdev);

	pci_set_master(pdev);
	pci_restore_state(pdev);
	pci_save_state(pdev);
	/* The error was not fatal, and a VF's driver wanted a reset for it. */
	if (netif_device_present(pf->nic.netdev))
		carve_pf_reset_prepare(pf);

	return PCI_ERS_RESULT_RECOVERED;
}

static void pf_error_resume(struct pci_dev *pdev)
{
	struct carve_pf *pf = pdev_to_carve_pf(pdev);

	/* Still there: the error was not fatal, nothing had been stopped. */
	if (netif_device_present(pf->nic.netdev))
		return;

	carve_pf_reset_finish(pf, CARVE_PF_RESET_PCI_ERROR);
}

/*
 * A reset of the PF takes the VFs with it: the PCI core enables SR-IOV again,
 * but a VF's own configuration (bus mastering, MSI-X) is its driver's or ours
 * to keep, and its driver is not told.
 */
static void pf_save_vfs(struct pci_dev *pdev)
{
	struct pci_dev *vf = NULL;
	int err;

	while ((vf = carve_pf_sriov_next_vf(pdev, vf))) {
		err = pci_save_state(vf);
		if (err)
			pci_warn(vf, "configuration not saved: %pe\n",
				 ERR_PTR(err));
	}
}

static void pf_restore_vfs(struct pci_dev *pdev)
{
	struct pci_dev *vf = NULL;

	while ((vf = carve_pf_sriov_next_vf(pdev, vf)))
		pci_restore_state(vf);
}

static void pf_reset_prepare(struct pci_dev *pdev)
{
	pf_save_vfs(pdev);
	carve_pf_reset_prepare(pdev_to_carve_pf(pdev));
}

static void pf_reset_done(struct pci_dev *pdev)
{
	pf_restore_vfs(pdev);
	carve_pf_reset_finish(pdev_to_carve_pf(pdev),
			      CARVE_PF_RESET_PCI_FUNCTION);
}

static const struct pci_error_handlers pf_err_handler = {
	.error_detected	= pf_error_detected,
	.slot_reset	= pf_slot_reset,
	.resume		= pf_error_resume,
	.reset_prepare	= pf_reset_prepare,
	.reset_done	= pf_reset_done,
};

static struct pci_driver pf_driver = {
	.name			= KBUILD_MODNAME,
	.id_table		= pf_pci_ids,
	.probe			= pf_probe,
	.remove			= pf_remove,
	.shutdown		= pf_shutdown,
	.sriov_configure	= pf_sriov_configure,
	.err_handler		= &pf_err_handler,
	.driver.pm		= pm_sleep_ptr(&pf_pm_ops),
};
module_pci_driver(pf_driver);

MODULE_AUTHOR("Carve developers");
MODULE_DESCRIPTION("Intel 82576 SR-IOV physical function driver");
MODULE_LICENSE("GPL");
CARVE_IMPORT;
