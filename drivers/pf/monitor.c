// SPDX-License-Identifier: GPL-2.0
/*
 * Counts what VFs do wrong and tells the operator, with moderation: whatever
 * a guest does, it gets one line per kind of event every few seconds. Also
 * knows how much is too much; control.c acts on it. Owns struct
 * carve_pf_vf_monitor and struct carve_pf_monitor; carve_pf.lock. Called by all
 * that deals with VFs.
 *
 * Copyright (C) 2026 Carve developers
 */
#include <linux/jiffies.h>
#include <linux/lockdep.h>
#include <linux/pci.h>
#include <linux/string.h>
#include <linux/timekeeping.h>
#include <carve/io.h>

#include "monitor.h"
#include "pf.h"

#define PF_MONITOR_LOG_INTERVAL		(10 * HZ)

/* What happened and what the operator can do; NULL: not worth a line. */
static const char * const pf_monitor_text[CARVE_PF_MON_NUM_EVENTS] = {
	[CARVE_PF_MON_BAD_TYPE] =
		"request of an unknown type; check the VF's driver",
	[CARVE_PF_MON_BAD_LENGTH] =
		"request of wrong length; check the VF's driver",
	[CARVE_PF_MON_RESERVED_BITS] =
		"request with reserved bits set; check the VF's driver",
	[CARVE_PF_MON_BAD_VERSION] =
		"request of a version not agreed on; check the VF's driver",
	[CARVE_PF_MON_BAD_ARGUMENT] =
		"request with an invalid value; check the VF's driver",
	[CARVE_PF_MON_NOT_TRUSTED] =
		"unicast promiscuous mode refused; 'ip link set ... vf ... trust on' allows it",
	[CARVE_PF_MON_ADMIN_MAC] =
		"address change refused, the administrator set the address; set it with 'ip link set ... vf ... mac'",
	[CARVE_PF_MON_MAC_IN_USE] =
		"address refused, another function uses it; give the VF another one",
	[CARVE_PF_MON_PORT_VLAN] =
		"VLAN refused, the VF is bound to a port VLAN; 'ip link set ... vf ... vlan 0' frees it",
	[CARVE_PF_MON_MAC_QUOTA] =
		"further address refused, its quota is used up",
	[CARVE_PF_MON_VLAN_QUOTA] =
		"further VLAN refused, its quota is used up",
	[CARVE_PF_MON_MAC_TABLE_FULL] =
		"further address refused, the rest of the table is kept for other functions",
	[CARVE_PF_MON_VLAN_TABLE_FULL] =
		"further VLAN refused, the rest of the table is kept for other functions",
	[CARVE_PF_MON_BUDGET] =
		"too many requests, served more slowly; check its owner",
	[CARVE_PF_MON_MBX_STUCK] =
		"keeps its mailbox locked; reset the VF or its guest",
	[CARVE_PF_MON_QUEUE_SLOW] =
		"its queues took long to stop; check its driver",
	[CARVE_PF_MON_QUEUE_STUCK] =
		"a queue does not stop, the VF stays closed; reset the PF",
	[CARVE_PF_MON_MALICIOUS] =
		"stopped by the chip for a descriptor it may not use, the VF was reset; check its driver",
	[CARVE_PF_MON_SPOOF] =
		"sent frames from an address or VLAN that is not its own, they were dropped; 'ip link set ... vf ... spoofchk off' allows it",
};

static const char * const pf_event_names[CARVE_PF_MON_NUM_EVENTS] = {
	[CARVE_PF_MON_NONE]		= "none",
	[CARVE_PF_MON_BAD_TYPE]		= "bad_type",
	[CARVE_PF_MON_BAD_LENGTH]	= "bad_length",
	[CARVE_PF_MON_RESERVED_BITS]	= "reserved_bits",
	[CARVE_PF_MON_BAD_VERSION]	= "bad_version",
	[CARVE_PF_MON_BAD_ARGUMENT]	= "bad_argument",
	[CARVE_PF_MON_NO_CTS]		= "before_reset",
	[CARVE_PF_MON_NOT_TRUSTED]	= "not_trusted",
	[CARVE_PF_MON_ADMIN_MAC]	= "admin_mac",
	[CARVE_PF_MON_MAC_IN_USE]	= "mac_in_use",
	[CARVE_PF_MON_PORT_VLAN]	= "port_vlan",
	[CARVE_PF_MON_MAC_QUOTA]	= "mac_quota",
	[CARVE_PF_MON_VLAN_QUOTA]	= "vlan_quota",
	[CARVE_PF_MON_MAC_TABLE_FULL]	= "mac_table_full",
	[CARVE_PF_MON_VLAN_TABLE_FULL]	= "vlan_table_full",
	[CARVE_PF_MON_BUDGET]		= "over_budget",
	[CARVE_PF_MON_MBX_STUCK]	= "mailbox_stuck",
	[CARVE_PF_MON_RESETS]		= "resets",
	[CARVE_PF_MON_QUEUE_SLOW]	= "queue_slow",
	[CARVE_PF_MON_QUEUE_STUCK]	= "queue_stuck",
	[CARVE_PF_MON_MALICIOUS]	= "malicious",
	[CARVE_PF_MON_SPOOF]		= "spoof",
};

