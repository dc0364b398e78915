# SPDX-License-Identifier: GPL-2.0
"""
DPDK's testpmd on a VF that vfio-pci has. It forwards what it gets, answers ARP
and ping for any address, and takes commands.

    LocalTestpmd(vf)                in this machine
    GuestTestpmd(guest)             in a DpdkGuest, on the only VF there
    t.run("stop", "start")          commands; what the last one prints
    t.info("Link status")           a line of "show port info"
    t.received()                    how many frames its port got

Memory is of small pages: the machine has no huge ones to spare, and nothing
here is about speed. DPDK needs SSE 4.2 of the CPU, and an IOMMU, since it uses
its own addresses for DMA.
"""

import re
import subprocess
import tempfile
from pathlib import Path

from net.lib.py import KsftFailEx

from .carve import wait_for

PROMPT = "testpmd>"
START = 90
EAL = ["stdbuf", "-oL", "dpdk-testpmd", "--no-huge", "-m", "64", "--no-telemetry"]
APP = ["--", "--interactive", "--auto-start", "--forward-mode=icmpecho", "--nb-cores=1",
       "--total-num-mbufs=2048", "--enable-hw-vlan-filter"]


class Testpmd:
    """testpmd on a VF, forwarding."""

    def command(self, command):
        """What a single command prints."""
        raise NotImplementedError

    def run(self, *commands):
        """Do commands; what the last one prints."""
        return [self.command(c) for c in commands][-1]

    def info(self, name):
        return re.search(rf"^{name}: (.*)$", self.run("show port info 0"), re.M)[1].strip()

    def received(self):
        return int(re.search(r"RX-packets: (\d+)", self.run("show port stats 0"))[1])

    def restart(self):
        """Reset the port, as an application does then."""
        self.run("stop", "port stop 0", "port start 0", "start")


class LocalTestpmd(Testpmd):
    """A process of this machine."""

    def __init__(self, vf):
        self.log = Path(tempfile.mkstemp(prefix="testpmd.")[1])
        with open(self.log, "wb") as out:
            # pylint: disable=consider-using-with
            self.proc = subprocess.Popen([*EAL, "-l", "0-1", "-a", vf.bdf, *APP],
                                         stdin=subprocess.PIPE, stdout=out, stderr=out)
        try:
            self.wait(lambda: PROMPT in self.text(), "testpmd to start", START)
        except KsftFailEx:
            self.kill()
            raise

    def text(self):
        return self.log.read_text(errors="replace").replace("\r", "")

    def wait(self, cond, what, deadline=20):
        wait_for(lambda: cond() or self.proc.poll() is not None, what, deadline)
        if self.proc.poll() is not None:
            raise KsftFailEx(self.text()[-1000:])

    def command(self, command):
        start = len(self.text())
        self.proc.stdin.write(f"{command}\n".encode())
        self.proc.stdin.flush()
        # The command itself is echoed, and the prompt comes behind its output.
        self.wait(lambda: PROMPT in self.text()[start:], f"'{command}'")
        return self.text()[start:]

    def quit(self):
        self.proc.communicate(b"quit\n", timeout=60)

    def kill(self):
        self.proc.kill()
        self.proc.communicate(timeout=60)


class GuestTestpmd(Testpmd):
    """A process of a guest with one CPU, on which both of its threads take turns."""

    def __init__(self, guest):
        self.guest = guest
        # DPDK takes no drivers from below a directory that everybody may write to.
        guest.run("chmod 755 /; mkdir -p /var/run; mkfifo /tmp/testpmd.in")
        start = " ".join([*EAL, "--lcores", "'(0-1)@0'", *APP])
        # Appending, so that the log may be emptied under it.
        guest.run(f"PATH=/usr/bin {start} <>/tmp/testpmd.in >>/tmp/testpmd 2>&1 & testpmd=$!")
        self.wait("testpmd to start", START)

    def wait(self, what, deadline=20):
        """Wait for the prompt; what was printed."""
        out = self.guest.run(f"for i in $(seq {deadline * 5}); do"
                             f" grep -q '{PROMPT}' /tmp/testpmd && break;"
                             " kill -0 $testpmd 2>/dev/null || break; usleep 200000; done;"
                             " cat /tmp/testpmd", deadline=2 * deadline).replace("\r", "")
        if PROMPT not in out:
            raise KsftFailEx(f"no prompt: {what}: {out[-1000:]}")
        return out

    def command(self, command):
        self.guest.run(f": >/tmp/testpmd; echo '{command}' >/tmp/testpmd.in")
        return self.wait(f"'{command}'")
