// SPDX-License-Identifier: GPL-2.0
/*
 * Fuzzes the PF's side of the mailbox: the transport, the message decoder and
 * all that it decides on, as they are in the driver, on registers of memory.
 * The input is a list of deeds of VFs, which may be anything, and of the
 * administrator, which are proper ones. After each of them the tables in the
 * chip must be what the promises to the other VFs allow.
 *
 * Copyright (C) 2026 Carve developers
 */
#include <stdarg.h>

#include "address.h"
#include "chip.h"
#include "floor.h"
#include "pf.h"
#include "pf_regs.h"
#include "rate.h"
#include "sriov.h"

#define FUZZ_NUM_VFS		3
/* Lines of one kind in the log are so far apart. */
#define FUZZ_LOG_INTERVAL	(10 * HZ - 1)
#define FUZZ_LINE_LEN		192
#define FUZZ_MAX_LINES		128

/* Tokens of the mailbox worker: a burst, then so many a second. */
#define FUZZ_MBX_BURST		64
#define FUZZ_MBX_RATE		500

/* For a token a VF gets an answer at most, and a piece of news. */
#define FUZZ_MBX_FACTOR		2

unsigned long jiffies;
struct delayed_work *fuzz_work[FUZZ_MAX_WORK];
unsigned int fuzz_num_work;

static struct carve_pf *pf;
static struct net_device *fuzz_netdev;
static u32 fuzz_link;
static unsigned long fuzz_start;
static unsigned int fuzz_num_sent[CARVE_PF_MAX_VFS];

/* What the input is taken from. */
static const u8 *fuzz_input;
static size_t fuzz_left;

/* Lines of a kind: the same but for the numbers at the end. */
struct fuzz_line {
	char text[FUZZ_LINE_LEN];
	unsigned long at;
};

static struct fuzz_line fuzz_lines[FUZZ_MAX_LINES];
static unsigned int fuzz_num_lines;

/* Whatever guests do, the host's log gets a line of a kind now and then. */
void fuzz_log(const char *fmt, ...)
{
	char text[FUZZ_LINE_LEN];
	struct fuzz_line *line;
	va_list args;
	char *end;

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	end = strstr(text, " (value");
	if (end)
		*end = '\0';

	for (line = fuzz_lines; line < fuzz_lines + fuzz_num_lines; line++)
		if (!strcmp(line->text, text))
			break;
	fuzz_assert(line < fuzz_lines + FUZZ_MAX_LINES, "a log of lines");
	if (line == fuzz_lines + fuzz_num_lines)
		fuzz_num_lines++;
	else
		fuzz_assert(jiffies - line->at >= FUZZ_LOG_INTERVAL,
			    "twice in %lu jiffies: %s", jiffies - line->at,
			    text);
	strcpy(line->text, text);
	line->at = jiffies;
}

/* Parts of the PF driver that have no say in what a VF may do. */

u32 carve_pf_link_state(struct carve_pf *port)
{
	return fuzz_link;
}

void carve_pf_vf_stats_start(struct carve_pf *port)
{
}

void carve_pf_vf_stats_stop(struct carve_pf *port)
{
}

void carve_pf_vf_stats_update(struct carve_pf *port, unsigned int vf)
{
}

void carve_pf_vf_stats_rebase(struct carve_pf *port, unsigned int vf)
{
}

bool carve_pf_sriov_clear_master(struct carve_pf *port, unsigned int vf)
{
	return true;
}

void carve_pf_sriov_restore_master(struct carve_pf *port, unsigned int vf)
{
}

static u8 fuzz_u8(void)
{
	if (!fuzz_left)
		return 0;
	fuzz_left--;
	return *fuzz_input++;
}

static u32 fuzz_u32(void)
{
	u32 val = fuzz_u8();

	val |= (u32)fuzz_u8() << 8;
	val |= (u32)fuzz_u8() << 16;
	return val | (u32)fuzz_u8() << 24;
}

static unsigned int fuzz_vf(void)
{
	return fuzz_u8() % FUZZ_NUM_VFS;
}

/* Few, so that they meet: those of the port and of the VFs among them. */
static void fuzz_mac(u8 *addr)
{
	u8 val = fuzz_u8();

	if (val < FUZZ_NUM_VFS) {
		ether_addr_copy(addr, pf->vf[val].config.derived_mac);
		return;
	}
	memset(addr, 0, ETH_ALEN);
	if (val == 0xff)
		memset(addr, 0xff, ETH_ALEN);
	else if (val == 0xfe)
		ether_addr_copy(addr, pf->perm_addr);
	else if (val == 0xfd)
		addr[0] = 0x33;
	else if (val != 0xfc)
		addr[0] = 0x02;
	if (val < 0xfc)
		addr[5] = val % 32;
}

