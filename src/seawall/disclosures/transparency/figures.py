"""The figures of Articles 15 and 24 of the DSA, with intervals.

Shares come with Wilson's interval (1927), medians with the interval of order statistics, both at 95 %. Cells of fewer
than five are told as such: a published table must not point at anybody.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from scipy import stats

from seawall.disclosures.transparency.records import Measure, Records, Share

SMALL = 5
LEVEL = 0.95


@dataclass(frozen=True, slots=True)
class Period:
    """From a moment, included, to another, not included."""

    start: datetime
    end: datetime

    def holds(self, at: datetime) -> bool:
        return self.start <= at < self.end


@dataclass(frozen=True, slots=True)
class Figure:
    """One line: `value` is None where there is nothing to tell, or fewer than five of what points at people."""

    part: str
    name: str
    scope: str
    value: float | None
    unit: str
    low: float | None = None
    high: float | None = None
    of: int | None = None

    @property
    def small(self) -> bool:
        """Whether the cell is told as fewer than five."""
        return self.value is None and self.of is None and self.unit == f"count below {SMALL}"


def figures_of(records: Records, period: Period) -> list[Figure]:
    """Every figure of a period, in the order of the report."""
    parts: tuple[Callable[[Records, Period], Iterator[Figure]], ...] = (
        _orders,
        _notices,
        _own_initiative,
        _by_language,
        _complaints,
        _automation,
        _times,
        _disputes,
        _suspensions,
        _authorities,
        _people,
        _measured,
    )
    return [figure for part in parts for figure in part(records, period)]


def share_of(part: str, name: str, hits: int, of: int, scope: str = "all") -> Figure:
    """A share with Wilson's interval; of nothing it has no value."""
    if of == 0:
        return Figure(part, name, scope, None, "share", of=0)
    found = stats.binomtest(hits, of).proportion_ci(LEVEL, method="wilson")
    return Figure(part, name, scope, hits / of, "share", float(found.low), float(found.high), of)


def median_of(part: str, name: str, hours: Sequence[float], scope: str = "all") -> Figure:
    """A median of hours with the interval of order statistics, where there are enough for one."""
    if not hours:
        return Figure(part, name, scope, None, "hours", of=0)
    middle = float(stats.scoreatpercentile(hours, 50))
    found = stats.quantile_test(hours, q=middle, p=0.5).confidence_interval(LEVEL)
    low, high = (float(one) if one == one else None for one in (found.low, found.high))
    return Figure(part, name, scope, middle, "hours", low, high, len(hours))


def _count(part: str, name: str, count: int, scope: str = "all", *, hide: bool = False) -> Figure:
    if hide and 0 < count < SMALL:
        return Figure(part, name, scope, None, f"count below {SMALL}")
    return Figure(part, name, scope, float(count), "count")


def _hours(start: datetime, end: datetime | None) -> list[float]:
    return [(end - start).total_seconds() / 3600] if end else []


def _orders(records: Records, period: Period) -> Iterator[Figure]:
    orders = [one for one in records.orders if period.holds(one.at)]
    for kind, article in (("act", "9"), ("inform", "10")):
        chosen = [one for one in orders if one.kind == kind]
        part = f"orders to {kind} (Art. {article})"
        yield _count(part, "orders", len(chosen))
        for country, count in sorted(Counter(one.country for one in chosen).items()):
            yield _count(part, "orders", count, country)
        yield median_of(part, "time to confirm", [h for one in chosen for h in _hours(one.at, one.confirmed_at)])
        yield median_of(part, "time to carry out", [h for one in chosen for h in _hours(one.at, one.carried_out_at)])


def _notices(records: Records, period: Period) -> Iterator[Figure]:
    part = "notices (Art. 16)"
    notices = [one for one in records.notices if period.holds(one.at)]
    for scope, chosen in (("all", notices), ("trusted flaggers", [one for one in notices if one.trusted_flagger])):
        yield _count(part, "notices", len(chosen), scope)
        yield _count(part, "acted on, by law", sum(one.acted_on == "law" for one in chosen), scope)
        yield _count(part, "acted on, by terms", sum(one.acted_on == "terms" for one in chosen), scope)
        yield median_of(part, "time to decide", [h for one in chosen for h in _hours(one.at, one.decided_at)], scope)
    yield _count(part, "decided by machines only", sum(one.by_machine_only for one in notices))


def _taken(records: Records, period: Period) -> list[Measure]:
    return [one for one in records.measures if period.holds(one.at) and one.kind != "clear"]


