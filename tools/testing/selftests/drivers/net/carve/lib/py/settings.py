# SPDX-License-Identifier: GPL-2.0
"""
What an administrator declares for VFs, and whether it is in force.

    class Env(SettingsEnv)          CarveEnv, all in the main namespace
    cfg.vfs(3)                      VFs that nobody configured
    apply(cfg, vf, settings(vf))    declare something different for each VF
    vf_configs(cfg.dev)             must be [settings(0), settings(1), ...]
    in_force(cfg, vf, settings(vf)) seen in the chip's registers
"""

from net.lib.py import KsftFailEx, defer, ip, ksft_eq

from .carve import CarveEnv, carrier, link, wait_for
from .regs import DTXSWC, VFRE, VFTE, VMVIR_INSERT, Chip, vmvir
from .rtnl import DEFAULT, NO_MAC, set_vf, vf_config


class SettingsEnv(CarveEnv):
    """CarveEnv with shorthands, PF and VFs in the main namespace."""

    def start(self):
        super().start()
        self.dev = self.pf.netdev
        self.chip = Chip(self.pf)

    def stop(self):
        if self.pf.driver:
            self.pf.attr("sriov_drivers_autoprobe", 1)
        super().stop()

    def vfs(self, n, bound=True):
        """Have n VFs, all with carve_vf and down or all without a driver, that
        nobody configured. Those of the test before are kept if they fit: the
        PCI core takes a second to remove VFs."""
        driver = "carve_vf" if bound else None
        if [vf.driver for vf in self.pf.vfs] != [driver] * n:
            self.pf.attr("sriov_drivers_autoprobe", int(bound))
            if self.pf.numvfs:
                self.pf.numvfs = 0
            self.pf.numvfs = n
        for vf in range(n):
            self.forget(vf)
            defer(self.forget, vf)
        for vf in self.pf.vfs if bound else ():
            ip(f"link set dev {vf.netdev} down")
            wait_for(lambda v=vf: not link(v.netdev)["address"].startswith(SERIES),
                     f"{vf} to go back to an address of its own")

    def forget(self, vf):
        """Take every setting back."""
        if vf < self.pf.numvfs and vf_config(self.dev, vf) != DEFAULT:
            set_vf(self.dev, vf, mac=NO_MAC, vlan=(0, 0), rate=(0, 0),
                   spoofchk=1, link_state="auto", trust=0)

    def set(self, vf, **attrs):
        set_vf(self.dev, vf, **attrs)

    def get(self, vf):
        return vf_config(self.dev, vf)

    def up(self):
        ip(f"link set dev {self.dev} up")
        defer(ip, f"link set dev {self.dev} down")
        carrier(self.dev)


SERIES = "02:ca:"


def mac(vf, series=0):
    return f"{SERIES}{series:02x}:00:00:{vf + 1:02x}"


def settings(vf, series=0):
    """Something different for each VF and each series."""
    return {"mac": mac(vf, series), "vlan": 100 + 10 * series + vf,
            "qos": (vf + series) % 8, "min": 0, "max": 50 + 10 * vf + series,
            "spoofchk": (vf + series) % 2 == 1,
            "link_state": ("enable", "disable", "auto")[(vf + series) % 3],
            "trust": (vf + series) % 2 == 0}


def apply(cfg, vf, want, one_message=False):
    """Declare settings() for a VF, in one message or in one each."""
    attrs = {"mac": want["mac"], "vlan": (want["vlan"], want["qos"]),
             "rate": (want["min"], want["max"]), "spoofchk": want["spoofchk"],
             "link_state": want["link_state"], "trust": want["trust"]}
    if one_message:
        cfg.set(vf, **attrs)
        return
    for name, value in attrs.items():
        cfg.set(vf, **{name: value})


def _not_in_force(cfg, vf, want):
    """What the chip has otherwise than declared for a VF with a driver. A
    policy of "disable" leaves its pool closed."""
    chip, found = cfg.chip, []
    is_open = want["link_state"] != "disable"
    vmvir_wanted = VMVIR_INSERT | want["qos"] << 13 | want["vlan"]
    for name, has, wanted in [
            ("VMVIR", chip.read(vmvir(vf)), vmvir_wanted),
            ("MAC anti-spoof", chip.bit(DTXSWC, vf), want["spoofchk"]),
            ("VFRE", chip.bit(VFRE, vf), is_open),
            ("VFTE", chip.bit(VFTE, vf), is_open)]:
        if has != wanted:
            found.append(f"{name} of VF {vf} is {has:#x}, not {wanted:#x}")
    if (want["vlan"], vf) not in chip.vlans():
        found.append(f"VF {vf} is not in VLAN {want['vlan']}")
    if is_open and (want["mac"], vf) not in chip.filters():
        found.append(f"no filter for {want['mac']} of VF {vf}")
    return found


def in_force(cfg, vf, want):
    """Check in the chip what the model keeps of the settings. A VF opens a
    moment after its driver is back."""
    try:
        wait_for(lambda: not _not_in_force(cfg, vf, want), "settings in force", 10)
    except KsftFailEx:
        ksft_eq(_not_in_force(cfg, vf, want), [])
