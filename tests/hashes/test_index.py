"""The index answers exactly what comparing every pair answers."""

import multiprocessing
import time
from pathlib import Path

import numpy as np
import pytest
from hashmaking import brute_force, crowded, flip, uniform
from hypothesis import given, settings
from hypothesis import strategies as st

import seawall.hashes.segment as segment_module
from seawall.hashes.index import MAX_THRESHOLD, SEAL_AT, HashIndex, IndexWriter
from seawall.records.errors import BadInput, Refused


def built(folder, hashes, threshold=31):
    with IndexWriter(folder, threshold) as writer:
        writer.add(hashes, np.arange(len(hashes)))
        writer.seal()
    return HashIndex.open(folder, verify=False)


@pytest.mark.parametrize("n", [0, 1, 2, 3, 31, 32, 33])
def test_small_indexes_find_their_own_hashes_after_reopening(tmp_path, n):
    hashes = uniform(n, np.random.default_rng(n))
    found = built(tmp_path, hashes).search(hashes)
    assert found.tolist() == [[i, i, 0] for i in range(n)]


@given(seed=st.integers(0, 2**32), n=st.integers(0, 60), threshold=st.integers(0, 40), skewed=st.booleans())
@settings(max_examples=2000, deadline=None)
def test_tables_answer_as_brute_force_does(tmp_path_factory, seed, n, threshold, skewed):
    rng = np.random.default_rng(seed)
    hashes = (crowded if skewed else uniform)(n, rng)
    queries = np.concatenate([flip(hashes[:5], rng.integers(0, 45, min(n, 5)), rng), uniform(1, rng)])
    path = tmp_path_factory.getbasetemp() / "segment"
    path.unlink(missing_ok=True)
    entries = rng.permutation(n).astype(np.int64)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(segment_module, "TABLES_FROM", 1)  # tables also where a scan would be chosen
        segment_module.write_segment(path, hashes, entries, 40)
    found = segment_module.Segment.open(path).search(queries, threshold)
    found = found[np.lexsort((found[:, 1], found[:, 2], found[:, 0]))]
    assert np.array_equal(found, brute_force(queries, hashes, entries, threshold))


@pytest.mark.parametrize("threshold", [0, 7, 15, 31, 32, 40])
def test_a_large_crowded_index_is_exact_at_every_threshold(tmp_path, threshold):
    rng = np.random.default_rng(threshold)
    hashes = np.concatenate([uniform(35_000, rng), crowded(12_000, rng)])
    queries = flip(hashes[rng.integers(0, len(hashes), 40)], rng.integers(0, 42, 40), rng)
    index = built(tmp_path, hashes, 40)
    assert len(index.segments[0].parts["offsets"])
    wanted = brute_force(queries, hashes, np.arange(len(hashes)), threshold)
    assert np.array_equal(index.search(queries, threshold), wanted)


def test_planted_pairs_are_all_found_and_none_beyond(tmp_path):
    rng = np.random.default_rng(5)
    hashes = uniform(40_000, rng)
    distances = np.arange(41).repeat(25)
    index = built(tmp_path, hashes)
    found = index.search(flip(hashes[: len(distances)], distances, rng))
    assert found.tolist() == [[i, i, d] for i, d in enumerate(distances) if d <= 31]


def test_a_threshold_beyond_the_index_is_refused(tmp_path):
    index = built(tmp_path, uniform(3, np.random.default_rng(0)))
    with pytest.raises(BadInput, match="from 0 to 31, 32 was asked"):
        index.search(uniform(1, np.random.default_rng(1)), 32)


def test_an_index_for_more_than_40_bits_is_refused(tmp_path):
    with pytest.raises(BadInput, match="up to 40"):
        IndexWriter(tmp_path, MAX_THRESHOLD + 1)


def test_additions_and_removals_reach_readers_at_their_next_refresh(tmp_path):
    hashes = uniform(10, np.random.default_rng(3))
    reader = built(tmp_path, hashes[:5])
    with IndexWriter(tmp_path) as writer:
        writer.add(hashes[5:], np.arange(5, 10))
        writer.remove(np.array([0, 7]))
        assert reader.search(hashes)[:, 1].tolist() == [0, 1, 2, 3, 4]
        assert reader.refresh()
    assert reader.search(hashes)[:, 1].tolist() == [1, 2, 3, 4, 5, 6, 8, 9]
    assert not reader.refresh()


