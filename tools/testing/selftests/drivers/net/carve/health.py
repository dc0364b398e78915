#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
# carve: timeout=500
# carve-not-debug: every_parameter_is_its_own larger_quota_is_asked_for
# carve-not-debug: vf_reporter_shows_last_refusal tx_reporter_leaves_it_to_the_operator
# carve-not-debug: flr_does_not_end_quarantine honest_driver_is_left_alone resources_show_tables_and_quotas
"""Health reporters, quarantine and its limits, quotas as resources."""

import errno
import json

from lib.py import CarveEnv, KernelLog, cmd, defer, ip, ip_batch, kernel_is_debug, \
    ksft_eq, ksft_exit, ksft_ge, ksft_gt, ksft_in, ksft_run, ksft_true, load, refused, unload, \
    wait_for
from lib.py.devlink import devlink, handle
from lib.py.netns import batch
from lib.py.regs import VFRE, Chip, vmolr


def reporter(cfg, vf=None):
    """What `devlink health show` says of the port's reporter, or a VF's."""
    h, name = handle(cfg, vf), "tx" if vf is None else "vf"
    return devlink(f"health show {h} reporter {name}")["health"][h][0]


def diagnose(cfg, vf):
    return devlink(f"health diagnose {handle(cfg, vf)} reporter vf")


def hangs(cfg):
    """Resets of the port for a hang so far."""
    return devlink(f"health diagnose {handle(cfg)} reporter tx")["resets"]["tx_timeout"]


def recover(cfg, vf):
    cmd(f"devlink health recover {handle(cfg, vf)} reporter vf")


def param(cfg, name, value=None):
    """Read a parameter, or set it until the test ends."""
    if value is not None:
        was = param(cfg, name)
        set_param(cfg, name, value)
        defer(set_param, cfg, name, was)
    p = devlink(f"dev param show {handle(cfg)} name {name}")["param"][handle(cfg)]
    return p[0]["values"][0]["value"]


def set_param(cfg, name, value):
    cmd(f"devlink dev param set {handle(cfg)} name {name} value {value} cmode runtime")


def resource(cfg, *path):
    """A resource by its path: (size, how much is in use)."""
    level = devlink(f"resource show {handle(cfg)}")["resources"][handle(cfg)]
    for name in path:
        res = next(r for r in level if r["name"] == name)
        level = res.get("resources", [])
    return res["size"], res.get("occ")


def no_vfs(cfg):
    cfg.pf.numvfs = 0


def vfs(cfg, n):
    """n VFs with their driver up, until the test ends."""
    defer(no_vfs, cfg)
    created = cfg.create(n)
    for vf in range(n):
        wait_for(lambda vf=vf: diagnose(cfg, vf)["state"] == "ready", f"VF{vf} to be ready")
    return created


def quarantined(cfg, vf, cause):
    """Make a VF an offender by setting the limit of resets low."""
    param(cfg, "quarantine_resets", 2)
    fn = cfg.pf.vf(vf)
    fn.flr()
    fn.flr()
    wait_for(lambda: diagnose(cfg, vf)["state"] == "quarantined", f"VF{vf} to be cut off")
    ksft_eq(diagnose(cfg, vf)["quarantine"]["cause"], cause)
    set_param(cfg, "quarantine_resets", 2500)


def vf_reporter_shows_state_and_counters(cfg):
    """Each VF has a reporter: state, generation, agreed version, counters."""
    vfs(cfg, 2)
    for vf in (0, 1):
        ksft_eq(reporter(cfg, vf)["state"], "healthy")
        d = diagnose(cfg, vf)
        ksft_eq(d["mailbox_version"], "1.1")
        ksft_gt(d["generation"], 0)
        ksft_eq(d["quarantine"]["cause"], "none")
        ksft_ge(d["counters"]["resets"], 1)
    before = diagnose(cfg, 1)["generation"]
    cfg.pf.vf(0).flr()
    wait_for(lambda: diagnose(cfg, 0)["state"] == "ready", "VF0 to come back")
    ksft_eq(diagnose(cfg, 1)["generation"], before, "the neighbour's")


