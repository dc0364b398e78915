#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
# carve: timeout=480
# carve-not-debug: carrier_policy.* recovery_is_not_a_storm probed_before_pf_up disabled_*
# carve-not-debug: pf_works_after_reset pf_reset_without_traffic_of_the_pf vf_flr_while_down vf_down_up
# carve-not-debug: pf_down pf_reset.flr
"""
A VF in use while the world around it changes: its PF goes down, is reset,
loses its driver; it is reset itself; its driver is reloaded; its cable pulled;
its namespace dies. It recovers without anybody touching it.

All tests are end to end on the QEMU model.
"""

from lib.py import CarveEnv, RegTrace, carrier, cmd, defer, ethtool, ip, \
    kernel_is_debug, ksft_eq, ksft_exit, ksft_ge, ksft_gt, ksft_ne, ksft_pr, ksft_run, \
    ksft_true, ksft_variants, KsftNamedVariant, link, load, monitor, unload, \
    wait_for
from lib.py.bpf import stat
from lib.py.rtnl import NO_MAC, set_vf, vf_configs
from lib.py.traffic import Flood, tcp

ROUNDS = 1 if kernel_is_debug() else 3
BULK = 1 << 19 if kernel_is_debug() else 4 << 20


class Env(CarveEnv):
    """The PF stays in the main namespace; each test makes its VFs."""

    def start(self):
        super().start()
        self.dev = self.pf.netdev

    def create(self, n):
        """n VFs until the end of the test."""
        self.pf.bind("carve_pf")        # a failed test may have left it unbound
        load("carve_vf")
        self.dev = self.pf.netdev
        self.pf.numvfs = n
        defer(self.remove)

    def remove(self):
        if self.pf.driver and self.pf.numvfs:
            self.pf.numvfs = 0

    def two(self):
        """Two VFs, each in a host, that reach each other."""
        self.create(2)
        a, b = (self.host(vf) for vf in self.pf.vfs)
        ksft_true(a.ping(b), "before")
        return a, b

    def pf_up(self):
        ip(f"link set dev {self.dev} up")
        defer(ip, f"link set dev {self.dev} down")
        carrier(self.dev)


def reaches(a, b, what, deadline=30):
    """Wait until a reaches b again, with nobody helping."""
    wait_for(lambda: a.ping(b, count=1, extra="-W 1"), what, deadline)
    ksft_true(a.ping(b), f"{what}: and stays so")


def pf_down(cfg):
    """VFs have carrier and reach each other and the wire while the PF's
    interface is down, was never up, and goes up and down"""
    cfg.create(2)
    ksft_true("UP" not in link(cfg.dev)["flags"], "the PF was not touched")
    a, b = (cfg.host(vf) for vf in cfg.pf.vfs)
    out = cfg.outside()
    ksft_true(a.ping(b), "PF never up: VF to VF")
    ksft_true(a.ping(out), "PF never up: VF to wire")
    with Flood(a, out) as flood:
        for state in ("up", "down", "up", "down"):
            ip(f"link set dev {cfg.dev} {state}")
            cmd("sleep 0.3")
    ksft_true(flood.lost <= 1, f"lost {flood.lost} of {flood.sent} while the PF went up and down")
    ksft_gt(flood.received, 20)
    ksft_true(a.ping(b), "PF down again")


def probed_before_pf_up(cfg):
    """A VF probed before the PF was ever up has its real MAC from the start
    and keeps it when the PF comes up"""
    cfg.pf.unbind()
    cfg.create(1)
    vf = cfg.pf.vf(0)
    first = link(vf.netdev)
    ksft_ne(first["address"], NO_MAC)
    ksft_eq(cmd(f"cat /sys/class/net/{vf.netdev}/addr_assign_type").stdout.strip(), "0",
            "the address is permanent, not random")
    ip(f"link set dev {vf.netdev} up")
    carrier(vf.netdev)
    cfg.pf_up()
    ksft_eq(link(vf.netdev)["address"], first["address"])
    a = cfg.host(vf)
    ksft_true(a.ping(cfg.outside()))


