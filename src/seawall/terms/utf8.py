"""String columns as bytes and offsets."""

import numpy as np
import numpy.typing as npt
import pyarrow as pa


def utf8(texts: pa.Array | pa.ChunkedArray) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.int64]]:
    """Bytes and offsets [rows + 1] of a string column; a null row is empty."""
    texts = texts.combine_chunks() if isinstance(texts, pa.ChunkedArray) else texts
    texts = texts.cast(pa.large_string())
    if texts.null_count:
        texts = texts.fill_null("")
    nothing = np.frombuffer(b"\0", np.uint8)
    if len(texts) == 0:
        return nothing, np.zeros(1, np.int64)
    _, offsets, data = texts.buffers()
    bounds = np.frombuffer(offsets, np.int64)[texts.offset : texts.offset + len(texts) + 1].copy()
    if data is None or data.size == 0:
        return nothing, bounds
    raw = np.frombuffer(data, np.uint8)
    raw.flags.writeable = False  # numba compiles once for bytes that may not be written and once for those that may
    return raw, bounds
