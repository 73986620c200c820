"""Reads a table from a Parquet file, a batch at a time."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from seawall.intake.chunk import ROWS, Chunk
from seawall.intake.headers import require_columns, unknown_columns
from seawall.records.activity import Table
from seawall.records.errors import BadActivity


def read_parquet(path: Path, name: str, table: Table) -> Iterator[Chunk]:
    """Chunks of a Parquet file; a line is a row, from 1. Raises BadActivity for a file that is cut or damaged."""
    try:
        with pq.ParquetFile(path) as file:
            yield from _chunks(file, name, table)
    except (pa.ArrowException, OSError) as error:
        raise unreadable(path, error) from error


def parquet_columns(path: Path) -> tuple[list[str], int]:
    """Column names and rows of a Parquet file, from its footer alone."""
    try:
        with pq.ParquetFile(path) as file:
            return list(file.schema_arrow.names), file.metadata.num_rows
    except (pa.ArrowException, OSError) as error:
        raise unreadable(path, error) from error


def unreadable(path: Path, error: Exception) -> BadActivity:
    """The error for a file that the engine cannot read; its first line names the cause, never a value."""
    cause = str(error).split("\n")[0][:200] or type(error).__name__
    return BadActivity(f"{path} cannot be read ({cause}). It may be cut short or damaged: write or copy it again.")


def _chunks(file: pq.ParquetFile, name: str, table: Table) -> Iterator[Chunk]:
    found = file.schema_arrow.names
    known = require_columns(name, found, table)
    aside = unknown_columns(found, table)
    start = 1
    for batch in file.iter_batches(batch_size=ROWS, columns=known, use_threads=False):
        lines = np.arange(start, start + batch.num_rows, dtype=np.int64)
        start += batch.num_rows
        yield Chunk(name, lines, dict(zip(batch.schema.names, batch.columns, strict=True)), unknown=aside)
