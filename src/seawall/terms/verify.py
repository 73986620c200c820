"""Verification: through which disguise, at what cost.

A cost of 0 is the term as written, case aside. Each disguise adds its own cost, and a term bears the more the longer it
is: a short word is reached from innocent text by few changes. The constants below are the whole policy.
"""

import numba as nb
import numpy as np

from seawall.terms.alphabet import Disguise
from seawall.terms.fold import EDGE, GAP, HIDDEN, IN_RUN, IN_TAG, MARKED, MASKED, NONE, SPACE, WEAK
from seawall.terms.patterns import AS_IS, DROPPED, DROPPED_PAIR, place

REJECTED = np.float32(-1.0)
reading_cost = np.array([0, 0, 0.05, 0.1, 0.15, 0.25, 0.3, 0.35, 0.2, 0, 0, 0, 0, 0, 0, 0], np.float32)
"""Cost of a letter that was read through each disguise."""
budget = np.array([0, 0.3, 0.3, 0.6, 1.2, 1.8, 2.4, 3.0, 3.6] + [0.45 * m for m in range(9, 66)], np.float32)
"""The largest cost that a pattern of m symbols bears."""
OTHER_LETTER = np.float32(0.8)
REPEATED, DOUBLED = np.float32(0.25), np.float32(0.6)
SEPARATED, SPELLED_OUT, GLUED, WEAK_END, EDITED = (np.float32(x) for x in (0.15, 0.4, 0.5, 0.3, 1.0))
MASKED_LETTER = np.float32(0.4)
MIN_GLUED = 5
UNSPACED_ALPHABET, UNSPACED_SYLLABLE = 5, 3

_SYMBOL = np.uint32(0x1FFFFF)
_CASE, _DIGIT, _SIGN = int(Disguise.CASE), int(Disguise.DIGIT), int(Disguise.SIGN)
_B_REPEATS, _B_EDIT, _B_GLUED = 1 << Disguise.REPEATS, 1 << Disguise.EDIT, 1 << Disguise.GLUED
_B_SEPARATORS, _B_INVISIBLE, _B_MARKS = 1 << Disguise.SEPARATORS, 1 << Disguise.INVISIBLE, 1 << Disguise.MARKS
_B_LOOKALIKE, _B_DIGIT = 1 << Disguise.LOOKALIKE, 1 << Disguise.DIGIT


@nb.njit(cache=True)
def _reading(read, code, want, want_code):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    """Cost and disguise bit of one symbol of the text against the form's, and whether it counts as a letter."""
    disguise = (read >> np.uint32(25)) & np.uint32(15)
    kind = (read >> np.uint32(21)) & np.uint32(15)
    if (read ^ want) & _SYMBOL == 0 and (kind == (want >> np.uint32(21)) & np.uint32(15) or kind != 4):
        if code == want_code:
            return np.float32(0), 0, 1
        if disguise <= _CASE:
            disguise = (want >> np.uint32(25)) & np.uint32(15)
        return reading_cost[disguise], 1 << disguise, 1
    if kind == 4:
        return reading_cost[_SIGN], 1 << _SIGN, 0
    if kind == 3:
        return reading_cost[_DIGIT], _B_DIGIT, 0
    if disguise == _CASE and code == 73:
        return reading_cost[5], _B_LOOKALIKE, 1
    return OTHER_LETTER, _B_LOOKALIKE, 1


@nb.njit(cache=True)
def _repeats(run, want):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    """Cost and disguise bit of a letter written more or less often than in the form."""
    if run == want:
        return np.float32(0), 0
    if run > 2:
        return REPEATED, _B_REPEATS
    return DOUBLED, (_B_REPEATS if run > want else _B_EDIT)


@nb.njit(cache=True)
def _letters(out, i, j, forms, f, op, pos):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    """Cost (REJECTED where letters that read alike are missing), disguise bits and number of true letters of [i, j)."""
    cost = np.float32(0)
    bits = 0
    letters = 0
    begin = forms.at[f]
    for s in range(i, j):
        at = begin + place(op, pos, s - i)
        more, bit, true = _reading(out.entry[s], out.code[s], forms.entry[at], forms.code[at])
        if out.run[s] + forms.plain[f] < forms.run[at]:
            return REJECTED, 0, 0  # a doubled letter may be single; but li, read as 11, is not read as 1
        again, repeat = _repeats(out.run[s], forms.run[at])
        cost += more + again
        bits |= bit | repeat
        letters += true
        if s > i and out.flag[s] & HIDDEN:
            cost += reading_cost[8]
            bits |= _B_INVISIBLE
        if out.flag[s] & MARKED:
            cost += reading_cost[3]
            bits |= _B_MARKS
    return cost, bits, letters


