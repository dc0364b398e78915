# SPDX-License-Identifier: GPL-2.0
"""
The fuzzer's corpus, each input once: what the PF's side of the mailbox makes of
it, in user space. Searching for new ones is "make fuzz".
"""

import subprocess
import unittest

import vm


class Corpus(unittest.TestCase):
    def test_corpus(self):
        out = vm.BUILD / "replay"
        out.mkdir(parents=True, exist_ok=True)
        try:
            vm.testbed(f"in_root -r '{vm.TOP}:/carve/src' -b '{out}:/carve/out' make -s "
                       "-C /carve/src/tools/testing/fuzz out=/carve/out CC=gcc "
                       "SANITIZE=address,undefined replay 2>&1")
        except subprocess.CalledProcessError as e:
            self.fail(f"does not build, or an input breaks it\n{e.stdout}")
