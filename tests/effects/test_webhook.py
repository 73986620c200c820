"""The webhook signs what it sends, and knows what is worth trying again."""

from datetime import UTC, datetime

import pytest
from receiver import SECRET, Receiver

from seawall.effects.outbound import Destination, Outbound
from seawall.effects.sink import Order
from seawall.effects.webhook import OLDEST, WebhookSink, signature, verified
from seawall.records.errors import BadConfiguration, Refused, Unavailable

ORDER = Order("e1", "remove", "account", "a1", {"case": 1}, "decision:1", "reviewer-ana", "", datetime.now(UTC))


@pytest.fixture
def receiver(request):
    receiver = Receiver(getattr(request, "param", ()))
    yield receiver
    receiver.close()


def sink(receiver: Receiver, secret: bytes = SECRET) -> WebhookSink:
    outbound = Outbound([Destination(receiver.origin, private=True)], timeout=5)
    return WebhookSink(f"{receiver.origin}/effects", secret, outbound)


def test_it_sends_an_effect_that_the_receiver_can_verify(receiver):
    assert sink(receiver).carry_out(ORDER).startswith("200")
    assert receiver.done["e1"]["subject_id"] == "a1"


def test_an_effect_that_the_receiver_knows_is_done(receiver):
    sink(receiver).carry_out(ORDER)
    assert sink(receiver).carry_out(ORDER).startswith("409")
    assert receiver.requests["e1"] == 2


@pytest.mark.parametrize("receiver", [(408,), (425,), (429,), (500,), (503,)], indirect=True)
def test_what_may_pass_is_tried_again(receiver):
    with pytest.raises(Unavailable):
        sink(receiver).carry_out(ORDER)


@pytest.mark.parametrize("receiver", [(400,), (403,), (404,), (422,)], indirect=True)
def test_what_will_not_pass_is_refused(receiver):
    with pytest.raises(Refused):
        sink(receiver).carry_out(ORDER)


def test_another_secret_is_refused(receiver):
    with pytest.raises(Refused, match="401"):
        sink(receiver, b"x" * 40).carry_out(ORDER)


def test_a_closed_door_is_tried_again(receiver):
    receiver.close()
    with pytest.raises(Unavailable):
        sink(receiver).carry_out(ORDER)


@pytest.mark.parametrize(("age", "holds"), [(0, True), (OLDEST - 1, True), (OLDEST + 1, False), (-OLDEST - 1, False)])
def test_a_copied_request_grows_old(age, holds):
    headers = {"seawall-timestamp": "1000000", "seawall-signature": signature(SECRET, "1000000", b"{}")}
    assert verified(SECRET, headers, b"{}", 1_000_000 + age) is holds


@pytest.mark.parametrize("field", ["seawall-timestamp", "seawall-signature", "body"])
def test_whatever_is_changed_breaks_the_signature(field):
    headers = {"seawall-timestamp": "1000000", "seawall-signature": signature(SECRET, "1000000", b"{}")}
    if field in headers:
        headers[field] = headers[field][:-1] + ("1" if headers[field][-1] == "0" else "0")
    assert not verified(SECRET, headers, b"{ }" if field == "body" else b"{}", 1_000_000)


def test_a_short_secret_is_refused(tmp_path):
    (tmp_path / "secret").write_bytes(b"short")
    with pytest.raises(BadConfiguration, match="32"):
        WebhookSink.make("platform", {"url": "https://platform.example/x", "secret_file": tmp_path / "secret"})


def test_an_option_with_a_typing_error_is_named():
    with pytest.raises(BadConfiguration, match="secret_file"):
        WebhookSink.make("platform", {"secretfile": "x"})
