"""Effects are carried out in order, under quotas, each once."""

from datetime import timedelta
from multiprocessing import Process, get_context

import pytest
from django.db import connections, transaction
from django.utils import timezone
from receiver import SECRET, Receiver, configuration

from seawall.effects.configuration import EffectsSection, Quota, SinkSection, effects_section
from seawall.effects.executor import carry_out_due, stuck, try_again
from seawall.effects.models import Effect, QuotaUse
from seawall.effects.outbox import Wanted, Warrant, propose, withdraw
from seawall.effects.sink import Order
from seawall.effects.sinks import make_sinks
from seawall.records.errors import BadConfiguration, Refused, Unavailable

TO = {kind: ["platform"] for kind in ("preserve", "remove", "clear", "restrict")}


class Remembers:
    """A sink that notes what it was given, and fails as it is told."""

    def __init__(self, *failures: Exception) -> None:
        self.orders: list[Order] = []
        self.failures = list(failures)

    def carry_out(self, order: Order) -> str:
        if self.failures:
            raise self.failures.pop(0)
        self.orders.append(order)
        return "done"


def section(**quotas: Quota) -> EffectsSection:
    return EffectsSection({"platform": SinkSection("files")}, quotas)


def wish(*wanted: Wanted, origin: str = "decision:1", person: str = "reviewer-ana") -> list[Effect]:
    with transaction.atomic():
        return propose(wanted, Warrant(origin, person), TO)


def remove(count: int) -> list[Wanted]:
    return [Wanted("remove", "account", f"a{number}") for number in range(count)]


def work(sink: Remembers, of: EffectsSection | None = None) -> None:
    while carry_out_due({"platform": sink}, of or section()):
        pass


def states() -> dict[str, int]:
    found: dict[str, int] = {}
    for state in Effect.objects.values_list("state", flat=True):
        found[state] = found.get(state, 0) + 1
    return found


def due_now() -> None:
    Effect.objects.filter(state="waiting").update(next_at=timezone.now())


def test_what_a_decision_wants_is_carried_out_once(database):
    wish(*remove(30))
    sink = Remembers()
    work(sink)
    assert sorted(order.subject_id for order in sink.orders) == sorted(f"a{number}" for number in range(30))
    assert states() == {"done": 30}


def test_a_decision_that_is_taken_back_leaves_no_effect(database):
    with transaction.atomic():
        propose(remove(3), Warrant("decision:1", "reviewer-ana"), TO)
        transaction.set_rollback(True)
    assert not Effect.objects.exists()


def test_the_same_decision_written_twice_wants_its_effects_once(database):
    wish(*remove(3))
    wish(*remove(3))
    assert Effect.objects.count() == 3


def test_evidence_is_preserved_before_anything_is_removed(database):
    wish(*remove(5), *[Wanted("preserve", "account", f"a{number}") for number in range(5)])
    sink = Remembers(*[Unavailable("the store is away")] * 5)
    carry_out_due({"platform": sink}, section())
    assert not sink.orders
    due_now()
    work(sink)
    kinds = [order.kind for order in sink.orders]
    assert kinds.index("remove") == 5
    assert kinds == ["preserve"] * 5 + ["remove"] * 5


def test_what_could_not_be_preserved_is_never_removed_and_shown(database):
    wish(*remove(1), Wanted("preserve", "account", "a0"))
    sink = Remembers(Refused("no such account"))
    work(sink)
    assert not sink.orders
    assert {effect.kind for effect in stuck()} == {"preserve", "remove"}
    assert try_again(Effect.objects.get(kind="preserve"))
    work(sink)
    assert [order.kind for order in sink.orders] == ["preserve", "remove"]


def test_a_sink_that_is_away_is_tried_again_later_and_longer_each_time(database):
    wish(*remove(1))
    sink, waits = Remembers(Unavailable("away"), Unavailable("away"), ValueError("a fault of ours")), []
    for _ in range(3):
        carry_out_due({"platform": sink}, section())
        waits.append(Effect.objects.get().next_at - timezone.now())
        due_now()
    assert waits == sorted(waits)
    assert waits[0] > timedelta(seconds=3)
    work(sink)
    assert states() == {"done": 1}
    assert Effect.objects.get().attempts == 4


def test_a_lost_claim_is_given_to_another(database):
    wish(*remove(1))
    Effect.objects.update(state="claimed", claim="of a killed worker", claimed_until=timezone.now())
    sink = Remembers()
    work(sink)
    assert states() == {"done": 1}


