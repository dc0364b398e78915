// SPDX-License-Identifier: GPL-2.0
/*
 * Malicious driver detection. Owns LVMMC, WVBR and struct carve_pf_mdd. The
 * interrupt latches what reading clears; a work item decides, a moment later,
 * which VFs it was, and has control.c deal with them; carve_pf.lock is taken
 * inside. Called by irq.c and by the reset of the port.
 *
 * Copyright (C) 2026 Carve developers
 */
#include <linux/bitfield.h>
#include <linux/bitops.h>
#include <linux/jiffies.h>

#include <carve/io.h>

#include "control.h"
#include "mdd.h"
#include "pf.h"
#include "pf_regs.h"
#include "reset.h"

/**
 * DOC: Malicious driver detection
 *
 * The chip checks what is sent: the source of a frame (anti-spoof), and the
 * descriptors. A spoofed frame is dropped. A queue with a malformed descriptor
 * is stopped until it is set up anew. Both raise one cause, and leave a bit for
 * each queue in WVBR and, of the last malformed descriptor, cause and queue in
 * LVMMC. Reading clears both, and events that come together merge.
 *
 * The 82576 may show stopped queues in the half of WVBR that is for spoofed
 * frames. So a queue is taken for stopped if it is in the upper half or LVMMC
 * names it, and for a spoofer if it is in the lower half only.
 *
 * A VF with a stopped queue is reset and told; a spoofer is counted. A VF can
 * raise the cause with every frame: it is masked for ten milliseconds each
 * time.
 */
#define PF_MDD_DELAY_MS			10

/* A pool has queue n and, eight further, a second one. */
static u8 pf_mdd_pools(u16 queues)
{
	return queues | queues >> CARVE_NUM_POOLS;
}

static void pf_mdd_decode(u32 wvbr, u32 lvmmc, u8 *stopped, u8 *spoofed)
{
	u16 queues = FIELD_GET(CARVE_WVBR_BLOCKED, wvbr);

	if (lvmmc & CARVE_LVMMC_CAUSE)
		queues |= BIT(FIELD_GET(CARVE_LVMMC_QUEUE, lvmmc));
	*stopped = pf_mdd_pools(queues);
	*spoofed = pf_mdd_pools(FIELD_GET(CARVE_WVBR_SPOOFED, wvbr)) &
		   ~*stopped;
}

static void pf_mdd_deal_with(struct carve_pf *pf, u32 wvbr, u32 lvmmc)
{
	u8 num_vfs = READ_ONCE(pf->num_vfs);
	unsigned int pool;
	u8 stopped;
	u8 spoofed;

	pf_mdd_decode(wvbr, lvmmc, &stopped, &spoofed);
	for (pool = 0; pool < num_vfs; pool++) {
		if (stopped & BIT(pool))
			carve_pf_control_stopped(pf, pool, lvmmc);
		else if (spoofed & BIT(pool))
			carve_pf_control_spoofed(pf, pool);
	}

	/* The queues of VFs that don't exist are the PF's. */
	if (stopped >> num_vfs) {
		pci_err(pf->nic.pdev,
			"the chip refused a descriptor of the PF (LVMMC %#x, WVBR %#x)\n",
			lvmmc, wvbr);
		carve_pf_reset_schedule(pf, CARVE_PF_RESET_HW);
	}
}

static void pf_mdd_work(struct work_struct *work)
{
	struct carve_pf *pf = container_of(to_delayed_work(work),
					   struct carve_pf, mdd.work);
	u32 lvmmc;
	u32 wvbr;

	spin_lock_irq(&pf->mdd.lock);
	lvmmc = pf->mdd.lvmmc;
	wvbr = pf->mdd.wvbr;
	pf->mdd.lvmmc = 0;
	pf->mdd.wvbr = 0;
	spin_unlock_irq(&pf->mdd.lock);

	pf_mdd_deal_with(pf, wvbr, lvmmc);

	/* While the port is being reset its causes stay masked. */
	mutex_lock(&pf->lock);
	if (!pf->control.paused)
		carve_wr32(&pf->nic, CARVE_IMS, CARVE_INT_MDDET);
	mutex_unlock(&pf->lock);
}

void carve_pf_mdd_irq(struct carve_pf *pf)
{
	struct carve_nic *nic = &pf->nic;
	unsigned long flags;
	u32 lvmmc;
	u32 wvbr;

	carve_wr32(nic, CARVE_IMC, CARVE_INT_MDDET);
	lvmmc = carve_rd32(nic, CARVE_LVMMC);
	wvbr = carve_rd32(nic, CARVE_WVBR);
	if (carve_nic_is_gone(nic))
		return;

	spin_lock_irqsave(&pf->mdd.lock, flags);
	if (lvmmc & CARVE_LVMMC_CAUSE)
		pf->mdd.lvmmc = lvmmc;
	pf->mdd.wvbr |= wvbr;
	spin_unlock_irqrestore(&pf->mdd.lock, flags);

	queue_delayed_work(pf->mbx.wq, &pf->mdd.work,
			   msecs_to_jiffies(PF_MDD_DELAY_MS));
}

void carve_pf_mdd_drain(struct carve_pf *pf)
{
	unsigned long flags;

	carve_rd32(&pf->nic, CARVE_LVMMC);
	carve_rd32(&pf->nic, CARVE_WVBR);

	spin_lock_irqsave(&pf->mdd.lock, flags);
	pf->mdd.lvmmc = 0;
	pf->mdd.wvbr = 0;
	spin_unlock_irqrestore(&pf->mdd.lock, flags);
}

void carve_pf_mdd_init(struct carve_pf *pf)
{
	spin_lock_init(&pf->mdd.lock);
	INIT_DELAYED_WORK(&pf->mdd.work, pf_mdd_work);
}

void carve_pf_mdd_fini(struct carve_pf *pf)
{
	disable_delayed_work_sync(&pf->mdd.work);
}

#if IS_ENABLED(CONFIG_CARVE_KUNIT_TEST)
#include "tests/mdd_kunit.c"
#endif
