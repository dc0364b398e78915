/* SPDX-License-Identifier: GPL-2.0 WITH Linux-syscall-note */
/*
 * The mailbox ABI between the PF driver and a VF driver of an Intel 82576.
 *
 * Copyright (C) 2026 Carve developers
 */
#ifndef _UAPI_LINUX_CARVE_MBX_H
#define _UAPI_LINUX_CARVE_MBX_H

#include <linux/types.h>

/**
 * DOC: Mailbox message format
 *
 * A message is 1 to 16 dwords in the mailbox memory of one VF. Dword 0 is the
 * header; the hardware carries no length.
 *
 *  +-------+--------------------------------------------------------------+
 *  | Bits  | Dword 0                                                      |
 *  +=======+==============================================================+
 *  | 31    | ACK: set in a reply that grants the request                  |
 *  +-------+--------------------------------------------------------------+
 *  | 30    | NACK: set in a reply that refuses the request                |
 *  +-------+--------------------------------------------------------------+
 *  | 29    | CTS: the PF regards the VF as reset and lets it send         |
 *  +-------+--------------------------------------------------------------+
 *  | 28:24 | reserved, 0                                                  |
 *  +-------+--------------------------------------------------------------+
 *  | 23:16 | INFO: depends on the action. From ABI 1.1 on: length of the  |
 *  |       | message in dwords, header included                           |
 *  +-------+--------------------------------------------------------------+
 *  | 15:0  | TYPE: the action                                             |
 *  +-------+--------------------------------------------------------------+
 *
 * A reply repeats TYPE. Version 1.0 is what igb and igbvf speak to each other
 * (actions 0x01 to 0x06 and the control message 0x0100). Everything else is
 * used only after the HANDSHAKE action agreed on it; a PF that does not know
 * HANDSHAKE refuses it like any unknown action, and the VF reads that as 1.0.
 */

#define CARVE_MBX_DWORDS		16

#define CARVE_MBX_HDR_TYPE		0x0000ffffU
#define CARVE_MBX_HDR_INFO		0x00ff0000U
#define CARVE_MBX_HDR_RSVD		0x1f000000U
#define CARVE_MBX_HDR_CTS		0x20000000U
#define CARVE_MBX_HDR_NACK		0x40000000U
#define CARVE_MBX_HDR_ACK		0x80000000U

/* Versions: major in the upper, minor in the lower half of a dword. */
#define CARVE_MBX_VERSION(major, minor)	(((major) << 16) | (minor))
#define CARVE_MBX_VERSION_MAJOR(version)	((version) >> 16)
#define CARVE_MBX_VERSION_MINOR(version)	((version) & 0xffff)
#define CARVE_MBX_VERSION_BASE		CARVE_MBX_VERSION(1, 0)
#define CARVE_MBX_VERSION_LATEST	CARVE_MBX_VERSION(1, 1)

/* Actions of version 1.0, VF to PF. */
#define CARVE_MBX_RESET			0x0001
#define CARVE_MBX_SET_MAC		0x0002
#define CARVE_MBX_SET_MULTICAST		0x0003
#define CARVE_MBX_SET_VLAN		0x0004
#define CARVE_MBX_SET_LPE		0x0005
#define CARVE_MBX_SET_PROMISC		0x0006

/**
 * DOC: PF_CONTROL (0x0100)
 *
 * PF to VF, 1 dword, INFO 0, to a VF that did not agree on something better.
 * With CTS: the PF is alive, the link may have changed, look at STATUS. Without:
 * start over with RESET.
 */
#define CARVE_MBX_PF_CONTROL		0x0100

/* Actions of version 1.1, VF to PF. */
#define CARVE_MBX_HANDSHAKE		0x0020
#define CARVE_MBX_QUERY_CONFIG		0x0021

/* Messages of version 1.1, PF to VF, each gated by a capability. */
#define CARVE_MBX_LINK_STATE		0x0120
#define CARVE_MBX_RESET_NOTICE		0x0121
#define CARVE_MBX_CONFIG_CHANGED	0x0122

