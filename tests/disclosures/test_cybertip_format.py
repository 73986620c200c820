"""The format: every element and value that the service's documentation names, its order, its limits."""

from datetime import UTC, date, datetime, timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from seawall.disclosures.cybertip import values
from seawall.disclosures.cybertip.element import Choice
from seawall.disclosures.cybertip.legible import legible
from seawall.disclosures.cybertip.plan import plan_of
from seawall.disclosures.cybertip.report import FileDetails, Report
from seawall.disclosures.cybertip.rules import check_file, check_report, require
from seawall.disclosures.cybertip.schema import against, our_schema, parse
from seawall.disclosures.cybertip.write import to_xml
from seawall.records.errors import BadInput

NOW = datetime(2026, 6, 1, tzinfo=UTC)
PAST = datetime(2026, 3, 1, 12, tzinfo=UTC)

IN_ORDER = {
    "report": (
        "batchedReport incidentSummary internetDetails lawEnforcement reporter personOrUserReported intendedRecipient "
        "victim additionalInfo"
    ),
    "batchedReport": "@reason",
    "incidentSummary": (
        "incidentType platform escalateToHighPriority reportAnnotations incidentDateTime incidentDateTimeDescription"
    ),
    "reportAnnotations": (
        "sextortion csamSolicitation minorToMinorInteraction spam sadisticOnlineExploitation informational"
    ),
    "webPageIncident": "@thirdPartyHostedContent url additionalInfo",
    "emailIncident": "emailAddress content additionalInfo",
    "newsgroupIncident": "name emailAddress content additionalInfo",
    "chatImIncident": "chatClient chatRoomName content additionalInfo",
    "onlineGamingIncident": "gameName console content additionalInfo",
    "cellPhoneIncident": "phoneNumber latitude longitude additionalInfo",
    "nonInternetIncident": "locationName incidentAddress additionalInfo",
    "peer2peerIncident": "client ipCaptureEvent fileNames additionalInfo",
    "lawEnforcement": (
        "@fleaCountry agencyName caseNumber officerContact reportedToLe servedLegalProcessDomestic "
        "servedLegalProcessInternational"
    ),
    "reporter": "reportingPerson contactPerson companyTemplate termsOfService legalURL",
    "personOrUserReported": (
        "personOrUserReportedPerson vehicleDescription espIdentifier espService compromisedAccount screenName "
        "displayName profileUrl profileBio ipCaptureEvent deviceId thirdPartyUserReported priorCTReports "
        "groupIdentifier estimatedLocation allEmailsReported associatedAccount additionalInfo"
    ),
    "intendedRecipient": (
        "intendedRecipientPerson espIdentifier espService compromisedAccount screenName displayName profileUrl "
        "profileBio ipCaptureEvent deviceId priorCTReports groupIdentifier estimatedLocation allEmailsReported "
        "additionalInfo"
    ),
    "victim": (
        "victimPerson espIdentifier espService compromisedAccount screenName displayName profileUrl profileBio "
        "ipCaptureEvent deviceId schoolName priorCTReports groupIdentifier estimatedLocation allEmailsReported "
        "associatedAccount additionalInfo"
    ),
    "victimPerson": "firstName lastName phone email address age ageAssertionDiscrepancy dateOfBirth",
    "email": "@type @verified @verificationDate",
    "phone": "@type @verified @verificationDate @countryCallingCode @extension",
    "address": "@type address city zipCode state nonUsaState country",
    "ipCaptureEvent": "ipAddress eventName dateTime possibleProxy port",
    "deviceId": "idType idValue eventName dateTime",
    "estimatedLocation": "@verified @timestamp city region countryCode",
    "associatedAccount": (
        "@accountType @thirdPartyUser platform firstName lastName approximateAge email espIdentifier profileUrl "
        "screenName displayName profileBio groupIdentifier ipCaptureEvent deviceId"
    ),
    "fileDetails": (
        "reportId fileId originalFileName uploadedToEspTimestamp locationOfFile fileViewedByEsp exifViewedByEsp "
        "publiclyAvailable fileRelevance fileAnnotations industryClassification originalFileHash ipCaptureEvent "
        "deviceId details additionalInfo"
    ),
    "fileAnnotations": (
        "animeDrawingVirtualHentai potentialMeme viral possibleSelfProduction physicalHarm violenceGore bestiality "
        "liveStreaming infant generativeAi"
    ),
    "originalFileHash": "@hashType",
    "details": "@type nameValuePair",
    "nameValuePair": "name value",
}
"""Written by hand from the service's documentation, not made from the code."""

