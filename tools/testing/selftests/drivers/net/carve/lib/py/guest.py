# SPDX-License-Identifier: GPL-2.0
"""
KVM guests inside the machine, with VFs passed through by vfio-pci. Needs
"vm=nested".

    with GuestEnv() as cfg:         a CarveEnv with VFs for guests
        cfg.a, cfg.b                running guests with a VF each, which is up
        cfg.boot("a", "b")          both, side by side
        cfg.end("a")                QEMU killed
        cfg.boot_dpdk()             a guest without interfaces, for testpmd.py
        cfg.host_vf()               the host's own VF as a Host, not in a guest
        cfg.set(VF_A, trust=1)      rtnl.set_vf, until the end of the test
    g.run("cat /proc/cmdline")      a shell command of busybox; its output
    g.up(mac), g.dev(mac)           the interface with that address set up with
                                    g's own IP address; its name
    g.ping(host), host.ping(g.addr4)
    g.hears(dev, tx, dst)           do frames of tx to that address reach it?
    g.plug(vf), g.unplug(vf)        hot-plugs a VF that vfio-pci has
    g.reboot(), g.panic(), g.kill() ends as guests do; the first two come back
    g.log()                         what its kernel said

A guest has the kernel of the machine, busybox, and an agent on a serial port
(tools/testing/guest/inner). carve_vf is loaded, igbvf is in /modules.
"""

import fcntl
import functools
import json
import os
import platform
import re
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from net.lib.py import KsftFailEx, defer, ksft_true

from .carve import CarveEnv, load, wait_for
from .rtnl import set_vf, vf_config
from .traffic import frame, mac_of, packet_socket

LOG = Path("/carve/aux")
RTC_UIE_ON = 0x7003

sys.path.append("/carve/src/tools/testing")
import inner  # noqa: E402 pylint: disable=wrong-import-position


@functools.cache
def initrd(write=inner.write_initramfs):
    """The guests' initramfs, written once for all guests of a suite."""
    fd, path = tempfile.mkstemp(prefix="inner.")
    os.close(fd)
    write(path)
    return path


@functools.cache
def tick():
    """The clock's interrupt, each second. QEMU may lose one of the timer's on the
    way into or out of a guest; the CPU then sleeps, or stays in a guest that
    polls, until any other comes."""
    clock = os.open("/dev/rtc0", os.O_RDONLY)
    fcntl.ioctl(clock, RTC_UIE_ON)
    return clock


class _Qmp:
    """QEMU's machine protocol."""

    def __init__(self, path):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.connect(str(path))
        self.file = self.sock.makefile("r")
        self.events = []
        self.file.readline()
        self("qmp_capabilities")

    def __call__(self, command, **arguments):
        self.sock.sendall(json.dumps({"execute": command, "arguments": arguments}).encode())
        while True:
            answer = self._read(30)
            if "error" in answer:
                raise KsftFailEx(f"QEMU: {command}: {answer['error']['desc']}")
            if "return" in answer:
                return answer["return"]

    def _read(self, deadline):
        self.sock.settimeout(deadline)
        line = self.file.readline()
        if not line:
            raise KsftFailEx("QEMU is gone")
        answer = json.loads(line)
        if "event" in answer:
            self.events.append(answer)
        return answer

    def wait_event(self, match, what, deadline):
        """Wait for an event, also one that came already."""
        end = time.monotonic() + deadline
        while True:
            for event in self.events:
                if match(event):
                    self.events.remove(event)
                    return event
            if time.monotonic() > end:
                raise KsftFailEx(f"not within {deadline} s: {what}")
            try:
                self._read(max(0.1, end - time.monotonic()))
            except TimeoutError:
                continue


