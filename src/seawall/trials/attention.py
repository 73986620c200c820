"""Who looks at, likes, shares and writes to whom.

Ordinary attention runs along follows (about five acts an account: half likes, a quarter views, one in ten a message).
Customers write to artists, creators and collectors. Trade adds its own: buyers write to sellers and are answered,
promoters share, sellers write to children. People who look without taking part view the same accounts and never
write; few journalists ask a seller a question.
"""

from dataclasses import dataclass

import numpy as np

from seawall.trials.draws import Bools, Ints, Rng, chance, heavy, one_of, rows_of
from seawall.trials.graph import SHOPS, Follows
from seawall.trials.habits import Habits
from seawall.trials.lookalikes import INDEX
from seawall.trials.population import DAY, START, Population
from seawall.trials.posts import COMMENT, Posts
from seawall.trials.sellers import AT_RISK_CHILD, BUYER, PROMOTER, RESELLER, SELLER

LIKE, COMMENTED, SHARE, VIEW, MENTION, MESSAGE = range(6)
LOOKERS = ("onlookers", "journalists", "researchers")


@dataclass(frozen=True, slots=True)
class Acts:
    """One entry an interaction; `post` is -1 where it is about the account."""

    actor: Ints
    target: Ints
    post: Ints
    kind: Ints
    created: Ints


def make_acts(rng: Rng, habits: Habits, people: Population, follows: Follows, posts: Posts) -> Acts:
    """Every interaction but those that stand in posts, by time."""
    parts = [_ordinary(rng, people, follows), _browsing(rng, people), *_trade(rng, habits, people, follows)]
    parts += [_custom(rng, people, follows), _looking(rng, habits, people)]
    actor, target, kind = (np.concatenate(part) for part in zip(*parts, strict=True))
    looker = np.isin(people.life[actor], [INDEX[x] for x in LOOKERS]) & ~people.hidden[actor]
    asks = looker & (people.life[actor] == INDEX["journalists"]) & chance(rng, 0.02, len(actor))
    quiet = looker & people.hidden[target] & ~asks & (kind == MESSAGE)
    kind[quiet] = VIEW
    return _date(rng, people, posts, actor, target, kind)


Part = tuple[Ints, Ints, Ints]


def _ordinary(rng: Rng, people: Population, follows: Follows) -> Part:
    edge = rng.integers(0, len(follows.follower), 5 * people.size)
    kind = one_of(rng, (0.50, 0.05, 0.05, 0.28, 0.02, 0.10), len(edge))
    actor, target = follows.follower[edge], follows.followee[edge]
    answered = (kind == MESSAGE) & chance(rng, 0.6, len(edge))
    some = np.flatnonzero(answered)
    return (
        np.concatenate([actor, target[some]]),
        np.concatenate([target, actor[some]]),
        np.concatenate([kind, np.full(len(some), MESSAGE)]),
    )


def _browsing(rng: Rng, people: Population) -> Part:
    """Views of people whom one does not follow."""
    actor = rng.integers(0, people.size, int(0.6 * people.size))
    return actor, rng.integers(0, people.size, len(actor)), np.full(len(actor), VIEW)


