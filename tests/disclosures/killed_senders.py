"""A sender as a process of its own, killed at random moments and started again.

Run as a script it sends an approved case: `killed_senders.py RECEIVER STORE CASE`.
"""

import random
import subprocess
import sys
import time
from pathlib import Path

from lxml import etree

import databases

FOLDERS = [str(Path(databases.__file__).parent), str(Path(__file__).parent)]


def start(environment, receiver, store, case_id):
    """A sender that has said that it begins."""
    command = [sys.executable, __file__, receiver, store, case_id]
    paths = ":".join([*FOLDERS, environment.get("PYTHONPATH", "")])
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env={**environment, "PYTHONPATH": paths}, text=True
    )
    assert process.stdout.readline() == "begins\n", process.communicate()
    return process


def kill_often(environment, receiver, store, case_id, kills, seed, longest=0.1):
    """Kill a sender so many times, at random moments; then let one end. Returns how often it was killed at work."""
    draw, killed = random.Random(seed), 0
    for _ in range(kills):
        process = start(environment, receiver, store, case_id)
        time.sleep(draw.uniform(0, longest))
        process.kill()
        process.communicate()
        killed += process.returncode == -9
    process = start(environment, receiver, store, case_id)
    _, err = process.communicate(timeout=120)
    assert process.returncode == 0, err
    return killed


def assert_each_once(receiver, dossier, disclosures):
    """Every account has one finished report, linked to those before it; the ledger knows them all."""
    finished = {number: one for number, one in receiver.reports.kept.items() if one.state == "finished"}
    roots = {number: etree.fromstring(report.xml) for number, report in finished.items()}
    subjects = [next(root.iter("espIdentifier")).text for root in roots.values()]
    assert sorted(subjects) == sorted(suspect.account.id for suspect in dossier.suspects)
    assert {report.finishes for report in finished.values()} == {1}
    numbers = [int(one.reference) for one in disclosures]
    assert sorted(numbers) == sorted(finished)
    for place, number in enumerate(numbers):
        suspect = next(node for node in roots[number] if node.tag in {"personOrUserReported", "victim"})
        assert [int(node.text) for node in suspect.iterfind("priorCTReports")] == sorted(numbers[:place])
        report, wanted = finished[number], dossier.in_order[place]
        assert len(report.files) == len(report.details) == len(wanted.media) + len(wanted.threads)
        assert len(set(report.files.values())) == len(report.files)


def main(receiver, store, case_id):
    databases.use(databases.os.environ["SEAWALL_DATABASE"])
    from disclosing import KEY, sender

    from seawall.disclosures.cybertip.filing import send_case
    from seawall.disclosures.ledger import Ledger

    class Store:
        base = store

    home = Path(databases.os.environ["SEAWALL_HOME"])
    one = sender(Ledger(KEY), None, home, Store, base=receiver)
    print("begins", flush=True)  # noqa: T201  the killer waits for it
    for _ in send_case(one, case_id):
        pass


if __name__ == "__main__":
    main(*sys.argv[1:])
