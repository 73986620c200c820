"""The guard in process: what a platform's services call."""

import itertools
import secrets as randomness
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from time import time as now
from types import TracebackType
from typing import Self, TypeVar

import numpy as np
import numpy.typing as npt

from seawall.guard import contact, profile, recommend, search, suggest, tag, upload
from seawall.guard.answered import Answered, Kept, Profiled, Searched
from seawall.guard.answers import Age, ContactKind, Decision, ItemKind
from seawall.guard.journal import Journal
from seawall.guard.keeper import Health, Keeper
from seawall.guard.messages import Messages, shipped_messages
from seawall.guard.overlay import Overlay, read_trusted
from seawall.guard.policy import CODE, Policy, Subject, Viewer, default_policy
from seawall.guard.probes import Probes
from seawall.guard.secrets import Secrets
from seawall.guard.texts import Texts, column
from seawall.guard.trace import Sealer, Trace
from seawall.guard.verdict import ALLOWED, Verdict, verdict
from seawall.guard.view import View
from seawall.guard.viewer import viewer as viewer_of
from seawall.intake.normal import normal_links
from seawall.records.errors import BadInput
from seawall.records.ids import IdKey, Keys

Ids = npt.NDArray[np.uint64]

_DETERS, _SILENT = CODE[Decision.DETERRENCE], CODE[Decision.SILENT]
_FAILURES = (Exception,)  # whatever fails inside, a surface answers what is safe
Told = TypeVar("Told", bound=Answered)
_NOWHERE = np.empty(0, np.int64)


