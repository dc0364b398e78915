// SPDX-License-Identifier: GPL-2.0
/*
 * Answers what VFs ask. Owns struct carve_pf_vf_service; carve_pf.lock. Called
 * by control.c, on behalf of the mailbox worker, with the one copy of a message
 * there is. Every request passes the same gates, in this order: may the VF
 * send at all, is the action known, its length, reserved bits, version; then
 * the handler: trust, ownership, quota. Each refusal is counted under its
 * own name. Touches no register.
 *
 * Copyright (C) 2026 Carve developers
 */
#include <linux/array_size.h>
#include <linux/bitfield.h>
#include <linux/etherdevice.h>
#include <linux/jiffies.h>
#include <linux/minmax.h>
#include <linux/string.h>

#include "address.h"
#include "asked.h"
#include "pf.h"
#include "service.h"

/* A VF that talks too early gets one NACK in this time, as from igb. */
#define PF_SERVICE_NACK_INTERVAL	(2 * HZ)

/* In dword 2 of a message with an address. */
#define PF_SERVICE_MAC_RSVD		GENMASK(31, 16)

/**
 * struct pf_action - one request a VF can make
 * @type: CARVE_MBX_*
 * @version: the first version that has it
 * @caps: capabilities that must have been agreed on
 * @len: dwords; of an action of version 1.0 that is all there is to know,
 *	later ones carry their length
 * @info: bits of INFO that may be set; 0 and unused since version 1.1
 * @denied: event to count when the VF has no right to it
 * @over_quota: event to count when its quota is used up
 * @table_full: event to count when there is no room beyond others' floors
 * @rsvd: reserved bits of the last dword
 * @handle: does it. Fills in the payload of the reply and its length, if there
 *	is one. Returns 0 or the refusal, see asked.h
 */
struct pf_action {
	u16 type;
	u32 version;
	u32 caps;
	u8 len;
	u32 info;
	u32 rsvd;
	enum carve_pf_monitor_event denied;
	enum carve_pf_monitor_event over_quota;
	enum carve_pf_monitor_event table_full;
	int (*handle)(struct carve_pf *pf, unsigned int vf,
		      const struct carve_msg *req, struct carve_msg *reply);
};

static struct carve_pf_vf_service *pf_pick_service(struct carve_pf *pf,
						   unsigned int vf)
{
	lockdep_assert_held(&pf->lock);

	return &pf->vf[vf].service;
}

static int pf_handle_set_mac(struct carve_pf *pf, unsigned int vf,
			     const struct carve_msg *req,
			     struct carve_msg *reply)
{
	u8 addr[ETH_ALEN];

	carve_msg_get_mac(req, 1, addr);
	/* igbvf looks for the subaction in the answer. */
	reply->dw[0] |= req->dw[0] & CARVE_MBX_HDR_INFO;

	switch (carve_msg_info(req)) {
	case CARVE_MBX_SET_MAC_PRIMARY:
		return carve_pf_asked_set_mac(pf, vf, addr);
	case CARVE_MBX_SET_MAC_CLEAR:
		carve_pf_asked_clear_macs(pf, vf);
		return 0;
	case CARVE_MBX_SET_MAC_ADD:
		return carve_pf_asked_add_mac(pf, vf, addr);
	default:
		return -EINVAL;
	}
}

static int pf_handle_set_multicast(struct carve_pf *pf, unsigned int vf,
				   const struct carve_msg *req,
				   struct carve_msg *reply)
{
	u32 num = FIELD_GET(CARVE_MBX_MC_COUNT, req->dw[0]);
	u16 hashes[CARVE_MBX_MC_MAX];
	unsigned int i;

	if (num > CARVE_MBX_MC_MAX)
		return -EINVAL;

	for (i = 0; i < num; i++)
		hashes[i] = req->dw[1 + i / 2] >> (i % 2 ? 16 : 0);
	carve_pf_asked_set_multicast(pf, vf, hashes, num,
				     req->dw[0] & CARVE_MBX_MC_OVERFLOW);

	return 0;
}

static int pf_handle_set_vlan(struct carve_pf *pf, unsigned int vf,
			      const struct carve_msg *req,
			      struct carve_msg *reply)
{
	u16 vid = FIELD_GET(CARVE_MBX_SET_VLAN_VID, req->dw[1]);

	if (carve_msg_info(req) == CARVE_MBX_SET_VLAN_ADD)
		return carve_pf_asked_add_vlan(pf, vf, vid);