/* What the chip holds for a pool. */
struct fuzz_view {
	unsigned int num_macs;
	unsigned int num_vlans;
	bool has_mac;		/* the one it uses */
	bool has_vlan;		/* its port VLAN, or 0 */
	u32 vmolr;
};

static void fuzz_get_rar(unsigned int i, u8 *addr, u8 *pools)
{
	u32 high = chip_read(CARVE_RAH(i));
	u32 low = chip_read(CARVE_RAL(i));

	addr[0] = low;
	addr[1] = low >> 8;
	addr[2] = low >> 16;
	addr[3] = low >> 24;
	addr[4] = high;
	addr[5] = high >> 8;
	*pools = high & CARVE_RAH_AV ? FIELD_GET(CARVE_RAH_POOLS, high) : 0;
}

/* An address has one owner, and no VF has one that was set for another. */
static void fuzz_check_owner(const u8 *addr, unsigned int pool)
{
	unsigned int other;

	if (pool == CARVE_PF_POOL)
		return;

	fuzz_assert(is_valid_ether_addr(addr), "VF%u has no unicast address",
		    pool);
	fuzz_assert(!ether_addr_equal(addr, pf->perm_addr),
		    "VF%u has the port's address", pool);
	for (other = 0; other < CARVE_PF_MAX_VFS; other++)
		fuzz_assert(other == pool ||
			    !ether_addr_equal(addr, pf->vf[other].config.mac),
			    "VF%u has an address set for VF%u", pool, other);
}

static void fuzz_check_rar(unsigned int i, struct fuzz_view *views)
{
	unsigned int pool;
	u8 addr[ETH_ALEN];
	u8 pools;

	fuzz_get_rar(i, addr, &pools);
	fuzz_assert(hweight32(pools) <= 1, "RAR %u has owners %#x", i, pools);
	for (pool = 0; pool < CARVE_NUM_POOLS; pool++) {
		if (!(pools & BIT(pool)))
			continue;
		fuzz_check_owner(addr, pool);
		views[pool].num_macs++;
		if (pool < CARVE_PF_MAX_VFS &&
		    ether_addr_equal(addr, carve_pf_address_of(pf, pool)))
			views[pool].has_mac = true;
	}
}

static void fuzz_check_vlvf(unsigned int i, struct fuzz_view *views)
{
	u32 val = chip_read(CARVE_VLVF(i));
	u16 vid = FIELD_GET(CARVE_VLVF_VID, val);
	unsigned int pool;

	if (!(val & CARVE_VLVF_ENABLE)) {
		fuzz_assert(!FIELD_GET(CARVE_VLVF_POOLS, val),
			    "VLVF %u off with owners", i);
		return;
	}
	fuzz_assert(chip_read(CARVE_VFTA(vid / 32)) & BIT(vid % 32),
		    "VLAN %u is not in the VFTA", vid);
	for (pool = 0; pool < CARVE_PF_MAX_VFS; pool++) {
		if (!(FIELD_GET(CARVE_VLVF_POOLS, val) & BIT(pool)))
			continue;
		views[pool].num_vlans++;
		if (vid == pf->vf[pool].config.vlan)
			views[pool].has_vlan = true;
	}
}

static void fuzz_check_vmolr(unsigned int vf, u32 val)
{
	const struct carve_pf_vf_config *config = &pf->vf[vf].config;
	u32 known = CARVE_VMOLR_RLPML | CARVE_VMOLR_LPE | CARVE_VMOLR_AUPE |
		    CARVE_VMOLR_ROMPE | CARVE_VMOLR_ROPE | CARVE_VMOLR_BAM |
		    CARVE_VMOLR_MPME | CARVE_VMOLR_STRVLAN |
		    CARVE_VMOLR_RSVD_1;
	u32 size = FIELD_GET(CARVE_VMOLR_RLPML, val);

	fuzz_assert(!(val & ~known) && val & CARVE_VMOLR_RSVD_1,
		    "VF%u: VMOLR %#x", vf, val);
	fuzz_assert(size >= CARVE_PF_VF_MIN_FRAME && size <= CARVE_MAX_FRAME,
		    "VF%u: frames of %u bytes", vf, size);
	fuzz_assert(config->trusted || !(val & CARVE_VMOLR_ROPE),
		    "VF%u: promiscuous without trust", vf);
	fuzz_assert(!(val & CARVE_VMOLR_AUPE) == !!config->vlan,
		    "VF%u: untagged frames and port VLAN %u", vf,
		    config->vlan);
}

