"""Videos by their frames: what is cut out or put around a known video."""

import numpy as np
import pytest
from pictures import picture

from seawall.hashes.video import VideoHash, compare_videos


def frames(*seeds, per_second=4):
    for place, seed in enumerate(np.repeat(seeds, per_second)):
        yield place / per_second, np.asarray(picture(int(seed), (96, 128)))


KNOWN = VideoHash.of(frames(*range(10)))


def test_one_frame_a_second_is_hashed():
    assert (len(KNOWN.frames), KNOWN.looked_at) == (10, 10)


def test_the_same_video_inside_a_longer_one_matches():
    match = compare_videos(VideoHash.of(frames(*range(50, 70), *range(10), *range(70, 80))), KNOWN)
    assert (match.of_query, match.of_known) == (0.25, 1.0)
    assert match.matches


@pytest.mark.parametrize(("kept", "matches"), [(10, True), (8, True), (7, False), (0, False)])
def test_a_part_matches_down_to_four_fifths(kept, matches):
    query = VideoHash.of(frames(*range(kept), *range(90, 100)))
    assert compare_videos(query, KNOWN).matches is matches


def test_a_video_of_black_frames_is_unusable_and_matches_nothing():
    black = VideoHash.of((second, np.zeros((64, 64, 3), np.uint8)) for second in range(5))
    assert (black.usable, black.looked_at) == (False, 5)
    assert not compare_videos(black, black).matches
    assert not compare_videos(black, KNOWN).matches
