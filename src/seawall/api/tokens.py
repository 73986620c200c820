"""Bearer tokens: who asks, and what for."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np

from seawall.hashes.hexadecimal import Words

HASH, MATCH, CURATE, INVESTIGATE = "hashes:hash", "hashes:match", "hashes:curate", "hashes:investigate"
"""Scopes: to hash files, to ask match or no match, to change banks, and to see distances."""

EXCHANGE = "hashes:exchange"
"""Scope to give credentials and to list, pause and drop exchanges."""

HASH_SCOPES = (HASH, MATCH, CURATE, INVESTIGATE, EXCHANGE)

_REMEMBERED = 256  # questions of a token that new ones are compared to
_LADDER = 15  # distinct hashes near one another before they look like steps
_STEP = 40  # bits


@dataclass(frozen=True, slots=True)
class Token:
    """A client by name; only the SHA-256 of its secret is known here."""

    name: str
    digest: str
    scopes: frozenset[str]

    @classmethod
    def of(cls, name: str, secret: str, scopes: Iterable[str]) -> "Token":
        """A token of a secret as the client sends it."""
        return cls(name, hashlib.sha256(secret.encode()).hexdigest(), frozenset(scopes))


@dataclass(slots=True)
class ProbeWatch:
    """Notices a token that asks for many hashes a few bits apart: someone learns how far is far enough to slip by."""

    _asked: dict[str, Words] = field(default_factory=dict)
    _told: set[str] = field(default_factory=set)

    def observe(self, token: str, hashes: Words) -> bool:
        """Remember what a token asked; says whether it looks like a ladder now, once for each token."""
        before = self._asked.get(token, np.empty((0, 4), np.uint64))
        asked = np.unique(np.concatenate([before, hashes])[-_REMEMBERED:], axis=0, return_index=True)[1]
        recent = np.concatenate([before, hashes])[-_REMEMBERED:][np.sort(asked)]
        self._asked[token] = recent
        if token in self._told or len(recent) == 0:
            return False
        apart = np.bitwise_count(recent ^ hashes[-1]).sum(axis=1)
        if int(((apart > 0) & (apart <= _STEP)).sum()) < _LADDER:
            return False
        self._told.add(token)
        return True
