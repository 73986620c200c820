"""A published index, open: keyed ids, terms, known files.

A folder of sections (`section.py`), a manifest that is written last, and an index of hashes where there are any. Every
section carries the version of the index that it was published with, so that parts of two indexes never serve together.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Self

import msgspec
import numpy as np

from seawall.guard import canary
from seawall.guard.media import Media
from seawall.guard.secrets import Secrets, all_again
from seawall.guard.section import Section, section_bytes
from seawall.guard.table import Table, frozen, holds
from seawall.guard.wording import Wording
from seawall.records.errors import Damaged, UnknownVersion
from seawall.records.ids import IdKey, Keys
from seawall.records.run import SCHEMA_VERSION

MANIFEST = "manifest.json"
ACCOUNTS, PAIRS, THINGS, TERMS, HASHES = "accounts.bin", "pairs.bin", "things.bin", "terms.bin", "hashes"
_MEND = "Publish it again with `seawall run`."


class Manifest(msgspec.Struct, frozen=True):
    """What a published folder holds."""

    schema_version: int
    version: str
    sections: list[str]
    entries: dict[str, int]


@dataclass(frozen=True, slots=True)
class Index:
    """An open index; `sections` are what `verify` reads. `media` is none where no hash was published."""

    folder: Path
    version: str
    accounts: Table
    pairs: Table
    things: Table
    wording: Wording
    media: Media | None
    secrets: Secrets
    sections: tuple[Section, ...]

    @classmethod
    def open(cls, folder: Path, key: IdKey) -> Self:
        """Open a published index; bodies are not read yet. Errors: `Damaged`, `UnknownVersion`, `Refused`."""
        manifest, secrets = read_manifest(folder), Secrets.of(key)
        names = (ACCOUNTS, PAIRS, THINGS, TERMS)
        sections = tuple(_section(folder / name, secrets) for name in names)
        if any(f"{section.stamp:016x}" != manifest.version for section in sections):
            raise Damaged(f"{folder} holds parts of two indexes: it was copied while it was changed. {_MEND}")
        accounts, pairs, things = (Table.of(section) for section in sections[:3])
        media = Media.open(folder / HASHES) if (folder / HASHES).is_dir() else None
        wording = Wording.open(sections[3], secrets)
        return cls(folder, manifest.version, accounts, pairs, things, wording, media, secrets, sections)

    def check_canary(self) -> None:
        """Errors: `Damaged` where the index does not find what every index holds."""
        for kind, table in (("account", self.accounts), ("hashtag", self.things)):
            keyed = frozen(np.array([self.secrets.canary[kind]], np.uint64))
            if not holds(table.keys, all_again(keyed, self.secrets.words[kind])[0]):
                raise Damaged(f"{self.folder} does not find the canary {kind}. {_MEND}")
        if self.wording.query(canary.TERM) is None:
            raise Damaged(f"{self.folder} does not find the canary term. {_MEND}")

    def verify(self) -> None:
        """Read everything once. Errors: `Damaged` names the part that is not what was published."""
        for section in self.sections:
            section.verify()
        if self.media is not None:
            self.media.verify()


def read_manifest(folder: Path) -> Manifest:
    """The manifest of a published folder."""
    path = folder / MANIFEST
    try:
        raw = path.read_bytes()
    except FileNotFoundError as error:
        raise Damaged(f"{folder} holds no guard index, or one that was not finished. {_MEND}") from error
    try:
        manifest = msgspec.json.decode(raw, type=Manifest)
    except msgspec.DecodeError as error:
        raise Damaged(f"{path} is not the manifest of a guard index ({error}). {_MEND}") from error
    if manifest.schema_version != SCHEMA_VERSION:
        raise UnknownVersion.of(str(path), manifest.schema_version, SCHEMA_VERSION)
    return manifest


def without_accounts(blob: bytes, path: Path, key: IdKey, keyed: Keys) -> bytes:
    """The bytes of an account section without these keyed accounts; the same where it holds none of them."""
    secrets = Secrets.of(key)
    section = Section.read(blob, path, path.stem, secrets)
    section.verify()
    words = secrets.words["account"]
    hashed, rows = Table.of(section).entries(words)
    stays = ~np.isin(hashed, all_again(frozen(keyed), words))
    if stays.all():
        return blob
    table = Table.build(hashed[stays], rows[stays], words)
    return section_bytes(path.stem, section.stamp, secrets, table.parts, table.facts)


def _section(path: Path, secrets: Secrets) -> Section:
    if not path.is_file():
        raise Damaged(f"{path} is missing from the guard index. {_MEND}")
    return Section.open(path, path.stem, secrets)
