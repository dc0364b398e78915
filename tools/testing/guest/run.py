#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Runs the suites that the host listed in jobs.json, one after the other.

For each it leaves NAME.log (what the suite printed), NAME.dmesg (what the
kernel said meanwhile), NAME.kmemleak where there is kmemleak, and last
NAME.rc. The host judges them. All writes are to a share: the host sees
them at once, also when this guest dies.
"""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

LOG = Path("/carve/aux")
SUITES = Path("/carve/linux/tools/testing/selftests/drivers/net/carve")
KUNIT = Path("/sys/kernel/debug/kunit")
KMEMLEAK = Path("/sys/kernel/debug/kmemleak")


class Kmsg:
    """The kernel log from where we are on, without losing what wraps."""

    def __init__(self):
        self.fd = os.open("/dev/kmsg", os.O_RDONLY | os.O_NONBLOCK)

    def read(self):
        lines = []
        while True:
            try:
                rec = os.read(self.fd, 16384).decode(errors="replace")
            except BlockingIOError:
                return lines
            except BrokenPipeError:
                lines.append("carve: kernel messages lost")
                continue
            head, _, text = rec.partition(";")
            usec = int(head.split(",")[2])
            lines.append(f"[{usec / 1e6:12.6f}] {text.splitlines()[0]}")


def leaks(last):
    """What kmemleak holds to be lost. An object must be five seconds old and
    unchanged between two scans to count. A scan is long: the one after the
    next suite is the second, so a leak may be told of one suite too late."""
    if not KMEMLEAK.exists():
        return ""
    KMEMLEAK.write_text("scan")
    if last:
        time.sleep(5.5)
        KMEMLEAK.write_text("scan")
    found = KMEMLEAK.read_text()
    KMEMLEAK.write_text("clear")
    return found


def run_kunit(out):
    """Loads every module of ours; the suites in them run at that moment."""
    subprocess.run(["modprobe", "kunit", "enable=1"], stdout=out, stderr=out, check=True)
    for name in ("carve_core", "carve_pf", "carve_vf"):
        res = subprocess.run(["modprobe", name], stdout=out, stderr=out)
        if res.returncode:
            return res.returncode
    for results in sorted(KUNIT.glob("*/results")):
        out.write(results.read_bytes())
        out.flush()
    for name in ("carve_vf", "carve_pf", "carve_core"):
        subprocess.run(["modprobe", "-r", name], stdout=out, stderr=out)
    return 0


def run_suite(job, out):
    cmd = ["timeout", "--kill-after=20", str(job["timeout"]),
           "python3", "-u", str(SUITES / (job["suite"] + ".py")), *job["args"]]
    return subprocess.run(cmd, stdin=subprocess.DEVNULL, stdout=out, stderr=out,
                          cwd=SUITES).returncode


def main():
    kmsg = Kmsg()
    if KMEMLEAK.exists():
        KMEMLEAK.write_text("scan=off")
    jobs = json.loads((LOG / "jobs.json").read_text())
    for job in jobs:
        name = job["suite"]
        Path("/dev/kmsg").write_text(f"carve-check: begin {name}\n")
        (LOG / "current").write_text(name)
        start = time.monotonic()
        with open(LOG / f"{name}.log", "wb", buffering=0) as out:
            rc = run_kunit(out) if name == "kunit" else run_suite(job, out)
        took = time.monotonic() - start
        (LOG / f"{name}.kmemleak").write_text(leaks(job is jobs[-1]))
        (LOG / f"{name}.dmesg").write_text("\n".join(kmsg.read()) + "\n")
        (LOG / f"{name}.rc").write_text(f"{rc} {took:.1f}\n")
    (LOG / "done").write_text("")


if __name__ == "__main__":
    sys.exit(main())
