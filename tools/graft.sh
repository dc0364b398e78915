#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# graft.sh TREE: puts the drivers into a kernel source tree, as
# drivers/net/ethernet/carve, and hooks them into its Kconfig and Makefile.
# Running it again brings the copy up to date.

set -euo pipefail

top=$(cd "$(dirname "$0")/.." && pwd)
tree=${1:?usage: graft.sh KERNEL_TREE}
ethernet=$tree/drivers/net/ethernet
dir=$ethernet/carve

[ -f "$tree/Kbuild" ] && [ -d "$ethernet" ] || {
	echo "graft: $tree is not a kernel source tree" >&2
	exit 1
}

rm -rf "$dir"
mkdir "$dir"
cp -r "$top/Kbuild" "$top/Kconfig" "$top/drivers" "$top/include" "$dir/"
find "$dir" -type f ! -name '*.[ch]' ! -name Kbuild ! -name Kconfig ! -name Makefile -delete

grep -q ethernet/carve/Kconfig "$ethernet/Kconfig" ||
	sed -i '/^source "drivers\/net\/ethernet\/cavium\/Kconfig"/i source "drivers/net/ethernet/carve/Kconfig"' \
		"$ethernet/Kconfig"
grep -q ethernet/carve/Kconfig "$ethernet/Kconfig" || {
	echo "graft: no place for carve in $ethernet/Kconfig" >&2
	exit 1
}
grep -q CONFIG_CARVE_CORE "$ethernet/Makefile" ||
	printf 'obj-$(CONFIG_CARVE_CORE) += carve/\n' >>"$ethernet/Makefile"
