"""Every page that somebody can open, as that person: no serious or critical finding of axe, nothing that
sticks out of a phone; light, dark and large text."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.architecture.samples import COLUMNS, World, make_world, pages
from tests.architecture.test_who_sees_what import TABLE, address, names
from tests.journeys.axe import serious

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
LOOKS = {"light": ("ketang_theme", "light"), "dark": ("ketang_theme", "dark"), "large": ("ketang_text", "20")}
NOT_PAGES = {"file", "file_thumb", "file_thumb_sized", "healthz", "readyz", "metrics", "live"}
SCREENS = {"phone": {"width": 390, "height": 844}, "desk": {"width": 1440, "height": 900}}


def rows() -> Iterator[tuple[str, str, str]]:
    """(page, variant, who): each page that answers 200 to a GET, for the first role that may open it."""
    lines = [line.split("\t") for line in TABLE.read_text().splitlines()[1:]]
    for name, variant, method, *statuses in lines:
        if method == "GET" and "200" in statuses and name not in NOT_PAGES and variant in ("", "plain"):
            yield name, variant, COLUMNS[statuses.index("200")]


def addresses(world: World) -> Iterator[tuple[str, str]]:
    routes, parameters = dict(names()), pages(world)
    for name, variant, who in rows():
        found: dict[str, Any] = parameters.get(name, {}).get(variant, {})
        path = address(name, routes.get(name, ""), found)
        if path and not path.endswith(".csv"):
            yield path, who


@pytest.mark.parametrize(("size", "look"), [("phone", "large"), ("phone", "dark"), ("desk", "light")])
def test_no_page_shuts_anybody_out(chromium, live_server, size, look):
    world = make_world()
    clients, found, seen = world.clients(), [], 0
    for path, who in addresses(world):
        context = chromium.new_context(viewport=SCREENS[size], locale="zh-CN", base_url=live_server.url)
        pairs = [LOOKS[look], *((c.key, c.value) for c in clients[who].cookies.values())]
        context.add_cookies([{"name": n, "value": v, "url": live_server.url} for n, v in pairs])
        page = context.new_page()
        answer = page.goto(path)
        if answer and "text/html" in answer.headers.get("content-type", ""):
            found += [f"{path} as {who}: {problem}" for problem in (*serious(page), *_sticks_out(page))]
            seen += 1
        context.close()
    assert found == []
    assert seen > 20


def _sticks_out(page: Page) -> list[str]:
    wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    return [f"{wide} px wider than the screen"] if wide > 0 else []
