#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
# carve: timeout=420
# carve-not-debug: no_vfs mac_of_the_port nothing_to_clear settings_do_not_open_a_pool
# carve-not-debug: settings_survive.pf_down_up settings_survive.pf_reset settings_survive.pf_flr
# carve-not-debug: settings_survive.vf_down_up settings_survive.vf_rebind settings_survive.vf_flr
# carve-not-debug: wrong_value.* every_setting_reads_back.1_* every_setting_reads_back.7_*
# carve-not-debug: settings_reach_the_chip.down settings_survive.mtu settings_survive.link_lost
# carve-not-debug: nova_sets_mac_and_vlan_together network_manager_sets_all systemd_sets_one_by_one
# carve-not-debug: cni_saves_and_restores unsupported_is_absent rates_at_the_edges rate_* spoofchk_in_the_chip
# carve-not-debug: change_does_not_reset_the_vf.* refusals_say_why
# carve-not-debug: every_setting_reads_back.3_unbound settings_of_one_vf_only settings_survive.vf_driver_reload
# carve-not-debug: vf_may_not_* admin_mac_goes_* mac_of_a_vf_* vf_mac_without_admin perm_addr_is_the_admin_mac
# carve-not-debug: state_of_running_vf.enable state_of_running_vf.disable
"""
What an administrator declares for a VF through rtnetlink: set at any time,
read back exactly, in force in the chip, kept through everything.

End to end on the QEMU model. Whether a setting is in force is seen in the
chip's registers (MAC and VLAN filters, pool enables, anti-spoof bits); the
model has no rate limiter, so rates are seen in a register trace; it does not
enforce anti-spoof either.
"""

import errno

from lib.py import KernelLog, RegTrace, carrier, cmd, defer, ethtool, ip, \
    ksft_eq, ksft_exit, ksft_in, ksft_ne, ksft_not_in, ksft_run, ksft_true, \
    ksft_variants, KsftNamedVariant, link, load, monitor, refused, unload, \
    vfinfo, wait_for
from lib.py.regs import DTXSWC, RTTBCNRC_EN, VFRE, VFTE
from lib.py.rtnl import DEFAULT, ETH_P_8021AD, ETH_P_8021Q, NO_MAC, \
    set_vf_errno, vf_configs
from lib.py.settings import SettingsEnv, apply, in_force, mac, settings

MAX_VFS = 7
LINK_MBPS = 1000


@ksft_variants([KsftNamedVariant(f"{n}_{'bound' if b else 'unbound'}", n, b)
                for b in (False, True) for n in (1, 3, 7)])
def every_setting_reads_back(cfg, n, bound):
    """Every setting of every VF is read back as it was set, with the PF up
    and with the PF down, with a driver on the VF and without"""
    cfg.vfs(n, bound)
    ksft_eq(vf_configs(cfg.dev), [DEFAULT] * n, "before anything was set")
    for series, state in enumerate(("down", "up")):
        ip(f"link set dev {cfg.dev} {state}")
        for vf in range(n):
            apply(cfg, vf, settings(vf, series))
        ksft_eq(vf_configs(cfg.dev), [settings(vf, series) for vf in range(n)],
                f"PF {state}")
    ip(f"link set dev {cfg.dev} down")


@ksft_variants(["down", "up"])
def settings_reach_the_chip(cfg, state):
    """What was declared for VFs in use is in force in the chip at once,
    whether the PF is up or down"""
    cfg.vfs(3)
    ip(f"link set dev {cfg.dev} {state}")
    defer(ip, f"link set dev {cfg.dev} down")
    for vf in cfg.pf.vfs:
        ip(f"link set dev {vf.netdev} up")
    for series in (0, 1):
        for vf in range(3):
            apply(cfg, vf, settings(vf, series), one_message=True)
        for vf in range(3):
            in_force(cfg, vf, settings(vf, series))


# Things that happen to a VF or its PF. None may take a setting away.

