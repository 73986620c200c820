"""Reads a table from CSV, a block at a time."""

import csv
import gzip
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.csv as pcsv

from seawall.intake.chunk import Chunk
from seawall.intake.headers import require_columns, unknown_columns
from seawall.intake.parquet import unreadable
from seawall.records.activity import Table

BLOCK = 1 << 24


def read_csv(path: Path, name: str, table: Table) -> Iterator[Chunk]:
    """Chunks of a CSV file with a header, plain or gzip; a line is a record, the header being the
    first and blank ones not counted.

    Every value comes as text; a record with too few or too many values is `bad`. Lists are JSON arrays, or items
    parted by `|`, `;` or spaces.
    """
    found = csv_columns(path)
    known = require_columns(name, found, table)
    try:
        yield from _chunks(path, name, known, unknown_columns(found, table))
    except (pa.ArrowException, OSError, EOFError) as error:
        raise unreadable(path, error) from error


def csv_columns(path: Path) -> list[str]:
    """The names in a CSV file's header."""
    try:
        unpack = gzip.open if path.suffix == ".gz" else open
        with unpack(path, "rt", encoding="utf-8-sig", newline="", errors="replace") as file:
            return next(csv.reader(file), [])
    except (OSError, EOFError, csv.Error) as error:
        raise unreadable(path, error) from error


def _chunks(path: Path, name: str, known: list[str], aside: frozenset[str]) -> Iterator[Chunk]:
    short: list[int] = []

    def skip(row: pcsv.InvalidRow) -> str:
        short.append(row.number)
        return "skip"

    reader = pcsv.open_csv(
        path,
        read_options=pcsv.ReadOptions(use_threads=False, block_size=BLOCK),
        parse_options=pcsv.ParseOptions(newlines_in_values=True, invalid_row_handler=skip),
        convert_options=pcsv.ConvertOptions(
            include_columns=known, column_types=dict.fromkeys(known, pa.binary()), strings_can_be_null=False
        ),
    )
    following, told = 2, 0
    for batch in reader:
        lines = _lines(following, batch.num_rows, short)
        following = int(lines[-1]) + 1 if len(lines) else following
        yield Chunk(name, lines, dict(zip(known, batch.columns, strict=True)), _told(short[told:]), aside)
        told = len(short)
    yield Chunk(name, np.empty(0, np.int64), {}, _told(short[told:]))


def _told(lines: list[int]) -> list[tuple[int, str]]:
    return [(line, "the number of values is not that of the header") for line in lines]


def _lines(start: int, count: int, skipped: list[int]) -> npt.NDArray[np.int64]:
    """The numbers of the next `count` records that were not skipped."""
    numbers = np.arange(start, start + count + len(skipped), dtype=np.int64)
    return numbers[~np.isin(numbers, np.array(skipped, np.int64))][:count]