def pf_driver_reload(cfg):
    """carve_pf can be unloaded while VFs are in use: they vanish, nothing
    hangs, and after loading it again all is as at the first time"""
    for _ in range(ROUNDS):
        a, b = cfg.two()
        with Flood(a, b):
            unload("carve_pf")
        ksft_true(not (cfg.pf.path / "virtfn0").exists())
        cfg.drop(a)
        cfg.drop(b)
        load("carve_pf")
        cfg.pf.bind("carve_pf")
        cfg.dev = cfg.pf.netdev
        ksft_eq(cfg.pf.numvfs, 0)
        ksft_eq(cfg.pf.totalvfs, 7)
    a, b = cfg.two()
    ksft_true(tcp(a, b, BULK))


def pf_unbind_under_traffic(cfg):
    """The PF's driver can be unbound while VFs talk to the wire"""
    cfg.create(3)
    a, out = cfg.host(cfg.pf.vf(2)), cfg.outside()
    ksft_true(a.ping(out))
    with Flood(a, out):
        cfg.pf.unbind()
    cfg.drop(a)
    cfg.create(1)
    ksft_true(cfg.host(cfg.pf.vf(0)).ping(out))


def vf_driver_reload(cfg):
    """carve_vf can be unloaded under traffic and works again when loaded; the
    MAC is the same"""
    cfg.create(2)
    macs = None
    for _ in range(ROUNDS):
        a, b = (cfg.host(vf) for vf in cfg.pf.vfs)
        found = [h.link()["address"] for h in (a, b)]
        ksft_eq(found, macs or found)
        macs = found
        ksft_true(a.ping(b))
        with Flood(a, b):
            unload("carve_vf")
        cfg.drop(a)
        cfg.drop(b)
        load("carve_vf")
    a, b = (cfg.host(vf) for vf in cfg.pf.vfs)
    ksft_true(tcp(a, b, BULK))


@ksft_variants(["reset", "flr"])
def pf_reset(cfg, how):
    """VFs under traffic survive a reset of the port: all they had asked for
    (VLANs, groups, MTU, addresses) works again without help, and settings
    are kept"""
    cfg.pf_up()
    a, b = cfg.two()
    out = cfg.outside()
    for host in (a, b):
        host.ip(f"link set dev {host.dev} mtu 4000")
        host.ip(f"link add link {host.dev} name v9 type vlan id 9")
        host.ip(f"addr add 198.51.100.{host.n}/24 dev v9")
        host.ip("link set dev v9 up")
    set_vf(cfg.dev, 1, trust=1, rate=(0, 500), spoofchk=0)
    defer(set_vf, cfg.dev, 1, trust=0, rate=(0, 0), spoofchk=1)
    before = vf_configs(cfg.dev)
    macs = [h.link()["address"] for h in (a, b)]
    for _ in range(ROUNDS):
        with Flood(a, b) as flood:
            if how == "reset":
                ethtool(f"--reset {cfg.dev} dedicated")
            else:
                cfg.pf.flr()
            reaches(b, out, "the wire after the reset")
            reaches(a, b, "VF to VF")
        ksft_gt(flood.received, 1)
        reaches(a, f"198.51.100.{b.n}", "the VF's own VLAN")
        wait_for(lambda: a.ping(b, count=1, size=3900, extra="-M do -W 1"), "the VF's own MTU")
        wait_for(lambda: a.ping(b, count=1, v6=True, extra="-W 1"), "IPv6, by multicast")
        # Counters that the reset cleared have not gone round.
        for host in (a, b):
            stats = host.ip(f"-s link show dev {host.dev}", json=True)[0]["stats64"]["rx"]
            ksft_ge(1 << 31, stats["multicast"])
    ksft_eq(vf_configs(cfg.dev), before)
    ksft_eq([h.link()["address"] for h in (a, b)], macs)
    carrier(cfg.dev)


