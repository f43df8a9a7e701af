"""ketang import orders: what goes in, what is refused and why, again, after a kill, in any encoding."""

import csv
import json
import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner

from ketang.core.accounts.testing import make_department
from ketang.core.accounts.types import Person
from ketang.core.areas import testing as areas
from ketang.core.audit.models import AuditRow
from ketang.core.cases.models import Case, Notice, Step, UpstreamOrder
from ketang.core.cases.types import Verb
from ketang.core.deadlines.models import Deadline
from ketang.core.outbox.models import OutboxMessage
from ketang.core.sealed import unseal
from ketang.governance.intake.actions import importing
from ketang.governance.intake.api import Mode, Report, import_orders
from ketang.governance.intake.management.cli import import_
from ketang.governance.intake.models import ImportRun
from ketang.governance.intake.testing import order, write_orders
from ketang.kernel.actor import SYSTEM
from ketang.kernel.errors import BadInput

SYS = Person(SYSTEM)


def take(path: Path, mode: Mode = Mode.HISTORY, **more: object) -> Report:
    return import_orders(path, "haikou12345", mode, SYS, **more)


def counts(report: Report) -> tuple[int, int, int, int]:
    c = report.counts
    return c.created, c.updated, c.unchanged, c.rejected


def test_history_is_written_down_and_nobody_is_disturbed(district, three):
    assert counts(take(three)) == (3, 0, 0, 0)
    case = Case.objects.order_by("id").first()
    assert (case.kind, case.profile, case.state, case.open) == ("E0601", "hotline", "closed", False)
    assert case.reported_at == datetime(2018, 1, 4, 16, tzinfo=UTC)
    assert case.district == areas.DISTRICT
    assert (case.source_kind, case.source_department) == ("其他 / 其他 / 其他 / 投诉违停", "某某局")
    assert Notice.objects.count() == Deadline.objects.count() == 0
    assert OutboxMessage.objects.filter(topic__startswith="Case").count() == 0


def test_every_order_leaves_one_audit_row(district, three):
    take(three)
    assert AuditRow.objects.filter(verb="case.import").count() == 3
    assert AuditRow.objects.filter(verb="case.import").values("subject").distinct().count() == 3


def test_the_same_file_again_changes_nothing(district, three):
    take(three)
    before = list(Case.objects.order_by("id").values())
    assert counts(take(three)) == (0, 0, 3, 0)
    assert list(Case.objects.order_by("id").values()) == before
    assert AuditRow.objects.filter(subject__startswith="case:").count() == 3


def test_other_content_is_an_update_and_the_earlier_text_stays_as_a_step(district, three, tmp_path):
    take(three)
    earlier = Case.objects.get(source_number=order(2)["工单编号"])
    changed = write_orders(tmp_path / "b.csv", [order(2, 诉求内容="改过的内容，电话13800138000")])
    assert counts(take(changed)) == (0, 1, 0, 0)
    now = Case.objects.get(pk=earlier.pk)
    step = Step.objects.get(case=now, verb=Verb.UPDATE)
    assert now.body == "改过的内容，电话〔电话1〕"
    assert json.loads(unseal("cases.Case.body_secrets", now.body_secrets)) == {"〔电话1〕": "13800138000"}
    assert step.text == earlier.body
    assert step.seq == now.version == earlier.version + 1
    assert counts(take(three)) == (0, 0, 3, 0), "what an order once said is no news"


def test_a_number_twice_in_one_file_is_created_then_updated(district, tmp_path):
    rows = [order(1), order(2), order(1, 诉求内容="更正")]
    path = write_orders(tmp_path / "a.csv", rows)
    assert counts(take(path)) == (2, 1, 0, 0)
    assert Case.objects.get(source_number=order(1)["工单编号"]).body == "更正"
    assert counts(take(path)) == (0, 0, 3, 0)


def test_what_is_none_of_ours_comes_in_as_it_came(district, tmp_path):
    path = write_orders(tmp_path / "a.csv", [order(1, 行业分类4级="没有的类", 原处置单位="没有的局")])
    report = take(path)
    case = Case.objects.get()
    assert (case.kind, case.lead) == ("", None)
    assert case.source_kind.endswith("没有的类")
    assert case.source_department == "没有的局"
    assert report.unsorted_departments == {"没有的局": 1}


def test_a_unit_that_we_know_leads(district, tmp_path):
    unit = make_department("公安交警", "公安交警大队")
    take(write_orders(tmp_path / "a.csv", [order(1, 原处置单位="市公安局交通警察支队")]))
    case = Case.objects.get()
    assert case.lead_id == unit.pk
    assert case.units.get().ended_at is not None


def test_phones_and_ids_are_sealed_and_the_row_too(district, tmp_path):
    said = "打13800138000或找身份证11010519491231002X的人"
    take(write_orders(tmp_path / "a.csv", [order(1, 诉求内容=said)]))
    case, row = Case.objects.get(), UpstreamOrder.objects.get()
    assert case.body == "打〔电话1〕或找身份证〔证件1〕的人"
    assert "13800138000" not in row.row_sealed
    assert dict(json.loads(unseal("cases.UpstreamOrder.row_sealed", row.row_sealed)))["诉求内容"] == said


