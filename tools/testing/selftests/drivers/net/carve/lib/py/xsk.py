# SPDX-License-Identifier: GPL-2.0
"""
AF_XDP sockets without a library: rings mapped into this process.

    with Xsk(host) as x:                zero-copy on queue 0, or OSError
        x.zerocopy                      what the kernel says of it
        x.send(frames)                  returns when all have come back
        x.receive(count, wait)          frames that a program redirected to it
    with Steered(host, ethertype) as x: the same, and a program that does

Half of the memory is for receiving, half for sending. Indices of the rings are
read and written by aligned accesses of four bytes, in the order of the program:
all that an x86 needs. struct.pack_into() would not do: it writes zeroes first,
which the kernel may see.
"""

import ctypes
import errno
import mmap
import os
import select
import socket
import struct
import time
from contextlib import ExitStack

from .bpf import Xdp, map_update, to_sockets, xsk_map
from .netns import inside
from .traffic import patience, sock

AF_XDP, SOL_XDP = 44, 283
MMAP_OFFSETS, RX_RING, TX_RING, UMEM_REG, FILL_RING, COMPLETION_RING = range(1, 7)
OPTIONS = 8
OPTIONS_ZEROCOPY = 1
BIND_COPY, BIND_ZEROCOPY, BIND_NEED_WAKEUP = 2, 4, 8
PGOFF = {RX_RING: 0, TX_RING: 0x80000000, FILL_RING: 0x100000000,
         COMPLETION_RING: 0x180000000}
RING_NEED_WAKEUP = 1

_LIBC = ctypes.CDLL(None, use_errno=True)


