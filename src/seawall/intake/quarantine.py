"""Keeps every refused row: its file, its line and the reason."""

from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa

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