BAD = [
    ({"工单编号": "2018"}, "工单编号", "不合格式"),
    ({"工单编号": ""}, "工单编号", "不能空"),
    ({"诉求内容": " "}, "诉求内容", "不能空"),
    ({"诉求内容": "长" * 5001}, "诉求内容", "5001"),
    ({"工单编号": "20181399000001"}, "工单编号", "不是时间"),
    ({"工单编号": "29990101000001"}, "工单编号", "在未来"),
    ({"工单编号": "19990101000001"}, "工单编号", "早于 2004 年"),
]


@pytest.mark.parametrize("change, column, sentence", BAD)
def test_a_wrong_row_is_told_by_row_and_column_and_the_rest_goes_in(
    district, tmp_path, change, column, sentence
):
    path = write_orders(tmp_path / "a.csv", [order(1), order(2, **change), order(3)])
    report = take(path)
    assert counts(report) == (2, 0, 0, 1)
    assert (report.errors[0].row, report.errors[0].column) == (3, column)
    assert sentence in report.errors[0].message


def test_all_that_is_wrong_with_a_row_is_said_at_once(district, tmp_path):
    path = write_orders(tmp_path / "a.csv", [order(1, 工单编号="", 诉求内容="")])
    assert {e.column for e in take(path).errors} == {"工单编号", "诉求内容"}


def test_the_error_file_is_corrected_and_imported_again(district, tmp_path):
    formula = order(2, 工单编号="x", 诉求内容='=cmd|"/c calc"!A1，还有,逗号\n换行')
    path = write_orders(tmp_path / "a.csv", [order(1), formula])
    take(path)
    errors = tmp_path / "a.errors.csv"
    text = errors.read_text("utf-8-sig")
    assert "第 3 行" in text
    assert "'=cmd" in text
    with errors.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))
    rows[1][rows[0].index("工单编号")] = order(2)["工单编号"]
    with errors.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerows(rows)
    assert counts(take(errors)) == (1, 0, 0, 0)
    assert Case.objects.get(source_number=order(2)["工单编号"]).body.startswith("=cmd")
    good = write_orders(tmp_path / "b.csv", [order(1), formula | {"工单编号": order(2)["工单编号"]}])
    assert counts(take(good)) == (0, 0, 2, 0)


def test_an_error_file_that_cannot_be_written_is_said_and_nothing_is_half_done(district, tmp_path):
    path = write_orders(tmp_path / "a.csv", [order(1), order(2, 诉求内容="")])
    with pytest.raises(BadInput, match="写不了"):
        take(path, errors=tmp_path / "no such folder" / "e.csv")
    assert counts(take(path)) == (1, 0, 0, 1)


def test_a_row_cut_short_is_refused_and_kept(district, three):
    with three.open("a", encoding="utf-8") as file:
        file.write("20180105000009,其他,其")
    report = take(three)
    assert counts(report) == (3, 0, 0, 1)
    assert "没有传完" in report.errors[0].message
    assert "20180105000009" in (three.parent / "orders.errors.csv").read_text("utf-8-sig")


# ---- preview, kill, two at once


def test_a_preview_counts_and_writes_nothing(district, tmp_path):
    path = write_orders(tmp_path / "a.csv", [order(1), order(2, 诉求内容=""), order(3)])
    assert counts(take(path, dry=True)) == (2, 0, 0, 1)
    assert Case.objects.count() == ImportRun.objects.count() == 0
    assert not AuditRow.objects.filter(subject__startswith="case:").exists()
    assert not (tmp_path / "a.errors.csv").exists()


def test_a_stopped_import_goes_on_where_it_stood(district, tmp_path, monkeypatch):
    monkeypatch.setitem(importing.BATCH, Mode.HISTORY, 2)
    rows = [order(n) for n in range(1, 8)]
    rows[1]["诉求内容"] = rows[5]["诉求内容"] = ""
    path = write_orders(tmp_path / "a.csv", rows)

    def power_cut(done: float) -> None:
        if Case.objects.count() >= 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        take(path, told=power_cut)
    assert 0 < Case.objects.count() < 5
    report = take(path)
    assert report.resumed_at > 1
    assert counts(report) == (5, 0, 0, 2)
    lines = (tmp_path / "a.errors.csv").read_text("utf-8-sig").splitlines()
    assert [line[:5] for line in lines[1:]] == ["第 3 行", "第 7 行"]
    assert AuditRow.objects.filter(verb="case.import").count() == 5


