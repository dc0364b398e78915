#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
# carve: timeout=480
# carve-not-debug: igbvf_traffic carve_vf_survives_igb_down handshake_is_tried_once
# carve-not-debug: igbvf_gets_its_mac igbvf_vlan igbvf_port_vlan igbvf_mtu igbvf_multicast
# carve-not-debug: igbvf_is_no_nuisance igbvf_survives_pf_reset igbvf_ignores_pf_down
# carve-not-debug: carve_vf_mac_from_igb carve_vf_vlan_on_igb carve_vf_follows_igbs_link carve_vf_probed_before_igb_up
"""
Stock drivers as peers: igbvf on VFs of carve_pf, carve_vf on VFs of igb.

Both speak version 1.0 of the mailbox ABI. End to end on the QEMU model.
"""

from lib.py import CarveEnv, KernelLog, PeerEnv, carrier, cmd, defer, ethtool, \
    ip, ksft_eq, ksft_exit, ksft_in, ksft_ne, ksft_run, ksft_true, link, load, \
    loaded, monitor, unload, wait_for
from lib.py.rtnl import NO_MAC, set_vf
from lib.py.traffic import BROADCAST, Flood, hears, mac_of, tcp

MAC = "02:ca:1b:00:00:01"
BULK = 1 << 20


def _restart(cfg, vf_driver, numvfs):
    """carve_pf with fresh VFs that vf_driver takes, until the end of the test."""
    other = {"igbvf": "carve_vf", "carve_vf": "igbvf"}[vf_driver]
    if cfg.pf.numvfs:
        cfg.pf.numvfs = 0
    if loaded(other):
        unload(other)
    load(vf_driver)
    cfg.pf.numvfs = numvfs
    defer(setattr, cfg.pf, "numvfs", 0)
    for vf in cfg.pf.vfs:
        ksft_eq(vf.driver, vf_driver)


def _reaches(a, b, what, deadline=40):
    wait_for(lambda: a.ping(b, count=1, extra="-W 1"), what, deadline)


class Env:
    """carve_pf on the port under test; igb on the peer port, PF up before its
    VFs are made, as igb needs it."""

    def __enter__(self):
        self.carve = CarveEnv(vf_driver=None)
        self.stock = PeerEnv(vf_driver=None)
        self.carve.start()
        self.stock.start()
        return self

    def __exit__(self, *_):
        for env in (self.carve, self.stock):
            for host in reversed(env.hosts):
                host.close()
            if env.pf.driver and env.pf.numvfs:
                env.pf.numvfs = 0
        unload("igbvf", "carve_vf")
        self.stock.stop()
        self.carve.stop()


# igbvf on carve_pf

def igbvf_gets_its_mac(env):
    """igbvf gets the administrator's MAC, or a stable one, and a carrier"""
    cfg = env.carve
    dev = cfg.pf.netdev
    _restart(cfg, "igbvf", 1)
    first = link(cfg.pf.vf(0).netdev)["address"]
    ksft_ne(first, NO_MAC)
    cfg.pf.numvfs = 0
    cfg.pf.numvfs = 1
    ksft_eq(link(cfg.pf.vf(0).netdev)["address"], first, "the same again")
    set_vf(dev, 0, mac=MAC)
    defer(set_vf, dev, 0, mac=NO_MAC)
    cfg.pf.vf(0).unbind()
    cfg.pf.vf(0).bind("igbvf")
    vfdev = cfg.pf.vf(0).netdev
    ksft_eq(link(vfdev)["address"], MAC)
    ip(f"link set dev {vfdev} up")
    carrier(vfdev)


def igbvf_traffic(env):
    """igbvf reaches another igbvf, the PF and the wire, IPv4, IPv6 and bulk"""
    cfg = env.carve
    _restart(cfg, "igbvf", 2)
    a, b = (cfg.host(vf) for vf in cfg.pf.vfs)
    pf, out = cfg.host(cfg.pf), cfg.outside()
    for to in (b, pf, out):
        ksft_true(a.ping(to), f"IPv4 to {to.dev}")
        ksft_true(a.ping(to, v6=True), f"IPv6 to {to.dev}")
        ksft_true(tcp(a, to, BULK), f"TCP to {to.dev}")


def igbvf_beside_carve_vf(env):
    """igbvf and carve_vf on VFs of one port reach each other"""
    cfg = env.carve
    _restart(cfg, "igbvf", 2)
    cfg.pf.vf(1).bind("carve_vf")
    defer(unload, "carve_vf")
    a, b = (cfg.host(vf) for vf in cfg.pf.vfs)
    ksft_true(a.ping(b))
    ksft_true(tcp(a, b, BULK))
    ksft_true(tcp(b, a, BULK))


