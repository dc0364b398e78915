#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
# carve: kernels=7.3 timeout=600
"""
Every attribute of a VF, in every situation, through everything that happens.

A test is a situation and an event. In the situation all attributes of all VFs
are set (address, VLAN with priority, rate, spoofchk, trust, state through
rtnetlink; address, rate, state of the function and quota through devlink). They
must read back as they were set, before the event and after it, and be in force
in the chip where a driver is up; a VF that had none gets one in the end.

End to end on the QEMU model, in whose registers it is seen whether a setting is
in force. The model has no rate limiter: rates are only read back here, see
vf_ndo for the registers.
"""

import mmap
from pathlib import Path

from lib.py import KernelLog, KsftNamedVariant, KsftSkipEx, carrier, cmd, defer, \
    ethtool, ip, ksft_eq, ksft_exit, ksft_run, ksft_true, ksft_variants, load, \
    monitor, unload, wait_for, write_sysfs
from lib.py.devlink import devlink, handle
from lib.py.regs import VFRE, VFTE
from lib.py.rtnl import vf_configs
from lib.py.settings import SettingsEnv, apply, in_force, settings
from lib.py.vfio import VfioUser

# Three VFs with all that rtnetlink has, and one that the administrator keeps out.
NUM_VFS, CAGED = 4, 3
MAC_QUOTA = 3

VTCTRL, VTCTRL_RST = 0x0000, 1 << 26
PM_TEST = Path("/sys/power/pm_test")
PM_TEST_DELAY = Path("/sys/module/suspend/parameters/pm_test_delay")


class Env(SettingsEnv):
    """Knows in whose hands the VFs are."""

    users = ()

    @property
    def in_vfio(self):
        return bool(self.users)

    def open_vfio(self):
        load("vfio-pci")
        for vf in self.pf.vfs:
            vf.bind("vfio-pci")
        self.users = [VfioUser(vf) for vf in self.pf.vfs]

    def close_vfio(self):
        for user in self.users:
            user.close()
        self.users = ()

    def activate(self):
        if self.pf.numvfs > CAGED:
            cmd(f"devlink port function set {handle(self, CAGED)} state active")

    def vfs_up(self):
        for vf in self.pf.vfs:
            ip(f"link set dev {vf.netdev} up")

    def pf_state(self, state):
        ip(f"link set dev {self.dev} {state}")


# ---- situations

def pf_up(cfg):
    """The PF is up; VFs have their driver, but are down"""
    cfg.vfs(NUM_VFS)
    cfg.pf_state("up")
    carrier(cfg.dev)


def pf_down(cfg):
    """The PF is down"""
    cfg.vfs(NUM_VFS)


def no_carrier(cfg):
    """The wire is cut"""
    pf_up(cfg)
    defer(monitor, "set_link pf on")
    monitor("set_link pf off")
    carrier(cfg.dev, up=False)


def unbound(cfg):
    """VFs have no driver"""
    cfg.vfs(NUM_VFS, bound=False)


def in_carve_vf(cfg):
    """VFs are in use in this host"""
    pf_up(cfg)
    cfg.vfs_up()
    carrier(cfg.pf.vf(0).netdev)


def in_vfio_pci(cfg):
    """VFs are in the hands of a virtual machine monitor"""
    cfg.vfs(NUM_VFS, bound=False)
    if not (cfg.pf.vf(0).path / "iommu_group").exists():
        raise KsftSkipEx("no IOMMU groups")
    defer(cfg.close_vfio)
    cfg.open_vfio()


# ---- events

def pf_down_up(cfg):
    was_up = "UP" in ip(f"link show dev {cfg.dev}", json=True)[0]["flags"]
    for state in ("down", "up") if was_up else ("up", "down"):
        cfg.pf_state(state)


def pf_reset(cfg):
    ethtool(f"--reset {cfg.dev} dedicated")


def pf_function_reset(cfg):
    cfg.pf.flr()


