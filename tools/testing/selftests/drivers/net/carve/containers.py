#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
# carve: kernels=6.12,7.3 timeout=200
"""
VFs in containers: a network namespace is what a container runtime gives a VF
to, and what sriov-cni and the SR-IOV device plugin do to it is done here.

All tests are end to end on the QEMU model.
"""

import os

from lib.py import CarveEnv, carrier, cmd, defer, ethtool, ip, ksft_eq, ksft_exit, \
    ksft_in, ksft_not_in, ksft_run, ksft_true, link, wait_for
from lib.py.devlink import devlink, handle
from lib.py.regs import Chip
from lib.py.rtnl import NO_MAC, set_vf, vf_config

MAC = "02:ca:c0:00:00:01"


class Env(CarveEnv):
    """Two VFs for each test."""

    def start(self):
        super().start()
        self.dev = self.pf.netdev

    def vfs(self):
        self.create(2)
        defer(setattr, self.pf, "numvfs", 0)
        return self.pf.vfs

    def pod(self, name):
        """A namespace, until the test ends or deletes it."""
        ip(f"netns add {name}")
        defer(cmd, f"ip netns del {name}", fail=False)

    def declare(self, vf):
        """What an administrator sets for a pod's VF; the same to compare."""
        set_vf(self.dev, vf, mac=MAC, rate=(0, 200), trust=1, spoofchk=0)
        defer(set_vf, self.dev, vf, mac=NO_MAC, rate=(0, 0), trust=0, spoofchk=1)
        return vf_config(self.dev, vf)


def of_the_interface(dev, ns=None):
    """What is set on an interface itself."""
    info = link(dev, ns)
    ring = ethtool(f"-g {dev}", json=True, ns=ns)[0]
    gro = ethtool(f"-k {dev}", json=True, ns=ns)[0]["generic-receive-offload"]["active"]
    return {"address": info["address"], "mtu": info["mtu"], "rx": ring["rx"], "tx": ring["tx"],
            "gro": gro}


def moved_vf_keeps_its_settings(cfg):
    """A VF that moves into a namespace and back keeps the administrator's
    settings and its interface's, and works in both"""
    vf, other = cfg.vfs()
    declared, dev = cfg.declare(0), vf.netdev
    peer = cfg.host(other)
    for name in (dev, peer.dev):
        ns = peer.ns if name == peer.dev else None
        ip(f"link set dev {name} mtu 4000", ns=ns)
    wait_for(lambda: link(dev)["address"] == MAC, "the declared address")
    ethtool(f"-G {dev} rx 512 tx 256")
    ethtool(f"-K {dev} gro off")
    own = of_the_interface(dev)
    ksft_eq((own["mtu"], own["rx"], own["tx"], own["gro"]), (4000, 512, 256, False))

    host = cfg.host(vf)
    ksft_eq(of_the_interface(dev, host.ns), own)
    ksft_eq(vf_config(cfg.dev, 0), declared)
    ksft_true(host.ping(peer, size=3900, extra="-M do"), "in the namespace")
    cfg.drop(host)
    ksft_eq(of_the_interface(dev), own)
    ksft_eq(vf_config(cfg.dev, 0), declared)
    ip(f"link set dev {dev} up")
    carrier(dev)


def vf_outlives_its_pod(cfg):
    """A VF whose namespace dies comes back to the host, with its address and
    its settings and without the pod's VLANs; the next pod can use it"""
    vf, other = cfg.vfs()
    declared, dev, chip = cfg.declare(0), vf.netdev, Chip(cfg.pf)
    wait_for(lambda: link(dev)["address"] == MAC, "the declared address")
    cfg.pod("doomed")
    ip(f"link set dev {dev} netns doomed name net1")
    for args in ("link set dev net1 up", "addr add 192.0.2.77/24 dev net1",
                 "link add link net1 name net1.55 type vlan id 55", "link set dev net1.55 up"):
        ip(args, ns="doomed")
    carrier("net1", "doomed")
    wait_for(lambda: (55, 0) in chip.vlans(), "the pod's VLAN")
    ip("netns del doomed")
    wait_for(vf.netdevs, "the interface to come back")
    ksft_eq(link(vf.netdev)["address"], MAC)
    ksft_eq(vf_config(cfg.dev, 0), declared)
    ksft_not_in((55, 0), chip.vlans())
    ksft_true(cfg.host(vf).ping(cfg.host(other)), "in the next pod")