def igbvf_vlan(env):
    """VLANs of igbvf's own work towards the wire"""
    cfg = env.carve
    _restart(cfg, "igbvf", 1)
    a, out = cfg.host(cfg.pf.vf(0)), cfg.outside()
    a.vlan(40)
    out.vlan(40)
    ksft_true(a.ping(out))


def igbvf_port_vlan(env):
    """igbvf in a port VLAN is an untagged host of that VLAN and of no other"""
    cfg = env.carve
    _restart(cfg, "igbvf", 2)
    dev = cfg.pf.netdev
    for i in range(2):
        defer(set_vf, dev, i, vlan=(0, 0))
    a, b = (cfg.host(vf) for vf in cfg.pf.vfs)
    out = cfg.outside()
    set_vf(dev, 0, vlan=(100, 0))
    # igbvf does not hear of a change: it may be told to reset itself.
    wait_for(lambda: not a.ping(out, count=1, extra="-W 1"), "the untagged wire to go", 20)
    out.vlan(100)
    a.ip(f"addr add 198.51.100.99/24 dev {a.dev}")
    _reaches(a, out, "VLAN 100 on the wire")
    set_vf(dev, 1, vlan=(100, 0))
    _reaches(a, b, "another VF in VLAN 100")


def igbvf_mtu(env):
    """igbvf gets jumbo frames through"""
    cfg = env.carve
    _restart(cfg, "igbvf", 2)
    a, b = (cfg.host(vf) for vf in cfg.pf.vfs)
    for host in (a, b):
        host.ip(f"link set dev {host.dev} mtu 9000")
        carrier(host.dev, host.ns)
    wait_for(lambda: a.ping(b, count=1, size=8972, extra="-M do -W 1"), "9000 bytes", 30)


def igbvf_multicast(env):
    """igbvf hears groups that it joined, and not others"""
    cfg = env.carve
    _restart(cfg, "igbvf", 1)
    a, out = cfg.host(cfg.pf.vf(0)), cfg.outside()
    group = "01:00:5e:4d:00:09"
    ksft_true(hears(a, out, BROADCAST))
    ksft_true(not hears(a, out, group))
    a.ip(f"maddr add {group} dev {a.dev}")
    ksft_true(hears(a, out, group))


def igbvf_survives_pf_reset(env):
    """igbvf works again by itself after a reset of the port"""
    cfg = env.carve
    _restart(cfg, "igbvf", 2)
    a, b = (cfg.host(vf) for vf in cfg.pf.vfs)
    ksft_true(a.ping(b))
    ethtool(f"--reset {cfg.pf.netdev} dedicated")
    _reaches(a, b, "after the reset", 60)


def igbvf_ignores_pf_down(env):
    """igbvf keeps its traffic while the PF goes down and up"""
    cfg = env.carve
    _restart(cfg, "igbvf", 2)
    a, b = (cfg.host(vf) for vf in cfg.pf.vfs)
    dev = cfg.pf.netdev
    with Flood(a, b) as flood:
        for state in ("up", "down", "up", "down"):
            ip(f"link set dev {dev} {state}")
            cmd("sleep 0.3")
    ksft_true(flood.lost <= 1, f"lost {flood.lost} of {flood.sent}")


def igbvf_driver_reload(env):
    """igbvf can be unloaded under traffic and works when loaded again"""
    cfg = env.carve
    _restart(cfg, "igbvf", 2)
    hosts = [cfg.host(vf) for vf in cfg.pf.vfs]
    with Flood(*hosts):
        unload("igbvf")
    for h in hosts:
        cfg.drop(h)
    load("igbvf")
    a, b = (cfg.host(vf) for vf in cfg.pf.vfs)
    ksft_true(a.ping(b))


def igbvf_is_no_nuisance(env):
    """An igbvf that comes, works and goes leaves no complaint of carve_pf in
    the log"""
    cfg = env.carve
    with KernelLog() as log:
        _restart(cfg, "igbvf", 1)
        a, out = cfg.host(cfg.pf.vf(0)), cfg.outside()
        ksft_true(a.ping(out))
        cfg.drop(a)
        unload("igbvf")
    lines = [l for l in log.grep("carve_pf") if "VF" in l and
             any(w in l.lower() for w in ("refus", "invalid", "error", "bad", "warn", "unknown"))]
    ksft_eq(lines, [])


# carve_vf on igb

def _stock(env, numvfs=2):
    """VFs of igb with carve_vf, in hosts, until the end of the test."""
    cfg = env.stock
    dev = cfg.pf.netdev
    if env.carve.pf.numvfs:
        env.carve.pf.numvfs = 0
    unload("igbvf")
    load("carve_vf")
    ip(f"link set dev {dev} up")
    carrier(dev)
    cfg.pf.numvfs = numvfs
    defer(setattr, cfg.pf, "numvfs", 0)
    for vf in cfg.pf.vfs:
        ksft_eq(vf.driver, "carve_vf")
    return cfg, dev


