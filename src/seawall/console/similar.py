"""Other cases that share hashtags, links or files with one."""

from collections import Counter
from dataclasses import dataclass

from seawall.cases.actor import Actor
from seawall.cases.commands.queue import cases_of
from seawall.cases.models import Case, Shared

SHOWN = 5
CROWD = 40
"""A thing that more cases share than this tells of none of them."""


@dataclass(frozen=True, slots=True)
class Similar:
    """A case, and how many things it shares with the one that is looked at."""

    case: Case
    things: int


def similar_cases(actor: Actor, case: Case) -> list[Similar]:
    """The cases that this person may see and that share most with this one, the most first."""
    mine = case.shared.values_list("kind", "subject_id")
    wanted = set(mine)
    others = Shared.objects.filter(subject_id__in={subject for _, subject in wanted}).exclude(case=case)
    rows = [(number, thing) for number, *thing in others.values_list("case_id", "kind", "subject_id")]
    met = [(number, (kind, subject)) for number, (kind, subject) in rows if (kind, subject) in wanted]
    cases_with = Counter(thing for _, thing in met)
    counts = Counter(number for number, thing in met if cases_with[thing] <= CROWD)
    found = cases_of(actor).in_bulk([number for number, _ in counts.most_common(SHOWN * 3)])
    told = [Similar(found[number], count) for number, count in counts.most_common() if number in found]
    return told[:SHOWN]
