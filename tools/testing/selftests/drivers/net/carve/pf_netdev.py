#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
# carve: timeout=420
# carve-not-debug: identity permanent_address mac_change ring_sizes rss_table rss_key coalesce pause
# carve-not-debug: link_settings restart_negotiation link_lost_while_down register_dump eeprom_dump
# carve-not-debug: private_statistics standard_statistics queue_totals_agree statistics_never_go_back
# carve-not-debug: mtu_bounds vlan_offloads.* vlan_filter many_vlans many_unicast_addresses
# carve-not-debug: many_multicast_addresses promiscuous datagrams bulk_integrity software_timestamps
# carve-not-debug: napi_of_queues
# carve-not-debug: ring_change_while_down carrier_follows_the_wire
"""
The PF as an ordinary network card: rings, channels, RSS, offloads, filters,
statistics, link.

All tests are end to end on the QEMU model; the foreign NIC on the wire is an
e1000e.
"""

import os
import re
import socket
import time

from lib.py import CarveEnv, NetdevFamily, carrier, cmd, defer, ethtool, \
    inside, ip_batch, kernel_is_debug, ksft_eq, ksft_exit, ksft_ge, ksft_gt, ksft_in, \
    ksft_ne, ksft_run, ksft_true, ksft_variants, KsftSkipEx, monitor, wait_for
from lib.py.traffic import BROADCAST, Flood, hears, join, mac_of, sock, tcp, udp

BULK = 1 << 19 if kernel_is_debug() else 4 << 20


