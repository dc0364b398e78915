// SPDX-License-Identifier: GPL-2.0
/*
 * Typed requests to the PF: encodes and decodes messages, owns no state.
 * Called by handshake.c, settings.c and rx_mode.c with carve_vf.lock held, which
 * keeps requests that belong together from mixing.
 *
 * Copyright (C) 2026 Carve developers
 */
#include <carve/mbx.h>

#include "request.h"
#include "vf.h"

/* The chip gives a VF two queue pairs. */
#define VF_REQUEST_QUEUE_PAIRS_MAX	2

/*
 * A PF that knows the VF says so by CTS in every answer; it refuses without
 * CTS when the VF has to start over. The answer to RESET never has it.
 */
static int vf_request_verdict(u32 hdr)
{
	if (!(hdr & CARVE_MBX_HDR_NACK))
		return 0;
	if (hdr & CARVE_MBX_HDR_CTS)
		return -EACCES;
	if (FIELD_GET(CARVE_MBX_HDR_TYPE, hdr) == CARVE_MBX_RESET)
		return -EACCES;
	return -ENOTCONN;
}

static int vf_request(struct carve_vf *vf, const struct carve_msg *req,
		      struct carve_msg *reply, u8 reply_len)
{
	int err;

	lockdep_assert_held(&vf->lock);

	err = carve_vf_mbx_transact(&vf->mbx, req, reply, reply_len);
	if (err)
		return err;

	err = vf_request_verdict(reply->dw[0]);
	if (err == -EACCES)
		vf->counters.refused++;
	return err;
}

/* For actions whose answer is the header alone. */
static int vf_request_plain(struct carve_vf *vf, const struct carve_msg *req)
{
	struct carve_msg reply;

	return vf_request(vf, req, &reply, 1);
}

int carve_vf_request_reset(struct carve_vf *vf, u8 *mac)
{
	struct carve_msg reply, req;
	int err;

	eth_zero_addr(mac);
	carve_msg_init(&req, CARVE_MBX_RESET, CARVE_MBX_RESET_LEN);
	err = vf_request(vf, &req, &reply, CARVE_MBX_RESET_REPLY_LEN);
	/* igb lets a VF in for which it has no address, with a NACK. */
	if (err == -EACCES)
		return 0;
	if (err)
		return err;

	carve_msg_get_mac(&reply, 1, mac);
	if (!is_valid_ether_addr(mac))
		eth_zero_addr(mac);
	return 0;
}

/* An answer to HANDSHAKE that makes no sense counts as ABI 1.0. */
static void vf_request_parse_handshake(const struct carve_msg *reply,
				       u32 *version, u32 *caps)
{
	*version = CARVE_MBX_VERSION_BASE;
	*caps = 0;

	if (carve_msg_info(reply) != CARVE_MBX_HANDSHAKE_REPLY_LEN)
		return;
	if (reply->dw[1] <= CARVE_MBX_VERSION_BASE ||
	    reply->dw[1] > CARVE_MBX_VERSION_LATEST)
		return;

	*version = reply->dw[1];
	*caps = reply->dw[2] & CARVE_MBX_CAP_ALL;
}

int carve_vf_request_handshake(struct carve_vf *vf, u32 *version, u32 *caps)
{
	struct carve_msg reply, req;
	int err;

	carve_msg_init(&req,
		       carve_msg_hdr_v1_1(CARVE_MBX_HANDSHAKE,
					  CARVE_MBX_HANDSHAKE_LEN),
		       CARVE_MBX_HANDSHAKE_LEN);
	req.dw[1] = CARVE_MBX_VERSION_LATEST;
	req.dw[2] = CARVE_MBX_CAP_ALL;

	err = vf_request(vf, &req, &reply, CARVE_MBX_HANDSHAKE_REPLY_LEN);
	if (err == -EACCES || err == -ETIMEDOUT) {
		*version = CARVE_MBX_VERSION_BASE;
		*caps = 0;
		return 0;
	}
	if (err)
		return err;

	vf_request_parse_handshake(&reply, version, caps);
	return 0;
}

static int vf_request_parse_config(const struct carve_msg *reply,
				   struct carve_vf_config *config)
{
	u16 pairs;

	if (carve_msg_info(reply) != CARVE_MBX_QUERY_CONFIG_REPLY_LEN)
		return -EPROTO;
	pairs = FIELD_GET(CARVE_MBX_CONFIG_QUEUE_PAIRS, reply->dw[2]);
	if (!pairs || pairs > VF_REQUEST_QUEUE_PAIRS_MAX)
		return -EPROTO;

