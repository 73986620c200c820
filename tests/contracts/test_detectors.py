"""What every detector must satisfy, held against each one in the catalogue."""

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seawall.records.activity import ADMITTED, TIME
from seawall.signals.base import SIGNALS, InParts, streamed
from seawall.signals.catalogue import detectors
from seawall.signals.known_media import example_known
from seawall.signals.terms import example_scanner

EVERY = {detector.name: detector for detector in detectors(example_scanner(), example_known())}
IN_PARTS = [detector for detector in EVERY.values() if detector.by_row or isinstance(detector, InParts)]
CASES = [(one, example) for one in EVERY.values() for example in one.examples()]

# The lake's answers that detectors read beside tables of the contract.
QUERIES = {
    "searches": pa.schema({"account_id": pa.uint64(), "query": pa.string(), "surface": pa.string(), "first_at": TIME}),
    "complaints": pa.schema({"account_id": pa.uint64(), "reporter_id": pa.uint64(), "n": pa.int64(), "first_at": TIME}),
    "link_uses": pa.schema({"account_id": pa.uint64(), "link": pa.string(), "place": pa.string(), "n": pa.int64()}),
    "avatar_uses": pa.schema({"account_id": pa.uint64(), "avatar_pdq": pa.string()}),
}
SCHEMAS = {name: table.keyed_schema for name, table in ADMITTED.items()} | QUERIES

TEXTS = (
    None,
    "",
    "qorvane",
    "Qorvane 10€\nzolm 25€\nkip: @qrel",
    "beware of qorvane",
    "a.example/zolm",
    "18 y/o $qrel",
)
WORDS = st.sampled_from([text for text in TEXTS if text is not None])
NULLABLE = {"bio", "text", "display_name", "reporter_id"}
SPECIAL = {
    "verdict": st.sampled_from(["confirmed", "cleared"]),
    "subject_kind": st.sampled_from(["account", "hashtag"]),
    "sha256": st.sampled_from([None, "0" * 63 + "1", "f" * 64]),
    "avatar_pdq": st.sampled_from(["a" * 64, "b" * 64]),
    "md5": st.none(),
    "sha1": st.none(),
    "pdq": st.none(),
}


def values(field: pa.Field) -> st.SearchStrategy:
    """Values that a column may hold."""
    if field.name in SPECIAL:
        return SPECIAL[field.name]
    if pa.types.is_list(field.type):
        return st.lists(WORDS if pa.types.is_string(field.type.value_type) else st.integers(1, 6), max_size=2)
    plain = WORDS if pa.types.is_string(field.type) else st.integers(1, 6)
    return st.one_of(st.none(), plain) if field.name in NULLABLE else plain


@st.composite
def inputs(draw, detector):
    """The tables that a detector reads, with every column that such a table has."""
    tables = {}
    for name in detector.reads:
        row = st.fixed_dictionaries({field.name: values(field) for field in SCHEMAS[name]})
        tables[name] = pa.Table.from_pylist(draw(st.lists(row, max_size=8)), SCHEMAS[name])
    return tables


def read_columns(detector, tables):
    return {name: tables[name].select(list(columns)) for name, columns in detector.reads.items()}


def keys(signals: pa.Table) -> list[tuple]:
    names = ("subject_kind", "subject_id", "detector", "what")
    return list(zip(*(signals[name].to_pylist() for name in names), strict=True))


each = pytest.mark.parametrize("detector", EVERY.values(), ids=EVERY)


@pytest.mark.parametrize(("detector", "example"), CASES, ids=[f"{one.name}: {e.says}" for one, e in CASES])
def test_an_example_gives_exactly_what_it_says(detector, example):
    assert set(detector.detect(example.tables)["what"].to_pylist()) == example.whats


@each
def test_there_are_hits_and_near_misses(detector):
    hits = {bool(example.whats) for example in detector.examples()}
    assert hits == {True, False}


@each
def test_every_signal_is_named_after_its_detector_and_version(detector):
    for example in detector.examples():
        found = detector.detect(example.tables)
        assert all(what.startswith(f"{detector.name}.") for what in found["what"].to_pylist())
        assert set(found["version"].to_pylist()) <= {detector.version}


@each
@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_it_needs_only_the_columns_that_it_names(detector, data):
    tables = data.draw(inputs(detector))
    assert detector.detect(read_columns(detector, tables)).equals(detector.detect(tables))


@each
@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_signals_are_well_formed(detector, data):
    found = detector.detect(data.draw(inputs(detector)))
    strengths = found["strength"].to_numpy()
    assert found.schema == SIGNALS
    assert np.isfinite(strengths).all()
    assert ((strengths > 0) & (strengths <= 1)).all()
    assert (found["count"].to_numpy() > 0).all()
    assert keys(found) == sorted(set(keys(found)))


@each
@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_the_order_of_rows_changes_nothing(detector, data):
    tables = data.draw(inputs(detector))
    turned = {name: table.take(pa.array(range(len(table))[::-1], pa.int64())) for name, table in tables.items()}
    one, other = detector.detect(tables), detector.detect(turned)
    assert one.drop_columns("strength").equals(other.drop_columns("strength"))
    assert np.allclose(one["strength"].to_numpy(), other["strength"].to_numpy(), rtol=1e-6)


@each
def test_empty_tables_give_no_signals(detector):
    found = detector.detect({name: SCHEMAS[name].empty_table() for name in detector.reads})
    assert found.equals(SIGNALS.empty_table())


@pytest.mark.parametrize("detector", IN_PARTS, ids=[detector.name for detector in IN_PARTS])
@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_signals_of_a_table_are_those_of_its_parts(detector, data):
    for name, table in data.draw(inputs(detector)).items():
        cut = data.draw(st.integers(0, len(table)))
        parts = (table.slice(0, cut), table.slice(cut))
        assert streamed(detector, name, parts).equals(detector.detect({name: table}))


def test_posts_are_never_held_whole():
    assert all(one in IN_PARTS for one in EVERY.values() if {"posts", "media"} & set(one.reads))
