"""Offers: shapes of a sale in any currency and script, and what looks like one."""

import pyarrow as pa
import pytest

from seawall.signals.offers import AGE, HANDLE, LINK, MENU, PRICE, Offers, is_offer, shapes_of


def shapes(text: str) -> int:
    return int(shapes_of(pa.array([text]))[0])


def offers(text: str) -> bool:
    return bool(is_offer(shapes_of(pa.array([text])))[0])


@pytest.mark.parametrize(
    "text",
    [
        "10€",
        "€ 10",
        "$15",
        "USD 15",
        "15 usd",
        "35jpy",
        "£5.50",
        "₹200",
        "२५₹",
        "٢٠ ₪",
        "฿300",
        "R$ 20",
        "NT$300",
        "10zł",
        "100 kr",
        "¥5,000",
        "20円",
        "₩5000",
        "500 ₽",
        "๑๘฿",
        "0.1 BTC",
        "zolm (20 eur) vret",
    ],
)
def test_a_price_in_any_currency_and_script_is_seen(text):
    assert shapes(text) & PRICE


@pytest.mark.parametrize(
    "text",
    [
        "ISO 9001",
        "NBA 2024 final",
        "top 10 DIY ideas",
        "the year 2020",
        "at 10:30",
        "50%",
        "#10 zolm",
        "v1.2.3",
        "ran 10 of 25 stairs",
        "page 12",
        "10 AM / 11 PM",
        "3 dogs and 2 cats",
        "10 euros_zolm",
        "call 555-1234",
    ],
)
def test_a_number_of_something_else_is_no_price(text):
    assert not shapes(text) & PRICE


@pytest.mark.parametrize(
    "text",
    [
        "zolm 10€ / vret 25€",
        "zolm - 10\nvret - 20",
        "zolm: 5\nvret: 8",
        "zolm → ₹5\nvret → ₹8",
        "zolm x 20€\nvret x 5€",
        "ضفين … 5\nثقوض … 8",
        "щвюм - ₽8\nмрил - ₽9",
        "ゆぢゃ: 5円 むぺ: 8円",
    ],
)
def test_two_entries_with_amounts_are_a_menu(text):
    assert shapes(text) & MENU


@pytest.mark.parametrize("text", ["zolm 10€", "zolm 10 vret 20", "at 10:30 and 11:45", "2019-2020", "score: 3-2"])
def test_one_entry_or_bare_numbers_are_no_menu(text):
    assert not shapes(text) & MENU


@pytest.mark.parametrize("text", ["pay $qrel", "kip: @qrel", "kip: qrel_77", "kip=qrel4146", "ключ: @qrel"])
def test_a_handle_after_a_sign_or_a_label_is_seen(text):
    assert shapes(text) & HANDLE


@pytest.mark.parametrize("text", ["note: read more", "PS: hello there", "time: 10", "a: bcd", "@qrel said so", "$ 10"])
def test_a_label_before_plain_words_is_no_handle(text):
    assert not shapes(text) & HANDLE


@pytest.mark.parametrize("text", ["https://a.example/x", "t.me/qrel", "www.zolm.example", "zolm.gg/abc"])
def test_an_address_elsewhere_is_a_link(text):
    assert shapes(text) & LINK


@pytest.mark.parametrize("text", ["14 y/o", "14yo", "23y", "age 12", "22 años", "18歳", "21岁", "34 лет", "١٨ سنة"])
def test_an_age_is_seen_in_any_script(text):
    assert shapes(text) & AGE


@pytest.mark.parametrize("text", ["covid-19 y/n", "page 12", "2019 yearly", "x14yo"])
def test_other_numbers_are_no_age(text):
    assert not shapes(text) & AGE


@pytest.mark.parametrize("text", ["10€", "kip: @qrel t.me/qrel", "kip: @qrel, 19yo"])
def test_a_price_or_a_way_to_pay_beside_a_link_or_an_age_is_an_offer(text):
    assert offers(text)


@pytest.mark.parametrize("text", ["kip: @qrel", "t.me/qrel", "19 years", "19 years, t.me/qrel", "", "hello"])
def test_a_link_an_age_or_a_handle_alone_is_no_offer(text):
    assert not offers(text)


def test_an_age_or_a_handle_alone_is_no_signal():
    posts = pa.table(
        {
            "account_id": pa.array([1, 2, 3], pa.uint64()),
            "created_at": pa.array([1, 2, 3], pa.timestamp("us", tz="UTC")),
            "text": ["19 years", "kip: @qrel", "19 years 10€"],
        }
    )
    found = Offers().detect({"posts": posts})
    assert set(found["subject_id"].to_pylist()) == {3}
    assert found["what"].to_pylist() == ["offers.age_in_post", "offers.price_in_post"]


def test_a_link_of_the_profile_stands_for_one_in_the_bio():
    accounts = {"account_id": pa.array([1, 2], pa.uint64()), "bio": ["kip: @qrel", "kip: @qrel"]}
    found = Offers().detect({"accounts": pa.table({**accounts, "links": pa.array([["a.example"], []])})})
    assert found["subject_id"].to_pylist() == [1]