/**
 * DOC: RESET (0x0001)
 *
 * Request: 1 dword, all bits but TYPE 0. The reply never has CTS, with ACK or
 * with NACK; from an ACK on the PF sets CTS in whatever else it sends. With ACK
 * it carries the address, with NACK dwords 1 and 2 mean nothing.
 *
 *  +-------+-------+------------------------------------------------------+
 *  | Dword | Bits  | Reply, 3 dwords                                      |
 *  +=======+=======+======================================================+
 *  | 1     | 31:0  | MAC address, bytes 0 to 3 in memory order            |
 *  +-------+-------+------------------------------------------------------+
 *  | 2     | 31:16 | 0                                                    |
 *  |       +-------+------------------------------------------------------+
 *  |       | 15:0  | MAC address, bytes 4 and 5                           |
 *  +-------+-------+------------------------------------------------------+
 *
 * A NACK has two meanings. igb lets the VF in and has no address for it. A PF
 * that can't let the VF in, because its queues do not stop, says so by refusing
 * the next request without CTS: the VF starts over with RESET.
 *
 * A RESET with INFO, CTS or reserved bits set is refused and changes nothing: a
 * VF that was let in before still is.
 */
#define CARVE_MBX_RESET_LEN		1
#define CARVE_MBX_RESET_REPLY_LEN	3

/**
 * DOC: SET_MAC (0x0002)
 *
 *  +-------+-------+------------------------------------------------------+
 *  | Dword | Bits  | Request, 3 dwords                                    |
 *  +=======+=======+======================================================+
 *  | 0     | 23:16 | 0: set the primary address, all zeroes for the one   |
 *  |       |       | the VF was given; 1: clear all further addresses     |
 *  |       |       | (dwords 1 and 2 mean nothing); 2: add a further one  |
 *  +-------+-------+------------------------------------------------------+
 *  | 1     | 31:0  | MAC address, bytes 0 to 3 in memory order            |
 *  +-------+-------+------------------------------------------------------+
 *  | 2     | 31:16 | 0                                                    |
 *  |       +-------+------------------------------------------------------+
 *  |       | 15:0  | MAC address, bytes 4 and 5                           |
 *  +-------+-------+------------------------------------------------------+
 *
 * The reply is 1 dword and repeats INFO. Refused: a multicast address, one of
 * another function, any other one when the administrator set one, one beyond
 * quota or room.
 */
#define CARVE_MBX_SET_MAC_LEN		3
#define CARVE_MBX_SET_MAC_PRIMARY	0
#define CARVE_MBX_SET_MAC_CLEAR		1
#define CARVE_MBX_SET_MAC_ADD		2

/**
 * DOC: SET_MULTICAST (0x0003)
 *
 * Replaces the list.
 *
 *  +-------+-------+------------------------------------------------------+
 *  | Dword | Bits  | Request                                              |
 *  +=======+=======+======================================================+
 *  | 0     | 23    | there were more: receive all multicasts              |
 *  |       +-------+------------------------------------------------------+
 *  |       | 22:21 | 0                                                    |
 *  |       +-------+------------------------------------------------------+
 *  |       | 20:16 | number of hashes, up to 30                           |
 *  +-------+-------+------------------------------------------------------+
 *  | 1     | 31:28 | ignored                                              |
 *  |       +-------+------------------------------------------------------+
 *  |       | 27:16 | second hash                                          |
 *  |       +-------+------------------------------------------------------+
 *  |       | 15:12 | ignored                                              |
 *  |       +-------+------------------------------------------------------+
 *  |       | 11:0  | first hash                                           |
 *  +-------+-------+------------------------------------------------------+
 *  | 2-15  |       | two hashes each; undefined behind the last           |
 *  +-------+-------+------------------------------------------------------+
 *
 * A hash is the address's last byte (bits 11:4) and the upper half of the byte
 * before (3:0). Reply: 1 dword. Refused: more than 30.
 */
#define CARVE_MBX_MC_COUNT		0x001f0000U
#define CARVE_MBX_MC_OVERFLOW		0x00800000U
#define CARVE_MBX_MC_RSVD		0x00600000U
#define CARVE_MBX_MC_MAX		30
#define CARVE_MBX_MC_HASH		0x0fffU

/**
 * DOC: SET_VLAN (0x0004)
 *
 *  +-------+-------+------------------------------------------------------+
 *  | Dword | Bits  | Request, 2 dwords                                    |
 *  +=======+=======+======================================================+
 *  | 0     | 23:17 | 0                                                    |
 *  |       +-------+------------------------------------------------------+
 *  |       | 16    | 1: add; 0: remove                                    |
 *  +-------+-------+------------------------------------------------------+
 *  | 1     | 31:12 | undefined                                            |
 *  |       +-------+------------------------------------------------------+
 *  |       | 11:0  | VLAN id; 0 is always granted and changes nothing     |
 *  +-------+-------+------------------------------------------------------+
 *
 * Reply: 1 dword. Refused: under a port VLAN, beyond quota or room.
 */
