"""The closed lists of the CyberTipline format, as literal values.

The names are ours, in the words of the Luxembourg Guidelines; the values are the statute's and stand nowhere else.
"""

from enum import IntEnum, StrEnum


class IncidentType(StrEnum):
    """What a report is about."""

    CSAM = "Child Pornography (possession, manufacture, and distribution)"
    TRAFFICKING = "Child Sex Trafficking"
    TRAVEL = "Child Sex Tourism"
    ABUSE = "Child Sexual Molestation"
    MISLEADING_DOMAIN = "Misleading Domain Name"
    MISLEADING_WORDS = "Misleading Words or Digital Images on the Internet"
    ENTICEMENT = "Online Enticement of Children for Sexual Acts"
    UNSOLICITED = "Unsolicited Obscene Material Sent to a Child"


class BatchReason(StrEnum):
    """Why many reports travel as one; a network is no such reason."""

    VIRAL_POTENTIAL_MEME = "VIRAL_POTENTIAL_MEME"


class EmailKind(StrEnum):
    """What a mail address is used for."""

    HOME = "Home"
    WORK = "Work"
    BUSINESS = "Business"
    RECOVERY = "Recovery"


class PhoneKind(StrEnum):
    """What a number is used for."""

    MOBILE = "Mobile"
    HOME = "Home"
    BUSINESS = "Business"
    WORK = "Work"
    FAX = "Fax"
    INTERNET = "Internet"
    RECOVERY = "Recovery"


class AddressKind(StrEnum):
    """What a postal address is used for."""

    HOME = "Home"
    BUSINESS = "Business"
    BILLING = "Billing"
    SHIPPING = "Shipping"
    TECHNICAL = "Technical"


class EventName(StrEnum):
    """What an account did when an address or a device was seen."""

    LOGIN = "Login"
    REGISTRATION = "Registration"
    PURCHASE = "Purchase"
    UPLOAD = "Upload"
    OTHER = "Other"
    UNKNOWN = "Unknown"


class AccountKind(StrEnum):
    """How another account belongs to a person."""

    BILLING = "Billing"
    LINKED = "Linked"
    BUSINESS = "Business"
    CREATOR = "Creator"
    PARENT = "Parent/Guardian"
    OTHER = "Other"


class FileRelevance(StrEnum):
    """Whether a file is what is reported, or context."""

    REPORTED = "Reported"
    SUPPLEMENTAL = "Supplemental Reported"


class IndustryClassification(StrEnum):
    """The industry's scale (January 2014, June 2022): A or B for the age, 1 or 2 for the content."""

    A1 = "A1"
    A2 = "A2"
    B1 = "B1"
    B2 = "B2"


class DetailKind(StrEnum):
    """What a list of names and values was read from."""

    EXIF = "EXIF"
    HASH = "HASH"


class Code(IntEnum):
    """The response codes that are known; the list is open, so that an answer's code stays a plain int."""

    OK = 0
    SERVER = 1000
    SAVE = 1100
    UPLOAD = 1110
    FILE_UPLOAD = 1111
    NOT_FOUND = 1210
    UPDATE = 1300
    NEEDS_SIGN_IN = 2000
    NOT_ALLOWED = 3000
    MAY_NOT_SUBMIT = 3100
    MAY_NOT_UPDATE = 3300
    INVALID = 4000
    VALIDATION = 4100
    MALFORMED_XML = 4110
    MALFORMED_FILE = 4200
    NO_REPORT = 5001
    NO_FILE = 5002
    ALREADY_RETRACTED = 5101
    ALREADY_FINISHED = 5102
