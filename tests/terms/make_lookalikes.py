"""Writes src/seawall/terms/lookalikes.txt from ICU's copy of the Unicode TR39 tables.

Run by hand when Unicode moves: `pip install pyicu-wheels && python -m tests.terms.make_lookalikes`.
"""

import unicodedata
from collections import defaultdict
from pathlib import Path

OUT = Path(__file__).parents[2] / "src" / "seawall" / "terms" / "lookalikes.txt"
SMALL_CAPITALS = dict(zip("ᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘꞯʀꜱᴛᴜᴠᴡʏᴢĸм", "abcdefghijklmnopqrstuvwyzkm", strict=True))
PLAIN_GREEK_CYRILLIC = set("асеорхуіѕјһԁвктмнοαρνυικτχ")
HEAD = """\
# Letters that look like Latin letters: Unicode TR39 confusables ({version}), reduced to one Latin target each.
# Written by tests/terms/make_lookalikes.py. Source data (c) Unicode, Inc., under the Unicode License V3.
# "always": seen as the Latin letter anywhere. "beside": only next to Latin letters, because the letter
# is everyday writing of another script.
"""


def plain(text: str) -> str:
    """Lower case, compatibility forms, marks and small capitals taken off."""
    folded = unicodedata.normalize("NFKD", text.casefold())
    return "".join(SMALL_CAPITALS.get(c, c) for c in folded if unicodedata.category(c) != "Mn")


def folds_away(char: str) -> bool:
    """Whether Unicode's own decompositions already lead to Latin or to a simpler letter."""
    parts = [c for c in unicodedata.normalize("NFKD", char) if unicodedata.category(c) != "Mn"]
    return parts != [char] or plain(char).isascii()


def section(icu, char: str, target: str) -> str:
    script = icu.Script.getScript(char).getName()
    if script in {"Greek", "Cyrillic"}:
        if len(target) > 1 or target.isdigit():
            return "beside"
        return "always" if char.isupper() or char in PLAIN_GREEK_CYRILLIC or ord(char) > 0x460 else "beside"
    return "always" if script in {"Latin", "Common", "Inherited"} else "beside"


def main() -> None:
    import icu

    spoof = icu.SpoofChecker()
    found: dict[tuple[str, str], list[str]] = defaultdict(list)
    for code in range(0x80, 0x110000):
        char = chr(code)
        if unicodedata.category(char)[0] not in "LNS" or folds_away(char):
            continue
        target = plain(spoof.getSkeleton(0, char)).replace("rn", "m")
        target = {"vv": "w", "l": "i"}.get(target, target) if char not in "łŁɫƚɭᏞᒪⳐⳑⵏꓡꮮ" else "l"
        if target.isascii() and target.isalnum() and len(target) <= 3:
            found[section(icu, char, target), target].append(char)
    for char, target in SMALL_CAPITALS.items():
        if char not in found["always", target]:
            found["always", target].append(char)
    lines = [f"{where} {target} {''.join(chars)}" for (where, target), chars in sorted(found.items()) if chars]
    OUT.write_text(HEAD.format(version=f"Unicode {icu.UNICODE_VERSION}") + "\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
