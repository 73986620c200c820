"""A case as CyberTipline reports: one an account, linked."""

import csv
import hashlib
import io
from datetime import UTC, datetime

import msgspec

from seawall.disclosures.cybertip.accounts import account_fields, associated, event_of, events_of, person_of, priors_of
from seawall.disclosures.cybertip.incidents import (
    CellPhoneIncident,
    ChatImIncident,
    EmailIncident,
    InternetDetails,
    NewsgroupIncident,
    NonInternetIncident,
    OnlineGamingIncident,
    Peer2peerIncident,
    WebPageIncident,
)
from seawall.disclosures.cybertip.legible import legible
from seawall.disclosures.cybertip.person import Email, IntendedRecipient, Person, PersonOrUserReported, Phone, Victim
from seawall.disclosures.cybertip.report import (
    Details,
    FileAnnotations,
    FileDetails,
    IncidentSummary,
    LawEnforcement,
    NameValuePair,
    OriginalFileHash,
    Report,
    ReportAnnotations,
    Reporter,
)
from seawall.disclosures.cybertip.values import DetailKind, FileRelevance, IncidentType, IndustryClassification
from seawall.disclosures.dossier import Dossier, Incident, Media, Operator, Suspect, Thread
from seawall.records.errors import BadInput
from seawall.records.roles import Role

_SOLICITING = frozenset({Role.BUYER})


class Attachment(msgspec.Struct, frozen=True, kw_only=True):
    """A file of a report: media in the platform's store, or metadata that travels as a file of its own."""

    key: str
    media: Media | None = None
    thread: Thread | None = None

    @property
    def sha256(self) -> str:
        """The digest that the file must have."""
        if self.media is not None:
            return self.media.sha256
        assert self.thread is not None
        return hashlib.sha256(thread_bytes(self.thread)).hexdigest()

    def details(self, report_id: int, file_id: str) -> FileDetails:
        """What is told of the file once it has its ids."""
        if self.media is not None:
            return _media_details(self.media, report_id, file_id)
        assert self.thread is not None
        return FileDetails(
            report_id=report_id,
            file_id=file_id,
            original_file_name=self.thread.name,
            file_relevance=FileRelevance.SUPPLEMENTAL,
            additional_info=("Metadata of messages (sender, receiver, time); message contents are not read.",),
        )


class Draft(msgspec.Struct, frozen=True, kw_only=True):
    """One report that waits for approval: what it says, but for the numbers of earlier reports, and its files."""

    subject: str
    report: Report
    attachments: tuple[Attachment, ...] = ()


def draft_reports(dossier: Dossier) -> tuple[Draft, ...]:
    """The drafts of a case, the network's core first."""
    if not dossier.suspects:
        raise BadInput(f"case {dossier.case_id} names no account; a report needs one.")
    return tuple(_draft(dossier, suspect) for suspect in dossier.in_order)


def _draft(dossier: Dossier, suspect: Suspect) -> Draft:
    report = Report(
        incident_summary=_summary(dossier, suspect),
        internet_details=tuple(_details(incident, dossier.operator) for incident in suspect.incidents),
        law_enforcement=_agency(dossier),
        reporter=_reporter(dossier.operator),
        person_or_user_reported=_reported(dossier, suspect),
        intended_recipient=tuple(_recipient(dossier, suspect)),
        victim=_victims(dossier, suspect),
        additional_info=legible(_story(dossier, suspect)) or None,
    )
    media = [Attachment(key=f"media/{one.id}", media=one) for one in suspect.media]
    threads = [Attachment(key=f"thread/{number}", thread=one) for number, one in enumerate(suspect.threads)]
    if suspect.victim:
        media = [msgspec.structs.replace(one, media=_self_produced(one.media)) for one in media]
    return Draft(subject=suspect.account.id, report=report, attachments=(*media, *threads))


def _self_produced(media: Media | None) -> Media | None:
    if media is None or media.context:
        return media
    return msgspec.structs.replace(media, marks=tuple(sorted({*media.marks, "possible_self_production"})))


