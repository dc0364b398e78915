# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2034 # much is for those who source this
#
# Sourced by the scripts here: paths, messages, the cache, the chroot.

set -euo pipefail

top=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
testing=$top/tools/testing
build=$top/build
cache=${CARVE_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/carve}

# Debian releases and kernel series that everything here is built for. The
# first series is the release's own kernel, the second comes from backports.
release=trixie
stock_kernels=(6.12 7.3)
debug_series=6.12
ksft_series=7.3

say() { printf '[%s] %s\n' "$(basename "$0" .sh)" "$*" >&2; }
die() { say "error: $*"; exit 1; }

elapsed() { printf '%d min %02d s' $(($1 / 60)) $(($1 % 60)); }

# slow WHAT LOG COMMAND...: run a long step with its output in LOG, say every
# half minute that it is still alive, and show the end of LOG if it fails. A
# function as COMMAND chains its steps with &&: set -e does not hold in it.
slow() {
	local what=$1 log=$2 start=$SECONDS rc=0 ticker
	shift 2
	mkdir -p "$(dirname "$log")"
	: >"$log"
	say "$what"
	# No child to wait with, and no lock: nothing that could outlive this.
	(
		exec 7>&- 9>&- {never}<> <(:)
		while ! read -r -t 30 -u "$never"; do
			kill -0 $$ 2>/dev/null || exit
			say "... $(elapsed $((SECONDS - start))), $(tail -n 1 "$log" | tr -d '\r' | cut -c1-60)"
		done
	) &
	ticker=$!
	"$@" >"$log" 2>&1 </dev/null || rc=$?
	kill $ticker 2>/dev/null || true
	wait $ticker 2>/dev/null || true
	if [ $rc -ne 0 ]; then
		tail -n 25 "$log" >&2
		die "failed: $what (whole log: $log)"
	fi
	say "... done in $(elapsed $((SECONDS - start)))"
}

# Everything that is kept is built under a temporary name and renamed when it
# is whole, under a lock for its kind, so neither an interrupted nor a
# concurrent build can be taken for a good one.
cache_lock() { # KIND
	mkdir -p "$cache"
	exec 9>"$cache/lock-$1"
	if ! flock -n 9; then
		say "waiting for another build of $1 in $cache"
		flock 9
	fi
	kind=$1
	find "$cache" -maxdepth 1 -name "new.$kind.*" -exec rm -rf {} +
}
cache_unlock() { exec 9>&-; }
cache_tmp() { mktemp -d "$cache/new.$kind.XXXXXX"; }
cache_commit() { # TMP FINAL
	chmod 755 "$1"
	mv "$1" "$2"
}
# What another checkout uses is left alone; what nobody has used for two weeks
# goes, unless somebody is running right now.
cache_prune() {
	local dir
	for dir in "$@"; do
		touch "$dir"
	done
	if flock -n -x 7; then
		find "$cache" -mindepth 1 -maxdepth 1 -type d -mtime +14 -exec rm -rf {} +
	fi
	flock -s 7
}

# Whoever uses the cache holds this, shared; vm.py does as well.
mkdir -p "$cache"
exec 7>"$cache/in-use"
flock -s 7

hash_of() { cat "$@" | sha256sum | cut -c1-16; }

# The machine's own Debian mirror: no name of one is written down here.
mirror() {
	local uri
	uri=$(. /etc/os-release && apt-get indextargets --format '$(REPO_URI)' \
		"Codename: $VERSION_CODENAME" 2>/dev/null | head -n 1)
	[ -n "$uri" ] || die "apt knows no mirror for this release: run apt-get update"
	echo "$uri"
}

root_dir() { echo "$cache/root-$(hash_of "$testing/root.sh")"; }

# in_root [-b|-r HOSTDIR:DIR]... COMMAND...: run COMMAND in the guest root, which
# stays read-only but for a tmpfs on /tmp and the directories given with -b (-r
# is a read-only one). The mounts are private to the command and go with it,
# however it ends.
in_root() {
	local root script='set -e; r=$1; shift; mount --bind "$r" "$r"; cd /
		while [ "$1" = -b ] || [ "$1" = -r ]; do
			mount --bind "${2%%:*}" "$r/${2#*:}"
			[ "$1" = -b ] || mount -o remount,bind,ro "$r/${2#*:}"
			shift 2
		done
		mount -o remount,bind,ro "$r"
		mount -t proc proc "$r/proc"; mount -t sysfs -o ro sys "$r/sys"
		mount --rbind /dev "$r/dev"; mount -t tmpfs tmp "$r/tmp"
		exec chroot "$r" /usr/bin/env -i HOME=/tmp LC_ALL=C.UTF-8 \
			PATH=/usr/sbin:/usr/bin:/sbin:/bin KBUILD_BUILD_USER=carve \
			KBUILD_BUILD_HOST=carve "$@"'
	root=$(root_dir)
	[ -d "$root" ] || die "no guest root: run tools/testing/root.sh"
	setpriv --pdeathsig KILL unshare --mount --pid --fork --kill-child \
		bash -c "$script" in_root "$root" "$@"
}

# release_of SERIES: newest installed kernel of a series in the guest root.
release_of() {
	local r
	r=$(cd "$(root_dir)/lib/modules" && printf '%s\n' "$1"[.-]* | sort -V | tail -n 1)
	[ -d "$(root_dir)/lib/modules/$r" ] || die "no kernel $1 in the guest root"
	echo "$r"
}

# Version of a package in the guest root: what is derived from one is named
# after it.
package_version() {
	dpkg-query --admindir="$(root_dir)/var/lib/dpkg" -W -f '${Version}' "$1"
}
source_dir() {
	echo "$cache/linux$1-$({ package_version "linux-source-$1"; cat "$testing/sources.sh"; } | sha256sum | cut -c1-16)"
}
debug_dir() {
	echo "$cache/debug-$({ package_version linux-source-$debug_series; package_version gcc
		cat "$testing/debug.config" "$testing/kernel.sh"; } | sha256sum | cut -c1-16)"
}

# What the kernel's selftests need compiled (ksft.sh).
ksft_dir() {
	echo "$cache/ksft-$({ package_version "linux-source-$ksft_series"; package_version gcc-bpf
		cat "$testing/ksft.sh"; } | sha256sum | cut -c1-16)"
}

# copy_sources DIR: the drivers as they stand in the checkout. By content and
# without times, so that whatever differs is newer than what was built of it.
copy_sources() {
	local d
	for d in drivers include; do
		mkdir -p "$1/$d"
		rsync -rl --checksum --delete --include='*/' --include='*.[chS]' --include=Makefile \
			--include=Kbuild --include=Kconfig --exclude='*' "$top/$d/" "$1/$d/"
	done
	rsync -rl --checksum "$top/Kbuild" "$top/Kconfig" "$1/"
}
