"""The pages: works, wrong person, bad input, missing."""

import pytest
from django.urls import reverse

from ketang.core.accounts.testing import login, make_department
from ketang.core.accounts.types import STAFF, Role
from ketang.core.areas.testing import plant
from ketang.core.playbooks import queries

pytestmark = pytest.mark.django_db
PAGES = ("routing", "playbook")


@pytest.fixture(autouse=True)
def _fresh():
    queries.forget()
    plant()
    yield
    queries.forget()


@pytest.fixture
def desk(client):
    login(client, Role.DISPATCHER)
    return client


def tried(client, **asked: str):
    return client.post(reverse("routing"), {"channel": "resident", **asked})


def text_of(response) -> str:
    return response.content.decode()


def test_the_table_says_in_words_when_who_and_why(desk):
    page = text_of(desk.get(reverse("routing")))
    assert "井盖缺损直派" in page
    assert "事项是井盖缺损" in page
    assert "区综合行政执法局（演示）主办" in page
    assert "22:00–06:00" in page


def test_trying_a_text_shows_the_rule_and_the_reason(desk):
    make_department("市政", "区市政所")
    page = text_of(tried(desk, text="路灯不亮", kind="E0702"))
    assert "规则 R-31「路灯直派」" in page
    assert "用的是这条" in page
    assert "直接派单" in page


def test_trying_something_unclear_leaves_it_to_the_desk_and_names_the_candidates(desk):
    page = text_of(desk.post(reverse("routing"), {"text": "路灯和井盖", "channel": "resident"}))
    assert "看不出来，留给值班人员分类（可能是 井盖缺损、路灯）" in page
    assert "由调度员指定" in page


def test_trying_nothing_says_what_is_missing_and_keeps_the_page(desk):
    response = desk.post(reverse("routing"), {"text": "", "channel": "fax"})
    assert response.status_code == 200
    assert "井盖缺损直派" in text_of(response)
    assert 'id="found"' not in text_of(response)


def test_what_is_tried_is_shown_as_text_not_as_markup(desk):
    page = text_of(tried(desk, text="<script>alert(1)</script>"))
    assert "<script>alert" not in page


def test_a_text_to_try_is_not_taken_from_the_address(desk):
    assert 'id="found"' not in text_of(desk.get(reverse("routing"), {"text": "路灯不亮"}))


def test_the_categories_show_clocks_leads_and_duties(desk):
    page = text_of(desk.get(reverse("playbook")))
    assert "井盖缺损" in page
    assert "5个工作日（评估）" in page
    assert "上级收回" in page
    assert "责任主体 物业" in page


def test_one_class_can_be_chosen_and_a_class_that_is_missing_says_so(desk):
    page = text_of(desk.get(reverse("playbook"), {"class": "E07"}))
    assert "井盖缺损" in page
    assert "燃气泄漏" not in page
    assert "没有这一类事项" in text_of(desk.get(reverse("playbook"), {"class": "E99"}))


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("role", sorted(STAFF))
def test_all_staff_may_read_the_rules(client, page, role):
    login(client, role)
    assert client.get(reverse(page)).status_code == 200


@pytest.mark.parametrize("page", PAGES)
def test_a_resident_may_not(client, page):
    login(client, Role.RESIDENT)
    assert client.get(reverse(page)).status_code == 403


@pytest.mark.parametrize("page", PAGES)
def test_who_is_not_logged_in_is_asked_to(client, page):
    assert client.get(reverse(page)).status_code == 302


def test_the_pages_take_no_other_method(desk):
    assert desk.post(reverse("playbook")).status_code == 405
    assert desk.delete(reverse("routing")).status_code == 405
