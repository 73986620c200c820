"""Where people's data are kept: a database named by its address.

SQLite writes ahead and syncs every commit (WAL, synchronous=FULL), and takes its write lock when a transaction begins:
two writers then wait for each other instead of failing half way.
"""

from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from seawall.records.errors import BadConfiguration

_WAIT = 30  # seconds that a writer waits for another
_SQLITE = "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;"


def database_from(address: str) -> dict[str, Any]:
    """Django's settings for sqlite:///relative, sqlite:////absolute or postgres://user:password@host:port/name?option=value."""
    parts = urlsplit(address)
    if parts.scheme == "sqlite" and not parts.netloc and len(parts.path) > 1:
        return _sqlite(parts.path[1:])
    if parts.scheme in {"postgres", "postgresql"} and len(parts.path) > 1:
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": unquote(parts.path[1:]),
            "USER": unquote(parts.username or ""),
            "PASSWORD": unquote(parts.password or ""),
            "HOST": unquote(parts.hostname or ""),
            "PORT": str(parts.port or ""),
            "OPTIONS": dict(parse_qsl(parts.query)),
        }
    raise BadConfiguration(
        f"SEAWALL_DATABASE names no database that Seawall can use ({parts.scheme or 'no scheme'}). "
        "Give sqlite:///PATH or postgres://user:password@host:port/name."
    )


def _sqlite(path: str) -> dict[str, Any]:
    options = {"transaction_mode": "IMMEDIATE", "timeout": _WAIT, "init_command": _SQLITE}
    return {"ENGINE": "django.db.backends.sqlite3", "NAME": path, "OPTIONS": options}
