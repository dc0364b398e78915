// SPDX-License-Identifier: GPL-2.0
/*
 * PCI driver of a VF: probe and remove, mailbox interrupts, power management,
 * errors and resets. All callbacks run under the device lock; what must not
 * touch registers meanwhile is kept away by carve_vf_control_detach().
 *
 * Copyright (C) 2026 Carve developers
 */
#include <linux/bitfield.h>
#include <linux/etherdevice.h>
#include <linux/interrupt.h>
#include <linux/module.h>
#include <linux/pci.h>

#include <carve/compat.h>
#include <carve/io.h>
#include <carve/regs.h>

#include "netdev.h"
#include "vf.h"
#include "vf_regs.h"

#define VF_BAR				0

/*
 * The VF has one channel, so that this is its only IVAR. The QEMU model ignores
 * the bytes of the second queue pair.
 */
static void vf_write_ivar(struct carve_nic *nic, unsigned int hwq, int vector)
{
	u32 entry = vector < 0 ? 0 : CARVE_IVAR_VALID | vector;

	carve_wr32(nic, CARVE_VF_IVAR0,
		   FIELD_PREP(CARVE_VF_IVAR0_RX0, entry) |
		   FIELD_PREP(CARVE_VF_IVAR0_TX0, entry));
}

/* It is the control work that lets the VF use memory again. */
static void vf_queue_stuck(struct carve_nic *nic)
{
	pci_clear_master(nic->pdev);
	carve_vf_control_lose(to_carve_vf(nic->netdev), CARVE_VF_LOSS_QUEUE);
}

static const struct carve_layout vf_layout = {
	.rxq_base	= CARVE_VF_RXQ_BASE,
	.rxq_stride	= CARVE_VF_Q_STRIDE,
	.txq_base	= CARVE_VF_TXQ_BASE,
	.txq_stride	= CARVE_VF_Q_STRIDE,
	.queue_vector0	= CARVE_VF_VECTOR_QUEUE,
	.hw_queue	= { 0 },
	.write_ivar	= vf_write_ivar,
	.queue_stuck	= vf_queue_stuck,
};

/* EIAC clears the cause when the message is sent: nothing to acknowledge. */
static irqreturn_t vf_mbx_irq(int irq, void *data)
{
	struct carve_vf *vf = data;

	carve_vf_mbx_event(&vf->mbx);
	carve_vf_control_mail(vf);

	return IRQ_HANDLED;
}

/* Which of the two fires: see carve_vf_mbx_arm(). */
static int vf_request_mbx_irqs(struct carve_vf *vf)
{
	struct pci_dev *pdev = vf->nic.pdev;
	int err;

	err = pci_request_irq(pdev, CARVE_VF_VECTOR_MBX, vf_mbx_irq, NULL, vf,
			      "%s-mbx", pci_name(pdev));
	if (err)
		return err;

	err = pci_request_irq(pdev, CARVE_VF_VECTOR_MBX_QEMU, vf_mbx_irq, NULL,
			      vf, "%s-mbx1", pci_name(pdev));
	if (err)
		pci_free_irq(pdev, CARVE_VF_VECTOR_MBX, vf);

	return err;
}

static void vf_free_mbx_irqs(struct carve_vf *vf)
{
	pci_free_irq(vf->nic.pdev, CARVE_VF_VECTOR_MBX_QEMU, vf);
	pci_free_irq(vf->nic.pdev, CARVE_VF_VECTOR_MBX, vf);
}

static int vf_enable_device(struct pci_dev *pdev)
{
	int err;

	err = pcim_enable_device(pdev);
	if (err)
		return dev_err_probe(&pdev->dev, err, "can't enable device\n");

	err = dma_set_mask_and_coherent(&pdev->dev, DMA_BIT_MASK(64));
	if (err)
		return dev_err_probe(&pdev->dev, err, "no usable DMA\n");

	return 0;
}

static struct carve_vf *vf_alloc(struct pci_dev *pdev)
{
	struct net_device *netdev;
	struct carve_vf *vf;

	netdev = devm_alloc_etherdev_mqs(&pdev->dev, sizeof(*vf), 1, 1);
	if (!netdev)
		return ERR_PTR(-ENOMEM);
	SET_NETDEV_DEV(netdev, &pdev->dev);

	vf = to_carve_vf(netdev);
	vf->bar0 = pcim_iomap_region(pdev, VF_BAR, KBUILD_MODNAME);
	if (IS_ERR(vf->bar0))
		return ERR_CAST(vf->bar0);

	vf->nic.regs = vf->bar0;
	vf->nic.pdev = pdev;
	vf->nic.netdev = netdev;
	vf->nic.layout = &vf_layout;
	/* The QEMU model returns a pool's own multicasts to it. */
	vf->nic.drop_own = true;
	mutex_init(&vf->lock);

	carve_nic_init(&vf->nic, 1);
	carve_vf_settings_init(vf);
	carve_vf_stats_init(vf);
	carve_vf_netdev_init(netdev);

	return vf;
}

/*
 * The netdev is registered whether or not the PF is there. Normally it is, and
 * then the netdev has the PF's address from the start.
 */
