"""How many disguised risky queries the guard answers, and how many benign ones it refuses.

Risky: terms of the lexicon, disguised by a disguiser that was written apart from the scanner and never saw its tables,
alone or among other words. Benign: windows of what the look-alike communities of an invented world write, those set
aside in which the world wrote a term, plainly or in one of its own disguises, since whoever types a term asks for it.
Every run draws fresh seeds, unless one is given; the figures are those of all of them together, and of the worst.
"""

import argparse
import itertools
import json
import re
import secrets
import tempfile
import textwrap
import unicodedata
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
from tests.terms.babel import Language
from tests.terms.babel import world as babel
from tests.terms.obfuscator import examples

from seawall.guard.answers import Age, Decision
from seawall.guard.contents import Contents
from seawall.guard.library import Guard
from seawall.guard.publish import publish
from seawall.intake.lexicons import read_lexicon
from seawall.records.ids import IdKey
from seawall.terms.lexicon import Lexicon
from seawall.trials.words import LEET, LOOK_ALIKES
from seawall.trials.world import make_world

KEY = IdKey(bytes(range(32)))
DIGITS, LETTERS = ({look: letter for letter, look in reversed(table.items())} for table in (LEET, LOOK_ALIKES))
ASKED, KINDS = 10_000, 20
TERMS, ACCOUNTS = 1_000, 20_000
PER_TERM = 3  # queries that one term may give, so that no single term decides the figure


def risky(terms: list[str], seed: int) -> list[tuple[str, str]]:
    """(kind of disguise, query), every second one without words around it."""
    innocent = Language.of("plain", seed).words[:500]
    made = examples(terms, innocent, seed, ASKED // KINDS)
    return [(kind, text if number % 2 else _bare(text)) for number, (kind, _, text) in enumerate(made)]


def _bare(text: str) -> str:
    """The disguised word alone: what stands between the first and the last word."""
    return text.split(" ", 1)[1].rsplit(" ", 1)[0]


def benign(world: Path, terms: set[str], seed: int) -> Iterator[str]:
    """Windows of one to four words of what look-alike communities post, without a term as written."""
    truth = pq.read_table(world / "truth.parquet").to_pylist()
    alike = {row["subject_id"] for row in truth if row["community"] and row["role"] == "bystander"}
    posts = pq.read_table(world / "activity" / "posts.parquet", columns=["account_id", "text"]).to_pylist()
    texts = [row["text"] for row in posts if row["account_id"] in alike and row["text"]]
    rng = np.random.default_rng(seed)
    seen: Counter[str] = Counter()
    for place in rng.permutation(len(texts)):
        words = texts[place].split()
        size = int(rng.integers(1, 5))
        start = int(rng.integers(0, max(len(words) - size, 0) + 1))
        query = textwrap.shorten(" ".join(words[start : start + size]), 40, placeholder="")
        seen[query] += 1
        if query and seen[query] <= PER_TERM and not holds(query, terms):
            yield query


def holds(query: str, terms: set[str]) -> bool:
    """Whether the world wrote a term in a query; a digit in it reads as a letter, or was put into the word."""
    readings = bare(query), bare(re.sub(r"\d", "", query))
    return any(term in reading for reading in readings for term in terms)


def bare(text: str) -> str:
    """A text without the disguises that the invented world knows, read by its own tables and by nothing of ours."""
    plain = unicodedata.normalize("NFKC", text).lower().translate(DIGITS).translate(LETTERS)
    letters = "".join(char for char in plain if unicodedata.category(char)[0] in "LM")
    return re.sub(r"(.)\1+", r"\1", letters)


@dataclass(frozen=True, slots=True)
class Told:
    """What one seed gave: how many were asked, which kinds of disguise were answered, how many benign were refused."""

    seed: int
    risky: int
    answered: Counter[str]
    benign: int
    refused: int

    @property
    def shares(self) -> tuple[float, float]:
        """The shares of risky queries answered and of benign ones refused."""
        return self.answered.total() / self.risky, self.refused / self.benign


def measured(seed: int) -> Told:
    """Ask a guard of one seed's terms what that seed's disguiser and its world write."""
    with tempfile.TemporaryDirectory(prefix="seawall-leaks-") as name:
        folder = Path(name)
        make_world(folder / "world", ACCOUNTS, seed)
        invented = [term.text for term in read_lexicon(folder / "world" / "lexicon.csv").terms]
        others = babel(seed, 2, TERMS)[1]
        lexicon = Lexicon.of(dict.fromkeys([*invented, *others]), severity=3)
        publish(folder / "index", KEY, Contents(lexicon=lexicon))
        harmless = benign(folder / "world", {bare(term.text) for term in lexicon.terms}, seed)
        asked, queries = risky(others, seed), list(itertools.islice(harmless, ASKED))
        with Guard.open(folder / "index", KEY) as guard:
            answered = Counter(kind for kind, query in asked if _allowed(guard, query))
            refused = sum(not _allowed(guard, query) for query in queries)
        return Told(seed, len(asked), answered, len(queries), refused)


def pooled(told: list[Told]) -> dict[str, Any]:
    """The figures of all seeds together, and the worst of any one."""
    risky, benign = sum(one.risky for one in told), sum(one.benign for one in told)
    answered, refused = sum((one.answered for one in told), Counter[str]()), sum(one.refused for one in told)
    worst = [round(max(shares), 5) for shares in zip(*(one.shares for one in told), strict=True)]
    return {
        "seeds": [one.seed for one in told],
        "risky": risky,
        "answered_share": round(answered.total() / risky, 5),
        "answered_share_worst": worst[0],
        "answered": dict(answered.most_common()),
        "benign": benign,
        "refused": refused,
        "refused_share": round(refused / benign, 5),
        "refused_share_worst": worst[1],
    }


def _allowed(guard: Guard, query: str) -> bool:
    return guard.search(query, 1, Age.ADULT).decision is Decision.ALLOW


def main() -> None:
    """The command `python -m bench.guard_leaks`."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--json", action="store_true", help="print one JSON object, on one line")
    options.add_argument("--seeds", type=int, default=1, help="how many fresh seeds")
    options.add_argument("--seed", type=int, help="this one instead")
    given = options.parse_args()
    seeds = [given.seed] if given.seed is not None else [secrets.randbelow(10**6) for _ in range(given.seeds)]
    print(json.dumps(pooled([measured(seed) for seed in seeds]), ensure_ascii=False, indent=None if given.json else 2))


if __name__ == "__main__":
    main()
