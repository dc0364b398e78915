#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""The guest's half of make bench: measures the rows that the host listed in
bench.json and leaves their figures in result.json, one key a row.

QEMU runs with -icount: one instruction of the guest is one nanosecond of its
clock, and idle time passes in jumps to the next timer. What a clock shows for
work without pauses is therefore a number of instructions, and repeats.
"""

import fcntl
import json
import mmap
import os
import re
import socket
import struct
import subprocess
import sys
import time
import traceback
from pathlib import Path
from types import SimpleNamespace

LOG = Path("/carve/aux")
SUITES = Path("/carve/linux/tools/testing/selftests/drivers/net/carve")
sys.path.insert(0, str(SUITES))
from lib.py import CarveEnv, NetNSEnter, RegTrace, carrier, cmd, ip, \
    peer, wait_for, write_sysfs  # noqa: E402 pylint: disable=wrong-import-position
from lib.py.bpf import Xdp, drop, send_back  # noqa: E402 pylint: disable=wrong-import-position
from lib.py.traffic import mac_bytes, mac_of, \
    sock  # noqa: E402 pylint: disable=wrong-import-position
from lib.py.xsk import BIND_COPY, BIND_NEED_WAKEUP, BIND_ZEROCOPY, \
    COMPLETION_RING, RX_RING, Steered, Xsk  # noqa: E402 pylint: disable=wrong-import-position

STACKS = {"stock": ("igb", "igbvf"), "carve": ("carve_pf", "carve_vf")}

SIOCGIFFLAGS, SIOCSIFFLAGS, IFF_UP = 0x8913, 0x8914, 1
SIOCSIFHWADDR, ARPHRD_ETHER = 0x8924, 1

PKTGEN = Path("/proc/net/pktgen")
NOBODY = "02:00:00:00:00:99"
ETH_P_IP = 0x0800
TCP_BYTES = 64 << 20
TCP_WINDOW = 192 << 10
PINGS = 1000
MAX_VFS = 7
ROUNDS = 5
XSK_RING = 1 << 15
XSK_FRAMES = 30000
# What the PF's budget for one VF has room for without a pause (drivers/pf/mbx.c).
REQUESTS, REQUEST_ROUNDS = 16, 10

ACCESSES = ("e1000e_core_write", "e1000e_core_read", "e1000e_wrn_regs_write_unknown",
            "e1000e_wrn_regs_read_unknown", "e1000e_wrn_regs_write_ro")
MESSAGES = ("e1000e_irq_msix_notify_vec", "e1000e_irq_msix_notify_postponed_vec")


class Counted:
    """Register accesses and interrupts while the block runs."""

    def __enter__(self):
        self.trace = RegTrace(*ACCESSES, *MESSAGES)
        self.trace.__enter__()
        return self

    def __exit__(self, *exc):
        self.trace.__exit__(*exc)
        self.regs = sum(self.trace.count(e + " ") for e in ACCESSES)
        self.irqs = sum(self.trace.count(e + " ") for e in MESSAGES)

    def figures(self, cost, units=1):
        return {"cost": cost, "regs": self.regs / units, "irqs": self.irqs / units}


def now():
    return time.monotonic_ns()


def idle():
    """Nanoseconds that the only CPU has slept."""
    text = Path("/proc/timer_list").read_text()
    return int(re.search(r"idle_sleeptime\s*: (\d+) nsecs", text)[1])


def warm_up():
    """Have at hand what the rows run and load, and do without time limits on
    programs: while the guest waits for the host's files its clock jumps from
    timer to timer, through any of them."""
    communicate = subprocess.Popen.communicate
    subprocess.Popen.communicate = lambda proc, data=None, timeout=None: communicate(proc, data)
    subprocess.run(["modprobe", "-a", "pktgen", "dummy", "veth"], check=True)
    for command in ("ip link", "ip netns", "ping -c 1 127.0.0.1"):
        subprocess.run(command.split(), check=True, stdout=subprocess.DEVNULL)


# The pieces of work

def generate(devs, size, burst, dst, count, delay=0):
    """Send count frames by each interface, as fast as they take them: figures
    a frame."""
    thread = PKTGEN / "kpktgend_0"
    # pktgen takes the last character for a newline.
    write_sysfs(thread, "rem_device_all\n")
    for dev in devs:
        write_sysfs(thread, f"add_device {dev}\n")
        for line in (f"count {count}", f"pkt_size {size}", "clone_skb 0", f"burst {burst}",
                     f"delay {delay}", f"dst_mac {dst}", "dst 198.18.0.1"):
            write_sysfs(PKTGEN / dev, line + "\n")
    with Counted() as counted:
        write_sysfs(PKTGEN / "pgctrl", "start\n")
    texts = [(PKTGEN / dev).read_text() for dev in devs]
    write_sysfs(thread, "rem_device_all\n")
    sent, began, ended = zip(*[
        [int(n) for n in re.search(r"sofar: (\d+) .*started: (\d+)us +stopped: (\d+)us", text,
                                   re.S).groups()] for text in texts])
    return counted.figures((max(ended) - min(began)) * 1000 / sum(sent), sum(sent))


def pktgen(dev, size, burst, dst=NOBODY, count=None):
    return generate([dev], size, burst, dst, count or (200000 if burst > 1 else 50000))


def together(devs):
    """Interfaces that send in turn. Who has sent less than one packet in this
    time is due, so that they do, and never has to wait."""
    return generate(devs, 60, 1, NOBODY, 56000 // len(devs), delay=1000)


def _child(func):
    """Run func in a process of its own; returns its pid."""
    pid = os.fork()
    if pid:
        return pid
    try:
        func()
        os._exit(0)
    finally:
        os._exit(1)


def _tcp_send(ns, addr, port):
    with NetNSEnter(ns):
        sock = socket.create_connection((addr, port))
    block = bytes(1 << 16)
    sock.recv(1)        # all is loaded and known
    for _ in range(TCP_BYTES // len(block)):
        sock.sendall(block)
    sock.close()


def retransmitted(host):
    text = host.cmd("cat /proc/net/snmp").stdout
    names, values = [line.split() for line in text.splitlines() if line.startswith("Tcp:")]
    return int(values[names.index("RetransSegs")])


def tcp(tx, rx, port=5201):
    """One stream from one namespace to another: figures for all of it. What it
    waits for acknowledgements, moderated interrupts or a segment sent again is
    not work."""
    with NetNSEnter(rx.ns):
        listener = socket.create_server((rx.addr4, port))
    # In flight: no more than a ring takes at once, since the model's wire takes
    # no time. Losses, and seconds of waiting for them, would be all one sees.
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, TCP_WINDOW)
    buf, got = bytearray(1 << 18), 0
    tx.ping(rx)         # addresses are resolved
    resent = retransmitted(tx)
    with Counted() as counted:
        pid = _child(lambda: _tcp_send(tx.ns, rx.addr4, port))
        conn = listener.accept()[0]
        time.sleep(1)
        start, slept = now(), idle()
        conn.send(b"g")
        while n := conn.recv_into(buf):
            got += n
        slept = idle() - slept
        took = now() - start - slept
        os.waitpid(pid, 0)
    listener.close()
    if got != TCP_BYTES:
        raise RuntimeError(f"{got} of {TCP_BYTES} bytes arrived")
    return counted.figures(took) | {"slept": slept, "resent": retransmitted(tx) - resent}


def ping(a, b):
    """Round trips one after the other: nanoseconds of the guest's clock."""
    a.ping(b)
    with Counted() as counted:
        out = a.cmd(f"ping -q -n -f -c {PINGS} {b.addr4}", timeout=120).stdout
    m = re.search(rf" {PINGS} received.*= [\d.]+/([\d.]+)/", out, re.S)
    if not m:
        raise RuntimeError(f"ping says: {out}")
    return counted.figures(float(m[1]) * 1e6, PINGS)


