# SPDX-License-Identifier: GPL-2.0
"""
KVM guests inside the machine, with VFs passed through by vfio-pci. Needs
"vm=nested".

    with Guest("a", 101) as g:      boots, without VFs yet
        vf.bind("vfio-pci")
        g.plug(vf)                  hot-plugs a VF, and unplugs it: waits until
        g.unplug(vf)                the guest has let go of it
    Guest("a", 101, [vf])           boots with it
    g.run("cat /proc/cmdline")      a shell command of busybox; its output
    g.up(mac), g.dev(mac)           the interface with that address set up with
                                    g's own IP address; its name
    g.ping(host), host.ping(g.addr4)
    g.reboot(), g.panic(), g.kill() ends as guests do; the first two come back
    g.log()                         what its kernel said

The guest has the kernel of the machine, busybox, and an agent on a serial port
(tools/testing/guest/inner). carve_vf is loaded, igbvf is in /modules.
"""

import json
import os
import platform
import re
import select
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from net.lib.py import KsftFailEx

from .carve import load, wait_for

TESTING = Path("/carve/src/tools/testing")
LOG = Path("/carve/aux")
MODULES = ["carve_vf", "8021q"]
# Loaded by a test in place of carve_vf; has no dependencies.
SPARE_MODULES = ["igbvf"]
MEMORY_MB = 256
BOOT_DEADLINE = 90

sys.path.append(str(TESTING))
import initramfs  # noqa: E402 pylint: disable=wrong-import-position


class _Initramfs:
    """Written once, for all guests of a suite."""

    path = None

    @classmethod
    def get(cls):
        if cls.path is None:
            fd, cls.path = tempfile.mkstemp(prefix="inner.")
            os.close(fd)
            base = Path("/usr/lib/modules", platform.release())
            initramfs.write(cls.path, Path("/usr/bin/busybox"), TESTING / "guest/inner",
                            base, MODULES, SPARE_MODULES)
        return cls.path


class _Agent:
    """The guest's end of the serial line."""

    def __init__(self, path):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.connect(str(path))
        self.buf = b""
        self.number = 0

    def read_until(self, number, deadline):
        """Output up to the mark of an answer, and the exit code in it."""
        mark = re.compile(rb"(?:^|\n)=%d (\d+)\n" % number)
        end = time.monotonic() + deadline
        while not (m := mark.search(self.buf)):
            left = end - time.monotonic()
            if left < 0 or not select.select([self.sock], [], [], left)[0]:
                raise KsftFailEx(f"the guest is silent: {self.buf[-300:]!r}")
            data = self.sock.recv(65536)
            if not data:
                raise KsftFailEx("the guest is gone")
            self.buf += data
        out, self.buf = self.buf[:m.start()], self.buf[m.end():]
        return out.decode(errors="replace").strip(), int(m[1])

    def send(self, command):
        self.number += 1
        self.sock.sendall(f"{self.number} {command}\n".encode())

    def hello(self, deadline):
        """Wait for the agent of a fresh boot."""
        self.number = 0
        self.read_until(0, deadline)


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

    def __enter__(self):
        try:
            self.start()
            self.wait_boot()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(self, *_):
        self.close()

    def _socket(self, name):
        return Path(self.tmp.name, name)

    def _chardev(self, name):
        return ["-chardev", f"socket,id={name},path={self._socket(name)},server=on,wait=off"]

    @property
    def console(self):
        return LOG / f"guest-{self.name}.log"

    def _command(self):
        release = platform.release()
        cmd = ["qemu-system-x86_64", "-nodefaults", "-no-user-config", "-display", "none",
               "-name", f"{self.name},debug-threads=on", "-machine", "q35", "-accel", "kvm",
               "-cpu", "host", "-m", str(MEMORY_MB), "-kernel", f"/boot/vmlinuz-{release}",
               "-initrd", _Initramfs.get(),
               "-append", "console=ttyS0 quiet panic=-1 mitigations=off",
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
        with open(LOG / f"guest-{self.name}.qemu", "wb") as err:
            # pylint: disable=consider-using-with
            self.proc = subprocess.Popen(self._command(), stdin=subprocess.DEVNULL,
                                         stdout=err, stderr=err)
        wait_for(lambda: self._socket("qmp").exists() or self.proc.poll() is not None,
                 "QEMU to start")
        if self.proc.poll() is not None:
            raise KsftFailEx((LOG / f"guest-{self.name}.qemu").read_text())
        self.qmp = _Qmp(self._socket("qmp"))
        self.agent = _Agent(self._socket("agent"))

    def wait_boot(self):
        self.agent.hello(BOOT_DEADLINE)

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
        self.agent.send(command)
        out, rc = self.agent.read_until(self.agent.number, deadline)
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
