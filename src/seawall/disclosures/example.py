"""An invented case: nobody in it exists, and its words mean nothing."""

import hashlib
import random
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

from seawall.disclosures.dossier import (
    Account,
    Contact,
    Decision,
    Dossier,
    Incident,
    Link,
    Media,
    Operator,
    Place,
    SignIn,
    Suspect,
    Thread,
)
from seawall.records.roles import Role

START = datetime(2026, 3, 1, 9, tzinfo=UTC)
STORE = "https://store.example"
"""Where the files of an invented case lie, unless a test serves them: nowhere."""
_SOUNDS = ("ba", "do", "fen", "gi", "kel", "lu", "mor", "ni", "pra", "sul", "ti", "vo", "wex", "zan")
_ROLES = (Role.SELLER, Role.SELLER, Role.PROMOTER, Role.RESELLER, Role.BUYER, Role.BUYER)
_EVENTS = ("registration", "login", "login", "upload")


def example_dossier(accounts: int = 30, seed: int = 1, store: str = STORE) -> Dossier:
    """A network of so many accounts; one seller in ten is judged a child, one in five came back."""
    draw = random.Random(seed)
    suspects = tuple(_suspect(draw, number, store) for number in range(accounts))
    return Dossier(
        case_id=f"case-{seed}-{accounts}",
        operator=Operator(
            platform="Velomira",
            service="Velomira Stories",
            first_name="Duty",
            last_name="Officer",
            email="safety@velomira.example",
            phone="5550100",
            country="US",
            terms_of_service="Offers of abuse material are forbidden.",
            legal_url="https://velomira.example/legal",
        ),
        suspects=suspects,
        decision=Decision(note="Accounts follow each other and share terms and links."),
        opened_at=START,
        found_by="shared terms, links and followers; reviewed by two people.",
    )


def content_of(media: Media) -> bytes:
    """The bytes that stand for an invented file: digits, no picture."""
    return (media.id.encode() * (media.size // len(media.id) + 1))[: media.size]


class ExampleStore:
    """A store that holds the invented files of an invented case."""

    def __init__(self, dossier: Dossier) -> None:
        self._media = {media.locator: media for suspect in dossier.suspects for media in suspect.media}

    @contextmanager
    def open(self, locator: str) -> Iterator[tuple[int, Iterator[bytes]]]:
        """A file's length and its pieces."""
        content = content_of(self._media[locator])
        yield len(content), iter((content,))


def word(draw: random.Random, sounds: int = 3) -> str:
    """A word of a language that nobody speaks."""
    return "".join(draw.choice(_SOUNDS) for _ in range(sounds))


def _suspect(draw: random.Random, number: int, store: str) -> Suspect:
    role = _ROLES[number % len(_ROLES)]
    account = _account(draw, f"u{number:05d}")
    sells = role is not Role.BUYER
    return Suspect(
        account=account,
        role=role,
        risk=round(0.99 - number * 0.01, 2),
        judged_child=role is Role.SELLER and number % 10 == 1,
        incidents=tuple(_incident(draw, account, day) for day in range(1 + number % 3)),
        media=tuple(_media(draw, account, place, store) for place in range(number % 3 if sells else 0)),
        threads=(_thread(draw, account),) if number % 4 == 0 else (),
        links=_links(draw, account) if number % 5 == 0 else (),
        country=account.place.country if account.place else None,
    )


def _account(draw: random.Random, name: str) -> Account:
    handle = f"{word(draw)}_{draw.randrange(100, 999)}"
    return Account(
        id=name,
        handle=handle,
        display_names=(word(draw).title(),),
        bio=f"{word(draw)} {word(draw)} {draw.randrange(5, 50)}",
        profile_urls=(f"https://velomira.example/{handle}",),
        created_at=START - timedelta(days=draw.randrange(10, 400)),
        place=Place(city=word(draw).title(), country=draw.choice(("US", "GB", "DE"))),
        contacts=(
            Contact(kind="email", value=f"{handle}@mail.example", verified=True, verified_at=START),
            Contact(kind="phone", value=f"555{draw.randrange(1000, 9999)}", country_code="+1"),
        ),
        sign_ins=tuple(_sign_in(draw, place) for place in range(4)),
    )


def _sign_in(draw: random.Random, place: int) -> SignIn:
    ip = f"192.0.2.{draw.randrange(1, 255)}" if place % 2 else f"2001:db8::{draw.randrange(1, 65535):x}"
    return SignIn(
        at=START - timedelta(hours=draw.randrange(1, 2000)),
        event=_EVENTS[place % len(_EVENTS)],  # type: ignore[arg-type]  # the four are among the format's
        ip=ip,
        port=draw.randrange(1024, 65535),
        device_hash=hashlib.sha256(str(draw.random()).encode()).hexdigest()[:32] if place == 0 else None,
    )


def _incident(draw: random.Random, account: Account, day: int) -> Incident:
    return Incident(
        at=START - timedelta(days=day, minutes=draw.randrange(600)),
        where="page" if day % 2 == 0 else "chat",
        urls=(f"{account.profile_urls[0]}/{draw.randrange(10_000)}",),
        text=f"{word(draw)} {word(draw)} {draw.randrange(5, 50)}",
    )


def _media(draw: random.Random, account: Account, place: int, store: str) -> Media:
    name = f"{account.id}-{place}"
    bare = Media(id=name, locator=f"{store}/media/{name}", size=draw.randrange(1_000, 200_000), sha256="")
    content = content_of(bare)
    return Media(
        id=name,
        locator=bare.locator,
        size=bare.size,
        sha256=hashlib.sha256(content).hexdigest(),
        md5=hashlib.md5(content, usedforsecurity=False).hexdigest(),
        name=f"{word(draw)}.bin",
        uploaded_at=START - timedelta(hours=draw.randrange(1, 500)),
        url=f"{account.profile_urls[0]}/{name}",
        public=draw.random() < 0.5,
        viewed_by=("reviewer-2",) if draw.random() < 0.3 else (),
    )


def _thread(draw: random.Random, account: Account) -> Thread:
    rows = tuple((account.id, f"u{draw.randrange(10**5):05d}", START - timedelta(hours=place)) for place in range(5))
    return Thread(name=f"messages-{account.id}.csv", rows=rows)


def _links(draw: random.Random, account: Account) -> tuple[Link, ...]:
    second = Account(id=f"{account.id}-b", handle=f"{word(draw)}_{draw.randrange(100)}")
    elsewhere = Account(id=word(draw, 4), handle=word(draw, 4))
    return (
        Link(account=second, how="came back after a removal"),
        Link(account=elsewhere, how="named in the bio", platform="Zanfeldor"),
    )