VALUES = {
    "BatchReason": ["VIRAL_POTENTIAL_MEME"],
    "EmailKind": ["Home", "Work", "Business", "Recovery"],
    "PhoneKind": ["Mobile", "Home", "Business", "Work", "Fax", "Internet", "Recovery"],
    "AddressKind": ["Home", "Business", "Billing", "Shipping", "Technical"],
    "EventName": ["Login", "Registration", "Purchase", "Upload", "Other", "Unknown"],
    "AccountKind": ["Billing", "Linked", "Business", "Creator", "Parent/Guardian", "Other"],
    "FileRelevance": ["Reported", "Supplemental Reported"],
    "IndustryClassification": ["A1", "A2", "B1", "B2"],
    "DetailKind": ["EXIF", "HASH"],
}
LIMITS = {
    "incidentSummary/platform": 256,
    "incidentSummary/escalateToHighPriority": 3000,
    "incidentSummary/incidentDateTimeDescription": 3000,
    "lawEnforcement/agencyName": 255,
    "lawEnforcement/caseNumber": 100,
    "reporter/termsOfService": 3000,
    "reporter/legalURL": 2083,
    "reporter/reportingPerson/firstName": 100,
    "reporter/reportingPerson/lastName": 100,
    "reporter/reportingPerson/email[1]/value": 255,
    "personOrUserReported/vehicleDescription": 300,
    "personOrUserReported/espIdentifier": 255,
    "personOrUserReported/espService": 100,
    "personOrUserReported/screenName": 256,
    "personOrUserReported/groupIdentifier": 255,
    "personOrUserReported/deviceId[1]/idType": 255,
    "personOrUserReported/deviceId[1]/idValue": 2083,
    "victim[1]/schoolName": 255,
    "originalFileName": 2056,
    "locationOfFile": 2083,
    "originalFileHash[1]/@hashType": 64,
    "details[1]/nameValuePair[1]/name": 64,
}


def filled(struct, kind=0):
    """A struct with every field given; of a choice the field `kind`, of an enumeration the value at `kind`."""
    slots = plan_of(struct).slots
    if issubclass(struct, Choice):
        slots = slots[kind % len(slots) : kind % len(slots) + 1]
    given = {}
    for slot in slots:
        one = filled(slot.inner, kind) if slot.inner else scalar(slot, kind)
        given[slot.field] = (one,) if slot.many else one
    return struct(**given)


def scalar(slot, kind):
    if slot.choices:
        return list(slot.choices)[kind % len(slot.choices)]
    ruled = {"url": "https://a.example/b", "ip": "192.0.2.1", "email": "a@b.example"}
    patterned = {"countryCallingCode": "+49", "extension": "12"}
    plain = {"DateTimeType": PAST, "DateType": date(1990, 1, 1), "BoolType": True, "IntType": 5, "FloatType": 1.5}
    if slot.scalar != "StrType":
        return plain[slot.scalar]
    return ruled.get(slot.rule) or patterned.get(slot.xml) or ("DE" if slot.pattern else "text")


def whole_report(kind=0):
    """A report with every kind of incident and every field; it is no viral batch."""
    report = filled(Report, kind)
    details = tuple(filled(type(report.internet_details[0]), place) for place in range(8))
    return msgspec.structs.replace(report, internet_details=details, batched_report=None)


def children(node):
    return [f"@{name}" for name in node.keys()] + list(dict.fromkeys(child.tag for child in node))  # noqa: SIM118


@pytest.mark.parametrize("name", IN_ORDER)
def test_every_element_is_written_in_its_order(name):
    roots = [parse(to_xml(filled(Report, place))) for place in range(8)] + [parse(to_xml(filled(FileDetails)))]
    node = next(node for root in roots for node in ([root] if root.tag == name else root.iter(name)))
    assert children(node) == IN_ORDER[name].split()


def test_every_kind_of_incident_is_written():
    written = [child[0].tag for child in parse(to_xml(whole_report())).iterfind("internetDetails")]
    assert written == [name for name in IN_ORDER if name.endswith("Incident")]


@pytest.mark.parametrize("name", VALUES)
def test_every_value_of_a_closed_list_is_there(name):
    assert [str(one.value) for one in getattr(values, name)] == VALUES[name]


def test_the_eight_types_of_incident_and_the_codes_are_there():
    assert len(values.IncidentType) == 8
    assert values.IncidentType.ENTICEMENT.value.endswith("Acts")
    known = "0 1000 1100 1110 1111 1210 1300 2000 3000 3100 3300 4000 4100 4110 4200 5001 5002 5101 5102"
    assert [int(code) for code in values.Code] == [int(code) for code in known.split()]


@pytest.mark.parametrize("kind", range(8))
def test_a_document_with_every_field_holds_to_rules_and_schema(kind):
    report, details = whole_report(kind), filled(FileDetails, 0)
    assert check_report(report, NOW) == []
    assert check_file(details, NOW) == []
    assert against(our_schema(), to_xml(report)) == []
    assert against(our_schema(), to_xml(filled(FileDetails, kind))) == []


