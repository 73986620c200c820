"""Every kind of file has a decided outcome, and altered copies stay near."""

import csv
import hashlib
import io
import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
from pictures import bits_apart, picture, stream
from PIL import Image

from seawall.hashes.hashing import FRAMES, Limits, Outcome, hash_file, pdq_of


def pdq(image):
    return pdq_of(np.asarray(image.convert("RGB")))[0]


def test_digests_are_of_the_bytes():
    data = stream(picture()).read()
    hashed = hash_file(io.BytesIO(data))
    assert hashed.md5 == hashlib.md5(data).hexdigest()
    assert hashed.sha1 == hashlib.sha1(data).hexdigest()
    assert hashed.sha256 == hashlib.sha256(data).hexdigest()


def test_a_picture_has_one_view_of_full_quality():
    hashed = hash_file(stream(picture()))
    assert hashed.outcome is Outcome.HASHED
    assert [(view.name, view.pdq) for view in hashed.views] == [("shown", pdq(picture()))]
    assert hashed.quality == 100


@pytest.mark.parametrize(
    "alter",
    [
        lambda image: image.resize((200, 160)),
        lambda image: image.point(lambda v: int(v * 0.8) + 20),
        lambda image: Image.open(stream(image, "JPEG", quality=40)),
        lambda image: Image.open(stream(image.convert("CMYK"), "JPEG", quality=95)),
        lambda image: Image.open(stream(image, "WEBP", quality=60)),
        lambda image: image.quantize(128),
    ],
    ids=["resized", "brighter", "jpeg", "cmyk", "webp", "palette"],
)
def test_altered_copies_stay_within_the_threshold(alter):
    altered = alter(picture(3, (480, 640)))
    kind = altered.format or "PNG"
    hashed = hash_file(stream(altered, kind))
    assert bits_apart(hashed.pdq, pdq(picture(3, (480, 640)))) <= 31


def test_another_picture_is_far():
    assert bits_apart(pdq(picture(1)), pdq(picture(2))) > 80


def test_cmyk_is_hashed_as_it_looks():
    image = picture(4)
    hashed = hash_file(stream(image.convert("CMYK"), "TIFF"))
    assert bits_apart(hashed.pdq, pdq(image)) <= 2


def test_one_bit_is_hashed_as_black_and_white():
    image = picture(5).convert("1")
    assert hash_file(stream(image)).pdq == pdq(image)


def test_sixteen_bits_keep_their_upper_half():
    grey = np.asarray(picture(6).convert("L"))
    deep = Image.fromarray(grey.astype(np.uint16) << 8 | 77)
    assert hash_file(stream(deep)).pdq == pdq(Image.fromarray(grey))


def test_float_samples_are_stretched_to_eight_bits():
    grey = np.asarray(picture(6).convert("L"))
    deep = Image.fromarray(grey.astype(np.float32) / 255)
    assert bits_apart(hash_file(stream(deep, "TIFF")).pdq, pdq(Image.fromarray(grey))) <= 8


def test_a_turned_file_is_hashed_as_shown_and_as_stored():
    upright = picture(7)
    exif = Image.Exif()
    exif[0x0112] = 6
    hashed = hash_file(stream(upright.transpose(Image.Transpose.ROTATE_90), "PNG", exif=exif))
    assert [view.name for view in hashed.views] == ["shown", "shown, stored"]
    assert hashed.views[0].pdq == pdq(upright)
    assert hashed.views[1].pdq == pdq(upright.transpose(Image.Transpose.ROTATE_90))


@pytest.mark.parametrize("turn", range(2, 9))
def test_every_turn_becomes_upright(turn):
    upright = picture(8)
    undo = {2: 0, 3: 3, 4: 1, 5: 5, 6: 2, 7: 6, 8: 4}  # the transpose that a camera held so would have needed
    exif = Image.Exif()
    exif[0x0112] = turn
    hashed = hash_file(stream(upright.transpose(Image.Transpose(undo[turn])), "JPEG", exif=exif, quality=95))
    assert bits_apart(hashed.pdq, pdq(upright)) <= 8


def test_transparency_is_hashed_over_white_and_over_black():
    image = picture(9).convert("RGBA")
    alpha = np.zeros(image.size[::-1], np.uint8)
    alpha[: image.height // 2, : image.width // 2] = 255
    image.putalpha(Image.fromarray(alpha))
    hashed = hash_file(stream(image))
    assert [view.name for view in hashed.views] == ["shown", "shown, dark"]
    assert hashed.views[0].pdq != hashed.views[1].pdq


def test_an_alpha_channel_that_hides_nothing_adds_no_view():
    image = picture(9)
    opaque = image.convert("RGBA")
    assert [view.pdq for view in hash_file(stream(opaque)).views] == [pdq(image)]


def test_an_animation_is_hashed_in_frames_across_its_length():
    frames = [picture(seed) for seed in range(20)]
    data = stream(frames[0], "WEBP", save_all=True, append_images=frames[1:], lossless=True)
    hashed = hash_file(data)
    assert len(hashed.views) == FRAMES
    assert hashed.pdq == pdq(frames[0])
    assert hashed.views[-1].name == "frame 19"
    assert hashed.views[-1].pdq == pdq(frames[19])


def test_a_flat_picture_is_named_low_quality_and_has_no_hash():
    hashed = hash_file(stream(Image.new("RGB", (300, 300), (3, 3, 3))))
    assert (hashed.outcome, hashed.pdq, hashed.views) == (Outcome.LOW_QUALITY, None, ())
    assert hashed.quality == 0
    assert hashed.md5


def test_text_is_not_an_image():
    hashed = hash_file(io.BytesIO(b"hello"))
    assert (hashed.outcome, hashed.pdq) == (Outcome.NOT_AN_IMAGE, None)
    assert hashed.sha256 == hashlib.sha256(b"hello").hexdigest()


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF", "WEBP", "TIFF"])
def test_a_file_cut_short_is_broken_and_has_no_hash(kind):
    data = stream(picture(), kind).read()
    hashed = hash_file(io.BytesIO(data[: len(data) * 6 // 10]))
    assert hashed.outcome in {Outcome.BROKEN, Outcome.NOT_AN_IMAGE}
    assert hashed.pdq is None


def test_a_file_over_the_limit_is_not_read_further():
    endless = Endless()
    assert hash_file(endless, Limits(bytes=5_000_000)).outcome is Outcome.TOO_LARGE
    assert endless.given < 10_000_000


class Endless:
    given = 0

    def read(self, size):
        self.given += size
        return bytes(size)


def test_a_decompression_bomb_is_refused_by_its_header():
    def part(name, data):
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    header = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    bomb = (
        b"\x89PNG\r\n\x1a\n" + part(b"IHDR", header) + part(b"IDAT", zlib.compress(b"\0" * 1000)) + part(b"IEND", b"")
    )
    assert hash_file(io.BytesIO(bomb)).outcome is Outcome.TOO_MANY_PIXELS
    assert hash_file(stream(picture()), Limits(pixels=100)).outcome is Outcome.TOO_MANY_PIXELS


def test_fixture_hashes_do_not_drift():
    """Hashes of drawn pictures, fixed once: a new decoder or PDQ release that moves them is noticed."""
    rows = list(csv.DictReader((Path(__file__).parent / "fixtures" / "expected_pdq.csv").open()))
    assert len(rows) == 5
    for row in rows:
        assert bits_apart(pdq(picture(int(row["seed"]), (256, 256))), row["pdq"]) <= 2
