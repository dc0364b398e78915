#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# demo.sh MODE: the host's half of make demo and make demo-kvm. Builds the modules
# for the stock kernel, boots a guest with them and shows guest/demo.sh or
# guest/demo-kvm.sh. INTERACTIVE=1 ends in its shell.

. "$(dirname "$0")/lib.sh"

kernel=${KERNEL:-${stock_kernels[0]}}
say "building the modules for $kernel"
"$testing/modules.sh" "$kernel"
say "booting a guest (about half a minute where there is no KVM)"
exec python3 "$testing/vm.py" "$kernel" "${1:?usage: demo.sh demo|demo-kvm}" "${INTERACTIVE:+interactive}"