static int vf_probe(struct pci_dev *pdev, const struct pci_device_id *id)
{
	struct carve_vf *vf;
	int err;

	err = vf_enable_device(pdev);
	if (err)
		return err;

	vf = vf_alloc(pdev);
	if (IS_ERR(vf)) {
		err = dev_err_probe(&pdev->dev, PTR_ERR(vf), "can't set up\n");
		goto clear_master;
	}
	pci_set_drvdata(pdev, vf);

	err = pci_alloc_irq_vectors(pdev, CARVE_VF_NUM_VECTORS,
				    CARVE_VF_NUM_VECTORS, PCI_IRQ_MSIX);
	if (err < 0) {
		dev_err_probe(&pdev->dev, err, "can't get %d MSI-X vectors\n",
			      CARVE_VF_NUM_VECTORS);
		goto clear_master;
	}

	err = carve_vf_control_init(vf);
	if (err)
		goto free_vectors;
	err = vf_request_mbx_irqs(vf);
	if (err)
		goto fini_control;

	carve_vf_control_attach(vf);
	carve_vf_control_wait(vf);
	err = register_netdev(vf->nic.netdev);
	if (err) {
		dev_err_probe(&pdev->dev, err, "can't register netdev\n");
		goto detach;
	}
	/* A carrier from before would leave operstate at "unknown". */
	linkwatch_fire_event(vf->nic.netdev);
	pci_save_state(pdev);

	return 0;

detach:
	carve_vf_control_detach(vf);
	vf_free_mbx_irqs(vf);
fini_control:
	carve_vf_control_fini(vf);
free_vectors:
	pci_free_irq_vectors(pdev);
clear_master:
	pci_clear_master(pdev);
	return err;
}

static void vf_remove(struct pci_dev *pdev)
{
	struct carve_vf *vf = pci_get_drvdata(pdev);

	carve_vf_control_detach(vf);
	unregister_netdev(vf->nic.netdev);
	vf_free_mbx_irqs(vf);
	carve_vf_control_fini(vf);
	pci_free_irq_vectors(pdev);
	pci_clear_master(pdev);
}

static void vf_shutdown(struct pci_dev *pdev)
{
	carve_vf_control_detach(pci_get_drvdata(pdev));
	pci_clear_master(pdev);
}

static int vf_suspend(struct device *dev)
{
	carve_vf_control_detach(dev_get_drvdata(dev));

	return 0;
}

/* Registers may have read as all ones meanwhile: have them used again. */
static void vf_reattach(struct carve_vf *vf)
{
	WRITE_ONCE(vf->nic.regs, vf->bar0);
	carve_vf_control_attach(vf);
}

static int vf_resume(struct device *dev)
{
	vf_reattach(dev_get_drvdata(dev));

	return 0;
}

static DEFINE_SIMPLE_DEV_PM_OPS(vf_pm_ops, vf_suspend, vf_resume);

static pci_ers_result_t vf_error_detected(struct pci_dev *pdev,
					  pci_channel_state_t state)
{
	struct carve_vf *vf = pci_get_drvdata(pdev);

	/* Another function's, or one of ours that was not fatal. */
	if (state == pci_channel_io_normal)
		return PCI_ERS_RESULT_CAN_RECOVER;

	carve_vf_control_detach(vf);
	if (state == pci_channel_io_perm_failure)
		return PCI_ERS_RESULT_DISCONNECT;

	return PCI_ERS_RESULT_NEED_RESET;
}

static pci_ers_result_t vf_slot_reset(struct pci_dev *pdev)
{
	pci_restore_state(pdev);
	pci_save_state(pdev);

	return PCI_ERS_RESULT_RECOVERED;
}

static void vf_error_resume(struct pci_dev *pdev)
{
	vf_reattach(pci_get_drvdata(pdev));
}

/* The PCI core saves and restores the configuration around a reset. */
static void vf_reset_prepare(struct pci_dev *pdev)
{
	carve_vf_control_detach(pci_get_drvdata(pdev));
}

static void vf_reset_done(struct pci_dev *pdev)
{
	vf_reattach(pci_get_drvdata(pdev));
}

static const struct pci_error_handlers vf_err_handlers = {
	.error_detected	= vf_error_detected,
	.slot_reset	= vf_slot_reset,
	.resume		= vf_error_resume,
	.reset_prepare	= vf_reset_prepare,
	.reset_done	= vf_reset_done,
};

static const struct pci_device_id vf_pci_ids[] = {
	{ PCI_VDEVICE(INTEL, 0x10ca) },	/* 82576 virtual function */
	{ }
};
MODULE_DEVICE_TABLE(pci, vf_pci_ids);

static struct pci_driver vf_driver = {
	.name		= KBUILD_MODNAME,
	.id_table	= vf_pci_ids,
	.probe		= vf_probe,
	.remove		= vf_remove,
	.shutdown	= vf_shutdown,
	.driver.pm	= pm_sleep_ptr(&vf_pm_ops),
	.err_handler	= &vf_err_handlers,
};
module_pci_driver(vf_driver);

MODULE_AUTHOR("Carve developers");
MODULE_DESCRIPTION("Intel 82576 SR-IOV virtual function");
MODULE_LICENSE("GPL");
CARVE_IMPORT;
