"""登记来件 and 待分类: works, wrong person, bad input, missing."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from ketang.core.accounts.testing import login
from ketang.core.cases.models import Case, Party
from ketang.core.sealed import unseal

FORM = {"key": "d1", "channel": "window", "body": "来人说人民西路路灯不亮", "kind": "E0702", "name": "王小明"}


def test_the_clerk_enters_what_was_said_and_it_is_registered(client, here):
    login(client, here.accounts["window_clerk"])
    sent = client.post("/desk/new", FORM | {"for_name": "李奶奶", "for_phone": "13811112222"})
    case = Case.objects.get()
    assert sent.status_code == 302
    assert sent["Location"].startswith("/cases/SY")
    assert (case.channel, case.state, case.kind) == ("window", "registered", "E0702")
    names = {p.part: unseal("cases.Party.name_sealed", p.name_sealed) for p in Party.objects.all()}
    assert names == {"reporter": "王小明", "behalf_of": "李奶奶"}


@pytest.mark.parametrize("who", ["window_clerk", "village_desk", "town_centre", "dispatcher"])
def test_every_desk_sees_what_it_entered(client, here, who):
    login(client, here.accounts[who])
    page = client.post("/desk/new", FORM, follow=True)
    assert page.status_code == 200
    assert Case.objects.get().receipt in page.content.decode()


def test_twice_the_same_form_is_one_case(client, here):
    login(client, here.accounts["window_clerk"])
    for _ in range(2):
        client.post("/desk/new", FORM)
    assert Case.objects.count() == 1


@pytest.mark.parametrize("who", ["handler", "grid_worker", "resident", "audit_admin"])
def test_who_has_no_desk_enters_nothing(client, here, who):
    login(client, here.accounts[who])
    assert client.get("/desk/new").status_code == 403
    assert client.post("/desk/new", FORM).status_code == 403
    assert Case.objects.count() == 0


def test_nobody_logged_in_is_sent_to_the_login(client, here):
    assert client.get("/desk/new").status_code == 302


@pytest.mark.parametrize("change", [{"body": ""}, {"phone": "abc"}, {"kind": "E9999"}, {"channel": "radio"}])
def test_bad_input_comes_back_with_what_was_typed(client, here, change):
    login(client, here.accounts["window_clerk"])
    answer = client.post("/desk/new", FORM | change)
    assert answer.status_code == 400
    assert "error-summary" in answer.content.decode()
    assert "王小明" in answer.content.decode()
    assert Case.objects.count() == 0


def test_unsorted_orders_are_listed_as_they_came(client, here, imported):
    login(client, here.accounts["dispatcher"])
    page = client.get("/desk/unsorted").content.decode()
    assert "某市某类" in page
    assert "某某局" in page


def test_unsorted_is_for_the_centre(client, here):
    assert client.get("/desk/unsorted").status_code == 302
    login(client, here.accounts["handler"])
    assert client.get("/desk/unsorted").status_code == 403


def test_an_empty_list_says_so(client, here):
    login(client, here.accounts["dispatcher"])
    assert "没有待分类的来件" in client.get("/desk/unsorted").content.decode()


def test_an_unknown_area_is_refused(client, here):
    login(client, here.accounts["window_clerk"])
    for code in ("330604999", "110101001001", "3306"):
        answer = client.post("/desk/new", FORM | {"area": code})
        assert answer.status_code == 400
    assert Case.objects.count() == 0


def test_a_create_takes_at_most_twelve_statements(client, here):
    login(client, here.accounts["window_clerk"])
    client.post("/desk/new", FORM)  # fills the process's pictures of areas, departments and playbook
    with CaptureQueriesContext(connection) as taken:
        client.post("/desk/new", FORM | {"key": "d2", "for_name": "李奶奶", "phone": "13811112222"})
    statements = [q["sql"] for q in taken if not q["sql"].startswith(("BEGIN", "COMMIT"))]
    assert Case.objects.count() == 2
    assert len(statements) <= 12, "\n".join(statements)
