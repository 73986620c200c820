"""Video files to hashes: digests of the bytes, PDQ of a frame a second.

The bytes go into memory and nowhere else; a process of its own decodes them under limits of time and memory (`frames`).
"""

import hashlib
import importlib.util
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from typing import BinaryIO

import msgspec

from seawall.hashes.frames import VideoLimits
from seawall.hashes.hashing import QUALITY_FROM
from seawall.hashes.video import HashedFrame, VideoHash
from seawall.records.errors import Unavailable

_PIECE = 1 << 20
_FAMILIES = "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi"
_DECODING = f"format_whitelist;{_FAMILIES}|protocol_whitelist;file|threads;1"
_FRAME = msgspec.json.Decoder(HashedFrame)


class VideoOutcome(StrEnum):
    """What became of a video file."""

    HASHED = "hashed"
    CUT = "cut"  # longer than the limits: its beginning is hashed
    TOO_COSTLY = "too_costly"  # time or memory ran out: what came before that is hashed
    LOW_QUALITY = "low_quality"  # every frame too flat or dark for PDQ to say anything
    NOT_A_VIDEO = "not_a_video"  # no container that is decoded
    BROKEN = "broken"  # a container without a frame that can be decoded
    TOO_LARGE = "too_large"  # more bytes than the limit; digests are of none of it
    TOO_MANY_PIXELS = "too_many_pixels"  # by its header, before anything is decoded


@dataclass(frozen=True, slots=True)
class HashedVideo:
    """The hashes of one video file; `frames` has every frame looked at, in order, with its quality."""

    outcome: VideoOutcome
    md5: str = ""
    sha1: str = ""
    sha256: str = ""
    frames: tuple[HashedFrame, ...] = ()

    @property
    def hash(self) -> VideoHash:
        """What is compared with other videos; unusable where no frame says enough."""
        return VideoHash.of(self.frames)


def is_video(head: bytes) -> bool:
    """Whether the first 12 bytes are those of MP4 or QuickTime, Matroska or WebM, or AVI.

    Playlists and scripts are never given to a decoder: some make it open other files and addresses.
    """
    box = head[4:8] in {b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip"}
    return box or head[:4] == b"\x1aE\xdf\xa3" or (head[:4] == b"RIFF" and head[8:12] == b"AVI ")


def hash_video(stream: BinaryIO, limits: VideoLimits | None = None) -> HashedVideo:
    """Digests and frame hashes of one file, read once from where the stream stands.

    Raises `Unavailable` where the extra `video` is not installed.
    """
    limits = limits or VideoLimits()
    if importlib.util.find_spec("cv2") is None:
        raise Unavailable("videos need the extra `video`: pip install 'seawall[video]'.")
    with _in_memory() as file:
        digests = _take_in(stream, file, limits.bytes)
        if digests is None:
            return HashedVideo(VideoOutcome.TOO_LARGE)
        if not is_video(os.pread(file, 12, 0)):
            return HashedVideo(VideoOutcome.NOT_A_VIDEO, *digests)
        outcome, frames = _decode(file, limits)
    if outcome in {VideoOutcome.HASHED, VideoOutcome.CUT} and all(frame.quality < QUALITY_FROM for frame in frames):
        outcome = VideoOutcome.LOW_QUALITY
    return HashedVideo(outcome, *digests, frames)


@contextmanager
def _in_memory() -> Iterator[int]:
    """A file that is only in memory and is gone afterwards."""
    file = os.memfd_create("video")
    try:
        yield file
    finally:
        os.close(file)


def _take_in(stream: BinaryIO, file: int, limit: int) -> tuple[str, str, str] | None:
    """Copy the stream; its MD5, SHA-1 and SHA-256, or None where it holds more bytes than the limit."""
    digests = [hashlib.new(name, usedforsecurity=False) for name in ("md5", "sha1", "sha256")]
    size = 0
    while piece := stream.read(_PIECE):
        size += len(piece)
        if size > limit:
            return None
        for digest in digests:
            digest.update(piece)
        while piece:
            piece = piece[os.write(file, piece) :]
    md5, sha1, sha256 = (digest.hexdigest() for digest in digests)
    return md5, sha1, sha256


def _decode(file: int, limits: VideoLimits) -> tuple[VideoOutcome, tuple[HashedFrame, ...]]:
    """What the decoding process told before it ended or was ended."""
    command = [sys.executable, "-m", "seawall.hashes.frames", str(file), msgspec.json.encode(limits).decode()]
    quiet = {"OPENCV_LOG_LEVEL": "SILENT", "OPENCV_FFMPEG_LOGLEVEL": "-8", "OMP_NUM_THREADS": "1"}
    given = {"PYTHONPATH": os.pathsep.join(filter(None, sys.path)), "OPENCV_FFMPEG_CAPTURE_OPTIONS": _DECODING}
    process = subprocess.Popen(  # noqa: S603  our own module, and no shell
        command, pass_fds=(file,), env={**quiet, **given}, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    try:
        out, _ = process.communicate(timeout=2 * limits.cpu_seconds)
        spent = process.returncode in {-signal.SIGXCPU, -signal.SIGKILL}
    except subprocess.TimeoutExpired:
        process.kill()
        out, spent = process.communicate()[0], True
    *lines, last = out.split(b"\n")[:-1] or [b""]
    if last.startswith(b'"'):
        return VideoOutcome(msgspec.json.decode(last)), tuple(map(_FRAME.decode, lines))
    frames = tuple(_FRAME.decode(line) for line in (*lines, last) if line)
    return (VideoOutcome.TOO_COSTLY if spent or frames else VideoOutcome.BROKEN), frames
