#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Everything that is done once: packages, guest root, sources, debug kernel.
# "prepare.sh without-kernel" leaves the last out.

. "$(dirname "$0")/lib.sh"

"$testing/setup.sh"
"$testing/root.sh"
"$testing/sources.sh"
used=("$(root_dir)")
for series in "${stock_kernels[@]}"; do
	used+=("$(source_dir "$series")")
done
case " $* " in
*' without-kernel '*) ;;
*)
	"$testing/kernel.sh"
	used+=("$(debug_dir)")
	;;
esac
cache_prune "${used[@]}"
