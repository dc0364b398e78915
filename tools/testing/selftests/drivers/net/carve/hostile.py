#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
# carve: kernels=6.12 timeout=420
# carve-expect: DMAR: DRHD: handling fault
# carve-expect: DMAR: \[(DMA|INTR-REMAP).*device \[01:10\.4\]
"""
A VF in the hands of a malicious guest, two honest VFs beside it. What one does
must not be felt by the others, nor fill the host's log, nor outlive its owner;
and the VF must be good for the next one.

End to end on the QEMU model, the guest being a program on vfio-pci
(tools/testing/hostile). The model neither checks source addresses nor detects
malicious descriptors nor limits rates: of these only what the driver writes to
the chip is tested.
"""

import re
import time

from lib.py import CarveEnv, KernelLog, RegTrace, cmd, defer, ip, ksft_eq, ksft_exit, \
    ksft_ge, ksft_gt, ksft_run, ksft_true, ksft_variants, KsftFailEx, KsftNamedVariant, \
    link, wait_for
from lib.py.devlink import devlink, handle
from lib.py.hostile import ACK, CTS, HANDSHAKE, MAC_ADD, MAC_CLEAR, MC_OVERFLOW, NACK, \
    PROMISC_MC, PROMISC_UC, QUERY_CONFIG, RESET, SET_LPE, SET_MULTICAST, SET_PROMISC, \
    SET_VLAN, Hostile, Stream, add_vlan, granted, message, refused, set_mac
from lib.py.regs import DTXSWC, VFRE, VFTE, VMOLR_RLPML, Chip, vmolr, vmvir
from lib.py.rtnl import set_vf, vf_configs
from lib.py.traffic import BROADCAST, PACKET_AUXDATA, SOL_PACKET, frame, mac_of, \
    outer_vlan, packet_socket

BAD = 2                     # the VF of the malicious guest
LINK_MBPS = 1000
MAC_QUOTA, VLAN_QUOTA = 7, 15

# Per VF: a burst of messages, then so many a second.
MBX_BURST, MBX_PER_SECOND = 64, 500
LOG_INTERVAL = 10           # seconds between two lines of one kind

# Registers that are the PF's alone.
RCTL, RLPML, MRQC, VT_CTL, DTXCTL, QDE, RPLOLR = \
    0x0100, 0x5004, 0x5818, 0x581c, 0x3590, 0x2408, 0x5af0
MTA, IVAR, PSRTYPE, VFLRE = 0x5200, 0x1700, 0x5480, 0x0c88
VMOLR_ROPE, VMOLR_MPME, VMOLR_AUPE = 1 << 26, 1 << 28, 1 << 24

# Of a queue: what a former owner could leave behind, by name.
RXQ = {"RDBAL": 0x00, "RDBAH": 0x04, "RDLEN": 0x08, "SRRCTL": 0x0c, "RDH": 0x10,
       "RDT": 0x18, "RXDCTL": 0x28}
TXQ = {"TDBAL": 0x00, "TDBAH": 0x04, "TDLEN": 0x08, "TDH": 0x10, "TDT": 0x18,
       "TXDCTL": 0x28, "TDWBAL": 0x38, "TDWBAH": 0x3c}
DCTL_ENABLE = 1 << 25


class Env(CarveEnv):
    """Two honest VFs, each in a host, that reach each other; a third VF."""

    def start(self):
        super().start()
        self.dev = self.pf.netdev
        self.chip = Chip(self.pf)
        self.honest = [self.host(self.pf.vf(i)) for i in range(2)]
        self.bad = self.pf.vf(BAD)
        ip(f"link set dev {self.dev} up")
        a, b = self.honest
        # A machine that is busy emulating garbage is late with answers to ARP.
        for host, other in ((a, b), (b, a)):
            host.ip(f"neigh replace {other.addr4} lladdr {mac_of(other)} dev {host.dev} "
                    "nud permanent")
        if not a.ping(b):
            raise KsftFailEx("the honest VFs do not reach each other")
        # So that nothing but the drivers' care stands between the VFs.
        for offence in OFFENCES:
            set_limit(self, offence, 0)

    def set(self, vf=BAD, **attrs):
        set_vf(self.dev, vf, **attrs)

    def hostile(self, **kwargs):
        return Hostile(self.bad, **kwargs)