def _pf_down_up(cfg):
    for state in ("up", "down", "up", "down"):
        ip(f"link set dev {cfg.dev} {state}")


def _pf_reset(cfg):
    ethtool(f"--reset {cfg.dev} dedicated")


def _pf_flr(cfg):
    cfg.pf.flr()


def _vf_down_up(cfg):
    for vf in cfg.pf.vfs:
        ip(f"link set dev {vf.netdev} down")
        ip(f"link set dev {vf.netdev} up")


def _vf_rebind(cfg):
    for vf in cfg.pf.vfs:
        vf.unbind()
        vf.bind("carve_vf")


def _vf_flr(cfg):
    for vf in cfg.pf.vfs:
        vf.flr()


def _numvfs_again(cfg):
    cfg.pf.numvfs = 0
    cfg.pf.numvfs = 3


def _vf_driver_reload(_cfg):
    unload("carve_vf")
    load("carve_vf")


def _link_lost(_cfg):
    monitor("set_link pf off")
    monitor("set_link pf on")


def _mtu(cfg):
    defer(ip, f"link set dev {cfg.dev} mtu 1500")
    ip(f"link set dev {cfg.dev} mtu 9000")


EVENTS = [_pf_down_up, _pf_reset, _pf_flr, _vf_down_up, _vf_rebind, _vf_flr,
          _numvfs_again, _vf_driver_reload, _link_lost, _mtu]


@ksft_variants([KsftNamedVariant(e.__name__.strip("_"), e) for e in EVENTS])
def settings_survive(cfg, event):
    """Settings are read back unchanged after the event, and are in force
    again as soon as the VF's driver is back"""
    cfg.vfs(3)
    for vf in cfg.pf.vfs:
        ip(f"link set dev {vf.netdev} up")
    for vf in range(3):
        apply(cfg, vf, settings(vf), one_message=True)
    event(cfg)
    ksft_eq(vf_configs(cfg.dev), [settings(vf) for vf in range(3)])
    for i, vf in enumerate(cfg.pf.vfs):
        ip(f"link set dev {vf.netdev} up")
        wait_for(lambda v=vf, i=i: link(v.netdev)["address"] == mac(i),
                 f"VF {i} to have its MAC", 30)
        if settings(i)["link_state"] != "disable":
            carrier(vf.netdev)
        in_force(cfg, i, settings(i))


def settings_of_one_vf_only(cfg):
    """A setting of one VF leaves every other VF's alone"""
    cfg.vfs(7, bound=False)
    apply(cfg, 3, settings(3))
    ksft_eq(vf_configs(cfg.dev), [settings(3) if vf == 3 else DEFAULT for vf in range(7)])


REFUSALS = [
    ("vf_out_of_range", 3, {"mac": mac(3)}, "EINVAL"),
    ("vf_absurd", 0x7ffffffe, {"trust": 1}, "EINVAL"),
    ("vf_negative", 0xffffffff, {"spoofchk": 1}, "EINVAL"),
    ("vlan_of_missing_vf", 7, {"vlan": (5, 0)}, "EINVAL"),
    ("rate_of_missing_vf", 3, {"rate": (0, 100)}, "EINVAL"),
    ("state_of_missing_vf", 200, {"link_state": "enable"}, "EINVAL"),
    ("mac_multicast", 0, {"mac": "01:00:5e:00:00:01"}, "EINVAL"),
    ("mac_broadcast", 0, {"mac": "ff:ff:ff:ff:ff:ff"}, "EINVAL"),
    ("mac_of_another_vf", 0, {"mac": mac(1)}, "EADDRINUSE"),
    ("vlan_4096", 0, {"vlan": (4096, 0)}, "EINVAL"),
    ("vlan_huge", 0, {"vlan": (65535, 0)}, "EINVAL"),
    ("vlan_qos_8", 0, {"vlan": (5, 8)}, "EINVAL"),
    ("vlan_qos_255", 0, {"vlan": (5, 255)}, "EINVAL"),
    ("vlan_8021ad", 0, {"vlan_list": (5, 0, ETH_P_8021AD)}, "EPROTONOSUPPORT"),
    ("vlan_no_proto", 0, {"vlan_list": (5, 0, 0x0800)}, "EPROTONOSUPPORT"),
    ("rate_min", 0, {"rate": (10, 100)}, "EOPNOTSUPP"),
    ("rate_above_the_port", 0, {"rate": (0, 1001)}, "EINVAL"),
    ("rate_huge", 0, {"rate": (0, 0xffffffff)}, "EINVAL"),
    ("rate_old_attribute", 0, {"tx_rate": 1001}, "EINVAL"),
    ("state_unknown", 0, {"link_state": 3}, "EINVAL"),
    ("rss_query", 0, {"rss_query_en": 1}, "EOPNOTSUPP"),
]


