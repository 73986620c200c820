"""Keyed ids: the paper's hash, keys that are apart, nulls and slices."""

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from seawall.records.ids import IdKey, hash_strings, hash_words

KEY = IdKey(bytes(range(32)))
PAPER = tuple(np.frombuffer(bytes(range(16)), "<u8"))


@pytest.mark.parametrize(
    ("length", "value"),
    [  # the first bytes 00, 01, 02, … under the key 00 … 0f: Aumasson and Bernstein, appendix A and reference code
        (0, 0x726FDB47DD0E0E31),
        (1, 0x74F839C593DC67FD),
        (7, 0xAB0200F58B01D137),
        (8, 0x93F5F5799A932462),
        (15, 0xA129CA6149BE45E5),
        (16, 0x3F2ACC7F57C29BDB),
        (63, 0x958A324CEB064572),
    ],
)
def test_it_is_siphash_2_4(length, value):
    message = bytes(range(length)).decode()
    assert hash_strings(pa.array([message]), *PAPER).tolist() == [value]


def test_a_null_is_zero_and_an_empty_text_is_not():
    null, empty = KEY.column("account", pa.array([None, ""], pa.string())).tolist()
    assert null == 0
    assert empty != 0


@given(st.lists(st.text(max_size=30), max_size=8), st.integers(0, 8))
def test_slices_and_chunks_hash_like_the_whole(texts, cut):
    column = pa.array(texts, pa.string())
    whole = KEY.column("account", column).tolist()
    assert KEY.column("account", column.slice(cut)).tolist() == whole[cut:]
    chunks = pa.chunked_array([column.slice(0, cut), column.slice(cut)], pa.string())
    assert KEY.column("account", chunks).tolist() == whole


@given(st.text(max_size=40))
def test_one_text_is_keyed_like_a_column_of_one(text):
    assert KEY.one("account", text) == KEY.column("account", pa.array([text]))[0]


def test_kinds_checks_and_keys_are_apart():
    texts = pa.array(["mara"])
    ids = [
        KEY.column("account", texts),
        KEY.column("hashtag", texts),
        KEY.check_column("account", texts),
        IdKey(b"k" * 32).column("account", texts),
    ]
    assert len({int(one[0]) for one in ids}) == 4


def test_purposes_have_keys_that_are_apart():
    keys = {KEY.subkey(purpose) for purpose in ("seal", "seal-nonce", "id:account", "id:account:check", "")}
    assert len(keys) == 5
    assert all(len(key) == 32 for key in keys)


def test_no_two_of_many_ids_collide():
    texts = pa.array([f"account-{number}" for number in range(200_000)])
    assert len(np.unique(KEY.column("account", texts))) == len(texts)


def test_a_key_does_not_show_itself():
    assert "00010203" not in repr(KEY)
    assert "\\x00\\x01" not in repr(KEY)


@given(st.lists(st.text("abcdefgh", min_size=8, max_size=8), min_size=1))
def test_a_word_is_hashed_like_its_eight_bytes(texts):
    words = np.array([int.from_bytes(text.encode(), "little") for text in texts], np.uint64)
    assert hash_words(words, *PAPER).tolist() == hash_strings(pa.array(texts), *PAPER).tolist()