def vf_reporter_shows_last_refusal(cfg):
    """A refused request is counted, and remembered with its reason and time."""
    fn = vfs(cfg, 1)[0]
    ip(f"link set dev {cfg.pf.netdev} vf 0 mac 02:00:00:00:0e:01")
    defer(ip, f"link set dev {cfg.pf.netdev} vf 0 mac 00:00:00:00:00:00")
    dev = fn.netdev
    wait_for(lambda: ip(f"link show dev {dev}", json=True)[0]["address"] == "02:00:00:00:0e:01",
             "the VF to get its address")
    before = diagnose(cfg, 0)["counters"]["admin_mac"]
    ip(f"link set dev {dev} up")
    cmd(f"ip link set dev {dev} address 02:00:00:00:0e:02", fail=False)
    wait_for(lambda: diagnose(cfg, 0)["counters"]["admin_mac"] > before, "a refusal")
    last = diagnose(cfg, 0)["last_refusal"]
    ksft_eq(last["reason"], "admin_mac")
    ksft_in("UTC", last["time"])


def vf_dump_shows_registers_and_filters(cfg):
    """The dump of a VF has its registers and queues, addresses and VLANs, and no
    other VF's."""
    devs = [fn.netdev for fn in vfs(cfg, 2)]
    for dev, vid in zip(devs, (76, 77)):
        ip(f"link set dev {dev} up")
        ip(f"link add link {dev} name dump{vid} type vlan id {vid}")
        defer(cmd, f"ip link del dump{vid}", fail=False)
    for vf in (0, 1):
        wait_for(lambda vf=vf: resource(cfg, "vlan-quota", f"vf{vf}")[1] == 1, "the VLAN")
    d = devlink(f"health dump show {handle(cfg, 1)} reporter vf")
    mac = ip(f"link show dev {devs[1]}", json=True)[0]["address"]
    ksft_eq(d["filters"]["addresses"], [mac])
    ksft_eq(sorted(set(d["filters"]["vlans"]) - {0}), [77])
    ksft_eq([q["queue"] for q in d["registers"]["queues"]], [1, 9])
    ksft_eq(int(d["registers"]["VMOLR"], 16), Chip(cfg.pf).read(vmolr(1)))
    for name in ("RXDCTL", "TDWBAL"):
        ksft_in(name, d["registers"]["queues"][0])
    cmd(f"devlink health dump clear {handle(cfg, 1)} reporter vf")


def tx_reporter_recovers_by_reset(cfg):
    """A hang is reported, and repaired by a reset after which VFs go on."""
    vfs(cfg, 1)
    before, count = reporter(cfg), hangs(cfg)
    cmd(f"devlink health test {handle(cfg)} reporter tx")
    wait_for(lambda: reporter(cfg)["recover"] == before["recover"] + 1, "the recovery")
    ksft_eq(reporter(cfg)["error"], before["error"] + 1)
    ksft_eq(reporter(cfg)["state"], "healthy")
    ksft_eq(hangs(cfg), count + 1)
    ksft_in("TXDCTL", json.dumps(devlink(f"health dump show {handle(cfg)} reporter tx")))
    wait_for(lambda: diagnose(cfg, 0)["state"] == "ready", "the VF to come back")


def tx_reporter_leaves_it_to_the_operator(cfg):
    """With auto_recover off a hang is only reported; recover resets."""
    set_ = f"devlink health set {handle(cfg)} reporter tx auto_recover"
    cmd(f"{set_} false")
    defer(cmd, f"{set_} true")
    before, count = reporter(cfg), hangs(cfg)
    cmd(f"devlink health test {handle(cfg)} reporter tx")
    wait_for(lambda: reporter(cfg)["state"] == "error", "the report")
    ksft_eq(reporter(cfg)["recover"], before["recover"])
    ksft_eq(hangs(cfg), count, "resets")
    cmd(f"devlink health recover {handle(cfg)} reporter tx")
    ksft_eq(reporter(cfg)["state"], "healthy")
    ksft_eq(hangs(cfg), count + 1, "resets")


def offender_is_quarantined_and_recovered(cfg):
    """A VF over its limit is cut off with one line in the log; its neighbour
    isn't; recover lets it out and its driver comes back alone."""
    a, b = (cfg.host(vf) for vf in vfs(cfg, 2))
    out = cfg.outside()
    chip = Chip(cfg.pf)
    times = diagnose(cfg, 0)["quarantine"]["times"]
    with KernelLog() as log:
        quarantined(cfg, 0, "resets")
    ksft_eq(len(log.grep("VF0: quarantined \\(resets\\)")), 1)
    wait_for(lambda: reporter(cfg, 0)["state"] == "error", "the report")
    ksft_true(not chip.bit(VFRE, 0), "pool closed")
    ksft_true(b.ping(out), "its neighbour is not cut off")
    ksft_eq(reporter(cfg, 1)["state"], "healthy")
    recover(cfg, 0)
    ksft_eq(reporter(cfg, 0)["state"], "healthy")
    wait_for(lambda: diagnose(cfg, 0)["state"] == "ready", "its driver to come back", 30)
    wait_for(lambda: a.ping(b, count=1), "the VF to be reached again", 30)
    ksft_eq(diagnose(cfg, 0)["quarantine"]["times"], times + 1)


