"""Sends approved reports, and goes on from the ledger after a crash.

Every call is in the ledger before it is made. What may be repeated is repeated: a submit (an unfinished report that
nobody knows of expires), details of a file, and a finish (a finished report answers 5102). An upload whose answer is
lost is not: the open report is retracted and made anew, so that no file is in a report twice.
"""

import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Protocol

import msgspec

from seawall.disclosures.cybertip.answers import Reply, Verdict, read_answer
from seawall.disclosures.cybertip.calls import Tipline, Upload, id_form
from seawall.disclosures.cybertip.drafting import Attachment, Draft, thread_bytes
from seawall.disclosures.cybertip.priors import with_priors
from seawall.disclosures.cybertip.progress import Progress, progress_of
from seawall.disclosures.cybertip.rules import check_file, check_report, require
from seawall.disclosures.cybertip.write import to_xml
from seawall.disclosures.ledger import Ledger
from seawall.disclosures.models import Disclosure, State, Step
from seawall.effects.outbound import Answer
from seawall.records.errors import BadInput, Damaged, Refused, SeawallError, SeawallWarning, Unavailable

KIND, AUTHORITY = "cybertip", "ncmec"
REOPENED = 3
"""How often a report is opened anew before people must look."""


class Store(Protocol):
    """The platform's store of media."""

    def open(self, locator: str) -> AbstractContextManager[tuple[int, Iterator[bytes]]]:
        """A file's length and its pieces."""


def utc_now() -> datetime:
    """The time of day that the ledger keeps."""
    return datetime.now(UTC)


@dataclass(slots=True)
class Patience:
    """How often a call is made, and how long between: seconds double from `first` to `longest`."""

    tries: int = 5
    first: float = 1.0
    longest: float = 60.0
    sleep: Callable[[float], None] = time.sleep

    def waits(self) -> Iterator[float]:
        for number in range(self.tries - 1):
            yield min(self.first * 2**number, self.longest)


class Failed(SeawallError):
    """The report cannot be finished as it is; people must look."""


class Held(SeawallError):
    """Whether the report is finished is not known; nothing more is sent until people have asked and settled it."""


class Reopen(Exception):
    """The open report is of no more use; it is made anew."""


