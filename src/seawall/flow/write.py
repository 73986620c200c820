"""Writes a run folder: tables, guard index, summary and report."""

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from pathlib import Path

import msgspec
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from seawall.flow.conclude import Conclusions
from seawall.flow.gather import Material
from seawall.flow.order import Order
from seawall.flow.progress import Stages, peak_gigabytes
from seawall.flow.view import report_view
from seawall.guard import index
from seawall.intake.admission import Admission
from seawall.lake.run_tables import Names, read_members, write_table
from seawall.network.findings import Findings
from seawall.network.identity import name_networks
from seawall.pages.report import render
from seawall.records import run as tables
from seawall.records.ids import IdKey, Keys
from seawall.records.roles import ROLES, Role
from seawall.records.seal import seal

THING_KIND = {"tag": "hashtag", "link": "link", "media": "media", "avatar": "media"}
_COLUMN = {"tag": "tag", "link": "link", "media": "digest", "avatar": "avatar_pdq"}


def write_run(
    folder: Path, order: Order, admission: Admission, material: Material, conclusions: Conclusions, stages: Stages
) -> None:
    """Write everything that a run leaves; a `research` run leaves aggregates only."""
    names = Names(folder / "work" / "lake" / "names" if order.plain_ids else None)
    accounts = names.spell("account", material.graph.accounts)
    roles = np.array(ROLES)[conclusions.findings.roles.argmax(axis=1)]
    networks = _networks(order, conclusions, accounts)
    quarantine = pa.concat_tables(
        [
            tables.QUARANTINE.empty_table(),
            *map(pq.read_table, sorted((folder / "work" / "quarantine").glob("*.parquet"))),
        ]
    )
    pq.write_table(quarantine, folder / "quarantine.parquet", compression="zstd")
    things = _things(material, conclusions, order.key)
    summary = _summary(order, admission, material, conclusions, roles, len(networks))
    view = report_view(order, admission, material, conclusions, accounts, roles, networks, things)
    if order.profile == "platform":
        _write_findings(folder, conclusions.findings, accounts, things, names)
        _write_networks(folder, conclusions, material, accounts, roles, networks)
        _write_signals(folder, material, accounts)
        _write_terms(folder, order, things["hashtag"], names)
        _write_guard(folder, order.key, material, conclusions, roles, things)
    (folder / "report.html").write_text(render(view))
    summary["timings"] = {"stages": stages.seconds, "cpu": stages.cpu_seconds, "peak_gb": peak_gigabytes()}
    (folder / "summary.json").write_bytes(msgspec.json.format(msgspec.json.encode(summary), indent=2))


Things = Mapping[str, "pa.Table"]


def _things(material: Material, conclusions: Conclusions, key: IdKey) -> Things:
    """By kind: text, keyed id, risk, flagged, flagged users and users of every hashtag, link and file with a finding."""
    found: dict[str, list[pa.Table]] = {}
    for thing, kind in THING_KIND.items():
        told = conclusions.things[thing]
        texts = material.tables[f"{thing}_uses"][_COLUMN[thing]].combine_chunks().dictionary_encode().dictionary
        text = texts.take(pa.array(told.places)).cast(pa.string())
        columns = [text, key.column(kind, text), told.risk, told.flagged, told.flagged_users, told.users]
        found.setdefault(kind, []).append(
            pa.table(
                [pa.array(column) for column in columns], ["text", "id", "risk", "flagged", "flagged_users", "users"]
            )
        )
    return {kind: pa.concat_tables(parts).sort_by("text") for kind, parts in found.items()}


def _networks(order: Order, conclusions: Conclusions, accounts: pa.Array) -> Sequence[tuple[str, str | None]]:
    count = int(conclusions.network.max(initial=-1)) + 1
    members = [accounts.take(pa.array(conclusions.accused[conclusions.network == n])).to_pylist() for n in range(count)]
    return name_networks(members, read_members(order.previous) if order.previous else {})


def _write_findings(folder: Path, findings: Findings, accounts: pa.Array, things: Things, names: Names) -> None:
    """Findings on accounts, then on hashtags, links and files."""
    told = [msgspec.json.encode(reasons).decode() for reasons in findings.reasons]
    columns: dict[str, list[object]] = {
        "subject_kind": ["account"] * len(told),
        "subject_id": accounts.take(pa.array(findings.accounts)).to_pylist(),
        "risk": findings.risk.tolist(),
        "flagged": findings.flagged.tolist(),
        "evidence": list(told),
        **{role: findings.roles[:, place].tolist() for place, role in enumerate(ROLES)},
    }
    for kind, table in things.items():
        spelt = table["text"].to_pylist() if kind == "media" else names.spell(kind, table["id"].to_numpy()).to_pylist()
        columns["subject_kind"] += [kind] * len(table)
        columns["subject_id"] += spelt
        columns["flagged"] += table["flagged"].to_pylist()
        for risk, flagged, users in zip(
            *(table[name].to_pylist() for name in ("risk", "flagged_users", "users")), strict=True
        ):
            columns["risk"].append(risk)
            says = {"family": "users", "says": f"{flagged} of its {users} users are flagged", "adds": round(risk, 3)}
            columns["evidence"].append(msgspec.json.encode([says]).decode())
            for role in ROLES:
                columns[role].append(risk if role is Role.SELLER else 1 - risk if role is Role.BYSTANDER else 0.0)
    write_table(folder, "findings", tables.FINDINGS, columns)


