"""The Content-Security-Policy. One policy for every page; a page whose map or chart library writes
styles itself asks for `relaxed_styles`, a served file for `sealed`."""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec
from wsgiref.headers import Headers

from django.http import HttpResponseBase

P = ParamSpec("P")

POLICY = (
    "default-src 'self'; style-src 'self'; img-src 'self' blob: data:; worker-src 'self' blob:; "
    "object-src 'none'; base-uri 'none'; frame-ancestors 'none'"
)
RELAXED = POLICY.replace("style-src 'self'", "style-src 'self' 'unsafe-inline'")
# What people uploaded runs nothing, loads nothing and belongs to no origin of ours.
SEALED = "default-src 'none'; sandbox; frame-ancestors 'none'"

HEADER = "Content-Security-Policy"


def with_policy(headers: Headers, _path: str, _url: str) -> None:
    """For static files, which never pass the frame."""
    headers[HEADER] = POLICY


def relaxed_styles(view: Callable[P, HttpResponseBase]) -> Callable[P, HttpResponseBase]:
    """Let this one page's library set styles; scripts stay strict."""

    @wraps(view)
    def wrapper(*args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        response = view(*args, **kwargs)
        response[HEADER] = RELAXED
        return response

    return wrapper
