# SPDX-License-Identifier: GPL-2.0
"""
Traffic between Hosts, made by sockets of this process in their namespaces.

    join(host, groups)      a socket that is in multicast groups
    hears(rx, tx, dst)      does a frame that tx sends to dst reach rx?
    tcp(tx, rx, 4 << 20)    does a TCP stream arrive unharmed?
    udp(tx, rx, b"...")     does a datagram arrive?
    with Flood(a, b) as f:  ping all the while; then f.sent, f.lost
"""

import fcntl
import hashlib
import os
import re
import signal
import socket
import struct
import subprocess
import threading
import time
from pathlib import Path

from net.lib.py import KsftFailEx

from .carve import kernel_is_debug, wait_for
from .netns import inside

BROADCAST = "ff:ff:ff:ff:ff:ff"
ETH_P_ALL = 3
ETH_P_TEST = 0x88b5         # for local experiments (IEEE 802)
PACKET_OUTGOING = 4
SOL_PACKET, PACKET_ADD_MEMBERSHIP, PACKET_AUXDATA = 263, 1, 8
PACKET_MR_MULTICAST = 0
TP_STATUS_VLAN_VALID = 1 << 4
SIOCGIFHWADDR = 0x8927


def patience(seconds):
    return seconds * 3 if kernel_is_debug() else seconds


def mac_bytes(mac):
    return bytes.fromhex(mac.replace(":", ""))


def sock(host, *args):
    """A socket in the host's namespace."""
    with inside(host.ns):
        return socket.socket(*args)


def mac_of(host):
    """Address of a host's interface, without ip(8): asked for often."""
    with sock(host, socket.AF_INET, socket.SOCK_DGRAM) as s:
        ifreq = fcntl.ioctl(s, SIOCGIFHWADDR, struct.pack("16s24x", host.dev.encode()))
    return ifreq[18:24].hex(":")


def packet_socket(host, dev=None):
    s = sock(host, socket.AF_PACKET, socket.SOCK_RAW, 0)
    s.bind((dev or host.dev, ETH_P_ALL))
    return s


def join(host, groups):
    """A socket with which the host's interface is in these groups (addresses
    of Ethernet) until it is closed."""
    s = packet_socket(host)
    with inside(host.ns):
        index = socket.if_nametoindex(host.dev)
    for group in groups:
        s.setsockopt(SOL_PACKET, PACKET_ADD_MEMBERSHIP,
                     struct.pack("iHH8s", index, PACKET_MR_MULTICAST, 6, mac_bytes(group)))
    return s


def frame(dst, src, payload, vlan=None, proto=ETH_P_TEST):
    tag = b"" if vlan is None else struct.pack("!HH", 0x8100, vlan)
    head = mac_bytes(dst) + mac_bytes(src) + tag + struct.pack("!H", proto)
    return (head + payload).ljust(60, b"\0")


def outer_vlan(data, ancillary):
    """VLAN of a frame that recvmsg got, None: no tag. The kernel keeps the outer
    tag aside, for sockets with PACKET_AUXDATA."""
    for _, _, aux in ancillary:
        status, _, _, _, _, tci, _ = struct.unpack_from("=IIIHHHH", aux)
        if status & TP_STATUS_VLAN_VALID:
            return tci & 0xfff
    if data[12:14] == b"\x81\x00":
        return int.from_bytes(data[14:16], "big") & 0xfff
    return None


def _received(s, wait):
    """Frames from the wire until wait seconds are over."""
    end = time.monotonic() + wait
    while (left := end - time.monotonic()) > 0:
        s.settimeout(left)
        try:
            data, addr = s.recvfrom(65535)
        except TimeoutError:
            return
        if addr[2] != PACKET_OUTGOING:
            yield data


def hears(rx, tx, dst, src=None, vlan=None, dev=None, fence=None, fence_vlan=None):
    """True if a frame to dst, sent by tx, reaches rx.

    No waiting for silence: a second frame, to rx itself and so sure to arrive,
    follows the first. The fence may come from another host than tx."""
    fence = fence or tx
    me = mac_of(rx)
    mark, stop = os.urandom(16), os.urandom(16)
    with packet_socket(rx) as s, packet_socket(tx, dev) as out, packet_socket(fence) as fout:
        out.send(frame(dst, src or mac_of(tx), mark, vlan))
        for _ in range(patience(10)):
            fout.send(frame(me, mac_of(fence), stop, fence_vlan))
            heard = False
            for data in _received(s, 1):
                if mark in data:
                    return True
                if stop in data:
                    heard = True
                    break
            if heard:
                return False
    raise KsftFailEx(f"{rx.dev} does not even hear what is sent to {me}")


