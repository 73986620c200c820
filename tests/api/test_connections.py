"""Slow clients are cut off; patient ones are not."""

import asyncio
import socket
import threading
import time
from contextlib import contextmanager

import pytest
import uvicorn

from seawall.api.connections import LARGEST_HEAD, TimedProtocol, cut_off

BIG = 8 << 20


class Impatient(TimedProtocol):
    patience = 0.4


async def app(scope, receive, send):
    more = True
    while more:
        more = (await receive()).get("more_body", False)
    body = bytes(BIG) if scope["path"] == "/big" else b"ok"
    headers = [(b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})


@contextmanager
def serving():
    config = uvicorn.Config(app, port=0, http=Impatient, loop="uvloop", ws="none", lifespan="off", log_config=None)
    server = uvicorn.Server(config)
    cut = []

    async def run():
        serve = asyncio.create_task(server.serve())
        while not serve.done():
            cut.append(cut_off(server.server_state, asyncio.get_running_loop().time()))
            await asyncio.sleep(0.05)

    thread = threading.Thread(target=asyncio.run, args=(run(),))
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield server.servers[0].sockets[0].getsockname()[1], cut
    server.should_exit = True
    thread.join()


@pytest.fixture(scope="module")
def door():
    with serving() as found:
        yield found


@pytest.fixture
def client(door):
    with socket.create_connection(("127.0.0.1", door[0]), timeout=10) as client:
        yield client


def closed(client):
    """Whether the server ends the connection, without or with a reset."""
    try:
        return client.recv(1) == b""
    except ConnectionError:
        return True


def refused_after(client, piece, times):
    """How many pieces, one every 50 ms, the server takes."""
    for sent in range(times):
        try:
            client.sendall(piece)
        except ConnectionError:
            return sent
        time.sleep(0.05)
    return times


def answered(client, times):
    """Whether so many answers come."""
    answer = b""
    while answer.count(b"\r\n\r\nok") < times:
        if not (more := client.recv(4096)):
            return False
        answer += more
    return True


@pytest.mark.parametrize(
    "sent",
    [
        b"",
        b"GET / HTT",
        b"GET / HTTP/1.1\r\nHost: a\r\nX-Slow: ",
        b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nhalf",
    ],
)
def test_a_client_that_stops_in_the_middle_is_cut_off(client, sent):
    client.sendall(sent)
    assert closed(client)


def test_a_client_that_sends_drop_by_drop_is_cut_off(client):
    client.sendall(b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\n")
    assert refused_after(client, b".", times=100) < 40


def test_a_client_that_does_not_take_its_answer_is_cut_off(door):
    with socket.socket() as client:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        client.connect(("127.0.0.1", door[0]))
        before = sum(door[1])
        client.sendall(b"GET /big HTTP/1.1\r\nHost: a\r\n\r\n")
        begun = time.monotonic()
        while sum(door[1]) == before and time.monotonic() - begun < 5:
            time.sleep(0.05)
        assert sum(door[1]) == before + 1


def test_a_head_without_end_is_cut_off_at_once(client):
    client.sendall(b"GET / HTTP/1.1\r\n")
    assert refused_after(client, b"X-More: " + b"a" * (LARGEST_HEAD // 2) + b"\r\n", times=100) < 6


def test_a_client_that_pauses_between_requests_stays(client):
    for _ in range(3):
        client.sendall(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        assert answered(client, 1)
        time.sleep(0.6)


def test_requests_sent_in_one_go_are_all_answered(client):
    client.sendall(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n" * 3)
    assert answered(client, 3)
    time.sleep(0.6)
    client.sendall(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
    assert answered(client, 1)
