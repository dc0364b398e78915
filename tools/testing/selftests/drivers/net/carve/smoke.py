#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
# carve: quick=yes timeout=300
# carve-not-debug: numvfs_every_count
"""The shortest way through everything: modules, port, VFs, a ping, and back."""

from lib.py import CarveEnv, carrier, ip, ksft_eq, ksft_exit, ksft_run, \
    ksft_true, loaded, wait_for


def pf_netdev_appears(cfg):
    """The port gets an interface with the address of its EEPROM."""
    mac = ip(f"link show dev {cfg.pf.netdev}", json=True)[0]["address"]
    ksft_eq(mac, "52:54:00:ca:7e:01")


def pf_carrier_comes_up(cfg):
    """An interface that is set up gets a carrier from the wire."""
    ip(f"link set dev {cfg.pf.netdev} up")
    carrier(cfg.pf.netdev)


def numvfs_every_count(cfg):
    """Each number of VFs gives as many functions with an interface."""
    for n in range(1, 8):
        cfg.pf.numvfs = n
        ksft_eq(len(cfg.pf.vfs), n)
        for vf in cfg.pf.vfs:
            wait_for(vf.netdevs, f"interface of {vf}")
        cfg.pf.numvfs = 0
        ksft_eq(cfg.pf.numvfs, 0)


def vf_pings_vf(cfg):
    """Two VFs in two namespaces reach each other, IPv4 and IPv6."""
    a, b = (cfg.host(vf) for vf in cfg.create(2))
    ksft_true(a.ping(b), "IPv4")
    ksft_true(a.ping(b, v6=True), "IPv6")


def vf_pings_outside(cfg):
    """A VF reaches a foreign NIC on the wire."""
    a = cfg.host((cfg.pf.vfs or cfg.create(1))[0])
    ksft_true(a.ping(cfg.outside()))


def main():
    with CarveEnv() as cfg:
        ksft_run([pf_netdev_appears, pf_carrier_comes_up, numvfs_every_count,
                  vf_pings_vf, vf_pings_outside], args=(cfg, ))
    if loaded("carve_pf") or loaded("carve_vf") or loaded("carve_core"):
        raise SystemExit("a module stayed loaded")
    ksft_exit()


if __name__ == "__main__":
    main()
