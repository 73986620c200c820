"""The guard's switch: two people turn it off, one turns it on again."""

from django.db import transaction

from seawall.cases.actor import Actor, Permission
from seawall.cases.audit import record
from seawall.effects.configuration import effects_section
from seawall.effects.models import Effect
from seawall.effects.outbox import Wanted, Warrant, propose
from seawall.records.errors import Refused

OFF, ON = "guard_off", "guard_on"


def switched_off() -> Effect | None:
    """The effect that switched the guard off, where nothing has switched it on since."""
    wanted = Effect.objects.filter(kind__in=(OFF, ON)).exclude(state=Effect.State.WITHDRAWN)
    last = wanted.order_by("created_at", "id").last()
    return last if last is not None and last.kind == OFF else None


@transaction.atomic
def switch_on(actor: Actor) -> None:
    """Undo the guard's being off, at once: what keeps people apart needs no second person."""
    person = actor.require(Permission.DECIDE)
    off = switched_off()
    if off is None:
        raise Refused("The guard is not switched off; there is nothing to undo.")
    wanted = Wanted(ON, "guard", off.origin, {"guard": "on"})
    propose([wanted], Warrant(f"on:{off.origin}", person.pseudonym), effects_section().routes())
    record(actor, "switched the guard on", off.origin)
