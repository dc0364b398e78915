#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
# carve: kernels=6.12 timeout=300
"""
DPDK's VF driver on a VF of carve_pf, through vfio-pci: in user space of this
machine, as in a container. testpmd takes commands, and answers ARP and ping
for any address.

All tests are end to end on the QEMU model, except that DPDK does not hear what
the PF says unasked: it wants that on vector 0, for which the model raises no
interrupt. That it is said is seen in the mailbox.
"""

from lib.py import CarveEnv, defer, ethtool, ip, ksft_eq, ksft_exit, \
    ksft_ge, ksft_in, ksft_not_in, ksft_run, ksft_true, load, monitor, wait_for
from lib.py.devlink import devlink, handle
from lib.py.regs import Chip
from lib.py.rtnl import set_vf, vf_config
from lib.py.testpmd import LocalTestpmd
from lib.py.traffic import Flood, frame, mac_of, packet_socket

VF_DPDK, VF_OTHER = 0, 1
MAC = "02:ca:d9:00:00:01"
OWN_MAC = "02:ca:d9:00:00:02"
FOREIGN = "02:f0:0e:00:00:01"
ADDRESS = "192.0.2.200"
VLAN = 77
NO_MAC = "00:00:00:00:00:00"

VMBMEM = 0x800              # the VFs' mailboxes, 64 bytes each
PF_CONTROL = 0x0100         # without CTS: what DPDK looks for, to reset its port

# What counts towards quarantine as malformed (see Documentation/devlink.rst).
MALFORMED = ("bad_type", "bad_length", "reserved_bits", "bad_version", "bad_argument")


class Env(CarveEnv):
    """Two VFs; the first is DPDK's. testpmd lives as long as tests use it: to
    start it takes a while."""

    def __init__(self):
        super().__init__()
        self.running = None

    def start(self):
        super().start()
        load("vfio-pci", "vfio_iommu_type1")
        self.dev = self.pf.netdev
        self.create(2)
        set_vf(self.dev, VF_DPDK, mac=MAC)
        self.vf = self.pf.vf(VF_DPDK)
        self.vf.bind("vfio-pci")
        self.out = self.outside(n=9)

    def stop(self):
        self.end(LocalTestpmd.kill)
        super().stop()

    @property
    def pmd(self):
        if not self.running:
            self.running = LocalTestpmd(self.vf)
            self.out.ip(f"neigh flush dev {self.out.dev}")
            wait_for(self.answers, "DPDK to answer")
        return self.running

    def end(self, how):
        if self.running:
            how(self.running)
            self.running = None

    def answers(self):
        return self.out.ping(ADDRESS, count=1, extra="-W 1")

    def take_own_mac(self):
        """DPDK takes an address of its own; testpmd goes on to answer ARP with
        the one it had when its port was started."""
        self.pmd.run(f"mac_addr set 0 {OWN_MAC}")
        self.out.ip(f"neigh replace {ADDRESS} lladdr {OWN_MAC} dev {self.out.dev}")

    def told_to_reset(self):
        """Does the mailbox say that the VF has to be reset?"""
        return Chip(self.pf).read(VMBMEM + 0x40 * VF_DPDK) == PF_CONTROL

    def health(self):
        return devlink(f"health diagnose {handle(self, VF_DPDK)} reporter vf")

    def counter(self, name):
        return self.health()["counters"][name]

    def other(self):
        """The neighbour. It and the wire know each other, since DPDK's answer
        to ARP would be theirs otherwise."""
        other = self.host(self.pf.vf(VF_OTHER))
        for a, b in ((other, self.out), (self.out, other)):
            a.ip(f"neigh replace {b.addr4} lladdr {mac_of(b)} dev {a.dev} nud permanent")
        return other

    def hears_foreign(self):
        """Does DPDK get what is sent to somebody else?"""
        count, before = 100, self.pmd.received()
        data = frame(FOREIGN, mac_of(self.out), b"")
        with packet_socket(self.out) as s:
            for _ in range(count):
                s.send(data)
        # A ping behind them: what is to come has come.
        ksft_true(self.answers(), "a ping behind the frames")
        return self.pmd.received() - before >= count