def pf_reset_without_traffic_of_the_pf(cfg):
    """The port can be reset while the PF's interface is down"""
    a, b = cfg.two()
    ethtool(f"--reset {cfg.dev} dedicated")
    reaches(a, b, "VF to VF")
    ksft_true("UP" not in link(cfg.dev)["flags"])


def pf_works_after_reset(cfg):
    """The PF's own traffic, addresses, VLANs and groups work again after a
    reset of the port"""
    pf, out = cfg.host(cfg.pf), cfg.outside()
    ksft_true(pf.ping(out))
    out.vlan(7)
    pf.ip(f"link add link {pf.dev} name v7 type vlan id 7")
    pf.ip(f"addr add 198.51.100.{pf.n}/24 dev v7")
    pf.ip("link set dev v7 up")
    for _ in range(ROUNDS):
        ethtool(f"--reset {pf.dev} dedicated", ns=pf.ns)
        reaches(pf, out.addr4, "the wire in VLAN 7")
        ksft_true(pf.ping(f"192.0.2.{out.n}"), "untagged")


def vf_flr(cfg):
    """A VF that gets a function level reset under traffic recovers alone,
    with its VLAN and its MTU, and others notice nothing"""
    cfg.create(3)
    a, b, c = (cfg.host(vf) for vf in cfg.pf.vfs)
    out = cfg.outside()
    ksft_true(a.ping(b) and c.ping(out))
    for host in (a, b):
        host.ip(f"link set dev {host.dev} mtu 4000")
    for _ in range(ROUNDS):
        with Flood(c, out) as other, Flood(b, a):
            cfg.pf.vf(0).flr()
            reaches(a, b, "VF to VF after the reset")
        ksft_true(other.lost <= 1, f"another VF lost {other.lost} of {other.sent}")
        wait_for(lambda: a.ping(b, count=1, size=3900, extra="-M do -W 1"), "the VF's own MTU")


def vf_flr_while_down(cfg):
    """A VF that was reset while its interface was down works when it is set up"""
    cfg.create(1)
    vf = cfg.pf.vf(0)
    vf.flr()
    a = cfg.host(vf)
    ksft_true(a.ping(cfg.outside()))


def vf_down_up(cfg):
    """A VF that is set down and up works each time, and is deaf in between"""
    a, b = cfg.two()
    for _ in range(2 * ROUNDS):
        a.ip(f"link set dev {a.dev} down")
        ksft_true(not b.ping(a, count=1, extra="-W 1"))
        a.ip(f"link set dev {a.dev} up")
        reaches(b, a, "up again")


@ksft_variants([KsftNamedVariant("auto", "auto", False, True),
                KsftNamedVariant("enable", "enable", True, True),
                KsftNamedVariant("disable", "disable", False, False)])
def carrier_policy(cfg, policy, without_wire, with_wire):
    """A VF's carrier follows the wire, stays, or is off, as declared (that VFs
    with `enable` reach each other without a wire can't be shown: the model
    receives nothing then)"""
    cfg.create(2)
    devs = [vf.netdev for vf in cfg.pf.vfs]
    for i, dev in enumerate(devs):
        set_vf(cfg.dev, i, link_state=policy)
        defer(set_vf, cfg.dev, i, link_state="auto")
        ip(f"link set dev {dev} up")
        carrier(dev, up=with_wire)
    defer(monitor, "set_link pf on")
    monitor("set_link pf off")
    for dev in devs:
        carrier(dev, up=without_wire)
    monitor("set_link pf on")
    for dev in devs:
        carrier(dev, up=with_wire)


