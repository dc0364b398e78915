#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
# carve: timeout=420
# carve-not-debug: ping.* frame_sizes.* udp_multicast_and_broadcast.* tcp_without_offloads.*
# carve-not-debug: dad_passes.* own_frames_do_not_return.* bad_checksum_is_dropped.*
# carve-not-debug: port_vlan_tag_on_the_wire port_vlan_goes_away port_vlan_vf_can_not_tag priority_tagged
# carve-not-debug: all_multicast_in_port_vlan counters_of_each_vf counters_of_the_interface
# carve-not-debug: broadcast_reaches_all unicast_reaches_one port_vlan_isolates own_vlan_filters all_multicast
# carve-not-debug: tcp_integrity.vf0_pf tcp_integrity.pf_vf1 pf_promiscuous second_address_*
"""
What VFs carry: between each other, the PF and a foreign NIC on the wire, and
what they must not hear.

End to end on the QEMU model, which switches and filters by the registers the
driver writes. What it lacks (anti-spoof, the all-multicast bit) is not tested.
"""

import socket
import struct
import threading

from lib.py import CarveEnv, defer, ethtool, kernel_is_debug, \
    ksft_eq, ksft_exit, ksft_ge, ksft_gt, ksft_run, ksft_true, \
    ksft_variants, link, wait_for
from lib.py.rtnl import NO_MAC, set_vf
from lib.py.traffic import BROADCAST, frame, hears, join, mac_of, packet_socket, sock, \
    tcp, udp

BULK = 1 << 20 if kernel_is_debug() else 8 << 20

SOL_PACKET, PACKET_AUXDATA = 263, 8     # linux/if_packet.h

PAIRS = [("vf0", "vf1"), ("vf0", "pf"), ("pf", "vf1"), ("vf0", "outside"),
         ("outside", "vf1"), ("pf", "outside")]


class Env(CarveEnv):
    """Three VFs, the PF and the foreign NIC, each in a namespace."""

    def start(self):
        super().start()
        self.pf_dev = self.pf.netdev
        self.nodes = {"pf": self.host(self.pf), "outside": self.outside()}
        for i, vf in enumerate(self.pf.vfs):
            self.nodes[f"vf{i}"] = self.host(vf)

    def node(self, name):
        return self.nodes[name]

    def set(self, vf, **attrs):
        set_vf(self.pf_dev, vf, self.node("pf").ns, **attrs)

    def vf_stats(self, vf):
        info = link(self.pf_dev, self.node("pf").ns)["vfinfo_list"][vf]["stats"]
        # ip calls what it prints "tx": {"tx_packets": ...}.
        return {f"{d}_{k}": info[d].get(k, info[d].get(f"{d}_{k}"))
                for d in ("rx", "tx") for k in ("packets", "bytes")}


def no_answer(a, addr):
    """Nobody answers. Shown by the address staying unresolved, not by time
    alone: two requests go unheard."""
    return not a.ping(addr, count=2, extra="-W 1")


def on_vlan(host, vid, netnum):
    """A VLAN interface on host until the end of the test; its address."""
    name = f"v{vid}"
    host.ip(f"link add link {host.dev} name {name} type vlan id {vid}")
    defer(host.ip, f"link del {name}")
    n = host.addr4.rsplit(".", 1)[1]
    host.ip(f"addr add 198.51.{netnum}.{n}/24 dev {name}")
    host.ip(f"link set dev {name} up")
    return f"198.51.{netnum}.{n}"


@ksft_variants([(a, b) for a, b in PAIRS])
def ping(cfg, a, b):
    """IPv4 and IPv6 echoes return, small and full-sized"""
    a, b = cfg.node(a), cfg.node(b)
    ksft_true(a.ping(b), "IPv4")
    ksft_true(a.ping(b, v6=True), "IPv6")
    ksft_true(a.ping(b, size=1472, extra="-M do"), "IPv4, 1500 bytes")


