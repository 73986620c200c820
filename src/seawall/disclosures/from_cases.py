"""A decided case as a dossier, with what the platform knows of it."""

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from seawall.cases.activity_reading import names_of
from seawall.cases.models import AccountDecision, Case, Member
from seawall.cases.models.case import Action
from seawall.disclosures.dossier import Account, Contact, Decision, Dossier, Incident, Media, Operator, SignIn, Suspect
from seawall.disclosures.media_views import viewers_of
from seawall.disclosures.platform_rows import AccountRow, ContactRow, MediaRow, PostRow, SignInRow, rows_of
from seawall.records.errors import BadInput
from seawall.records.ids import IdKey
from seawall.records.roles import Role

_REPORTED = (Action.REMOVE, Action.RESTRICT, Action.PROTECT)
_KEYED = re.compile("[0-9a-f]{16}")
_POSTS = 50
"""Posts of an account that a report tells, the latest."""
_KINDS = frozenset({"email", "phone", "name", "address"})


def dossier_from(case: Case, activity: Path, key: IdKey, operator: Operator, decision: Decision) -> Dossier:
    """The dossier of a case: its accounts that stand decided to be removed, restricted or protected.

    Raises BadInput where none is, or where the platform's tables do not hold one of them.
    """
    decided = list(
        AccountDecision.objects.filter(decision__case=case, standing=True, action__in=_REPORTED).order_by("account_id")
    )
    if not decided:
        raise BadInput(f"{case} has no account that people decided to remove, restrict or protect; decide first.")
    risks = dict(Member.objects.filter(case=case).values_list("account_id", "risk"))
    own = _own_ids([one.account_id for one in decided], activity, key)
    rows = _Rows.of(activity, list(own.values()))
    suspects = tuple(rows.suspect(own[one.account_id], one, risks.get(one.account_id, 0.0)) for one in decided)
    return Dossier(
        case_id=str(case),
        operator=operator,
        suspects=suspects,
        decision=decision,
        opened_at=_aware(case.opened_at),
        found_by="Found as a network by shared signals; every account was decided on by people.",
    )


def _own_ids(accounts: Sequence[str], activity: Path, key: IdKey) -> dict[str, str]:
    """The platform's ids: a run's keyed ids are looked up, plain ones stand."""
    if not all(_KEYED.fullmatch(one) for one in accounts):
        return {one: one for one in accounts}
    names = names_of(activity, key)
    if missing := [one for one in accounts if one not in names]:
        raise BadInput(
            f"the platform's accounts do not hold {len(missing)} of the case, as {missing[0]}; give newer ones."
        )
    return {one: names[one] for one in accounts}


class _Rows:
    """The platform's rows of the accounts of a case."""

    def __init__(
        self,
        accounts: Mapping[str, list[AccountRow]],
        posts: Mapping[str, list[PostRow]],
        media: Mapping[str, list[MediaRow]],
        sign_ins: Mapping[str, list[SignInRow]],
        contacts: Mapping[str, list[ContactRow]],
    ) -> None:
        self.accounts, self.posts, self.media, self.sign_ins, self.contacts = accounts, posts, media, sign_ins, contacts
        self.viewers = viewers_of(one.media_id for rows in media.values() for one in rows)

    @classmethod
    def of(cls, activity: Path, accounts: Sequence[str]) -> "_Rows":
        return cls(
            rows_of(activity, "accounts", AccountRow, accounts),
            rows_of(activity, "posts", PostRow, accounts),
            rows_of(activity, "media", MediaRow, accounts),
            rows_of(activity, "sign_ins", SignInRow, accounts),
            rows_of(activity, "contacts", ContactRow, accounts),
        )

    def suspect(self, own: str, decided: AccountDecision, risk: float) -> Suspect:
        posts = sorted(self.posts.get(own, ()), key=lambda one: one.created_at)[-_POSTS:]
        row = next(iter(self.accounts.get(own, ())), None)
        return Suspect(
            account=self._account(own, row),
            role=Role(decided.role),
            risk=risk,
            judged_child=decided.action == Action.PROTECT,
            incidents=tuple(
                Incident(at=_aware(one.created_at), text=one.text, urls=(one.url,) if one.url else ())
                for one in posts
                if one.text
            ),
            media=tuple(self._media(one) for one in self.media.get(own, ()) if one.locator and one.size and one.sha256),
            country=row.country if row else None,
        )

    def _account(self, own: str, row: AccountRow | None) -> Account:
        sign_ins = tuple(
            SignIn(at=_aware(one.at), ip=one.ip, port=one.port, device_hash=one.device_hash)
            for one in self.sign_ins.get(own, ())
        )
        contacts = tuple(
            Contact(kind=one.kind, value=one.value)  # type: ignore[arg-type]  # the four are checked beside it
            for one in self.contacts.get(own, ())
            if one.kind in _KINDS
        )
        if row is None:
            return Account(id=own, sign_ins=sign_ins, contacts=contacts)
        return Account(
            id=own,
            handle=row.handle,
            display_names=(row.display_name,) if row.display_name else (),
            bio=row.bio,
            created_at=_aware(row.created_at),
            born=row.born,
            sign_ins=sign_ins,
            contacts=contacts,
        )

    def _media(self, row: MediaRow) -> Media:
        return Media(
            id=row.media_id,
            locator=row.locator or "",
            size=row.size or 0,
            sha256=row.sha256 or "",
            md5=row.md5,
            sha1=row.sha1,
            pdq=row.pdq,
            name=row.name,
            uploaded_at=_aware(row.created_at),
            viewed_by=self.viewers.get(row.media_id, ()),
        )


def _aware(at: datetime) -> datetime:
    return at if at.tzinfo else at.replace(tzinfo=UTC)