def test_sealing_drops_what_was_removed_and_keeps_the_rest(tmp_path):
    hashes = uniform(8, np.random.default_rng(3))
    reader = built(tmp_path, hashes)
    with IndexWriter(tmp_path) as writer:
        writer.remove(np.array([2]))
        writer.seal(everything=True)
    reader.refresh()
    assert reader.search(hashes)[:, 1].tolist() == [0, 1, 3, 4, 5, 6, 7]
    assert len(reader) == 7


@given(steps=st.lists(st.tuples(st.sampled_from(["add", "remove", "seal", "reopen"]), st.integers(0, 5)), max_size=25))
@settings(max_examples=60, deadline=None)
def test_any_history_of_changes_leaves_what_it_should(tmp_path_factory, steps):
    folder = tmp_path_factory.mktemp("history")
    rng = np.random.default_rng(len(steps))
    pool = crowded(40, rng)
    standing, used = {}, 0
    writer = IndexWriter(folder)
    for step, number in steps:
        if step == "add":
            writer.add(pool[number : number + 2], np.array([used, used + 1]))
            standing |= {used: pool[number], used + 1: pool[number + 1]}
            used += 2
        elif step == "remove":
            writer.remove(np.array([number]))
            standing.pop(number, None)
        elif step == "seal":
            writer.seal(everything=number > 2)
        else:
            writer.close()
            writer = IndexWriter(folder)
        used = max(used, number + 1)  # a removed number is used up
    writer.close()
    hashes = np.array(list(standing.values()), np.uint64).reshape(-1, 4)
    wanted = brute_force(pool, hashes, np.array(list(standing), np.int64), 31)
    assert np.array_equal(HashIndex.open(folder).search(pool), wanted)


def test_many_additions_are_sealed_on_their_way(tmp_path):
    hashes = uniform(SEAL_AT + 100, np.random.default_rng(4))
    with IndexWriter(tmp_path) as writer:
        for start in range(0, len(hashes), 1000):
            part = hashes[start : start + 1000]
            writer.add(part, np.arange(start, start + len(part)))
        assert writer.index.delta.count < SEAL_AT
    assert HashIndex.open(tmp_path).search(hashes[::50], 0)[:, 1].tolist() == list(range(0, len(hashes), 50))


def test_only_one_process_writes(tmp_path):
    with IndexWriter(tmp_path), pytest.raises(Refused, match="only one may"):
        IndexWriter(tmp_path)


def test_the_background_check_ends_and_answers_stay_the_same(tmp_path):
    rng = np.random.default_rng(8)
    hashes = uniform(40_000, rng)
    built(tmp_path, hashes)
    index = HashIndex.open(tmp_path)
    before = index.search(hashes[:100])
    deadline = time.monotonic() + 20
    while index.segments[0].check.cold and time.monotonic() < deadline:
        time.sleep(0.01)
    assert not index.segments[0].check.cold
    assert np.array_equal(index.search(hashes[:100]), before)


def _private_kilobytes(folder, answer, done):
    index = HashIndex.open(folder, verify=False)
    before = _memory("Private_Dirty") + _memory("Private_Clean")
    index.segments[0].verify()  # every page of the file is read
    index.search(uniform(200, np.random.default_rng(1)))
    answer.put((_memory("Private_Dirty") + _memory("Private_Clean") - before, index.segments[0].size // 1024))
    done.wait(60)


def _memory(name):
    lines = Path("/proc/self/smaps_rollup").read_text().splitlines()
    return sum(int(line.split()[1]) for line in lines if line.startswith(name + ":"))


def test_two_processes_share_one_copy(tmp_path):
    built(tmp_path, uniform(120_000, np.random.default_rng(2)))
    context = multiprocessing.get_context("spawn")
    answer, done = context.Queue(), context.Event()
    pages = HashIndex.open(tmp_path, verify=False).segments[0]
    pages.verify()  # this process maps them too, so that none is private to a child
    children = [context.Process(target=_private_kilobytes, args=(tmp_path, answer, done)) for _ in range(2)]
    for child in children:
        child.start()
    grown = [answer.get(timeout=120) for _ in children]
    done.set()
    for child in children:
        child.join()
    assert pages.size // 1024 == grown[0][1]
    assert all(private < size / 4 for private, size in grown)
