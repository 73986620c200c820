"""The communities that a careless detector accuses, and how they write.

One row a community: its share of all accounts, how many of them never post, and the share of its posts and bios with
a price menu, a link or payment handle, a quoted risk word, a mention, an age. Rates are jittered per seed (normal on
the logit scale, spread 0.35). `ORDINARY` is everybody else; hidden accounts live an ordinary life by one of these
rows besides their trade.
"""

from dataclasses import dataclass

import numpy as np

from seawall.trials.draws import Floats, Rng

ORDINARY = 0


@dataclass(frozen=True, slots=True)
class Community:
    """One look-alike community and its habits of writing, as shares of its posts."""

    name: str
    share: float
    silent: float
    posts: float
    menu: float
    link: float
    quote: float
    mention: float
    age: float
    clustered: float = 0.8  # of its accounts, those that know one another
    risk_searches: float = 0.002  # of its accounts, those that search risk words
    reach: float = 1.0  # how much more they are followed
    bundle: float = 0.1  # of its circles, those with a link that they share


COMMUNITIES = (
    Community("", 0.0, 0.38, 7, 0.012, 0.04, 0.0003, 0.15, 0.02),
    Community("artists", 0.020, 0.12, 9, 0.28, 0.25, 0.0005, 0.15, 0.01, bundle=0.3),
    Community("adult_creators", 0.011, 0.10, 11, 0.25, 0.45, 0.0010, 0.12, 0.04, reach=2, bundle=0.3),
    Community("parents", 0.025, 0.20, 7, 0.03, 0.05, 0.0003, 0.15, 0.40),
    Community("educators", 0.008, 0.10, 9, 0.03, 0.25, 0.06, 0.10, 0.15, risk_searches=0.1, bundle=0.5),
    Community("survivors", 0.008, 0.15, 7, 0.01, 0.15, 0.05, 0.15, 0.10, risk_searches=0.05, bundle=0.4),
    Community("hotlines", 0.007, 0.01, 14, 0.01, 0.45, 0.40, 0.10, 0.15, risk_searches=0.3, bundle=0.7),
    Community("warners", 0.008, 0.01, 14, 0.01, 0.15, 0.45, 0.30, 0.10, risk_searches=0.4, bundle=0.2),
    Community("fandom", 0.050, 0.20, 9, 0.04, 0.06, 0.0010, 0.30, 0.03, bundle=0.2),
    Community("collectors", 0.020, 0.12, 9, 0.40, 0.20, 0.0005, 0.20, 0.02, bundle=0.4),
    Community("popular", 0.007, 0.02, 16, 0.03, 0.30, 0.0005, 0.25, 0.01, clustered=0.0, reach=8),
    Community("journalists", 0.008, 0.08, 9, 0.01, 0.35, 0.05, 0.20, 0.05, 0.6, risk_searches=0.6, reach=2),
    Community("researchers", 0.007, 0.15, 6, 0.01, 0.35, 0.04, 0.15, 0.05, 0.6, risk_searches=0.7),
    Community("onlookers", 0.011, 0.40, 6, 0.012, 0.04, 0.0005, 0.15, 0.02, clustered=0.0, risk_searches=1.0),
)
INDEX = {community.name: number for number, community in enumerate(COMMUNITIES)}
WRITING = ("menu", "link", "quote", "mention", "age")


def quotas(rng: Rng, accounts: int) -> list[int]:
    """Accounts of each community; small worlds hold more of them, so that a rate can be told."""
    floor = 0.0065 if accounts >= 50_000 else 0.017
    shares = [max(c.share * rng.uniform(0.9, 1.25), floor) if c.name else 0.0 for c in COMMUNITIES]
    return [int(np.ceil(share * accounts)) for share in shares]


def writing(rng: Rng) -> dict[str, Floats]:
    """Share of posts with each trait, by community, jittered."""
    rates = {}
    for trait in WRITING:
        share = np.array([getattr(c, trait) for c in COMMUNITIES])
        rates[trait] = 1 / (1 + np.exp(-(np.log(share / (1 - share)) + rng.normal(0, 0.35, len(share)))))
    return rates
