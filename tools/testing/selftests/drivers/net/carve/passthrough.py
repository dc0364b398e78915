#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
# carve: kernels=6.12 timeout=600 vm=nested
"""
VFs in KVM guests, through vfio-pci: what the host declares is what the guest
gets, the host keeps control of a running guest, and a VF comes back clean,
however its guest ends.

All tests are end to end on the QEMU model, with KVM on an emulated AMD CPU.
"""

import errno
import hashlib
import json
import threading

from lib.py import KernelLog, carrier, cmd, defer, ethtool, ip, \
    ksft_eq, ksft_exit, ksft_gt, ksft_in, ksft_not_in, ksft_run, ksft_true, \
    load, refused, unload, vfinfo, wait_for
from lib.py.guest import VF_A, VF_B, VF_SPARE, Guest, GuestEnv, mac
from lib.py.regs import Chip
from lib.py.rtnl import set_vf, vf_config, vf_configs
from lib.py.testpmd import GuestTestpmd
from lib.py.traffic import Flood, mac_of, sock

BULK = 1 << 20
FOREIGN = "02:f0:0e:00:00:01"
DOCTOR = "/carve/src/tools/carve-doctor"


def reaches(a, b, what, deadline=40):
    """Wait until a reaches b again, with nobody helping."""
    wait_for(lambda: a.ping(b, count=1), what, deadline)
    ksft_true(a.ping(b), f"{what}: and stays so")


def _serve(listener, data, result):
    """Take one connection: hash what comes, then send data."""
    with listener.accept()[0] as conn:
        digest = hashlib.sha256()
        while block := conn.recv(1 << 16):
            digest.update(block)
        result.append(digest.hexdigest())
    with listener.accept()[0] as conn:
        conn.sendall(data)


def bulk(guest, host):
    """A stream to the host and one back arrive unharmed."""
    data = bytes(i * i % 251 for i in range(1 << 12)) * (BULK >> 12)
    sent = guest.run(f"dd if=/dev/urandom of=/tmp/f bs=64k count={BULK >> 16} 2>/dev/null; "
                     "sha256sum </tmp/f").split()[0]
    got = []
    with sock(host) as listener:
        listener.settimeout(60)
        listener.bind((host.addr4, 4010))
        listener.listen(2)
        server = threading.Thread(target=_serve, args=(listener, data, got), daemon=True)
        server.start()
        guest.run(f"nc {host.addr4} 4010 </tmp/f", deadline=60)
        back = guest.run(f"nc {host.addr4} 4010 </dev/null | sha256sum", deadline=60).split()[0]
        server.join(60)
    return got == [sent] and back == hashlib.sha256(data).hexdigest()


def new_vfs_are_untouched(cfg):
    """VFs made with sriov_drivers_autoprobe off have no driver, yet take every
    setting, which are read back exactly"""
    cfg.fresh()
    want = {"mac": mac(VF_SPARE), "vlan": 77, "qos": 3, "min": 0, "max": 300,
            "spoofchk": False, "link_state": "enable", "trust": True}
    cfg.set(VF_SPARE, mac=want["mac"], vlan=(77, 3), rate=(0, 300), spoofchk=0,
            link_state="enable", trust=1)
    ksft_eq([vf.driver for vf in cfg.pf.vfs], [None] * 4)
    ksft_eq([vf.netdevs() for vf in cfg.pf.vfs], [[]] * 4)
    ksft_eq(vf_config(cfg.dev, VF_SPARE), want)


def group_of_its_own(cfg):
    """Each VF is alone in its IOMMU group"""
    for vf in cfg.pf.vfs:
        ksft_eq([d.name for d in (vf.path / "iommu_group/devices").iterdir()], [vf.bdf])