def carve_vf_on_igb(env):
    """carve_vf on igb's VFs gets a carrier and reaches VF, PF's wire and a
    foreign NIC, though igb resets itself while it makes them"""
    cfg, _ = _stock(env)
    a, b = (cfg.host(vf) for vf in cfg.pf.vfs)
    out = cfg.outside()
    ksft_true(a.ping(b), "VF to VF")
    ksft_true(a.ping(out), "VF to wire")
    ksft_true(a.ping(out, v6=True), "IPv6")
    ksft_true(tcp(a, out, BULK), "TCP")


def carve_vf_mac_from_igb(env):
    """carve_vf has the MAC that igb's administrator set, as its permanent one"""
    cfg, dev = _stock(env, 1)
    set_vf(dev, 0, mac=MAC)
    vf = cfg.pf.vf(0)
    vf.unbind()
    vf.bind("carve_vf")
    wait_for(lambda: link(vf.netdev)["address"] == MAC, "the address", 30)
    info = link(vf.netdev)
    ksft_eq(info.get("permaddr", MAC), MAC)
    a = cfg.host(vf)
    ksft_eq(mac_of(a), MAC)
    ksft_true(a.ping(cfg.outside()))


def carve_vf_vlan_on_igb(env):
    """carve_vf's VLANs and multicast groups work on igb"""
    cfg, _ = _stock(env, 1)
    a, out = cfg.host(cfg.pf.vf(0)), cfg.outside()
    group = "01:00:5e:4d:00:0a"
    a.ip(f"maddr add {group} dev {a.dev}")
    wait_for(lambda: hears(a, out, group), "the group", 10)
    a.vlan(41)
    out.vlan(41)
    ksft_true(a.ping(out))


def carve_vf_survives_igb_down(env):
    """carve_vf works again by itself after igb went down and up"""
    cfg, dev = _stock(env)
    a, b = (cfg.host(vf) for vf in cfg.pf.vfs)
    ksft_true(a.ping(b))
    ip(f"link set dev {dev} down")
    wait_for(lambda: not a.ping(b, count=1, extra="-W 1"), "igb to take its VFs down", 20)
    ip(f"link set dev {dev} up")
    carrier(dev)
    _reaches(a, b, "igb up again", 60)


def carve_vf_follows_igbs_link(env):
    """carve_vf's carrier follows the wire on igb, too"""
    cfg, _ = _stock(env, 1)
    dev = cfg.pf.vf(0).netdev
    ip(f"link set dev {dev} up")
    carrier(dev)
    defer(monitor, "set_link peer on")
    monitor("set_link peer off")
    carrier(dev, up=False)
    monitor("set_link peer on")
    carrier(dev)


def carve_vf_probed_before_igb_up(env):
    """carve_vf probed while igb was never up waits, and works once it is up"""
    cfg = env.stock
    dev = cfg.pf.netdev
    ip(f"link set dev {dev} down")
    unload("igbvf")
    load("carve_vf")
    cfg.pf.numvfs = 1
    defer(setattr, cfg.pf, "numvfs", 0)
    vf = cfg.pf.vf(0)
    ksft_eq(vf.driver, "carve_vf")
    ip(f"link set dev {vf.netdev} up")
    ip(f"link set dev {dev} up")
    carrier(vf.netdev)
    ksft_true(cfg.host(vf).ping(cfg.outside()))


def handshake_is_tried_once(env):
    """igb hears of one unknown action per start of carve_vf and no more"""
    with KernelLog() as log:
        cfg, _ = _stock(env, 1)
        a = cfg.host(cfg.pf.vf(0))
        ksft_true(a.ping(cfg.outside()))
    unknown = log.grep("Unhandled Msg")
    ksft_in(len(unknown), (1, 2, 3), f"{unknown}")


def main():
    with Env() as env:
        ksft_run([igbvf_gets_its_mac, igbvf_traffic, igbvf_beside_carve_vf, igbvf_vlan,
                  igbvf_port_vlan, igbvf_mtu, igbvf_multicast, igbvf_survives_pf_reset,
                  igbvf_ignores_pf_down, igbvf_driver_reload, igbvf_is_no_nuisance,
                  carve_vf_on_igb, carve_vf_mac_from_igb, carve_vf_vlan_on_igb,
                  carve_vf_survives_igb_down, carve_vf_follows_igbs_link,
                  carve_vf_probed_before_igb_up, handshake_is_tried_once], args=(env, ))
    ksft_exit()


if __name__ == "__main__":
    main()
