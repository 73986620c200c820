"""The names behind keyed ids, kept only where ids may be plain."""

from pathlib import Path

import pyarrow as pa

from seawall.intake.columns import list_parts
from seawall.intake.keyset import ABSENT, KeySet
from seawall.intake.sink import Parts
from seawall.records.ids import IdKey

NAMES = pa.schema(
    [pa.field("kind", pa.string(), False), pa.field("key", pa.uint64(), False), pa.field("name", pa.string(), False)]
)
_LISTED = {"hashtags": "hashtag", "links": "link"}


class Names(Parts):
    """Writes each name once a kind: accounts, media, hashtags and links."""

    def __init__(self, folder: Path, key: IdKey) -> None:
        super().__init__(folder, NAMES)
        self._key = key
        self._seen = {kind: KeySet() for kind in _LISTED.values()}

    def add(self, kind: str, keys: pa.Array, texts: pa.Array) -> None:
        """Names that were not added before."""
        if len(keys):
            kinds = pa.array([kind] * len(keys), pa.string())
            self.write(pa.RecordBatch.from_arrays([kinds, keys, texts], schema=NAMES))

    def add_listed(self, columns: dict[str, pa.Array]) -> None:
        """The hashtags and links in the list columns of kept rows."""
        for name, kind in _LISTED.items():
            if name in columns:
                _, texts = list_parts(columns[name])
                keys = self._key.column(kind, texts)
                fresh = pa.array(self._seen[kind].add(keys, self._key.check_column(kind, texts)) == ABSENT)
                self.add(kind, pa.array(keys).filter(fresh), texts.filter(fresh))
