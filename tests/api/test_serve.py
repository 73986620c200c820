"""A running server: it starts, swaps, forgets tokens, sheds load and ends."""

import itertools
import json
import signal
import socket
import sys
import threading
import time
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).parents[1] / "soak"))
from asking import BUYER, CHILD, KEY, STRANGER, serving
from bench.load import Load, drive, post
from serve import soak

from seawall.api.token_file import revoke_token
from seawall.guard.serving import publish_version


def until(holds, seconds=5.0):
    """Whether something comes to hold in time."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if holds():
            return True
        time.sleep(0.02)
    return False


def version(client):
    return client.get("/readyz").json()["index_version"]


def test_a_moved_link_is_served_within_two_seconds(deployment):
    with serving(deployment) as server, server.client() as client:
        assert version(client) == deployment.versions["one"]
        deployment.point("two")
        assert until(lambda: version(client) == deployment.versions["two"], 2.5)


def test_a_folder_that_guards_are_published_to_is_served(deployment):
    published = publish_version(deployment.folder / "one" / "guard", deployment.folder / "serving", KEY)
    with serving(deployment, run="serving") as server, server.client() as client:
        assert version(client) == published
        newer = publish_version(deployment.folder / "two" / "guard", deployment.folder / "serving", KEY)
        assert until(lambda: version(client) == newer, 2.5)


def test_a_folder_without_an_index_is_told_at_the_start(deployment):
    with serving(deployment, run="nowhere") as server, server.client() as client:
        assert client.get("/readyz").status_code == 503
        told = next(line for line in server.lines() if line["event"] == "serving safe defaults alone")
    assert "no index" in told["says"]


def test_sighup_takes_the_index_at_once(deployment):
    with serving(deployment) as server, server.client() as client:
        deployment.point("two")
        server.process.send_signal(signal.SIGHUP)
        assert until(lambda: version(client) == deployment.versions["two"])


def test_a_swap_under_load_loses_and_mixes_nothing(deployment):
    decision = {deployment.versions["one"]: "allow", deployment.versions["two"]: "refuse"}
    asked = {"kind": "invite", "sender": STRANGER, "recipient": "account-2", "recipient_age": "adult"}
    seen = set()

    def whole(_, body):
        told = json.loads(body)
        seen.add(told["index_version"])
        return decision[told["index_version"]] == told["decision"]

    with serving(deployment) as server:
        swaps = threading.Thread(target=swap_again_and_again, args=(deployment, server, 4.0))
        swaps.start()
        request = post("/v1/contact", json.dumps(asked).encode(), deployment.secret)
        outcome = drive(Load(server.port, 4, 4.0), itertools.repeat(request), whole)
        swaps.join()
    assert (outcome.lost, outcome.wrong) == (0, 0)
    assert seen == set(decision)
    assert len(outcome.seconds) > 500


def swap_again_and_again(deployment, server, seconds):
    end = time.monotonic() + seconds
    for name in itertools.cycle(("two", "one")):
        if time.monotonic() > end:
            return
        deployment.point(name)
        server.process.send_signal(signal.SIGHUP)
        time.sleep(0.3)


def test_a_damaged_index_is_told_and_the_old_one_stays(deployment):
    with serving(deployment) as server, server.client() as client:
        (deployment.folder / "two" / "guard" / "manifest.json").write_text("{")
        deployment.point("two")
        assert until(lambda: 'outcome="failed"' in client.get("/metrics").text)
        assert version(client) == deployment.versions["one"]
        assert client.get("/readyz").json()["degraded"]
        asked = {"kind": "message", "sender": BUYER, "recipient": CHILD}
        assert client.post("/v1/contact", json=asked).json()["decision"] == "refuse"


def test_a_new_token_is_known_and_a_revoked_one_forgotten_within_two_seconds(deployment):
    with serving(deployment) as server, server.client(deployment.token("late", "guard:tag")) as client:
        assert until(lambda: client.post("/v1/tag", json={"tag": "a"}).status_code == 200, 2.5)
        revoke_token(deployment.folder / "seawall.tokens", "late")
        assert until(lambda: client.post("/v1/tag", json={"tag": "a"}).status_code == 401, 2.5)


def test_a_token_that_spends_its_rate_is_told_how_long_to_wait(deployment):
    secret = deployment.token("slow", "guard:tag", a_second=5.0)
    with serving(deployment) as server, server.client(secret) as client:
        answers = [client.post("/v1/tag", json={"tag": "a"}) for _ in range(20)]
        assert {answer.status_code for answer in answers} == {200, 429}
        assert int(answers[-1].headers["retry-after"]) >= 1


def test_it_ends_with_what_is_under_way(deployment):
    with serving(deployment) as server, server.client() as client:
        client.get("/healthz")
        body = json.dumps({"query": "gardening"}).encode()
        request = post("/v1/search", body, deployment.secret)
        with socket.create_connection(("127.0.0.1", server.port)) as half:
            half.sendall(request[:-5])
            time.sleep(0.2)
            server.process.terminate()
            time.sleep(0.5)
            half.sendall(request[-5:])
            half.settimeout(5)
            assert half.recv(4096).startswith(b"HTTP/1.1 200")
        assert server.process.wait(10) == 0
        assert server.lines()[-1]["event"] == "stopped"


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_with_success(deployment, how):
    with serving(deployment) as server:
        assert server.stop(how) == 0


def test_half_a_minute_of_everything_at_once(deployment):
    with serving(deployment, "--overlay", "overlay") as server:
        outcome, watch = soak(server, minutes=0.3, swap_every=2.0)
        assert not [line for line in server.lines() if line["level"] == "error"]
    assert (outcome.lost, outcome.wrong, watch.overlay_failed, watch.swaps_missed) == (0, 0, 0, 0)
    assert watch.swaps >= 5


def test_without_an_index_it_answers_safely_says_so_and_takes_the_first_that_comes(deployment):
    with serving(deployment, run="later") as server, server.client() as client:
        told = client.get("/readyz")
        assert told.status_code == 503
        assert not told.json()["ready"]
        assert client.post("/v1/recommend", json={"candidates": [STRANGER]}).json()["kept"] == []
        asked = {"kind": "message", "sender": STRANGER, "recipient": CHILD, "recipient_age": "child"}
        assert client.post("/v1/contact", json=asked).json()["decision"] == "refuse"
        (deployment.folder / "later").symlink_to("one")
        assert until(lambda: client.get("/readyz").status_code == 200, 3.0)
        assert client.post("/v1/recommend", json={"candidates": [STRANGER]}).json()["kept"] == [0]
