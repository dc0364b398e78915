// SPDX-License-Identifier: GPL-2.0
/*
 * The bodies of the tracepoints. Owns nothing; called where they are hit.
 *
 * Copyright (C) 2026 Carve developers
 */
#define CREATE_TRACE_POINTS
#include "trace.h"
