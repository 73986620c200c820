"""When a session ends: by age, idleness, or a newer one.

Django renews a session's key when someone signs in, and empties it when they sign out; the limits are here.
"""

from datetime import datetime, timedelta

from django.http import HttpRequest
from django.utils import timezone

from seawall.cases.models import Person
from seawall.console.sessions import Session

LONGEST = timedelta(hours=8)
IDLE = timedelta(minutes=20)
AT_ONCE = 2
"""How many sessions a person can have: a desk and a phone."""
STIR = timedelta(minutes=1)
"""Use is written down this often, so that a page costs no write."""


def begin(request: HttpRequest) -> None:
    """Start the clock of a session whose person has given both factors."""
    now = timezone.now().isoformat()
    request.session["begun_at"] = request.session["used_at"] = now


def is_over(request: HttpRequest) -> bool:
    """Whether a session has ended by age or for want of use; where it has not, this is use."""
    now, kept = timezone.now(), request.session
    if "begun_at" not in kept:
        return True
    used = datetime.fromisoformat(kept["used_at"])
    if now - datetime.fromisoformat(kept["begun_at"]) > LONGEST or now - used > IDLE:
        return True
    if now - used > STIR:
        kept["used_at"] = now.isoformat()
    return False


def end_others(person: Person, kept_key: str | None, at_most: int = AT_ONCE) -> None:
    """End a person's oldest sessions, so that with the one that is kept there are no more than allowed."""
    others = Session.objects.filter(person=person).exclude(session_key=kept_key).order_by("-begun_at")
    ended = [row.session_key for row in others[max(at_most - 1, 0) if kept_key else 0 :]]
    Session.objects.filter(session_key__in=ended).delete()
