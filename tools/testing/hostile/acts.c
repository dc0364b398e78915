// SPDX-License-Identifier: GPL-2.0
/*
 * What a malicious guest does, one function each. Counts, durations and the
 * seed are given, so that every run is the same and ends.
 *
 * Copyright (C) 2026 Carve developers
 */
#include <endian.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "acts.h"

#define ARRAY_SIZE(a)		(sizeof(a) / sizeof((a)[0]))

/* Layout of the memory that the VF may use. */
#define ACT_TX_RING		0x0000
#define ACT_RX_RING		0x1000
#define ACT_TX_FRAME		0x2000
#define ACT_RX_FRAMES		0x4000
#define ACT_NUM_DESC		64
#define ACT_FRAME_SIZE		2048

/* Recognisable in a register. */
#define ACT_MARK		0x5a5a0000U

/* Advanced descriptors. */
#define ACT_TXD_EOP		BIT(24)
#define ACT_TXD_IFCS		BIT(25)
#define ACT_TXD_RS		BIT(27)
#define ACT_TXD_DATA		(3U << 20)
#define ACT_TXD_DEXT		BIT(29)
#define ACT_TXD_PAYLEN_SHIFT	14
#define ACT_RXD_DD		BIT(0)
#define ACT_SRRCTL_2K		2U
#define ACT_SRRCTL_ONEBUF	BIT(25)

struct act_desc {
	uint64_t addr;
	uint32_t low;
	uint32_t high;
};

#define ACT_WORDS_PATIENCE_MS	20

/* Frames that listen() reports; more are only counted. */
#define ACT_MAX_HEARD		64
#define ACT_HEARD_BYTES		96

static uint64_t act_state;

void acts_seed(uint64_t seed)
{
	act_state = seed ?: 1;
}

/* xorshift64*, upper half */
static uint32_t act_random(void)
{
	act_state ^= act_state >> 12;
	act_state ^= act_state << 25;
	act_state ^= act_state >> 27;

	return (act_state * 0x2545f4914f6cdd1dULL) >> 32;
}

static uint32_t act_pick(const uint32_t *from, unsigned int num)
{
	return from[act_random() % num];
}

/* Is it time to end: @end has come, or there is something else to do. */
static bool act_is_over(uint64_t end)
{
	struct pollfd in = { .fd = STDIN_FILENO, .events = POLLIN };

	return vf_now_ms() >= end || poll(&in, 1, 0) > 0;
}

static void act_print_msg(const struct vf_msg *msg)
{
	unsigned int i;

	printf("[");
	for (i = 0; i < msg->len; i++)
		printf("%s%u", i ? "," : "", msg->dw[i]);
	printf("]");
}

static void act_reset(struct vf *vf, int argc, char **argv)
{
	struct vf_msg reply = { .len = 0 };
	bool ok = vf_reset(vf, &reply);

	printf(",\"ok\":%s,\"reply\":", ok ? "true" : "false");
	act_print_msg(&reply);
}

static void act_parse_msg(char *text, struct vf_msg *msg)
{
	char *word;

	msg->len = 0;
	for (word = strtok(text, ","); word && msg->len < CARVE_MBX_DWORDS;
	     word = strtok(NULL, ","))
		msg->dw[msg->len++] = strtoul(word, NULL, 16);
}

static void act_ask(struct vf *vf, int argc, char **argv)
{
	struct vf_msg reply;
	struct vf_msg req;
	int i;

	printf(",\"replies\":[");
	for (i = 0; i < argc; i++) {
		act_parse_msg(argv[i], &req);
		printf("%s", i ? "," : "");
		if (vf_ask(vf, &req, &reply))
			act_print_msg(&reply);
		else
			printf("null");
	}
	printf("]");
}

/* The first ones are requests, the others no VF should send. */
#define ACT_NUM_REQUESTS	8

