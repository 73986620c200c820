"""How many disguised risky queries the guard answers, and how many benign ones it refuses.

Risky: terms of the lexicon, disguised by a disguiser that was written apart from the scanner and never saw its tables,
alone or among other words. Benign: windows of what the look-alike communities of an invented world write, those set
aside in which a term stands as written, since whoever types a term asks for it. Every run draws a fresh seed, unless
one is given.
"""

import argparse
import json
import secrets
import tempfile
from collections import Counter
from collections.abc import Iterator
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
from seawall.trials.world import make_world

KEY = IdKey(bytes(range(32)))
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
        query = " ".join(words[start : start + size])[:40]
        seen[query] += 1
        said = {word.strip("#.,:;!?()").lower() for word in words[start : start + size]}
        if query and seen[query] <= PER_TERM and not said & terms:
            yield query


def measured(seed: int) -> dict[str, Any]:
    """Every figure of this benchmark."""
    with tempfile.TemporaryDirectory(prefix="seawall-leaks-") as name:
        folder = Path(name)
        make_world(folder / "world", ACCOUNTS, seed)
        invented = [term.text for term in read_lexicon(folder / "world" / "lexicon.csv").terms]
        others = babel(seed, 2, TERMS)[1]
        lexicon = Lexicon.of(dict.fromkeys([*invented, *others]), severity=3)
        publish(folder / "index", KEY, Contents(lexicon=lexicon))
        terms = [term.text for term in lexicon.terms]
        queries = list(zip(range(ASKED), benign(folder / "world", {text.lower() for text in terms}, seed), strict=False))
        with Guard.open(folder / "index", KEY) as guard:
            return {"seed": seed, **_answered(guard, risky(others, seed)), **_refused(guard, [q for _, q in queries])}


def _answered(guard: Guard, asked: list[tuple[str, str]]) -> dict[str, Any]:
    leaked = Counter(kind for kind, query in asked if _allowed(guard, query))
    share = sum(leaked.values()) / len(asked)
    return {"risky": len(asked), "answered_share": round(share, 5), "answered": dict(leaked.most_common())}


def _refused(guard: Guard, asked: list[str]) -> dict[str, Any]:
    refused = sum(not _allowed(guard, query) for query in asked)
    return {"benign": len(asked), "refused": refused, "refused_share": round(refused / len(asked), 5)}


def _allowed(guard: Guard, query: str) -> bool:
    return guard.search(query, 1, Age.ADULT).decision is Decision.ALLOW


def main() -> None:
    """The command `python -m bench.guard_leaks`."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--json", action="store_true", help="print one JSON object, on one line")
    options.add_argument("--seed", type=int, default=None)
    given = options.parse_args()
    seed = secrets.randbelow(10**6) if given.seed is None else given.seed
    print(json.dumps(measured(seed), ensure_ascii=False, indent=None if given.json else 2))


if __name__ == "__main__":
    main()
