"""Proposals as a run's table holds them, and read back from it.

In a keyed run terms and contexts are sealed: they open with the deployment's key, for a person who states a purpose.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from seawall.records.errors import BadInput
from seawall.records.ids import IdKey
from seawall.records.run import TERMS
from seawall.records.seal import PREFIX, seal, unseal

HASHTAG, WORD, EMOJI = "hashtag", "word", "emoji"


@dataclass(frozen=True, slots=True)
class Proposed:
    """`found` as `new_terms.PROPOSALS`; `contexts`: masked text around the first risky uses of each token."""

    found: pa.Table
    contexts: Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True)
class Proposal:
    """One proposed term in clear, as a person reads it."""

    term: str
    kind: str
    score: float
    flagged_accounts: int
    innocent_accounts: int
    near: str
    contexts: tuple[str, ...]


def term_rows(proposed: Proposed, key: IdKey, *, plain: bool) -> pa.Table:
    """Proposals as `records.run.TERMS`, best first; `plain` leaves terms and contexts in clear."""
    tokens = proposed.found["term"].to_pylist()
    kinds = [kind_of(token) for token in tokens]
    texts = [token.removeprefix("#") for token in tokens]
    ids = [text if plain else f"{key.one(_id_kind(kind), text):016x}" for kind, text in zip(kinds, texts, strict=True)]
    near = proposed.found["near"].to_pylist()
    contexts = [list(proposed.contexts.get(token, ())) for token in tokens]

    def shown(text: str) -> str:
        return text if plain else seal(key, text)

    columns = {
        "term_id": ids,
        "term": [shown(text) for text in texts],
        "kind": kinds,
        "near": [shown(text) if text else None for text in near],
        "contexts": [[shown(text) for text in some] for some in contexts],
        "status": ["proposed"] * len(texts),
    }
    counted = {name: proposed.found[name] for name in TERMS.names if name not in columns}
    return pa.table({name: columns.get(name, counted.get(name)) for name in TERMS.names}, schema=TERMS)


def kind_of(token: str) -> str:
    """Whether a token is a hashtag, an emoji or a word."""
    if token.startswith("#"):
        return HASHTAG
    return WORD if any(char.isalnum() for char in token) else EMOJI


def _id_kind(kind: str) -> str:
    """A hashtag has the id that findings give it."""
    return "hashtag" if kind == HASHTAG else "term"


def read_proposals(run: Path, key: IdKey | None) -> list[Proposal]:
    """A run's proposals in clear, best first. Errors: `BadInput` without a table, or where they are sealed and no key
    is given; `Damaged` where the key is another one.
    """
    path = run / "terms.parquet"
    if not path.exists():
        raise BadInput(f"{run} holds no terms.parquet. Give the --out of a run that was made for a platform.")
    table = pq.read_table(path)
    sealed = pc.any(pc.starts_with(table["term"], PREFIX)).as_py()
    if sealed and key is None:
        raise BadInput(f"The terms of {run} are sealed. Give the key file of the run that wrote them.")

    def opened(text: str | None) -> str:
        return unseal(key, text) if text and sealed and key else text or ""

    return [
        Proposal(
            opened(row["term"]),
            row["kind"],
            row["score"],
            row["flagged_accounts"],
            row["innocent_accounts"],
            opened(row["near"]),
            tuple(opened(text) for text in row["contexts"]),
        )
        for row in table.to_pylist()
    ]
