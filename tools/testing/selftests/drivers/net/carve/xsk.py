#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
# carve: kernels=debug,6.12,7.3 timeout=300
# carve-not-debug: xsk_zero_copy.pf xsk_beside.* xsk_new_rings.pf xsk_reset.pf xsk_refused.*
"""
AF_XDP with zero copy on a VF and on the PF: frames both ways, the stack and XDP
beside them on the same rings, and that a socket's memory comes back whatever
happens to queue, function and socket. End to end on the model.
"""

import errno
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from lib.py import KernelLog, carrier, defer, ethtool, ksft_eq, \
    ksft_exit, ksft_ge, ksft_run, ksft_true, ksft_variants, refused, wait_for
from lib.py.bpf import ETH_P_XDP, NodesEnv, Stream, Xdp, arrives, drop, dropped, \
    send_back, sent, stat
from lib.py.traffic import Flood, frame, mac_of, packet_socket, tcp
from lib.py.xsk import BIND_NEED_WAKEUP, Steered, Xsk

# One of them where nothing but the shared ring is at work.
UNDER_TEST = ["vf1", "pf"]


def pinned():
    """Pages of users' memory that are pinned, as those of sockets are."""
    # What the CPUs have counted for themselves.
    Path("/proc/sys/vm/stat_refresh").write_text("1")
    now = dict(line.split() for line in Path("/proc/vmstat").read_text().splitlines())
    return int(now["nr_foll_pin_acquired"]) - int(now["nr_foll_pin_released"])


def pattern(size, first):
    return bytes((first + i) % 251 for i in range(size))


def received(x, tx, rx, count=64, size=1000, tries=5):
    """Do count different frames that tx sends to rx reach a socket?"""
    want = {frame(mac_of(rx), mac_of(tx), pattern(size, i), proto=ETH_P_XDP)
            for i in range(count)}
    with packet_socket(tx) as out:
        for _ in range(tries):
            for data in list(want):
                out.send(data)
            want -= set(x.receive(len(want), wait=0.5))
            if not want:
                return True
    return False


def heard(x, tx, rx, sizes, tries=5):
    """Do frames of these sizes that a socket of tx sends reach rx's stack?"""
    for size in sizes:
        head = frame(mac_of(rx), mac_of(tx), b"", proto=ETH_P_XDP)[:14]
        data = (head + pattern(size, size))[:size]
        with packet_socket(rx) as s:
            for _ in range(tries):
                if not x.send([data]):
                    return f"{size} bytes do not come back"
                if arrives(s, data[12:]):
                    break
            else:
                return f"{size} bytes are not heard"
    return ""


@ksft_variants(UNDER_TEST)
def xsk_zero_copy(cfg, name):
    """Frames of a socket are sent, received and given back; others pass"""
    a, b = cfg.nodes["vf0"], cfg.nodes[name]
    with Steered(b, ETH_P_XDP) as x:
        ksft_true(x.zerocopy, "it is not zero copy")
        for size in (46, 60, 1000, 1500):
            ksft_true(received(x, a, b, size=size), f"{size} bytes are not received")
        ksft_eq(heard(x, b, a, (14, 16, 17, 60, 128, 1514)), "")
        data = frame(mac_of(a), mac_of(b), pattern(1000, 0), proto=ETH_P_XDP)
        ksft_true(x.send([data] * 1000), "1000 frames do not come back")
        ksft_true(a.ping(b, size=1400), "others don't pass")
        ksft_true(tcp(a, b, 1 << 20), "TCP")
    ksft_true(sent(a, b, b, b"heard"), "the stack hears nothing any more")


@ksft_variants(["vf1"])
def xsk_beside(cfg, name):
    """Frames in a socket's memory are dropped, sent back and passed as others are"""
    a, b = cfg.nodes["vf0"], cfg.nodes[name]
    with Xsk(b) as x:
        ksft_true(sent(a, b, b, b"passed"), "without a program")
        before = stat(b, "rx0_xdp_drop")
        with Xdp(b, drop(ETH_P_XDP)):
            ksft_true(dropped(a, b, b"dropped"), "the stack saw it")
            ksft_ge(stat(b, "rx0_xdp_drop"), before + 3)
        with Xdp(b, send_back(ETH_P_XDP)):
            for size in (60, 1500):
                ksft_true(sent(a, b, a, pattern(size, 0)), f"{size} bytes do not come back")
        # None of them has kept any of the socket's memory.
        with Xdp(b, drop(ETH_P_XDP)), Stream(a, b, b"many"):
            wait_for(lambda: stat(b, "rx0_xdp_drop") > before + 600, "frames to be dropped")
        ksft_eq(x.receive(1, wait=0), [])