static const uint32_t act_types[] = {
	CARVE_MBX_RESET, CARVE_MBX_SET_MAC, CARVE_MBX_SET_MULTICAST,
	CARVE_MBX_SET_VLAN, CARVE_MBX_SET_LPE, CARVE_MBX_SET_PROMISC,
	CARVE_MBX_HANDSHAKE, CARVE_MBX_QUERY_CONFIG, CARVE_MBX_PF_CONTROL,
	CARVE_MBX_LINK_STATE, CARVE_MBX_RESET_NOTICE,
	CARVE_MBX_CONFIG_CHANGED, 0x0000, 0x0007, 0x001f, 0x0022, 0x7fff,
	0xffff,
};

static void act_words(struct vf *vf, int argc, char **argv)
{
	unsigned int patience_ms = vf->patience_ms;
	unsigned int num = atoi(argv[0]);
	unsigned int answered = 0;
	struct vf_msg reply;
	struct vf_msg req;
	unsigned int i;
	unsigned int n;

	/* Most of it is not answered. */
	vf->patience_ms = ACT_WORDS_PATIENCE_MS;
	for (n = 0; n < num && !act_is_over(UINT64_MAX); n++) {
		req.len = CARVE_MBX_DWORDS;
		for (i = 0; i < req.len; i++)
			req.dw[i] = act_random();
		/* Half of them get further than the type. */
		if (act_random() & 1) {
			req.dw[0] &= ~CARVE_MBX_HDR_TYPE;
			req.dw[0] |= act_pick(act_types,
					      ARRAY_SIZE(act_types));
		}
		switch (act_random() % 8) {
		case 0:
			answered += vf_ask(vf, &req, &reply);
			break;
		case 1:
			vf_wr32(vf, VF_MAILBOX, act_random());
			break;
		default:
			vf_post(vf, &req);
		}
	}
	vf->patience_ms = patience_ms;
	vf_wr32(vf, VF_MAILBOX, 0);
	printf(",\"sent\":%u,\"answered\":%u", n, answered);
}

static const uint32_t act_extreme[] = {
	0x00000000, 0x00000001, 0x0000003f, 0x00000040, 0x00000fff, 0x00001000,
	0x00002600, 0x00002601, 0x00003fff, 0x00004000, 0x00007fff, 0x0000ffff,
	0x00010000, 0x00012600, 0x7fffffff, 0x80000000, 0x80000040, 0xfffffffe,
	0xffffffff,
};

/* The first ones are what drivers send. */
#define ACT_NUM_USUAL_INFOS	4

static const uint32_t act_infos[] = {
	0x00, 0x01, 0x02, 0x03, 0x08, 0x10, 0x1e, 0x1f, 0x7f, 0x80, 0x9f, 0xff,
};

/* All arguments where the PF gets as far as to look at them. */
static unsigned int act_num_arguments(unsigned int type, unsigned int info)
{
	return type < ACT_NUM_REQUESTS && info < ACT_NUM_USUAL_INFOS ?
	       ARRAY_SIZE(act_extreme) : 1;
}

/*
 * A VF that lost its right to speak gets it back, so that no request is refused
 * for that alone.
 */
static void act_extreme_request(struct vf *vf, uint32_t hdr, unsigned int arg,
				unsigned int *count)
{
	struct vf_msg reply;
	struct vf_msg req;
	unsigned int d;

	req.dw[0] = hdr;
	req.len = CARVE_MBX_DWORDS;
	for (d = 1; d < req.len; d++)
		req.dw[d] = act_extreme[(arg + d * d) %
					ARRAY_SIZE(act_extreme)];
	if (!vf_ask(vf, &req, &reply)) {
		count[2]++;
		vf_reset(vf, &reply);
		return;
	}
	count[!!(reply.dw[0] & CARVE_MBX_HDR_ACK)]++;
	if (!(reply.dw[0] & CARVE_MBX_HDR_CTS))
		vf_reset(vf, &reply);
}

/* Every action with every INFO and every argument. */
static void act_extremes(struct vf *vf, int argc, char **argv)
{
	unsigned int count[3] = { };	/* refused, granted, no answer */
	unsigned int t;
	unsigned int i;
	unsigned int a;

	for (t = 0; t < ARRAY_SIZE(act_types); t++)
		for (i = 0; i < ARRAY_SIZE(act_infos); i++)
			for (a = 0; a < act_num_arguments(t, i); a++)
				act_extreme_request(vf, act_types[t] |
						    act_infos[i] << 16, a,
						    count);
	printf(",\"refused\":%u,\"granted\":%u,\"silent\":%u", count[0],
	       count[1], count[2]);
}

