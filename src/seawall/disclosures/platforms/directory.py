"""A platform's own ids, by the keyed ids that cases have."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec

from seawall.effects.outbound import Destination, Outbound
from seawall.records.errors import BadConfiguration, Refused


@dataclass(slots=True)
class Directory:
    """Whose account an effect means; without a table the ids are the platform's own already."""

    read: Callable[[], Mapping[str, str]] | None = None
    _ids: Mapping[str, str] | None = field(default=None, repr=False)

    def own(self, subject_id: str) -> str:
        """The platform's id; raises Refused for an account that its table does not hold."""
        if self.read is None:
            return subject_id
        if self._ids is None:
            self._ids = self.read()
        if subject_id not in self._ids:
            raise Refused(f"the platform's table holds no account {subject_id}; give a newer one.")
        return self._ids[subject_id]


def read_table(path: Path) -> Mapping[str, str]:
    """Keyed id to the platform's own, from a JSON file that `seawall cases` or an operator wrote."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=dict[str, str])
    except (OSError, msgspec.DecodeError, msgspec.ValidationError) as error:
        raise BadConfiguration(f"{path} is no table of ids ({error}); it maps keyed ids to the platform's.") from error


def directory_from(options: Mapping[str, Any]) -> Directory:
    """The directory that a sink's options name: `ids`, a JSON file."""
    if "ids" not in options:
        return Directory()
    path = Path(options["ids"])
    return Directory(lambda: read_table(path))


def require_known(name: str, options: Mapping[str, Any], known: tuple[str, ...], needed: tuple[str, ...]) -> None:
    """Refuse options that nobody reads, and missing ones."""
    where = f"[effects.sinks.{name}.options]"
    if unknown := set(options) - set(known):
        raise BadConfiguration.unknown_key(where, min(unknown), known)
    if missing := [one for one in needed if one not in options]:
        raise BadConfiguration(f"{where} lacks {', '.join(missing)}; add it.")


def secret_from(path: str) -> str:
    """A secret from its file."""
    try:
        return Path(path).read_text("utf-8").strip()
    except OSError as error:
        raise BadConfiguration(f"the secret {path} cannot be read ({error.strerror}).") from error


def reaching(base: str, options: Mapping[str, Any], log: Path) -> Outbound:
    """A door to one base address and nowhere else."""
    origin = "/".join(base.split("/", 3)[:3])
    destination = Destination(origin, private=bool(options.get("private", False)))
    return Outbound([destination], log, timeout=float(options.get("timeout", 20)))
