// SPDX-License-Identifier: GPL-2.0
/*
 * Counts what VFs do wrong and tells the operator, with moderation: whatever
 * a guest does, it gets one line per kind of event every few seconds. Owns
 * struct carve_pf_vf_monitor; carve_pf.lock. Called by all that deals with VFs.
 *
 * Copyright (C) 2026 Carve developers
 */
#include <linux/jiffies.h>
#include <linux/lockdep.h>
#include <linux/pci.h>

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
	[CARVE_PF_MON_QUEUE_STUCK] =
		"a queue does not stop, the VF stays closed; reset the PF",
};

void carve_pf_monitor_note(struct carve_pf *pf, unsigned int vf,
			   enum carve_pf_monitor_event event, u32 value)
{
	struct carve_pf_vf_monitor *monitor = &pf->vf[vf].monitor;
	unsigned long *quiet_until = &monitor->quiet_until[event];

	lockdep_assert_held(&pf->lock);

	monitor->count[event]++;
	if (!pf_monitor_text[event])
		return;
	if (*quiet_until && time_before(jiffies, *quiet_until))
		return;
	/* Never 0, which says that there was no line yet. */
	*quiet_until = (jiffies + PF_MONITOR_LOG_INTERVAL) | 1;

	pci_warn(pf->nic.pdev, "VF%u: %s (value %#x, %llu so far)\n", vf,
		 pf_monitor_text[event], value, monitor->count[event]);
}
