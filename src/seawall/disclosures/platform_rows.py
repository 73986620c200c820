"""The platform's own rows of a few accounts, read for a report only."""

from collections.abc import Iterable
from datetime import date, datetime
from pathlib import Path
from typing import TypeVar

import msgspec
import pyarrow.dataset as ds

from seawall.records.errors import BadActivity

_FORMATS = {".parquet": "parquet", ".csv": "csv", ".jsonl": "json"}


class _Row(msgspec.Struct, frozen=True, kw_only=True):
    """A row; columns that are not named here are left out."""


class AccountRow(_Row, frozen=True, kw_only=True):
    """A row of accounts."""

    account_id: str
    created_at: datetime
    handle: str
    display_name: str | None = None
    bio: str | None = None
    links: list[str] | None = None
    locale: str | None = None
    born: date | None = None
    country: str | None = None


class PostRow(_Row, frozen=True, kw_only=True):
    """A row of posts."""

    post_id: str
    account_id: str
    created_at: datetime
    text: str | None = None
    url: str | None = None


class MediaRow(_Row, frozen=True, kw_only=True):
    """A row of media; `locator` and `size` are what the platform adds for reports."""

    media_id: str
    account_id: str
    created_at: datetime
    md5: str | None = None
    sha1: str | None = None
    sha256: str | None = None
    pdq: str | None = None
    locator: str | None = None
    size: int | None = None
    name: str | None = None


class SignInRow(_Row, frozen=True, kw_only=True):
    """A row of sign_ins."""

    account_id: str
    at: datetime
    ip: str | None = None
    port: int | None = None
    device_hash: str | None = None


class ContactRow(_Row, frozen=True, kw_only=True):
    """A row of contacts."""

    account_id: str
    kind: str
    value: str


Row = TypeVar("Row", bound=_Row)


def rows_of(activity: Path, table: str, kind: type[Row], accounts: Iterable[str]) -> dict[str, list[Row]]:
    """The rows of a table by account; nothing where the platform gives no such table."""
    source = next((path for end in _FORMATS if (path := activity / f"{table}{end}").exists()), None)
    folder = activity / table
    if source is None and not folder.is_dir():
        return {}
    found: dict[str, list[Row]] = {}
    try:
        data = ds.dataset(source or folder, format=_FORMATS[source.suffix] if source else "parquet")
        known = [name for name in data.schema.names if name in kind.__struct_fields__]
        told = data.to_table(columns=known, filter=ds.field("account_id").isin(sorted(set(accounts)))).to_pylist()
        for row in told:
            one = msgspec.convert(row, kind, strict=False)
            found.setdefault(row["account_id"], []).append(one)
    except (OSError, ValueError) as error:
        raise BadActivity(f"{source or folder} cannot be read for a report ({error}); run `seawall check`.") from error
    return found
