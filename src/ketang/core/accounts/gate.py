"""``@needs``: a view's one line about who may call it, and what happens to a form when the login ran out."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect

from ketang.core.accounts import kept
from ketang.core.accounts.queries import person_of
from ketang.core.accounts.types import Role
from ketang.kernel.errors import NotAllowed

View = Callable[..., HttpResponseBase]


def needs(*roles: Role) -> Callable[[View], View]:
    """Only for somebody logged in who holds one of ``roles`` (none named: anybody logged in).

    Nobody logged in: off to the login page and back, with what was being written kept. Wrong role: 403.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def wrapper(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            who = person_of(request)
            if who.actor.kind == "anonymous":
                return ask_to_log_in(request)
            if roles and not who.has(*roles):
                raise NotAllowed("这一页不在您的岗位职责内。")
            response = view(request, *args, **kwargs)
            if kept.CONTINUED in request.POST and response.status_code < 400:
                kept.drop(request)
            return response

        wrapper.needs_roles = roles  # type: ignore[attr-defined]
        return wrapper

    return decorate


def ask_to_log_in(request: HttpRequest) -> HttpResponse:
    """To the login page with the way back; a POST is kept and offered again after the login."""
    if request.method == "POST":
        page = _page_of(request)
        back = {"next": page, **({"kept": "1"} if kept.keep(request, page) else {})}
    else:
        back = {"next": request.get_full_path()}
    to = f"{settings.LOGIN_URL}?{urlencode(back)}"
    if request.headers.get("HX-Request") == "true":
        return HttpResponse(status=204, headers={"HX-Redirect": to})
    return HttpResponseRedirect(to)


def _page_of(request: HttpRequest) -> str:
    """The page the form stood on, when it is ours; else the address it was sent to."""
    referer, own = request.headers.get("Referer", ""), f"://{request.get_host()}/"
    return "/" + referer.partition(own)[2] if own in referer else request.path
