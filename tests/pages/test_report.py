"""The report: opens offline, escapes all, tells no more than allowed."""

import re
from collections import Counter
from dataclasses import replace
from datetime import date
from html.parser import HTMLParser
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seawall.pages.report import (
    LISTED,
    MAP_MEMBERS,
    MAPS,
    Certainty,
    Member,
    NetworkView,
    ProposedTerm,
    ReportView,
    TableCount,
    render,
)
from seawall.records.roles import ROLES

VOID = {"meta", "link", "br", "hr", "img", "input"}


class Page(HTMLParser):
    """The tags, attributes and text of a page; fails on a tag closed out of turn."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str, str]] = []
        self.words: list[str] = []
        self.open: list[str] = []
        self.feed(html)
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        self.handle_startendtag(tag, attrs)
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += [(tag, name, value or "") for name, value in attrs]

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if self.open and self.open[-1] != "style":
            self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())

    def values(self, name: str) -> list[str]:
        return [value for _, other, value in self.attributes if other == name]


def network(size: int = 6, name: str = "00c0ffee00c0ffee", **changes) -> NetworkView:
    roles = ("seller", "buyer", "promoter", "buyer", "reseller", "at_risk_child")
    members = tuple(
        Member(f"{name[:8]}{place:08x}", roles[place % 6], 0.9 - place / 10_000, ("follows sellers", "posts menus"))
        for place in range(size)
    )
    edges = np.array([(place, place // 2) for place in range(1, size)], np.int64).reshape(-1, 2)
    view = NetworkView(name, 0.91, members, edges, np.ones(len(edges), np.float32))
    told = {"weekly": {"terms": (3, 0, 2)}, "first_week": date(2024, 1, 1), "terms": (("q•••", 4),)}
    return replace(view, **{**told, "shared": (("a link", 3),), **changes})


def view(*networks: NetworkView, **changes) -> ReportView:
    networks = networks or (network(),)
    roles = Counter(member.role for one in networks for member in one.members)
    told = ReportView(
        title="An invented platform",
        made_for="its safety team",
        accounts=20_000,
        roles=roles,
        networks=networks,
        certainty=Certainty((0,) * 18 + (7, 40), (19_000, 50, 3, *(0,) * 17), 11.6, "Cold start.", ("No hash list.",)),
        tables=(TableCount("posts", 1_200, 1_190, 10),),
        proposed_terms=(ProposedTerm("zq••••", 7.25, 60, 55, 5),),
        refusals={"accounts not recommended": 47},
        period=(date(2024, 1, 1), date(2024, 3, 31)),
        timings={"intake": 1.5},
    )
    return replace(told, **changes)


def test_it_needs_nothing_from_elsewhere():
    html = render(view())
    page = Page(html)
    assert not {"script", "link", "img", "iframe", "object", "embed", "form", "base"} & set(page.tags)
    assert all(target.startswith("#") for target in page.values("href"))
    assert not page.values("src")
    assert "default-src 'none'; style-src 'unsafe-inline'" in page.values("content")
    assert not re.search(r"url\(|@import|https?:|//\w", html)


def test_the_same_view_gives_the_same_bytes():
    assert render(view()) == render(view())


def test_every_anchor_leads_somewhere_and_no_id_stands_twice():
    page = Page(render(view(network(), network(name="00decade00decade"))))
    ids = page.values("id")
    assert len(ids) == len(set(ids))
    assert {target.removeprefix("#") for target in page.values("href")} <= set(ids)
    named = " ".join(page.values("aria-labelledby")).split()
    assert named
    assert set(named) <= set(ids)


def test_headings_skip_no_level():
    levels = [int(tag[1]) for tag in Page(render(view())).tags if re.fullmatch(r"h[1-6]", tag)]
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


def test_it_says_first_that_people_decide_and_that_a_seller_may_be_a_child():
    opening = Page(render(view()).split("<main")[0] + "</div></body></html>").text
    assert "People decide." in opening
    assert "accuses nobody publicly" in opening
    assert "A seller may be a child." in opening
    assert "victim path" in opening


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=30))
@settings(max_examples=30, deadline=None)
def test_no_text_from_outside_adds_a_tag(text):
    def with_text(words: str) -> ReportView:
        member = Member(words, "seller", 0.8, (words,))
        one = network(name=words, members=(member,), edges=np.empty((0, 2), np.int64), weights=np.empty(0, np.float32))
        one = replace(
            one,
            terms=((words, 2),),
            shared=((words, 2),),
            history=(f"split from a{words} in run 2",),
            weekly={words: (1, 2)},
        )
        terms = (ProposedTerm(words, 1.0, 2, 1, 1),)
        return view(one, title=words, made_for=words, proposed_terms=terms, refusals={words: 3})

    outside, plain = Page(render(with_text(text))), Page(render(with_text("plain")))
    assert outside.tags == plain.tags
    assert [pair[:2] for pair in outside.attributes] == [pair[:2] for pair in plain.attributes]


def test_html_in_a_label_is_shown_as_text():
    label = '<script>alert("x")</script>'
    one = network(members=(Member(label, "seller", 0.8),), edges=np.empty((0, 2), np.int64))
    html = render(view(replace(one, weights=np.empty(0, np.float32))))
    assert "<script" not in html
    assert label in Page(html).text


def test_every_role_has_a_shape_and_a_colour_of_its_own():
    html = render(view())
    shapes = {role: re.search(rf'<(\w+ id="{role}".*?)/>', html).group(1).replace(role, "") for role in ROLES}
    assert len(set(shapes.values())) == len(ROLES)
    for scheme in colours(html):
        assert len({scheme[role] for role in ROLES}) == len(ROLES)


def colours(html: str) -> list[dict[str, str]]:
    """The colours by name, of the light and of the dark scheme."""
    light, dark = html.split("@media screen and (prefers-color-scheme: dark)")[:2]
    found = [dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", part.split("}")[0])) for part in (light, dark)]
    assert found[0].keys() == found[1].keys()
    return found


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two colours (WCAG 2.2, relative luminance)."""

    def luminance(colour: str) -> float:
        parts = np.array([int(colour[at : at + 2], 16) for at in (1, 3, 5)]) / 255
        linear = np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
        return float(linear @ [0.2126, 0.7152, 0.0722])

    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