def _write_networks(
    folder: Path,
    conclusions: Conclusions,
    material: Material,
    accounts: pa.Array,
    roles: Sequence[str],
    networks: Sequence[tuple[str, str | None]],
) -> None:
    findings = conclusions.findings
    place = np.searchsorted(findings.accounts, conclusions.accused)
    order = np.argsort(conclusions.network, kind="stable")
    order = order[conclusions.network[order] >= 0]
    of = conclusions.network[order]
    risk = findings.risk[place]
    sizes = np.bincount(of, minlength=len(networks))
    mean = np.bincount(of, risk[order], len(networks)) / np.maximum(sizes, 1)
    created = material.tables["accounts"]["created_at"].take(pa.array(conclusions.accused)).cast(pa.int64()).to_numpy()
    first = [int(created[conclusions.network == number].min()) for number in range(len(networks))]
    last = [int(created[conclusions.network == number].max()) for number in range(len(networks))]
    write_table(
        folder,
        "networks",
        tables.NETWORKS,
        {
            "network_id": [name for name, _ in networks],
            "members": sizes.tolist(),
            "risk": mean.tolist(),
            "first_at": pa.array(first, pa.int64()),
            "last_at": pa.array(last, pa.int64()),
            "previous_id": [earlier for _, earlier in networks],
            "evidence": ["ties among flagged accounts, and rare things that they share"] * len(networks),
        },
    )
    write_table(
        folder,
        "members",
        tables.MEMBERS,
        {
            "network_id": [networks[number][0] for number in of],
            "account_id": accounts.take(pa.array(conclusions.accused[order])),
            "role": [str(role) for role in np.asarray(roles)[place[order]]],
            "risk": risk[order].tolist(),
        },
    )


def _write_signals(folder: Path, material: Material, accounts: pa.Array) -> None:
    signals = material.signals
    spelt = accounts.take(pa.array(material.graph.places(signals["subject_id"].to_numpy())))
    columns = {name: signals[name] for name in signals.column_names}
    write_table(folder, "signals", tables.SIGNALS, {**columns, "subject_id": spelt})


def _write_terms(folder: Path, order: Order, tags: pa.Table, names: Names) -> None:
    """Hashtags that flagged accounts use far more than others do, as proposals; people approve."""
    proposed = tags.filter(tags["flagged"]).sort_by([("risk", "descending"), ("text", "ascending")])
    texts = proposed["text"].to_pylist()
    users, flagged = proposed["users"], proposed["flagged_users"]
    nulls = pa.nulls(len(texts), tables.TERMS.field("first_at").type)
    write_table(
        folder,
        "terms",
        tables.TERMS,
        {
            "term_id": names.spell("hashtag", proposed["id"].to_numpy()),
            "term": texts if order.plain_ids else [seal(order.key, text) for text in texts],
            "score": proposed["risk"],
            "accounts": users,
            "flagged_accounts": flagged,
            "innocent_accounts": pc.subtract(users, flagged),
            "first_at": nulls,
            "last_at": nulls,
            "status": ["proposed"] * len(texts),
        },
    )


def _write_guard(
    folder: Path, key: IdKey, material: Material, conclusions: Conclusions, roles: Sequence[str], things: Things
) -> None:
    findings = conclusions.findings
    child = np.asarray(roles) == Role.AT_RISK_CHILD

    def keyed(chosen: "np.ndarray") -> Keys:  # type: ignore[type-arg]
        return material.graph.accounts[findings.accounts[findings.flagged & chosen]]

    closed = {kind: table.filter(table["flagged"])["id"].to_numpy() for kind, table in things.items()}
    (folder / "guard").mkdir()
    index.publish(
        folder / "guard" / "index.bin",
        key,
        {
            ("account", index.HIDE): keyed(~child),
            ("account", index.PROTECT): keyed(child),
            ("hashtag", index.CLOSE): closed["hashtag"],
            ("link", index.REFUSE): closed["link"],
        },
    )


def _summary(
    order: Order,
    admission: Admission,
    material: Material,
    conclusions: Conclusions,
    roles: Sequence[str],
    networks: int,
) -> dict[str, object]:
    findings = conclusions.findings
    by_role = Counter(str(role) for role in np.asarray(roles)[findings.flagged])
    options = {"engine": order.engine, "seed": order.seed, "profile": order.profile, "plain_ids": order.plain_ids}
    lists = [hashlib.sha256(path.read_bytes()).hexdigest() for path in (*order.lexicons, *order.hash_lists)]
    digest = hashlib.sha256(msgspec.json.encode([options, lists])).hexdigest()
    return {
        "schema_version": tables.SCHEMA_VERSION,
        "seawall_version": version("seawall"),
        "configuration": {**options, "lists": lists, "digest": digest},
        "method": "cold start" if not conclusions.decided else f"cold start with {conclusions.decided} verdicts",
        "degraded": _degraded(order, admission),
        "plain_ids": order.plain_ids,
        "profile": order.profile,
        "counts": {
            "tables": {name: _count(count) for name, count in (*admission.tables.items(), *admission.feeds.items())},
            "accounts": material.graph.n,
            "flagged": int(findings.flagged.sum()),
            "networks": networks,
            "by_role": {str(role): by_role[role] for role in ROLES if role is not Role.BYSTANDER},
            "signals": len(material.signals),
        },
    }


def _count(count: object) -> Mapping[str, int]:
    return {name: getattr(count, name) for name in ("rows", "kept", "quarantined")}


def _degraded(order: Order, admission: Admission) -> list[str]:
    """What this run had to do without, by name."""
    missing = [
        f"no {table}" for table in admission.missing if table in ("posts", "follows", "interactions", "searches")
    ]
    return [*([] if order.lexicons else ["no lexicon"]), *missing, *(["plain ids"] if order.plain_ids else [])]
