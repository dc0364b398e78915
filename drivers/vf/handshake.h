/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Being let in by the PF, and asking it for everything.
 *
 * Copyright (C) 2026 Carve developers
 */
#ifndef _CARVE_VF_HANDSHAKE_H
#define _CARVE_VF_HANDSHAKE_H

struct carve_vf;

/**
 * carve_vf_handshake() - be let in and ask for everything
 * @vf: the VF, locked and just reset
 *
 * Nothing runs yet afterwards.
 *
 * Return: 0; -EBUSY when the reset did not stop the VF's queues; another
 * -ERRNO when the PF does not answer or lets nobody in.
 */
int carve_vf_handshake(struct carve_vf *vf);

/**
 * carve_vf_handshake_query() - ask the PF what it gives
 * @vf: the VF, locked
 *
 * An improper answer costs the PF the capability, not the VF its life.
 *
 * Return: 0, or -ERRNO when the PF does not answer.
 */
int carve_vf_handshake_query(struct carve_vf *vf);

/**
 * carve_vf_handshake_apply() - ask for what is wanted and not granted yet
 * @vf: the VF, locked
 *
 * Return: 0, or -ERRNO when the PF does not answer.
 */
int carve_vf_handshake_apply(struct carve_vf *vf);

#endif /* _CARVE_VF_HANDSHAKE_H */
