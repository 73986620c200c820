"""Writes a run folder: tables, guard index, summary and report."""

import hashlib
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path

import msgspec
import numpy as np
import pyarrow as pa

from seawall.flow.outcome import KIND_OF, Outcome
from seawall.flow.progress import Stages, peak_gigabytes
from seawall.flow.view import report_view
from seawall.guard.findings import ages_of, contents_of, hoods_of, listed, subjects_of
from seawall.guard.publish import publish
from seawall.intake.hash_lists import digest_of_list
from seawall.intake.quarantine import by_reason, read_quarantine
from seawall.lake.run_tables import write_table
from seawall.network.coverage import unsure
from seawall.network.returns_told import return_rows, with_returns
from seawall.network.spread_told import spread_rows, spread_tables
from seawall.network.told import account_rows, member_rows, network_rows, thing_rows
from seawall.pages.report import coarse, render
from seawall.records.roles import ROLES, Role
from seawall.records.run import SCHEMA_VERSION, SIGNALS
from seawall.terms.lexicon import Lexicon

WANTED = ("posts", "follows", "interactions", "searches")
"""Tables without which a run is named as degraded."""


def write_run(
    folder: Path, work: Path, outcome: Outcome, lexicon: Lexicon, hash_list: pa.Table
) -> Mapping[str, object]:
    """Write all that a run leaves but its summary, which it returns; a `research` run leaves aggregates only."""
    quarantine = read_quarantine(work)
    if outcome.order.profile == "platform":
        tables = {"findings": _findings(outcome), "signals": _signals(outcome), "terms": outcome.terms}
        tables["history"] = outcome.history
        tables |= {**_networks(outcome), **_spread(outcome), "quarantine": quarantine}
        tables["sample"] = outcome.population.sample.rows(outcome.labels(outcome.population.sample.accounts))
        for name, table in tables.items():
            write_table(folder, name, table)
        _publish(folder / "guard", outcome, lexicon, hash_list)
    (folder / "report.html").write_text(render(report_view(outcome, degraded(outcome))), "utf-8")
    return _summary(outcome, quarantine)


def write_summary(folder: Path, summary: Mapping[str, object], stages: Stages) -> None:
    """Write the summary, with how long every stage took."""
    timings = {"stages": stages.seconds, "cpu": stages.cpu_seconds, "peak_gb": peak_gigabytes()}
    told = msgspec.json.encode({**summary, "timings": timings})
    (folder / "summary.json").write_bytes(msgspec.json.format(told, indent=2))


def _findings(outcome: Outcome) -> pa.Table:
    """Findings on accounts, then on hashtags, links and files, then on media that nobody knows yet."""
    returns, names = outcome.conclusions.returns, [name for name, _ in outcome.networks]
    findings = with_returns(outcome.conclusions.findings, returns, outcome.labels(returns.of).to_pylist())
    things = [thing_rows(KIND_OF[thing], one.found, one.spelt) for thing, one in outcome.things.items()]
    moving = spread_rows(outcome.conclusions.moving, outcome.order.key, names)
    return pa.concat_tables([account_rows(findings, outcome.labels(findings.accounts)), *things, moving])


def _spread(outcome: Outcome) -> Mapping[str, pa.Table]:
    """The clusters of moving media, and the pictures of those that are for the queue."""
    moving, names = outcome.conclusions.moving, [name for name, _ in outcome.networks]
    return spread_tables(moving, outcome.order.key, names, outcome.pictures, outcome.labels(moving.owner))


def _networks(outcome: Outcome) -> Mapping[str, pa.Table]:
    """The networks, their members, and who of them is the return of an account that is gone."""
    conclusions, accounts = outcome.conclusions, outcome.material.tables["accounts"]
    returns = conclusions.returns
    order = np.argsort(conclusions.network, kind="stable")
    order = order[conclusions.network[order] >= 0]
    of, members = conclusions.network[order], conclusions.accused[order]
    rows = np.searchsorted(conclusions.findings.accounts, members)
    risk = conclusions.findings.risk[rows]
    created = accounts["created_at"].take(pa.array(members)).cast(pa.int64()).to_numpy()
    names = [outcome.networks[number][0] for number in of]
    return {
        "networks": network_rows(outcome.networks, of, risk, created),
        "members": member_rows(names, outcome.labels(members), outcome.roles[rows].tolist(), risk),
        "returns": return_rows(returns, outcome.labels(returns.account), outcome.labels(returns.of)),
    }


