"""Whoever opens a file at full view writes it down first; reports say what the log says."""

from console.invented import case
from seawall.disclosures.media_views import viewers_of


def test_a_file_counts_as_seen_once_somebody_wrote_that_down(browser, people):
    one = case(60, 1)
    member = one.members.first()
    client = browser("analyst")
    page = f"/cases/{one.pk}/accounts/{member.account_id}/"
    assert "I open it at full view" in client.get(page).content.decode()
    assert viewers_of(["m1"]) == {}
    told = client.post(f"{page}file/", {"file": "m1", "purpose": "To prepare a report"}, follow=True)
    assert "you open m1 at full view" in told.content.decode()
    assert viewers_of(["m1", "m2"]) == {"m1": (people["analyst"].pseudonym,)}


def test_without_a_file_or_a_purpose_nothing_is_written_down(browser):
    one = case(60, 1)
    place = f"/cases/{one.pk}/accounts/{one.members.first().account_id}/file/"
    client = browser("analyst")
    for sent in ({"purpose": "To decide"}, {"file": "m1", "purpose": " "}, {"file": "m" * 201, "purpose": "To decide"}):
        assert "name the file" in client.post(place, sent, follow=True).content.decode()
    assert viewers_of(["m1", "m" * 201, ""]) == {}
