# SPDX-License-Identifier: GPL-2.0
"""
What a suite needs to drive an 82576 port, its VFs, and the wire.

    with CarveEnv(numvfs=2) as cfg:     carve_pf and carve_vf loaded and bound,
        ksft_run([...], args=(cfg, ))   two VFs; everything undone at the end
    cfg.pf, cfg.pf.vf(0)                Port, Function: PCI functions
    cfg.pf.netdev                       its interface's name, waits for it
    cfg.pf.numvfs = 3                   sriov_numvfs; OSError if refused
    cfg.create(3)                       the same, and vf_driver bound to each
    fn.driver, fn.bind("x"), fn.unbind(), fn.flr(), fn.attr("current_link_speed")
    a = cfg.host(cfg.pf.vf(0))          Host: a namespace holding the interface,
                                        up, with an IPv4 and an IPv6 address
    a.ping(b), a.ping(b, v6=True)       True when every reply came back
    a.ip("addr show"), a.cmd("...")     commands in its namespace
    a.link()                            `ip -j -d -s link show` of it
    link(dev), vfinfo(dev)[0]           the same in the main namespace; per VF
    carrier(dev), wait_for(cond, "what", deadline)
    load("carve_pf"), unload("carve_pf"), loaded("carve_pf")
    refused(errno.EBUSY, write_sysfs, path, "3")
                                        checks that a call fails with that errno
    monitor("set_link pf off")          QEMU's monitor (devices: pf, wire, peer)
    with RegTrace() as t: ...           register accesses meanwhile, as QEMU
        t.writes(0x5400)                saw them: values written to an offset
    with KernelLog() as log: ...        kernel messages meanwhile
        log.grep("VF0")

pf() is the port under test, wire() the foreign e1000e, peer() the second igb,
all three on one wire. driver_override reserves pf() for carve_pf and peer() for
igb; PeerEnv loads igb and igbvf on the peer, CarveEnv(pf_driver="igb",
vf_driver="carve_vf") mixes them on the port. Hosts and their addresses go with the test (defer) or with
the CarveEnv, whichever ends first. Deadlines are generous by themselves: the
guest is emulated, and slower still on the debug kernel.
"""

import errno
import os
import re
import select
import time
from pathlib import Path

from net.lib.py import CmdExitFailure, KsftFailEx, KsftSkipEx
from net.lib.py import utils as _utils

from .netns import cmd, inside, ip, ip_batch

PCI = Path("/sys/bus/pci/devices")
DRIVERS = Path("/sys/bus/pci/drivers")
TRACE_LOG = Path("/carve/aux/qemu.trace")

INTEL = 0x8086
ID_PF, ID_VF, ID_E1000E = 0x10c9, 0x10ca, 0x10d3


def kernel_is_debug():
    """True on the debug kernel: slower by half an order of magnitude."""
    return Path("/sys/kernel/debug/kmemleak").exists()


def wait_for(cond, what, deadline=20, sleep=0.05):
    """Wait until cond() is true and return its value."""
    if kernel_is_debug():
        deadline *= 3
    end = time.monotonic() + deadline
    while True:
        val = cond()
        if val:
            return val
        if time.monotonic() > end:
            raise KsftFailEx(f"not within {deadline} s: {what}")
        time.sleep(sleep)


def write_sysfs(path, value):
    """One write(2), so that the kernel's errno is the exception's."""
    fd = os.open(path, os.O_WRONLY)
    try:
        os.write(fd, str(value).encode())
    finally:
        os.close(fd)


class Refused(Exception):
    """A call that had to fail did not, or failed with another errno."""


def refused(err, func, *args, **kwargs):
    """Check that func fails with err. Understands OSError, and ip's or
    ethtool's message for commands; returns the message."""
    want = os.strerror(err)
    try:
        func(*args, **kwargs)
    except OSError as e:
        if e.errno != err:
            raise Refused(f"expected {want}, got {e}") from e
        return str(e)
    except CmdExitFailure as e:
        if want.lower() not in e.cmd.stderr.lower():
            raise Refused(f"expected {want}, got {e.cmd.stderr}") from e
        return e.cmd.stderr
    raise Refused(f"expected {want}, it was accepted")


# Modules

def loaded(module):
    return Path("/sys/module", module).exists()


def load(*modules):
    for m in modules:
        cmd(f"modprobe {m}", timeout=120)


def unload(*modules):
    """modprobe -r; retries while something holds the module for a moment."""
    for m in modules:
        if loaded(m):
            wait_for(lambda m=m: cmd(f"modprobe -r {m}", fail=False,
                                     timeout=120).ret == 0, f"unloading {m}", 10)


