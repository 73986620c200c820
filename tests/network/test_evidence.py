"""The evidence table: named columns, families, whom ties lead to."""

import numpy as np
import pyarrow as pa
import pytest
from small_graph import small_graph

from seawall.network.evidence import SIGNAL_COLUMNS, Column, Evidence, join, profile_evidence, signal_evidence
from seawall.signals.base import SIGNALS
from seawall.signals.catalogue import detectors
from seawall.signals.complaints import Complaints
from seawall.signals.known_media import example_known
from seawall.signals.terms import Terms, example_scanner
from seawall.terms.lexicon import Lexicon, Term
from seawall.terms.scanner import Scanner

LINKS = pa.list_(pa.string())


def complaints(*pairs: tuple[int, int]) -> pa.Table:
    """(accused, reporter) pairs."""
    accused, reporters = zip(*pairs, strict=True)
    ids = {"account_id": pa.array(accused, pa.uint64()), "reporter_id": pa.array(reporters, pa.uint64())}
    return pa.table({**ids, "first_at": pa.array(range(len(pairs)), pa.timestamp("us", tz="UTC"))})


def verdicts(**of: str) -> pa.Table:
    """Verdicts by account, as a7="confirmed"."""
    ids = pa.array([int(name[1:]) for name in of], pa.uint64())
    said = pa.array(list(of.values()), pa.string())
    return pa.table({"subject_kind": pa.array(["account"] * len(of)), "subject_id": ids, "verdict": said})


def signal(account: int, what: str, count: int) -> dict:
    plain = {"subject_kind": "account", "detector": "", "strength": 1.0, "evidence": "", "version": "1"}
    return {**plain, "subject_id": account, "what": what, "count": count}


def test_a_signal_is_the_logarithm_of_its_count_in_its_column():
    rows = [signal(1, "terms.in_offer", 3), signal(2, "searches.for_term", 1)]
    found = signal_evidence(small_graph(4), pa.Table.from_pylist(rows, SIGNALS))
    assert found.column("terms.in_offer").tolist() == pytest.approx([0, np.log(4), 0, 0])
    assert found.column("searches.for_term").tolist() == pytest.approx([0, 0, np.log(2), 0])


def test_complaints_weigh_by_the_record_of_those_who_complain():
    rows = complaints((1, 50), (2, 50), (3, 50), (9, 50), (8, 60), (7, 60), (7, 61))
    told = Complaints().detect({"complaints": rows, "verdicts": verdicts(a1="confirmed", a2="confirmed")})
    worth = np.expm1(signal_evidence(small_graph(10), told).column("complaints.received"))
    assert worth[8] == pytest.approx(1, rel=1e-3)
    assert worth[7] == pytest.approx(2, rel=1e-3)
    assert worth[9] > 2


def test_two_hundred_strangers_count_as_fewer_than_five():
    rows = complaints(*[(1, reporter) for reporter in range(100, 300)])
    told = Complaints().detect({"complaints": rows, "verdicts": verdicts()})
    assert np.expm1(signal_evidence(small_graph(2), told).column("complaints.received"))[1] < 5


def test_the_gravest_term_of_an_account_is_what_its_terms_weigh():
    scanner = Scanner.compile(Lexicon(tuple(Term(word, severity=n) for n, word in enumerate(("qor", "vel", "zan"), 1))))
    bios = pa.table({"account_id": pa.array([1, 2, 3, 4], pa.uint64()), "bio": ["qor", "qor, vel", "zan", "hello"]})
    empty = {name: pa.array([""] * 4) for name in ("handle", "display_name")} | {"links": pa.array([[]] * 4, LINKS)}
    people = pa.table({**{name: bios[name] for name in bios.column_names}, **empty})
    found = signal_evidence(small_graph(5), Terms(scanner).detect({"accounts": people}))
    assert found.column("terms.weight").tolist() == [0, 0.5, 1, 1, 0]


def test_every_column_of_signals_is_one_that_a_detector_gives():
    named = {one.name for one in detectors(example_scanner(), example_known())}
    assert {column.name.split(".")[0] for column in SIGNAL_COLUMNS} <= named


def test_tables_of_evidence_stand_side_by_side():
    names = (Column("a", "a", "a"), Column("b", "b", "b"))
    parts = [Evidence((name,), np.full((3, 1), value, np.float32)) for value, name in enumerate(names, 1)]
    both = join(parts)
    assert both.column("b").tolist() == [2, 2, 2]
    assert both.places("a") == [0]


def test_context_counts_ties_links_and_marks_minors():
    graph = small_graph(3, {"follow": [(0, 1), (0, 2), (1, 2)]})
    people = pa.table(
        {
            "created_at": pa.array([0, 86_400_000_000, 86_400_000_000], pa.timestamp("us", tz="UTC")),
            "age_band": ["adult", "teen", "child"],
            "links": [["a.example"], [], []],
        }
    )
    searches = pa.table({"account_id": pa.array([2, 2], pa.uint64()), "n": [3, 1]})
    found = profile_evidence(graph, people, np.zeros(3, np.float32), searches)
    assert np.expm1(found.column("searches")).tolist() == pytest.approx([0, 0, 4])
    assert np.expm1(found.column("follow.out")).tolist() == pytest.approx([2, 1, 0])
    assert np.expm1(found.column("follow.in")).tolist() == pytest.approx([0, 1, 2])
    assert found.column("minor").tolist() == [0, 1, 1]
    assert found.column("links").tolist() == [1, 0, 0]
    assert {column.family for column in found.columns} == {"context"}
