"""An erased account is also gone from returns, samples and the pictures of clusters."""

from io import BytesIO

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from seawall.cli.erasing import Erasure
from seawall.records.ids import IdKey
from seawall.records.roles import ROLES
from seawall.records.run import RETURNS, SAMPLE, SPREAD_MEDIA

KEY = IdKey(bytes(range(32)))
ODO, MARA, PIM = (f"{KEY.one('account', name):016x}" for name in ("odo", "mara", "pim"))
ROWS = {
    "returns": (
        RETURNS,
        [
            {"account_id": account, "returned_from": former, "probability": 0.9, "evidence": "[]"}
            for account, former in ((ODO, PIM), (MARA, ODO), (MARA, PIM))
        ],
    ),
    "sample": (
        SAMPLE,
        [{"account_id": a, "stratum": 0, "accounts": 9, **dict.fromkeys(ROLES, 0.0)} for a in (ODO, MARA)],
    ),
    "spread_media": (SPREAD_MEDIA, [{"cluster_id": "c", "media_id": "m", "account_id": a} for a in (ODO, MARA)]),
}


@pytest.mark.parametrize("table", ROWS)
def test_only_rows_that_do_not_name_it_stay(table):
    schema, rows = ROWS[table]
    content = BytesIO()
    pq.write_table(pa.Table.from_pylist(rows, schema), content)
    erasure = Erasure(KEY, "odo")
    left = pq.read_table(BytesIO(erasure.of(f"{table}.parquet", content.getvalue()))).to_pylist()
    assert left == [row for row in rows if ODO not in row.values()]
    assert len(left) == 1
    assert erasure.rows == len(rows) - 1