@pytest.mark.slow
@pytest.mark.data
def test_kill_9_in_the_middle_and_run_again_is_one_whole_import(tmp_path, test_data):
    """The real command in a process of its own, killed while it writes."""
    source = tmp_path / "orders.csv"
    source.write_bytes((test_data / "haikou12345" / "orders.csv").read_bytes())
    environment = {**os.environ, "KETANG_HOME": str(tmp_path / "home")}
    environment.pop("DATABASE_URL", None)
    environment.pop("PYTEST_CURRENT_TEST", None)
    ketang = [sys.executable, "-c", "from ketang.config.cli import main; main()"]
    for command in (["init"], ["migrate"]):
        subprocess.run([*ketang, *command], env=environment, check=True, capture_output=True)
    command = [*ketang, "import", "orders", str(source), "--mapping", "haikou12345", "--json"]
    victim = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _wait_for_rows(tmp_path / "home" / "ketang.sqlite3", victim)
    victim.kill()
    victim.wait()
    again = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    assert json.loads(again.stdout.splitlines()[-1]) == {
        "created": 5586, "updated": 12, "unchanged": 0, "rejected": 0,
    }  # fmt: skip
    assert "resumed" in again.stderr
    verified = subprocess.run([*ketang, "audit", "verify"], env=environment, capture_output=True)
    assert verified.returncode == 0


def _wait_for_rows(database: Path, process: "subprocess.Popen[bytes]") -> None:
    """Until the first batch has been committed; the import must still be running then."""
    import sqlite3
    import time

    while process.poll() is None:
        with sqlite3.connect(database, timeout=5) as connection:
            if connection.execute("SELECT count(*) FROM cases_case").fetchone()[0]:
                return
        time.sleep(0.02)
    pytest.fail("the import ended before it could be killed")


# ---- open


def test_open_orders_go_into_the_loop_with_clocks_and_events(district, three):
    assert counts(take(three, Mode.OPEN)) == (3, 0, 0, 0)
    case = Case.objects.order_by("id").first()
    assert case.open
    assert Deadline.objects.filter(subject_id=case.pk).exists()
    assert OutboxMessage.objects.filter(topic="CaseReported").count() == 3
    assert UpstreamOrder.objects.count() == 3
    assert counts(take(three, Mode.OPEN)) == (0, 0, 3, 0)


def test_an_update_leaves_an_open_case_where_people_have_brought_it(district, three, tmp_path):
    take(three, Mode.OPEN)
    before = Case.objects.get(source_number=order(1)["工单编号"])
    take(write_orders(tmp_path / "b.csv", [order(1, 诉求内容="补充：还在停")]), Mode.OPEN)
    after = Case.objects.get(pk=before.pk)
    assert (after.state, after.due_at, after.kind) == (before.state, before.due_at, before.kind)
    assert after.body == "补充：还在停"


# ---- the command


def test_the_command_ends_with_one_line_of_json_and_1_for_rejected_rows(district, tmp_path):
    path = write_orders(tmp_path / "a.csv", [order(1), order(2, 诉求内容="")])
    done = CliRunner().invoke(import_, ["orders", str(path), "--mapping", "haikou12345", "--json"])
    assert json.loads(done.stdout.splitlines()[-1]) == {
        "created": 1, "updated": 0, "unchanged": 0, "rejected": 1,
    }  # fmt: skip
    assert done.exit_code == 1
    assert "第 3 行“诉求内容”列" in done.stderr


def test_the_command_ends_with_0_when_all_went_in_and_2_on_usage(district, three):
    assert CliRunner().invoke(import_, ["orders", str(three), "--mapping", "haikou12345"]).exit_code == 0
    assert CliRunner().invoke(import_, ["orders", "nowhere.csv", "--mapping", "haikou12345"]).exit_code == 2
    assert CliRunner().invoke(import_, ["orders", str(three)]).exit_code == 2


# ---- real data


@pytest.mark.slow
@pytest.mark.data
@pytest.mark.parametrize(
    "mapping, file, expected",
    [
        ("haikou12345", "haikou12345/orders.csv", (5586, 12, 0, 0)),
        ("pingshan", "pingshan/events.csv", (10_000, 0, 0, 0)),
        ("boston311", "boston311/boston311_sample.csv", (4995, 0, 0, 0)),
    ],
)
def test_the_three_real_sources_import_fully_and_twice_is_once(
    district, test_data, tmp_path, mapping, file, expected
):
    first = import_orders(test_data / file, mapping, Mode.HISTORY, SYS, errors=tmp_path / "e.csv")
    assert counts(first) == expected
    again = import_orders(test_data / file, mapping, Mode.HISTORY, SYS, errors=tmp_path / "e.csv")
    assert counts(again) == (0, 0, sum(expected), 0)
    assert Case.objects.count() == expected[0]
    assert AuditRow.objects.filter(subject__startswith="case:").count() == sum(expected)


@pytest.mark.data
def test_boston_times_are_boston_times_and_its_answers_are_answers(district, test_data, tmp_path):
    path = test_data / "boston311" / "boston311_sample.csv"
    import_orders(path, "boston311", Mode.HISTORY, SYS, errors=tmp_path / "e.csv")
    case = Case.objects.get(source_number="101004128563")
    assert case.reported_at == datetime(2022, 1, 17, 16, 20, tzinfo=UTC)
    assert case.closed_at == datetime(2022, 1, 18, 15, 8, 24, tzinfo=UTC)
    assert case.upstream_due == datetime(2022, 1, 18, 16, 20, 22, tzinfo=UTC)
    assert case.steps.filter(verb=Verb.ANSWER).exists()
    assert round(case.lon, 2) == -71.05
    assert case.district == areas.DISTRICT
