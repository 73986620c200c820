"""Destruction by two people, with a record of it."""

import os
import shutil
from datetime import datetime

import msgspec

from seawall.disclosures.vault.vault import DESTROYED, By, Vault
from seawall.records.errors import Refused


class Destruction(msgspec.Struct, frozen=True, kw_only=True):
    """What was destroyed, when, why and by whom; it names no content."""

    case: str
    at: datetime
    by: tuple[str, str]
    why: str
    preserved_until: datetime
    items: tuple[str, ...]
    bytes: int
    log_head: str


def purge(vault: Vault, case_id: str, first: str, second: By, now: datetime) -> Destruction:
    """Destroy a case's key and items; raises Refused before its time, under a hold, or for fewer than two people.

    The key goes first: what a disk or a backup still holds of the items is unreadable from then on.
    """
    if not first.strip() or first == second.who:
        raise Refused("a case is destroyed by two people; one proposes, another one approves.")
    if vault.place(case_id) not in vault.cases():
        raise Refused(f"there is no case {case_id} in the vault; nothing is destroyed.")
    case = vault.open(case_id, second)
    case.state.require_over(now)
    items, last = case.items(), case.log.last()
    assert case.state.preserve_until is not None
    record = Destruction(
        case=case.folder.name,
        at=now,
        by=(first, second.who),
        why=second.purpose,
        preserved_until=case.state.preserve_until,
        items=tuple(item.sealed_sha256 for item in items),
        bytes=sum(item.size for item in items),
        log_head=last.chain if last else "",
    )
    folder = vault.folder / DESTROYED
    folder.mkdir(mode=0o700, exist_ok=True)
    handle = os.open(folder / f"{case.folder.name}.json", os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o400)
    with os.fdopen(handle, "wb") as file:
        file.write(msgspec.json.encode(record))
        file.flush()
        os.fsync(file.fileno())
    (case.folder / "case.json").unlink()
    shutil.rmtree(case.folder)
    return record
