"""Statements of reasons hold to the format and hold nobody's data; users learn the ground and no more."""

import json
from datetime import UTC, date, datetime, timedelta

import msgspec
import pytest
from disclosing import KEY
from statements import CLEAN, DIRTY, clean, dirty

from seawall.disclosures.dsa import values
from seawall.disclosures.dsa.notice import Delay, notice_of
from seawall.disclosures.dsa.personal import find_personal
from seawall.disclosures.dsa.rules import check_statement, require_clean
from seawall.disclosures.dsa.sending import BATCH, TransparencyDatabase, puid_of
from seawall.disclosures.dsa.statement import FREE_TEXT, Statement
from seawall.disclosures.pace import Pace
from seawall.records.errors import BadInput, Refused, Unavailable

NOW = datetime(2026, 6, 1, tzinfo=UTC)
MANY = 10_000


def statement(**changes):
    whole = {
        "decision_visibility": (values.Visibility.REMOVED,),
        "decision_account": values.AccountMeasure.TERMINATED,
        "decision_ground": values.Ground.ILLEGAL,
        "illegal_content_legal_ground": "Directive 2011/93/EU, Article 5",
        "illegal_content_explanation": "The account offered material that shows the abuse of children.",
        "content_type": (values.ContentType.TEXT, values.ContentType.IMAGE),
        "category": values.Category.MINORS,
        "category_specification": (values.Keyword.CSAM, values.Keyword.COORDINATED_HARM),
        "content_language": "DE",
        "territorial_scope": ("DE", "FR", "NO"),
        "content_date": date(2026, 3, 1),
        "application_date": date(2026, 3, 4),
        "decision_facts": "Forty-one accounts shared terms and links; two people reviewed all of them.",
        "source_type": values.Source.VOLUNTARY,
        "automated_detection": values.YesNo.YES,
        "automated_decision": values.Automation.NOT,
        "puid": "sw-20260304-00aa",
    }
    return Statement(**{**whole, **changes})


def with_text(name, text):
    """A valid statement with a text in one of its free fields."""
    others = {
        "decision_visibility_other": {"decision_visibility": (values.Visibility.OTHER,)},
        "decision_monetary_other": {"decision_monetary": values.Monetary.OTHER},
        "content_type_other": {"content_type": (values.ContentType.OTHER,)},
        "category_specification_other": {"category_specification": (values.Keyword.OTHER,)},
        "source_identity": {"source_type": values.Source.TRUSTED_FLAGGER},
    }
    terms = {
        "decision_ground": values.Ground.INCOMPATIBLE,
        "illegal_content_legal_ground": None,
        "illegal_content_explanation": None,
        "incompatible_content_ground": "Terms, section 4",
        "incompatible_content_explanation": "Offers of such material are forbidden.",
    }
    needed = terms if name.startswith("incompatible") else others.get(name, {})
    return statement(**{**needed, name: text})


def test_ten_thousand_statements_with_personal_data_are_refused():
    passed = []
    for seed in range(MANY):
        text, kind, data = dirty(seed)
        told = check_statement(with_text(FREE_TEXT[seed % len(FREE_TEXT)], text))
        if not any("looks like" in one for one in told):
            passed.append((text, kind, data))
    assert passed == []


def test_ten_thousand_clean_statements_are_kept():
    refused = []
    for seed in range(MANY):
        name = FREE_TEXT[seed % len(FREE_TEXT)]
        told = check_statement(with_text(name, clean(seed)[: 500 if name != "decision_facts" else 5000]))
        if told:
            refused.append((name, told, clean(seed)))
    assert refused == []


def test_the_generators_make_every_form():
    made = [dirty(seed) for seed in range(2_000)]
    assert {kind for _, kind, _ in made} == set(DIRTY)
    assert len({text for text, _, _ in made}) > 1_900
    assert len({clean(seed)[:20] for seed in range(500)}) >= len(CLEAN)


@pytest.mark.parametrize(
    "text", ["ｖｅｌｏ＠ｍａｉｌ．ｅｘａｍｐｌｅ", "ve\u200blo@mail.example", "+４９ ３０ １２３４５６７"]
)
def test_other_spellings_do_not_help(text):
    assert find_personal(text)


def test_a_plain_word_is_found_where_the_case_knows_it():
    facts = "The account Sunflower offered material."
    assert check_statement(statement(decision_facts=facts)) == []
    (told,) = check_statement(statement(decision_facts=facts), known=["sunflower"])
    assert told.startswith("decision_facts: holds what looks like a name of the case")
    assert check_statement(statement(puid="sw-sunflower"), known=["Sunflower"])


def test_a_whole_statement_is_fine():
    assert check_statement(statement()) == []


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"decision_visibility": (), "decision_account": None}, "nothing was decided"),
        ({"illegal_content_legal_ground": None}, "illegal_content_legal_ground"),
        ({"illegal_content_legal_ground": "x" * 501}, "illegal_content_legal_ground"),
        ({"illegal_content_explanation": "x" * 2001}, "illegal_content_explanation"),
        ({"decision_facts": "x " * 2501}, "decision_facts"),
        ({"decision_facts": " "}, "decision_facts: is empty"),
        ({"incompatible_content_ground": "Terms"}, "incompatible_content_ground"),
        ({"decision_visibility": (values.Visibility.OTHER,)}, "decision_visibility_other"),
        ({"source_identity": "somebody"}, "source_identity"),
        ({"content_date": date(1999, 12, 31)}, "content_date"),
        ({"application_date": date(2019, 12, 31)}, "application_date"),
        ({"application_date": date(2039, 1, 1)}, "application_date"),
        ({"territorial_scope": ("DE", "US")}, "territorial_scope: US"),
        ({"puid": "a b"}, "puid"),
        ({"puid": "a" * 501}, "puid"),
        ({"content_language": "de"}, "content_language"),
        ({"content_type": ()}, "content_type: is empty"),
        ({"end_date_monetary_restriction": date(2027, 1, 1)}, "end_date_monetary_restriction"),
        ({"end_date_account_restriction": date(2026, 1, 1)}, "before the decision applies"),
        ({"decision_ground_reference_url": "http://a.example"}, "decision_ground_reference_url"),
        ({"incompatible_content_illegal": values.YesNo.YES}, "incompatible_content_illegal"),
        ({"category": "STATEMENT_CATEGORY_OTHER"}, "category"),
    ],
)
def test_a_broken_rule_names_its_field(changes, says):
    with pytest.raises(BadInput) as raised:
        require_clean(statement(**changes))
    assert says in str(raised.value)


