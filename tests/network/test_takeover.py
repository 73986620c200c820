"""Where people decided enough, a model of their verdicts joins in."""

import numpy as np
import pytest
from small_graph import small_graph

from seawall.network.belief import BUYS, BYSTANDER, OPEN, SELLS
from seawall.network.cold_start import Opinion
from seawall.network.evidence import Evidence
from seawall.network.takeover import ENOUGH, learnt_classes, method_of, with_verdicts

N = 900
DECIDED = 300


def known(sells=0, buys=0, cleared=0):
    classes = np.full(N, OPEN, np.int8)
    classes[:sells], classes[sells : sells + buys] = SELLS, BUYS
    classes[sells + buys : sells + buys + cleared] = BYSTANDER
    return classes


def wavering():
    """Everybody may sell, says the start; what tells those who do is a family that it weighed too little."""
    rng = np.random.default_rng(0)
    sells = rng.random(N) < 0.5
    told = (sells + rng.normal(0, 0.2, N)).astype(np.float32)
    start = np.tile(np.array([0.55, 0.4, 0.05], np.float32), (N, 1))
    families = {SELLS: {"offers": told}, BUYS: {"views": np.zeros(N, np.float32)}}
    ring = small_graph(N, {"follow": [(i, (i + 7) % N) for i in range(N)]})
    classes = np.full(N, OPEN, np.int8)
    classes[:DECIDED] = np.where(sells[:DECIDED], SELLS, BYSTANDER)
    return ring, Opinion(start, Evidence((), np.empty((N, 0), np.float32)), families), classes, sells


@pytest.mark.parametrize("few", ["sells", "cleared"])
def test_few_verdicts_teach_nothing(few):
    counts = {"sells": ENOUGH[SELLS], "cleared": ENOUGH[BYSTANDER]}
    assert learnt_classes(known(**counts)) == [SELLS]
    assert learnt_classes(known(**{**counts, few: counts[few] - 1})) == []


def test_a_class_is_learnt_when_people_decided_enough_of_it():
    assert learnt_classes(known(ENOUGH[SELLS], ENOUGH[BUYS], ENOUGH[BYSTANDER])) == [SELLS, BUYS]
    assert learnt_classes(known(0, ENOUGH[BUYS], ENOUGH[BYSTANDER])) == [BUYS]


def test_the_summary_says_how_a_run_concluded():
    assert method_of(known()) == "cold start"
    assert method_of(known(sells=20)) == "cold start with 20 verdicts"
    assert method_of(known(60, 60, 20)) == "cold start with 140 verdicts, a risk model for selling and buying"


def test_without_enough_verdicts_the_opinion_stands():
    graph, opinion, _, _ = wavering()
    assert with_verdicts(graph, opinion, known(sells=20), 0) is opinion


def test_verdicts_settle_what_the_start_could_not():
    graph, opinion, classes, sells = wavering()
    learnt = with_verdicts(graph, opinion, classes, 0).probabilities
    rest = np.arange(N) >= DECIDED
    assert ((learnt[rest, SELLS] > 0.5) == sells[rest]).mean() > 0.95
    assert np.allclose(learnt.sum(axis=1), 1, atol=1e-5)


def test_verdicts_themselves_and_the_unsuspected_are_left_alone():
    graph, opinion, classes, _ = wavering()
    opinion.probabilities[-50:] = (0.995, 0.004, 0.001)
    learnt = with_verdicts(graph, opinion, classes, 0).probabilities
    untouched = np.r_[0:DECIDED, N - 50 : N]
    assert np.allclose(learnt[untouched], opinion.probabilities[untouched], atol=1e-5)
