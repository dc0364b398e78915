/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a malicious guest does.
 *
 * Copyright (C) 2026 Carve developers
 */
#ifndef _HOSTILE_ACTS_H
#define _HOSTILE_ACTS_H

#include "vf.h"

/**
 * struct act - one kind of behaviour
 * @name: command
 * @help: its arguments
 * @min_args: arguments it needs
 * @run: does it, within bounded time, and prints members of a JSON object,
 *	each with a comma in front
 */
struct act {
	const char *name;
	const char *help;
	int min_args;
	void (*run)(struct vf *vf, int argc, char **argv);
};

extern const struct act acts[];
extern const unsigned int num_acts;

/* The same sequence in every run. */
void acts_seed(uint64_t seed);

#endif /* _HOSTILE_ACTS_H */
