"""What posts, bios and searches are to hold: numbers for `text.py`.

An innocent text follows the rates of its author's community, bent by an appetite of the author's own (exponential), so
that some artists always show a menu and others never. A quarter of all circles pick up fads, six authors in a hundred
(a fifth of the fans) write everyday words in disguise. A text about the trade follows its network's habits. Risk words
come one to four at a time; who warns quotes longer lists.
"""

from dataclasses import dataclass

import numpy as np

from seawall.trials.draws import Bools, Floats, Groups, Ints, Rng, chance, heavy, one_of
from seawall.trials.lookalikes import INDEX, WRITING
from seawall.trials.population import CHILD, TEEN, Population
from seawall.trials.profiles import Profiles
from seawall.trials.sellers import AT_RISK_CHILD, BUYER, Networks
from seawall.trials.text import Dialects, Rows
from seawall.trials.words import LANGUAGES, MONTHS, Words

MENU = np.array([1.0, 0.25, 0.05, 0.8, 0.6, 0.0])
MENTION = np.array([0.15, 0.65, 0.1, 0.25, 0.1, 0.0])


@dataclass(frozen=True, slots=True)
class Style:
    """Everything about writing that lasts longer than one text."""

    people: Population
    networks: Networks
    profiles: Profiles
    rates: dict[str, Floats]
    appetite: dict[str, Floats]
    faddish: Bools  # by circle: whether it picks up new words
    playful: Bools
    first_mention: int  # token of account 0's handle
    first_link: int
    circles: Groups
    sides: Groups  # sellers and the like, by network


def make_style(
    rng: Rng, people: Population, networks: Networks, profiles: Profiles, rates: dict[str, Floats], statics: int
) -> Style:
    """`statics` is how many tokens stand before the handles."""
    side = np.flatnonzero(people.hidden & (people.role != BUYER))
    return Style(
        people,
        networks,
        profiles,
        rates,
        {trait: np.minimum(rng.exponential(1.0, people.size), 4) for trait in WRITING},
        chance(rng, 0.25, int(people.circle.max()) + 1),
        chance(rng, np.where(people.life == INDEX["fandom"], 0.2, 0.06), people.size),
        statics,
        statics + people.size,
        Groups.of(np.arange(people.size), people.circle, int(people.circle.max()) + 1, people.popularity),
        Groups.of(side, people.network[side], len(networks.size)),
    )


def make_dialects(rng: Rng, words: Words, networks: Networks, size: int, lexicon: Ints) -> Dialects:
    """One dialect a network, then the words as the world at large hears of them (`lexicon` words most of all)."""
    risk = words.risk
    count = len(networks.size)
    favour = np.where(risk.language[None, :] == networks.language[:, None], 3.0, 0.6)
    lift = rng.exponential(1.0, (count, len(risk.token))) ** 1.5 * favour
    order = np.argsort(-lift * risk.weight.max(axis=1) ** 0.3, axis=1)
    kept = np.zeros_like(lift)
    np.put_along_axis(kept, order[:, :size], 1.0, axis=1)
    own = (lift * (kept + 0.02))[:, None, :] * (risk.weight.T[None, :, :] + 1e-4)
    heard = np.where(np.isin(np.arange(len(risk.token)), lexicon), 6.0, 1.0)
    world = np.maximum(risk.weight, 1e-3).T * heard
    return Dialects(np.concatenate([own.reshape(count * MONTHS, -1), world]))


def post_rows(rng: Rng, style: Style, author: Ints, month: Ints, on_topic: Bools) -> Rows:
    """Rows for posts."""
    people, networks = style.people, style.networks
    rows = _ordinary(rng, style, author, month, heavy(rng, 8.0, 0.6, len(author)) + 1)
    some = np.flatnonzero(on_topic)
    who = author[some]
    net, role = people.network[who], people.role[who]
    rows.dialect[some] = net
    rows.disguise[some] = networks.disguise[net]
    speaks = chance(rng, networks.risk_word[net], len(some))
    rows.risk[some] = np.where(speaks, _few(rng, len(some)), 0)
    rows.risk_tags[some] = np.where(chance(rng, networks.risk_word[net] * 0.6, len(some)), _few(rng, len(some)), 0)
    rows.tags[some] = np.maximum(rows.tags[some], rows.risk_tags[some])
    offers = chance(rng, networks.offer[net] * MENU[role], len(some))
    rows.menu[some] = np.where(offers, _lines(rng, len(some)), 0)
    rows.trading[some] = np.maximum(rows.trading[some], 0.15)
    rows.age[some] = chance(rng, np.where(role == AT_RISK_CHILD, 0.4, 0.08), len(some))
    rows.link[some] = _link(rng, style, who, np.full(len(some), 0.35))
    whom = style.sides.pick(rng, net)
    named = chance(rng, MENTION[role], len(some)) & (whom >= 0)
    rows.mention[some] = np.where(named, style.first_mention + whom, -1)
    theirs = chance(rng, 0.5, len(some))
    rows.emoji_set[some[theirs]] = networks.emoji[net[theirs]]
    return rows