def cni_adds_and_deletes(cfg):
    """The steps of sriov-cni, for two pods on one port: they reach each other
    and the wire, and afterwards the VFs are as before"""
    vfs, before = cfg.vfs(), []
    for i, vf in enumerate(vfs):
        dev, pod = vf.netdev, f"pod{i}"
        before.append((dev, of_the_interface(dev), vf_config(cfg.dev, i)))
        mac = f"02:ca:c0:00:01:{i:02x}"
        cfg.pod(pod)
        # ADD: administrator's side, interface into the pod, its side there.
        set_vf(cfg.dev, i, vlan_list=(0, 0, 0x8100))
        set_vf(cfg.dev, i, mac=mac)
        ksft_eq(vf_config(cfg.dev, i)["mac"], mac)
        for attrs in ({"rate": (0, 100)}, {"spoofchk": 1}, {"trust": 0}, {"link_state": "auto"}):
            set_vf(cfg.dev, i, **attrs)
        ip(f"link set dev {dev} name temp{i}")
        ip(f"link set dev temp{i} netns {pod}")
        for args in (f"link set dev temp{i} name net1", f"link set dev net1 address {mac}",
                     "link set dev net1 up", f"addr add 192.0.2.{i + 1}/24 dev net1"):
            ip(args, ns=pod)
        carrier("net1", pod)
    out = cfg.outside(n=9)
    ping = "ping -n -c 3 -i 0.1 -W 3"
    ksft_eq(cmd(f"{ping} 192.0.2.2", ns="pod0").ret, 0)
    ksft_eq(cmd(f"{ping} {out.addr4}", ns="pod1").ret, 0)

    for i, (dev, own, declared) in enumerate(before):
        # DEL: the same in reverse; the address that was there before is zero.
        ip("link set dev net1 down", ns=f"pod{i}")
        ip(f"link set dev net1 name {dev}", ns=f"pod{i}")
        ip(f"link set dev {dev} netns 1", ns=f"pod{i}")
        set_vf(cfg.dev, i, mac=declared["mac"])
        set_vf(cfg.dev, i, rate=(declared["min"], declared["max"]))
        ip(f"link set dev {dev} address {own['address']}")
        ip(f"link set dev {dev} mtu {own['mtu']}")
        ksft_eq(of_the_interface(dev), own)
        ksft_eq(vf_config(cfg.dev, i), declared)


def device_plugin_finds_the_vfs(cfg):
    """What the SR-IOV device plugin reads to select VFs: totals, links between
    port and VFs, the drivers' names, interfaces, and no eswitch mode"""
    vfs = cfg.vfs()
    ksft_eq((cfg.pf.attr("sriov_totalvfs"), cfg.pf.attr("sriov_numvfs")), ("7", "2"))
    ksft_eq(os.listdir(vfs[0].path / "physfn/net"), [cfg.dev])
    ksft_eq([vf.driver for vf in vfs], ["carve_vf"] * 2)
    ksft_true(int(vfs[0].attr("numa_node")) >= -1)
    ksft_in(vfs[0].netdev, os.listdir("/sys/class/net"))
    vfs[1].bind("vfio-pci")
    ksft_eq(vfs[1].driver, "vfio-pci")
    ksft_eq(vfs[1].netdevs(), [])
    eswitch = devlink(f"dev eswitch show {handle(cfg)}").get("dev", {})
    ksft_not_in("mode", eswitch.get(handle(cfg), {}))


def main():
    with Env() as cfg:
        ksft_run([moved_vf_keeps_its_settings, vf_outlives_its_pod, cni_adds_and_deletes,
                  device_plugin_finds_the_vfs], args=(cfg, ))
    ksft_exit()


if __name__ == "__main__":
    main()
