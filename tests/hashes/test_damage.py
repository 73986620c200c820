"""Damaged files, full disks and killed processes: the last good index keeps serving."""

import multiprocessing
import os
import resource
import shutil
import signal
import threading
import time

import numpy as np
import pytest
from hashmaking import uniform

from seawall.hashes.index import HashIndex, IndexWriter
from seawall.hashes.manifest import CURRENT
from seawall.records.errors import Damaged, SeawallWarning, Unavailable, UnknownVersion

HASHES = uniform(300, np.random.default_rng(11))


@pytest.fixture
def folder(tmp_path):
    """Two generations: 100 hashes, then 200, and 10 more and a removal in the log."""
    with IndexWriter(tmp_path) as writer:
        writer.add(HASHES[:100], np.arange(100))
        writer.seal()
        writer.add(HASHES[100:200], np.arange(100, 200))
        writer.seal(everything=True)
        writer.add(HASHES[200:210], np.arange(200, 210))
        writer.remove(np.array([5]))
    return tmp_path


STANDING = [n for n in range(210) if n != 5]


def entries(index):
    return index.search(HASHES, 0)[:, 1].tolist()


def opened_and_read(folder):
    index = HashIndex.open(folder, verify=False)
    return entries(index), index.state


def state_after_checking(folder):
    index = HashIndex.open(folder)
    deadline = time.monotonic() + 20
    while index.state == "current" and time.monotonic() < deadline:
        time.sleep(0.01)
    return index.state


def current_segment(folder):
    return max(folder.glob("segment-*"))


def damage(path, place, value=None):
    data = bytearray(path.read_bytes())
    data[place] ^= 0xFF if value is None else value
    path.write_bytes(bytes(data))


@pytest.mark.parametrize("place", [0, 20, 4095, 4096, 5000, -1])
def test_a_flipped_byte_anywhere_serves_the_generation_before(folder, place):
    damage(current_segment(folder), place)
    with pytest.warns(SeawallWarning, match="serving generation 1 and its logs"):
        found, state = opened_and_read(folder)
    assert found == STANDING
    assert "generation 1" in state


@pytest.mark.parametrize("size", [0, 100, 4096, 9000])
def test_a_truncated_segment_serves_the_generation_before(folder, size):
    os.truncate(current_segment(folder), size)
    with pytest.warns(SeawallWarning, match="serving generation 1"):
        assert entries(HashIndex.open(folder, verify=False)) == STANDING


def test_a_damaged_manifest_serves_the_generation_before(folder):
    damage(folder / CURRENT, 70)
    with pytest.warns(SeawallWarning, match="CURRENT is damaged"):
        assert entries(HashIndex.open(folder, verify=False)) == STANDING


def test_a_reader_keeps_serving_when_what_is_published_next_is_damaged(folder):
    index = HashIndex.open(folder, verify=False)
    with IndexWriter(folder) as writer:
        writer.add(HASHES[210:220], np.arange(210, 220))
        writer.seal(everything=True)
    damage(current_segment(folder), 30)
    with pytest.warns(SeawallWarning, match="serving generation 2"):
        assert not index.refresh()
    assert entries(index) == STANDING


def test_a_reader_recovers_with_the_next_sound_generation(folder):
    index = HashIndex.open(folder, verify=False)
    with IndexWriter(folder) as writer:
        writer.seal(everything=True)
        sound = current_segment(folder).read_bytes()
        damage(current_segment(folder), 30)
        with pytest.warns(SeawallWarning):
            index.refresh()
        current_segment(folder).write_bytes(sound)
        writer.add(HASHES[210:220], np.arange(210, 220))
        writer.seal(everything=True)
    assert index.refresh()
    assert index.state == "current"
    assert entries(index) == [*STANDING, *range(210, 220)]


def test_damage_with_nothing_before_it_is_told(tmp_path):
    with IndexWriter(tmp_path) as writer:
        writer.add(HASHES, np.arange(len(HASHES)))
        writer.seal(everything=True)
        writer.seal(everything=True)
    for segment in tmp_path.glob("segment-*"):
        damage(segment, 4200)
    with pytest.raises(Damaged, match="seawall hashes build"), pytest.warns(SeawallWarning):
        HashIndex.open(tmp_path, verify=False).search(HASHES)


def test_the_background_check_falls_back_by_itself(folder):
    damage(current_segment(folder), 4096 + 64)
    with pytest.warns(SeawallWarning):
        state = state_after_checking(folder)
    assert "generation 1" in state


