"""A platform's own staging recommender over HTTP, within limits.

The host must be on the list; test accounts are those that the operator names and no others; requests keep a rate; a
population with child personas is walked only where the host states, in a header of every answer, that it is synthetic.
Nothing is sent unless it is asked to be live. An answer that is late, wrong or missing ends the walk of that test
account, counted: a trial is then partial, and never silently shorter. The protocol is in docs/how-to/trial.md.
"""

import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Annotated

import msgspec
import numpy as np
from msgspec import Meta, Struct

from seawall.effects.outbound import Answer, Outbound
from seawall.records.errors import BadInput, Refused, Unavailable
from seawall.trials.draws import Bools, Ints
from seawall.trials.platform import Platform
from seawall.trials.recommenders.base import SIGNALS, Page, Signal, Surface

HEADER, SYNTHETIC = "seawall-population", "synthetic"
PATIENCE = 20
"""Failures in a row after which no test account asks any more."""
PURPOSE = "trial of a staging recommender"
UNTOLD = SIGNALS.index(Signal.UNTOLD)
_SIGNALS = {str(signal): place for place, signal in enumerate(SIGNALS)}
Text = Annotated[str, Meta(min_length=1, max_length=256)]


class Item(Struct, frozen=True):
    """One thing that is shown: an account or a tag by its id, a post with its author; `signal` as in base.Signal."""

    id: Text
    author: Text | None = None
    signal: str = str(Signal.UNTOLD)


class Shown(Struct, frozen=True):
    """An answer."""

    items: Annotated[list[Item], Meta(max_length=1_000)]


@dataclass(slots=True)
class Pace:
    """At most `rate` requests a second; the clock and the sleep are given, so that tests need not wait."""

    rate: float
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    next_at: float = 0.0

    def wait(self) -> None:
        """Wait until the next request may go."""
        now = self.clock()
        if now < self.next_at:
            self.sleep(self.next_at - now)
        self.next_at = max(now, self.next_at) + 1 / self.rate