	carve_pf_asked_del_vlan(pf, vf, vid);
	return 0;
}

static int pf_handle_set_lpe(struct carve_pf *pf, unsigned int vf,
			     const struct carve_msg *req,
			     struct carve_msg *reply)
{
	return carve_pf_asked_set_max_frame(pf, vf, req->dw[1]);
}

static int pf_handle_set_promisc(struct carve_pf *pf, unsigned int vf,
				 const struct carve_msg *req,
				 struct carve_msg *reply)
{
	return carve_pf_asked_set_promisc(pf, vf,
					  req->dw[0] & CARVE_MBX_PROMISC_UC,
					  req->dw[0] & CARVE_MBX_PROMISC_MC);
}

static void pf_reply_v1_1(struct carve_msg *reply, u8 len)
{
	reply->dw[0] |= FIELD_PREP(CARVE_MBX_HDR_INFO, len);
	reply->len = len;
}

/*
 * The highest version both speak, or 0. The newer side speaks the older one's
 * language.
 */
static u32 pf_negotiate_version(u32 wanted)
{
	/* No driver is of version 0.x, nor of any before the first. */
	if (wanted < CARVE_MBX_VERSION_BASE)
		return 0;
	/* A newer VF, of this major version or a later one: ours. */
	if (wanted > CARVE_MBX_VERSION_LATEST)
		return CARVE_MBX_VERSION_LATEST;
	/* An older VF, or one of our age: its own. */
	return wanted;
}

static int pf_handle_handshake(struct carve_pf *pf, unsigned int vf,
			       const struct carve_msg *req,
			       struct carve_msg *reply)
{
	struct carve_pf_vf_service *service = pf_pick_service(pf, vf);
	u32 version = pf_negotiate_version(req->dw[1]);

	if (!version)
		return -EINVAL;

	service->version = version;
	/* All capabilities there are came with 1.1. */
	service->caps = version > CARVE_MBX_VERSION_BASE ?
			req->dw[2] & CARVE_MBX_CAP_ALL : 0;

	pf_reply_v1_1(reply, CARVE_MBX_HANDSHAKE_REPLY_LEN);
	reply->dw[1] = service->version;
	reply->dw[2] = service->caps;

	return 0;
}

static u32 pf_config_flags(struct carve_pf *pf, unsigned int vf)
{
	const struct carve_pf_vf_config *config = &pf->vf[vf].config;
	u32 flags = 0;

	if (config->trusted)
		flags |= CARVE_MBX_CONFIG_TRUSTED;
	if (carve_pf_provision_has_port_vlan(pf, vf))
		flags |= CARVE_MBX_CONFIG_PORT_VLAN;
	if (!is_zero_ether_addr(config->mac))
		flags |= CARVE_MBX_CONFIG_ADMIN_MAC;
	if (config->spoofchk)
		flags |= CARVE_MBX_CONFIG_SPOOFCHK;

	return flags;
}

static int pf_handle_query_config(struct carve_pf *pf, unsigned int vf,
				  const struct carve_msg *req,
				  struct carve_msg *reply)
{
	const struct carve_pf_vf_config *config = &pf->vf[vf].config;
	bool port_vlan = carve_pf_provision_has_port_vlan(pf, vf);
	u16 macs = 0;

	if (carve_pf_address_may_have_further(pf, vf))
		macs = min_t(u16, config->mac_quota, CARVE_PF_VF_MAX_MACS);

	pf_reply_v1_1(reply, CARVE_MBX_QUERY_CONFIG_REPLY_LEN);
	reply->dw[1] = pf_config_flags(pf, vf);
	/* One queue pair: a second transmit queue can't reach the others'. */
	reply->dw[2] = FIELD_PREP(CARVE_MBX_CONFIG_QUEUE_PAIRS, 1) |
		       FIELD_PREP(CARVE_MBX_CONFIG_MAX_FRAME,
				  CARVE_MAX_FRAME -
				  (port_vlan ? VLAN_HLEN : 0));
	reply->dw[3] = FIELD_PREP(CARVE_MBX_CONFIG_MAC_QUOTA, macs) |
		       FIELD_PREP(CARVE_MBX_CONFIG_VLAN_QUOTA,
				  port_vlan ? 0 : config->vlan_quota);
	reply->dw[4] = config->max_tx_rate;
	reply->dw[5] = carve_pf_provision_link(pf, vf);
	carve_msg_put_mac(reply, 6, carve_pf_address_of(pf, vf));

