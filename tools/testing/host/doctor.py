# SPDX-License-Identifier: GPL-2.0
"""
tools/carve-doctor on made-up machines.

A machine where all is well, with a port, two VFs and a guest, gives no finding.
Each case spoils one thing and must give exactly one finding more, with the
right exit code. What a real machine's files look like is not shown here: the
suite passthrough runs the program on a live one.
"""

import contextlib
import importlib.machinery
import importlib.util
import io
import json
import re
import shutil
import tempfile
import unittest
from pathlib import Path

PROGRAM = Path(__file__).resolve().parents[2] / "carve-doctor"


def load_program():
    loader = importlib.machinery.SourceFileLoader("carve_doctor", str(PROGRAM))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader(loader.name, loader))
    loader.exec_module(module)
    return module


doctor = load_program()
STOPS, SLOWS, NOTE = doctor.STOPS, doctor.SLOWS, doctor.NOTE

BRIDGE, PORT = "0000:00:01.0", "0000:01:00.0"
VFS = ["0000:01:10.0", "0000:01:10.2"]
PCI = "sys/bus/pci/devices"
GUEST = "proc/4711"
RESOURCES = ["0x00000000fe000000 0x00000000fe01ffff 0x0000000000040200"] * 7 + [
    "0x00000000fd000000 0x00000000fd01ffff 0x000000000014220c",
    "0x0000000000000000 0x0000000000000000 0x0000000000000000",
    "0x0000000000000000 0x0000000000000000 0x0000000000000000",
    "0x00000000fd020000 0x00000000fd03ffff 0x000000000014220c"]


class Tree:
    """A machine's files, and what its tools print."""

    def __init__(self, root):
        self.root = Path(root)
        self.tools = {}

    def put(self, name, data=""):
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(data, bytes):
            path.write_bytes(data)
        else:
            path.write_text(f"{data}\n")

    def link(self, name, target):
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.unlink(missing_ok=True)
        path.symlink_to(target)

    def drop(self, name):
        path = self.root / name
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink()

    def run(self, command):
        out = self.tools.get(command)
        return None if out is None else json.dumps(out)

    def vf_info(self, vf):
        return self.tools["ip -j -d link show dev eth1"][0]["vfinfo_list"][vf]


def acs_config(enabled):
    """Configuration space with an AER and an ACS capability."""
    config = bytearray(4096)
    config[0x100:0x104] = (0x0001 | 1 << 16 | 0x148 << 20).to_bytes(4, "little")
    config[0x148:0x14c] = (doctor.PCI_EXT_CAP_ACS | 1 << 16).to_bytes(4, "little")
    config[0x14e:0x150] = enabled.to_bytes(2, "little")
    return bytes(config)


def function(t, address, parent, **attrs):
    """A PCI function in its place below parent, with a link from the bus."""
    place = f"sys/devices/pci0000:00/{parent}{address}"
    for name, value in attrs.items():
        t.put(f"{place}/{name}", value)
    t.link(f"{PCI}/{address}", f"../../../{place[4:]}")
    return place


def bind(t, address, driver):
    t.put(f"sys/bus/pci/drivers/{driver}/bind")
    t.link(f"{PCI}/{address}/driver", f"../../../../bus/pci/drivers/{driver}")


def group(t, number, *addresses):
    for address in addresses:
        t.put(f"sys/kernel/iommu_groups/{number}/devices/{address}")
        t.link(f"{PCI}/{address}/iommu_group", f"../../../../kernel/iommu_groups/{number}")


def host(t):
    t.put("proc/cpuinfo", "flags\t\t: fpu svm sse")
    t.put("proc/cmdline", "root=/dev/sda1 quiet")
    t.put("dev/kvm")
    t.put("sys/firmware/acpi/tables/DMAR", b"")
    t.put("sys/kernel/irq/0/chip_name", "IR-IO-APIC")
    t.put("sys/kernel/irq/24/chip_name", "IR-PCI-MSIX-0000:01:00.0")
    t.put("sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages", 512)
    t.put("sys/kernel/mm/transparent_hugepage/enabled", "[always] madvise never")
    t.put("sys/devices/system/node/online", "0-1")
    t.put("sys/devices/system/node/node0/cpulist", "0-3")
    t.put("sys/devices/system/node/node1/cpulist", "4-7")


