/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Differences between the newest kernel and 6.12, and nothing else: the code
 * is written for the newest.
 *
 * Copyright (C) 2026 Carve developers
 */
#ifndef _CARVE_COMPAT_H
#define _CARVE_COMPAT_H

#include <linux/module.h>
#include <linux/timer.h>
#include <linux/version.h>

/* Symbol namespaces became strings in 6.13. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 13, 0)
#define CARVE_NS			CARVE
#else
#define CARVE_NS			"CARVE"
#endif

#define CARVE_EXPORT(sym)		EXPORT_SYMBOL_NS_GPL(sym, CARVE_NS)
#define CARVE_IMPORT			MODULE_IMPORT_NS(CARVE_NS)

#ifndef timer_container_of
#define timer_container_of		from_timer
#endif

#endif /* _CARVE_COMPAT_H */
