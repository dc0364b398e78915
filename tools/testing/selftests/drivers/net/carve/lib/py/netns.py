# SPDX-License-Identifier: GPL-2.0
"""
Commands in a namespace, without `ip netns exec` and `ip -netns`: those mount
a sysfs of the namespace first, in a mount namespace made for the purpose. In
an emulated machine that takes longer than the command. Whoever needs that
sysfs says `ip netns exec` in the command.

    with inside("host1-eth0"): ...      this thread and the processes it starts
    cmd("...", ns="host1-eth0")         as in the kernel's selftest library,
    ip("...", ns=...), ethtool(...)     which does the rest
    ip_batch("...", "...", ns=...)      many commands of ip for the price of one,
    batch("devlink", "...", "...")      or of a tool like it
"""

import os
import tempfile
from contextlib import contextmanager

from net.lib.py import utils as _utils


@contextmanager
def inside(ns):
    """Be in namespace ns (a name, or None: stay) while the block runs."""
    if ns is None:
        yield
        return
    home = os.open("/proc/thread-self/ns/net", os.O_RDONLY)
    try:
        there = os.open(f"/run/netns/{ns}", os.O_RDONLY)
        try:
            os.setns(there, os.CLONE_NEWNET)
        finally:
            os.close(there)
        try:
            yield
        finally:
            os.setns(home, os.CLONE_NEWNET)
    finally:
        os.close(home)


def cmd(comm, ns=None, **kwargs):
    with inside(ns):
        return _utils.cmd(comm, **kwargs)


def ip(args, json=None, ns=None):
    with inside(ns):
        return _utils.ip(args, json=json)


def ethtool(args, json=None, ns=None):
    with inside(ns):
        return _utils.ethtool(args, json=json)


def batch(tool, *commands, ns=None, fail=True):
    """Commands of ip, devlink or the like by one process. fail=False: those that
    fail don't matter."""
    with tempfile.NamedTemporaryFile("w", prefix=f"{tool}-") as f:
        f.write("\n".join(commands) + "\n")
        f.flush()
        return cmd(f"{tool} {'' if fail else '-force '}-b {f.name}", ns=ns, fail=fail)


def ip_batch(*commands, **kwargs):
    return batch("ip", *commands, **kwargs)
