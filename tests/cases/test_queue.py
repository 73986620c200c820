"""One case, one person at a time, the most urgent first."""

from datetime import timedelta
from threading import Barrier, Thread

import pytest
from django.db import connections
from django.utils import timezone
from working import case, person, signed_in

from seawall.cases.commands import queue
from seawall.cases.commands.queue import claim, claim_next
from seawall.cases.models import AuditEntry, Case
from seawall.records.errors import Refused


def test_the_most_urgent_comes_first(ana):
    case(), case(priority=60, reasons=["child at risk"]), case(priority=40)
    assert claim_next(ana).priority == 60


def test_a_claim_is_exclusive_until_it_expires(ana, ben):
    of = claim(ana, case())
    with pytest.raises(Refused, match="claimed by reviewer-ana"):
        claim(ben, of)
    Case.objects.update(claimed_until=timezone.now() - timedelta(seconds=1))
    assert claim(ben, of).claimed_by == ben.person


def test_of_many_who_claim_at_once_one_gets_the_case(database):
    of, people = case(), [signed_in(person(f"p{number}", "analyst")) for number in range(6)]
    got, barrier = [], Barrier(6)

    def work(actor):
        barrier.wait()
        try:
            got.append(claim(actor, of).claimed_by.name)
        except Refused:
            pass
        finally:
            connections.close_all()

    threads = [Thread(target=work, args=(actor,)) for actor in people]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert len(got) == 1


def test_a_skipped_case_is_not_offered_again(ana, ben):
    of = claim(ana, case())
    queue.skip(ana, of)
    assert claim_next(ana) is None
    assert claim_next(ben) == of


def test_a_case_goes_to_who_reads_its_language(ana):
    case(language="pt-BR"), case(language="th")
    ana.person.languages = ["pt"]
    ana.person.save()
    assert [of.language for of in queue.queue_of(ana)] == ["pt-BR"]


def test_a_case_goes_to_who_is_trained_for_it(ana):
    of = case(competence="payments")
    assert not queue.queue_of(ana).exists()
    ana.person.competences = ["payments"]
    ana.person.save()
    assert list(queue.queue_of(ana)) == [of]


def test_nobody_is_shown_a_stream_that_they_did_not_choose(ana):
    of = case(stream="children")
    ana.person.streams = ["networks"]
    ana.person.save()
    assert not queue.queue_of(ana).exists()
    with pytest.raises(Refused, match="no case"):
        queue.get_case(ana, of.pk)


def test_a_hidden_case_and_a_missing_one_are_refused_alike(ana):
    of = case(stream="children")
    ana.person.streams = []
    ana.person.save()
    with pytest.raises(Refused) as hidden:
        queue.get_case(ana, of.pk)
    Case.objects.all().delete()
    with pytest.raises(Refused) as missing:
        queue.get_case(ana, of.pk)
    assert str(hidden.value) == str(missing.value)


def test_whoever_reads_a_case_is_in_the_log_with_the_purpose(ana, ben):
    of = claim(ana, case())
    for _ in range(3):
        queue.get_case(ana, of.pk)
    queue.get_case(ben, of.pk)
    told = AuditEntry.objects.filter(action="read case").order_by("sequence").values_list("pseudonym", "purpose")
    assert list(told) == [("reviewer-ana", "to work on the case"), ("reviewer-ben", "to look at the case")]


def test_an_administrator_sees_no_case(database):
    case()
    with pytest.raises(Refused, match="may not see cases"):
        queue.cases_of(signed_in(person("root", "admin")))


def test_a_case_is_handed_to_a_colleague(ana, ben):
    of = queue.hand_over(ana, claim(ana, case()), ben.person)
    assert of.claimed_by == ben.person
    with pytest.raises(Refused, match="does not work on"):
        queue.hand_over(ben, of, person("root", "admin"))


def test_an_escalated_case_comes_first_with_its_reason(ana, ben):
    case(priority=80)
    of = claim(ana, case())
    queue.escalate(ana, of, "they know where she lives")
    found = claim_next(ben)
    assert (found.pk, found.reasons[0], found.escalated) == (of.pk, "escalated", "they know where she lives")
