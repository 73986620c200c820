"""Term scan against hyperscan, daachorse, pyahocorasick and better-profanity.

Posts in seventeen invented ways of writing; every engine looks for the same terms in the same bytes: the peers exactly
as written, Seawall under disguise. Rounds are interleaved; times are CPU time of one thread; medians count. Seawall
remembers words that it has read (`terms.sieve`): `seawall` and `seawall_visual` have read as many other posts before
every round and nothing of these, `seawall_first` has read nothing. `load_s`: CPU seconds to load a compiled lexicon
from its cache; `rebuilt`: a byte of that file was changed, and it was compiled again. `--write` makes the page
`docs/reference/terms.md`.
"""

import argparse
import json
import statistics
import tempfile
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import ahocorasick
import daachorse
import hyperscan
import pyarrow as pa
from better_profanity import Profanity
from tests.terms.babel import world

from seawall.records.errors import SeawallWarning
from seawall.terms.cache import load_or_compile
from seawall.terms.lexicon import Lexicon
from seawall.terms.scanner import Scanner

SIZES = (1_000, 10_000, 100_000)
PAGE = Path("docs/reference/terms.md")
SLOW_TERMS, SLOW_POSTS = 1_000, 40
"""better-profanity gets this few terms and posts, which favours it: with 10,000 terms it takes minutes a post."""


def cpu(run: Callable[[], Any]) -> float:
    """CPU seconds of this thread."""
    begin = time.thread_time()
    run()
    return time.thread_time() - begin


def remembering(scanner: Scanner, earlier: list[str], column: pa.Array) -> Callable[[], Any]:
    """A scan of the column that starts with what the earlier posts have taught."""
    start = scanner.memory.copy()
    if earlier:
        scanner.scan_column(pa.array(earlier, pa.large_string()))
        start = scanner.memory.copy()

    def scan() -> Any:
        scanner.memory[:] = start
        return scanner.scan_column(column)

    return scan


def engines(terms: list[str], posts: list[str]) -> dict[str, tuple[Callable[[], Any], int]]:
    """What each engine does, and how many bytes it reads; the first half of the posts was read earlier."""
    earlier, posts = posts[: len(posts) // 2], posts[len(posts) // 2 :]
    text = "\n".join(posts)
    raw = text.encode()
    column = pa.array(posts, pa.large_string())
    everything = Scanner.compile(Lexicon.of(terms))
    first = Scanner(everything.lexicon, everything.blob)
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
        "seawall": (remembering(everything, earlier, column), len(raw)),
        "seawall_first": (remembering(first, [], column), len(raw)),
        "seawall_visual": (remembering(visual, earlier, column), len(raw)),
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
    earlier, later = posts[: len(posts) // 2], posts[len(posts) // 2 :]
    texts = [(" ".join(later[k::97]))[:200] for k in range(50)]
    scanner.scan_column(pa.array(earlier, pa.large_string()))
    start = scanner.memory.copy()
    times = []
    for _ in range(max(20, rounds)):
        scanner.memory[:] = start
        times.append(cpu(lambda: [scanner.scan_text(text) for text in texts]))
    return statistics.median(times) / len(texts) * 1e6


def loading(terms: list[str]) -> tuple[float, bool]:
    """CPU seconds to load a compiled lexicon from its cache, and whether a damaged cache is compiled again."""
    lexicon = Lexicon.of(terms)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "terms.cache"
        load_or_compile(lexicon, path)
        seconds = cpu(lambda: load_or_compile(lexicon, path))
        whole = path.read_bytes()
        path.write_bytes(whole[:-1] + bytes((whole[-1] ^ 1,)))
        with warnings.catch_warnings(record=True) as told:
            warnings.simplefilter("always")
            load_or_compile(lexicon, path)
        warned = any(issubclass(one.category, SeawallWarning) for one in told)
        return round(seconds, 3), warned and path.read_bytes() == whole


def page(result: dict[str, Any], command: str) -> str:
    """The figures as a page of the reference."""
    speeds: dict[str, dict[str, float]] = result["mb_per_s"]
    told = "is compiled again, under a warning" if result["rebuilt"] else "is NOT noticed"
    rows = [[name.replace("_", " "), *(str(row.get(name, "")) for row in speeds.values())] for name in speeds["10000"]]
    table = [["engine", *(f"{int(size):,} terms" for size in speeds)], ["---"] * (1 + len(speeds)), *rows]
    return f"""# How fast terms are scanned

Written by `{command}`: {result["megabytes"]:.1f} MB of invented posts in
seventeen ways of writing, every engine looks for the same terms. Megabytes a second of one thread's CPU time, medians
of interleaved rounds; they depend on the machine, the ratios below less so. Peers look for the terms exactly as
written, Seawall under disguise; `seawall first` has read nothing before, the others as many posts, none of these.

{chr(10).join("| " + " | ".join(row) + " |" for row in table)}

At 10,000 terms: {result["vs_hyperscan"]:.3f} of hyperscan with all lanes, {result["vs_hyperscan_visual"]:.3f} with the
exact and visual lanes alone, {result["vs_pyahocorasick"]:.1f} times pyahocorasick. One text of 200 characters takes
{result["text_us"]:.1f} µs.

{max(map(int, speeds)):,} terms load from a compiled cache in {result["load_s"]:.2f} s of CPU time. A file of which one
byte was changed {told}.
"""


def measured(seed: int, posts: int, rounds: int, sizes: tuple[int, ...]) -> dict[str, Any]:
    """Every figure of this benchmark."""
    texts, terms = world(seed, 2 * posts, max(sizes))
    result: dict[str, Any] = {"megabytes": sum(len(text.encode()) for text in texts[posts:]) / 1e6, "mb_per_s": {}}
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
    result["load_s"], result["rebuilt"] = loading(terms)
    return result


def main() -> None:
    """The command `python -m bench.terms`."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--json", action="store_true", help="print one JSON object, on one line")
    options.add_argument("--write", action="store_true", help=f"write {PAGE}")
    options.add_argument("--seed", type=int, default=7)
    options.add_argument("--posts", type=int, default=60_000)
    options.add_argument("--rounds", type=int, default=5)
    options.add_argument("--sizes", type=int, nargs="+", default=list(SIZES))
    given = options.parse_args()
    result = measured(given.seed, given.posts, given.rounds, tuple(given.sizes))
    if given.write:
        PAGE.write_text(page(result, f"python -m bench.terms --write --posts {given.posts}"), encoding="utf-8")
    print(json.dumps(result, indent=None if given.json else 2))


if __name__ == "__main__":
    main()