@ksft_variants(["pf"])
def xsk_shares_a_ring(cfg, name):
    """Stack, XDP_TX and a socket send by one ring, and none harms another"""
    a, b = cfg.nodes["vf0"], cfg.nodes[name]
    data = frame(mac_of(a), mac_of(b), pattern(1000, 0))
    with Xsk(b) as x, Xdp(b, send_back(ETH_P_XDP)), Stream(a, b, b"there and back"):
        with Flood(b, a) as flood:
            for _ in range(5):
                ksft_true(x.send([data] * 200), "frames do not come back")
        ksft_eq(flood.lost, 0)
        ksft_true(tcp(b, a, 4 << 20), "TCP")
        ksft_true(sent(a, b, a, pattern(1000, 0)), "XDP_TX")


def busy_while(x, data, func, *args):
    """Have a socket send and receive without a pause while func runs."""
    with ThreadPoolExecutor(1) as other:
        job = other.submit(func, *args)
        while not job.done():
            x.queue([data] * 40)
            x.complete()
            x.receive(64, wait=0)
    job.result()


@ksft_variants(UNDER_TEST)
def xsk_new_rings(cfg, name):
    """A socket and its memory outlive new rings and an interface that is down"""
    a, b = cfg.nodes["vf0"], cfg.nodes[name]
    data = frame(mac_of(a), mac_of(b), pattern(1000, 0), proto=ETH_P_XDP)
    # So that there is always something sent and not yet given back.
    b.cmd(f"ethtool -C {b.dev} adaptive-rx off adaptive-tx off rx-usecs 8000 tx-usecs 8000")
    defer(b.cmd, f"ethtool -C {b.dev} adaptive-rx on adaptive-tx on")
    with Steered(b, ETH_P_XDP) as x:
        everything = len(x.free)
        with Stream(a, b, pattern(1000, 0)):
            for count in (512, 64, 256):
                busy_while(x, data, b.cmd, f"ethtool -G {b.dev} rx {count} tx {count}")
            b.ip(f"link set dev {b.dev} down")
            b.ip(f"link set dev {b.dev} up")
            carrier(b.dev, b.ns)
        x.complete()
        ksft_true(x.send([data], wait=5), "a frame does not come back")
        ksft_eq(len(x.free), everything, "frames under way were not given back")
        # More than there is memory: none of it was lost.
        ksft_true(received(x, a, b, count=200), "frames are not received")


def pings_meanwhile(x, a, b):
    """A ping while frames reach a socket of b, which gives their memory back:
    without, there would be none for the ping."""
    got = 0
    with ThreadPoolExecutor() as pool:
        ping = pool.submit(a.ping, b, count=1, extra="-W 1")
        while not ping.done():
            got += len(x.receive(64, wait=0.1))
    return got and ping.result()


@ksft_variants(UNDER_TEST)
def xsk_reset(cfg, name):
    """A socket outlives a reset of the port under traffic"""
    a, b = cfg.nodes["vf0"], cfg.nodes[name]
    data = frame(mac_of(a), mac_of(b), pattern(1000, 0), proto=ETH_P_XDP)
    pf = cfg.nodes["pf"]
    with Steered(b, ETH_P_XDP) as x:
        with Stream(a, b, pattern(1000, 0)):
            x.queue([data] * 100)
            ethtool(f"--reset {pf.dev} dedicated", ns=pf.ns)
            wait_for(lambda: pings_meanwhile(x, a, b), "traffic after the reset")
        ksft_true(received(x, a, b), "frames are not received")
        ksft_eq(heard(x, b, a, (1000,)), "")


