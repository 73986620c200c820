"""An invented platform with planted truth, to the activity contract.

`make_world` writes a folder: `activity/` with every table, and beside it `truth.parquet`, `lexicon.csv`,
`verdicts-20.parquet` and `world.json`. The same seed gives the same bytes.
"""

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from seawall.records.errors import BadInput
from seawall.records.roles import ROLES
from seawall.trials import answers, tables
from seawall.trials.attention import Acts, acts_in_posts, make_acts
from seawall.trials.background import find_circles, read_edges, with_newcomers
from seawall.trials.draws import Ints, Rng, starts_of
from seawall.trials.graph import Pairs, make_follows, ordinary_pairs
from seawall.trials.habits import Habits, make_habits
from seawall.trials.lookalikes import COMMUNITIES, writing
from seawall.trials.population import Population, draw_circles, make_population, ordinary_returns
from seawall.trials.posts import make_media, make_posts
from seawall.trials.profiles import make_profiles
from seawall.trials.sellers import Networks, hide, make_networks
from seawall.trials.traces import make_complaints, make_impressions, make_searches, make_sign_ins
from seawall.trials.words import MONTHS, make_words
from seawall.trials.writing import make_dialects, make_style

VERSION = 1
FEWEST, MOST = 5_000, 1_000_000
Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class World:
    """What was made: `rows` by table, accounts by role and by community."""

    folder: Path
    version: int
    seed: int
    accounts: int
    hidden: int
    networks: int
    largest_network: int
    rows: dict[str, int]
    roles: dict[str, int]
    communities: dict[str, int]
    lexicon_share: float  # of the use of risk words within networks, what the lexicon's terms cover
    habits: Habits

    @property
    def activity(self) -> Path:
        """The folder to run on."""
        return self.folder / "activity"


@dataclass(frozen=True, slots=True)
class _Cast:
    """Who there is before anybody does anything."""

    habits: Habits
    people: Population
    networks: Networks
    ordinary: Pairs


def make_world(
    out: Path, accounts: int, seed: int, background: Path | None = None, progress: Progress | None = None
) -> World:
    """Write a world of `accounts` accounts (5,000 to 1,000,000) into `out`, which must not hold one.

    With `background`, a CSV of mutual follow edges stands for ordinary life, and there are at most as many innocent
    accounts as it has nodes. `progress` is told what is being made. Raises BadInput.
    """
    if background is None and not FEWEST <= accounts <= MOST:
        raise BadInput(f"A world has {FEWEST:,} to {MOST:,} accounts, not {accounts:,}. Ask for a number in between.")
    if (out / "activity").exists():
        raise BadInput(f"{out} holds a world already. Remove it, or name another folder.")
    tell = progress or (lambda _: None)
    rng = np.random.default_rng((seed, 2023))
    (out / "activity").mkdir(parents=True)
    tell("people")
    cast = _background_cast(rng, background, accounts) if background else _cast(rng, accounts)
    return _write(rng, out, seed, cast, tell)


def _cast(rng: Rng, accounts: int) -> _Cast:
    habits = make_habits(rng)
    hidden = int(habits.hidden_share * accounts)
    people = make_population(rng, draw_circles(rng, accounts), hidden)
    networks = make_networks(rng, habits, hidden)
    hide(rng, habits, people, networks)
    ordinary_returns(rng, people)
    return _Cast(habits, people, networks, ordinary_pairs(rng, habits, people))


def _background_cast(rng: Rng, background: Path, accounts: int) -> _Cast:
    """Hidden accounts are newcomers to the real graph; then everybody's number is drawn anew."""
    habits = make_habits(rng)
    edges = read_edges(background, accounts)
    nodes = int(max(edges[0].max(), edges[1].max())) + 1
    hidden = int(habits.hidden_share * nodes)
    circle, (follower, followee) = with_newcomers(rng, find_circles(rng, edges, nodes), edges, hidden, habits)
    number = rng.permutation(len(circle))
    shuffled = np.empty_like(circle)
    shuffled[number] = circle
    standing = 1 + np.bincount(number[followee], minlength=len(circle)).astype(np.float64)
    people = make_population(rng, shuffled, hidden, standing)
    networks = make_networks(rng, habits, hidden)
    hide(rng, habits, people, networks, newcomers=number[nodes:])
    ordinary_returns(rng, people)
    return _Cast(habits, people, networks, (number[follower], number[followee]))