/* Takes the mailbox, with a request in it, and doesn't give it back. */
static void act_hold(struct vf *vf, int argc, char **argv)
{
	uint64_t end = vf_now_ms() + atoi(argv[0]);
	unsigned int had = 0;
	unsigned int num = 0;

	vf_lock(vf);
	vf_wr32(vf, VF_VMBMEM(0), CARVE_MBX_SET_LPE);
	do {
		vf_wr32(vf, VF_MAILBOX, VF_MAILBOX_VFU | VF_MAILBOX_REQ);
		had += !!(vf_rd32(vf, VF_MAILBOX) & VF_MAILBOX_VFU);
		num++;
		vf_sleep_us(200);
	} while (!act_is_over(end));
	vf_wr32(vf, VF_MAILBOX, 0);
	printf(",\"tries\":%u,\"had\":%u", num, had);
}

static void act_storm(struct vf *vf, unsigned int ms, uint32_t val)
{
	uint64_t end = vf_now_ms() + ms;
	unsigned int num = 0;
	int i;

	do {
		for (i = 0; i < 64; i++) {
			/* Or the PF would find its own answer there. */
			vf_wr32(vf, VF_VMBMEM(0), CARVE_MBX_SET_LPE);
			vf_wr32(vf, VF_MAILBOX, val);
		}
		num += i;
		/* Leaves the PF some of a busy machine, to be kept busy. */
		vf_sleep_us(100);
	} while (!act_is_over(end));
	vf_wr32(vf, VF_MAILBOX, 0);
	printf(",\"events\":%u", num);
}

static void act_requests(struct vf *vf, int argc, char **argv)
{
	act_storm(vf, atoi(argv[0]), VF_MAILBOX_REQ);
}

static void act_acks(struct vf *vf, int argc, char **argv)
{
	act_storm(vf, atoi(argv[0]), VF_MAILBOX_ACK);
}

static void act_rst(struct vf *vf, int argc, char **argv)
{
	int num = atoi(argv[0]);
	int i;

	for (i = 0; i < num; i++)
		vf_wr32(vf, VF_CTRL, VF_CTRL_RST);
}

/* Resets itself, and switches its queues on while the PF wants them to stop. */
static void act_fight(struct vf *vf, int argc, char **argv)
{
	uint64_t end = vf_now_ms() + atoi(argv[0]);
	unsigned int num = 0;
	unsigned int q;
	int i;

	do {
		vf_wr32(vf, VF_CTRL, VF_CTRL_RST);
		for (i = 0; i < 1000; i++)
			for (q = 0; q < VF_NUM_QUEUES; q++) {
				vf_wr32(vf, VF_RXQ(q) + VF_Q_DCTL,
					VF_Q_DCTL_ENABLE);
				vf_wr32(vf, VF_TXQ(q) + VF_Q_DCTL,
					VF_Q_DCTL_ENABLE);
			}
		num++;
	} while (!act_is_over(end));
	printf(",\"resets\":%u", num);
}

/* Resets itself as often as it can, and asks to be let in each time. */
static void act_resets(struct vf *vf, int argc, char **argv)
{
	int num = atoi(argv[0]);
	struct vf_msg reply;
	int ok = 0;
	int i;

	for (i = 0; i < num; i++)
		ok += vf_reset(vf, &reply);
	printf(",\"admitted\":%u", ok);
}

static void act_flr(struct vf *vf, int argc, char **argv)
{
	int num = argc ? atoi(argv[0]) : 1;
	int i;

	for (i = 0; i < num; i++)
		vfio_flr(&vf->dev);
	vf->seen = 0;
}

static uint64_t act_random_addr(void)
{
	switch (act_random() % 4) {
	case 0:
		return VFIO_IOVA + act_random() % VFIO_MEM_SIZE;
	case 1:	/* the host's memory, were it not for the IOMMU */
		return act_random() & 0x7fffffff;
	case 2:	/* interrupts are sent there */
		return 0xfee00000UL | (act_random() & 0xfffff);
	default:
		return (uint64_t)act_random() << 32 | act_random();
	}
}

