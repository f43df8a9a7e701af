"""Every page of the demo, and three that fail on purpose, for the accessibility walk."""

from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.urls import path

from ketang.config.urls import handler400, handler403, handler404, handler500
from ketang.config.urls import urlpatterns as pages
from ketang.kernel.errors import Conflict, TooMany
from ketang.shell.styleguide import styleguide

TROUBLES: dict[int, Exception] = {
    409: Conflict(),
    429: TooMany(retry_after=30),
    503: OperationalError("server closed the connection unexpectedly"),
}


def trouble(request: HttpRequest, status: int) -> HttpResponse:
    raise TROUBLES[status]


urlpatterns = [
    *pages,
    path("trouble/<int:status>", trouble),
    path("styleguide", styleguide, name="styleguide"),
    path("styleguide/<slug:frame>", styleguide, name="styleguide_frame"),
]
__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]
