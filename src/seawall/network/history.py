"""What became of networks from run to run: kept, split, merged, ended.

An earlier network lives on in every new one that shares enough of its accounts (`identity.related`); only one of these
carries its name. Each run adds its events to those of the runs before, so that a network's history can be read from
the last run alone. It names networks and counts accounts, and holds no account.
"""

from collections.abc import Mapping, Sequence
from enum import StrEnum

import pyarrow as pa
import pyarrow.compute as pc

from seawall.network.identity import Named, related
from seawall.records.run import HISTORY


class Event(StrEnum):
    """What became of a network in a run."""

    FOUNDED = "founded"
    KEPT = "kept"
    SPLIT = "split"
    MERGED = "merged"
    ENDED = "ended"


_SAYS = {
    Event.FOUNDED: "first found in run {run}",
    Event.KEPT: "kept in run {run}: {joined} joined, {left} left",
    Event.SPLIT: "split from {earlier} in run {run} with {stayed} of its accounts",
    Event.MERGED: "merged with {earlier} in run {run}",
    Event.ENDED: "not found in run {run}",
}


def continued(
    before: pa.Table, networks: Sequence[Sequence[str]], names: Sequence[Named], earlier: Mapping[str, Sequence[str]]
) -> pa.Table:
    """The history `before`, and the events of this run: `networks` with their `names`, after the `earlier` ones."""
    run = (pc.max(before["run"]).as_py() or (1 if earlier else 0)) + 1
    rows = [{"run": run, **row} for row in _events(networks, names, earlier)]
    return pa.concat_tables([before, pa.Table.from_pylist(rows, schema=HISTORY)])


def sentences(history: pa.Table, network: str) -> tuple[str, ...]:
    """The history of one network, the latest event first."""
    rows = history.filter(pc.equal(history["network_id"], network)).to_pylist()[::-1]
    return tuple(_SAYS[Event(row["event"])].format(**row | {"earlier": " and ".join(row["earlier"])}) for row in rows)


def _events(
    networks: Sequence[Sequence[str]], names: Sequence[Named], earlier: Mapping[str, Sequence[str]]
) -> list[dict[str, object]]:
    shared = related(networks, earlier)
    carried = {kept for _, kept in names if kept}
    rows = []
    for place, (accounts, (name, kept)) in enumerate(zip(networks, names, strict=True)):
        sources = [old for at, old in shared if at == place and old != kept]
        stayed = shared.get((place, kept), 0) if kept else 0
        if kept:
            rows.append(_row(name, Event.KEPT, (), stayed, len(accounts) - stayed, len(earlier[kept]) - stayed))
        elif not sources:
            rows.append(_row(name, Event.FOUNDED, (), 0, len(accounts), 0))
        merged = [old for old in sources if old not in carried]
        if merged:
            rows.append(_row(name, Event.MERGED, merged, sum(shared[place, old] for old in merged), 0, 0))
        rows += [_row(name, Event.SPLIT, (old,), shared[place, old], 0, 0) for old in sources if old in carried]
    lived_on = {old for _, old in shared}
    rows += [
        _row(old, Event.ENDED, (), 0, 0, len(accounts)) for old, accounts in earlier.items() if old not in lived_on
    ]
    return rows


def _row(name: str, event: Event, earlier: Sequence[str], stayed: int, joined: int, left: int) -> dict[str, object]:
    counts = {"stayed": stayed, "joined": joined, "left": left}
    return {"network_id": name, "event": str(event), "earlier": list(earlier), **counts}
