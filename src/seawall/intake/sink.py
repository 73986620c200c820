"""Writes tables of the work folder as Parquet parts."""

from pathlib import Path
from types import TracebackType
from typing import Self

import pyarrow as pa
import pyarrow.parquet as pq

PART_ROWS = 1 << 22


class Parts:
    """Appends record batches to `folder/part-00000.parquet` and on; a new part begins beyond `PART_ROWS` rows.

    A folder whose table stays empty gets one part without rows, so that readers find the schema.
    """

    def __init__(self, folder: Path, schema: pa.Schema) -> None:
        folder.mkdir(parents=True, mode=0o700)
        self._folder, self._schema = folder, schema
        self._parts = 0
        self._rows = 0
        self._writer: pq.ParquetWriter | None = None

    def write(self, batch: pa.RecordBatch) -> None:
        if self._writer is None or self._rows >= PART_ROWS:
            self._next()
        assert self._writer is not None
        self._writer.write_batch(batch)
        self._rows += batch.num_rows

    def _next(self) -> None:
        if self._writer is not None:
            self._writer.close()
        path = self._folder / f"part-{self._parts:05d}.parquet"
        self._writer = pq.ParquetWriter(path, self._schema, compression="lz4", use_dictionary=_repeating(self._schema))
        self._parts += 1
        self._rows = 0

    def close(self) -> None:
        if self._writer is None:
            self._next()
        assert self._writer is not None
        self._writer.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _repeating(schema: pa.Schema) -> list[str]:
    """The columns worth a dictionary: text, not ids or times, which hardly repeat."""
    return [
        f"{field.name}.list.element" if pa.types.is_list(field.type) else field.name
        for field in schema
        if pa.types.is_string(field.type)
        or (pa.types.is_list(field.type) and pa.types.is_string(field.type.value_type))
    ]
