"""[cases] in seawall.toml: budgets of exposure, samples, time limits."""

import tomllib
from pathlib import Path
from typing import Annotated

import msgspec
from django.conf import settings

from seawall.records.errors import BadConfiguration

_Share = Annotated[float, msgspec.Meta(ge=0, le=1)]
_Count = Annotated[int, msgspec.Meta(ge=1)]


class CasesSection(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a house decides for everyone; a person's own budgets can only be lower."""

    items_an_hour: _Count = 20
    items_a_day: _Count = 80
    pause_minutes: _Count = 15
    second_review_share: _Share = 0.05
    appeal_days: _Count = 7


def read_cases_section(path: Path) -> CasesSection:
    """The section in a file; raises BadConfiguration for what it cannot be."""
    try:
        document = tomllib.loads(path.read_text("utf-8")) if path.is_file() else {}
        return msgspec.convert(document.get("cases", {}), CasesSection)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise BadConfiguration(f"[cases] in {path}: {error}. See docs/concepts/cases.md.") from error


def cases_section() -> CasesSection:
    """The section of this deployment."""
    return read_cases_section(settings.CONFIGURATION)
