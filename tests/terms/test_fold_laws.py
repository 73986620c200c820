"""Laws of folding: it never fails, stays linear, and points into the original."""

import time

import numpy as np
import pyarrow as pa
from hypothesis import example, given, settings
from hypothesis import strategies as st

from seawall.terms.alphabet import alphabet
from seawall.terms.fold import alike, fold_rows, new_stream
from seawall.terms.lexicon import Lexicon
from seawall.terms.patterns import letters_of
from seawall.terms.reading import END, START
from seawall.terms.scan import scan
from seawall.terms.scanner import Scanner

LETTERS = letters_of(alphabet())
SCANNER = Scanner.compile(Lexicon.of(["velkor", "zet mora", "猫魚狼", "мордан"]))
PIECES = [
    "velkor",
    "v3lkor",
    "#",
    ".",
    " ",
    "\u200b",
    "\u0301",
    "猫魚狼",
    "МОРДАН",
    "ا",
    "ﬁ",
    "🍕",
    "\U0001f1e6",
    "*",
    "zet",
    "mora",
]


def folded(text: str) -> str:
    """What a text reads as: its symbols, a space at each gap."""
    raw = text.encode("utf-8", "surrogatepass")
    out = new_stream(4 * len(raw) + 8)
    bounds = np.array((0, len(raw)), np.int64)
    data, at = np.frombuffer(raw or b" ", np.uint8), np.zeros(1, np.int32)
    n = fold_rows(data, bounds[:1], bounds[1:], LETTERS, False, True, out, at)
    symbols = out.entry[:n] & np.uint32(0x1FFFFF)
    read = [int(alike[s]) if s < 128 else int(s) for s in symbols]
    return "".join((" " if k and out.level[k] >= 3 else "") + chr(s) for k, s in enumerate(read))


@settings(max_examples=300, deadline=None)
@given(st.text() | st.lists(st.sampled_from(PIECES)).map("".join))
@example("A\u0301𝐁ﬁß1l|")
def test_folding_twice_is_folding_once(text: str):
    once = folded(text)
    assert folded(once).replace(" ", "") == folded(folded(once)).replace(" ", "")
    assert folded(folded(once)) == folded(once)


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(PIECES) | st.text(max_size=3)).map("".join))
def test_offsets_point_into_the_original(text: str):
    raw = text.encode("utf-8", "surrogatepass")
    for hit in SCANNER.scan_text(text):
        assert 0 <= hit.start < hit.end <= len(raw)
        part = raw[hit.start : hit.end].decode("utf-8", "surrogatepass")
        again = {inner.term for inner in SCANNER.scan_text("#" + part)} | {i.term for i in SCANNER.scan_text(part)}
        assert hit.term in again


@settings(max_examples=300, deadline=None)
@given(st.binary())
def test_no_bytes_crash_it(raw: bytes):
    data, bounds = np.frombuffer(raw or b"\0", np.uint8), np.array((0, len(raw)), np.int64)
    found = scan(data, bounds, False, 3, SCANNER.blob, SCANNER.memory)
    assert all(0 <= start < end <= len(raw) for start, end in found[:, [START, END]].tolist())


def test_lone_surrogates_are_read_over():
    assert [hit.term for hit in SCANNER.scan_text("\ud800velkor\udfff")] == [0]


def test_time_stays_linear_on_hostile_texts():
    for piece in ("\u0301", "a", "a ", "#a", "\u202e", "velkor", "v.", "ا", "猫", "*"):
        times = []
        for size in (200_000, 1_600_000):
            text = pa.array([piece * (size // len(piece.encode()))])
            SCANNER.scan_column(text)
            begin = time.thread_time()
            SCANNER.scan_column(text)
            times.append(time.thread_time() - begin)
        assert times[1] < 8 * 4 * times[0] + 0.05, repr(piece)


def test_ten_megabytes_of_marks_are_read_in_a_second_or_two():
    begin = time.thread_time()
    assert len(SCANNER.scan_column(pa.array(["velkor" + "\u0301" * 5_000_000 + " velkor"]))) == 2
    assert time.thread_time() - begin < 5


def test_terms_across_chunks_of_a_long_text_are_found_once():
    text = "x " * 60_000 + "velkor " + "y " * 90_000 + "v.e.l.k.o.r"
    assert [hit.start for hit in SCANNER.scan_text(text)] == [120_000, 300_007]
