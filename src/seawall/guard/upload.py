"""Uploads: known files, terms, links and tags, before publishing."""

from collections.abc import Sequence

import numpy as np

from seawall.guard.policy import Subject
from seawall.guard.search import tag_subject
from seawall.guard.texts import column
from seawall.guard.things import look_up
from seawall.guard.verdict import Verdict, nothing, stricter, verdict
from seawall.guard.view import View
from seawall.hashes.entries import THRESHOLD
from seawall.hashes.hexadecimal import decode, words
from seawall.records.ids import Keys

_PDQ_DIGITS = 64


def upload(
    view: View, viewer: int, digests: Keys, pdq: Sequence[str], text: str, hashtags: Sequence[str], links: Keys
) -> Verdict:
    """The verdict on an upload by what it holds; `digests` and `links` are keyed ids."""
    decided = nothing("upload", viewer)
    if view.blind:
        decided = verdict(view.policy, "upload", Subject.UNSEEN, viewer)
    for kind, keyed in (("media", digests), ("link", links)):
        for subject, one in zip(_subjects(view, kind, keyed), keyed.tolist(), strict=True):
            if subject:
                decided = stricter(decided, verdict(view.policy, "upload", subject, viewer, one))
    if pdq:
        near = _nearest(view, pdq)
        if near:
            decided = stricter(decided, verdict(view.policy, "upload", near, viewer))
    for found in (view.text(text) if text else None, *(view.text(tag, hashtag=True) for tag in hashtags)):
        if found is not None:
            subject = Subject.TERM_WEAK + found.severity - 1
            decided = stricter(decided, verdict(view.policy, "upload", subject, viewer, found.term))
    if any(tag_subject(view, tag) for tag in hashtags):
        decided = stricter(decided, verdict(view.policy, "upload", Subject.TAG_CLOSED, viewer))
    return decided


def _subjects(view: View, kind: str, keyed: Keys) -> list[int]:
    if not len(keyed):
        return []
    told: list[int] = look_up(keyed, view.secrets.words[kind], view.held.address).tolist()
    return told


def _nearest(view: View, pdq: Sequence[str]) -> int:
    """What the PDQ hashes of an upload are held to be at worst, decisions since the run included."""
    hashes, fine = decode(column(pdq), _PDQ_DIGITS)
    asked = np.ascontiguousarray(words(hashes[fine])).reshape(-1, 4)
    if len(view.late.pdq) and _near(asked, view.late.pdq).any():
        return int(Subject.HASH_KNOWN)
    if len(view.late.spared):
        asked = asked[~_near(asked, view.late.spared)]
    return view.media.worst(asked) if view.media is not None and len(asked) else 0


def _near(asked: Keys, others: Keys) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Which hashes are within the threshold of any of the others."""
    apart = np.bitwise_count(asked[:, None, :] ^ others[None, :, :]).sum(axis=2)
    near: np.ndarray[tuple[int], np.dtype[np.bool_]] = (apart <= THRESHOLD).any(axis=1)
    return near
