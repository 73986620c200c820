"""Who posts when, of what kind, with which media, in answer to what.

Posts an account are lognormal (sigma 1.1) around its community's mean, within its time on the platform; days follow
a group's seasons, hours a normal around the evening of its language. Media are new but for copies: 4 % anywhere, more
among fans, and `Habits.repost` in a reseller's posts about the trade.
"""

from dataclasses import dataclass

import numpy as np

from seawall.trials.draws import Bools, Floats, Groups, Ints, Rng, chance, heavy, mixed, one_of, rows_of
from seawall.trials.habits import Habits
from seawall.trials.lookalikes import COMMUNITIES, INDEX
from seawall.trials.population import DAY, END, MONTH, START, Population
from seawall.trials.sellers import BUYER, RESELLER, Networks

POST, STORY, COMMENT, REPOST, LIVE = range(5)
PASSES_ON = np.array([0.05, 0.30, 0.0, 0.40, 0.05, 0.0])  # posts about the trade that repost, beside Habits.repost
TOPIC = np.array([1.0, 1.2, 0.03, 1.3, 0.6, 0.0])  # of posts about the trade, beside a seller's
VISUAL = ("artists", "adult_creators", "parents", "fandom", "collectors", "popular")


@dataclass(frozen=True, slots=True)
class Posts:
    """One entry a post, by time; `reply_to` is a post's number or -1."""

    author: Ints
    created: Ints
    kind: Ints
    on_topic: Bools
    reply_to: Ints
    media: Ints  # how many
    by_author: Groups


@dataclass(frozen=True, slots=True)
class Media:
    """One entry a media item, in the order of the posts; `content` is the number of the first such file."""

    post: Ints
    content: Ints


