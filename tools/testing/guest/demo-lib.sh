# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2034 # much is for those who source this
#
# Sourced by the demonstrations: steps that are shown, checked and counted.

set -u
steps=0
failed=()
pci=/sys/bus/pci/devices/0000:01:00.0

# Colours only where the other end of the line is a terminal.
bold='' plain=''
if grep -q 'carve.colour=1' /proc/cmdline; then
	bold=$'\e[1m' plain=$'\e[0m'
else
	export NO_COLOR=1 TERM=dumb
fi
say() { printf '\n%s# %s%s\n' "$bold" "$*" "$plain"; }

# run COMMAND: a step that has to succeed. fails COMMAND: one that must not.
# The line is for reading, so it is what is evaluated, word for word.
run() {
	local rc=0
	steps=$((steps + 1))
	printf '$ %s\n' "$1"
	eval "$1" || rc=$?
	[ $rc -eq 0 ] || failed+=("$1 (exit code $rc)")
}
fails() {
	steps=$((steps + 1))
	printf '$ %s\n' "$1"
	if eval "$1"; then
		failed+=("$1 (should not succeed)")
	fi
}
expect() { # WHAT COMMAND...: check silently, waiting up to half a minute
	local what=$1 i
	shift
	steps=$((steps + 1))
	for ((i = 0; i < 150; i++)); do
		"$@" >/dev/null 2>&1 && return
		sleep 0.2
	done
	echo "  not so: $what"
	failed+=("$what")
}
carrier() { [ "$(ip ${2:+-netns $2} -br link show "$1" | grep -c LOWER_UP)" = 1 ]; }
netdev() { ls "$1/net" 2>/dev/null | head -n 1; }
ping='ping -n -c 3 -i 0.2 -W 3'

# Tell how it went, leave that for the host, and a shell if it was asked for.
finish() {
	local rc=1

	say 'Summary'
	if [ ${#failed[@]} -eq 0 ]; then
		echo "$steps steps, all as they should be"
		rc=0
	else
		echo "$steps steps, ${#failed[@]} not as they should be:"
		printf '  %s\n' "${failed[@]}"
	fi
	echo $rc >/carve/aux/rc

	if grep -q ' carve.interactive=1' /proc/cmdline; then
		say 'A shell in the guest; exit ends it'
		cd /root || exit
		export PS1='\h:\w# '
		bash --norc -i
	fi
}
