"""Reads hashtags and links out of what people write, plain or HTML."""

import re
import unicodedata
from collections.abc import Iterable
from html.parser import HTMLParser

_TAG = re.compile(r"(?:^|(?<=\s))[#＃]([^\s#＃]+)")
_LINK = re.compile(r"https?://[^\s<>\"']+", re.IGNORECASE)
_BREAKS = frozenset({"p", "br", "li", "div", "blockquote"})
_UNREAD = frozenset({"script", "style"})
_NOT_LINKS = frozenset({"mention", "hashtag"})


def tags_in(text: str) -> list[str]:
    """The hashtags written in a text, in order, without the sign or the punctuation that ends a sentence."""
    found = (_trim(match[1]) for match in _TAG.finditer(text))
    return [tag for tag in found if tag and not tag.isdigit()]


def links_in(text: str) -> list[str]:
    """The web addresses written in a text."""
    return [match[0].rstrip(".,;:!?)") for match in _LINK.finditer(text)]


def once(tags: Iterable[str]) -> list[str]:
    """Each hashtag once, whatever its spelling, as first written."""
    first: dict[str, str] = {}
    for tag in tags:
        first.setdefault(unicodedata.normalize("NFKC", tag).lower().lstrip("#"), tag)
    return list(first.values())


def read_html(html: str) -> tuple[str, list[str]]:
    """The text of an HTML fragment and the links in it that are neither mentions nor hashtags."""
    page = _Page()
    page.feed(html.replace("<![", "&lt;!["))  # the parser asserts on a marked section that it does not know
    page.close()
    return "".join(page.words).strip(), page.links


def _trim(tag: str) -> str:
    while tag and unicodedata.category(tag[-1]).startswith("P"):
        tag = tag[:-1]
    return tag


class _Page(HTMLParser):
    """Collects words, with a line break for each block, and link targets."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.words: list[str] = []
        self.links: list[str] = []
        self._unread = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._unread += tag in _UNREAD
        if tag == "br":
            self.words.append("\n")
        given = dict(attrs)
        target = given.get("href")
        if tag == "a" and target and not _NOT_LINKS & set((given.get("class") or "").split()):
            self.links.append(target)

    def handle_endtag(self, tag: str) -> None:
        self._unread = max(0, self._unread - (tag in _UNREAD))
        if tag in _BREAKS:
            self.words.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._unread:
            self.words.append(data)
