"""New terms on invented platforms whose words drift: how many proposals are right, and how soon they come.

A world of the trials: 70 to 140 risk words that come and go over a year, fads that mean no harm, everyday words put to
a new use, disguises. Two hundred risky accounts are known. `precision` is of the first 40 proposals on the whole year;
`days` replays the last months day by day: every morning the first 40 proposals are looked at, what is right enters the
lexicon, what is not is declined. Days count from the tenth post with a word, in any disguise, by known accounts (and,
beside it, by hidden ones) to its proposal; a word that is never proposed counts as `LATE` days.
"""

import argparse
import json
import statistics
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from seawall.intake.lexicons import read_lexicon
from seawall.network.words import bags_of, pairs_of
from seawall.records.ids import IdKey
from seawall.terms.lexicon import Lexicon, Term
from seawall.terms.new_terms import expected_risk, propose
from seawall.terms.scanner import Scanner
from seawall.terms.uses import POSTS, all_uses, risky_uses
from seawall.trials import world as worlds
from seawall.trials.lookalikes import COMMUNITIES
from seawall.trials.words import make_words

KEY = IdKey(bytes(32))
KNOWN, FIRST, REPLAYED, LATE, DAY = 200, 40, 120, 120, 86_400_000_000


@dataclass(frozen=True, slots=True)
class Platform:
    """Posts with keyed ids in the order of time; all accounts; who is hidden, who of them known; the true words."""

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
        early = self.posts.filter(pc.less(self.posts["created_at"].cast(pa.int64()), before))
        owner = order[np.searchsorted(self.accounts, early["account_id"].to_numpy(), sorter=order)]
        bags = bags_of([pairs_of(owner, early["text"])], len(self.accounts))
        return expected_risk(bags.indptr, bags.indices, self.risk())

    def right(self, term: str) -> str | None:
        """The risk word that a proposal names."""
        return self.word_of.get(term.lstrip("#"))


def make(folder: Path, accounts: int, seed: int) -> Platform:
    """Make a world and open it."""
    worlds.make_world(folder, accounts, seed)
    posts = pq.read_table(folder / "activity" / "posts.parquet", columns=list(POSTS))
    owner = KEY.column("account", posts["account_id"])
    posts = posts.set_column(0, "account_id", pa.array(owner, pa.uint64())).sort_by("created_at").combine_chunks()
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
    uses = risky_uses(lambda: platform.posts.to_batches(50_000), platform.known, len(platform.accounts))
    found = propose(
        uses.tokens,
        platform.accounts,
        platform.risk(),
        platform.lexicon,
        FIRST,
        expected=platform.expected(1 << 60),
    )["term"].to_pylist()
    return float(np.mean([platform.right(term) is not None for term in found])), len(found)


def tenth_uses(platform: Platform, who: npt.NDArray[np.uint64], begin: int) -> dict[str, int]:
    """When these accounts posted each word for the tenth time, in any disguise, of the words where that was later."""
    theirs = platform.posts.filter(pa.array(np.isin(platform.posts["account_id"].to_numpy(), who)))
    known = {term.text for term in platform.lexicon.terms}
    words = sorted(set(platform.word_of.values()) - known)
    texts = pc.binary_join_element_wise(theirs["text"].fill_null(""), pc.binary_join(theirs["hashtags"], " "), " ")
    hits = Scanner.compile(Lexicon.of(words)).scan_column(texts)
    times = np.asarray(theirs["created_at"].cast(pa.int64()))
    pairs = np.unique(np.stack([hits.term, hits.row]), axis=1)
    tenth = {words[term]: pairs[1][pairs[0] == term][9:10] for term in np.unique(pairs[0])}
    return {word: int(times[rows[0]]) for word, rows in tenth.items() if len(rows) and times[rows[0]] >= begin}


def days_to_proposal(platform: Platform) -> dict[str, dict[str, float]]:
    """Days from the tenth use of each word to its proposal, by whose uses count."""
    tokens = all_uses(lambda: platform.posts.to_batches(50_000))
    first = np.asarray(tokens["first_at"].cast(pa.int64()))
    end = int(first.max())
    begin = end - REPLAYED * DAY
    proposed = dict(replay(platform, tokens, first, range(begin, end + 1, DAY)))
    found = {}
    for whose, who in (("known", platform.known), ("hidden", platform.hidden)):
        waiting = tenth_uses(platform, who, begin)
        found[whose] = {
            word: max(0.0, (proposed.get(word, at + LATE * DAY) - at) / DAY) for word, at in waiting.items()
        }
    return found


def replay(
    platform: Platform, tokens: pa.Table, first: npt.NDArray[np.int64], mornings: Sequence[int]
) -> Iterable[tuple[str, int]]:
    """Each right word with the morning on which it was first proposed; what is declined never comes again."""
    lexicon, risk, expected = platform.lexicon, platform.risk(), platform.expected(mornings[0])
    seen: set[str] = set()
    for morning in mornings:
        there = tokens.filter(pa.array(first <= morning))
        found = propose(there, platform.accounts, risk, lexicon, FIRST, expected=expected)
        terms = found["term"].to_pylist()
        lexicon = Lexicon(
            lexicon.terms + tuple(Term(term.lstrip("#")) for term in terms if platform.right(term)),
            lexicon.innocent + tuple(term.lstrip("#") for term in terms if not platform.right(term)),
        )
        for word in filter(None, map(platform.right, terms)):
            if word not in seen:
                seen.add(word)
                yield word, morning


def measured(accounts: int, seeds: list[int]) -> dict[str, Any]:
    """Every figure of this benchmark, over all worlds."""
    right: list[float] = []
    counts: list[int] = []
    days: dict[tuple[str, bool], list[float]] = {(who, new): [] for who in ("known", "hidden") for new in (True, False)}
    for seed in seeds:
        with tempfile.TemporaryDirectory() as folder:
            platform = make(Path(folder), accounts, seed)
        share, count = precision(platform)
        right.append(round(share, 3))
        counts.append(count)
        for whose, found in days_to_proposal(platform).items():
            for word, waited in found.items():
                days[whose, word in platform.everyday].append(round(waited, 1))
    return {
        "worlds": len(seeds),
        "precision": right,
        "precision_mean": round(statistics.fmean(right), 3),
        "proposals": counts,
        "coined": told(days["known", False], 3),
        "repurposed": told(days["known", True], 10),
        "coined_by_hidden": told(days["hidden", False], 3),
        "repurposed_by_hidden": told(days["hidden", True], 10),
    }


def told(days: list[float], goal: int) -> dict[str, Any]:
    """Words, median days, and the share that was proposed within the goal."""
    return {
        "words": len(days),
        "median_days": statistics.median(days) if days else None,
        f"within_{goal}_days": round(float(np.mean(np.array(days) <= goal)), 3) if days else None,
        "never": sum(day >= LATE for day in days),
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
