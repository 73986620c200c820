"""Who could reach whom: the guard asked about pairs.

Messages are metadata and most platforms give none, so follows stand for them: each pair is taken as if the first wrote
to the second. Pairs without a part in the trade are connected, the others are strangers.
"""

from dataclasses import dataclass

import numpy as np

from seawall.guard.answers import Age, ContactKind, Decision
from seawall.guard.library import Guard
from seawall.trials.draws import Bools, Ints
from seawall.trials.intervals import Proportion, proportion
from seawall.trials.labels import BUYER, Labels
from seawall.trials.platform import Platform

MOST = 3_000


@dataclass(frozen=True, slots=True)
class Contacts:
    """Shares of the pairs that the guard holds or refuses."""

    buyer_to_seller: Proportion
    risky_to_child: Proportion
    innocent: Proportion


def contacts(platform: Platform, labels: Labels, guard: Guard, seed: int = 0) -> Contacts:
    """Ask about at most `MOST` pairs of each kind."""
    pairs = platform.follows.tocoo()
    sender, recipient = pairs.row.astype(np.int64), pairs.col.astype(np.int64)
    risky, young = labels.risky, platform.young
    rng = np.random.default_rng((seed, 9))

    def ask(chosen: Bools, *, connected: bool) -> Proportion:
        places = rng.permutation(np.flatnonzero(chosen))[:MOST]
        stopped = sum(_stopped(platform, guard, sender[at], recipient[at], connected) for at in places)
        return proportion(stopped, len(places))

    grown = ~young & ~risky
    return Contacts(
        ask((labels.role[sender] == BUYER) & labels.offers[recipient], connected=False),
        ask(risky[sender] & ~young[sender] & young[recipient] & ~risky[recipient], connected=False),
        ask(grown[sender] & grown[recipient], connected=True),
    )


def _stopped(platform: Platform, guard: Guard, sender: Ints, recipient: Ints, connected: bool) -> bool:
    ages = [Age.CHILD if platform.young[who] else Age.ADULT for who in (sender, recipient)]
    one, other = int(platform.accounts[sender]), int(platform.accounts[recipient])
    answer = guard.contact(ContactKind.MESSAGE, one, other, *ages, connected=connected)
    return answer.decision is not Decision.ALLOW