static void fuzz_check_open(unsigned int vf, const struct fuzz_view *view)
{
	const struct carve_pf_vf_config *config = &pf->vf[vf].config;
	bool port_vlan = config->vlan || config->qos;
	u16 tag = config->vlan | config->qos << 13;

	fuzz_check_vmolr(vf, view->vmolr);
	fuzz_assert(view->has_mac, "VF%u lost its address", vf);
	fuzz_assert(is_zero_ether_addr(config->mac) ||
		    ether_addr_equal(config->mac,
				     carve_pf_address_of(pf, vf)),
		    "VF%u changed the address it was set", vf);
	fuzz_assert(view->num_macs <= 1U + config->mac_quota,
		    "VF%u has %u addresses", vf, view->num_macs);
	fuzz_assert(view->num_macs == 1 || config->trusted ||
		    is_zero_ether_addr(config->mac),
		    "VF%u has addresses beside the one it was set", vf);

	fuzz_assert(view->has_vlan, "VF%u lost VLAN %u", vf, config->vlan);
	fuzz_assert(view->num_vlans <=
		    1U + (port_vlan ? 0 : config->vlan_quota),
		    "VF%u is in %u VLANs", vf, view->num_vlans);
	fuzz_assert(chip_read(CARVE_VMVIR(vf)) ==
		    (port_vlan ? CARVE_VMVIR_ALWAYS | tag : 0),
		    "VF%u: VMVIR %#x", vf, chip_read(CARVE_VMVIR(vf)));

	fuzz_assert(!(chip_read(CARVE_DTXSWC) & BIT(vf)) == !config->spoofchk,
		    "VF%u: address spoof check", vf);
	fuzz_assert(!port_vlan || chip_read(CARVE_DTXSWC) & BIT(8 + vf),
		    "VF%u: VLAN spoof check", vf);
}

static void fuzz_check_closed(unsigned int vf, const struct fuzz_view *view)
{
	fuzz_assert(!view->num_macs && !view->num_vlans,
		    "VF%u is closed and has filters", vf);
	fuzz_assert(!(chip_read(CARVE_VFRE) & BIT(vf)) &&
		    !(chip_read(CARVE_VFTE) & BIT(vf)),
		    "VF%u is closed and its pool is open", vf);
}

static void fuzz_check_vf(unsigned int vf, const struct fuzz_view *view)
{
	/* The chip closes the pool first; the rest follows in the worker. */
	if (chip_read(CARVE_VFLRE) & BIT(vf) || pf->mbx.work.pending)
		return;

	if (pf->vf[vf].control.state == CARVE_PF_VF_READY)
		fuzz_check_open(vf, view);
	else
		fuzz_check_closed(vf, view);
}

/* What is free is enough for all who have less than they can count on. */
static void fuzz_check_floors(const struct fuzz_view *views)
{
	unsigned int free = CARVE_NUM_RAR;
	unsigned int owed = 0;
	unsigned int floor;
	unsigned int pool;

	for (pool = 0; pool < CARVE_NUM_POOLS; pool++) {
		floor = pool == CARVE_PF_POOL ? CARVE_PF_MAC_FLOOR_PF :
						CARVE_PF_MAC_FLOOR_VF;
		free -= views[pool].num_macs;
		if (views[pool].num_macs < floor)
			owed += floor - views[pool].num_macs;
	}
	fuzz_assert(free >= owed, "%u addresses free, %u owed", free, owed);
}

static void fuzz_check_tables(void)
{
	struct fuzz_view views[CARVE_NUM_POOLS] = { };
	unsigned int i;

	for (i = 0; i < CARVE_NUM_RAR; i++)
		fuzz_check_rar(i, views);
	for (i = 0; i < CARVE_NUM_VLVF; i++)
		fuzz_check_vlvf(i, views);
	for (i = 0; i < pf->num_vfs; i++) {
		views[i].vmolr = chip_read(CARVE_VMOLR(i));
		fuzz_check_vf(i, &views[i]);
	}
	fuzz_check_floors(views);
	fuzz_assert(views[CARVE_PF_POOL].num_macs, "the PF lost its address");
	fuzz_assert(chip_read(CARVE_VFRE) & BIT(CARVE_PF_POOL),
		    "the PF's pool is closed");
}