@ksft_variants([KsftNamedVariant(name, vf, attrs, err) for name, vf, attrs, err in REFUSALS])
def wrong_value(cfg, vf, attrs, err):
    """A value that can't be gets the errno that tools expect, and neither
    settings nor chip change"""
    cfg.vfs(3, bound=False)
    apply(cfg, 1, settings(1))
    before = vf_configs(cfg.dev), cfg.chip.filters(), cfg.chip.vlans()
    ksft_eq(set_vf_errno(cfg.dev, vf, **attrs), err)
    ksft_eq((vf_configs(cfg.dev), cfg.chip.filters(), cfg.chip.vlans()), before)


def mac_of_the_port(cfg):
    """A VF does not get the PF's address: EADDRINUSE"""
    cfg.vfs(3, bound=False)
    ksft_eq(set_vf_errno(cfg.dev, 0, mac=link(cfg.dev)["address"]), "EADDRINUSE")
    ksft_eq(cfg.get(0), DEFAULT)


def no_vfs(cfg):
    """Without VFs each setting is refused as out of range, not as unknown"""
    if cfg.pf.numvfs:
        cfg.pf.numvfs = 0
    for attrs in ({"mac": mac(0)}, {"vlan": (5, 0)}, {"rate": (0, 100)}, {"trust": 1},
                  {"spoofchk": 1}, {"link_state": "enable"}):
        ksft_eq(set_vf_errno(cfg.dev, 0, **attrs), "EINVAL", str(attrs))


def nothing_to_clear(cfg):
    """Clearing what is not set is no error: VLAN 0, zero MAC, rate 0"""
    cfg.vfs(3, bound=False)
    for attrs in ({"vlan": (0, 0)}, {"vlan_list": (0, 0, ETH_P_8021Q)}, {"mac": NO_MAC},
                  {"rate": (0, 0)}, {"trust": 0}):
        ksft_eq(set_vf_errno(cfg.dev, 0, **attrs), "", str(attrs))
    ksft_eq(cfg.get(0), DEFAULT)


def rates_at_the_edges(cfg):
    """1 and 1000 Mb/s are rates like others, for both attributes of rtnetlink"""
    cfg.vfs(3, bound=False)
    for rate in (1, 999, 1000):
        cfg.set(0, rate=(0, rate))
        ksft_eq(cfg.get(0)["max"], rate)
        cfg.set(0, tx_rate=rate)
        ksft_eq(cfg.get(0)["max"], rate)


def nova_sets_mac_and_vlan_together(cfg):
    """`ip link set PF vf N mac X vlan Y` in one command, as OpenStack sends
    it, sets both"""
    cfg.vfs(3, bound=False)
    ip(f"link set dev {cfg.dev} vf 1 mac {mac(1)} vlan 77")
    ksft_eq(cfg.get(1), {**DEFAULT, "mac": mac(1), "vlan": 77})