def test_damage_within_the_log_is_refused_and_a_torn_end_is_not(folder):
    log = max(folder.glob("log-*"))
    with log.open("ab") as file:
        file.write(b"\1" * 30)
    assert entries(HashIndex.open(folder, verify=False)) == STANDING
    damage(log, 60)
    with pytest.raises(Damaged, match="record 1 is damaged"):
        HashIndex.open(folder, verify=False)


def test_a_segment_of_another_version_is_refused(folder):
    damage(current_segment(folder), 8, 3)
    with pytest.raises(UnknownVersion, match="schema version 2"):
        HashIndex.open(folder, verify=False)


def _seal_with_little_room(folder, answer):
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    with IndexWriter(folder) as writer:
        resource.setrlimit(resource.RLIMIT_FSIZE, (8192, 8192))
        for change in (lambda: writer.seal(everything=True), lambda: writer.add(HASHES, np.arange(1000, 1300))):
            try:
                change()
                answer.put("done")
            except Unavailable as error:
                answer.put(str(error))


def test_a_full_disk_leaves_the_index_as_it_was(folder):
    context = multiprocessing.get_context("spawn")
    answer = context.Queue()
    child = context.Process(target=_seal_with_little_room, args=(folder, answer))
    child.start()
    sealed, added = answer.get(timeout=60), answer.get(timeout=60)
    child.join()
    assert "stays in use" in sealed
    assert "nothing was added" in added
    assert entries(HashIndex.open(folder, verify=False)) == STANDING
    with IndexWriter(folder) as writer:
        writer.seal(everything=True)
    assert entries(HashIndex.open(folder, verify=False)) == STANDING


def _add_for_ever(folder, started):
    with IndexWriter(folder) as writer:
        started.set()
        number = 1000
        while True:
            writer.add(HASHES[:7], np.arange(number, number + 7))
            number += 7
            if number % 3 == 0:
                writer.seal(everything=True)


def test_a_process_killed_while_adding_leaves_whole_additions(folder):
    context = multiprocessing.get_context("spawn")
    for wait in (0.05, 0.13, 0.31):
        copy = folder / f"copy{wait}"
        copy.mkdir()
        for path in [path for path in folder.iterdir() if path.is_file()]:
            shutil.copy(path, copy)
        started = context.Event()
        child = context.Process(target=_add_for_ever, args=(copy, started))
        child.start()
        assert started.wait(60)
        time.sleep(wait)
        os.kill(child.pid, signal.SIGKILL)
        child.join()
        found = entries(HashIndex.open(copy, verify=False))
        assert set(STANDING) <= set(found)
        added = sorted(set(found) - set(STANDING))
        assert added == list(range(1000, 1000 + len(added)))  # a prefix of what was added, none twice
        with IndexWriter(copy) as writer:
            writer.add(HASHES[210:211], np.array([9_000_000]))
        assert 9_000_000 in entries(HashIndex.open(copy, verify=False))


def test_a_degraded_index_takes_changes_and_refuses_to_seal(folder):
    damage(current_segment(folder), 30)
    with pytest.warns(SeawallWarning):
        writer = IndexWriter(folder)
    writer.add(HASHES[210:215], np.arange(210, 215))
    writer.remove(np.array([6]))
    standing = [n for n in STANDING if n != 6] + list(range(210, 215))
    assert entries(writer.index) == standing
    with pytest.raises(Damaged, match="seawall hashes build"):
        writer.seal()
    writer.close()
    with pytest.warns(SeawallWarning):
        assert entries(HashIndex.open(folder, verify=False)) == standing


def test_threads_search_while_another_adds_and_seals(tmp_path):
    with IndexWriter(tmp_path) as writer:
        writer.add(HASHES[:100], np.arange(100))
        wrong = []

        def ask():
            for _ in range(200):
                found = writer.index.search(HASHES[:100], 0)[:, 1]
                wrong.extend(set(range(100)) - set(found.tolist()))

        threads = [threading.Thread(target=ask) for _ in range(2)]
        for thread in threads:
            thread.start()
        for number in range(100, 300):
            writer.add(HASHES[number : number + 1], np.array([number]))
            if number % 20 == 0:
                writer.seal(everything=number % 40 == 0)
        for thread in threads:
            thread.join()
    assert wrong == []
