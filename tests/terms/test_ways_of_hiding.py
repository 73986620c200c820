"""Ways of hiding a word that no folding table was made for: one short case a way, on many words."""

from collections.abc import Callable

import pyarrow as pa
import pytest
from tests.terms.babel import Language

from seawall.terms.lexicon import Lexicon
from seawall.terms.scanner import Scanner

WORDS = [word for word in Language.of("plain", 5).terms(400) if len(word) >= 7][:60]
LOOK_ALIKE = str.maketrans("aeocpxyi", "аеосрхуі")
SMALL = str.maketrans("abcdefghijklmnoprtuvwyz", "ᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘʀᴛᴜᴠᴡʏᴢ")
RAISED = str.maketrans("abcdefghijklmnoprstuvwxyz", "ᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐⁿᵒᵖʳˢᵗᵘᵛʷˣʸᶻ")


def from_block(first: int) -> Callable[[str], str]:
    """Letters of a styled alphabet that starts at this code point."""
    return lambda word: "".join(chr(first + ord(char) - 97) for char in word)


def crowned(word: str) -> str:
    """Every letter under one to five marks."""
    return "".join(
        char + "".join(chr(0x300 + (7 * at + k) % 0x70) for k in range(1 + at % 5)) for at, char in enumerate(word)
    )


WAYS: dict[str, Callable[[str], str]] = {
    "a letter a line": "\n".join,
    "a letter a line, with white space": " \n ".join,
    "marks heaped on letters": crowned,
    "in circles": from_block(0x24D0),
    "in black circles": from_block(0x1F150),
    "in black squares": from_block(0x1F170),
    "in Fraktur": from_block(0x1D51E),
    "as regional indicators": lambda word: " ".join(from_block(0x1F1E6)(word)),
    "half in another script": lambda word: word[:3] + word[3:].translate(LOOK_ALIKE),
    "with emoji between": "🌙".join,
    "with emoji and spaces between": " 🌙 ".join,
    "letters in brackets": lambda word: "".join(f"[{char}]" for char in word),
    "letters in parentheses": lambda word: "".join(f"({char})" for char in word),
    "small capitals": lambda word: word.translate(SMALL),
    "raised": lambda word: word.translate(RAISED),
    "struck through": lambda word: "".join(char + "\u0336" for char in word),
    "as keycaps": lambda word: "".join(char + "\u20e3" for char in word),
    "with language tags between": lambda word: "".join(char + chr(0xE0061 + at % 26) for at, char in enumerate(word)),
    "soft hyphens between": "\u00ad".join,
    "in a tag of capitalised words": lambda word: f"#MyOwn{word.capitalize()}Here",
    "glued into a tag": lambda word: f"#my{word}here",
    "between underscores": lambda word: f"old_{word}_new",
    "with a genitive": lambda word: f"{word}’s",
    "with a number after it": lambda word: f"{word}2024",
    "in an address": lambda word: f"https://x.example/{word}",
    "as a file": lambda word: f"{word}.jpg",
    "every letter three times": lambda word: "".join(3 * char for char in word),
}


@pytest.fixture(scope="module")
def scanner() -> Scanner:
    return Scanner.compile(Lexicon.of(WORDS))


@pytest.mark.parametrize("way", WAYS)
def test_a_word_is_found_that_is_hidden(scanner: Scanner, way: str):
    texts = [f"look {WAYS[way](word)} now" for word in WORDS]
    hits = scanner.scan_column(pa.array(texts))
    found = set(zip(hits.row.tolist(), hits.term.tolist(), strict=True))
    missed = [WORDS[at] for at in range(len(WORDS)) if (at, at) not in found]
    assert len(missed) <= 0.05 * len(WORDS), missed


def test_hidden_words_that_are_no_terms_are_not_found(scanner: Scanner):
    innocent = [word for word in Language.of("plain", 6).words if len(word) >= 7][:60]
    texts = [f"look {way(word)} now" for way in WAYS.values() for word in innocent]
    assert len(set(scanner.scan_column(pa.array(texts)).row.tolist())) <= 0.005 * len(texts)
