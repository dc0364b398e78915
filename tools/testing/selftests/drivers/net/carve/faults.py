#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
# carve: kernels=debug,6.12 timeout=240
# carve-not-debug: link_stays_down
"""
The bus fails under the port: PCIe errors reported by AER, registers that no
longer answer, the card unplugged in the middle of traffic.

End to end on the QEMU model, whose monitor injects the errors and unplugs the
card. After a link reset the model's root port does not say that the link is
back, so recovery from a fatal error can't be shown here, only what follows
when it fails. Registers that are not there read as 0, and not as all ones.
"""

import errno
import struct

from lib.py import CarveEnv, KernelLog, cmd, defer, ksft_eq, ksft_exit, ksft_ge, \
    ksft_gt, ksft_run, ksft_true, link, monitor, refused, wait_for, write_sysfs
from lib.py.traffic import Flood

PCI_COMMAND, PCI_COMMAND_MEMORY = 0x04, 0x02
SRIOV_CTRL, SRIOV_CTRL_MSE = 0x160 + 0x08, 0x08

# Of one event, in all.
FEW_LINES = 25


class Env(CarveEnv):
    """Two VFs of the port, each in a host."""

    def two(self):
        self.dev = self.pf.netdev
        self.create(2)
        defer(self.no_vfs)
        return [self.host(vf) for vf in self.pf.vfs]

    def no_vfs(self):
        if self.pf.exists() and self.pf.driver and self.pf.numvfs:
            self.pf.numvfs = 0


def change(fn, offset, clear=0, add=0):
    """Bits of a 16-bit register in config space."""
    with open(fn.path / "config", "r+b", buffering=0) as f:
        f.seek(offset)
        was, = struct.unpack("<H", f.read(2))
        f.seek(offset)
        f.write(struct.pack("<H", was & ~clear | add))


def aer(error, outcome):
    """Have the root port above report an error of the link and wait until the
    kernel is done with it. The model's 82576 can't report one itself."""
    with KernelLog() as log:
        monitor(f"pcie_aer_inject_error rp-pf {error}")
        wait_for(lambda: [line for line in log.read() if f"device recovery {outcome}" in line],
                 f"recovery {outcome}", 30)


def nonfatal_error(cfg):
    """An error that is not fatal costs nobody a packet"""
    a, b = cfg.two()
    with Flood(a, b) as flood:
        aer("COMP_ABORT", "successful")
    ksft_gt(flood.received, 3)
    ksft_ge(1, flood.lost, f"lost {flood.lost} of {flood.sent}")


def back(cfg):
    """Find the port again, and see that it works."""
    write_sysfs("/sys/bus/pci/rescan", 1)
    wait_for(cfg.pf.exists, "the port after a rescan")
    cfg.pf.attr("driver_override", "carve_pf")
    if not cfg.pf.driver:
        write_sysfs("/sys/bus/pci/drivers_probe", cfg.pf.bdf)
    a, b = cfg.two()
    ksft_true(a.ping(b), "VF to VF on the new port")


def link_stays_down(cfg):
    """After a fatal error the link does not come up again, and the kernel gives
    the port up: what needs it is refused with the way out, which works"""
    cfg.two()
    with KernelLog() as log:
        aer("DLP", "failed")
        cfg.pf.numvfs = 0
        refused(errno.ENODEV, setattr, cfg.pf, "numvfs", 2)
    ksft_eq(len(log.grep("remove and rescan")), 1, f"lines: {log.lines}")
    ksft_eq(log.grep("VF[01]: "), [], "VFs are blamed")
    write_sysfs(cfg.pf.path / "remove", 1)
    back(cfg)


def registers_vanish(cfg):
    """The port falls off the bus under traffic: the log stays short, interface
    and driver can be removed, and with the bus working again the port is as
    new"""
    a, b = cfg.two()
    with KernelLog() as log:
        with Flood(a, b):
            change(cfg.pf, SRIOV_CTRL, clear=SRIOV_CTRL_MSE)
            change(cfg.pf, PCI_COMMAND, clear=PCI_COMMAND_MEMORY)
            wait_for(lambda: "LOWER_UP" not in a.link()["flags"], "the VF's carrier to go")
            # Refused or not: it comes back.
            cmd(f"ip link set dev {cfg.dev} up", fail=False)
            link(cfg.dev)
        write_sysfs(cfg.pf.path / "remove", 1)
    ksft_true(not cfg.pf.exists())
    ksft_ge(FEW_LINES, len(log.grep("carve")), f"lines: {log.lines}")
    back(cfg)


def unplugged(cfg):
    """The card is pulled under traffic and another one plugged in"""
    a, b = cfg.two()
    mac = link(cfg.dev)["address"]
    with Flood(a, b):
        monitor("device_del pf")
        wait_for(lambda: not cfg.pf.exists(), "the port to go", 30)
    wait_for(lambda: "pf" not in [w.strip('",') for w in monitor("info qtree").split()],
             "QEMU to let the card go")
    monitor(f"device_add igb,id=pf,bus=rp-pf,netdev=net-pf,mac={mac}")
    back(cfg)
    ksft_eq(link(cfg.pf.netdev)["address"], mac)


def main():
    with Env() as cfg:
        ksft_run([nonfatal_error, link_stays_down, registers_vanish, unplugged], args=(cfg, ))
    ksft_exit()


if __name__ == "__main__":
    main()
