"""Fourteen questions to a platform, each with a figure.

The questions follow what the 2023 reports found wrong. Whatever was not measured is said to be so and falls short: a
question without a figure is no pass.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pyarrow.compute as pc
import pyarrow.parquet as pq

from seawall.guard.library import Guard
from seawall.hashes.canary import Canary, install
from seawall.hashes.store import BankStore
from seawall.records.ids import IdKey
from seawall.records.roles import Role
from seawall.trials.arms import OFF, ON
from seawall.trials.contacts import contacts
from seawall.trials.evaluate import Evaluation
from seawall.trials.intervals import Score
from seawall.trials.labels import Labels
from seawall.trials.personas import BORDERLINE
from seawall.trials.platform import Platform
from seawall.trials.takedown import DAYS, MONTH, Takedown, simulate

EVALUATE = "seawall evaluate RUN --truth F"
TRIAL = "seawall trial run"
CHECKLIST = "seawall trial checklist TRIAL"
DAYS_TO_TERM = 3


@dataclass(frozen=True, slots=True)
class Answer:
    """One question's answer; `passed` is None where nothing was measured."""

    number: int
    question: str
    figure: str
    command: str
    passed: bool | None

    def line(self) -> str:
        """As a person reads it."""
        verdict = {True: "pass", False: "falls short", None: "not measured, falls short"}[self.passed]
        return f"{self.number:>2}. {self.question}: {self.figure} [{self.command}] {verdict}"


@dataclass(frozen=True, slots=True)
class Material:
    """What the answers are drawn from; `measured` holds the JSON that other commands print, by their own keys."""

    figures: Mapping[str, Any]
    evaluation: Evaluation
    platform: Platform
    truth: Labels
    found: Labels
    guard: Guard
    run: Path
    key: IdKey
    measured: Mapping[str, Any]


def answers(material: Material) -> list[Answer]:
    """All fourteen, in order."""
    return [
        _discovery(material),
        _buyers(material),
        _takedown(material),
        _recidivism(material),
        _ephemeral(material),
        _disguise(material),
        _drift(material),
        _search(material),
        _recommender(material),
        _contact(material),
        _elsewhere(material),
        _canary(),
        _reports(material),
        _children(material),
    ]


def _discovery(m: Material) -> Answer:
    side = m.evaluation.seller_side
    figure = f"without any seed account, recall {side.recall}, precision {side.precision}"
    good = (side.recall.share or 0) >= 0.8 and (side.precision.share or 0) >= 0.9
    return Answer(1, "Are hidden sellers found from few seeds", figure + _from_seeds(m.measured), EVALUATE, good)


def _from_seeds(measured: Mapping[str, Any]) -> str:
    """What `python -m bench.seeds --json` measured, where it was given."""
    seeds = measured.get("seeds", {})
    told = [f"{count} seeds {of['recall']:.2f}" for count, of in seeds.items()]
    return f"; without a lexicon, recall among the first 500 names from {', '.join(told)}" if told else ""


def _buyers(m: Material) -> Answer:
    worst = max((x.share or 0, name) for name, x in m.evaluation.false_accusations.items())
    f1 = m.evaluation.buyers.f1 or 0
    figure = f"buyers F1 {f1:.3f}; most accused look-alikes {worst[1]}, {worst[0]:.2%}"
    return Answer(
        2, "Are buyers told from sellers and from bystanders", figure, EVALUATE, f1 >= 0.8 and worst[0] <= 0.005
    )


def _takedown(m: Material) -> Answer:
    one, whole = takedowns(m)
    figure = (
        f"after {MONTH} days, one by one, {_percent(one.survivors)} are there with {_percent(one.ties_kept)} of the "
        f"ties; network by network {_percent(whole.survivors)} with {_percent(whole.ties_kept)}; half of the ties are "
        f"{_days(one)}, and {_days(whole)}"
    )
    good = (whole.ties_kept.value or 1) < (one.ties_kept.value or 0)
    return Answer(3, "What survives single removal and network removal", figure, CHECKLIST, good)


def takedowns(m: Material) -> tuple[Takedown, Takedown]:
    """One account at a time, and whole networks."""
    who = np.flatnonzero(m.truth.risky & m.platform.active)
    both = (m.platform.follows + m.platform.follows.T)[who][:, who]
    found = m.found.risky[who]
    recognised = m.evaluation.hard["returned"].share or 0.0
    one, whole = (simulate(both, found, recognised, whole_networks=way) for way in (False, True))
    return one, whole


def _recidivism(m: Material) -> Answer:
    back = m.evaluation.hard["returned"]
    figure = f"of sellers that came back {back} are flagged by the next run; "
    good = (back.share or 0) >= 0.8
    if "hidden_recall" not in m.measured:
        figure += "within a day: give the JSON of python -m bench.returns --json with --measured"
        return Answer(4, "Are accounts that come back caught", figure, EVALUATE, good)
    soon = float(m.measured["hidden_recall"])
    figure += f"{soon:.1%} are matched with whom they were from their first day alone"
    command = f"{EVALUATE}, python -m bench.returns --json"
    return Answer(4, "Are accounts that come back caught", figure, command, good and soon >= 0.8)


