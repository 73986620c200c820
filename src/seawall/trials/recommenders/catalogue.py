"""Every local recommender: adding one is one line."""

from collections.abc import Callable, Mapping

from seawall.trials.platform import Platform
from seawall.trials.recommenders.factors import factors
from seawall.trials.recommenders.local import Local, Ranking, popular_accounts
from seawall.trials.recommenders.neighbours import co_follow, co_like, sessions
from seawall.trials.recommenders.tags import tag_answers

RANKINGS: Mapping[str, Callable[[Platform, int], Ranking]] = {
    "co-follow": lambda platform, _: co_follow(platform),
    "co-like": lambda platform, _: co_like(platform),
    "factors": factors,
    "session": lambda platform, _: sessions(platform),
}


def local_recommenders(platform: Platform, seed: int, names: tuple[str, ...] = tuple(RANKINGS)) -> dict[str, Local]:
    """The named recommenders over a platform, fitted on one thread."""
    answers, popular = tag_answers(platform), popular_accounts(platform)
    return {name: Local(name, platform, RANKINGS[name](platform, seed), answers, popular) for name in names}
