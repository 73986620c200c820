"""Invented free text: sentences that hold somebody's data, and sentences that do not."""

import random

from seawall.disclosures.example import word

MAILS = (
    "{w}.{w}@{w}.example",
    "{w}{n}@mail.{w}.org",
    "{w} (at) {w} (dot) com",
    "{w} [at] {w}.net",
    "{w}+{w}@{w}.co.uk",
)
MAILS += ("{w} at {w} dot org", "{W}@{W}.EXAMPLE", "{w}@{w}", "mailto:{w}_{w}@{w}.example")
PHONES = ("+49 {d3} {d4}{d4}", "+1 ({d3}) {d3}-{d4}", "0{d3}/{d3}{d4}", "00{d2} {d3} {d3} {d4}", "+{d2}{d3}{d3}{d4}")
PHONES += (
    "({d3}) {d3} {d4}",
    "{d3}-{d3}-{d4}",
    "{d3}.{d3}.{d4}",
    "0{d4}{d4}",
    "+{d2}-{d2}-{d4}-{d4}",
    "{d3}–{d3}–{d4}",
)
HANDLES = ("@{w}", "@{w}.{w}", "@{w}_{n}", "{w}_{w}", "{w}{d3}", "u/{w}{w}", "_{w}_", "{w}_{n}", "username: {w}")
HANDLES += (
    "@{w}@{w}.social",
    "user/{w}-{w}",
    "{d2}{w}",
    "did:plc:{w}{d4}{w}",
    "https://{w}.example/{w}",
    "{w}.example",
)
IPS = ("192.0.2.{b}", "{b}.{b}.{b}.{b}", "2001:db8::{h}", "2001:db8:{h}:{h}:{h}:{h}:{h}:{h}", "{b}[.]{b}[.]{b}[.]{b}")
IPS += ("::ffff:192.0.2.{b}", "fe80::{h}:{h}", "[2001:db8::{h}]:443", "192.0.2.{b}:8080", "{b} dot {b} dot {b} dot {b}")
DIRTY = {"mail": MAILS, "phone": PHONES, "handle": HANDLES, "ip": IPS}
AROUND = (
    "The account {} offered material.",
    "{} was reported twice",
    "See ({}), decided by two people.",
    "contact:{}; removed",
    "Das Konto „{}“ wurde gesperrt.",
    "Le compte {} a été suspendu,",
    "'{}'",
    "The seller wrote {}, and others answered.",
)
CLEAN = (
    "The account offered material that shows the abuse of children; it was reviewed by two people on {date}.",
    "{count} accounts shared the same terms, links and followers between {date} and {date}.",
    "Article {small} of Regulation (EU) 2022/2065 and section {small} of our terms, version {small}.{small}, apply.",
    "A file matched a list of known material (PDQ distance {small}; SHA-256 equal), see ISO/IEC {year}.",
    "In {year}-{year2} we removed {count} items, {percent} % of them within {small} h, at {time} UTC.",
    "Le contenu enfreint l'article {small}; {count} comptes ont été suspendus, soit {percent} pour cent.",
    "Das Angebot verstößt gegen § {small} Absatz {digit}; {digit} von {small} Konten wurden gesperrt.",
    "Offers with prices of {small} to {small} EUR stood in {digit} posts, e.g. in stories; cf. point ({digit}).",
    "Directive 2011/93/EU, Art. {digit}({digit}), and recital {small}: the decision is final; see part {digit}.",
    "The decision was taken by people. KEYWORD_OTHER was not used; {digit}/{small} reviewers agreed (kappa 0.{small}).",
    "Between {time} and {time} on {date}, {count} impressions led to {small} contacts: a rate of 0.{small}.",
    "Since {year} the network came back {digit} times; {count} followers, {count} of them new.",
)


def dirty(seed):
    """One sentence with personal data, its kind, and the data."""
    draw = random.Random(seed)
    kind = draw.choice(list(DIRTY))
    data = filled(draw, draw.choice(DIRTY[kind]))
    return draw.choice(AROUND).format(data), kind, data


def clean(seed):
    """One to three sentences without any."""
    draw = random.Random(-seed - 1)
    return " ".join(sentence(draw) for _ in range(draw.randint(1, 3)))


def sentence(draw):
    year = draw.randint(2005, 2030)
    dates = ("{y}-{m:02}-{d:02}", "{d}.{m}.{y}", "{d}/{m}/{y}", "{d} March {y}", "{y}-{m:02}-{d:02}T10:20:30Z")
    text = draw.choice(CLEAN)
    while "{date}" in text:
        date = draw.choice(dates).format(y=draw.randint(2005, 2030), m=draw.randint(1, 12), d=draw.randint(1, 28))
        text = text.replace("{date}", date, 1)
    for name, make in (
        ("{count}", lambda: f"{draw.randint(1, 9_999_999):,}"),
        ("{small}", lambda: str(draw.randint(10, 99))),
        ("{digit}", lambda: str(draw.randint(1, 9))),
        ("{percent}", lambda: f"{draw.uniform(0, 100):.1f}"),
        ("{time}", lambda: f"{draw.randint(0, 23):02}:{draw.randint(0, 59):02}"),
    ):
        while name in text:
            text = text.replace(name, make(), 1)
    return text.replace("{year2}", str(year + 1)).replace("{year}", str(year))


def filled(draw, pattern):
    for name, make in (
        ("{w}", lambda: word(draw, draw.randint(2, 4))),
        ("{W}", lambda: word(draw).upper()),
        ("{n}", lambda: str(draw.randint(1, 9999))),
        ("{b}", lambda: str(draw.randint(0, 255))),
        ("{h}", lambda: f"{draw.randint(1, 65535):x}"),
        ("{d2}", lambda: str(draw.randint(10, 99))),
        ("{d3}", lambda: str(draw.randint(100, 999))),
        ("{d4}", lambda: str(draw.randint(1000, 9999))),
    ):
        while name in pattern:
            pattern = pattern.replace(name, make(), 1)
    return pattern
