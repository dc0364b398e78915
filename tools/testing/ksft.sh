#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Compiles what the kernel's own selftests for network drivers need beside
# Python: programs, and BPF objects by GCC, which is smaller than Clang by half
# a gigabyte. Laid out as in the kernel tree: the guest lays it over that.

. "$(dirname "$0")/lib.sh"

dir=$(ksft_dir)
[ -d "$dir" ] && exec touch "$dir"
cache_lock ksft
[ -d "$dir" ] && exit 0

# netdev's and ethtool's YNL code is made for the programs that need it; its
# makefile writes into the source tree, so there is a tree to write into. It
# would check the kernel's own specifications if jsonschema were there.
# shellcheck disable=SC2016
script='
set -eu
mkdir /tmp/upper /tmp/work /tmp/linux
mount -t overlay over -o lowerdir=/carve/linux,upperdir=/tmp/upper,workdir=/tmp/work /tmp/linux
make -s -C /tmp/linux headers
echo "def validate(*_): pass" >/tmp/jsonschema.py
export PYTHONPATH=/tmp
programs() { # DIR PROGRAM...
	local d=/tmp/linux/tools/testing/selftests/$1
	shift
	make -C "$d" OUTPUT="$d" KHDR_INCLUDES="-isystem /tmp/linux/usr/include" "${@/#/$d/}"
	mkdir -p "/carve/out/${d#/tmp/linux/tools/testing/selftests/}"
	cp "${@/#/$d/}" "/carve/out/${d#/tmp/linux/tools/testing/selftests/}"
}
programs net/lib csum gro xdp_helper
programs drivers/net napi_id_helper so_txtime
programs drivers/net/hw ncdevmem toeplitz
cd /tmp/linux/tools/testing/selftests
for c in net/lib/*.bpf.c drivers/net/hw/*.bpf.c; do
	mkdir -p "/carve/out/${c%/*}"
	bpf-gcc -O2 -gbtf -mco-re -I/tmp/linux/usr/include -idirafter /usr/include \
		-idirafter /usr/include/x86_64-linux-gnu -c "$c" -o "/carve/out/${c%.c}.o"
done
'
tmp=$(cache_tmp)
slow "compiling the kernel's selftests, about a minute, once" "$build/logs/ksft.log" \
	in_root -r "$(source_dir $ksft_series):/carve/linux" -b "$tmp:/carve/out" \
	bash -c "$script"
cache_commit "$tmp" "$dir"
