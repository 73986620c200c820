"""Lexicon files: CSV, JSON, JSONL or Parquet, columns mapped."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet

from seawall.records.errors import BadLexicon
from seawall.terms.lexicon import Lexicon, Match, Status, Term, choice, lexicon_from_dict

ALIASES: dict[str, tuple[str, ...]] = {
    "text": ("term", "text", "keyword", "word", "phrase", "value", "name"),
    "severity": ("severity", "level", "weight"),
    "category": ("category", "type", "topic"),
    "language": ("language", "lang", "locale"),
    "status": ("status", "state"),
    "match": ("match", "match_policy", "policy"),
    "together": ("together", "together_with", "only_with"),
}
"""The column names that each field of a term is looked for under, in this order, case ignored."""
_SEVERITY_WORDS = {"low": 1, "weak": 1, "medium": 2, "high": 3, "severe": 3, "critical": 3}


def read_lexicon(path: str | Path, mapping: Mapping[str, str] | None = None) -> Lexicon:
    """The lexicon in a file; `mapping` names the file's column for a field (`{"text": "Keyword"}`).

    A row without a status is active: a file that an operator hands to a run is the operator's decision. Errors:
    `BadLexicon` with the row where reading stopped.
    """
    path = Path(path)
    if not path.is_file():
        raise BadLexicon(f"{path} is not a file. Give a lexicon as .csv, .json, .jsonl or .parquet.")
    rows = _rows(path)
    if isinstance(rows, Lexicon):
        return rows
    columns: dict[str, str] | None = None
    terms: dict[str, Term] = {}
    for number, row in enumerate(rows, start=1):
        columns = columns or _columns(path, list(row), mapping or {})
        try:
            term = _term(row, columns)
        except (BadLexicon, TypeError, ValueError) as error:
            raise BadLexicon(f"{path}, row {number}: {error}") from None
        terms.setdefault(term.text, term)
    return Lexicon(tuple(terms.values()))


def _rows(path: Path) -> Iterator[dict[str, Any]] | Lexicon:
    """The file's rows as dicts, or the whole lexicon where the file is one that Seawall wrote."""
    readers = {".csv": _csv, ".tsv": _csv, ".parquet": _parquet, ".jsonl": _jsonl, ".ndjson": _jsonl, ".json": _json}
    reader = readers.get(path.suffix.lower())
    if reader is None:
        raise BadLexicon(f"{path} ends in {path.suffix!r}; give .csv, .tsv, .json, .jsonl or .parquet.")
    try:
        return reader(path)
    except (pa.ArrowInvalid, UnicodeDecodeError, json.JSONDecodeError) as error:
        raise BadLexicon(f"{path} cannot be read as {path.suffix}: {error}. Save it as UTF-8 and try again.") from error


def _csv(path: Path) -> Iterator[dict[str, Any]]:
    delimiter = "\t" if path.suffix.lower() == ".tsv" else ","
    with path.open("rb") as file:
        names = file.readline().decode("utf-8-sig").strip().split(delimiter)
    kinds = {name.strip('"'): pa.string() for name in names}
    table = pa.csv.read_csv(
        path,
        parse_options=pa.csv.ParseOptions(delimiter=delimiter, newlines_in_values=True),
        convert_options=pa.csv.ConvertOptions(column_types=kinds),
    )
    return iter(table.to_pylist())


def _parquet(path: Path) -> Iterator[dict[str, Any]]:
    return iter(pa.parquet.read_table(path).to_pylist())


def _jsonl(path: Path) -> Iterator[dict[str, Any]]:
    lines = path.read_text(encoding="utf-8-sig").splitlines()
    return iter([_row(json.loads(line)) for line in lines if line.strip()])


def _json(path: Path) -> Iterator[dict[str, Any]] | Lexicon:
    document = json.loads(path.read_text(encoding="utf-8-sig"))
    if isinstance(document, dict) and "schema_version" in document:
        return lexicon_from_dict(document)
    if isinstance(document, dict):
        document = next((value for value in document.values() if isinstance(value, list)), None)
    if not isinstance(document, list):
        raise BadLexicon(f"{path} holds no list of terms. Give a list of words or of objects, or an object with one.")
    return iter([_row(entry) for entry in document])


def _row(entry: Any) -> dict[str, Any]:
    return entry if isinstance(entry, dict) else {"term": entry}


def _columns(path: Path, names: list[str], mapping: Mapping[str, str]) -> dict[str, str]:
    """Field of a term -> the file's column."""
    unknown = [field for field in mapping if field not in ALIASES]
    absent = [column for column in mapping.values() if column not in names]
    if unknown or absent:
        raise BadLexicon(
            f"{path}: the mapping names {sorted(unknown + absent)}; fields are {', '.join(ALIASES)}, "
            f"columns of the file are {', '.join(names)}."
        )
    lower = {name.strip().lower(): name for name in reversed(names)}
    found = {field: lower[alias] for field, aliases in ALIASES.items() for alias in reversed(aliases) if alias in lower}
    found |= mapping
    if "text" not in found:
        raise BadLexicon(
            f"{path} has the columns {', '.join(names)} and none that holds the terms. "
            "Name it term, or map it: --map text=COLUMN."
        )
    return found


def _term(row: Mapping[str, Any], columns: Mapping[str, str]) -> Term:
    given = {field: row.get(column) for field, column in columns.items()}
    values = {field: value for field, value in given.items() if value is not None and str(value).strip()}
    return Term(
        text=str(values.get("text", "")).strip(),
        severity=_severity(values.get("severity", 2)),
        category=str(values.get("category", "")),
        language=str(values.get("language", "")),
        status=choice(Status, values.get("status", Status.ACTIVE), "status"),
        match=choice(Match, values.get("match", Match.HASHTAG), "match"),
        together=_together(values.get("together", ())),
    )


def _severity(value: Any) -> int:
    word = str(value).strip().lower()
    if word in _SEVERITY_WORDS:
        return _SEVERITY_WORDS[word]
    try:
        return int(float(word))
    except ValueError:
        raise BadLexicon(f"severity {value!r} is no number; give 1, 2 or 3, or low, medium or high.") from None


def _together(value: Any) -> tuple[str, ...]:
    parts = value.split("|") if isinstance(value, str) else value
    return tuple(str(part).strip() for part in parts if str(part).strip())
