/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Answers what VFs ask: a table of actions, each with version, length,
 * reserved bits and handler. Touches no register.
 *
 * Copyright (C) 2026 Carve developers
 */
#ifndef _CARVE_PF_SERVICE_H
#define _CARVE_PF_SERVICE_H

#include <linux/types.h>

#include <carve/mbx.h>

struct carve_pf;

/*
 * What the PF tells a VF unasked, most urgent first. Each VF gets it in the
 * form its driver understands, or not at all.
 */
enum carve_pf_notice {
	CARVE_PF_NOTICE_RESET,		/* start over with RESET */
	CARVE_PF_NOTICE_CONFIG,		/* something of QUERY_CONFIG changed */
	CARVE_PF_NOTICE_LINK,		/* the link as it sees it */
	CARVE_PF_NOTICE_ALIVE,		/* for ABI 1.0: the PF talks to it */
};

/**
 * struct carve_pf_vf_service - what was agreed with a VF's driver
 * @cts: the VF has done RESET and may send
 * @version: CARVE_MBX_VERSION(), BASE until a handshake
 * @caps: CARVE_MBX_CAP_* granted
 * @reset_reason: why it was asked to start over, enum carve_mbx_reset_reason
 * @no_nack_until: jiffies before which it gets no NACK for a request without
 *	CTS; 0: never got one
 *
 * carve_pf.lock.
 */
struct carve_pf_vf_service {
	bool cts;
	u32 version;
	u32 caps;
	u32 reset_reason;
	unsigned long no_nack_until;
};

/* The caller of all of these holds carve_pf.lock. */

/**
 * carve_pf_service_forget() - a VF was reset: nothing is agreed any more
 * @pf: the port
 * @vf: VF
 */
void carve_pf_service_forget(struct carve_pf *pf, unsigned int vf);

/**
 * carve_pf_service_revoke() - make a VF start over
 * @pf: the port
 * @vf: VF
 * @reason: for a VF that understands it
 *
 * All it asks is refused from now on. Send it CARVE_PF_NOTICE_RESET, for
 * which what was agreed is remembered.
 */
void carve_pf_service_revoke(struct carve_pf *pf, unsigned int vf,
			     enum carve_mbx_reset_reason reason);

/**
 * carve_pf_service_length() - dwords of a VF's message
 * @hdr: its dword 0
 *
 * Return: how many mean something, at least 1.
 */
unsigned int carve_pf_service_length(u32 hdr);

/**
 * carve_pf_service_is_reset() - is a message RESET, the one before all others
 * @req: the message
 *
 * Return: true if so.
 */
bool carve_pf_service_is_reset(const struct carve_msg *req);

/**
 * carve_pf_service_admit() - answer RESET
 * @pf: the port
 * @vf: VF
 * @ok: it was reset and is let in
 * @reply: filled
 */
void carve_pf_service_admit(struct carve_pf *pf, unsigned int vf, bool ok,
			    struct carve_msg *reply);

/**
 * carve_pf_service_handle() - answer any other message
 * @pf: the port
 * @vf: who sent it
 * @req: the message, as received
 * @reply: filled when there is an answer
 *
 * Return: true when @reply is to be sent.
 */
bool carve_pf_service_handle(struct carve_pf *pf, unsigned int vf,
			     const struct carve_msg *req,
			     struct carve_msg *reply);

/**
 * carve_pf_service_acked() - a VF has read a message of the PF
 * @pf: the port
 * @vf: VF
 * @reply: filled when there is something to say to that
 *
 * A VF without CTS that reads has missed a reset. A NACK makes igbvf start
 * over, and nothing else does.
 *
 * Return: true when @reply is to be sent.
 */
bool carve_pf_service_acked(struct carve_pf *pf, unsigned int vf,
			    struct carve_msg *reply);

/**
 * carve_pf_service_notice() - build a message that nobody asked for
 * @pf: the port
 * @vf: VF
 * @notice: enum carve_pf_notice
 * @msg: filled
 *
 * Return: false when this VF shall not get it.
 */
bool carve_pf_service_notice(struct carve_pf *pf, unsigned int vf,
			     unsigned int notice, struct carve_msg *msg);

/**
 * carve_pf_service_takes_config() - is a VF told of changes of its settings
 * @pf: the port
 * @vf: VF
 *
 * Return: true when its driver agreed to CARVE_MBX_CAP_CONFIG.
 */
bool carve_pf_service_takes_config(struct carve_pf *pf, unsigned int vf);

#endif /* _CARVE_PF_SERVICE_H */
