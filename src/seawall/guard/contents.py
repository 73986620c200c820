"""What an index is made of: arrays, from a run or from a truth."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from seawall.records.errors import BadInput
from seawall.terms.lexicon import Lexicon

Ids = npt.NDArray[np.uint64]
Codes = npt.NDArray[np.uint8]

_IDS = np.empty(0, np.uint64)
_CODES = np.empty(0, np.uint8)


@dataclass(frozen=True, slots=True)
class Contents:
    """Everything that a guard index holds; what is not given is empty.

    `accounts` (n,) are keyed ids (`IdKey.column("account", …)`), in any order, each with what it is (`subjects`, codes
    of `policy.Subject` up to `SELLS`), its age (`ages`, codes of `standing.AGES`) and the number of the risky
    neighbourhood that it belongs to or borders on (`hoods`, 0 for none). `connections` are pairs (one, other) of
    accounts of which one is a child's or a flagged one. `tags` and `links` are keyed ids of those that are closed and
    refused. `media` maps an opinion (`known`, `seed`, `cluster`, `innocent`) to keyed ids of hexadecimal md5, sha1
    and sha256 (`IdKey.column("media", …)`); `pdq` maps one to hashes as four words each, shape (n, 4).
    """

    accounts: Ids = field(default_factory=lambda: _IDS)
    subjects: Codes = field(default_factory=lambda: _CODES)
    ages: Codes = field(default_factory=lambda: _CODES)
    hoods: npt.NDArray[np.uint32] = field(default_factory=lambda: np.empty(0, np.uint32))
    connections: tuple[Ids, Ids] = field(default_factory=lambda: (_IDS, _IDS))
    tags: Ids = field(default_factory=lambda: _IDS)
    links: Ids = field(default_factory=lambda: _IDS)
    lexicon: Lexicon = field(default_factory=Lexicon)
    media: Mapping[str, Ids] = field(default_factory=dict)
    pdq: Mapping[str, Ids] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name in ("ages", "hoods"):
            if not len(getattr(self, name)) and len(self.accounts):
                object.__setattr__(self, name, np.zeros(len(self.accounts), getattr(self, name).dtype))
        lengths = {len(self.accounts), len(self.subjects), len(self.ages), len(self.hoods)}
        if len(lengths) > 1 or len(self.connections[0]) != len(self.connections[1]):
            raise BadInput(
                f"accounts, subjects, ages and hoods differ in length: {sorted(lengths)}. Give one an account."
            )
