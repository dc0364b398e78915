#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Runs the kernel's own tests for network drivers that the host listed in
jobs.json: against the PF or a VF, freshly loaded for each file, with the
foreign NIC in a namespace as the remote end.
"""

import os
import subprocess
import time
from pathlib import Path

import run

SELFTESTS = Path("/carve/linux/tools/testing/selftests")
COMPILED = Path("/carve/src/ksft")
TOOLS = Path("/run/ksft/bin")
PCI = Path("/sys/bus/pci/devices")
PF, VF, WIRE = "0000:01:00.0", "0000:01:10.0", "0000:02:00.0"

# Interfaces of the two ends may not have the same name.
NETIF, REMOTE = "carve0", "wire0"

# The tests themselves use 198.51.100.0/24.
ENV = {
    "NETIF": NETIF,
    "LOCAL_V4": "192.0.2.1", "LOCAL_V6": "2001:db8:1::1",
    "REMOTE_V4": "192.0.2.2", "REMOTE_V6": "2001:db8:1::2",
    "LOCAL_PREFIX_V6": "2001:db8:2::/64",
    "REMOTE_TYPE": "netns", "REMOTE_ARGS": "wire",
    "KSFT_MACHINE_SLOW": "yes",         # emulated
    "PATH": f"{TOOLS}:{os.environ['PATH']}",
}

# Which the tests take to be built in.
MODULES = "pppoe"


def sh(script):
    subprocess.run(["sh", "-ec", script], check=True)


def netdev(bdf, deadline=20):
    """Name of a function's interface, waits for it."""
    end = time.monotonic() + deadline
    while not list(PCI.glob(f"{bdf}/net/*")):
        if time.monotonic() > end:
            raise TimeoutError(f"{bdf} has no interface")
        time.sleep(0.05)
    return next(PCI.glob(f"{bdf}/net/*")).name


def prepare():
    """Once: the compiled programs, and the remote end."""
    TOOLS.mkdir(parents=True)
    (TOOLS / "ethtool").symlink_to(Path(__file__).parent / "ksft-ethtool")
    sh(f"modprobe -a {MODULES}; ln -s /proc/self/fd /dev/fd;"
       f"mkdir /run/ksft/upper /run/ksft/work;"
       f"mount -t overlay -o lowerdir={COMPILED}:{SELFTESTS},upperdir=/run/ksft/upper,"
       f"workdir=/run/ksft/work over {SELFTESTS};"
       f"ip link set {netdev(WIRE)} name {REMOTE}; ip netns add wire;"
       f"ip link set {REMOTE} netns wire; ip -n wire link set lo up")


def load(driver):
    """The interface under test, and the remote end as the last test found it."""
    sh("modprobe carve_pf")
    dut = PF
    if driver == "vf":
        (PCI / PF / "sriov_numvfs").write_text("1")
        sh("modprobe carve_vf")
        dut = VF
    sh(f"ip link set {netdev(dut)} name {NETIF};"
       f"ip addr add {ENV['LOCAL_V4']}/24 dev {NETIF};"
       f"ip addr add {ENV['LOCAL_V6']}/64 dev {NETIF} nodad;"
       f"ip link set {NETIF} up;"
       f"ip -n wire link set {REMOTE} up mtu 1500;"
       f"ip -n wire addr replace {ENV['REMOTE_V4']}/24 dev {REMOTE};"
       f"ip -n wire addr replace {ENV['REMOTE_V6']}/64 dev {REMOTE} nodad;"
       f"ip -n wire route replace {ENV['LOCAL_PREFIX_V6']} via {ENV['LOCAL_V6']}")
    if driver == "pf":      # as the tests take for granted
        sh(f"ethtool -N {NETIF} rx-flow-hash udp4 sdfn;"
           f"ethtool -N {NETIF} rx-flow-hash udp6 sdfn")
    end = time.monotonic() + 20
    while Path(f"/sys/class/net/{NETIF}/carrier").read_text().strip() != "1":
        if time.monotonic() > end:
            raise TimeoutError(f"{NETIF} has no carrier")
        time.sleep(0.05)


def unload():
    sh("modprobe -r carve_vf carve_pf")


def run_test(job, out):
    path = SELFTESTS / job["path"]
    env = [f"{k}={v}" for k, v in ENV.items()]
    prog = ["python3", "-u"] if path.suffix == ".py" else ["bash"]
    load(job["driver"])
    try:
        return run.run_session(["env", "-C", str(path.parent), *env, *prog, str(path),
                                *job["args"]], job, out)
    finally:
        unload()


if __name__ == "__main__":
    os.environ["PYTHONDONTWRITEBYTECODE"] = "1"
    prepare()
    run.main(run_test)
