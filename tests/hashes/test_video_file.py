"""Video files: what is hashed of them, and what is never decoded."""

import hashlib
import io
import os

import cv2
import numpy as np
import pytest
from pictures import picture

from seawall.hashes.frames import VideoLimits
from seawall.hashes.video import KnownVideos
from seawall.hashes.video_file import VideoOutcome, _decode, hash_video

FPS = 6


def write(path, *seeds, kind="mp4v", size=(96, 128), fps=FPS, seconds=1.0):
    """A video that shows each picture for so long; returns its bytes."""
    height, width = size
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter_fourcc(*kind), fps, (width, height))
    assert writer.isOpened()
    for seed in seeds:
        drawn = np.zeros((96, 128, 3), np.uint8) if seed < 0 else np.asarray(picture(seed, (96, 128)))
        frame = cv2.resize(drawn[:, :, ::-1], (width, height))
        for _ in range(int(fps * seconds)):
            writer.write(frame)
    writer.release()
    return path.read_bytes()


@pytest.fixture(scope="module")
def film(tmp_path_factory):
    return write(tmp_path_factory.mktemp("film") / "film.mp4", *range(8))


class Pipe(io.RawIOBase):
    """A stream that cannot be wound back, as a platform's store gives it."""

    def __init__(self, data):
        self.rest = io.BytesIO(data)

    def read(self, size=-1):
        return self.rest.read(min(size, 1000) if size > 0 else size)


def test_a_film_has_digests_and_a_hash_a_second(film):
    told = hash_video(Pipe(film))
    assert told.outcome is VideoOutcome.HASHED
    assert [round(frame.seconds) for frame in told.frames] == list(range(8))
    assert told.sha256 == hashlib.sha256(film).hexdigest()
    assert told.md5 == hashlib.md5(film).hexdigest()
    assert told.hash.looked_at == 8


@pytest.mark.parametrize(
    ("kind", "name"), [("MJPG", "a.avi"), ("FFV1", "a.mkv"), ("VP80", "a.webm"), ("mp4v", "a.mov")]
)
def test_other_containers_and_sizes_match_the_same_film(film, tmp_path, kind, name):
    copy = write(tmp_path / name, 30, *range(8), 31, kind=kind, size=(144, 192), fps=10)
    assert (
        KnownVideos.of({"film": hash_video(io.BytesIO(film)).hash})
        .compare(hash_video(io.BytesIO(copy)).hash)["film"]
        .matches
    )


def test_another_film_does_not_match(film, tmp_path):
    other = hash_video(io.BytesIO(write(tmp_path / "other.mp4", *range(40, 48))))
    assert KnownVideos.of({"film": hash_video(io.BytesIO(film)).hash}).compare(other.hash) == {}


def test_black_frames_are_low_quality_and_no_hash(tmp_path):
    told = hash_video(io.BytesIO(write(tmp_path / "black.mp4", -1, -1, -1)))
    assert (told.outcome, told.hash.usable) == (VideoOutcome.LOW_QUALITY, False)


def test_a_long_film_is_hashed_up_to_the_limit(film):
    told = hash_video(io.BytesIO(film), VideoLimits(seconds=3.5))
    assert (told.outcome, len(told.frames)) == (VideoOutcome.CUT, 4)
    told = hash_video(io.BytesIO(film), VideoLimits(frames=2 * FPS))
    assert (told.outcome, len(told.frames)) == (VideoOutcome.CUT, 2)


def test_a_film_of_large_frames_is_refused_by_its_header(film):
    told = hash_video(io.BytesIO(film), VideoLimits(pixels=96 * 128 - 1))
    assert (told.outcome, told.frames) == (VideoOutcome.TOO_MANY_PIXELS, ())


def test_a_film_over_the_limit_of_bytes_is_not_read_further(film):
    stream = io.BytesIO(film * 200)
    assert hash_video(stream, VideoLimits(bytes=1 << 20)).outcome is VideoOutcome.TOO_LARGE
    assert stream.tell() <= 3 << 20


def test_a_film_that_costs_too_much_keeps_what_came_before(tmp_path):
    bomb = write(tmp_path / "bomb.avi", *[1] * 8, kind="MJPG", size=(1440, 1920), fps=24)
    told = hash_video(io.BytesIO(bomb), VideoLimits(cpu_seconds=1))
    assert told.outcome is VideoOutcome.TOO_COSTLY
    assert len(told.frames) < 8


def test_a_decoder_without_memory_is_an_outcome_and_no_crash(film):
    assert hash_video(io.BytesIO(film), VideoLimits(memory=1 << 28)).outcome is VideoOutcome.BROKEN


@pytest.mark.parametrize("name", ["film.mp4", "film.avi"])
def test_a_film_cut_short_gives_what_can_be_decoded_or_is_broken(tmp_path, name):
    whole = write(tmp_path / name, *range(8), kind="mp4v" if name.endswith("mp4") else "MJPG")
    told = hash_video(io.BytesIO(whole[: len(whole) * 2 // 3]))
    assert told.outcome is (VideoOutcome.BROKEN if name == "film.mp4" else VideoOutcome.HASHED)
    assert len(told.frames) < 8


def test_a_frame_is_hashed_again_and_again_though_the_file_forges_its_time(tmp_path):
    quick = hash_video(io.BytesIO(write(tmp_path / "quick.avi", *range(8), kind="MJPG", fps=240, seconds=0.25)))
    assert len(quick.frames) == 8


@pytest.mark.parametrize("text", [b"#EXTM3U\n#EXTINF:1,\n%s\n#EXT-X-ENDLIST\n", b"ffconcat version 1.0\nfile '%s'\n"])
def test_a_playlist_makes_no_decoder_open_another_file(film, tmp_path, text):
    (tmp_path / "film.mp4").write_bytes(film)
    script = text % str(tmp_path / "film.mp4").encode()
    assert hash_video(io.BytesIO(script)).outcome is VideoOutcome.NOT_A_VIDEO
    memory = os.memfd_create("script")
    os.write(memory, script)
    assert _decode(memory, VideoLimits()) == (VideoOutcome.BROKEN, ())  # nor where it is given to one
    os.close(memory)