def disabled_vf_is_cut_off(cfg):
    """A VF with state disable neither sends nor receives, and works again
    with auto"""
    a, b = cfg.two()
    defer(set_vf, cfg.dev, 0, link_state="auto")
    set_vf(cfg.dev, 0, link_state="disable")
    ksft_true(not b.ping(a, count=2, extra="-W 1"))
    ksft_true(not a.ping(b, count=2, extra="-W 1"))
    set_vf(cfg.dev, 0, link_state="auto")
    reaches(b, a, "auto again")


def disabled_while_it_sends(cfg):
    """A VF that is disabled with frames on their way works as soon as it may
    send again: they don't hold it up until somebody takes it for hung"""
    a, b = cfg.two()
    defer(set_vf, cfg.dev, 0, link_state="auto")
    recoveries = stat(a, "recoveries")
    for _ in range(ROUNDS):
        with Flood(a, b, pause=False):
            set_vf(cfg.dev, 0, link_state="disable")
            carrier(a.dev, a.ns, up=False)
        set_vf(cfg.dev, 0, link_state="auto")
        carrier(a.dev, a.ns)
        ksft_true(a.ping(b), "at once")
    ksft_eq(stat(a, "recoveries"), recoveries)


def numvfs_cycles_under_traffic(cfg):
    """VFs in use come and go while the PF carries a TCP stream: it arrives
    unharmed, and the next VFs work"""
    pf, out = cfg.host(cfg.pf), cfg.outside()
    for _ in range(ROUNDS):
        cfg.pf.numvfs = 7
        hosts = [cfg.host(vf) for vf in cfg.pf.vfs[:2]]
        ksft_true(hosts[0].ping(hosts[1]))
        with Flood(*hosts):
            ksft_true(tcp(pf, out, BULK))
            cfg.pf.numvfs = 0
        ksft_true(tcp(out, pf, BULK))
        for h in hosts:
            cfg.drop(h)


def namespace_dies(cfg):
    """A VF whose namespace is deleted comes back to the host and works there"""
    cfg.create(1)
    vf = cfg.pf.vf(0)
    dev = vf.netdev
    ip("netns add doomed")
    ip(f"link set dev {dev} netns doomed")
    ip(f"link set dev {dev} up", ns="doomed")
    carrier(dev, "doomed")
    ip("netns del doomed")
    wait_for(vf.netdevs, "the interface to come back", 20)
    a = cfg.host(vf)
    ksft_true(a.ping(cfg.outside()))


def removed_with_namespace_in_use(cfg):
    """VFs can be removed while they are up in namespaces with VLANs and
    addresses on them; the namespace survives"""
    a, b = cfg.two()
    untagged = a.addr4
    a.vlan(12)
    with Flood(b, untagged):
        cfg.pf.numvfs = 0
    wait_for(lambda: a.dev not in a.cmd("ip -br link show").stdout, "the interface to go")
    ksft_true(a.cmd("ip link show lo").ret == 0)


def recovery_is_not_a_storm(cfg):
    """One reset of the port makes each VF reset itself a few times at most"""
    a, b = cfg.two()
    with RegTrace("igb_core_vf_reset") as trace:
        ethtool(f"--reset {cfg.dev} dedicated")
        reaches(a, b, "VF to VF")
        cmd("sleep 3")
    resets = trace.count("igb_core_vf_reset")
    ksft_pr(f"{resets} resets of 2 VFs")
    ksft_ge(2 * 3, resets)


def main():
    with Env() as cfg:
        ksft_run([pf_down, probed_before_pf_up, pf_driver_reload, pf_unbind_under_traffic,
                  vf_driver_reload, pf_reset, pf_reset_without_traffic_of_the_pf,
                  pf_works_after_reset, vf_flr, vf_flr_while_down, vf_down_up,
                  carrier_policy, disabled_vf_is_cut_off, disabled_while_it_sends,
                  numvfs_cycles_under_traffic, namespace_dies, removed_with_namespace_in_use,
                  recovery_is_not_a_storm],
                 args=(cfg, ))
    ksft_exit()


if __name__ == "__main__":
    main()
