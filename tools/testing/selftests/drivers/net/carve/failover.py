#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
# carve: kernels=6.12 timeout=400 vm=nested
"""
A guest with a VF migrates: virtio-net stands by (net_failover) while the VF is
away, and a VF of the other port, with the same MAC, takes over at the end. The
two ports stand for two hosts on one wire.

All tests are end to end on the QEMU model, with KVM on an emulated AMD CPU.
Loss and downtime are printed; on an emulated machine they say nothing about
a real one.
"""

import socket
import time

from lib.py import CarveEnv, Port, carrier, cmd, defer, ip, ksft_eq, ksft_exit, ksft_pr, \
    ksft_run, ksft_true, load, peer, wait_for
from lib.py.guest import Guest
from lib.py.rtnl import set_vf
from lib.py.traffic import Flood, sock

MAC = "02:ca:fa:00:00:01"
PORT = 4020


class FailoverGuest(Guest):
    """A guest whose VF is the primary of a virtio-net on a tap."""

    def __init__(self, name, n, vf, tap, incoming=False):
        super().__init__(name, n, [vf])
        self.tap = tap
        self.incoming = incoming

    def _device(self, vf):
        return {**super()._device(vf), "failover_pair_id": "net0"}

    def _command(self):
        standby = ["-netdev", f"tap,id=tap,ifname={self.tap},script=no,downscript=no",
                   "-device", f"virtio-net-pci,id=net0,netdev=tap,mac={MAC},failover=on,romfile="]
        # The standby has to be there before its primary.
        cmdline = super()._command()
        at = cmdline.index("-device", cmdline.index(f"pcie-root-port,id=slot{self.SLOTS - 1},"
                                                    f"chassis={self.SLOTS},slot={self.SLOTS}"))
        cmdline[at:at] = standby
        return cmdline + (["-incoming", "defer"] if self.incoming else [])

    def names(self):
        """Its interfaces: {"failover": name, "virtio_net": ..., "carve_vf": ...}."""
        # net_failover's own is a child of virtio's device as well.
        out = self.run("for d in /sys/class/net/e*; do set -- $d/lower_*; "
                       "[ -e $1 ] && drv=failover || drv=$(readlink $d/device/driver); "
                       "echo ${d##*/} ${drv##*/}; done")
        return {driver: name for name, driver in map(str.split, out.splitlines())}

    def wait_primary(self):
        """Wait until the VF carries the guest's traffic; its interface."""
        dev = wait_for(lambda: self.names().get("carve_vf"), f"a VF in {self.name}", 60)
        self.carrier(dev)
        return dev

    def received(self, driver):
        """Packets that came in by the VF or by virtio."""
        return int(self.attr(self.names()[driver], "statistics/rx_packets"))


class Side:
    """A port as its host would have it: a VF for the guest, and a bridge that
    the guest's standby shares with the PF."""

    def __init__(self, port, n):
        self.port, self.n = port, n
        self.tap, self.bridge = f"tap{n}", f"br{n}"

    def start(self):
        self.dev = self.port.netdev
        self.port.attr("sriov_drivers_autoprobe", 0)
        self.port.numvfs = 1
        set_vf(self.dev, 0, mac=MAC)
        self.vf = self.port.vf(0)
        self.vf.bind("vfio-pci")
        ip(f"link add {self.bridge} type bridge")
        ip(f"tuntap add {self.tap} mode tap")
        for dev in (self.dev, self.tap):
            ip(f"link set {dev} master {self.bridge}")
            ip(f"link set {dev} up")
        # What the VF sends to all, the PF hears. The bridge must not learn from
        # it that the guest is on the wire's side.
        ip(f"link set {self.dev} type bridge_slave learning off")
        ip(f"link set {self.bridge} up")
        carrier(self.dev)

    def stop(self):
        cmd(f"ip link del {self.tap}", fail=False)
        cmd(f"ip link del {self.bridge}", fail=False)
        self.port.numvfs = 0
        self.port.attr("sriov_drivers_autoprobe", 1)


class Env(CarveEnv):
    """Both ports with carve_pf, and a guest on the first."""

    def __init__(self):
        super().__init__(vf_driver=None)
        self.sides, self.guests = [], []

    def start(self):
        super().start()
        load("tun", "bridge")
        other = peer()
        other.bind("carve_pf")
        for n, port in enumerate((self.pf, other)):
            self.sides.append(Side(port, n))
            self.sides[n].start()
        self.out = self.outside(n=9)

    def stop(self):
        for guest in self.guests:
            guest.close()
        for side in self.sides:
            side.stop()
        other = Port(peer().bdf)
        if other.driver == "carve_pf":
            other.unbind()
        other.attr("driver_override", "igb")
        super().stop()

    def guest(self, side, **kwargs):
        side = self.sides[side]
        g = FailoverGuest(f"host{side.n}", 101, side.vf, side.tap, **kwargs)
        self.guests.append(g)
        g.start()
        return g

    @property
    def source(self):
        """The guest at home, with its VF carrying its traffic."""
        if not self.guests:
            g = self.guest(0)
            g.wait_boot()
            master = wait_for(lambda: g.names().get("failover"), "net_failover in the guest", 30)
            g.run(f"ip link set {master} up; ip addr add {g.addr4}/24 dev {master}")
            g.run(f"nc -ll -p {PORT} -e cat >/dev/null 2>&1 &")
        self.guests[0].wait_primary()
        return self.guests[0]


