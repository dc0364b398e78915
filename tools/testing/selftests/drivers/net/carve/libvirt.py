#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
# carve: kernels=6.12 timeout=300 vm=nested
"""
VFs by libvirt: a network that is a pool of a port's VFs, and a domain that
takes one from it with MAC and VLAN.

All tests are end to end on the QEMU model, with KVM on an emulated AMD CPU and
Debian's libvirt, which runs without systemd here.
"""

import json
import os
import platform
import subprocess
import tempfile
from pathlib import Path

from lib.py import CarveEnv, carrier, cmd, defer, ip, ksft_eq, ksft_exit, ksft_ge, ksft_in, \
    ksft_ne, ksft_run, ksft_true, load, wait_for
from lib.py.guest import LOG, Guest, inner, initrd
from lib.py.rtnl import set_vf, vf_config

MAC = "02:ca:1b:00:00:01"
VLAN = 100
OLD_MAC = "02:ca:1b:00:00:ee"

# Without what there is not: systemd, a log daemon, a security module.
QEMU_CONF = """
user = "root"
group = "root"
security_driver = "none"
stdio_handler = "file"
namespaces = []
cgroup_controllers = []
remember_owner = 0
"""

NETWORK = """
<network>
  <name>carve</name>
  <forward mode='hostdev' managed='yes'>
    <pf dev='{dev}'/>
  </forward>
</network>
"""

INTERFACE = """
<interface type='network'>
  <source network='carve'/>
  <mac address='{mac}'/>
  {vlan}
</interface>
"""

DOMAIN = """
<domain type='kvm'>
  <name>{name}</name>
  <memory unit='MiB'>256</memory>
  <vcpu>1</vcpu>
  <os>
    <type arch='x86_64' machine='q35'>hvm</type>
    <kernel>/boot/vmlinuz-{release}</kernel>
    <initrd>{initrd}</initrd>
    <cmdline>console=ttyS0 quiet panic=-1 mitigations=off</cmdline>
  </os>
  <features><acpi/></features>
  <cpu mode='host-passthrough'/>
  <on_crash>destroy</on_crash>
  <devices>
    <emulator>/usr/bin/qemu-system-x86_64</emulator>
    <serial type='file'><source path='{console}'/><target port='0'/></serial>
    <serial type='unix'><source mode='bind' path='{agent}'/><target port='1'/></serial>
    <memballoon model='none'/>
    {interface}
  </devices>
</domain>
"""


def virsh(args, fail=True):
    return cmd(f"virsh -q -c qemu:///system {args}", fail=fail, timeout=120)


def xml(name, text):
    """A file for virsh."""
    path = Path(tempfile.gettempdir(), f"{name}.xml")
    path.write_text(text)
    return path


def interface(mac=MAC, vlan=VLAN):
    tag = f"<vlan><tag id='{vlan}'/></vlan>" if vlan else ""
    return INTERFACE.format(mac=mac, vlan=tag)


class Domain(Guest):
    """A guest that libvirt runs."""

    def define(self, mac=MAC):
        text = DOMAIN.format(name=self.name, release=platform.release(), initrd=initrd(),
                             console=self.console, agent=self._socket("agent"),
                             interface=interface(mac))
        virsh(f"define {xml(self.name, text)}")

    def start(self):
        virsh(f"start {self.name}")
        self.agent = inner.Agent(self._socket("agent"))
        self.wait_boot()

    def kill(self):
        virsh(f"destroy {self.name}", fail=False)
        virsh(f"undefine {self.name}", fail=False)


class Env(CarveEnv):
    """libvirtd, a pool of one VF, and a domain for it."""

    def __init__(self):
        super().__init__()
        self.daemon = None
        self.domain = Domain("dom", 101)

    def start(self):
        super().start()
        load("kvm_amd", "vfio-pci", "tun")
        self.dev = self.pf.netdev
        ip(f"link set dev {self.dev} up")
        carrier(self.dev)
        self.create(1)
        set_vf(self.dev, 0, mac=OLD_MAC)
        Path("/etc/libvirt/qemu.conf").write_text(QEMU_CONF)
        os.makedirs("/run/libvirt", exist_ok=True)
        with open(LOG / "libvirtd.log", "wb") as log:
            # pylint: disable=consider-using-with
            self.daemon = subprocess.Popen(["libvirtd"], stdin=subprocess.DEVNULL,
                                           stdout=log, stderr=log)
        wait_for(lambda: virsh("version", fail=False).ret == 0, "libvirtd to answer", 60)
        virsh(f"net-define {xml('carve', NETWORK.format(dev=self.dev))}")
        virsh("net-start carve")
        self.domain.define()

    def stop(self):
        if self.daemon:
            self.domain.close()
            self.daemon.terminate()
            # It may wait for its own threads for 30 s before it ends all the same.
            self.daemon.wait(60)
        super().stop()

    @property
    def guest(self):
        """The domain, which runs and is up in its VLAN."""
        if not self.domain.agent:
            self.domain.start()
            self.domain.up(MAC)
        return self.domain

    def vlan_outside(self):
        """The foreign NIC, in the domain's VLAN with the domain's addresses."""
        out = self.outside()
        out.ip(f"addr flush dev {out.dev}")
        out.vlan(VLAN, net4="192.0.2", net6="2001:db8::")
        return out


