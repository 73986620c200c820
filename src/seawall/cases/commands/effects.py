"""Effects that a person looks at, and gives another chance."""

from django.db import transaction

from seawall.cases.actor import Actor, Permission
from seawall.cases.audit import record
from seawall.effects.executor import try_again as let_try
from seawall.effects.models import Effect
from seawall.records.errors import Refused


@transaction.atomic
def try_again(actor: Actor, effect: Effect) -> None:
    """Let a failed effect be carried out as it was decided, at once; whoever decides on cases may."""
    actor.require(Permission.DECIDE)
    effect = Effect.objects.select_for_update(of=("self",)).get(pk=effect.pk)
    if not let_try(effect):
        raise Refused(f"The effect {effect.pk} is {effect.state} and has not failed; there is nothing to try again.")
    record(actor, "tried effect again", f"effect:{effect.pk}", details={"kind": effect.kind, "sink": effect.sink})
