"""What the scanner reads through, and what it leaves alone."""

import numpy as np
import pyarrow as pa
import pytest
from tests.terms.babel import UNSPACED, Language, world
from tests.terms.obfuscator import VISUAL, examples

from seawall.terms.hits import LANES, Lane
from seawall.terms.lexicon import Lexicon, Match, Status, Term
from seawall.terms.scanner import Scanner

TERMS = ["velkor", "kalinda", "zet mora", "🍕🌀", "อยากกินข้าว", "猫魚狼", "мордан", "tammelo", "שבלול"]


@pytest.fixture(scope="module")
def scanner() -> Scanner:
    return Scanner.compile(Lexicon.of(TERMS))


@pytest.mark.parametrize(
    ("text", "term"),
    [
        ("velkor", 0),
        ("VeLKoR!", 0),
        ("v3lk0r", 0),
        ("v.e.l.k.o.r", 0),
        ("v e l k o r", 0),
        ("ｖｅｌｋｏｒ", 0),
        ("🅥🅔🅛🅚🅞🅡", 0),
        ("⒱⒠⒧⒦⒪⒭", 0),
        ("vėłkоr", 0),
        ("vel\u200bkor", 0),
        ("v̷e̷l̷k̷o̷r̷", 0),
        ("veeeelkor", 0),
        ("v*lkor", 0),
        ("#buyvelkornow", 0),
        ("veklor", 0),
        ("velkr", 0),
        ("vellkor", 0),
        ("ka1inda", 1),
        ("ka|inda", 1),
        ("kaIinda", 1),
        ("zet-mora", 2),
        ("zetmora", 2),
        ("yum 🍕️🌀!", 3),
        ("ผมอยากกินข้าวมาก", 4),
        ("我猫魚狼好", 5),
        ("МОРДАН", 6),
        ("tarnrnelo", 7),
        ("אשבלול שבלול", 8),
    ],
)
def test_it_reads_through(scanner: Scanner, text: str, term: int):
    assert term in {hit.term for hit in scanner.scan_text(text)}


@pytest.mark.parametrize(
    "text", ["velkorish", "unvelkor", "xvelkory", "zet and mora", "🍕 🌀 apart", "2011", "", " ", "velk or", "kal inda"]
)
def test_it_leaves_alone(scanner: Scanner, text: str):
    assert scanner.scan_text(text) == []


def test_a_term_as_written_costs_nothing_and_a_disguise_something(scanner: Scanner):
    plain, leet = scanner.scan_text("Velkor")[0], scanner.scan_text("v3lkor")[0]
    assert (plain.lane, plain.cost) == (Lane.EXACT, 0)
    assert (leet.lane, leet.disguises) == (Lane.VISUAL, ("digit",))
    assert leet.cost > 0


def test_lanes_can_be_left_out():
    bare = Scanner.compile(Lexicon.of(["velkorin"]), lanes=())
    assert not bare.scan_text("vellkorni velkoryn")
    assert bare.scan_text("velk0rin")


def test_a_column_agrees_with_single_texts(scanner: Scanner):
    texts = ["velkor", None, "no", "v3lkor kalinda", "", "#xkalindax"]
    column = pa.chunked_array([pa.array(texts[:2]), pa.array(texts[2:], pa.string())])
    hits = scanner.scan_column(column)
    single = [(row, hit.term, hit.start) for row, text in enumerate(texts) for hit in scanner.scan_text(text or "")]
    assert list(zip(hits.row.tolist(), hits.term.tolist(), hits.start.tolist(), strict=True)) == single
    assert {LANES[lane] for lane in hits.lane} == {Lane.EXACT, Lane.VISUAL}


def test_it_reads_slices_and_large_strings(scanner: Scanner):
    column = pa.array(["velkor", "x", "say velkor"], pa.large_string()).slice(1)
    assert scanner.scan_column(column).row.tolist() == [1]


def test_tags_come_without_their_sign(scanner: Scanner):
    tags = pa.array(["buyvelkornow", "velkor", "garden"])
    assert scanner.scan_column(tags).row.tolist() == [1]
    assert scanner.scan_column(tags, hashtags=True).row.tolist() == [0, 1]


def test_only_active_terms_are_scanned():
    lexicon = Lexicon(tuple(Term(text, status=status) for text, status in zip("abcd", Status, strict=True)))
    scanner = Scanner.compile(lexicon)
    assert [hit.term for hit in scanner.scan_text("a b c d")] == [list(Status).index(Status.ACTIVE)]


def test_a_word_term_is_not_found_inside_a_tag():
    scanner = Scanner.compile(Lexicon((Term("velkor", match=Match.WORD),)))
    assert not scanner.scan_text("#buyvelkornow")
    assert scanner.scan_text("#velkor")


def test_an_everyday_word_counts_only_in_company():
    scanner = Scanner.compile(Lexicon((Term("🍕", together=("gorgo", "🌀")),)))
    assert not scanner.scan_text("🍕 tonight")
    assert scanner.scan_text("🍕 g0rgo")
    assert scanner.scan_text("🍕🌀")


def test_innocent_words_never_count():
    scanner = Scanner.compile(Lexicon((Term("tamber"),), innocent=("tamberine", "tombers")))
    assert not scanner.scan_text("#tamberine")
    assert scanner.scan_text("#tamberxyz")


