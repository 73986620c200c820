"""Seals: open with the key, tell nothing without it, show any change."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seawall.records.errors import Damaged
from seawall.records.ids import IdKey
from seawall.records.seal import PREFIX, seal, unseal

KEY, OTHER = IdKey(bytes(range(32))), IdKey(b"k" * 32)


@given(st.text())
def test_a_sealed_text_opens_with_its_key(text):
    assert unseal(KEY, seal(KEY, text)) == text


@given(st.text(max_size=40))
def test_another_key_opens_nothing(text):
    with pytest.raises(Damaged, match="another key file"):
        unseal(OTHER, seal(KEY, text))


@given(st.text(max_size=20), st.data())
def test_any_changed_byte_is_noticed(text, data):
    blob = bytearray(base64.urlsafe_b64decode(seal(KEY, text).removeprefix(PREFIX)))
    blob[data.draw(st.integers(0, len(blob) - 1))] ^= data.draw(st.integers(1, 255))
    with pytest.raises(Damaged):
        unseal(KEY, PREFIX + base64.urlsafe_b64encode(blob).decode())


@pytest.mark.parametrize("text", ["", "sealed:", "sealed:!!", "sealed:AAAA", "plain words"])
def test_what_is_no_seal_is_refused(text):
    with pytest.raises(Damaged):
        unseal(KEY, text)


def test_equal_texts_have_equal_seals_and_others_share_nothing():
    assert seal(KEY, "zolm") == seal(KEY, "zolm")
    one, other = (base64.urlsafe_b64decode(seal(KEY, text).removeprefix(PREFIX)) for text in ("zolm", "zoln"))
    assert one[:12] != other[:12]
    assert seal(KEY, "zolm") != seal(OTHER, "zolm")