#define CARVE_MBX_SET_VLAN_LEN		2
#define CARVE_MBX_SET_VLAN_ADD		1
#define CARVE_MBX_SET_VLAN_VID		0x00000fffU

/**
 * DOC: SET_LPE (0x0005)
 *
 *  +-------+-------+------------------------------------------------------+
 *  | Dword | Bits  | Request, 2 dwords                                    |
 *  +=======+=======+======================================================+
 *  | 0     | 23:16 | 0                                                    |
 *  +-------+-------+------------------------------------------------------+
 *  | 1     | 31:0  | largest frame to receive, bytes with Ethernet        |
 *  |       |       | header, VLAN tag and CRC: 64 to 9728                 |
 *  +-------+-------+------------------------------------------------------+
 *
 * Reply: 1 dword. Refused: out of range.
 */
#define CARVE_MBX_SET_LPE_LEN		2

/**
 * DOC: SET_PROMISC (0x0006)
 *
 *  +-------+-------+------------------------------------------------------+
 *  | Dword | Bits  | Request, 1 dword                                     |
 *  +=======+=======+======================================================+
 *  | 0     | 23:18 | 0                                                    |
 *  |       +-------+------------------------------------------------------+
 *  |       | 17    | receive all multicasts                               |
 *  |       +-------+------------------------------------------------------+
 *  |       | 16    | receive all unicasts; wants trust                    |
 *  +-------+-------+------------------------------------------------------+
 *
 * In the VF's VLANs only. Reply: 1 dword. Refused: all unicasts without trust.
 */
#define CARVE_MBX_SET_PROMISC_LEN	1
#define CARVE_MBX_PROMISC_UC		0x00010000U
#define CARVE_MBX_PROMISC_MC		0x00020000U

/**
 * DOC: HANDSHAKE (0x0020)
 *
 * Sent once after RESET. Its layout is frozen for all versions.
 *
 *  +-------+-------+------------------------------------------------------+
 *  | Dword | Bits  | Request                                              |
 *  +=======+=======+======================================================+
 *  | 0     | 23:16 | 3                                                    |
 *  +-------+-------+------------------------------------------------------+
 *  | 1     | 31:16 | newest major version the VF speaks, never 0          |
 *  |       +-------+------------------------------------------------------+
 *  |       | 15:0  | newest minor version of that major                   |
 *  +-------+-------+------------------------------------------------------+
 *  | 2     | 31:0  | CARVE_MBX_CAP_* the VF understands; unknown bits are |
 *  |       |       | ignored                                              |
 *  +-------+-------+------------------------------------------------------+
 *
 * The reply has the same layout: the version both speak and the capabilities
 * granted. A PF that cannot agree on a version refuses (NACK).
 */
#define CARVE_MBX_HANDSHAKE_LEN		3
#define CARVE_MBX_HANDSHAKE_REPLY_LEN	3

#define CARVE_MBX_CAP_LINK_STATE	0x00000001U
#define CARVE_MBX_CAP_RESET_NOTICE	0x00000002U
#define CARVE_MBX_CAP_CONFIG		0x00000004U
#define CARVE_MBX_CAP_ALL		0x00000007U

/**
 * DOC: QUERY_CONFIG (0x0021)
 *
 * What the VF was given. Request: 1 dword, INFO 1. Capability CONFIG.
 *
 *  +-------+-------+------------------------------------------------------+
 *  | Dword | Bits  | Reply, 8 dwords                                      |
 *  +=======+=======+======================================================+
 *  | 1     | 31:4  | 0                                                    |
 *  |       +-------+------------------------------------------------------+
 *  |       | 3     | source addresses are checked                         |
 *  |       +-------+------------------------------------------------------+
 *  |       | 2     | the administrator set the MAC: it can't be changed   |
 *  |       +-------+------------------------------------------------------+
 *  |       | 1     | a port VLAN is set: VLAN requests are refused        |
 *  |       +-------+------------------------------------------------------+
 *  |       | 0     | the VF is trusted                                    |
 *  +-------+-------+------------------------------------------------------+
 *  | 2     | 31:16 | largest frame SET_LPE may ask for, bytes             |
 *  |       +-------+------------------------------------------------------+
 *  |       | 15:0  | queue pairs                                          |
 *  +-------+-------+------------------------------------------------------+
 *  | 3     | 31:16 | VLAN ids the VF may have at once                     |
 *  |       +-------+------------------------------------------------------+
 *  |       | 15:0  | further unicast addresses the VF may have at once    |
 *  +-------+-------+------------------------------------------------------+
 *  | 4     | 31:0  | transmit rate limit, Mb/s; 0: none                   |
 *  +-------+-------+------------------------------------------------------+
 *  | 5     | 31:0  | link, see LINK_STATE                                 |
 *  +-------+-------+------------------------------------------------------+
 *  | 6     | 31:0  | current primary MAC, bytes 0 to 3 in memory order    |
 *  +-------+-------+------------------------------------------------------+
 *  | 7     | 31:16 | 0                                                    |
 *  |       +-------+------------------------------------------------------+
 *  |       | 15:0  | current primary MAC, bytes 4 and 5                   |
 *  +-------+-------+------------------------------------------------------+
 */
