"""The page of an evaluation shows the curve, the table and every line."""

import numpy as np

from seawall.network.coverage import Coverage
from seawall.pages.evaluation import render_evaluation


def coverage(size: int) -> Coverage:
    rng = np.random.default_rng(3)
    risk = rng.random(size)
    return Coverage.of(risk, risk > 0.5, rng.random(size) < risk)


def test_it_draws_risk_against_coverage_and_tables_it():
    html = render_evaluation("How right a run is", ["seller side <recall>"], one := coverage(400))
    assert html.count("<tr><td>") == len(one.curve)
    assert html.split('class="curve" d="M')[1].split('"')[0].count("L") == len(one.curve) - 1
    assert "seller side &lt;recall&gt;" in html
    assert f"sure of {one.sure}" in html


def test_it_opens_offline():
    html = render_evaluation("A run", [], coverage(50))
    assert not any(word in html for word in ("<script", "http://", "https://", "@import", "src="))


def test_a_run_without_findings_has_a_page_too():
    assert "No account has a finding." in render_evaluation("A run", [], coverage(0))