static void act_garbage_ring(struct vf *vf, unsigned int regs)
{
	static const uint32_t lens[] = {
		0, 16, 120, 128, 1024, 4096, 65536, 65552, 0xfffff, 0xffffffff,
	};
	uint64_t addr = act_random_addr();

	vf_wr32(vf, regs + VF_Q_BAL, addr);
	vf_wr32(vf, regs + VF_Q_BAH, addr >> 32);
	vf_wr32(vf, regs + VF_Q_LEN, act_pick(lens, ARRAY_SIZE(lens)));
	vf_wr32(vf, regs + VF_Q_CTL, act_random());
	vf_wr32(vf, regs + VF_Q_H, act_random() & 0xffff);
}

/* Rings nowhere, of any length, with tails and write-backs anywhere. */
static void act_rings(struct vf *vf, int argc, char **argv)
{
	unsigned int num = atoi(argv[0]);
	unsigned int regs;
	unsigned int n;
	unsigned int i;
	uint64_t addr;

	/* Descriptors that are garbage, too, where a ring is readable. */
	for (i = 0; i < VFIO_MEM_SIZE; i += 4)
		*(uint32_t *)(vf->dev.mem + i) = act_random();

	for (n = 0; n < num; n++) {
		regs = VF_RXQ(n % VF_NUM_QUEUES);
		act_garbage_ring(vf, regs);
		vf_wr32(vf, regs + VF_Q_SRRCTL, act_random());
		vf_wr32(vf, regs + VF_Q_DCTL, act_random() | VF_Q_DCTL_ENABLE);
		vf_wr32(vf, regs + VF_Q_T, act_random() & 0xffff);

		regs = VF_TXQ(n % VF_NUM_QUEUES);
		act_garbage_ring(vf, regs);
		addr = act_random_addr();
		vf_wr32(vf, regs + VF_Q_TDWBAL, addr | 1);
		vf_wr32(vf, regs + VF_Q_TDWBAH, addr >> 32);
		vf_wr32(vf, regs + VF_Q_DCTL, act_random() | VF_Q_DCTL_ENABLE);
		vf_wr32(vf, regs + VF_Q_T, act_random() & 0xff);
		vf_wr32(vf, regs + VF_Q_T, act_random());
	}
	printf(",\"rounds\":%u", num);
}

/* Writes anything anywhere in the BAR. */
static void act_scribble(struct vf *vf, int argc, char **argv)
{
	unsigned int num = atoi(argv[0]);
	unsigned int n;

	for (n = 0; n < num; n++)
		vf_wr32(vf, act_random() % vf->dev.regs_size & ~3U,
			act_random());
	vf_wr32(vf, VF_MAILBOX, 0);
	printf(",\"writes\":%u", num);
}

/* Raises its own interrupts, with nobody to take them. */
static void act_interrupts(struct vf *vf, int argc, char **argv)
{
	uint64_t end = vf_now_ms() + atoi(argv[0]);
	unsigned int num = 0;
	int i;

	for (i = 0; i < 3; i++)
		vf_wr32(vf, VF_EITR(i), 0);
	vf_wr32(vf, VF_EIMS, 7);
	vf_wr32(vf, VF_EIAC, 7);
	do {
		for (i = 0; i < 64; i++)
			vf_wr32(vf, VF_EICS, act_random());
		num += i;
	} while (!act_is_over(end));
	printf(",\"events\":%u", num);
}

