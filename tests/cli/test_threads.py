"""Threads that libraries start of their own accord."""

import os
import subprocess
import sys

from seawall.cli.threads import POOLS, calm_threads

SHOW = (
    "import seawall.cli.main, seawall.cli.threads as t; t.calm_threads();"
    "import numpy, threadpoolctl; print(max(pool['num_threads'] for pool in threadpoolctl.threadpool_info()))"
)


def test_a_choice_of_the_user_stands(monkeypatch):
    monkeypatch.setenv("OMP_NUM_THREADS", "3")
    calm_threads()
    assert os.environ["OMP_NUM_THREADS"] == "3"


def test_libraries_compute_on_one_thread():
    free = {name: value for name, value in os.environ.items() if name not in POOLS}
    shown = subprocess.run([sys.executable, "-c", SHOW], env=free, capture_output=True, text=True, check=True)
    assert shown.stdout.split() == ["1"]
