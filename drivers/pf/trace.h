/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Tracepoints of the PF: mailbox messages, the life of VFs, resets.
 *
 * Copyright (C) 2026 Carve developers
 */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM carve_pf

#if !defined(_CARVE_PF_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define _CARVE_PF_TRACE_H

#include <linux/pci.h>
#include <linux/tracepoint.h>

#include <carve/mbx.h>

#include "control.h"
#include "monitor.h"
#include "pf.h"
#include "reset.h"

/* So that what user space reads has names, too. */
TRACE_DEFINE_ENUM(CARVE_PF_VF_CLOSED);
TRACE_DEFINE_ENUM(CARVE_PF_VF_RESETTING);
TRACE_DEFINE_ENUM(CARVE_PF_VF_READY);
TRACE_DEFINE_ENUM(CARVE_PF_VF_PAUSED);
TRACE_DEFINE_ENUM(CARVE_PF_VF_QUARANTINED);

#define pf_show_state(state)						\
	__print_symbolic(state,						\
			 { CARVE_PF_VF_CLOSED, "closed" },		\
			 { CARVE_PF_VF_RESETTING, "resetting" },	\
			 { CARVE_PF_VF_READY, "ready" },		\
			 { CARVE_PF_VF_PAUSED, "paused" },		\
			 { CARVE_PF_VF_QUARANTINED, "quarantined" })

DECLARE_EVENT_CLASS(carve_pf_mbx_message,
	TP_PROTO(const struct carve_pf *pf, unsigned int vf,
		 const struct carve_msg *msg),
	TP_ARGS(pf, vf, msg),
	TP_STRUCT__entry(
		__string(dev, pci_name(pf->nic.pdev))
		__field(u8, vf)
		__field(u8, len)
		__array(u32, dw, CARVE_MBX_DWORDS)
	),
	TP_fast_assign(
		__assign_str(dev);
		__entry->vf = vf;
		__entry->len = msg->len;
		memset(__entry->dw, 0, sizeof(__entry->dw));
		memcpy(__entry->dw, msg->dw, msg->len * sizeof(u32));
	),
	TP_printk("%s VF%u type=%#x %s%s%slen=%u dwords=%s",
		  __get_str(dev), __entry->vf,
		  __entry->dw[0] & CARVE_MBX_HDR_TYPE,
		  __entry->dw[0] & CARVE_MBX_HDR_ACK ? "ACK " : "",
		  __entry->dw[0] & CARVE_MBX_HDR_NACK ? "NACK " : "",
		  __entry->dw[0] & CARVE_MBX_HDR_CTS ? "CTS " : "",
		  __entry->len,
		  __print_array(__entry->dw, __entry->len, sizeof(u32)))
);

/* As the VF wrote it: the dwords that mean something. */
DEFINE_EVENT(carve_pf_mbx_message, carve_pf_mbx_request,
	TP_PROTO(const struct carve_pf *pf, unsigned int vf,
		 const struct carve_msg *msg),
	TP_ARGS(pf, vf, msg)
);

DEFINE_EVENT(carve_pf_mbx_message, carve_pf_mbx_reply,
	TP_PROTO(const struct carve_pf *pf, unsigned int vf,
		 const struct carve_msg *msg),
	TP_ARGS(pf, vf, msg)
);

/* What the PF says unasked. */
DEFINE_EVENT(carve_pf_mbx_message, carve_pf_mbx_notice,
	TP_PROTO(const struct carve_pf *pf, unsigned int vf,
		 const struct carve_msg *msg),
	TP_ARGS(pf, vf, msg)
);

TRACE_EVENT(carve_pf_vf_state,
	TP_PROTO(const struct carve_pf *pf, unsigned int vf,
		 enum carve_pf_vf_state old),
	TP_ARGS(pf, vf, old),
	TP_STRUCT__entry(
		__string(dev, pci_name(pf->nic.pdev))
		__field(u8, vf)
		__field(int, old)
		__field(int, new)
		__field(u32, generation)
	),
	TP_fast_assign(
		__assign_str(dev);
		__entry->vf = vf;
		__entry->old = old;
		__entry->new = pf->vf[vf].control.state;
		__entry->generation = pf->vf[vf].control.generation;
	),
	TP_printk("%s VF%u %s -> %s generation=%u", __get_str(dev),
		  __entry->vf, pf_show_state(__entry->old),
		  pf_show_state(__entry->new), __entry->generation)
);

TRACE_EVENT(carve_pf_vf_quarantine,
	TP_PROTO(const struct carve_pf *pf, unsigned int vf,
		 const char *cause),
	TP_ARGS(pf, vf, cause),
	TP_STRUCT__entry(
		__string(dev, pci_name(pf->nic.pdev))
		__field(u8, vf)
		__string(cause, cause)
	),
	TP_fast_assign(
		__assign_str(dev);
		__entry->vf = vf;
		__assign_str(cause);
	),
	TP_printk("%s VF%u cause=%s", __get_str(dev), __entry->vf,
		  __get_str(cause))
);

TRACE_EVENT(carve_pf_reset,
	TP_PROTO(const struct carve_pf *pf, enum carve_pf_reset_reason reason,
		 int err),
	TP_ARGS(pf, reason, err),
	TP_STRUCT__entry(
		__string(dev, pci_name(pf->nic.pdev))
		__string(reason, carve_pf_reset_reason_name(reason))
		__field(int, err)
	),
	TP_fast_assign(
		__assign_str(dev);
		__assign_str(reason);
		__entry->err = err;
	),
	TP_printk("%s reason='%s' err=%d", __get_str(dev), __get_str(reason),
		  __entry->err)
);

#endif /* _CARVE_PF_TRACE_H */

#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH .
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE trace
#include <trace/define_trace.h>
