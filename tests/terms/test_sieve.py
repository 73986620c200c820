"""The sieve skips known words and never a term."""

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.terms.babel import world
from tests.terms.obfuscator import examples

from seawall.terms.compiled import unpack
from seawall.terms.fold import CHUNK, new_stream
from seawall.terms.lexicon import Lexicon, Term
from seawall.terms.reading import search
from seawall.terms.scanner import Scanner
from seawall.terms.sieve import VOLUME, new_memory, sift
from seawall.terms.utf8 import utf8

LEXICON = Lexicon.of(["velkor", "zet mora", "猫魚狼", "мордан", "kalinda"])
SCANNER = Scanner.compile(LEXICON)
PIECES = [
    "velkor",
    "v3lkor",
    "zet",
    "mora",
    "v",
    "e",
    "l",
    "k",
    "o",
    "r",
    "#",
    ".",
    "猫魚狼",
    "garden",
    "МОРДАН",
    "klainda",
]
SIZE = 5 * (CHUNK + VOLUME) + 8
BUFFERS = new_stream(SIZE), np.empty((SIZE, 3), np.int32)


def read_whole(texts: list[str], scanner: Scanner = SCANNER) -> set[int]:
    """The rows with a hit when every text is read whole."""
    data, offsets = utf8(pa.array(texts, pa.large_string()))
    compiled = unpack(scanner.blob)
    rows = set()
    for row in range(len(texts)):
        _, count, _ = search(data, offsets[row : row + 2], False, 3, compiled, *BUFFERS, np.empty((16, 7), np.int64), 0)
        rows |= {row} if count else set()
    return rows


def let_through(texts: list[str], memory: np.ndarray, scanner: Scanner = SCANNER) -> set[int]:
    """The rows that the sieve wants read."""
    data, offsets = utf8(pa.array(texts, pa.large_string()))
    suspect = np.zeros(len(texts), bool)
    stream = new_stream(SIZE)
    sift(data, offsets, False, 3, unpack(scanner.blob), memory, stream, *BUFFERS, suspect)
    return set(np.flatnonzero(suspect).tolist())


@settings(max_examples=200, deadline=None)
@given(st.lists(st.lists(st.sampled_from(PIECES)).map(" ".join) | st.text(max_size=12), min_size=1, max_size=6))
def test_no_text_with_a_hit_is_kept_back(texts: list[str]):
    memory = new_memory()
    hits = read_whole(texts)
    assert hits <= let_through(texts, memory)
    assert hits <= let_through(texts, memory), "also when every word is known"


def test_disguised_terms_are_let_through_and_benign_posts_are_not():
    posts, terms = world(3, 3_000, 300)
    scanner = Scanner.compile(Lexicon.of(terms))
    memory = new_memory()
    disguised = [text for _, _, text in examples(terms, ["garden", "window"], 3, 20)]
    assert read_whole(disguised, scanner) <= let_through(disguised, memory, scanner)
    assert len(let_through(posts, memory, scanner)) < 30


@pytest.mark.parametrize("text", ["zet mora", "z.e.t mora", "zetmora", "z e t m o r a", "v e l k o r", "v.e.l k.o.r"])
def test_what_spans_several_words_is_let_through(text: str):
    assert let_through([f"garden {text} window"], new_memory()) == {0}


def test_innocent_words_do_not_make_it_slow():
    scanner = Scanner.compile(Lexicon((Term("velkor"),), innocent=("velkorish", "garden")))
    assert let_through(["a garden", "velkorish"], new_memory(), scanner) == set()
    assert let_through(["a garden velkor"], new_memory(), scanner) == {0}


def test_control_characters_are_read_whole():
    assert let_through(["vel\x00kor", "plain words"], new_memory()) == {0}


def test_two_scanners_have_different_secrets():
    assert not np.array_equal(new_memory(), new_memory())