def network_manager_sets_all(cfg):
    """NetworkManager's message, with spoofchk, trust, MAC, rate and the VLAN
    list in it, sets all of them; the next one clears the VLAN"""
    cfg.vfs(3)
    cfg.set(1, spoofchk=0, trust=1, mac=mac(1), rate=(0, 200), vlan_list=(90, 2, ETH_P_8021Q))
    want = {**DEFAULT, "mac": mac(1), "vlan": 90, "qos": 2, "max": 200,
            "spoofchk": False, "trust": True}
    ksft_eq(cfg.get(1), want)
    cfg.set(1, spoofchk=0, trust=1, mac=mac(1), vlan_list=(0, 0, ETH_P_8021Q))
    ksft_eq(cfg.get(1), {**want, "vlan": 0, "qos": 0})


def systemd_sets_one_by_one(cfg):
    """systemd's order, one attribute a message, before the PF was ever up"""
    cfg.vfs(3)
    for attrs in ({"mac": mac(0)}, {"spoofchk": 1}, {"trust": 1}, {"link_state": "enable"},
                  {"vlan_list": (12, 1, ETH_P_8021Q)}):
        cfg.set(0, **attrs)
    ksft_eq(cfg.get(0), {**DEFAULT, "mac": mac(0), "trust": True, "link_state": "enable",
                         "vlan": 12, "qos": 1})


def cni_saves_and_restores(cfg):
    """A pod's life as sriov-cni arranges it: admin MAC, the same MAC on the
    VF's interface, and at the end the zero MAC that was there before"""
    cfg.vfs(3)
    dev = cfg.pf.vf(0).netdev
    cfg.set(0, mac=mac(0))
    ksft_eq(cfg.get(0)["mac"], mac(0))
    ip(f"link set dev {dev} address {mac(0)}")
    ip(f"link set dev {dev} up")
    defer(ip, f"link set dev {dev} down")
    carrier(dev)
    cfg.set(0, mac=NO_MAC)
    ksft_eq(cfg.get(0)["mac"], NO_MAC)


def unsupported_is_absent(cfg):
    """What the chip can't do is absent from the read-back, so that nmstate
    does not take it for a setting"""
    cfg.vfs(3, bound=False)
    info = vfinfo(cfg.dev)[0]
    ksft_not_in("query_rss_en", info)
    for key in ("address", "spoofchk", "link_state", "trust", "stats"):
        ksft_in(key, info)


def mac_reaches_running_vf(cfg):
    """A new MAC reaches a VF in use at once: its interface has it, the chip
    filters by it, the old one is gone, and the VF was not reset"""
    cfg.vfs(3)
    dev = cfg.pf.vf(0).netdev
    ip(f"link set dev {dev} up")
    carrier(dev)
    old = link(dev)["address"]
    with RegTrace("igb_core_vf_reset") as trace:
        cfg.set(0, mac=mac(0))
        wait_for(lambda: link(dev)["address"] == mac(0), "the VF's interface to have it")
    ksft_eq(trace.count("igb_core_vf_reset"), 0, "resets of the VF")
    ksft_in((mac(0), 0), cfg.chip.filters())
    ksft_not_in((old, 0), cfg.chip.filters())
    ksft_true("LOWER_UP" in link(dev)["flags"])


@ksft_variants(["trust", "spoofchk", "vlan", "rate"])
def change_does_not_reset_the_vf(cfg, what):
    """A change of policy neither resets a VF in use nor takes its carrier"""
    cfg.vfs(3)
    dev = cfg.pf.vf(0).netdev
    ip(f"link set dev {dev} up")
    carrier(dev)
    changes = f"/sys/class/net/{dev}/carrier_changes"
    before = open(changes, encoding="ascii").read()
    values = {"trust": (1, 0), "spoofchk": (0, 1), "vlan": ((20, 1), (0, 0)),
              "rate": ((0, 100), (0, 0))}
    with RegTrace("igb_core_vf_reset") as trace:
        for value in values[what]:
            cfg.set(0, **{what: value})
    ksft_eq(trace.count("igb_core_vf_reset"), 0, "resets of the VF")
    ksft_eq(open(changes, encoding="ascii").read(), before, "carrier changes")


