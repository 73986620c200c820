"""What a hash list says: kinds of hash, opinions, one row an entry."""

from enum import StrEnum

import pyarrow as pa


class HashKind(StrEnum):
    """How a file was hashed; the names are the columns of the activity contract."""

    MD5 = "md5"
    SHA1 = "sha1"
    SHA256 = "sha256"
    PDQ = "pdq"


class Opinion(StrEnum):
    """What a list holds of a hash; lists may disagree on one hash."""

    POSITIVE = "positive"
    SEED = "seed"  # worth an investigation, no verdict
    NEGATIVE = "negative"  # known innocent: a bank of these protects


DIGITS: dict[HashKind, int] = {HashKind.MD5: 32, HashKind.SHA1: 40, HashKind.SHA256: 64, HashKind.PDQ: 64}
"""Hex digits of a hash of each kind."""

DIGESTS = (HashKind.MD5, HashKind.SHA1, HashKind.SHA256)
"""The kinds that match by equality; PDQ matches within a distance."""

THRESHOLD = 31
"""Bits that two PDQ hashes of one image may differ in, of 256 (Meta's PDQ paper, 2019: 30; its index: 31)."""

HASH_LIST = pa.schema(
    [
        pa.field("kind", pa.string(), False),
        pa.field("value", pa.string(), False),  # lower-case hex
        pa.field("category", pa.string(), False),
        pa.field("opinion", pa.string(), False),
        pa.field("source", pa.string(), False),
        pa.field("reference", pa.string(), False),  # the source's own id of the entry, or ""
    ]
)
"""A hash list as Seawall holds it, one row a hash."""


def empty_list() -> pa.Table:
    """A hash list with no rows."""
    return HASH_LIST.empty_table()


def hash_list(rows: list[dict[str, str]]) -> pa.Table:
    """A hash list of rows that name at least kind and value; the other columns have defaults."""
    blank = {"category": "", "opinion": str(Opinion.POSITIVE), "source": "", "reference": ""}
    return pa.Table.from_pylist([{**blank, **row, "value": row["value"].lower()} for row in rows], HASH_LIST)
