/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A port without a chip, for the KUnit suites of the PF: soft tables as at
 * probe, and memory in the place of BAR0 in which the registers that are
 * cleared by writing ones, and the mailbox' locks, behave as the chip's.
 *
 * Copyright (C) 2026 Carve developers
 */
#ifndef _CARVE_PF_FAKE_PF_H
#define _CARVE_PF_FAKE_PF_H

#include <kunit/static_stub.h>
#include <kunit/test.h>
#include <linux/etherdevice.h>
#include <linux/pci.h>

#include <carve/io.h>

#include "../pf.h"
#include "../pf_regs.h"

#define FAKE_BAR_BYTES			0x20000
#define FAKE_LOG_LEN			64

static const u8 fake_perm_addr[ETH_ALEN] = {
	0x00, 0x1b, 0x21, 0x10, 0x20, 0x30
};

static const u8 __maybe_unused fake_mac_a[ETH_ALEN] = {
	0x02, 0xaa, 0, 0, 0, 1
};

static const u8 __maybe_unused fake_mac_b[ETH_ALEN] = {
	0x02, 0xaa, 0, 0, 0, 2
};

static const struct carve_layout fake_layout = {
	.rxq_base = CARVE_PF_RXQ_BASE,
	.rxq_stride = CARVE_PF_Q_STRIDE,
	.txq_base = CARVE_PF_TXQ_BASE,
	.txq_stride = CARVE_PF_Q_STRIDE,
	.hw_queue = { CARVE_PF_POOL, 0 },
};

/**
 * struct fake_chip - the memory behind a struct carve_pf of a test
 * @bar: registers
 * @vfu: VFs that hold their mailbox buffer, bit mask
 * @log: offsets written, in order
 * @num_log: how many, the first FAKE_LOG_LEN are kept
 */
struct fake_chip {
	u32 bar[FAKE_BAR_BYTES / sizeof(u32)];
	u8 vfu;
	u32 log[FAKE_LOG_LEN];
	unsigned int num_log;
};

static struct fake_chip *fake_chip(struct carve_pf *pf)
{
	return (__force struct fake_chip *)pf->nic.regs;
}

static u32 fake_reg(struct carve_pf *pf, u32 reg)
{
	return fake_chip(pf)->bar[reg / sizeof(u32)];
}

static u32 fake_rd32(struct carve_nic *nic, u32 reg)
{
	return fake_reg(to_carve_pf(nic), reg);
}

static bool fake_is_p2vmailbox(u32 reg)
{
	return reg >= CARVE_P2VMAILBOX(0) &&
	       reg <= CARVE_P2VMAILBOX(CARVE_NUM_POOLS - 1);
}

static void fake_wr32(struct carve_nic *nic, u32 reg, u32 val)
{
	struct fake_chip *chip = fake_chip(to_carve_pf(nic));
	u32 *mem = &chip->bar[reg / sizeof(u32)];

	if (chip->num_log < FAKE_LOG_LEN)
		chip->log[chip->num_log++] = reg;

	if (reg == CARVE_MBVFICR || reg == CARVE_VFLRE)
		*mem &= ~val;
	else if (fake_is_p2vmailbox(reg) &&
		 chip->vfu & BIT((reg - CARVE_P2VMAILBOX(0)) / sizeof(u32)))
		*mem = val & ~CARVE_P2VMAILBOX_PFU;
	else
		*mem = val;
}

/* A chip that can't be told anything. */
static void __maybe_unused fake_wr32_ignore(struct carve_nic *nic, u32 reg,
					    u32 val)
{
}

/* Tests count what was logged so far, -1: never. */
static int __maybe_unused fake_log_find(struct carve_pf *pf, u32 reg)
{
	struct fake_chip *chip = fake_chip(pf);
	int i;

	for (i = 0; i < chip->num_log; i++)
		if (chip->log[i] == reg)
			return i;

	return -1;
}

static void __maybe_unused fake_log_clear(struct carve_pf *pf)
{
	fake_chip(pf)->num_log = 0;
}

static void __maybe_unused fake_set_reg(struct carve_pf *pf, u32 reg, u32 val)
{
	fake_chip(pf)->bar[reg / sizeof(u32)] = val;
}

static struct carve_pf *fake_pf(struct kunit *test)
{
	struct carve_pf *pf;
	void *chip;

	pf = kunit_kzalloc(test, sizeof(*pf), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, pf);
	chip = kunit_kzalloc(test, sizeof(struct fake_chip), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, chip);
	pf->nic.pdev = kunit_kzalloc(test, sizeof(*pf->nic.pdev), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, pf->nic.pdev);
	pf->nic.pdev->dev.init_name = "fake";
	pf->nic.layout = &fake_layout;
	pf->nic.regs = (__force u8 __iomem *)chip;

	kunit_activate_static_stub(test, carve_rd32, fake_rd32);
	kunit_activate_static_stub(test, carve_wr32, fake_wr32);

	mutex_init(&pf->lock);
	spin_lock_init(&pf->mbx.collect_lock);
	ether_addr_copy(pf->perm_addr, fake_perm_addr);
	carve_pf_pools_init(pf, 0);
	carve_pf_mac_init(pf);
	carve_pf_vlan_init(pf);
	carve_pf_provision_init(pf);
	carve_pf_monitor_init(pf);
	carve_pf_control_init(pf);
	/* No timer outlives a test. */
	pf->control.quarantine_s = 0;
	carve_pf_mac_set_own(pf, pf->perm_addr);

	return pf;
}

/* Two VFs of @num_vfs are what most tests want; all are RESETTING. */
static __maybe_unused struct carve_pf *fake_pf_with_vfs(struct kunit *test,
							u8 num_vfs)
{
	struct carve_pf *pf = fake_pf(test);
	unsigned int vf;

	mutex_lock(&pf->lock);
	for (vf = 0; vf < num_vfs; vf++) {
		carve_pf_service_forget(pf, vf);
		carve_pf_provision_close(pf, vf);
		pf->vf[vf].control.state = CARVE_PF_VF_RESETTING;
	}
	pf->num_vfs = num_vfs;
	pf->mbx.vfs = BIT(num_vfs) - 1;
	mutex_unlock(&pf->lock);

	return pf;
}

/* As after its driver's RESET. */
static void __maybe_unused fake_open_vf(struct carve_pf *pf, unsigned int vf)
{
	mutex_lock(&pf->lock);
	carve_pf_provision_open(pf, vf);
	pf->vf[vf].control.state = CARVE_PF_VF_READY;
	pf->vf[vf].service.cts = true;
	mutex_unlock(&pf->lock);
}

#endif /* _CARVE_PF_FAKE_PF_H */
