"""When the evidence on a case was first seen, week by week."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

SHOWN = 60
"""The most weeks that are drawn; earlier ones are left out."""


@dataclass(frozen=True, slots=True)
class Line:
    """One kind of evidence: its sightings in each week, and their path in a box of (weeks, 1)."""

    name: str
    total: int
    weeks: int
    most: int
    path: str


@dataclass(frozen=True, slots=True)
class Weeks:
    """The lines of a timeline and the days on which its first and last week begin."""

    lines: tuple[Line, ...]
    first: date
    last: date


def weeks_of(signals: Iterable[Iterable[Mapping[str, Any]]]) -> Weeks | None:
    """The timeline of these members' signals; None where none has a time."""
    seen: dict[str, Counter[date]] = defaultdict(Counter)
    for of_member in signals:
        for signal in of_member:
            if signal.get("first_at"):
                seen[str(signal["what"]).partition(".")[0]][_monday(str(signal["first_at"]))] += 1
    if not seen:
        return None
    days = [day for counts in seen.values() for day in counts]
    last = max(days)
    first = max(min(days), last - timedelta(weeks=SHOWN - 1))
    lines = (_line(name, counts, first, last) for name, counts in sorted(seen.items()))
    return Weeks(tuple(line for line in lines if line.total), first, last)


def _monday(moment: str) -> date:
    day = datetime.fromisoformat(moment).date()
    return day - timedelta(days=day.weekday())


def _line(name: str, counts: Mapping[date, int], first: date, last: date) -> Line:
    width = (last - first).days // 7 + 1
    heights = [counts.get(first + timedelta(weeks=week), 0) for week in range(width)]
    most = max(*heights, 1)
    bars = (f"M{at} 1v-{max(n / most, 0.06):.3f}h.8V1Z" for at, n in enumerate(heights) if n)
    return Line(name, sum(heights), width, most, "".join(bars))
