"""What came through the door: counted, for the summary and the eye."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Count:
    """Rows of a table, or frames and answers of a feed: `rows == kept + quarantined`, always.

    `unlinked` counts references to accounts that no kept row names, dropped from rows that live on without them.
    """

    rows: int
    kept: int
    quarantined: int
    unlinked: int = 0
    bytes: int = 0
    unknown_columns: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        assert self.rows == self.kept + self.quarantined


@dataclass(frozen=True, slots=True)
class Admission:
    """One activity as admitted: each table of the contract that was there, each feed read, and what was missing."""

    tables: dict[str, Count]
    feeds: dict[str, Count]
    missing: tuple[str, ...]

    @property
    def bytes(self) -> int:
        """Bytes read, all files together."""
        return sum(count.bytes for count in (*self.tables.values(), *self.feeds.values()))

    def lines(self) -> list[str]:
        """One line a table, for people."""
        return [
            f"{name}: {count.rows:,} rows in = {count.kept:,} kept + {count.quarantined:,} quarantined{_aside(count)}"
            for name, count in (*self.feeds.items(), *self.tables.items())
        ]


def _aside(count: Count) -> str:
    return f"; left aside: {', '.join(count.unknown_columns)}" if count.unknown_columns else ""
