#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
# carve: kernels=debug,7.3 timeout=240
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
import time

from lib.py import CarveEnv, KernelLog, cmd, defer, ksft_eq, ksft_exit, ksft_ge, \
    ksft_gt, ksft_run, ksft_true, link, monitor, refused, wait_for, write_sysfs
from lib.py.traffic import Flood

PCI_COMMAND, PCI_COMMAND_MEMORY, PCI_COMMAND_MASTER = 0x04, 0x02, 0x04
SRIOV_CTRL, SRIOV_CTRL_MSE = 0x160 + 0x08, 0x08

IO_BAR = 2
SW_FW_SYNC, SW_FW_SYNC_FW_PHY0 = 0x5b5c, 0x20000

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


def poke(fn, reg, value):
    """Write a register behind the driver's back, as firmware does: the model's
    ports have a window for it in I/O space."""
    base = int(fn.attr("resource").splitlines()[IO_BAR].split()[0], 16)
    monitor(f"o/4 {base:#x} {reg:#x}")
    monitor(f"o/4 {base + 4:#x} {value:#x}")


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


def nonfatal_error_beside_a_vf_without_driver(cfg):
    """Nobody answers for such a VF. Some kernels only say so, others give the
    port up although the chip lives: then it reaches no memory any more, and
    comes back by hand"""
    _, b = cfg.two()
    cfg.pf.vf(0).unbind()
    aer("COMP_ABORT", "failed")
    with open(cfg.pf.path / "config", "rb") as f:
        command, = struct.unpack_from("<H", f.read(8), PCI_COMMAND)
    if command & PCI_COMMAND_MASTER:
        ksft_true(b.ping(cfg.outside()), "nothing was given up")
    write_sysfs(cfg.pf.path / "remove", 1)
    back(cfg)


def phy_is_kept(cfg):
    """Firmware keeps the PHY while the cable is pulled: the link is seen to go,
    and to come back, and the log tells of it once"""
    a, b = cfg.two()
    poke(cfg.pf, SW_FW_SYNC, SW_FW_SYNC_FW_PHY0)
    with KernelLog() as log:
        monitor("set_link pf off")
        wait_for(lambda: log.read() and log.grep("can't be reached"), "the driver to look")
        time.sleep(5)       # twice more
        poke(cfg.pf, SW_FW_SYNC, 0)
        wait_for(lambda: "LOWER_UP" not in a.link()["flags"], "the link to go")
    ksft_eq([len(log.grep(text)) for text in ("can't be reached", "reached again")], [1, 1],
            f"lines: {log.lines}")
    monitor("set_link pf on")
    wait_for(lambda: "LOWER_UP" in a.link()["flags"], "the link to come back")
    ksft_true(a.ping(b))


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
        ksft_run([nonfatal_error, nonfatal_error_beside_a_vf_without_driver, phy_is_kept,
                  link_stays_down, registers_vanish, unplugged], args=(cfg, ))
    ksft_exit()


if __name__ == "__main__":
    main()
