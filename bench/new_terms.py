"""New terms on invented platforms whose words drift: how many proposals are right, and how soon they come.

A world of the trials: 70 to 140 risk words that come and go over a year, fads that mean no harm, everyday words put to
a new use, disguises. Two hundred risky accounts are known. `precision` is of the first 40 proposals on the whole year;
`days` replays six months day by day: every morning the first 40 proposals are looked at, what is right enters the
lexicon, what is not is declined (`replayed`: how many were looked at, and the share of right ones). Days count from the
tenth post with a word, in any disguise, by known accounts (and, beside it, by hidden ones) to its proposal; of an
everyday word only posts about the trade count, where it has its new meaning. A word that is never proposed counts as
`LATE` days. `ideal` is the share that a reader tells who knows which posts of known accounts are about the trade, and
how often everybody else uses each word: in those posts it is there more often than one word in a million would be by
chance.
"""

import argparse
import json
import statistics
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest import mock

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from scipy.special import gammainc

from seawall.intake.lexicons import read_lexicon
from seawall.network.words import bags_of, pairs_of
from seawall.records.ids import IdKey
from seawall.signals.offers import prices_in
from seawall.terms.counts import named, names
from seawall.terms.lexicon import Lexicon, Term
from seawall.terms.new_terms import propose
from seawall.terms.posts import POSTS
from seawall.terms.scanner import Scanner
from seawall.terms.shortlist import shortlist
from seawall.terms.surprise import expected_risk
from seawall.terms.uses import count_uses, risky_uses
from seawall.trials import tables
from seawall.trials import world as worlds
from seawall.trials.lookalikes import COMMUNITIES
from seawall.trials.words import make_words

KEY = IdKey(bytes(32))
KNOWN, FIRST, REPLAYED, LATE, DAY = 200, 40, 180, 120, 86_400_000_000
RELEARNT = 30
"""How people write is learnt anew every so many mornings."""
CHANCE = 1e-6


@dataclass(frozen=True, slots=True)
class Platform:
    """Posts with keyed ids in the order of time, and which are about the trade; all accounts; who is hidden, who of
    them known; the true words.
    """

    posts: pa.Table
    accounts: npt.NDArray[np.uint64]
    hidden: npt.NDArray[np.uint64]
    known: npt.NDArray[np.uint64]
    word_of: dict[str, str]  # any spelling of a risk word, in lower case, without # -> the word
    everyday: frozenset[str]
    lexicon: Lexicon

    def risk(self) -> npt.NDArray[np.float64]:
        """1 for the known, 0 for the others."""
        return np.isin(self.accounts, self.known).astype(np.float64)

    def expected(self, before: int) -> npt.NDArray[np.float64]:
        """How risky people are who write like each account, from the posts before a time."""
        order = np.argsort(self.accounts)
        early = self.before(before)
        owner = order[np.searchsorted(self.accounts, early["account_id"].to_numpy(), sorter=order)]
        bags = bags_of([pairs_of(owner, early["text"])], len(self.accounts))
        return expected_risk(bags.indptr, bags.indices, self.risk())

    def before(self, time: int) -> pa.Table:
        """The posts before a time."""
        return self.posts.filter(pc.less(self.posts["created_at"].cast(pa.int64()), time))

    def right(self, term: str) -> str | None:
        """The risk word that a proposal names."""
        return self.word_of.get(term.lstrip("#"))


def make(folder: Path, accounts: int, seed: int) -> Platform:
    """Make a world and open it."""
    trade: list[npt.NDArray[np.bool_]] = []
    write = tables.write_posts

    def watched(*given: Any) -> int:
        trade.append(given[2].on_topic)
        return write(*given)

    with mock.patch.object(tables, "write_posts", watched):
        worlds.make_world(folder, accounts, seed)
    posts = pq.read_table(folder / "activity" / "posts.parquet", columns=list(POSTS))
    owner = KEY.column("account", posts["account_id"])
    posts = posts.set_column(0, "account_id", pa.array(owner, pa.uint64())).append_column("trade", pa.array(trade[0]))
    posts = posts.sort_by("created_at").combine_chunks()
    truth = pq.read_table(folder / "truth.parquet")
    ids = KEY.column("account", truth["subject_id"])
    hidden = ids[np.asarray(pc.not_equal(truth["role"], "bystander"))]
    known = np.sort(np.random.default_rng(seed + 77).permutation(hidden)[:KNOWN])
    word_of, everyday = true_words(accounts, seed)
    return Platform(posts, ids, hidden, known, word_of, everyday, read_lexicon(folder / "lexicon.csv", {}))


