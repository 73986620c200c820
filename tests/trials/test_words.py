"""Words are invented, distinct and drift."""

import unicodedata

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from seawall.trials.words import DISGUISES, LANGUAGES, coin, disguise, make_words


def test_coined_words_are_new():
    taken: set[str] = set()
    words = [word for language in LANGUAGES for word in coin(np.random.default_rng(1), language, 500, taken)]
    assert len(set(words)) == len(words) == 500 * len(LANGUAGES)


def test_there_are_ten_languages_in_eight_scripts():
    scripts = {unicodedata.name(language.syllables[0][0]).split()[0] for language in LANGUAGES}
    assert len(LANGUAGES) == 10
    assert len(scripts) == 8


def test_risk_words_come_and_go():
    risk = make_words(np.random.default_rng(2), 14).risk
    used = risk.weight > 0
    assert 70 <= len(risk.token) <= 140
    assert (used[:, 0] & ~used[:, -1]).sum() > 5
    assert (~used[:, 0] & used[:, -1]).sum() > 5
    assert 0 < risk.everyday.mean() < 0.4


def test_no_risk_word_is_an_everyday_word_unless_it_was_put_to_a_new_use():
    words = make_words(np.random.default_rng(3), 14)
    everyday = set(words.tokens[:20_000])
    for token, again in zip(words.risk.token, words.risk.everyday, strict=True):
        assert (words.tokens[token] in everyday) == bool(again)


def test_disguises_hide_the_word_most_of_the_time():
    words = make_words(np.random.default_rng(4), 14)
    for token, forms in zip(words.risk.token, words.risk.disguised, strict=True):
        shown = [words.tokens[form] for form in forms]
        assert shown.count(words.tokens[token]) < DISGUISES / 2


@given(seed=st.integers(0, 2**32 - 1), language=st.sampled_from(LANGUAGES))
def test_a_disguise_never_holds_a_space(seed: int, language):
    rng = np.random.default_rng(seed)
    word = coin(rng, language, 1, set())[0]
    assert disguise(rng, word).split() == [disguise(np.random.default_rng(seed), word)] or " " not in disguise(
        rng, word
    )
