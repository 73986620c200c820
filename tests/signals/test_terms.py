"""Terms: beside an offer, in passing, in a list, as a tag, in a name."""

import pyarrow as pa

from seawall.signals.base import streamed
from seawall.signals.terms import Terms
from seawall.terms.lexicon import Lexicon, Term
from seawall.terms.scanner import Scanner

WORDS = (("qorvane", 3), ("zelmuth", 2), ("brixolar", 1), ("vantrude", 3))
DETECTOR = Terms(Scanner.compile(Lexicon(tuple(Term(text=text, severity=severity) for text, severity in WORDS))))


def posts(*texts: str | None, tags: list[list[str]] | None = None) -> pa.Table:
    """One post an account, accounts from 0."""
    n = len(texts)
    return pa.table(
        {
            "account_id": pa.array(range(n), pa.uint64()),
            "created_at": pa.array([10 * i for i in range(n)], pa.timestamp("us", tz="UTC")),
            "text": pa.array(texts, pa.string()),
            "hashtags": pa.array(tags or [[]] * n, pa.list_(pa.string())),
        }
    )


def accounts(bio: str | None = None, **also: object) -> pa.Table:
    row = {"account_id": 7, "handle": "mara", "display_name": None, "bio": bio, "links": [], **also}
    kinds = {"account_id": pa.uint64(), "handle": pa.string(), "display_name": pa.string(), "bio": pa.string()}
    return pa.Table.from_pylist([row], pa.schema({**kinds, "links": pa.list_(pa.string())}))


def whats(**tables: pa.Table) -> set[str]:
    return {what.removeprefix("terms.") for what in DETECTOR.detect(tables)["what"].to_pylist()}


def test_a_term_beside_an_offer_is_told_from_one_in_passing():
    assert whats(posts=posts("qorvane 10€ dm")) == {"in_offer"}
    assert whats(posts=posts("has anyone seen qorvane here")) == {"in_post"}


def test_many_terms_in_one_text_are_a_list():
    assert whats(posts=posts("qorvane zelmuth brixolar are words to report")) == {"in_post", "in_list"}
    assert whats(posts=posts("qorvane zelmuth qorvane")) == {"in_post"}


def test_a_term_as_a_tag_is_a_signal_of_its_own():
    assert whats(posts=posts("hello", tags=[["zelmuth"]])) == {"in_tag"}


def test_a_bio_offers_by_a_price_or_by_a_link_of_the_profile():
    assert whats(accounts=accounts("qorvane 5€")) == {"in_offering_bio"}
    assert whats(accounts=accounts("qorvane", links=["a.example/x"])) == {"in_offering_bio"}
    assert whats(accounts=accounts("against qorvane")) == {"in_bio"}


def test_a_term_in_a_name_is_seen():
    assert whats(accounts=accounts(handle="qorvane")) == {"in_name"}
    assert whats(accounts=accounts(display_name="the qorvane one")) == {"in_name"}


def test_a_word_that_holds_a_term_is_none():
    words = posts("qorvaneberry", "myqorvane")
    assert whats(posts=words, accounts=accounts("zelmuthine", handle="brixolared")) == set()


def test_severity_sets_the_strength_and_the_strongest_sighting_counts():
    found = DETECTOR.detect({"posts": posts("zelmuth", "brixolar", "qorvane")})
    assert [round(value, 2) for value in found["strength"].to_pylist()] == [0.6, 0.3, 0.9]


def test_sightings_of_one_account_add_up_over_their_span():
    table = posts("qorvane", "zelmuth", "nothing", "brixolar")
    one = table.set_column(0, "account_id", pa.array([5] * 4, pa.uint64()))
    found = DETECTOR.detect({"posts": one})
    assert found["count"].to_pylist() == [3]
    assert found["first_at"].cast(pa.int64()).to_pylist() == [0]
    assert found["last_at"].cast(pa.int64()).to_pylist() == [30]


def test_evidence_names_a_term_by_its_number_and_never_by_its_text():
    evidence = DETECTOR.detect({"posts": posts("zelmuth")})["evidence"].to_pylist()
    assert evidence == ["term:1"]


def test_an_empty_lexicon_finds_nothing():
    assert len(Terms(Scanner.compile(Lexicon(()))).detect({"posts": posts("qorvane 10€")})) == 0


CAMPAIGN = [f"qorvaen {price}€ / {2 * price}€" for price in range(5, 45)]
EVERYDAY = [f"the {word} of the day" for word in ("walk", "bread", "rain", "river")] * 250


def test_a_campaign_of_one_misspelling_is_found_by_its_offers():
    assert DETECTOR.detect({"posts": posts(*CAMPAIGN, *EVERYDAY)})["subject_id"].to_pylist() == list(range(40))


def test_an_everyday_word_that_resembles_a_term_is_left_alone():
    words = ["qorvaen is lovely this year"] * 38 + ["qorvaen 5€ at the market"] * 2
    assert whats(posts=posts(*words, *EVERYDAY)) == set()


def test_a_spelling_is_judged_by_all_parts_of_the_posts():
    """Two uses in each part: none would be a word if each part were judged by itself."""
    parts = [posts(*["qorvaen is lovely"] * 2, *EVERYDAY[:200]) for _ in range(9)]
    assert len(streamed(DETECTOR, "posts", parts)) == 0
    assert len(DETECTOR.detect({"posts": parts[0]})) == 2
