"""Quotas: how many effects of a kind may begin on a day.

A place is taken by one conditional UPDATE, never by reading first: however many workers fire, a day has no more places
than its quota. Rows are locked in one order (all before person), so that no two workers wait for each other.
"""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.db.models import F

from seawall.effects.configuration import Quota
from seawall.effects.models import QuotaUse


def day_of(moment: datetime) -> date:
    """The day that a moment belongs to, in the configured zone."""
    return moment.astimezone(ZoneInfo(settings.DAY_ZONE)).date()


def end_of(day: date) -> datetime:
    """The first moment after a day, in UTC."""
    return datetime.combine(day + timedelta(days=1), time(), ZoneInfo(settings.DAY_ZONE)).astimezone(UTC)


def take(kind: str, person: str, day: date, quota: Quota) -> bool:
    """Take one place of a day's quotas; False, and nothing taken, where either is used up."""
    limits = {"": quota.day, person: quota.person}
    for who in limits:
        QuotaUse.objects.get_or_create(kind=kind, person=who, day=day)
    try:
        with transaction.atomic():
            for who, limit in limits.items():
                row = QuotaUse.objects.filter(kind=kind, person=who, day=day, used__lt=limit)
                if not row.update(used=F("used") + 1):
                    raise _Full
    except _Full:
        return False
    return True


def used(day: date) -> dict[tuple[str, str], int]:
    """How much of each quota is used on a day: (kind, person) -> count; person is empty for all together."""
    rows = QuotaUse.objects.filter(day=day).values_list("kind", "person", "used")
    return {(kind, person): count for kind, person, count in rows}


class _Full(Exception):
    """A quota is used up: what was taken of the other one is given back."""
