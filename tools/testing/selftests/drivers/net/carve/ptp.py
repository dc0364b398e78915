#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
# carve: timeout=180
# carve-not-debug: vf_has_no_clock follows_a_master
"""
The port's clock (PHC) and the times it gives PTP frames, by linuxptp's tools.

All tests are end to end on the QEMU model. It stamps what the chip would of
PTP version 2 over Ethernet, but of the events received only Sync, and nothing
over UDP; that those filters are written is in KUnit. A change of the clock's
frequency moves its time there as well, so ptp4l runs free.
"""

import errno
import os
import re
import socket
import struct
import subprocess
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path

from lib.py import CarveEnv, defer, ethtool, ksft_eq, ksft_exit, ksft_gt, \
    ksft_in, ksft_not_in, ksft_run, ksft_true, inside, wait_for
from lib.py.traffic import frame, join, mac_of, packet_socket

ETH_P_1588 = 0x88f7
PTP_GROUP = "01:1b:19:00:00:00"
SYNC = 0
SO_TIMESTAMPING = 37
TX_HARDWARE, RX_HARDWARE, RAW_HARDWARE = 1 << 0, 1 << 2, 1 << 6
V2_EVENT = 12               # HWTSTAMP_FILTER_PTP_V2_EVENT


class Env(CarveEnv):
    """The port with two VFs, and the foreign NIC, each in a namespace."""

    def start(self):
        super().start()
        self.a = self.host(self.pf)
        self.out = self.outside()
        self.index = next(int(d.name[3:]) for d in (self.pf.path / "ptp").iterdir())

    def stamping(self, rx=V2_EVENT, tx=1, host=None, fail=True):
        host = host or self.a
        return host.cmd(f"hwstamp_ctl -i {host.dev} -r {rx} -t {tx}", fail=fail)

    def phc(self, commands):
        return self.a.cmd(f"phc_ctl /dev/ptp{self.index} -- {commands}").stdout

    @contextmanager
    def clock(self):
        """Id of the clock for clock_gettime and its like."""
        fd = os.open(f"/dev/ptp{self.index}", os.O_RDWR)
        try:
            yield (~fd << 3) | 3
        finally:
            os.close(fd)


def lead(clock):
    """Seconds that a clock is ahead of the time since boot."""
    return time.clock_gettime(clock) - time.clock_gettime(time.CLOCK_BOOTTIME)


def sync(src, number):
    """A Sync message of PTP version 2 over Ethernet."""
    body = struct.pack("!BBHBBHqI8sHHBB10s", SYNC, 2, 44, 0, 0, 0, 0, 0, b"\2" * 8, 1,
                       number, 0, 0, b"")
    return frame(PTP_GROUP, src, body, proto=ETH_P_1588)


def stamp_of(sock_, data, wait=3):
    """The chip's time of a received frame, ns; None if it came without."""
    sock_.settimeout(wait)
    while True:
        got, ancillary, _, _ = sock_.recvmsg(2048, 512)
        if got[:len(data)] != data:
            continue
        for level, kind, value in ancillary:
            if (level, kind) == (socket.SOL_SOCKET, SO_TIMESTAMPING):
                sec, nsec = struct.unpack_from("=32xqq", value)
                return sec * 10 ** 9 + nsec or None
        return None


def sync_stamp(cfg, number=1):
    """The PF's time of a Sync from the wire."""
    data = sync(mac_of(cfg.out), number)
    with join(cfg.a, [PTP_GROUP]) as s, packet_socket(cfg.out) as out:
        s.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPING, RX_HARDWARE | RAW_HARDWARE)
        out.send(data)
        return stamp_of(s, data)


def clock_is_known(cfg):
    """The port has a clock, which ethtool -T names; it shows the time of day
    until somebody sets it"""
    info = ethtool(f"-T {cfg.a.dev}", ns=cfg.a.ns).stdout
    ksft_true(re.search(rf"(provider index|Hardware Clock): {cfg.index}\b", info), info)
    for what in ("hardware-transmit", "hardware-receive", "hardware-raw-clock", "ptpv2-event"):
        ksft_in(what, info)
    with cfg.clock() as clock:
        ksft_true(abs(time.clock_gettime(clock) - time.time()) < 5, "the time of day")


def clock_is_set_moved_and_tuned(cfg):
    """phc_ctl sets the clock, moves it, and makes it run faster"""
    out = cfg.phc("set 1000.0 adj 500.25 get adj -250.25 get")
    times = [float(t) for t in re.findall(r"clock time is (\d+\.\d+)", out)]
    ksft_eq([int(t - start) for t, start in zip(times, (1500.25, 1250))], [0, 0])

    defer(cfg.phc, "freq 0")
    for ppb, speed in ((500000000, 1.5), (-500000000, 0.5), (0, 1)):
        cfg.phc(f"freq {ppb}")
        with cfg.clock() as clock:
            t0, c0 = time.clock_gettime(time.CLOCK_MONOTONIC_RAW), time.clock_gettime(clock)
            time.sleep(0.5)
            t1, c1 = time.clock_gettime(time.CLOCK_MONOTONIC_RAW), time.clock_gettime(clock)
        ksft_true(abs((c1 - c0) / (t1 - t0) - speed) < 0.2, f"speed {speed}")


