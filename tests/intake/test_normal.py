"""Equal hashtags and links meet in one spelling."""

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from seawall.intake.normal import normal_links, normal_tags


@pytest.mark.parametrize("tag", ["lubado", "#Lubado", "＃ＬＵＢＡＤＯ", " #lubado ", "##lubado"])
def test_spellings_of_a_hashtag_are_one(tag):
    assert normal_tags(pa.array([tag])).to_pylist() == ["lubado"]


@pytest.mark.parametrize(
    ("link", "normal"),
    [
        ("https://www.Kimeno.Example/Menu/", "kimeno.example/Menu"),
        ("HTTP://kimeno.example:80/Menu?utm_source=x&fbclid=y", "kimeno.example/Menu"),
        ("kimeno.example/Menu?utm_source=x&page=2", "kimeno.example/Menu?page=2"),
        ("kimeno.example/Menu?page=2&igshid=x&a=b#top", "kimeno.example/Menu?page=2&a=b"),
        ("https://kimeno.example", "kimeno.example"),
        ("Pay.example/$Saki", "pay.example/$Saki"),
        ("", ""),
    ],
)
def test_a_link_has_one_spelling(link, normal):
    assert normal_links(pa.array([link])).to_pylist() == [normal]


@given(st.lists(st.text(), max_size=5))
def test_normal_is_stable_and_keeps_nulls(texts):
    for normal in (normal_tags, normal_links):
        once = normal(pa.array([*texts, None], pa.string()))
        assert once[-1].as_py() is None
        assert len(once) == len(texts) + 1