# PCI functions

class Function:
    """A PCI function by its address."""

    def __init__(self, bdf):
        self.bdf = bdf
        self.path = PCI / bdf

    def __repr__(self):
        return f"{type(self).__name__}({self.bdf})"

    def exists(self):
        return self.path.exists()

    def attr(self, name, value=None):
        """Read a sysfs attribute of the function, or write it."""
        if value is not None:
            return write_sysfs(self.path / name, value)
        return (self.path / name).read_text().strip()

    @property
    def driver(self):
        link_ = self.path / "driver"
        return os.readlink(link_).rsplit("/", 1)[1] if link_.exists() else None

    def bind(self, driver):
        """Give the function to driver, whatever has it now."""
        if self.driver == driver:
            return
        self.attr("driver_override", driver)
        self.unbind()
        if not (DRIVERS / driver).exists():
            load(driver)
        if self.driver != driver:       # the load may have bound it
            write_sysfs("/sys/bus/pci/drivers_probe", self.bdf)
        if self.driver != driver:
            raise KsftFailEx(f"{driver} does not bind to {self.bdf}")

    def unbind(self):
        if self.driver:
            write_sysfs(self.path / "driver/unbind", self.bdf)

    def flr(self):
        self.attr("reset", 1)

    def netdevs(self):
        """Names of its interfaces in the main namespace."""
        net = self.path / "net"
        return sorted(os.listdir(net)) if net.exists() else []

    @property
    def netdev(self):
        return wait_for(self.netdevs, f"interface of {self.bdf}")[0]

    def config(self, offset, size=4):
        """Read from PCI config space."""
        with open(self.path / "config", "rb") as f:
            f.seek(offset)
            return int.from_bytes(f.read(size), "little")


class Port(Function):
    """A physical function."""

    @property
    def numvfs(self):
        return int(self.attr("sriov_numvfs"))

    @numvfs.setter
    def numvfs(self, n):
        self.attr("sriov_numvfs", n)

    @property
    def totalvfs(self):
        return int(self.attr("sriov_totalvfs"))

    def vf(self, n):
        return Function(os.readlink(self.path / f"virtfn{n}").rsplit("/", 1)[1])

    @property
    def vfs(self):
        return [self.vf(n) for n in range(self.numvfs)]


def _find(device, cls):
    found = [d.name for d in sorted(PCI.iterdir())
             if int((d / "vendor").read_text(), 16) == INTEL
             and int((d / "device").read_text(), 16) == device
             and not (d / "physfn").exists()]
    return [cls(bdf) for bdf in found]


def pf():
    ports = _find(ID_PF, Port)
    if not ports:
        raise KsftSkipEx("no 82576 port")
    return ports[0]


def peer():
    ports = _find(ID_PF, Port)
    if len(ports) < 2:
        raise KsftSkipEx("no second 82576 port")
    return ports[1]


def wire():
    load("e1000e")
    nics = _find(ID_E1000E, Function)
    if not nics:
        raise KsftSkipEx("no e1000e on the wire")
    return nics[0]


# Interfaces

def link(dev, ns=None):
    return ip(f"-d -s link show dev {dev}", json=True, ns=ns)[0]


def vfinfo(dev):
    """What rtnetlink says of each VF of a PF's interface."""
    return link(dev).get("vfinfo_list", [])


def carrier(dev, ns=None, up=True):
    """Wait for the carrier to be on (or off) while the interface is up."""
    wait_for(lambda: ("LOWER_UP" in link(dev, ns)["flags"]) == up,
             f"carrier of {dev} {'on' if up else 'off'}")


