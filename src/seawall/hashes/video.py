"""Videos by their frames: a PDQ hash a second, compared as vPDQ does."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pyarrow as pa

from seawall.hashes.entries import THRESHOLD
from seawall.hashes.hashing import QUALITY_FROM
from seawall.hashes.hexadecimal import Words, decode, words
from seawall.hashes.nearest import NearHashes

_ENOUGH = 0.8


class HashedFrame(NamedTuple):
    """One frame: where it stands in seconds, its PDQ as 64 hex digits, and the quality of that."""

    seconds: float
    pdq: str
    quality: int


@dataclass(frozen=True, slots=True)
class VideoHash:
    """The hashes of a video's frames that PDQ can tell apart, shape (n, 4), and how many frames were looked at."""

    frames: Words
    looked_at: int

    @classmethod
    def of(cls, frames: Sequence[HashedFrame]) -> "VideoHash":
        """Frames of low quality (black, plain titles) are left out, for they are in every video."""
        texts = [frame.pdq for frame in frames if frame.quality >= QUALITY_FROM]
        return cls(words(decode(pa.array(texts, pa.string()), 64)[0]), len(frames))

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


@dataclass(frozen=True, slots=True)
class KnownVideos:
    """Videos to match others against, by name, in one index of all their frames."""

    names: tuple[str, ...]
    sizes: tuple[int, ...]
    starts: tuple[int, ...]
    near: NearHashes

    @classmethod
    def of(cls, videos: Mapping[str, VideoHash]) -> "KnownVideos":
        """An index of the videos that are usable."""
        usable = {name: video for name, video in videos.items() if video.usable}
        sizes = [len(video.frames) for video in usable.values()]
        frames = np.concatenate([np.empty((0, 4), np.uint64), *(video.frames for video in usable.values())])
        starts = np.cumsum([0, *sizes])[:-1].tolist()
        return cls(tuple(usable), tuple(sizes), tuple(starts), NearHashes.of(frames, np.arange(len(frames))))

    def compare(self, query: VideoHash, threshold: int = THRESHOLD) -> dict[str, VideoMatch]:
        """For each video with a near frame: shares of frames with a near frame in the other, whatever their order.

        The vPDQ rule (threatexchange documentation) is `matches`; a query that is not usable is near nothing.
        """
        found = self.near.search(query.frames, threshold)
        video = np.searchsorted(self.starts, found[:, 1], "right") - 1
        told = {}
        for number in np.unique(video).tolist():
            pairs = found[video == number]
            shares = len(np.unique(pairs[:, 0])) / len(query.frames), len(np.unique(pairs[:, 1])) / self.sizes[number]
            told[self.names[number]] = VideoMatch(*shares)
        return told
