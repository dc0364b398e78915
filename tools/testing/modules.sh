#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# modules.sh KERNEL [kunit]
#
# Builds the modules from the checkout's current sources for KERNEL (debug or
# a series such as 6.12), in the guest root, and installs them under
# build/KERNEL[-kunit]/install together with the kernel's module index, so that
# modprobe finds them. Always runs make; sources are compared by content.

. "$(dirname "$0")/lib.sh"

kernel=${1:?usage: modules.sh KERNEL [kunit]}
kunit=${2:-}
name=$kernel${kunit:+-kunit}
dir=$build/$name

mkdir -p "$dir/src" "$dir/install"
exec 8>"$dir/lock"
flock 8
copy_sources "$dir/src"
cp "$top/Makefile" "$dir/src/"

if [ "$kernel" = debug ]; then
	rel=$(cat "$(debug_dir)/release")
	kdir=/carve/out
	base=/carve/out/install/lib/modules/$rel
	binds=(-r "$(source_dir $debug_series):/carve/linux" -r "$(debug_dir):/carve/out")
else
	rel=$(release_of "$kernel")
	kdir=/lib/modules/$rel/build
	base=/lib/modules/$rel
	binds=()
fi

# Installed over the kernel's own modules, so that depmod sees everything, but
# only what that changed is kept: init lays it over the same tree.
# shellcheck disable=SC2016
script='
set -eu
rel=$1 base=$2 kdir=$3 kunit=$4
make -C /carve/src -j"$(nproc)" KDIR="$kdir" KUNIT="$kunit"
mkdir -p /tmp/upper /tmp/work "/tmp/inst/lib/modules/$rel"
mount -t overlay over -o "lowerdir=$base,upperdir=/tmp/upper,workdir=/tmp/work" "/tmp/inst/lib/modules/$rel"
make -s -C /carve/src KDIR="$kdir" KUNIT="$kunit" INSTALL_MOD_PATH=/tmp/inst install
rm -rf /carve/aux/lib
mkdir -p "/carve/aux/lib/modules/$rel"
cp -a /tmp/upper/. "/carve/aux/lib/modules/$rel/"
'
rc=0
in_root "${binds[@]}" -b "$dir/src:/carve/src" -b "$dir/install:/carve/aux" \
	bash -c "$script" modules "$rel" "$base" "$kdir" "${kunit:+1}" >"$dir/log" 2>&1 || rc=$?
if [ $rc -ne 0 ]; then
	grep -E -A3 'error|Error|undefined' "$dir/log" | head -n 40 >&2 || true
	die "the modules do not build for $name (whole log: $dir/log)"
fi
