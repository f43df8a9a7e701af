"""Suggestions with the units of the report's own area found."""

from datetime import UTC, datetime

import pytest

from ketang.core.accounts.testing import make_department
from ketang.core.playbooks import queries
from ketang.core.playbooks.api import current
from ketang.governance.routing.api import guess, suggest_for, table

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 2, 2, tzinfo=UTC)
TOWN, VILLAGE = "330604001", "330604001001"


@pytest.fixture(autouse=True)
def _units():
    queries.forget()
    make_department("市政", "区市政所")
    make_department("城管执法", "区综合执法局")
    make_department("town1", "百官街道", "town", TOWN)
    make_department("committee1", "南丰社区调委会", "committee", VILLAGE)
    make_department("水务", "区水利局")
    make_department("应急管理", "区应急局")
    yield
    queries.forget()


def test_the_lead_is_found_and_a_sure_rule_goes_out_at_once():
    said = suggest_for("路灯不亮", "E0702", VILLAGE, "resident", "", NOW)
    assert (said.lead_name, said.rule_id, said.auto) == ("区市政所", "R-31", True)
    assert said.reason.startswith("规则 R-31「路灯直派」")


def test_the_town_of_the_case_leads_and_its_committee_supports():
    said = suggest_for("楼上漏水", "", VILLAGE, "resident", "", NOW)
    assert (said.kind, said.lead_name, said.support_names) == ("E0102", "百官街道", ("南丰社区调委会",))


def test_without_an_area_the_dispatcher_chooses_the_town():
    said = suggest_for("楼上漏水", "", "", "resident", "", NOW)
    assert (said.kind, said.lead_id, said.auto) == ("E0102", 0, False)


def test_holidays_are_those_of_the_official_calendar():
    workday, holiday = NOW, datetime(2026, 10, 1, 2, tzinfo=UTC)
    assert suggest_for("", "E0704", VILLAGE, "resident", "", workday).rule_id == "K:E0704"
    said = suggest_for("", "E0704", VILLAGE, "resident", "", holiday)
    assert (said.rule_id, said.support_names) == ("R-21", ("百官街道", "区应急局"))


def test_night_is_night_in_beijing():
    night = datetime(2026, 3, 2, 15, tzinfo=UTC)
    assert suggest_for("工地打桩", "E1201", VILLAGE, "resident", "", night).rule_id == "R-20"
    assert suggest_for("工地打桩", "E1201", VILLAGE, "resident", "", NOW).rule_id == "K:E1201"


def test_an_accusation_goes_to_discipline_inspection_and_is_never_sent_by_itself():
    said = suggest_for("举报干部受贿", "", VILLAGE, "resident", "", NOW)
    assert (said.kind, said.rule_id, said.auto, said.support_ids) == ("E1601", "R-10", False, ())


def test_a_unit_that_was_closed_is_not_suggested(django_assert_num_queries):
    from ketang.core.accounts import directory
    from ketang.core.accounts.models import Department

    Department.objects.filter(code="市政").update(closed_on=NOW.date())
    directory.forget()
    said = suggest_for("路灯不亮", "E0702", VILLAGE, "resident", "", NOW)
    assert (said.lead_id, said.auto) == (0, False)


def test_it_costs_no_query(django_assert_num_queries):
    suggest_for("路灯不亮", "", VILLAGE, "resident", "", NOW)
    with django_assert_num_queries(0):
        suggest_for("路灯不亮", "", VILLAGE, "resident", "", NOW)


def test_the_table_is_prepared_once_per_version():
    assert table() is table()
    assert current().derive(type(table()), lambda book: None) is table()


def test_the_words_of_the_base_playbook_recognise_plain_reports():
    plain = {
        "小区门口路灯不亮好几天了": "E0702",
        "人行道上窨井盖没了，晚上很危险": "E0701",
        "三楼把电瓶车推进电梯上楼充电": "E0203",
        "隔壁餐馆后门垃圾成堆没人清": "E0501",
        "老板跑路了，健身房倒闭不退卡": "E1103",
        "半夜工地还在打桩": "E1201",
        "爷爷走失了": "E0906",
    }
    assert {text: guess(text).kind for text in plain} == plain
