// SPDX-License-Identifier: GPL-2.0
/*
 * The registers of the chip that the PF's mailbox side touches, with the rules
 * of the mailbox; everything else is memory. Stands in for carve_core.
 *
 * Copyright (C) 2026 Carve developers
 */
#include <carve/channels.h>
#include <carve/io.h>

#include "chip.h"
#include "pf_regs.h"

#define CHIP_SIZE		0x20000

/* V2PMAILBOX as the VF writes it. */
#define CHIP_V2P_REQ		BIT(0)
#define CHIP_V2P_ACK		BIT(1)
#define CHIP_V2P_VFU		BIT(2)

static u32 chip_regs[CHIP_SIZE / 4];
static bool chip_vfu[CARVE_NUM_POOLS];
static bool chip_pfu[CARVE_NUM_POOLS];
static unsigned int chip_racer;
static u32 chip_race;
static chip_sent_fn chip_sent;

static u32 *chip_reg(u32 reg)
{
	fuzz_assert(reg < CHIP_SIZE && !(reg % 4), "no register %#x", reg);
	return &chip_regs[reg / 4];
}

u32 chip_read(u32 reg)
{
	return *chip_reg(reg);
}

void chip_init(chip_sent_fn sent)
{
	memset(chip_regs, 0, sizeof(chip_regs));
	memset(chip_vfu, 0, sizeof(chip_vfu));
	memset(chip_pfu, 0, sizeof(chip_pfu));
	chip_race = 0;
	chip_sent = sent;
}

void chip_vf_write_buffer(unsigned int vf, unsigned int dw, u32 val)
{
	*chip_reg(CARVE_VMBMEM(vf, dw)) = val;
}

void chip_vf_write_mailbox(unsigned int vf, u32 val)
{
	u32 *icr = chip_reg(CARVE_MBVFICR);

	if (val & CHIP_V2P_REQ)
		*icr |= FIELD_PREP(CARVE_MBVFICR_REQ, BIT(vf));
	if (val & CHIP_V2P_ACK)
		*icr |= FIELD_PREP(CARVE_MBVFICR_ACK, BIT(vf));
	chip_vfu[vf] = val & CHIP_V2P_VFU && !chip_pfu[vf];
}

void chip_vf_reset(unsigned int vf)
{
	*chip_reg(CARVE_VFLRE) |= BIT(vf);
	*chip_reg(CARVE_VFRE) &= ~BIT(vf);
	*chip_reg(CARVE_VFTE) &= ~BIT(vf);
}

void chip_vf_race(unsigned int vf, u32 val)
{
	chip_racer = vf;
	chip_race = val;
}

/* Each read of the buffer sees another value of what the VF races with. */
static void chip_run_race(u32 reg)
{
	u32 first = CARVE_VMBMEM(chip_racer, 0);

	if (!chip_race || reg < first ||
	    reg >= first + 4 * CARVE_MBX_DWORDS)
		return;
	*chip_reg(reg) ^= chip_race;
	chip_race = chip_race << 1 | chip_race >> 31;
}

u32 carve_rd32(struct carve_nic *nic, u32 reg)
{
	unsigned int vf = (reg - CARVE_P2VMAILBOX(0)) / 4;
	u32 val;

	if (vf < CARVE_NUM_POOLS)
		return (chip_vfu[vf] ? CARVE_P2VMAILBOX_VFU : 0) |
		       (chip_pfu[vf] ? CARVE_P2VMAILBOX_PFU : 0);

	val = chip_read(reg);
	chip_run_race(reg);
	return val;
}

static void chip_write_p2v(unsigned int vf, u32 val)
{
	if (val & CARVE_P2VMAILBOX_RVFU)
		chip_vfu[vf] = false;
	if (val & CARVE_P2VMAILBOX_STS) {
		fuzz_assert(chip_pfu[vf], "wrote a buffer it doesn't own");
		chip_sent(vf, chip_reg(CARVE_VMBMEM(vf, 0)));
	}
	chip_pfu[vf] = val & CARVE_P2VMAILBOX_PFU && !chip_vfu[vf];
}

void carve_wr32(struct carve_nic *nic, u32 reg, u32 val)
{
	unsigned int vf = (reg - CARVE_P2VMAILBOX(0)) / 4;

	if (vf < CARVE_NUM_POOLS)
		chip_write_p2v(vf, val);
	else if (reg == CARVE_MBVFICR || reg == CARVE_VFLRE)
		*chip_reg(reg) &= ~val;
	else
		*chip_reg(reg) = val;
}

void carve_rmw32(struct carve_nic *nic, u32 reg, u32 mask, u32 val)
{
	u32 old = carve_rd32(nic, reg);

	carve_wr32(nic, reg, (old & ~mask) | (val & mask));
}

bool carve_nic_is_gone(const struct carve_nic *nic)
{
	return false;
}

int carve_hw_queues_quiesce(struct carve_nic *nic, unsigned long hwqs)
{
	return 0;
}

void carve_hw_queue_scrub(struct carve_nic *nic, unsigned int hwq)
{
}