static const char * const pf_offence_names[CARVE_PF_NUM_OFFENCES] = {
	[CARVE_PF_OFFENCE_NONE]		= "none",
	[CARVE_PF_OFFENCE_FLOOD]	= "flood",
	[CARVE_PF_OFFENCE_MALFORMED]	= "malformed",
	[CARVE_PF_OFFENCE_RESETS]	= "resets",
	[CARVE_PF_OFFENCE_STUCK]	= "stuck",
	[CARVE_PF_OFFENCE_QUEUES]	= "queues",
	[CARVE_PF_OFFENCE_MALICIOUS]	= "malicious",
	[CARVE_PF_OFFENCE_SPOOF]	= "spoof",
};

/**
 * DOC: Limits of quarantine
 *
 * Events within ten seconds after which a VF is cut off. What a VF is refused
 * for want of a right or of room is none of them: honest drivers ask again and
 * again.
 *
 * A flood is counted each time the worker finds a VF with something to say and
 * no token left (see "Fairness of the mailbox worker"), which is every 2 to 4
 * ms: 2000 is four to eight seconds of more than 500 messages a second. The
 * worker is safe from it anyway; and igbvf sends a message for each multicast
 * group that is joined: a thousand in a row take it two seconds.
 *
 * No driver makes malformed requests but when it is newer than the PF, and
 * then not over and over.
 *
 * A reset of the function and the RESET that follows are two events. igbvf,
 * and Intel's shared code in FreeBSD and DPDK, wait ten milliseconds after
 * RESET for the answer, so even an interface set down and up in a tight loop
 * makes less than 2000. 2500 is half of what the worker would serve.
 *
 * A VF that keeps its mailbox locked is looked at every quarter of a second:
 * 20 is five seconds out of ten, for what takes a driver microseconds. A guest
 * would have to be stopped in just these, and for as long.
 *
 * A VF's queues are waited for at each of its resets, up to 11 ms, while no
 * other VF is served and no setting made; and nothing but its owner's good will
 * keeps them stopped. Honest drivers let go of queues that then stop in
 * microseconds. Should one hang for good, carve_vf tries ten times in the first
 * ten seconds and the PF waits twice each time. 50 is half a second.
 *
 * Descriptors that make the chip stop a queue are bugs or attacks, and each
 * one costs the VF a reset.
 *
 * Spoofed frames are counted at most a hundred times a second, however many
 * there were. 900 is nine seconds out of ten: more than the strays of a bridge
 * or of a container's interface behind a VF, which never are that steady.
 */
static const u32 pf_default_limits[CARVE_PF_NUM_OFFENCES] = {
	[CARVE_PF_OFFENCE_FLOOD]	= 2000,
	[CARVE_PF_OFFENCE_MALFORMED]	= 100,
	[CARVE_PF_OFFENCE_RESETS]	= 2500,
	[CARVE_PF_OFFENCE_STUCK]	= 20,
	[CARVE_PF_OFFENCE_QUEUES]	= 50,
	[CARVE_PF_OFFENCE_MALICIOUS]	= 5,
	[CARVE_PF_OFFENCE_SPOOF]	= 900,
};

static enum carve_pf_offence
pf_offence_of_event(enum carve_pf_monitor_event event)
{
	switch (event) {
	case CARVE_PF_MON_BUDGET:
		return CARVE_PF_OFFENCE_FLOOD;
	case CARVE_PF_MON_BAD_TYPE:
	case CARVE_PF_MON_BAD_LENGTH:
	case CARVE_PF_MON_RESERVED_BITS:
	case CARVE_PF_MON_BAD_VERSION:
	case CARVE_PF_MON_BAD_ARGUMENT:
		return CARVE_PF_OFFENCE_MALFORMED;
	case CARVE_PF_MON_RESETS:
		return CARVE_PF_OFFENCE_RESETS;
	case CARVE_PF_MON_MBX_STUCK:
		return CARVE_PF_OFFENCE_STUCK;
	case CARVE_PF_MON_QUEUE_SLOW:
	case CARVE_PF_MON_QUEUE_STUCK:
		return CARVE_PF_OFFENCE_QUEUES;
	case CARVE_PF_MON_MALICIOUS:
		return CARVE_PF_OFFENCE_MALICIOUS;
	case CARVE_PF_MON_SPOOF:
		return CARVE_PF_OFFENCE_SPOOF;
	default:
		return CARVE_PF_OFFENCE_NONE;
	}
}