/* Leaves a mark in every register that a next owner could inherit. */
static void act_squat(struct vf *vf, int argc, char **argv)
{
	unsigned int q;

	for (q = 0; q < VF_NUM_QUEUES; q++) {
		vf_wr32(vf, VF_RXQ(q) + VF_Q_BAL, ACT_MARK);
		vf_wr32(vf, VF_RXQ(q) + VF_Q_BAH, ACT_MARK);
		vf_wr32(vf, VF_RXQ(q) + VF_Q_LEN, 4096);
		vf_wr32(vf, VF_RXQ(q) + VF_Q_SRRCTL,
			ACT_SRRCTL_ONEBUF | ACT_SRRCTL_2K);
		vf_wr32(vf, VF_RXQ(q) + VF_Q_CTL, ACT_MARK);
		vf_wr32(vf, VF_RXQ(q) + VF_Q_DCTL, VF_Q_DCTL_ENABLE);
		vf_wr32(vf, VF_TXQ(q) + VF_Q_BAL, ACT_MARK);
		vf_wr32(vf, VF_TXQ(q) + VF_Q_BAH, ACT_MARK);
		vf_wr32(vf, VF_TXQ(q) + VF_Q_LEN, 4096);
		vf_wr32(vf, VF_TXQ(q) + VF_Q_CTL, ACT_MARK);
		vf_wr32(vf, VF_TXQ(q) + VF_Q_TDWBAL, ACT_MARK | 1);
		vf_wr32(vf, VF_TXQ(q) + VF_Q_TDWBAH, ACT_MARK);
		vf_wr32(vf, VF_TXQ(q) + VF_Q_DCTL, VF_Q_DCTL_ENABLE);
	}
	vf_wr32(vf, VF_PSRTYPE, ACT_MARK);
	vf_wr32(vf, VF_IVAR, 0x80818082);
	vf_wr32(vf, VF_IVAR_MISC, 0x80);
}

static uint64_t act_iova(unsigned int offset)
{
	return VFIO_IOVA + offset;
}

static unsigned int act_parse_frame(struct vf *vf, const char *hex)
{
	uint8_t *frame = vf->dev.mem + ACT_TX_FRAME;
	unsigned int len;

	for (len = 0; len < ACT_FRAME_SIZE && hex[2 * len]; len++)
		if (sscanf(hex + 2 * len, "%2hhx", &frame[len]) != 1)
			break;

	return len;
}

/* Sends a frame some times on one of its queues, as a driver would. */
static void act_send(struct vf *vf, int argc, char **argv)
{
	struct act_desc *ring = (void *)(vf->dev.mem + ACT_TX_RING);
	unsigned int regs = VF_TXQ(atoi(argv[0]) % VF_NUM_QUEUES);
	unsigned int num = atoi(argv[1]) % ACT_NUM_DESC;
	unsigned int len = act_parse_frame(vf, argv[2]);
	uint64_t end = vf_now_ms() + 1000;
	unsigned int i;

	memset(ring, 0, ACT_NUM_DESC * sizeof(*ring));
	for (i = 0; i < num; i++) {
		ring[i].addr = htole64(act_iova(ACT_TX_FRAME));
		ring[i].low = htole32(ACT_TXD_EOP | ACT_TXD_IFCS | ACT_TXD_RS |
				      ACT_TXD_DATA | ACT_TXD_DEXT | len);
		ring[i].high = htole32(len << ACT_TXD_PAYLEN_SHIFT);
	}
	vf_wr32(vf, regs + VF_Q_DCTL, 0);
	vf_wr32(vf, regs + VF_Q_BAL, act_iova(ACT_TX_RING));
	vf_wr32(vf, regs + VF_Q_BAH, act_iova(ACT_TX_RING) >> 32);
	vf_wr32(vf, regs + VF_Q_LEN, ACT_NUM_DESC * sizeof(*ring));
	vf_wr32(vf, regs + VF_Q_TDWBAL, 0);
	vf_wr32(vf, regs + VF_Q_H, 0);
	vf_wr32(vf, regs + VF_Q_T, 0);
	vf_wr32(vf, regs + VF_Q_DCTL, VF_Q_DCTL_ENABLE);
	vf_wr32(vf, regs + VF_Q_T, num);

	while (vf_rd32(vf, regs + VF_Q_H) != num && vf_now_ms() < end)
		vf_sleep_us(1000);
	printf(",\"head\":%u", vf_rd32(vf, regs + VF_Q_H));
}

