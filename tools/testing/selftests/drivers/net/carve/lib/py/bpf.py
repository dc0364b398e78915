# SPDX-License-Identifier: GPL-2.0
"""
XDP programs without a compiler: instructions by hand, loaded by bpf(2) and
attached in the driver for as long as the block runs.

    with Xdp(host, drop(0x88b6)): ...           DROP of one ethertype, PASS of others
    with Xdp(host, send_back(0x88b6), frags=True): ...
    with Xdp(host, redirect(0x88b6, ifindex, mac)): ...
"""

import ctypes
import os
import socket
import struct
from contextlib import nullcontext

from net.lib.py import NetNSEnter

SYS_BPF = 321
PROG_LOAD, LINK_CREATE = 5, 28
PROG_TYPE_XDP, ATTACH_XDP = 6, 37
F_XDP_HAS_FRAGS = 1 << 5
XDP_FLAGS_SKB_MODE, XDP_FLAGS_DRV_MODE = 1 << 1, 1 << 2
XDP_DROP, XDP_PASS, XDP_TX = 1, 2, 3
FUNC_REDIRECT = 23

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
