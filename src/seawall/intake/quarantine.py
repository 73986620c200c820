"""Keeps every refused row: its file, its line and the reason."""

from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from seawall.intake.sink import Parts
from seawall.records.run import QUARANTINE


class Quarantine(Parts):
    """The refused rows of one admission, as `records.run.QUARANTINE`."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder, QUARANTINE)

    def refuse(self, file: str, lines: npt.NDArray[np.int64], reasons: list[str]) -> None:
        """Write one row a line, shape (rows,); reasons name columns, never values."""
        if len(lines):
            columns = [pa.array([file] * len(lines)), pa.array(lines, pa.int64()), pa.array(reasons, pa.string())]
            self.write(pa.RecordBatch.from_arrays(columns, schema=QUARANTINE))


def read_quarantine(work: Path) -> pa.Table:
    """Every row that an admission into this work folder refused."""
    parts = sorted((work / "quarantine").glob("*.parquet"))
    return pa.concat_tables([QUARANTINE.empty_table(), *map(pq.read_table, parts)])


def by_reason(quarantine: pa.Table) -> dict[str, int]:
    """How many rows were refused for each reason, the commonest first."""
    counted = pc.value_counts(quarantine["reason"]).to_pylist()
    return {one["values"]: one["counts"] for one in sorted(counted, key=lambda one: (-one["counts"], one["values"]))}
