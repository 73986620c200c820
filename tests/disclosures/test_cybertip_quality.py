"""A draft is scored, and what it lacks is told with its effect."""

import msgspec
import pytest

from seawall.disclosures.cybertip.drafting import draft_reports
from seawall.disclosures.cybertip.quality import quality_of
from seawall.disclosures.dossier import Account
from seawall.disclosures.example import example_dossier
from seawall.records.errors import BadInput


@pytest.fixture
def dossier():
    return example_dossier(6, 1)


def poorer(dossier, **changes):
    suspect = dossier.in_order[0]
    account = msgspec.structs.replace(suspect.account, **changes)
    changed = msgspec.structs.replace(suspect, account=account)
    return msgspec.structs.replace(dossier, suspects=(changed, *dossier.in_order[1:]))


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"sign_ins": ()}, "ipCaptureEvent"),
        ({"contacts": ()}, "person/email or phone"),
        ({"place": None}, "estimatedLocation"),
        ({"handle": ""}, "screenName"),
    ],
)
def test_what_is_missing_lowers_the_score_and_is_listed(dossier, changes, field):
    whole = quality_of(draft_reports(dossier)[0])
    less = quality_of(draft_reports(poorer(dossier, **changes))[0])
    assert less.score < whole.score
    assert field in {lack.field for lack in less.lacks} - {lack.field for lack in whole.lacks}
    assert all(lack.effect for lack in less.lacks)


def test_an_account_of_which_nothing_is_known_scores_low(dossier):
    suspect = msgspec.structs.replace(dossier.in_order[0], account=Account(id="u1"), media=(), links=(), incidents=())
    bare = msgspec.structs.replace(dossier, suspects=(suspect,))
    assert quality_of(draft_reports(bare)[0]).score < 20 < quality_of(draft_reports(dossier)[0]).score


def test_a_case_without_any_time_is_refused(dossier):
    suspect = msgspec.structs.replace(dossier.in_order[0], media=(), incidents=())
    with pytest.raises(BadInput, match="incidentDateTime"):
        draft_reports(msgspec.structs.replace(dossier, suspects=(suspect,), opened_at=None))


def test_a_case_without_accounts_is_refused(dossier):
    with pytest.raises(BadInput, match="names no account"):
        draft_reports(msgspec.structs.replace(dossier, suspects=()))
