"""Recall under disguise and false positives, by a disguiser that never saw the folding tables.

Every run draws a fresh seed, unless one is given.
"""

import argparse
import json
import secrets
from collections import Counter
from typing import Any

import numpy as np
import pyarrow as pa
from tests.terms.babel import Language, world
from tests.terms.obfuscator import VISUAL, examples

from seawall.terms.lexicon import Lexicon
from seawall.terms.scanner import Scanner

SIZES = (1_000, 10_000)


def recall(terms: list[str], seed: int, each: int) -> dict[str, float]:
    """The share of disguised terms found, by kind of disguise."""
    innocent = Language.of("plain", seed).words[:500]
    made = examples(terms, innocent, seed, each)
    hits = Scanner.compile(Lexicon.of(terms)).scan_column(pa.array([text for _, _, text in made]))
    found = set(zip(hits.row.tolist(), hits.term.tolist(), strict=True))
    total = Counter(kind for kind, _, _ in made)
    right = Counter(kind for row, (kind, term, _) in enumerate(made) if (row, term) in found)
    return {kind: round(right[kind] / count, 4) for kind, count in total.items()}


def false_positives(terms: list[str], posts: list[str]) -> float:
    """Posts hit of 10,000 that say none of the terms."""
    hits = Scanner.compile(Lexicon.of(terms)).scan_column(pa.array(posts, pa.large_string()))
    return round(len(np.unique(hits.row)) / len(posts) * 10_000, 2)


def innocent_words(terms: list[str], seed: int) -> list[str]:
    """Longer words of everyday make that hold a term, as the place name Scunthorpe holds another word."""
    words = Language.of("plain", seed).words
    rng = np.random.default_rng(seed)
    before, after = rng.choice(words, len(terms)), rng.choice(words, len(terms))
    shapes = rng.integers(0, 3, len(terms))
    return [
        (str(a) if shape != 1 else "") + term + (str(b) if shape != 0 else "")
        for a, term, b, shape in zip(before, terms, after, shapes, strict=True)
        if not any(ord(char) >= 0xE00 for char in term)
    ]


def measured(seed: int, each: int, count: int) -> dict[str, Any]:
    """Every figure of this benchmark."""
    posts, terms = world(seed, count, max(SIZES))
    lexicon = terms[:: len(terms) // 1_000][:1_000]
    kinds = recall(lexicon, seed, each)
    benign = {size: false_positives(terms[:: max(1, len(terms) // size)][:size], posts) for size in SIZES}
    words = innocent_words(lexicon, seed)
    scunthorpe = Scanner.compile(Lexicon.of(lexicon)).scan_column(pa.array(words))
    return {
        "seed": seed,
        "recall": kinds,
        "recall_all": round(float(np.mean(list(kinds.values()))), 4),
        "recall_visual_min": min(kinds[kind] for kind in kinds if kind in VISUAL),
        "fp_per_10k": {str(size): rate for size, rate in benign.items()},
        "scunthorpe_words": len(words),
        "scunthorpe_hits": len(np.unique(scunthorpe.row)),
    }


def main() -> None:
    """The command `python -m bench.terms_recall`."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--json", action="store_true", help="print one JSON object, on one line")
    options.add_argument("--seed", type=int, default=None)
    options.add_argument("--each", type=int, default=300, help="disguised terms of each kind")
    options.add_argument("--posts", type=int, default=100_000)
    given = options.parse_args()
    seed = secrets.randbelow(10**6) if given.seed is None else given.seed
    print(json.dumps(measured(seed, given.each, given.posts), indent=None if given.json else 2))


if __name__ == "__main__":
    main()
