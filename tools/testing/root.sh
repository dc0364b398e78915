#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The guest root: one Debian directory tree that every guest boots from, over
# 9p and read-only, and in which modules and the debug kernel are built. It is
# named after this file's hash: change the list, get a new root.

. "$(dirname "$0")/lib.sh"

packages=(
	# build
	gcc make libc6-dev sparse flex bison bc libelf-dev libssl-dev dwarves
	perl python3 python3-yaml rsync cpio xz-utils bzip2 kmod git shellcheck
	# run
	busybox-static iproute2 ethtool iputils-ping iputils-arping ndisc6 iperf3
	tcpdump pciutils procps psmisc socat jq driverctl util-linux ncurses-base
	less qemu-system-x86 seabios dpdk dpdk-dev linuxptp
	# the kernel's selftests
	binutils-bpf gcc-bpf bpftool netsniff-ng
	libvirt-clients libvirt-daemon-driver-network libvirt-daemon-driver-nodedev
	libvirt-daemon-driver-qemu
	# backported kernels depend on the newer one
	"linux-base/$release-backports"
)

root=$(root_dir)
[ -d "$root" ] && exit 0
cache_lock root
[ -d "$root" ] && exit 0

mirror=$(mirror)
tmp=$(cache_tmp)
mkdir "$tmp/root"

include=("--include=$(IFS=,; echo "${packages[*]}")")
for k in "${stock_kernels[@]}"; do
	v=${k//./\\.}
	# The meta packages follow one suite only; a series is named by pattern.
	for p in "image-$v\.[0-9.]+[+a-z0-9]*-amd64" "headers-$v\.[0-9.]+[+a-z0-9]*-amd64" "source-$v"; do
		include+=("--include=?name(^linux-$p\$)")
	done
done

# mmdebstrap's apt does not read the machine's configuration: hand it what
# says how to reach the mirror.
aptopts=()
while IFS= read -r line; do
	aptopts+=("--aptopt=$line")
done < <(apt-config dump | grep -E '^Acquire::([a-z]+::Proxy|Check-|Retries|ForceIPv)' || true)

make_root() {
	# INITRD=No: the test bed makes its own initramfs.
	INITRD=No mmdebstrap --variant=minbase --mode=root --components=main \
		"${include[@]}" "${aptopts[@]}" \
		--dpkgopt='path-exclude=/usr/share/man/*' \
		--dpkgopt='path-exclude=/usr/share/locale/*' \
		--dpkgopt='path-exclude=/usr/share/doc/*' \
		--customize-hook="mkdir -p \"\$1\"/carve/src \"\$1\"/carve/out \"\$1\"/carve/linux \"\$1\"/carve/aux" \
		$release "$tmp/root" \
		"deb $mirror $release main" \
		"deb $mirror $release-updates main" \
		"deb $mirror $release-backports main"
}
slow "building the guest root (Debian $release, both kernels and compilers), about 3 minutes, once" \
	"$build/logs/root.log" make_root
for k in "${stock_kernels[@]}"; do
	compgen -G "$tmp/root/lib/modules/$k.*/build/Makefile" >/dev/null ||
		die "the mirror has no kernel $k with headers in $release or its backports"
	compgen -G "$tmp/root/usr/src/linux-source-$k.tar.xz" >/dev/null ||
		die "the mirror has no linux-source-$k"
done
mv "$tmp/root" "$tmp.root"
rmdir "$tmp"
cache_commit "$tmp.root" "$root"