@ksft_variants(["vf1"])
def xsk_comes_and_goes(cfg, name):
    """Sockets close under traffic, and what they had pinned is released"""
    a, b = cfg.nodes["vf0"], cfg.nodes[name]
    before = pinned()
    data = frame(mac_of(a), mac_of(b), pattern(1000, 0), proto=ETH_P_XDP)
    with Stream(a, b, pattern(1000, 0)):
        for _ in range(5):
            with Steered(b, ETH_P_XDP) as x:
                ksft_true(x.receive(10), "nothing received")
                x.queue([data] * 100)
    b.ip(f"link set dev {b.dev} down")
    with Xsk(b) as x:
        ksft_true(x.zerocopy, "on an interface that is down")
        b.ip(f"link set dev {b.dev} up")
        carrier(b.dev, b.ns)
        ksft_eq(heard(x, b, a, (1000,)), "")
    wait_for(lambda: pinned() <= before, "the sockets' memory to be released")
    ksft_true(a.ping(b), "no traffic afterwards")


@ksft_variants(UNDER_TEST)
def xsk_refused(cfg, name):
    """What can't be zero copy is refused and said, or falls back to a copy"""
    b = cfg.nodes[name]
    with KernelLog() as log:
        refused(errno.EINVAL, Xsk, b, chunk=2048)
        ksft_true(wait_for(lambda: log.read() and log.grep("AF_XDP: frames of 1522 bytes"),
                           "the reason in the log"))
    refused(errno.EINVAL, Xsk, b, queue=9)
    with Xsk(b, chunk=2048, flags=BIND_NEED_WAKEUP) as x:
        ksft_true(not x.zerocopy, "buffers too small for zero copy")
    b.ip(f"link set dev {b.dev} mtu 1000")
    defer(b.ip, f"link set dev {b.dev} mtu 1500")
    with Xsk(b, chunk=2048) as x:
        ksft_true(x.zerocopy, "buffers large enough for a small MTU")
        refused(errno.EBUSY, b.ip, f"link set dev {b.dev} mtu 1500")


def xsk_goes_with_its_vf(cfg):
    """A VF with a socket at work goes, and the socket's memory is released"""
    a, b = cfg.nodes["vf0"], cfg.nodes["vf1"]
    before = pinned()
    data = frame(mac_of(a), mac_of(b), pattern(1000, 0), proto=ETH_P_XDP)
    with Xsk(b) as x:
        x.queue([data] * 100)
        cfg.drop(b)
        cfg.pf.vf(1).unbind()
    wait_for(lambda: pinned() <= before, "the socket's memory to be released")


def xsk_on_one_queue_of_many(cfg):
    """On a PF without VFs a socket has a queue, and others take no notice"""
    for node in ("vf0", "vf1"):
        cfg.drop(cfg.nodes[node])
    cfg.pf.numvfs = 0
    pf, out = cfg.nodes["pf"], cfg.nodes["outside"]
    pf.cmd(f"ethtool -X {pf.dev} equal 1")
    wait_for(lambda: out.ping(pf, count=1, extra="-W 1"), "traffic by one queue of two")
    with Flood(out, pf) as flood:
        for _ in range(3):
            with Xsk(pf, queue=1) as x:
                ksft_true(x.zerocopy, "queue 1")
                time.sleep(0.1)
    ksft_eq(flood.lost, 0)
    with Steered(pf, ETH_P_XDP, queue=1) as x:
        pf.cmd(f"ethtool -X {pf.dev} weight 0 1")
        ksft_true(received(x, out, pf), "frames of queue 1 are not received")
        pf.cmd(f"ethtool -G {pf.dev} rx 512")
        ksft_true(received(x, out, pf), "nor after new rings")
        refused(errno.EINVAL, pf.cmd, f"ethtool -L {pf.dev} combined 1")
        # VFs take the queue away.
        cfg.pf.numvfs = 1
        ksft_true(not x.send([b"nobody"], wait=0.2), "a queue that is gone sends")
        cfg.pf.numvfs = 0
        pf.cmd(f"ethtool -X {pf.dev} weight 0 1")
        ksft_true(received(x, out, pf), "nor when the queue is back")
    pf.cmd(f"ethtool -X {pf.dev} default")


def main():
    with NodesEnv(numvfs=2) as cfg:
        ksft_run([xsk_zero_copy, xsk_beside, xsk_shares_a_ring, xsk_new_rings, xsk_reset,
                  xsk_comes_and_goes, xsk_refused, xsk_goes_with_its_vf,
                  xsk_on_one_queue_of_many], args=(cfg, ))
    ksft_exit()


if __name__ == "__main__":
    main()