def test_a_misspelling_more_common_than_the_word_is_a_word():
    scanner = Scanner.compile(Lexicon.of(["velkorin"]))
    rest = ["a sunny day"] * 200
    assert scanner.scan_column(pa.array(["velkrin", *rest])).row.tolist() == [0]
    assert len(scanner.scan_column(pa.array(["velkrin"] * 9 + rest))) == 0
    assert len(scanner.scan_column(pa.array(["Velkrin"] + ["velkrin"] * 9 + rest))) == 0, "title case is no other word"
    assert len(scanner.scan_column(pa.array(["velkrin"] * 9 + ["velkorin"] * 20 + rest))) == 29
    assert len(scanner.scan_column(pa.array(["velkrin"] * 9 + ["v3lk0rin"] * 20 + rest))) == 29


def test_a_term_misspelt_in_several_ways_is_misspelt_on_purpose():
    scanner = Scanner.compile(Lexicon.of(["velkorin"]))
    ways = ["velkrin", "vlekorin", "velkorni"] * 9
    assert len(scanner.scan_column(pa.array(ways + ["a sunny day"] * 500))) == 27
    assert len(scanner.scan_column(pa.array(ways + ["velkoin"] * 90 + ["a sunny day"] * 5000))) == 27


def test_a_campaign_of_one_misspelling_is_found_by_what_stands_beside_it():
    scanner = Scanner.compile(Lexicon.of(["velkorin", "tambrezo"]))
    posts = ["velkrin for you"] * 20 + ["velkrin and tambrezo"] * 20 + ["a sunny day"] * 5000
    assert set(scanner.scan_column(pa.array(posts)).row.tolist()) == set(range(40))


def test_a_misspelling_that_fills_a_column_is_no_word_of_it():
    scanner = Scanner.compile(Lexicon.of(["velkorin"]))
    assert len(scanner.scan_column(pa.array(["a velkrin day"] * 40 + ["a sunny day"] * 200))) == 40


@pytest.mark.parametrize(
    ("text", "term"),
    [
        ("θαση", "θαθοθη"),
        ("#xgenobikx", "genobbik"),
        ("gune?", "gunege"),
        ("fanki?", "fankifi"),
    ],
)
def test_several_weak_signs_make_no_hit(text: str, term: str):
    assert Scanner.compile(Lexicon.of([term])).scan_text(f"garden {text} window") == []


def test_letters_that_read_alike_are_not_one_letter():
    scanner = Scanner.compile(Lexicon.of(["genoli"]), lanes=())  # li may be written 11
    assert scanner.scan_text("geno11")
    assert not scanner.scan_text("genol")


def test_a_mask_in_the_middle_or_a_star_at_the_end_stands_for_a_letter():
    scanner = Scanner.compile(Lexicon.of(["fankifo"]))
    assert all(scanner.scan_text(text) for text in ("fank?fo", "fanki*o", "fankif*"))


def test_a_word_of_another_orthography_is_a_word_and_a_disguise_is_not():
    scanner = Scanner.compile(Lexicon.of(["rokifa"]))
    everyday = [f"pıso zö {word} rökıfa şepö" for word in ("kı", "tö", "yo", "ğı")]
    disguised = [f"garden {word} rökıfa window" for word in ("sun", "rain", "fog", "ice")]
    assert len(scanner.scan_column(pa.array(everyday))) == 0
    assert scanner.scan_column(pa.array(disguised)).row.tolist() == [0, 1, 2, 3]
    assert scanner.scan_column(pa.array(everyday[:1])).row.tolist() == [0], "once, it may be a disguise"


def test_recall_under_disguises_that_nobody_tuned_it_on():
    _, terms = world(3, 18, 600)
    words = Language.of("plain", 3).words[:300]
    made = examples(terms, words, int(np.random.default_rng().integers(10**6)), 80)
    hits = Scanner.compile(Lexicon.of(terms)).scan_column(pa.array([text for _, _, text in made]))
    found = set(zip(hits.row.tolist(), hits.term.tolist(), strict=True))
    right = {kind: [] for kind, _, _ in made}
    for row, (kind, term, _) in enumerate(made):
        right[kind].append((row, term) in found)
    share = {kind: np.mean(hit) for kind, hit in right.items()}
    assert min(share[kind] for kind in VISUAL) > 0.9
    assert min(share["swapped"], share["dropped"]) > 0.75
    assert np.mean(list(share.values())) > 0.9


def test_benign_posts_are_left_alone():
    posts, terms = world(5, 9_000, 1_000)
    hits = Scanner.compile(Lexicon.of(terms)).scan_column(pa.array(posts))
    assert len(np.unique(hits.row)) <= 5


@pytest.mark.parametrize(
    ("language", "terms"), [("kana", 300), ("han", 300), ("thai", 300), ("arabic", 300), ("hebrew", 300)]
)
def test_scripts_without_spaces_and_from_right_to_left_are_read_and_left_alone(language: str, terms: int):
    made = Language.of(language, 8)
    chosen, posts = made.terms(terms), made.posts(2_000)
    scanner = Scanner.compile(Lexicon.of(chosen))
    joint = "" if language in UNSPACED else " "
    said = pa.array([joint.join((post, term, post)) for post, term in zip(posts, chosen, strict=False)])
    hits = scanner.scan_column(said)
    found = set(zip(hits.row.tolist(), hits.term.tolist(), strict=True))
    assert np.mean([(row, row) in found for row in range(terms)]) >= 0.99
    assert len(np.unique(scanner.scan_column(pa.array(posts)).row)) <= 2
