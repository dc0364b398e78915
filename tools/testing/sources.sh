#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Unpacks the kernel sources that Debian ships in the guest root: 6.12 for the
# debug kernel, 7.3 for checkpatch and for the kselftest and YNL libraries.
# What neither an x86 build nor a selftest reads stays in the archive.

. "$(dirname "$0")/lib.sh"

# The suites' own directory is where the guest binds the checkout's; the
# library is compiled by the guest's Python, an emulated one takes seconds.
unpack() {
	local series=$1 dir=$2
	tar -C "$dir" --strip-components=1 -xJf "$(root_dir)/usr/src/linux-source-$series.tar.xz" \
		--exclude='linux-source-*/arch/[a-wyz]*/*.[chS]' \
		--exclude='linux-source-*/arch/[a-wyz]*/*.dts*' \
		--exclude='linux-source-*/drivers/gpu/*.[ch]' \
		--exclude='linux-source-*/drivers/media/*.[ch]' \
		--exclude='linux-source-*/drivers/staging/*.[ch]' \
		--exclude='linux-source-*/sound/*.[ch]' \
		--exclude='linux-source-*/tools/perf/*' &&
	mkdir -p "$dir/tools/testing/selftests/drivers/net/carve" &&
	in_root -b "$dir:/carve/linux" python3 -m compileall -q \
		/carve/linux/tools/testing/selftests/net/lib \
		/carve/linux/tools/testing/selftests/drivers/net/lib \
		/carve/linux/tools/net/ynl
}

for series in "${stock_kernels[@]}"; do
	dir=$(source_dir "$series")
	[ -d "$dir" ] && continue
	cache_lock "linux$series"
	if [ ! -d "$dir" ]; then
		tmp=$(cache_tmp)
		slow "unpacking linux-source-$series, about a minute, once" \
			"$build/logs/sources.log" unpack "$series" "$tmp"
		cache_commit "$tmp" "$dir"
	fi
	cache_unlock
done
