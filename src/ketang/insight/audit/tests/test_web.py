import csv
import io
from datetime import timedelta

import pytest
from django.test import Client

from ketang.core.accounts.testing import login
from ketang.core.accounts.types import Role
from ketang.core.audit import api as audit
from ketang.insight.audit.web.views import PAGE, formula_safe
from ketang.kernel.actor import SYSTEM, Actor
from ketang.kernel.clock import now

pytestmark = pytest.mark.django_db
OTHERS = sorted(set(Role) - {Role.AUDIT_ADMIN})


@pytest.fixture
def administrator(client: Client) -> Client:
    login(client, Role.AUDIT_ADMIN)
    return client


def exports():
    return [entry.verb for entry in audit.history("audit:list")]


def text(response):
    body = b"".join(response.streaming_content) if response.streaming else response.content
    return body.decode()


def test_the_audit_administrator_reads_the_log(administrator):
    audit.record(Actor("staff", 7, "区调度中心 · 调度员"), "dispatch", "case:12", {"to": "镇街"}, at=now())
    page = text(administrator.get("/audit"))
    for word in ("区调度中心 · 调度员", "dispatch", "case:12", "镇街", "待封存"):
        assert word in page


@pytest.mark.parametrize("path", ["/audit", "/audit.csv"])
@pytest.mark.parametrize("role", OTHERS)
def test_nobody_else_reads_it(client, role, path):
    login(client, role)
    assert client.get(path).status_code == 403


@pytest.mark.parametrize("path", ["/audit", "/audit.csv"])
def test_a_stranger_is_sent_to_the_login(client, path):
    assert client.get(path).status_code == 302


@pytest.mark.parametrize(
    "query", ["since=yesterday", "actor=x", "since=2026-02-02&until=2026-01-01", "actor=-1"]
)
def test_a_bad_filter_is_told_and_nothing_is_exported(administrator, query):
    assert administrator.get(f"/audit?{query}").status_code == 400
    assert administrator.get(f"/audit.csv?{query}").status_code == 400
    assert exports() == []


def test_what_is_not_there_is_an_empty_list(administrator):
    assert "没有这样的记录" in text(administrator.get("/audit?subject=case:404"))


def test_each_filter_narrows(administrator):
    old = now() - timedelta(days=400)
    audit.record(Actor("staff", 7, "甲"), "close", "case:1", {"w": "FIRST"}, at=now())
    audit.record(Actor("staff", 8, "乙"), "take", "case:2", {"w": "SECOND"}, at=now())
    audit.record(Actor("staff", 7, "甲"), "take", "case:2", {"w": "ANCIENT"}, at=old)

    def shown(query):
        page = text(administrator.get(f"/audit?{query}"))
        return [word for word in ("FIRST", "SECOND", "ANCIENT") if word in page]

    assert shown("") == ["FIRST", "SECOND", "ANCIENT"]
    assert shown("actor=7") == ["FIRST", "ANCIENT"]
    assert shown("subject=case:2") == ["SECOND", "ANCIENT"]
    assert shown("verb=take") == ["SECOND"]  # a verb alone looks through 30 days
    assert shown(f"until={old + timedelta(days=5):%Y-%m-%d}") == ["ANCIENT"]
    assert shown(f"since={now() - timedelta(days=1):%Y-%m-%d}&verb=take") == ["SECOND"]


def test_pages_follow_each_other_by_key_without_loss(administrator):
    audit.record_many([audit.Record(SYSTEM, "step", f"case:p{n:03}", None, now()) for n in range(PAGE + 5)])
    first = administrator.get("/audit?verb=step")
    rest = administrator.get(f"/audit?verb=step&after={first.context['next']}")
    subjects = [row.subject for page in (first, rest) for row in page.context["rows"]]
    assert sorted(subjects) == [f"case:p{n:03}" for n in range(PAGE + 5)]
    assert not rest.context["next"]


def test_the_list_costs_the_same_however_long_the_log(administrator, django_assert_max_num_queries):
    audit.record_many([audit.Record(SYSTEM, "step", f"case:{n}", None, now()) for n in range(60)])
    with django_assert_max_num_queries(7):
        administrator.get("/audit")


def test_the_export_is_formula_safe_and_on_record(administrator):
    audit.record(Actor("staff", 7, '=HYPERLINK("http://x")'), "close", "case:1", at=now())
    response = administrator.get("/audit.csv?verb=close")
    rows = list(csv.reader(io.StringIO(text(response).removeprefix("\ufeff"))))
    assert rows[1][5] == '\'=HYPERLINK("http://x")'
    assert response["Content-Disposition"].startswith("attachment")
    assert exports() == ["audit.export"]


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_no_cell_is_calculated(start):
    assert formula_safe(f"{start}1+1").startswith("'")
    assert formula_safe("1+1") == "1+1"


def test_the_person_concerned_can_read_who_looked():
    clerk = Actor("staff", 3, "百官街道 · 窗口")
    audit.reveal(clerk, "account:9", "phone", "回访", "个人信息保护法第十三条", at=now())
    audit.record(clerk, "note", "account:9", at=now())
    [seen] = audit.reveals_of("account:9")
    assert (seen.actor_label, seen.detail["field"], seen.detail["purpose"]) == (
        "百官街道 · 窗口",
        "phone",
        "回访",
    )