@pytest.mark.parametrize("path", LIMITS)
def test_what_is_too_long_is_named_with_its_limit(path):
    for extra in (0, 1):
        document = with_text(path, LIMITS[path] + extra)
        check = check_file if isinstance(document, FileDetails) else check_report
        told = [str(problem) for problem in check(document, NOW)]
        assert (
            told
            == ([f"{path}: has {LIMITS[path] + 1} characters, at most {LIMITS[path]} are taken; shorten it."])[:extra]
        )
        assert bool(against(our_schema(), to_xml(document))) == bool(extra)


def with_text(path, length):
    """A whole document whose one field has so many characters."""
    document = filled(FileDetails) if path.split("/")[0].split("[")[0] in IN_ORDER["fileDetails"].split() else None
    return replaced(document or whole_report(), path.split("/"), length)


def replaced(element, parts, length):
    name, _, number = parts[0].removeprefix("@").partition("[")
    slot = next(slot for slot in plan_of(type(element)).slots if slot.xml == name)
    value = getattr(element, slot.field)
    inner = value[0] if number else value
    if len(parts) > 1:
        new = replaced(inner, parts[1:], length)
    else:
        start = {"url": "https://a.example/", "email": "a@"}.get(slot.rule, "")
        new = start + "x" * (length - len(start))
    return msgspec.structs.replace(element, **{slot.field: (new,) if number else new})


@pytest.mark.parametrize(
    ("path", "value", "says"),
    [
        (("incident_summary", "incident_date_time"), NOW + timedelta(seconds=5), "incidentDateTime"),
        (("incident_summary", "incident_date_time"), datetime(2026, 1, 1), "no time zone"),  # noqa: DTZ001
        (("incident_summary", "escalate_to_high_priority"), " ", "escalateToHighPriority: is blank"),
        (("incident_summary", "incident_type"), "Something", "incidentSummary/incidentType: 'Something' is none of"),
        (("person_or_user_reported", "profile_url"), ("not a url",), "profileUrl[1]"),
        (("person_or_user_reported", "profile_bio"), "a\x00b", "profileBio: holds the character U+0000"),
        (("person_or_user_reported", "prior_reports"), (0,), "priorCTReports[1]: 0 is below 1"),
        (("law_enforcement", "agency_name"), "", "lawEnforcement/agencyName: is required"),
        (("law_enforcement", "flea_country"), "Germany", "lawEnforcement/@fleaCountry"),
    ],
)
def test_a_broken_rule_names_its_field(path, value, says):
    report = whole_report()
    part = msgspec.structs.replace(getattr(report, path[0]), **{path[1]: value})
    with pytest.raises(BadInput) as raised:
        require(check_report(msgspec.structs.replace(report, **{path[0]: part}), NOW), "the report")
    assert says in str(raised.value)


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("ip_address", "999.1.1.1", "no IP address"),
        ("port", 65536, "above 65535"),
        ("port", 0, "below 1"),
        ("date_time", NOW + timedelta(days=2), "future"),
    ],
)
def test_a_wrong_address_is_named(field, value, says):
    report = whole_report()
    suspect = report.person_or_user_reported
    event = msgspec.structs.replace(suspect.ip_capture_event[0], **{field: value})
    suspect = msgspec.structs.replace(suspect, ip_capture_event=(event,))
    (problem,) = check_report(msgspec.structs.replace(report, person_or_user_reported=suspect), NOW)
    assert problem.field.startswith("personOrUserReported/ipCaptureEvent[1]/")
    assert says in problem.says


def test_a_network_is_no_viral_batch():
    (problem,) = check_report(filled(Report), NOW)
    assert problem.field == "batchedReport"


@pytest.mark.parametrize("field", ["industryClassification", "fileAnnotations/potentialMeme"])
def test_what_stands_only_with_reported_files_is_refused_elsewhere(field):
    told = [problem.field for problem in check_file(filled(FileDetails, 1), NOW)]
    assert field in told


def test_the_receivers_schema_refuses_another_order():
    root = parse(to_xml(whole_report()))
    summary = root.find("incidentSummary")
    summary.insert(0, summary.find("platform"))
    (told, *_) = against(our_schema(), etree.tostring(root))
    assert "'platform': This element is not expected. Expected is ( incidentType )" in told


@given(st.text(max_size=40))
def test_legible_text_always_passes(text):
    report = whole_report()
    suspect = msgspec.structs.replace(report.person_or_user_reported, profile_bio=legible(text) or None)
    report = msgspec.structs.replace(report, person_or_user_reported=suspect)
    assert check_report(report, NOW) == []
    assert (parse(to_xml(report)).findtext("personOrUserReported/profileBio") or "").replace("\r", "\n") == legible(
        text
    ).replace("\r\n", "\n").replace("\r", "\n")
