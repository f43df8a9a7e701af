"""Which waiting uploads are this browser's, for people who are not logged in: a signed cookie of ids."""

from collections.abc import Iterable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

COOKIE = "ketang_files"
AGE_SECONDS = 24 * 3600
MOST = 30


def mine(request: HttpRequest) -> list[str]:
    raw = request.get_signed_cookie(COOKIE, default="", max_age=AGE_SECONDS) or ""
    return [part for part in raw.split("~") if part]


def remember(request: HttpRequest, response: HttpResponse, ids: Iterable[str]) -> None:
    kept = list(dict.fromkeys([*mine(request), *ids]))[-MOST:]
    response.set_signed_cookie(
        COOKIE, "~".join(kept), max_age=AGE_SECONDS, httponly=True, samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )  # fmt: skip
