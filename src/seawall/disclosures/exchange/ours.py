"""What of this platform a partner's signals may name."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pyarrow as pa
import pyarrow.compute as pc

from seawall.disclosures.exchange.signal import Kind
from seawall.intake.columns import to_contract
from seawall.intake.folder import READERS, find_sources, list_folder
from seawall.records.activity import ADMITTED, Column
from seawall.records.errors import BadInput

_HELD = (
    ("accounts", "handle", Kind.HANDLE),
    ("accounts", "links", Kind.LINK),
    ("posts", "links", Kind.LINK),
    ("media", "pdq", Kind.PDQ),
    ("media", "md5", Kind.MD5),
    ("media", "sha256", Kind.SHA256),
)
"""Table, column, and the kind of signal that its values are; terms and payment handles come as a file."""


def held(activity: Path) -> Iterator[tuple[Kind, list[str]]]:
    """The handles, links and media hashes of an activity folder, batch by batch."""
    sources = find_sources(list_folder(activity))
    for name in ("accounts", "posts", "media"):
        if (source := sources.get(name)) is None:
            continue
        columns = [(column, kind) for table, column, kind in _HELD if table == name]
        for path in source.files:
            for chunk in READERS[source.format](path, path.name, ADMITTED[name]):
                for column, kind in columns:
                    if column in chunk.columns:
                        yield kind, _texts(ADMITTED[name].column(column), chunk.columns[column])


def read_values(path: Path) -> dict[Kind, list[str]]:
    """Values by kind, from a JSON object as {"term": ["…"], "payment": ["…"]}."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=dict[Kind, list[str]])
    except (msgspec.DecodeError, msgspec.ValidationError) as error:
        raise BadInput(f"{path} must be a JSON object of lists by kind of signal ({error}).") from error


def _texts(column: Column, found: pa.Array) -> list[str]:
    """The values that are there, lists in a row."""
    values, _ = to_contract(column, found, datetime.now(UTC))
    flat = pc.list_flatten(values) if pa.types.is_list(values.type) else values
    return [value for value in flat.to_pylist() if value]