@ksft_variants(["vf0", "pf"])
def dad_passes(cfg, name):
    """Duplicate address detection finds no duplicate: a VF or the PF does not
    hear its own multicasts"""
    host = cfg.node(name)
    addr = f"2001:db8:dad::{host.n}"
    host.ip(f"addr add {addr}/64 dev {host.dev}")
    defer(host.ip, f"addr del {addr}/64 dev {host.dev}")

    def state():
        infos = host.ip(f"addr show dev {host.dev}", json=True)[0]["addr_info"]
        return next(i for i in infos if i["local"] == addr)

    wait_for(lambda: not state().get("tentative") or state().get("dadfailed"),
             "duplicate address detection to end", 10)
    ksft_true(not state().get("dadfailed"), f"{name} thinks {addr} is a duplicate")


@ksft_variants(["vf0", "pf"])
def own_frames_do_not_return(cfg, name):
    """What a function broadcasts and multicasts does not come back to it"""
    me, other = cfg.node(name), cfg.node("vf1")
    for dst in (BROADCAST, "33:33:00:00:00:01"):
        ksft_true(not hears(me, me, dst, fence=other), f"{name} heard itself, {dst}")
        ksft_true(hears(other, me, dst), f"others did not hear {dst}")


def broadcast_reaches_all(cfg):
    """A broadcast of anyone reaches everyone else"""
    for tx in cfg.nodes:
        for rx in cfg.nodes:
            if rx != tx:
                ksft_true(hears(cfg.node(rx), cfg.node(tx), BROADCAST), f"{tx} to {rx}")


def unicast_reaches_one(cfg):
    """What is sent to one VF is heard by no other, nor by the PF or outside"""
    dst, out = mac_of(cfg.node("vf1")), cfg.node("outside")
    out.ip(f"link set dev {out.dev} promisc on")
    defer(out.ip, f"link set dev {out.dev} promisc off")
    for tx in ("vf0", "pf"):
        for rx in ("vf2", "pf", "outside"):
            if rx != tx:
                ksft_true(not hears(cfg.node(rx), cfg.node(tx), dst), f"{tx} to vf1, {rx} listens")


def multicast_by_membership(cfg):
    """A VF hears a multicast group while it is a member and not otherwise"""
    group = "01:00:5e:4d:00:07"
    rx = cfg.node("vf0")
    for tx in ("outside", "vf1", "pf"):
        ksft_true(not hears(rx, cfg.node(tx), group), f"no member yet, from {tx}")
    rx.ip(f"maddr add {group} dev {rx.dev}")
    drop = defer(rx.ip, f"maddr del {group} dev {rx.dev}")
    # The VF asks the PF for it from a work item.
    wait_for(lambda: hears(rx, cfg.node("outside"), group), "the group from outside", 10)
    for tx in ("vf1", "pf"):
        ksft_true(hears(rx, cfg.node(tx), group), f"a member, from {tx}")
    drop.exec()
    wait_for(lambda: not hears(rx, cfg.node("outside"), group), "leaving the group", 10)


def many_groups(cfg):
    """A VF that joins more groups than a mailbox message holds hears each"""
    rx, tx = cfg.node("vf1"), cfg.node("outside")
    groups = [f"01:00:5e:4e:{i:02x}:{7 * i & 0xff:02x}" for i in range(40)]
    defer(join(rx, groups).close)
    for g in (groups[0], groups[29], groups[30], groups[39]):
        wait_for(lambda g=g: hears(rx, tx, g), f"group {g}", 10)


@ksft_variants(["vf0", "vf1", "pf"])
def udp_multicast_and_broadcast(cfg, name):
    """Sockets get datagrams to a joined group and to the broadcast address"""
    rx, tx = cfg.node(name), cfg.node("outside")
    ksft_true(udp(tx, rx, "239.77.0.1", group="239.77.0.1"), "multicast")
    ksft_true(udp(tx, rx, "192.0.2.255"), "broadcast")