/* What guests do costs the host a bounded number of answers. */
static void fuzz_check_budget(void)
{
	unsigned long passed = jiffies - fuzz_start;
	unsigned long sent;
	int vf;

	sent = FUZZ_MBX_BURST + passed * FUZZ_MBX_RATE / HZ;
	for (vf = 0; vf < FUZZ_NUM_VFS; vf++)
		fuzz_assert(fuzz_num_sent[vf] <= sent * FUZZ_MBX_FACTOR,
			    "VF%u got %u messages in %lu jiffies", vf,
			    fuzz_num_sent[vf], passed);
}

static void fuzz_check_admission(unsigned int vf, const u32 *dw)
{
	struct carve_msg msg = { .len = CARVE_MBX_RESET_REPLY_LEN };
	u8 addr[ETH_ALEN];

	/* What is almost RESET is refused like any request. */
	if (!(dw[0] & CARVE_MBX_HDR_ACK))
		return;
	fuzz_assert(!(dw[0] & CARVE_MBX_HDR_CTS), "RESET granted with CTS");
	memcpy(msg.dw, dw, msg.len * sizeof(*dw));
	carve_msg_get_mac(&msg, 1, addr);
	fuzz_assert(ether_addr_equal(addr, carve_pf_address_of(pf, vf)) &&
		    !(dw[2] >> 16), "RESET answered with a wrong address");
}

/* Each message of the PF makes sense by itself. */
static void fuzz_check_sent(unsigned int vf, const u32 *dw)
{
	u32 verdict = dw[0] & (CARVE_MBX_HDR_ACK | CARVE_MBX_HDR_NACK);
	u8 info = FIELD_GET(CARVE_MBX_HDR_INFO, dw[0]);
	u16 type = FIELD_GET(CARVE_MBX_HDR_TYPE, dw[0]);

	fuzz_num_sent[vf]++;
	fuzz_assert(pf->vf[vf].control.state != CARVE_PF_VF_QUARANTINED,
		    "message %#x to quarantined VF%u", dw[0], vf);
	fuzz_assert(vf < pf->num_vfs, "message to VF%u", vf);
	fuzz_assert(!(dw[0] & CARVE_MBX_HDR_RSVD), "header %#x", dw[0]);
	fuzz_assert(hweight32(verdict) < 2, "header %#x", dw[0]);
	if (!verdict) {
		fuzz_assert(type >= CARVE_MBX_PF_CONTROL, "news %#x", dw[0]);
		return;
	}

	if (type == CARVE_MBX_RESET)
		fuzz_check_admission(vf, dw);
	else
		fuzz_assert(!(dw[0] & CARVE_MBX_HDR_ACK) ||
			    dw[0] & CARVE_MBX_HDR_CTS,
			    "granted %#x without CTS", dw[0]);
	if (type >= CARVE_MBX_HANDSHAKE && verdict == CARVE_MBX_HDR_ACK)
		fuzz_assert(info > 1 && info <= CARVE_MBX_DWORDS,
			    "length of %#x", dw[0]);
}

static void fuzz_run_work(void)
{
	struct delayed_work *work;
	unsigned int i;

	for (i = 0; i < fuzz_num_work; i++) {
		work = fuzz_work[i];
		if (!work->pending || time_before(jiffies, work->due))
			continue;
		work->pending = false;
		work->work.func(&work->work);
	}
}

static void fuzz_pass_time(unsigned long ticks)
{
	while (ticks--) {
		jiffies++;
		fuzz_run_work();
	}
}

static void fuzz_irq(void)
{
	carve_pf_mbx_irq(pf);
	fuzz_run_work();
	fuzz_run_work();
}

static const u16 fuzz_types[] = {
	CARVE_MBX_RESET, CARVE_MBX_SET_MAC, CARVE_MBX_SET_MULTICAST,
	CARVE_MBX_SET_VLAN, CARVE_MBX_SET_LPE, CARVE_MBX_SET_PROMISC,
	CARVE_MBX_HANDSHAKE, CARVE_MBX_QUERY_CONFIG,
};

