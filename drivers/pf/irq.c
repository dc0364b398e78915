// SPDX-License-Identifier: GPL-2.0
/*
 * MSI-X vectors of the PF, and the handler of vector 0, which has every cause
 * but the queues'. The queue vectors' interrupts are requested by the data path
 * while the netdev is up; vector 0 lives from probe to remove.
 *
 * Copyright (C) 2026 Carve developers
 */

#include <linux/bitfield.h>
#include <linux/interrupt.h>

#include <carve/io.h>

#include "irq.h"
#include "link.h"
#include "mbx.h"
#include "mdd.h"
#include "pf.h"
#include "reset.h"

/* Causes that have a handler. What nobody handles is not unmasked. */
#define CARVE_PF_IRQ_CAUSES						\
	(CARVE_INT_LSC | CARVE_INT_VMMB | CARVE_INT_FER |		\
	 CARVE_INT_MDDET | CARVE_INT_DRSTA)

#define CARVE_PF_IRQ_OTHER_BIT		BIT(CARVE_PF_VECTOR_OTHER)

/* An IVAR has queues i and i + 8, a byte for each direction. */
#define CARVE_IVAR_QUEUES		8
#define CARVE_IVAR_RX			GENMASK(7, 0)
#define CARVE_IVAR_TX			GENMASK(15, 8)
#define CARVE_IVAR_HIGH_SHIFT		16

static u32 ivar_entry(int vector)
{
	return vector < 0 ? 0 : CARVE_IVAR_VALID | vector;
}

static unsigned int ivar_index(unsigned int hwq)
{
	return hwq % CARVE_IVAR_QUEUES;
}

static u32 ivar_with(u32 ivar, unsigned int hwq, int vector)
{
	unsigned int shift = hwq < CARVE_IVAR_QUEUES ? 0 :
						       CARVE_IVAR_HIGH_SHIFT;
	u32 route;

	route = FIELD_PREP(CARVE_IVAR_RX, ivar_entry(vector)) |
		FIELD_PREP(CARVE_IVAR_TX, ivar_entry(vector));
	ivar &= ~((CARVE_IVAR_RX | CARVE_IVAR_TX) << shift);

	return ivar | route << shift;
}

void carve_pf_write_ivar(struct carve_nic *nic, unsigned int hwq, int vector)
{
	u32 reg = CARVE_IVAR(ivar_index(hwq));

	carve_wr32(nic, reg, ivar_with(carve_rd32(nic, reg), hwq, vector));
}

static irqreturn_t irq_other(int irq, void *data)
{
	struct carve_pf *pf = data;
	struct carve_nic *nic = &pf->nic;
	u32 causes;

	WRITE_ONCE(pf->irq.count, pf->irq.count + 1);
	/* Reading clears, so what comes from now on is a new message. */
	causes = carve_rd32(nic, CARVE_ICR);
	if (carve_nic_is_gone(nic))
		return IRQ_HANDLED;

	if (causes & CARVE_INT_LSC)
		carve_pf_link_changed_irq(pf);
	if (causes & CARVE_INT_VMMB)
		carve_pf_mbx_irq(pf);
	if (causes & CARVE_INT_MDDET)
		carve_pf_mdd_irq(pf);
	if (causes & (CARVE_INT_FER | CARVE_INT_DRSTA))
		carve_pf_reset_schedule(pf, CARVE_PF_RESET_HW);

	/* EIAM has masked the vector when the message was sent. */
	carve_wr32(nic, CARVE_EIMS, CARVE_PF_IRQ_OTHER_BIT);

	return IRQ_HANDLED;
}

void carve_pf_irq_write_all(struct carve_pf *pf)
{
	struct carve_nic *nic = &pf->nic;

	carve_wr32(nic, CARVE_GPIE, CARVE_GPIE_MSIX_MODE | CARVE_GPIE_NSICR |
				    CARVE_GPIE_EIAME | CARVE_GPIE_PBA);
	/* With NSICR a read of ICR would mask what IAM names. */
	carve_wr32(nic, CARVE_IAM, 0);
	carve_wr32(nic, CARVE_IVAR_MISC,
		   FIELD_PREP(CARVE_IVAR_MISC_OTHER,
			      ivar_entry(CARVE_PF_VECTOR_OTHER)));
	carve_rmw32(nic, CARVE_EIAC, CARVE_PF_IRQ_OTHER_BIT,
		    CARVE_PF_IRQ_OTHER_BIT);
	carve_rmw32(nic, CARVE_EIAM, CARVE_PF_IRQ_OTHER_BIT,
		    CARVE_PF_IRQ_OTHER_BIT);
	/* The model keeps EITR over a reset. */
	carve_wr32(nic, CARVE_EITR(CARVE_PF_VECTOR_OTHER), 0);
}

void carve_pf_irq_arm(struct carve_pf *pf)
{
	struct carve_nic *nic = &pf->nic;

	carve_pf_mdd_drain(pf);
	carve_wr32(nic, CARVE_EIMS, CARVE_PF_IRQ_OTHER_BIT);
	carve_wr32(nic, CARVE_IMS, CARVE_PF_IRQ_CAUSES);
	carve_flush(nic);
}

void carve_pf_irq_disarm(struct carve_pf *pf)
{
	struct carve_nic *nic = &pf->nic;

	carve_wr32(nic, CARVE_IMC, CARVE_PF_IRQ_CAUSES);
	carve_wr32(nic, CARVE_EIMC, CARVE_PF_IRQ_OTHER_BIT);
	carve_flush(nic);
	synchronize_irq(pci_irq_vector(nic->pdev, CARVE_PF_VECTOR_OTHER));
	/* The handler that ran may have unmasked the vector once more. */
	carve_wr32(nic, CARVE_EIMC, CARVE_PF_IRQ_OTHER_BIT);
}

u16 carve_pf_irq_max_channels(const struct carve_pf *pf)
{
	return pf->irq.num_vectors - CARVE_PF_VECTOR_QUEUE0;
}

int carve_pf_irq_init(struct carve_pf *pf)
{
	struct pci_dev *pdev = pf->nic.pdev;
	int err, num;

	num = pci_alloc_irq_vectors(pdev, CARVE_PF_VECTOR_QUEUE0 + 1,
				    CARVE_PF_VECTOR_QUEUE0 + CARVE_MAX_CHANNELS,
				    PCI_IRQ_MSIX);
	if (num < 0) {
		pci_err(pdev, "no MSI-X vectors: %pe\n", ERR_PTR(num));
		return num;
	}
	pf->irq.num_vectors = num;

	snprintf(pf->irq.name, sizeof(pf->irq.name), "carve_pf-%s",
		 pci_name(pdev));
	err = request_irq(pci_irq_vector(pdev, CARVE_PF_VECTOR_OTHER),
			  irq_other, 0, pf->irq.name, pf);
	if (err)
		goto err_free_vectors;

	return 0;

err_free_vectors:
	pci_free_irq_vectors(pdev);
	return err;
}

void carve_pf_irq_fini(struct carve_pf *pf)
{
	struct pci_dev *pdev = pf->nic.pdev;

	free_irq(pci_irq_vector(pdev, CARVE_PF_VECTOR_OTHER), pf);
	pci_free_irq_vectors(pdev);
}

#if IS_ENABLED(CONFIG_CARVE_KUNIT_TEST)
#include "tests/irq_kunit.c"
#endif
