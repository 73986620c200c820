"""The media table of an activity folder as stored, batch by batch."""

from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from seawall.hashes.entries import HashKind
from seawall.intake.folder import READERS, find_sources, list_folder
from seawall.records.activity import ADMITTED
from seawall.records.errors import BadActivity

_READ = ("media_id", *(str(kind) for kind in HashKind))
_AS_TEXT = pc.CastOptions(pa.string(), allow_invalid_utf8=True)  # such a hash is none, and matches nothing


def stored_media(activity: Path) -> Iterator[pa.Table]:
    """Batches of media_id and those of md5, sha1, sha256 and pdq that are there, all as text.

    Raises BadActivity where there is no media table or it lacks a column that the contract asks for.
    """
    source = find_sources(list_folder(activity)).get("media")
    if source is None:
        raise BadActivity(f"{activity} holds no media table; put media.parquet, media.jsonl or media.csv into it.")
    for path in source.files:
        for chunk in READERS[source.format](path, path.name, ADMITTED["media"]):
            wanted = [name for name in _READ if name in chunk.columns]
            if wanted:  # a reader's last chunk may tell of bad lines alone
                yield pa.table({name: pc.cast(chunk.columns[name], options=_AS_TEXT) for name in wanted})