class Ends:
    """An interface without hardware in a namespace, as the floor."""

    def __init__(self, ns, dev, n):
        self.ns, self.dev, self.addr4 = ns, dev, f"192.0.2.{n}"
        ip(f"netns add {ns}")
        ip(f"link set dev {dev} netns {ns}")
        ip(f"addr add {self.addr4}/24 dev {dev}", ns=ns)
        ip(f"link set dev {dev} up", ns=ns)

    def cmd(self, command, **kwargs):
        return cmd(command, ns=self.ns, **kwargs)

    def ping(self, to):
        self.cmd(f"ping -q -n -c 1 -W 5 {to.addr4}")

    @classmethod
    def alone(cls):
        ip("link add floor-c type dummy")
        return cls("floor-c", "floor-c", 103)

    @classmethod
    def pair(cls):
        """The two ends of a veth pair."""
        if not Path("/run/netns/floor-a").exists():
            ip("link add floor-a type veth peer name floor-b")
            cls.ends = cls("floor-a", "floor-a", 101), cls("floor-b", "floor-b", 102)
        return cls.ends


def set_up(*devs, up=True):
    """IFF_UP, without the cost of a process in between."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        for dev in devs:
            req = struct.pack("16sh14x", dev.encode(), 0)
            flags = struct.unpack("16sh14x", fcntl.ioctl(s, SIOCGIFFLAGS, req))[1]
            flags = flags | IFF_UP if up else flags & ~IFF_UP
            fcntl.ioctl(s, SIOCSIFFLAGS, struct.pack("16sh14x", dev.encode(), flags))


def has_carrier(dev):
    return Path("/sys/class/net", dev, "carrier").read_text().strip() == "1"


def requests(host):
    """Another address and the old one again, and so on, each of which a VF has
    to ask its PF for: figures a request, awake is what of it is work."""
    own = mac_bytes(mac_of(host))
    asks = [struct.pack("16sH6s16x", host.dev.encode(), ARPHRD_ETHER, mac)
            for mac in (own[:5] + bytes([own[5] ^ 1]), own)]
    took = slept = 0
    with sock(host, socket.AF_INET, socket.SOCK_DGRAM) as s, Counted() as counted:
        for _ in range(REQUEST_ROUNDS):
            time.sleep(0.2)
            start, before = now(), idle()
            for i in range(REQUESTS):
                fcntl.ioctl(s, SIOCSIFHWADDR, asks[i % 2])
            slept += idle() - before
            took += now() - start
    each = REQUESTS * REQUEST_ROUNDS
    return counted.figures(took / each, each) | {"awake": (took - slept) / each}


def kernel_memory():
    """Bytes that the kernel has taken for itself. What it keeps at hand for
    its CPU is free, though it is not called so."""
    Path("/proc/sys/vm/drop_caches").write_text("3")
    time.sleep(3)
    Path("/proc/sys/vm/stat_refresh").write_text("1")
    info = {k: int(v) for k, v in re.findall(r"(\S+): +(\d+) kB",
                                             Path("/proc/meminfo").read_text())}
    at_hand = sum(int(n) for n in re.findall(r"^ +count: +(\d+)",
                                             Path("/proc/zoneinfo").read_text(), re.M))
    users = sum(info[k] for k in ("Cached", "Buffers", "AnonPages", "PageTables"))
    return (info["MemTotal"] - info["MemFree"] - users << 10) - at_hand * mmap.PAGESIZE


# The rows

class Bench:
    """A stack on the port, and a method for each row."""

    def __init__(self, stack):
        self.pf_driver, self.vf_driver = STACKS[stack]
        self.env = None
        self.life, self.asked = {}, {}

    def port(self):
        """The PF, its interface up and with carrier, as igb needs it to be
        before it makes VFs."""
        if not self.env:
            self.env = CarveEnv(self.pf_driver, self.vf_driver)
            self.env.start()
            self.env.pf.attr("sriov_drivers_autoprobe", 0)
        dev = self.env.pf.netdev
        set_up(dev)
        carrier(dev)
        return self.env.pf

    def start_vfs(self):
        """Bind the VFs and set them up; returns their interfaces' names. A VF
        of igb that finds its PF in the reset that follows the write to
        sriov_numvfs never gets a carrier: so wait until the PF is back."""
        pf = self.env.pf
        wait_for(lambda: has_carrier(pf.netdev), "carrier of the PF", 60, sleep=0.001)
        for vf in pf.vfs:
            vf.bind(self.vf_driver)
        devs = [vf.netdev for vf in pf.vfs]
        set_up(*devs)
        wait_for(lambda: all(has_carrier(d) for d in devs), "carrier of all VFs", 60,
                 sleep=0.001)
        return devs

    def vfs(self, n):
        """n VFs, up and with carrier; returns their interfaces' names."""
        pf = self.port()
        if pf.numvfs != n:
            if pf.numvfs:
                pf.numvfs = 0
            if n:
                pf.numvfs = n
        return self.start_vfs()

    def hosts(self, work, *functions):
        """What work measures between two functions in namespaces."""
        ends = [self.env.host(fn) for fn in functions]
        try:
            return work(*ends)
        finally:
            for host in reversed(ends):
                self.env.drop(host)

    def pf_dev(self):
        self.vfs(0)
        return self.port().netdev

    # What the generator takes by itself, and a stream without any hardware.

    @staticmethod
    def dummy(n=0):
        dev = f"floor{n}"
        if not Path("/sys/class/net", dev).exists():
            ip(f"link add {dev} type dummy")
            set_up(dev)
        return dev

    def floor_tx60(self):
        return pktgen(self.dummy(), 60, 1)

    def floor_tx60_burst(self):
        return pktgen(self.dummy(), 60, 32)

    def floor_tx1514(self):
        return pktgen(self.dummy(), 1514, 1)

    def floor_active(self, n):
        return together([self.dummy(i) for i in range(n)])

    def floor_mailbox(self):
        return requests(Ends.alone())

    def floor_tcp(self):
        return tcp(*Ends.pair())

    def floor_rr(self):
        return ping(*Ends.pair())

    # The PF's interface, no VFs.

    def pf_tx60(self):
        return pktgen(self.pf_dev(), 60, 1)

    def pf_tx60_burst(self):
        return pktgen(self.pf_dev(), 60, 32)

    def pf_tx1514(self):
        return pktgen(self.pf_dev(), 1514, 1)

    def ports(self, work):
        """Between two ports on one wire, both with the PF driver."""
        self.vfs(0)
        other = peer()
        other.bind(self.pf_driver)
        try:
            return self.hosts(work, self.port(), other)
        finally:
            other.unbind()

    def pf_tcp(self):
        return self.ports(tcp)

    def pf_rr(self):
        return self.ports(ping)

    # VFs.

    def vf_tx60(self):
        return pktgen(self.vfs(2)[0], 60, 1)

    def vf_tx60_burst(self):
        return pktgen(self.vfs(2)[0], 60, 32)

    def vf_tx1514(self):
        return pktgen(self.vfs(2)[0], 1514, 1)

    def vf_to_vf60(self):
        tx, rx = self.vfs(2)
        stats = Path("/sys/class/net", rx)
        received = stats / "statistics/rx_packets"
        before = int(received.read_text())
        figures = pktgen(tx, 60, 1, (stats / "address").read_text().strip())
        time.sleep(3)           # igbvf reads its counters every two seconds
        figures["arrived"] = int(received.read_text()) - before
        return figures

    def vf_tcp(self):
        self.vfs(2)
        return self.hosts(tcp, *self.port().vfs)

    def vf_rr(self):
        self.vfs(2)
        return self.hosts(ping, *self.port().vfs)

    def xdp(self, dev, insns):
        """A program on an interface of this namespace."""
        return Xdp(SimpleNamespace(ns=None, dev=dev), insns,
                   generic=self.vf_driver != "carve_vf")

    def vf_xdp_drop(self):
        with self.xdp(self.vfs(2)[1], drop(ETH_P_IP)):
            return self.vf_to_vf60()

    def vf_xdp_tx(self):
        tx, rx = self.vfs(2)
        with self.xdp(rx, send_back(ETH_P_IP)), self.xdp(tx, drop(ETH_P_IP)):
            return self.vf_to_vf60()

    # AF_XDP: without a copy if the driver can do that. Nothing of the user's
    # work is in it: memory for all frames is there before the first.

    def socket(self, kind, dev, *args, **kwargs):
        bind = BIND_ZEROCOPY if self.vf_driver == "carve_vf" else BIND_COPY
        return kind(SimpleNamespace(ns=None, dev=dev), *args, frames=2 * XSK_RING,
                    ring=XSK_RING, flags=bind | BIND_NEED_WAKEUP, **kwargs)

    def vf_xsk_rx(self):
        tx, rx = self.vfs(2)
        mac = Path("/sys/class/net", rx, "address").read_text().strip()
        with self.socket(Steered, rx, ETH_P_IP, generic=self.vf_driver != "carve_vf") as x:
            figures = pktgen(tx, 60, 1, mac, XSK_FRAMES)
            figures |= {"arrived": x.rings[RX_RING].waiting(), "zerocopy": x.zerocopy}
        return figures

    def vf_xsk_tx(self):
        with self.socket(Xsk, self.vfs(2)[0]) as x:
            x.put([mac_bytes(NOBODY) + bytes(54)] * XSK_FRAMES)
            back = x.rings[COMPLETION_RING].waiting
            with Counted() as counted:
                start, slept, done = now(), idle(), 0
                while done < XSK_FRAMES:
                    x.kick()
                    if done == back():
                        time.sleep(0.001)
                    done = back()
                slept = idle() - slept
                took = now() - start - slept
            return counted.figures(took / XSK_FRAMES, XSK_FRAMES) | {"zerocopy": x.zerocopy}

    # The mailbox.

    def vf_mailbox(self):
        """Work; how long it takes is another row's figure."""
        self.vfs(2)
        self.asked = self.hosts(requests, self.port().vf(0))
        return self.asked | {"cost": self.asked["awake"]}

    def vf_mailbox_rate(self):
        if not self.asked:
            self.vf_mailbox()
        return {"cost": self.asked["cost"]}

    # Seven VFs.

    def vf_active(self, n):
        return together(self.vfs(MAX_VFS)[:n])

    def seven(self):
        """Measures the life of seven VFs once for all its rows: the middle of
        several, after a first that also pays for what later ones find cached."""
        if not self.life:
            lives = [self.one_life() for _ in range(1 + ROUNDS)][1:]
            for what in lives[0]:
                some = sorted((life[what] for life in lives), key=lambda f: f["cost"])
                self.life[what] = some[ROUNDS // 2] | {"all": [f["cost"] for f in some]}
        return self.life

    def one_life(self):
        self.vfs(0)
        # Looked for beforehand: what runs a program reads it from the host,
        # and meanwhile the clock jumps.
        port = self.port()
        with Counted() as create:
            start = now()
            port.numvfs = MAX_VFS
            created = now()
            self.start_vfs()
            running = now()
        with Counted() as remove:
            gone = now()
            port.numvfs = 0
            gone = now() - gone
        return {"create": {"cost": created - start},
                "carrier": create.figures(running - start),
                "remove": remove.figures(gone)}

    def vfs_create(self):
        return self.seven()["create"]

    def vfs_carrier(self):
        return self.seven()["carrier"]

    def vfs_remove(self):
        return self.seven()["remove"]

    def vf_memory(self):
        """What seven VFs take to exist and run: the middle of several rounds,
        after a first that leaves behind what is never given back."""
        taken = []
        for _ in range(1 + ROUNDS):
            self.vfs(0)
            without = kernel_memory()
            self.vfs(MAX_VFS)
            taken.append((kernel_memory() - without) / MAX_VFS)
        taken = sorted(taken[1:])
        return {"cost": taken[ROUNDS // 2], "all": taken}


def main():
    job = json.loads((LOG / "bench.json").read_text())
    warm_up()
    bench = Bench(job["stack"])
    result = {}
    for row in job["rows"]:
        try:
            # What follows a dot is a row's argument.
            name, *args = row.split(".")
            result[row] = getattr(bench, name)(*map(int, args))
        except Exception:       # pylint: disable=broad-exception-caught
            result[row] = {"error": traceback.format_exc()}
        (LOG / "result.json").write_text(json.dumps(result))
    (LOG / "dmesg").write_text(cmd("dmesg").stdout)
    (LOG / "done").write_text("")


if __name__ == "__main__":
    main()
