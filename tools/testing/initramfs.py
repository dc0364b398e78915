# SPDX-License-Identifier: GPL-2.0
"""
An initramfs of busybox, a script and a few modules: for the machine that the
tests run in (vm.py), and for the guests inside it (lib/py/guest.py).
"""

import gzip
import lzma
from pathlib import Path


def module_files(base, names):
    """Files of the named modules with what they depend on, in load order. base
    is a lib/modules/RELEASE."""
    deps, order = {}, []
    for line in (base / "modules.dep").read_text().splitlines():
        path, _, rest = line.partition(":")
        stem = Path(path).name.split(".ko")[0].replace("-", "_")
        deps[stem] = (path, rest.split())
    for name in names:
        if name not in deps:
            continue            # built in
        path, rest = deps[name]
        for mod in [*reversed(rest), path]:
            if mod not in order:
                order.append(mod)
    return [base / p for p in order]


def _plain(file):
    return file.name.split(".ko")[0] + ".ko"


def _tree(files):
    """Files under their own paths, behind the directories that they need."""
    dirs = {str(d) for f in files for d in Path(f).parents} - {"/", "/bin"}
    yield from ((d[1:], 0o40755, b"") for d in sorted(dirs))
    yield from ((str(f)[1:], 0o100755, Path(f).read_bytes()) for f in files)


def write(path, busybox, init, base, modules, spare=(), files=()):
    """Write an initramfs. The files of the modules, but not of the spare ones,
    are listed in modules/order; any other files keep their paths."""
    entries = [("bin", 0o40755, b""), ("modules", 0o40755, b""),
               ("bin/busybox", 0o100755, busybox.read_bytes()),
               ("init", 0o100755, init.read_bytes())]
    order = module_files(base, modules)
    for file in order + module_files(base, spare):
        data = file.read_bytes()
        if file.suffix == ".xz":
            data = lzma.decompress(data)
        entries.append((f"modules/{_plain(file)}", 0o100644, data))
    entries += _tree(files)
    names = "".join(_plain(f) + "\n" for f in order)
    entries.append(("modules/order", 0o100644, names.encode()))
    with gzip.open(path, "wb", compresslevel=1) as out:
        for ino, (name, mode, data) in enumerate([*entries, ("TRAILER!!!", 0, b"")], 1):
            head = b"070701" + b"".join(b"%08X" % v for v in (
                ino, mode, 0, 0, 1, 0, len(data), 0, 0, 0, 0, len(name) + 1, 0))
            rec = head + name.encode() + b"\0"
            out.write(rec + b"\0" * (-len(rec) % 4) + data + b"\0" * (-len(data) % 4))
