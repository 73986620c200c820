"""Compares the columns that a file has with those that it needs."""

from collections.abc import Sequence

from seawall.records.activity import TABLES, Column, Table, Type
from seawall.records.errors import BadActivity

LISTS = {Type.TEXTS, Type.REFERENCES}


def must_have(column: Column) -> bool:
    """Whether a table is useless without this column; an absent list is an empty one."""
    return not column.nullable and column.type not in LISTS


def require_columns(name: str, found: Sequence[str], table: Table) -> list[str]:
    """The table's columns among those found, in the table's order; raises BadActivity where one is missing."""
    twice = sorted({column for column in found if list(found).count(column) > 1})
    if twice:
        raise BadActivity(f"{name} has the column {twice[0]} twice. Keep one of them.")
    missing = [column.name for column in table.columns if must_have(column) and column.name not in found]
    if missing:
        raise BadActivity(
            f"{name} lacks the required column {', '.join(missing)}; found: {', '.join(found) or 'none'}. "
            f"Name the columns as the activity contract does: {', '.join(column.name for column in table.columns)}."
        )
    return [column.name for column in table.columns if column.name in found]


def unknown_columns(found: Sequence[str], table: Table) -> frozenset[str]:
    """The columns found that the contract does not know: they are named, and left where they are."""
    return frozenset(found) - {column.name for column in TABLES[table.name].columns}
