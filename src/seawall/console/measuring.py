"""What the figures are made of, from the tables of cases and effects.

Survivors are counted as the reporting of 2023 did: accounts that were found and are still there after a week, after a
month. Those that nobody has decided on yet survive too.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import quantiles

from django.db.models import Count, Exists, Max, OuterRef
from django.utils import timezone

from seawall.cases.models import AccountDecision, AuditEntry, Case, Decision, Member
from seawall.cases.models.case import Action
from seawall.effects.models import Effect
from seawall.records.roles import Role

WINDOW = timedelta(days=180)
LATEST = 4_000
"""Effects that the times are measured on, the latest; more would not change them."""
PIECE = 500
PUNISHES = (Action.REMOVE, Action.RESTRICT)
SELLS = (Role.SELLER, Role.PROMOTER, Role.RESELLER)
SPARED = (Action.CLEAR, Action.PROTECT)


@dataclass(frozen=True, slots=True)
class Spread:
    """Times of `n` things: the middle one, and the one that nine in ten stay below."""

    n: int
    median: timedelta
    ninth: timedelta


@dataclass(frozen=True, slots=True)
class Share:
    """So many of so many; `kept` are the others."""

    part: int
    whole: int

    @property
    def kept(self) -> int:
        """Those that are not in the part."""
        return self.whole - self.part


@dataclass(frozen=True, slots=True)
class Figures:
    """All of them; None where there is nothing to measure yet."""

    signal_to_effect: Spread | None
    case_to_decision: Spread | None
    survivors: Mapping[int, Share]
    returns: Spread | None
    overturned: Share
    effects: Mapping[str, int]
    cases: Mapping[str, int]
    at: datetime


def measure() -> Figures:
    """The figures now."""
    effects = Effect.objects.values_list("state").annotate(n=Count("id")).order_by()
    cases = Case.objects.values_list("state").annotate(n=Count("id")).order_by()
    return Figures(
        signal_to_effect=_spread(_signal_to_effect()),
        case_to_decision=_spread(_case_to_decision()),
        survivors={days: _survivors(timedelta(days=days)) for days in (7, 30)},
        returns=_spread(_returns()),
        overturned=_overturned(),
        effects=dict(effects),
        cases=dict(cases),
        at=timezone.now(),
    )


def _spread(times: Iterable[timedelta]) -> Spread | None:
    seconds = sorted(time.total_seconds() for time in times)
    if not seconds:
        return None
    tenths = quantiles(seconds, n=10, method="inclusive") if len(seconds) > 1 else seconds * 9
    return Spread(len(seconds), timedelta(seconds=tenths[4]), timedelta(seconds=tenths[8]))


def _signal_to_effect() -> Iterable[timedelta]:
    """From the first signal on an account to the moment when it was removed or restricted."""
    done = Effect.objects.filter(kind__in=PUNISHES, state=Effect.State.DONE, done_at__gte=timezone.now() - WINDOW)
    ends = dict(done.order_by("-done_at").values_list("subject_id", "done_at")[:LATEST])
    accounts = list(ends)
    for start in range(0, len(accounts), PIECE):
        rows = Member.objects.filter(account_id__in=accounts[start : start + PIECE])
        for account, signals in rows.values_list("account_id", "signals"):
            first = min((str(one["first_at"]) for one in signals if one.get("first_at")), default=None)
            end = ends.pop(account, None)
            if first and end:
                yield max(end - datetime.fromisoformat(first), timedelta())


def _case_to_decision() -> Iterable[timedelta]:
    """From a case's opening to each decision on it."""
    made = Decision.objects.filter(at__gte=timezone.now() - WINDOW).order_by("-at")
    for at, opened in made.values_list("at", "case__opened_at")[:LATEST]:
        yield max(at - opened, timedelta())


def _survivors(after: timedelta) -> Share:
    """Of the accounts that sell and were found long enough ago: those that were not removed within that time."""
    now = timezone.now()
    gone = Effect.objects.filter(
        subject_kind="account",
        subject_id=OuterRef("account_id"),
        kind=Action.REMOVE,
        state=Effect.State.DONE,
        done_at__lte=OuterRef("first_seen") + after,
    )
    found = Member.objects.filter(role__in=SELLS, first_seen__lte=now - after, first_seen__gte=now - WINDOW)
    found = found.exclude(action__in=SPARED)
    return Share(found.exclude(Exists(gone)).count(), found.count())


def _returns() -> Iterable[timedelta]:
    """From the last decision on a case to its network's return."""
    since = (timezone.now() - WINDOW).isoformat()
    entries = AuditEntry.objects.filter(action="reopened", at__gte=since)
    for number, told in entries.values_list("case_id", "at")[:LATEST]:
        at = datetime.fromisoformat(told)
        last = Decision.objects.filter(case=number, at__lt=at).aggregate(last=Max("at"))["last"]
        if last:
            yield at - last


def _overturned() -> Share:
    """Punishments that an appeal overturned, of all."""
    made = AccountDecision.objects.filter(action__in=PUNISHES, decision__at__gte=timezone.now() - WINDOW)
    return Share(made.filter(overturned=True).count(), made.count())