def as_before(cfg):
    """Is the VF set as it was before the domain?"""
    config = vf_config(cfg.dev, 0)
    return (config["mac"], config["vlan"]) == (OLD_MAC, 0)


def wants_the_port_up(cfg):
    """libvirt starts no domain while the PF is down, and says so; carve-doctor
    knows it before"""
    ip(f"link set dev {cfg.dev} down")
    up = defer(ip, f"link set dev {cfg.dev} up")
    res = virsh("start dom", fail=False)
    ksft_ne(res.ret, 0)
    ksft_in("not online", res.stderr)
    seen = json.loads(cmd(f"/carve/src/tools/carve-doctor --json {cfg.dev}", fail=False).stdout)
    ksft_in("port-down", [f["finding"] for f in seen["findings"]])
    up.exec()
    carrier(cfg.dev)


def pool_has_the_vfs(cfg):
    """The network's pool is the VFs of the port"""
    text = virsh("net-dumpxml carve").stdout
    bus, slot = cfg.pf.vf(0).bdf.split(":")[1:]
    ksft_in(f"bus='0x{bus}' slot='0x{slot.split('.')[0]}'", text)
    ksft_eq(text.count("<address type='pci'"), 1)


def domain_takes_a_vf(cfg):
    """A domain gets a VF of the pool with its MAC and VLAN, and is reached in
    that VLAN; the VF is given to vfio-pci by itself"""
    guest = cfg.guest
    config = vf_config(cfg.dev, 0)
    ksft_eq((config["mac"], config["vlan"]), (MAC, VLAN))
    ksft_eq(cfg.pf.vf(0).driver, "vfio-pci")
    out = cfg.vlan_outside()
    wait_for(lambda: guest.ping(out, count=1), "the wire in the domain's VLAN")
    ksft_true(out.ping(guest.addr4))


def statistics_are_the_vfs(cfg):
    """domifstat counts what the domain sends and receives"""
    guest, out = cfg.guest, cfg.vlan_outside()
    wait_for(lambda: guest.ping(out, count=1), "the wire")

    def counters():
        lines = virsh(f"domifstat dom {MAC}").stdout.splitlines()
        return {w[1]: int(w[2]) for w in map(str.split, lines)}

    before = counters()
    ksft_true(guest.ping(out, count=20))
    after = counters()
    for name in ("rx_packets", "tx_packets"):
        ksft_ge(after[name] - before[name], 20, name)


def pool_is_exhausted(cfg):
    """A second domain finds no VF, is told so, and does not disturb the first"""
    guest, out = cfg.guest, cfg.vlan_outside()
    wait_for(lambda: guest.ping(out, count=1), "the wire")
    second = Domain("second", 102)
    defer(second.close)
    second.define(mac="02:ca:1b:00:00:02")
    res = virsh("start second", fail=False)
    ksft_ne(res.ret, 0)
    ksft_in("carve", res.stderr)
    ksft_eq(vf_config(cfg.dev, 0)["mac"], MAC)
    ksft_true(guest.ping(out))


def detach_and_attach(cfg):
    """A VF can be detached from a running domain and attached again; in between
    it is the host's, as it was before"""
    guest, vf = cfg.guest, cfg.pf.vf(0)
    virsh(f"detach-device dom {xml('interface', interface())}")
    wait_for(lambda: not guest.devs(), "the domain to let go", 60)
    wait_for(lambda: vf.driver == "carve_vf", "the VF to come back", 60)
    wait_for(lambda: as_before(cfg), "its settings from before")
    virsh(f"attach-device dom {xml('interface', interface())}")
    guest.up(MAC)
    out = cfg.vlan_outside()
    wait_for(lambda: guest.ping(out, count=1), "the wire again")


def destroyed_domain_gives_back(cfg):
    """A domain that is destroyed leaves the VF to the host's driver, with the
    settings that it had before"""
    ksft_true(cfg.guest.devs())
    virsh("destroy dom")
    vf = cfg.pf.vf(0)
    wait_for(lambda: vf.driver == "carve_vf", "the VF to come back", 60)
    ksft_true(as_before(cfg), f"{vf_config(cfg.dev, 0)}")
    ksft_true(cfg.host(vf).ping(cfg.outside()))


def main():
    with Env() as cfg:
        ksft_run([wants_the_port_up, pool_has_the_vfs, domain_takes_a_vf,
                  statistics_are_the_vfs, pool_is_exhausted, detach_and_attach,
                  destroyed_domain_gives_back], args=(cfg, ))
    ksft_exit()


if __name__ == "__main__":
    main()
