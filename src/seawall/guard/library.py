"""The guard in process: what a platform's search, recommender and messages call."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from seawall.guard.answered import Answered, Kept, Profiled, Searched
from seawall.guard.answers import Age, ContactKind, ItemKind
from seawall.guard.policy import Policy
from seawall.records.errors import Unavailable
from seawall.records.ids import IdKey, Keys

Ids = npt.NDArray[np.uint64]


class Guard:
    """Answers from a published index; every method may be called from any thread.

    Accounts are keyed ids (`account_id`, `account_ids`), 0 for a viewer who is not signed in.
    """

    @classmethod
    def open(cls, folder: Path, key: IdKey, policy: Policy | None = None, overlay: Path | None = None) -> "Guard":
        """The guard of a published index, or of a serving folder that points to one."""
        raise Unavailable("the guard's library is being built.")

    def account_id(self, text: str) -> int:
        """The keyed id of one of the platform's account ids."""
        raise NotImplementedError

    def account_ids(self, texts: Sequence[str]) -> Keys:
        """The keyed ids of account ids, shape (len(texts),)."""
        raise NotImplementedError

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
        raise NotImplementedError

    def suggest(self, typed: str, completions: Sequence[str], viewer: int = 0, age: Age = Age.UNKNOWN) -> Kept:
        """Which completions or related tags may be shown."""
        raise NotImplementedError

    def tag(self, tag: str, viewer: int = 0, age: Age = Age.UNKNOWN) -> Answered:
        """Whether a hashtag's page is open."""
        raise NotImplementedError

    def recommend(
        self,
        viewer: int,
        candidates: Ids,
        age: Age = Age.UNKNOWN,
        *,
        kind: ItemKind = ItemKind.ACCOUNT,
        authors: Ids | None = None,
    ) -> Kept:
        """Which candidates stay, in which order; for posts, `authors` has one each."""
        raise NotImplementedError

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
        raise NotImplementedError

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
        raise NotImplementedError

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
        raise NotImplementedError

    def shed(self, surface: str) -> Answered:
        """The safe answer of a surface without a look at the index, for overload; counted."""
        raise NotImplementedError

    def swap(self, folder: Path) -> str:
        """Serve another index from now on; returns its version. Requests in progress end with the index they began with.

        Errors: whatever is wrong with the new one; the one in use keeps serving, and `health` says so.
        """
        raise NotImplementedError

    def close(self) -> None:
        """Stop the background work; requests in progress end."""