class Echo:
    """A TCP connection to the guest that stays open."""

    def __init__(self, env, guest):
        self.sock = sock(env.out, socket.AF_INET, socket.SOCK_STREAM)
        defer(self.sock.close)
        self.sock.settimeout(60)
        self.sock.connect((guest.addr4, PORT))
        self.count = 0

    def works(self):
        self.count += 1
        mark = b"%010d" % self.count
        self.sock.sendall(mark)
        got = b""
        while len(got) < len(mark):
            data = self.sock.recv(len(mark) - len(got))
            if not data:
                return False
            got += data
        return got == mark


def by(env, guest, driver):
    """Does what the wire sends to the guest come in by that driver?"""
    before = guest.received(driver)
    ksft_true(env.out.ping(guest.addr4, count=20), "ping while looking at the counters")
    return guest.received(driver) - before >= 20


def vf_is_the_primary(env):
    """net_failover takes the VF for the primary of virtio-net, by its permanent
    address, and traffic uses it"""
    guest = env.source
    names = guest.names()
    ksft_eq(set(names), {"failover", "virtio_net", "carve_vf"})
    lower = guest.run(f"ls -d /sys/class/net/{names['failover']}/lower_*")
    ksft_eq({n.rsplit("lower_", 1)[1] for n in lower.split()},
            {names["virtio_net"], names["carve_vf"]})
    wait_for(lambda: env.out.ping(guest.addr4, count=1), "the guest")
    ksft_true(by(env, guest, "carve_vf"))


def unplug_and_plug(env):
    """Traffic moves to virtio-net when the VF is unplugged and back when it is
    plugged in, with a connection open"""
    guest = env.source
    wait_for(lambda: env.out.ping(guest.addr4, count=1), "the guest")
    echo, vf = Echo(env, guest), env.sides[0].vf
    ksft_true(echo.works(), "before")
    with Flood(env.out, guest) as flood:
        guest.unplug(vf)
        ksft_true(echo.works(), "without the VF")
    ksft_pr(f"unplugging: {flood.lost} of {flood.sent} pings at 200 Hz lost")
    wait_for(lambda: by(env, guest, "virtio_net"), "traffic by virtio")
    with Flood(env.out, guest) as flood:
        guest.plug(vf)
        guest.wait_primary()
        ksft_true(echo.works(), "with the VF again")
    ksft_pr(f"plugging: {flood.lost} of {flood.sent} pings at 200 Hz lost")
    wait_for(lambda: by(env, guest, "carve_vf"), "traffic by the VF")


def migration(env):
    """A guest migrates with a connection open: its VF is unplugged, at the
    destination it gets one of that port, and traffic uses it"""
    guest = env.source
    wait_for(lambda: env.out.ping(guest.addr4, count=1), "the guest")
    echo = Echo(env, guest)
    ksft_true(echo.works(), "before")
    there = env.guest(1, incoming=True)
    path = f"{there.tmp.name}/migration"
    there.qmp("migrate-incoming", uri=f"unix:{path}")
    start = time.monotonic()
    with Flood(env.out, guest) as flood:
        guest.qmp("migrate", uri=f"unix:{path}")
        wait_for(lambda: guest.qmp("query-migrate").get("status") in ("completed", "failed"),
                 "migration", 180, sleep=0.5)
        status = guest.qmp("query-migrate")
        ksft_eq(status["status"], "completed")
        took = time.monotonic() - start
        ksft_true(echo.works(), "after the migration")
    ksft_pr(f"migration: {took:.1f} s, down {status['downtime']} ms, "
            f"{flood.lost} of {flood.sent} pings at 200 Hz lost")
    guest.close()
    env.guests = [there]
    there.wait_primary()
    wait_for(lambda: by(env, there, "carve_vf"), "traffic by the VF at the destination", 40)
    ksft_true(echo.works(), "by the VF at the destination")
    ksft_eq(env.sides[1].vf.driver, "vfio-pci")


def main():
    with Env() as env:
        ksft_run([vf_is_the_primary, unplug_and_plug, migration], args=(env, ))
    ksft_exit()


if __name__ == "__main__":
    main()