class Host:
    """An interface in a namespace of its own, as a container or a foreign
    machine would have it. n makes its addresses: 192.0.2.n, 2001:db8::n."""

    def __init__(self, dev, n, net4="192.0.2", net6="2001:db8::", up=True):
        self.ns = f"host{n}-{dev}"
        self.dev = dev
        self.addr4 = f"{net4}.{n}"
        self.addr6 = f"{net6}{n:x}"
        try:
            ip_batch(f"netns add {self.ns}", f"link set dev {dev} netns {self.ns}")
            with inside(self.ns):
                # Or setting the interface down would cost it its IPv6 address.
                Path("/proc/sys/net/ipv6/conf/all/keep_addr_on_down").write_text("1")
            ip_batch("link set lo up", *self.address(dev),
                     *[f"link set dev {dev} up"] * up, ns=self.ns)
            if up:
                carrier(dev, self.ns)
        except BaseException:
            self.close()
            raise

    def address(self, dev):
        """Commands that give its addresses to an interface in the namespace."""
        return [f"addr add {self.addr4}/24 dev {dev}",
                f"addr add {self.addr6}/64 dev {dev} nodad"]

    def vlan(self, vid, net4="198.51.100", net6="2001:db8:1::"):
        """Add a VLAN interface and move to its network's addresses."""
        n = self.addr4.rsplit(".", 1)[1]
        self.addr4 = f"{net4}.{n}"
        self.addr6 = f"{net6}{int(n):x}"
        name = f"vlan{vid}"
        ip_batch(f"link add link {self.dev} name {name} type vlan id {vid}",
                 *self.address(name), f"link set dev {name} up", ns=self.ns)
        carrier(name, self.ns)
        return name

    def cmd(self, command, **kwargs):
        return cmd(command, ns=self.ns, **kwargs)

    def ip(self, args, json=None):
        return ip(args, json=json, ns=self.ns)

    def link(self, dev=None):
        return link(dev or self.dev, self.ns)

    def ping(self, to, v6=False, count=3, size=56, extra=""):
        """Ping a Host or an address; True when every reply came."""
        addr = to
        if isinstance(to, Host):
            addr = to.addr6 if v6 else to.addr4
        # The first one may wait for address resolution: reply timeout, not
        # interval, decides how long silence takes.
        res = self.cmd(f"ping {'-6' if v6 else '-4'} -n -c {count} -i 0.05 -W 3 -s {size} "
                       f"{extra} {addr}", fail=False, timeout=60 + 3 * count)
        return re.search(rf"{count} packets transmitted, {count} received", res.stdout) is not None

    def close(self):
        """Give the interface back; it may be gone with its VF."""
        if not Path("/run/netns", self.ns).exists():
            return
        ip_batch(f"link set dev {self.dev} down", f"link set dev {self.dev} netns 1",
                 ns=self.ns, fail=False)
        ip(f"netns del {self.ns}")


class CarveEnv:
    """Drivers loaded, the port bound, numvfs VFs; undone at the end."""

    port = staticmethod(pf)         # a subclass may choose another one

    def __init__(self, pf_driver="carve_pf", vf_driver="carve_vf", numvfs=0):
        self.pf_driver = pf_driver
        self.vf_driver = vf_driver
        self.numvfs = numvfs
        self.override = None
        self.hosts = []
        self.pf = self.port()
        self._used = set()

    def __enter__(self):
        try:
            self.start()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *_):
        self.stop()

    def start(self):
        self.override = self.pf.attr("driver_override")
        self.pf.attr("driver_override", self.pf_driver)
        load(self.pf_driver)
        if self.vf_driver:
            load(self.vf_driver)
        self.pf.bind(self.pf_driver)
        if self.numvfs:
            self.create(self.numvfs)

    def create(self, n):
        """Create n VFs and see that vf_driver has them: igbvf and carve_vf
        know the same device. Returns the VFs."""
        self.pf.numvfs = n
        for vf in self.pf.vfs:
            if self.vf_driver:
                vf.bind(self.vf_driver)
        return self.pf.vfs

    def stop(self):
        for h in reversed(self.hosts):
            h.close()
        self.hosts.clear()
        if self.pf.driver and self.pf.numvfs:
            self.pf.numvfs = 0
        for drv in (self.vf_driver, self.pf_driver):
            if drv:
                unload(drv)
        if self.override is not None:
            none = self.override == "(null)"
            self.pf.attr("driver_override", "\n" if none else self.override)
        if not any(Path("/sys/module/carve_core/holders").glob("*")):
            unload("carve_core")

    def host(self, fn, n=None, **kwargs):
        """A Host around the interface of fn, or of the named interface. Goes
        with the test that makes it, else with the environment."""
        dev = fn if isinstance(fn, str) else fn.netdev
        if n is None:
            n = next(i for i in range(1, 255) if i not in self._used)
        self._used.add(n)
        host = Host(dev, n, **kwargs)
        host.n = n
        self.hosts.append(host)
        if _utils.GLOBAL_DEFER_ARMED:
            _utils.defer(self.drop, host)
        return host

    def drop(self, host):
        if host in self.hosts:
            self.hosts.remove(host)
            host.close()
        self._used.discard(host.n)

    def outside(self, **kwargs):
        """The foreign NIC on the wire, as a Host."""
        return self.host(wire(), **kwargs)


