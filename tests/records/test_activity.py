"""The activity contract: what is an id, what may be null, what stays out."""

import pyarrow as pa
import pytest

from seawall.records.activity import ADMITTED, TABLES, Type

EVERY = pytest.mark.parametrize("table", TABLES.values(), ids=TABLES)


@EVERY
def test_column_names_are_unique(table):
    names = [column.name for column in table.columns]
    assert len(set(names)) == len(names)


@EVERY
def test_every_id_says_what_it_names(table):
    for column in table.columns:
        assert bool(column.kind or column.kind_from) == column.keyed
        assert not column.kind_from or table.column(column.kind_from).choices


@EVERY
def test_behind_the_door_ids_are_numbers_and_nothing_else_changes(table):
    for column, raw, keyed in zip(table.columns, table.raw_schema, table.keyed_schema, strict=True):
        assert raw.nullable == keyed.nullable == column.nullable
        if column.keyed:
            assert keyed.type == (pa.list_(pa.uint64()) if column.type is Type.REFERENCES else pa.uint64())
        else:
            assert keyed.type == raw.type


def test_only_accounts_lead_and_contacts_never_enter():
    assert next(iter(TABLES)) == "accounts"
    assert set(TABLES) - set(ADMITTED) == {"contacts"}


def test_addresses_of_sign_ins_stay_at_their_source():
    assert {column.name for column in ADMITTED["sign_ins"].columns} == {"account_id", "at", "device_hash"}


def test_every_table_tells_what_it_is_good_for():
    assert all(len(table.adds) > 20 for table in TABLES.values())
