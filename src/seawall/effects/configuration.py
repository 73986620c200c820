"""[effects] in seawall.toml: which sinks there are, and quotas a day.

Without it, effects of every kind are written as files into SEAWALL_HOME/effects, for others to carry out.
"""

import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

import msgspec
from django.conf import settings

from seawall.records.errors import BadConfiguration

KINDS = (
    "preserve",
    "remove",
    "restrict",
    "clear",
    "protect",
    "support_message",
    "restore",
    "block_term",
    "unblock_term",
    "guard_off",
    "guard_on",
    "file_report",
    "retract_report",
    "share_signal",
    "withdraw_signal",
    "purge",
)
"""Every kind of effect."""


class Quota(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How many effects of one kind may begin on a day: in all, and by one person's decisions."""

    day: Annotated[int, msgspec.Meta(ge=0)]
    person: Annotated[int, msgspec.Meta(ge=0)]


class SinkSection(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One sink: what makes it, the kinds that it takes (none named: all), and options of its own."""

    type: str
    takes: tuple[str, ...] = ()
    options: dict[str, Any] = {}


class EffectsSection(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The whole section."""

    sinks: dict[str, SinkSection] = msgspec.field(default_factory=lambda: {"files": SinkSection("files")})
    quotas: dict[str, Quota] = {}

    def routes(self) -> Mapping[str, Sequence[str]]:
        """The names of the sinks that take each kind."""
        return {kind: [n for n, s in self.sinks.items() if not s.takes or kind in s.takes] for kind in KINDS}

    def quota(self, kind: str) -> Quota | None:
        """The quota of a kind; None where nothing limits it."""
        return self.quotas.get(kind, QUOTAS.get(kind))


QUOTAS = {
    "remove": Quota(5000, 2500),
    "restrict": Quota(10_000, 5000),
    "protect": Quota(5000, 2500),
    "support_message": Quota(500, 100),
    "block_term": Quota(200, 100),
    "guard_off": Quota(2, 1),
    "file_report": Quota(5000, 2500),
    "share_signal": Quota(1000, 500),
    "purge": Quota(20, 10),
}
"""What limits a day where seawall.toml says nothing: nobody is cleared, restored or preserved too often."""


def read_effects(path: Path) -> EffectsSection:
    """The section in a file; raises BadConfiguration for what it cannot be."""
    try:
        document = tomllib.loads(path.read_text("utf-8")) if path.is_file() else {}
        section = msgspec.convert(document.get("effects", {}), EffectsSection)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise BadConfiguration(f"[effects] in {path}: {error}. See docs/concepts/cases.md.") from error
    named = {kind for sink in section.sinks.values() for kind in sink.takes} | set(section.quotas)
    if unknown := sorted(named - set(KINDS)):
        raise BadConfiguration.unknown_key(f"[effects] in {path}", unknown[0], KINDS)
    return section


def effects_section() -> EffectsSection:
    """The section of this deployment."""
    return read_effects(settings.CONFIGURATION)
