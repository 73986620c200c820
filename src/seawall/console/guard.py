"""The guard and what watches it: parts, index, canaries, effects."""

import time
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec
from django.conf import settings
from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from seawall.cases.actor import Permission
from seawall.cases.commands.effects import try_again
from seawall.cases.commands.guard import switch_on, switched_off
from seawall.cases.models import Proposal
from seawall.cases.upkeep import reminders
from seawall.console.access import PersonRequest
from seawall.console.acting import act
from seawall.console.gravest import asked, may_ask
from seawall.console.run_place import degraded, latest_run, run_key
from seawall.console.watching import watched
from seawall.effects.configuration import effects_section
from seawall.effects.executor import stuck
from seawall.effects.models import Effect, QuotaUse
from seawall.effects.quotas import day_of
from seawall.guard.index import Index, read_manifest
from seawall.guard.serving import served
from seawall.hashes.health import media_health
from seawall.lake.kept_runs import made_at
from seawall.records.errors import SeawallError

SHOWN = 20
FRESH_SECONDS = 15
"""The file of parts is written every second; one that is older was left behind."""


@dataclass(frozen=True, slots=True)
class Check:
    """Something that was looked at: its name, whether it is well (None: not set up), and in words how it is."""

    name: str
    well: bool | None
    told: str


@require_safe
def show(request: PersonRequest) -> HttpResponse:
    """How everything is that works without people."""
    today = QuotaUse.objects.filter(day=day_of(timezone.now()), person="")
    section = effects_section()
    shown = {
        "checks": [*_parts(), *_index(), *_banks(), _watch()],
        "entries": _entries(),
        "degraded": degraded(),
        "reminders": reminders().lines(),
        "effects": Effect.objects.values("sink", "state").annotate(n=Count("id")).order_by("sink", "state"),
        "deciding": request.actor.may(Permission.DECIDE),
        "stuck": stuck().order_by("-attempts")[:SHOWN],
        "may_switch": may_ask(request, Proposal.Kind.GUARD_OFF),
        "may_act_alone": request.actor.may(Permission.ACT_ALONE),
        "off": switched_off(),
        "switching": asked(Proposal.Kind.GUARD_OFF),
        "quotas": [(use.kind, use.used, quota.day) for use in today if (quota := section.quota(use.kind))],
    }
    return render(request, "console/guard.html", shown)


@require_POST
def again(request: PersonRequest, effect: str) -> HttpResponse:
    """Give an effect that failed another chance."""
    found = get_object_or_404(Effect, pk=effect)
    told = _("It is tried again now.")
    return act(request, lambda: try_again(request.actor, found), told, f"{reverse('guard')}#stuck")


@require_POST
def on(request: PersonRequest) -> HttpResponse:
    """Switch the guard on again."""
    told = _("The guard is switched on again.")
    return act(request, lambda: switch_on(request.actor), told, f"{reverse('guard')}#off")


def _parts() -> list[Check]:
    """The parts that `seawall up` keeps up."""
    try:
        told: dict[str, Any] = msgspec.json.decode((settings.HOME / "parts.json").read_bytes())
    except (OSError, msgspec.DecodeError):
        return [Check(_("parts"), None, _("not run by `seawall up`, or it has stopped"))]
    if time.time() - told["at"] > FRESH_SECONDS:
        return [Check(_("parts"), False, _("`seawall up` has not written for a while: it was killed"))]
    return [Check(name, state == "up", state) for name, state in told["parts"].items()]


def _index() -> list[Check]:
    """The published index: whether there is one, whether its canary is found, how old it is."""
    run = latest_run()
    if run is None:
        return [Check(_("index"), None, _("no run is linked: `seawall up RUN` links one"))]
    if not (run / "guard").is_dir():
        return [Check(_("index"), None, _("this run publishes no index"))]
    try:
        index = Index.open(served(run / "guard"), run_key())
        index.check_canary()
    except (SeawallError, OSError) as error:
        return [Check(_("index"), False, str(error))]
    return [
        Check(
            _("index"), True, _("version {version}, {age} old").format(version=index.version, age=_age(made_at(run)))
        ),
        Check(_("canary of the index"), True, _("the index finds what it must find")),
    ]


def _banks() -> list[Check]:
    """The banks of known media: every alarm and notice, when their canary was found, when a list came last."""
    name, folder = _("known media"), settings.HOME / "banks"
    if not folder.is_dir():
        return [Check(name, None, _("no banks here"))]
    told = media_health(folder)
    found = _("canary found {age} ago").format(age=_age(told.canary.at)) if told.ready and told.canary else ""
    lists = _("lists last fed {age} ago").format(age=_age(told.fed_at)) if told.fed_at else _("lists never fed")
    return [
        *(Check(name, False, wrong) for wrong in (*told.alarms, *told.notices)),
        Check(_("canary of known media"), told.ready, found or _("known media may not be matched")),
        Check(_("lists of known media"), told.fed_at is not None, lists),
    ]


def _watch() -> Check:
    """Whether people are shown more than when the trial's baseline was walked."""
    watch, name = watched(), _("trial watch")
    if watch is None:
        return Check(name, None, _("no trial is watched: `seawall trial watch` walks one again and again"))
    if watch.alarms:
        told = _("people are shown more than before: {places}").format(places=", ".join(watch.alarms))
        return Check(name, False, told)
    if watch.stopped:
        return Check(name, False, _("the last round was on {day}").format(day=f"{watch.at:%Y-%m-%d}"))
    said = _("round {n} on {day}: no more than before").format(n=watch.rounds, day=f"{watch.at:%Y-%m-%d}")
    return Check(name, True, said)


def _entries() -> dict[str, int]:
    """How much the index holds, by kind."""
    run = latest_run()
    try:
        return dict(read_manifest(served(run / "guard")).entries) if run and (run / "guard").is_dir() else {}
    except (SeawallError, OSError):
        return {}


def _age(since: datetime) -> str:
    hours = (timezone.now() - since).total_seconds() / 3600
    return _("{n} days").format(n=round(hours / 24)) if hours >= 48 else _("{n} hours").format(n=round(hours))
