"""What a bench reads from pages and replays into the database; the figures themselves are not asserted."""

from django.test import Client

from ketang.bench import floors
from ketang.bench.cases import NUMBER, _next
from ketang.bench.client import p95
from ketang.core.accounts.testing import login
from ketang.core.cases.models import Case
from ketang.core.cases.testing import make_district


def test_a_replay_puts_the_new_id_wherever_the_recorded_one_stood():
    replayed = [floors._with_id(value, 12, 99) for value in (12, "case:12", [12, 12], "12", 13, True)]
    assert replayed == [99, "case:99", [99, 99], "12", 13, True]


def test_a_recorded_create_is_undone_and_all_its_statements_are_known(db):
    here = make_district()
    takes = floors.record(lambda _number: here.report(body="路灯不亮").id, 2)
    assert Case.objects.count() == 0
    assert all(case_id for _statements, case_id in takes)
    assert all(any("cases_case" in sql for sql, _params in statements) for statements, _ in takes)


def test_the_bench_finds_the_next_page_and_the_numbers_on_the_work_list(db):
    here = make_district()
    for number in range(52):
        here.report(body=f"第{number}件")
    client = Client()
    login(client, here.accounts["dispatcher"])
    first = client.get("/work").content.decode()
    second = client.get(f"/work?{_next(first)}").content.decode()
    assert len(set(NUMBER.findall(first))) == 50
    assert len(set(NUMBER.findall(second))) == 2
    assert _next(second) == ""


def test_p95_errs_on_the_slow_side():
    assert p95([float(n) for n in range(1, 101)]) == 96.0