@pytest.mark.parametrize(
    ("name", "count"), [("Visibility", 7), ("Monetary", 3), ("Provision", 4), ("AccountMeasure", 2)]
)
def test_every_measure_is_there(name, count):
    assert len(getattr(values, name)) == count


def test_every_other_closed_list_is_there():
    lists = ("Category", "ContentType", "Source", "Automation", "Ground", "AccountType", "YesNo")
    assert [len(getattr(values, name)) for name in lists] == [16, 8, 4, 3, 2, 2, 2]
    assert len(values.EEA) == 30
    assert {one.value for one in values.Keyword} >= {
        "KEYWORD_CHILD_SEXUAL_ABUSE_MATERIAL",
        "KEYWORD_CHILD_SEXUAL_ABUSE_MATERIAL_DEEPFAKE",
        "KEYWORD_GROOMING_SEXUAL_ENTICEMENT_MINORS",
        "KEYWORD_AGE_SPECIFIC_RESTRICTIONS_MINORS",
        "KEYWORD_UNSAFE_CHALLENGES",
        "KEYWORD_OTHER",
        "KEYWORD_COORDINATED_HARM",
        "KEYWORD_HUMAN_EXPLOITATION",
    }


@pytest.fixture
def database(recorder):
    there = set()

    def answer(method, path, body):
        if method == "GET":
            return (302, b"") if path.rpartition("/")[2] in there else (404, b"{}")
        there.update(one["puid"] for one in json.loads(body)["statements"])
        return 201, b"{}"

    recorder.answer, recorder.there = answer, there
    return TransparencyDatabase(recorder.outbound, f"{recorder.base}/api/v1", "a token", Pace(10**7, 10**6))


def batches(recorder):
    return [json.loads(body)["statements"] for method, _, _, body in recorder.seen if method == "POST"]


def test_statements_go_in_batches_of_a_hundred(database, recorder):
    many = [statement(puid=f"sw-{number}") for number in range(2 * BATCH + 30)]
    assert len(database.send(many)) == len(many)
    assert [len(batch) for batch in batches(recorder)] == [BATCH, BATCH, 30]
    assert {headers["authorization"] for _, _, headers, _ in recorder.seen} == {"Bearer a token"}


def test_what_is_there_is_not_sent_again(database, recorder):
    recorder.there.add("sw-1")
    assert database.send([statement(puid="sw-1"), statement(puid="sw-2")]) == ["sw-2"]
    assert database.send([statement(puid="sw-1"), statement(puid="sw-2")]) == []
    assert len(batches(recorder)) == 1


def test_one_unclean_statement_holds_all_of_them_back(database, recorder):
    with pytest.raises(BadInput, match="looks like a mail address"):
        database.send([statement(puid="sw-1"), statement(puid="sw-2", decision_facts="see a@b.example")])
    assert recorder.seen == []


@pytest.mark.parametrize(("status", "error"), [(401, Refused), (422, BadInput), (429, Unavailable), (503, Unavailable)])
def test_a_refusal_is_told(database, recorder, status, error):
    recorder.answer = lambda method, path, body: (404, b"") if method == "GET" else (status, b'{"message": "no"}')
    with pytest.raises(error):
        database.send([statement()])


def test_a_puid_tells_nothing_and_stays_the_same():
    first = puid_of(KEY, "decision:1", NOW)
    assert first == puid_of(KEY, "decision:1", NOW) != puid_of(KEY, "decision:2", NOW)
    assert check_statement(statement(puid=first)) == []


def test_the_wire_has_the_formats_names():
    sent = msgspec.to_builtins(statement())
    assert sent["decision_ground"] == "DECISION_GROUND_ILLEGAL_CONTENT"
    assert sent["content_date"] == "2026-03-01"
    assert "decision_monetary" not in sent


def test_the_user_learns_ground_and_automation():
    text = notice_of(statement(), "https://velomira.example/complaints", NOW)
    assert "Directive 2011/93/EU" in text
    assert "found by automated means" in text
    assert "taken by people" in text
    assert "complain for six months" in text


@pytest.mark.parametrize("secret", ["velorin", "0.93", "ab12" * 16])
def test_a_notice_that_tells_a_term_a_score_or_a_hash_is_refused(secret):
    careless = statement(illegal_content_legal_ground=f"the word {secret}")
    with pytest.raises(BadInput, match="which term"):
        notice_of(careless, "https://velomira.example/complaints", NOW, secrets=[secret.upper()])


def test_a_delayed_notice_waits():
    delay = Delay("suspect would be warned", "lead", NOW + timedelta(days=30))
    with pytest.raises(Refused, match="suspect would be warned"):
        notice_of(statement(), "https://a.example", NOW, delay=delay)
    assert notice_of(statement(), "https://a.example", NOW + timedelta(days=30), delay=delay)