@dataclass(slots=True)
class Staging:
    """A recommender at `base`; `testers` are the operator's test accounts, one for each that walks.

    `names` are the ids of the platform's accounts as the host writes them, by account number. `failures` counts by
    kind, `unknown` the items of which the activity knows nothing; both end in the results.
    """

    base: str
    outbound: Outbound
    testers: Sequence[str]
    platform: Platform
    names: Mapping[int, str]
    pace: Pace
    children: bool = False
    name: str = "staging"
    lost: Bools = field(default_factory=lambda: np.zeros(0, bool))
    asked: int = 0
    unknown: int = 0
    failures: Counter[str] = field(default_factory=Counter)
    _in_a_row: int = 0
    _books: "Books" = field(default_factory=lambda: Books({}, {}))

    def begin(self, count: int) -> None:
        """Ask whether the population is synthetic, and make room for `count` walks; raises Refused, BadInput."""
        if count > len(self.testers):
            raise BadInput(f"{count} test accounts are needed and {len(self.testers)} are named. Name more of them.")
        self.lost = np.zeros(count, bool)
        self._books = Books(
            {name: number for number, name in self.names.items()},
            {tag: number for number, tag in enumerate(self.platform.tags)},
        )
        self.pace.wait()
        if self.children:
            _check_synthetic(self.outbound.request("GET", f"{self.base}/population", purpose=PURPOSE), self.base)

    def search(self, who: Ints, tags: Ints, count: int) -> Page:
        """Accounts that a search finds."""
        return self._pages(Surface.SEARCH, who, count, tags)

    def suggest(self, who: Ints, tags: Ints, count: int) -> Page:
        """Completions."""
        return self._pages(Surface.SUGGEST, who, count, tags)

    def tags(self, who: Ints, tags: Ints, count: int) -> Page:
        """Related tags."""
        return self._pages(Surface.TAGS, who, count, tags)

    def accounts(self, who: Ints, count: int) -> Page:
        """Accounts to follow."""
        return self._pages(Surface.ACCOUNTS, who, count, None)

    def posts(self, who: Ints, count: int) -> Page:
        """Posts to read."""
        return self._pages(Surface.POSTS, who, count, None)

    def follow(self, who: Ints, accounts: Ints) -> None:
        """Each follows an account."""
        self._act("follow", who, [self.names.get(account, "") for account in accounts.tolist()])

    def like(self, who: Ints, posts: Ints) -> None:
        """Each likes a post."""
        self._act("like", who, [self._books.posts[post][0] for post in posts.tolist()])

    def view(self, who: Ints, accounts: Ints) -> None:
        """Each opens an account's page."""
        self._act("view", who, [self.names.get(account, "") for account in accounts.tolist()])

    def author(self, posts: Ints) -> Ints:
        """The account behind each post that was shown."""
        authors = np.array([author for _, author in self._books.posts] or [-1])
        return np.where(posts >= 0, authors[np.maximum(posts, 0)], -1)

    def _act(self, act: str, who: Ints, ids: Sequence[str]) -> None:
        for tester, name in zip(who.tolist(), ids, strict=True):
            self._send(tester, act, {"viewer": self.testers[tester], "id": name})

    def _pages(self, surface: Surface, who: Ints, count: int, tags: Ints | None) -> Page:
        items, signals = np.full((len(who), count), -1), np.full((len(who), count), UNTOLD)
        for row, tester in enumerate(who.tolist()):
            asked: dict[str, object] = {"viewer": self.testers[tester], "count": count}
            if tags is not None:
                asked["tag"] = self.platform.tags[tags[row]] if tags[row] >= 0 else ""
            answer = self._send(tester, str(surface), asked)
            read = self._read(tester, surface, answer) if answer else []
            for place, (number, signal) in enumerate(read[:count]):
                items[row, place], signals[row, place] = number, signal
        return Page(items, signals)

    def _send(self, tester: int, path: str, body: Mapping[str, object]) -> Answer | None:
        """One request of one test account; None once it, or the host, has failed."""
        if self.lost[tester] or self._in_a_row >= PATIENCE:
            self.lost[tester] = True
            return None
        self.pace.wait()
        self.asked += 1
        head = {"Content-Type": "application/json", "Seawall-Trial": "1"}
        try:
            answer = self.outbound.request(
                "POST", f"{self.base}/{path}", purpose=PURPOSE, headers=head, body=msgspec.json.encode(body)
            )
        except Unavailable:
            self._fail(tester, "no whole answer")
            return None
        if answer.status != 200:
            self._fail(tester, f"status {answer.status}")
            return None
        if self.children:
            _check_synthetic(answer, self.base)
        self._in_a_row = 0
        return answer

    def _fail(self, tester: int, kind: str) -> None:
        self.failures[kind] += 1
        self._in_a_row += 1
        self.lost[tester] = True

    def _read(self, tester: int, surface: Surface, answer: Answer) -> list[tuple[int, int]]:
        """The items of an answer as numbers with their signals; unknown ones are counted and left out."""
        try:
            shown = msgspec.json.decode(answer.body, type=Shown)
        except msgspec.DecodeError:
            self._fail(tester, "malformed answer")
            return []
        found = [(self._books.number(surface, item), _SIGNALS.get(item.signal, UNTOLD)) for item in shown.items]
        self.unknown += sum(number < 0 for number, _ in found)
        return list(dict.fromkeys(pair for pair in found if pair[0] >= 0))


@dataclass(slots=True)
class Books:
    """Which number each text id has; posts are numbered as they are first shown, each with its author's number."""

    accounts: Mapping[str, int]
    tags: Mapping[str, int]
    posts: list[tuple[str, int]] = field(default_factory=list)
    places: dict[str, int] = field(default_factory=dict)

    def number(self, surface: Surface, item: Item) -> int:
        """The number of an item, -1 for an account or a tag that the activity does not hold."""
        if surface in (Surface.SUGGEST, Surface.TAGS):
            return self.tags.get(item.id, -1)
        if surface is not Surface.POSTS:
            return self.accounts.get(item.id, -1)
        author = self.accounts.get(item.author or "", -1)
        if author >= 0 and item.id not in self.places:
            self.places[item.id] = len(self.posts)
            self.posts.append((item.id, author))
        return self.places.get(item.id, -1) if author >= 0 else -1


def _check_synthetic(answer: Answer, base: str) -> None:
    if answer.headers.get(HEADER, "").strip().lower() != SYNTHETIC:
        raise Refused(
            f"{base} does not state that its population is synthetic (header {HEADER}: {SYNTHETIC}), so no child "
            "persona walks there. Leave them out, or let the host state it."
        )
