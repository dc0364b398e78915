#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# What a reviewer need not look at: checkpatch, compiler and sparse warnings on
# every kernel, layering, shell and Python syntax, and the drivers inside a
# kernel tree. One line per check; what a failing one found follows it.

. "$(dirname "$0")/testing/lib.sh"

logs=$build/logs/style
rm -rf "$logs"
mkdir -p "$logs"
failed=0

# verdict NAME COMMAND...: the command's exit code decides, its output explains.
verdict() {
	local name=$1 start=$SECONDS
	shift
	if "$@" >"$logs/${name// /-}.log" 2>&1 </dev/null; then
		printf 'ok   %s (%d s)\n' "$name" $((SECONDS - start))
	else
		printf 'FAIL %s\n' "$name"
		head -n 60 "$logs/${name// /-}.log" | sed 's/^/     /'
		echo "     whole log: $logs/${name// /-}.log"
		failed=1
	fi
}

# As in a kernel tree, where checkpatch knows ethtool's CamelCase names. Ignored:
# FILE_PATH_CHANGES       asks for a MAINTAINERS entry, which is ours to keep
# and in compat.h, whose purpose it is to compare versions,
# LINUX_VERSION_CODE, and CONSTANT_COMPARISON, which takes that for a constant
# shellcheck disable=SC2016
checkpatch() {
	in_root -r "$(source_dir $ksft_series):/carve/linux" -r "$top:/carve/src" bash -c '
		set -u
		dir=drivers/net/ethernet/carve rc=0
		mkdir -p /tmp/tree/$dir
		cd /tmp/tree
		cp -r /carve/src/drivers /carve/src/include $dir/
		check() { # IGNORED, files from stdin
			xargs -r perl /carve/linux/scripts/checkpatch.pl --root=/carve/linux --strict \
				--quiet --show-types --no-summary --color=never --ignore "$1" -f \
				>/tmp/out 2>&1 || rc=1
			sed "s,$dir/,,g" /tmp/out
		}
		check FILE_PATH_CHANGES \
			< <(find $dir -name "*.[ch]" ! -name compat.h ! -name trace.h | sort)
		# The layout of tracepoints is a language of its own.
		check FILE_PATH_CHANGES,OPEN_ENDED_LINE,PARENTHESIS_ALIGNMENT \
			< <(find $dir -name trace.h)
		check FILE_PATH_CHANGES,LINUX_VERSION_CODE,CONSTANT_COMPARISON \
			< <(find $dir -name compat.h)
		exit $rc'
}

# A build from nothing with W=1 and sparse: a warning fails it.
warnings() {
	local kernel=$1 kunit=${2:-} name=style-$1${2:+-kunit} kdir binds=() rc=0
	copy_sources "$build/$name"
	cp "$top/Makefile" "$build/$name/"
	if [ "$kernel" = debug ]; then
		kdir=/carve/out
		binds=(-r "$(source_dir $debug_series):/carve/linux" -r "$(debug_dir):/carve/out")
	else
		kdir=/lib/modules/$(release_of "$kernel")/build
	fi
	# shellcheck disable=SC2016
	in_root "${binds[@]}" -b "$build/$name:/carve/src" bash -c '
		cd /carve/src
		find . -name "*.o" -delete
		exec make -j"$(nproc)" KDIR="$1" KUNIT="$2" W=1 C=1' \
		style "$kdir" "${kunit:+1}" || rc=$?
	return $rc
}
clean_build() {
	local out rc=0
	out=$(warnings "$@" 2>&1) || rc=$?
	grep -E -A6 'warning:|error:|WARNING|ERROR|Error ' <<<"$out" && rc=1
	[ $rc = 0 ] || { echo "--- whole output"; echo "$out"; }
	return $rc
}

shells() {
	local files
	mapfile -t files < <(cd "$top" && grep -rIlE '^#!/bin/(ba)?sh|shellcheck shell=' tools .ci)
	# shellcheck disable=SC2016
	in_root -r "$top:/carve/src" bash -c \
		'cd /carve/src && exec shellcheck -x --severity=warning --source-path=SCRIPTDIR "$@"' shells "${files[@]}"
}
pythons() {
	local files
	mapfile -t files < <(cd "$top" && grep -rIlE '^#!/usr/bin/env python3' tools
		cd "$top" && find tools -name '*.py')
	(cd "$top" && python3 - "${files[@]}" <<-'END'
		import ast, sys
		for name in sys.argv[1:]:
		    ast.parse(open(name).read(), name)
	END
	)
}