def bio_rows(rng: Rng, style: Style) -> Rows:
    """Rows for the bio of every account; a seller's bio is about the trade about as often as its posts are."""
    people, networks = style.people, style.networks
    everyone = np.arange(people.size)
    rows = _ordinary(rng, style, everyone, np.full(people.size, 11), heavy(rng, 5.0, 0.5, people.size) + 1)
    rows.tags[:] = 0
    young = chance(rng, np.where(people.age <= TEEN, 0.25, 0.04), people.size)
    rows.age[:] = np.maximum(rows.age, young)
    rows.risk[:] = np.where(chance(rng, 0.5, people.size), rows.risk, 0)
    shown = (style.profiles.own >= 0) | (style.profiles.shared >= 0)
    rows.link[:] = _link(rng, style, everyone, np.where(shown, 0.35, 0.0))
    side = np.flatnonzero(people.hidden & (people.role != BUYER))
    net, role = people.network[side], people.role[side]
    open_about = chance(rng, networks.on_topic[net] * np.where(role == AT_RISK_CHILD, 0.5, 0.9), len(side))
    side, net, role = side[open_about], net[open_about], role[open_about]
    rows.dialect[side], rows.disguise[side] = net, networks.disguise[net]
    rows.month[side] = rng.integers(0, MONTHS, len(side))
    rows.risk[side] = np.where(chance(rng, networks.risk_word[net], len(side)), _few(rng, len(side)), 0)
    rows.menu[side] = np.where(
        chance(rng, networks.offer[net] * MENU[role] * 0.5, len(side)), _lines(rng, len(side)), 0
    )
    rows.emoji_set[side] = networks.emoji[net]
    return rows


def query_rows(rng: Rng, style: Style, who: Ints, month: Ints, risky: Bools, dialect: Ints) -> Rows:
    """Rows for searches: one to three words, one of them a risk word where `risky`."""
    rows = _ordinary(rng, style, who, month, 1 + one_of(rng, (0.55, 0.33, 0.12), len(who)))
    for column in (rows.risk, rows.menu, rows.tags, rows.emoji, rows.age):
        column[:] = 0
    rows.mention[:] = rows.link[:] = -1
    rows.topical[:] = 0.5
    rows.risk[:] = risky
    rows.words[risky] = one_of(rng, (0.7, 0.22, 0.08), int(risky.sum()))
    rows.dialect[:] = dialect
    rows.disguise[:] = 0.12
    return rows


def _ordinary(rng: Rng, style: Style, author: Ints, month: Ints, words: Ints) -> Rows:
    people, size = style.people, len(author)
    life = people.life[author]
    has = {t: np.minimum(style.rates[t][life] * style.appetite[t][author], 0.95) for t in WRITING}
    quotes = chance(rng, style.rates["quote"][life], size)
    longer = np.isin(life, (INDEX["warners"], INDEX["hotlines"]))
    menu = np.where(chance(rng, has["menu"], size), _lines(rng, size), 0)
    tags = np.where(chance(rng, 0.4, size), 1 + one_of(rng, (0.4, 0.3, 0.2, 0.1), size), 0)
    whom = style.circles.pick(rng, people.circle[author])
    named = chance(rng, has["mention"], size)
    emoji_life = np.where(life == INDEX["fandom"], people.circle[author], author)
    return Rows(
        language=np.where(chance(rng, 0.06, size), rng.integers(0, len(LANGUAGES), size), people.language[author]),
        life=life,
        circle=people.circle[author],
        words=words,
        topical=np.full(size, 0.25),
        trading=np.where(menu > 0, 0.15, 0.01),
        fad=np.where(style.faddish[people.circle[author]], 0.06, 0.004),
        playful=np.where(style.playful[author], 0.10, 0.002),
        risk=np.where(quotes, _few(rng, size) + longer * rng.integers(0, 3, size), 0),
        dialect=np.full(size, len(style.networks.size)),
        month=month,
        disguise=np.full(size, 0.12),
        menu=menu,
        currency=people.language[author] * 3 + author % 3,
        age=chance(rng, has["age"], size).astype(np.int64),
        tags=tags,
        risk_tags=np.where(quotes & chance(rng, 0.4, size), np.minimum(tags, 1), 0),
        emoji=np.where(chance(rng, 0.3, size), 1 + one_of(rng, (0.6, 0.3, 0.1), size), 0),
        emoji_set=np.stack([emoji_life % 16, emoji_life // 16 % 16, emoji_life // 256 % 16], axis=1),
        mention=np.where(named, style.first_mention + whom, -1),
        link=_link(rng, style, author, has["link"]),
    )


def _few(rng: Rng, size: int) -> Ints:
    return 1 + one_of(rng, (0.6, 0.25, 0.1, 0.05), size)


def _lines(rng: Rng, size: int) -> Ints:
    return 1 + one_of(rng, (0.25, 0.2, 0.25, 0.2, 0.1), size)


def _link(rng: Rng, style: Style, author: Ints, share: Floats) -> Ints:
    """A link that the author has, its shared one more often; -1 for none."""
    own, shared = style.profiles.own[author], style.profiles.shared[author]
    link = np.where((shared >= 0) & ((own < 0) | (rng.random(len(author)) < 0.6)), shared, own)
    return np.where((link >= 0) & (rng.random(len(author)) < share), style.first_link + link, -1)


assert (CHILD, TEEN) == (0, 1)  # `age <= TEEN` means a minor
