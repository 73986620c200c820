"""`seawall terms`: the lexicon, from proposal to retirement."""

import csv
import json
from collections import Counter
from pathlib import Path
from typing import Any

import click
import pyarrow as pa
import pyarrow.compute
import pyarrow.parquet

from seawall.cli.configuration import Settings, with_settings
from seawall.intake.lexicons import read_lexicon
from seawall.records.errors import BadInput
from seawall.terms.approvals import (
    Approval,
    read_approval,
    read_private_key,
    read_trusted_keys,
    write_approval,
)
from seawall.terms.check import check as check_lexicon
from seawall.terms.hits import LANES, disguises_of
from seawall.terms.lexicon import Lexicon, Status, Term, lexicon_to_dict, term_to_dict
from seawall.terms.proposed import read_proposals
from seawall.terms.scanner import Scanner
from seawall.terms.store import LexiconStore

store_option = click.option(
    "--store", default="lexicon", show_default=True, type=click.Path(path_type=Path), help="The lexicon's folder."
)
by_option = click.option("--by", required=True, help="Who does this; it goes into the log.")
purpose_option = click.option("--purpose", default="", help="Why terms are shown in clear; it goes into the log.")


@click.group()
def terms() -> None:
    """Import, approve, check and scan with the terms of a lexicon."""


@terms.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--map", "pairs", multiple=True, metavar="FIELD=COLUMN", help="Which column holds a field of a term.")
@click.option("--innocent", is_flag=True, help="The file lists innocent words, which never count.")
@store_option
@by_option
def import_(file: Path, pairs: tuple[str, ...], innocent: bool, store: Path, by: str) -> None:
    """Propose the terms of a CSV, JSON, JSONL or Parquet file."""
    mapping = dict(pair.partition("=")[::2] for pair in pairs)
    lexicon = read_lexicon(file, mapping)
    kept = LexiconStore(store)
    before = kept.load()
    if innocent:
        after = kept.allow([term.text for term in lexicon.terms], by)
        click.echo(f"{len(after.innocent) - len(before.innocent)} innocent words added; version {after.version}.")
    else:
        after = kept.propose(lexicon.terms, by)
        click.echo(f"{len(after) - len(before)} terms proposed; version {after.version}.")


@terms.command("list")
@click.option("--status", type=click.Choice([str(status) for status in Status]), help="Only terms of this status.")
@store_option
@purpose_option
@click.option("--by", default="", help="Who looks; needed with --purpose.")
def list_(status: str | None, store: Path, purpose: str, by: str) -> None:
    """List terms: masked, or in clear for a stated purpose."""
    kept = LexiconStore(store)
    lexicon = kept.load()
    chosen = [term for term in lexicon.terms if status in {None, term.status}]
    if purpose:
        kept.shown(_named(by), purpose, len(chosen))
    for term in chosen:
        text = term.text if purpose else masked(term.text)
        click.echo(f"{text}\t{term.status}\t{term.severity}\t{term.language}\t{term.category}")
    counts = Counter(str(term.status) for term in lexicon.terms)
    click.echo(f"version {lexicon.version}: " + (", ".join(f"{n} {s}" for s, n in sorted(counts.items())) or "empty"))


