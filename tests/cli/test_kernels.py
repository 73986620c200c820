"""Compiled kernels stay in one folder of the user's own."""

import os
from pathlib import Path

from seawall.cli.kernels import keep_kernels


def test_they_go_into_the_users_cache(monkeypatch, tmp_path):
    monkeypatch.setenv("NUMBA_CACHE_DIR", "")
    monkeypatch.delenv("NUMBA_CACHE_DIR")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    keep_kernels()
    assert Path(os.environ["NUMBA_CACHE_DIR"]).is_relative_to(tmp_path / "seawall")


def test_a_folder_that_is_set_is_left(monkeypatch):
    monkeypatch.setenv("NUMBA_CACHE_DIR", "/elsewhere")
    keep_kernels()
    assert os.environ["NUMBA_CACHE_DIR"] == "/elsewhere"
