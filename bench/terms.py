"""Term scan against hyperscan, daachorse, pyahocorasick and better-profanity.

Posts in seventeen invented ways of writing; every engine looks for the same terms in the same bytes: the peers exactly
as written, Seawall under disguise. Rounds are interleaved; times are CPU time of one thread; medians count.
"""

import argparse
import json
import statistics
import time
from collections.abc import Callable
from typing import Any

import ahocorasick
import daachorse
import hyperscan
import pyarrow as pa
from better_profanity import Profanity
from tests.terms.babel import world

from seawall.terms.lexicon import Lexicon
from seawall.terms.scanner import Scanner

SIZES = (1_000, 10_000, 100_000)
SLOW_TERMS, SLOW_POSTS = 1_000, 40
"""better-profanity gets this few terms and posts, which favours it: with 10,000 terms it takes minutes a post."""


def cpu(run: Callable[[], Any]) -> float:
    """CPU seconds of this thread."""
    begin = time.thread_time()
    run()
    return time.thread_time() - begin


def engines(terms: list[str], posts: list[str]) -> dict[str, tuple[Callable[[], Any], int]]:
    """What each engine does, and how many bytes it reads."""
    text = "\n".join(posts)
    raw = text.encode()
    column = pa.array(posts, pa.large_string())
    everything = Scanner.compile(Lexicon.of(terms))
    visual = Scanner(everything.lexicon, everything.blob, lanes=())
    database = hyperscan.Database(mode=hyperscan.HS_MODE_BLOCK)
    patterns = [term.encode() for term in terms]
    database.compile(expressions=patterns, ids=list(range(len(terms))), elements=len(terms), literal=True)
    double = daachorse.DoubleArrayAhoCorasick(patterns)
    aho = ahocorasick.Automaton()
    for number, term in enumerate(terms):
        aho.add_word(term, number)
    aho.make_automaton()
    return {
        "seawall": (lambda: everything.scan_column(column), len(raw)),
        "seawall_visual": (lambda: visual.scan_column(column), len(raw)),
        "hyperscan": (lambda: database.scan(raw, match_event_handler=_ignore), len(raw)),
        "daachorse": (lambda: double.find(raw), len(raw)),
        "pyahocorasick": (lambda: sum(1 for _ in aho.iter(text)), len(raw)),
    }


def _ignore(*_: Any) -> None:
    """Hyperscan calls this for every match."""


def profanity(terms: list[str], posts: list[str]) -> tuple[Callable[[], Any], int]:
    """better-profanity, which writes out every variant of every word beforehand."""
    peer = Profanity()
    peer.load_censor_words(terms[:SLOW_TERMS])
    few = posts[:SLOW_POSTS]
    return (lambda: [peer.contains_profanity(post) for post in few]), sum(len(post.encode()) for post in few)


def rates(terms: list[str], posts: list[str], rounds: int, with_slow: bool) -> dict[str, float]:
    """Megabytes a second of every engine, the median of interleaved rounds."""
    runs = engines(terms, posts)
    times: dict[str, list[float]] = {name: [] for name in runs}
    for name in runs:
        runs[name][0]()
    for _ in range(rounds):
        for name, (run, _size) in runs.items():
            times[name].append(cpu(run))
    found = {name: runs[name][1] / statistics.median(times[name]) / 1e6 for name in runs}
    if with_slow:
        run, size = profanity(terms, posts)
        found["better_profanity"] = size / cpu(run) / 1e6
    return found


def text_us(terms: list[str], posts: list[str], rounds: int) -> float:
    """Microseconds for one text of 200 characters."""
    scanner = Scanner.compile(Lexicon.of(terms))
    texts = [(" ".join(posts[k::97]))[:200] for k in range(50)]
    times = [cpu(lambda: [scanner.scan_text(text) for text in texts]) for _ in range(max(20, rounds))]
    return statistics.median(times) / len(texts) * 1e6


def measured(seed: int, posts: int, rounds: int, sizes: tuple[int, ...]) -> dict[str, Any]:
    """Every figure of this benchmark."""
    texts, terms = world(seed, posts, max(sizes))
    result: dict[str, Any] = {"megabytes": sum(len(text.encode()) for text in texts) / 1e6, "mb_per_s": {}}
    for size in sizes:
        chosen = terms[:: max(1, len(terms) // size)][:size]
        found = rates(chosen, texts, rounds, with_slow=size == 10_000)
        result["mb_per_s"][str(size)] = {name: round(rate, 2) for name, rate in found.items()}
        if size == 10_000:
            result["vs_hyperscan"] = round(found["seawall"] / found["hyperscan"], 4)
            result["vs_hyperscan_visual"] = round(found["seawall_visual"] / found["hyperscan"], 4)
            result["vs_daachorse"] = round(found["seawall"] / found["daachorse"], 3)
            result["vs_pyahocorasick"] = round(found["seawall"] / found["pyahocorasick"], 2)
            result["vs_better_profanity"] = round(found["seawall"] / found["better_profanity"], 1)
            result["text_us"] = round(text_us(chosen, texts, rounds), 2)
    return result


def main() -> None:
    """The command `python -m bench.terms`."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--json", action="store_true", help="print one JSON object, on one line")
    options.add_argument("--seed", type=int, default=7)
    options.add_argument("--posts", type=int, default=60_000)
    options.add_argument("--rounds", type=int, default=5)
    options.add_argument("--sizes", type=int, nargs="+", default=list(SIZES))
    given = options.parse_args()
    result = measured(given.seed, given.posts, given.rounds, tuple(given.sizes))
    print(json.dumps(result, indent=None if given.json else 2))


if __name__ == "__main__":
    main()
