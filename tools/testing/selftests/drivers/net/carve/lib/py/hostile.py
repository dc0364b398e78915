# SPDX-License-Identifier: GPL-2.0
"""
A malicious guest, and the honest traffic beside it.

    with Hostile(vf) as h:          vf is bound to vfio-pci and in the hands of
        h.reset()                   tools/testing/hostile; bound back afterwards
        h.ask(set_mac(mac))         requests: the answers' dwords, None: silence
        h.call("rings 100")         any of its commands; what it prints, a dict
        h.start("requests 2000")    the same, without waiting for its end
        h.finish()                  or for no longer: h.stop()
    with Stream(a, b) as s: ...     numbered datagrams both ways meanwhile;
        s.sent, s.lost, s.wrong     exact: the last one is waited for
    h.granted(reply), h.refused(reply)
"""

import json
import socket
import struct
import subprocess
import threading
import time
import zlib

from net.lib.py import KsftFailEx

from .carve import load
from .traffic import mac_bytes, patience, sock

HOSTILE = "/carve/src/tools/testing/hostile/hostile"

# carve_mbx.h
RESET, SET_MAC, SET_MULTICAST, SET_VLAN, SET_LPE, SET_PROMISC = range(1, 7)
HANDSHAKE, QUERY_CONFIG = 0x20, 0x21
MAC_PRIMARY, MAC_CLEAR, MAC_ADD = range(3)
ACK, NACK, CTS = 1 << 31, 1 << 30, 1 << 29
PROMISC_UC, PROMISC_MC = 1, 2
MC_OVERFLOW = 0x80


def message(kind, *payload, info=0):
    return [kind | info << 16, *payload]


def set_mac(mac, info=MAC_PRIMARY):
    raw = mac_bytes(mac)
    return message(SET_MAC, int.from_bytes(raw[:4], "little"),
                   int.from_bytes(raw[4:], "little"), info=info)


def add_vlan(vid):
    return message(SET_VLAN, vid, info=1)


def granted(reply):
    """The PF said yes, and nothing that makes no sense."""
    return reply is not None and reply[0] & (ACK | NACK | CTS) == ACK | CTS


def refused(reply):
    return reply is not None and reply[0] & (ACK | NACK | CTS) == NACK | CTS


class Hostile:
    """A VF in the hands of a malicious guest."""

    def __init__(self, vf, after="carve_vf"):
        self.vf = vf
        self.after = after
        self.proc = None

    def __enter__(self):
        load("vfio-pci", "vfio_iommu_type1")
        self.vf.bind("vfio-pci")
        # pylint: disable=consider-using-with
        self.proc = subprocess.Popen([HOSTILE, self.vf.bdf], text=True,
                                     stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                     stderr=subprocess.PIPE)
        return self

    def __exit__(self, *_):
        self.close()
        if self.after:
            self.vf.bind(self.after)
        else:
            self.vf.unbind()

    def close(self):
        """The guest ends: the VF is reset by vfio."""
        if self.proc:
            self.proc.stdin.close()
            self.proc.wait(patience(60))
            self.proc.stdout.close()
            self.proc.stderr.close()
            self.proc = None

    def start(self, command):
        try:
            self.proc.stdin.write(command + "\n")
            self.proc.stdin.flush()
        except BrokenPipeError:
            pass                # finish() says why

    def finish(self):
        line = self.proc.stdout.readline()
        if not line:
            raise KsftFailEx(f"the guest died: {self.proc.stderr.read()}")
        answer = json.loads(line)
        if "error" in answer:
            raise KsftFailEx(f"the guest says: {answer['error']}")
        return answer

    def stop(self):
        """End what was started, if it takes milliseconds or messages."""
        self.start("stop")
        answer = self.finish()
        self.finish()
        return answer

    def call(self, command):
        self.start(command)
        return self.finish()

    def ask(self, *messages):
        text = " ".join(",".join(f"{dw:x}" for dw in m) for m in messages)
        replies = self.call("ask " + text)["replies"]
        return replies[0] if len(messages) == 1 else replies

    def reset(self):
        """Get admitted; the answer to RESET."""
        answer = self.call("reset")
        if not answer["ok"]:
            raise KsftFailEx(f"not admitted: {answer['reply']}")
        return answer["reply"]

    def send(self, data, queue=0, times=1):
        return self.call(f"send {queue} {times} {data.hex()}")["head"]

    def heard(self):
        return [bytes.fromhex(f) for f in self.call("heard")["frames"]]


class _Half:
    """One direction of a Stream."""

    def __init__(self, tx, rx, port):
        self.rx = sock(rx, socket.AF_INET, socket.SOCK_DGRAM)
        self.tx = sock(tx, socket.AF_INET, socket.SOCK_DGRAM)
        self.rx.setsockopt(socket.SOL_SOCKET, 33, 8 << 20)     # SO_RCVBUFFORCE
        self.rx.bind((rx.addr4, port))
        self.tx.connect((rx.addr4, port))
        self.sent = self.wrong = 0
        self.got = set()

    def send(self, stop):
        while not stop.wait(0.004):
            size = 16 + self.sent * 37 % 1400
            body = struct.pack("=II", self.sent, size) + bytes([self.sent & 0xff]) * size
            self.sent += 1
            self.tx.send(struct.pack("=I", zlib.crc32(body)) + body)

    def receive(self, done):
        self.rx.settimeout(0.2)
        while not done.is_set():
            try:
                data = self.rx.recv(2048)
            except TimeoutError:
                continue
            number = struct.unpack_from("=I", data, 4)[0]
            if zlib.crc32(data[4:]) != struct.unpack_from("=I", data)[0] or number in self.got:
                self.wrong += 1
            self.got.add(number)


class Stream:
    """Numbered datagrams between two Hosts while the block runs."""

    def __init__(self, a, b):
        self.halves = [_Half(a, b, 4021), _Half(b, a, 4022)]
        self.stop, self.done = threading.Event(), threading.Event()
        self.threads = [(threading.Thread(target=h.send, args=(self.stop,), daemon=True),
                         threading.Thread(target=h.receive, args=(self.done,), daemon=True))
                        for h in self.halves]

    def __enter__(self):
        for tx, rx in self.threads:
            rx.start()
            tx.start()
        return self

    def __exit__(self, *_):
        self.stop.set()
        for tx, _ in self.threads:
            tx.join()
        end = time.monotonic() + patience(3)
        while self.lost and time.monotonic() < end:
            time.sleep(0.05)
        self.done.set()
        for half, (_, rx) in zip(self.halves, self.threads):
            rx.join()
            half.rx.close()
            half.tx.close()

    @property
    def sent(self):
        return sum(h.sent for h in self.halves)

    @property
    def lost(self):
        return sum(h.sent - len(h.got) for h in self.halves)

    @property
    def wrong(self):
        return sum(h.wrong for h in self.halves)
