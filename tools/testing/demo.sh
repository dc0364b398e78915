#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The host's half of make demo: builds the modules for the stock kernel, boots
# a guest with them and shows guest/demo.sh. INTERACTIVE=1 ends in its shell.

. "$(dirname "$0")/lib.sh"

kernel=${KERNEL:-${stock_kernels[0]}}
say "building the modules for $kernel"
"$testing/modules.sh" "$kernel"
say "booting a guest (about half a minute where there is no KVM)"
exec python3 "$testing/vm.py" "$kernel" "${INTERACTIVE:+interactive}"
