"""A sealed stream opens whole or not at all."""

import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seawall.records.errors import Damaged
from seawall.records.sealed_stream import CHUNK, MAGIC, SALT, TAG, SealedReader, SealedWriter

KEY = bytes(range(32))


def sealed(content: bytes, key: bytes = KEY) -> bytes:
    file = io.BytesIO()
    writer = SealedWriter(file, key)
    writer.write(content)
    writer.close()
    return file.getvalue()


def opened(stream: bytes, key: bytes = KEY) -> bytes:
    return SealedReader(io.BytesIO(stream), key).read(1 << 30)


@settings(max_examples=25, deadline=None)
@given(st.sampled_from([0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK]), st.integers(1, CHUNK))
def test_what_goes_in_comes_out_however_it_is_cut(size, step):
    content = (bytes(range(251)) * (size // 251 + 1))[:size]
    file = io.BytesIO()
    writer = SealedWriter(file, KEY)
    for at in range(0, size, step):
        writer.write(content[at : at + step])
    writer.close()
    reader = SealedReader(io.BytesIO(file.getvalue()), KEY)
    assert b"".join(iter(lambda: reader.read(step), b"")) == content


def test_nothing_of_the_content_shows():
    assert b"mara" not in sealed(b"mara" * 100)


def test_the_same_content_never_looks_the_same():
    assert sealed(b"mara") != sealed(b"mara")


def test_another_key_opens_nothing():
    with pytest.raises(Damaged, match="another key"):
        opened(sealed(b"mara"), bytes(32))


@given(st.integers(0, len(sealed(b"mara")) - 1), st.integers(1, 255))
def test_any_changed_byte_is_seen(at, change):
    stream = bytearray(sealed(b"mara"))
    stream[at] ^= change
    with pytest.raises(Damaged):
        opened(bytes(stream))


def test_a_stream_cut_between_chunks_is_seen():
    stream = sealed(bytes(2 * CHUNK))
    with pytest.raises(Damaged):
        opened(stream[: len(MAGIC) + SALT + CHUNK + TAG])


def test_swapped_chunks_are_seen():
    stream = sealed(b"a" * CHUNK + b"b" * CHUNK + b"c")
    at, size = len(MAGIC) + SALT, CHUNK + TAG
    swapped = stream[:at] + stream[at + size : at + 2 * size] + stream[at : at + size] + stream[at + 2 * size :]
    with pytest.raises(Damaged):
        opened(swapped)


def test_a_stream_without_an_end_does_not_open():
    file = io.BytesIO()
    SealedWriter(file, KEY).write(bytes(3 * CHUNK))
    with pytest.raises(Damaged):
        opened(file.getvalue())


def test_a_stream_without_chunks_is_empty_only_when_it_was_closed():
    assert opened(sealed(b"")) == b""
    with pytest.raises(Damaged):
        opened(sealed(b"")[: len(MAGIC) + SALT])