	return 0;
}

static const struct pf_action pf_actions[] = {
	{
		.type = CARVE_MBX_SET_MAC,
		.version = CARVE_MBX_VERSION_BASE,
		.len = CARVE_MBX_SET_MAC_LEN,
		.info = CARVE_MBX_HDR_INFO,
		.rsvd = PF_SERVICE_MAC_RSVD,
		.denied = CARVE_PF_MON_ADMIN_MAC,
		.over_quota = CARVE_PF_MON_MAC_QUOTA,
		.table_full = CARVE_PF_MON_MAC_TABLE_FULL,
		.handle = pf_handle_set_mac,
	},
	{
		.type = CARVE_MBX_SET_MULTICAST,
		.version = CARVE_MBX_VERSION_BASE,
		.len = CARVE_MBX_DWORDS,
		.info = CARVE_MBX_MC_COUNT | CARVE_MBX_MC_OVERFLOW,
		.handle = pf_handle_set_multicast,
	},
	{
		.type = CARVE_MBX_SET_VLAN,
		.version = CARVE_MBX_VERSION_BASE,
		.len = CARVE_MBX_SET_VLAN_LEN,
		.info = FIELD_PREP_CONST(CARVE_MBX_HDR_INFO,
					 CARVE_MBX_SET_VLAN_ADD),
		.denied = CARVE_PF_MON_PORT_VLAN,
		.over_quota = CARVE_PF_MON_VLAN_QUOTA,
		.table_full = CARVE_PF_MON_VLAN_TABLE_FULL,
		.handle = pf_handle_set_vlan,
	},
	{
		.type = CARVE_MBX_SET_LPE,
		.version = CARVE_MBX_VERSION_BASE,
		.len = CARVE_MBX_SET_LPE_LEN,
		.handle = pf_handle_set_lpe,
	},
	{
		.type = CARVE_MBX_SET_PROMISC,
		.version = CARVE_MBX_VERSION_BASE,
		.len = CARVE_MBX_SET_PROMISC_LEN,
		.info = CARVE_MBX_PROMISC_UC | CARVE_MBX_PROMISC_MC,
		.denied = CARVE_PF_MON_NOT_TRUSTED,
		.handle = pf_handle_set_promisc,
	},
	{
		/* Of 1.1, but it is how 1.1 is reached. */
		.type = CARVE_MBX_HANDSHAKE,
		.version = CARVE_MBX_VERSION_BASE,
		.len = CARVE_MBX_HANDSHAKE_LEN,
		.handle = pf_handle_handshake,
	},
	{
		.type = CARVE_MBX_QUERY_CONFIG,
		.version = CARVE_MBX_VERSION(1, 1),
		.caps = CARVE_MBX_CAP_CONFIG,
		.len = CARVE_MBX_QUERY_CONFIG_LEN,
		.handle = pf_handle_query_config,
	},
};

static const struct pf_action *pf_find_action(u16 type)
{
	int i;

	for (i = 0; i < ARRAY_SIZE(pf_actions); i++)
		if (pf_actions[i].type == type)
			return &pf_actions[i];

	return NULL;
}

/* Types from HANDSHAKE on came with 1.1 and carry their length. */
static bool pf_action_has_length(const struct pf_action *action)
{
	return action->type >= CARVE_MBX_HANDSHAKE;
}

unsigned int carve_pf_service_length(u32 hdr)
{
	u16 type = FIELD_GET(CARVE_MBX_HDR_TYPE, hdr);
	const struct pf_action *action;
	u32 num;

	if (type == CARVE_MBX_SET_MULTICAST) {
		num = FIELD_GET(CARVE_MBX_MC_COUNT, hdr);
		return min(1 + DIV_ROUND_UP(num, 2), CARVE_MBX_DWORDS);
	}

	action = pf_find_action(type);
	return action ? action->len : 1;
}

