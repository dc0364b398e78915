#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
# carve: timeout=400
# carve-not-debug: info_names_chip_and_versions hw_addr_refusals_are_explained
# carve-not-debug: rate_refusals_are_explained
# carve-not-debug: physical_port_belongs_to_netdev hw_addr_is_the_administrators rate_is_in_step_with_ip
"""What devlink shows of a port and its VFs, and sets."""

import errno

from lib.py import CarveEnv, carrier, cmd, defer, ip, ksft_eq, ksft_exit, \
    ksft_in, ksft_run, ksft_true, link, refused, vfinfo, wait_for
from lib.py.devlink import devlink, handle
from lib.py.regs import VFRE, VFTE, Chip

PCI_COMMAND, PCI_COMMAND_MASTER = 4, 1 << 2
MAC = "02:00:00:00:0d:01"


def port(cfg, vf):
    return devlink(f"port show {handle(cfg, vf)}")["port"][handle(cfg, vf)]


def function(cfg, vf):
    return port(cfg, vf)["function"]


def set_function(cfg, vf, what):
    cmd(f"devlink port function set {handle(cfg, vf)} {what}")


def rate(cfg, vf):
    """A VF's limit in Mb/s, as devlink has it in bytes."""
    r = devlink(f"port function rate show {handle(cfg, vf)}")["rate"]
    return r[handle(cfg, vf)].get("tx_max", 0) * 8 // 1000000


def bus_master(vf):
    return bool(vf.config(PCI_COMMAND, 2) & PCI_COMMAND_MASTER)


def two_hosts(cfg):
    """Two VFs in namespaces, which reach each other."""
    a, b = (cfg.host(vf) for vf in cfg.create(2))
    ksft_true(a.ping(b), "before")
    return a, b


def activate(cfg, vf):
    if cfg.pf.numvfs > vf:
        set_function(cfg, vf, "state active")


def no_vfs(cfg):
    cfg.pf.numvfs = 0


def info_names_chip_and_versions(cfg):
    """Driver, chip, board and EEPROM version are shown. The model has no serial
    number."""
    info = devlink(f"dev info {handle(cfg)}")["info"][handle(cfg)]
    ksft_eq(info["driver"], "carve_pf")
    ksft_eq(info["versions"]["fixed"]["asic.id"], "82576")
    ksft_eq(info["versions"]["fixed"]["board.id"], "10c9")
    ksft_in("asic.rev", info["versions"]["fixed"])
    fw = cmd(f"ethtool -i {cfg.pf.netdev}").stdout
    ksft_in("firmware-version: " + info["versions"]["running"]["fw"], fw)


def physical_port_belongs_to_netdev(cfg):
    """The PF's interface is the netdev of the physical port, and does not get
    another name for it."""
    p = port(cfg, -1)
    # Before 6.18 a port with a flavour has a say in the netdev's name.
    ksft_in(p.get("flavour"), ("physical", None))
    ksft_eq(p["netdev"], cfg.pf.netdev)
    link = ip(f"-d link show dev {cfg.pf.netdev}", json=True)[0]
    ksft_eq(link.get("phys_port_name", ""), "")


def ports_come_and_go_with_vfs(cfg):
    """Each VF has a port of flavour pcivf as long as it exists."""
    defer(no_vfs, cfg)
    for n in (3, 0, 7, 0):
        cfg.pf.numvfs = n
        ports = devlink("port show")["port"]
        mine = {h: p for h, p in ports.items() if h.startswith(handle(cfg) + "/")}
        ksft_eq(len(mine), n + 1)
        ksft_eq(sorted(p["vfnum"] for p in mine.values() if p.get("flavour") == "pcivf"),
                list(range(n)))


def hw_addr_is_the_administrators(cfg):
    """The function's address is the one of `ip link set vf mac`, both ways."""
    cfg.pf.numvfs = 2
    defer(no_vfs, cfg)
    ksft_eq(function(cfg, 0)["hw_addr"], "00:00:00:00:00:00")
    set_function(cfg, 0, f"hw_addr {MAC}")
    defer(ip, f"link set dev {cfg.pf.netdev} vf 0 mac 00:00:00:00:00:00")
    ksft_eq(function(cfg, 0)["hw_addr"], MAC)
    ksft_eq(vfinfo(cfg.pf.netdev)[0]["address"], MAC)
    ip(f"link set dev {cfg.pf.netdev} vf 0 mac 02:00:00:00:0d:02")
    ksft_eq(function(cfg, 0)["hw_addr"], "02:00:00:00:0d:02")


def hw_addr_reaches_a_live_vf(cfg):
    """A VF in use has the new address at once."""
    dev = cfg.create(1)[0].netdev
    defer(no_vfs, cfg)
    ip(f"link set dev {dev} up")
    carrier(dev)
    set_function(cfg, 0, f"hw_addr {MAC}")
    defer(ip, f"link set dev {cfg.pf.netdev} vf 0 mac 00:00:00:00:00:00")
    wait_for(lambda: link(dev)["address"] == MAC, "the VF's interface to have it")
    ksft_in((MAC, 0), Chip(cfg.pf).filters())


