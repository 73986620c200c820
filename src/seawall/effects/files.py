"""Effects as files: one JSON file an effect."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec
from django.conf import settings

from seawall.effects.sink import Order
from seawall.records.errors import BadConfiguration, Unavailable


class FilesSink:
    """Writes each effect into a folder, under its id: writing it twice changes nothing."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @classmethod
    def make(cls, name: str, options: Mapping[str, Any]) -> "FilesSink":
        """From seawall.toml: `folder`, relative to SEAWALL_HOME (default: effects)."""
        if unknown := set(options) - {"folder"}:
            raise BadConfiguration.unknown_key(f"[effects.sinks.{name}.options]", min(unknown), ["folder"])
        home: Path = settings.HOME
        return cls(home / str(options.get("folder", "effects")))

    def carry_out(self, order: Order) -> str:
        """Write the file whole, or not at all."""
        final = self.folder / f"{order.id}.json"
        partial = self.folder / f".{order.id}.{os.getpid()}"
        try:
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            handle = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(handle, "wb") as file:
                file.write(msgspec.json.format(msgspec.json.encode(order)))
                file.flush()
                os.fsync(file.fileno())
            partial.replace(final)
        except OSError as error:
            raise Unavailable(
                f"{final} cannot be written ({error.strerror}); free space or mend its folder."
            ) from error
        return str(final)
