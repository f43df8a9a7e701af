"""What is measured. Names are documented in docs/guide/metrics.md; a test compares.

Counters and histograms of web workers meet in files under ``PROMETHEUS_MULTIPROC_DIR``, which ``ketang
serve`` sets to a folder of its own before any worker starts; a worker that dies keeps its counts. What the
database knows better (queue, dead letters) is asked when ``/metrics`` is read.
"""

import os
from collections.abc import Iterator
from pathlib import Path

from prometheus_client import REGISTRY, CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from ketang import __version__

REQUESTS = Counter("ketang_requests", "Requests answered", ["method", "route", "status"])
SECONDS = Histogram(
    "ketang_request_seconds",
    "Seconds from the request's arrival to the answer, by route",
    ["route"],
    buckets=(0.005, 0.01, 0.02, 0.04, 0.08, 0.15, 0.3, 0.6, 1.2, 2.5, 5, 10),
)
DATABASE_AWAY = Counter("ketang_database_away", "Requests answered 503 because the database was away")


class Moment(Collector):
    """Gauges read at the moment of asking."""

    def collect(self) -> Iterator[Metric]:
        info = GaugeMetricFamily("ketang_info", "Always 1; the label says the version", labels=["version"])
        info.add_metric([__version__], 1)
        yield info
        yield from self._queue()
        yield _gauge(
            "ketang_worker_rss_bytes", "Resident memory of the web worker that answered", rss_bytes()
        )

    def _queue(self) -> Iterator[Metric]:
        from django.db import Error

        from ketang.core.outbox.api import lag

        try:
            now = lag()
        except Error:
            yield _gauge("ketang_database_up", "1 when the database answers", 0)
            return
        yield _gauge("ketang_database_up", "1 when the database answers", 1)
        yield _gauge(
            "ketang_queue_lag_seconds", "How long the oldest due event has waited", now.oldest_seconds
        )
        yield _gauge("ketang_dead_letters", "Events that gave up and wait for an administrator", now.dead)


def exposition() -> bytes:
    """The text that Prometheus reads: all workers of this ``ketang serve`` together."""
    registry = CollectorRegistry()
    if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    registry.register(Moment())
    text = generate_latest(registry)
    return text if os.environ.get("PROMETHEUS_MULTIPROC_DIR") else generate_latest(REGISTRY) + text


def rss_bytes() -> int:
    """Resident memory of this process; 0 where /proc does not tell."""
    try:
        return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, IndexError):
        return 0


def _gauge(name: str, text: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(name, text, value=value)
