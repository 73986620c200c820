"""Reads a table from JSON lines, one object a line."""

import gzip
import re
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from itertools import islice
from pathlib import Path
from typing import IO, Annotated, Any, TypeVar, cast

import msgspec
import numpy as np
import pyarrow as pa

from seawall.intake.chunk import Chunk
from seawall.intake.headers import require_columns, unknown_columns
from seawall.intake.parquet import unreadable
from seawall.records.activity import Table, Type

LINES = 1 << 16
_PYTHON: dict[Type, Any] = {
    Type.ID: str | int | None,
    Type.REFERENCE: str | int | None,
    Type.REFERENCES: list[str | int | None] | None,
    Type.TIME: str | None,
    Type.TEXT: str | None,
    Type.TEXTS: list[str | None] | None,
    Type.CHOICE: str | None,
    Type.HEX: str | None,
    Type.NUMBER: Annotated[int, msgspec.Meta(ge=-(2**63), le=2**63 - 1)] | None,
}
_IDS = {Type.ID, Type.REFERENCE}
_ARROW = {Type.NUMBER: pa.int64(), Type.TEXTS: pa.list_(pa.string()), Type.REFERENCES: pa.list_(pa.string())}
T = TypeVar("T")
_PATH = re.compile(r"\$\.(\w+)")
_KEYS = msgspec.json.Decoder(dict[str, msgspec.Raw])


def read_lines(path: Path, name: str, table: Table) -> Iterator[Chunk]:
    """Chunks of a JSON lines file, plain or gzip; a line that is no row of the table is `bad`."""
    try:
        with open_bytes(path) as file:
            first = True
            for chunk, keys in _chunks(file, name, table):
                if first and keys:
                    require_columns(name, sorted(keys), table)
                first = first and not keys
                yield chunk
    except (OSError, EOFError) as error:
        raise unreadable(path, error) from error


def open_bytes(path: Path) -> IO[bytes]:
    """The file's bytes, unpacked where its name ends in .gz."""
    return cast("IO[bytes]", gzip.open(path)) if path.suffix == ".gz" else path.open("rb")


def read_objects(
    file: IO[bytes], decode: Callable[[bytes], T], size: int = LINES
) -> Iterator[tuple[list[T], list[int], list[tuple[int, str]]]]:
    """Decoded lines, their numbers from 1, and the (line, reason) of those that cannot be, `size` lines a time."""
    numbered = enumerate(file, 1)
    while block := list(islice(numbered, size)):
        rows, lines, bad = [], [], []
        for line, text in block:
            if text.isspace():
                continue
            try:
                rows.append(decode(text))
                lines.append(line)
            except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
                bad.append((line, reason_of(error)))
        yield rows, lines, bad


def reason_of(error: Exception) -> str:
    """Why a line is no row: the column at fault, never its value."""
    if isinstance(error, RecursionError):
        return "the line is nested too deep"
    if not isinstance(error, msgspec.ValidationError):
        return "the line is not whole JSON"
    at = _PATH.search(str(error))
    return f"{at[1]} has the wrong type" if at else "the line is not a JSON object"


@cache
def row_type(table: Table) -> type[msgspec.Struct]:
    """A Struct with the table's columns, each of which may be absent: the door says what is missing."""
    fields = [(column.name, _PYTHON[column.type], None) for column in table.columns]
    return msgspec.defstruct(table.name.title(), fields)


def to_columns(rows: Sequence[Any], table: Table) -> dict[str, pa.Array]:
    """Arrow columns of decoded rows."""
    columns = {}
    for column in table.columns:
        values: list[Any] = [getattr(row, column.name) for row in rows]
        if column.type in _IDS:
            values = [None if value is None else str(value) for value in values]
        elif column.type is Type.REFERENCES:
            values = [[None if item is None else str(item) for item in value or ()] for value in values]
        columns[column.name] = pa.array(values, _ARROW.get(column.type, pa.string()))
    return columns


def _chunks(file: IO[bytes], name: str, table: Table) -> Iterator[tuple[Chunk, set[str]]]:
    decode = msgspec.json.Decoder(row_type(table)).decode
    for pairs, lines, bad in read_objects(file, lambda text: (decode(text), _KEYS.decode(text))):
        keys = set().union(*(keys for _, keys in pairs))
        columns = to_columns([row for row, _ in pairs], table)
        yield Chunk(name, np.array(lines, np.int64), columns, bad, unknown_columns(sorted(keys), table)), keys