def true_words(accounts: int, seed: int) -> tuple[dict[str, str], frozenset[str]]:
    """Every spelling of every risk word of a world, by drawing the world's words again; and its everyday ones."""
    rng = np.random.default_rng((seed, 2023))
    worlds._cast(rng, accounts)
    words = make_words(rng, len(COMMUNITIES))
    spelt: dict[str, str] = {}
    for token, forms in zip(words.risk.token.tolist(), words.risk.disguised.tolist(), strict=True):
        word = words.tokens[token].lower()
        spelt |= {words.tokens[form].lower(): word for form in forms} | {word: word}
    named = [words.tokens[token].lower() for token in words.risk.token[words.risk.everyday == 1]]
    return spelt, frozenset(named)


def precision(platform: Platform) -> tuple[float, int]:
    """Share of right ones among the first proposals, and how many there were, by the path that a run takes."""
    uses = risky_uses(lambda: platform.posts.to_batches(50_000), platform.known, len(platform.accounts), prices_in)
    found = propose(
        uses.tokens,
        platform.accounts,
        platform.risk(),
        platform.lexicon,
        FIRST,
        expected=platform.expected(1 << 60),
        trade=uses.trade,
    )["term"].to_pylist()
    return float(np.mean([platform.right(term) is not None for term in found])), len(found)


@dataclass(frozen=True, slots=True)
class Waiting:
    """When a word was used for the tenth time, and whether an ideal reader tells it by then."""

    since: int
    ideal: bool


def tenth_uses(platform: Platform, who: npt.NDArray[np.uint64], begin: int) -> dict[str, Waiting]:
    """Each word that these accounts posted for the tenth time after `begin`, in any disguise."""
    known = {term.text for term in platform.lexicon.terms}
    words = sorted(set(platform.word_of.values()) - known)
    posts, theirs = platform.posts, np.isin(platform.posts["account_id"].to_numpy(), who)
    texts = pc.binary_join_element_wise(posts["text"].fill_null(""), pc.binary_join(posts["hashtags"], " "), " ")
    hits = Scanner.compile(Lexicon.of(words)).scan_column(texts)
    pairs = np.unique(np.stack([hits.term, hits.row]), axis=1)
    times, trade = np.asarray(posts["created_at"].cast(pa.int64())), np.asarray(posts["trade"])
    found = {}
    for term, word in enumerate(words):
        rows = pairs[1][pairs[0] == term]
        uses = rows[theirs[rows] & (trade[rows] | (word not in platform.everyday))]
        if len(uses) >= 10 and times[uses[9]] >= begin:
            read = int((theirs & trade)[: uses[9] + 1].sum())
            usual = (rows < uses[9]) & ~theirs[rows]
            by_chance = read * (usual.sum() + 1) / (uses[9] + 1)
            found[word] = Waiting(int(times[uses[9]]), bool(gammainc(int(trade[uses[:10]].sum()), by_chance) < CHANCE))
    return found


def days_to_proposal(platform: Platform) -> tuple[dict[str, dict[str, tuple[float, bool]]], list[bool]]:
    """Days from the tenth use of each word to its proposal, by whose uses count; and which proposals were right."""
    end = int(platform.posts["created_at"].cast(pa.int64())[-1].as_py())
    begin = end - REPLAYED * DAY
    looked: list[bool] = []
    proposed: dict[str, int] = {}
    for morning, terms in replay(platform, range(begin, end + 1, DAY)):
        for word in map(platform.right, terms):
            looked.append(word is not None)
            proposed.setdefault(word or "", morning)
    found = {}
    for whose, who in (("known", platform.known), ("hidden", platform.hidden)):
        found[whose] = {
            word: (max(0.0, (proposed.get(word, at.since + LATE * DAY) - at.since) / DAY), at.ideal)
            for word, at in tenth_uses(platform, who, begin).items()
        }
    return found, looked