@nb.njit(cache=True)
def _gaps(out, i, j, forms, f, op, pos):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    """Cost and bits of separators inside the match that the form does not have; REJECTED where words merely adjoin."""
    spaces = 0
    marks = 0
    cost = np.float32(0)
    for s in range(i + 1, j):
        wanted = (forms.gap[f] >> np.uint64(place(op, pos, s - i))) & np.uint64(1)
        level = out.level[s]
        if level < GAP:
            cost += np.float32(0.1) * wanted
        elif not wanted and not (op != AS_IS and s - i == pos and out.flag[s] & MASKED):
            spaces += level == SPACE
            marks += level == GAP
    if spaces + marks == 0:
        return cost, 0
    if spaces:
        if 10 * (spaces + marks) < 7 * (j - i - 1):
            return REJECTED, 0
        return cost + SPELLED_OUT, _B_SEPARATORS
    return cost + SEPARATED * min(marks, 4), _B_SEPARATORS


@nb.njit(cache=True)
def _unspaced_ok(out, i, j):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    """Whether a match inside a run of letters without spaces is long enough to mean anything."""
    syllables = 0
    for s in range(i, j):
        syllables += out.code[s] >= 0x3400
    return j - i >= (UNSPACED_SYLLABLE if 2 * syllables >= j - i else UNSPACED_ALPHABET)


@nb.njit(cache=True)
def _ends(out, i, j):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    """Cost and bits of where the match starts and ends; REJECTED inside a word."""
    cost = np.float32(0)
    bits = 0
    for at in (i, j):
        level = out.level[at]
        if level == WEAK:
            cost += WEAK_END
        elif level == NONE:
            inner = out.flag[at] if at == i else out.flag[at - 1]
            if inner & IN_RUN:
                if not _unspaced_ok(out, i, j):
                    return REJECTED, 0
            elif inner & IN_TAG and j - i >= MIN_GLUED:
                cost += GLUED
                bits |= _B_GLUED
            else:
                return REJECTED, 0
    return cost, bits


@nb.njit(cache=True)
def _moved(out, i, j, forms, f, pos):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    """Whether the dropped letter only changed places and now doubles its like (bibela, bbiela)."""
    dropped = forms.entry[forms.at[f] + pos]
    for s in range(max(i, i + pos - 2), min(j, i + pos + 2)):
        if out.run[s] == 2 and (out.entry[s] ^ dropped) & _SYMBOL == 0:
            return True
    return False


@nb.njit(cache=True)
def _edit(out, i, j, forms, f, op, pos, cost, bits):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    """Cost of an edited form: whole words of plain letters only, unless a mask stands where a letter was dropped."""
    if out.level[i] < EDGE or out.level[j] < EDGE:
        return REJECTED
    if op == DROPPED and out.flag[i + pos] & MASKED and (out.level[i + pos] == GAP or i + pos == j):
        return cost + MASKED_LETTER
    doubled = bits & _B_REPEATS != 0
    if op == DROPPED_PAIR and out.run[i + pos - 1] < 2:
        return REJECTED
    if op != DROPPED_PAIR and doubled and not (op == DROPPED and _moved(out, i, j, forms, f, pos)):
        return REJECTED
    if bits & ~(1 << _CASE | _B_REPEATS):
        return REJECTED
    return cost + (EDITED - DOUBLED if doubled else EDITED)


@nb.njit(cache=True)
def verify(out, i, j, forms, f, op, pos):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201
    """Cost (REJECTED where it is no match) and disguise bits of pattern (f, op, pos) at symbols [i, j)."""
    end_cost, end_bits = _ends(out, i, j)
    if end_cost < 0:
        return REJECTED, 0
    gap_cost, gap_bits = _gaps(out, i, j, forms, f, op, pos)
    if gap_cost < 0:
        return REJECTED, 0
    cost, bits, letters = _letters(out, i, j, forms, f, op, pos)
    if cost < 0 or (end_bits & _B_GLUED and bits & _B_EDIT):
        return REJECTED, 0  # inside a longer hashtag there is a window for every misspelling
    cost += end_cost + gap_cost + forms.cost[f]
    bits |= end_bits | gap_bits
    if op != AS_IS:
        cost = _edit(out, i, j, forms, f, op, pos, cost, bits)
        bits |= _B_EDIT
    if cost < 0 or cost > budget[j - i] or 4 * letters < j - i:
        return REJECTED, 0
    return cost, bits
