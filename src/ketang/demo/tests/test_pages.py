"""/demo: the pace, five things at once; gone outside the demo."""

from typing import Any

import pytest
from django.test import Client

from ketang.core.cases.models import Case
from ketang.demo import living
from ketang.demo.cast import Cast

pytestmark = pytest.mark.django_db


def test_the_page_shows_the_pace_and_how_many_cases(client: Client, cast: Cast) -> None:
    page = client.get("/demo")
    assert page.status_code == 200
    assert "每分钟 6 件事" in page.content.decode()


def test_choosing_a_pace_keeps_it(client: Client, cast: Cast) -> None:
    assert client.post("/demo/pace", {"pace": "20"}).status_code == 302
    assert living.pace() == 20


@pytest.mark.parametrize("sent", [{}, {"pace": "fast"}])
def test_a_pace_that_is_no_number_is_refused(client: Client, cast: Cast, sent: dict[str, str]) -> None:
    assert client.post("/demo/pace", sent).status_code == 400


def test_five_things_happen_at_once(client: Client, cast: Cast) -> None:
    assert client.post("/demo/now").status_code == 302
    assert Case.objects.exists()


@pytest.mark.parametrize("address", ["/demo", "/demo/pace", "/demo/now"])
def test_outside_the_demo_there_is_no_such_page(client: Client, settings: Any, address: str) -> None:
    settings.DEMO = False
    answer = client.get(address) if address == "/demo" else client.post(address, {"pace": "6"})
    assert answer.status_code == 404


def test_changing_the_pace_by_a_link_is_refused(client: Client, cast: Cast) -> None:
    assert client.get("/demo/pace").status_code == 405