def port_vlan(cfg):
    """A port VLAN is tagged on the wire and untagged for the VF, both ways"""
    vf, out = cfg.node("vf0"), cfg.node("outside")
    defer(cfg.set, 0, vlan=(0, 0))
    addr = on_vlan(out, 100, 100)
    cfg.set(0, vlan=(100, 3))
    vf.ip(f"addr add 198.51.100.200/24 dev {vf.dev}")
    defer(vf.ip, f"addr del 198.51.100.200/24 dev {vf.dev}")
    ksft_true(vf.ping(addr), "from the VF")
    ksft_true(out.ping("198.51.100.200"), "from outside")
    ksft_true(tcp_vlan(vf, out, addr), "TCP")


def tcp_vlan(vf, out, addr):
    """tcp() to an address that is not the host's first one."""
    class Rx:               # as much of a Host as tcp() needs
        ns, dev, addr4 = out.ns, out.dev, addr
    return tcp(vf, Rx, 1 << 20)


def port_vlan_tag_on_the_wire(cfg):
    """The tag of a port VLAN carries the id and the priority as declared"""
    vf, out = cfg.node("vf0"), cfg.node("outside")
    defer(cfg.set, 0, vlan=(0, 0))
    on_vlan(out, 100, 100)      # or its receiver filters the VLAN
    cfg.set(0, vlan=(100, 3))
    mark = b"port vlan tag test"
    with packet_socket(out) as s, packet_socket(vf) as tx:
        s.setsockopt(SOL_PACKET, PACKET_AUXDATA, 1)
        s.settimeout(5)
        tx.send(frame(BROADCAST, mac_of(vf), mark))
        while True:
            data, anc, _, _ = s.recvmsg(2048, 256)
            if mark in data:
                break
        tci = [struct.unpack_from("=IIIHHHH", d)[5] for _, t, d in anc
               if t == PACKET_AUXDATA]
    ksft_eq(tci, [3 << 13 | 100])


def port_vlan_isolates(cfg):
    """A VF in a port VLAN reaches neither untagged hosts nor other VLANs, and
    is not reached by them; a VF in the same port VLAN is"""
    vf0, vf1, vf2 = (cfg.node(f"vf{i}") for i in range(3))
    out, pf = cfg.node("outside"), cfg.node("pf")
    for i in range(3):
        defer(cfg.set, i, vlan=(0, 0))
    cfg.set(0, vlan=(100, 0))
    for host in (vf1, pf, out):
        ksft_true(no_answer(vf0, host.addr4), f"reaches {host.dev} untagged")
        ksft_true(no_answer(host, vf0.addr4), f"{host.dev} reaches it untagged")
    cfg.set(1, vlan=(200, 0))
    cfg.set(2, vlan=(100, 0))
    ksft_true(no_answer(vf0, vf1.addr4), "VLAN 100 to VLAN 200")
    ksft_true(vf0.ping(vf2), "two VFs in VLAN 100")
    for vid in (0, 200, 101):
        ksft_true(not hears(vf0, out, BROADCAST, vlan=vid, fence=vf2),
                  f"hears a broadcast in VLAN {vid}")


def port_vlan_vf_can_not_tag(cfg):
    """A VF in a port VLAN can't add a VLAN of its own choice to hear it"""
    vf, out, same = cfg.node("vf0"), cfg.node("outside"), cfg.node("vf2")
    for i in (0, 2):
        defer(cfg.set, i, vlan=(0, 0))
        cfg.set(i, vlan=(100, 0))
    vf.cmd(f"ip link add link {vf.dev} name v55 type vlan id 55", fail=False)
    defer(vf.cmd, "ip link del v55", fail=False)
    ksft_true(not hears(vf, out, BROADCAST, vlan=55, fence=same))


def port_vlan_goes_away(cfg):
    """Without its port VLAN a VF is an untagged host again"""
    vf, out = cfg.node("vf0"), cfg.node("outside")
    defer(cfg.set, 0, vlan=(0, 0))
    cfg.set(0, vlan=(100, 0))
    ksft_true(no_answer(vf, out.addr4))
    cfg.set(0, vlan=(0, 0))
    ksft_true(vf.ping(out))


