/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The link as a VF sees it.
 *
 * Copyright (C) 2026 Carve developers
 */
#ifndef _CARVE_VF_LINK_H
#define _CARVE_VF_LINK_H

#include <linux/types.h>

struct carve_vf;

/**
 * struct carve_vf_link - the link as the netdev shows it
 * @pushed: what the PF said last, see LINK_STATE. No lock
 * @speed: Mb/s, 0 when unknown
 * @up: the VF has a carrier
 * @full: full duplex
 *
 * Written under carve_vf.lock, read without.
 */
struct carve_vf_link {
	u32 pushed;
	u32 speed;
	bool up;
	bool full;
};

/**
 * carve_vf_link_push() - the PF has said what the link is
 * @vf: the VF
 * @word: dword 1 of LINK_STATE
 *
 * Shown by the next carve_vf_link_update(). Any context.
 */
void carve_vf_link_push(struct carve_vf *vf, u32 word);

/**
 * carve_vf_link_update() - have the netdev show the link as it is
 * @vf: the VF, locked
 */
void carve_vf_link_update(struct carve_vf *vf);

/**
 * carve_vf_link_down() - have the netdev show no link
 * @vf: the VF, locked
 */
void carve_vf_link_down(struct carve_vf *vf);

#endif /* _CARVE_VF_LINK_H */
