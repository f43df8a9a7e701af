"""The frame around every request: an id, the policy headers, and one place where errors become answers."""

import re
import secrets
from collections.abc import Callable

import structlog
from django.conf import settings
from django.http import HttpRequest, HttpResponse

from ketang.kernel.errors import TooLarge
from ketang.shell import csp
from ketang.shell.errors import answer_to
from ketang.shell.trouble import RequestTooLarge

SENSORS = "camera=(self), microphone=(self), geolocation=(self)"
OUTSIDE_ID = re.compile(r"[A-Za-z0-9-]{8,64}")


class Frame:
    """Outermost of ours, so that what fails in any inner middleware gets an id and the headers too."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.id = _request_id(request)  # type: ignore[attr-defined]
        with structlog.contextvars.bound_contextvars(request_id=request.id):  # type: ignore[attr-defined]
            response = _too_large(request) or self.get_response(request)
        response["X-Request-ID"] = request.id  # type: ignore[attr-defined]
        if response.status_code == TooLarge.status:
            response["Connection"] = "close"  # the body was not read: nothing may follow on this connection
        response.headers.setdefault(csp.HEADER, csp.POLICY)
        response.headers.setdefault("Permissions-Policy", SENSORS)
        return response

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Situations get their answer; anything else goes on to Django's handler500, which logs it."""
        return answer_to(request, error)


def _too_large(request: HttpRequest) -> HttpResponse | None:
    """Refuse by the announced length, before a byte of a 200 MB photo is read."""
    announced = request.META.get("CONTENT_LENGTH") or "0"
    if not announced.isdigit() or int(announced) <= settings.MAX_REQUEST_BYTES:
        return None
    return answer_to(request, RequestTooLarge(limit_mb=settings.MAX_UPLOAD_BYTES // 1024 // 1024))


def _request_id(request: HttpRequest) -> str:
    given = request.headers.get("X-Request-ID", "")
    return given if OUTSIDE_ID.fullmatch(given) else secrets.token_hex(8)
