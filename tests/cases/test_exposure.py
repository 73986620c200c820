"""Nobody has to look without need, and never beyond their budget."""

import pytest
from django.utils import timezone
from working import case, item, person, rulings, signed_in

from seawall.cases.commands import exposure, proposals
from seawall.cases.commands.decisions import propose_takedown
from seawall.cases.commands.people import choose
from seawall.cases.commands.queue import claim
from seawall.cases.models import AuditEntry, Case, Pause, Person, Reveal
from seawall.effects.quotas import day_of, end_of
from seawall.records.errors import Refused

BUDGETS = "[cases]\nitems_an_hour = 3\nitems_a_day = 5\n"


@pytest.fixture
def mine(ana, database):
    (database.home / "seawall.toml").write_text(BUDGETS)
    return claim(ana, case())


def test_a_text_is_shown_for_a_purpose_and_logged(ana, mine):
    shown = exposure.reveal(ana, item(mine, "gluv bexit"), "who sells here")
    assert shown.text == "gluv bexit"
    assert AuditEntry.objects.get(action="revealed").purpose == "who sells here"


def test_the_database_holds_no_text_in_clear(ana, mine, database):
    item(mine, "gluv bexit")
    assert "gluv" not in Case.objects.get().items.get().sealed


def test_no_purpose_no_text(ana, mine):
    with pytest.raises(Refused, match="purpose"):
        exposure.reveal(ana, item(mine, "gluv"), " ")
    assert not Reveal.objects.exists()


def test_only_who_works_on_a_case_reads_its_texts(ben, mine):
    with pytest.raises(Refused, match="claim it"):
        exposure.reveal(ben, item(mine, "gluv"), "curious")


def test_a_viewer_reads_nothing(mine):
    with pytest.raises(Refused, match="may not reveal"):
        exposure.reveal(signed_in(person("vic", "viewer")), item(mine, "gluv"), "curious")


def test_nobody_sees_a_stream_that_they_did_not_choose(ana, mine):
    choose(ana, streams=["spread"])
    with pytest.raises(Refused, match="not opted into"):
        exposure.reveal(ana, item(mine, "gluv"), "who sells here")


def test_a_text_is_judged_once_wherever_it_occurs_again(ana, ben, mine):
    text = item(mine, "gluv bexit")
    exposure.reveal(ana, text, "who sells here")
    exposure.judge(ana, text, "violates")
    other = claim(ben, case())
    with pytest.raises(Refused, match="judged already"):
        exposure.reveal(ben, item(other, "gluv bexit"), "who sells here")
    assert exposure.reveal(ben, item(other, "gluv bexit x"), "who sells here").text


def test_a_judged_text_is_shown_again_only_to_who_checks_the_work(ana, ben, mine):
    text = item(mine, "gluv bexit")
    exposure.reveal(ana, text, "who sells here")
    exposure.judge(ana, text, "violates")
    with pytest.raises(Refused, match="judged already"):
        exposure.reveal(ana, text, "who sells here", despite_judgement=True)
    proposal = propose_takedown(ana, mine, rulings(mine, "remove"), "they sell")
    proposals.see_evidence(ben, proposal, "second look")
    with pytest.raises(Refused, match="judged already"):
        exposure.reveal(ben, text, "second look")
    assert exposure.reveal(ben, text, "second look", despite_judgement=True).text == "gluv bexit"


def test_who_leaves_a_stream_gives_its_cases_back(ana, mine):
    choose(ana, streams=["spread"])
    mine.refresh_from_db()
    assert mine.claimed_by is None


def test_nobody_judges_what_they_did_not_read(ana, mine):
    with pytest.raises(Refused, match="Read the text"):
        exposure.judge(ana, item(mine, "gluv"), "violates")


def test_the_budget_of_an_hour_ends_in_a_pause(ana, mine):
    for number in range(3):
        exposure.reveal(ana, item(mine, f"gluv {number}"), "who sells here")
    with pytest.raises(Refused, match="pause until"):
        exposure.reveal(ana, item(mine, "gluv 9"), "who sells here")
    assert Pause.objects.get().forced


def test_the_budget_of_a_day_ends_the_day(ana, mine):
    for number in range(5):
        Pause.objects.update(ends=timezone.now())
        exposure.reveal(ana, item(mine, f"gluv {number}"), "who sells here")
    assert exposure.exposure_of(ana).day == 5
    assert exposure.paused_until(ana.person) == end_of(day_of(timezone.now()))


def test_two_severe_texts_never_follow_each_other(ana, mine):
    exposure.reveal(ana, item(mine, "gluv 1", 3), "who sells here")
    with pytest.raises(Refused, match="Two severe"):
        exposure.reveal(ana, item(mine, "gluv 2", 3), "who sells here")
    exposure.reveal(ana, item(mine, "gluv 3", 1), "who sells here")
    assert Reveal.objects.count() == 2


def test_a_severe_case_never_follows_a_severe_one(ana, mine):
    claim(ana, case(severe=True))
    with pytest.raises(Refused, match="severe"):
        claim(ana, case(severe=True))
    claim(ana, case())
    assert claim(ana, case(severe=True)).severe


def test_anyone_stops_without_a_reason(ana, mine):
    exposure.stop_for_today(ana)
    mine.refresh_from_db()
    assert mine.claimed_by is None
    with pytest.raises(Refused, match="pause"):
        claim(ana, mine)


def test_one_lowers_a_budget_and_never_raises_it(ana, mine):
    choose(ana, items_an_hour=99, items_a_day=2)
    told = exposure.exposure_of(signed_in(Person.objects.get(name="ana")))
    assert (told.hour_budget, told.day_budget) == (3, 2)


def test_the_house_learns_sums_and_no_person(ana, mine):
    exposure.close(ana, exposure.reveal(ana, item(mine, "gluv", 3), "who sells here").reveal, 1e9)
    told = exposure.exposure_of_house()
    assert (told["texts"], told["severe"]) == (1, 1)
    assert told["seconds"] < 60
    assert all(isinstance(value, int | float) for value in told.values())
