# SPDX-License-Identifier: GPL-2.0
"""
XDP programs without a compiler: instructions by hand, loaded by bpf(2) and
attached in the driver for as long as the block runs. And frames for them.

    with Xdp(host, drop(0x88b6)): ...           DROP of one ethertype, PASS of others
    with Xdp(host, send_back(0x88b6), frags=True): ...
    with Xdp(host, redirect(0x88b6, ifindex, mac)): ...
    with Xdp(host, to_sockets(0x88b6, xsk_map)): ...
    sent(a, b, c, payload)          what c hears of a frame that a sends to b
    dropped(a, b, payload)          does the stack of b see frames of XDP's ethertype?
    with Stream(a, b, payload): ... such frames all the while
"""

import ctypes
import os
import socket
import struct
import threading
import time
from contextlib import nullcontext

from net.lib.py import NetNSEnter, ksft_true

from .carve import CarveEnv
from .traffic import PACKET_OUTGOING, frame, hears, mac_of, packet_socket, patience

ETH_P_XDP = 0x88b6      # local experiments, the second

SYS_BPF = 321
MAP_CREATE, MAP_UPDATE_ELEM, PROG_LOAD, LINK_CREATE = 0, 2, 5, 28
MAP_TYPE_XSKMAP = 17
PROG_TYPE_XDP, ATTACH_XDP = 6, 37
F_XDP_HAS_FRAGS = 1 << 5
XDP_FLAGS_SKB_MODE, XDP_FLAGS_DRV_MODE = 1 << 1, 1 << 2
XDP_DROP, XDP_PASS, XDP_TX = 1, 2, 3
FUNC_REDIRECT, FUNC_REDIRECT_MAP = 23, 51

_LIBC = ctypes.CDLL(None, use_errno=True)


def insn(code, dst=0, src=0, off=0, imm=0):
    return struct.pack("<BBhi", code, src << 4 | dst, off,
                       imm - (1 << 32) if imm >= 1 << 31 else imm)


def _ret(action):
    return [insn(0xb7, 0, imm=action), insn(0x95)]


def _only(ethertype, then):
    """PASS for other ethertypes; then with r2 at the frame of this one."""
    head = [insn(0x61, 2, 1, 0), insn(0x61, 3, 1, 4),       # r2 data, r3 data_end
            insn(0xbf, 4, 2), insn(0x07, 4, imm=14),        # r4 = r2 + 14
            insn(0x2d, 4, 3, 2),                            # behind the end: pass
            insn(0x69, 5, 2, 12),                           # r5 ethertype
            insn(0x15, 5, off=2, imm=socket.htons(ethertype))]
    return b"".join([*head, *_ret(XDP_PASS), *then])


def drop(ethertype):
    return _only(ethertype, _ret(XDP_DROP))


def send_back(ethertype):
    """Exchange the addresses, XDP_TX."""
    swap = []
    for off in (0, 2, 4):
        swap += [insn(0x69, 5, 2, off), insn(0x69, 6, 2, off + 6),
                 insn(0x6b, 2, 5, off + 6), insn(0x6b, 2, 6, off)]
    return _only(ethertype, swap + _ret(XDP_TX))


def redirect(ethertype, ifindex, mac):
    """To mac, out of another interface of the namespace."""
    lo, hi = struct.unpack("<IH", bytes.fromhex(mac.replace(":", "")))
    return _only(ethertype, [
        insn(0x62, 2, off=0, imm=lo), insn(0x6a, 2, off=4, imm=hi),
        insn(0xb7, 1, imm=ifindex), insn(0xb7, 2),
        insn(0x85, imm=FUNC_REDIRECT), insn(0x95)])


def to_sockets(ethertype, xsk_map):
    """To the AF_XDP socket that the map has for the queue, else PASS."""
    return _only(ethertype, [
        insn(0x61, 2, 1, 16), insn(0x18, 1, 1, imm=xsk_map), insn(0),
        insn(0xb7, 3, imm=XDP_PASS), insn(0x85, imm=FUNC_REDIRECT_MAP), insn(0x95)])


def _bpf(cmd, attr):
    buf = ctypes.create_string_buffer(attr.ljust(128, b"\0"), 128)
    fd = _LIBC.syscall(SYS_BPF, cmd, buf, 128)
    if fd < 0:
        err = ctypes.get_errno()
        raise OSError(err, os.strerror(err))
    return fd