def functions(t):
    function(t, BRIDGE, "", **{"class": "0x060400", "vendor": "0x8086", "device": "0x3420",
                               "subordinate_bus_number": "1", "max_link_width": "8",
                               "config": acs_config(doctor.ACS_ISOLATION)})
    port = function(t, PORT, f"{BRIDGE}/", **{
        "class": "0x020000", "vendor": "0x8086", "device": "0x10c9", "numa_node": "1",
        "sriov_totalvfs": "7", "sriov_numvfs": "2", "sriov_offset": "128", "sriov_stride": "2",
        "resource": "\n".join(RESOURCES), "driver_override": "(null)",
        "current_link_width": "4", "max_link_width": "4",
        "current_link_speed": "2.5 GT/s PCIe", "max_link_speed": "2.5 GT/s PCIe"})
    t.put(f"{port}/net/eth1/mtu")
    t.put("sys/class/net/eth1/flags", "0x1003")
    t.put("sys/class/net/eth1/carrier", "1")
    t.link("sys/class/net/eth1/device", f"../../../{PORT}")
    bind(t, PORT, "carve_pf")
    group(t, 7, BRIDGE)
    group(t, 8, PORT)
    for i, address in enumerate(VFS):
        function(t, address, f"{BRIDGE}/", **{
            "class": "0x020000", "vendor": "0xffff", "device": "0xffff", "numa_node": "1",
            "driver_override": "vfio-pci", "reset_method": "flr"})
        t.link(f"{PCI}/{address}/physfn", f"../{PORT}")
        t.link(f"{PCI}/{PORT}/virtfn{i}", f"../{address}")
        bind(t, address, "vfio-pci")
        group(t, 9 + i, address)


def guest(t):
    t.put(f"{GUEST}/comm", "qemu-system-x86")
    t.link(f"{GUEST}/fd/20", "/dev/vfio/9")
    t.put(f"{GUEST}/task/4711/comm", "qemu-system-x86")
    t.put(f"{GUEST}/task/4711/status", "Name:\tqemu\nCpus_allowed_list:\t0-7")
    t.put(f"{GUEST}/task/4712/comm", "CPU 0/KVM")
    t.put(f"{GUEST}/task/4712/status", "Name:\tCPU\nCpus_allowed_list:\t4-5")
    t.put(f"{GUEST}/numa_maps",
          "7f0000000000 bind:1 file=/memfd huge dirty=512 N1=512 kernelpagesize_kB=2048\n"
          "7f1000000000 default anon=900 N0=900 kernelpagesize_kB=4")
    t.put(f"{GUEST}/smaps_rollup", "5500-7fff ---p 00000000 00:00 0 [rollup]\n"
          "Rss: 40000 kB\nAnonHugePages: 0 kB\nPrivate_Hugetlb: 1048576 kB")


def tools(t):
    t.tools["ip -j -d link show dev eth1"] = [{"ifname": "eth1", "vfinfo_list": [
        {"vf": i, "address": f"02:00:00:00:00:0{i + 1}", "link_state": "auto"} for i in (0, 1)]}]
    t.tools["devlink -j health show"] = {"health": {
        f"pci/{PORT}/1": [{"reporter": "vf", "state": "healthy"}]}}
    t.tools["devlink -j port show"] = {"port": {
        f"pci/{PORT}/1": {"flavour": "pcivf", "vfnum": 0, "function": {"state": "active"}}}}


CASES = []


def case(finding, severity, where=None, says=""):
    """The function below spoils one thing, and this is found then."""
    def add(func):
        CASES.append((func, finding, severity, where, says))
        return func
    return add


@case("no-virtualization", STOPS)
def cpu_without_virtualization(t):
    t.put("proc/cpuinfo", "flags\t\t: fpu sse")
    t.drop("dev/kvm")


@case("kvm-not-loaded", STOPS, says="modprobe kvm_amd")
def kvm_not_loaded(t):
    t.drop("dev/kvm")


def _no_iommu(t):
    for address in [BRIDGE, PORT, *VFS]:
        t.drop(f"{PCI}/{address}/iommu_group")
    t.drop("sys/kernel/iommu_groups")
    t.drop(f"{GUEST}/fd/20")


@case("iommu-off", STOPS, says="intel_iommu=on")
def iommu_not_asked_for(t):
    _no_iommu(t)


@case("iommu-off", STOPS, says="take intel_iommu=off off")
def iommu_switched_off(t):
    _no_iommu(t)
    t.put("proc/cmdline", "quiet intel_iommu=off")


@case("iommu-off", STOPS, says="firmware")
def iommu_not_in_firmware(t):
    _no_iommu(t)
    t.drop("sys/firmware/acpi/tables/DMAR")
    t.put("sys/firmware/acpi/tables/FACP", b"")