def suggested_incident(suspect: Suspect) -> IncidentType:
    """What a report is about where people have not said it: files, or words about them."""
    return IncidentType.CSAM if any(not one.context for one in suspect.media) else IncidentType.MISLEADING_WORDS


def _summary(dossier: Dossier, suspect: Suspect) -> IncidentSummary:
    decision, times = dossier.decision, sorted(incident.at for incident in suspect.incidents)
    uploaded = sorted(one.uploaded_at for one in suspect.media if one.uploaded_at)
    seen = times or uploaded or ([dossier.opened_at] if dossier.opened_at else [])
    if not seen:
        raise BadInput(
            f"account {suspect.account.id} of case {dossier.case_id} has no time of any incident; "
            "incidentSummary/incidentDateTime needs one. Give an incident, an upload or the case's own time."
        )
    marks = {*decision.marks, *({"csam_solicitation"} if suspect.role in _SOLICITING else ())}
    return IncidentSummary(
        incident_type=IncidentType[decision.incident] if decision.incident else suggested_incident(suspect),
        platform=dossier.operator.platform,
        escalate_to_high_priority=legible(decision.imminent_harm) or None,
        report_annotations=ReportAnnotations(**dict.fromkeys(marks, True)) if marks else None,
        incident_date_time=seen[-1],
        incident_date_time_description=_span(seen),
    )


def _span(seen: list[datetime]) -> str | None:
    first, last = (f"{at.astimezone(UTC):%Y-%m-%d %H:%M} UTC" for at in (seen[0], seen[-1]))
    return f"{len(seen)} incidents from {first} to {last}; the last one is given." if len(seen) > 1 else None


def _story(dossier: Dossier, suspect: Suspect) -> str:
    others = len(dossier.suspects) - 1
    told = [f"Role in the network: {suspect.role}."]
    if others:
        told.append(f"One of {others + 1} accounts reported together under group {dossier.group or dossier.case_id}.")
    if dossier.found_by:
        told.append(f"How it was found: {dossier.found_by}")
    return " ".join([*told, dossier.decision.note, suspect.note]).strip()


def _details(incident: Incident, operator: Operator) -> InternetDetails:
    text, note = legible(incident.text) or None, legible(incident.note) or None
    both = " ".join(part for part in (text, note) if part) or None
    match incident.where:
        case "page":
            page = WebPageIncident(
                third_party_hosted_content=incident.elsewhere or None, url=incident.urls, additional_info=both
            )
            return InternetDetails(web_page_incident=page)
        case "chat":
            chat = ChatImIncident(chat_client=operator.service or operator.platform, content=text, additional_info=note)
            return InternetDetails(chat_im_incident=chat)
        case "mail":
            return InternetDetails(email_incident=EmailIncident(content=text, additional_info=note))
        case "newsgroup":
            return InternetDetails(newsgroup_incident=NewsgroupIncident(content=text, additional_info=note))
        case "game":
            game = OnlineGamingIncident(game_name=operator.service, content=text, additional_info=note)
            return InternetDetails(online_gaming_incident=game)
        case "phone":
            return InternetDetails(cell_phone_incident=CellPhoneIncident(additional_info=both))
        case "peers":
            return InternetDetails(peer2peer_incident=Peer2peerIncident(additional_info=both))
        case "offline":
            return InternetDetails(non_internet_incident=NonInternetIncident(additional_info=both))


def _agency(dossier: Dossier) -> LawEnforcement | None:
    decision = dossier.decision
    if decision.agency is None:
        return None
    return LawEnforcement(
        flea_country=decision.agency_country,
        agency_name=decision.agency,
        case_number=decision.agency_case,
        reported_to_le=True,
    )