def udp(tx, rx, dst=None, port=4001, group=None, v6=False, size=32):
    """True if a datagram to dst (rx's address) reaches a socket of rx."""
    family = socket.AF_INET6 if v6 else socket.AF_INET
    dst = dst or (rx.addr6 if v6 else rx.addr4)
    with sock(rx, family, socket.SOCK_DGRAM) as s, sock(tx, family, socket.SOCK_DGRAM) as out:
        s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        s.bind(("", port))
        if group:
            s.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP,
                         socket.inet_aton(group) + socket.inet_aton(rx.addr4))
            out.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF,
                           socket.inet_aton(tx.addr4))
        out.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
        s.settimeout(1)
        for _ in range(patience(5)):
            mark = os.urandom(size)
            out.sendto(mark, (dst, port))
            try:
                while s.recv(65535) != mark:
                    pass
                return True
            except TimeoutError:
                pass
    return False


def _sink(listener, nbytes, result):
    digest, got = hashlib.sha256(), 0
    conn, _ = listener.accept()
    with conn:
        conn.settimeout(listener.gettimeout())
        while got < nbytes:
            data = conn.recv(1 << 16)
            if not data:
                break
            digest.update(data)
            got += len(data)
    result.append((got, digest.hexdigest()))


def tcp(tx, rx, nbytes, v6=False, port=4002, deadline=60):
    """Send random bytes over TCP; True if the same bytes arrive."""
    family = socket.AF_INET6 if v6 else socket.AF_INET
    addr = rx.addr6 if v6 else rx.addr4
    block = os.urandom(1 << 18)
    digest, result = hashlib.sha256(), []
    with sock(rx, family, socket.SOCK_STREAM) as listener, \
            sock(tx, family, socket.SOCK_STREAM) as out:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((addr, port))
        listener.listen(1)
        listener.settimeout(patience(deadline))
        out.settimeout(patience(deadline))
        sink = threading.Thread(target=_sink, args=(listener, nbytes, result), daemon=True)
        sink.start()
        out.connect((addr, port))
        for pos in range(0, nbytes, len(block)):
            # Every block differs: a block lost or doubled is found.
            part = (struct.pack("=Q", pos) + block[8:])[:nbytes - pos]
            out.sendall(part)
            digest.update(part)
        out.shutdown(socket.SHUT_WR)
        sink.join(patience(deadline))
    return result == [(nbytes, digest.hexdigest())]


class Flood:
    """Ping all the while the block runs: 200 times a second, or without any
    pause, which leaves an emulated machine little time for other things. On a
    CPU of its choice, or cpu; ahead: requests that are under way at a time."""

    def __init__(self, a, to, pause=True, cpu=None, ahead=1):
        addr = getattr(to, "addr4", to)
        self.ns = a.ns
        self.cmd = [*(["taskset", "-c", str(cpu)] if cpu is not None else []),
                    "ping", "-q", "-n", "-l", str(ahead),
                    *(["-i", "0.005"] if pause else ["-f"]), addr]

    def __enter__(self):
        sent, received = self._echoes()
        self.unanswered = sent - received
        with inside(self.ns):
            self.proc = subprocess.Popen(self.cmd, stdout=subprocess.PIPE,
                                         stderr=subprocess.STDOUT, text=True)
        wait_for(lambda: self._echoes()[0] > sent, "ping's first requests", sleep=0.02)
        return self

    def _echoes(self):
        """Requests sent and replies received so far in ping's namespace."""
        with inside(self.ns):
            snmp = Path("/proc/thread-self/net/snmp").read_text()
        names, values = [line.split() for line in snmp.splitlines() if line.startswith("Icmp:")]
        return tuple(int(values[names.index(n)]) for n in ("OutEchos", "InEchoReps"))

    def _settle(self):
        """What was under way when ping ended is not lost, if it comes in time."""
        end = time.monotonic() + patience(1)
        while self.lost and time.monotonic() < end:
            time.sleep(0.02)
            sent, received = self._echoes()
            self.lost = min(self.lost, max(0, sent - received - self.unanswered))

    def __exit__(self, *_):
        self.proc.send_signal(signal.SIGINT)
        out = self.proc.communicate(timeout=60)[0]
        m = re.search(r"(\d+) packets transmitted, (\d+) received", out)
        if not m:
            raise KsftFailEx(f"ping says: {out}")
        self.sent, self.received = int(m[1]), int(m[2])
        self.lost = self.sent - self.received
        self._settle()
