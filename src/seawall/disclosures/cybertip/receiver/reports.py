"""What the receiver keeps, and the rules by which it answers."""

import secrets
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from lxml import etree

from seawall.disclosures.cybertip.schema import against, our_schema, parse, restated
from seawall.disclosures.cybertip.values import Code

UNFINISHED = timedelta(hours=24)
IDLE = timedelta(hours=1)
"""An unfinished report is deleted this long after it was opened, or last changed, whichever is later."""
_SAYS = {
    Code.OK: "Success",
    Code.NO_REPORT: "No report with this id",
    Code.NO_FILE: "No file with this id in this report",
    Code.ALREADY_RETRACTED: "The report is retracted already",
    Code.ALREADY_FINISHED: "The report is finished already",
    Code.INVALID: "A field is missing",
    Code.VALIDATION: "The document does not hold to the schema",
    Code.MALFORMED_XML: "The document is not well-formed",
}


@dataclass(slots=True)
class Kept:
    """One report; of a file only its digest and size are kept, never its bytes."""

    id: int
    xml: bytes
    opened: datetime
    changed: datetime
    files: dict[str, str] = field(default_factory=dict)
    sizes: dict[str, int] = field(default_factory=dict)
    details: dict[str, bytes] = field(default_factory=dict)
    state: str = "open"
    finishes: int = 0


@dataclass(slots=True)
class Reports:
    """All reports by number, under a clock that tests may set forward."""

    kept: dict[int, Kept] = field(default_factory=dict)
    forward: timedelta = timedelta()
    next_id: int = 1_000_001

    def now(self) -> datetime:
        """The receiver's time."""
        return datetime.now(UTC) + self.forward

    def submit(self, xml: bytes) -> bytes:
        """Open a report."""
        code, says = _judge(xml, "report")
        if code is not Code.OK:
            return response(code, says)
        number, self.next_id = self.next_id, self.next_id + 1
        self.kept[number] = Kept(number, xml, self.now(), self.now())
        return response(Code.OK, report=number)

    def upload(self, number: str, md5: str, size: int) -> bytes:
        """Take a file into a report."""
        report = self._open(number)
        if isinstance(report, Code):
            return response(report)
        name = secrets.token_hex(16)
        report.files[name], report.sizes[name], report.changed = md5, size, self.now()
        return response(Code.OK, report=report.id, file=name, md5=md5)

    def fileinfo(self, xml: bytes) -> bytes:
        """Take a file's details; a second time replaces the first."""
        code, says = _judge(xml, "fileDetails")
        if code is not Code.OK:
            return response(code, says)
        root = parse(xml)
        report = self._open(root.findtext("reportId") or "")
        if isinstance(report, Code):
            return response(report)
        name = root.findtext("fileId") or ""
        if name not in report.files:
            return response(Code.NO_FILE, report=report.id)
        report.details[name], report.changed = xml, self.now()
        return response(Code.OK, report=report.id)

    def finish(self, number: str) -> bytes:
        """Close a report for good."""
        report = self._open(number)
        if isinstance(report, Code):
            return done_response(report)
        report.state, report.finishes = "finished", report.finishes + 1
        return done_response(Code.OK, report)

    def retract(self, number: str) -> bytes:
        """Take back a report that is not finished."""
        report = self._open(number)
        if isinstance(report, Code):
            return response(report)
        report.state = "retracted"
        return response(Code.OK, report=report.id)

    def _open(self, number: str) -> Kept | Code:
        self._expire()
        report = self.kept.get(int(number)) if number.isdigit() else None
        if not number:
            return Code.INVALID
        if report is None:
            return Code.NO_REPORT
        ended = {"finished": Code.ALREADY_FINISHED, "retracted": Code.ALREADY_RETRACTED}
        return ended.get(report.state, report)

    def _expire(self) -> None:
        now = self.now()
        for number, report in list(self.kept.items()):
            if report.state == "open" and now > max(report.opened + UNFINISHED, report.changed + IDLE):
                del self.kept[number]

    def schema(self) -> bytes:
        """The schema that is held to."""
        return restated()


def _judge(xml: bytes, root: str) -> tuple[Code, str]:
    try:
        found = parse(xml).tag
        wrong = against(our_schema(), xml)
    except ValueError as error:
        return Code.MALFORMED_XML, str(error)
    if found != root:
        return Code.VALIDATION, f"the document is a {found}, a {root} is needed"
    return (Code.VALIDATION, "; ".join(wrong[:5])) if wrong else (Code.OK, "")


def response(code: Code | int, says: str = "", *, report: int | None = None, file: str = "", md5: str = "") -> bytes:
    """A reportResponse."""
    known = _SAYS.get(Code(code), "") if code in set(Code) else ""
    root = etree.Element("reportResponse")
    etree.SubElement(root, "responseCode").text = str(int(code))
    etree.SubElement(root, "responseDescription").text = says or known
    for name, value in (("reportId", str(report) if report else ""), ("fileId", file), ("hash", md5)):
        if value:
            etree.SubElement(root, name).text = value
    return _bytes(root)


def done_response(code: Code, report: Kept | None = None) -> bytes:
    """A reportDoneResponse, with the files of the report."""
    root = etree.Element("reportDoneResponse")
    etree.SubElement(root, "responseCode").text = str(int(code))
    if report is not None:
        etree.SubElement(root, "reportId").text = str(report.id)
        files = etree.SubElement(root, "files")
        for name in report.files:
            etree.SubElement(files, "fileId").text = name
    return _bytes(root)


def _bytes(root: etree._Element) -> bytes:
    whole: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8")
    return whole
