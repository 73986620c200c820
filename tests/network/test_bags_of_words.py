"""Words: bags of them, and how far an account talks like a set."""

import numpy as np
import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from seawall.network.words import LONGEST, PLACES, bags_of, pairs_of, word_scores, words_of


def bags(*texts: str | None):
    """The bag of one text an account."""
    return bags_of([pairs_of(np.arange(len(texts)), pa.array(texts, pa.string()))], len(texts))


def words(text: str) -> list[int]:
    return words_of(pa.array([text]))[1].tolist()


def test_words_are_runs_of_letters_of_any_script():
    assert len(words("zolm, vret! щвюм 12 ゆぢゃ_krel")) == 5


def test_ascii_case_does_not_matter():
    assert words("Zolm VRET") == words("zolm vret")


def test_single_letters_and_digits_are_no_words():
    assert words("a 1 22 b !") == []


def test_a_word_is_cut_when_it_is_too_long():
    assert words("z" * LONGEST + "olm") == words("z" * LONGEST)


def test_null_and_empty_texts_have_no_words():
    assert words_of(pa.array([None, ""], pa.string()))[0].tolist() == []
    assert words_of(pa.array([], pa.string()))[0].tolist() == []


@given(st.lists(st.text(max_size=20), max_size=6), st.integers(0, 6))
def test_a_slice_has_the_words_of_its_texts(texts, start):
    column = pa.array(texts, pa.string())
    rows, places = words_of(column.slice(start))
    whole, all_places = words_of(column)
    assert (rows + start).tolist() == whole[whole >= start].tolist()
    assert places.tolist() == all_places[whole >= start].tolist()


@given(st.lists(st.text("zolm vret", max_size=12), min_size=1, max_size=6), st.integers(0, 6))
def test_bags_do_not_depend_on_batches(texts, cut):
    column, owners = pa.array(texts, pa.string()), np.arange(len(texts))
    parts = [pairs_of(owners[:cut], column.slice(0, cut)), pairs_of(owners[cut:], column.slice(cut))]
    assert (bags_of(parts, len(texts)) != bags_of([pairs_of(owners, column)], len(texts))).nnz == 0


def test_a_bag_holds_a_word_once():
    bag = bags("zolm zolm vret")
    assert bag.shape == (1, PLACES)
    assert bag.data.tolist() == [1.0, 1.0]


TALK = [*["zolm vret"] * 6, *["krel pflu"] * 20]


def test_a_set_is_told_by_its_words():
    members = np.array([1.0] * 5 + [0.0] * 21, np.float32)
    mean, best = word_scores(bags(*TALK), members)
    assert mean[5] > 1  # no member, and talks like them
    assert mean[10] < 0
    assert best[10] == 0


def test_a_word_that_few_others_use_says_nothing():
    mean, best = word_scores(bags("zolm", "zolm", "zolm", *["krel"] * 9), np.array([1.0] * 3 + [0.0] * 9, np.float32))
    assert mean[0] == best[0] == 0


@settings(max_examples=30)
@given(st.lists(st.booleans(), min_size=26, max_size=26), st.integers(0, 25))
def test_ones_own_use_is_left_out(inside, account):
    """Whether an account is in the set changes its own score by no more than the base rate does."""
    bag = bags(*TALK)
    members = np.array(inside, np.float32)
    without, with_it = members.copy(), members.copy()
    without[account], with_it[account] = 0, 1
    apart, within = (word_scores(bag, one)[0][account] for one in (without, with_it))
    assert within <= apart + 1e-5