def month_of(seconds: Ints) -> Ints:
    """Month of the year that the world lasts, 0 to 11."""
    return np.clip((seconds - START) // int(MONTH), 0, 11)


def seasons(rng: Rng, habits: Habits, people: Population, networks: Networks) -> tuple[Floats, Ints]:
    """Activity by month of every network and of fifty kinds of circles, and the row of each account."""
    swing = np.maximum(1 + habits.season * rng.uniform(-1, 1, (50, 12)), 0.05)
    row = np.where(people.hidden, people.network, len(networks.size) + people.circle % 50)
    return np.concatenate([networks.season, swing]), row


def draw_times(rng: Rng, people: Population, who: Ints, season: Floats, row: Ints) -> Ints:
    """A time in each account's life in the year, by its season and the evening of its language."""
    first = np.maximum(people.created[who], START)
    span = people.gone[who] - first
    one, two = (first + (rng.random(len(who)) * span).astype(np.int64) for _ in range(2))
    a, b = season[row[who], month_of(one)], season[row[who], month_of(two)]
    day = np.where(rng.random(len(who)) < a / (a + b), one, two) // DAY * DAY
    hour = rng.normal(18 + people.language[who] * 1.7, 4.5)
    seconds = day + ((hour % 24) * 3600).astype(np.int64) + rng.integers(0, 3600, len(who))
    return np.clip(seconds, first + 1, np.maximum(people.gone[who] - 1, first + 1))


def make_posts(rng: Rng, habits: Habits, people: Population, networks: Networks) -> Posts:
    """Draw every post but its words."""
    mean = np.array([c.posts for c in COMMUNITIES])[people.life] * 1.2
    mean = np.where(people.hidden & (people.role != BUYER), 1.3 * mean, mean)  # who trades advertises
    lived = np.clip((people.gone - np.maximum(people.created, START)) / (END - START), 0, 1)
    count = np.minimum(heavy(rng, mean * lived, 1.1, people.size), 2000)
    selling = people.hidden & (people.role != BUYER)
    count = np.where(
        people.silent, 0, np.where(selling | (people.life == INDEX["hotlines"]), np.maximum(count, 1), count)
    )
    author = rows_of(count)
    season, row = seasons(rng, habits, people, networks)
    created = draw_times(rng, people, author, season, row)
    order = np.argsort(created, kind="stable")
    author, created = author[order], created[order]
    by_author = Groups.of(np.arange(len(author)), author, people.size)
    topical = np.where(people.hidden, networks.on_topic[people.network] * TOPIC[people.role], 0.0)
    leaning = np.clip(topical * np.exp(rng.normal(-0.1, 0.4, people.size)), 0, 0.97)
    on_topic = chance(rng, leaning[author], len(author))
    kind = _kinds(rng, people, author, np.where(on_topic, PASSES_ON[people.role[author]] * habits.repost, 0.0))
    reply_to = _answers(rng, people, author, created, on_topic, by_author)
    kind = np.where((reply_to < 0) & ((kind == COMMENT) | (kind == REPOST)), POST, kind)
    reply_to = np.where((kind == COMMENT) | (kind == REPOST), reply_to, -1)
    media = _media_counts(rng, people, author, on_topic)
    media[(kind == REPOST) | (kind == COMMENT)] = 0
    return Posts(author, created, kind, on_topic, reply_to, media, by_author)


def _media_counts(rng: Rng, people: Population, author: Ints, on_topic: Bools) -> Ints:
    visual = on_topic | np.isin(people.life[author], [INDEX[x] for x in VISUAL])
    share = np.where(on_topic & (people.role[author] == RESELLER), 0.8, np.where(visual, 0.5, 0.3))
    return np.where(chance(rng, share, len(author)), 1 + one_of(rng, (0.8, 0.15, 0.05), len(author)), 0)


def _kinds(rng: Rng, people: Population, author: Ints, passes_on: Floats) -> Ints:
    tells_stories = chance(rng, 0.3, people.size)[author]
    plain = one_of(rng, (0.74, 0.03, 0.13, 0.09, 0.01), len(author))
    lively = one_of(rng, (0.48, 0.30, 0.11, 0.09, 0.02), len(author))
    kind = np.where(tells_stories, lively, plain)
    kind = np.where(chance(rng, passes_on, len(author)), REPOST, kind)
    return np.where(people.stories_only[author], STORY, kind)


def _answers(rng: Rng, people: Population, author: Ints, created: Ints, on_topic: Bools, by_author: Groups) -> Ints:
    """An earlier post of somebody in the circle, or of the network where it is about the trade."""
    circles = Groups.of(np.arange(people.size), people.circle, int(people.circle.max()) + 1, people.popularity)
    side = np.flatnonzero(people.hidden & (people.role != BUYER))
    inside = Groups.of(side, people.network[side], int(people.network.max()) + 1)
    answer, waiting = np.full(len(author), -1), np.arange(len(author))
    for _ in range(3):  # those who meet a later post, or nobody, look again
        whom = circles.pick(rng, people.circle[author[waiting]])
        topic = on_topic[waiting]
        whom[topic] = inside.pick(rng, people.network[author[waiting[topic]]])
        post = by_author.pick(rng, np.maximum(whom, 0))
        good = (whom >= 0) & (whom != author[waiting]) & (post >= 0)
        good &= created[np.maximum(post, 0)] < created[waiting]
        answer[waiting[good]] = post[good]
        waiting = waiting[~good]
    return answer


def make_media(rng: Rng, habits: Habits, people: Population, posts: Posts) -> Media:
    """Every file, some of them the same file again."""
    post = rows_of(posts.media)
    author = posts.author[post]
    content = np.arange(len(post))
    reseller = (people.role[author] == RESELLER) & posts.on_topic[post]
    share = np.where(people.life[author] == INDEX["fandom"], 0.2, 0.04)
    share = np.where(reseller, mixed(rng, habits.repost, 0.5, people.size)[author], share)
    copied = chance(rng, share, len(post))
    trade = people.hidden[author] & posts.on_topic[post]
    group = np.where(trade, people.network[author], int(people.network.max()) + 1 + people.circle[author])
    originals = np.flatnonzero(~copied)
    if len(originals) == 0:
        return Media(post, content)
    groups = Groups.of(originals, group[originals], int(group.max()) + 1, (1 - rng.random(len(originals))) ** -0.7)
    waiting = np.flatnonzero(copied)
    for _ in range(4):  # whoever copies comes later; some find nothing older and show something new
        source = groups.pick(rng, group[waiting])
        older = (source >= 0) & (source < waiting)
        content[waiting[older]] = source[older]
        waiting = waiting[~older]
    return Media(post, content)