def guest_gets_mac_and_link(cfg):
    """The guest's interface has the host's MAC as its permanent one, and a
    carrier"""
    dev = cfg.a.dev(mac(VF_A))
    ksft_eq(cfg.a.attr(dev, "addr_assign_type"), "0")
    ksft_eq(cfg.a.attr(dev, "carrier"), "1")
    ksft_eq(cfg.a.attr(dev, "speed"), "1000")
    ksft_in((mac(VF_A), VF_A), Chip(cfg.pf).filters())


def guest_reaches_everybody(cfg):
    """A guest reaches the wire, a VF of the host, the PF and another guest, by
    IPv4, IPv6 and with bulk data"""
    a, b = cfg.boot("a", "b")
    out, vf, pf = cfg.outside(), cfg.host_vf(), cfg.host(cfg.pf)
    for to, name in ((out, "wire"), (vf, "VF"), (pf, "PF"), (b, "guest")):
        ksft_true(a.ping(to), f"IPv4 to the {name}")
    ksft_true(a.ping(b, v6=True), "IPv6 to the guest")
    ksft_true(out.ping(b.addr4), "from the wire")
    ksft_true(bulk(a, out), "bulk data to and from the wire")
    ksft_true(bulk(b, vf), "bulk data to and from a VF")


def doctor_sees_the_guest(cfg):
    """carve-doctor finds nothing that stops a VF on this machine, and knows
    which process has it"""
    guest, _ = cfg.a, ip(f"link set dev {cfg.dev} up")
    carrier(cfg.dev)
    defer(ip, f"link set dev {cfg.dev} down")
    res = cmd(f"{DOCTOR} --json {cfg.dev}", fail=False)
    seen = json.loads(res.stdout)
    ksft_eq([f for f in seen["findings"] if f["severity"] == "stops"], [])
    ksft_eq(seen["not_looked"], [])
    # An emulated guest's memory is what it is; the rest is as it should be.
    ksft_eq({f["finding"] for f in seen["findings"] if f["severity"] == "slows"}
            - {"guest-small-pages"}, set())
    texts = {f["function"]: f["description"] for f in seen["functions"]}
    ksft_in(f"in use by qemu-system-x86[{guest.proc.pid}]", texts[cfg.pf.vf(VF_A).bdf])
    ksft_in(f"[{guest.proc.pid}]", cmd(f"{DOCTOR} {cfg.pf.vf(VF_A).bdf}", fail=False).stdout)


def doctor_sees_trouble(cfg):
    """carve-doctor sees what the host spoils on the live machine"""
    cfg.set(VF_A, link_state="disable")
    cfg.pf.vf(VF_SPARE).attr("driver_override", "vfio-pci")
    defer(cfg.pf.vf(VF_SPARE).attr, "driver_override", "\n")
    cfg.pf.vf(VF_SPARE).unbind()
    res = cmd(f"{DOCTOR} --json {cfg.dev}", fail=False)
    found = {(f["finding"], f["function"]) for f in json.loads(res.stdout)["findings"]
             if f["severity"] == "stops"}
    ksft_eq(res.ret, 2)
    ksft_eq(found, {("vf-link-disabled", cfg.pf.vf(VF_A).bdf),
                    ("vf-driver", cfg.pf.vf(VF_SPARE).bdf)})


def link_state_reaches_guest(cfg):
    """disable, enable and auto are seen by a running guest"""
    guest, out = cfg.a, cfg.outside()
    dev = guest.dev(mac(VF_A))
    cfg.set(VF_A, link_state="disable")
    guest.carrier(dev, up=False)
    for state in ("enable", "auto"):
        set_vf(cfg.dev, VF_A, link_state=state)
        guest.carrier(dev)
    reaches(guest, out, "after auto")


def mac_reaches_guest(cfg):
    """A new MAC reaches a running guest, which goes on with it"""
    guest, out = cfg.a, cfg.outside()
    dev = guest.dev(mac(VF_A))
    cfg.set(VF_A, mac=mac(VF_A, 1))
    ksft_eq(guest.dev(mac(VF_A, 1)), dev)
    reaches(guest, out, "with the new address")
    ksft_not_in((mac(VF_A), VF_A), Chip(cfg.pf).filters())
    set_vf(cfg.dev, VF_A, mac=mac(VF_A))
    ksft_eq(guest.dev(mac(VF_A)), dev)
    reaches(guest, out, "with the old one again")


