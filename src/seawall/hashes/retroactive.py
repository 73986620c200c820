"""What is already stored, matched when a hash arrives."""

from collections.abc import Iterable, Iterator

import pyarrow as pa

from seawall.hashes.bank import KnownMedia
from seawall.hashes.entries import HashKind


def match_stored(new: pa.Table, stored: Iterable[pa.Table]) -> Iterator[pa.Table]:
    """Matches of new entries (columns of `HASH_LIST`) among stored media, batch by batch.

    A batch has `media_id` and any of md5, sha1, sha256 and pdq, as the media table of the contract; what comes out is
    `MATCHES` with `media_id` in front, only for batches that match.
    """
    known = KnownMedia.of(new)
    for batch in stored:
        given = {str(kind): batch[kind] for kind in HashKind if kind in batch.column_names}
        found = known.match_columns(**given)
        if found.num_rows:
            media = batch["media_id"].take(found["row"])
            yield found.add_column(0, "media_id", media)
