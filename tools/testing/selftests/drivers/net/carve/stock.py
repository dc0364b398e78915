#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
# carve: quick=yes timeout=300
"""The test bed itself, on the stock drivers: when this fails, it is not us."""

from lib.py import KernelLog, PeerEnv, RegTrace, carrier, ip, ksft_eq, ksft_exit, \
    ksft_in, ksft_run, ksft_true, monitor, wait_for


def stock_port_and_wire(cfg):
    """igb's port and the foreign NIC share a wire."""
    ksft_eq(cfg.pf.driver, "igb")
    port = cfg.host(cfg.pf)
    ksft_true(port.ping(cfg.outside()))


def monitor_moves_the_link(cfg):
    """The cable can be pulled and plugged from inside."""
    dev = cfg.pf.netdev
    ip(f"link set dev {dev} up")
    carrier(dev)
    monitor("set_link peer off")
    carrier(dev, up=False)
    monitor("set_link peer on")
    carrier(dev)


def registers_are_traced(cfg):
    """A register that the driver writes shows up in the trace."""
    dev = cfg.pf.netdev
    ip(f"link set dev {dev} up")
    with RegTrace() as trace:
        ip(f"link set dev {dev} promisc on")
        ip(f"link set dev {dev} promisc off")
    rctl = trace.writes(0x100)
    ksft_true(any(v & 0x8 for v in rctl), f"RCTL.UPE never set: {rctl}")
    ksft_true(rctl and not rctl[-1] & 0x8, "RCTL.UPE stays set")


def kernel_messages_are_seen(cfg):
    """What a driver logs is found."""
    with KernelLog() as log:
        cfg.pf.numvfs = 2
        wait_for(lambda: len(cfg.pf.vfs) == 2, "two VFs")
        cfg.pf.numvfs = 0
    ksft_in("2 VFs allocated", " ".join(log.grep("VFs")))


def main():
    with PeerEnv() as cfg:
        ksft_run([stock_port_and_wire, monitor_moves_the_link,
                  registers_are_traced, kernel_messages_are_seen], args=(cfg, ))
    ksft_exit()


if __name__ == "__main__":
    main()