class Env(CarveEnv):
    """The PF and the foreign NIC, each in a namespace."""

    def start(self):
        super().start()
        self.a = self.host(self.pf)
        self.out = self.outside()
        self.dev = self.a.dev

    def ethtool(self, args, json=None):
        return ethtool(args, json=json, ns=self.a.ns)

    def get(self, args):
        return self.ethtool(args, json=True)[0]

    def rings(self):
        info = self.get(f"-g {self.dev}")
        return info["rx"], info["tx"]

    def channels(self):
        """ethtool -l, which prints no JSON: the maximum comes first."""
        found = re.findall(r"^Combined:\s+(\d+)", self.ethtool(f"-l {self.dev}").stdout, re.M)
        return {"combined-max": int(found[0]), "combined": int(found[1])}

    def works(self, what):
        ksft_true(self.a.ping(self.out), f"{what}: ping")
        ksft_true(tcp(self.a, self.out, BULK // 4), f"{what}: TCP out")
        ksft_true(tcp(self.out, self.a, BULK // 4), f"{what}: TCP in")

    def netlink(self, family, func):
        """Run func with a netlink family opened in the PF's namespace."""
        with inside(self.a.ns):
            return func(family())

    def qstats(self):
        """Queue statistics: {(type, id): {counter: value}}."""
        def dump(nl):
            return nl.qstats_get({"scope": "queue"}, dump=True)

        index = self.a.link()["ifindex"]
        return {(q["queue-type"], q["queue-id"]): q
                for q in self.netlink(NetdevFamily, dump) if q["ifindex"] == index}

    def device_stats(self):
        def dump(nl):
            return nl.qstats_get({}, dump=True)

        index = self.a.link()["ifindex"]
        return next(q for q in self.netlink(NetdevFamily, dump) if q["ifindex"] == index)


def identity(cfg):
    """ethtool -i names driver, bus address and EEPROM version"""
    info = dict(line.split(": ", 1) for line in
                cfg.ethtool(f"-i {cfg.dev}").stdout.splitlines() if ": " in line)
    ksft_eq(info["driver"], "carve_pf")
    ksft_eq(info["bus-info"], cfg.pf.bdf)
    ksft_ne(info.get("firmware-version", ""), "")


def permanent_address(cfg):
    """The permanent address is the EEPROM's, whatever the interface uses"""
    perm = cfg.ethtool(f"-P {cfg.dev}").stdout.split()[-1]
    ksft_eq(perm, "52:54:00:ca:7e:01")
    defer(cfg.a.ip, f"link set dev {cfg.dev} address {perm}")
    cfg.a.ip(f"link set dev {cfg.dev} address 02:00:00:77:00:01")
    ksft_eq(cfg.ethtool(f"-P {cfg.dev}").stdout.split()[-1], perm)


def mac_change(cfg):
    """A new address of the PF works at once, up and after a restart; the one
    before is deaf"""
    # Not addresses that share a hash with a group of the interface: the model
    # looks unicasts up in the multicast table, too.
    first, second = "02:00:00:00:77:11", "02:00:00:00:77:22"
    defer(cfg.a.ip, f"link set dev {cfg.dev} address {mac_of(cfg.a)}")
    for new in (first, second):
        cfg.a.ip(f"link set dev {cfg.dev} address {new}")
        cfg.out.ip(f"neigh flush dev {cfg.out.dev}")
        ksft_true(cfg.a.ping(cfg.out), new)
    ksft_true(not hears(cfg.a, cfg.out, first), "the address before")
    _restart(cfg)
    ksft_true(cfg.a.ping(cfg.out), "after down and up")


def _restart(cfg):
    cfg.a.ip(f"link set dev {cfg.dev} down")
    cfg.a.ip(f"link set dev {cfg.dev} up")
    carrier(cfg.dev, cfg.a.ns)


def ring_sizes(cfg):
    """Every ring size from the smallest to the largest works, is read back,
    and outlives a restart of the interface"""
    rx, tx = cfg.rings()
    defer(cfg.ethtool, f"-G {cfg.dev} rx {rx} tx {tx}")
    info = cfg.get(f"-g {cfg.dev}")
    ksft_eq((info["rx-max"], info["tx-max"]), (4096, 4096))
    for rx_new, tx_new in ((64, 64), (4096, 4096), (512, 128)):
        cfg.ethtool(f"-G {cfg.dev} rx {rx_new} tx {tx_new}")
        ksft_eq(cfg.rings(), (rx_new, tx_new))
        cfg.works(f"rx {rx_new} tx {tx_new}")
    _restart(cfg)
    ksft_eq(cfg.rings(), (512, 128))
    cfg.works("after down and up")


def ring_change_under_traffic(cfg):
    """Ring sizes change under a stream that arrives unharmed"""
    rx, tx = cfg.rings()
    defer(cfg.ethtool, f"-G {cfg.dev} rx {rx} tx {tx}")
    with Flood(cfg.a, cfg.out) as flood:
        for size in (128, 1024, 256):
            cfg.ethtool(f"-G {cfg.dev} rx {size} tx {size}")
            ksft_true(tcp(cfg.a, cfg.out, BULK // 4), f"size {size}")
    ksft_gt(flood.received, 10)


def ring_change_while_down(cfg):
    """Ring sizes set while the interface is down are used when it is up"""
    rx, tx = cfg.rings()
    defer(cfg.ethtool, f"-G {cfg.dev} rx {rx} tx {tx}")
    cfg.a.ip(f"link set dev {cfg.dev} down")
    cfg.ethtool(f"-G {cfg.dev} rx 96 tx 96")
    ksft_eq(cfg.rings(), (96, 96))
    cfg.a.ip(f"link set dev {cfg.dev} up")
    carrier(cfg.dev, cfg.a.ns)
    cfg.works("small rings")


def _many_flows(cfg, count=64):
    """Datagrams of many flows from outside to the PF."""
    with sock(cfg.out, socket.AF_INET, socket.SOCK_DGRAM) as s:
        for i in range(count):
            s.sendto(b"flow", (cfg.a.addr4, 20000 + i))
    # UDP may be hashed by addresses only: TCP connection attempts are not.
    for i in range(count):
        with sock(cfg.out, socket.AF_INET, socket.SOCK_STREAM) as s:
            s.setblocking(False)
            s.connect_ex((cfg.a.addr4, 30000 + i))
    time.sleep(0.5)


def channels_and_rss(cfg):
    """Each number of channels works, and with several of them received
    flows spread over all queues"""
    most = cfg.channels()["combined-max"]
    start = cfg.channels()["combined"]
    defer(cfg.ethtool, f"-L {cfg.dev} combined {start}")
    ksft_ge(most, 2)
    for n in range(1, most + 1):
        cfg.ethtool(f"-L {cfg.dev} combined {n}")
        ksft_eq(cfg.channels()["combined"], n)
        queues = [k for k in cfg.qstats() if k[0] == "rx"]
        ksft_eq(len(queues), n)
        ksft_true(cfg.a.ping(cfg.out), f"{n} channels: ping")
        ksft_true(cfg.a.ping(cfg.out, v6=True), f"{n} channels: IPv6")
        before = cfg.qstats()
        _many_flows(cfg)
        after = cfg.qstats()
        idle = [k for k in queues if after[k]["rx-packets"] == before[k]["rx-packets"]]
        ksft_eq(idle, [], f"{n} channels: queues that got nothing")


def channels_under_traffic(cfg):
    """The number of channels changes under a stream that arrives unharmed"""
    start, most = cfg.channels()["combined"], cfg.channels()["combined-max"]
    defer(cfg.ethtool, f"-L {cfg.dev} combined {start}")
    with Flood(cfg.a, cfg.out) as flood:
        for n in (1, most, 1, most):
            cfg.ethtool(f"-L {cfg.dev} combined {n}")
            ksft_true(tcp(cfg.out, cfg.a, BULK // 4), f"{n} channels")
    ksft_gt(flood.received, 10)


def channels_with_vfs(cfg):
    """While VFs exist the PF works on one queue pair; its channels are back
    when they are gone; asking for channels meanwhile breaks nothing"""
    start, most = cfg.channels()["combined"], cfg.channels()["combined-max"]
    defer(lambda: cfg.ethtool(f"-L {cfg.dev} combined {start}")
          if cfg.channels()["combined"] != start else None)
    if cfg.channels()["combined"] != most:
        cfg.ethtool(f"-L {cfg.dev} combined {most}")
    cfg.pf.numvfs = 2
    gone = defer(setattr, cfg.pf, "numvfs", 0)
    cfg.works("VFs exist")
    cmd(f"ethtool -L {cfg.dev} combined {most - 1 or 1}", ns=cfg.a.ns, fail=False)
    cfg.works("channels asked for while VFs exist")
    wanted = cfg.channels()["combined"]
    gone.exec()
    ksft_eq(cfg.channels()["combined"], wanted)
    cfg.works("VFs gone")
    before = cfg.qstats()
    queues = [k for k in before if k[0] == "rx"]
    ksft_eq(len(queues), wanted)
    _many_flows(cfg)
    after = cfg.qstats()
    ksft_eq([k for k in queues if after[k]["rx-packets"] == before[k]["rx-packets"]], [],
            "queues that got nothing when VFs were gone")


def rss_table(cfg):
    """The indirection table decides which queue gets a flow, and is read back"""
    start, most = cfg.channels()["combined"], cfg.channels()["combined-max"]
    if most < 2:
        raise KsftSkipEx("one channel only")
    defer(cfg.ethtool, f"-L {cfg.dev} combined {start}")
    cfg.ethtool(f"-L {cfg.dev} combined {most}")
    defer(cfg.ethtool, f"-X {cfg.dev} default")
    weights = ["0"] * (most - 1) + ["1"]
    cfg.ethtool(f"-X {cfg.dev} weight {' '.join(weights)}")
    table = cfg.get(f"-x {cfg.dev}")["rss-indirection-table"]
    ksft_eq(set(table), {most - 1})
    ksft_eq(len(table), 128)
    before = cfg.qstats()
    _many_flows(cfg)
    after = cfg.qstats()
    got = {q: after["rx", q]["rx-packets"] - before["rx", q]["rx-packets"] for q in range(most)}
    ksft_ge(got[most - 1], 60, str(got))
    # What has no hash, as ARP, goes elsewhere; the flows do not.
    ksft_true(sum(got[q] for q in range(most - 1)) < 20, str(got))


def rss_key(cfg):
    """The hash key can be set and is read back, up and after a restart"""
    before = cfg.get(f"-x {cfg.dev}")["rss-hash-key"]
    key = ":".join(f"{b:02x}" for b in os.urandom(40))
    old = before if isinstance(before, str) else ":".join(f"{b:02x}" for b in before)
    defer(cfg.ethtool, f"-X {cfg.dev} hkey {old}")
    cfg.ethtool(f"-X {cfg.dev} hkey {key}")

    def read():
        now = cfg.get(f"-x {cfg.dev}")["rss-hash-key"]
        return now if isinstance(now, str) else ":".join(f"{b:02x}" for b in now)

    ksft_eq(read(), key)
    _restart(cfg)
    ksft_eq(read(), key, "after down and up")
    cfg.works("new key")


def coalesce(cfg):
    """Interrupt moderation, fixed and adaptive, is read back and traffic
    goes on"""
    before = cfg.get(f"-c {cfg.dev}")
    state = "on" if before["adaptive-rx"] else "off"
    defer(cfg.ethtool, f"-C {cfg.dev} adaptive-rx {state} adaptive-tx {state} "
          f"rx-usecs {before['rx-usecs']} tx-usecs {before['tx-usecs']}")
    for usecs in (0, 1, 50, 1000):
        cfg.ethtool(f"-C {cfg.dev} adaptive-rx off adaptive-tx off rx-usecs {usecs} "
                    f"tx-usecs {usecs}")
        now = cfg.get(f"-c {cfg.dev}")
        ksft_eq((now["rx-usecs"], now["tx-usecs"], now["adaptive-rx"], now["adaptive-tx"]),
                (usecs, usecs, False, False))
        ksft_true(cfg.a.ping(cfg.out), f"{usecs} us")
    cfg.ethtool(f"-C {cfg.dev} adaptive-rx on adaptive-tx on")
    ksft_true(cfg.get(f"-c {cfg.dev}")["adaptive-rx"])
    cfg.works("adaptive")


def pause(cfg):
    """Pause parameters can be set and are read back"""
    def read():
        info = cfg.get(f"-a {cfg.dev}")
        return {k: info[k] for k in ("autonegotiate", "rx", "tx")}

    before = read()
    words = {True: "on", False: "off"}
    defer(cfg.ethtool, f"-A {cfg.dev} autoneg {words[before['autonegotiate']]} "
          f"rx {words[before['rx']]} tx {words[before['tx']]}")
    for rx, tx in ((True, False), (False, True), (False, False), (True, True)):
        if read() == {"autonegotiate": False, "rx": rx, "tx": tx}:
            continue
        cfg.ethtool(f"-A {cfg.dev} autoneg off rx {words[rx]} tx {words[tx]}")
        ksft_eq(read(), {"autonegotiate": False, "rx": rx, "tx": tx})
    carrier(cfg.dev, cfg.a.ns)
    ksft_true(cfg.a.ping(cfg.out))


def link_settings(cfg):
    """ethtool names speed, duplex, port and autonegotiation of the link"""
    wait_for(lambda: "Link detected: yes" in cfg.ethtool(cfg.dev).stdout, "the link")
    text = cfg.ethtool(cfg.dev).stdout
    for want in ("Speed: 1000Mb/s", "Duplex: Full", "Auto-negotiation: on"):
        ksft_in(want, text)


def restart_negotiation(cfg):
    """ethtool -r brings the link back by itself"""
    cfg.ethtool(f"-r {cfg.dev}")
    wait_for(lambda: cfg.a.ping(cfg.out, count=1, extra="-W 1"), "the link to be back")


def carrier_follows_the_wire(cfg):
    """The carrier goes with the wire and comes with it; so does traffic"""
    defer(monitor, "set_link pf on")
    for _ in range(2):
        monitor("set_link pf off")
        carrier(cfg.dev, cfg.a.ns, up=False)
        monitor("set_link pf on")
        carrier(cfg.dev, cfg.a.ns)
        wait_for(lambda: cfg.a.ping(cfg.out, count=1, extra="-W 1"), "traffic")


def link_lost_while_down(cfg):
    """A wire pulled or plugged while the interface is down is noticed when it
    is up"""
    defer(monitor, "set_link pf on")
    cfg.a.ip(f"link set dev {cfg.dev} down")
    monitor("set_link pf off")
    cfg.a.ip(f"link set dev {cfg.dev} up")
    carrier(cfg.dev, cfg.a.ns, up=False)
    cfg.a.ip(f"link set dev {cfg.dev} down")
    monitor("set_link pf on")
    cfg.a.ip(f"link set dev {cfg.dev} up")
    carrier(cfg.dev, cfg.a.ns)
    wait_for(lambda: cfg.a.ping(cfg.out, count=1, extra="-W 1"), "traffic")


def register_dump(cfg):
    """ethtool -d gives registers, with the interface up and down"""
    up = cfg.ethtool(f"-d {cfg.dev}").stdout
    ksft_gt(len(up.splitlines()), 4)
    cfg.a.ip(f"link set dev {cfg.dev} down")
    defer(carrier, cfg.dev, cfg.a.ns)
    defer(cfg.a.ip, f"link set dev {cfg.dev} up")
    ksft_gt(len(cfg.ethtool(f"-d {cfg.dev}").stdout.splitlines()), 4)


def eeprom_dump(cfg):
    """ethtool -e reads the EEPROM: it starts with the MAC address"""
    out = cmd(f"ethtool -e {cfg.dev} offset 0 length 6", ns=cfg.a.ns, fail=False)
    if out.ret:
        raise KsftSkipEx("no EEPROM access")
    octets = re.search(r"0x0000:\s+((?:[0-9a-f]{2} ?){6})", out.stdout)
    ksft_true(octets, out.stdout)
    ksft_eq(octets[1].split(), "52 54 00 ca 7e 01".split())


def private_statistics(cfg):
    """ethtool -S has as many values as names, none twice"""
    lines = cfg.ethtool(f"-S {cfg.dev}").stdout.splitlines()[1:]
    names = [line.split(":")[0].strip() for line in lines]
    ksft_gt(len(names), 0)
    ksft_eq(len(names), len(set(names)))


def standard_statistics(cfg):
    """The standard statistics (eth-mac, rmon) count what the wire carries"""
    def read():
        info = cfg.get(f"-S {cfg.dev} --groups eth-mac rmon")
        return info["eth-mac"], info["rmon"]

    mac0, _ = read()
    ksft_true(cfg.a.ping(cfg.out, count=10, size=1000))
    wait_for(lambda: read()[0]["FramesTransmittedOK"] - mac0["FramesTransmittedOK"] >= 10,
             "frames sent to be counted")
    wait_for(lambda: read()[0]["FramesReceivedOK"] - mac0["FramesReceivedOK"] >= 10,
             "frames received to be counted")
    mac1, rmon = read()
    ksft_ge(mac1["OctetsTransmittedOK"] - mac0["OctetsTransmittedOK"], 10 * 1000)
    ksft_true(rmon, "RMON histograms")


def queue_totals_agree(cfg):
    """Counters of the queues sum up to those of the device"""
    cfg.works("some traffic")
    cfg.a.ip(f"link set dev {cfg.dev} down")        # they stand still now
    defer(carrier, cfg.dev, cfg.a.ns)
    defer(cfg.a.ip, f"link set dev {cfg.dev} up")
    dev, base = cfg.a.link()["stats64"], cfg.device_stats()
    for way in ("rx", "tx"):
        for what in ("packets", "bytes"):
            ksft_eq(base[f"{way}-{what}"], dev[way][what], f"{way} {what}")


def statistics_never_go_back(cfg):
    """Counters only grow: over restart, ring and channel changes, VFs coming
    and going, and a reset"""
    def read():
        dev, nl = cfg.a.link()["stats64"], cfg.device_stats()
        vals = {f"{w}-{k}": dev[w][k] for w in ("rx", "tx") for k in ("packets", "bytes")}
        vals.update({f"nl-{k}": v for k, v in nl.items() if isinstance(v, int) and k != "ifindex"})
        return vals

    rx, tx = cfg.rings()
    start, most = cfg.channels()["combined"], cfg.channels()["combined-max"]
    defer(cfg.ethtool, f"-G {cfg.dev} rx {rx} tx {tx}")
    defer(cfg.ethtool, f"-L {cfg.dev} combined {start}")
    cfg.works("some traffic")
    last = read()

    def grown(what):
        nonlocal last
        now = read()
        ksft_eq({k: (last[k], now[k]) for k in now if now[k] < last.get(k, 0)}, {}, what)
        last = now

    _restart(cfg)
    grown("down and up")
    cfg.ethtool(f"-G {cfg.dev} rx 512 tx 512")
    grown("rings")
    cfg.ethtool(f"-L {cfg.dev} combined {1 if start == most else most}")
    grown("channels")
    cfg.pf.numvfs = 1
    grown("VFs made")
    cfg.pf.numvfs = 0
    grown("VFs gone")
    cfg.ethtool(f"--reset {cfg.dev} dedicated")
    wait_for(lambda: cfg.a.ping(cfg.out, count=1, extra="-W 1"), "traffic after the reset")
    grown("reset")


def mtu_bounds(cfg):
    """MTU 68 and 9216 work; one less and one more are refused"""
    # IPv6 gives up on an interface with such a small one.
    defer(cfg.a.ip, f"addr add {cfg.a.addr6}/64 dev {cfg.dev} nodad")
    defer(cfg.a.ip, f"link set dev {cfg.dev} mtu 1500")
    info = cfg.a.link()
    ksft_eq((info["min_mtu"], info["max_mtu"]), (68, 9216))
    for mtu in (68, 9216):
        cfg.a.ip(f"link set dev {cfg.dev} mtu {mtu}")
        ksft_eq(cfg.a.link()["mtu"], mtu)
    for mtu in (67, 9217):
        ksft_ne(cmd(f"ip link set dev {cfg.dev} mtu {mtu}", ns=cfg.a.ns, fail=False).ret, 0)
        ksft_eq(cfg.a.link()["mtu"], 9216)


def jumbo_both_ways(cfg):
    """Frames of 9000 bytes pass in both directions, also after a restart"""
    for host in (cfg.a, cfg.out):
        host.ip(f"link set dev {host.dev} mtu 9000")
        defer(host.ip, f"link set dev {host.dev} mtu 1500")
    carrier(cfg.out.dev, cfg.out.ns)
    ksft_true(cfg.a.ping(cfg.out, size=8972, extra="-M do"))
    ksft_true(cfg.out.ping(cfg.a, size=8972, extra="-M do"))
    ksft_true(tcp(cfg.a, cfg.out, BULK))
    ksft_true(tcp(cfg.out, cfg.a, BULK))
    _restart(cfg)
    ksft_true(cfg.a.ping(cfg.out, size=8972, extra="-M do"), "after down and up")


@ksft_variants(["rxvlan", "rx-vlan-filter"])
def vlan_offloads(cfg, feature):
    """VLANs work with this offload off as well as on"""
    defer(cfg.ethtool, f"-K {cfg.dev} {feature} on")
    for host in (cfg.a, cfg.out):
        host.ip(f"link add link {host.dev} name v60 type vlan id 60")
        defer(host.ip, "link del v60")
        host.ip(f"addr add 198.51.60.{host.n}/24 dev v60")
        host.ip("link set dev v60 up")
    for state in ("off", "on"):
        cfg.ethtool(f"-K {cfg.dev} {feature} {state}")
        ksft_true(cfg.a.ping(f"198.51.60.{cfg.out.n}"), f"{feature} {state}")
        ksft_true(cfg.out.ping(f"198.51.60.{cfg.a.n}"), f"{feature} {state}, from outside")
        ksft_true(cfg.a.ping(cfg.out), f"{feature} {state}, untagged")


def vlan_filter(cfg):
    """The PF hears a VLAN while it has an interface for it and not otherwise"""
    ksft_true(not hears(cfg.a, cfg.out, BROADCAST, vlan=61), "no member")
    cfg.a.ip(f"link add link {cfg.dev} name v61 type vlan id 61")
    drop = defer(cfg.a.ip, "link del v61")
    ksft_true(hears(cfg.a, cfg.out, BROADCAST, vlan=61), "a member")
    drop.exec()
    ksft_true(not hears(cfg.a, cfg.out, BROADCAST, vlan=61), "no member any more")


def many_vlans(cfg):
    """The PF can be in more VLANs than the chip has pool filters, all at once"""
    vids = list(range(1000, 1040))
    defer(ip_batch, *[f"link del v{vid}" for vid in vids], ns=cfg.a.ns, fail=False)
    ip_batch(*[f"link add link {cfg.dev} name v{vid} type vlan id {vid}" for vid in vids],
             ns=cfg.a.ns)
    for vid in (vids[0], vids[31], vids[32], vids[-1]):
        ksft_true(hears(cfg.a, cfg.out, BROADCAST, vlan=vid), f"VLAN {vid}")


def many_unicast_addresses(cfg):
    """The PF hears all of its secondary addresses, also when there are more
    than filters, and forgets them"""
    macs = [f"02:3c:00:00:3c:{i:02x}" for i in range(1, 33)]
    gone = defer(ip_batch, *[f"link del mv{i}" for i in range(len(macs))], ns=cfg.a.ns,
                 fail=False)
    ip_batch(*[line for i, mac in enumerate(macs) for line in (
        f"link add link {cfg.dev} name mv{i} address {mac} type macvlan mode private",
        f"link set dev mv{i} up")], ns=cfg.a.ns)
    for mac in (macs[0], macs[15], macs[23], macs[31]):
        ksft_true(hears(cfg.a, cfg.out, mac), mac)
    gone.exec()
    for mac in (macs[0], macs[31]):
        ksft_true(not hears(cfg.a, cfg.out, mac), f"{mac}, deleted")


def many_multicast_addresses(cfg):
    """The PF hears all of a hundred groups and, in all-multicast mode, any other"""
    groups = [f"01:00:5e:{i:02x}:{3 * i & 0xff:02x}:01" for i in range(100)]
    defer(join(cfg.a, groups).close)
    for g in (groups[0], groups[50], groups[-1]):
        ksft_true(hears(cfg.a, cfg.out, g), g)
    other = "33:33:12:34:56:78"
    ksft_true(not hears(cfg.a, cfg.out, other), "no member")
    cfg.a.ip(f"link set dev {cfg.dev} allmulticast on")
    defer(cfg.a.ip, f"link set dev {cfg.dev} allmulticast off")
    ksft_true(hears(cfg.a, cfg.out, other), "all-multicast")


def promiscuous(cfg):
    """Promiscuous mode shows what is not for the PF, and only then"""
    foreign = "02:f0:0e:00:00:03"
    ksft_true(not hears(cfg.a, cfg.out, foreign))
    cfg.a.ip(f"link set dev {cfg.dev} promisc on")
    off = defer(cfg.a.ip, f"link set dev {cfg.dev} promisc off")
    ksft_true(hears(cfg.a, cfg.out, foreign), "unicast")
    ksft_true(hears(cfg.a, cfg.out, "33:33:ab:cd:ef:01"), "multicast")
    ksft_true(hears(cfg.a, cfg.out, BROADCAST, vlan=62), "foreign VLAN")
    off.exec()
    ksft_true(not hears(cfg.a, cfg.out, foreign), "off again")
    ksft_true(not hears(cfg.a, cfg.out, BROADCAST, vlan=62), "VLAN, off again")


def datagrams(cfg):
    """Broadcast and multicast datagrams reach sockets on the PF"""
    ksft_true(udp(cfg.out, cfg.a, "192.0.2.255"), "broadcast")
    ksft_true(udp(cfg.out, cfg.a, "239.77.0.2", group="239.77.0.2"), "multicast")


def bulk_integrity(cfg):
    """Bulk TCP arrives unharmed, both ways, IPv4 and IPv6, all queues"""
    for v6 in (False, True):
        ksft_true(tcp(cfg.a, cfg.out, BULK, v6=v6))
        ksft_true(tcp(cfg.out, cfg.a, BULK, v6=v6))


def software_timestamps(cfg):
    """ethtool -T offers software time stamps"""
    ksft_in("software-transmit", cfg.ethtool(f"-T {cfg.dev}").stdout)


def down_up_many_times(cfg):
    """The interface goes down and up ten times and works each time"""
    for _ in range(3 if kernel_is_debug() else 10):
        _restart(cfg)
        ksft_true(cfg.a.ping(cfg.out, count=1))


def napi_of_queues(cfg):
    """Each queue tells its NAPI instance and each instance its interrupt"""
    index = cfg.a.link()["ifindex"]

    def dump(nl):
        return (nl.queue_get({"ifindex": index}, dump=True),
                nl.napi_get({"ifindex": index}, dump=True))

    queues, napis = cfg.netlink(NetdevFamily, dump)
    n = cfg.channels()["combined"]
    ksft_eq(len(queues), 2 * n)
    ids = {x["id"] for x in napis}
    ksft_eq(len(ids), n)
    for q in queues:
        ksft_in(q.get("napi-id"), ids)
    ksft_eq(len({x.get("irq") for x in napis}), n)


def main():
    with Env() as cfg:
        ksft_run([identity, permanent_address, mac_change, ring_sizes,
                  ring_change_under_traffic, ring_change_while_down, channels_and_rss,
                  channels_under_traffic, channels_with_vfs, rss_table, rss_key, coalesce,
                  pause, link_settings, restart_negotiation, carrier_follows_the_wire,
                  link_lost_while_down, register_dump, eeprom_dump, private_statistics,
                  standard_statistics, queue_totals_agree, statistics_never_go_back,
                  mtu_bounds, jumbo_both_ways, vlan_offloads, vlan_filter, many_vlans,
                  many_unicast_addresses, many_multicast_addresses, promiscuous, datagrams,
                  bulk_integrity, software_timestamps, down_up_many_times, napi_of_queues],
                 args=(cfg, ))
    ksft_exit()


if __name__ == "__main__":
    main()