def gets_mac_and_link(cfg):
    """DPDK has the host's MAC and a link, and sees the link go and come"""
    pmd = cfg.pmd
    ksft_in("igb_vf", pmd.info("Driver name"))
    ksft_eq(pmd.info("MAC address"), MAC.upper())
    ksft_in((MAC, VF_DPDK), Chip(cfg.pf).filters())
    ksft_eq((pmd.info("Link status"), pmd.info("Link speed")), ("up", "1 Gbps"))
    defer(monitor, "set_link pf on")
    monitor("set_link pf off")
    wait_for(lambda: pmd.info("Link status") == "down", "the link to go")
    monitor("set_link pf on")
    wait_for(lambda: pmd.info("Link status") == "up", "the link to come")
    wait_for(cfg.answers, "DPDK to answer again")


def answers_everybody(cfg):
    """The wire and a VF of the host reach DPDK, with frames of any size"""
    ksft_true(cfg.pmd)
    for host in (cfg.out, cfg.other()):
        for size in (18, 1472):
            ksft_true(host.ping(ADDRESS, count=10, size=size), f"{host.dev}, {size}")
    ksft_eq(cfg.out.ip(f"neigh show {ADDRESS}", json=True)[0]["lladdr"], MAC)


def asks_for_its_own(cfg):
    """DPDK gets VLANs, no other MAC than the host's, and promiscuous mode
    while the host trusts it"""
    pmd, chip = cfg.pmd, Chip(cfg.pf)
    pmd.run(f"rx_vlan add {VLAN} 0")
    ksft_in((VLAN, VF_DPDK), chip.vlans())
    before = cfg.counter("admin_mac")
    pmd.run(f"mac_addr set 0 {FOREIGN}")
    ksft_eq(cfg.counter("admin_mac"), before + 1)
    ksft_not_in((FOREIGN, VF_DPDK), chip.filters())
    pmd.run(f"mac_addr set 0 {MAC}")

    # testpmd asks for it when it starts.
    ksft_ge(cfg.counter("not_trusted"), 1)
    ksft_true(not cfg.hears_foreign(), "not trusted")
    defer(set_vf, cfg.dev, VF_DPDK, trust=0)
    set_vf(cfg.dev, VF_DPDK, trust=1)
    pmd.run("set promisc 0 off", "set promisc 0 on")
    ksft_true(cfg.hears_foreign(), "trusted")
    set_vf(cfg.dev, VF_DPDK, trust=0)
    ksft_true(not cfg.hears_foreign(), "trusted no more")
    ksft_true(not cfg.told_to_reset())


def host_keeps_control(cfg):
    """Link state disable cuts DPDK off and auto lets it in again, without a
    reset; the PF's interface goes up and down unnoticed"""
    ksft_true(cfg.pmd)
    defer(set_vf, cfg.dev, VF_DPDK, link_state="auto")
    set_vf(cfg.dev, VF_DPDK, link_state="disable")
    wait_for(lambda: not cfg.answers(), "DPDK to be cut off")
    set_vf(cfg.dev, VF_DPDK, link_state="auto")
    wait_for(cfg.answers, "DPDK to answer again")
    with Flood(cfg.out, ADDRESS) as flood:
        for state in ("up", "down"):
            ip(f"link set dev {cfg.dev} {state}")
    ksft_true(flood.lost <= 1, f"lost {flood.lost} of {flood.sent}")
    ksft_true(not cfg.told_to_reset())