def guest_may_not_change_mac(cfg):
    """A guest can't leave the MAC that the host declared"""
    guest = cfg.a
    dev = guest.dev(mac(VF_A))
    out = guest.run(f"ip link set {dev} address {FOREIGN} && echo changed", fail=False)
    ksft_not_in("changed", out)
    ksft_eq(guest.attr(dev, "address"), mac(VF_A))


def vlan_reaches_guest(cfg):
    """A port VLAN moves a running guest into it, and back out"""
    guest, out = cfg.a, cfg.outside()
    guest.ping(out)
    untagged = out.addr4
    cfg.set(VF_A, vlan=(100, 0))
    wait_for(lambda: not guest.ping(untagged, count=1), "the untagged wire to go")
    out.vlan(100, net4="192.0.3", net6="2001:db8:3::")
    dev = guest.dev(mac(VF_A))
    guest.run(f"ip addr add 192.0.3.101/24 dev {dev}")
    defer(guest.run, f"ip addr del 192.0.3.101/24 dev {dev}")
    reaches(guest, out, "the wire in VLAN 100")
    set_vf(cfg.dev, VF_A, vlan=(0, 0))
    reaches(guest, untagged, "the untagged wire")


def trust_reaches_guest(cfg):
    """Promiscuous mode of a guest shows foreign frames only while the host
    trusts it"""
    guest, out = cfg.a, cfg.outside()
    dev = guest.dev(mac(VF_A))
    ksft_true(guest.hears(dev, out, mac(VF_A)), "its own")
    guest.run(f"ip link set {dev} promisc on")
    defer(guest.run, f"ip link set {dev} promisc off")
    ksft_true(not guest.hears(dev, out, FOREIGN), "not trusted")
    cfg.set(VF_A, trust=1)
    wait_for(lambda: guest.hears(dev, out, FOREIGN), "foreign frames")
    set_vf(cfg.dev, VF_A, trust=0)
    wait_for(lambda: not guest.hears(dev, out, FOREIGN), "trust to go")


def rate_does_not_disturb(cfg):
    """A rate is taken for a running guest without disturbing it (the model
    does not limit)"""
    guest, out = cfg.a, cfg.outside()
    guest.ping(out)
    with Flood(out, guest) as flood:
        cfg.set(VF_A, rate=(0, 100))
        set_vf(cfg.dev, VF_A, rate=(0, 0))
    ksft_true(flood.lost <= 1, f"lost {flood.lost} of {flood.sent}")


def pf_down_is_not_noticed(cfg):
    """Guests keep carrier and traffic while the PF's interface goes up and down"""
    a, b = cfg.boot("a", "b")
    out = cfg.outside()
    ksft_true(b.ping(out))
    with Flood(out, a) as flood:
        for state in ("up", "down", "up", "down"):
            ip(f"link set dev {cfg.dev} {state}")
            cmd("sleep 0.3")
        # A guest in a guest is slow to answer while another is flooded.
        wait_for(lambda: a.ping(b), "guest to guest, PF down", 30)
    ksft_true(flood.lost <= 1, f"lost {flood.lost} of {flood.sent}")
    ksft_gt(flood.received, 20)


