# SPDX-License-Identifier: GPL-2.0
"""One virtual machine: an 82576 on a wire with a foreign NIC and a stock peer.

The guest boots a kernel of the cache with a small initramfs that mounts the
guest root over 9p (read-only, tmpfs over it) and the shares:

    tag     in the guest     what
    root    /                the Debian root
    linux   /carve/linux     kernel source: kselftest and YNL libraries
    src     /carve/src       this run's copy of tools/
    mods    /carve/out       this run's modules
    kmods   /lib/modules     the debug kernel's own modules (debug only)
    log     /carve/aux       results, written by the guest

On the PCI bus, each behind a root port of its own:

    01:00.0 igb      the port under test; VFs at 01:10.0, 01:10.2, ...
    02:00.0 e1000e   the foreign NIC on the same wire
    03:00.0 igb      a stock peer on the same wire, left to igb
"""

import fcntl
import os
import re
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import termios
import time
import tty
from pathlib import Path

import initramfs

TESTING = Path(__file__).resolve().parent
TOP = TESTING.parent.parent
BUILD = TOP / "build"

# Above this QEMU 10.0 loses accesses to VF registers: with RAM beyond 4 GiB
# the firmware puts the 64-bit VF BARs into the high window.
MEM_LIMIT_MB = 2816

# What a machine takes of the host's memory, with QEMU's own.
MEM_HOST_MB = 3584

DEMO_TIMEOUT = 600

# One thread runs both CPUs in turn, for less than a thread each: these would
# mostly wait for QEMU's lock. Page tables of four levels are shorter to walk.
ACCEL = "tcg,thread=single"
CPU = "max,la57=off"

# What a suite may ask for with "# carve: vm=NAME".
VARIANTS = {
    "default": {},
    "bare": {"nics": False},
    "noiommu": {"iommu": False},
    # KVM inside the guest: TCG emulates SVM, not VMX. One CPU: of two that take
    # turns a guest inside gets nowhere, and with a thread each the machine now
    # and then resets itself without a word or a CPU is not woken.
    "nested": {"tcg": True, "cpu": "EPYC-v4", "smp": 1},
    # One instruction is one virtual nanosecond: counts repeat, time does not pass.
    "icount": {"tcg": True, "iommu": False,
               "extra": ["-icount", "shift=0,align=off,sleep=off"], "smp": 1},
}

INITRD_MODULES = ["virtio_pci", "virtio_console", "9p", "9pnet_virtio", "overlay"]


def testbed(expr):
    """Value of a shell expression in the context of lib.sh."""
    out = subprocess.run(["bash", "-c", f". {shlex.quote(str(TESTING / 'lib.sh'))}; {expr}"],
                         check=True, stdout=subprocess.PIPE, text=True)
    return out.stdout.strip()


def hold_cache():
    """Keep what is in the cache while this process lives (see lib.sh)."""
    # pylint: disable=consider-using-with
    lock = open(Path(testbed("echo $cache")) / "in-use", "w")
    fcntl.flock(lock, fcntl.LOCK_SH)
    return lock


class Kernel:
    """A kernel of the cache: 'debug' or a Debian series such as '6.12'."""

    def __init__(self, name):
        self.name = name
        self.root = Path(testbed("root_dir"))
        if name == "debug":
            self.dir = Path(testbed("debug_dir"))
            self.release = (self.dir / "release").read_text().strip()
            self.image = self.dir / "bzImage"
            self.kmods = self.dir / "install"
        else:
            self.release = testbed(f"release_of {shlex.quote(name)}")
            self.image = self.root / "boot" / f"vmlinuz-{self.release}"
            self.kmods = None

    def initrd(self, path):
        """Write an initramfs: busybox, guest/initramfs and a few modules."""
        base = (self.kmods or self.root) / "lib/modules" / self.release
        initramfs.write(path, self.root / "usr/bin/busybox", TESTING / "guest/initramfs",
                        base, INITRD_MODULES)


def have_kvm():
    flags = Path("/proc/cpuinfo").read_text().split()
    if "vmx" not in flags and "svm" not in flags:
        return False
    try:
        os.close(os.open("/dev/kvm", os.O_RDWR))
    except OSError:
        return False
    return True


