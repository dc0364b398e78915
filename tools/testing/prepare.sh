#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Everything that is done once: packages, guest root, sources, debug kernel.

here=$(dirname "$0")
set -eu
"$here/setup.sh"
"$here/root.sh"
"$here/sources.sh"
"$here/kernel.sh"
