"""The scanner: a lexicon compiled once, then columns or single texts."""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from seawall.terms.alphabet import Disguise, Kind, alphabet
from seawall.terms.compiled import Compiled, Sounds, pack
from seawall.terms.lexicon import Lexicon
from seawall.terms.own_words import own_words
from seawall.terms.patterns import edit_table, forms_of, letters_of, opening_table, spellings, visual_tables
from seawall.terms.reading import BITS, COST, END, LANE, MILLI, ROW, START, TERM
from seawall.terms.rules import Rules, looked_for
from seawall.terms.scan import scan
from seawall.terms.sieve import new_memory
from seawall.terms.sound import romanised, sound_table


class Lane(StrEnum):
    """How a hit was found: as written, through look, through one edit, or through sound."""

    EXACT = "exact"
    VISUAL = "visual"
    EDIT = "edit"
    PHONETIC = "phonetic"


LANES = tuple(Lane)


@dataclass(frozen=True, slots=True)
class Hit:
    """One term in one text: bytes [start, end) of the original, the disguises undone, and their cost."""

    term: int
    start: int
    end: int
    lane: Lane
    disguises: tuple[str, ...]
    cost: float


@dataclass(frozen=True, slots=True)
class Hits:
    """Hits in a column, in the order of its rows; every array has shape (hits,).

    `start` and `end` are byte offsets into the UTF-8 of that row, `lane` indexes `LANES`, `disguise` is a bit set over
    `terms.alphabet.Disguise`, `cost` is 0 for the term as written.
    """

    row: npt.NDArray[np.int64]
    term: npt.NDArray[np.int64]
    start: npt.NDArray[np.int64]
    end: npt.NDArray[np.int64]
    lane: npt.NDArray[np.int8]
    disguise: npt.NDArray[np.int32]
    cost: npt.NDArray[np.float32]

    def __len__(self) -> int:
        return len(self.row)


def disguises_of(bits: int) -> tuple[str, ...]:
    """The names of the disguises in a bit set."""
    return tuple(disguise.name.lower() for disguise in Disguise if disguise and bits >> disguise & 1)


class Scanner:
    """A compiled lexicon. A term's id is its position in `lexicon.terms`; only active terms are looked for.

    `memory` is what it has learnt of words that hold no term (`terms.sieve`): it changes times, never hits.
    """

    def __init__(self, lexicon: Lexicon, blob: npt.NDArray[np.uint64], *, lanes: Collection[Lane] = LANES) -> None:
        self.lexicon = lexicon
        self.blob = blob
        self._lanes = int(Lane.EDIT in lanes) | int(Lane.PHONETIC in lanes) << 1
        self._rules = Rules.of(lexicon)
        self.memory = new_memory()

    @classmethod
    def compile(cls, lexicon: Lexicon, *, lanes: Collection[Lane] = LANES) -> "Scanner":
        """Compile the active terms; the exact and visual lanes are always on."""
        rows = list(spellings(looked_for(lexicon)))
        signs = sorted({char for _, text, _ in rows for char in text if not char.isalnum()})
        table = alphabet()
        emoji = "".join(char for char in signs if table.of(char) >> 21 & 15 == Kind.EMOJI)
        letters = letters_of(table.with_emoji(emoji))
        forms = forms_of(rows, letters)
        sound, terms = sound_table(lexicon)
        edit, edit_patterns = edit_table(forms, len(lexicon))
        visual, visual_patterns, phrase, phrase_patterns = visual_tables(forms)
        opening = opening_table(forms, len(lexicon), (phrase_patterns, edit_patterns))
        compiled = Compiled(
            letters,
            forms,
            visual,
            visual_patterns,
            phrase,
            phrase_patterns,
            edit,
            edit_patterns,
            sound,
            Sounds(terms, romanised()),
            opening,
            len(lexicon),
        )
        return cls(lexicon, pack(compiled), lanes=lanes)

    def scan_column(self, texts: pa.Array | pa.ChunkedArray, *, hashtags: bool = False) -> Hits:
        """The hits in a column of text; a null has none. `hashtags`: each row is one hashtag without its #.

        Words of the column's own, which only look, sound or are spelt like a term, are left out (`terms.own_words`).
        """
        data, offsets = utf8(texts)
        found = scan(data, offsets, hashtags, self._lanes, self.blob, self.memory)
        found = self._rules.settled(found)
        found = found[~own_words(found, data, offsets, self.lexicon)]
        return Hits(
            found[:, ROW],
            found[:, TERM],
            found[:, START],
            found[:, END],
            found[:, LANE].astype(np.int8),
            found[:, BITS].astype(np.int32),
            (found[:, COST] / MILLI).astype(np.float32),
        )

    def scan_text(self, text: str, *, hashtag: bool = False) -> list[Hit]:
        """The hits in one text; offsets count bytes of its UTF-8, where a lone surrogate has three."""
        raw = text.encode("utf-8", "surrogatepass")
        data = np.frombuffer(raw or b"\0", np.uint8)
        found = scan(data, np.array((0, len(raw)), np.int64), hashtag, self._lanes, self.blob, self.memory)
        if not len(found):
            return []
        return [
            Hit(row[TERM], row[START], row[END], LANES[row[LANE]], disguises_of(row[BITS]), row[COST] / MILLI)
            for row in self._rules.settled(found).tolist()
        ]


def utf8(texts: pa.Array | pa.ChunkedArray) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.int64]]:
    """Bytes and offsets [rows + 1] of a string column; a null row is empty."""
    texts = texts.combine_chunks() if isinstance(texts, pa.ChunkedArray) else texts
    texts = texts.cast(pa.large_string())
    if texts.null_count:
        texts = texts.fill_null("")
    nothing = np.frombuffer(b"\0", np.uint8)
    if len(texts) == 0:
        return nothing, np.zeros(1, np.int64)
    _, offsets, data = texts.buffers()
    bounds = np.frombuffer(offsets, np.int64)[texts.offset : texts.offset + len(texts) + 1].copy()
    if data is None or data.size == 0:
        return nothing, bounds
    raw = np.frombuffer(data, np.uint8)
    raw.flags.writeable = False  # numba compiles once for bytes that may not be written and once for those that may
    return raw, bounds