def vf_may_not_change_admin_mac(cfg):
    """A VF can't leave the administrator's MAC: its interface says
    EADDRNOTAVAIL and keeps it; setting the same one is accepted"""
    cfg.vfs(3)
    dev = cfg.pf.vf(0).netdev
    cfg.set(0, mac=mac(0))
    ip(f"link set dev {dev} up")
    wait_for(lambda: link(dev)["address"] == mac(0), "the VF's interface to have it")
    refused(errno.EADDRNOTAVAIL, ip, f"link set dev {dev} address {mac(0, 9)}")
    ksft_eq(link(dev)["address"], mac(0))
    ip(f"link set dev {dev} address {mac(0)}")
    ksft_in((mac(0), 0), cfg.chip.filters())
    ksft_not_in((mac(0, 9), 0), cfg.chip.filters())


def vf_may_not_take_mac_of_others(cfg):
    """A VF can't have the address of another VF or of the port"""
    cfg.vfs(3)
    a, b = (vf.netdev for vf in cfg.pf.vfs[:2])
    for dev in (a, b):
        ip(f"link set dev {dev} up")
        carrier(dev)
    before = link(a)["address"]
    for taken in (link(b)["address"], link(cfg.dev)["address"]):
        refused(errno.EADDRNOTAVAIL, ip, f"link set dev {a} address {taken}")
        ksft_eq(link(a)["address"], before)
    pools = [p for m, p in cfg.chip.filters() if m == link(b)["address"]]
    ksft_eq(pools, [1])


@ksft_variants(["own", "further"])
def admin_mac_goes_before_a_vfs_choice(cfg, which):
    """An address that a VF took is given to another one all the same: the
    chip filters it for that one alone, the former owner goes on with the
    address it was given"""
    cfg.vfs(3)
    a, b = (vf.netdev for vf in cfg.pf.vfs[:2])
    for dev in (a, b):
        ip(f"link set dev {dev} up")
        carrier(dev)
    given, chosen = link(a)["address"], mac(0, 9)
    if which == "own":
        ip(f"link set dev {a} address {chosen}")
    else:
        cmd(f"bridge fdb add {chosen} dev {a}")
        defer(cmd, f"bridge fdb del {chosen} dev {a}", fail=False)
    wait_for(lambda: (chosen, 0) in cfg.chip.filters(), "the VF to have what it chose")
    cfg.set(1, mac=chosen)
    wait_for(lambda: link(b)["address"] == chosen, "the other VF to have it")
    wait_for(lambda: (given, 0) in cfg.chip.filters(), "the VF to have what it was given")
    ksft_eq([p for m, p in cfg.chip.filters() if m == chosen], [1])
    wait_for(lambda: link(a)["address"] == given, "its interface to have it, too")
    carrier(a)


def mac_of_a_vf_that_is_no_more(cfg):
    """An address that was set for a VF that does not exist any more can be
    given to another one; that VF is without it when it comes back"""
    cfg.vfs(3, bound=False)
    cfg.set(2, mac=mac(2))
    cfg.pf.numvfs = 0
    cfg.pf.numvfs = 2
    cfg.set(0, mac=mac(2))
    ksft_eq(cfg.get(0)["mac"], mac(2))
    cfg.pf.numvfs = 0
    cfg.pf.numvfs = 3
    ksft_eq([c["mac"] for c in vf_configs(cfg.dev)], [mac(2), NO_MAC, NO_MAC])


