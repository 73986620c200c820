"""What stands of a case besides its items: key, retention, holds."""

import os
from datetime import datetime, timedelta
from pathlib import Path

import msgspec

from seawall.records.errors import Damaged, Refused, UnknownVersion

VERSION = 1
YEAR = timedelta(days=365)
"""How long a report's evidence is preserved: Pub. L. 118-59 (REPORT Act), section 4."""


class Hold(msgspec.Struct, frozen=True, kw_only=True):
    """Why nothing of a case may be destroyed, until a day or until it is released."""

    name: str
    why: str
    by: str
    since: datetime
    until: datetime | None = None


class CaseState(msgspec.Struct, frozen=True, kw_only=True):
    """The changeable part of a case; every change replaces the file as a whole."""

    version: int = VERSION
    case: str
    wrapped: str
    under: str
    opened_at: datetime
    preserve_until: datetime | None = None
    holds: tuple[Hold, ...] = ()

    def reported(self, at: datetime) -> "CaseState":
        """Preserve for a year from a report; never shorter than before."""
        return self.until(at + YEAR)

    def until(self, day: datetime) -> "CaseState":
        """Preserve at least until a day."""
        later = max(day, self.preserve_until) if self.preserve_until else day
        return msgspec.structs.replace(self, preserve_until=later)

    def held(self, hold: Hold) -> "CaseState":
        """With one more hold; one of the same name is replaced, and never by a shorter one."""
        before = next((one for one in self.holds if one.name == hold.name), None)
        if before and hold.until and (before.until is None or hold.until < before.until):
            raise Refused(f"hold {hold.name!r} stands until {before.until or 'it is released'}; it is not shortened.")
        return msgspec.structs.replace(self, holds=(*(one for one in self.holds if one.name != hold.name), hold))

    def released(self, name: str) -> "CaseState":
        """Without a hold."""
        if name not in {one.name for one in self.holds}:
            raise Refused(
                f"there is no hold {name!r}; there are {', '.join(one.name for one in self.holds) or 'none'}."
            )
        return msgspec.structs.replace(self, holds=tuple(one for one in self.holds if one.name != name))

    def require_over(self, now: datetime) -> None:
        """Raise Refused while anything must still be kept."""
        standing = [one for one in self.holds if one.until is None or one.until > now]
        if standing:
            raise Refused(f"case {self.case} is held ({', '.join(f'{one.name}: {one.why}' for one in standing)}).")
        if self.preserve_until is None:
            raise Refused(f"case {self.case} has no day until which it is preserved; set one before it is purged.")
        if now < self.preserve_until:
            raise Refused(f"case {self.case} is preserved until {self.preserve_until:%Y-%m-%d}; nothing is destroyed.")


def read_state(path: Path) -> CaseState:
    """The state in a file; raises Damaged for what is none."""
    try:
        state = msgspec.json.decode(path.read_bytes(), type=CaseState)
    except (OSError, msgspec.DecodeError, msgspec.ValidationError) as error:
        raise Damaged(f"{path} does not hold a case's state ({error}); restore it from a backup.") from error
    if state.version != VERSION:
        raise UnknownVersion.of(str(path), state.version, VERSION)
    return state


def write_state(path: Path, state: CaseState) -> None:
    """Put a state in place of the one before, or leave that one."""
    partial = path.with_name(f".{path.name}.partial")
    handle = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(msgspec.json.encode(state))
        file.flush()
        os.fsync(file.fileno())
    partial.replace(path)
