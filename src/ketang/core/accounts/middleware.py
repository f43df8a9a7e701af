"""``request.person``: who is asking, read when somebody looks."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils.functional import SimpleLazyObject

from ketang.core.accounts.queries import person_of


class Who:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.person = SimpleLazyObject(lambda: person_of(request))  # type: ignore[attr-defined]
        return self.get_response(request)