def _write(rng: Rng, out: Path, seed: int, cast: _Cast, tell: Progress) -> World:
    habits, people, networks = cast.habits, cast.people, cast.networks
    folder, rows = out / "activity", {}
    words = make_words(rng, len(COMMUNITIES))
    lexicon = answers.choose_lexicon(rng, words)
    rates = writing(rng)
    profiles = make_profiles(rng, people, networks, words, rates)
    dialects = make_dialects(rng, words, networks, habits.dialect, lexicon)
    style = make_style(rng, people, networks, profiles, rates, len(words.tokens))
    printer = tables.make_printer(seed, words, dialects, style)
    rows["accounts"] = tables.write_accounts(folder, printer)
    tell("follows")
    follows = make_follows(rng, habits, people, networks, cast.ordinary)
    rows["follows"] = tables.write_follows(folder, printer, follows)
    tell("posts")
    posts = make_posts(rng, habits, people, networks)
    rows["posts"] = tables.write_posts(folder, printer, posts, starts_of(posts.media))
    rows["media"] = tables.write_media(folder, printer, posts, make_media(rng, habits, people, posts))
    tell("attention")
    acts = _by_time(make_acts(rng, habits, people, follows, posts), acts_in_posts(people, posts))
    rows["interactions"] = tables.write_acts(folder, printer, acts)
    tell("traces")
    searches = make_searches(rng, habits, people, len(networks.size))
    rows["searches"] = tables.write_searches(folder, printer, searches)
    rows["complaints"] = tables.write_complaints(folder, printer, make_complaints(rng, habits, people), posts)
    rows["impressions"] = tables.write_impressions(folder, printer, make_impressions(rng, people, follows, posts))
    rows["sign_ins"] = tables.write_sign_ins(folder, printer, make_sign_ins(rng, people))
    answers.write_truth(out / "truth.parquet", people, printer.accounts, seed)
    answers.write_lexicon(out / "lexicon.csv", words, lexicon)
    answers.write_verdicts(rng, out / "verdicts-20.parquet", people, printer.accounts)
    used = dialects.weights[:-MONTHS].sum(axis=0) / dialects.weights[:-MONTHS].sum()
    world = _describe(out, seed, cast, rows, float(used[lexicon].sum()))
    _write_description(world)
    return world


def _by_time(*parts: Acts) -> Acts:
    created: Ints = np.concatenate([part.created for part in parts])
    order = np.argsort(created, kind="stable")
    columns = ("actor", "target", "post", "kind", "created")
    return Acts(*(np.concatenate([getattr(part, name) for part in parts])[order] for name in columns))


def _describe(out: Path, seed: int, cast: _Cast, rows: dict[str, int], lexicon_share: float) -> World:
    people = cast.people
    roles = np.bincount(people.role, minlength=len(ROLES))
    communities = np.bincount(people.community, minlength=len(COMMUNITIES))
    return World(
        folder=out,
        version=VERSION,
        seed=seed,
        accounts=people.size,
        hidden=int(people.hidden.sum()),
        networks=len(cast.networks.size),
        largest_network=int(cast.networks.size.max()),
        rows=rows,
        roles={str(role): int(count) for role, count in zip(ROLES, roles, strict=True)},
        communities={c.name: int(n) for c, n in zip(COMMUNITIES, communities, strict=True) if c.name},
        lexicon_share=round(lexicon_share, 4),
        habits=cast.habits,
    )


def _write_description(world: World) -> None:
    facts = asdict(world)
    facts.pop("folder")
    text = json.dumps(facts, indent=2, sort_keys=True) + "\n"
    (world.folder / "world.json").write_text(text, encoding="utf-8")
