import re

import pytest
from django.test import Client, override_settings
from django.urls import include, path

from ketang.shell import nav
from ketang.shell.csp import HEADER, RELAXED, relaxed_styles
from ketang.shell.preferences import TEXT_COOKIE, THEME_COOKIE
from ketang.shell.styleguide import FRAMES, styleguide

pytestmark = pytest.mark.django_db
urlpatterns = [
    path("styleguide/<slug:frame>", styleguide),
    path("styleguide", styleguide),
    path("strict", relaxed_styles(styleguide)),
    path("", include("ketang.config.urls")),
]


@pytest.fixture
def client():
    with override_settings(ROOT_URLCONF=__name__):
        yield Client(raise_request_exception=False)


@pytest.mark.parametrize("frame", FRAMES)
def test_no_page_carries_an_inline_style_or_script(client, frame):
    page = client.get(f"/styleguide/{frame}").content.decode()
    assert " style=" not in page
    assert not re.search(r"<script(?![^>]*\bsrc=)", page)
    assert not re.search(r"\son\w+=", page)


@pytest.mark.parametrize("frame", ["widgets", "desk", "phone"])
def test_every_frame_has_its_landmarks_and_a_way_past_the_navigation(client, frame):
    page = client.get(f"/styleguide/{frame}").content.decode()
    assert '<html lang="zh-CN"' in page
    assert 'class="skip" href="#main"' in page
    assert page.count('id="main"') == 1
    assert page.count("<h1") == 1
    assert 'aria-live="polite"' in page


def test_an_unknown_frame_is_not_found(client):
    assert client.get("/styleguide/none").status_code == 404


def test_styles_are_relaxed_only_where_a_library_needs_it(client):
    assert client.get("/strict")[HEADER] == RELAXED
    assert "script-src" not in RELAXED
    assert "'unsafe-inline'" not in client.get("/styleguide")[HEADER]


def test_large_text_theme_and_language_are_kept_without_script(client):
    response = client.post(
        "/preferences", {"text": "24", "theme": "dark", "language": "en", "next": "/styleguide/phone"}
    )
    assert (response.status_code, response["Location"]) == (302, "/styleguide/phone")
    page = client.get("/styleguide/phone").content.decode()
    assert '<html lang="en" class="large text-24 theme-dark">' in page


def test_an_unknown_choice_changes_nothing(client):
    client.post("/preferences", {"text": "999", "theme": "<x>", "language": "xx"})
    assert TEXT_COOKIE not in client.cookies
    assert THEME_COOKIE not in client.cookies


def test_a_forged_cookie_is_as_none(client):
    client.cookies[THEME_COOKIE] = '"><script>'
    assert "<script>" not in client.get("/styleguide").content.decode()


@pytest.mark.parametrize("to", ["https://evil.example/", "//evil.example/", "javascript:alert(1)"])
def test_preferences_lead_back_to_this_house_only(client, to):
    assert client.post("/preferences", {"text": "20", "next": to})["Location"] == "/"


def test_preferences_show_what_is_chosen(client):
    client.cookies[TEXT_COOKIE] = "30"
    page = client.get("/preferences?next=/styleguide").content.decode()
    assert re.search(r'value="30" checked', page)
    assert 'value="/styleguide"' in page


def test_navigation_shows_only_what_the_roles_may_use(rf, monkeypatch):
    monkeypatch.setattr(nav, "_items", {})
    nav.register(nav.NavItem("preferences", "设置", roles=frozenset({"handler"}), order=2))
    nav.register(nav.NavItem("no-such-page", "没有", order=1))
    request = rf.get("/preferences/more")
    request.person = type("P", (), {"roles": {"handler"}})()
    assert [(link.href, link.current) for link in nav.links(request)] == [("/preferences", True)]
    request.person = type("P", (), {"roles": {"leader"}})()
    assert nav.links(request) == []
    request.person = type("P", (), {"roles": set()})()
    assert nav.links(request) == []