class Guard:
    """Answers from a published index; every method may be called from any thread.

    Accounts are keyed ids (`account_id`, `account_ids`), 0 for a viewer who is not signed in. A request that fails
    inside is answered with the safe default of its surface and counted in `failed`.
    """

    def __init__(self, keeper: Keeper, probes: Probes, messages: Messages) -> None:
        self.keeper, self.probes, self.messages = keeper, probes, messages
        self.failed: Counter[str] = Counter()
        self._sealer = Sealer.of(keeper.key)
        self._accounts, self._media, self._links = (Texts(keeper.key, kind) for kind in ("account", "media", "link"))
        self._serials = itertools.count(randomness.randbits(62))

    @classmethod
    def open(
        cls,
        folder: Path,
        key: IdKey,
        policy: Policy | None = None,
        overlay: Path | None = None,
        *,
        trusted: Path | None = None,
        journal: Path | None = None,
        probes: Path | None = None,
        messages: Messages | None = None,
    ) -> Self:
        """The guard of a published index, or of a serving folder, whose versions it follows.

        `overlay` is the file of late decisions, `trusted` the PEM file of the key that signs them (beside the overlay
        with the suffix .pub, where it is not given). `journal` is the folder of the decision log, `probes` a file in
        which a machine's workers share how often each viewer was shown the page of help. Errors: `Refused` where the
        index is of another key; any other damage opens a guard that answers safely and says in `health` what is wrong.
        """
        follows = Overlay(overlay, read_trusted(trusted or overlay.with_suffix(".pub"))) if overlay else None
        policy = policy or default_policy()
        keeper = Keeper(folder, key, policy, follows, Journal(journal, key) if journal else None)
        counts = Probes(policy.probes, Secrets.of(key), probes)
        guard = cls(keeper, counts, messages or shipped_messages())
        guard.warm()
        keeper.start()
        return guard

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self.close()

    @property
    def version(self) -> str:
        """The version of the index that answers now."""
        return self.keeper.view.version

    def account_id(self, text: str) -> int:
        """The keyed id of one of the platform's account ids."""
        return self._accounts.one(text)

    def account_ids(self, texts: Sequence[str]) -> Keys:
        """The keyed ids of account ids, shape (len(texts),)."""
        return self._accounts.many(texts)

    def search(
        self,
        query: str,
        viewer: int = 0,
        age: Age = Age.UNKNOWN,
        *,
        authors: Ids | None = None,
        country: str = "",
        language: str = "en",
    ) -> Searched:
        """Whether a query is answered, and which of the results' authors are left out."""
        view, gone, page = self.keeper.view, _NOWHERE, ""
        try:
            who = viewer_of(view, viewer, age)
            decided = search.query(view, query, who)
            if decided.code == _DETERS and self.probes.silent(viewer):
                decided = decided._replace(code=_SILENT)
            if authors is not None and decided.code == ALLOWED:
                gone = search.removed(view, authors, who)
        except _FAILURES as error:
            decided = self._failed(view, "search", error, about=Subject.UNREAD)
        answered = self._told(Searched, decided, view, query)
        if decided.code == _DETERS:
            page = self.messages.page(answered.message, country, language)
        answered.removed, answered.help = gone, page
        return answered

    def suggest(self, typed: str, completions: Sequence[str], viewer: int = 0, age: Age = Age.UNKNOWN) -> Kept:
        """Which completions or related tags may be shown."""
        view, kept = self.keeper.view, _NOWHERE
        try:
            decided, kept = suggest.suggestions(view, typed, completions, viewer_of(view, viewer, age))
        except _FAILURES as error:
            decided = self._failed(view, "suggest", error)
        return self._kept(decided, view, kept, 0, typed)

    def tag(self, tag_name: str, viewer: int = 0, age: Age = Age.UNKNOWN) -> Answered:
        """Whether a hashtag's page is open."""
        view = self.keeper.view
        try:
            decided = tag.page(view, tag_name, viewer_of(view, viewer, age))
        except _FAILURES as error:
            decided = self._failed(view, "tag", error)
        return self._told(Answered, decided, view)

    def recommend(
        self,
        viewer: int,
        candidates: Ids,
        age: Age = Age.UNKNOWN,
        *,
        kind: ItemKind = ItemKind.ACCOUNT,
        authors: Ids | None = None,
    ) -> Kept:
        """Which candidates stay, in which order: keyed ids of accounts or tags, of posts with one of `authors` each."""
        view = self.keeper.view
        if kind is ItemKind.POST and (authors is None or len(authors) != len(candidates)):
            raise BadInput("posts are judged by who wrote them: give `authors`, one for each candidate.")
        try:
            if kind is ItemKind.TAG:
                decided, kept, lowered = recommend.tags(view, candidates, viewer_of(view, viewer, age))
            else:
                whose = candidates if authors is None else authors
                decided, kept, lowered = recommend.accounts(view, viewer, whose, age, kind)
        except _FAILURES as error:
            decided, kept, lowered = self._failed(view, "recommend", error), _NOWHERE, 0
        return self._kept(decided, view, kept, lowered)

    def profile(
        self,
        viewer: int,
        account: int,
        age: Age = Age.UNKNOWN,
        account_age: Age = Age.UNKNOWN,
        *,
        connected: bool | None = None,
    ) -> Profiled:
        """What of an account's page a viewer sees."""
        view, hidden = self.keeper.view, tuple(profile.PARTS)
        try:
            decided, hidden = profile.page(view, viewer, account, age, account_age, connected)
        except _FAILURES as error:
            decided = self._failed(view, "profile", error)
        answered = self._told(Profiled, decided, view)
        answered.hidden = hidden
        return answered

    def contact(
        self,
        kind: ContactKind,
        sender: int,
        recipient: int,
        sender_age: Age = Age.UNKNOWN,
        recipient_age: Age = Age.UNKNOWN,
        *,
        connected: bool | None = None,
    ) -> Answered:
        """Whether one account reaches another."""
        view = self.keeper.view
        try:
            decided = contact.reach(view, kind, sender, recipient, sender_age, recipient_age, connected)
        except _FAILURES as error:
            decided = self._failed(view, f"contact.{kind}", error, Viewer.CHILD)
        return self._told(Answered, decided, view)

    def upload(
        self,
        account: int,
        *,
        hashes: Sequence[str] = (),
        pdq: Sequence[str] = (),
        text: str = "",
        hashtags: Sequence[str] = (),
        links: Sequence[str] = (),
    ) -> Answered:
        """Whether an upload is published; what is held is to be preserved."""
        view = self.keeper.view
        try:
            digests = self._media.many([one.lower() for one in hashes])
            reached = self._links.many(normal_links(column(links)).to_pylist() if links else ())
            who = viewer_of(view, account, Age.UNKNOWN)
            decided = upload.upload(view, who, digests, pdq, text, hashtags, reached)
        except _FAILURES as error:
            decided = self._failed(view, "upload", error)
        return self._told(Answered, decided, view)

    def shed(self, surface: str, viewer: Viewer = Viewer.CHILD) -> Answered:
        """The safe answer of a surface (`policy.SURFACES`) without a look at the index, for overload; counted."""
        view = self.keeper.view
        self.failed[f"{surface} shed"] += 1
        return self._told(Answered, verdict(view.policy, surface, Subject.UNSEEN, viewer), view)

    def swap(self, folder: Path) -> str:
        """Serve another index from now on; returns its version. Requests in progress end with the one they began with.

        Errors: whatever is wrong with the new one; the one in use keeps serving, and `health` says so.
        """
        return self.keeper.swap(folder)

    def health(self) -> Health:
        """Whether the guard is ready, and what is wrong with it."""
        return self.keeper.health()

    def decided(self, decision_id: str) -> Trace:
        """What is behind a decision id."""
        return self._sealer.open(decision_id)

    def warm(self) -> None:
        """Run every kernel once, so that no request waits for one to compile."""
        nobody = np.array([1, 2], np.uint64)
        self.search("a b", 1, authors=nobody)
        self.suggest("a", ["b"])
        self.tag("a")
        for kind in ItemKind:
            self.recommend(1, nobody, kind=kind, authors=None if kind is ItemKind.TAG else nobody)
        self.contact(ContactKind.FOLLOW, 1, 2)
        self.profile(1, 2)
        self.upload(1, hashes=["0" * 32], pdq=["0" * 64], text="a", hashtags=["a"], links=["a.example"])

    def close(self) -> None:
        """Stop the background work; requests in progress end."""
        self.keeper.close()

    def _kept(self, decided: Verdict, view: View, kept: npt.NDArray[np.int64], lowered: int, text: str = "") -> Kept:
        answered = self._told(Kept, decided, view, text)
        answered.kept, answered.lowered = kept, lowered
        return answered

    def _told(self, kind: type[Told], decided: Verdict, view: View, text: str = "") -> Told:
        answered = kind((decided, view, self._sealer, next(self._serials), now()))
        if decided.code and self.keeper.journal is not None:
            self.keeper.journal.note(answered.trace, text)
        return answered

    def _failed(
        self,
        view: View,
        surface: str,
        error: Exception,
        viewer: Viewer = Viewer.ANYONE,
        about: Subject = Subject.UNSEEN,
    ) -> Verdict:
        """The safe default of a surface, for a request that failed inside."""
        self.failed[f"{surface} {type(error).__name__}"] += 1
        return verdict(view.policy, surface, about, viewer)