def flr_does_not_end_quarantine(cfg):
    """Neither a reset of the VF nor one of the PF lets an offender out, not even
    to be caught again."""
    vfs(cfg, 1)
    quarantined(cfg, 0, "resets")
    before = diagnose(cfg, 0)
    cfg.pf.vf(0).flr()
    wait_for(lambda: diagnose(cfg, 0)["counters"]["resets"] > before["counters"]["resets"],
             "the PF to see the reset")
    ksft_eq(diagnose(cfg, 0)["quarantine"], before["quarantine"], "after the VF's reset")
    cfg.pf.flr()
    ksft_eq(diagnose(cfg, 0)["quarantine"], before["quarantine"], "after the PF's reset")
    ksft_eq(diagnose(cfg, 0)["state"], "quarantined")
    cmd(f"devlink port function set {handle(cfg, 0)} state active")
    wait_for(lambda: diagnose(cfg, 0)["state"] == "ready", "its driver to come back", 30)
    wait_for(lambda: reporter(cfg, 0)["state"] == "healthy", "the reporter to agree")


def quarantine_ends_after_its_time(cfg):
    """An offender is let out when the time is over, an inactive VF isn't."""
    vfs(cfg, 2)
    cmd(f"devlink port function set {handle(cfg, 1)} state inactive")
    defer(cmd, f"devlink port function set {handle(cfg, 1)} state active", fail=False)
    quarantined(cfg, 0, "resets")
    ksft_eq(diagnose(cfg, 1)["quarantine"]["cause"], "inactive")
    ksft_eq(reporter(cfg, 1)["state"], "healthy", "inactive is no error")
    param(cfg, "quarantine_time", 2)
    wait_for(lambda: diagnose(cfg, 0)["state"] == "ready", "the VF to be let out", 30)
    wait_for(lambda: reporter(cfg, 0)["state"] == "healthy", "the reporter to agree")
    ksft_eq(diagnose(cfg, 1)["state"], "quarantined")
    ksft_in("out of range", refused(errno.ERANGE, set_param, cfg, "quarantine_time", 86401))


def driver_goes_in_the_middle(cfg):
    """carve_pf can be unloaded while a VF is in quarantine and is to be let out,
    another one is inactive, and a hang is being reported. Nothing of that is
    left when it comes back."""
    vfs(cfg, 3)
    cmd(f"devlink port function set {handle(cfg, 1)} state inactive")
    quarantined(cfg, 0, "resets")
    param(cfg, "quarantine_time", 1)
    cmd(f"devlink health test {handle(cfg)} reporter tx")
    unload("carve_pf")
    load("carve_pf")
    ip(f"link set dev {cfg.pf.netdev} up")
    ksft_eq(param(cfg, "quarantine_time"), 60)
    vfs(cfg, 3)
    for vf in range(3):
        d = diagnose(cfg, vf)
        ksft_eq((d["quarantine"]["cause"], d["quarantine"]["times"]), ("none", 0))


def honest_driver_is_left_alone(cfg):
    """Binding, resetting and configuring a VF in a loop is no offence."""
    fn = vfs(cfg, 1)[0]
    before = diagnose(cfg, 0)["quarantine"]["times"]
    for _ in range(2 if kernel_is_debug() else 5):
        fn.unbind()
        fn.bind("carve_vf")
        dev = fn.netdev
        ip(f"link set dev {dev} up")
        ip_batch(*[f"link add link {dev} name h{vid} type vlan id {vid}" for vid in range(10, 20)],
                 *[f"link del h{vid}" for vid in range(10, 20)])
        fn.flr()
    wait_for(lambda: diagnose(cfg, 0)["state"] == "ready", "VF0 to come back", 30)
    ksft_eq(diagnose(cfg, 0)["quarantine"]["times"], before)


def resources_show_tables_and_quotas(cfg):
    """Filter tables and each VF's quota: their size and how full they are."""
    size, used = resource(cfg, "mac-filters")
    ksft_eq(size, 24)
    fn = vfs(cfg, 2)[0]
    ip(f"link set dev {fn.netdev} up")
    ksft_ge(resource(cfg, "mac-filters")[1], used + 2)
    ksft_eq(resource(cfg, "vlan-filters")[0], 32)
    ksft_eq(resource(cfg, "vlan-quota", "vf0"), (15, 0))
    ip(f"link add link {fn.netdev} name res5 type vlan id 5")
    defer(cmd, "ip link del res5", fail=False)
    wait_for(lambda: resource(cfg, "vlan-quota", "vf0")[1] == 1, "the VLAN to be counted")
    ksft_eq(resource(cfg, "vlan-quota", "vf1")[1], 0)


