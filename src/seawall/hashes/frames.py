"""The process that decodes a video, started by `video_file`.

`python -m seawall.hashes.frames FD LIMITS` reads the video from an open file and writes one JSON line a hashed frame
and a last one with the outcome. Decoders are written in C and eat what strangers upload: here they may crash, hang or
swell without harm to the process that asked.
"""

import math
import resource
import sys
from collections.abc import Callable, Iterator
from typing import Any

import msgspec
import numpy as np

from seawall.hashes.hashing import Pixels, pdq_of

EVERY = 1.0
"""Seconds between hashed frames (vPDQ, threatexchange documentation)."""

MOST_APART = 60
"""Decoded frames between hashed ones at most, whatever the file says of time: stamps can be forged."""


class VideoLimits(msgspec.Struct, frozen=True):
    """How much is read, decoded and spent on one file: against decompression bombs."""

    bytes: int = 512 << 20
    pixels: int = 1 << 25  # of one frame
    frames: int = 1_000_000  # decoded
    seconds: float = 4 * 3600.0  # of playing time
    cpu_seconds: int = 300
    memory: int = 3 << 30


def main() -> None:
    """Decode under limits; the outcome is the last line."""
    limits = msgspec.json.decode(sys.argv[2], type=VideoLimits)
    resource.setrlimit(resource.RLIMIT_CPU, (limits.cpu_seconds, limits.cpu_seconds))
    resource.setrlimit(resource.RLIMIT_AS, (limits.memory, limits.memory))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    _tell(_read(f"/proc/self/fd/{int(sys.argv[1])}", limits))


def _read(path: str, limits: VideoLimits) -> str:
    """Hash frames; what became of the video, as a value of `VideoOutcome`."""
    import cv2  # the extra `video`

    capture = cv2.VideoCapture(path, cv2.CAP_FFMPEG)
    if not capture.isOpened():
        return "broken"
    if capture.get(cv2.CAP_PROP_FRAME_WIDTH) * capture.get(cv2.CAP_PROP_FRAME_HEIGHT) > limits.pixels:
        return "too_many_pixels"
    told, last, since = 0, -math.inf, 0
    for number, (seconds, decoded) in enumerate(_frames(capture)):
        if number >= limits.frames or seconds > limits.seconds:
            return "cut"
        since += 1
        if abs(seconds - last) < EVERY and since < MOST_APART:
            continue
        pixels = decoded()
        if pixels is not None:
            _tell([seconds, *pdq_of(pixels)])
            told, last, since = told + 1, seconds, 0
    return "hashed" if told else "broken"


def _frames(capture: Any) -> Iterator[tuple[float, Callable[[], Pixels | None]]]:
    """(seconds, a call that gives RGB pixels) of every frame in turn."""
    import cv2

    def decoded() -> Pixels | None:
        there, pixels = capture.retrieve()
        return np.asarray(cv2.cvtColor(pixels, cv2.COLOR_BGR2RGB)) if there else None

    while capture.grab():
        seconds = capture.get(cv2.CAP_PROP_POS_MSEC) / 1000
        yield (seconds if math.isfinite(seconds) else 0.0), decoded


def _tell(line: object) -> None:
    sys.stdout.buffer.write(msgspec.json.encode(line) + b"\n")
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
