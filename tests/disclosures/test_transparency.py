"""The transparency report counts what happened, with intervals, and points at nobody."""

import csv
import io
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seawall.disclosures.transparency.figures import Period, figures_of, median_of, share_of
from seawall.disclosures.transparency.page import as_csv, as_page
from seawall.disclosures.transparency.records import (
    AuthorityOrder,
    Complaint,
    Dispute,
    Measure,
    Notice,
    Recipients,
    Records,
    Report,
    Share,
    Suspension,
    read_records,
)
from seawall.records.errors import BadInput

START = datetime(2026, 1, 1, tzinfo=UTC)
PERIOD = Period(START, datetime(2026, 7, 1, tzinfo=UTC))
INSIDE = START + timedelta(days=30)


def later(hours):
    return INSIDE + timedelta(hours=hours)


@pytest.fixture
def records():
    measures = [
        Measure(at=later(n), kind="remove", language="de" if n < 8 else "fr", hours=float(n), overturned=n == 3)
        for n in range(10)
    ]
    measures += [
        Measure(at=START - timedelta(seconds=1), kind="remove"),
        Measure(at=PERIOD.end, kind="remove"),
        Measure(at=INSIDE, kind="clear"),
        Measure(at=INSIDE, kind="restrict", ground="terms", source="notice", found_by_machine=False, language="de"),
    ]
    return Records(
        platform="Velomira <&>",
        measures=tuple(measures),
        complaints=(
            Complaint(at=INSIDE, decided_at=later(10), outcome="reversed"),
            Complaint(at=INSIDE, decided_at=later(20), outcome="upheld"),
            Complaint(at=INSIDE),
        ),
        notices=(
            Notice(at=INSIDE, decided_at=later(4), trusted_flagger=True, acted_on="law"),
            Notice(at=INSIDE, by_machine_only=True),
        ),
        orders=(AuthorityOrder(at=INSIDE, country="DE", kind="act", carried_out_at=later(6)),),
        disputes=(Dispute(at=INSIDE, outcome="for the user", carried_out=True, decided_at=later(100)),),
        suspensions=(Suspension(at=INSIDE, why="unfounded notices"),),
        reports=(Report(at=INSIDE, authority="ncmec", victim=True), Report(at=INSIDE, authority="ncmec")),
        recipients=(Recipients(country="DE", average=1_000_000),),
        exposure=(Share(name="first 100 suggestions", hits=2, of=400),),
        prevalence=(Share(name="accounts", hits=1, of=10_000),),
    )


def value(figures, name, scope="all", part=""):
    (found,) = [one for one in figures if one.name == name and one.scope == scope and part in one.part]
    return found


def test_only_what_lies_in_the_period_counts(records):
    figures = figures_of(records, PERIOD)
    assert value(figures, "measures", "own initiative").value == 10
    assert value(figures, "remove", "ground in law").value == 10
    assert value(figures, "restrict", "ground in terms").value == 1


def test_shares_and_medians_have_intervals(records):
    figures = figures_of(records, PERIOD)
    found = value(figures, "reversed of decided")
    assert (found.value, found.of) == (0.5, 2)
    assert 0 < found.low < 0.5 < found.high < 1
    median = value(figures, "remove", part="time to action")
    assert median.value == 4.5
    assert median.low <= 4.5 <= median.high
    exposed = value(figures, "first 100 suggestions")
    assert exposed.value == 2 / 400
    assert value(figures, "overturned", "found by machines").value == 0.1


def test_small_cells_are_not_told(records):
    figures = figures_of(records, PERIOD)
    assert value(figures, "measures", "de", "language").value == 9
    assert value(figures, "measures", "fr", "language").small
    assert value(figures, "on a child in need of help").small
    assert "fewer than 5" in as_page(records, PERIOD, figures)


def test_every_part_of_the_articles_is_there(records):
    parts = " ".join(one.part for one in figures_of(records, PERIOD))
    for article in ("Art. 9", "Art. 10", "Art. 16", "15(1)(c)", "Art. 20", "15(1)(e)", "24(1)(a)", "24(1)(b)", "24(2)"):
        assert article in parts


def test_an_empty_period_is_told_without_a_fault(records):
    empty = Period(datetime(2020, 1, 1, tzinfo=UTC), datetime(2020, 7, 1, tzinfo=UTC))
    figures = figures_of(records, empty)
    assert value(figures, "reversed of decided").value is None
    assert "nothing to count" in as_page(records, empty, figures)


def test_the_table_and_the_page_tell_the_same(records):
    figures = figures_of(records, PERIOD)
    rows = list(csv.DictReader(io.StringIO(as_csv(records, PERIOD, figures))))
    assert len(rows) == len(figures)
    assert rows[0]["period_start"] == "2026-01-01"
    page = as_page(records, PERIOD, figures)
    assert "Velomira &lt;&amp;&gt;" in page
    assert page.count("<tr><td>") == len(figures)
    for outside in ("<script", "http:", "https:", "src="):
        assert outside not in page


@given(of=st.integers(1, 5_000), part=st.floats(0, 1))
def test_an_interval_holds_its_share(of, part):
    hits = round(of * part)
    found = share_of("a", "b", hits, of)
    assert 0 <= found.low <= hits / of <= found.high <= 1 + 1e-12


@given(st.lists(st.floats(0, 1e4), min_size=1, max_size=60))
def test_a_median_lies_in_its_interval(hours):
    found = median_of("a", "b", hours)
    assert found.low is None or found.low <= found.value
    assert found.high is None or found.high >= found.value


def test_a_file_that_holds_something_else_is_refused(tmp_path):
    path = tmp_path / "records.json"
    path.write_text('{"platform": "V", "measures": [{"at": "2026-01-01T00:00:00Z", "kind": "hide"}]}')
    with pytest.raises(BadInput, match="measures"):
        read_records(path)