@case("unsafe-noiommu", SLOWS)
def vfio_without_iommu(t):
    t.put("sys/module/vfio/parameters/enable_unsafe_noiommu_mode", "Y")


def _no_remapping(t):
    t.put("sys/kernel/irq/0/chip_name", "IO-APIC")
    t.put("sys/kernel/irq/24/chip_name", "PCI-MSIX-0000:01:00.0")


@case("no-interrupt-remapping", STOPS, says="firmware")
def interrupts_not_remapped(t):
    _no_remapping(t)


@case("no-interrupt-remapping", SLOWS, says="vfio_iommu_type1 allows it")
def unsafe_interrupts_allowed(t):
    _no_remapping(t)
    t.put("sys/module/vfio_iommu_type1/parameters/allow_unsafe_interrupts", "Y")


@case("no-interrupt-remapping", STOPS, says="take intremap=off off")
def remapping_switched_off(t):
    _no_remapping(t)
    t.put("proc/cmdline", "intremap=off")


@case("no-huge-pages", NOTE)
def only_transparent_huge_pages(t):
    t.put("sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages", 0)


@case("no-huge-pages", SLOWS)
def no_huge_pages_at_all(t):
    t.put("sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages", 0)
    t.put("sys/kernel/mm/transparent_hugepage/enabled", "always madvise [never]")


@case("port-driver", STOPS, PORT)
def port_without_driver(t):
    t.drop(f"{PCI}/{PORT}/driver")


@case("port-driver", SLOWS, PORT, says="igb has the port")
def port_of_igb(t):
    bind(t, PORT, "igb")


@case("no-sriov", STOPS, PORT)
def no_sriov_capability(t):
    t.drop(f"{PCI}/{PORT}/sriov_totalvfs")


@case("no-vfs", NOTE, PORT)
def no_vfs_yet(t):
    for i in (0, 1):
        t.drop(f"{PCI}/{PORT}/virtfn{i}")
    t.put(f"{PCI}/{PORT}/sriov_numvfs", "0")


@case("bar-space", STOPS, PORT, says="BAR0")
def vf_bars_dropped(t):
    none = "0x0000000000000000 0x0000000000000000 0x0000000000000000"
    t.put(f"{PCI}/{PORT}/resource", "\n".join(RESOURCES[:7] + [none] * 4))


@case("bar-space", STOPS, PORT, says="BAR3")
def vf_bar_without_address(t):
    unset = "0x0000000000000000 0x000000000001ffff 0x000000002014220c"
    t.put(f"{PCI}/{PORT}/resource", "\n".join(RESOURCES[:10] + [unset]))


@case("bus-numbers", STOPS, PORT, says="up to 01")
def vfs_on_a_bus_beyond(t):
    t.put(f"{PCI}/{PORT}/sriov_offset", "384")


@case("bus-numbers", SLOWS, PORT, says="VFs from 4 on")
def some_vfs_on_a_bus_beyond(t):
    t.put(f"{PCI}/{PORT}/sriov_offset", "249")


@case("port-down", SLOWS, PORT, says="libvirt")
def port_down(t):
    t.put("sys/class/net/eth1/flags", "0x1002")


@case("no-carrier", SLOWS, PORT, says="VFs 0")
def cable_out(t):
    t.put("sys/class/net/eth1/carrier", "0")
    t.vf_info(1)["link_state"] = "enable"


@case("pcie-link", SLOWS, PORT, says="4 lanes, 1 are in use, as 0000:00:01.0")
def narrow_slot(t):
    t.put(f"{PCI}/{PORT}/current_link_width", "1")
    t.put(f"{PCI}/{BRIDGE}/max_link_width", "1")


@case("pcie-link", SLOWS, PORT, says="2.5 GT/s PCIe instead of 5.0")
def slow_lanes(t):
    t.put(f"{PCI}/{PORT}/max_link_speed", "5.0 GT/s PCIe")


@case("numa-unknown", SLOWS, PORT)
def numa_node_unknown(t):
    t.put(f"{PCI}/{PORT}/numa_node", "-1")


@case("no-group", STOPS, VFS[1])
def vf_in_no_group(t):
    t.drop(f"{PCI}/{VFS[1]}/iommu_group")