def pf_reset_is_survived(cfg):
    """Guests recover by themselves from a reset of the port, with all that
    they had asked for; settings are kept"""
    a, b = cfg.boot("a", "b")
    out = cfg.outside()
    dev = a.dev(mac(VF_A))
    a.run(f"vconfig add {dev} 44; ip link set {dev}.44 up")
    defer(a.run, f"vconfig rem {dev}.44")
    wait_for(lambda: (44, VF_A) in Chip(cfg.pf).vlans(), "the guest's VLAN")
    before = vf_configs(cfg.dev)
    with Flood(out, a):
        ethtool(f"--reset {cfg.dev} dedicated")
        reaches(b, out, "guest b")
    reaches(a, b, "guest a")
    wait_for(lambda: (44, VF_A) in Chip(cfg.pf).vlans(), "the guest's VLAN again")
    ksft_eq(vf_configs(cfg.dev), before)


def vfs_in_use_stay(cfg):
    """VFs can't be destroyed under guests: EBUSY and a line that names one"""
    guest, out = cfg.a, cfg.outside()
    with KernelLog() as log:
        refused(errno.EBUSY, cfg.pf.attr, "sriov_numvfs", 0)
    ksft_true(log.grep(f"{cfg.pf.vf(VF_A).bdf}.* in use"))
    ksft_true(guest.ping(out))


def guest_comes_back(cfg, how):
    """The guest starts anew, its VF with it, and no neighbour notices."""
    guest, out = cfg.a, cfg.outside()
    b, vf = cfg.b, cfg.host_vf()
    dev = guest.dev(mac(VF_A))
    guest.run(f"vconfig add {dev} 45; ip link set {dev}.45 up; ip link set {dev} mtu 4000")
    wait_for(lambda: (45, VF_A) in Chip(cfg.pf).vlans(), "the guest's VLAN")
    ksft_true(guest.ping(out) and b.ping(vf))
    with Flood(vf, b) as other, Flood(out, guest):
        how(guest)
    ksft_true(other.lost <= 1, f"a neighbour lost {other.lost} of {other.sent}")
    ksft_not_in((45, VF_A), Chip(cfg.pf).vlans())
    guest.up(mac(VF_A))
    reaches(guest, out, "after its restart")


def guest_reboots(cfg):
    """A guest that reboots under traffic has its VF again, without what it
    had asked for before"""
    guest_comes_back(cfg, Guest.reboot)


def guest_panics(cfg):
    """A guest that panics under traffic has its VF again when it is back"""
    guest_comes_back(cfg, Guest.panic)


def killed_guest_leaves_nothing(cfg):
    """QEMU dies by SIGKILL in mid traffic: settings stay, neighbours notice
    nothing, and the next guest finds a clean VF"""
    a, b = cfg.boot("a", "b")
    out, vf = cfg.outside(), cfg.host_vf()
    chip, function = Chip(cfg.pf), cfg.pf.vf(VF_A)
    dev = a.dev(mac(VF_A))
    cfg.set(VF_A, trust=1)
    a.run(f"vconfig add {dev} 46; ip link set {dev}.46 up; ip link set {dev} promisc on")
    wait_for(lambda: a.hears(dev, out, FOREIGN), "promiscuous mode")
    ksft_in((46, VF_A), chip.vlans())
    ksft_true(b.ping(vf))
    before = vf_configs(cfg.dev)
    with Flood(vf, b) as other, Flood(out, a):
        cfg.end("a")
    ksft_true(other.lost <= 1, f"a neighbour lost {other.lost} of {other.sent}")
    ksft_eq(vf_configs(cfg.dev), before)
    ksft_not_in((46, VF_A), chip.vlans())

    b.plug(function)
    defer(b.unplug, function)
    dev = b.dev(mac(VF_A))
    b.run(f"ip addr flush dev {b.dev(mac(VF_B))}")
    defer(b.up, mac(VF_B))
    b.up(mac(VF_A))
    reaches(b, out, "the VF in another guest")
    ksft_true(not b.hears(dev, out, FOREIGN), "promiscuous mode of the guest before")
    ksft_eq({v for v in chip.vlans() if v[1] == VF_A} - {(0, VF_A)}, set())