# Grafts into copies (overlays, in memory) of a tree and of its build.
# shellcheck disable=SC2016
graft_script='
set -eu
over() {
	mkdir -p "/tmp/$2/upper" "/tmp/$2/work"
	mount -t overlay over -o "lowerdir=$1,upperdir=/tmp/$2/upper,workdir=/tmp/$2/work" "$1"
}
build() { # STATE TARGET...
	state=$1; shift
	"$src/scripts/config" --file "$out/.config" -e NET_VENDOR_INTEL \
		--set-val CARVE_PF "$state" --set-val CARVE_VF "$state" -d CARVE_KUNIT_TEST
	make -s -C "$src" O="$out" olddefconfig
	for s in CORE PF VF; do
		grep -qx "CONFIG_CARVE_$s=$state" "$out/.config" || { echo "CONFIG_CARVE_$s is not $state"; exit 1; }
	done
	make -s -C "$src" O="$out" -j"$(nproc)" "$@" 2>&1 | tee /tmp/build.log
	! grep -E "warning:|WARNING" /tmp/build.log
}
set -o pipefail
src=/carve/linux out=/carve/out
over /carve/linux linux
over /carve/out out
/carve/src/tools/graft.sh "$src"
'
# The debug kernel's build is whole: check the modules, link the kernel.
graft_whole() {
	in_root -r "$(source_dir $debug_series):/carve/linux" -r "$(debug_dir):/carve/out" \
		-r "$top:/carve/src" bash -c "$graft_script"'
		build m modules
		build y vmlinux'
}
# Elsewhere the directory alone, on a prepared tree.
prepared_dir() {
	echo "$cache/prepared$1-$({ source_dir "$1"; cat "$testing/debug.config" "$top/tools/style.sh"; } | sha256sum | cut -c1-16)"
}
# shellcheck disable=SC2016
prepare_tree() {
	local series=$1 tmp=$2
	# Without the debugging, which other series spell differently.
	sed '/^# what makes it a debug kernel/,$d' "$testing/debug.config" >"$tmp/base.config" &&
	in_root -r "$(source_dir "$series"):/carve/linux" -b "$tmp:/carve/out" bash -c '
		set -eu
		cd /carve/linux
		make -s O=/carve/out KCONFIG_ALLCONFIG=/carve/out/base.config allnoconfig
		make -s O=/carve/out -j"$(nproc)" modules_prepare'
}
graft_dir() {
	local series=$1
	in_root -r "$(source_dir "$series"):/carve/linux" -r "$(prepared_dir "$series"):/carve/out" \
		-r "$top:/carve/src" bash -c "$graft_script"'
		d=drivers/net/ethernet/carve/
		build y "$d"
		# Twice defined names would show here.
		ld -r -o /tmp/carve.o --whole-archive "$out/$d/built-in.a"
		build m "$d"'
}

verdict 'layering' "$top/tools/check-layering"
verdict 'shell scripts' shells
verdict 'python scripts' pythons
verdict 'checkpatch' checkpatch
for k in "${stock_kernels[@]}"; do
	verdict "warnings and sparse $k" clean_build "$k"
done
verdict 'warnings and sparse debug with KUnit' clean_build debug kunit
verdict "inside linux $debug_series =y and =m" graft_whole
for k in "${stock_kernels[@]}"; do
	[ "$k" = "$debug_series" ] && continue
	if [ ! -d "$(prepared_dir "$k")" ]; then
		cache_lock "prepared$k"
		tmp=$(cache_tmp)
		slow "preparing a $k tree, about a minute, once" "$logs/prepare.log" prepare_tree "$k" "$tmp"
		cache_commit "$tmp" "$(prepared_dir "$k")"
		cache_unlock
	fi
	verdict "inside linux $k =y and =m" graft_dir "$k"
done
exit $failed
