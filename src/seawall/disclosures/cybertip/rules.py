"""The rules of the format; every message names the field."""

import ipaddress
import math
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from typing import Any
from urllib.parse import urlsplit

from seawall.disclosures.cybertip.element import Element
from seawall.disclosures.cybertip.plan import Slot, plan_of
from seawall.disclosures.cybertip.report import FileDetails, Report
from seawall.disclosures.cybertip.values import FileRelevance
from seawall.records.errors import BadInput

_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_MAIL = re.compile(r"[^@\s]+@[^@\s]+")


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with one field, and what to do."""

    field: str
    says: str

    def __str__(self) -> str:
        return f"{self.field}: {self.says}"


def check_report(report: Report, now: datetime) -> list[Problem]:
    """Everything that keeps a report from being accepted."""
    return [*check_fields(report, now), *_report_rules(report, now)]


def check_file(details: FileDetails, now: datetime) -> list[Problem]:
    """Everything that keeps details of a file from being accepted."""
    return [*check_fields(details, now), *_file_rules(details)]


def require(problems: Iterable[Problem], what: str) -> None:
    """Raise BadInput with every problem, or pass."""
    told = [str(problem) for problem in problems]
    if told:
        raise BadInput(f"{what} breaks the format's rules: {'; '.join(told)}")


def check_fields(element: Element, now: datetime, path: str = "") -> Iterator[Problem]:
    """The rules that single fields carry: length, pattern, range, characters, times."""
    plan = plan_of(type(element))
    given = [slot.xml for slot in plan.slots if getattr(element, slot.field) not in (None, ())]
    if plan.choice and len(given) != 1:
        yield Problem(path, f"holds {', '.join(given) or 'nothing'}; give exactly one kind.")
    for slot in plan.slots:
        value = getattr(element, slot.field)
        if slot.required and (value is None or value == "" or value == ()):
            yield Problem(f"{path}/{slot.xml}".lstrip("/"), "is required and empty; fill it in.")
            continue
        for place, item in _items(slot, value, path):
            if slot.inner is not None:
                yield from check_fields(item, now, place)
            else:
                yield from (Problem(place, says) for says in _wrong(slot, item, now))


def _items(slot: Slot, value: Any, path: str) -> Iterator[tuple[str, Any]]:
    place = f"{path}/{'@' if slot.written == 'attribute' else ''}{slot.xml}".lstrip("/")
    if slot.many:
        yield from ((f"{place}[{number}]", item) for number, item in enumerate(value, 1))
    elif value is not None:
        yield place, value


def _wrong(slot: Slot, value: Any, now: datetime) -> Iterator[str]:
    if slot.choices is not None:
        if not isinstance(value, slot.choices):
            yield f"{value!r} is none of {', '.join(str(one.value) for one in slot.choices)}."
    elif isinstance(value, str):
        yield from _wrong_text(slot, value)
    elif isinstance(value, datetime):
        yield from _wrong_time(value, now)
    elif isinstance(value, int | float) and not isinstance(value, bool | Enum):
        yield from _wrong_number(slot, value)


def _wrong_text(slot: Slot, value: str) -> Iterator[str]:
    if slot.longest is not None and len(value) > slot.longest:
        yield f"has {len(value)} characters, at most {slot.longest} are taken; shorten it."
    if found := _NOT_XML.search(value):
        yield f"holds the character U+{ord(found[0]):04X}, which XML cannot carry; take it out."
    if slot.pattern and not re.search(slot.pattern, value):
        yield f"{value[:40]!r} is not of the form {slot.pattern}; correct it."
    if slot.rule and (says := _RULES[slot.rule](value)):
        yield says


def _wrong_time(value: datetime, now: datetime) -> Iterator[str]:
    if value.tzinfo is None:
        yield "has no time zone; give it in UTC."
    elif value > now + timedelta(days=1):
        yield f"lies in the future ({value:%Y-%m-%d %H:%M}); correct it."


def _wrong_number(slot: Slot, value: float) -> Iterator[str]:
    if not math.isfinite(value):
        yield f"{value} is no number; leave it out."
    elif slot.least is not None and value < slot.least:
        yield f"{value} is below {slot.least:g}; correct it."
    elif slot.most is not None and value > slot.most:
        yield f"{value} is above {slot.most:g}; correct it."


def _not_an_address(value: str) -> str:
    try:
        ipaddress.ip_address(value)
    except ValueError:
        return f"{value[:60]!r} is no IP address; correct it or leave the event out."
    return ""


def _not_a_url(value: str) -> str:
    parts = urlsplit(value)
    fine = parts.scheme in {"http", "https"} and parts.hostname and " " not in value
    return "" if fine else f"{value[:60]!r} is no web address; write it in full, with https://."


def _not_mail(value: str) -> str:
    return "" if _MAIL.fullmatch(value) else f"{value[:60]!r} is no mail address; correct it or leave it out."


_RULES = {"ip": _not_an_address, "url": _not_a_url, "email": _not_mail}


def _report_rules(report: Report, now: datetime) -> Iterator[Problem]:
    summary, suspect = report.incident_summary, report.person_or_user_reported
    at = summary.incident_date_time
    if at.tzinfo is not None and at > now:
        yield Problem("incidentSummary/incidentDateTime", f"{at:%Y-%m-%d %H:%M:%S} is not past; take the evidence's.")
    if summary.escalate_to_high_priority is not None and not summary.escalate_to_high_priority.strip():
        yield Problem("incidentSummary/escalateToHighPriority", "is blank; say what the harm is, or leave it out.")
    if report.batched_report is not None and (suspect is not None or report.victim):
        yield Problem("batchedReport", "stands for a viral file; a network is one report for each account.")
    if suspect is None and not report.victim and not report.internet_details:
        yield Problem("report", "names no account and no place; give personOrUserReported, victim or internetDetails.")


def _file_rules(details: FileDetails) -> Iterator[Problem]:
    supplemental = details.file_relevance is FileRelevance.SUPPLEMENTAL
    if supplemental and details.industry_classification is not None:
        yield Problem("industryClassification", "stands only with fileRelevance Reported; leave it out.")
    if supplemental and details.file_annotations is not None and details.file_annotations.potential_meme:
        yield Problem("fileAnnotations/potentialMeme", "stands only with fileRelevance Reported; leave it out.")