def reset_by_hand(vf):
    """CTRL.RST of a VF without a driver. The model maps the registers of a VF
    only while the VF's own Command register says so; on a chip it has no such
    bit, and the PF's VF Memory Space Enable is all it takes."""
    vf.attr("enable", 1)
    with open(vf.path / "resource0", "r+b") as f, mmap.mmap(f.fileno(), 4096) as regs, \
            memoryview(regs) as raw, raw.cast("I") as dwords:
        dwords[VTCTRL // 4] = VTCTRL_RST
    vf.attr("enable", 0)


def vf_reset(cfg):
    """CTRL.RST: a driver does it when it is told to start over."""
    for i, vf in enumerate(cfg.pf.vfs):
        if cfg.in_vfio:
            cfg.users[i].write32(VTCTRL, VTCTRL_RST)
        elif not vf.driver:
            reset_by_hand(vf)
        elif i != CAGED:
            for state in ("inactive", "active"):
                cmd(f"devlink port function set {handle(cfg, i)} state {state}")


def vf_flr(cfg):
    for vf in cfg.pf.vfs:
        vf.flr()


def suspend_resume(cfg):
    """All devices are suspended and resumed; the machine does not sleep."""
    if not PM_TEST.exists():
        raise KsftSkipEx("no /sys/power/pm_test")
    for path, value in ((PM_TEST_DELAY, "0"), (PM_TEST, "devices")):
        if path.exists():
            write_sysfs(path, value)
    try:
        with KernelLog() as log:
            write_sysfs("/sys/power/state", "mem")
    finally:
        write_sysfs(PM_TEST, "none")
    ksft_eq(len(log.grep("port is back after resume")), 1, "resumes of the port")


def vf_driver_reload(cfg):
    """The VFs' driver goes and comes back; carve_pf's would take the VFs."""
    if cfg.in_vfio:
        cfg.close_vfio()
        for vf in cfg.pf.vfs:
            vf.unbind()
        cfg.open_vfio()
    elif cfg.pf.vf(0).driver:
        unload("carve_vf")
        load("carve_vf")
    else:
        for vf in cfg.pf.vfs:
            vf.bind("carve_vf")
            vf.unbind()


# ---- what must be true

def declare(cfg):
    for vf in range(NUM_VFS):
        apply(cfg, vf, settings(vf))
    defer(cfg.activate)
    cmd(f"devlink port function set {handle(cfg, CAGED)} state inactive")


def devlink_shows(cfg):
    """(address, state, limit in Mb/s) of each VF's port."""
    ports, rates = devlink("port show")["port"], devlink("port function rate show")["rate"]
    shown = []
    for h in (handle(cfg, vf) for vf in range(NUM_VFS)):
        fn = ports[h]["function"]
        shown.append((fn["hw_addr"], fn["state"], rates[h].get("tx_max", 0) * 8 // 1000000))
    return shown


def quota(cfg):
    p = devlink(f"dev param show {handle(cfg)} name vf0_mac_quota")["param"][handle(cfg)]
    return p[0]["values"][0]["value"]


def generations(cfg):
    """How often each VF was reset so far."""
    return [devlink(f"health diagnose {handle(cfg, vf)} reporter vf")["generation"]
            for vf in range(NUM_VFS)]


def happened(cfg, before):
    """Every VF was reset, but the one that nobody told to."""
    return all(now > was for vf, (was, now) in enumerate(zip(before, generations(cfg)))
               if vf != CAGED)


def reads_back(cfg, when):
    want = [settings(vf) for vf in range(NUM_VFS)]
    ksft_eq(vf_configs(cfg.dev), want, when)
    ksft_eq(devlink_shows(cfg), [(w["mac"], "inactive" if vf == CAGED else "active", w["max"])
                                 for vf, w in enumerate(want)], when)
    ksft_eq(quota(cfg), MAC_QUOTA, when)


def all_in_force(cfg):
    """The three VFs have what they were given, the fourth has nothing."""
    for vf in range(NUM_VFS):
        if vf != CAGED:
            in_force(cfg, vf, settings(vf))
    ksft_true(not cfg.chip.bit(VFRE, CAGED) and not cfg.chip.bit(VFTE, CAGED),
              "the inactive VF has an open pool")


def drivers_up(cfg):
    """Give every VF its driver, and set it up."""
    cfg.close_vfio()
    for vf in cfg.pf.vfs:
        vf.bind("carve_vf")
    cfg.vfs_up()


SITUATIONS = [pf_up, pf_down, no_carrier, unbound, in_carve_vf, in_vfio_pci]
EVENTS = [pf_down_up, pf_reset, pf_function_reset, vf_reset, vf_flr, suspend_resume,
          vf_driver_reload]


@ksft_variants([KsftNamedVariant(f"{s.__name__}.{e.__name__}", s, e)
                for s in SITUATIONS for e in EVENTS])
def attributes(cfg, situation, event):
    """Every attribute is accepted in the situation, reads back, is kept through
    the event, and is in force when the VF is in use"""
    defer(cfg.pf_state, "down")
    situation(cfg)
    declare(cfg)
    reads_back(cfg, "in the situation")
    if situation is in_carve_vf:
        all_in_force(cfg)
    before = generations(cfg)
    event(cfg)
    if event is not pf_down_up:
        wait_for(lambda: happened(cfg, before), "the VFs' resets")
    reads_back(cfg, "after the event")
    # Nobody helps a VF in use, but one whose driver was taken away.
    if situation is not in_carve_vf or event is vf_driver_reload:
        drivers_up(cfg)
    all_in_force(cfg)


def main():
    with Env() as cfg:
        cmd(f"devlink dev param set {handle(cfg)} name vf0_mac_quota value {MAC_QUOTA} "
            "cmode runtime")
        ksft_run([attributes], args=(cfg, ))
    ksft_exit()


if __name__ == "__main__":
    main()
