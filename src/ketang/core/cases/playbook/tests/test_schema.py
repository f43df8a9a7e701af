"""What the loop's schema refuses, and the sentences about what changes."""

import pytest
from pydantic import ValidationError

from ketang.core.cases.playbook import Kind, Notice, NoticesFile, Profile, ProfilesFile, ReasonsFile
from ketang.core.cases.playbook.changes import describe, facts, rule_words
from ketang.core.playbooks.testing import loaded

KIND = {"code": "E0101", "klass": "甲", "name": "乙", "lead": "民政"} | {
    "respond": "urgent_hours:2",
    "resolve": "working_days:5",
}
STAGES = [
    {"verb": "register", "name": "受理", "state": "已受理", "plain": "已受理"},
    {"verb": "close", "name": "办结", "state": "已办结", "plain": "已办结"},
]


def stage(verb: str) -> dict[str, str]:
    return {"verb": verb, "name": verb, "state": verb, "plain": verb}


def test_review_on_site_without_safety_is_refused():
    with pytest.raises(ValidationError, match="不是安全类事项"):
        Kind.model_validate(KIND | {"review": {"by": "site"}})
    assert Kind.model_validate(KIND | {"review": {"by": "site"}, "safety": True})


def test_a_sealed_matter_can_only_leave_for_discipline_inspection():
    with pytest.raises(ValidationError, match="密封事项"):
        Kind.model_validate(KIND | {"secrecy": "sealed"})


@pytest.mark.parametrize(
    ("verbs", "message"),
    [
        (["dispatch", "close"], "要从 report"),
        (["register", "handle"], "缺少 close"),
        (["register", "take", "dispatch", "close"], "之前要有派单"),
        (["register", "close", "close"], "重复了"),
        ([], "要从 report"),
    ],
)
def test_a_profile_that_does_not_hang_together_is_refused(verbs, message):
    with pytest.raises(ValidationError, match=message):
        Profile.model_validate({"code": "x", "name": "x", "stages": [stage(verb) for verb in verbs]})


def test_a_notice_with_a_placeholder_nobody_fills_is_refused():
    row = {"code": "a.b", "event": "reported", "to": "reporter", "title": "收到"}
    with pytest.raises(ValidationError, match=r"占位符“\{name\}”不认识"):
        Notice.model_validate(row | {"text": "{name}您好"})
    assert Notice.model_validate(row | {"text": "{number} {due}"}).render({"number": "7"}) == ("收到", "7 ")


def test_a_brace_that_is_not_closed_is_refused_not_a_crash():
    row = {"code": "a.b", "event": "reported", "to": "reporter", "title": "收到"}
    with pytest.raises(ValidationError):
        Notice.model_validate(row | {"text": "{number"})


@pytest.mark.parametrize(
    "text", ["{number.__class__}", "{number[0]}", "{number!r}", "{number:>99999999}", "{}", "{0}"]
)
def test_a_placeholder_that_reaches_into_values_is_refused(text):
    row = {"code": "a.b", "event": "reported", "to": "reporter", "title": "收到", "text": text}
    with pytest.raises(ValidationError):
        Notice.model_validate(row)


def test_one_event_tells_one_addressee_once():
    row = {"event": "reported", "to": "reporter", "title": "收到", "text": "收到"}
    with pytest.raises(ValidationError, match="重复了"):
        NoticesFile.model_validate({"notices": [row | {"code": "a"}, row | {"code": "b"}]})


def test_a_reason_code_stands_once_in_its_list_but_may_stand_in_two():
    row = {"code": "R1", "text": "不属于本单位职责"}
    with pytest.raises(ValidationError, match="重复了"):
        ReasonsFile.model_validate({"returns": [row, row]})
    assert ReasonsFile.model_validate({"returns": [row], "extends": [row]})


def test_an_unknown_profile_is_a_key_error_not_another_profile():
    with pytest.raises(KeyError):
        ProfilesFile().of("standard")


def test_rules_read_as_words():
    assert rule_words("urgent_hours:24") == "24小时"
    assert rule_words("review:working_days:5") == "5个工作日（评估）"


def test_every_field_of_a_kind_can_be_seen_to_change():
    changed = {
        "klass": "丙", "name": "丁", "lead": "教育", "support": ("妇联",), "responsible_party": ("物业",),
        "respond": "urgent_hours:4", "resolve": "working_days:9", "roll": "next_working_day",
        "source_text": "条例", "secrecy": "duty", "profile": "urban", "otherwise": "query",
        "duty": {"town": "recalled"}, "review": {"by": "photo"}, "photo": "required", "priority": 1,
        "safety": True, "needs_contact": True, "public": True, "danger": True, "check_first": True,
        "exit": "notice", "words": ("字",),
    }  # fmt: skip
    assert changed.keys() == Kind.model_fields.keys() - {"code"}
    before = facts(Kind.model_validate(KIND))
    for field, value in changed.items():
        assert facts(Kind.model_validate(KIND | {field: value})) != before, field


def test_a_diff_says_what_changes_for_whom_and_how_many_are_open(tmp_path):
    text = (
        "kinds:\n  - {code: E0101, klass: 甲, name: 路灯, lead: 市政, respond: 'urgent_hours:2', "
        "resolve: 'working_days:3'}\n  - {code: E0102, klass: 甲, name: 井盖, lead: 市政, "
        "respond: 'urgent_hours:2', resolve: 'working_days:3'}\n"
    )
    more = {
        "departments.yaml": "departments: [{code: 市政}, {code: 城管}]\n",
        "profiles.yaml": "profiles: [{code: standard, name: 一般, stages: "
        "[{verb: register, name: 受理, state: 受理, plain: 受理}, "
        "{verb: close, name: 办结, state: 办结, plain: 办结}]}]\n",
    }
    old = loaded(tmp_path, "old", more | {"kinds.yaml": text}).valid()
    changed = text.replace("路灯, lead: 市政", "路灯, lead: 城管").replace("E0102", "E0103")
    new = loaded(tmp_path, "new", more | {"kinds.yaml": changed}).valid()
    assert list(describe(old, new, {"E0101": 12, "E0102": 3})) == [
        "“路灯”（E0101）：主办 市政 → 城管（未办结 12 件）",
        "去掉事项“井盖”（E0102）（未办结 3 件）",
        "新增事项“井盖”（E0103）：市政主办，3个工作日内办结",
    ]