class Guest:
    """A KVM guest; n makes its address, as for a Host."""

    SLOTS = 2
    MEMORY_MB = 256
    CMDLINE = "console=ttyS0 quiet panic=-1 mitigations=off iomem=relaxed"
    DEVICES = []
    write_initramfs = staticmethod(inner.write_initramfs)

    def __init__(self, name, n, vfs=()):
        self.name = name
        self.addr4 = f"192.0.2.{n}"
        self.addr6 = f"2001:db8::{n:x}"
        self.vfs = list(vfs)
        self.proc = None
        self.agent = self.qmp = None
        self.plugged = {}
        # pylint: disable=consider-using-with
        self.tmp = tempfile.TemporaryDirectory(prefix=f"guest-{name}.")

    def _socket(self, name):
        return Path(self.tmp.name, name)

    def _chardev(self, name):
        return ["-chardev", f"socket,id={name},path={self._socket(name)},server=on,wait=off"]

    def _log(self, kind):
        return LOG / f"{Path(sys.argv[0]).stem}-{self.name}.{kind}"

    @property
    def console(self):
        return self._log("console")

    def _command(self):
        release = platform.release()
        cmd = ["qemu-system-x86_64", "-nodefaults", "-no-user-config", "-display", "none",
               "-name", f"{self.name},debug-threads=on", "-machine", "q35", "-accel", "kvm",
               "-cpu", "host", "-m", str(self.MEMORY_MB), "-kernel", f"/boot/vmlinuz-{release}",
               "-initrd", initrd(self.write_initramfs), "-append", self.CMDLINE, *self.DEVICES,
               "-serial", f"file:{self.console}", *self._chardev("agent"),
               "-serial", "chardev:agent", *self._chardev("qmp"), "-mon", "qmp,mode=control"]
        for i in range(self.SLOTS):
            cmd += ["-device", f"pcie-root-port,id=slot{i},chassis={i + 1},slot={i + 1}"]
        for vf in self.vfs:
            cmd += ["-device", ",".join(f"{k}={v}" for k, v in self._device(vf).items())]
        return cmd

    def _device(self, vf):
        slot = next(i for i in range(self.SLOTS) if i not in self.plugged.values())
        self.plugged[vf.bdf] = slot
        return {"driver": "vfio-pci", "host": vf.bdf, "id": f"vf{slot}", "bus": f"slot{slot}"}

    def start(self):
        """Start QEMU; the guest boots."""
        load("kvm_amd", "vfio-pci")
        tick()
        with open(self._log("qemu"), "wb") as err:
            # pylint: disable=consider-using-with
            self.proc = subprocess.Popen(self._command(), stdin=subprocess.DEVNULL,
                                         stdout=err, stderr=err)
        wait_for(lambda: self._socket("qmp").exists() or self.proc.poll() is not None,
                 "QEMU to start")
        if self.proc.poll() is not None:
            raise KsftFailEx(self._log("qemu").read_text())
        self.qmp = _Qmp(self._socket("qmp"))
        self.agent = inner.Agent(self._socket("agent"))

    def wait_boot(self):
        self.agent.hello(inner.BOOT_DEADLINE)

    def close(self):
        self.kill()
        self.tmp.cleanup()

    def kill(self):
        """SIGKILL for QEMU."""
        if self.proc:
            self.proc.kill()
            self.proc.wait(60)
            self.proc = None
            self.plugged.clear()

    def reboot(self):
        """The guest reboots as it is, without its drivers being asked."""
        self.agent.send("reboot -f")
        self.wait_boot()

    def panic(self):
        """The guest's kernel panics, and reboots for that."""
        self.agent.send("echo c >/proc/sysrq-trigger")
        self.wait_boot()

    def plug(self, vf):
        self.qmp("device_add", **self._device(vf))

    def unplug(self, vf):
        name = f"vf{self.plugged[vf.bdf]}"
        self.qmp("device_del", id=name)
        self.wait_unplugged(vf)

    def wait_unplugged(self, vf):
        """Wait until the guest has let go of a VF."""
        name = f"vf{self.plugged[vf.bdf]}"
        self.qmp.wait_event(lambda e: e["event"] == "DEVICE_DELETED" and
                            e["data"].get("device") == name, f"guest to give back {vf}", 60)
        del self.plugged[vf.bdf]

    def run(self, command, fail=True, deadline=30):
        """Output of a shell command in the guest."""
        out, rc = self.agent.run(command, deadline)
        if rc and fail:
            raise KsftFailEx(f"in the guest: {command}: {out}")
        return out

    def log(self):
        return self.console.read_text(errors="replace").replace("\r", "")

    def devs(self):
        """Its interfaces: {MAC: name}."""
        out = self.run("grep -H . /sys/class/net/e*/address", fail=False)
        return {m[2]: m[1] for m in re.finditer(r"net/(\w+)/address:([0-9a-f:]+)", out)}

    def dev(self, mac):
        return wait_for(lambda: self.devs().get(mac), f"interface with {mac} in {self.name}", 30)

    def attr(self, dev, name):
        return self.run(f"cat /sys/class/net/{dev}/{name}", fail=False)

    def carrier(self, dev, up=True):
        wait_for(lambda: self.attr(dev, "carrier") == ("1" if up else "0"),
                 f"carrier of {dev} in {self.name} {'on' if up else 'off'}", 30)

    def up(self, mac):
        """Set the interface with that address up; its name."""
        dev = self.dev(mac)
        self.run(f"ip link set {dev} up; ip addr add {self.addr4}/24 dev {dev}; "
                 f"ip addr add {self.addr6}/64 dev {dev}")
        self.carrier(dev)
        return dev

    def ping(self, to, count=3, size=56, v6=False):
        """Ping a Host, a Guest or an address; True when every reply came."""
        addr = to if isinstance(to, str) else to.addr6 if v6 else to.addr4
        # The first one may wait for address resolution.
        out = self.run(f"ping {'-6' if v6 else '-4'} -q -c {count} -i 0.1 -W 3 -s {size} {addr}",
                       fail=False, deadline=30 + 3 * count)
        return f"{count} packets transmitted, {count} packets received" in out

    def hears(self, dev, tx, dst, vlan=None):
        """True if frames that tx, a Host, sends to dst are counted by an
        interface. Others come at the same time, but not as many."""
        count = 100
        before = int(self.attr(dev, "statistics/rx_packets"))
        with packet_socket(tx) as s:
            for _ in range(count):
                s.send(frame(dst, mac_of(tx), b"", vlan))
        # A ping behind them: what is to come has come.
        ksft_true(self.ping(tx, count=1), "a ping behind the frames")
        return int(self.attr(dev, "statistics/rx_packets")) - before >= count