def vf_mac_without_admin(cfg):
    """Without an administrator's MAC a VF has a locally administered one, the
    same each time, and it reads back as zero"""
    cfg.pf.numvfs = 0
    cfg.vfs(3)
    macs = [link(vf.netdev)["address"] for vf in cfg.pf.vfs]
    ksft_eq(len(set(macs)), 3)
    for m in macs:
        ksft_eq(int(m[:2], 16) & 3, 2, f"{m} is local and unicast")
    ksft_eq([c["mac"] for c in vf_configs(cfg.dev)], [NO_MAC] * 3)
    cfg.pf.numvfs = 0
    cfg.pf.numvfs = 3
    ksft_eq([link(vf.netdev)["address"] for vf in cfg.pf.vfs], macs)
    ksft_eq([link(vf.netdev).get("permaddr", link(vf.netdev)["address"]) for vf in cfg.pf.vfs],
            macs, "permanent addresses")


def perm_addr_is_the_admin_mac(cfg):
    """The permanent address of a VF is what the PF gave it, which is how
    net_failover pairs devices"""
    cfg.vfs(3)
    vf = cfg.pf.vf(0)
    cfg.set(0, mac=mac(0))
    vf.unbind()
    vf.bind("carve_vf")
    info = link(vf.netdev)
    ksft_eq(info["address"], mac(0))
    ksft_eq(info.get("permaddr", info["address"]), mac(0))


def _factor(rate):
    """What the limiter wants: link speed over rate, 14 bits of fraction."""
    whole, rest = divmod(LINK_MBPS, rate)
    return RTTBCNRC_EN | whole << 14 | (rest << 14) // rate


# A VF is given one queue pair; one that starts its second queue on its own
# account gets no more out of it than the lowest rate.
SECOND_QUEUE_MBPS = 1


def rate_covers_both_queues(cfg):
    """A rate limit goes to the VF's queue, the lowest one to the second queue
    that it could start, and 0 takes both away (register trace: the model has
    no limiter)"""
    cfg.vfs(3)
    cfg.up()
    for rate in (100, 300, 1):
        with RegTrace() as trace:
            cfg.set(2, rate=(0, rate))
        ksft_eq(cfg.chip.rates(trace.lines), {2: _factor(rate), 10: _factor(SECOND_QUEUE_MBPS)},
                f"{rate} Mb/s")
    with RegTrace() as trace:
        cfg.set(2, rate=(0, 0))
    ksft_eq(cfg.chip.rates(trace.lines), {2: 0, 10: 0}, "no limit")


def rate_without_link(cfg):
    """A rate is accepted without a link and programmed when the link comes
    (register trace: the model has no limiter)"""
    cfg.vfs(3)
    cfg.up()
    defer(monitor, "set_link pf on")
    monitor("set_link pf off")
    carrier(cfg.dev, up=False)
    cfg.set(1, rate=(0, 250))
    ksft_eq(cfg.get(1)["max"], 250)
    with RegTrace() as trace:
        monitor("set_link pf on")
        carrier(cfg.dev)
        # The carrier is told to the stack before VFs' rates are done.
        cfg.get(1)
        cmd("sleep 0.5")
    rates = cfg.chip.rates(trace.lines)
    ksft_eq({q: rates.get(q) for q in (1, 9)}, {1: _factor(250), 9: _factor(SECOND_QUEUE_MBPS)})


def rate_survives_pf_reset(cfg):
    """Rate limits are programmed again after a reset of the port (register
    trace: the model has no limiter)"""
    cfg.vfs(3)
    cfg.up()
    cfg.set(0, rate=(0, 125))
    with RegTrace() as trace:
        ethtool(f"--reset {cfg.dev} dedicated")
        cmd("sleep 1")
        carrier(cfg.dev)
        cmd("sleep 0.5")
    rates = cfg.chip.rates(trace.lines)
    ksft_eq({q: rates.get(q) for q in (0, 8)}, {0: _factor(125), 8: _factor(SECOND_QUEUE_MBPS)})


