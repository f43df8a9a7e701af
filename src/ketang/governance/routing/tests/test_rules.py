"""Which rule fits first, what the words mean, what the duty lists allow."""

import time
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ketang.governance.routing.rules import guess_kind, suggest, within
from ketang.governance.routing.testing import facts, kind, rule, table_of
from ketang.governance.routing.types import Guess
from ketang.kernel.clock import BEIJING

LAMP = kind("E0702", "路灯", "市政", "路灯 路灯不亮")
COVER = kind("E0701", "井盖", "城管", "井盖 窨井盖")
DOG = kind("E0507", "犬只", "公安", "狗叫 流浪狗")
KINDS = [LAMP, COVER, DOG]


def test_without_a_rule_the_kinds_own_lead_gets_it():
    said = suggest(facts("路灯不亮"), table_of([], KINDS))
    assert (said.kind, said.lead, said.rule_id, said.auto) == ("E0702", "市政", "K:E0702", False)
    assert said.reason == "规则 K:E0702「路灯」由市政主办，由文字识别：路灯、路灯不亮"


def test_without_a_kind_or_a_rule_the_dispatcher_chooses():
    said = suggest(facts("您好"), table_of([], KINDS))
    assert (said.kind, said.lead, said.rule_id) == ("", "", "")
    assert said.reason == "没有规则适用，请调度员选择"


def test_the_first_rule_that_fits_wins_and_order_comes_before_position():
    rules = [
        rule("R-1", {"kinds": ["E07"]}, {"lead": "城管"}),
        rule("R-2", {"kinds": ["E0702"]}, {"lead": "公安"}, order=50),
    ]
    assert suggest(facts(kind="E0702"), table_of(rules, KINDS)).rule_id == "R-2"
    assert suggest(facts(kind="E0701"), table_of(rules, KINDS)).rule_id == "R-1"


def test_the_reason_names_the_rule_and_stays_within_200_characters():
    rules = [rule("R-17", {}, {"lead": "城管"}, basis="据" * 120)]
    reason = suggest(facts("x"), table_of(rules, KINDS)).reason
    assert reason.startswith("规则 R-17「名R-17」：据据")
    assert len(reason) <= 200


@pytest.mark.parametrize(
    ("when", "hit", "miss"),
    [
        ({"kinds": ["E07", "E0507"]}, {"kind": "E0702"}, {"kind": "E0601"}),
        ({"kinds": ["E07"]}, {"kind": "E0701"}, {"kind": ""}),
        ({"areas": ["330604001"]}, {"area": "330604001002"}, {"area": "330604002"}),
        ({"areas": ["330604001"]}, {"area": "330604001"}, {"area": "330604"}),
        ({"channels": ["hotline"]}, {"channel": "hotline"}, {"channel": "resident"}),
        ({"sources": ["haikou"]}, {"source_system": "haikou"}, {"source_system": "x"}),
        ({"source_departments": ["人社局"]}, {"source_department": "人社局"}, {"source_department": "人社"}),
        ({"words": {"any": ["施工", "工地"]}}, {"text": "工地很吵"}, {"text": "很吵"}),
        ({"words": {"all": ["施工", "夜"]}}, {"text": "半夜施工"}, {"text": "施工"}),
        ({"words": {"none": ["抢修"]}}, {"text": "施工"}, {"text": "抢修施工"}),
        ({"time": {"weekdays": [1]}}, {}, {"at": datetime(2026, 3, 3, 10, tzinfo=BEIJING)}),
        ({"time": {"days": "nonworking"}}, {"working_day": False}, {"working_day": True}),
        ({"time": {"days": "working"}}, {"working_day": True}, {"working_day": False}),
        (
            {"time": {"between": "22:00-06:00"}},
            {"at": datetime(2026, 3, 2, 23, tzinfo=BEIJING)},
            {"at": datetime(2026, 3, 2, 6, tzinfo=BEIJING)},
        ),
    ],
)
def test_each_condition_holds_and_does_not(when, hit, miss):
    table = table_of([rule("R-1", when, {"lead": "城管"})], KINDS)
    assert suggest(facts(**hit), table).rule_id == "R-1"
    assert suggest(facts(**miss), table).rule_id != "R-1"


def test_all_conditions_must_hold():
    table = table_of([rule("R-1", {"kinds": ["E07"], "channels": ["hotline"]}, {"lead": "城管"})], KINDS)
    assert suggest(facts(kind="E0701", channel="resident"), table).rule_id == "K:E0701"


@pytest.mark.parametrize(
    ("window", "clock", "inside"),
    [
        ("09:00-17:00", "09:00", True),
        ("09:00-17:00", "17:00", False),
        ("22:00-06:00", "23:59", True),
        ("22:00-06:00", "00:00", True),
        ("22:00-06:00", "06:00", False),
        ("22:00-06:00", "12:00", False),
    ],
)
def test_a_window_holds_its_start_but_not_its_end_and_may_cross_midnight(window, clock, inside):
    assert within(window, clock) is inside