class DpdkGuest(Guest):
    """A guest for DPDK, with an IOMMU of its own: its vfio-pci wants one. No
    driver of its kernel ever had its VF."""

    MEMORY_MB = 384
    CMDLINE = Guest.CMDLINE + " intel_iommu=on iommu=pt"
    DEVICES = ["-device", "intel-iommu,caching-mode=on"]
    write_initramfs = staticmethod(inner.write_dpdk_initramfs)

    def wait_boot(self):
        super().wait_boot()
        # The guest's IOMMU does not remap interrupts.
        self.run("echo Y >/sys/module/vfio_iommu_type1/parameters/allow_unsafe_interrupts;"
                 " cd /sys/bus/pci/drivers/vfio-pci && echo 8086 10ca >new_id")


# VFs of guests a and b, one of the host, and one that nobody keeps.
VF_A, VF_B, VF_HOST, VF_SPARE = range(4)


def mac(vf, series=0):
    return f"02:ca:6e:00:{series:02x}:{vf:02x}"


class GuestEnv(CarveEnv):
    """Four VFs that no driver of the host touches by itself, two guests that
    live as long as tests use them: booting one takes a while."""

    def start(self):
        super().start()
        self.guests = {}
        self.dev = self.pf.netdev
        self.autoprobe = self.pf.attr("sriov_drivers_autoprobe")
        self.fresh()

    def fresh(self):
        """New VFs, as the administrator makes them for guests."""
        self.pf.numvfs = 0
        self.pf.attr("sriov_drivers_autoprobe", 0)
        self.pf.numvfs = 4
        for vf in range(4):
            set_vf(self.dev, vf, mac=mac(vf))

    def stop(self):
        for guest in self.guests.values():
            guest.close()
        super().stop()
        self.pf.attr("sriov_drivers_autoprobe", self.autoprobe)

    def boot(self, *names):
        """Guests that run, each with its VF up; several boot side by side."""
        cold = [n for n in names if n not in self.guests]
        for name in cold:
            index = {"a": VF_A, "b": VF_B}[name]
            vf = self.pf.vf(index)
            vf.bind("vfio-pci")
            self.guests[name] = Guest(name, 101 + index, [vf])
            self.guests[name].index = index
            self.guests[name].start()
        for name in cold:
            self.guests[name].wait_boot()
            self.guests[name].up(mac(self.guests[name].index))
        return [self.guests[n] for n in names]

    def boot_dpdk(self):
        """A guest for DPDK until the end of the test, with a VF that nobody
        else has."""
        vf = self.pf.vf(VF_SPARE)
        vf.bind("vfio-pci")
        guest = self.guests["dpdk"] = DpdkGuest("dpdk", 101 + VF_SPARE, [vf])
        defer(self.end, "dpdk")
        guest.start()
        guest.wait_boot()
        return guest

    def end(self, name):
        self.guests.pop(name).close()

    @property
    def a(self):
        return self.boot("a")[0]

    @property
    def b(self):
        return self.boot("b")[0]

    def host_vf(self):
        """The host's own VF, in a namespace."""
        vf = self.pf.vf(VF_HOST)
        vf.bind("carve_vf")
        return self.host(vf)

    def set(self, vf, **attrs):
        """Declare for the time of the test; back to what was before."""
        old = vf_config(self.dev, vf)
        back = {"vlan": (old["vlan"], old["qos"]), "rate": (old["min"], old["max"])}
        back = {k: back.get(k, old.get(k)) for k in attrs}
        defer(set_vf, self.dev, vf, **back)
        set_vf(self.dev, vf, **attrs)