#define CARVE_MBX_QUERY_CONFIG_LEN	1
#define CARVE_MBX_QUERY_CONFIG_REPLY_LEN 8

#define CARVE_MBX_CONFIG_TRUSTED	0x00000001U
#define CARVE_MBX_CONFIG_PORT_VLAN	0x00000002U
#define CARVE_MBX_CONFIG_ADMIN_MAC	0x00000004U
#define CARVE_MBX_CONFIG_SPOOFCHK	0x00000008U

#define CARVE_MBX_CONFIG_QUEUE_PAIRS	0x0000ffffU
#define CARVE_MBX_CONFIG_MAX_FRAME	0xffff0000U
#define CARVE_MBX_CONFIG_MAC_QUOTA	0x0000ffffU
#define CARVE_MBX_CONFIG_VLAN_QUOTA	0xffff0000U

/**
 * DOC: LINK_STATE (0x0120)
 *
 * PF to VF, INFO 2, with CTS. Capability LINK_STATE.
 *
 *  +-------+-------+------------------------------------------------------+
 *  | Dword | Bits  | Message, 2 dwords                                    |
 *  +=======+=======+======================================================+
 *  | 1     | 31:16 | speed, Mb/s; 0 when not known, as with a carrier     |
 *  |       |       | that the administrator forced                        |
 *  |       +-------+------------------------------------------------------+
 *  |       | 15:2  | 0                                                    |
 *  |       +-------+------------------------------------------------------+
 *  |       | 1     | full duplex                                          |
 *  |       +-------+------------------------------------------------------+
 *  |       | 0     | the VF has a carrier                                 |
 *  +-------+-------+------------------------------------------------------+
 */
#define CARVE_MBX_LINK_STATE_LEN	2
#define CARVE_MBX_LINK_UP		0x00000001U
#define CARVE_MBX_LINK_FULL		0x00000002U
#define CARVE_MBX_LINK_SPEED		0xffff0000U

/**
 * DOC: RESET_NOTICE (0x0121)
 *
 * PF to VF, INFO 2, without CTS. Capability RESET_NOTICE. The VF must stop and
 * start over with RESET.
 *
 *  +-------+-------+------------------------------------------------------+
 *  | Dword | Bits  | Message, 2 dwords                                    |
 *  +=======+=======+======================================================+
 *  | 1     | 31:0  | 1: the port is reset, it comes back; 2: the PF's     |
 *  |       |       | driver goes away; 3: the administrator asked for it; |
 *  |       |       | 4: the VF was cut off, RESET will not be answered    |
 *  |       |       | until it is let in again; 5: a setting needs a fresh |
 *  |       |       | start                                                |
 *  +-------+-------+------------------------------------------------------+
 */
#define CARVE_MBX_RESET_NOTICE_LEN	2
enum carve_mbx_reset_reason {
	CARVE_MBX_REASON_PF_RESET = 1,	/* the port is reset, it comes back */
	CARVE_MBX_REASON_PF_GONE,	/* the PF driver is going away */
	CARVE_MBX_REASON_ADMIN,		/* the administrator asked for it */
	CARVE_MBX_REASON_QUARANTINE,	/* the VF was cut off */
	CARVE_MBX_REASON_CONFIG,	/* a setting needs a fresh start */
};

/**
 * DOC: CONFIG_CHANGED (0x0122)
 *
 * PF to VF, 1 dword (the header), INFO 1, with CTS. Capability CONFIG. Something
 * that QUERY_CONFIG reports has changed.
 */
#define CARVE_MBX_CONFIG_CHANGED_LEN	1

#endif /* _UAPI_LINUX_CARVE_MBX_H */
