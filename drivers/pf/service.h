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

/**
 * struct carve_pf_vf_service - what was agreed with a VF's driver
 * @cts: the VF has done RESET and may send
 * @version: CARVE_MBX_VERSION(), BASE until a handshake
 * @caps: CARVE_MBX_CAP_* granted
 *
 * carve_pf.lock.
 */
struct carve_pf_vf_service {
	bool cts;
	u32 version;
	u32 caps;
};

/**
 * carve_pf_service_forget() - a VF was reset: nothing is agreed any more
 * @pf: the port
 * @vf: VF
 */
void carve_pf_service_forget(struct carve_pf *pf, unsigned int vf);

/**
 * carve_pf_service_handle() - answer one message
 * @pf: the port
 * @vf: who sent it
 * @req: the message, as received
 * @reply: filled when there is an answer
 *
 * Caller holds carve_pf.lock.
 *
 * Return: true when @reply is to be sent.
 */
bool carve_pf_service_handle(struct carve_pf *pf, unsigned int vf,
			     const struct carve_msg *req,
			     struct carve_msg *reply);

#endif /* _CARVE_PF_SERVICE_H */
