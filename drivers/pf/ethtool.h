/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The PF's ethtool operations.
 *
 * Copyright (C) 2026 Carve developers
 */
#ifndef _CARVE_PF_ETHTOOL_H
#define _CARVE_PF_ETHTOOL_H

struct ethtool_ops;

extern const struct ethtool_ops carve_pf_ethtool_ops;

#endif /* _CARVE_PF_ETHTOOL_H */