def test_longer_words_weigh_more_and_close_calls_are_left_to_the_desk():
    table = table_of([], [LAMP, COVER, kind("E0703", "路面", words="路灯杆下路面")])
    assert guess_kind("路灯不亮", table).kind == "E0702"
    tie = guess_kind("路灯坏了，井盖也没了", table)
    assert (tie.kind, tie.rivals) == ("", ("E0701", "E0702"))
    assert guess_kind("路灯杆下路面", table).kind == "E0703"


def test_a_kind_that_somebody_chose_is_not_guessed_over():
    said = suggest(facts("路灯不亮", kind="E0701"), table_of([], KINDS))
    assert (said.kind, said.lead) == ("E0701", "城管")


def test_a_rule_gives_a_kind_to_what_came_without_one_only():
    table = table_of([rule("R-1", {"words": {"any": ["举报"]}}, {"kind": "E0507"})], KINDS)
    assert suggest(facts("举报"), table).kind == "E0507"
    assert suggest(facts("举报", kind="E0702"), table).kind == "E0702"


def test_a_guess_is_never_dispatched_without_the_desk():
    table = table_of([rule("R-1", {"kinds": ["E0702"]}, {"auto_dispatch": True})], KINDS)
    assert not suggest(facts("路灯不亮"), table).auto
    assert suggest(facts("路灯不亮", kind="E0702"), table).auto


@pytest.mark.parametrize("more", [{"secrecy": "duty"}, {"exit": "notice"}])
def test_what_is_secret_or_leaves_the_loop_is_never_dispatched_by_itself(more):
    kinds = [kind("E1602", "涉诉", "公安", **more)]
    table = table_of([rule("R-1", {"kinds": ["E16"]}, {"auto_dispatch": True})], kinds)
    assert not suggest(facts(kind="E1602"), table).auto


def test_what_was_taken_back_from_towns_goes_to_no_town():
    lift = kind("E0302", "电梯", "市政", duty={"town": "recalled"})
    table = table_of([rule("R-1", {}, {"lead": "镇街", "support": ["镇街"], "auto_dispatch": True})], [lift])
    said = suggest(facts(kind="E0302"), table)
    assert (said.lead, said.support, said.auto) == ("市政", (), False)
    assert "已由上级收回" in said.reason


def test_a_supporting_duty_makes_the_town_support_and_the_department_lead():
    smoke = kind("E1202", "扬尘", "市政", duty={"town": "support"})
    said = suggest(facts(kind="E1202"), table_of([rule("R-1", {}, {"lead": "镇街"})], [smoke]))
    assert (said.lead, said.support) == ("市政", ("镇街",))
    assert "只配合" in said.reason


def test_a_basic_duty_lets_the_town_lead():
    stall = kind("E0503", "占道", "城管", duty={"town": "basic"})
    said = suggest(facts(kind="E0503"), table_of([rule("R-1", {}, {"lead": "镇街"})], [stall]))
    assert said.lead == "镇街"


def test_what_was_taken_back_from_villages_is_not_theirs_to_support():
    lift = kind("E0302", "电梯", "市政", duty={"town": "basic", "village": "recalled"})
    said = suggest(facts(kind="E0302"), table_of([rule("R-1", {}, {"support": ["居委", "公安"]})], [lift]))
    assert said.support == ("公安",)


@given(st.text(max_size=60), st.text(max_size=9), st.sampled_from(["", "E0702", "E9999"]))
def test_no_text_and_no_unknown_code_breaks_it(text, area, code):
    table = table_of([rule("R-1", {"words": {"any": ["路"]}}, {"lead": "城管"})], KINDS)
    said = suggest(facts(text, area=area, kind=code), table)
    assert said.reason
    assert guess_kind(text, table) == guess_kind(text, table)


def test_nothing_to_read_is_nothing_guessed():
    assert guess_kind("", table_of([], KINDS)) == Guess()


def test_it_decides_in_well_under_a_millisecond():
    words = " ".join(f"词{i:03d}甲" for i in range(500))
    rules = [
        rule(f"R-{i}", {"words": {"any": [f"无{i}"]}, "kinds": ["E07"]}, {"lead": "城管"}) for i in range(40)
    ]
    table, report = table_of(rules, [kind("E0702", "路灯", words=words)]), facts("路灯不亮好几天了" * 20)
    start = time.perf_counter()
    for _ in range(200):
        suggest(report, table)
    assert (time.perf_counter() - start) / 200 < 0.001  # 0.04 ms on a quiet machine
