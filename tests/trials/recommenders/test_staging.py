"""A staging recommender over HTTP, on a real server, and the limits that keep a trial away from people."""

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import numpy as np
import pyarrow.parquet as pq
import pytest

from running import KEY
from seawall.effects.outbound import Destination, Outbound
from seawall.records.errors import BadInput, Refused
from seawall.trials.recommenders.staging import PATIENCE, Pace, Staging
from seawall.trials.staging_trial import StagingPlan, walk_staging

PLAN = StagingPlan(runs=1, seed=1, steps=6)


class Host(BaseHTTPRequestHandler):
    """Answers every surface with the same few things; the server says what goes wrong."""

    def do_GET(self):
        self._say(200, b"{}")

    def do_POST(self):
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        host = self.server
        host.seen.append((time.monotonic(), self.path, asked))
        trouble = host.trouble(len(host.seen))
        if trouble == "late":
            time.sleep(0.6)
        if trouble == "error":
            self._say(503, b"")
        elif trouble == "malformed":
            self._say(200, b'{"items": [{"id": 7}')
        else:
            self._say(200, json.dumps({"items": host.items(self.path)}).encode())

    def _say(self, status, body):
        self.send_response(status)
        if self.server.synthetic:
            self.send_header("Seawall-Population", "synthetic")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


@pytest.fixture(scope="module")
def names(world, platform):
    ids = pq.read_table(world.folder / "truth.parquet")["subject_id"]
    places = platform.places(KEY.column("account", ids)).tolist()
    return dict(zip(places, ids.to_pylist(), strict=True))


@pytest.fixture
def host(names, truth):
    """A server with forty accounts to show, a risky one among them."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Host)
    shown = [names[place] for place in [int(truth.offers.argmax()), *range(40)]]

    def items(path):
        kind = path.rsplit("/", 1)[1]
        if kind in {"suggest", "tags"}:
            return []
        if kind == "posts":
            return [{"id": f"post-{name}", "author": name, "signal": "co-follow"} for name in shown]
        return [{"id": name, "signal": "co-follow"} for name in shown]

    server.seen, server.synthetic, server.items, server.trouble = [], False, items, lambda _: ""
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()


def staging(host, platform, names, rate=2000.0, children=False, allow=None, testers=20):
    port = host.server_address[1]
    origin = f"http://127.0.0.1:{port}"
    outbound = Outbound([Destination(allow or origin, private=True)], timeout=0.3)
    people = [f"tester-{n}" for n in range(testers)]
    return Staging(f"{origin}/reco", outbound, people, platform, names, Pace(rate), children)


def test_it_walks_and_counts(host, platform, truth, names):
    told = walk_staging(platform, truth, staging(host, platform, names), PLAN)
    assert not told["partial"]
    assert told["walks"] == {"planned": 8, "whole": 8}
    assert told["requests"] == len(host.seen) > 20
    assert sum(one["risky"] for one in told["personas"].values()) > 0


def test_only_named_test_accounts_are_used(host, platform, truth, names):
    walk_staging(platform, truth, staging(host, platform, names), PLAN)
    assert {asked["viewer"] for _, _, asked in host.seen} <= {f"tester-{n}" for n in range(20)}
    with pytest.raises(BadInput, match="test accounts are needed"):
        walk_staging(platform, truth, staging(host, platform, names, testers=2), PLAN)


def test_no_name_of_anybody_is_in_the_result(host, platform, truth, names):
    told = json.dumps(walk_staging(platform, truth, staging(host, platform, names), PLAN))
    assert not any(name in told for name in names.values())
    assert "tester" not in told


def test_it_refuses_a_host_that_is_not_listed(host, platform, truth, names):
    with pytest.raises(Refused, match="not allowed"):
        walk_staging(platform, truth, staging(host, platform, names, allow="http://127.0.0.1:9"), PLAN)
    assert host.seen == []


def test_it_keeps_its_rate(host, platform, truth, names):
    walk_staging(platform, truth, staging(host, platform, names, rate=100.0), StagingPlan(1, 1, 2))
    times = np.array([at for at, _, _ in host.seen])
    assert len(times) > 10
    assert (len(times) - 1) / (times[-1] - times[0]) <= 100.0 * 1.05


def test_no_child_walks_unless_the_host_states_a_synthetic_population(host, platform, truth, names):
    plan = StagingPlan(1, 1, 2, children=True)
    with pytest.raises(Refused, match="synthetic"):
        walk_staging(platform, truth, staging(host, platform, names, children=True), plan)
    assert host.seen == []
    host.synthetic = True
    told = walk_staging(platform, truth, staging(host, platform, names, children=True), plan)
    assert told["personas"]["child"]["walks"] == 1


def test_without_leave_the_child_persona_does_not_walk(host, platform, truth, names):
    assert "child" not in walk_staging(platform, truth, staging(host, platform, names), PLAN)["personas"]


@pytest.mark.parametrize(
    ("trouble", "kind"), [("late", "no whole answer"), ("malformed", "malformed"), ("error", "503")]
)
def test_a_failure_ends_that_walk_and_marks_the_trial_partial(host, platform, truth, names, trouble, kind):
    host.trouble = lambda count: trouble if count in {30, 37} else ""
    told = walk_staging(platform, truth, staging(host, platform, names), PLAN)
    assert told["partial"]
    assert told["walks"]["planned"] == 8
    assert told["walks"]["whole"] < 8
    assert sum(told["failures"].values()) == 2
    assert kind in next(iter(told["failures"]))
    assert sum(one["walks"] for one in told["personas"].values()) == told["walks"]["whole"]


def test_a_host_that_is_down_is_left_alone(host, platform, truth, names):
    host.trouble = lambda _: "error"
    told = walk_staging(platform, truth, staging(host, platform, names), StagingPlan(2, 1, 6))
    assert told["walks"]["whole"] == 0
    assert len(host.seen) <= PATIENCE


def test_things_of_which_nothing_is_known_are_counted(host, platform, truth, names):
    known = host.items
    host.items = lambda path: [{"id": "nobody-here", "author": "nobody-here"}, *known(path)]
    told = walk_staging(platform, truth, staging(host, platform, names), PLAN)
    assert told["unknown_items"] > 0
    assert told["partial"]
