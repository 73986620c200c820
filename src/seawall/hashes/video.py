"""Videos by their frames: a PDQ hash a second, compared as vPDQ does."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from seawall.hashes.entries import THRESHOLD
from seawall.hashes.hashing import QUALITY_FROM, Pixels, pdq_of
from seawall.hashes.hexadecimal import Words, decode, words
from seawall.hashes.nearest import NearHashes

EVERY = 1.0
"""Seconds between hashed frames (vPDQ, threatexchange documentation)."""

_ENOUGH = 0.8


@dataclass(frozen=True, slots=True)
class VideoHash:
    """The hashes of a video's frames that PDQ can tell apart, shape (n, 4), and how many frames were looked at."""

    frames: Words
    looked_at: int

    @classmethod
    def of(cls, frames: Iterable[tuple[float, Pixels]]) -> "VideoHash":
        """Hash frames given as (seconds, RGB pixels), in order; those within a second of the last are passed over.

        Frames of low quality (black, plain titles) are left out, for they are in every video.
        """
        texts, last, looked_at = [], -np.inf, 0
        for seconds, pixels in frames:
            if seconds - last < EVERY:
                continue
            last, looked_at = seconds, looked_at + 1
            text, quality = pdq_of(pixels)
            texts += [text] if quality >= QUALITY_FROM else []
        return cls(words(decode(pa.array(texts, pa.string()), 64)[0]), looked_at)

    @property
    def usable(self) -> bool:
        """Whether any frame can be compared; a video of flat frames matches nothing, and says so."""
        return len(self.frames) > 0


@dataclass(frozen=True, slots=True)
class VideoMatch:
    """How much of either video is in the other, each from 0 to 1."""

    of_query: float
    of_known: float

    @property
    def matches(self) -> bool:
        """Whether the known video is in the query nearly whole; what surrounds it there does not matter."""
        return self.of_known >= _ENOUGH


def compare_videos(query: VideoHash, known: VideoHash, threshold: int = THRESHOLD) -> VideoMatch:
    """Shares of frames with a near frame in the other video, whatever their order (the vPDQ rule)."""
    if not query.usable or not known.usable:
        return VideoMatch(0.0, 0.0)
    found = NearHashes.of(known.frames, np.arange(len(known.frames))).search(query.frames, threshold)
    return VideoMatch(len(np.unique(found[:, 0])) / len(query.frames), len(np.unique(found[:, 1])) / len(known.frames))
