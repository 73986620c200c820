"""Hash lists as CSV or JSON, their columns mapped to ours."""

import csv
import hashlib
import io
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import pyarrow as pa

from seawall.hashes.entries import DIGITS, HASH_LIST, HashKind, Opinion, empty_list
from seawall.hashes.ledger import digest_of, standing
from seawall.records.errors import BadHashList
from seawall.records.run import QUARANTINE

FIELDS = ("kind", "value", *HashKind, "category", "opinion", "source", "reference")
"""What a mapping may name: one column an algorithm, or `kind` and `value`."""

_ALIASES = {
    "kind": ("kind", "type", "signal_type", "hash_type", "algorithm"),
    "value": ("value", "hash", "hash_value", "indicator", "signal"),
    "md5": ("md5",),
    "sha1": ("sha1", "sha-1"),
    "sha256": ("sha256", "sha-256"),
    "pdq": ("pdq", "pdq_hash", "pdqhash"),
    "category": ("category", "classification", "class", "grade", "label"),
    "opinion": ("opinion", "verdict"),
    "source": ("source", "list", "owner"),
    "reference": ("reference", "id", "reference_id"),
}


@dataclass(frozen=True, slots=True)
class HashList:
    """What a file held: the usable entries, and every refused row with its reason."""

    entries: pa.Table
    refused: pa.Table


def digest_of_list(path: Path) -> str:
    """SHA-256 of a list's bytes, or of what stands in banks."""
    return digest_of(path) if path.is_dir() else hashlib.sha256(path.read_bytes()).hexdigest()


def read_hash_list(path: Path, mapping: Mapping[str, str] | None = None) -> HashList:
    """Read a .csv, .json (array, or object with one array) or .jsonl hash list, UTF-8.

    `mapping` names the file's column for each of `FIELDS` (`{"pdq": "ImageHash", "category": "Grade"}`); without it
    the usual names are tried. Hashes may be upper-case. The file's name stands in for a missing source. Rows that
    hold no usable hash are set aside, each with its line and reason; a file of which no row can be read is refused.
    A folder is banks: what stands in them now.
    """
    path = Path(path)
    if path.is_dir():
        return HashList(standing(path), QUARANTINE.empty_table())
    columns = _columns(mapping)
    entries: list[dict[str, str]] = []
    refused: list[dict[str, Any]] = []
    for line, row in _rows(path):
        found, reasons = _entries(row, columns, path.stem)
        entries += found
        refused += [{"file": path.name, "line": line, "reason": reason} for reason in reasons]
    if refused and not entries:
        raise BadHashList(
            f"{path} holds no usable hash; the first problem, line {refused[0]['line']}: {refused[0]['reason']}. "
            "Name its columns with a mapping, as pdq=ImageHash,category=Grade."
        )
    table = pa.Table.from_pylist(entries, HASH_LIST) if entries else empty_list()
    return HashList(table, pa.Table.from_pylist(refused, QUARANTINE))


def _columns(mapping: Mapping[str, str] | None) -> dict[str, tuple[str, ...]]:
    if mapping is None:
        return _ALIASES
    unknown = sorted(set(mapping) - set(FIELDS))
    if unknown:
        raise BadHashList(f"a hash list has no field {unknown[0]!r}; fields: {', '.join(FIELDS)}.")
    return {**{key: _ALIASES[key] for key in ("opinion",)}, **{key: (name.lower(),) for key, name in mapping.items()}}


def _rows(path: Path) -> Iterator[tuple[int, Mapping[str, Any]]]:
    try:
        text = path.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise BadHashList(f"{path} cannot be read ({error}); give a UTF-8 file of .csv, .json or .jsonl.") from error
    readers = {".csv": _csv_rows, ".json": _json_rows, ".jsonl": _jsonl_rows}
    if path.suffix.lower() not in readers:
        raise BadHashList(f"{path} is no hash list by its ending; known endings: {', '.join(readers)}.")
    yield from readers[path.suffix.lower()](text, path)


def _csv_rows(text: str, path: Path) -> Iterator[tuple[int, Mapping[str, Any]]]:
    reader = csv.DictReader(io.StringIO(text, newline=""))
    try:
        for row in reader:
            yield reader.line_num, {str(key).strip().lower(): value for key, value in row.items()}
    except csv.Error as error:
        raise BadHashList(f"{path}, line {reader.line_num}: {error}; save it as comma-separated UTF-8.") from error


def _json_rows(text: str, path: Path) -> Iterator[tuple[int, Mapping[str, Any]]]:
    document = _json(text, f"{path}")
    arrays = [document] if isinstance(document, list) else [v for v in _values(document) if isinstance(v, list)]
    if len(arrays) != 1:
        raise BadHashList(f"{path} must be a JSON array of objects, or an object with exactly one array.")
    yield from enumerate(map(_lower_keys, arrays[0]), start=1)


def _jsonl_rows(text: str, path: Path) -> Iterator[tuple[int, Mapping[str, Any]]]:
    for number, line in enumerate(text.splitlines(), start=1):
        if line.strip():
            yield number, _lower_keys(_json(line, f"{path}, line {number}"))


def _json(text: str, where: str) -> Any:
    try:
        return msgspec.json.decode(text)
    except msgspec.DecodeError as error:
        raise BadHashList(f"{where} is not JSON: {error}. Save the list again as CSV or JSON.") from error


def _values(document: Any) -> Iterable[Any]:
    return document.values() if isinstance(document, dict) else ()


def _lower_keys(row: Any) -> Mapping[str, Any]:
    return {str(key).strip().lower(): value for key, value in row.items()} if isinstance(row, dict) else {}


def _entries(
    row: Mapping[str, Any], columns: Mapping[str, tuple[str, ...]], stem: str
) -> tuple[list[dict[str, str]], list[str]]:
    """The entries of one row, one for each hash in it, and why others were refused."""
    told = {field: _text(row, columns.get(field, ())) for field in FIELDS}
    opinion = told["opinion"].lower() or str(Opinion.POSITIVE)
    if opinion not in set(Opinion):
        return [], [f"opinion {opinion!r} is none of {', '.join(Opinion)}"]
    shared = {key: told[key] for key in ("category", "reference")}
    entries, reasons = [], []
    for kind, value in _hashes(told):
        reason = _refusal(kind, value)
        if reason:
            reasons.append(reason)
        else:
            source = told["source"] or stem
            entries.append({"kind": kind, "value": value.lower(), "opinion": opinion, "source": source, **shared})
    return entries, reasons or ([] if entries else ["no hash in this row"])


def _text(row: Mapping[str, Any], names: tuple[str, ...]) -> str:
    for name in names:
        if row.get(name) is not None:
            return str(row[name]).strip()
    return ""


def _hashes(told: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    if told["value"]:
        kind = told["kind"].lower().replace("-", "")
        yield kind or _kind_by_length(told["value"]), told["value"]
    for kind in HashKind:
        if told[kind]:
            yield str(kind), told[kind]


def _kind_by_length(value: str) -> str:
    # 64 digits are SHA-256 or PDQ: the list must say which.
    return {32: "md5", 40: "sha1"}.get(len(value), "")


def _refusal(kind: str, value: str) -> str:
    if kind not in set(HashKind):
        return f"hash kind {kind!r} is none of {', '.join(HashKind)}"
    digits = DIGITS[HashKind(kind)]
    if len(value) != digits or not all(digit in "0123456789abcdefABCDEF" for digit in value):
        return f"a {kind} of {len(value)} characters is not {digits} hexadecimal digits"
    return ""