def _signals(outcome: Outcome) -> pa.Table:
    signals = outcome.material.signals
    subjects = outcome.material.graph.places(signals["subject_id"].to_numpy())
    return signals.set_column(1, SIGNALS.field("subject_id"), outcome.labels(subjects)).cast(SIGNALS)


def _publish(folder: Path, outcome: Outcome, lexicon: Lexicon, hash_list: pa.Table) -> None:
    """Publish the guard index of what was concluded; nobody can read it without the key."""
    found, graph, things = outcome.conclusions.findings, outcome.material.graph, outcome.things
    contents = contents_of(
        graph.accounts,
        subjects_of(graph.n, found.accounts, outcome.roles, found.risk, found.flagged, found.seeks()),
        ages_of(outcome.material.tables["accounts"]["age_band"].to_pylist()),
        hoods_of(
            graph.ties["follow"] + graph.ties["message"], outcome.conclusions.accused, outcome.conclusions.network
        ),
        graph.ties["follow"],
    )
    media, pdq = listed(hash_list, outcome.order.key)
    media["cluster"] = things["media"].closed
    tags, links = things["tag"].closed, things["link"].closed
    whole = replace(contents, tags=tags, links=links, lexicon=lexicon, media=media, pdq=pdq)
    publish(folder, outcome.order.key, whole)


def _summary(outcome: Outcome, quarantine: pa.Table) -> dict[str, object]:
    order = outcome.order
    options = {"engine": order.engine, "seed": order.seed, "profile": order.profile, "plain_ids": order.plain_ids}
    lists = [digest_of_list(path) for path in (*order.lexicons, *order.hash_lists)]
    digest = hashlib.sha256(msgspec.json.encode([options, lists])).hexdigest()
    return {
        "schema_version": SCHEMA_VERSION,
        "seawall_version": version("seawall"),
        "configuration": {**options, "lists": lists, "digest": digest},
        "method": outcome.conclusions.method,
        "degraded": degraded(outcome),
        "plain_ids": order.plain_ids,
        "profile": order.profile,
        "counts": _counts(outcome, coarse if order.profile == "research" else int),
        **outcome.population.as_json(),
        "quarantined": by_reason(quarantine),
    }


def _counts(outcome: Outcome, tell: Callable[[int], int]) -> dict[str, object]:
    """What came in, and how many were found; a research run tells of no single person."""
    came = (*outcome.admission.tables.items(), *outcome.admission.feeds.items())
    flagged = outcome.conclusions.findings.flagged
    by_role = Counter(outcome.roles[flagged].tolist())
    return {
        "tables": {name: {part: getattr(c, part) for part in ("rows", "kept", "quarantined")} for name, c in came},
        "accounts": outcome.material.graph.n,
        "flagged": tell(int(flagged.sum())),
        "unsure": tell(int(unsure(outcome.conclusions.findings.risk, flagged).sum())),
        "networks": len(outcome.networks),
        "by_role": {str(role): tell(by_role[role]) for role in ROLES if role is not Role.BYSTANDER},
        "signals": len(outcome.material.signals),
        "returns": tell(len(outcome.conclusions.returns.account)),
        "unknown_media": tell(int(outcome.conclusions.moving.unlisted.sum())),
    }


def degraded(outcome: Outcome) -> tuple[str, ...]:
    """What this run had to do without, by name."""
    missing = tuple(f"no {table}" for table in outcome.admission.missing if table in WANTED)
    lacks = {"no lexicon": not outcome.order.lexicons, "no buyers: no messages or views": outcome.conclusions.unseen}
    return (*missing, *(name for name, so in lacks.items() if so), *(("plain ids",) if outcome.order.plain_ids else ()))