def port_reset_is_told(cfg):
    """DPDK is told of a reset of the port; having reset its own it goes on with
    what it had"""
    pmd, chip = cfg.pmd, Chip(cfg.pf)
    pmd.run(f"rx_vlan add {VLAN} 0")
    ethtool(f"--reset {cfg.dev} dedicated")
    wait_for(cfg.told_to_reset, "DPDK to be told")
    pmd.restart()
    wait_for(cfg.answers, "DPDK to answer again")
    ksft_in((VLAN, VF_DPDK), chip.vlans())


def restarts_are_no_offence(cfg):
    """Nothing that DPDK says is malformed, and a restart of its port is two
    resets: more could make quarantine of restarts, with ten milliseconds of
    waiting in each"""
    pmd, before, count = cfg.pmd, cfg.counter("resets"), 5
    for _ in range(count):
        pmd.restart()
    wait_for(cfg.answers, "DPDK to answer again")
    health = cfg.health()
    ksft_eq(health["counters"]["resets"] - before, 2 * count)
    ksft_eq({k: health["counters"][k] for k in MALFORMED}, dict.fromkeys(MALFORMED, 0))
    ksft_eq((health["state"], health["quarantine"]["cause"]), ("ready", "none"))


def new_mac_comes_with_a_new_start(cfg):
    """DPDK is told when the host changes the MAC, and has it when it is started
    anew; without one of the host's it takes one of its own"""
    pmd, chip = cfg.pmd, Chip(cfg.pf)
    pmd.run(f"rx_vlan add {VLAN} 0")
    set_vf(cfg.dev, VF_DPDK, mac=NO_MAC)
    wait_for(cfg.told_to_reset, "DPDK to be told")
    cfg.end(LocalTestpmd.quit)
    ksft_eq({v for v in chip.vlans() if v[1] == VF_DPDK} - {(0, VF_DPDK)}, set())
    given = cfg.pmd.info("MAC address").lower()
    ksft_true(given not in (MAC, NO_MAC), given)
    ksft_in((given, VF_DPDK), chip.filters())
    cfg.take_own_mac()
    ksft_true(cfg.answers())
    ksft_in((OWN_MAC, VF_DPDK), chip.filters())
    ksft_not_in((given, VF_DPDK), chip.filters())


def killed_leaves_nothing(cfg):
    """DPDK killed in mid traffic leaves settings as they are and a VF that
    works with carve_vf; its neighbour notices nothing"""
    pmd, chip, other = cfg.pmd, Chip(cfg.pf), cfg.other()
    pmd.run(f"rx_vlan add {VLAN} 0")
    cfg.take_own_mac()
    ksft_true(cfg.answers() and other.ping(cfg.out))
    before = vf_config(cfg.dev, VF_DPDK)
    with Flood(other, cfg.out) as flood, Flood(cfg.out, ADDRESS):
        received = pmd.received()
        wait_for(lambda: pmd.received() > received + 20, "the flood")
        cfg.end(LocalTestpmd.kill)
    ksft_true(flood.lost <= 1, f"a neighbour lost {flood.lost} of {flood.sent}")
    ksft_eq(vf_config(cfg.dev, VF_DPDK), before)
    ksft_eq({f for f in chip.filters() if f[1] == VF_DPDK}, set())
    ksft_eq({v for v in chip.vlans() if v[1] == VF_DPDK} - {(0, VF_DPDK)}, set())
    set_vf(cfg.dev, VF_DPDK, mac=MAC)
    cfg.vf.bind("carve_vf")
    host = cfg.host(cfg.vf)
    ksft_eq(mac_of(host), MAC)
    ksft_true(host.ping(cfg.out))


def main():
    with Env() as cfg:
        ksft_run([gets_mac_and_link, answers_everybody, asks_for_its_own, host_keeps_control,
                  port_reset_is_told, restarts_are_no_offence, new_mac_comes_with_a_new_start,
                  killed_leaves_nothing], args=(cfg, ))
    ksft_exit()


if __name__ == "__main__":
    main()
