"""Invented people and cases, written straight into the tables: for tests, pictures and the benchmark."""

import hashlib
from datetime import UTC, datetime, timedelta
from functools import cache

import numpy as np
from django.contrib.auth.hashers import make_password
from django.utils import timezone

import databases  # noqa: F401  sets Django up, before any of its tables is imported
from seawall.cases.models import Case, Item, Member, Person, Shared
from seawall.cases.sealing import seal_text, text_digest
from seawall.cases.ties import keep_ties

ROLES = ("seller", "promoter", "buyer", "reseller", "at_risk_child")
SHARES = (0.14, 0.05, 0.71, 0.06, 0.04)
REASONS = (
    ("terms", "names listed terms beside an offer"),
    ("offers", "posts menus"),
    ("follows", "is followed by 12 flagged accounts"),
    ("contact", "writes to 7 flagged accounts"),
    ("media", "holds files that a hash list names"),
    ("looks", "looks at 31 flagged accounts"),
    ("searches", "searches for listed terms"),
)
SIGNALS = (
    "terms.in_offer",
    "offers.menu_in_post",
    "follows.flagged",
    "contact.flagged",
    "media.known",
    "looks.flagged",
    "searches.for_term",
)
WORDS = ("zorvel", "miquat", "hulpen", "brasto", "quenil", "tavoro", "lippen", "dorsak")
PASSWORD = "an invented password of tests"
LONG_AGO = datetime(2026, 1, 5, tzinfo=UTC)


def person(name: str, *roles: str, **more) -> Person:
    """Somebody who has worked here for long and has opted into every stream."""
    made = Person(name=name, pseudonym=f"reviewer-{name}", roles=list(roles), created_at=LONG_AGO, **more)
    made.streams, made.must_change_password = ["networks", "children", "spread"], False
    made.password = _hashed()
    made.save()
    return made


def account_id(seed: int, at: int) -> str:
    """An invented account's keyed id, 16 hex digits."""
    return hashlib.blake2b(f"{seed} {at}".encode(), digest_size=8).hexdigest()


@cache
def _hashed() -> str:
    """One hash for everyone: Argon2 takes its time on purpose."""
    return make_password(PASSWORD)


def case(size: int = 60, seed: int = 0, **more) -> Case:
    """A case of invented accounts in a few communities, with ties, things they share and texts of the first ones."""
    rng = np.random.default_rng(seed)
    roles = rng.choice(ROLES, size, p=SHARES)
    counts = {role: int((roles == role).sum()) for role in ROLES if (roles == role).any()}
    now = timezone.now()
    given = {"network_id": f"n{seed:015x}", "size": size, "undecided": size, "roles": counts, "run": f"run-{seed}"}
    given |= {"risk": float(rng.uniform(0.7, 0.99)), "opened_at": now, "changed_at": now}
    given |= {"first_at": now - timedelta(days=200), "last_at": now - timedelta(days=int(rng.integers(0, 20)))}
    made = Case.objects.create(**(given | more))
    members = [_member(made, account_id(seed, at), str(roles[at]), rng) for at in range(size)]
    Member.objects.bulk_create(members)
    _ties(made, members, rng)
    Shared.objects.bulk_create(_shared(made, members, rng))
    Item.objects.bulk_create(_items(made, members[:6], rng))
    return made


def _member(of: Case, account: str, role: str, rng: np.random.Generator) -> Member:
    picked = rng.choice(len(REASONS), 4, replace=False)
    adds = np.sort(rng.gamma(2, 0.9, 4))[::-1].round(2).tolist()
    first = timezone.now() - timedelta(days=int(rng.triangular(3, 40, 260)))
    probabilities = dict.fromkeys((*ROLES, "bystander"), 0.03) | {role: 0.85}
    signals = [
        {
            "what": SIGNALS[at],
            "strength": 0.8,
            "count": int(rng.integers(1, 20)),
            "first_at": (first + timedelta(days=int(at))).isoformat(),
            "last_at": timezone.now().isoformat(),
        }
        for at in picked[:3]
    ]
    evidence = [
        {"family": REASONS[at][0], "says": REASONS[at][1], "adds": add} for at, add in zip(picked, adds, strict=True)
    ]
    return Member(
        case=of,
        account_id=account,
        role=role,
        risk=float(rng.beta(9, 1.6)),
        probabilities=probabilities,
        evidence=evidence,
        signals=signals,
        first_seen=first,
        last_seen=timezone.now(),
    )


def _ties(of: Case, members: list[Member], rng: np.random.Generator) -> None:
    """Ties inside communities, and a few between them."""
    size = len(members)
    groups = rng.integers(0, max(2, size // 90), size)
    inside = [(at, int(rng.choice(np.flatnonzero(groups == groups[at])))) for at in range(size) for _ in range(4)]
    between = rng.integers(0, size, (size // 8, 2)).tolist()
    pairs = sorted({(min(pair), max(pair)) for pair in [*inside, *map(tuple, between)] if pair[0] != pair[1]})
    weights = rng.gamma(2, 1, len(pairs)).astype(np.float32) + 0.1
    names = [member.account_id for member in members]
    keep_ties(of, names, np.array(pairs, np.int64).reshape(-1, 2), weights)


def _shared(of: Case, members: list[Member], rng: np.random.Generator) -> list[Shared]:
    kinds = ("hashtag", "hashtag", "link", "media")
    return [
        Shared(
            case=of,
            kind=kinds[at % 4],
            subject_id=f"{kinds[at % 4]}-{int(rng.integers(0, 3000)):012x}",
            risk=float(rng.uniform(0.5, 1)),
            accounts=[members[int(i)].account_id for i in rng.integers(0, len(members), 8)],
        )
        for at in range(9)
    ]


def _items(of: Case, members: list[Member], rng: np.random.Generator) -> list[Item]:
    texts = [" ".join(rng.choice(WORDS, 7)) for _ in members]
    return [
        Item(
            case=of,
            account_id=member.account_id,
            kind="post",
            digest=text_digest(text),
            severity=int(rng.integers(1, 4)),
            sealed=seal_text(text),
            at=timezone.now(),
        )
        for member, text in zip(members, texts, strict=True)
    ]
