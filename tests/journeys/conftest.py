"""People with browsers: each fixture call is one person at one screen."""

import os
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, sync_playwright

from ketang.core.areas import testing as small_district
from ketang.core.cases.testing import District, make_district

PHONE, DESK = {"width": 390, "height": 844}, {"width": 1440, "height": 900}
Open = Callable[..., Page]


@pytest.fixture(scope="session")
def chromium():
    # Playwright's loop runs in this thread; the tests touch the database only between calls.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    program = os.environ.get("KETANG_CHROMIUM", "/usr/bin/chromium")
    with sync_playwright() as play:
        yield play.chromium.launch(executable_path=program, args=["--no-sandbox"])


@pytest.fixture
def here(transactional_db) -> District:
    small_district.plant()
    return make_district()


@pytest.fixture
def screen(chromium, live_server, here) -> Iterator[Open]:
    """``screen("dispatcher")`` or ``screen()`` for somebody not logged in; ``phone=True`` for a phone."""
    contexts, broken = [], []

    def open_as(name: str = "", *, phone: bool = False, **more: object) -> Page:
        size = PHONE if phone else DESK
        context = chromium.new_context(viewport=size, locale="zh-CN", base_url=live_server.url, **more)
        contexts.append(context)
        if name:
            context.add_cookies(
                [{"name": "sessionid", "value": session_of(here, name), "url": live_server.url}]
            )
        page = context.new_page()
        page.on("pageerror", lambda error: broken.append(str(error)))
        page.on("console", lambda said: "Content Security Policy" in said.text and broken.append(said.text))
        return page

    yield open_as
    for context in contexts:
        context.close()
    assert broken == []


def session_of(here: District, name: str) -> str:
    from django.test import Client

    client = Client()
    client.force_login(here.accounts[name])
    return client.cookies["sessionid"].value
