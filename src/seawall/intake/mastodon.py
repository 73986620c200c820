"""Reads recorded Mastodon answers and webhooks into the contract.

A file holds one answer, one webhook body ({event, created_at, object}) or a list of recorded exchanges ({method, path,
status, json}). An entity that comes again replaces the earlier one: answers overlap. Recordings are held in memory.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import msgspec

from seawall.intake.admission import Count
from seawall.intake.chunk import Chunk
from seawall.intake.feed import Origin, to_chunks
from seawall.intake.lines import reason_of
from seawall.intake.parquet import unreadable
from seawall.intake.toots import kind_of, rows_of
from seawall.records.activity import Table

_IDS = {"accounts": "account_id", "posts": "post_id", "media": "media_id", "complaints": "complaint_id"}
_EXCHANGE = {"method", "path", "status", "json"}


class Mastodon:
    """Recordings in the order of their names; a line is the number of an exchange in its file."""

    name = "mastodon"

    def __init__(self, files: Sequence[Path], root: Path) -> None:
        self._files = files
        self._rows: dict[str, dict[object, tuple[Origin, dict[str, Any]]]] = {}
        self.refused: list[tuple[Origin, str]] = []
        self._entities = 0
        for path in files:
            self._read(path, path.relative_to(root).as_posix())

    def count(self) -> Count:
        """Entities read, kept and refused; an answer without an entity counts as one."""
        refused = len(self.refused)
        size = sum(path.stat().st_size for path in self._files)
        return Count(self._entities, self._entities - refused, refused, bytes=size)

    def tables(self) -> frozenset[str]:
        """The tables that these recordings fill."""
        return frozenset(self._rows)

    def chunks(self, table: Table) -> Iterator[Chunk]:
        """The rows of one table, each entity as last told."""
        yield from to_chunks(table, self._rows.get(table.name, {}).values())

    def _read(self, path: Path, name: str) -> None:
        try:
            value = msgspec.json.decode(path.read_bytes())
        except OSError as error:
            raise unreadable(path, error) from error
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            self._entities += 1
            self.refused.append((Origin(name, 1), reason_of(error)))
            return
        for line, entity in _entities(value):
            self._entities += 1
            self._take(Origin(name, line), entity)

    def _take(self, origin: Origin, entity: Any) -> None:
        """Keep an entity's rows, or refuse it with the reason; None stands for an empty answer."""
        if entity is None:
            return
        if isinstance(entity, Failed):
            self.refused.append((origin, f"the answer is an error (status {entity.status})"))
            return
        kind = kind_of(entity)
        if kind is None:
            self.refused.append((origin, "the contract has no table for this entity"))
            return
        try:
            rows = list(rows_of(msgspec.convert(entity, kind)))
        except (msgspec.ValidationError, RecursionError) as error:
            self.refused.append((origin, reason_of(error)))
            return
        for table, row in rows:
            known = self._rows.setdefault(table, {})
            unique = row[_IDS[table]] if table in _IDS else tuple(row.values())
            known[unique] = (origin, row)


class Failed(msgspec.Struct):
    """An exchange that the server answered with an error."""

    status: int


def _entities(value: Any) -> Iterator[tuple[int, Any]]:
    """(number of the exchange, entity) of a file's JSON; None for an answer without an entity."""
    exchanges = value if isinstance(value, list) and value and all(map(_is_exchange, value)) else [{"json": value}]
    for line, exchange in enumerate(exchanges, 1):
        status = exchange.get("status", 200)
        if not (isinstance(status, int) and 200 <= status < 300):
            yield line, Failed(status if isinstance(status, int) else 0)
            continue
        answer = exchange["json"]
        if isinstance(answer, dict) and {"event", "object"} <= set(answer):
            answer = answer["object"]
        for entity in (answer or [None]) if isinstance(answer, list) else [answer]:
            yield line, entity


def _is_exchange(value: Any) -> bool:
    return isinstance(value, dict) and set(value) >= _EXCHANGE
