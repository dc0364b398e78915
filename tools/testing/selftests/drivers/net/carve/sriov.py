#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
# carve: timeout=420
# carve-not-debug: every_number other_number_is_busy.1 other_number_is_busy.2 impossible_number.*
# carve-not-debug: pf_traffic_undisturbed.late_interrupts
# carve-not-debug: totalvfs_at_probe other_number_is_busy.7 same_number_again no_autoprobe pf_carrier_undisturbed
"""
Creating and removing VFs: sriov_numvfs and its neighbours in sysfs.

All tests are end to end on the QEMU model.
"""

import errno
import threading
import time

from lib.py import CarveEnv, KernelLog, KsftNamedVariant, KsftSkipEx, cmd, defer, ethtool, \
    ip, kernel_is_debug, ksft_eq, ksft_exit, ksft_ge, ksft_gt, ksft_in, ksft_ne, \
    ksft_pr, ksft_run, ksft_true, ksft_variants, link, load, refused, unload, \
    vfinfo, wait_for
from lib.py.devlink import handle
from lib.py.regs import VFRE, VFTE, Chip
from lib.py.traffic import Flood
from lib.py.vfio import VfioUser

MAX_VFS = 7


def _numvfs(cfg, n):
    """Have n VFs until the end of the test."""
    cfg.pf.numvfs = n
    defer(lambda: setattr(cfg.pf, "numvfs", 0))


def _state(cfg):
    """What a refused request must leave alone: which VFs exist, and that their
    interfaces are the very same ones."""
    return [(vf.bdf, vf.driver, [link(d)["ifindex"] for d in vf.netdevs()])
            for vf in cfg.pf.vfs]


def totalvfs_at_probe(cfg):
    """sriov_totalvfs says 7 as soon as the driver is bound, before any VF was
    asked for"""
    cfg.pf.unbind()
    cfg.pf.bind("carve_pf")
    ksft_eq(cfg.pf.totalvfs, MAX_VFS)
    ksft_eq(cfg.pf.numvfs, 0)


def every_number(cfg):
    """Each number of VFs from 1 to 7 gives that many working VF interfaces,
    and 0 takes them all away"""
    defer(lambda: setattr(cfg.pf, "numvfs", 0))
    for n in range(1, MAX_VFS + 1):
        cfg.pf.numvfs = n
        ksft_eq(cfg.pf.numvfs, n)
        ksft_eq(sum((cfg.pf.path / f"virtfn{i}").exists() for i in range(8)), n)
        devs = [vf.netdev for vf in cfg.pf.vfs]
        ksft_eq(len(set(devs)), n)
        ksft_eq(len(vfinfo(cfg.pf.netdev)), n, "VFs in ip link show")
        vfs = cfg.pf.vfs
        cfg.pf.numvfs = 0
        ksft_eq(cfg.pf.numvfs, 0)
        ksft_eq([vf.bdf for vf in vfs if vf.exists()], [])
        ksft_eq(vfinfo(cfg.pf.netdev), [])


def all_vfs_get_carrier(cfg):
    """All seven VFs have a carrier and an address of their own soon after they
    were created, without help"""
    _numvfs(cfg, MAX_VFS)
    devs = [vf.netdev for vf in cfg.pf.vfs]
    for dev in devs:
        ip(f"link set dev {dev} up")
    for dev in devs:
        wait_for(lambda d=dev: "LOWER_UP" in link(d)["flags"], f"carrier of {dev}", 30)
    macs = {link(dev)["address"] for dev in devs} | {link(cfg.pf.netdev)["address"]}
    ksft_eq(len(macs), MAX_VFS + 1, f"addresses: {macs}")


@ksft_variants([1, 2, 7])
def other_number_is_busy(cfg, n):
    """Another number of VFs while some exist: EBUSY, one line in the log that
    names port and number, and nothing changes"""
    _numvfs(cfg, 3)
    devs = [vf.netdev for vf in cfg.pf.vfs]
    before = _state(cfg)
    with KernelLog() as log:
        refused(errno.EBUSY, setattr, cfg.pf, "numvfs", n)
    ksft_eq(_state(cfg), before)
    ksft_eq(len(devs), 3)
    lines = log.grep("carve_pf")
    ksft_eq(len(lines), 1, f"log: {log.lines}")
    ksft_in(cfg.pf.bdf, lines[0])
    ksft_true(any(w in lines[0].split() or w in lines[0] for w in (f"{n} ", f"{n}:", f"{n},")),
              f"the number {n} is not named: {lines}")