@terms.command()
@click.argument("approval", type=click.Path(path_type=Path))
@click.option("--sign", "key", type=click.Path(path_type=Path), help="Sign it with this Ed25519 key (PEM).")
@click.option("--person", default="", help="Whose key that is.")
@click.option("--term", "texts", multiple=True, help="A term to approve; without any, every term not yet active.")
@click.option("--trusted", type=click.Path(path_type=Path), help="Activate: JSON of person -> base64 public key.")
@store_option
def approve(
    approval: Path, key: Path | None, person: str, texts: tuple[str, ...], trusted: Path | None, store: Path
) -> None:
    """Sign an approval file, or activate what it approves.

    A term that blocks a search (severity 3) takes the signatures of two people, any other term one.
    """
    kept = LexiconStore(store)
    lexicon = kept.load()
    if (key is None) == (trusted is None):
        raise BadInput("Give --sign KEY --person NAME to sign, or --trusted KEYS to activate.")
    if key is not None:
        waiting = tuple(t.text for t in lexicon.terms if t.status in {Status.PROPOSED, Status.APPROVED})
        body = read_approval(approval) if approval.exists() else Approval(lexicon.version, texts or waiting, {})
        if not body.terms:
            raise BadInput(f"No term waits in {store}. Import some, or name the lexicon's folder with --store.")
        if body.version != lexicon.version:
            raise BadInput(
                f"{approval} is for version {body.version}; {store} has version {lexicon.version}. Begin a new file."
            )
        write_approval(body.signed(_named(person), read_private_key(key)), approval)
        click.echo(f"{person} signed {len(body.terms)} terms of version {body.version}.")
    elif trusted is not None:
        after = kept.activate(read_approval(approval), read_trusted_keys(trusted))
        active = sum(term.scanned for term in after.terms)
        click.echo(f"{active} terms are active; version {after.version}.")


@terms.command()
@click.argument("texts", nargs=-1, required=True)
@store_option
@by_option
def retire(texts: tuple[str, ...], store: Path, by: str) -> None:
    """Take terms out of use."""
    after = LexiconStore(store).retire(texts, by)
    click.echo(f"{len(texts)} terms retired; version {after.version}.")


@terms.command()
@store_option
@click.option("--lexicon", "file", type=click.Path(path_type=Path), help="Check this file, not the store.")
@click.option(
    "--words", "lists", multiple=True, metavar="LANGUAGE=FILE", help="Everyday words, one a line, counts after them."
)
@click.option("--sample", type=click.Path(path_type=Path), help="Benign posts: text lines, or Parquet with text.")
@click.option("--out", type=click.Path(path_type=Path), help="Write the whole report, terms in clear, as Parquet.")
@purpose_option
@click.option("--by", default="", help="Who looks; needed with --out.")
def check(
    store: Path, file: Path | None, lists: tuple[str, ...], sample: Path | None, out: Path | None, purpose: str, by: str
) -> None:
    """Tell what terms would hit before they go live."""
    kept = LexiconStore(store)
    lexicon = read_lexicon(file) if file else kept.load()
    words = {name: _first_words(Path(path)) for name, path in map(_language_and_file, lists)}
    report = check_lexicon(lexicon, words, _texts(sample) if sample else pa.array([], pa.string()))
    if out:
        kept.shown(_named(by), purpose, len(report))
        pa.parquet.write_table(report, out)
    worst = report.slice(0, 20).to_pylist()
    for row in worst:
        if row["too_short"] or row["everyday"] or row["sample_posts"]:
            languages = sorted({word.partition(":")[0] for word in row["everyday"]})
            short = "too short" if row["too_short"] else ""
            said = [short, "everyday in " + ", ".join(languages) if languages else "", f"{row['sample_posts']} posts"]
            click.echo(f"{masked(row['term'])}: " + "; ".join(filter(None, said)))
    brief = pa.compute.sum(report["too_short"]).as_py() or 0
    colliding = sum(1 for words_ in report["everyday"].to_pylist() if words_)
    click.echo(f"{len(report)} terms: {brief} too short, {colliding} collide with everyday words.")