def machines_at_once():
    """How many machines this one carries. Of a machine's two CPUs seldom more
    than one is busy, so it takes one core."""
    meminfo = Path("/proc/meminfo").read_text()
    available = int(re.search(r"^MemAvailable: +(\d+) kB", meminfo, re.M)[1]) // 1024
    return max(1, min(len(os.sched_getaffinity(0)), available // MEM_HOST_MB))


class Vm:
    """A boot. log is the directory that the guest writes to; console.log,
    qemu.log and the register trace (qemu.trace) land there too. console puts
    the guest's second serial port on stdout, or on all of the terminal (tty)."""

    def __init__(self, kernel, src, mods, log, mode, variant="default",
                 console=None, cmdline=()):
        opts = VARIANTS[variant]
        self.log = Path(log)
        self.log.mkdir(parents=True, exist_ok=True)
        self.tmp = Path(tempfile.mkdtemp(prefix="carve-vm."))
        initrd = self.tmp / "initrd"
        kernel.initrd(initrd)
        mem = opts.get("mem", 2560)
        assert mem < MEM_LIMIT_MB
        self.cpus = opts.get("smp", 2)
        kvm = have_kvm() and not opts.get("tcg")
        iommu = opts.get("iommu", True)

        cmdline = [*cmdline, f"carve.mode={mode}", f"carve.kernel={kernel.name}", "console=ttyS0",
                   "panic=-1", "oops=panic", "mitigations=off",
                   # A busy host is late with the emulated timers: no reason to panic,
                   # nor to give the host's own clock up for a slow one.
                   "no_timer_check", "tsc=reliable",
                   "intel_iommu=" + ("on" if iommu else "off")]
        if kernel.name == "debug":
            cmdline += ["softlockup_panic=1", "hung_task_panic=1",
                        "kmemleak=on", "dma_debug_entries=65536",
                        # A buffer is unmapped when the driver says so, not later.
                        "iommu.strict=1"]
        # However this process ends, the machine ends with it.
        cmd = ["setpriv", "--pdeathsig", "KILL",
               "qemu-system-x86_64", "-nodefaults", "-no-user-config", "-no-reboot",
               "-display", "none", "-name", f"carve-{kernel.name}",
               "-machine", "q35,kernel-irqchip=split" if kvm else "q35",
               "-accel", "kvm" if kvm else opts.get("accel", ACCEL),
               "-cpu", "host" if kvm else opts.get("cpu", CPU),
               "-smp", str(self.cpus), "-m", str(mem),
               "-kernel", str(kernel.image), "-initrd", str(initrd),
               "-append", " ".join(cmdline),
               "-serial", f"file:{self.log}/console.log",
               # A triple fault leaves no other word: the machine is just gone.
               "-D", f"{self.log}/qemu.trace", "-d", "cpu_reset",
               "-object", "rng-random,id=rng,filename=/dev/urandom",
               "-device", "virtio-rng-pci,rng=rng"]
        if console:
            cmd += ["-chardev", "stdio,id=tty,signal=off", "-serial", "chardev:tty"]
        if iommu:
            cmd += ["-device", "intel-iommu,intremap=on"]
        shares = [("root", kernel.root, True), ("src", src, True), ("mods", mods, True),
                  ("linux", testbed("source_dir $ksft_series"), True), ("log", self.log, False)]
        if kernel.kmods:
            shares.append(("kmods", kernel.kmods, True))
        # The shares, of which the guest's root is one, and the way to the monitor
        # below have to survive suspend: the driver leaves a device alone that keeps
        # its state, which only a PCIe one can say.
        cmd += ["-device", "pcie-root-port,id=rp-fs,chassis=9,slot=9,addr=0x18"]
        for fn, (tag, path, readonly) in enumerate(shares):
            cmd += ["-fsdev", f"local,id={tag},path={path},security_model=none,"
                    f"multidevs=remap,readonly={'on' if readonly else 'off'}",
                    "-device", f"virtio-9p-pci,fsdev={tag},mount_tag={tag},bus=rp-fs,"
                    f"addr=0.{fn},multifunction=on,x-pcie-pm-no-soft-reset=on"]
        # The guest's way to the monitor: a port whose far end is the monitor.
        mon = self.tmp / "monitor"
        cmd += ["-chardev", f"socket,id=hmp,path={mon},server=on,wait=off",
                "-mon", "chardev=hmp,mode=readline",
                "-chardev", f"socket,id=hmpc,path={mon}",
                "-device", "virtio-serial-pci,bus=rp-fs,addr=0.7,multifunction=on,"
                "x-pcie-pm-no-soft-reset=on",
                "-device", "virtserialport,chardev=hmpc,name=carve.monitor"]
        # And the host's own, for a guest that no longer answers.
        self.monitor = self.tmp / "host-monitor"
        cmd += ["-chardev", f"socket,id=host-hmp,path={self.monitor},server=on,wait=off",
                "-mon", "chardev=host-hmp,mode=readline"]
        if opts.get("nics", True):
            for i, (model, ident, extra) in enumerate([
                    ("igb", "pf", ""), ("e1000e", "wire", ",romfile="), ("igb", "peer", "")]):
                cmd += ["-netdev", f"hubport,id=net-{ident},hubid=0",
                        "-device", f"pcie-root-port,id=rp-{ident},chassis={i + 1},slot={i + 1},"
                        f"addr={0x10 + i:#x}",
                        "-device", f"{model},id={ident},bus=rp-{ident},netdev=net-{ident},"
                        f"mac=52:54:00:ca:7e:{i + 1:02x}{extra}"]
        cmd += opts.get("extra", [])

        with open(self.log / "qemu.log", "wb") as err:
            err.write((shlex.join(cmd) + "\n").encode())
            err.flush()
            self.proc = subprocess.Popen(
                cmd, stdin=None if console == "tty" else subprocess.DEVNULL,
                stdout=None if console else err, stderr=err)
        self.start = time.monotonic()

    def running(self):
        return self.proc.poll() is None

    def inspect(self):
        """What the CPUs and their interrupt controllers are doing, from outside."""
        ask = ["info status", "info cpus", "info registers -a", "info irq"]
        ask += [f"info lapic {n}" for n in range(self.cpus)]
        text = b""
        with socket.socket(socket.AF_UNIX) as mon:
            mon.settimeout(2)       # silent for so long: it has said all
            try:
                mon.connect(str(self.monitor))
                mon.sendall("".join(a + "\n" for a in ask).encode())
                while data := mon.recv(65536):
                    text += data
            except OSError:
                pass
        return re.sub(r"\x1b\[[0-9;]*[A-Za-z]|\r", "", text.decode(errors="replace"))

    def close(self):
        """End the machine, whatever state it is in."""
        if self.running():
            self.proc.send_signal(signal.SIGTERM)
            try:
                self.proc.wait(5)
            except subprocess.TimeoutExpired:
                self.proc.kill()
                self.proc.wait()
        shutil.rmtree(self.tmp, ignore_errors=True)


def demo(kernel, mode, interactive):
    """Boot with the guest's second serial port on this terminal. The mode is
    demo, or demo-kvm for the one with a guest inside the guest."""
    log = BUILD / "logs" / mode
    shutil.rmtree(log, ignore_errors=True)
    log.mkdir(parents=True)
    fd, saved = sys.stdin.fileno(), None
    extra = ["carve.colour=1"] if sys.stdout.isatty() else []
    if interactive:
        extra.append("carve.interactive=1")
        saved = termios.tcgetattr(fd)
        tty.setraw(fd)
    lock = hold_cache()
    machine = Vm(Kernel(kernel), TOP, BUILD / kernel / "install", log, mode,
                 "nested" if mode == "demo-kvm" else "default",
                 console="tty" if interactive else "stdout", cmdline=extra)
    try:
        machine.proc.wait(None if interactive else DEMO_TIMEOUT)
    except subprocess.TimeoutExpired:
        print(f"the guest hangs after {DEMO_TIMEOUT} s")
    finally:
        machine.close()
        lock.close()
        if saved:
            termios.tcsetattr(fd, termios.TCSADRAIN, saved)
    rc = (log / "rc").read_text().strip() if (log / "rc").exists() else ""
    if rc != "0":
        print(f"the guest's console: {log}/console.log")
    return 0 if rc == "0" else 1


if __name__ == "__main__":
    sys.exit(demo(sys.argv[1], sys.argv[2], "interactive" in sys.argv[3:]))