@ksft_variants([0, 3])
def impossible_number(cfg, existing):
    """Numbers that the chip has no pools for and things that are no numbers
    are refused and change nothing"""
    if existing:
        _numvfs(cfg, existing)
    before = _state(cfg)
    for value, err in (("8", errno.ERANGE), ("255", errno.ERANGE), ("65535", errno.ERANGE),
                       ("65536", errno.EINVAL), ("-1", errno.EINVAL), ("x", errno.EINVAL),
                       ("3 4", errno.EINVAL), ("3.5", errno.EINVAL), ("0x", errno.EINVAL)):
        refused(err, cfg.pf.attr, "sriov_numvfs", value)
        ksft_eq(_state(cfg), before, f"after {value!r}")


def same_number_again(cfg):
    """Asking for the number of VFs that exist is no error and leaves them be,
    and 0 without VFs is none either"""
    cfg.pf.numvfs = 0
    _numvfs(cfg, 2)
    devs = [vf.netdev for vf in cfg.pf.vfs]
    before = _state(cfg)
    cfg.pf.numvfs = 2
    ksft_eq(_state(cfg), before)
    ksft_eq([vf.netdev for vf in cfg.pf.vfs], devs)


def no_autoprobe(cfg):
    """With sriov_drivers_autoprobe off nobody touches a new VF, and it can be
    bound later"""
    cfg.pf.attr("sriov_drivers_autoprobe", 0)
    defer(cfg.pf.attr, "sriov_drivers_autoprobe", 1)
    _numvfs(cfg, 3)
    ksft_eq([vf.driver for vf in cfg.pf.vfs], [None] * 3)
    ksft_eq(len(vfinfo(cfg.pf.netdev)), 3)
    cfg.pf.attr("sriov_drivers_autoprobe", 1)
    vf = cfg.pf.vf(1)
    vf.bind("carve_vf")
    ksft_eq([v.driver for v in cfg.pf.vfs], [None, "carve_vf", None])
    ksft_true(vf.netdev)


def pf_down(cfg):
    """VFs can be created and removed while the PF's interface is down, and it
    stays down"""
    dev = cfg.pf.netdev
    ip(f"link set dev {dev} down")
    _numvfs(cfg, 2)
    ksft_eq(len(vfinfo(dev)), 2)
    cfg.pf.numvfs = 0
    ksft_ne(link(dev)["operstate"], "UP")


@ksft_variants([KsftNamedVariant("as_it_comes", False), KsftNamedVariant("late_interrupts", True)])
def pf_traffic_undisturbed(cfg, late):
    """The PF loses no packet while VFs come and go again and again, beyond what
    a quiet run of the same length loses; nor when packets lie in a queue that
    is given up, and its interrupt is late"""
    cycles = 2 if kernel_is_debug() else 5 if late else 20
    if late:
        # Requests leave by queue 0, replies come by queue 1: neither's
        # interrupt tells of the other.
        dev = cfg.pf.netdev
        ethtool(f"-C {dev} adaptive-rx off rx-usecs 8000")
        defer(ethtool, f"-C {dev} adaptive-rx on rx-usecs 50")
        ethtool(f"-X {dev} weight 0 1")
        defer(ethtool, f"-X {dev} default")
    a = cfg.host(cfg.pf)
    b = cfg.outside()
    ksft_true(a.ping(b))
    start = time.monotonic()
    # The debug kernel would do little else.
    pause = kernel_is_debug()
    with Flood(a, b, pause, cpu=0, ahead=8 if late else 1) as busy:
        for _ in range(cycles):
            cfg.pf.numvfs = MAX_VFS
            cfg.pf.numvfs = 0
        took = time.monotonic() - start
        time.sleep(1)       # nothing in flight when it ends
    with Flood(a, b, pause) as quiet:
        time.sleep(min(took, 20) + 1)
    ksft_pr(f"{cycles} cycles in {took:.1f} s, lost {busy.lost} of {busy.sent}, "
            f"quiet {quiet.lost} of {quiet.sent}")
    # One may be under way when ping is stopped.
    ksft_ge(quiet.lost + 1, busy.lost)
    ksft_gt(busy.received, 20 * cycles)
    ksft_eq(a.link().get("stats64", {}).get("rx", {}).get("errors", 0), 0)


def pf_carrier_undisturbed(cfg):
    """The PF keeps its carrier while VFs come and go"""
    a = cfg.host(cfg.pf)

    def changes():
        # With a sysfs of that namespace.
        return int(cmd(f"ip netns exec {a.ns} cat /sys/class/net/{a.dev}/carrier_changes").stdout)

    before = changes()
    for _ in range(3):
        cfg.pf.numvfs = MAX_VFS
        cfg.pf.numvfs = 0
    ksft_eq(changes(), before)


