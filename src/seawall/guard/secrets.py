"""The guard's own keys: what its ids are hashed and masked with.

Everything comes from the deployment's key file by purpose, so that neither an id of a run nor one of another kind can
be looked for in the index without it.
"""

from dataclasses import dataclass, field

import numba as nb
import numpy as np
import numpy.typing as npt

from seawall.guard.texts import Texts
from seawall.records.ids import IdKey, hash_word

KINDS = ("account", "pair", "hashtag", "link", "media", "term", "viewer")
"""What is looked up by a keyed id, each under words of its own."""

CANARY = "seawall canary"
"""The name of an account and a tag that every index holds and nobody has (`canary.py`)."""


@dataclass(frozen=True, slots=True)
class Secrets:
    """`words[kind]`: four key words, two to hash an id again, two to mask what the index holds of it.

    `hashtag` keys the platform's own hashtags, so that the words of a query are hashed in one call; `terms` seals
    terms; `canary` has the keyed ids of the canaries.
    """

    words: dict[str, npt.NDArray[np.uint64]] = field(repr=False)
    fits: int = field(repr=False)
    terms: bytes = field(repr=False)
    hashtag: tuple[np.uint64, np.uint64] = field(repr=False)
    canary: dict[str, int] = field(repr=False)

    @classmethod
    def of(cls, key: IdKey) -> "Secrets":
        """The guard's keys of a deployment."""
        words = {kind: np.frombuffer(key.subkey(f"guard:{kind}"), np.uint64) for kind in KINDS}
        canary = {kind: Texts(key, kind).one(CANARY) for kind in ("account", "hashtag")}
        fits = int.from_bytes(key.subkey("guard-fits")[:8], "little")
        return cls(words, fits, key.subkey("guard-terms"), key.pair("hashtag"), canary)


@nb.njit(inline="always")
def within(hashed):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201
    """A hash that is neither 0 nor all ones."""
    return min(max(hashed, np.uint64(1)), np.uint64(0xFFFFFFFFFFFFFFFE))


@nb.njit(inline="always")
def again(identity, words):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201
    """A keyed id hashed once more; never 0 nor all ones, which have a meaning in tables."""
    return within(hash_word(identity, words[0], words[1]))


@nb.njit(inline="always")
def mask(hashed, words):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201
    """What the row of a hashed id is sealed with."""
    return np.uint32(hash_word(hashed, words[2], words[3]) & np.uint64(0xFFFFFFFF))


@nb.njit(inline="always")
def pair_of(one, other, words):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201
    """One hashed id for two accounts, in either order: SipHash chained over both, as a CBC-MAC of two blocks."""
    first = hash_word(min(one, other), words[0], words[1])
    return within(hash_word(first ^ max(one, other), words[0], words[1]))


@nb.njit(cache=True)
def all_again(identities, words):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201
    """Keyed ids hashed once more, shape (n,)."""
    out = np.empty(len(identities), np.uint64)
    for row in range(len(identities)):
        out[row] = again(identities[row], words)
    return out


@nb.njit(cache=True)
def all_masks(hashed, words):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201
    """The masks of hashed ids, shape (n,)."""
    out = np.empty(len(hashed), np.uint32)
    for row in range(len(hashed)):
        out[row] = mask(hashed[row], words)
    return out


@nb.njit(cache=True)
def all_pairs(ones, others, words):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201
    """Hashed ids of pairs of accounts, shape (n,)."""
    out = np.empty(len(ones), np.uint64)
    for row in range(len(ones)):
        out[row] = pair_of(ones[row], others[row], words)
    return out
