"""The left navigation. Rooms register their entries in AppConfig.ready; the shell knows no room."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext


@dataclass(frozen=True, slots=True)
class NavItem:
    """``roles`` empty = everybody who is logged in. ``label`` is a msgid. ``badge`` costs a query on
    every page: give one only where the number is cheap."""

    url_name: str
    label: str | Promise
    roles: frozenset[str] = frozenset()
    order: int = 100
    badge: Callable[[HttpRequest], str] | None = None


@dataclass(frozen=True, slots=True)
class NavLink:
    href: str
    label: str
    current: bool
    badge: str


_items: dict[str, NavItem] = {}
_corners: list[str] = []


def register(item: NavItem) -> None:
    """Add an entry; registering the same ``url_name`` again replaces it (reloads are harmless)."""
    _items[item.url_name] = item


def register_corner(template_name: str) -> None:
    """Add a small template to the frame's corner (the demo's role switcher)."""
    if template_name not in _corners:
        _corners.append(template_name)


def corners() -> tuple[str, ...]:
    return tuple(_corners)


def links(request: HttpRequest) -> list[NavLink]:
    """The entries this person's roles may use; the longest matching address is the current one."""
    shown = [(item, href) for item in _sorted() if _may(request, item) and (href := _href(item))]
    here = max((href for _, href in shown if _within(request.path, href)), key=len, default=None)
    return [_link(request, item, href, href == here) for item, href in shown]


def _sorted() -> Iterable[NavItem]:
    return sorted(_items.values(), key=lambda item: (item.order, item.url_name))


def _may(request: HttpRequest, item: NavItem) -> bool:
    person: Any = getattr(request, "person", None)
    roles = {str(role) for role in person.roles} if person is not None else set()
    return bool(roles & {str(role) for role in item.roles}) if item.roles else bool(roles)


def _href(item: NavItem) -> str:
    try:
        return reverse(item.url_name)
    except NoReverseMatch:
        return ""


def _within(path: str, href: str) -> bool:
    return path == href or path.startswith(href.rstrip("/") + "/")


def _link(request: HttpRequest, item: NavItem, href: str, current: bool) -> NavLink:
    badge = item.badge(request) if item.badge else ""
    return NavLink(href, gettext(str(item.label)), current, badge)
