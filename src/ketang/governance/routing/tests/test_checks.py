"""Dead, contradicting and impossible rules are found, with their lines; live ones are left alone."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ketang.core.playbooks.testing import loaded
from ketang.governance.routing.checks import covers, impossible
from ketang.governance.routing.playbook import When
from ketang.governance.routing.rules import fits
from ketang.governance.routing.testing import facts

HEAD = {
    "departments.yaml": "departments: [{code: 城管}, {code: 公安}, {code: 队, kind: committee}]\n"
    "by_area: [{code: 镇街, stands_for: town}, {code: 居委, stands_for: village}]\n",
    "profiles.yaml": "profiles: [{code: standard, name: 一般, stages: "
    "[{verb: register, name: 受理, state: 受理, plain: 受理}, "
    "{verb: close, name: 办结, state: 办结, plain: 办结}]}]\n",
    "kinds.yaml": "kinds: [{code: E0701, klass: 甲, name: 井盖, lead: 城管, respond: 'urgent_hours:2', "
    "resolve: 'working_days:3'}]\n",
}


def row(rule_id: str, when: str, then: str = "{lead: 城管}", order: int = 100) -> str:
    return f"- {{id: {rule_id}, name: 名, basis: 据, order: {order}, when: {when}, then: {then}}}\n"


def found(tmp_path, *rows: str) -> list[str]:
    files = HEAD | {"routing.yaml": "rules:\n" + "".join(rows)}
    return [str(problem) for problem in loaded(tmp_path, "p", files).problems]


def test_a_rule_behind_a_wider_one_is_dead(tmp_path):
    (problem,) = found(tmp_path, row("R-1", "{kinds: [E07]}"), row("R-2", "{kinds: [E0701]}"))
    assert problem.startswith("p/routing.yaml:3: 规则 R-2 永远用不到：前面的规则 R-1「名」总是先适用")


def test_order_decides_who_is_behind(tmp_path):
    rows = row("R-1", "{kinds: [E07]}"), row("R-2", "{kinds: [E0701]}", order=10)
    assert found(tmp_path, *rows) == []


def test_the_same_conditions_with_another_result_conflict(tmp_path):
    (problem,) = found(tmp_path, row("R-1", "{kinds: [E07]}"), row("R-2", "{kinds: [E07]}", "{lead: 公安}"))
    assert problem.startswith("p/routing.yaml:3: 规则 R-2 与前面的规则 R-1「名」条件相同、结果不同")


def test_two_rules_that_cross_with_different_leads_must_say_who_is_first(tmp_path):
    crossing = row("R-1", "{kinds: [E07]}"), row("R-2", "{channels: [hotline]}", "{lead: 公安}")
    assert "order 又相同" in found(tmp_path, *crossing)[0]
    ordered = crossing[0], row("R-2", "{channels: [hotline]}", "{lead: 公安}", order=90)
    assert found(tmp_path, *ordered) == []


@pytest.mark.parametrize(
    "when", ["{words: {any: [通道], none: [通道]}}", "{words: {all: [消防通道], none: [通道]}}"]
)
def test_a_rule_that_contradicts_itself_is_found(tmp_path, when):
    assert "自相矛盾" in found(tmp_path, row("R-1", when))[0]


@pytest.mark.parametrize(
    ("when", "then", "message"),
    [
        ("{kinds: [E99]}", "{lead: 城管}", "没有以“E99”开头的事项类别"),
        ("{}", "{lead: 谁}", "部门“谁”没有定义"),
        ("{}", "{support: [谁]}", "部门“谁”没有定义"),
        ("{}", "{lead: 居委}", "“居委”不能主办"),
        ("{}", "{lead: 队}", "“队”不能主办"),
        ("{}", "{kind: E0799}", "事项类别“E0799”没有定义"),
        ("{}", "{}", "then 里什么也没有写"),
        ("{time: {between: '22-6'}}", "{lead: 城管}", "时段“22-6”写法不对"),
        ("{areas: [百官]}", "{lead: 城管}", "“areas”写成了“百官”"),
        ("{channels: [fax]}", "{lead: 城管}", "“channels”写成了“fax”"),
        ("{colour: red}", "{lead: 城管}", "不认识“colour”"),
    ],
)
def test_what_nobody_knows_is_said_at_its_line(tmp_path, when, then, message):
    problems = found(tmp_path, row("R-0", "{words: {any: [甲]}}"), row("R-1", when, then))
    assert any(problem.startswith("p/routing.yaml:3: ") and message in problem for problem in problems), (
        problems
    )


@pytest.mark.parametrize(
    ("wide", "narrow", "covered"),
    [
        ({}, {"kinds": ["E07"]}, True),
        ({"kinds": ["E07"]}, {}, False),
        ({"kinds": ["E07", "E08"]}, {"kinds": ["E0701", "E0802"]}, True),
        ({"areas": ["330604"]}, {"areas": ["330604001"]}, True),
        ({"words": {"any": ["通道", "楼道"]}}, {"words": {"any": ["消防通道"]}}, True),
        ({"words": {"any": ["通道"]}}, {"words": {"any": ["消防通道", "楼梯"]}}, False),
        ({"words": {"all": ["通道"]}}, {"words": {"any": ["通道"]}}, False),
        ({"words": {"any": ["通道"]}}, {"words": {"all": ["消防通道", "车"]}}, True),
        ({"words": {"none": ["消防通道"]}}, {"words": {"none": ["通道"]}}, True),
        ({"words": {"none": ["通道"]}}, {"words": {"none": ["消防通道"]}}, False),
        ({"time": {"between": "20:00-08:00"}}, {"time": {"between": "22:00-06:00"}}, True),
        ({"time": {"between": "22:00-06:00"}}, {"time": {"between": "20:00-23:00"}}, False),
        ({"time": {"between": "22:00-06:00"}}, {}, False),
        ({"time": {"days": "working"}}, {"time": {"days": "nonworking"}}, False),
        ({"time": {"weekdays": [6, 7]}}, {"time": {"weekdays": [7]}}, True),
    ],
)
def test_one_condition_covers_another(wide, narrow, covered):
    assert covers(When.model_validate(wide), When.model_validate(narrow)) is covered


words = st.lists(st.sampled_from(["甲", "乙", "甲乙", "乙丙", "丙"]), max_size=2).map(tuple)
whens = st.builds(
    lambda kinds, some, every, no, channels: When.model_validate(
        {"kinds": kinds, "words": {"any": some, "all": every, "none": no}, "channels": channels}
    ),
    st.lists(st.sampled_from(["E0", "E07", "E0701", "E08"]), max_size=2),
    words,
    words,
    words,
    st.lists(st.sampled_from(["hotline", "patrol"]), max_size=2, unique=True),
)
reports = st.builds(
    lambda text, kind, channel: facts(text, kind=kind, channel=channel),
    st.text(alphabet="甲乙丙丁", max_size=6),
    st.sampled_from(["", "E0701", "E0702", "E0801"]),
    st.sampled_from(["hotline", "patrol", "resident"]),
)


@settings(max_examples=400)
@given(whens, whens, reports)
def test_what_is_called_covered_never_fits_alone(wide, narrow, report):
    if covers(wide, narrow) and fits(narrow, report):
        assert fits(wide, report)


@settings(max_examples=300)
@given(whens, reports)
def test_what_is_called_impossible_never_fits(when, report):
    assert not (impossible(when) and fits(when, report))


@given(whens)
def test_every_condition_covers_itself(when):
    assert covers(when, when)
