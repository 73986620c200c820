"""Warming compiles what a first run would otherwise wait for."""

import subprocess
import sys

COLD = """
from seawall.cli.warm import warm
warm()
from seawall.intake import times, keyset
from seawall.network import words
from seawall.records import ids
from seawall.terms import scan
kernels = [times._parse_many, keyset._add, words._words, ids._siphash_many, scan.scan]
print([kernel.py_func.__name__ for kernel in kernels if not kernel.signatures])
"""


def test_no_kernel_of_a_run_is_left_cold():
    done = subprocess.run([sys.executable, "-W", "ignore", "-c", COLD], capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == ("[]\n", "")