def test_text_and_marks_keep_their_contrast(scheme):
    colour = colours(render(view()))[scheme]
    for ground in ("paper", "card", "wash"):
        assert all(contrast(colour[text], colour[ground]) >= 4.5 for text in ("ink", "soft", "sea"))
    assert contrast(colour["caution"], colour["caution-wash"]) >= 4.5
    for ground in ("paper", "card"):
        assert all(contrast(colour[mark], colour[ground]) >= 3 for mark in (*ROLES, "bar", "tie"))


def test_networks_beyond_the_first_are_listed_without_a_map():
    names = [f"{place:016x}" for place in range(MAPS + 3)]
    page = Page(render(view(*[network(name=name) for name in names])))
    assert page.values("class").count("map") == MAPS
    assert all(name in page.text for name in names)


def test_a_large_network_says_how_much_of_it_is_drawn_and_listed():
    size = MAP_MEMBERS + 40
    page = Page(render(view(network(size))))
    assert sum(value.startswith("translate") for value in page.values("transform")) == MAP_MEMBERS
    assert f"the {MAP_MEMBERS} accounts of the highest risk, of {size}" in page.text
    assert f"The other {size - LISTED} stand in the run folder." in page.text


def test_members_stand_by_risk_with_their_evidence():
    members = (
        Member("b" * 16, "buyer", 0.7, ("writes to sellers",)),
        Member("a" * 16, "seller", 0.999, ("posts menus",)),
    )
    text = Page(render(view(network(members=members, edges=np.array([[0, 1]]), weights=np.ones(1, np.float32))))).text
    table = text[text.index("Evidence, strongest first") :]
    assert table.index("a" * 16) < table.index("posts menus") < table.index("b" * 16)
    assert "> 0.99" in table
    assert "1.00" not in table


def test_evidence_is_counted_by_side():
    text = Page(render(view())).text
    assert "Evidence on the seller side, of 4 follows sellers 4" in text
    assert "Evidence on buyers, of 2 follows sellers 2" in text


@pytest.mark.parametrize(("expected", "said"), [(0.2, "fewer than one"), (11.6, "about 12")])
def test_it_says_how_many_accusations_are_expected_to_be_wrong(expected, said):
    sure = replace(view().certainty, expected_wrong=expected)
    assert f"we expect {said} to be innocent" in Page(render(view(certainty=sure))).text


def test_what_a_run_could_not_do_is_shown():
    assert "What this run could not do in full No hash list." in Page(render(view())).text


def test_rows_kept_and_quarantined_are_shown():
    assert "posts 1,200 1,190 10" in Page(render(view())).text


def test_the_timeline_names_its_first_and_last_week():
    assert "2024-01-01 2024-01-15" in Page(render(view())).text


def test_only_an_invented_world_says_that_it_stands_in_clear():
    assert "An invented world." in Page(render(view(plain_ids=True))).text
    assert "An invented world." not in Page(render(view())).text


def test_a_run_that_flags_nobody_says_so():
    empty = view(
        roles={}, networks=(), refusals={}, proposed_terms=(), certainty=Certainty((0,) * 20, (0,) * 20, 0, "-")
    )
    text = Page(render(empty)).text
    assert "none is flagged" in text
    assert "No network was found." in text


def test_a_research_report_names_no_account_term_link_or_network():
    one = network(40, history=("split from 00facade00facade in run 2 with 4 of its accounts",))
    page = Page(html := render(view(one, profile="research", plain_ids=True)))
    assert "article" not in page.tags
    assert "map" not in page.values("class")
    for secret in ("00c0ffee", "00facade", "q•••", "zq••••", "a link", "follows sellers"):
        assert secret not in html
    assert "Network 1" in page.text


def test_a_research_report_tells_no_small_count():
    text = Page(render(view(network(6), profile="research", refusals={"links refused": 3}))).text
    assert "links refused <5" in text
    assert re.search(r"<5 sellers? <5 promoters? <5 buyers?", text)


def test_in_a_research_report_no_length_betrays_a_small_count():
    def told(count: int) -> str:
        sure = Certainty((0,) * 19 + (count,), (count, *(0,) * 19), 1.0, "-")
        return render(view(roles={"buyer": 100, "seller": count}, certainty=sure, profile="research"))

    assert told(1) == told(2)
    assert told(2) != told(40)
