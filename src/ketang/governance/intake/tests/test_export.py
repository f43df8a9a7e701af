"""ketang export answers: the source's own columns, our answers, nothing that runs."""

import csv
import json

import pytest
from click.testing import CliRunner
from python_calamine import CalamineWorkbook

from ketang.core.accounts.types import Person
from ketang.core.areas import testing as areas
from ketang.core.audit.models import AuditRow
from ketang.core.cases import api as cases
from ketang.core.cases.models import Case
from ketang.core.cases.testing import make_district
from ketang.core.cases.types import Act, Verb
from ketang.governance.intake.api import Mode, export_answers, import_orders
from ketang.governance.intake.management.cli import export
from ketang.governance.intake.testing import HEADER, order, write_orders
from ketang.governance.intake.types import SourceUnknown
from ketang.kernel.actor import SYSTEM
from ketang.kernel.errors import BadInput

SYS = Person(SYSTEM)
OURS = ["处置状态", "答复单位", "答复内容", "答复时间", "办结时间"]


@pytest.fixture
def answered(db, tmp_path):
    """One order that went through the loop, one that still waits."""
    areas.plant()
    here = make_district()
    rows = [order(1, 诉求内容="=1+1 路灯不亮", 原处置单位="@某局"), order(2)]
    import_orders(write_orders(tmp_path / "in.csv", rows), "haikou12345", Mode.OPEN, SYS)
    case = Case.objects.get(source_number=rows[0]["工单编号"])
    lamps = here.departments["市政"].pk
    if case.state == "reported":
        here.act(case.pk, Verb.REGISTER, "dispatcher")
    here.act(case.pk, Verb.DISPATCH, "dispatcher", lead=lamps)
    here.act(case.pk, Verb.TAKE, "handler")
    here.act(case.pk, Verb.HANDLE, "handler", text="换了灯泡")
    Case.objects.filter(pk=case.pk).update(reachable=True)
    cases.act(case.pk, Verb.ANSWER, Act(text="已修好，详询0575-82212345"), here.people["handler"], here.now)
    return here


def read(path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_answers_leave_in_the_sources_own_columns(answered, tmp_path):
    assert export_answers("haikou12345", tmp_path / "out.csv", SYS) == 2
    rows = read(tmp_path / "out.csv")
    assert list(rows[0]) == [*HEADER, *OURS]
    assert rows[0]["工单编号"] == order(1)["工单编号"]
    assert rows[0]["答复内容"] == "已修好，详询0575-82212345"
    assert rows[0]["答复单位"] == "市政"
    assert rows[1]["答复内容"] == ""


def test_what_looks_like_a_formula_is_text(answered, tmp_path):
    export_answers("海口12345", tmp_path / "out.csv", SYS)
    export_answers("海口12345", tmp_path / "out.xlsx", SYS)
    row = read(tmp_path / "out.csv")[0]
    assert (row["诉求内容"][:2], row["原处置单位"][:2]) == ("'=", "'@")
    grid = CalamineWorkbook.from_path(str(tmp_path / "out.xlsx")).get_sheet_by_index(0).to_python()
    cell = grid[1][grid[0].index("诉求内容")]
    assert cell == "'=1+1 路灯不亮"
    assert grid[1][grid[0].index("工单编号")] == order(1)["工单编号"]


def test_an_export_is_on_record_without_content(answered, tmp_path):
    export_answers("haikou12345", tmp_path / "out.csv", SYS)
    row = AuditRow.objects.get(verb="answers.export")
    assert json.loads(row.detail) == {"rows": 2, "file": ".csv"}


def test_somebody_exports_what_they_may_see_and_no_more(answered, tmp_path):
    assert export_answers("haikou12345", tmp_path / "all.csv", answered.people["dispatcher"]) == 2
    with pytest.raises(SourceUnknown):
        export_answers("haikou12345", tmp_path / "none.csv", answered.people["other_handler"])


def test_an_unknown_source_and_ending_are_said(answered, tmp_path):
    with pytest.raises(SourceUnknown, match="haikou12345"):
        export_answers("nowhere", tmp_path / "out.csv", SYS)
    with pytest.raises(BadInput, match="xlsx"):
        export_answers("haikou12345", tmp_path / "out.pdf", SYS)


def test_the_command_says_how_many(answered, tmp_path):
    done = CliRunner().invoke(
        export, ["answers", "--source", "haikou12345", "--out", str(tmp_path / "o.csv"), "--json"]
    )
    assert json.loads(done.stdout.splitlines()[-1]) == {"exported": 2}
    assert done.exit_code == 0