/* A message that gets past the first gates. */
static void fuzz_vf_sends(void)
{
	struct carve_msg msg = { .len = CARVE_MBX_DWORDS };
	unsigned int vf = fuzz_vf();
	u8 addr[ETH_ALEN];
	unsigned int i;

	msg.dw[0] = fuzz_types[fuzz_u8() % ARRAY_SIZE(fuzz_types)];
	msg.dw[0] |= fuzz_u8() << 16;
	if (carve_msg_type(&msg) == CARVE_MBX_SET_MAC) {
		fuzz_mac(addr);
		carve_msg_put_mac(&msg, 1, addr);
	} else {
		for (i = fuzz_u8() % CARVE_MBX_DWORDS; i; i--)
			msg.dw[i] = fuzz_u32();
	}

	for (i = 0; i < CARVE_MBX_DWORDS; i++)
		chip_vf_write_buffer(vf, i, msg.dw[i]);
	chip_vf_write_mailbox(vf, BIT(0));
	fuzz_irq();
}

static void fuzz_vf_scribbles(void)
{
	unsigned int vf = fuzz_vf();
	unsigned int i;

	for (i = fuzz_u8() % (CARVE_MBX_DWORDS + 1); i; i--)
		chip_vf_write_buffer(vf, i - 1, fuzz_u32());
	chip_vf_write_mailbox(vf, fuzz_u8());
	fuzz_irq();
}

static void fuzz_vf_races(void)
{
	unsigned int vf = fuzz_vf();

	chip_vf_race(vf, fuzz_u32());
	chip_vf_write_mailbox(vf, BIT(0));
	fuzz_irq();
	chip_vf_race(0, 0);
}

static void fuzz_vf_reads(void)
{
	chip_vf_write_mailbox(fuzz_vf(), BIT(1));
	fuzz_irq();
}

static void fuzz_vf_resets(void)
{
	chip_vf_reset(fuzz_vf());
	if (fuzz_u8() & 1)
		fuzz_irq();
}

/* As fast as it can: no time passes. */
static void fuzz_vf_floods(void)
{
	unsigned int vf = fuzz_vf();
	unsigned int num = fuzz_u8();
	u8 val = fuzz_u8();

	while (num--) {
		chip_vf_write_buffer(vf, 0, CARVE_MBX_SET_LPE);
		chip_vf_write_mailbox(vf, val);
		fuzz_irq();
	}
}

static void fuzz_time(void)
{
	unsigned long ticks = fuzz_u8();

	fuzz_pass_time(ticks & 0x80 ? (ticks & 0x7f) * 16 : ticks);
}

static void fuzz_admin(void)
{
	unsigned int vf = fuzz_vf();
	u8 addr[ETH_ALEN];
	u8 val;

	switch (fuzz_u8() % 12) {
	case 0:
		fuzz_mac(addr);
		carve_pf_provision_set_mac(pf, vf, addr);
		break;
	case 1:
		val = fuzz_u8();
		carve_pf_provision_set_vlan(pf, vf, val % 16, val >> 5);
		break;
	case 2:
		carve_pf_provision_set_rate(pf, vf, fuzz_u8() * 4);
		break;
	case 3:
		carve_pf_provision_set_spoofchk(pf, vf, fuzz_u8() & 1);
		break;
	case 4:
		carve_pf_provision_set_trust(pf, vf, fuzz_u8() & 1);
		break;
	case 5:
		carve_pf_provision_set_link_state(pf, vf, fuzz_u8() % 3);
		break;
	case 6:
		carve_pf_control_set_active(pf, vf, fuzz_u8() & 1);
		fuzz_num_lines = 0;	/* the administrator may see more */
		break;
	case 7:
		carve_pf_control_reset_vf(pf, vf);
		fuzz_num_lines = 0;
		break;
	case 8:	/* these two are the chip's word */
		carve_pf_control_stopped(pf, vf, fuzz_u8());
		break;
	case 9:
		carve_pf_control_spoofed(pf, vf);
		break;
	case 10: /* what a VF has beyond it, it may keep until it is reset */
		carve_pf_provision_set_mac_quota(pf, vf, fuzz_u8() % 16);
		carve_pf_control_reset_vf(pf, vf);
		fuzz_num_lines = 0;
		break;
	default:
		carve_pf_provision_set_vlan_quota(pf, vf, fuzz_u8() % 32);
		carve_pf_control_reset_vf(pf, vf);
		fuzz_num_lines = 0;
	}
	fuzz_run_work();
}