def _reporter(operator: Operator) -> Reporter:
    person = Person(
        first_name=operator.first_name,
        last_name=operator.last_name,
        email=(Email(value=operator.email),),
        phone=(Phone(value=operator.phone),) if operator.phone else (),
    )
    return Reporter(
        reporting_person=person,
        company_template=operator.template,
        terms_of_service=operator.terms_of_service,
        legal_url=operator.legal_url,
    )


def _group(dossier: Dossier) -> str | None:
    return (dossier.group or dossier.case_id) if len(dossier.suspects) > 1 or dossier.group else None


def _reported(dossier: Dossier, suspect: Suspect) -> PersonOrUserReported | None:
    """The account itself, or for a child whoever compels it, where that is known."""
    if not suspect.victim:
        return _suspect(dossier, suspect)
    compelling = [one for one in dossier.suspects if one.account.id == suspect.compelled_by and not one.victim]
    return _suspect(dossier, compelling[0]) if compelling else None


def _suspect(dossier: Dossier, suspect: Suspect) -> PersonOrUserReported:
    return PersonOrUserReported(
        person_or_user_reported_person=person_of(suspect.account),
        **account_fields(suspect.account, dossier.operator),
        prior_reports=priors_of(suspect),
        group_identifier=_group(dossier),
        associated_account=tuple(associated(link, _group(dossier)) for link in suspect.links),
    )


def _victims(dossier: Dossier, suspect: Suspect) -> tuple[Victim, ...]:
    if not suspect.victim:
        return ()
    victim = Victim(
        victim_person=person_of(suspect.account) or Person(),
        **account_fields(suspect.account, dossier.operator),
        prior_reports=priors_of(suspect),
        group_identifier=_group(dossier),
        associated_account=tuple(associated(link, _group(dossier)) for link in suspect.links),
        additional_info="The account offered content and is judged to be held by a child.",
    )
    return (victim,)


def _recipient(dossier: Dossier, suspect: Suspect) -> list[IntendedRecipient]:
    return [
        IntendedRecipient(intended_recipient_person=person_of(one), **account_fields(one, dossier.operator))
        for one in suspect.recipients
    ]


def thread_bytes(thread: Thread) -> bytes:
    """A thread's metadata as CSV, always the same bytes; a cell that a spreadsheet would run is made text."""
    out = io.StringIO()
    rows = csv.writer(out)
    rows.writerow(("sender", "receiver", "at"))
    for sender, receiver, at in thread.rows:
        rows.writerow((_plain(sender), _plain(receiver), at.astimezone(UTC).isoformat()))
    return out.getvalue().encode()


def _plain(cell: str) -> str:
    return f"'{cell}" if cell[:1] in "=+-@\t\r" else cell


def _media_details(media: Media, report_id: int, file_id: str) -> FileDetails:
    hashes = [("MD5", media.md5), ("SHA1", media.sha1), ("SHA256", media.sha256), ("PDQ", media.pdq)]
    exif = tuple(NameValuePair(name=legible(name)[:64], value=legible(value)) for name, value in media.exif)
    return FileDetails(
        report_id=report_id,
        file_id=file_id,
        original_file_name=legible(media.name) or None,
        uploaded_to_esp_timestamp=media.uploaded_at,
        location_of_file=media.url,
        file_viewed_by_esp=bool(media.viewed_by),
        exif_viewed_by_esp=bool(media.exif_viewed_by),
        publicly_available=media.public,
        file_relevance=FileRelevance.SUPPLEMENTAL if media.context else FileRelevance.REPORTED,
        file_annotations=FileAnnotations(**dict.fromkeys(media.marks, True)) if media.marks else None,
        industry_classification=IndustryClassification(media.classification) if media.classification else None,
        original_file_hash=tuple(OriginalFileHash(hash_type=kind, value=value) for kind, value in hashes if value),
        ip_capture_event=event_of(media.uploaded_from) if media.uploaded_from and media.uploaded_from.ip else None,
        device_id=events_of((media.uploaded_from,))[1] if media.uploaded_from else (),
        details=(Details(type=DetailKind.EXIF, name_value_pair=exif),) if exif else (),
    )
