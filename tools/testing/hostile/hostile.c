// SPDX-License-Identifier: GPL-2.0
/*
 * A malicious guest: plays with a VF that is bound to vfio-pci.
 *
 *	hostile [-s SEED] 0000:01:10.2			commands on stdin
 *	hostile [-s SEED] 0000:01:10.2 requests 500	one command
 *
 * The VF is open, and so not reset, from the first command to the last. Each
 * one is answered by one line of JSON.
 *
 * Copyright (C) 2026 Carve developers
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "acts.h"

#define HOSTILE_MAX_LINE	65536
#define HOSTILE_MAX_ARGS	512

/* Nothing here takes that long, even on the slowest of kernels. */
#define HOSTILE_DEADLINE_S	300

static void hostile_usage(const char *self)
{
	unsigned int i;

	fprintf(stderr, "usage: %s [-s SEED] FUNCTION [COMMAND]\n", self);
	for (i = 0; i < num_acts; i++)
		fprintf(stderr, "\t%s %s\n", acts[i].name, acts[i].help);
	exit(2);
}

static int hostile_run(struct vf *vf, int argc, char **argv)
{
	unsigned int i;

	for (i = 0; i < num_acts; i++)
		if (!strcmp(acts[i].name, argv[0]))
			break;
	if (i == num_acts || argc - 1 < acts[i].min_args) {
		printf("{\"error\":\"no such command\"}\n");
		fflush(stdout);
		return 1;
	}

	alarm(HOSTILE_DEADLINE_S);
	printf("{\"command\":\"%s\"", acts[i].name);
	acts[i].run(vf, argc - 1, argv + 1);
	printf("}\n");
	fflush(stdout);
	alarm(0);

	return 0;
}

static void hostile_serve(struct vf *vf)
{
	static char line[HOSTILE_MAX_LINE];
	char *argv[HOSTILE_MAX_ARGS];
	char *word;
	int argc;

	while (fgets(line, sizeof(line), stdin)) {
		argc = 0;
		for (word = strtok(line, " \n");
		     word && argc < HOSTILE_MAX_ARGS;
		     word = strtok(NULL, " \n"))
			argv[argc++] = word;
		if (argc)
			hostile_run(vf, argc, argv);
	}
}

int main(int argc, char **argv)
{
	uint64_t seed = 82576;
	struct vf vf = { .patience_ms = VF_PATIENCE_MS };
	int opt;

	while ((opt = getopt(argc, argv, "+s:")) != -1) {
		if (opt != 's')
			hostile_usage(argv[0]);
		seed = strtoull(optarg, NULL, 0);
	}
	if (optind == argc)
		hostile_usage(argv[0]);

	acts_seed(seed);
	vfio_open(&vf.dev, argv[optind++]);
	if (optind < argc)
		return hostile_run(&vf, argc - optind, argv + optind);
	hostile_serve(&vf);

	return 0;
}