/* The PF's own address and VLANs, out of the same few. */
static void fuzz_pf_filters(void)
{
	u8 addr[ETH_ALEN];
	u8 val = fuzz_u8();

	switch (val % 4) {
	case 0:
		fuzz_mac(addr);
		if (is_valid_ether_addr(addr))
			carve_pf_address_set_own(pf, addr);
		break;
	case 1:
		carve_pf_vlan_add(pf, fuzz_u8() % 64, CARVE_PF_POOL);
		break;
	case 2:
		carve_pf_vlan_del(pf, fuzz_u8() % 64, CARVE_PF_POOL);
		break;
	default:
		carve_pf_vlan_set_promisc(pf, val & 4);
	}
}

static void fuzz_port(void)
{
	switch (fuzz_u8() % 4) {
	case 0:
		carve_pf_control_prepare_reset(pf, CARVE_MBX_REASON_PF_RESET);
		fuzz_run_work();
		carve_pf_mac_write_all(pf);
		carve_pf_vlan_write_all(pf);
		carve_pf_pools_write_all(pf);
		carve_pf_control_finish_reset(pf);
		break;
	case 1:
		carve_pf_control_destroy(pf);
		carve_pf_control_create(pf, FUZZ_NUM_VFS);
		fuzz_num_lines = 0;	/* of other VFs */
		break;
	default:
		fuzz_link = fuzz_u8() & 1 ? CARVE_MBX_LINK_UP |
			    CARVE_MBX_LINK_FULL | 1000 << 16 : 0;
		carve_pf_control_link_changed(pf);
	}
	fuzz_run_work();
}

/* Those that are more interesting more often. */
static void (* const fuzz_deeds[])(void) = {
	fuzz_vf_sends, fuzz_vf_sends, fuzz_vf_sends, fuzz_vf_sends,
	fuzz_vf_scribbles, fuzz_vf_races, fuzz_vf_reads, fuzz_vf_resets,
	fuzz_time, fuzz_admin, fuzz_admin, fuzz_pf_filters, fuzz_port,
	fuzz_vf_floods,
};

static void fuzz_init(void)
{
	static const u8 addr[ETH_ALEN] = { 0x00, 0x1b, 0x21, 0x00, 0x00, 0x01 };
	struct carve_pf_pool own = {
		.rx = true,
		.tx = true,
		.untagged = true,
		.broadcast = true,
		.max_frame = CARVE_MAX_FRAME,
	};

	if (!fuzz_netdev)
		fuzz_netdev = malloc(sizeof(*fuzz_netdev) + sizeof(*pf));
	memset(fuzz_netdev, 0, sizeof(*fuzz_netdev) + sizeof(*pf));
	pf = netdev_priv(fuzz_netdev);
	chip_init(fuzz_check_sent);
	/* Wraps in the midst of it all, as in the kernel. */
	jiffies = -8UL * HZ;
	fuzz_start = jiffies;
	fuzz_num_lines = 0;
	fuzz_num_work = 0;
	memset(fuzz_num_sent, 0, sizeof(fuzz_num_sent));
	fuzz_link = CARVE_MBX_LINK_UP | CARVE_MBX_LINK_FULL | 1000 << 16;

	pf->nic.netdev = fuzz_netdev;
	ether_addr_copy(pf->perm_addr, addr);
	mutex_init(&pf->lock);
	carve_pf_mac_init(pf);
	carve_pf_vlan_init(pf);
	carve_pf_pools_init(pf, 0);
	carve_pf_provision_init(pf);
	carve_pf_monitor_init(pf);
	carve_pf_control_init(pf);
	carve_pf_mbx_init(pf);
	carve_pf_mac_set_own(pf, addr);
	carve_pf_vlan_write_all(pf);
	carve_pf_pools_write_all(pf);
	carve_pf_pool_set(pf, CARVE_PF_POOL, &own);
	carve_pf_control_create(pf, FUZZ_NUM_VFS);
	fuzz_run_work();
}

static void fuzz_check(void)
{
	mutex_lock(&pf->lock);
	fuzz_check_tables();
	fuzz_check_budget();
	mutex_unlock(&pf->lock);
}

int LLVMFuzzerTestOneInput(const u8 *input, size_t size);

int LLVMFuzzerTestOneInput(const u8 *input, size_t size)
{
	fuzz_input = input;
	fuzz_left = size;
	fuzz_init();

	while (fuzz_left) {
		fuzz_deeds[fuzz_u8() % ARRAY_SIZE(fuzz_deeds)]();
		fuzz_pass_time(1);
		fuzz_check();
	}
	/* Whoever waits is served in the end. */
	fuzz_pass_time(HZ);
	fuzz_check();
	carve_pf_control_destroy(pf);
	carve_pf_mbx_fini(pf);

	return 0;
}
