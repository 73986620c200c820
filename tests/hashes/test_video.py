"""Videos by their frames: what is cut out or put around a known video."""

import numpy as np
import pytest
from pictures import picture

from seawall.hashes.hashing import pdq_of
from seawall.hashes.video import HashedFrame, KnownVideos, VideoHash, VideoMatch


def video(*seeds):
    frames = [pdq_of(np.asarray(picture(int(seed), (96, 128)))) for seed in seeds]
    return VideoHash.of([HashedFrame(float(place), *frame) for place, frame in enumerate(frames)])


KNOWN = video(*range(10))
BLACK = VideoHash.of([HashedFrame(float(s), *pdq_of(np.zeros((64, 64, 3), np.uint8))) for s in range(5)])


def compare_videos(query, known):
    return KnownVideos.of({"": known}).compare(query).get("", VideoMatch(0.0, 0.0))


def matching_videos(query, known):
    return [name for name, match in known.compare(query).items() if match.matches]


def test_the_same_video_inside_a_longer_one_matches():
    match = compare_videos(video(*range(50, 70), *range(10), *range(70, 80)), KNOWN)
    assert (match.of_query, match.of_known) == (0.25, 1.0)
    assert match.matches


@pytest.mark.parametrize(("kept", "matches"), [(10, True), (8, True), (7, False), (0, False)])
def test_a_part_matches_down_to_four_fifths(kept, matches):
    assert compare_videos(video(*range(kept), *range(90, 100)), KNOWN).matches is matches


def test_a_video_of_black_frames_is_unusable_and_matches_nothing():
    assert (BLACK.usable, BLACK.looked_at) == (False, 5)
    assert not compare_videos(BLACK, BLACK).matches
    assert not compare_videos(BLACK, KNOWN).matches


def test_many_known_videos_are_told_apart_by_name():
    known = KnownVideos.of({"first": KNOWN, "black": BLACK, "second": video(*range(20, 30)), "part": video(3, 4)})
    assert matching_videos(video(*range(20, 30), 3), known) == ["second"]
    assert matching_videos(KNOWN, known) == ["first", "part"]
    assert matching_videos(BLACK, known) == []
    assert KnownVideos.of({}).compare(KNOWN) == {}
