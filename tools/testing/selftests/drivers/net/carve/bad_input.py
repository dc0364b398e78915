#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
# carve: timeout=300
# carve-not-debug: wrong_value.*
"""
Wrong values for every knob of PF and VF: each is refused with an error, costs
no traffic, and leaves everything as it was. Knobs of sriov_numvfs and of VFs'
settings have theirs in sriov.py and vf_ndo.py.

All tests are end to end on the QEMU model.
"""

from lib.py import CarveEnv, KsftNamedVariant, cmd, defer, ethtool, kernel_is_debug, \
    ksft_eq, ksft_exit, ksft_ge, ksft_ne, ksft_run, ksft_true, ksft_variants
from lib.py.rtnl import vf_configs
from lib.py.traffic import Flood


class Env(CarveEnv):
    """PF, two VFs and the foreign NIC, each in a namespace."""

    def start(self):
        super().start()
        self.pf_dev = self.pf.netdev
        self.nodes = {"pf": self.host(self.pf), "vf": self.host(self.pf.vf(0))}
        self.other = self.host(self.pf.vf(1))
        self.out = self.outside()
        self.last = {}

    def state(self, who):
        """All that a refused request must leave alone."""
        host = self.nodes[who]
        info = host.link()
        found = {k: info[k] for k in ("mtu", "address", "flags", "operstate", "txqlen")}
        # One process in the namespace, not six: they are slow to start there.
        found["ethtool"] = cmd(f"sh -c 'for o in g l c a k x; do ethtool -$o {host.dev}; done'",
                               shell=True, ns=host.ns, fail=False).stdout
        found["vfs"] = vf_configs(self.pf_dev, self.nodes["pf"].ns)
        return found


def _ip(args):
    return "ip", args


def _ethtool(args):
    return "ethtool", args


# For both: what to do with DEV, and the error where tools depend on it.
BOTH = [
    ("mtu_too_small", _ip("link set dev DEV mtu 67")),
    ("mtu_too_big", _ip("link set dev DEV mtu 9217")),
    ("mtu_absurd", _ip("link set dev DEV mtu 65536")),
    ("address_multicast", _ip("link set dev DEV address 01:00:5e:00:00:01")),
    ("address_zero", _ip("link set dev DEV address 00:00:00:00:00:00")),
    ("rx_ring_too_big", _ethtool("-G DEV rx 4097")),
    ("tx_ring_too_big", _ethtool("-G DEV tx 1000000")),
    ("rx_ring_zero", _ethtool("-G DEV rx 0")),
    ("rx_mini_ring", _ethtool("-G DEV rx-mini 64")),
    ("rx_jumbo_ring", _ethtool("-G DEV rx-jumbo 64")),
    ("channels_zero", _ethtool("-L DEV combined 0")),
    ("channels_too_many", _ethtool("-L DEV combined 64")),
    ("channels_rx_only", _ethtool("-L DEV rx 1")),
    ("channels_other", _ethtool("-L DEV other 3")),
    ("coalesce_too_long", _ethtool("-C DEV adaptive-rx off rx-usecs 4000000")),
    ("coalesce_tx_too_long", _ethtool("-C DEV adaptive-tx off tx-usecs 4000000")),
    ("coalesce_unknown_parameter", _ethtool("-C DEV rx-frames 7")),
    ("speed_unknown", _ethtool("-s DEV speed 2500 duplex full autoneg off")),
    ("speed_advertised_unknown", _ethtool("-s DEV advertise 0x100000000")),
    ("reset_of_what_is_not_there", _ethtool("--reset DEV phy-shared")),
]

PF_ONLY = [
    ("rss_key_too_short", _ethtool("-X DEV hkey 01:02:03")),
    ("rss_key_too_long", _ethtool(f"-X DEV hkey {':'.join(['5a'] * 41)}")),
    ("rss_queue_out_of_range", _ethtool("-X DEV weight 0 0 0 0 0 0 0 0 0 0 0 1")),
    ("rss_function_unknown", _ethtool("-X DEV hfunc xor")),
    ("rss_context", _ethtool("-X DEV context new equal 1")),
    ("rss_fields_vlan", _ethtool("-N DEV rx-flow-hash udp4 v")),
    ("ntuple", _ethtool("-N DEV flow-type tcp4 dst-port 80 action 0")),
    ("eeprom_write", _ethtool("-E DEV magic 0x12345678 offset 0 value 0xff")),
]

VF_ONLY = [
    ("pause", _ethtool("-A DEV rx on tx on")),
    ("speed", _ethtool("-s DEV speed 100 duplex full autoneg off")),
]


def _variants():
    for who, table in (("pf", BOTH + PF_ONLY), ("vf", BOTH + VF_ONLY)):
        for name, what in table:
            yield KsftNamedVariant(f"{who}_{name}", who, what)


@ksft_variants(_variants())
def wrong_value(cfg, who, what):
    """A wrong value is refused and changes nothing"""
    host = cfg.nodes[who]
    tool, args = what
    # Each test leaves what the one before left: one snapshot serves both.
    before = cfg.last.pop(who, None) or cfg.state(who)
    res = cmd(f"{tool} {args.replace('DEV', host.dev)}", ns=host.ns, fail=False)
    ksft_ne(res.ret, 0, f"accepted: {tool} {args}")
    after = cfg.state(who)
    ksft_eq(after, before)
    cfg.last[who] = after


def traffic_meanwhile(cfg):
    """None of the wrong values, nor all of them one after the other, costs a
    packet or leaves an interface deaf"""
    commands = [(h, t, a) for who, h in cfg.nodes.items()
                for _, (t, a) in BOTH + (PF_ONLY if who == "pf" else VF_ONLY)]
    if kernel_is_debug():
        commands = commands[::3]
    with Flood(cfg.nodes["pf"], cfg.out) as pf, Flood(cfg.nodes["vf"], cfg.other) as vf:
        for host, tool, args in commands:
            cmd(f"{tool} {args.replace('DEV', host.dev)}", ns=host.ns, fail=False)
    ksft_ge(1, pf.lost, f"PF lost {pf.lost} of {pf.sent}")
    ksft_ge(1, vf.lost, f"VF lost {vf.lost} of {vf.sent}")


def feature_toggles_in_any_order(cfg):
    """Every changeable feature can be switched off and on again, alone and
    all together, and traffic passes each time"""
    for name, host in cfg.nodes.items():
        to = cfg.out if name == "pf" else cfg.other
        info = ethtool(f"-k {host.dev}", json=True, ns=host.ns)[0]
        names = [f for f, v in info.items() if isinstance(v, dict) and not v["fixed"]
                 and v["active"]]
        for f in names:
            defer(cmd, f"ethtool -K {host.dev} {f} on", ns=host.ns, fail=False)
        for f in names:
            cmd(f"ethtool -K {host.dev} {f} off", ns=host.ns, fail=False)
        ksft_true(host.ping(to, size=1400), f"{name}: all off")
        for f in reversed(names):
            cmd(f"ethtool -K {host.dev} {f} on", ns=host.ns, fail=False)
        after = ethtool(f"-k {host.dev}", json=True, ns=host.ns)[0]
        ksft_eq([f for f in names if not after[f]["active"]], [], f"{name}: on again")
        ksft_true(host.ping(to, size=1400), f"{name}: all on")


def main():
    with Env(numvfs=2) as cfg:
        ksft_run([wrong_value, traffic_meanwhile, feature_toggles_in_any_order], args=(cfg, ))
    ksft_exit()


if __name__ == "__main__":
    main()