@dataclass(slots=True)
class Sender:
    """Sends the approved reports of one environment."""

    ledger: Ledger
    tipline: Tipline
    store: Store | None
    by: str
    patience: Patience = field(default_factory=Patience)
    now: Callable[[], datetime] = utc_now

    def send(self, disclosure: Disclosure) -> int:
        """Send one report, or go on with it; returns its number. Raises Failed, Refused or Unavailable."""
        self._require_sendable(disclosure)
        draft = msgspec.json.decode(self.ledger.content(disclosure), type=Draft)
        if disclosure.state == State.APPROVED:
            self.ledger.move(disclosure, State.SENT)
        try:
            return self._until_finished(disclosure, draft)
        except (Failed, Damaged, BadInput) as error:
            self._abandon(disclosure)
            self.ledger.move(disclosure, State.FAILED, why=str(error))
            raise

    def _until_finished(self, disclosure: Disclosure, draft: Draft) -> int:
        problem: BaseException | None = None
        for _ in range(REOPENED):
            try:
                return self._once(disclosure, draft)
            except Reopen as again:
                problem = again.__cause__ or problem
                self._retract(disclosure, self._progress(disclosure))
        if isinstance(problem, Unavailable):
            raise problem
        raise Failed(f"disclosure {disclosure.pk} was opened {REOPENED} times and never finished.")

    def _abandon(self, disclosure: Disclosure) -> None:
        """Retract what is open of a failed report; where that cannot be done, it expires by itself."""
        try:
            self._retract(disclosure, self._progress(disclosure))
        except SeawallError as error:
            warnings.warn(f"an open report was not retracted and expires by itself: {error}", SeawallWarning, 2)

    def settle(self, disclosure: Disclosure, *, finished: bool) -> None:
        """Say what was found out about a held report: it is finished there, or it never was and is made anew."""
        progress = self._progress(disclosure)
        if not progress.finishing or progress.finished:
            raise Refused(f"disclosure {disclosure.pk} is not held; there is nothing to settle.")
        if finished:
            self._close(disclosure, progress)
            return
        step = self.ledger.begin(disclosure, "settle", b"", self.by, self.now())
        self.ledger.end(step, b"", self.now(), code=0, note="people found that the report was never finished")

    def withdraw(self, disclosure: Disclosure, why: str) -> None:
        """Take a report back before it is finished; raises Refused once it is."""
        progress = self._progress(disclosure)
        if progress.finished or progress.finishing:
            raise Refused(
                f"disclosure {disclosure.pk} is finished, or may be, and is not retracted any more. Write to NCMEC."
            )
        self._retract(disclosure, progress)
        self.ledger.move(disclosure, State.WITHDRAWN, why=why, at=self.now())

    def _require_sendable(self, disclosure: Disclosure) -> None:
        environment = self.tipline.credentials.environment
        if (disclosure.kind, disclosure.environment) != (KIND, environment):
            raise Refused(f"disclosure {disclosure.pk} is for {disclosure.environment}, not for {environment}.")
        self.ledger.require_approval(disclosure)
        if disclosure.state not in {State.APPROVED, State.SENT}:
            raise Refused(f"disclosure {disclosure.pk} is {disclosure.state}; nothing is sent.")

    def _progress(self, disclosure: Disclosure) -> Progress:
        return progress_of(Step.objects.filter(disclosure=disclosure).order_by("number"))

    def _once(self, disclosure: Disclosure, draft: Draft) -> int:
        progress = self._progress(disclosure)
        if progress.finished:
            return self._close(disclosure, progress)
        if progress.unsure in {"upload", "retract"}:
            raise Reopen
        if progress.report_id is None:
            self._submit(disclosure, draft)
            progress = self._progress(disclosure)
        assert progress.report_id is not None
        for attachment in draft.attachments:
            if attachment.key not in progress.files:
                progress.files[attachment.key] = self._upload(disclosure, attachment, progress.report_id)
            if attachment.key not in progress.described:
                self._describe(disclosure, attachment, progress)
        self._finish(disclosure, progress)
        return self._close(disclosure, self._progress(disclosure))

    def _close(self, disclosure: Disclosure, progress: Progress) -> int:
        assert progress.report_id is not None
        disclosure.reference = str(progress.report_id)
        self.ledger.move(disclosure, State.ACKNOWLEDGED, at=self.now())
        return progress.report_id

    def _submit(self, disclosure: Disclosure, draft: Draft) -> None:
        report = with_priors(draft.report, disclosure)
        require(check_report(report, self.now()), f"report on account {disclosure.subject}")
        xml = to_xml(report)
        self._call(disclosure, "submit", "", xml, lambda: self.tipline.post_xml("submit", xml))

    def _upload(self, disclosure: Disclosure, attachment: Attachment, report_id: int) -> str:
        with self._opened(attachment) as (size, pieces, name, content_type):
            upload = Upload(report_id, name, content_type, size)
            step = self.ledger.begin(
                disclosure,
                "upload",
                upload.head,
                self.by,
                self.now(),
                about=attachment.key,
                digest=attachment.sha256,
                size=upload.length,
            )
            reply = self._uploaded(step, upload, pieces)
        self._take("upload", reply)
        if reply.digest != upload.md5.hexdigest() or attachment.sha256 != upload.sha256.hexdigest():
            raise Failed(f"file {attachment.key} arrived as another one than the case names; its digest differs.")
        return reply.file_id

    def _uploaded(self, step: Step, upload: Upload, pieces: Iterator[bytes]) -> Reply:
        try:
            reply = self._answer(step, lambda: self.tipline.upload(upload, pieces))
        except Unavailable as error:
            self.patience.sleep(self.patience.first)
            raise Reopen from error
        if reply.verdict is Verdict.AGAIN:
            self.patience.sleep(reply.wait if reply.wait is not None else self.patience.first)
            raise Reopen from Unavailable(f"upload was answered {reply.code or reply.status}: {reply.says}")
        return reply

    def _opened(self, attachment: Attachment) -> AbstractContextManager[tuple[int, Iterator[bytes], str, str]]:
        if attachment.thread is not None:
            content = thread_bytes(attachment.thread)
            return nullcontext((len(content), iter((content,)), attachment.thread.name, "text/csv"))
        assert attachment.media is not None
        if self.store is None:
            raise Failed(f"file {attachment.key} lies in the platform's store, and no store is configured.")
        return _Opened(self.store, attachment)

    def _describe(self, disclosure: Disclosure, attachment: Attachment, progress: Progress) -> None:
        assert progress.report_id is not None
        details = attachment.details(progress.report_id, progress.files[attachment.key])
        require(check_file(details, self.now()), f"file {attachment.key}")
        xml = to_xml(details)
        self._call(disclosure, "fileinfo", attachment.key, xml, lambda: self.tipline.post_xml("fileinfo", xml))

    def _finish(self, disclosure: Disclosure, progress: Progress) -> None:
        assert progress.report_id is not None
        form = id_form(progress.report_id)
        try:
            self._call(disclosure, "finish", "", form, lambda: self.tipline.post_id("finish", form))
        except (Reopen, Failed) as answer:
            if not self._progress(disclosure).finishing:
                raise
            raise Held(
                f"report {progress.report_id} is not known there after a finish whose answer was lost. "
                "Ask NCMEC with the Request-ID in the ledger, then settle it."
            ) from answer

    def _retract(self, disclosure: Disclosure, progress: Progress) -> None:
        if progress.report_id is None:
            return
        form = id_form(progress.report_id)
        with suppress(Reopen):  # it is gone there, which is what was wanted
            self._call(disclosure, "retract", "", form, lambda: self.tipline.post_id("retract", form))

    def _call(self, disclosure: Disclosure, call: str, about: str, request: bytes, make: Callable[[], Answer]) -> Reply:
        """Make a call that may be repeated, until it is answered or patience ends."""
        waits = self.patience.waits()
        while True:
            step = self.ledger.begin(disclosure, call, request, self.by, self.now(), about=about)
            try:
                reply = self._answer(step, make)
                if reply.verdict is not Verdict.AGAIN:
                    return self._take(call, reply)
                problem = Unavailable(f"{call} was answered {reply.code or reply.status}: {reply.says}")
                pause = reply.wait
            except Unavailable as error:
                problem, pause = error, None
            wait = next(waits, None)
            if wait is None:
                raise problem
            self.patience.sleep(pause if pause is not None else wait)

    def _answer(self, step: Step, make: Callable[[], Answer]) -> Reply:
        """The answer to one call, read and kept; without a whole one the step stays open."""
        try:
            answer = make()
            reply = read_answer(step.call, answer)
        except SeawallError as error:
            self.ledger.remark(step, str(error))
            raise
        reference = {"submit": str(reply.report_id or ""), "upload": reply.file_id}.get(step.call, "")
        if reply.verdict is Verdict.DONE and step.call in {"submit", "upload"} and not reference:
            self.ledger.remark(step, "the answer names no number")
            raise Unavailable(f"{step.call} was answered without a number; whether it was taken is not known.")
        self.ledger.end(
            step,
            answer.body,
            self.now(),
            status=reply.status,
            code=reply.code,
            trace=reply.trace,
            reference=reference,
            note=reply.says,
        )
        return reply

    def _take(self, call: str, reply: Reply) -> Reply:
        match reply.verdict:
            case Verdict.DENIED:
                raise Refused(f"{call} was denied ({reply.status}, {reply.says}); check the credentials, then go on.")
            case Verdict.WRONG:
                raise Failed(f"{call} was refused with {reply.code}: {reply.says}")
            case Verdict.GONE:
                raise Reopen
        return reply


@dataclass(slots=True)
class _Opened(AbstractContextManager[tuple[int, Iterator[bytes], str, str]]):
    """Media from the platform's store, with its name and kind."""

    store: Store
    attachment: Attachment
    held: AbstractContextManager[tuple[int, Iterator[bytes]]] | None = None

    def __enter__(self) -> tuple[int, Iterator[bytes], str, str]:
        media = self.attachment.media
        assert media is not None
        self.held = self.store.open(media.locator)
        size, pieces = self.held.__enter__()
        return size, pieces, media.name or media.id, media.content_type

    def __exit__(self, *raised: object) -> None:
        assert self.held is not None
        self.held.__exit__(*raised)  # type: ignore[arg-type]