def _load(insns, frags):
    code, licence = ctypes.create_string_buffer(insns), ctypes.create_string_buffer(b"GPL")
    return _bpf(PROG_LOAD, struct.pack(
        "=IIQQIIQII16sII", PROG_TYPE_XDP, len(insns) // 8, ctypes.addressof(code),
        ctypes.addressof(licence), 0, 0, 0, 0, F_XDP_HAS_FRAGS if frags else 0,
        b"carve", 0, ATTACH_XDP))


def xsk_map(queues):
    """A map of AF_XDP sockets, one for each queue. Its file descriptor."""
    return _bpf(MAP_CREATE, struct.pack("=IIII", MAP_TYPE_XSKMAP, 4, 4, queues))


def map_update(bpf_map, key, value):
    key, value = ctypes.c_uint32(key), ctypes.c_uint32(value)
    _bpf(MAP_UPDATE_ELEM, struct.pack("=IIQQQ", bpf_map, 0, ctypes.addressof(key),
                                      ctypes.addressof(value), 0))


class Xdp:
    """A program on a Host's interface; OSError if the driver refuses it."""

    def __init__(self, host, insns, frags=False, generic=False):
        self.host, self.insns, self.frags = host, insns, frags
        self.flags = XDP_FLAGS_SKB_MODE if generic else XDP_FLAGS_DRV_MODE

    def __enter__(self):
        prog = _load(self.insns, self.frags)
        try:
            with NetNSEnter(self.host.ns) if self.host.ns else nullcontext():
                index = socket.if_nametoindex(self.host.dev)
                self.link = _bpf(LINK_CREATE, struct.pack("=IIII", prog, index, ATTACH_XDP,
                                                          self.flags))
        finally:
            os.close(prog)
        return self

    def __exit__(self, *_):
        os.close(self.link)


class NodesEnv(CarveEnv):
    """VFs, the PF and the foreign NIC, each in a namespace: nodes["vf0"] and so
    on, nodes["pf"], nodes["outside"]."""

    def start(self):
        super().start()
        self.nodes = {"pf": self.host(self.pf), "outside": self.outside()}
        for i, vf in enumerate(self.pf.vfs):
            self.nodes[f"vf{i}"] = self.host(vf)


def stat(host, name):
    out = host.cmd(f"ethtool -S {host.dev}").stdout
    return int(next(line for line in out.splitlines() if f" {name}:" in line).split(":")[1])


def arrives(s, data, wait=1):
    """Does a socket get these bytes, whatever addresses they carry?"""
    end = time.monotonic() + wait
    while (left := end - time.monotonic()) > 0:
        s.settimeout(left)
        try:
            got, addr = s.recvfrom(65535)
        except TimeoutError:
            return None
        # Sent by this host itself: not what has arrived.
        if addr[2] != PACKET_OUTGOING and got[12:12 + len(data)] == data:
            return got
    return None


def sent(tx, rx, listener, payload, tries=5):
    """Send a frame of XDP's ethertype from tx to rx; what listener hears."""
    data = frame(mac_of(rx), mac_of(tx), payload, proto=ETH_P_XDP)
    with packet_socket(listener) as s, packet_socket(tx) as out:
        for _ in range(patience(tries)):
            out.send(data)
            got = arrives(s, data[12:])
            if got:
                return got
    return None


def dropped(tx, rx, payload, frames=3):
    """Do frames of XDP's ethertype vanish before the stack, others don't?"""
    data = frame(mac_of(rx), mac_of(tx), payload, proto=ETH_P_XDP)
    with packet_socket(rx) as s, packet_socket(tx) as out:
        for _ in range(frames):
            out.send(data)
        # No waiting for silence: what follows them is heard.
        ksft_true(hears(rx, tx, mac_of(rx)), "others don't pass")
        return arrives(s, data[12:], wait=0.1) is None


class Stream:
    """Frames of XDP's ethertype from one host to another, all the while."""

    def __init__(self, tx, rx, payload):
        self.data = frame(mac_of(rx), mac_of(tx), payload, proto=ETH_P_XDP)
        self.out, self.end = packet_socket(tx), threading.Event()
        self.thread = threading.Thread(target=self._run, daemon=True)

    def _run(self):
        while not self.end.wait(0.0002):
            self.out.send(self.data)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.end.set()
        self.thread.join()
        self.out.close()
