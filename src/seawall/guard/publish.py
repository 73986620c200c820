"""Publishes an index: arrays in, a folder out, the manifest last.

The same contents under the same key give the same bytes, whatever their order; the version is a digest of them.
"""

import hashlib
from collections.abc import Sequence
from pathlib import Path

import msgspec
import numpy as np
import pyarrow as pa

from seawall.guard.canary import with_canary
from seawall.guard.contents import Contents
from seawall.guard.index import ACCOUNTS, HASHES, MANIFEST, PAIRS, TERMS, THINGS, Manifest
from seawall.guard.media import OPINIONS, write_media
from seawall.guard.policy import Subject
from seawall.guard.secrets import Secrets, all_again, all_pairs
from seawall.guard.section import Words, body_digest, section_bytes
from seawall.guard.standing import ROLE, rows_of
from seawall.guard.table import Rows, Table, frozen
from seawall.guard.wording import Wording
from seawall.records.errors import Refused
from seawall.records.ids import IdKey
from seawall.records.run import SCHEMA_VERSION
from seawall.terms.lexicon import Lexicon

Part = tuple[Sequence[Words], Sequence[int]]


def publish(folder: Path, key: IdKey, contents: Contents) -> Manifest:
    """Write an index into a new folder; returns its manifest. Errors: `Refused` where the folder holds one already."""
    secrets = Secrets.of(key)
    contents = with_canary(contents, secrets)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if (folder / MANIFEST).exists():
        raise Refused(f"{folder} holds a published index already; publish into a new folder, then swap.")
    tables = {ACCOUNTS: accounts_of(contents, secrets), PAIRS: pairs_of(contents, secrets)}
    tables[THINGS] = things_of(contents, secrets)
    parts: dict[str, Part] = {name: (table.parts, table.facts) for name, table in tables.items()}
    parts[TERMS] = wording_of(contents.lexicon, key).seal(secrets)
    hashes = write_media(folder / HASHES, contents.pdq) if any(map(len, contents.pdq.values())) else 0
    stamp = _stamp(parts, contents)
    for name, (words, facts) in parts.items():
        _write(folder / name, section_bytes(Path(name).stem, stamp, secrets, words, facts))
    entries = {Path(name).stem: table.count for name, table in tables.items()}
    entries |= {"terms": len(contents.lexicon), "hashes": hashes}
    manifest = Manifest(SCHEMA_VERSION, f"{stamp:016x}", list(parts), entries)
    _write(folder / MANIFEST, msgspec.json.format(msgspec.json.encode(manifest), indent=2) + b"\n")
    return manifest


def accounts_of(contents: Contents, secrets: Secrets) -> Table:
    """The accounts of an index, each once: of an account that is given twice the graver row stays."""
    words = secrets.words["account"]
    rows = rows_of(contents.subjects, contents.ages, contents.hoods)
    return _table(all_again(frozen(contents.accounts), words), rows, rows & np.uint32(ROLE), words)


def pairs_of(contents: Contents, secrets: Secrets) -> Table:
    """The connections of an index, as a set of pairs in no direction."""
    ones, others = map(frozen, contents.connections)
    return Table.build(np.unique(all_pairs(ones, others, secrets.words["pair"])), None, secrets.words["pair"])


def things_of(contents: Contents, secrets: Secrets) -> Table:
    """Closed tags, refused links and digests, each hashed under the words of its own kind; rows are policy subjects."""
    kinds = [("hashtag", contents.tags, int(Subject.TAG_CLOSED)), ("link", contents.links, int(Subject.LINK_REFUSED))]
    kinds += [("media", keyed, OPINIONS[opinion]) for opinion, keyed in contents.media.items()]
    hashed, rows = [np.empty(0, np.uint64)], [np.empty(0, np.uint32)]
    for kind, keyed, code in kinds:
        hashed.append(all_again(frozen(keyed), secrets.words[kind]))
        rows.append(np.full(len(keyed), code, np.uint32))
    codes = np.concatenate(rows)
    rank = np.where(codes == OPINIONS["innocent"], np.uint32(255), codes)  # a file known to be innocent is protected
    return _table(np.concatenate(hashed), codes, rank, secrets.words["hashtag"])


def wording_of(lexicon: Lexicon, key: IdKey) -> Wording:
    """The terms of an index."""
    return Wording.compile(lexicon, frozen(key.column("term", pa.array([t.text for t in lexicon.terms], pa.string()))))


def _table(hashed: Words, rows: Rows, rank: Rows, words: Words) -> Table:
    """A table of ids, each once: of an id that is given twice the row of the highest rank stays."""
    order = np.lexsort((rows, rank, hashed))
    hashed, rows = hashed[order], rows[order]
    last = np.append(hashed[1:] != hashed[:-1], True)[: len(hashed)]
    return Table.build(hashed[last], rows[last], words)


def _stamp(parts: dict[str, Part], contents: Contents) -> int:
    """The version of an index: 64 bits of SHA-256 over all that it holds."""
    digest = hashlib.sha256()
    for name, (words, facts) in parts.items():
        digest.update(f"{name} {list(facts)} ".encode() + body_digest(words))
    for name, hashes in sorted(contents.pdq.items()):
        digest.update(name.encode() + body_digest([hashes.reshape(-1)]))
    return int.from_bytes(digest.digest()[:8], "big")


def _write(path: Path, blob: bytes) -> None:
    path.touch(0o600)
    path.write_bytes(blob)