def replay(platform: Platform, mornings: Sequence[int]) -> Iterable[tuple[int, list[str]]]:
    """Each morning's first proposals; what was right is known from then on, and what was declined never comes again."""
    lexicon, risk, accounts = platform.lexicon, platform.risk(), len(platform.accounts)
    learnt = [platform.before(morning) for morning in mornings[::RELEARNT]]
    listed = [shortlist(posts.to_batches, platform.known, accounts, prices_in) for posts in (*learnt, platform.posts)]
    wanted = np.unique(np.concatenate([some.tokens for some in listed]))
    counts = count_uses(platform.posts.to_batches(50_000), wanted, platform.known, accounts, prices_in)
    first = np.asarray(counts.rows["first_at"].cast(pa.int64()))
    for number, morning in enumerate(mornings):
        if number % RELEARNT == 0:
            expected, trade = platform.expected(morning), listed[number // RELEARNT].trade
        there = counts.rows.filter(pa.array(first <= morning))
        tokens = named(there, names(there, counts.spellings, platform.known))
        found = propose(tokens, platform.accounts, risk, lexicon, FIRST, expected=expected, trade=trade)
        terms = found["term"].to_pylist()
        lexicon = Lexicon(
            lexicon.terms + tuple(Term(term.lstrip("#")) for term in terms if platform.right(term)),
            lexicon.innocent + tuple(term.lstrip("#") for term in terms if not platform.right(term)),
        )
        yield morning, terms


def measured(accounts: int, seeds: list[int]) -> dict[str, Any]:
    """Every figure of this benchmark, over all worlds."""
    right: list[float] = []
    counts: list[int] = []
    looked: list[bool] = []
    days: dict[tuple[str, bool], list[tuple[float, bool]]] = {
        (who, new): [] for who in ("known", "hidden") for new in (True, False)
    }
    for seed in seeds:
        with tempfile.TemporaryDirectory() as folder:
            platform = make(Path(folder), accounts, seed)
        share, count = precision(platform)
        right.append(round(share, 3))
        counts.append(count)
        waited, seen = days_to_proposal(platform)
        looked += seen
        for whose, found in waited.items():
            for word, took in found.items():
                days[whose, word in platform.everyday].append(took)
    return {
        "worlds": len(seeds),
        "precision": right,
        "precision_mean": round(statistics.fmean(right), 3),
        "precision_least": min(right),
        "proposals": counts,
        "replayed": {"proposals": len(looked), "right": round(float(np.mean(looked)), 3)},
        "coined": told(days["known", False], 3),
        "repurposed": told(days["known", True], 10),
        "coined_by_hidden": told(days["hidden", False], 3),
        "repurposed_by_hidden": told(days["hidden", True], 10),
    }


def told(waited: list[tuple[float, bool]], goal: int) -> dict[str, Any]:
    """Words, median days, the share that was proposed within the goal, and that an ideal reader tells at once."""
    if not waited:
        return {"words": 0}
    days, ideal = np.array(waited).T
    return {
        "words": len(days),
        "median_days": round(float(np.median(days)), 1),
        f"within_{goal}_days": round(float(np.mean(days <= goal)), 3),
        "never": int((days >= LATE).sum()),
        "ideal": round(float(ideal.mean()), 3),
    }


def main() -> None:
    """The command `python -m bench.new_terms`."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--json", action="store_true", help="print one JSON object, on one line")
    options.add_argument("--accounts", type=int, default=30_000)
    options.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3, 4, 5])
    given = options.parse_args()
    print(json.dumps(measured(given.accounts, given.seeds), indent=None if given.json else 2))


if __name__ == "__main__":
    main()
