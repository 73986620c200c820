"""Search: terms in any disguise, closed tags, risky authors, a page that is no oracle."""

from dataclasses import replace

import numpy as np
import pytest
from guarding import BLOCKED, KEY, LEXICON, STRONG, WEAK, account, accounts, make, open_guard

from seawall.guard.answers import Age, Decision
from seawall.guard.probes import DAY, Probes
from seawall.guard.secrets import Secrets
from seawall.terms.lexicon import Lexicon, Term

ADULT = account("adult")
DISGUISED = [
    BLOCKED,
    BLOCKED.upper(),
    "fl0mbr1x4",
    "f l o m b r i x a",
    "the flombrixa here",
    "#flombrixa",
    "flombr",
    "flombrxia",
    "flombrikxa",
    "fl\N{CYRILLIC SMALL LETTER O}mbrixa",
]


@pytest.mark.parametrize("query", DISGUISED)
def test_it_refuses_a_term_in_any_disguise(guard, query):
    assert guard.search(query, ADULT).decision is Decision.DETERRENCE


@pytest.mark.parametrize("query", ["", " ", "harmless words", "flo", "a" * 1_000, "\ud800", "日本語", "\0"])
def test_it_answers_what_is_harmless(guard, query):
    assert guard.search(query, ADULT).decision is Decision.ALLOW


@pytest.mark.parametrize("query", ["flomrixa", "flombriza", "xflombrixa", "flombrrixa"])
def test_a_slip_within_a_term_is_read(guard, query):
    assert guard.search(query, ADULT).decision is Decision.DETERRENCE


def test_a_word_with_another_first_letter_is_another_word(guard):
    assert guard.search("clombrixa", ADULT).decision is Decision.ALLOW


@pytest.mark.parametrize("query", ["flombrika", "see flombr", "flombrika flombr"])
def test_an_innocent_word_is_no_slip_and_no_beginning_of_a_term(tmp_path, query):
    lexicon = replace(LEXICON, innocent=("flombrika", "flombr"))
    with open_guard(make(tmp_path / "index", lexicon=lexicon)) as guard:
        assert guard.search(query, ADULT).decision is Decision.ALLOW
        assert guard.search(f"{query} flombriza", ADULT).decision is Decision.DETERRENCE


def test_a_term_that_needs_company_is_not_read_by_halves(tmp_path):
    lexicon = Lexicon((Term(BLOCKED, severity=3, together=("gavuno",)),))
    with open_guard(make(tmp_path / "index", lexicon=lexicon)) as guard:
        asked = (BLOCKED, "flombr", "flombriza", f"{BLOCKED} gavuno")
        told = [guard.search(query, ADULT).decision for query in asked]
    assert told == [Decision.ALLOW] * 3 + [Decision.DETERRENCE]


def test_of_equally_bad_terms_the_one_as_written_is_told(tmp_path):
    lexicon = Lexicon((Term("flombrixa", severity=3), Term("flombrixo", severity=3)))
    with open_guard(make(tmp_path / "index", lexicon=lexicon)) as guard:
        told = [guard.decided(guard.search(term.text, ADULT).decision_id).evidence for term in lexicon.terms]
    assert told == [0, 1]


def test_a_risky_viewer_sees_an_empty_result(guard):
    for name in ("seller", "buyer"):
        answered = guard.search(BLOCKED, account(name))
        assert (answered.decision, answered.message, answered.help) == (Decision.SILENT, "search.no_results", "")


def test_a_strong_term_is_refused_to_children_and_risky_viewers_alone(guard):
    decisions = {name: guard.search(STRONG, account(name)).decision for name in ("child", "teen", "seller", "adult")}
    assert decisions == dict.fromkeys(("child", "teen", "seller"), Decision.SILENT) | {"adult": Decision.ALLOW}


def test_a_short_word_in_another_script_is_read(guard):
    for query in ("грендувало", "some грендувало here"):
        assert guard.search(query, account("child")).decision is Decision.SILENT


def test_a_weak_term_alone_refuses_nobody_but_risky_viewers(guard):
    assert guard.search(WEAK, ADULT).decision is Decision.ALLOW
    assert guard.search(WEAK, account("buyer")).decision is Decision.SILENT


@pytest.mark.parametrize("query", ["closedtag", "#ClosedTag", "see #closedtag now", "CLOSEDTAG"])
def test_a_closed_tag_is_silent(guard, query):
    assert guard.search(query, ADULT).decision is Decision.SILENT


def test_a_word_that_only_holds_a_closed_tag_is_answered(guard):
    assert guard.search("closedtags", ADULT).decision is Decision.ALLOW


def test_risky_authors_are_left_out(guard):
    authors = accounts("stranger", "seller", "adult", "buyer", "victim", "suspect")
    assert guard.search("harmless", ADULT, authors=authors).removed.tolist() == [1, 3, 4]


def test_children_are_left_out_for_risky_viewers(guard):
    authors = accounts("child", "adult")
    assert guard.search("harmless", account("buyer"), authors=authors).removed.tolist() == [0]
    assert not len(guard.search("harmless", ADULT, authors=authors).removed)


def test_no_authors_are_no_fault(guard):
    assert not len(guard.search("harmless", ADULT, authors=np.empty(0, np.uint64)).removed)


def test_the_page_of_help_turns_silent_after_some_probes(published):
    with open_guard(published) as guard:
        decisions = [guard.search(BLOCKED, ADULT).decision for _ in range(5)]
        assert decisions == [Decision.DETERRENCE] * 3 + [Decision.SILENT] * 2
        assert guard.search(BLOCKED, account("elsewhere")).decision is Decision.DETERRENCE


def test_who_is_not_signed_in_cannot_probe(guard):
    assert guard.search(BLOCKED).decision is Decision.SILENT


def test_probes_are_forgotten_after_a_day_and_not_before():
    now = [0.0]
    probes = Probes(1, Secrets.of(KEY), clock=lambda: now[0])
    assert [probes.silent(7), probes.silent(7)] == [False, True]
    now[0] = DAY - 1
    assert probes.silent(7)
    now[0] = DAY
    assert not probes.silent(7)


def test_workers_share_the_probes_of_a_file(tmp_path):
    one, other = (Probes(2, Secrets.of(KEY), tmp_path / "probes") for _ in range(2))
    assert [one.silent(7), other.silent(7), one.silent(7), other.silent(8)] == [False, False, True, False]


def test_a_child_gets_words_of_its_own(guard):
    answered = guard.search(BLOCKED, account("child"), language="de-AT", country="XX")
    assert answered.message == "search.help_young"
    assert "nicht schuld" in answered.help


def test_the_page_of_help_has_no_term_and_no_way_on(guard):
    page = guard.search(BLOCKED, ADULT).help
    assert page
    assert BLOCKED not in page
    assert "http" not in page


def test_the_age_that_the_platform_states_counts(guard):
    assert guard.search(STRONG, account("stranger"), Age.TEEN).decision is Decision.SILENT
    assert guard.search(STRONG, account("stranger"), Age.ADULT).decision is Decision.ALLOW


def test_a_stated_age_makes_no_child_an_adult(guard):
    assert guard.search(STRONG, account("child"), Age.ADULT).decision is Decision.SILENT
