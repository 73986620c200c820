"""One sender at a time, on one machine or on many."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.db import connection

from seawall.records.errors import Refused

_LOCK = 0x5EA_0A11
"""The number of the lock in PostgreSQL."""


@contextmanager
def sending_turn() -> Iterator[None]:
    """Hold the only turn to send; raises Refused where another sender has it. A killed sender's turn ends with it."""
    if connection.vendor == "postgresql":
        with _advisory():
            yield
    else:
        with _locked_file(Path(f"{connection.settings_dict['NAME']}.sending")):
            yield


@contextmanager
def _advisory() -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [_LOCK])
        if not cursor.fetchone()[0]:
            raise _taken()
        try:
            yield
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [_LOCK])


@contextmanager
def _locked_file(path: Path) -> Iterator[None]:
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise _taken() from error
        yield
    finally:
        os.close(handle)


def _taken() -> Refused:
    return Refused("another sender is at work; let it end, or stop it, and begin again.")