static enum carve_pf_monitor_event
pf_check_request(const struct carve_pf_vf_service *service,
		 const struct pf_action *action, const struct carve_msg *req)
{
	u32 info = action->info;

	if (pf_action_has_length(action)) {
		if (carve_msg_info(req) != action->len)
			return CARVE_PF_MON_BAD_LENGTH;
		info = CARVE_MBX_HDR_INFO;
	}

	if (req->dw[0] & ~(CARVE_MBX_HDR_TYPE | info))
		return CARVE_PF_MON_RESERVED_BITS;
	if (action->rsvd && req->dw[action->len - 1] & action->rsvd)
		return CARVE_PF_MON_RESERVED_BITS;

	if (service->version < action->version ||
	    (service->caps & action->caps) != action->caps)
		return CARVE_PF_MON_BAD_VERSION;

	return CARVE_PF_MON_NONE;
}

/* What to count for an error of a handler. */
static enum carve_pf_monitor_event
pf_event_of_error(const struct pf_action *action, int err)
{
	switch (err) {
	case 0:
		return CARVE_PF_MON_NONE;
	case -EPERM:
		return action->denied;
	case -EADDRINUSE:
		return CARVE_PF_MON_MAC_IN_USE;
	case -EDQUOT:
		return action->over_quota;
	case -ENOSPC:
		return action->table_full;
	default:
		return CARVE_PF_MON_BAD_ARGUMENT;
	}
}

static enum carve_pf_monitor_event pf_do_request(struct carve_pf *pf,
						 unsigned int vf,
						 const struct carve_msg *req,
						 struct carve_msg *reply)
{
	const struct pf_action *action = pf_find_action(carve_msg_type(req));
	enum carve_pf_monitor_event event;

	/* A RESET with nothing else in its header does not come here. */
	if (carve_msg_type(req) == CARVE_MBX_RESET)
		return CARVE_PF_MON_RESERVED_BITS;
	if (!action)
		return CARVE_PF_MON_BAD_TYPE;
	event = pf_check_request(pf_pick_service(pf, vf), action, req);
	if (event)
		return event;

	return pf_event_of_error(action, action->handle(pf, vf, req, reply));
}

/* Once in a while only: igbvf resets itself at each of them. */
static bool pf_may_nack(struct carve_pf_vf_service *service)
{
	if (service->no_nack_until &&
	    time_before(jiffies, service->no_nack_until))
		return false;

	/* Never 0, which says that there was none yet. */
	service->no_nack_until = (jiffies + PF_SERVICE_NACK_INTERVAL) | 1;
	return true;
}

bool carve_pf_service_is_reset(const struct carve_msg *req)
{
	return req->dw[0] == CARVE_MBX_RESET;
}

void carve_pf_service_admit(struct carve_pf *pf, unsigned int vf, bool ok,
			    struct carve_msg *reply)
{
	struct carve_pf_vf_service *service = pf_pick_service(pf, vf);

	service->cts = ok;
	carve_msg_init(reply, CARVE_MBX_RESET, CARVE_MBX_RESET_REPLY_LEN);
	if (!ok) {
		reply->dw[0] |= CARVE_MBX_HDR_NACK;
		/* Which the VF takes for igb's, so tell it at its next word. */
		service->no_nack_until = 0;
		return;
	}
	reply->dw[0] |= CARVE_MBX_HDR_ACK;
	carve_msg_put_mac(reply, 1, carve_pf_address_of(pf, vf));
}

bool carve_pf_service_handle(struct carve_pf *pf, unsigned int vf,
			     const struct carve_msg *req,
			     struct carve_msg *reply)
{
	struct carve_pf_vf_service *service = pf_pick_service(pf, vf);
	bool reset = carve_msg_type(req) == CARVE_MBX_RESET;
	enum carve_pf_monitor_event event;

	/* Our own answer, still lying there. */
	if (req->dw[0] & (CARVE_MBX_HDR_ACK | CARVE_MBX_HDR_NACK))
		return false;

	carve_msg_init(reply, carve_msg_type(req),
		       reset ? CARVE_MBX_RESET_REPLY_LEN : 1);
	if (!service->cts) {
		carve_pf_monitor_note(pf, vf, CARVE_PF_MON_NO_CTS, req->dw[0]);
		reply->dw[0] |= CARVE_MBX_HDR_NACK;
		return pf_may_nack(service);
	}

	event = pf_do_request(pf, vf, req, reply);
	if (event) {
		carve_pf_monitor_note(pf, vf, event, req->dw[0]);
		reply->dw[0] |= CARVE_MBX_HDR_NACK;
	} else {
		reply->dw[0] |= CARVE_MBX_HDR_ACK;
	}
	/* Drivers compare the answer to RESET with one value. */
	if (!reset)
		reply->dw[0] |= CARVE_MBX_HDR_CTS;

