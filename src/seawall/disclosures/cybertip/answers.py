"""What the CyberTipline answered, and what may be done about it."""

from enum import Enum, auto

import msgspec

from seawall.disclosures.cybertip.schema import parse
from seawall.disclosures.cybertip.values import Code
from seawall.effects.outbound import Answer
from seawall.records.errors import Unavailable

_LEGIBLE = 400


class Verdict(Enum):
    """What an answer means for the call that it answers."""

    DONE = auto()  # also where it was done before: 5101 to a retract, 5102 to a finish
    AGAIN = auto()  # the server says that it did not do it: the same call may be made again
    DENIED = auto()  # the credentials or rights are wrong: nothing moves until people mend them
    WRONG = auto()  # what was sent is wrong: the report fails, people mend it
    GONE = auto()  # the report, or the file, is not there any more


class Reply(msgspec.Struct, frozen=True, kw_only=True):
    """An answer, read; `code` is a plain number because the list of codes is open."""

    verdict: Verdict
    status: int
    code: int | None = None
    says: str = ""
    report_id: int | None = None
    file_id: str = ""
    digest: str = ""
    files: tuple[str, ...] = ()
    trace: str = ""
    wait: float | None = None


_AGAIN = {Code.SERVER, Code.SAVE, Code.UPLOAD, Code.FILE_UPLOAD, Code.UPDATE}
_DENIED = {Code.NEEDS_SIGN_IN, Code.NOT_ALLOWED, Code.MAY_NOT_SUBMIT, Code.MAY_NOT_UPDATE}
_GONE = {Code.NO_REPORT, Code.NO_FILE, Code.NOT_FOUND, Code.ALREADY_RETRACTED}
_DONE_BEFORE = {("retract", Code.ALREADY_RETRACTED), ("finish", Code.ALREADY_FINISHED)}


def read_answer(call: str, answer: Answer) -> Reply:
    """An answer as a reply; raises Unavailable for one that is no whole document of the format."""
    trace = answer.headers.get("request-id", "")
    if answer.status in {401, 403}:
        return Reply(verdict=Verdict.DENIED, status=answer.status, says="the credentials are not taken", trace=trace)
    if answer.status == 429:
        return Reply(verdict=Verdict.AGAIN, status=429, says="too many calls", trace=trace, wait=_wait(answer))
    if not answer.body.strip():
        if answer.status >= 500:
            return Reply(verdict=Verdict.AGAIN, status=answer.status, says="the server failed", trace=trace)
        raise Unavailable(f"the answer ({answer.status}) is empty; whether the call was taken is not known.")
    return _read_document(call, answer, trace)


def _read_document(call: str, answer: Answer, trace: str) -> Reply:
    try:
        root = parse(answer.body)
        code = int(root.findtext("responseCode") or "")
    except ValueError as error:
        if answer.status >= 500:
            return Reply(verdict=Verdict.AGAIN, status=answer.status, says="the server failed", trace=trace)
        raise Unavailable(f"the answer ({answer.status}) is no document of the format; it may be cut.") from error
    report = root.findtext("reportId") or ""
    return Reply(
        verdict=verdict_of(call, code),
        status=answer.status,
        code=code,
        says=(root.findtext("responseDescription") or "")[:_LEGIBLE],
        report_id=int(report) if report.isdigit() else None,
        file_id=(root.findtext("fileId") or "").strip(),
        digest=(root.findtext("hash") or "").strip().lower(),
        files=tuple((node.text or "").strip() for node in root.iterfind("files/fileId")),
        trace=trace,
    )


def verdict_of(call: str, code: int) -> Verdict:
    """What a code means for a call; one that is not known is judged by its thousand, and otherwise stops for people."""
    if code == Code.OK or (call, code) in _DONE_BEFORE:
        return Verdict.DONE
    if code in _GONE:
        return Verdict.GONE
    if code in _DENIED or 2000 <= code < 4000:
        return Verdict.DENIED
    if code in _AGAIN or 1000 <= code < 2000:
        return Verdict.AGAIN
    return Verdict.WRONG


def _wait(answer: Answer) -> float | None:
    told = answer.headers.get("retry-after", "")
    return float(told) if told.isdigit() else None
