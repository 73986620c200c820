"""Warming compiles every kernel, so that no first run waits."""

import importlib
import pkgutil

import numba

import seawall
from seawall.cli.warm import warm


def kernels() -> dict[str, object]:
    """Every kernel that is kept on the disk, by name."""
    found = {}
    for module in pkgutil.walk_packages(seawall.__path__, "seawall."):
        for name, value in vars(importlib.import_module(module.name)).items():
            if isinstance(value, numba.core.dispatcher.Dispatcher) and value.targetoptions.get("cache", True):
                found[f"{value.__module__}.{name}"] = value
    return found


def test_no_kernel_is_left_cold():
    warm()
    assert [name for name, kernel in kernels().items() if not kernel.signatures] == []