@case("group-shared", STOPS, VFS[1], says="0000:00:01.0 above it has no ACS")
def group_with_a_neighbour(t):
    t.put(f"{PCI}/{BRIDGE}/config", acs_config(0))
    t.put("sys/kernel/iommu_groups/10/devices/0000:02:00.0")
    t.put("sys/kernel/iommu_groups/10/devices/" + BRIDGE)


@case("vf-driver", STOPS, VFS[1], says="reserved for vfio-pci")
def vf_with_another_driver(t):
    bind(t, VFS[1], "carve_vf")


@case("vf-driver", STOPS, VFS[1], says="modprobe vfio_other")
def vf_driver_not_loaded(t):
    t.put(f"{PCI}/{VFS[1]}/driver_override", "vfio_other")


@case("vf-driver", NOTE, VFS[1])
def vf_without_driver(t):
    t.drop(f"{PCI}/{VFS[1]}/driver")
    t.put(f"{PCI}/{VFS[1]}/driver_override", "(null)")


@case("no-flr", SLOWS, VFS[1])
def vf_that_cannot_be_reset(t):
    t.put(f"{PCI}/{VFS[1]}/reset_method", "")


@case("vf-quarantined", STOPS, VFS[0], says=f"devlink health recover pci/{PORT}/1 reporter vf")
def vf_in_quarantine(t):
    t.tools["devlink -j health show"]["health"][f"pci/{PORT}/1"][0]["state"] = "error"


@case("vf-inactive", STOPS, VFS[0], says=f"devlink port function set pci/{PORT}/1 state active")
def vf_cut_off(t):
    t.tools["devlink -j port show"]["port"][f"pci/{PORT}/1"]["function"]["state"] = "inactive"


@case("vf-link-disabled", STOPS, VFS[1])
def vf_link_disabled(t):
    t.vf_info(1)["link_state"] = "disable"


@case("vf-no-mac", NOTE, VFS[1])
def vf_without_mac(t):
    t.vf_info(1)["address"] = "00:00:00:00:00:00"


@case("guest-cpus", SLOWS, VFS[0], says="runs on another")
def guest_on_another_node(t):
    t.put(f"{GUEST}/task/4712/status", "Cpus_allowed_list:\t0-1")


@case("guest-cpus", NOTE, VFS[0], says="may run on another")
def guest_anywhere(t):
    t.put(f"{GUEST}/task/4712/status", "Cpus_allowed_list:\t0,4-7")


@case("guest-cpus", NOTE, VFS[0], says="may run on another")
def guest_with_nameless_threads(t):
    t.put(f"{GUEST}/task/4712/comm", "qemu-system-x86")


@case("guest-memory", SLOWS, VFS[0], says="50 %")
def memory_on_another_node(t):
    t.put(f"{GUEST}/numa_maps", "7f0000000000 default N0=256 N1=256 kernelpagesize_kB=2048")


@case("guest-small-pages", SLOWS, VFS[0], says="1 %")
def guest_in_small_pages(t):
    t.put(f"{GUEST}/smaps_rollup", "5500-7fff ---p 00000000 00:00 0 [rollup]\n"
          "Rss: 1048576 kB\nAnonHugePages: 20480 kB\nPrivate_Hugetlb: 0 kB")


