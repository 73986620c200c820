"""What a lexicon asks beyond a text: policy, company, innocence."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from seawall.terms.alphabet import Disguise
from seawall.terms.lexicon import Lexicon, Match
from seawall.terms.reading import BITS, COST, END, ROW, START, TERM

Found = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]


def companions(lexicon: Lexicon) -> tuple[str, ...]:
    """Every word or emoji that some term counts only together with."""
    return tuple(dict.fromkeys(text for term in lexicon.terms for text in term.together))


def looked_for(lexicon: Lexicon) -> list[tuple[int, str]]:
    """(number, text) of the active terms, then of the companions, then of the innocent words."""
    active = [(number, term.text) for number, term in enumerate(lexicon.terms) if term.scanned]
    others = (*companions(lexicon), *lexicon.innocent)
    return active + list(enumerate(others, start=len(lexicon.terms)))


@dataclass(frozen=True, slots=True)
class Rules:
    """The rules of one lexicon; `company` maps a term to the numbers of its companions."""

    terms: int
    companions: int
    whole_words: Mask
    company: dict[int, tuple[int, ...]]
    plain: bool

    @classmethod
    def of(cls, lexicon: Lexicon) -> "Rules":
        known = {text: len(lexicon) + k for k, text in enumerate(companions(lexicon))}
        whole = np.array([term.match is Match.WORD for term in lexicon.terms], bool)
        company = {
            number: tuple(known[text] for text in term.together)
            for number, term in enumerate(lexicon.terms)
            if term.together
        }
        plain = not (known or lexicon.innocent or whole.any())
        return cls(len(lexicon), len(known), whole, company, plain)

    def settled(self, found: Found) -> Found:
        """The hits that the rules leave; hits of companions and innocent words serve here and go."""
        if self.plain or not len(found):
            return found
        keep = found[:, TERM] < self.terms
        keep &= ~self._glued(found, keep)
        keep &= ~self._alone(found)
        keep &= ~self._innocent(found)
        return found[keep]

    def _glued(self, found: Found, terms: Mask) -> Mask:
        """Hits inside a longer hashtag, of terms that must be whole words."""
        out = np.zeros(len(found), bool)
        out[terms] = self.whole_words[found[terms, TERM]]
        glued: Mask = found[:, BITS] >> int(Disguise.GLUED) & 1 == 1
        return out & glued

    def _alone(self, found: Found) -> Mask:
        """Hits of terms whose companions are not in the same text."""
        there = {(row, term) for row, term in found[found[:, TERM] >= self.terms][:, [ROW, TERM]].tolist()}
        out = np.zeros(len(found), bool)
        for at in np.flatnonzero(np.isin(found[:, TERM], list(self.company))):
            row, term = int(found[at, ROW]), int(found[at, TERM])
            out[at] = not any((row, companion) in there for companion in self.company[term])
        return out

    def _innocent(self, found: Found) -> Mask:
        """Hits inside an innocent word that reads at least as plainly."""
        out = np.zeros(len(found), bool)
        for at in np.flatnonzero(found[:, TERM] >= self.terms + self.companions):
            row, start, end, cost = found[at, [ROW, START, END, COST]]
            out |= (
                (found[:, ROW] == row) & (found[:, START] >= start) & (found[:, END] <= end) & (found[:, COST] >= cost)
            )
        return out