	config->flags = reply->dw[1];
	config->max_frame = FIELD_GET(CARVE_MBX_CONFIG_MAX_FRAME,
				      reply->dw[2]);
	config->mac_quota = FIELD_GET(CARVE_MBX_CONFIG_MAC_QUOTA,
				      reply->dw[3]);
	config->vlan_quota = FIELD_GET(CARVE_MBX_CONFIG_VLAN_QUOTA,
				       reply->dw[3]);
	config->rate = reply->dw[4];
	config->link = reply->dw[5];
	carve_msg_get_mac(reply, 6, config->mac);
	if (!is_valid_ether_addr(config->mac))
		eth_zero_addr(config->mac);

	return 0;
}

int carve_vf_request_config(struct carve_vf *vf, struct carve_vf_config *config)
{
	struct carve_msg reply, req;
	int err;

	carve_msg_init(&req,
		       carve_msg_hdr_v1_1(CARVE_MBX_QUERY_CONFIG,
					  CARVE_MBX_QUERY_CONFIG_LEN),
		       CARVE_MBX_QUERY_CONFIG_LEN);
	err = vf_request(vf, &req, &reply, CARVE_MBX_QUERY_CONFIG_REPLY_LEN);
	if (err)
		return err;

	return vf_request_parse_config(&reply, config);
}

static int vf_request_mac(struct carve_vf *vf, u8 subaction, const u8 *addr)
{
	struct carve_msg req;

	carve_msg_init(&req,
		       FIELD_PREP(CARVE_MBX_HDR_TYPE, CARVE_MBX_SET_MAC) |
		       FIELD_PREP(CARVE_MBX_HDR_INFO, subaction),
		       CARVE_MBX_SET_MAC_LEN);
	carve_msg_put_mac(&req, 1, addr);

	return vf_request_plain(vf, &req);
}

int carve_vf_request_set_mac(struct carve_vf *vf, const u8 *addr)
{
	return vf_request_mac(vf, CARVE_MBX_SET_MAC_PRIMARY, addr);
}

int carve_vf_request_clear_macs(struct carve_vf *vf)
{
	/* igb wants a valid address although it has no use for it. */
	return vf_request_mac(vf, CARVE_MBX_SET_MAC_CLEAR,
			      vf->nic.netdev->dev_addr);
}

int carve_vf_request_add_mac(struct carve_vf *vf, const u8 *addr)
{
	return vf_request_mac(vf, CARVE_MBX_SET_MAC_ADD, addr);
}

/* Hashes are 16-bit fields from dword 1 on, the lower half first. */
static void vf_request_put_hashes(struct carve_msg *req, const u16 *hashes,
				  unsigned int num)
{
	unsigned int i;

	for (i = 0; i < num; i++)
		req->dw[1 + i / 2] |= (u32)hashes[i] << (i % 2 ? 16 : 0);
}

int carve_vf_request_multicast(struct carve_vf *vf, const u16 *hashes,
			       unsigned int num, bool all)
{
	struct carve_msg req;

	carve_msg_init(&req,
		       FIELD_PREP(CARVE_MBX_HDR_TYPE, CARVE_MBX_SET_MULTICAST) |
		       FIELD_PREP(CARVE_MBX_MC_COUNT, num) |
		       FIELD_PREP(CARVE_MBX_MC_OVERFLOW, all),
		       1 + DIV_ROUND_UP(num, 2));
	vf_request_put_hashes(&req, hashes, num);

	return vf_request_plain(vf, &req);
}

int carve_vf_request_vlan(struct carve_vf *vf, u16 vid, bool add)
{
	struct carve_msg req;

	carve_msg_init(&req,
		       FIELD_PREP(CARVE_MBX_HDR_TYPE, CARVE_MBX_SET_VLAN) |
		       FIELD_PREP(CARVE_MBX_HDR_INFO,
				  add ? CARVE_MBX_SET_VLAN_ADD : 0),
		       CARVE_MBX_SET_VLAN_LEN);
	req.dw[1] = FIELD_PREP(CARVE_MBX_SET_VLAN_VID, vid);

	return vf_request_plain(vf, &req);
}

int carve_vf_request_max_frame(struct carve_vf *vf, u16 max_frame)
{
	struct carve_msg req;

	carve_msg_init(&req, CARVE_MBX_SET_LPE, CARVE_MBX_SET_LPE_LEN);
	req.dw[1] = max_frame;

	return vf_request_plain(vf, &req);
}

int carve_vf_request_promisc(struct carve_vf *vf, bool on)
{
	u32 hdr = CARVE_MBX_SET_PROMISC;
	struct carve_msg req;

	if (on)
		hdr |= CARVE_MBX_PROMISC_UC | CARVE_MBX_PROMISC_MC;
	carve_msg_init(&req, hdr, CARVE_MBX_SET_PROMISC_LEN);

	return vf_request_plain(vf, &req);
}

#if IS_ENABLED(CONFIG_CARVE_KUNIT_TEST)
#include "tests/request_kunit.c"
#endif
