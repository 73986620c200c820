"""Words of a column's own that only resemble a term.

The noisy-channel argument of spelling correction (Kernighan, Church and Gale, COLING 1990): a slip of a word is rarer
than the word. So a spelling that a column uses more often than the term itself is a word. A slip may be counted so; a
look-alike is meant, and a campaign may use one everywhere. There the writing around it must agree: marks and letters
that the term has not are everyday where other words of the same texts have them too, and a disguise elsewhere.
"""

import numpy as np
import numpy.typing as npt

from seawall.terms.alphabet import Disguise
from seawall.terms.fold import span_hashes
from seawall.terms.lexicon import Lexicon
from seawall.terms.reading import BITS, EDIT, END, LANE, ROW, START, TERM, VISUAL

Found = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]
RARE = 2
"""So many uses are let through whatever they are: a column may hold one evasion and nothing else."""
TEXTS, AROUND, AGREE = 8, 2_000, 0.5
"""Texts that are looked at for each spelling, the bytes on either side, and the share of letters that they explain."""
_LETTERS = sum(1 << kind for kind in (Disguise.CASE, Disguise.MARKS, Disguise.LOOKALIKE))
"""Disguises that a word in another orthography has by nature."""


def own_words(found: Found, data: npt.NDArray[np.uint8], offsets: npt.NDArray[np.int64], lexicon: Lexicon) -> Mask:
    """Marks the hits, shape (hits,), that are everyday words rather than the term they resemble."""
    slips = found[:, LANE] >= EDIT
    alike = (found[:, LANE] == VISUAL) & (found[:, BITS] & ~_LETTERS == 0)
    out = np.zeros(len(found), bool)
    at = np.flatnonzero(slips | alike)
    if not len(at):
        return out
    plain = np.bincount(found[~(slips | alike), TERM], minlength=int(found[:, TERM].max()) + 1)
    begin = offsets[found[at, ROW]]
    spelling = span_hashes(data, begin + found[at, START], begin + found[at, END])
    _, which, uses = np.unique(spelling, return_inverse=True, return_counts=True)
    common = uses[which] > np.maximum(plain[found[at, TERM]], RARE)
    out[at] = common & slips[at]
    looked_at = np.flatnonzero(common & ~slips[at])
    for group in np.unique(which[looked_at]):
        same = at[looked_at[which[looked_at] == group]]
        out[same] = _written_so(found[same[:TEXTS]], data, offsets, lexicon)
    return out


def _written_so(hits: Found, data: npt.NDArray[np.uint8], offsets: npt.NDArray[np.int64], lexicon: Lexicon) -> bool:
    """Whether the letters of these hits that their term has not stand in other words of the same texts."""
    shares = []
    for hit in hits:
        begin, stop = offsets[hit[ROW]], offsets[hit[ROW] + 1]
        start, end = begin + hit[START], begin + hit[END]
        before, after = data[max(begin, start - AROUND) : start], data[end : min(stop, end + AROUND)]
        around = set((before.tobytes() + b" " + after.tobytes()).decode("utf-8", "ignore").lower())
        written = set(data[start:end].tobytes().decode("utf-8", "ignore").lower())
        foreign = written - set(lexicon.terms[hit[TERM]].text.lower()) if hit[TERM] < len(lexicon) else set()
        shares.append(len(foreign & around) / len(foreign) if foreign else 0.0)
    return float(np.mean(shares)) >= AGREE