def take_over(cfg, num):
    """Have the driver take a port over that has VFs already."""
    if cmd("modprobe pci-pf-stub", fail=False).ret:
        raise KsftSkipEx("the kernel has no pci-pf-stub to leave VFs behind")
    defer(unload, "pci_pf_stub")
    defer(cfg.pf.bind, "carve_pf")
    cfg.pf.bind("pci-pf-stub")
    cfg.pf.attr("sriov_drivers_autoprobe", 0)
    defer(cfg.pf.attr, "sriov_drivers_autoprobe", 1)
    cfg.pf.numvfs = num
    cfg.pf.bind("carve_pf")


def vfs_alive_at_probe(cfg):
    """VFs that exist when the driver takes the port over are adopted: listed,
    configurable and working"""
    take_over(cfg, 3)
    defer(lambda: setattr(cfg.pf, "numvfs", 0))
    ksft_eq(cfg.pf.numvfs, 3)
    ksft_eq(len(vfinfo(cfg.pf.netdev)), 3)
    for vf in range(3):
        cmd(f"devlink port function set {handle(cfg, vf)} state active")
    for vf in cfg.pf.vfs[:2]:
        vf.bind("carve_vf")
    a, b = (cfg.host(vf) for vf in cfg.pf.vfs[:2])
    ksft_true(a.ping(b))


def too_many_alive_at_probe(cfg):
    """VFs that leave no pool for the PF are destroyed when the driver takes the
    port over, and the PF's queues have all the pools (register values checked,
    the model does not look at them then)"""
    chip = Chip(cfg.pf)
    before = [chip.read(reg) for reg in (VFRE, VFTE)]
    with KernelLog() as log:
        take_over(cfg, MAX_VFS + 1)
    ksft_eq(cfg.pf.numvfs, 0)
    ksft_true(log.grep(f"found {MAX_VFS + 1} VFs.* destroyed"), f"log: {log.lines}")
    ksft_eq([chip.read(reg) for reg in (VFRE, VFTE)], before)


def remove_while_in_vfio(cfg):
    """Removing VFs while a virtual machine holds one is refused at once with
    EBUSY and a line naming that VF; when it is released it works"""
    cfg.pf.attr("sriov_drivers_autoprobe", 0)
    defer(cfg.pf.attr, "sriov_drivers_autoprobe", 1)
    _numvfs(cfg, 2)
    vf = cfg.pf.vf(1)
    if not (vf.path / "iommu_group").exists():
        raise KsftSkipEx("no IOMMU groups")
    load("vfio-pci")
    vf.bind("vfio-pci")
    user = VfioUser(vf)
    closer = defer(user.close)
    with KernelLog() as log:
        refused(errno.EBUSY, setattr, cfg.pf, "numvfs", 0)
    ksft_eq(cfg.pf.numvfs, 2)
    ksft_eq(len(log.grep("carve_pf")), 1, f"log: {log.lines}")
    ksft_true(log.grep(f"VF ?1|{vf.bdf}"), f"the VF is not named: {log.lines}")
    closer.exec()
    cfg.pf.numvfs = 0
    ksft_eq(cfg.pf.numvfs, 0)


def parallel_writers(cfg):
    """Two writers of sriov_numvfs at once leave one of both results, never a
    mixture"""
    defer(lambda: setattr(cfg.pf, "numvfs", 0))

    def write(n):
        for value in (n, 0, n, 0, n):
            try:
                cfg.pf.numvfs = value
            except OSError as e:
                if e.errno != errno.EBUSY:
                    raise

    threads = [threading.Thread(target=write, args=(n,)) for n in (2, 5)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    n = cfg.pf.numvfs
    ksft_in(n, (0, 2, 5))
    ksft_eq(len(vfinfo(cfg.pf.netdev)), n)
    ksft_eq(sum((cfg.pf.path / f"virtfn{i}").exists() for i in range(8)), n)


def main():
    with CarveEnv() as cfg:
        ksft_run([totalvfs_at_probe, every_number, all_vfs_get_carrier,
                  other_number_is_busy, impossible_number, same_number_again,
                  no_autoprobe, pf_down, pf_traffic_undisturbed,
                  pf_carrier_undisturbed, vfs_alive_at_probe, too_many_alive_at_probe,
                  remove_while_in_vfio, parallel_writers], args=(cfg, ))
    ksft_exit()


if __name__ == "__main__":
    main()