class Doctor(unittest.TestCase):
    """Methods for the cases are added below."""

    def setUp(self):
        # pylint: disable=consider-using-with
        tmp = tempfile.TemporaryDirectory(prefix="carve-doctor.")
        self.addCleanup(tmp.cleanup)
        self.tree = Tree(tmp.name)
        for part in (host, functions, guest, tools):
            part(self.tree)

    def call(self, *args):
        """Exit code, standard output and standard error of the program."""
        out, err = io.StringIO(), io.StringIO()
        machine = doctor.Machine(self.tree.root, self.tree.run)
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            try:
                rc = doctor.main(list(args), machine)
            except SystemExit as e:
                rc = e.code
        return rc, out.getvalue(), err.getvalue()

    def examine(self, *args):
        rc, out, _ = self.call("--json", *args)
        return rc, json.loads(out)

    def one_finding(self, finding, severity, where, says):
        rc, seen = self.examine()
        self.assertEqual([(f["finding"], f["severity"], f["function"]) for f in seen["findings"]],
                         [(finding, severity, where)])
        self.assertEqual(rc, {NOTE: 0, SLOWS: 1, STOPS: 2}[severity])
        self.assertEqual(seen["not_looked"], [])
        self.assertIn(says, seen["findings"][0]["text"] + seen["findings"][0]["remedy"])
        rc, text, _ = self.call()
        for part in ("text", "show", "remedy"):
            self.assertTrue(seen["findings"][0][part])
            self.assertIn(seen["findings"][0][part], text)

    def test_all_is_well(self):
        rc, seen = self.examine()
        self.assertEqual((rc, seen["verdict"]), (0, "ok"))
        self.assertEqual((seen["findings"], seen["not_looked"]), ([], []))
        self.assertEqual([f["function"] for f in seen["functions"]], [PORT, *VFS])
        _, text, _ = self.call()
        self.assertEqual(text.splitlines(), [
            "machine: ok", f"{PORT}  port, carve_pf, eth1, 2 VFs: ok",
            f"{VFS[0]}  VF 0 of eth1, vfio-pci, in use by qemu-system-x86[4711]: ok",
            f"{VFS[1]}  VF 1 of eth1, vfio-pci: ok"])

    def test_every_finding_has_a_case(self):
        names = set(re.findall(r'(?:STOPS|SLOWS|NOTE), "([a-z-]+)"', PROGRAM.read_text()))
        self.assertGreater(len(names), 20)
        self.assertEqual(names, {c[1] for c in CASES})

    def test_worst_decides(self):
        vf_without_mac(self.tree)
        narrow_slot(self.tree)
        self.assertEqual(self.call()[0], 1)
        vf_link_disabled(self.tree)
        self.assertEqual(self.call()[0], 2)

    def test_same_remedy_told_once(self):
        for address in VFS:
            self.tree.put(f"{PCI}/{address}/reset_method", "")
        _, text, _ = self.call()
        self.assertEqual(text.count("the VF can't be reset"), 2)
        self.assertEqual(text.count("do:"), 1)

    def test_names(self):
        for names in ([PORT], ["01:00.0"], ["eth1"]):
            self.assertEqual(len(self.examine(*names)[1]["functions"]), 3)
        for names in ([VFS[1]], ["01:10.2"]):
            seen = self.examine(*names)[1]["functions"]
            self.assertEqual([f["function"] for f in seen], [PORT, VFS[1]])

    def test_no_such_function(self):
        for name in ("eth9", "0000:09:00.0", BRIDGE):
            rc, _, err = self.call(name)
            self.assertEqual(rc, 3)
            self.assertIn(name, err)
        self.assertEqual(self.call("--jsno")[0], 3)
        self.tree.put(f"{PCI}/{PORT}/device", "0x1521")
        self.assertEqual(self.call()[0], 3)

    def test_bare_vfio_device(self):
        """A guest that came by iommufd and /dev/vfio/devices is seen as well."""
        self.tree.drop(f"{GUEST}/fd/20")
        self.assertNotIn("in use", self.call()[1])
        self.tree.put(f"{PCI}/{VFS[0]}/vfio-dev/vfio3/dev")
        self.tree.link(f"{GUEST}/fd/21", "/dev/vfio/devices/vfio3")
        self.assertIn("in use by qemu-system-x86[4711]", self.call()[1])

    def test_igb_down_is_worse(self):
        """VFs of igb are dead while it is down; carve_pf's are not."""
        bind(self.tree, PORT, "igb")
        port_down(self.tree)
        self.assertEqual(self.call()[0], 2)

    def test_no_tools(self):
        """What needs a missing tool is said to be not looked at."""
        self.tree.tools.clear()
        rc, seen = self.examine()
        self.assertEqual((rc, seen["findings"]), (0, []))
        self.assertEqual({n["check"] for n in seen["not_looked"]}, {"vf_caged", "vf_settings"})

    def test_no_root(self):
        """Without a right to configuration space a shared group is still found."""
        self.tree.put("sys/kernel/iommu_groups/10/devices/0000:02:00.0")
        self.tree.put(f"{PCI}/{BRIDGE}/config", bytes(64))
        _, seen = self.examine()
        self.assertEqual([f["finding"] for f in seen["findings"]], ["group-shared"])
        self.assertNotIn("ACS", seen["findings"][0]["text"])

    def test_one_node_needs_no_numa(self):
        self.tree.put("sys/devices/system/node/online", "0")
        numa_node_unknown(self.tree)
        memory_on_another_node(self.tree)
        guest_on_another_node(self.tree)
        self.assertEqual(self.call()[0], 0)


def _add_cases():
    def method(func, *expected):
        def test(self):
            func(self.tree)
            self.one_finding(*expected)
        return test
    for func, *expected in CASES:
        setattr(Doctor, f"test_{func.__name__}", method(func, *expected))


_add_cases()
