"""Figures for those who watch over a server, in Prometheus' format: requests, queues, and the process itself."""

from __future__ import annotations

import time
from collections.abc import Iterable
from typing import TYPE_CHECKING

from prometheus_client import CollectorRegistry, Gauge, Histogram, PlatformCollector, ProcessCollector
from prometheus_client.exposition import choose_encoder
from prometheus_client.metrics_core import CounterMetricFamily, Metric
from prometheus_client.registry import Collector
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from server.concurrency.supervised import Supervisor

if TYPE_CHECKING:
    from server.service import Service

BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
UNROUTED = "none"
"""What requests that no route takes are counted under, so that made-up paths make no new series."""


class BackgroundFailures(Collector):
    """How often each background task has failed."""

    def __init__(self, supervisor: Supervisor) -> None:
        self._supervisor = supervisor

    def collect(self) -> Iterable[Metric]:
        """The counts as they are now."""
        failures = CounterMetricFamily(
            "earshot_background_failures", "Exceptions that ended a background task.", labels=["task"]
        )
        for task, count in self._supervisor.failures.copy().items():
            failures.add_metric([task], count)
        yield failures


class Metrics:
    """The figures of one application."""

    def __init__(self, supervisor: Supervisor) -> None:
        self._registry = CollectorRegistry()
        ProcessCollector(registry=self._registry)
        PlatformCollector(registry=self._registry)
        self._registry.register(BackgroundFailures(supervisor))
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

    def written(self, live: Service | None, accept: str) -> tuple[bytes, str]:
        """All figures as they are now, and the media type of the text."""
        self._ready.set(live is not None)
        if live is not None:
            self._waiting.set(live.waiting)
            for state, count in live.jobs.store.counts().items():
                self._jobs.labels(state).set(count)
        encode, media_type = choose_encoder(accept)
        return encode(self._registry), media_type


class CountRequests:
    """Notes how long every request took until its answer began, under the route that answered it."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self.app = app
        self.metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on and watch for its answer's first message."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        begin = time.perf_counter()

        def count(status: int) -> None:
            route = getattr(scope.get("route"), "path", UNROUTED)
            self.metrics.requests.labels(route, status).observe(time.perf_counter() - begin)

        async def send_and_count(message: Message) -> None:
            if message["type"] == "http.response.start":
                count(message["status"])
            await send(message)

        try:
            await self.app(scope, receive, send_and_count)
        except Exception:
            count(500)
            raise
