#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The debug kernel: linux-source-6.12 with debug.config, built in the guest
# root. Kept whole (objects too): modules and the graft check build on it.

. "$(dirname "$0")/lib.sh"

dir=$(debug_dir)
[ -d "$dir" ] && exit 0
cache_lock debug
[ -d "$dir" ] && exit 0

tmp=$(cache_tmp)
cp "$testing/debug.config" "$tmp/"

# Runs in the root: $0 is a plain string there.
# shellcheck disable=SC2016
script='
set -eu
cd /carve/linux
make O=/carve/out KCONFIG_ALLCONFIG=/carve/out/debug.config allnoconfig
rc=0
while IFS= read -r line; do
	case $line in CONFIG_*) ;; *) continue ;; esac
	grep -qxF "$line" /carve/out/.config || { echo "lost: $line"; rc=1; }
done </carve/out/debug.config
[ $rc = 0 ] || { echo "debug.config asks for what this kernel does not have"; exit 1; }
make O=/carve/out -j"$(nproc)" bzImage modules
make O=/carve/out INSTALL_MOD_PATH=/carve/out/install modules_install
cp /carve/out/arch/x86/boot/bzImage /carve/out/bzImage
make -s O=/carve/out kernelrelease >/carve/out/release
'
build_kernel() {
	in_root -b "$(source_dir $debug_series):/carve/linux" -b "$tmp:/carve/out" bash -c "$script"
}
slow "building the debug kernel, about 10 minutes, once" "$build/logs/kernel.log" build_kernel
cache_commit "$tmp" "$dir"
