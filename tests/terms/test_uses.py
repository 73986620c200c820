"""Uses are counted over the whole platform, in batches, for tokens that are worth it."""

from datetime import UTC, datetime

import numpy as np
import pyarrow as pa
import pytest
from tests.terms.babel import Language

from seawall.records.ids import IdKey
from seawall.records.run import TERMS
from seawall.records.seal import unseal
from seawall.signals.offers import prices_in
from seawall.terms.counts import named, names
from seawall.terms.lexicon import Lexicon
from seawall.terms.new_terms import propose
from seawall.terms.posts import POSTS
from seawall.terms.proposed import Proposed, term_rows
from seawall.terms.surprise import expected_risk
from seawall.terms.tokens import sightings
from seawall.terms.uses import count_uses, masked_context, risky_uses

START = int(datetime(2026, 1, 1, tzinfo=UTC).timestamp()) * 1_000_000
KEY = IdKey(bytes(32))
KNOWN = np.arange(30, dtype=np.uint64)


def posts(accounts: int = 1_000, risky: int = 30) -> pa.Table:
    """Three posts an account; a third of the risky accounts' posts hold a coined word, plain, disguised or as a tag."""
    rng = np.random.default_rng(5)
    texts = Language.of("plain", 5).posts(3 * accounts)
    owner = np.repeat(np.arange(accounts, dtype=np.uint64), 3)
    tags: list[list[str]] = [[] for _ in texts]
    for at in np.flatnonzero(owner < risky)[::3].tolist():
        form = str(rng.choice(["zumbaro", "zumb4ro", "zum.baro", "#zumbaro"]))
        texts[at] += f" ask @someone {form} now 25€"
        tags[at] = ["zumbaro"] if form[0] == "#" else []
    when = pa.array(START + np.arange(len(texts)), pa.timestamp("us", tz="UTC"))
    return pa.table([pa.array(owner), when, pa.array(texts), pa.array(tags, pa.list_(pa.string()))], names=list(POSTS))


@pytest.mark.parametrize("rows", [97, 10_000])
def test_batches_of_any_size_count_alike(rows: int):
    table = posts()
    uses = risky_uses(lambda: table.to_batches(rows), KNOWN, 1_000, prices_in)
    whole = count_uses(table.to_batches(3_000), None, KNOWN, 1_000, prices_in)
    tokens = named(whole.rows, names(whole.rows, whole.spellings, KNOWN))
    chosen = [row for row in tokens.to_pylist() if row["token"] == "zumbaro"]
    found = [row for row in uses.tokens.to_pylist() if row["token"] == "zumbaro"]
    assert sorted(found, key=str) == sorted(chosen, key=str)
    assert len(found) == 30


def test_contexts_name_nobody():
    table = posts()
    uses = risky_uses(lambda: table.to_batches(500), KNOWN, 1_000, prices_in)
    assert 0 < len(uses.contexts["zumbaro"]) <= 3
    assert all("someone" not in text and "25" not in text and "zum" in text for text in uses.contexts["zumbaro"])


def test_no_risky_account_means_no_second_pass():
    read = []

    def parts() -> list[pa.RecordBatch]:
        read.append(1)
        return posts(20).to_batches()

    assert len(risky_uses(parts, np.empty(0, np.uint64), 20, prices_in).tokens) == 0
    assert len(read) == 1


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("see https://site.example/velkor now", {"see", "now"}),
        ("ask @velkor today", {"ask", "today"}),
        ("only 2500 of them", {"only", "them"}),
        ("v3lk.or VELKOR vélkor", {"velkor"}),
        ("#猫魚狼", {"猫魚狼", "#猫魚狼"}),
        ("🌙 ok", {"🌙"}),
    ],
)
def test_a_token_is_a_word_a_hashtag_or_an_emoji(text: str, tokens: set[str]):
    found = sightings(pa.array([text, "velkor"]))
    keys, first = np.unique(found.key, return_index=True)
    last = {int(key): found.spelt(int(at)) for key, at in zip(keys, first, strict=True)}
    last |= {int(found.key[at]): found.spelt(at) for at in np.flatnonzero(found.plain).tolist()}
    assert set(last.values()) == tokens | {"velkor"}


def test_a_context_hides_handles_links_and_numbers():
    assert masked_context("write @some_one at a.b@c.example or https://x.example/1 for 20€") == (
        "write • at • or • for • €"
    )


def test_everyday_words_of_a_risky_language_are_expected_to_be_risky():
    words = np.array([0, 1] * 40 + [2, 3] * 160)
    indptr = np.arange(0, len(words) + 1, 2)
    risk = np.zeros(200)
    risk[:20] = 1.0
    expected = expected_risk(indptr, words, risk)
    assert expected[30] > 2 * expected[150]


def test_rows_are_sealed_with_the_key_and_carry_contexts():
    table = posts()
    accounts = np.arange(1_000, dtype=np.uint64)
    risk = np.where(accounts < 30, 0.9, 0.0)
    uses = risky_uses(lambda: table.to_batches(500), KNOWN, 1_000, prices_in)
    proposed = Proposed(propose(uses.tokens, accounts, risk, Lexicon()), uses.contexts)
    rows = term_rows(proposed, KEY, plain=False)
    assert rows.schema == TERMS
    best = rows.to_pylist()[0]
    assert unseal(KEY, best["term"]) == "zumbaro"
    assert "zum" in unseal(KEY, best["contexts"][0])
    assert (best["flagged_accounts"], best["status"]) == (30, "proposed")
    assert term_rows(proposed, KEY, plain=True)["term"][0].as_py() == "zumbaro"
