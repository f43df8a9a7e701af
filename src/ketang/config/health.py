"""``/healthz`` the process answers · ``/readyz`` it can do its work · ``/metrics`` for Prometheus.

They use no session and no template, and they answer while the database is away.
"""

import hmac
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import path
from django.views.decorators.cache import never_cache
from prometheus_client import CONTENT_TYPE_LATEST

from ketang.config.connections import refresh
from ketang.config.metrics import exposition
from ketang.core.outbox.api import lag
from ketang.kernel.clock import now

DRIFT_SECONDS = 5.0
LOOPBACK = {"127.0.0.1", "::1", ""}


@dataclass(frozen=True, slots=True)
class Finding:
    """One check: whether it passes, what was found, and the limit it is held against."""

    ok: bool
    value: Any
    limit: Any = None


def database() -> Finding:
    start = time.perf_counter()
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return Finding(True, f"{connection.vendor} {(time.perf_counter() - start) * 1000:.1f} ms")


def queue() -> Finding:
    seconds = round(lag().oldest_seconds, 1)
    return Finding(seconds <= settings.READY_MAX_LAG_SECONDS, seconds, settings.READY_MAX_LAG_SECONDS)


_migrated_until = 0.0


def migrations() -> Finding:
    """What has not been applied. A clean answer is kept for a minute: it reads every migration file."""
    global _migrated_until
    if time.monotonic() < _migrated_until:
        return Finding(True, 0, 0)
    executor = MigrationExecutor(connection)
    waiting = len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
    if not waiting:
        _migrated_until = time.monotonic() + 60
    return Finding(waiting == 0, waiting, 0)


def disk() -> Finding:
    """Free megabytes where the database file and the photos lie."""
    free = shutil.disk_usage(settings.KETANG_HOME).free // 1_000_000
    return Finding(free >= settings.MIN_FREE_MB, free, settings.MIN_FREE_MB)


def clock() -> Finding:
    """Seconds between this host and the database; deadlines of several hosts must agree."""
    drift = abs(drift_seconds())
    return Finding(drift <= DRIFT_SECONDS, round(drift, 2), DRIFT_SECONDS)


def drift_seconds() -> float:
    """This host minus the database. SQLite has no clock but this host's."""
    if connection.vendor == "sqlite":
        return 0.0
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        there: datetime = cursor.fetchone()[0]
    return (now() - there).total_seconds()


CHECKS: dict[str, Callable[[], Finding]] = {
    "database": database,
    "migrations": migrations,
    "queue": queue,
    "disk": disk,
    "clock": clock,
}


def findings() -> dict[str, Finding]:
    """Every check; an exception is a finding too, named without its text, which may quote data."""
    refresh()
    return {name: _attempt(check) for name, check in CHECKS.items()}


def _attempt(check: Callable[[], Finding]) -> Finding:
    try:
        return check()
    except Exception as error:
        connection.close()
        return Finding(False, type(error).__name__)


@never_cache
def healthz(request: HttpRequest) -> HttpResponse:
    return HttpResponse("ok\n", content_type="text/plain")


@never_cache
def readyz(request: HttpRequest) -> HttpResponse:
    found = findings()
    ready = all(f.ok for f in found.values())
    checks = {name: {"ok": f.ok, "value": f.value, "limit": f.limit} for name, f in found.items()}
    return JsonResponse({"ready": ready, "checks": checks}, status=200 if ready else 503)


@never_cache
def metrics(request: HttpRequest) -> HttpResponse:
    """For whoever brings ``KETANG_METRICS_TOKEN``; without a token set, for this host alone, not for
    strangers whom a proxy on this host forwards."""
    if not _may_read(request):
        return HttpResponse("Bearer KETANG_METRICS_TOKEN\n", status=403, content_type="text/plain")
    return HttpResponse(exposition(), content_type=CONTENT_TYPE_LATEST)


def _may_read(request: HttpRequest) -> bool:
    if token := settings.METRICS_TOKEN:
        given = request.headers.get("Authorization", "").removeprefix("Bearer ")
        return hmac.compare_digest(given.encode(), token.encode())
    forwarded = {"X-Forwarded-For", "Forwarded", "X-Real-Ip"} & set(request.headers)
    return not forwarded and request.META.get("REMOTE_ADDR", "") in LOOPBACK


urlpatterns = [path("healthz", healthz), path("readyz", readyz), path("metrics", metrics)]