def others(cfg):
    """What of the chip belongs to anybody but the malicious guest."""
    chip = cfg.chip
    pools = [p for p in range(8) if p != BAD]
    return {
        "RAR": {f for f in chip.filters() if f[1] != BAD},
        "VLVF": {v for v in chip.vlans() if v[1] != BAD},
        "VMOLR": [chip.read(vmolr(p)) for p in pools],
        "VMVIR": [chip.read(vmvir(p)) for p in pools],
        "open": [(chip.bit(VFRE, p), chip.bit(VFTE, p)) for p in pools],
        "port": [chip.read(r) for r in (RCTL, RLPML, MRQC, VT_CTL, DTXCTL, QDE, RPLOLR)],
        "spoof": chip.read(DTXSWC) & ~(0x101 << BAD),
        "settings": vf_configs(cfg.dev),
    }


def own_filters(cfg, pool=BAD):
    return {mac for mac, p in cfg.chip.filters() if p == pool}


def own_vlans(cfg, pool=BAD):
    return {vid for vid, p in cfg.chip.vlans() if p == pool}


def log_is_bounded(log, seconds):
    """One line of a kind per VF and interval, whatever a guest does."""
    kinds = {}
    for line in log.grep(r"carve_pf .*VF\d"):
        kind = re.sub(r"\(value.*", "", line)
        kinds.setdefault(kind, []).append(line)
    for kind, lines in kinds.items():
        ksft_ge(2 + int(seconds / LOG_INTERVAL), len(lines), f"lines like '{kind}'")
    ours = log.grep(r"carve_")
    ksft_ge(60, len(ours), "lines of ours in the kernel log")


def good_again(cfg):
    """The VF works for the next owner."""
    host = cfg.host(cfg.bad)
    wait_for(lambda: host.ping(cfg.honest[0], count=1, extra="-W 1"), "the VF to reach others", 30)
    ksft_true(host.ping(cfg.honest[0]), "the VF works with carve_vf afterwards")
    cfg.drop(host)


def diagnose(cfg, vf=BAD):
    return devlink(f"health diagnose {handle(cfg, vf)} reporter vf")


def is_quarantined(cfg):
    return diagnose(cfg)["state"] == "quarantined"


def release(cfg):
    if is_quarantined(cfg):
        cmd(f"devlink health recover {handle(cfg, BAD)} reporter vf")


def set_limit(cfg, offence, limit):
    cmd(f"devlink dev param set {handle(cfg)} name quarantine_{offence} value {limit} "
        "cmode runtime")


# Everything that a malicious guest does, as commands, before it has been admitted
# and after ("in"), which it must be for most requests to get anywhere.

BEHAVIOURS = {
    "messages": ["words 50", "in", "words 100", "extremes"],
    "mailbox_held": ["in", "hold 800"],
    "request_storm": ["in", "requests 700"],
    "ack_storm": ["acks 300", "in", "acks 500"],
    "reset_storm": ["in", "rst 500", "resets 40", "flr 5"],
    "garbage_rings": ["rings 6", "in", "rings 12"],
    "scribble": ["in", "scribble 3000"],
    "interrupt_storm": ["in", "interrupts 500"],
}

# Datagrams that must be under way meanwhile, to speak of nothing lost.
MIN_SENT = 40


def misbehave(bad, steps):
    for step in steps:
        if step == "in":
            bad.reset()
        else:
            bad.call(step)