def own_vlans(cfg):
    """VLAN interfaces on VFs, PF and a foreign NIC reach each other"""
    nodes = {n: on_vlan(cfg.node(n), 30, 30) for n in cfg.nodes}
    for a, b in PAIRS:
        ksft_true(cfg.node(a).ping(nodes[b]), f"{a} to {b} in VLAN 30")


def own_vlan_filters(cfg):
    """A VF hears a VLAN while it is a member and not otherwise"""
    vf, out = cfg.node("vf0"), cfg.node("outside")
    ksft_true(not hears(vf, out, BROADCAST, vlan=31), "no member yet")
    vf.ip(f"link add link {vf.dev} name v31 type vlan id 31")
    drop = defer(vf.ip, "link del v31")
    wait_for(lambda: hears(vf, out, BROADCAST, vlan=31), "membership", 10)
    ksft_true(not hears(vf, out, BROADCAST, vlan=32), "a member of another")
    drop.exec()
    wait_for(lambda: not hears(vf, out, BROADCAST, vlan=31), "membership to end", 10)


def priority_tagged(cfg):
    """Frames tagged with VLAN 0, which carry a priority only, are heard"""
    for name in ("vf0", "pf"):
        ksft_true(hears(cfg.node(name), cfg.node("outside"), BROADCAST, vlan=0), name)


def jumbo(cfg):
    """With MTU 9000 frames of that size pass between VFs, PF and outside"""
    for host in cfg.nodes.values():
        host.ip(f"link set dev {host.dev} mtu 9000")
        defer(host.ip, f"link set dev {host.dev} mtu 1500")
    for a, b in PAIRS:
        # The VF agrees on its new size with the PF before ip returns.
        ksft_true(cfg.node(a).ping(cfg.node(b), size=8972, extra="-M do"), f"{a} to {b}")
    ksft_true(tcp(cfg.node("vf0"), cfg.node("vf1"), BULK), "TCP")


@ksft_variants([(a, b) for a, b in PAIRS[:4]])
def tcp_integrity(cfg, a, b):
    """Bulk TCP with all offloads arrives unharmed, both ways, v4 and v6"""
    a, b = cfg.node(a), cfg.node(b)
    ksft_true(tcp(a, b, BULK), "IPv4")
    ksft_true(tcp(b, a, BULK, v6=True), "IPv6, back")


