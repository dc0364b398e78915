/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Counts what VFs do wrong.
 *
 * Copyright (C) 2026 Carve developers
 */
#ifndef _CARVE_PF_MONITOR_H
#define _CARVE_PF_MONITOR_H

#include <linux/types.h>

struct carve_pf;

/* Why a request was refused or an event noted; one counter each. */
enum carve_pf_monitor_event {
	CARVE_PF_MON_NONE,
	CARVE_PF_MON_BAD_TYPE,		/* unknown action */
	CARVE_PF_MON_BAD_LENGTH,
	CARVE_PF_MON_RESERVED_BITS,
	CARVE_PF_MON_BAD_VERSION,	/* action not negotiated */
	CARVE_PF_MON_BAD_ARGUMENT,
	CARVE_PF_MON_NO_CTS,		/* request before RESET */
	CARVE_PF_MON_NOT_TRUSTED,
	CARVE_PF_MON_ADMIN_MAC,		/* address set by the administrator */
	CARVE_PF_MON_MAC_IN_USE,
	CARVE_PF_MON_PORT_VLAN,		/* VLAN request under a port VLAN */
	CARVE_PF_MON_MAC_QUOTA,
	CARVE_PF_MON_VLAN_QUOTA,
	CARVE_PF_MON_MAC_TABLE_FULL,
	CARVE_PF_MON_VLAN_TABLE_FULL,
	CARVE_PF_MON_BUDGET,		/* served later: too many requests */
	CARVE_PF_MON_MBX_STUCK,		/* held the mailbox */
	CARVE_PF_MON_RESETS,		/* FLR, CTRL.RST or RESET */
	CARVE_PF_MON_QUEUE_STUCK,	/* a queue did not stop at a reset */
	CARVE_PF_MON_NUM_EVENTS,
};

/**
 * struct carve_pf_vf_monitor - what one VF did
 * @count: by event, since the PF driver was bound
 * @quiet_until: by event, jiffies before which no line is logged; 0: none was
 *
 * carve_pf.lock.
 */
struct carve_pf_vf_monitor {
	u64 count[CARVE_PF_MON_NUM_EVENTS];
	unsigned long quiet_until[CARVE_PF_MON_NUM_EVENTS];
};

/**
 * carve_pf_monitor_note() - count an event of a VF
 * @pf: the port
 * @vf: VF
 * @event: what
 * @value: what the VF asked for, or 0: goes into the log line
 *
 * Logs it too, at most one line per VF and event every few seconds. Caller
 * holds carve_pf.lock.
 */
void carve_pf_monitor_note(struct carve_pf *pf, unsigned int vf,
			   enum carve_pf_monitor_event event, u32 value);

#endif /* _CARVE_PF_MONITOR_H */