class _Ring:
    """One of the four rings, mapped."""

    def __init__(self, fd, which, offsets, size, entry):
        self.producer, self.consumer, self.desc, self.flags = offsets
        self.size, self.entry = size, struct.Struct(entry)
        self.mem = mmap.mmap(fd, self.desc + size * self.entry.size, offset=PGOFF[which])
        self.words = memoryview(self.mem).cast("I")

    def close(self):
        self.words.release()
        self.mem.close()

    def _get(self, offset):
        return self.words[offset // 4]

    def _set(self, offset, value):
        self.words[offset // 4] = value & 0xffffffff

    def needs_wakeup(self):
        return bool(self._get(self.flags) & RING_NEED_WAKEUP)

    def produce(self, entries):
        """As many as there is room for; their number."""
        at = self._get(self.producer)
        room = self.size - (at - self._get(self.consumer)) % (1 << 32)
        for i, entry in enumerate(entries[:room]):
            self.entry.pack_into(self.mem, self.desc + (at + i) % self.size * self.entry.size,
                                 *entry)
        self._set(self.producer, at + min(room, len(entries)))
        return min(room, len(entries))

    def waiting(self):
        """How many are there to consume."""
        return (self._get(self.producer) - self._get(self.consumer)) % (1 << 32)

    def consume(self):
        """All that is there."""
        at, end = self._get(self.consumer), self._get(self.producer)
        got = [self.entry.unpack_from(self.mem, self.desc + (at + i) % self.size * self.entry.size)
               for i in range((end - at) % (1 << 32))]
        self._set(self.consumer, end)
        return got


class Xsk:
    """A socket on a queue of a Host's interface."""

    def __init__(self, host, queue=0, frames=256, chunk=4096, ring=256,
                 flags=BIND_ZEROCOPY | BIND_NEED_WAKEUP):
        self.chunk = chunk
        self.umem = mmap.mmap(-1, frames * chunk)
        self.rings = {}
        self.sock = sock(host, AF_XDP, socket.SOCK_RAW, 0)
        try:
            self._open(frames, ring)
            with inside(host.ns):
                self._bind(flags, socket.if_nametoindex(host.dev), queue)
        except BaseException:
            self.close()
            raise

    def _open(self, frames, ring):
        view = ctypes.c_char.from_buffer(self.umem)
        self.sock.setsockopt(SOL_XDP, UMEM_REG, struct.pack(
            "=QQIIII", ctypes.addressof(view), len(self.umem), self.chunk, 0, 0, 0))
        del view
        for which in PGOFF:
            self.sock.setsockopt(SOL_XDP, which, ring)
        offsets = struct.unpack("=16Q", self.sock.getsockopt(SOL_XDP, MMAP_OFFSETS, 128))
        for i, which in enumerate((RX_RING, TX_RING, FILL_RING, COMPLETION_RING)):
            self.rings[which] = _Ring(self.sock.fileno(), which, offsets[4 * i:4 * i + 4], ring,
                                      "=QII" if which in (RX_RING, TX_RING) else "=Q")
        self.free = [i * self.chunk for i in range(frames // 2)]
        self.fill = [(i * self.chunk,) for i in range(frames // 2, frames)]
        self._refill()

    def _bind(self, flags, index, queue):
        addr = struct.pack("=HHIII", AF_XDP, flags, index, queue, 0)
        end = time.monotonic() + patience(2)
        while _LIBC.bind(self.sock.fileno(), addr, len(addr)):
            err = ctypes.get_errno()
            # The kernel needs a moment to take a closed socket off its queue.
            if err != errno.EBUSY or time.monotonic() > end:
                raise OSError(err, os.strerror(err))
            time.sleep(0.01)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        # A mapping holds the socket as well.
        for r in self.rings.values():
            r.close()
        self.sock.close()
        self.umem.close()

    @property
    def zerocopy(self):
        options = struct.unpack("=I", self.sock.getsockopt(SOL_XDP, OPTIONS, 4))[0]
        return bool(options & OPTIONS_ZEROCOPY)

    def kick(self):
        """Have the kernel look for frames to send."""
        try:
            self.sock.send(b"", socket.MSG_DONTWAIT)
        except OSError as e:
            if e.errno not in (errno.EAGAIN, errno.EBUSY, errno.ENOBUFS, errno.ENETDOWN):
                raise

    def _refill(self):
        del self.fill[:self.rings[FILL_RING].produce(self.fill)]

    def complete(self):
        """Take back what was sent."""
        self.free += [addr for addr, in self.rings[COMPLETION_RING].consume()]

    def put(self, frames):
        """Have frames ready, as many as there is memory for; their number."""
        descs = []
        for data in frames[:len(self.free)]:
            addr = self.free.pop()
            self.umem[addr:addr + len(data)] = data
            descs.append((addr, len(data), 0))
        done = self.rings[TX_RING].produce(descs)
        self.free += [addr for addr, _, _ in descs[done:]]
        return done

    def queue(self, frames):
        """Begin to send frames, as many as there is memory for; their number."""
        done = self.put(frames)
        if self.rings[TX_RING].needs_wakeup():
            self.kick()
        return done

    def send(self, frames, wait=5):
        """Send frames. True when the kernel has given back the memory of all."""
        frames, end = list(frames), time.monotonic() + patience(wait)
        everything = len(self.free)
        while frames or len(self.free) < everything:
            del frames[:self.queue(frames)]
            self.complete()
            if time.monotonic() > end:
                return False
        return True

    def receive(self, count, wait=5):
        """Up to count frames, fewer when waiting takes too long."""
        got, end = [], time.monotonic() + patience(wait)
        poll = select.poll()
        poll.register(self.sock, select.POLLIN)
        while len(got) < count:
            left = end - time.monotonic()
            poll.poll(max(0, min(left, 0.1) * 1000))
            for addr, length, _ in self.rings[RX_RING].consume():
                got.append(self.umem[addr:addr + length])
                self.fill.append((addr - addr % self.chunk,))
            self._refill()
            if left <= 0:
                break
        return got


class Steered(Xsk):
    """A socket that gets the frames of one ethertype which its queue receives."""

    def __init__(self, host, ethertype, queue=0, generic=False, **kwargs):
        super().__init__(host, queue, **kwargs)
        self.stack = ExitStack()
        try:
            sockets = xsk_map(8)
            self.stack.callback(os.close, sockets)
            map_update(sockets, queue, self.sock.fileno())
            self.stack.enter_context(Xdp(host, to_sockets(ethertype, sockets),
                                         generic=generic))
        except BaseException:
            self.close()
            raise

    def close(self):
        if hasattr(self, "stack"):
            self.stack.close()
        super().close()