def _trade(rng: Rng, habits: Habits, people: Population, follows: Follows) -> list[Part]:
    one, two = people.role[follows.follower], people.role[follows.followee]
    sells = np.isin(two, (SELLER, RESELLER, AT_RISK_CHILD, PROMOTER))
    contacts = chance(rng, habits.buyer_contact, people.size)
    buys = (one == BUYER) & sells
    asked = np.flatnonzero(buys & contacts[follows.follower] & chance(rng, 0.5, len(one)))
    views = np.flatnonzero(buys)
    shows = np.flatnonzero((one == PROMOTER) & np.isin(two, (SELLER, RESELLER)))
    lures = np.flatnonzero(np.isin(one, (SELLER, PROMOTER, BUYER)) & (two == AT_RISK_CHILD))
    parts = []
    for edges, mean, shares, back in (
        (asked, 2.0, (0, 0, 0, 0, 0, 1.0), 0.6),
        (views, 1.5, (0.35, 0.05, 0.02, 0.58, 0, 0), 0.05),
        (shows, 1.5, (0.2, 0.1, 0.4, 0.1, 0.2, 0), 0.1),
        (lures, 2.0, (0.3, 0.1, 0, 0.2, 0, 0.4), 0.3),
    ):
        edge = edges[rows_of(heavy(rng, mean, 0.7, len(edges)))]
        kind = one_of(rng, shares, len(edge))
        answer = chance(rng, back, len(edge))
        actor = np.where(answer, follows.followee[edge], follows.follower[edge])
        target = np.where(answer, follows.follower[edge], follows.followee[edge])
        parts.append((actor, target, kind))
    return parts


def _custom(rng: Rng, people: Population, follows: Follows) -> Part:
    """Customers write to those who sell honest things, and are answered."""
    shop = np.isin(people.life, [INDEX[x] for x in SHOPS]) & ~people.hidden
    edge = np.flatnonzero(shop[follows.followee] & chance(rng, 0.15, len(follows.follower)))
    edge = edge[rows_of(heavy(rng, 2.0, 0.7, len(edge)))]
    answer = chance(rng, 0.4, len(edge))
    one, two = follows.follower[edge], follows.followee[edge]
    return np.where(answer, two, one), np.where(answer, one, two), np.full(len(edge), MESSAGE)


def _looking(rng: Rng, habits: Habits, people: Population) -> Part:
    """Views of sellers by people who look without taking part."""
    lookers = np.flatnonzero(np.isin(people.life, [INDEX[x] for x in LOOKERS]) & ~people.hidden)
    side = np.flatnonzero(people.hidden & (people.role != BUYER))
    actor = lookers[rows_of(heavy(rng, habits.looker_searches, 0.8, len(lookers)))]
    kind = np.where(chance(rng, 0.08, len(actor)), LIKE, VIEW)
    return actor, rng.choice(side, len(actor)), kind


def _date(rng: Rng, people: Population, posts: Posts, actor: Ints, target: Ints, kind: Ints) -> Acts:
    """A time when both are there; an act about a post comes after it."""
    post = posts.by_author.pick(rng, target)
    about: Bools = (kind != MESSAGE) & (kind != MENTION) & ((kind != VIEW) | chance(rng, 0.7, len(kind)))
    post = np.where(about, post, -1)
    first = np.maximum(np.maximum(people.created[actor], people.created[target]), START)
    last = np.minimum(people.gone[actor], people.gone[target])
    created = first + (rng.random(len(first)) * (last - first)).astype(np.int64)
    posted = posts.created[np.maximum(post, 0)] if len(posts.created) else np.zeros(len(post), np.int64)
    soon = np.maximum(posted, people.created[actor]) + (rng.exponential(1.5, len(post)) * DAY).astype(np.int64) + 1
    created = np.where(post >= 0, soon, created)
    needs_post = np.isin(kind, (LIKE, COMMENTED, SHARE)) & (post < 0)
    keep = (actor != target) & (created < last) & (created >= first) & ~needs_post
    order = np.flatnonzero(keep)[np.argsort(created[keep], kind="stable")]
    return Acts(actor[order], target[order], post[order], kind[order], created[order])


def acts_in_posts(people: Population, posts: Posts) -> Acts:
    """Comments and reposts seen from the post that they answer."""
    some = np.flatnonzero(posts.reply_to >= 0)
    of = posts.reply_to[some]
    kind = np.where(posts.kind[some] == COMMENT, COMMENTED, SHARE)
    keep = people.gone[posts.author[of]] > posts.created[some]
    some, of, kind = some[keep], of[keep], kind[keep]
    return Acts(posts.author[some], posts.author[of], of, kind, posts.created[some])
