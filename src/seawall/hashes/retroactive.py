"""What is already stored, matched when a hash arrives."""

from collections.abc import Iterable, Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from seawall.hashes.bank import KnownMedia, resolve
from seawall.hashes.entries import HashKind, Opinion
from seawall.hashes.ledger import newest, standing


def arrived(folder: Path, after: int) -> tuple[pa.Table, int]:
    """The entries of banks that came after the one numbered `after`, with every older one that clears; and the newest.

    Both are columns of `HASH_LIST`; what clears is among them so that a known innocent file stays so.
    """
    last = newest(folder)
    older = standing(folder, up_to=after)
    clears = older.filter(pc.equal(older["opinion"], str(Opinion.NEGATIVE))) if after else older
    return pa.concat_tables([standing(folder, after=after, up_to=last), clears]), last


def match_stored(new: pa.Table, stored: Iterable[pa.Table]) -> Iterator[pa.Table]:
    """Matches of new entries (columns of `HASH_LIST`) among stored media, batch by batch.

    A batch has `media_id` and any of md5, sha1, sha256 and pdq, as the media table of the contract; what comes out is
    `MATCHES` with `media_id` in front, one row a file by `resolve`, only for batches in which a file is not cleared.
    """
    known = KnownMedia.of(new)
    for batch in stored:
        given = {str(kind): batch[kind] for kind in HashKind if kind in batch.column_names}
        best = resolve(known.match_columns(**given))
        found = best.filter(pc.not_equal(best["opinion"], str(Opinion.NEGATIVE)))
        if found.num_rows:
            media = batch["media_id"].take(found["row"])
            yield found.add_column(0, "media_id", media)
