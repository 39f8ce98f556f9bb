"""Figures for those who watch over a server, in Prometheus' format: requests, queues, and the process itself."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Protocol

from prometheus_client import CollectorRegistry, Gauge, Histogram, PlatformCollector, ProcessCollector
from prometheus_client.exposition import choose_encoder
from prometheus_client.metrics_core import CounterMetricFamily, Metric
from prometheus_client.registry import Collector
from starlette.types import Scope

BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
UNROUTED = "none"
"""What requests that no route takes are counted under, so that made-up paths make no new series."""


class Watched(Protocol):
    """What is told of a server that is loaded."""

    @property
    def waiting(self) -> int:
        """How many places wait for the model."""

    def job_counts(self) -> Mapping[str, int]:
        """How many sound jobs there are, by state."""


class BackgroundFailures(Collector):
    """How often each background task has failed."""

    def __init__(self, failures: Counter[str]) -> None:
        self._failures = failures

    def collect(self) -> Iterable[Metric]:
        """The counts as they are now."""
        failures = CounterMetricFamily(
            "earshot_background_failures", "Exceptions that ended a background task.", labels=["task"]
        )
        for task, count in self._failures.copy().items():
            failures.add_metric([task], count)
        yield failures


class Metrics:
    """The figures of one application."""

    def __init__(self, failures: Counter[str]) -> None:
        """`failures`: how often each background task has failed, as it goes on being counted."""
        self._registry = CollectorRegistry()
        ProcessCollector(registry=self._registry)
        PlatformCollector(registry=self._registry)
        self._registry.register(BackgroundFailures(failures))
        self.requests = Histogram(
            "earshot_request_seconds",
            "Time until an answer began, by route and status.",
            ("route", "status"),
            buckets=BUCKETS,
            registry=self._registry,
        )
        self._ready = Gauge("earshot_ready", "1 when the model and the gallery are loaded.", registry=self._registry)
        self._waiting = Gauge("earshot_model_waiting", "Places that wait for the model now.", registry=self._registry)
        self._jobs = Gauge("earshot_jobs", "Sound jobs that are kept, by state.", ("state",), registry=self._registry)

    def count(self, scope: Scope, status: int, seconds: float) -> None:
        """Note an answer under the route that gave it."""
        route = getattr(scope.get("route"), "path", UNROUTED)
        self.requests.labels(route, status).observe(seconds)

    def written(self, watched: Watched | None, accept: str) -> tuple[bytes, str]:
        """All figures as they are now, and the media type of the text; without `watched` it is not loaded yet."""
        self._ready.set(watched is not None)
        if watched is not None:
            self._waiting.set(watched.waiting)
            for state, count in watched.job_counts().items():
                self._jobs.labels(state).set(count)
        encode, media_type = choose_encoder(accept)
        return encode(self._registry), media_type
