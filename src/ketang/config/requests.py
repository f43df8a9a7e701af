"""The outer rings of a request: one log line, its counts, and a database connection fit for use."""

import time
from collections.abc import Callable

import structlog
from django.http import HttpRequest, HttpResponse

from ketang.config import connections
from ketang.config.metrics import DATABASE_AWAY, REQUESTS, SECONDS

log = structlog.get_logger("ketang.request")
# Asked every few seconds by machines, and answered while the database is away.
PROBES = {"/healthz", "/readyz", "/metrics"}
# Path parts that open something by themselves: they stay out of the log.
SECRET_PARTS = {"receipt", "token", "code", "key"}


class Requests:
    """First in MIDDLEWARE. The log has the path without its query, and neither address nor account."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        start = time.perf_counter()
        response = self.get_response(request)
        _tell(request, response, time.perf_counter() - start)
        return response


class Database:
    """Inside the frame, outside everything that reads the database: what fails here gets the frame's page."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path not in PROBES:
            connections.refresh()
        return self.get_response(request)


def _tell(request: HttpRequest, response: HttpResponse, seconds: float) -> None:
    route = request.resolver_match.route if request.resolver_match else "-"
    method = request.method if request.method in {"GET", "POST", "HEAD"} else "other"
    REQUESTS.labels(method, route, str(response.status_code)).inc()
    SECONDS.labels(route).observe(seconds)
    if response.status_code == 503 and request.path not in PROBES:
        DATABASE_AWAY.inc()
        connections.doubt()
    if request.path not in PROBES:
        log.info(
            "request",
            request_id=response.headers.get("X-Request-ID", ""),
            method=request.method,
            path=path_of(request),
            status=response.status_code,
            ms=round(seconds * 1000, 1),
        )


def path_of(request: HttpRequest) -> str:
    """The path, with what opens something by itself (a receipt, a token) put out of sight."""
    path = request.path
    kwargs = request.resolver_match.kwargs if request.resolver_match else {}
    for name in SECRET_PARTS & set(kwargs):
        path = path.replace(str(kwargs[name]), f"<{name}>")
    return path
