# SPDX-License-Identifier: GPL-2.0
"""
Everything a Carve suite imports: the kernel's selftest library
(drivers/net/lib/py, see there) and our own carve.py.
"""

import sys
from pathlib import Path

KSFT_DIR = (Path(__file__).parent / "../../../../..").resolve()

try:
    sys.path.append(KSFT_DIR.as_posix())

    from net.lib.py import NetNS, NetNSEnter
    from net.lib.py import EthtoolFamily, NetdevFamily, NlError, RtnlFamily, \
        DevlinkFamily, NetshaperFamily
    from net.lib.py import CmdExitFailure, bkg, defer, fd_read_timeout, \
        rand_port, tc, tool, wait_file, wait_port_listen
    from net.lib.py import KsftFailEx, KsftSkipEx, KsftXfailEx, \
        KsftNamedVariant, ksft_disruptive, ksft_exit, ksft_pr, ksft_run, \
        ksft_setup, ksft_variants
    from net.lib.py import ksft_busy_wait, ksft_eq, ksft_ge, ksft_gt, ksft_in, \
        ksft_is, ksft_lt, ksft_ne, ksft_not_in, ksft_not_none, ksft_raises, \
        ksft_true
except ModuleNotFoundError as e:
    print("Failed importing `net` library from kernel sources")
    print(str(e))
    sys.exit(4)

from .carve import CarveEnv, Function, Host, KernelLog, Monitor, PeerEnv, \
    Port, RegTrace, Refused, carrier, kernel_is_debug, link, load, loaded, \
    monitor, peer, pf, refused, unload, vfinfo, wait_for, wire, write_sysfs
from .netns import cmd, ethtool, inside, ip, ip_batch
