#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
# carve: kernels=debug,6.12,7.3 timeout=300
# carve-not-debug: xdp_drop.pf xdp_tx.pf xdp_redirect.vf1_vf2 xdp_redirect.vf1_pf xdp_jumbo.vf1
# carve-not-debug: xdp_refused.* xdp_comes_and_goes.vf1
"""
XDP on a VF and on the PF: each verdict, frames of several buffers, and that a
program comes and goes without traffic taking notice. End to end on the model.
"""

import errno
import socket
import time

from lib.py import NetNSEnter, carrier, defer, ip, ip_batch, ksft_eq, ksft_exit, \
    ksft_ge, ksft_run, ksft_true, ksft_variants, refused
from lib.py.bpf import ETH_P_XDP, NodesEnv, Stream, Xdp, drop, dropped, redirect, \
    send_back, sent, stat
from lib.py.traffic import Flood, mac_of, tcp

UNDER_TEST = ["vf1", "pf"]


@ksft_variants(UNDER_TEST)
def xdp_drop(cfg, name):
    """DROP hides a frame from the stack and is counted; others pass."""
    a, b = cfg.nodes["vf0"], cfg.nodes[name]
    before = stat(b, "rx0_xdp_drop")
    with Xdp(b, drop(ETH_P_XDP)):
        ksft_true(dropped(a, b, b"dropped"), "the stack saw it")
        ksft_ge(stat(b, "rx0_xdp_drop"), before + 3)
    ksft_true(sent(a, b, b, b"heard"), "still dropped without program")


@ksft_variants(UNDER_TEST)
def xdp_tx(cfg, name):
    """TX sends a frame back, short (copied) and long (mapped)."""
    a, b = cfg.nodes["vf0"], cfg.nodes[name]
    for size in (20, 60, 113, 114, 115, 116, 1000, 1500):
        with Xdp(b, send_back(ETH_P_XDP)):
            got = sent(a, b, a, bytes(i % 251 for i in range(size)))
            ksft_true(got, f"{size} bytes do not come back")
            ksft_eq(got[:6].hex(":"), mac_of(a))
            ksft_eq(got[6:12].hex(":"), mac_of(b))


def _go_home(host, ns):
    """Back to its own namespace, with its addresses."""
    ip(f"link set dev {host.dev} netns {host.ns}", ns=ns)
    ip_batch(*host.address(host.dev), f"link set dev {host.dev} up", ns=host.ns)
    carrier(host.dev, host.ns)


@ksft_variants([("vf1", "vf2"), ("vf1", "pf"), ("pf", "vf1")])
def xdp_redirect(cfg, name, via):
    """REDIRECT sends a frame out of another interface."""
    a, b, c = cfg.nodes["vf0"], cfg.nodes[name], cfg.nodes[via]
    out = cfg.nodes["outside"]
    c.ip(f"link set dev {c.dev} netns {b.ns}")
    defer(_go_home, c, b.ns)
    ip(f"link set dev {c.dev} up", ns=b.ns)
    carrier(c.dev, b.ns)
    with NetNSEnter(b.ns):
        index = socket.if_nametoindex(c.dev)
    for size in (50, 1400):
        with Xdp(b, redirect(ETH_P_XDP, index, mac_of(out))):
            ksft_true(sent(a, b, out, bytes(i % 251 for i in range(size))),
                      f"{size} bytes do not arrive")
    ksft_ge(stat(b, "rx0_xdp_redirect"), 2)


def _jumbo(cfg, *names):
    for n in names:
        host = cfg.nodes[n]
        host.ip(f"link set dev {host.dev} mtu 9000")
        defer(host.ip, f"link set dev {host.dev} mtu 1500")


@ksft_variants(UNDER_TEST)
def xdp_jumbo(cfg, name):
    """Frames of several buffers pass, drop and come back whole."""
    a, b = cfg.nodes["vf0"], cfg.nodes[name]
    _jumbo(cfg, "pf", "vf0", "vf1")
    payload = bytes(i % 251 for i in range(8000))
    with Xdp(b, send_back(ETH_P_XDP), frags=True):
        ksft_true(sent(a, b, a, payload), "do not come back")
        ksft_true(a.ping(b, size=8000), "others don't pass")
        ksft_true(tcp(a, b, 1 << 20), "TCP")
    with Xdp(b, drop(ETH_P_XDP), frags=True):
        ksft_true(dropped(a, b, payload), "the stack saw it")


@ksft_variants(UNDER_TEST)
def xdp_refused(cfg, name):
    """A program for one buffer and an MTU for several exclude each other."""
    b = cfg.nodes[name]
    b.ip(f"link set dev {b.dev} mtu 9000")
    defer(b.ip, f"link set dev {b.dev} mtu 1500")
    refused(errno.EOPNOTSUPP, Xdp(b, drop(ETH_P_XDP)).__enter__)
    b.ip(f"link set dev {b.dev} mtu 1500")
    with Xdp(b, drop(ETH_P_XDP)):
        refused(errno.EOPNOTSUPP, b.ip, f"link set dev {b.dev} mtu 9000")


@ksft_variants(UNDER_TEST)
def xdp_comes_and_goes(cfg, name):
    """Attaching and detaching loses no packet."""
    a, b = cfg.nodes["vf0"], cfg.nodes[name]
    with Flood(a, b) as flood:
        for _ in range(10):
            with Xdp(b, send_back(ETH_P_XDP)):
                time.sleep(0.1)
            time.sleep(0.1)
    ksft_eq(flood.lost, 0)


@ksft_variants(UNDER_TEST)
def xdp_new_rings(cfg, name):
    """Rings are exchanged, stopped and started under a program at work."""
    a, b = cfg.nodes["vf0"], cfg.nodes[name]
    _jumbo(cfg, "pf", "vf0", "vf1")
    payload = bytes(i % 251 for i in range(8000))
    with Xdp(b, send_back(ETH_P_XDP), frags=True):
        with Stream(a, b, payload):
            for count in (512, 256):
                b.cmd(f"ethtool -G {b.dev} rx {count} tx {count}")
                b.ip(f"link set dev {b.dev} down")
                b.ip(f"link set dev {b.dev} up")
                carrier(b.dev, b.ns)
        ksft_true(sent(a, b, a, payload), "do not come back any more")


def main():
    with NodesEnv(numvfs=3) as cfg:
        ksft_run([xdp_drop, xdp_tx, xdp_redirect, xdp_jumbo, xdp_refused,
                  xdp_comes_and_goes, xdp_new_rings], args=(cfg, ))
    ksft_exit()


if __name__ == "__main__":
    main()