@ksft_variants([KsftNamedVariant(name, steps) for name, steps in BEHAVIOURS.items()])
def others_notice_nothing(cfg, steps):
    """Two honest VFs lose no datagram while a third misbehaves, no more than
    when it is quiet; nobody's filters, pools or settings change; the host's
    log stays readable; and the VF is good for the next owner"""
    before = others(cfg)
    with Stream(*cfg.honest) as quiet:
        wait_for(lambda: quiet.sent >= MIN_SENT, "datagrams")
    ksft_gt(MIN_SENT // 2, quiet.lost, "lost when it is quiet")
    with cfg.hostile() as bad:
        start = time.monotonic()
        with KernelLog() as log, Stream(*cfg.honest) as stream:
            while stream.sent < MIN_SENT:
                misbehave(bad, steps)
        log_is_bounded(log, time.monotonic() - start)
        ksft_eq(others(cfg), before, "what belongs to others")
    ksft_ge(quiet.lost, stream.lost, f"lost of {stream.sent}")
    ksft_eq(stream.wrong, 0, "changed or doubled")
    good_again(cfg)


def others_are_served(cfg, during):
    """Another VF's requests and the administrator's settings."""
    a = cfg.honest[0]
    a.ip(f"link add link {a.dev} name v77 type vlan id 77")
    a.ip("link set dev v77 up")
    wait_for(lambda: 77 in own_vlans(cfg, 0), f"VLAN of another VF during {during}", 10)
    cfg.set(1, trust=1)
    a.ip("link del v77")
    cfg.set(1, trust=0)
    wait_for(lambda: 77 not in own_vlans(cfg, 0), "VLAN to go", 10)


def mailbox_of_others_is_served(cfg):
    """While a VF floods its mailbox and while it holds it, another VF's
    requests are answered and the administrator's settings take effect"""
    with cfg.hostile() as bad:
        for flood in ("requests", "hold"):
            bad.reset()
            bad.start(f"{flood} 60000")
            others_are_served(cfg, flood)
            bad.stop()
    good_again(cfg)


def mailbox_has_a_budget(cfg):
    """The PF answers a VF that floods it a bounded number of times a second"""
    with cfg.hostile() as bad:
        bad.reset()
        with RegTrace("igb_set_pfmailbox") as trace:
            start = time.monotonic()
            bad.call("requests 1500")
            took = time.monotonic() - start
    # Bit 0: a message was put into the VF's mailbox.
    sent = [line for line in trace.lines
            if (m := re.search(rf"igb_set_pfmailbox \D*{BAD}\D+(?:0x)?([0-9a-f]+)$", line))
            and int(m[1], 16) & 1]
    ksft_gt(len(sent), 0, "answers")
    ksft_ge(MBX_BURST + MBX_PER_SECOND * took, len(sent), f"answers in {took:.1f} s")


# Offences: a limit that is soon reached, and what reaches it. A busy machine is
# slow to be flooded, and sees few of the words that come without a pause; QEMU lets the guest switch a queue on between two accesses of
# the PF once or twice a second.
OFFENCES = {
    "malformed": (10, "words 1000000"),
    "stuck": (2, "hold 60000"),
    "queues": (1, "fight 60000"),
    "flood": (1, "requests 60000"),
    "resets": (20, "resets 20"),
}


@ksft_variants([KsftNamedVariant(name, name) for name in OFFENCES])
def quarantine(cfg, offence):
    """A VF that misbehaves too much is cut off: pool closed, mailbox mute, and
    its resets change nothing; its neighbours are not; the operator can
    release it"""
    limit, deed = OFFENCES[offence]
    defer(release, cfg)
    defer(set_limit, cfg, offence, 0)
    with cfg.hostile() as bad:
        bad.reset()
        bad.call("patience 300")            # nobody answers it later on
        set_limit(cfg, offence, limit)
        bad.start(deed)
        wait_for(lambda: is_quarantined(cfg), "quarantine", 40)
        bad.stop()
        ksft_true(not bad.call("reset")["ok"], "a reset does not let it out")
        bad.call("flr")
        ksft_true(is_quarantined(cfg))
        ksft_eq(diagnose(cfg)["quarantine"]["cause"], offence)
        ksft_eq(own_filters(cfg), set())
        ksft_true(not cfg.chip.bit(VFRE, BAD) and not cfg.chip.bit(VFTE, BAD), "pool is closed")
        for vf in range(2):
            ksft_eq(diagnose(cfg, vf)["state"], "ready")
        release(cfg)
        bad.call("patience")
        bad.reset()
    good_again(cfg)


def cage_is_not_waited_for(cfg):
    """Nobody looks whether the queues of a VF in quarantine stop, however often
    it resets itself and switches them on; the others are served"""
    defer(release, cfg)
    defer(set_limit, cfg, "queues", 0)
    with cfg.hostile() as bad:
        set_limit(cfg, "queues", 1)
        bad.start("fight 60000")
        wait_for(lambda: is_quarantined(cfg), "quarantine", 40)
        with RegTrace("e1000e_core_read") as trace:
            before = diagnose(cfg)["counters"]["resets"]
            others_are_served(cfg, "a fight in the cage")
            wait_for(lambda: diagnose(cfg)["counters"]["resets"] > before + 20, "resets", 20)
        bad.stop()
    ksft_gt(len(trace.reads(VFLRE)), 20, "looks for resets")
    for queue in (BAD, BAD + 8):
        for base, name in ((0xc000, "RXDCTL"), (0xe000, "TXDCTL")):
            # One may be of the health reporter's dump.
            ksft_ge(1, len(trace.reads(base + 0x40 * queue + RXQ["RXDCTL"])), f"{name}({queue})")


# What a guest may not have.

def unprivileged_mac(cfg):
    """A VF gets no address of another function, neither as its own nor as a
    further one, nor one that is not an address"""
    pf_mac = link(cfg.dev)["address"]
    declared = "02:ca:77:00:00:01"
    cfg.set(0, mac=declared)
    defer(cfg.set, 0, mac="00:00:00:00:00:00")
    wait_for(lambda: mac_of(cfg.honest[0]) == declared, "the new address", 10)
    taken = [pf_mac, declared, mac_of(cfg.honest[1]), BROADCAST, "33:33:00:00:00:01",
             "01:00:5e:00:00:01"]
    with cfg.hostile() as bad:
        bad.reset()
        before = cfg.chip.filters()
        for mac in taken:
            for info in (0, MAC_ADD):
                ksft_true(refused(bad.ask(set_mac(mac, info))), f"{mac}, INFO {info}")
        ksft_eq(cfg.chip.filters(), before)


def administrators_mac(cfg):
    """A VF whose address the administrator set can't change it nor have others,
    and may say it again"""
    declared, other = "02:ca:77:00:00:02", "02:ca:77:00:00:03"
    cfg.set(mac=declared)
    defer(cfg.set, mac="00:00:00:00:00:00")
    with cfg.hostile() as bad:
        bad.reset()
        ksft_eq(own_filters(cfg), {declared})
        ksft_true(refused(bad.ask(set_mac(other))), "another")
        ksft_true(refused(bad.ask(set_mac(other, MAC_ADD))), "a further one")
        ksft_true(granted(bad.ask(set_mac(declared))), "the same")
        bad.ask(set_mac(declared, MAC_CLEAR))
        ksft_eq(own_filters(cfg), {declared})
        ksft_eq(vf_configs(cfg.dev)[BAD]["mac"], declared)


def quotas(cfg):
    """A VF that takes all it can of addresses and VLANs gets its quota, and
    its neighbours still get what they need"""
    with cfg.hostile() as bad:
        bad.reset()
        macs = bad.ask(*(set_mac(f"02:0b:ad:00:00:{i:02x}", MAC_ADD) for i in range(30)))
        vlans = bad.ask(*(add_vlan(100 + i) for i in range(40)))
        ksft_ge(MAC_QUOTA, sum(granted(r) for r in macs), "addresses granted")
        ksft_ge(VLAN_QUOTA, sum(granted(r) for r in vlans), "VLANs granted")
        ksft_eq([r for r in macs + vlans if not granted(r) and not refused(r)], [])
        for i, host in enumerate(cfg.honest):
            host.ip(f"link add link {host.dev} name v66 type vlan id 66")
            defer(host.ip, "link del v66")
            host.ip("link set dev v66 up")
            host.ip(f"link add link {host.dev} name mv0 type macvlan mode bridge")
            defer(host.ip, "link del mv0")
            host.ip("link set dev mv0 up")
            mac = host.link("mv0")["address"]
            wait_for(lambda i=i: 66 in own_vlans(cfg, i), f"a VLAN for VF {i}", 10)
            wait_for(lambda i=i, mac=mac: mac in own_filters(cfg, i), f"an address for VF {i}", 10)


LPE = [0, 1, 63, 64, 1518, 1522, 9216, 9728, 9729, 0x3fff, 0x4000, 0x7fff, 0x8000, 0xffff,
       0x10000, 0x10000 | 1518, 0x12600, 0x7fffffff, 0x80000000, 0x80000000 | 1518,
       0xfffffffe, 0xffffffff]


def frame_sizes(cfg):
    """No frame size that a VF asks for sets another bit of its VMOLR than the
    size, nor a size that the chip can't do"""
    with cfg.hostile() as bad:
        bad.reset()
        normal = cfg.chip.read(vmolr(BAD))
        before = others(cfg)
        for size in LPE:
            reply = bad.ask(message(SET_LPE, size))
            now = cfg.chip.read(vmolr(BAD))
            ksft_eq(granted(reply), 64 <= size <= 9728, f"size {size:#x}")
            ksft_eq(now & ~VMOLR_RLPML, normal & ~VMOLR_RLPML, f"bits after {size:#x}")
            ksft_ge(9728, now & VMOLR_RLPML, f"size after {size:#x}")
        ksft_eq(others(cfg), before)


def _sees(bad, tx, dst, **kwargs):
    """Does the malicious guest get a frame of tx to dst? A broadcast that it
    may hear is sent behind and waited for."""
    mark, fence = b"mark of a frame" + bytes([len(dst)]), b"the frame behind it"
    fence_vlan = kwargs.pop("fence_vlan", None)
    bad.call("listen")
    with packet_socket(tx) as out:
        out.send(frame(dst, mac_of(tx), mark, **kwargs))
        for _ in range(20):
            out.send(frame(BROADCAST, mac_of(tx), fence, vlan=fence_vlan))
            time.sleep(0.05)
            heard = bad.heard()
            if any(mark in f for f in heard):
                return True
            if any(fence in f for f in heard):
                return False
    raise KsftFailEx("the VF does not even hear a broadcast")


def promiscuous_without_trust(cfg):
    """A VF that is not trusted gets no foreign unicast, whatever it asks for"""
    out = cfg.outside()
    with cfg.hostile() as bad:
        bad.reset()
        ksft_true(refused(bad.ask(message(SET_PROMISC, info=PROMISC_UC))), "unicast")
        ksft_true(refused(bad.ask(message(SET_PROMISC, info=PROMISC_UC | PROMISC_MC))), "both")
        ksft_eq(cfg.chip.read(vmolr(BAD)) & (VMOLR_ROPE | VMOLR_MPME), 0)
        bad.ask(message(SET_MULTICAST, *[0xffffffff] * 15, info=30 | MC_OVERFLOW))
        ksft_eq(cfg.chip.read(vmolr(BAD)) & VMOLR_ROPE, 0)
        bad.call("extremes")
        bad.reset()
        ksft_true(not _sees(bad, out, "02:f0:0e:00:00:09"), "foreign address, from outside")
        ksft_true(not _sees(bad, cfg.honest[0], mac_of(cfg.honest[1])), "a neighbour's")
        ksft_true(not _sees(bad, out, mac_of(cfg.honest[1])), "a neighbour's, from outside")


def promiscuous_ends_with_trust(cfg):
    """A trusted VF may hear foreign unicast until trust is taken back"""
    out = cfg.outside()
    cfg.set(trust=1)
    defer(cfg.set, trust=0)
    with cfg.hostile() as bad:
        bad.reset()
        ksft_true(granted(bad.ask(message(SET_PROMISC, info=PROMISC_UC))))
        ksft_true(_sees(bad, out, "02:f0:0e:00:00:0a"), "trusted")
        cfg.set(trust=0)
        ksft_eq(cfg.chip.read(vmolr(BAD)) & VMOLR_ROPE, 0)
        ksft_true(not _sees(bad, out, "02:f0:0e:00:00:0b"), "no longer trusted")


def port_vlan_membership(cfg):
    """A VF in a port VLAN is in that VLAN and in no other, whatever it asks
    for; its frames get that VLAN's tag"""
    cfg.set(vlan=(100, 2))
    defer(cfg.set, vlan=(0, 0))
    with cfg.hostile() as bad:
        bad.reset()
        for vid in (1, 99, 100, 101, 4094, 4095, 0x1065, 0xffff0065, 0xffffffff):
            reply = bad.ask(add_vlan(vid))
            ksft_true(refused(reply), f"VLAN {vid:#x}")
        for vid in (0, 100, 0xfff):
            bad.ask(message(SET_VLAN, vid))
        bad.call("extremes")
        bad.call("words 50")
        bad.reset()
        ksft_eq(own_vlans(cfg), {100})
        ksft_eq(cfg.chip.read(vmvir(BAD)), 1 << 30 | 2 << 13 | 100)
        ksft_eq(cfg.chip.read(vmolr(BAD)) & VMOLR_AUPE, 0)
        ksft_true(cfg.chip.read(DTXSWC) >> 8 + BAD & 1, "VLAN anti-spoof")


def _tags(cfg, bad, rx, queue, vlan, fence_vlan=None):
    """Outer VLANs with which a broadcast of the malicious guest reaches rx."""
    out, mark, stop = cfg.honest[0], b"out of my VLAN", b"the frame behind"
    found = set()
    with packet_socket(rx) as s, packet_socket(out) as fence:
        s.setsockopt(SOL_PACKET, PACKET_AUXDATA, 1)
        s.settimeout(1)
        ksft_eq(bad.send(frame(BROADCAST, "02:0b:ad:00:00:01", mark, vlan), queue), 1, "sent")
        for _ in range(10):
            fence.send(frame(BROADCAST, mac_of(out), stop, fence_vlan))
            try:
                while True:
                    data, aux, *_ = s.recvmsg(2048, 64)
                    if mark in data:
                        found.add(outer_vlan(data, aux))
                    if stop in data:
                        return found
            except TimeoutError:
                pass
    raise KsftFailEx(f"{rx.dev} hears nothing")


def port_vlan_sending(cfg):
    """What a VF in a port VLAN sends, with its own tag or without, on either
    queue, is heard on the wire with that VLAN's tag, inside by nobody but that
    VLAN's members"""
    out = cfg.outside()
    peer = cfg.honest[1]
    cfg.set(vlan=(100, 0))
    defer(cfg.set, vlan=(0, 0))
    with cfg.hostile() as bad:
        bad.reset()
        for queue in (0, 1):
            for vlan in (None, 0, 200):
                what = f"queue {queue}, tag {vlan}"
                ksft_eq(_tags(cfg, bad, peer, queue, vlan), set(), f"untagged VF, {what}")
                ksft_eq(_tags(cfg, bad, out, queue, vlan), {100}, f"wire, {what}")
        for vf in (0, 1):
            cfg.set(vf, vlan=(100, 0))
            defer(cfg.set, vf, vlan=(0, 0))
        ksft_eq(_tags(cfg, bad, peer, 0, None), {None}, "its own VLAN hears it, without the tag")


def port_vlan_hearing(cfg):
    """A VF in a port VLAN hears neither untagged frames nor other VLANs"""
    out = cfg.outside()
    cfg.set(vlan=(100, 0))
    defer(cfg.set, vlan=(0, 0))
    with cfg.hostile() as bad:
        bad.reset()
        bad.ask(message(SET_MULTICAST, info=MC_OVERFLOW))
        for vlan in (None, 0, 99, 200):
            ksft_true(not _sees(bad, out, BROADCAST, vlan=vlan, fence_vlan=100), f"VLAN {vlan}")
            ksft_true(not _sees(bad, out, "01:00:5e:00:00:07", vlan=vlan, fence_vlan=100),
                      f"multicast in VLAN {vlan}")
        ksft_true(_sees(bad, out, BROADCAST, vlan=100, fence_vlan=100), "its own VLAN")


def second_queue_has_a_limit(cfg):
    """A VF's second queue, which it can start on its own account, does not
    add to its rate (seen in what is written to the chip)"""
    defer(cfg.set, rate=(0, 0))
    with RegTrace() as trace:
        cfg.set(rate=(0, 100))
    rates = cfg.chip.rates(trace.lines)

    def mbps(queue):
        factor = rates.get(queue, 0)
        return LINK_MBPS * (1 << 14) / (factor & 0xfffffff) if factor >> 31 else 0

    ksft_true(99 < mbps(BAD) <= 100.1, f"first queue: {mbps(BAD)} Mb/s")
    ksft_true(0 < mbps(BAD + 8) <= 1.1, f"second queue: {mbps(BAD + 8)} Mb/s")


def replies_are_sound(cfg):
    """Each request gets one answer, of its own type, yes or no, and before
    RESET nothing is granted"""
    with cfg.hostile() as bad:
        first = bad.ask(message(SET_LPE, 1518))
        ksft_true(first is None or first[0] & (ACK | NACK | CTS) == NACK, "before RESET")
        reply = bad.reset()
        ksft_eq(reply[0], RESET | ACK)
        ksft_eq(reply[2] >> 16, 0)
        for kind in (0, 7, HANDSHAKE, QUERY_CONFIG, 0x22, 0x101, 0xffff):
            reply = bad.ask(message(kind))
            ksft_true(refused(reply), f"type {kind:#x}")
            ksft_eq(reply[0] & 0xffff, kind)
        for bits in (1 << 24, 1 << 28, CTS):
            ksft_true(refused(bad.ask([SET_LPE | bits, 1518])), f"reserved bits {bits:#x}")
        ksft_true(refused(bad.ask(message(SET_LPE, 1518, info=1))), "INFO of SET_LPE")
        ksft_true(granted(bad.ask(message(SET_LPE, 1518))), "a decent request")


# What a former owner may not leave.

def _left_over(cfg):
    """Registers of the VF's queues that are not as after a reset."""
    found = {}
    for queue in (BAD, BAD + 8):
        for base, regs in ((0xc000, RXQ), (0xe000, TXQ)):
            for name, offset in regs.items():
                val = cfg.chip.read(base + 0x40 * queue + offset)
                if name.endswith("DCTL"):
                    val &= DCTL_ENABLE
                if val:
                    found[f"{name}({queue})"] = hex(val)
    for name, offset in (("IVAR", IVAR), ("PSRTYPE", PSRTYPE)):
        val = cfg.chip.read(offset + 4 * BAD)
        if val:
            found[name] = hex(val)
    return found


def _squat(cfg, bad):
    """Get and leave as much as possible."""
    bad.reset()
    for mac in ("02:0b:ad:01:00:01", "02:0b:ad:01:00:02"):
        ksft_true(granted(bad.ask(set_mac(mac, MAC_ADD))))
    ksft_true(granted(bad.ask(set_mac("02:0b:ad:01:00:03"))))
    for vid in (301, 302):
        ksft_true(granted(bad.ask(add_vlan(vid))))
    bad.ask(message(SET_MULTICAST, 0x03030303, info=2),
            message(SET_PROMISC, info=PROMISC_UC | PROMISC_MC), message(SET_LPE, 9728))
    ksft_eq(own_filters(cfg), {f"02:0b:ad:01:00:0{i}" for i in (1, 2, 3)})
    ksft_true({301, 302} <= own_vlans(cfg))
    bad.call("squat")
    ksft_true({f"TDWBAL({BAD})", f"TDWBAL({BAD + 8})", f"SRRCTL({BAD})", "IVAR"}
              <= set(_left_over(cfg)), "marks are set")


@ksft_variants(["flr", "ctrl_rst", "reset_message", "end_of_the_guest"])
def tenant_boundary(cfg, how):
    """After each kind of reset no queue register, interrupt route, address,
    VLAN, multicast group or mode of the former owner is left, and the
    administrator's settings are"""
    cfg.set(trust=1, rate=(0, 300))
    defer(cfg.set, trust=0, rate=(0, 0))
    chip = cfg.chip
    with cfg.hostile() as bad:
        bad.reset()
        fresh = (own_filters(cfg), own_vlans(cfg), chip.read(vmolr(BAD)))
        mta = chip.read(MTA, 128)
        before = others(cfg)
        _squat(cfg, bad)
        if how == "flr":
            bad.call("flr")
        elif how == "ctrl_rst":
            bad.call("rst 1")
        elif how == "reset_message":
            bad.ask(message(RESET))
        else:
            bad.close()
        wait_for(lambda: not _left_over(cfg), "queue registers to be cleared", 5)
        if how == "reset_message":
            ksft_eq(own_filters(cfg), fresh[0])
        else:
            wait_for(lambda: not own_filters(cfg) and not own_vlans(cfg), "filters to go", 5)
            ksft_true(not chip.bit(VFRE, BAD) and not chip.bit(VFTE, BAD), "pool is open")
        ksft_eq(chip.read(MTA, 128), mta, "multicast table")
        ksft_eq(others(cfg), before)
    with cfg.hostile() as bad:
        bad.reset()
        ksft_eq((own_filters(cfg), own_vlans(cfg), chip.read(vmolr(BAD))), fresh,
                "what the next owner gets")


def main():
    with Env(numvfs=3) as cfg:
        ksft_run([others_notice_nothing, mailbox_of_others_is_served, mailbox_has_a_budget,
                  quarantine, cage_is_not_waited_for, unprivileged_mac,
                  administrators_mac, quotas, frame_sizes,
                  promiscuous_without_trust, promiscuous_ends_with_trust,
                  port_vlan_membership, port_vlan_sending, port_vlan_hearing,
                  second_queue_has_a_limit, replies_are_sound, tenant_boundary],
                 args=(cfg, ))
    ksft_exit()


if __name__ == "__main__":
    main()
