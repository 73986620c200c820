"""Ten thousand reports of twenty events: time a report as XML, beside pydantic-xml, and to hold it to the schema.

The peer's models are made from the same plan, so that both know every field of the format and write the same bytes.
"""

import argparse
import json
import statistics
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any

from pydantic import create_model
from pydantic_xml import BaseXmlModel, attr, element

from seawall.disclosures.cybertip.element import Element
from seawall.disclosures.cybertip.person import Email, IpCaptureEvent, Person, PersonOrUserReported
from seawall.disclosures.cybertip.plan import plan_of, root_name
from seawall.disclosures.cybertip.report import IncidentSummary, Report, Reporter
from seawall.disclosures.cybertip.rules import check_report
from seawall.disclosures.cybertip.schema import against, our_schema
from seawall.disclosures.cybertip.values import EventName, IncidentType
from seawall.disclosures.cybertip.write import to_xml

START = datetime(2026, 1, 1, tzinfo=UTC)
ROUNDS = 5


SCALARS = {
    "StrType": str,
    "IntType": int,
    "FloatType": float,
    "BoolType": bool,
    "DateTimeType": datetime,
    "DateType": date,
}


@cache
def peer_of(struct: type[Element]) -> type[BaseXmlModel]:
    """A pydantic-xml model of the same element: the same fields in the same order, all of the format."""
    fields: dict[str, Any] = {}
    for slot in plan_of(struct).slots:
        one: Any = peer_of(slot.inner) if slot.inner else slot.choices or SCALARS[slot.scalar]
        kind = list[one] if slot.many else one
        if slot.written == "content":
            fields[slot.field] = (str, ...)
        elif slot.written == "attribute":
            fields[slot.field] = (one | None, attr(name=slot.xml, default=None))
        elif slot.required:
            fields[slot.field] = (kind, element(tag=slot.xml))
        else:
            fields[slot.field] = (kind | None, element(tag=slot.xml, default=None))
    return create_model(struct.__name__, __base__=BaseXmlModel, __cls_kwargs__={"tag": root_name(struct)}, **fields)


def ours(number: int, events: int) -> Report:
    """One report as our structs."""
    return Report(
        incident_summary=IncidentSummary(incident_type=IncidentType.MISLEADING_WORDS, incident_date_time=START),
        reporter=Reporter(reporting_person=Person(email=(Email(value="a@b.example"),))),
        person_or_user_reported=PersonOrUserReported(
            esp_identifier=f"u{number}",
            screen_name=f"invented_{number}",
            ip_capture_event=tuple(
                IpCaptureEvent(
                    ip_address=f"192.0.2.{place}",
                    event_name=EventName.LOGIN,
                    date_time=START + timedelta(hours=place),
                    port=4000 + place,
                )
                for place in range(events)
            ),
        ),
    )


def peers(number: int, events: int) -> BaseXmlModel:
    """The same report as pydantic-xml's models."""
    event, suspect, reporter = peer_of(IpCaptureEvent), peer_of(PersonOrUserReported), peer_of(Reporter)
    return peer_of(Report)(
        incident_summary=peer_of(IncidentSummary)(
            incident_type=IncidentType.MISLEADING_WORDS, incident_date_time=START
        ),
        reporter=reporter(reporting_person=peer_of(Person)(email=[peer_of(Email)(value="a@b.example")])),
        person_or_user_reported=suspect(
            esp_identifier=f"u{number}",
            screen_name=f"invented_{number}",
            ip_capture_event=[
                event(
                    ip_address=f"192.0.2.{place}",
                    event_name=EventName.LOGIN,
                    date_time=START + timedelta(hours=place),
                    port=4000 + place,
                )
                for place in range(events)
            ],
        ),
    )


def timed(count: int, make: Callable[[int], Any]) -> float:
    """Microseconds of process time a report, over so many."""
    started = time.process_time()
    for number in range(count):
        make(number)
    return (time.process_time() - started) / count * 1e6


def measure(reports: int, events: int) -> dict[str, Any]:
    """Medians of rounds that alternate, so that a busy machine slows both."""
    assert body(to_xml(ours(1, events))) == body(_peer_xml(1, events)), "the two write different reports"
    made, written, checked, held, peer = [], [], [], [], []
    one, part = ours(0, events), reports // ROUNDS
    xml = to_xml(one)
    for _ in range(ROUNDS):
        made.append(timed(part, lambda number: ours(number, events)))
        written.append(timed(part, lambda number: to_xml(ours(number, events))))
        peer.append(timed(part, lambda number: _peer_xml(number, events)))
        checked.append(timed(part // 10, lambda _: check_report(one, START + timedelta(days=9))))
        held.append(timed(part // 10, lambda _: against(our_schema(), xml)))
    return {
        "reports": reports,
        "events": events,
        "us_a_report": round(statistics.median(written), 1),
        "of_which_us_structs": round(statistics.median(made), 1),
        "pydantic_xml_us_a_report": round(statistics.median(peer), 1),
        "vs_pydantic_xml": round(statistics.median(peer) / statistics.median(written), 1),
        "us_rules": round(statistics.median(checked), 1),
        "us_schema": round(statistics.median(held), 1),
    }


def _peer_xml(number: int, events: int) -> bytes:
    xml = peers(number, events).to_xml(skip_empty=True)
    return xml if isinstance(xml, bytes) else xml.encode()


def body(xml: bytes) -> bytes:
    """A document without its declaration."""
    return xml[xml.index(b"<report>") :].strip()


def main() -> None:
    """One table, or one line of JSON."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--reports", type=int, default=10_000)
    parser.add_argument("--events", type=int, default=20)
    options = parser.parse_args()
    found = measure(options.reports, options.events)
    if options.json:
        print(json.dumps(found))
    else:
        print("\n".join(f"{name:>26}  {value}" for name, value in found.items()))


if __name__ == "__main__":
    main()