	return true;
}

bool carve_pf_service_acked(struct carve_pf *pf, unsigned int vf,
			    struct carve_msg *reply)
{
	struct carve_pf_vf_service *service = pf_pick_service(pf, vf);

	if (service->cts || !pf_may_nack(service))
		return false;

	carve_msg_init(reply, CARVE_MBX_HDR_NACK, 1);
	return true;
}

static void pf_build_reset_notice(const struct carve_pf_vf_service *service,
				  struct carve_msg *msg)
{
	if (!(service->caps & CARVE_MBX_CAP_RESET_NOTICE)) {
		/* Exactly this, without CTS, is what DPDK looks for. */
		carve_msg_init(msg, CARVE_MBX_PF_CONTROL, 1);
		return;
	}

	carve_msg_init(msg, carve_msg_hdr_v1_1(CARVE_MBX_RESET_NOTICE,
					       CARVE_MBX_RESET_NOTICE_LEN),
		       CARVE_MBX_RESET_NOTICE_LEN);
	msg->dw[1] = service->reset_reason;
}

static void pf_build_link_state(struct carve_pf *pf, unsigned int vf,
				struct carve_msg *msg)
{
	carve_msg_init(msg, CARVE_MBX_HDR_CTS |
		       carve_msg_hdr_v1_1(CARVE_MBX_LINK_STATE,
					  CARVE_MBX_LINK_STATE_LEN),
		       CARVE_MBX_LINK_STATE_LEN);
	msg->dw[1] = carve_pf_provision_link(pf, vf);
}

bool carve_pf_service_notice(struct carve_pf *pf, unsigned int vf,
			     unsigned int notice, struct carve_msg *msg)
{
	const struct carve_pf_vf_service *service = pf_pick_service(pf, vf);
	bool takes_link = service->caps & CARVE_MBX_CAP_LINK_STATE;

	/* Only one thing is said to a VF that has to start over. */
	if (notice == CARVE_PF_NOTICE_RESET ? service->cts : !service->cts)
		return false;

	switch (notice) {
	case CARVE_PF_NOTICE_RESET:
		pf_build_reset_notice(service, msg);
		return true;
	case CARVE_PF_NOTICE_CONFIG:
		carve_msg_init(msg, CARVE_MBX_HDR_CTS |
			       carve_msg_hdr_v1_1(CARVE_MBX_CONFIG_CHANGED,
						  CARVE_MBX_CONFIG_CHANGED_LEN),
			       CARVE_MBX_CONFIG_CHANGED_LEN);
		return service->caps & CARVE_MBX_CAP_CONFIG;
	case CARVE_PF_NOTICE_LINK:
		if (takes_link) {
			pf_build_link_state(pf, vf, msg);
			return true;
		}
		fallthrough;
	case CARVE_PF_NOTICE_ALIVE:
		/* Makes igbvf look at STATUS and believe what it says. */
		carve_msg_init(msg, CARVE_MBX_HDR_CTS | CARVE_MBX_PF_CONTROL,
			       1);
		return !takes_link;
	default:
		return false;
	}
}

bool carve_pf_service_takes_config(struct carve_pf *pf, unsigned int vf)
{
	return pf_pick_service(pf, vf)->caps & CARVE_MBX_CAP_CONFIG;
}

void carve_pf_service_forget(struct carve_pf *pf, unsigned int vf)
{
	*pf_pick_service(pf, vf) = (struct carve_pf_vf_service) {
		.version = CARVE_MBX_VERSION_BASE,
		.no_nack_until = (jiffies + PF_SERVICE_NACK_INTERVAL) | 1,
	};
}

void carve_pf_service_revoke(struct carve_pf *pf, unsigned int vf,
			     enum carve_mbx_reset_reason reason)
{
	struct carve_pf_vf_service *service = pf_pick_service(pf, vf);

	service->cts = false;
	service->reset_reason = reason;
	/*
	 * A legacy VF is reset by the NACK that follows its reading the
	 * notice; one that understands the notice needs none.
	 */
	service->no_nack_until = 0;
	if (service->caps & CARVE_MBX_CAP_RESET_NOTICE)
		service->no_nack_until = (jiffies +
					  PF_SERVICE_NACK_INTERVAL) | 1;
}

#if IS_ENABLED(CONFIG_CARVE_KUNIT_TEST)
#include "tests/service_kunit.c"
#endif
