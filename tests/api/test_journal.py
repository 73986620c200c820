"""What the server tells its operator."""

import io
import json
import logging

from seawall.api.journal import Journal, ServerLog


def told(journal):
    return [json.loads(line) for line in journal.out.getvalue().splitlines()]


def test_a_line_is_json_with_its_time():
    journal = Journal(io.StringIO())
    journal.tell("serving", port=80)
    (line,) = told(journal)
    assert (line["event"], line["port"], line["level"]) == ("serving", 80, "info")
    assert line["at"].endswith("+00:00")


def test_a_flood_is_one_line_with_its_count():
    journal = Journal(io.StringIO())
    for _ in range(10_000):
        journal.count("turned away", "401")
    journal.flush()
    journal.flush()
    (line,) = told(journal)
    assert (line["what"], line["times"]) == ("401", 10_000)


def test_a_failure_tells_where_and_not_what_was_asked():
    journal = Journal(io.StringIO())
    try:
        raise ValueError("the query was zarbolint")
    except ValueError as error:
        journal.failure("search", error)
    (line,) = told(journal)
    assert (line["kind"], line["part"]) == ("ValueError", "search")
    assert line["where"].startswith("test_journal.py:")
    assert "zarbolint" not in journal.out.getvalue()


def test_the_servers_own_log_passes_without_its_arguments():
    journal = Journal(io.StringIO())
    log = logging.Logger("server")
    log.addHandler(ServerLog(journal))
    log.warning("a client at %s", "192.0.2.7")
    assert "192.0.2.7" not in journal.out.getvalue()
    assert told(journal)[0]["says"] == "a client at %s"
