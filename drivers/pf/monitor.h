/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Counts what VFs do wrong, and says when it is enough.
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
	CARVE_PF_MON_QUEUE_SLOW,	/* queues took long to stop at a reset */
	CARVE_PF_MON_QUEUE_STUCK,	/* one did not stop */
	CARVE_PF_MON_MALICIOUS,		/* the chip stopped it: bad descriptor */
	CARVE_PF_MON_SPOOF,		/* the chip dropped a foreign source */
	CARVE_PF_MON_NUM_EVENTS,
};

/* Groups of events for which a VF can be cut off. */
enum carve_pf_offence {
	CARVE_PF_OFFENCE_NONE,
	CARVE_PF_OFFENCE_FLOOD,		/* more requests than are served */
	CARVE_PF_OFFENCE_MALFORMED,	/* requests no driver makes */
	CARVE_PF_OFFENCE_RESETS,
	CARVE_PF_OFFENCE_STUCK,		/* keeps its mailbox locked */
	CARVE_PF_OFFENCE_QUEUES,	/* keeps its queues from stopping */
	CARVE_PF_OFFENCE_MALICIOUS,
	CARVE_PF_OFFENCE_SPOOF,
	CARVE_PF_NUM_OFFENCES,
};

/**
 * struct carve_pf_monitor - when it is enough
 * @limit: by offence, events within CARVE_PF_MONITOR_WINDOW_S; 0: never
 *
 * carve_pf.lock.
 */
struct carve_pf_monitor {
	u32 limit[CARVE_PF_NUM_OFFENCES];
};

#define CARVE_PF_MONITOR_WINDOW_S	10

/**
 * struct carve_pf_monitor_window - events of one kind of offence
 * @end: jiffies at which counting starts anew; meaningless while @count is 0
 * @count: events so far
 */
struct carve_pf_monitor_window {
	unsigned long end;
	u32 count;
};

/**
 * struct carve_pf_vf_monitor - what one VF did
 * @count: by event, since the PF driver was bound
 * @quiet_until: by event, jiffies before which no line is logged; 0: none was
 * @window: by offence
 * @convicted: the offence whose limit was reached, till it is pardoned
 * @last_refusal: the last event that was a refused request
 * @last_value: what was asked for
 * @last_time: when, seconds since 1970
 *
 * carve_pf.lock.
 */
struct carve_pf_vf_monitor {
	u64 count[CARVE_PF_MON_NUM_EVENTS];
	unsigned long quiet_until[CARVE_PF_MON_NUM_EVENTS];
	struct carve_pf_monitor_window window[CARVE_PF_NUM_OFFENCES];
	enum carve_pf_offence convicted;
	enum carve_pf_monitor_event last_refusal;
	u32 last_value;
	time64_t last_time;
};

/**
 * carve_pf_monitor_init() - default limits
 * @pf: the port
 */
void carve_pf_monitor_init(struct carve_pf *pf);

/**
 * carve_pf_monitor_set_limit() - set when it is enough
 * @pf: the port
 * @offence: of what
 * @limit: events within CARVE_PF_MONITOR_WINDOW_S; 0: never
 *
 * Takes carve_pf.lock.
 */
void carve_pf_monitor_set_limit(struct carve_pf *pf,
				enum carve_pf_offence offence, u32 limit);

/**
 * carve_pf_monitor_note() - count an event of a VF
 * @pf: the port
 * @vf: VF
 * @event: what
 * @value: what the VF asked for, or 0: goes into the log line
 *
 * Logs it too, at most one line per VF and event every few seconds. When a
 * limit is reached carve_pf_monitor_verdict() says so; nothing else happens
 * here, in the middle of a request. Of a device that is gone nothing is noted.
 * Caller holds carve_pf.lock.
 */
void carve_pf_monitor_note(struct carve_pf *pf, unsigned int vf,
			   enum carve_pf_monitor_event event, u32 value);

/**
 * carve_pf_monitor_verdict() - has a VF done enough to be cut off
 * @pf: the port
 * @vf: VF
 *
 * Caller holds carve_pf.lock.
 *
 * Return: the first offence whose limit was reached, CARVE_PF_OFFENCE_NONE: no.
 */
enum carve_pf_offence carve_pf_monitor_verdict(struct carve_pf *pf,
					       unsigned int vf);

/**
 * carve_pf_monitor_pardon() - count a VF's offences from zero
 * @pf: the port
 * @vf: VF
 *
 * The counters of events stay. Caller holds carve_pf.lock.
 */
void carve_pf_monitor_pardon(struct carve_pf *pf, unsigned int vf);

/**
 * carve_pf_monitor_is_refusal() - is an event a refused request
 * @event: the event
 *
 * Return: true if so.
 */
bool carve_pf_monitor_is_refusal(enum carve_pf_monitor_event event);

/**
 * carve_pf_monitor_event_name() - an event's name for users
 * @event: the event
 *
 * Return: the name, as in Documentation/devlink.rst.
 */
const char *carve_pf_monitor_event_name(enum carve_pf_monitor_event event);

/**
 * carve_pf_monitor_offence_name() - an offence's name for users
 * @offence: the offence
 *
 * Return: the name, as in Documentation/devlink.rst.
 */
const char *carve_pf_monitor_offence_name(enum carve_pf_offence offence);

#endif /* _CARVE_PF_MONITOR_H */