@terms.command()
@click.argument("file", type=click.Path(path_type=Path))
@store_option
@by_option
@purpose_option
def export(file: Path, store: Path, by: str, purpose: str) -> None:
    """Write the lexicon in clear, as JSON or CSV, for a stated purpose."""
    kept = LexiconStore(store)
    lexicon = kept.load()
    kept.shown(by, purpose, len(lexicon))
    if file.suffix == ".csv":
        _write_csv(lexicon, file)
    else:
        file.write_text(json.dumps(lexicon_to_dict(lexicon), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    click.echo(f"{len(lexicon)} terms written; version {lexicon.version}.")


@terms.command()
@click.argument("run", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option("--adopt", is_flag=True, help="Enter them into the lexicon, as proposed.")
@store_option
@purpose_option
@click.option("--by", default="", help="Who looks or adopts; needed with --purpose and --adopt.")
@with_settings
def proposals(run: Path, adopt: bool, store: Path, purpose: str, by: str, settings: Settings) -> None:
    """List the terms that a run proposes.

    They are masked, or in clear with what stood around them for a stated purpose.
    """
    kept = LexiconStore(store)
    found = read_proposals(run, settings.key() if settings.key_file.exists() else None)
    if purpose:
        kept.shown(_named(by), purpose, len(found))
    for one in found:
        term = one.term if purpose else masked(one.term)
        near = f"\tlike {one.near if purpose else masked(one.near)}" if one.near else ""
        users = f"{one.flagged_accounts} flagged, {one.innocent_accounts} other accounts"
        click.echo(f"{term}\t{one.kind}\t{one.score:.1f}\t{users}{near}")
        for context in one.contexts if purpose else ():
            click.echo(f"    {context}")
    if adopt:
        before = len(kept.load())
        after = kept.propose([Term(one.term) for one in found], _named(by))
        click.echo(f"{len(after) - before} terms proposed; version {after.version}.")
    click.echo(f"{len(found)} terms in {run.name}; people approve, nothing here is active.")


@terms.command()
@click.argument("texts", type=click.Path(path_type=Path, allow_dash=True))
@store_option
@click.option("--lexicon", "file", type=click.Path(path_type=Path), help="Scan with this file, not the store.")
def scan(texts: Path, store: Path, file: Path | None) -> None:
    """Scan texts, one a line (- for stdin), or a Parquet file's column text."""
    scanner = Scanner.compile(read_lexicon(file)) if file else LexiconStore(store).scanner()
    hits, lexicon = scanner.scan_column(_texts(texts)), scanner.lexicon
    for k in range(len(hits)):
        disguise = ",".join(disguises_of(int(hits.disguise[k]))) or "none"
        term, lane = masked(lexicon.terms[hits.term[k]].text), LANES[hits.lane[k]]
        click.echo(f"{hits.row[k] + 1}\t{hits.start[k]}-{hits.end[k]}\t{term}\t{lane}\t{disguise}\t{hits.cost[k]:.2f}")
    click.echo(f"{len(hits)} hits in {len(set(hits.row.tolist()))} texts.")


def masked(text: str) -> str:
    """A term as it may stand on a screen: its first letter and its length."""
    return f"{text[:1]}{'•' * (len(text) - 1)}"


def _language_and_file(text: str) -> tuple[str, str]:
    language, _, path = text.partition("=")
    if not path:
        raise BadInput(f"--words takes LANGUAGE=FILE, as en=everyday.txt; {text!r} is none.")
    return language, path


def _first_words(path: Path) -> list[str]:
    """The first word of every line: word lists come with and without frequencies."""
    return [line.split()[0] for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def _named(by: str) -> str:
    if not by.strip():
        raise BadInput("This is logged under a name: give --by NAME (or --person NAME when signing).")
    return by


def _texts(path: Path) -> pa.Array | pa.ChunkedArray:
    if path.suffix == ".parquet":
        if "text" not in (names := pa.parquet.read_schema(path).names):
            raise BadInput(f"{path} has no column text; it has {', '.join(names)}. Give texts, one a line or a row.")
        return pa.parquet.read_table(path, columns=["text"])["text"]
    with click.open_file(str(path), encoding="utf-8", errors="surrogateescape") as file:
        lines = [line.rstrip("\n").encode("utf-8", "replace").decode() for line in file]
    return pa.array(lines, pa.large_string())


def _write_csv(lexicon: Lexicon, file: Path) -> None:
    names = [name for name in Term.__dataclass_fields__ if name != "text"]
    with file.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(["term", *names])
        for term in lexicon.terms:
            row: dict[str, Any] = {"severity": term.severity, "status": term.status, **term_to_dict(term)}
            writer.writerow([row["text"], *[_cell(row.get(name, "")) for name in names]])


def _cell(value: Any) -> str:
    return "|".join(value) if isinstance(value, (list, tuple)) else str(value)