def _ephemeral(m: Material) -> Answer:
    hard = m.evaluation.hard
    if "no_post" not in hard:
        return Answer(5, "Are accounts without lasting posts found", "no posts at hand", EVALUATE, None)
    figure = f"sellers with no post {hard['no_post']}, with stories alone {hard['stories_only']}"
    good = min(hard["no_post"].share or 0, hard["stories_only"].share or 0) >= 0.7
    return Answer(5, "Are accounts without lasting posts found", figure, EVALUATE, good)


def _disguise(m: Material) -> Answer:
    return _from_elsewhere(
        m, 6, "Is disguised text read", "recall_all", "python -m bench.terms_recall --json", lambda value: value >= 0.9
    )


def _drift(m: Material) -> Answer:
    question, command = "Are new terms found as they drift", "python -m bench.new_terms --json"
    days = m.measured.get("coined", {}).get("median_days")
    if days is None:
        return Answer(7, question, "give the JSON of this command with --measured (key coined)", command, None)
    right = float(m.measured["precision_mean"])
    figure = f"a new word is proposed {days:.1f} days after its tenth use (median); {right:.0%} of proposals are right"
    return Answer(7, question, figure, command, days <= DAYS_TO_TERM and right >= 0.8)


def _search(m: Material) -> Answer:
    arms = m.figures["arms"]
    before, after = (
        sum(arms[arm]["surfaces"][s]["risky"] for s in ("search", "suggest", "tags")) for arm in (OFF.name, ON.name)
    )
    share = after / before if before else 0.0
    figure = f"{share:.2%} of the risky results, completions and related tags are left; a refusal has no way on"
    return Answer(8, "Do search, completion and tag pages leak", figure, TRIAL, bool(before) and share <= 0.1)


def _recommender(m: Material) -> Answer:
    off, on = (m.figures["arms"][arm]["recommenders"] for arm in (OFF.name, ON.name))
    shares = [[walks[BORDERLINE]["exposed_within"]["50"] for walks in arm.values()] for arm in (off, on)]
    first = [walks[BORDERLINE]["first_items"] for walks in off.values()]
    cut = m.figures["headline"]["exposure_cut"]
    when = ", ".join("never" if items is None else f"{items:.0f}" for items in first)
    figure = (
        f"{np.mean(shares[0]):.1%} of fresh accounts meet a risky item in their first 50 without the guard (median "
        f"item {when} by recommender), {np.mean(shares[1]):.1%} with it; {cut:.1%} of showings are gone"
    )
    return Answer(9, "What does a fresh account see", figure, TRIAL, cut >= 0.9)


def _contact(m: Material) -> Answer:
    asked = contacts(m.platform, m.truth, m.guard)
    figure = (
        f"stopped: buyer to seller {asked.buyer_to_seller}, risky adult to child {asked.risky_to_child}; innocent "
        f"{asked.innocent}"
    )
    good = min(asked.buyer_to_seller.share or 0, asked.risky_to_child.share or 0) >= 0.9
    return Answer(10, "Is contact stopped", figure, CHECKLIST, good and (asked.innocent.share or 0) <= 0.01)


def _elsewhere(m: Material) -> Answer:
    table = pq.read_table(m.run / "findings.parquet", columns=["subject_kind", "flagged"])
    links = int(pc.sum(pc.and_(pc.equal(table["subject_kind"], "link"), table["flagged"])).as_py() or 0)
    figure = f"{links:,} links and payment handles to other places are findings, ready to share"
    return Answer(11, "Are ties to other platforms found", figure, "seawall run", links > 0)


def _canary() -> Answer:
    """Send the canary through a healthy path and through a broken one: the second must be noticed."""
    with TemporaryDirectory(prefix="seawall-canary-") as folder, BankStore(Path(folder) / "banks") as store:
        install(store)
        healthy, broken = Canary.of(store).send().alive, Canary(store.folder, lambda _: []).send().alive
    noticed = "passes unnoticed" if broken else "is noticed"
    figure = f"a healthy path {'matches' if healthy else 'misses'}, a broken one {noticed}"
    return Answer(12, "Does broken hash matching show at once", figure, CHECKLIST, healthy and not broken)


def _reports(m: Material) -> Answer:
    command = "seawall disclose quality CASE --json"
    return _from_elsewhere(m, 13, "Are reports complete", "complete_reports", command, lambda value: value >= 0.95)


def _children(m: Material) -> Answer:
    child = m.evaluation.roles[Role.AT_RISK_CHILD]
    figure = f"of children at risk {child.recall} are recognised and take the victim path"
    return Answer(14, "Do children at risk take the victim path", figure, EVALUATE, (child.recall.share or 0) >= 0.5)


def _from_elsewhere(m: Material, number: int, question: str, name: str, command: str, good: Any) -> Answer:
    """A question that another command's JSON answers, where it was given."""
    if name not in m.measured:
        return Answer(number, question, f"give the JSON of this command with --measured (key {name})", command, None)
    value = float(m.measured[name])
    return Answer(number, question, f"{name} {value:.3f}", command, bool(good(value)))


def _percent(value: Score) -> str:
    return "nothing" if value.value is None else f"{value.value:.0%} [{value.low:.0%}, {value.high:.0%}]"


def _days(one: Takedown) -> str:
    days = one.forms_again.value or 0
    return f"not back within {DAYS} days" if days >= DAYS else f"back after {days:.0f} days"
