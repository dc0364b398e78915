# SPDX-License-Identifier: GPL-2.0
"""The devlink tool, and the names of a port and its VFs in it."""

import json

from .netns import cmd


def devlink(args):
    """Output of a devlink command, parsed."""
    out = cmd(f"devlink -j {args}").stdout
    return json.loads(out) if out.strip() else {}


def handle(cfg, vf=None):
    """Name of the instance, or of a VF's port."""
    dev = f"pci/{cfg.pf.bdf}"
    return dev if vf is None else f"{dev}/{vf + 1}"
