"""The ledger of disclosures: approved by two, sent once, never lost."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.db import IntegrityError, transaction

from seawall.disclosures.models import Approval, Disclosure, State, Step
from seawall.records.errors import BadInput, Damaged, Refused
from seawall.records.ids import IdKey

NEEDED = 2
"""People who must have said yes to the same bytes."""

_NEXT = {
    State.DRAFT: {State.CHECKED, State.WITHDRAWN},
    State.CHECKED: {State.DRAFT, State.APPROVED, State.WITHDRAWN},
    State.APPROVED: {State.SENT, State.FAILED, State.WITHDRAWN},
    State.SENT: {State.ACKNOWLEDGED, State.FAILED, State.WITHDRAWN},
    State.FAILED: {State.APPROVED, State.WITHDRAWN},
    State.ACKNOWLEDGED: {State.WITHDRAWN},
    State.WITHDRAWN: set(),
}


@dataclass(frozen=True, slots=True)
class Identity:
    """What makes a disclosure the same disclosure: kind, authority, environment, case and subject."""

    kind: str
    authority: str
    environment: str
    case_id: str
    subject: str

    @property
    def key(self) -> str:
        parts = (self.kind, self.authority, self.environment, self.case_id, self.subject)
        return hashlib.sha256("\0".join(parts).encode()).hexdigest()


@dataclass(slots=True)
class Ledger:
    """Reads and writes the tables; `key` seals what they hold in clear elsewhere."""

    key: IdKey

    def draft(self, identity: Identity, ordinal: int, content: bytes, now: datetime) -> Disclosure:
        """Put a draft into the ledger; a changed draft of the same thing starts its approvals anew."""
        digest = hashlib.sha256(content).hexdigest()
        with transaction.atomic():
            found = Disclosure.objects.filter(key=identity.key).first()
            if found is None:
                return Disclosure.objects.create(
                    key=identity.key,
                    kind=identity.kind,
                    authority=identity.authority,
                    environment=identity.environment,
                    case_id=identity.case_id,
                    subject=self.subject(identity.subject),
                    ordinal=ordinal,
                    draft=self._seal(identity.key, content),
                    draft_digest=digest,
                    created_at=now,
                )
            if found.draft_digest != digest:
                self._redraft(found, identity.key, content, digest)
            return found

    def _redraft(self, found: Disclosure, key: str, content: bytes, digest: str) -> None:
        if found.state not in {State.DRAFT, State.CHECKED, State.APPROVED, State.FAILED} or found.steps.exists():
            raise Refused(
                f"disclosure {found.pk} is {found.state} already and cannot be changed; withdraw it, or report anew."
            )
        found.draft, found.draft_digest, found.state = self._seal(key, content), digest, State.DRAFT
        found.save()

    def find(self, number: int) -> Disclosure:
        """A disclosure by its number; raises BadInput where there is none."""
        found = Disclosure.objects.filter(pk=number).first()
        if found is None:
            raise BadInput(f"there is no disclosure {number}; `seawall disclose list` names them.")
        return found

    def subject(self, subject: str) -> str:
        """The keyed id that stands for a subject in clear columns."""
        return f"{self.key.one('account', subject):016x}"

    def content(self, disclosure: Disclosure) -> bytes:
        """The draft's bytes; raises Damaged where they are not what was approved."""
        content = self._open(disclosure.key, bytes(disclosure.draft))
        if hashlib.sha256(content).hexdigest() != disclosure.draft_digest:
            raise Damaged(f"the draft of disclosure {disclosure.pk} is not what its digest says; restore a backup.")
        return content

    def checked(self, disclosure: Disclosure, problems: Iterable[object]) -> None:
        """Mark a draft as free of problems; raises BadInput with all of them where it is not."""
        told = [str(problem) for problem in problems]
        if told:
            raise BadInput(f"disclosure {disclosure.pk} cannot be approved: {'; '.join(told)}")
        if disclosure.state == State.DRAFT:
            self.move(disclosure, State.CHECKED)

    def approve(self, disclosure: Disclosure, person: str, session: str, now: datetime) -> bool:
        """One person's yes; True once two people, in two sessions, said it to the same bytes."""
        if disclosure.state != State.CHECKED:
            raise Refused(f"disclosure {disclosure.pk} is {disclosure.state}; only a checked one is approved.")
        with transaction.atomic():
            others = Approval.objects.filter(disclosure=disclosure, draft_digest=disclosure.draft_digest)
            if others.filter(person=person).exists() or others.filter(session=session).exists():
                raise Refused(f"{person} or this session approved it already; a second person must, signed in apart.")
            Approval.objects.create(
                disclosure=disclosure,
                person=person,
                session=session,
                draft_digest=disclosure.draft_digest,
                at=now,
            )
            if others.count() >= NEEDED:
                self.move(disclosure, State.APPROVED)
        return disclosure.state == State.APPROVED

    def approvers(self, disclosure: Disclosure) -> list[str]:
        """Who said yes to the bytes that stand."""
        given = Approval.objects.filter(disclosure=disclosure, draft_digest=disclosure.draft_digest)
        return list(given.order_by("at").values_list("person", flat=True))

    def require_approval(self, disclosure: Disclosure) -> None:
        """Raise Refused unless two people said yes to the bytes that stand."""
        people = set(self.approvers(disclosure))
        alone = Approval.objects.filter(
            disclosure=disclosure, draft_digest=disclosure.draft_digest, emergency=True
        ).exists()
        if (len(people) < NEEDED and not alone) or disclosure.state in {State.DRAFT, State.CHECKED}:
            raise Refused(
                f"disclosure {disclosure.pk} has {len(people)} of {NEEDED} approvals; approve it in the console."
            )

    def move(self, disclosure: Disclosure, to: State, *, why: str = "", at: datetime | None = None) -> None:
        """Change the state, along the one way that there is."""
        now = State(disclosure.state)
        if to not in _NEXT[now]:
            raise Refused(f"disclosure {disclosure.pk} is {now}; it cannot become {to}.")
        disclosure.state, disclosure.why = to, why
        if at is not None:
            disclosure.finished_at = at
        disclosure.save()

    def begin(self, disclosure: Disclosure, call: str, request: bytes, by: str, now: datetime, **told: Any) -> Step:
        """Write that a call is about to be made; raises Refused where another sender is at it."""
        last = Step.objects.filter(disclosure=disclosure).order_by("-number").first()
        digest = told.pop("digest", None) or hashlib.sha256(request).hexdigest()
        size = told.pop("size", None) or len(request)
        step = Step(
            disclosure=disclosure,
            number=last.number + 1 if last else 1,
            call=call,
            by=by,
            request=self._seal(disclosure.key, request),
            request_digest=digest,
            request_size=size,
            started_at=now,
            **told,
        )
        step.chain = _link(last.chain if last else "", step)
        try:
            step.save(force_insert=True)
        except IntegrityError as error:
            raise Refused(f"another sender works on disclosure {disclosure.pk}; let it end.") from error
        return step

    def end(self, step: Step, answer: bytes, now: datetime, **told: Any) -> Step:
        """Add what came back; raises Refused where an answer stands already."""
        fields = {
            "answered_at": now,
            "answer": self._seal(step.disclosure.key, answer),
            "answer_digest": hashlib.sha256(answer).hexdigest(),
            **told,
        }
        if not Step.objects.filter(pk=step.pk, answered_at=None).update(**fields):
            raise Refused(f"step {step} has its answer already; nothing is overwritten.")
        step.refresh_from_db()
        return step

    def remark(self, step: Step, note: str) -> None:
        """Say why no answer is known."""
        Step.objects.filter(pk=step.pk, answered_at=None).update(note=note)

    def sent(self, step: Step) -> bytes:
        """The exact bytes of a call (of an upload: the head, the file's digest standing in the step)."""
        return self._open(step.disclosure.key, bytes(step.request))

    def answered(self, step: Step) -> bytes:
        """The exact bytes that came back."""
        return self._open(step.disclosure.key, bytes(step.answer or b""))

    def verify(self, disclosure: Disclosure) -> int:
        """Check every digest and the chain of steps; returns how many stand, raises Damaged at the first that fails."""
        before, number = "", 0
        for number, step in enumerate(Step.objects.filter(disclosure=disclosure).order_by("number"), 1):
            whole = step.number == number and step.chain == _link(before, step)
            if whole and step.call != "upload":
                whole = hashlib.sha256(self.sent(step)).hexdigest() == step.request_digest
            if whole and step.answered_at is not None:
                whole = hashlib.sha256(self.answered(step)).hexdigest() == step.answer_digest
            if not whole:
                raise Damaged(f"step {number} of disclosure {disclosure.pk} is not what was written.")
            before = step.chain
        return number

    def _seal(self, place: str, plain: bytes) -> bytes:
        nonce = hashlib.blake2b(plain, digest_size=12, key=self.key.subkey("ledger-nonce"), person=place[:16].encode())
        cipher = AESGCM(self.key.subkey("ledger"))
        return nonce.digest() + cipher.encrypt(nonce.digest(), plain, place.encode())

    def _open(self, place: str, sealed: bytes) -> bytes:
        if not sealed:
            return b""
        try:
            return AESGCM(self.key.subkey("ledger")).decrypt(sealed[:12], sealed[12:], place.encode())
        except InvalidTag as error:
            raise Damaged(
                "an entry of the ledger does not open: it was changed, or sealed under another key."
            ) from error


def _link(before: str, step: Step) -> str:
    told = (before, step.disclosure.key, str(step.number), step.call, step.about, step.by, step.request_digest)
    return hashlib.sha256("\0".join((*told, step.started_at.astimezone(UTC).isoformat())).encode()).hexdigest()
