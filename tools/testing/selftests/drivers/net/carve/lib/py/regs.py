# SPDX-License-Identifier: GPL-2.0
"""
The chip's registers as QEMU holds them, read from outside the guest: what a
driver wrote, not what it says it wrote. Only registers that a read does not
change, and only those that the model has (others read as 0).
"""

import re

from .carve import monitor

VFRE, VFTE = 0x0c8c, 0x0c90
DTXSWC = 0x3500
RTTDQSEL, RTTBCNRM, RTTBCNRC = 0x3604, 0x3690, 0x36b0
RTTBCNRC_EN = 1 << 31
VMVIR_INSERT = 1 << 30
RAH_VALID = 1 << 31
VMOLR_RLPML = 0x3fff


def vmvir(pool):
    return 0x3700 + 4 * pool


def vmolr(pool):
    return 0x5ad0 + 4 * pool


def vlvf(i):
    return 0x5d00 + 4 * i


class Chip:
    """Registers of a PF, by offset in its BAR 0."""

    def __init__(self, port):
        start = (port.path / "resource").read_text().split()[0]
        self.base = int(start, 16)

    def read(self, offset, count=1):
        out = monitor(f"xp /{count}wx {self.base + offset:#x}")
        vals = [int(v, 16) for line in out.splitlines()
                for v in re.findall(r"0x([0-9a-f]{8})\b", line.split(":", 1)[-1])]
        return vals[0] if count == 1 else vals

    def bit(self, offset, n):
        return bool(self.read(offset) >> n & 1)

    def filters(self):
        """Unicast filters in force: {(mac, pool)}."""
        regs = self.read(0x5400, 32) + self.read(0x54e0, 16)
        found = set()
        for lo, hi in zip(regs[::2], regs[1::2]):
            if hi & RAH_VALID:
                raw = lo.to_bytes(4, "little") + (hi & 0xffff).to_bytes(2, "little")
                mac = ":".join(f"{b:02x}" for b in raw)
                found |= {(mac, p) for p in range(8) if hi >> 18 + p & 1}
        return found

    def vlans(self):
        """VLAN memberships in force: {(vid, pool)}."""
        return {(v & 0xfff, p) for v in self.read(0x5d00, 32) if v >> 31
                for p in range(8) if v >> 12 + p & 1}

    def rates(self, lines):
        """Factors written to the rate limiter of each queue, from a register
        trace: {queue: last value}."""
        queue, found = None, {}
        for line in lines:
            m = re.search(r"regs_write_unknown.* 0x([0-9a-f]+), .*0x([0-9a-f]+)$", line)
            if not m:
                continue
            offset, value = int(m[1], 16), int(m[2], 16)
            if offset == RTTDQSEL:
                queue = value
            elif offset == RTTBCNRC:
                found[queue] = value
        return found