def spoofchk_in_the_chip(cfg):
    """Source checks are on for each VF from the start, never for the PF, and
    switched per VF (registers only: the model does not enforce them)"""
    cfg.vfs(7)
    bits = cfg.chip.read(DTXSWC)
    ksft_eq(bits & 0xff, 0x7f, f"MAC anti-spoof, DTXSWC {bits:#x}")
    cfg.set(4, spoofchk=0)
    ksft_eq(cfg.chip.read(DTXSWC) & 0xff, 0x7f & ~(1 << 4))
    cfg.set(4, spoofchk=1)
    ksft_eq(cfg.chip.read(DTXSWC) & 0xff, 0x7f)


@ksft_variants(["enable", "disable", "auto"])
def state_of_running_vf(cfg, state):
    """The link state of a VF in use follows the policy at once, with the
    wire connected and without; the VF is not reset for it"""
    cfg.vfs(3)
    dev = cfg.pf.vf(0).netdev
    ip(f"link set dev {dev} up")
    carrier(dev)
    with RegTrace("igb_core_vf_reset") as trace:
        cfg.set(0, link_state=state)
        carrier(dev, up=state != "disable")
        defer(monitor, "set_link pf on")
        monitor("set_link pf off")
        carrier(dev, up=state == "enable")
        monitor("set_link pf on")
        carrier(dev, up=state != "disable")
    ksft_eq(trace.count("igb_core_vf_reset"), 0, "resets of the VF")
    ksft_eq(cfg.get(0)["link_state"], state)


def refusals_say_why(cfg):
    """Each refusal that the administrator can mend has one line in the log,
    which names port, VF and value"""
    cfg.vfs(3, bound=False)
    cfg.set(1, mac=mac(1))
    for attrs, value in (({"mac": mac(1)}, mac(1)), ({"vlan": (4096, 0)}, "4096"),
                         ({"vlan": (5, 9)}, "9"), ({"rate": (0, 1001)}, "1001"),
                         ({"rate": (10, 100)}, "10"),
                         ({"vlan_list": (5, 0, ETH_P_8021AD)}, "88a8")):
        with KernelLog() as log:
            ksft_ne(set_vf_errno(cfg.dev, 0, **attrs), "", str(attrs))
        lines = log.grep("carve_pf")
        ksft_eq(len(lines), 1, f"{attrs}: {log.lines}")
        for want in (cfg.pf.bdf, "VF0", value):
            ksft_in(want, " ".join(lines), str(attrs))


def settings_do_not_open_a_pool(cfg):
    """Settings of a VF without a driver never open its pool"""
    cfg.vfs(3, bound=False)
    for vf in range(2):
        apply(cfg, vf, settings(vf))
    ksft_eq([cfg.chip.bit(VFRE, vf) for vf in range(2)], [False, False])
    ksft_eq([cfg.chip.bit(VFTE, vf) for vf in range(2)], [False, False])


def main():
    with SettingsEnv() as cfg:
        # Those with the same VFs one after the other.
        ksft_run([every_setting_reads_back, no_vfs,
                  wrong_value, mac_of_the_port, nothing_to_clear, rates_at_the_edges,
                  nova_sets_mac_and_vlan_together, unsupported_is_absent,
                  refusals_say_why, settings_do_not_open_a_pool, settings_of_one_vf_only,
                  spoofchk_in_the_chip,
                  settings_reach_the_chip, settings_survive, network_manager_sets_all,
                  systemd_sets_one_by_one, cni_saves_and_restores, mac_reaches_running_vf,
                  change_does_not_reset_the_vf, vf_may_not_change_admin_mac,
                  vf_may_not_take_mac_of_others, admin_mac_goes_before_a_vfs_choice,
                  mac_of_a_vf_that_is_no_more, vf_mac_without_admin,
                  perm_addr_is_the_admin_mac, rate_covers_both_queues, rate_without_link,
                  rate_survives_pf_reset, state_of_running_vf],
                 args=(cfg, ))
    ksft_exit()


if __name__ == "__main__":
    main()