def stock_igbvf_in_guest(cfg):
    """A guest with the stock driver has the host's MAC and a link, reaches
    the wire and a guest with carve_vf, and comes back after a reset"""
    a, b = cfg.boot("a", "b")
    out = cfg.outside()
    b.run("rmmod carve_vf && insmod /modules/igbvf.ko")
    dev = b.up(mac(VF_B))
    ksft_eq(b.run(f"readlink /sys/class/net/{dev}/device/driver").rsplit("/", 1)[-1], "igbvf")
    reaches(b, out, "the wire")
    ksft_true(b.ping(a), "a guest with carve_vf")
    ksft_true(bulk(b, out), "bulk data")
    ethtool(f"--reset {cfg.dev} dedicated")
    reaches(b, out, "after a reset of the port", 60)
    cfg.end("b")


def dpdk_in_guest(cfg):
    """DPDK's VF driver in a guest has the host's MAC and a link; the wire, a VF
    of the host and another guest reach it"""
    guest, a = cfg.boot_dpdk(), cfg.a
    out, vf = cfg.outside(), cfg.host_vf()
    pmd = GuestTestpmd(guest)
    ksft_in("igb_vf", pmd.info("Driver name"))
    ksft_eq(pmd.info("MAC address"), mac(VF_SPARE).upper())
    ksft_eq((pmd.info("Link status"), pmd.info("Link speed")), ("up", "1 Gbps"))
    ksft_in((mac(VF_SPARE), VF_SPARE), Chip(cfg.pf).filters())
    for size in (18, 1472):
        for host, name in ((out, "wire"), (vf, "VF")):
            ksft_true(host.ping(guest.addr4, size=size), f"the {name}, {size}")
        ksft_true(a.ping(guest, size=size), f"a guest with carve_vf, {size}")
    ksft_eq(out.ip(f"neigh show {guest.addr4}", json=True)[0].get("lladdr"), mac(VF_SPARE))


def pf_driver_reload(cfg):
    """carve_pf can be unloaded while a guest uses a VF: the guest is asked to
    give it back and lives on; new VFs work when they are plugged in"""
    guest, out, vf = cfg.a, cfg.outside(), cfg.pf.vf(VF_A)
    ksft_true(guest.ping(out))
    with Flood(out, guest):
        unload("carve_pf")
    guest.wait_unplugged(vf)
    ksft_eq(guest.devs(), {})
    load("carve_pf")
    cfg.pf.bind("carve_pf")
    cfg.dev = cfg.pf.netdev
    cfg.fresh()
    vf = cfg.pf.vf(VF_A)
    vf.bind("vfio-pci")
    guest.plug(vf)
    guest.up(mac(VF_A))
    reaches(guest, out, "the new VF")
    ksft_not_in("Call Trace", guest.log())


def vf_comes_home(cfg):
    """A VF that a guest had works with the host's own driver"""
    cfg.boot("a")
    cfg.end("a")
    vf = cfg.pf.vf(VF_A)
    vf.bind("carve_vf")
    host = cfg.host(vf)
    ksft_eq(mac_of(host), mac(VF_A))
    ksft_true(host.ping(cfg.outside()))
    ksft_eq(vfinfo(cfg.dev)[VF_A]["address"], mac(VF_A))


def main():
    with GuestEnv() as cfg:
        ksft_run([new_vfs_are_untouched, group_of_its_own, guest_gets_mac_and_link,
                  guest_reaches_everybody, doctor_sees_the_guest, doctor_sees_trouble,
                  link_state_reaches_guest, mac_reaches_guest, guest_may_not_change_mac,
                  vlan_reaches_guest, trust_reaches_guest, rate_does_not_disturb,
                  pf_down_is_not_noticed, pf_reset_is_survived, vfs_in_use_stay,
                  guest_reboots, guest_panics, killed_guest_leaves_nothing,
                  stock_igbvf_in_guest, dpdk_in_guest, pf_driver_reload, vf_comes_home],
                 args=(cfg, ))
    ksft_exit()


if __name__ == "__main__":
    main()