class PeerEnv(CarveEnv):
    """The second port with the stock drivers, as another machine's."""

    port = staticmethod(peer)

    def __init__(self, pf_driver="igb", vf_driver="igbvf", numvfs=0):
        super().__init__(pf_driver, vf_driver, numvfs)


# QEMU

class Monitor:
    """QEMU's monitor, through a virtio port."""

    PROMPT = "(qemu) "

    def __init__(self):
        self.serial = 0
        for port in Path("/sys/class/virtio-ports").glob("*"):
            if (port / "name").read_text().strip() == "carve.monitor":
                self.fd = os.open(f"/dev/{port.name}", os.O_RDWR | os.O_NONBLOCK)
                break
        else:
            raise KsftSkipEx("no QEMU monitor")

    def _send(self, command, deadline=10):
        # A prompt alone may be an earlier one's, or the greeting's: a number
        # that QEMU prints behind the command's output ends the answer.
        self.serial += 1
        mark = str(987650000 + self.serial)
        os.write(self.fd, f"{command}\nprint/d {mark}\n".encode())
        buf, end = b"", time.monotonic() + deadline
        done = re.compile(rb"\n" + mark.encode() + rb"\r?\n\(qemu\) $")
        while not done.search(buf):
            if time.monotonic() > end:
                raise KsftFailEx(f"monitor is silent after '{command}': {buf!r}")
            if select.select([self.fd], [], [], 0.5)[0]:
                try:
                    buf += os.read(self.fd, 4096)
                except BlockingIOError:
                    pass
        # readline echoes with escapes.
        text = re.sub(r"\x1b\[[0-9;]*[A-Za-z]", "", buf.decode(errors="replace"))
        return text.split(self.PROMPT)[-3].split("\n", 1)[1].replace("\r", "").strip()

    def __call__(self, command):
        out = self._send(command)
        if "unknown command" in out or out.startswith("Error"):
            raise KsftFailEx(f"monitor: {command}: {out}")
        return out


_MONITOR = None


def monitor(command):
    """Send a command to QEMU's monitor and return what it prints."""
    global _MONITOR
    if _MONITOR is None:
        _MONITOR = Monitor()
    return _MONITOR(command)


class RegTrace:
    """Register accesses while the block runs, as QEMU traced them.

    Offsets are the PF's; the model translates what a VF accesses. lines holds
    the raw trace for events that have no helper here."""

    EVENTS = ("e1000e_core_write", "e1000e_core_read",
              "e1000e_wrn_regs_write_unknown", "e1000e_wrn_regs_read_unknown",
              "e1000e_wrn_regs_write_ro")

    def __init__(self, *events):
        self.events = events or self.EVENTS
        self.lines = []

    def __enter__(self):
        self.start = TRACE_LOG.stat().st_size if TRACE_LOG.exists() else 0
        for e in self.events:
            monitor(f"trace-event {e} on")
        return self

    def __exit__(self, *_):
        for e in self.events:
            monitor(f"trace-event {e} off")
        with open(TRACE_LOG, "r", errors="replace") as f:
            f.seek(self.start)
            self.lines = f.read().splitlines()

    def _accesses(self, word, offset):
        pattern = re.compile(word + r" (?:to|from|to unknown|from unknown|to RO)? ?register "
                             r"0x([0-9a-f]+), \d+ byte\(s\)(?:, value: 0x([0-9a-f]+))?")
        for line in self.lines:
            m = pattern.search(line)
            if m and int(m[1], 16) == offset:
                yield int(m[2] or "0", 16)

    def writes(self, offset):
        """Values written to a register, in order, known to the model or not."""
        return list(self._accesses("Write", offset))

    def reads(self, offset):
        """Values read from a register, in order."""
        return list(self._accesses("Read", offset))

    def count(self, event):
        return sum(event in line for line in self.lines)


class KernelLog:
    """Kernel messages while the block runs."""

    def __enter__(self):
        self.fd = os.open("/dev/kmsg", os.O_RDONLY | os.O_NONBLOCK)
        os.lseek(self.fd, 0, os.SEEK_END)
        return self

    def __exit__(self, *_):
        self.read()
        os.close(self.fd)

    def read(self):
        """Messages so far."""
        if not hasattr(self, "lines"):
            self.lines = []
        while True:
            try:
                rec = os.read(self.fd, 16384).decode(errors="replace")
            except BlockingIOError:
                return self.lines
            except BrokenPipeError:
                continue
            self.lines.append(rec.partition(";")[2].splitlines()[0])

    def grep(self, pattern):
        return [line for line in self.lines if re.search(pattern, line)]
