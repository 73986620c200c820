"""A token spends a credit that fills with time."""

from hypothesis import given
from hypothesis import strategies as st

from seawall.api.rates import BURST, Rate


def test_a_burst_passes_and_the_next_waits():
    rate = Rate(10.0)
    passed = sum(rate.wait(100.0) == 0 for _ in range(50))
    assert passed == 10 * BURST + 1
    assert 0 < rate.wait(100.0) <= 0.1


def test_waiting_as_told_is_enough():
    rate = Rate(10.0)
    while (wait := rate.wait(100.0)) == 0:
        pass
    assert rate.wait(100.0 + wait + 1e-9) == 0


@given(st.lists(st.floats(0, 0.5), min_size=20, max_size=200), st.floats(1, 100))
def test_no_pattern_of_asking_gets_more_than_the_rate_and_one_burst(gaps, a_second):
    rate, now, passed = Rate(a_second), 0.0, 0
    for gap in gaps:
        now += gap
        passed += rate.wait(now) == 0
    assert passed <= a_second * (now + BURST) + 1
