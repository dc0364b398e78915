#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
# carve: kernels=6.12 timeout=400 vm=nested
# carve-expect: DMAR: DRHD: handling fault status
# carve-expect: DMAR: \[DMA (Read|Write) NO_PASID\] Request device \[01:10\.0\]
"""
A guest that turns on its host, or hangs: the IOMMU keeps its VF to its own
memory, the operator sees which one it is, takes it out and lets it in again,
and nobody else notices.

All tests are end to end on the QEMU model. A DMA fault of any other function
than VF 0 fails the suite.
"""

import json

from lib.py import KernelLog, cmd, defer, ksft_eq, ksft_exit, ksft_in, ksft_not_in, \
    ksft_run, ksft_true, ksft_variants, wait_for
from lib.py.devlink import devlink, handle
from lib.py.guest import VF_A, GuestEnv, mac
from lib.py.regs import VFRE, VFTE, Chip
from lib.py.traffic import Flood, frame, mac_of, packet_socket

PCI_COMMAND, PCI_COMMAND_MASTER = 4, 1 << 2
# Of a VF's own BAR 0, of its first queue: upper half of where the receive ring is;
# where the chip writes how far it has sent, with a bit that turns this on.
VF_RDBAH, VF_TDWBAL, VF_TDWBAH = 0x2804, 0x3838, 0x383c
TDWBAL_ENABLE = 1
DOCTOR = "/carve/src/tools/carve-doctor"


def foreign_dma(guest, how):
    """A program in the guest tells the VF to read or to write beyond 4 GiB,
    where the guest has no memory."""
    bar = int(guest.attr(guest.dev(mac(VF_A)), "device/resource").split()[0], 16)
    registers = {VF_RDBAH: 1}
    if how == "write":
        registers = {VF_TDWBAH: 1, VF_TDWBAL: 0x1000 | TDWBAL_ENABLE}
    for offset, value in registers.items():
        guest.run(f"devmem {bar + offset:#x} 32 {value:#x}")


def send(tx, count=20):
    """Frames for the VF, which reads its receive ring for them."""
    with packet_socket(tx) as s:
        for _ in range(count):
            s.send(frame(mac(VF_A), mac_of(tx), b""))


def faults(log):
    log.read()
    return log.grep(r"DMAR: \[DMA .*Request device")


def state(cfg):
    port = devlink(f"port show {handle(cfg, VF_A)}")["port"][handle(cfg, VF_A)]
    return port["function"]["state"]


def set_state(cfg, to):
    cmd(f"devlink port function set {handle(cfg, VF_A)} state {to}")


def caged(cfg):
    """Take the VF out until the test ends."""
    set_state(cfg, "inactive")
    return defer(set_state, cfg, "active")


def again(cfg, guest, out):
    """The guest programs its rings anew and works."""
    dev = guest.dev(mac(VF_A))
    guest.run(f"ip link set {dev} down")
    guest.up(mac(VF_A))
    wait_for(lambda: guest.ping(out, count=1), "the guest to work again", 40)


@ksft_variants(["read", "write"])
def iommu_stops_foreign_dma(cfg, how):
    """DMA of a guest to memory that is not its own faults in the IOMMU; the
    host's log names the VF; host, PF and other VFs go on, and so does the
    guest with proper rings"""
    guest, out, vf = cfg.a, cfg.outside(), cfg.host_vf()
    ksft_true(vf.ping(out) and guest.ping(out))
    with KernelLog() as log:
        with Flood(vf, out) as other:
            foreign_dma(guest, how)
            if how == "read":
                send(out)
            else:
                guest.ping(out)
            wait_for(lambda: faults(log), "the IOMMU to complain")
        ksft_true(other.lost <= 1, f"another VF lost {other.lost} of {other.sent}")
        ksft_true(cfg.host(cfg.pf).ping(out), "the PF")
        device = f"[{cfg.pf.vf(VF_A).bdf.split(':', 1)[1]}]"
        ksft_eq([line for line in faults(log) if device not in line], [])
        ksft_true(log.grep(f"DMA {how.title()} "), f"a {how}")
        ksft_eq(log.grep("carve_pf.*(reset|hang)"), [])
    again(cfg, guest, out)


def offender_is_caged(cfg):
    """The operator takes the offender out: no more faults, bus mastering off,
    pool closed; its neighbour goes on; let in again, it works"""
    guest, out, vf = cfg.a, cfg.outside(), cfg.host_vf()
    function, chip = cfg.pf.vf(VF_A), Chip(cfg.pf)
    ksft_true(vf.ping(out) and guest.ping(out))
    foreign_dma(guest, "read")
    with Flood(vf, out) as other:
        release = caged(cfg)
        ksft_true(not function.config(PCI_COMMAND, 2) & PCI_COMMAND_MASTER, "bus mastering")
        ksft_true(not chip.bit(VFRE, VF_A) and not chip.bit(VFTE, VF_A), "pool")
        with KernelLog() as log:
            send(out)
            cmd("sleep 1")
            ksft_eq(faults(log), [])
        found = json.loads(cmd(f"{DOCTOR} --json {function.bdf}", fail=False).stdout)["findings"]
        ksft_in("vf-inactive", [f["finding"] for f in found])
        release.exec()
    ksft_true(other.lost <= 1, f"another VF lost {other.lost} of {other.sent}")
    ksft_eq(state(cfg), "active")
    again(cfg, guest, out)


def hung_guest_is_reset(cfg):
    """The VF of a guest that hangs is taken out and cleaned without its help;
    when the guest goes on, it recovers by itself"""
    guest, out, vf = cfg.a, cfg.outside(), cfg.host_vf()
    chip, dev = Chip(cfg.pf), guest.dev(mac(VF_A))
    guest.run(f"vconfig add {dev} 47; ip link set {dev}.47 up")
    wait_for(lambda: (47, VF_A) in chip.vlans(), "the guest's VLAN")
    ksft_true(vf.ping(out))
    guest.qmp("stop")
    cont = defer(guest.qmp, "cont")
    with Flood(vf, out) as other:
        release = caged(cfg)
        ksft_not_in((47, VF_A), chip.vlans())
        release.exec()
        ksft_not_in((47, VF_A), chip.vlans())
    ksft_true(other.lost <= 1, f"another VF lost {other.lost} of {other.sent}")
    cont.exec()
    wait_for(lambda: guest.ping(out, count=1), "the guest to recover", 40)
    wait_for(lambda: (47, VF_A) in chip.vlans(), "the guest's VLAN again")


def main():
    with GuestEnv() as cfg:
        ksft_run([iommu_stops_foreign_dma, offender_is_caged, hung_guest_is_reset],
                 args=(cfg, ))
    ksft_exit()


if __name__ == "__main__":
    main()
