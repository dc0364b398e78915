#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The host's side: checks the machine and installs the few packages that the
# test bed needs. Everything else lives in the guest root.

. "$(dirname "$0")/lib.sh"

min_disk_gb=8
min_mem_gb=4
min_qemu=8
packages=(mmdebstrap debian-archive-keyring python3 rsync util-linux xz-utils)

[ "$(id -u)" = 0 ] || die "must run as root: it installs packages, mounts and chroots"
[ "$(uname -m)" = x86_64 ] || die "needs an x86-64 machine, this is $(uname -m)"
[ -r /etc/os-release ] || die "needs Debian 12 or 13"
. /etc/os-release
[ "${ID:-}" = debian ] || die "needs Debian 12 or 13, this is ${PRETTY_NAME:-unknown}"

mem_kb=$(awk '/^MemTotal/ { print $2 }' /proc/meminfo)
# A machine sold as 4 GB has a little less.
[ "$mem_kb" -gt $((min_mem_gb * 1000 * 950)) ] ||
	die "needs $min_mem_gb GB of memory, this machine has $((mem_kb / 1024)) MB"

mkdir -p "$cache"
if [ ! -d "$(root_dir)" ]; then
	free_kb=$(df --output=avail -k "$cache" | tail -n 1)
	[ "$free_kb" -gt $((min_disk_gb * 1024 * 1024)) ] ||
		die "needs $min_disk_gb GB in $cache (CARVE_CACHE names another place), there are $((free_kb / 1024)) MB"
fi

qemu_major() {
	qemu-system-x86_64 --version 2>/dev/null | sed -n 's/^QEMU emulator version \([0-9]*\).*/\1/p'
}

missing=()
for p in "${packages[@]}"; do
	dpkg-query -W -f '${db:Status-Status}' "$p" 2>/dev/null | grep -qx installed || missing+=("$p")
done
have=$(qemu_major || true)
[ "${have:-0}" -ge $min_qemu ] || missing+=(qemu-system-x86)
[ ${#missing[@]} -gt 0 ] || exit 0

export DEBIAN_FRONTEND=noninteractive
apt_update() { apt-get -q update; }
log=$build/logs/setup.log

slow "refreshing the package lists" "$log" apt_update
apt_install() { apt-get install -q -y --no-install-recommends "$@"; }
if [ "$VERSION_CODENAME" = bookworm ] && [ "${have:-0}" -lt $min_qemu ]; then
	# bookworm's QEMU 7.2 has no igb; its backports have a newer one, and
	# the firmware that goes with it.
	if ! apt-cache policy | grep -q 'n=bookworm-backports'; then
		echo "deb $(mirror) bookworm-backports main" >/etc/apt/sources.list.d/carve-backports.list
		slow "adding bookworm-backports for QEMU" "$log" apt_update
	fi
	unset 'missing[-1]'
	slow "installing on this machine, from backports: qemu-system-x86" "$log" \
		apt_install -t bookworm-backports qemu-system-x86
fi
[ ${#missing[@]} -eq 0 ] ||
	slow "installing on this machine: ${missing[*]}" "$log" apt_install "${missing[@]}"
have=$(qemu_major || true)
[ "${have:-0}" -ge $min_qemu ] || die "QEMU ${have:-none} found, $min_qemu or newer is needed (it has the igb model)"
