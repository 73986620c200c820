"""Lexicon files: CSV, JSON, JSONL, Parquet or lines, columns mapped."""

import csv
import json
import unicodedata
from collections.abc import Iterator, Mapping
from io import StringIO
from pathlib import Path
from typing import Any

import pyarrow as pa
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
_FIELDS = {"term": "text"}
_DELIMITERS = ",;\t|"
_SEVERITY_WORDS = {"low": 1, "weak": 1, "medium": 2, "high": 3, "severe": 3, "critical": 3}


def read_lexicon(path: str | Path, mapping: Mapping[str, str] | None = None) -> Lexicon:
    """The lexicon in a file; `mapping` names the file's column for a field (`{"text": "Keyword"}`, also as `term`).

    Commas, semicolons, tabs or bars divide a CSV's columns; a field of a nested JSON object is named with dots
    (`entry.word`). Terms that differ in case or in how marks are composed are one, the most severe.
    A row without a status is active: a file that an operator hands to a run is the operator's decision. Errors:
    `BadLexicon` with the row where reading stopped.
    """
    path = Path(path)
    if not path.is_file():
        raise BadLexicon(f"{path} is not a file. Give a lexicon as .csv, .json, .jsonl or .parquet.")
    rows = _rows(path)
    if isinstance(rows, Lexicon):
        return rows
    given, columns = dict(mapping or {}), dict[str, str]()
    terms: dict[str, Term] = {}
    for number, row in enumerate(rows, start=1):
        if not any(str(cell or "").strip() for cell in row.values()):
            continue
        columns = columns or _columns(path, list(row), {_FIELDS.get(k, k): column for k, column in given.items()})
        try:
            term = _term(row, columns)
        except (BadLexicon, TypeError, ValueError) as error:
            raise BadLexicon(f"{path}, row {number}: {error}") from None
        twin = unicodedata.normalize("NFC", term.text).casefold()
        if twin not in terms or terms[twin].severity < term.severity:
            terms[twin] = term
    return Lexicon(tuple(terms.values()))


def _rows(path: Path) -> Iterator[dict[str, Any]] | Lexicon:
    """The file's rows as dicts, or the whole lexicon where the file is one that Seawall wrote."""
    readers = {".csv": _csv, ".tsv": _csv, ".parquet": _parquet, ".jsonl": _jsonl, ".ndjson": _jsonl, ".json": _json}
    reader = (readers | {".txt": _lines}).get(path.suffix.lower())
    if reader is None:
        raise BadLexicon(
            f"{path} ends in {path.suffix!r}; give .csv, .tsv, .json, .jsonl, .parquet, or .txt with a term a line."
        )
    try:
        return reader(path)
    except UnicodeDecodeError as error:
        raise BadLexicon(f"{path} is not UTF-8 text ({error}). Save it as UTF-8 and try again.") from error
    except (pa.ArrowInvalid, json.JSONDecodeError, csv.Error) as error:
        raise BadLexicon(f"{path} cannot be read as {path.suffix}: {error}. Mend it and try again.") from error


def _text(path: Path) -> str:
    """UTF-8 with or without a byte order mark, or UTF-16 with one, as spreadsheets write it."""
    raw = path.read_bytes()
    return raw.decode("utf-16" if raw.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8").removeprefix("\ufeff")


def _csv(path: Path) -> Iterator[dict[str, Any]]:
    text = _text(path)
    if text.lower().startswith("sep="):  # what Excel writes to name the delimiter
        text = text.partition("\n")[2]
    if not text.strip():
        raise BadLexicon(f"{path} is empty. Give a header and a row a term.")
    header = text.partition("\n")[0]
    delimiter = "\t" if path.suffix.lower() == ".tsv" else max(_DELIMITERS, key=header.count)
    rows: list[dict[Any, Any]] = list(csv.DictReader(StringIO(text, newline=""), delimiter=delimiter, strict=True))
    for number, row in enumerate(rows, start=1):
        if any(row.pop(None, None) or ()):
            raise BadLexicon(f"{path}, row {number}: more cells than the header has. Quote what holds {delimiter!r}.")
    return iter(rows)


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    return iter([_row(line) for line in _text(path).splitlines()])


def _parquet(path: Path) -> Iterator[dict[str, Any]]:
    return iter(pa.parquet.read_table(path).to_pylist())


def _jsonl(path: Path) -> Iterator[dict[str, Any]]:
    lines = _text(path).splitlines()
    return iter([_row(json.loads(line)) for line in lines if line.strip()])


def _json(path: Path) -> Iterator[dict[str, Any]] | Lexicon:
    document = json.loads(_text(path))
    if isinstance(document, dict) and "schema_version" in document:
        return lexicon_from_dict(document)
    listed = _first_list(document)
    if listed is None:
        raise BadLexicon(f"{path} holds no list of terms. Give a list of words or of objects, or an object with one.")
    return iter([_row(entry) for entry in listed])


def _first_list(document: Any) -> list[Any] | None:
    """The list that a document is, or the first that its objects hold, however deep."""
    inside = document.values() if isinstance(document, dict) else ()
    return document if isinstance(document, list) else next(filter(None, map(_first_list, inside)), None)


def _row(entry: Any) -> dict[str, Any]:
    return dict(_flat(entry)) if isinstance(entry, dict) else {"term": entry}


def _flat(entry: Mapping[str, Any], before: str = "") -> Iterator[tuple[str, Any]]:
    """An object's fields, those of objects inside it with dots."""
    for name, value in entry.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{before}{name}.")
        else:
            yield before + name, value


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