def hw_addr_refusals_are_explained(cfg):
    """An address in use, or of many stations, is refused with a reason."""
    cfg.pf.numvfs = 2
    defer(no_vfs, cfg)
    own = ip(f"link show dev {cfg.pf.netdev}", json=True)[0]["address"]
    ksft_in("belongs to the PF", refused(errno.EADDRINUSE, set_function, cfg, 0, f"hw_addr {own}"))
    ksft_in("unicast", refused(errno.EINVAL, set_function, cfg, 0, "hw_addr 01:00:5e:00:00:01"))
    ksft_eq(function(cfg, 0)["hw_addr"], "00:00:00:00:00:00")


def inactive_cuts_a_vf_off(cfg):
    """An inactive VF has pool, mailbox and bus mastering off; its neighbours
    notice nothing. Active lets it in again, its driver recovers alone."""
    a, b = two_hosts(cfg)
    out = cfg.outside()
    chip, vf0 = Chip(cfg.pf), cfg.pf.vf(0)
    defer(activate, cfg, 0)
    ksft_eq(function(cfg, 0)["state"], "active")
    ksft_eq(function(cfg, 0)["opstate"], "attached")
    set_function(cfg, 0, "state inactive")
    ksft_eq(function(cfg, 0)["state"], "inactive")
    ksft_eq(function(cfg, 0)["opstate"], "detached")
    ksft_true(not chip.bit(VFRE, 0) and not chip.bit(VFTE, 0), "pool closed")
    ksft_true(not bus_master(vf0), "bus mastering off")
    ksft_true(not a.ping(b, count=1), "cut off")
    ksft_true(b.ping(out), "its neighbour is not")
    set_function(cfg, 0, "state active")
    wait_for(lambda: function(cfg, 0)["opstate"] == "attached", "the driver to come back", 30)
    ksft_true(bus_master(vf0), "bus mastering on")
    wait_for(lambda: a.ping(b, count=1), "the VF to be reached again", 30)


def inactive_is_declared_state(cfg):
    """Inactive stays, over a reset of the VF, of the PF and over VFs being
    destroyed and created."""
    cfg.create(2)
    defer(no_vfs, cfg)
    chip = Chip(cfg.pf)
    set_function(cfg, 1, "state inactive")
    defer(activate, cfg, 1)
    cfg.pf.vf(1).flr()
    ksft_eq(function(cfg, 1)["state"], "inactive")
    cfg.pf.flr()
    ksft_eq(function(cfg, 1)["state"], "inactive")
    no_vfs(cfg)
    cfg.create(2)
    ksft_eq(function(cfg, 1)["state"], "inactive")
    ksft_eq(function(cfg, 0)["state"], "active")
    wait_for(lambda: chip.bit(VFRE, 0), "the other VF to come up")
    ksft_true(not chip.bit(VFRE, 1), "still closed")
    set_function(cfg, 1, "state active")
    wait_for(lambda: chip.bit(VFRE, 1), "the VF to come up", 30)


def rate_is_in_step_with_ip(cfg):
    """tx_max of a VF's leaf is its max_tx_rate, both ways."""
    cfg.pf.numvfs = 2
    defer(no_vfs, cfg)
    defer(ip, f"link set dev {cfg.pf.netdev} vf 0 max_tx_rate 0")
    ksft_eq(rate(cfg, 0), 0)
    cmd(f"devlink port function rate set {handle(cfg, 0)} tx_max 100mbit")
    ksft_eq(rate(cfg, 0), 100)
    ksft_eq(vfinfo(cfg.pf.netdev)[0]["rate"]["max_tx"], 100)
    ip(f"link set dev {cfg.pf.netdev} vf 0 max_tx_rate 250")
    ksft_eq(rate(cfg, 0), 250)
    ksft_eq(rate(cfg, 1), 0)
    no_vfs(cfg)
    cfg.pf.numvfs = 2
    ksft_eq(rate(cfg, 0), 250)


def rate_refusals_are_explained(cfg):
    """What the chip can't limit is refused with a reason."""
    cfg.pf.numvfs = 1
    defer(no_vfs, cfg)
    leaf = f"devlink port function rate set {handle(cfg, 0)}"
    ksft_in("whole Mb/s", refused(errno.EINVAL, cmd, f"{leaf} tx_max 1500kbit"))
    ksft_in("out of range", refused(errno.EINVAL, cmd, f"{leaf} tx_max 2gbit"))
    ksft_in("no minimum", refused(errno.EOPNOTSUPP, cmd, f"{leaf} tx_share 10mbit"))
    ksft_eq(rate(cfg, 0), 0)


def main():
    with CarveEnv() as cfg:
        ip(f"link set dev {cfg.pf.netdev} up")
        ksft_run([info_names_chip_and_versions, physical_port_belongs_to_netdev,
                  ports_come_and_go_with_vfs, hw_addr_is_the_administrators,
                  hw_addr_reaches_a_live_vf, hw_addr_refusals_are_explained, inactive_cuts_a_vf_off,
                  inactive_is_declared_state, rate_is_in_step_with_ip,
                  rate_refusals_are_explained], args=(cfg, ))
    ksft_exit()


if __name__ == "__main__":
    main()
