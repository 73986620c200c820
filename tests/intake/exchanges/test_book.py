"""Exchanges that a deployment lists are read in turn, and how that went is remembered."""

import threading

import pytest
from test_opening import ANSWERS, SECRETS

from seawall.intake.exchanges.book import ExchangeBook
from seawall.records.errors import BadConfiguration, BadInput, Refused, Unavailable


@pytest.fixture
def book(exchange, store):
    return ExchangeBook.of(store, dict.fromkeys(SECRETS, (exchange.base,)), private=True)


@pytest.mark.parametrize("kind", SECRETS)
def test_a_listed_exchange_is_read_into_the_bank_of_its_name(book, exchange, kind):
    exchange.answer = lambda *_: ANSWERS[kind].encode()
    book.add("PARTNER", kind)
    book.set_secrets(kind, SECRETS[kind])
    assert book.read("PARTNER").entries == 1
    assert book.store.banks() == {"PARTNER": 1}
    one = book.get("PARTNER")
    assert (one.succeeded, one.running, one.items) == (True, False, 1)


def test_a_reading_that_fails_is_remembered_as_one(book, exchange):
    exchange.answer = lambda *_: (403, {}, b"")
    book.add("PARTNER", "ncmec")
    with pytest.raises(Unavailable, match="no credentials"):
        book.read("PARTNER")
    book.set_secrets("ncmec", SECRETS["ncmec"])
    with pytest.raises(Refused):
        book.read("PARTNER")
    assert (book.get("PARTNER").succeeded, book.get("PARTNER").running) == (False, False)


def test_an_exchange_that_is_left_alone_is_not_read(book):
    book.add("PARTNER", "ncmec")
    book.enable("PARTNER", False)
    with pytest.raises(BadInput, match="may be read"):
        book.read("PARTNER")


def test_removing_an_exchange_forgets_where_its_reading_stood_and_takes_its_bank_back(book, exchange):
    exchange.answer = lambda *_: ANSWERS["ncmec"].encode()
    book.add("PARTNER", "ncmec")
    book.set_secrets("ncmec", SECRETS["ncmec"])
    book.read("PARTNER")
    book.remove("PARTNER", bank=True)
    assert book.store.banks() == {}
    assert book.store.checkpoint("ncmec/PARTNER") is None


def test_a_kind_an_address_or_a_name_that_is_none_is_refused(book):
    with pytest.raises(BadInput, match="no kind of exchange"):
        book.add("PARTNER", "other")
    with pytest.raises(Refused, match="listed"):
        book.add("PARTNER", "ncmec", "https://elsewhere.example")
    book.add("PARTNER", "ncmec")
    with pytest.raises(BadInput, match="already"):
        book.add("PARTNER", "ncmec")
    with pytest.raises(BadConfiguration, match="user, password"):
        book.set_secrets("ncmec", {"user": 7})


def test_a_store_that_others_use_is_held_for_a_page_and_never_while_waiting(book, exchange):
    lock, held = threading.Lock(), []

    def answer(*_):
        held.append(lock.locked())
        return ANSWERS["ncmec"].encode()

    exchange.answer = answer
    book.add("PARTNER", "ncmec")
    book.set_secrets("ncmec", SECRETS["ncmec"])
    assert book.read("PARTNER", lock).entries == 1
    assert held
    assert not any(held)
    assert not lock.locked()
