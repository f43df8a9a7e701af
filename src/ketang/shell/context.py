"""The context processor behind every page's frame. Lazy: an attribute not used costs nothing."""

from functools import cached_property

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import get_language

from ketang.shell import nav
from ketang.shell.preferences import Look, look_of


class FrameContext:
    def __init__(self, request: HttpRequest) -> None:
        self._request = request

    @cached_property
    def look(self) -> Look:
        return look_of(self._request)

    @cached_property
    def nav(self) -> list[nav.NavLink]:
        return nav.links(self._request)

    @property
    def corners(self) -> tuple[str, ...]:
        return nav.corners()

    @property
    def demo(self) -> bool:
        return bool(settings.DEMO)

    @property
    def lang(self) -> str:
        """What <html lang> says."""
        return "en" if (get_language() or "").startswith("en") else "zh-CN"

    @property
    def next(self) -> str:
        """Where to come back to after changing a preference."""
        return self._request.get_full_path() if self._request.method == "GET" else self._request.path

    @property
    def who(self) -> str:
        """Unit and post of the person logged in, '' for nobody. Never a resident's name."""
        person = getattr(self._request, "person", None)
        return str(person.actor.label) if person is not None and person.actor.kind == "staff" else ""

    @property
    def logged_in(self) -> bool:
        user = getattr(self._request, "user", None)
        return bool(user is not None and user.is_authenticated)

    @property
    def request_id(self) -> str:
        return str(getattr(self._request, "id", ""))


def frame(request: HttpRequest) -> dict[str, object]:
    return {"frame": FrameContext(request)}
