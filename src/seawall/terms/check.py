"""What a lexicon would hit, told before anything goes live."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import pyarrow as pa

from seawall.terms.lexicon import Lexicon, Status
from seawall.terms.scanner import Scanner

SHORT_ALPHABET, SHORT_SYLLABLE = 5, 3
REPORT = pa.schema(
    [
        pa.field("term", pa.string(), False),
        pa.field("status", pa.string(), False),
        pa.field("letters", pa.int32(), False),
        pa.field("too_short", pa.bool_(), False),
        pa.field("everyday", pa.list_(pa.string()), False),  # "language: word" of each everyday word that it hits
        pa.field("sample_posts", pa.int64(), False),
        pa.field("sample_share", pa.float64(), False),
    ]
)


def check(lexicon: Lexicon, words: Mapping[str, Sequence[str]], sample: pa.Array | pa.ChunkedArray) -> pa.Table:
    """One row a term that is not retired, worst first: what it collides with, as `REPORT`.

    `words` maps a language to its everyday words; `sample` holds posts that are known to be benign.
    """
    live = tuple(replace(term, status=Status.ACTIVE) for term in lexicon.terms if term.status is not Status.RETIRED)
    kept = [term.status for term in lexicon.terms if term.status is not Status.RETIRED]
    scanner = Scanner.compile(replace(lexicon, terms=live))
    everyday = _everyday(scanner, words)
    hits = scanner.scan_each(sample)
    pairs = np.unique(np.stack([hits.term, hits.row]), axis=1) if len(hits) else np.empty((2, 0), np.int64)
    posts = np.bincount(pairs[0], minlength=len(live))
    rows = [
        {
            "term": term.text,
            "status": status,
            "letters": sum(char.isalnum() for char in term.text),
            "too_short": too_short(term.text),
            "everyday": everyday[number],
            "sample_posts": int(posts[number]),
            "sample_share": posts[number] / max(1, len(sample)),
        }
        for number, (term, status) in enumerate(zip(live, kept, strict=True))
    ]
    rows.sort(key=lambda row: (-len(row["everyday"]), -row["sample_posts"], not row["too_short"], row["term"]))
    return pa.Table.from_pylist(rows, schema=REPORT)


def too_short(text: str) -> bool:
    """Whether so few letters are reached by chance; emoji sequences count as letters of their own."""
    letters = [char for char in text if char.isalnum()]
    if not letters:
        return len(text) < 2
    syllables = sum(ord(char) >= 0x3400 for char in letters)
    return len(letters) < (SHORT_SYLLABLE if 2 * syllables >= len(letters) else SHORT_ALPHABET)


def _everyday(scanner: Scanner, words: Mapping[str, Sequence[str]]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = defaultdict(list)
    for language, listed in words.items():
        hits = scanner.scan_each(pa.array(listed, pa.large_string()))
        for term, row in zip(hits.term.tolist(), hits.row.tolist(), strict=True):
            found[term].append(f"{language}: {listed[row]}")
    return found