def quota_is_set_at_run_time(cfg):
    """A smaller quota holds for the next request; a larger one, too."""
    fn = vfs(cfg, 1)[0]
    dev = fn.netdev
    ip(f"link set dev {dev} up")
    ksft_eq(param(cfg, "vf0_vlan_quota", 1), 1)
    ksft_eq(resource(cfg, "vlan-quota", "vf0")[0], 1)
    for vid in (5, 6):
        cmd(f"ip link add link {dev} name q{vid} type vlan id {vid}", fail=False)
        defer(cmd, f"ip link del q{vid}", fail=False)
    wait_for(lambda: diagnose(cfg, 0)["counters"]["vlan_quota"] > 0, "the refusal")
    ksft_eq(resource(cfg, "vlan-quota", "vf0"), (1, 1))
    ksft_in("out of range", refused(errno.ERANGE, set_param, cfg, "vf0_mac_quota", 17))


def larger_quota_is_asked_for(cfg):
    """A VLAN for which there was no room when the VF started over is there as
    soon as the quota allows it"""
    fn = vfs(cfg, 1)[0]
    dev = fn.netdev
    ip(f"link set dev {dev} up")
    for vid in (5, 6):
        ip(f"link add link {dev} name q{vid} type vlan id {vid}")
        defer(ip, f"link del q{vid}")
    ksft_eq(resource(cfg, "vlan-quota", "vf0"), (15, 2))
    param(cfg, "vf0_vlan_quota", 1)
    fn.flr()
    wait_for(lambda: resource(cfg, "vlan-quota", "vf0") == (1, 1), "one VLAN")
    set_param(cfg, "vf0_vlan_quota", 15)
    wait_for(lambda: resource(cfg, "vlan-quota", "vf0") == (15, 2), "the other one")


DEFAULTS = {"quarantine_time": 60, "quarantine_flood": 2000, "quarantine_malformed": 100,
            "quarantine_resets": 2500, "quarantine_stuck": 20, "quarantine_queues": 50,
            "quarantine_malicious": 5, "quarantine_spoof": 900,
            **{f"vf{vf}_mac_quota": 7 for vf in range(7)},
            **{f"vf{vf}_vlan_quota": 15 for vf in range(7)}}


def params(cfg):
    """All parameters of the instance."""
    shown = devlink("dev param show")["param"][handle(cfg)]
    return {p["name"]: p["values"][0]["value"] for p in shown}


def set_params(cfg, values):
    batch("devlink", *[f"dev param set {handle(cfg)} name {name} value {value} cmode runtime"
                       for name, value in values.items()])


def every_parameter_is_its_own(cfg):
    """Limits, time and quotas begin as documented; each is read back as it was
    set, and changes no other; a quota is the size of its VF's resource."""
    ksft_eq(params(cfg), DEFAULTS)
    other = {name: value + n % 7 + 1 for n, (name, value) in enumerate(DEFAULTS.items())}
    defer(set_params, cfg, DEFAULTS)
    set_params(cfg, other)
    ksft_eq(params(cfg), other)
    for kind in ("mac", "vlan"):
        level = devlink(f"resource show {handle(cfg)}")["resources"][handle(cfg)]
        quotas = next(r for r in level if r["name"] == f"{kind}-quota")["resources"]
        ksft_eq([r["size"] for r in quotas], [other[f"vf{vf}_{kind}_quota"] for vf in range(7)])


def main():
    with CarveEnv() as cfg:
        ip(f"link set dev {cfg.pf.netdev} up")
        ksft_run([vf_reporter_shows_state_and_counters, vf_reporter_shows_last_refusal,
                  vf_dump_shows_registers_and_filters, tx_reporter_recovers_by_reset,
                  tx_reporter_leaves_it_to_the_operator,
                  offender_is_quarantined_and_recovered, flr_does_not_end_quarantine,
                  quarantine_ends_after_its_time, driver_goes_in_the_middle,
                  honest_driver_is_left_alone,
                  resources_show_tables_and_quotas, quota_is_set_at_run_time,
                  larger_quota_is_asked_for, every_parameter_is_its_own],
                 args=(cfg, ))
    ksft_exit()


if __name__ == "__main__":
    main()
