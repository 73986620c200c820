"""Files to hashes: digests of the bytes, PDQ of what a viewer sees.

What is decided here, and why, stands in docs/concepts/media.md. Nothing is kept: bytes come as a stream, are hashed,
and are gone. An image that cannot be hashed has a named outcome, never an empty hash.
"""

import hashlib
import io
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import BinaryIO

import numpy as np
import numpy.typing as npt
import pdqhash
from PIL import ExifTags, Image, UnidentifiedImageError

Pixels = npt.NDArray[np.uint8]

QUALITY_FROM = 50
"""PDQ quality below which a hash says little (Meta's PDQ paper, 2019): no hash is given."""

FRAMES = 8
"""Frames hashed of an animated image, evenly spaced, the first among them."""

FORMATS = ("JPEG", "PNG", "GIF", "WEBP", "BMP", "TIFF", "AVIF", "PPM")
"""What is decoded; decoders of rarer formats are attack surface for no gain."""

_PIECE = 1 << 20


class Outcome(StrEnum):
    """What became of a file."""

    HASHED = "hashed"
    LOW_QUALITY = "low_quality"  # too flat or dark for PDQ to say anything
    NOT_AN_IMAGE = "not_an_image"  # no format that is decoded
    BROKEN = "broken"  # an image whose pixels end early or make no sense
    TOO_LARGE = "too_large"  # more bytes than the limit; digests are of none of it
    TOO_MANY_PIXELS = "too_many_pixels"  # by its header, before anything is decoded


@dataclass(frozen=True, slots=True)
class Limits:
    """How much is read and decoded of one file: against decompression bombs."""

    bytes: int = 64 << 20
    pixels: int = 100_000_000


@dataclass(frozen=True, slots=True)
class View:
    """One way to look at an image: shown, stored (EXIF turn not applied), dark (alpha over black), frame 3, …"""

    name: str
    pdq: str
    quality: int


@dataclass(frozen=True, slots=True)
class Hashed:
    """The hashes of one file; `views` is empty unless the outcome is `HASHED`, and its first is what is shown."""

    outcome: Outcome
    md5: str = ""
    sha1: str = ""
    sha256: str = ""
    views: tuple[View, ...] = ()
    quality: int | None = None

    @property
    def pdq(self) -> str | None:
        """The PDQ of the image as shown, 64 hex digits, or None."""
        return self.views[0].pdq if self.views else None


def hash_file(stream: BinaryIO, limits: Limits | None = None) -> Hashed:
    """Digests and PDQ views of one file, read once from where the stream stands."""
    limits = limits or Limits()
    data = _read(stream, limits.bytes)
    if data is None:
        return Hashed(Outcome.TOO_LARGE)
    md5 = hashlib.md5(data, usedforsecurity=False).hexdigest()
    sha1 = hashlib.sha1(data, usedforsecurity=False).hexdigest()
    outcome, views, quality = _hash_image(data, limits)
    return Hashed(outcome, md5, sha1, hashlib.sha256(data).hexdigest(), views, quality)


def pdq_of(pixels: Pixels) -> tuple[str, int]:
    """PDQ as 64 hex digits, and its quality from 0 to 100, of RGB pixels of shape (height, width, 3)."""
    bits, quality = pdqhash.compute(np.ascontiguousarray(pixels))
    return np.packbits(bits).tobytes().hex(), int(quality)


def _read(stream: BinaryIO, limit: int) -> bytes | None:
    """All of the stream, or None where it holds more than the limit."""
    pieces, size = [], 0
    while piece := stream.read(_PIECE):
        size += len(piece)
        if size > limit:
            return None
        pieces.append(piece)
    return b"".join(pieces)


def _hash_image(data: bytes, limits: Limits) -> tuple[Outcome, tuple[View, ...], int | None]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Pillow's own, milder limit on pixels, and odd metadata
            image = Image.open(io.BytesIO(data), formats=FORMATS)
    except (UnidentifiedImageError, Image.DecompressionBombError) as error:
        bomb = isinstance(error, Image.DecompressionBombError)
        return (Outcome.TOO_MANY_PIXELS if bomb else Outcome.NOT_AN_IMAGE), (), None
    except (OSError, ValueError, SyntaxError, EOFError):
        return Outcome.BROKEN, (), None
    if image.width * image.height > limits.pixels:
        return Outcome.TOO_MANY_PIXELS, (), None
    try:
        views = tuple(View(name, *pdq_of(pixels)) for name, pixels in _looks(image))
    except (OSError, ValueError, SyntaxError, EOFError, Image.DecompressionBombError):
        return Outcome.BROKEN, (), None
    best = max(view.quality for view in views)
    good = tuple(view for view in views if view.quality >= QUALITY_FROM)
    return (Outcome.HASHED if good else Outcome.LOW_QUALITY), good, best


def _looks(image: Image.Image) -> Iterator[tuple[str, Pixels]]:
    """RGB pixels of every view of an image, the one that is shown first."""
    count = getattr(image, "n_frames", 1)
    places = sorted({round(i * (count - 1) / max(FRAMES - 1, 1)) for i in range(FRAMES)})
    for place in places:
        if count > 1:
            image.seek(place)
        yield from _frame_looks(image, f"frame {place}" if place else "shown")


def _frame_looks(frame: Image.Image, name: str) -> Iterator[tuple[str, Pixels]]:
    stored = _eight_bits(frame)
    turn = _TURNS.get(frame.getexif().get(ExifTags.Base.Orientation, 1))
    shown = stored if turn is None else stored.transpose(turn)
    yield name, _over(shown, 255)
    if shown.mode == "RGBA":
        yield f"{name}, dark", _over(shown, 0)
    if turn is not None:
        yield f"{name}, stored", _over(stored, 255)


_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
"""EXIF orientations and what makes each upright."""


def _eight_bits(frame: Image.Image) -> Image.Image:
    """The frame as RGB, or as RGBA where some of it is transparent; 16 bits a sample keep their upper eight."""
    if frame.mode.startswith(("I", "F")):
        return Image.fromarray(_upper_bits(np.asarray(frame))).convert("RGB")
    if not frame.has_transparency_data:
        return frame.convert("RGB")
    image = frame.convert("RGBA")
    darkest, _ = image.getchannel("A").getextrema()
    return image if darkest != 255 else image.convert("RGB")


def _upper_bits(samples: npt.NDArray[np.generic]) -> Pixels:
    """Grey samples of 16 bits, or of any range where they are more, as 8 bits; clipping would whiten the image."""
    values = samples.astype(np.float64)
    if samples.dtype.kind != "f" and values.min() >= 0 and values.max() < 65536:
        return np.asarray(values.astype(np.uint32) >> 8, np.uint8)
    low, high = values.min(), values.max()
    return np.asarray((values - low) * (255 / max(high - low, 1e-12)), np.uint8)


def _over(image: Image.Image, ground: int) -> Pixels:
    """RGB pixels, laid over white (255) or black (0) where they are transparent."""
    if image.mode != "RGBA":
        return np.asarray(image.convert("RGB"))
    under = Image.new("RGBA", image.size, (ground, ground, ground, 255))
    return np.asarray(Image.alpha_composite(under, image).convert("RGB"))
