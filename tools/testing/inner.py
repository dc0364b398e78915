#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""
A KVM guest inside the machine: the initramfs that it boots from, and the agent
in it (guest/inner). Runs in the machine; used by lib/py/guest.py and

    inner.py initramfs FILE         write the initramfs
    inner.py SOCKET                 wait until the guest has booted whose second
                                    serial port is that socket
    inner.py SOCKET COMMAND         do a shell command in it
"""

import os
import platform
import re
import select
import socket
import subprocess
import sys
import time
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parent))
import initramfs  # noqa: E402 pylint: disable=wrong-import-position

MODULES = ["carve_vf", "8021q", "virtio_net"]
# Loaded by a test in place of carve_vf; has no dependencies.
SPARE_MODULES = ["igbvf"]
# For a guest that drives its VF with DPDK, by vfio-pci.
DPDK_MODULES = ["vfio_pci", "vfio_iommu_type1"]
DPDK_PROGRAMS = ["/usr/bin/dpdk-testpmd", "/usr/bin/stdbuf", "/usr/libexec/coreutils/libstdbuf.so"]
DPDK_DRIVERS = ["librte_net_e1000.so", "librte_mempool_ring.so"]
BOOT_DEADLINE = 90
# What the agent says first, as the answer to this (guest/inner).
HELLO = 0


def _write(path, modules, spare=(), files=()):
    initramfs.write(path, Path("/usr/bin/busybox"), Path(__file__).parent / "guest/inner",
                    Path("/usr/lib/modules", platform.release()), modules, spare, files)


def write_initramfs(path):
    """Modules of the machine's own kernel, with ours and the stock VF driver."""
    _write(path, MODULES, SPARE_MODULES)


def _libraries(files):
    """The shared libraries that programs and other libraries need."""
    out = subprocess.run(["ldd", *files], check=True, stdout=subprocess.PIPE, text=True).stdout
    return set(re.findall(r"(/\S+) \(0x", out))


def write_dpdk_initramfs(path):
    """testpmd, and no driver of the kernel for a VF."""
    drivers = next(Path("/usr/lib").glob("*/dpdk/pmds-*"))
    files = [*DPDK_PROGRAMS, *(str(drivers / d) for d in DPDK_DRIVERS)]
    _write(path, DPDK_MODULES, files=sorted({*files, *_libraries(files)}))


class Silent(Exception):
    """The guest does not answer."""


class Agent:
    """The machine's end of the serial line."""

    def __init__(self, path):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.connect(str(path))
        self.buf = b""
        # Others may have asked before, and their answers be under way.
        self.number = os.getpid()

    def read_until(self, number, deadline):
        """Output up to the mark of an answer, and the exit code in it."""
        mark, hello = (re.compile(rb"(?:^|\n)=%d (\d+)\n" % n) for n in (number, HELLO))
        end = time.monotonic() + deadline
        while not (m := mark.search(self.buf)):
            if hello.search(self.buf):
                raise Silent("the guest has booted anew, by itself")
            left = end - time.monotonic()
            if left < 0 or not select.select([self.sock], [], [], left)[0]:
                raise Silent(f"the guest is silent: {self.buf[-300:]!r}")
            data = self.sock.recv(65536)
            if not data:
                raise Silent("the guest is gone")
            self.buf += data
        out, self.buf = self.buf[:m.start()], self.buf[m.end():]
        return out.decode(errors="replace").strip(), int(m[1])

    def hello(self, deadline):
        """Wait for the agent of a fresh boot."""
        self.read_until(HELLO, deadline)

    def send(self, command):
        self.number += 1
        self.sock.sendall(f"{self.number} {command}\n".encode())

    def run(self, command, deadline):
        """Output and exit code of a shell command."""
        self.send(command)
        return self.read_until(self.number, deadline)


def main(args):
    if args[0] == "initramfs":
        write_initramfs(args[1])
        return 0
    try:
        agent = Agent(args[0])
        if len(args) == 1:
            agent.hello(BOOT_DEADLINE)
            return 0
        out, rc = agent.run(args[1], 30)
    except (OSError, Silent) as e:
        sys.exit(str(e))
    if out:
        print(out)
    return rc


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