@ksft_variants(["vf0", "pf"])
def tcp_without_offloads(cfg, name):
    """Bulk TCP arrives unharmed with segmentation and checksums in software,
    and with each one alone"""
    a, b = cfg.node(name), cfg.node("vf1")
    for off in ("tso off", "tx off", "rx off", "sg off", "gro off"):
        ethtool(f"-K {a.dev} {off}", ns=a.ns)
        ksft_true(tcp(a, b, BULK // 4), off)
        ksft_true(tcp(b, a, BULK // 4), f"{off}, receiving")
    for on in ("sg on", "tx on", "rx on", "tso on", "gro on"):
        ethtool(f"-K {a.dev} {on}", ns=a.ns)
    ksft_true(tcp(a, b, BULK // 4), "all on again")


def _datagram(tx, rx, port, payload, good):
    """An Ethernet frame with a UDP datagram whose checksum is right or not."""
    src, dst = socket.inet_aton(tx.addr4), socket.inet_aton(rx.addr4)
    length = 8 + len(payload)

    def fold(data):
        total = sum(struct.unpack(f"!{len(data) // 2}H", data))
        while total >> 16:
            total = (total & 0xffff) + (total >> 16)
        return ~total & 0xffff

    pseudo = src + dst + struct.pack("!BBH", 0, 17, length)
    head = struct.pack("!HHHH", port, port, length, 0)
    csum = fold(pseudo + head + payload)
    head = struct.pack("!HHHH", port, port, length, csum if good else csum ^ 0x5a5a)
    iph = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 20 + length, 1, 0, 64, 17, 0, src, dst)
    iph = iph[:10] + struct.pack("!H", fold(iph)) + iph[12:]
    return frame(mac_of(rx), mac_of(tx), iph + head + payload, proto=0x0800)


@ksft_variants(["vf0", "pf"])
def bad_checksum_is_dropped(cfg, name):
    """A datagram with a wrong checksum is not delivered; a right one is"""
    rx, tx = cfg.node(name), cfg.node("outside")
    with sock(rx, socket.AF_INET, socket.SOCK_DGRAM) as s, packet_socket(tx) as out:
        s.bind(("", 4010))
        s.settimeout(5)
        out.send(_datagram(tx, rx, 4010, b"bad checksum", False))
        out.send(_datagram(tx, rx, 4010, b"good chksum!", True))
        ksft_eq(s.recv(100), b"good chksum!")


@ksft_variants([1, 2, 17, 32, 59, 60, 61, 1514])
def frame_sizes(cfg, size):
    """Frames from the shortest to the longest arrive unchanged"""
    payload = bytes(i & 0xff for i in range(max(size - 42, 1)))
    for a, b in (("vf0", "vf1"), ("pf", "outside"), ("outside", "pf"), ("vf0", "outside")):
        tx, rx = cfg.node(a), cfg.node(b)
        with sock(rx, socket.AF_INET, socket.SOCK_DGRAM) as s, \
                sock(tx, socket.AF_INET, socket.SOCK_DGRAM) as out:
            s.bind(("", 4011))
            s.settimeout(5)
            out.sendto(payload, (rx.addr4, 4011))
            ksft_eq(s.recv(2000), payload, f"{a} to {b}")


def counters_of_each_vf(cfg):
    """The host sees what a VF sent and received, for that VF alone"""
    before = [cfg.vf_stats(i) for i in range(3)]
    ksft_true(cfg.node("vf0").ping(cfg.node("outside"), count=20, size=500))
    after = [cfg.vf_stats(i) for i in range(3)]
    for key, least in (("rx_packets", 20), ("tx_packets", 20),
                       ("rx_bytes", 20 * 542), ("tx_bytes", 20 * 542)):
        ksft_ge(after[0][key] - before[0][key], least, key)
    # What IPv6 says by itself is little.
    ksft_gt(10, after[2]["tx_packets"] - before[2]["tx_packets"], "an idle VF")


def counters_of_the_interface(cfg):
    """A VF's own counters are exact: packets and bytes of what it sent"""
    tx, rx = cfg.node("vf0"), cfg.node("vf1")
    ksft_true(tx.ping(rx))                      # addresses are known now

    def read(host):
        return host.link()["stats64"]

    before_tx, before_rx = read(tx)["tx"], read(rx)["rx"]
    ksft_true(tx.ping(rx, count=50, size=400))
    after_tx, after_rx = read(tx)["tx"], read(rx)["rx"]
    ksft_ge(after_tx["packets"] - before_tx["packets"], 50)
    ksft_ge(after_rx["packets"] - before_rx["packets"], 50)
    # Nothing but 50 echo requests and a few small ones of the neighbourhood.
    ksft_gt(50 * 442 + 3000, after_tx["bytes"] - before_tx["bytes"])
    ksft_ge(after_tx["bytes"] - before_tx["bytes"], 50 * 442)
    for after, before, key in ((after_tx, before_tx, "errors"), (after_tx, before_tx, "dropped"),
                               (after_rx, before_rx, "errors")):
        ksft_eq(after[key], before[key], key)


def promiscuous_needs_trust(cfg):
    """Promiscuous mode of a VF shows foreign unicasts only while it is trusted"""
    vf, out = cfg.node("vf0"), cfg.node("outside")
    foreign = "02:f0:0e:00:00:01"
    defer(cfg.set, 0, trust=0)
    defer(vf.ip, f"link set dev {vf.dev} promisc off")
    vf.ip(f"link set dev {vf.dev} promisc on")
    ksft_true(not hears(vf, out, foreign), "not trusted")
    vf.ip(f"link set dev {vf.dev} promisc off")
    cfg.set(0, trust=1)
    vf.ip(f"link set dev {vf.dev} promisc on")
    wait_for(lambda: hears(vf, out, foreign), "a trusted VF to hear it", 10)
    cfg.set(0, trust=0)
    wait_for(lambda: not hears(vf, out, foreign), "trust to go", 10)
    cfg.set(0, trust=1)
    wait_for(lambda: hears(vf, out, foreign), "trust to come back", 10)


def all_multicast(cfg):
    """A VF in all-multicast mode hears every group and still no foreign
    unicast; without it, no group"""
    vf, out = cfg.node("vf0"), cfg.node("outside")
    group = "01:00:5e:11:22:33"
    ksft_true(not hears(vf, out, group), "before")
    vf.ip(f"link set dev {vf.dev} allmulticast on")
    off = defer(vf.ip, f"link set dev {vf.dev} allmulticast off")
    wait_for(lambda: hears(vf, out, group), "the VF to hear it", 10)
    ksft_true(not hears(vf, out, "02:f0:0e:00:00:01"), "foreign unicast")
    off.exec()
    wait_for(lambda: not hears(vf, out, group), "all-multicast to end", 10)


def all_multicast_in_port_vlan(cfg):
    """All-multicast mode of a VF in a port VLAN shows nothing of other VLANs"""
    vf, out, same = cfg.node("vf0"), cfg.node("outside"), cfg.node("vf2")
    group = "01:00:5e:11:22:34"
    for i in (0, 2):
        defer(cfg.set, i, vlan=(0, 0))
        cfg.set(i, vlan=(100, 0))
    defer(vf.ip, f"link set dev {vf.dev} allmulticast off")
    vf.ip(f"link set dev {vf.dev} allmulticast on")
    wait_for(lambda: hears(vf, same, group), "a group in its VLAN", 10)
    ksft_true(not hears(vf, out, group, fence=same), "untagged")
    ksft_true(not hears(vf, out, group, vlan=101, fence=same), "another VLAN")


def vf_changes_its_mac(cfg):
    """A VF without an administrator's MAC may change its own: the new one
    works, the old one is deaf"""
    vf, out = cfg.node("vf0"), cfg.node("outside")
    old, new = mac_of(vf), "02:ab:cd:00:00:01"
    defer(vf.ip, f"link set dev {vf.dev} address {old}")
    vf.ip(f"link set dev {vf.dev} address {new}")
    out.ip(f"neigh flush dev {out.dev}")
    ksft_true(vf.ping(out))
    ksft_true(hears(vf, out, new), "the new address")
    ksft_true(not hears(vf, out, old), "the old address")


def macvlan_on_vf(cfg):
    """A second address on a VF (macvlan) is reached from the wire, another VF
    and the PF, and no more once it is gone"""
    vf = cfg.node("vf0")
    vf.ip(f"link add link {vf.dev} name mv0 address 02:ac:00:00:00:01 type macvlan mode private")
    drop = defer(vf.ip, "link del mv0")
    vf.ip("addr add 203.0.113.1/24 dev mv0")
    vf.ip("link set dev mv0 up")
    for name in ("outside", "vf1", "pf"):
        host = cfg.node(name)
        host.ip(f"addr add 203.0.113.{10 + host.n}/24 dev {host.dev}")
        defer(host.ip, f"addr del 203.0.113.{10 + host.n}/24 dev {host.dev}")
        ksft_true(host.ping("203.0.113.1"), f"from {name}")
    drop.exec()
    wait_for(lambda: not hears(vf, cfg.node("outside"), "02:ac:00:00:00:01"),
             "the address to go", 10)


SECOND = "02:ac:00:00:00:01"


def second_address(host):
    """Have a host's interface ask for one more address until the test ends."""
    host.ip(f"link add link {host.dev} name mv0 address {SECOND} type macvlan mode private")
    defer(host.ip, "link del mv0")
    host.ip("link set dev mv0 up")


def second_address_outlives_a_given_one(cfg):
    """A VF's second address works on when the host gives the VF an address and
    trusts it, in one message as sriov-cni and systemd do"""
    vf, out = cfg.node("vf0"), cfg.node("outside")
    given = "02:ad:00:00:00:01"
    second_address(vf)
    wait_for(lambda: hears(vf, out, SECOND), "the second address", 10)
    defer(cfg.set, 0, mac=NO_MAC, trust=0)
    cfg.set(0, mac=given, trust=1)
    wait_for(lambda: mac_of(vf) == given, "the given address", 10)
    wait_for(lambda: hears(vf, out, SECOND), "the second address again", 10)


def second_address_goes_to_the_port(cfg):
    """What a VF chose it loses when the PF gets it for a macvlan: it does not
    overhear the host"""
    vf, pf, out = (cfg.node(name) for name in ("vf0", "pf", "outside"))
    second_address(vf)
    wait_for(lambda: hears(vf, out, SECOND), "the VF to have it", 10)
    second_address(pf)
    wait_for(lambda: not hears(vf, out, SECOND), "the VF to lose it", 10)
    ksft_true(hears(pf, out, SECOND), "the PF")


def pf_promiscuous(cfg):
    """The PF in promiscuous mode hears foreign unicasts from the wire, and
    not otherwise"""
    pf, out = cfg.node("pf"), cfg.node("outside")
    foreign = "02:f0:0e:00:00:02"
    ksft_true(not hears(pf, out, foreign), "not promiscuous")
    pf.ip(f"link set dev {pf.dev} promisc on")
    off = defer(pf.ip, f"link set dev {pf.dev} promisc off")
    ksft_true(hears(pf, out, foreign), "promiscuous")
    off.exec()
    ksft_true(not hears(pf, out, foreign), "no more")


def pf_multicast_with_vfs(cfg):
    """The PF hears its groups and not others while VFs exist"""
    pf, out = cfg.node("pf"), cfg.node("outside")
    group = "01:00:5e:5d:00:08"
    ksft_true(not hears(pf, out, group), "no member")
    pf.ip(f"maddr add {group} dev {pf.dev}")
    drop = defer(pf.ip, f"maddr del {group} dev {pf.dev}")
    ksft_true(hears(pf, out, group), "a member")
    drop.exec()
    ksft_true(not hears(pf, out, group), "no member any more")


def all_together(cfg):
    """Three streams at once between VFs, PF and outside arrive unharmed"""
    results = {}

    def run(a, b, port):
        results[a, b] = tcp(cfg.node(a), cfg.node(b), BULK // 2, port=port)

    flows = [("vf0", "vf1", 4020), ("vf1", "pf", 4021), ("outside", "vf2", 4022)]
    threads = [threading.Thread(target=run, args=f) for f in flows]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    ksft_eq(results, {(a, b): True for a, b, _ in flows})


def main():
    with Env(numvfs=3) as cfg:
        ksft_run([ping, dad_passes, own_frames_do_not_return, broadcast_reaches_all,
                  unicast_reaches_one, multicast_by_membership, many_groups,
                  udp_multicast_and_broadcast, port_vlan, port_vlan_tag_on_the_wire,
                  port_vlan_isolates, port_vlan_vf_can_not_tag, port_vlan_goes_away,
                  own_vlans, own_vlan_filters, priority_tagged, jumbo, tcp_integrity,
                  tcp_without_offloads, bad_checksum_is_dropped, frame_sizes,
                  counters_of_each_vf, counters_of_the_interface, promiscuous_needs_trust,
                  all_multicast, all_multicast_in_port_vlan, vf_changes_its_mac, macvlan_on_vf,
                  second_address_outlives_a_given_one, second_address_goes_to_the_port,
                  pf_promiscuous, pf_multicast_with_vfs, all_together], args=(cfg, ))
    ksft_exit()


if __name__ == "__main__":
    main()
