"""The scanner: a lexicon compiled once, then columns or single texts."""

from collections.abc import Collection

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from seawall.terms.alphabet import Kind, alphabet
from seawall.terms.compiled import Compiled, Sounds, pack
from seawall.terms.hits import LANES, Hit, Hits, Lane, disguises_of
from seawall.terms.lexicon import Lexicon
from seawall.terms.own_words import Spellings
from seawall.terms.patterns import edit_table, forms_of, letters_of, opening_table, spellings, visual_tables
from seawall.terms.reading import BITS, COST, END, LANE, MILLI, START, TERM
from seawall.terms.rules import Rules, looked_for
from seawall.terms.scan import scan
from seawall.terms.sieve import new_memory
from seawall.terms.sound import romanised, sound_table
from seawall.terms.utf8 import utf8


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
        hits = self.scan_each(texts, hashtags=hashtags)
        spellings = Spellings(self.lexicon)
        number = spellings.add(hits, texts)
        return hits.where(~spellings.words()[number])

    def scan_each(self, texts: pa.Array | pa.ChunkedArray, *, hashtags: bool = False) -> Hits:
        """The hits in every text by itself, as `scan_text` finds them, whatever the other texts say."""
        data, offsets = utf8(texts)
        found = scan(data, offsets, hashtags, self._lanes, self.blob, self.memory)
        return Hits.of(self._rules.settled(found))

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
