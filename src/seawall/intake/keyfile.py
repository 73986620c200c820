"""The key file: 32 secret bytes, made at the first run."""

import os
import secrets
import stat
from pathlib import Path

from seawall.records.errors import BadConfiguration
from seawall.records.ids import IdKey

BYTES = 32


def load_or_make(path: Path) -> IdKey:
    """The key in `path`, made there with mode 0600 where there is none.

    Raises BadConfiguration for a file that others can read, or that does not hold 64 hex digits.
    """
    try:
        return _make(path)
    except FileExistsError:
        return _load(path)
    except OSError as error:
        raise BadConfiguration(
            f"The id key file {path} cannot be made ({error.strerror}). Choose a path in a folder of your own."
        ) from error


def _make(path: Path) -> IdKey:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    secret = secrets.token_bytes(BYTES)
    opened = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(opened, "w") as file:
        file.write(secret.hex() + "\n")
        file.flush()
        os.fsync(file.fileno())
    return IdKey(secret)


def _load(path: Path) -> IdKey:
    try:
        mode = path.stat().st_mode
        if not stat.S_ISREG(mode):
            raise BadConfiguration(f"The id key file {path} is not a file. Choose another path.")
        if mode & (stat.S_IRWXG | stat.S_IRWXO):
            raise BadConfiguration(
                f"The id key file {path} can be read by others (mode {mode & 0o777:o}). Run `chmod 600 {path}`."
            )
        secret = bytes.fromhex(path.read_text("ascii").strip())
    except OSError as error:
        raise BadConfiguration(f"The id key file {path} cannot be read ({error.strerror}).") from error
    except ValueError:
        secret = b""
    if len(secret) != BYTES:
        raise BadConfiguration(
            f"The id key file {path} does not hold {2 * BYTES} hex digits. Restore it from your backup; a new key "
            "would give every account a new id."
        )
    return IdKey(secret)
