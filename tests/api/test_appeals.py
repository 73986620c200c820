"""Appeals wait in a file until people read them."""

import asyncio
import os

import pytest
from asking import appeals

from seawall.api.appeals import AppealQueue, appeal_line, append
from seawall.guard.answers import AppealRequest
from seawall.records.errors import Unavailable
from seawall.records.ids import IdKey
from seawall.records.seal import unseal

KEY = IdKey(bytes(range(32)))
ASKED = AppealRequest(decision_id="d" * 72, account="account-1", statement="this was not me", language="en")


@pytest.fixture
def file(tmp_path):
    return tmp_path / "appeals"


def put(file, *lines):
    async def all_at_once():
        queue = AppealQueue(file)
        await asyncio.gather(*(queue.put(line) for line in lines))

    asyncio.run(all_at_once())


def test_an_appeal_comes_back_as_it_was_made(file):
    put(file, appeal_line(ASKED, KEY))
    (read,) = appeals(file)
    assert unseal(KEY, read.statement) == ASKED.statement
    assert read.account_id == f"{KEY.one('account', 'account-1'):016x}"
    assert read.decision_id == ASKED.decision_id


def test_neither_account_nor_statement_stands_in_clear(file):
    put(file, appeal_line(ASKED, KEY))
    assert b"account-1" not in file.read_bytes()
    assert b"not me" not in file.read_bytes()
    assert file.stat().st_mode & 0o777 == 0o600


def test_the_same_appeal_has_the_same_reference():
    other = AppealRequest(decision_id="d" * 72, account="account-2", statement="this was not me")
    put_twice = [appeal_line(asked, KEY) for asked in (ASKED, ASKED, other)]
    first, second, third = (line.partition(b'"received_at"')[0] for line in put_twice)
    assert first == second != third


def test_many_at_once_are_all_there(file):
    lines = [b'{"n":%d}' % n for n in range(500)]
    put(file, *lines)
    assert sorted(file.read_bytes().split()) == sorted(lines)


def test_a_line_that_a_crash_left_torn_swallows_no_other(file):
    append(file, [appeal_line(ASKED, KEY)])
    whole = file.read_bytes()
    os.truncate(file, len(whole) - 20)
    line = appeal_line(ASKED, KEY)
    append(file, [line])
    assert file.read_bytes() == whole[:-20] + b"\n" + line + b"\n"


def test_a_disk_that_takes_nothing_is_told(tmp_path):
    with pytest.raises(Unavailable, match="was not taken"):
        put(tmp_path / "no" / "such" / "folder", b"{}")


def test_a_queue_that_failed_takes_the_next_one(tmp_path):
    async def fail_then_work():
        queue = AppealQueue(tmp_path / "later" / "appeals")
        with pytest.raises(Unavailable):
            await queue.put(b"{}")
        queue.path.parent.mkdir()
        await queue.put(b"{}")

    asyncio.run(fail_then_work())
    assert (tmp_path / "later" / "appeals").read_bytes() == b"{}\n"
