"""Four paths per page: works, wrong person, bad input, missing. And what it costs."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from ketang.core.audit.models import AuditRow
from ketang.core.cases.models import Case, Step
from ketang.core.cases.numbers import number_of_case
from ketang.core.cases.types import Verb

pytestmark = pytest.mark.django_db


@pytest.fixture
def browser(here):
    def log_in(name: str) -> Client:
        client = Client()
        client.force_login(here.accounts[name])
        return client

    return log_in


def url_of(case: Case, tail: str = "") -> str:
    return f"/cases/{number_of_case(case)}{tail}"


def words(response) -> str:
    return response.content.decode()


def test_the_dispatcher_sees_the_new_case_in_the_work_list(here, browser):
    here.report(body="桥头的路灯不亮了")
    page = browser("dispatcher").get("/work")
    assert page.status_code == 200
    assert "桥头的路灯不亮了" in words(page)


@pytest.mark.parametrize("name", ["system_admin", "security_admin", "audit_admin", "resident"])
def test_the_work_list_is_not_for_everybody(here, browser, name):
    assert browser(name).get("/work").status_code == 403


def test_without_a_login_the_work_list_leads_to_the_login_page(here):
    answer = Client().get("/work?view=new")
    assert answer.status_code == 302
    assert answer["Location"].startswith("/login")


def test_broken_filters_and_cursors_show_the_list_instead_of_an_error(here, browser):
    here.report()
    page = browser("dispatcher").get("/work?view=nope&priority=x&after=%00-1&state=';drop&kind=" + "E" * 50)
    assert page.status_code == 200


def test_the_list_pages_by_key_and_shows_every_case_once(here, browser):
    for number in range(55):
        here.report(body=f"第{number}件")
    client, seen, url = browser("dispatcher"), [], "/work"
    while url:
        rows = client.get(url)
        seen += [row.number for row in rows.context["rows"]]
        url = f"/work?after={rows.context['next']}" if rows.context["next"] else ""
    assert len(seen) == len(set(seen)) == 55


def test_the_work_list_costs_five_statements_and_the_case_page_nine(here, browser):
    case = here.handled()
    client = browser("dispatcher")
    client.get("/work")
    with CaptureQueriesContext(
        connection,
    ) as work:
        client.get("/work")
    assert len(statements(work)) <= 5, statements(work)
    with CaptureQueriesContext(connection) as page:
        client.get(url_of(case))
    assert len(statements(page)) <= 9, statements(page)


def statements(captured) -> list[str]:
    control = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE")
    return [q["sql"][:120] for q in captured.captured_queries if not q["sql"].startswith(control)]


def test_a_case_page_shows_the_loop_and_the_next_step_to_whom_it_belongs(here, browser):
    case = here.dispatched()
    page = words(browser("handler").get(url_of(case)))
    assert "签收" in page
    assert "人民西路路灯不亮" in page
    assert "市政" in page


def test_a_case_out_of_scope_looks_like_one_that_does_not_exist(here, browser):
    case = here.dispatched()
    assert browser("other_handler").get(url_of(case)).status_code == 404
    assert browser("dispatcher").get("/cases/SY2026-1122-999999").status_code == 404
    assert browser("dispatcher").get("/cases/SY1999-0101-000001").status_code == 404


def test_personal_fields_are_masked_until_revealed_for_a_purpose_and_logged(here, browser):
    ref = here.report()
    client, case = browser("dispatcher"), Case.objects.get(pk=ref.id)
    page = client.get(url_of(case))
    assert "13812345678" not in words(page)
    assert "王小明" not in words(page)
    field = next(line.key for line in page.context["personal"] if line.key.endswith("phone"))
    before = AuditRow.objects.filter(verb="reveal").count()
    refused = client.post(url_of(case, "/reveal"), {"field": field})
    assert refused.status_code == 400
    shown = client.post(url_of(case, "/reveal"), {"field": field, "purpose": "contact"})
    assert "13812345678" in words(shown)
    assert "王小明" not in words(shown)
    assert AuditRow.objects.filter(verb="reveal").count() == before + 1


def test_registering_on_the_page_moves_the_case(here, browser):
    ref = here.report()
    case = Case.objects.get(pk=ref.id)
    answer = browser("dispatcher").post(url_of(case, "/register"), {"seen": 1, "key": "a", "kind": "E0702"})
    assert answer.status_code == 302
    case.refresh_from_db()
    assert case.state == "registered"


def test_a_form_with_a_mistake_comes_back_with_the_text_and_the_field(here, browser):
    case = here.dispatched()
    here.act(case.pk, Verb.TAKE, "handler")
    page = browser("handler").post(url_of(case, "/handle"), {"seen": "", "text": ""})
    assert page.status_code == 400
    assert "id_text" in words(page)
    assert Step.objects.filter(case=case, verb="handle").count() == 0


def test_the_second_of_two_people_sees_what_changed_and_keeps_the_text(here, browser):
    ref = here.report()
    case = Case.objects.get(pk=ref.id)
    here.act(ref.id, Verb.NOTE, "town_centre", text="现场有老人")
    page = browser("dispatcher").post(url_of(case, "/register"), {"seen": 1, "text": "我写的话"})
    assert page.status_code == 409
    assert "现场有老人" in words(page)
    assert "我写的话" in words(page)
    again = browser("dispatcher").post(url_of(case, "/register"), {"seen": 2, "text": "我写的话"})
    assert again.status_code == 302


def test_an_unknown_verb_and_a_verb_out_of_turn_say_so(here, browser):
    ref = here.report()
    case = Case.objects.get(pk=ref.id)
    assert browser("dispatcher").get(url_of(case, "/fly")).status_code == 404
    assert browser("dispatcher").get(url_of(case, "/review")).status_code == 409
    assert browser("grid_worker").get(url_of(case, "/register")).status_code == 403


def test_script_in_a_report_is_text_on_every_page(here, browser):
    ref = here.report(body="<script>alert(1)</script>'; drop table cases_case; --")
    case = Case.objects.get(pk=ref.id)
    client = browser("dispatcher")
    for page in (client.get("/work"), client.get(url_of(case))):
        assert "<script>alert" not in words(page)
        assert "&lt;script&gt;" in words(page)


def test_the_export_is_on_record_and_runs_no_formula(here, browser):
    here.report(body="=cmd()|'/c calc'!A1")
    text = b"".join(browser("dispatcher").get("/work.csv").streaming_content).decode()
    assert "'=cmd()" in text
    assert AuditRow.objects.filter(verb="case.export").count() == 1


def test_sealed_and_duty_matters_are_in_nobodys_list_export_or_search(here, browser):
    for kind, body in (("E1601", "某干部收钱"), ("E0406", "隔壁打孩子")):
        ref = here.report(kind=kind, body=body)
        number = ref.number
        for name in ("dispatcher", "supervisor", "leader", "town_centre", "grid_worker"):
            client = browser(name)
            assert body not in words(client.get("/work"))
            assert body not in b"".join(client.get("/work.csv").streaming_content).decode()
            assert client.get(f"/find?q={number}").status_code == 404
            assert client.get(f"/cases/{number}").status_code == 404


def test_a_case_is_found_by_its_number_however_it_is_typed(here, browser):
    ref = here.report()
    digits = ref.number.replace("SY", "").replace("-", "")
    for typed in (ref.number, ref.number.lower(), f" {digits} "):
        assert browser("dispatcher").get("/find", {"q": typed}).status_code == 302
    assert browser("dispatcher").get("/find", {"q": "没有的"}).status_code == 404


def test_the_short_form_closes_a_case_and_says_what_is_missing(here, browser):
    client = browser("grid_worker")
    assert client.get("/tasks/short").status_code == 200
    missing = client.post("/tasks/short", {"kind": "E0501", "body": "", "done": "x"})
    assert missing.status_code == 400
    done = client.post("/tasks/short", {"kind": "E0501", "body": "垃圾满溢", "done": "已清运", "key": "s1"})
    assert done.status_code == 302
    assert Case.objects.get().profile == "short"
    client.post("/tasks/short", {"kind": "E0501", "body": "垃圾满溢", "done": "已清运", "key": "s1"})
    assert Case.objects.count() == 1
    assert browser("handler").get("/tasks/short").status_code == 403


def test_my_tasks_end_at_seven_unless_they_are_urgent(here, browser):
    for number in range(9):
        here.report(kind="E0708", body=f"第{number}件")
    page = browser("grid_worker").get("/tasks")
    assert len(page.context["rows"]) == 7
    assert page.context["more"]


def test_notices_show_what_the_unit_was_told(here, browser):
    from ketang.core.cases.models import Notice
    from ketang.core.outbox.api import drain

    here.dispatched()
    drain()
    Notice.objects.update(visible_at=here.now)
    assert "消息" in words(browser("handler").get("/notices"))
    assert browser("handler").get("/notices").context["lines"]
    assert not browser("other_handler").get("/notices").context["lines"]


def test_home_leads_everybody_to_their_work(here, browser):
    assert browser("dispatcher").get("/")["Location"] == "/work"
    assert browser("grid_worker").get("/")["Location"] == "/tasks"
    assert Client().get("/")["Location"] == "/report"
    assert browser("audit_admin").get("/")["Location"] == "/audit"
    assert browser("system_admin").get("/")["Location"] == "/admin/staff"