def test_a_slow_worker_does_not_overwrite_what_another_noted(database):
    wish(*remove(1))

    class Slow(Remembers):
        def carry_out(self, order):
            Effect.objects.update(claim="another's", claimed_until=timezone.now() + timedelta(minutes=1))
            raise Refused("too late")

    carry_out_due({"platform": Slow()}, section())
    assert states() == {"claimed": 1}


def test_a_quota_holds_what_is_over_it_until_the_next_day(database):
    wish(*remove(7))
    sink = Remembers()
    work(sink, section(remove=Quota(4, 10)))
    assert len(sink.orders) == 4
    held = Effect.objects.filter(state="waiting")
    assert held.count() == 3
    assert all("quota" in effect.answer and effect.next_at > timezone.now() for effect in held)


def test_a_person_has_a_quota_of_their_own(database):
    wish(*remove(4), origin="decision:1", person="reviewer-ana")
    wish(*remove(4), origin="decision:2", person="reviewer-ben")
    sink = Remembers()
    work(sink, section(remove=Quota(100, 3)))
    people = [order.person for order in sink.orders]
    assert (people.count("reviewer-ana"), people.count("reviewer-ben")) == (3, 3)
    assert QuotaUse.objects.get(kind="remove", person="").used == 6


def test_trying_again_takes_no_second_place_of_a_quota(database):
    wish(*remove(2))
    sink = Remembers(*[Unavailable("away")] * 4)
    for _ in range(4):
        carry_out_due({"platform": sink}, section(remove=Quota(2, 2)))
        due_now()
    work(sink, section(remove=Quota(2, 2)))
    assert len(sink.orders) == 2


def test_a_day_begins_in_the_configured_zone(database, settings_of):
    from seawall.effects.quotas import day_of

    late = timezone.now().replace(hour=23, minute=30)
    with settings_of(DAY_ZONE="Pacific/Auckland"):
        assert day_of(late) > late.date()


def test_a_kind_without_a_sink_is_refused_before_anything_is_written(database):
    with pytest.raises(BadConfiguration, match="No sink takes"):
        wish(Wanted("purge", "case", "1"))
    assert not Effect.objects.exists()


def test_what_nobody_has_begun_can_be_taken_back(database):
    wish(*remove(3))
    assert withdraw("decision:1") == 3
    sink = Remembers()
    work(sink)
    assert not sink.orders


def test_an_unknown_sink_in_the_configuration_is_named(database):
    with pytest.raises(BadConfiguration, match="there are"):
        make_sinks(EffectsSection({"x": SinkSection("pigeon")}))


def carry_out_all(lease: float) -> None:
    """A worker's life, in a process of its own."""
    of = effects_section()
    sinks = make_sinks(of)
    while carry_out_due(sinks, of, lease=timedelta(seconds=lease)):
        pass


def workers(count: int, lease: float = 60) -> list[Process]:
    connections.close_all()  # a connection is nothing to inherit
    begun = [get_context("fork").Process(target=carry_out_all, args=(lease,)) for _ in range(count)]
    for worker in begun:
        worker.start()
    return begun


@pytest.fixture
def receiver():
    receiver = Receiver()
    yield receiver
    receiver.close()


def connect(database, receiver: Receiver, extra: str = "") -> None:
    (database.home / "hook").write_bytes(SECRET)
    (database.home / "seawall.toml").write_text(configuration(receiver.origin, database.home / "hook", extra))


def decide_on(count: int) -> None:
    with transaction.atomic():
        propose(remove(count), Warrant("decision:1", "reviewer-ana"), effects_section().routes())


def test_sixteen_workers_carry_out_exactly_the_quota(database, receiver):
    connect(database, receiver, "[effects.quotas.remove]\nday = 40\nperson = 1000\n")
    decide_on(80)
    begun = workers(16)
    for worker in begun:
        worker.join(120)
    assert [worker.exitcode for worker in begun] == [0] * 16
    assert len(receiver.done) == 40
    assert set(receiver.requests.values()) == {1}
    assert states() == {"done": 40, "waiting": 40}


def test_killed_workers_lose_nothing_and_do_nothing_twice(database, receiver):
    """The short form of tests/soak/effects.py."""
    connect(database, receiver)
    decide_on(60)
    for wait in (0.1, 0.05, 0.2, 0.15):
        worker = workers(1, lease=0.3)[0]
        worker.join(wait)
        worker.kill()
        worker.join()
    while Effect.objects.exclude(state="done").exists():
        workers(1, lease=0.3)[0].join(60)
    assert len(receiver.done) == 60
    assert states() == {"done": 60}