def _own_initiative(records: Records, period: Period) -> Iterator[Figure]:
    part = "measures (Art. 15(1)(c))"
    taken = _taken(records, period)
    for source, count in sorted(Counter(one.source for one in taken).items()):
        yield _count(part, "measures", count, source)
    for kind in ("remove", "restrict", "protect"):
        for ground in ("law", "terms"):
            chosen = [one for one in taken if one.kind == kind and one.ground == ground]
            yield _count(part, kind, len(chosen), f"ground in {ground}")
    yield share_of(part, "found by machines", sum(one.found_by_machine for one in taken), len(taken))


def _by_language(records: Records, period: Period) -> Iterator[Figure]:
    counts = Counter(one.language or "unknown" for one in _taken(records, period))
    for language, count in sorted(counts.items()):
        yield _count("measures by language", "measures", count, language, hide=True)


def _complaints(records: Records, period: Period) -> Iterator[Figure]:
    part = "complaints (Art. 20)"
    complaints = [one for one in records.complaints if period.holds(one.at)]
    decided = [one for one in complaints if one.outcome in {"upheld", "reversed"}]
    yield _count(part, "complaints", len(complaints))
    for outcome in ("upheld", "reversed", "unmatched", "open"):
        yield _count(part, outcome, sum(one.outcome == outcome for one in complaints))
    yield share_of(part, "reversed of decided", sum(one.outcome == "reversed" for one in decided), len(decided))
    taken = _taken(records, period)
    yield share_of(part, "complained of measures", min(len(complaints), len(taken)), len(taken))
    yield median_of(part, "time to decide", [h for one in complaints for h in _hours(one.at, one.decided_at)])


def _automation(records: Records, period: Period) -> Iterator[Figure]:
    part = "automated means (Art. 15(1)(e))"
    taken = _taken(records, period)
    for automation in ("fully", "partially", "not"):
        chosen = [one for one in taken if one.automation == automation]
        yield share_of(part, f"decided {automation} by machines", len(chosen), len(taken))
        yield share_of(part, "overturned", sum(one.overturned for one in chosen), len(chosen), f"decided {automation}")
    found = [one for one in taken if one.found_by_machine]
    yield share_of(part, "overturned", sum(one.overturned for one in found), len(found), "found by machines")


def _times(records: Records, period: Period) -> Iterator[Figure]:
    taken = _taken(records, period)
    for kind in ("remove", "restrict", "protect"):
        hours = [one.hours for one in taken if one.kind == kind and one.hours is not None]
        yield median_of("time to action", kind, hours)
        if hours:
            yield share_of("time to action", f"{kind} within a day", sum(one <= 24 for one in hours), len(hours))


def _disputes(records: Records, period: Period) -> Iterator[Figure]:
    part = "out-of-court disputes (Art. 24(1)(a))"
    disputes = [one for one in records.disputes if period.holds(one.at)]
    yield _count(part, "disputes", len(disputes))
    for outcome in ("for the user", "for the platform", "settled", "open"):
        yield _count(part, outcome, sum(one.outcome == outcome for one in disputes))
    decided = [one for one in disputes if one.outcome != "open"]
    yield share_of(part, "carried out", sum(one.carried_out for one in decided), len(decided))
    yield median_of(part, "time to decide", [h for one in disputes for h in _hours(one.at, one.decided_at)])


def _suspensions(records: Records, period: Period) -> Iterator[Figure]:
    counts = Counter(one.why for one in records.suspensions if period.holds(one.at))
    for why in ("manifestly illegal content", "unfounded notices", "unfounded complaints"):
        yield _count("suspensions for misuse (Art. 24(1)(b))", why, counts[why])


def _authorities(records: Records, period: Period) -> Iterator[Figure]:
    reports = [one for one in records.reports if period.holds(one.at)]
    for authority, count in sorted(Counter(one.authority for one in reports).items()):
        yield _count("reports to authorities", "reports", count, authority)
    yield _count("reports to authorities", "on a child in need of help", sum(one.victim for one in reports), hide=True)


def _people(records: Records, period: Period) -> Iterator[Figure]:  # noqa: ARG001  both stand for the period
    for country in sorted(records.recipients, key=lambda one: one.country):
        yield _count("average monthly active recipients (Art. 24(2))", "recipients", country.average, country.country)
    for language, count in records.reviewers:
        yield _count("people who review (Art. 42(2))", "reviewers", count, language)


def _measured(records: Records, period: Period) -> Iterator[Figure]:  # noqa: ARG001  both were measured for it
    yield from _shares("exposure of test accounts", records.exposure)
    yield from _shares("prevalence in a sample", records.prevalence)


def _shares(part: str, shares: Iterable[Share]) -> Iterator[Figure]:
    for one in shares:
        yield share_of(part, one.name, one.hits, one.of)
