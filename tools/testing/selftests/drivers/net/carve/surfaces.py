#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
# carve: timeout=400
# carve-not-debug: bridge_mode_is_declared_state bridge_refusal_is_explained
"""The operator's other tools: bridge, ethtool -t, tracepoints."""

import re
from pathlib import Path

from lib.py import CarveEnv, KernelLog, carrier, cmd, defer, ip, ksft_eq, \
    ksft_exit, ksft_in, ksft_ne, ksft_not_in, ksft_run, ksft_true, wait_for
from lib.py.devlink import handle
from lib.py.regs import DTXSWC, Chip

LOOPBACK = 31
FDB_MAC = "02:00:00:00:0f:01"
TRACING = Path("/sys/kernel/tracing")


def no_vfs(cfg):
    cfg.pf.numvfs = 0


def hwmode(cfg, mode=None):
    """Read the mode of the chip's switch, or set it."""
    if mode:
        cmd(f"bridge link set dev {cfg.pf.netdev} hwmode {mode}")
    out = cmd(f"bridge link show dev {cfg.pf.netdev}").stdout
    return re.search(r"hwmode (\w+)", out)[1]


def bridge_mode_switches_inside_or_outside(cfg):
    """VEB: VFs reach each other inside the chip. VEPA: everything goes out to
    the wire, where nobody sends it back."""
    defer(no_vfs, cfg)
    a, b = (cfg.host(vf) for vf in cfg.create(2))
    out, chip = cfg.outside(), Chip(cfg.pf)
    ksft_eq(hwmode(cfg), "VEB")
    ksft_true(chip.bit(DTXSWC, LOOPBACK))
    ksft_true(a.ping(b), "VEB")
    defer(hwmode, cfg, "veb")
    ksft_eq(hwmode(cfg, "vepa"), "VEPA")
    ksft_true(not chip.bit(DTXSWC, LOOPBACK))
    ksft_true(not a.ping(b, count=1), "VEPA")
    ksft_true(a.ping(out), "the outside under VEPA")
    ksft_eq(hwmode(cfg, "veb"), "VEB")
    ksft_true(a.ping(b), "VEB again")


def bridge_mode_is_declared_state(cfg):
    """The mode can be set without VFs, and stays over a reset of the port."""
    chip = Chip(cfg.pf)
    hwmode(cfg, "vepa")
    defer(hwmode, cfg, "veb")
    cfg.pf.numvfs = 2
    defer(no_vfs, cfg)
    ksft_true(not chip.bit(DTXSWC, LOOPBACK), "VFs created")
    cfg.pf.flr()
    ksft_true(not chip.bit(DTXSWC, LOOPBACK), "reset")
    ksft_eq(hwmode(cfg), "VEPA")
    hwmode(cfg, "veb")
    ksft_true(chip.bit(DTXSWC, LOOPBACK), "VEB")


def bridge_refusal_is_explained(cfg):
    """Of the bridge's settings only the mode exists, and it says so."""
    res = cmd(f"bridge link set dev {cfg.pf.netdev} self learning on", fail=False)
    ksft_ne(res.ret, 0)
    ksft_in("Only the mode", res.stderr)


def fdb_entries_become_filters(cfg):
    """`bridge fdb add` gives the PF, and a VF, one more address."""
    fn = cfg.create(1)[0]
    defer(no_vfs, cfg)
    chip, vf = Chip(cfg.pf), fn.netdev
    ip(f"link set dev {vf} up")
    carrier(vf)
    for dev, pool, mac in ((cfg.pf.netdev, 7, FDB_MAC), (vf, 0, FDB_MAC[:-1] + "2")):
        cmd(f"bridge fdb add {mac} dev {dev}")
        wait_for(lambda m=mac, p=pool: (m, p) in chip.filters(), f"the filter of {dev}")
        ksft_in(mac, cmd(f"bridge fdb show dev {dev}").stdout)
        cmd(f"bridge fdb del {mac} dev {dev}")
        wait_for(lambda m=mac, p=pool: (m, p) not in chip.filters(), f"{dev} to let go")


def selftest(cfg, how):
    """{test: result} of ethtool -t, and whether it passed as a whole."""
    out = cmd(f"ethtool -t {cfg.pf.netdev} {how}", fail=False, timeout=60)
    rows = re.findall(r"^(\w[\w ]*?) *\(\S+\)\s+(\d+)", out.stdout, re.M)
    return {name: int(val) for name, val in rows}, "is PASS" in out.stdout


def selftest_offline_passes(cfg):
    """All offline tests pass, the frame from pool to pool among them, and the
    interface works as before."""
    carrier(cfg.pf.netdev)
    results, passed = selftest(cfg, "offline")
    ksft_eq(results, {"Link": 0, "Registers": 0, "EEPROM": 0, "Interrupt": 0,
                      "Pool loopback": 0})
    ksft_true(passed)
    carrier(cfg.pf.netdev)
    ksft_true(cfg.host(cfg.pf).ping(cfg.outside()))


def selftest_online_disturbs_nobody(cfg):
    """The online test looks at the link and resets nothing."""
    ip(f"link set dev {cfg.pf.netdev} up")
    carrier(cfg.pf.netdev)
    with KernelLog() as log:
        _, passed = selftest(cfg, "online")
    ksft_true(passed)
    ksft_eq(log.grep("resetting"), [])


def selftest_offline_spares_vfs(cfg):
    """The offline tests are refused while VFs exist, and say why."""
    cfg.create(1)
    defer(no_vfs, cfg)
    with KernelLog() as log:
        _, passed = selftest(cfg, "offline")
    ksft_true(not passed)
    ksft_eq(len(log.grep("destroy them first")), 1)
    ksft_eq(log.grep("resetting"), [])


def traced(func):
    """What the tracepoints of carve_pf say while func() runs."""
    enable = TRACING / "events/carve_pf/enable"
    (TRACING / "trace").write_text("")
    enable.write_text("1")
    try:
        func()
    finally:
        enable.write_text("0")
    return (TRACING / "trace").read_text()


def tracepoints_tell_a_vfs_life(cfg):
    """Requests, replies, states, quarantine and resets are traced."""
    if not (TRACING / "events").exists():
        cmd("mount -t tracefs tracefs /sys/kernel/tracing")
    defer(no_vfs, cfg)
    text = traced(lambda: cfg.create(1))
    for what in ("closed -> resetting", "resetting -> ready", "carve_pf_mbx_request",
                 "carve_pf_mbx_reply"):
        ksft_in(what, text)
    ksft_in("ACK", next(l for l in text.splitlines() if "carve_pf_mbx_reply" in l))

    def cage():
        cmd(f"devlink port function set {handle(cfg, 0)} state inactive")
        cmd(f"devlink port function set {handle(cfg, 0)} state active")

    text = traced(cage)
    ksft_in("ready -> quarantined", text)
    ksft_in("cause=inactive", text)
    ksft_in("quarantined -> resetting", text)

    text = traced(cfg.pf.flr)
    ksft_in("carve_pf_reset", text)
    ksft_in("reason='pci_function'", text)
    ksft_not_in("err=-", text)


def main():
    with CarveEnv() as cfg:
        ip(f"link set dev {cfg.pf.netdev} up")
        ksft_run([bridge_mode_switches_inside_or_outside, bridge_mode_is_declared_state,
                  bridge_refusal_is_explained, fdb_entries_become_filters, selftest_offline_passes,
                  selftest_online_disturbs_nobody, selftest_offline_spares_vfs,
                  tracepoints_tell_a_vfs_life], args=(cfg, ))
    ksft_exit()


if __name__ == "__main__":
    main()
