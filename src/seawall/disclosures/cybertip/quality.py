"""How much a draft gives to whoever must act on it.

The parts follow what interviews with the reporting system's users name as missing most (Grossman, Pfefferkorn, Thiel
and others, Stanford Internet Observatory, 2024): who, what, when, where, contact, addresses with times, and links
between reports. Weights are ours; they order drafts and promise nothing.
"""

from collections.abc import Callable
from dataclasses import dataclass

from seawall.disclosures.cybertip.drafting import Draft
from seawall.disclosures.cybertip.person import PersonOrUserReported, Victim
from seawall.disclosures.cybertip.report import Report


@dataclass(frozen=True, slots=True)
class Lack:
    """A field that the case could not fill, and what that costs."""

    field: str
    effect: str


@dataclass(frozen=True, slots=True)
class Part:
    """One question that a report answers, as far as it does, in [0, 1]."""

    name: str
    weight: int
    share: float


@dataclass(frozen=True, slots=True)
class Quality:
    """The score of a draft in [0, 100], its parts, and what is missing, the costliest first."""

    score: float
    parts: tuple[Part, ...]
    lacks: tuple[Lack, ...]

    @property
    def complete(self) -> bool:
        """Whether an address with its time, a contact and the network's identifier are there."""
        return not {lack.field for lack in self.lacks} & COMPLETE


COMPLETE = frozenset({"ipCaptureEvent", "ipCaptureEvent/dateTime", "person/email or phone", "groupIdentifier"})
Named = PersonOrUserReported | Victim


def quality_of(draft: Draft) -> Quality:
    """The quality of one draft."""
    named = _named(draft.report)
    parts, lacks = [], []
    for part, weight, asks in _ASKED:
        met = [bool(ask.met(draft, named)) for ask in asks]
        parts.append(Part(part, weight, sum(met) / len(met)))
        lacks += [Lack(ask.field, ask.effect) for ask, fine in zip(asks, met, strict=True) if not fine]
    score = sum(part.weight * part.share for part in parts)
    return Quality(round(100 * score / sum(part.weight for part in parts), 1), tuple(parts), tuple(lacks))


def _named(report: Report) -> Named | None:
    if report.victim:
        return report.victim[0]
    return report.person_or_user_reported


@dataclass(frozen=True, slots=True)
class _Ask:
    field: str
    effect: str
    met: Callable[[Draft, Named | None], object]


def _person(named: Named | None) -> object:
    if isinstance(named, Victim):
        return named.victim_person
    return named.person_or_user_reported_person if named else None


def _has_name(_: Draft, named: Named | None) -> bool:
    person = _person(named)
    return bool(getattr(person, "first_name", None) or getattr(person, "last_name", None))


def _has_contact(_: Draft, named: Named | None) -> bool:
    person = _person(named)
    return bool(getattr(person, "email", ()) or getattr(person, "phone", ()))


def _verified(_: Draft, named: Named | None) -> bool:
    person = _person(named)
    return any(one.verified for one in (*getattr(person, "email", ()), *getattr(person, "phone", ())))


def _texts(draft: Draft, _: Named | None) -> bool:
    kinds = [
        (one.web_page_incident, one.chat_im_incident, one.email_incident, one.newsgroup_incident)
        for one in draft.report.internet_details
    ]
    found = [kind for four in kinds for kind in four if kind is not None]
    return any(getattr(kind, "content", None) or kind.additional_info for kind in found)


def _place(draft: Draft, _: Named | None) -> bool:
    return any(one.web_page_incident and one.web_page_incident.url for one in draft.report.internet_details)


_ASKED: tuple[tuple[str, int, tuple[_Ask, ...]], ...] = (
    (
        "IP and time",
        25,
        (
            _Ask(
                "ipCaptureEvent",
                "without an address nobody can be found through an access provider",
                lambda _, named: named and named.ip_capture_event,
            ),
            _Ask(
                "ipCaptureEvent/dateTime",
                "an address without its time names nobody",
                lambda _, named: named and any(one.date_time for one in named.ip_capture_event),
            ),
            _Ask(
                "ipCaptureEvent/port",
                "behind a shared address only the port tells who it was",
                lambda _, named: named and any(one.port for one in named.ip_capture_event),
            ),
        ),
    ),
    (
        "who",
        20,
        (
            _Ask(
                "espIdentifier",
                "legal process cannot name the account",
                lambda _, named: named and named.esp_identifier,
            ),
            _Ask(
                "screenName", "the account cannot be recognised elsewhere", lambda _, named: named and named.screen_name
            ),
            _Ask("profileUrl", "the profile must be searched for", lambda _, named: named and named.profile_url),
            _Ask("person/firstName", "no name to begin with", _has_name),
        ),
    ),
    (
        "contact",
        15,
        (
            _Ask("person/email or phone", "nothing leads from the account to a person", _has_contact),
            _Ask("@verified", "whether a contact was ever checked is not known", _verified),
        ),
    ),
    (
        "what",
        15,
        (
            _Ask(
                "files or text",
                "there is nothing to look at: such reports are mostly closed",
                lambda draft, named: bool(draft.attachments) or _texts(draft, named),
            ),
            _Ask(
                "fileViewedByEsp",
                "unseen files need a warrant before anyone may open them",
                lambda draft, _: all(one.media is None or one.media.viewed_by for one in draft.attachments),
            ),
            _Ask("internetDetails", "how it happened is not told", lambda draft, _: draft.report.internet_details),
        ),
    ),
    (
        "links between reports",
        10,
        (
            _Ask(
                "groupIdentifier",
                "the reports of the network arrive as strangers",
                lambda _, named: named and named.group_identifier,
            ),
            _Ask(
                "associatedAccount",
                "other accounts of the same person are not told",
                lambda _, named: named and named.associated_account,
            ),
        ),
    ),
    (
        "where",
        10,
        (
            _Ask(
                "estimatedLocation",
                "the report goes to no agency at once",
                lambda _, named: named and named.estimated_location,
            ),
            _Ask("webPageIncident/url", "the place on the platform is not told", _place),
        ),
    ),
    (
        "when",
        5,
        (
            _Ask(
                "incidentDateTimeDescription",
                "one moment stands for the whole time",
                lambda draft, _: (
                    draft.report.incident_summary.incident_date_time_description
                    or len(draft.report.internet_details) == 1
                ),
            ),
        ),
    ),
)
"""What is asked of a draft, by part, the heaviest first."""
