"""What people decided, as the classes that beliefs begin from."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from seawall.network.belief import BUYS, BYSTANDER, OPEN, SELLS, Labels
from seawall.network.graph import Graph
from seawall.records.roles import Role


def known_classes(graph: Graph, verdicts: pa.Table) -> Labels:
    """The class of every account that people decided, OPEN for the others; an unsure verdict decides nothing."""
    known = np.full(graph.n, OPEN, np.int8)
    decided = verdicts.filter(
        pc.and_(pc.equal(verdicts["subject_kind"], "account"), pc.not_equal(verdicts["verdict"], "unsure"))
    )
    subjects = decided["subject_id"].to_numpy().astype(np.uint64)
    classes = [
        _class_of(verdict, role)
        for verdict, role in zip(decided["verdict"].to_pylist(), decided["role"].to_pylist(), strict=True)
    ]
    there = np.isin(subjects, graph.accounts)
    known[graph.places(subjects[there])] = np.array(classes, np.int8)[there]
    return known


def _class_of(verdict: str, role: str | None) -> int:
    if verdict == "cleared" or role == Role.BYSTANDER:
        return BYSTANDER
    return BUYS if role == Role.BUYER else SELLS


def decided_roles(graph: Graph, verdicts: pa.Table) -> dict[int, str]:
    """The role that people gave an account, by its place; who was confirmed without a role is left out."""
    decided = verdicts.filter(pc.equal(verdicts["subject_kind"], "account"))
    rows = zip(*(decided[name].to_pylist() for name in ("subject_id", "verdict", "role")), strict=True)
    given = {
        subject: str(Role.BYSTANDER) if verdict == "cleared" else role
        for subject, verdict, role in rows
        if verdict != "unsure"
    }
    subjects = np.array([subject for subject, role in given.items() if role], np.uint64)
    there = np.isin(subjects, graph.accounts)
    places = graph.places(subjects[there]).tolist()
    return {place: given[subject] for place, subject in zip(places, subjects[there].tolist(), strict=True)}
