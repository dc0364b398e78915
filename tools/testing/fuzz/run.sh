#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# run.sh [SECONDS | INPUT]
#
# Builds and runs the fuzzer for SECONDS, 60 unless told, or on one input. What
# it finds on the way is kept in build/fuzz/corpus for the next run; an input
# that breaks something is named and stays there.

. "$(dirname "$0")/../lib.sh"

job=${1:-60}
dir=$build/fuzz
log=$build/logs/fuzz.log
mkdir -p "$dir/corpus" "$build/logs"

can_fuzz() {
	echo 'int LLVMFuzzerTestOneInput(const char *d, unsigned long n) { return 0; }' |
		clang -x c -fsanitize=fuzzer,address -o "$dir/probe" - 2>/dev/null
}
install_clang() {
	apt-get -q update
	DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends \
		clang libclang-rt-dev libc6-dev make
}
if ! can_fuzz; then
	[ "$(id -u)" = 0 ] || die "needs clang with libFuzzer: install clang and libclang-rt-dev"
	slow "installing clang" "$build/logs/setup.log" install_clang
	can_fuzz || die "clang can't build a fuzzer"
fi

slow "building the fuzzer" "$build/logs/fuzz-build.log" \
	make -C "$testing/fuzz" -j"$(nproc)"

opts=(-max_len=1024 -timeout=20 -rss_limit_mb=1024 -artifact_prefix="$dir/" -print_final_stats=1)
if [ -f "$job" ]; then
	exec "$dir/fuzz" "${opts[@]}" "$job"
fi
case $job in
'' | *[!0-9]*) die "no such file: $job" ;;
esac

# The corpus of the repository is run first, whatever the time.
run() {
	"$dir/fuzz" "${opts[@]}" -runs=0 "$testing/fuzz/corpus" &&
		"$dir/fuzz" "${opts[@]}" -max_total_time="$job" "$dir/corpus" "$testing/fuzz/corpus"
}
slow "fuzzing the mailbox for $job s (make fuzz TIME=seconds for another time)" "$log" run
sed -n 's/^stat::number_of_executed_units: */inputs tried: /p' "$log" | tail -n 1