bool carve_pf_monitor_is_refusal(enum carve_pf_monitor_event event)
{
	return event >= CARVE_PF_MON_BAD_TYPE &&
	       event <= CARVE_PF_MON_VLAN_TABLE_FULL;
}

const char *carve_pf_monitor_event_name(enum carve_pf_monitor_event event)
{
	return pf_event_names[event];
}

const char *carve_pf_monitor_offence_name(enum carve_pf_offence offence)
{
	return pf_offence_names[offence];
}

/* Return: events in the present window, this one included. */
static u32 pf_window_count(struct carve_pf_monitor_window *window)
{
	if (!window->count || !time_before(jiffies, window->end)) {
		window->count = 0;
		window->end = jiffies + CARVE_PF_MONITOR_WINDOW_S * HZ;
	}

	return ++window->count;
}

static void pf_judge(struct carve_pf *pf, unsigned int vf,
		     enum carve_pf_offence offence)
{
	struct carve_pf_vf_monitor *monitor = &pf->vf[vf].monitor;
	u32 limit = pf->monitor.limit[offence];
	u32 count;

	if (!offence)
		return;
	count = pf_window_count(&monitor->window[offence]);
	if (limit && count >= limit && !monitor->convicted)
		monitor->convicted = offence;
}

static void pf_note_refusal(struct carve_pf_vf_monitor *monitor,
			    enum carve_pf_monitor_event event, u32 value)
{
	monitor->last_refusal = event;
	monitor->last_value = value;
	monitor->last_time = ktime_get_real_seconds();
}

void carve_pf_monitor_note(struct carve_pf *pf, unsigned int vf,
			   enum carve_pf_monitor_event event, u32 value)
{
	struct carve_pf_vf_monitor *monitor = &pf->vf[vf].monitor;
	unsigned long *quiet_until = &monitor->quiet_until[event];

	lockdep_assert_held(&pf->lock);

	/* A device that is gone answers with ones: no VF's doing. */
	if (carve_nic_is_gone(&pf->nic))
		return;

	monitor->count[event]++;
	if (carve_pf_monitor_is_refusal(event))
		pf_note_refusal(monitor, event, value);
	pf_judge(pf, vf, pf_offence_of_event(event));
	if (!pf_monitor_text[event])
		return;
	if (*quiet_until && time_before(jiffies, *quiet_until))
		return;
	/* Never 0, which says that there was no line yet. */
	*quiet_until = (jiffies + PF_MONITOR_LOG_INTERVAL) | 1;

	pci_warn(pf->nic.pdev, "VF%u: %s (value %#x, %llu so far)\n", vf,
		 pf_monitor_text[event], value, monitor->count[event]);
}

enum carve_pf_offence carve_pf_monitor_verdict(struct carve_pf *pf,
					       unsigned int vf)
{
	lockdep_assert_held(&pf->lock);

	return pf->vf[vf].monitor.convicted;
}

void carve_pf_monitor_pardon(struct carve_pf *pf, unsigned int vf)
{
	struct carve_pf_vf_monitor *monitor = &pf->vf[vf].monitor;

	lockdep_assert_held(&pf->lock);

	memset(monitor->window, 0, sizeof(monitor->window));
	monitor->convicted = CARVE_PF_OFFENCE_NONE;
}

void carve_pf_monitor_set_limit(struct carve_pf *pf,
				enum carve_pf_offence offence, u32 limit)
{
	mutex_lock(&pf->lock);
	WRITE_ONCE(pf->monitor.limit[offence], limit);
	mutex_unlock(&pf->lock);
}

void carve_pf_monitor_init(struct carve_pf *pf)
{
	memcpy(pf->monitor.limit, pf_default_limits,
	       sizeof(pf->monitor.limit));
}

#if IS_ENABLED(CONFIG_CARVE_KUNIT_TEST)
#include "tests/monitor_kunit.c"
#endif
