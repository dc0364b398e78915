#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Runs the suites that the host listed in jobs.json, one after the other.

For each it leaves NAME.log (what the suite printed), NAME.dmesg (what the
kernel said meanwhile), NAME.kmemleak with the leaks of all so far, and last
NAME.rc. The host judges them. All writes are to a share: the host sees
them at once, also when this guest dies.

Meanwhile each CPU touches a file of its own, pulse-N, every few seconds.
"""

import json
import os
import select
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

LOG = Path("/carve/aux")
SUITES = Path("/carve/linux/tools/testing/selftests/drivers/net/carve")
KUNIT = Path("/sys/kernel/debug/kunit")
KMEMLEAK = Path("/sys/kernel/debug/kmemleak")

PULSE_INTERVAL = 5
PATIENCE = 20       # seconds for a suite to clean up when its time is over


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


def leaks():
    """What kmemleak holds to be lost. An object must be five seconds old and
    unchanged between two scans to count. Scans are long, so all suites of a
    machine have them together, at the end."""
    if not KMEMLEAK.exists():
        return ""
    try:
        KMEMLEAK.write_text("scan")
        time.sleep(5.5)
        KMEMLEAK.write_text("scan")
        return KMEMLEAK.read_text()
    except PermissionError:
        return "disabled"       # by itself, when it runs short of memory


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


def pulse(cpu):
    """Show the host that this CPU runs: nothing but the CPU itself keeps a
    thread with this priority from its turn."""
    os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(50))
    while True:
        # Again each time: suspend takes CPUs away.
        os.sched_setaffinity(0, {cpu})
        (LOG / f"pulse-{cpu}").write_text(f"{time.monotonic():.1f}\n")
        time.sleep(PULSE_INTERVAL)


class Session:
    """A suite and all it starts."""

    def __init__(self, cmd, out):
        # pylint: disable=consider-using-with
        self.proc = subprocess.Popen(cmd, stdin=subprocess.DEVNULL, stdout=out, stderr=out,
                                     cwd=SUITES, start_new_session=True)

    def wait(self, timeout):
        """The exit code, None when it is not over in time."""
        fd = os.pidfd_open(self.proc.pid)
        try:
            over = select.select([fd], [], [], timeout)[0]
        finally:
            os.close(fd)
        return self.proc.wait() if over else None

    def members(self):
        for stat in Path("/proc").glob("[0-9]*/stat"):
            try:
                fields = stat.read_text().rpartition(")")[2].split()
            except OSError:
                continue
            if int(fields[3]) == self.proc.pid and fields[0] != "Z":
                yield stat.parent

    def stacks(self):
        """Where each of its processes is in the kernel."""
        text = ""
        for p in self.members():
            try:
                args = (p / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
                text += f"# {p.name} {args[:100]}\n"
                text += "".join(f"#     {line}\n" for line in (p / "stack").read_text().splitlines())
            except OSError:
                continue
        return text

    def signal(self, signum):
        for p in self.members():
            try:
                os.kill(int(p.name), signum)
            except ProcessLookupError:
                pass


def run_suite(job, out):
    return run_session(["python3", "-u", str(SUITES / (job["suite"] + ".py")), *job["args"]],
                       job, out)


def run_session(cmd, job, out):
    suite = Session(cmd, out)
    rc = suite.wait(job["timeout"])
    if rc is None:
        out.write(f"# not over after {job['timeout']} s; its processes:\n".encode())
        out.write(suite.stacks().encode())
        suite.proc.terminate()
        rc = 137 if suite.wait(PATIENCE) is None else 124       # as timeout(1) has it
    # Nothing of it is to disturb the next one.
    suite.signal(signal.SIGKILL)
    return rc


def main(run=run_suite):
    kmsg = Kmsg()
    for cpu in os.sched_getaffinity(0):
        threading.Thread(target=pulse, args=(cpu,), daemon=True).start()
    if KMEMLEAK.exists():
        KMEMLEAK.write_text("scan=off")
    jobs = json.loads((LOG / "jobs.json").read_text())
    for job in jobs:
        name = job["suite"]
        Path("/dev/kmsg").write_text(f"carve-check: begin {name}\n")
        (LOG / "current").write_text(name)
        start = time.monotonic()
        with open(LOG / f"{name}.log", "wb", buffering=0) as out:
            rc = run_kunit(out) if name == "kunit" else run(job, out)
        took = time.monotonic() - start
        (LOG / f"{name}.kmemleak").write_text(leaks() if job is jobs[-1] else "")
        (LOG / f"{name}.dmesg").write_text("\n".join(kmsg.read()) + "\n")
        (LOG / f"{name}.rc").write_text(f"{rc} {took:.1f}\n")
    (LOG / "done").write_text("")


if __name__ == "__main__":
    sys.exit(main())
