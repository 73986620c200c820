"""Spellings: a platform's own words, that only resemble a term.

The noisy-channel argument of spelling correction (Kernighan, Church and Gale, COLING 1990): a slip of a word is rarer
than the word, so a spelling that people use more often than the term in all its other spellings is a word. A campaign
breaks that argument, since it may write one slip everywhere and never the term. Hence a spelling stays in doubt no
more where trade or another term stands beside it, where the term is misspelt in several ways, or where it fills the
column as no word does. Of a look-alike the writing around it must agree as well: marks and letters that the term has
not are everyday where other words of the same texts have them too, and a disguise elsewhere.
"""

import zlib
from bisect import insort
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from seawall.terms.alphabet import Disguise
from seawall.terms.hits import LANES, Hits, Lane
from seawall.terms.lexicon import Lexicon
from seawall.terms.utf8 import utf8

Ints = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]
Bytes = npt.NDArray[np.uint8]
RARE = 2
"""So many uses are let through whatever they are: a column may hold one evasion and nothing else."""
WAYS = 3
"""A term that is misspelt in so many ways is misspelt on purpose: then its slips speak for each other."""
BESIDE, AT_LEAST = 0.3, 2
"""The share, and number, of a spelling's texts with trade or another term in them that make it a disguise."""
FILLS = 0.1
"""No word that is long enough to be slipped stands in such a share of all texts."""
TEXTS, AROUND, AGREE = 8, 2_000, 0.5
"""Texts that are looked at for each spelling, the bytes on either side, and the share of letters that they explain."""
NO_DOUBT = -1
_LETTERS = sum(1 << kind for kind in (Disguise.CASE, Disguise.MARKS, Disguise.LOOKALIKE))
"""Disguises that a word in another orthography has by nature."""
_EDIT, _VISUAL = LANES.index(Lane.EDIT), LANES.index(Lane.VISUAL)


@dataclass(slots=True)
class _Spelling:
    """What was seen of one spelling that is near one term; `shares` of the texts with the smallest checksums."""

    term: int
    slip: bool
    uses: int = 0
    beside: int = 0
    shares: list[tuple[int, float]] = field(default_factory=list)


class Spellings:
    """How texts spell the terms, added part by part; the parts' order changes nothing."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._terms = lexicon.terms
        self._number: dict[tuple[str, int], int] = {}
        self._seen: list[_Spelling] = []
        self._sure = np.zeros(len(lexicon), np.int64)
        self._rows = 0

    def add(self, hits: Hits, texts: pa.Array | pa.ChunkedArray, trade: Mask | None = None) -> Ints:
        """The spelling, shape (hits,), of every hit that is in doubt, else `NO_DOUBT`. `trade`: of every hit's text."""
        self._rows += len(texts)
        number = np.full(len(hits), NO_DOUBT, np.int64)
        slips = hits.lane >= _EDIT
        doubtful = slips | ((hits.lane == _VISUAL) & (hits.disguise & ~_LETTERS == 0))
        self._sure += np.bincount(hits.term[~doubtful], minlength=len(self._sure))
        at = np.flatnonzero(doubtful)
        if len(at):
            beside = np.isin(hits.row[at], hits.row[~doubtful])
            beside |= False if trade is None else trade[at]
            data, offsets = utf8(texts)
            for k, other in zip(at.tolist(), beside.tolist(), strict=True):
                text = data[offsets[hits.row[k]] : offsets[hits.row[k] + 1]]
                number[k] = self._note(hits, k, bool(slips[k]), other, text)
        return number

    def _note(self, hits: Hits, k: int, slip: bool, beside: bool, text: Bytes) -> int:
        start, end, term = int(hits.start[k]), int(hits.end[k]), int(hits.term[k])
        written = text[start:end].tobytes().decode("utf-8", "ignore").lower()
        number = self._number.setdefault((written, term), len(self._seen))
        if number == len(self._seen):
            self._seen.append(_Spelling(term, slip))
        seen = self._seen[number]
        seen.uses += 1
        seen.beside += beside
        if not slip:
            around = text[max(0, start - AROUND) : start].tobytes() + b" " + text[end : end + AROUND].tobytes()
            self._look(seen, written, around)
        return number

    def _look(self, seen: _Spelling, written: str, around: bytes) -> None:
        """Keep how much of the spelling's own letters a text explains, for the texts of the smallest checksums."""
        key = zlib.crc32(around)
        if len(seen.shares) < TEXTS or key < seen.shares[-1][0]:
            foreign = set(written) - set(self._terms[seen.term].text.lower())
            known = foreign & set(around.decode("utf-8", "ignore").lower())
            insort(seen.shares, (key, len(known) / len(foreign) if foreign else 0.0))
            del seen.shares[TEXTS:]

    def words(self) -> Mask:
        """Whether each spelling, as `add` numbered it, is a word of these texts rather than a term.

        The last entry stands for `NO_DOUBT`.
        """
        words = np.zeros(len(self._seen) + 1, bool)
        sure = self._sure.copy()
        for k, one in enumerate(self._seen):
            if not one.slip:
                words[k] = _written_so(one) and _is_word(one, int(sure[one.term]))
        for k, one in enumerate(self._seen):
            if not one.slip and not words[k]:
                sure[one.term] += one.uses
        uses, ways = self._slips()
        for k, one in enumerate(self._seen):
            if one.slip and one.uses < FILLS * self._rows:
                others = uses[one.term] - one.uses if ways[one.term] >= WAYS else 0
                words[k] = _is_word(one, int(sure[one.term] + others))
        return words

    def _slips(self) -> tuple[Ints, Ints]:
        """How often, and in how many ways, each term was misspelt."""
        slips = [one for one in self._seen if one.slip]
        term = np.array([one.term for one in slips], np.int64)
        uses = np.bincount(term, [one.uses for one in slips], len(self._sure)).astype(np.int64)
        return uses, np.bincount(term, minlength=len(self._sure))


def _is_word(one: _Spelling, other_spellings: int) -> bool:
    alone = one.beside < max(AT_LEAST, BESIDE * one.uses)
    return alone and one.uses > max(other_spellings, RARE)


def _written_so(one: _Spelling) -> bool:
    """Whether the letters of a look-alike that its term has not stand in other words of the same texts."""
    return float(np.mean([share for _, share in one.shares])) >= AGREE