def frames_are_stamped(cfg):
    """A Sync from the wire has the clock's time, between that before and that
    after it; without hwstamp_ctl it has none"""
    defer(cfg.stamping, 0, 0)
    cfg.stamping(0, 0)
    ksft_eq(sync_stamp(cfg), None)
    cfg.stamping()
    with cfg.clock() as clock:
        for number in range(3):
            before = time.clock_gettime_ns(clock)
            stamp = sync_stamp(cfg, number)
            after = time.clock_gettime_ns(clock)
            ksft_true(stamp and before < stamp < after, f"{before} {stamp} {after}")


def unread_stamp_does_no_harm(cfg):
    """A frame that nobody takes from the chip keeps its time there, and the
    chip notes no other: the driver frees it"""
    defer(cfg.stamping, 0, 0)
    cfg.stamping()
    cfg.a.ip(f"link set dev {cfg.a.dev} promisc on")
    defer(cfg.a.ip, f"link set dev {cfg.a.dev} promisc off")
    vf = cfg.host(cfg.pf.vf(0))
    with packet_socket(cfg.out) as out:
        data = sync(mac_of(cfg.out), 9)
        # To the VF alone: its driver knows no clock.
        out.send(bytes.fromhex(mac_of(vf).replace(":", "")) + data[6:])
    wait_for(lambda: sync_stamp(cfg), "a stamp again", 10)


def clock_outlives_a_reset(cfg):
    """Over a reset of the port the clock goes on, and what is stamped stays"""
    defer(cfg.stamping, 0, 0)
    cfg.stamping()
    cfg.phc("set 5000.0")
    with cfg.clock() as clock:
        before = lead(clock)
        ethtool(f"--reset {cfg.a.dev} dedicated", ns=cfg.a.ns)
        ksft_true(abs(lead(clock) - before) < 0.05, f"{before} before, {lead(clock)} after")
    ksft_in(f"rx_filter {V2_EVENT}", cfg.a.cmd(f"hwstamp_ctl -i {cfg.a.dev}").stdout)
    wait_for(lambda: cfg.a.ping(cfg.out, count=1), "the wire after the reset", 30)
    ksft_true(sync_stamp(cfg), "stamps after the reset")


def what_it_cannot_is_refused(cfg):
    """Every frame, or both kinds of version 1 at once: a clear error, and what
    was set before stays"""
    defer(cfg.stamping, 0, 0)
    cfg.stamping()
    for rx in (1, 3):               # ALL, PTP_V1_L4_EVENT
        res = cfg.stamping(rx, fail=False)
        ksft_in(os.strerror(errno.ERANGE), res.stderr + res.stdout)
    ksft_in(f"rx_filter {V2_EVENT}", cfg.a.cmd(f"hwstamp_ctl -i {cfg.a.dev}").stdout)
    ksft_true(sync_stamp(cfg), "still stamped")


def vf_has_no_clock(cfg):
    """A VF says that it has no clock and refuses to stamp"""
    vf = cfg.host(cfg.pf.vf(1))
    ksft_in("Hardware Clock: none", ethtool(f"-T {vf.dev}", ns=vf.ns).stdout)
    res = cfg.stamping(host=vf, fail=False)
    ksft_in(os.strerror(errno.EOPNOTSUPP), res.stderr + res.stdout)


@contextmanager
def ptp4l(host, args):
    """ptp4l on a host, over Ethernet; its output so far when called."""
    log = Path(tempfile.mkstemp(prefix="ptp4l.")[1])
    with open(log, "wb") as out, inside(host.ns):
        # pylint: disable=consider-using-with
        proc = subprocess.Popen(["stdbuf", "-oL", "ptp4l", "-i", host.dev, "-2", "-m", "-q",
                                 "--uds_address", f"/run/ptp4l-{host.dev}",
                                 "--tx_timestamp_timeout", "1000", *args],
                                stdout=out, stderr=out)
    try:
        yield log.read_text
    finally:
        proc.terminate()
        proc.wait()
        log.unlink()


def follows_a_master(cfg):
    """ptp4l on the port hears a master on the wire and measures its delay: the
    chip stamps what it receives and what it sends"""
    defer(cfg.stamping, 0, 0)
    with ptp4l(cfg.out, ["-S"]), \
            ptp4l(cfg.a, ["-H", "-s", "--free_running", "1"]) as said:
        wait_for(lambda: re.search(r"master offset .* path delay +[1-9]", said()),
                 "an offset and a delay", 60)
        out = said()
    for trouble in ("timed out", "without timestamp", "missing timestamp", "FAULTY"):
        ksft_not_in(trouble, out)
    stats = ethtool(f"-I -T {cfg.a.dev}", ns=cfg.a.ns).stdout
    stats = {k: int(v) for k, v in re.findall(r"tx_(\w+): *(\d+)", stats)}
    ksft_gt(stats["pkts"], 0)
    ksft_eq(stats["lost"], 0)


def main():
    with Env(numvfs=2) as cfg:
        ksft_run([clock_is_known, clock_is_set_moved_and_tuned, frames_are_stamped,
                  unread_stamp_does_no_harm, clock_outlives_a_reset, what_it_cannot_is_refused,
                  vf_has_no_clock, follows_a_master],
                 args=(cfg, ))
    ksft_exit()


if __name__ == "__main__":
    main()
