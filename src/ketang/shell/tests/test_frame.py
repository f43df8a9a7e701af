"""What every answer of the house carries, whatever happens inside."""

import json

import pytest
from django.conf import settings
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.test import Client, override_settings
from django.urls import path

from ketang.kernel.errors import Conflict, NotAllowed, TooMany
from ketang.shell import csp
from ketang.shell.errors import bad_request, broken, forbidden, not_found

handler400, handler403, handler404, handler500 = bad_request, forbidden, not_found, broken


class CaseBusy(Conflict):
    message = "“%(state)s”的工单别人刚刚改动过。"


def ok(request: HttpRequest) -> HttpResponse:
    return HttpResponse("ok")


def away(request: HttpRequest) -> HttpResponse:
    raise OperationalError("server closed the connection unexpectedly")


def busy(request: HttpRequest) -> HttpResponse:
    raise CaseBusy(state="已签收", field="note", way_out="/cases/1")


def too_many(request: HttpRequest) -> HttpResponse:
    raise TooMany(retry_after=17)


def not_mine(request: HttpRequest) -> HttpResponse:
    raise NotAllowed(way_out="请找本单位负责人。")


def bug(request: HttpRequest) -> HttpResponse:
    raise ZeroDivisionError


urlpatterns = [
    path("ok", ok), path("away", away), path("busy", busy), path("many", too_many),
    path("api/busy", busy), path("not-mine", not_mine), path("bug", bug),
    path("preferences", ok, name="preferences"),
]  # fmt: skip

BARE = ["ketang.shell.middleware.Frame", "django.middleware.common.CommonMiddleware"]


@pytest.fixture
def client():
    with override_settings(ROOT_URLCONF=__name__, MIDDLEWARE=BARE):
        yield Client(raise_request_exception=False)


@pytest.mark.parametrize("address", ["/ok", "/busy", "/nowhere", "/bug", "/away"])
def test_every_answer_carries_the_policy_and_an_id(client, address):
    response = client.get(address)
    assert response[csp.HEADER] == csp.POLICY
    assert len(response["X-Request-ID"]) >= 8


def test_the_policy_is_the_one_that_was_asked_for():
    assert csp.POLICY == (
        "default-src 'self'; style-src 'self'; img-src 'self' blob: data:; worker-src 'self' blob:; "
        "object-src 'none'; base-uri 'none'; frame-ancestors 'none'"
    )


def test_an_id_from_the_proxy_is_kept_and_a_forged_one_is_not(client):
    assert client.get("/ok", headers={"X-Request-ID": "proxy-12345678"})["X-Request-ID"] == "proxy-12345678"
    assert "<" not in client.get("/ok", headers={"X-Request-ID": "<script>alert(1)"})["X-Request-ID"]


def test_a_situation_becomes_a_page_in_both_languages_with_the_way_out(client):
    response = client.get("/busy")
    page = response.content.decode()
    assert response.status_code == 409
    assert "“已签收”的工单别人刚刚改动过。" in page
    assert 'href="/cases/1"' in page
    assert "note" in page
    assert response["X-Request-ID"] in page
    assert 'lang="en"' in page


def test_htmx_gets_a_fragment_for_the_notice_area_and_keeps_its_form(client):
    response = client.post("/busy", headers={"HX-Request": "true"})
    assert response["HX-Retarget"] == "#notice"
    assert "<html" not in response.content.decode()
    assert 'role="alert"' in response.content.decode()


@pytest.mark.parametrize(("address", "accept"), [("/busy", "application/json"), ("/api/busy", "*/*")])
def test_machines_get_json(client, address, accept):
    response = client.get(address, headers={"Accept": accept})
    error = json.loads(response.content)["error"]
    assert (response.status_code, error["code"], error["field"]) == (409, "CaseBusy", "note")
    assert error["request_id"] == response["X-Request-ID"]


def test_too_many_says_when_to_come_back(client):
    response = client.get("/many")
    assert (response.status_code, response["Retry-After"]) == (429, "17")
    assert "17" in response.content.decode()


def test_a_database_that_is_away_keeps_the_text_and_offers_to_send_it_again(client):
    response = client.post("/away", {"body": "井盖裂了 <b>", "password": "geheim-geheim"})
    page = response.content.decode()
    assert response.status_code == 503
    assert response["Retry-After"]
    assert "井盖裂了 &lt;b&gt;" in page
    assert 'action="/away"' in page
    assert "geheim" not in page


def test_a_bug_is_said_to_be_ours_with_a_number_and_without_a_trace(client):
    response = client.get("/bug")
    page = response.content.decode()
    assert response.status_code == 500
    assert response["X-Request-ID"] in page
    assert "ZeroDivisionError" not in page


def test_a_missing_page_says_so(client):
    assert client.get("/nowhere").status_code == 404


def test_a_refused_page_names_whom_to_ask(client):
    page = client.get("/not-mine").content.decode()
    assert "请找本单位负责人。" in page


@pytest.mark.django_db
@pytest.mark.parametrize(("method", "address"), [("get", "/me"), ("post", "/report")])
def test_the_whole_house_answers_503_while_the_database_is_away_and_recovers(monkeypatch, method, address):
    client = Client(raise_request_exception=False)
    client.cookies[settings.SESSION_COOKIE_NAME] = "some-session"

    def gone(self: object, *args: object, **kwargs: object) -> None:
        raise OperationalError("connection refused")

    with monkeypatch.context() as patch:
        patch.setattr("django.db.backends.base.base.BaseDatabaseWrapper.cursor", gone)
        response = getattr(client, method)(address, {"body": "井盖裂了"})
        assert response.status_code == 503
        assert response["Retry-After"]
        assert response[csp.HEADER] == csp.POLICY
        assert "没有丢" in response.content.decode()
    assert getattr(client, method)(address, {"body": "井盖裂了"}).status_code < 500