static void act_start_rx(struct vf *vf)
{
	struct act_desc *ring = (void *)(vf->dev.mem + ACT_RX_RING);
	unsigned int regs = VF_RXQ(0);
	unsigned int i;

	for (i = 0; i < ACT_NUM_DESC; i++) {
		ring[i].addr = htole64(act_iova(ACT_RX_FRAMES +
						i * ACT_FRAME_SIZE));
		ring[i].low = 0;
		ring[i].high = 0;
	}
	vf_wr32(vf, regs + VF_Q_DCTL, 0);
	vf_wr32(vf, regs + VF_Q_BAL, act_iova(ACT_RX_RING));
	vf_wr32(vf, regs + VF_Q_BAH, act_iova(ACT_RX_RING) >> 32);
	vf_wr32(vf, regs + VF_Q_LEN, ACT_NUM_DESC * sizeof(*ring));
	vf_wr32(vf, regs + VF_Q_SRRCTL, ACT_SRRCTL_ONEBUF | ACT_SRRCTL_2K);
	vf_wr32(vf, regs + VF_Q_H, 0);
	vf_wr32(vf, regs + VF_Q_DCTL, VF_Q_DCTL_ENABLE);
	vf_wr32(vf, regs + VF_Q_T, ACT_NUM_DESC - 1);
}

/* Starts to receive; heard() tells what came. */
static void act_listen(struct vf *vf, int argc, char **argv)
{
	act_start_rx(vf);
}

static void act_heard(struct vf *vf, int argc, char **argv)
{
	volatile struct act_desc *ring = (void *)(vf->dev.mem + ACT_RX_RING);
	unsigned int len;
	unsigned int i;
	unsigned int n;

	printf(",\"frames\":[");
	for (i = 0; i < ACT_MAX_HEARD && ring[i].low & htole32(ACT_RXD_DD);
	     i++) {
		len = le32toh(ring[i].high) & 0xffff;
		printf("%s\"", i ? "," : "");
		for (n = 0; n < len && n < ACT_HEARD_BYTES; n++)
			printf("%02x", vf->dev.mem[ACT_RX_FRAMES +
						   i * ACT_FRAME_SIZE + n]);
		printf("\"");
	}
	printf("]");
	act_start_rx(vf);
}

static void act_patience(struct vf *vf, int argc, char **argv)
{
	vf->patience_ms = argc ? atoi(argv[0]) : VF_PATIENCE_MS;
}

/* Ends what takes a number of milliseconds. */
static void act_stop(struct vf *vf, int argc, char **argv)
{
}

static void act_master(struct vf *vf, int argc, char **argv)
{
	vfio_set_master(&vf->dev, atoi(argv[0]));
}

static void act_read(struct vf *vf, int argc, char **argv)
{
	unsigned int reg = strtoul(argv[0], NULL, 16) % vf->dev.regs_size;

	printf(",\"value\":%u", vf_rd32(vf, reg & ~3U));
}

static void act_write(struct vf *vf, int argc, char **argv)
{
	unsigned int reg = strtoul(argv[0], NULL, 16) % vf->dev.regs_size;

	vf_wr32(vf, reg & ~3U, strtoul(argv[1], NULL, 16));
}

const struct act acts[] = {
	{ "reset", "", 0, act_reset },
	{ "ask", "HEX[,HEX...]...", 1, act_ask },
	{ "words", "MESSAGES", 1, act_words },
	{ "extremes", "", 0, act_extremes },
	{ "hold", "MS", 1, act_hold },
	{ "requests", "MS", 1, act_requests },
	{ "acks", "MS", 1, act_acks },
	{ "rst", "TIMES", 1, act_rst },
	{ "fight", "MS", 1, act_fight },
	{ "resets", "TIMES", 1, act_resets },
	{ "flr", "[TIMES]", 0, act_flr },
	{ "rings", "ROUNDS", 1, act_rings },
	{ "scribble", "WRITES", 1, act_scribble },
	{ "interrupts", "MS", 1, act_interrupts },
	{ "stop", "", 0, act_stop },
	{ "patience", "[MS]", 0, act_patience },
	{ "squat", "", 0, act_squat },
	{ "send", "QUEUE TIMES HEX", 3, act_send },
	{ "listen", "", 0, act_listen },
	{ "heard", "", 0, act_heard },
	{ "master", "0|1", 1, act_master },
	{ "read", "HEX", 1, act_read },
	{ "write", "HEX HEX", 2, act_write },
};

const unsigned int num_acts = ARRAY_SIZE(acts);
