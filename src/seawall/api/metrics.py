"""What the server counts, as Prometheus reads it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector, generate_latest

_SECONDS = (50e-6, 100e-6, 250e-6, 500e-6, 1e-3, 2.5e-3, 5e-3, 10e-3, 25e-3, 100e-3, 1.0)


@dataclass(slots=True)
class Metrics:
    """Counters of one server. Labels name surfaces, decisions and parts: nobody can be told from them."""

    registry: CollectorRegistry = field(default_factory=CollectorRegistry)
    decisions: Counter = field(init=False)
    seconds: Histogram = field(init=False)
    turned_away: Counter = field(init=False)
    shed: Counter = field(init=False)
    failures: Counter = field(init=False)
    swaps: Counter = field(init=False)
    overlay: Counter = field(init=False)
    slow_clients: Counter = field(init=False)
    index_age: Gauge = field(init=False)
    degraded: Gauge = field(init=False)
    lag: Gauge = field(init=False)
    _media: dict[str, Gauge] = field(default_factory=dict)

    def __post_init__(self) -> None:
        counter, gauge = self._counter, self._gauge
        self.decisions = counter("decisions", "Answers by what was decided.", "surface", "decision")
        self.seconds = Histogram(
            "seawall_decision_seconds",
            "Time from a whole request to its answer.",
            ["surface"],
            buckets=_SECONDS,
            registry=self.registry,
        )
        self.turned_away = counter("turned_away", "Requests that got no decision.", "status")
        self.shed = counter("shed", "Safe answers given for want of time or of an index.", "surface", "why")
        self.failures = counter("failures", "Parts that failed inside.", "part")
        self.swaps = counter("swaps", "Indexes that were published while serving.", "outcome")
        self.overlay = counter("overlay_changes", "Signed changes by a person's decision.", "outcome")
        self.slow_clients = counter("slow_clients", "Connections that were cut off.")
        self.index_age = gauge("index_age_seconds", "Age of the index that answers.")
        self.degraded = gauge("degraded_parts", "Parts that run in a degraded state.")
        self.lag = gauge("loop_lag_seconds", "How late the server's own clock rings.")
        ProcessCollector(registry=self.registry)

    def media(self, numbers: Mapping[str, float]) -> None:
        """Set the gauges of the banks of known media, by their whole names."""
        for name, number in numbers.items():
            if name not in self._media:
                self._media[name] = Gauge(name, "Of the banks of known media.", registry=self.registry)
            self._media[name].set(number)

    def text(self) -> bytes:
        """All of it, in the text format 0.0.4."""
        return generate_latest(self.registry)

    def _counter(self, name: str, what: str, *labels: str) -> Counter:
        return Counter(f"seawall_{name}", what, labels, registry=self.registry)

    def _gauge(self, name: str, what: str) -> Gauge:
        return Gauge(f"seawall_{name}", what, registry=self.registry)
