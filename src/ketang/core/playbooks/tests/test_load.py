"""Loading: what is wrong is said with file, line and a way out."""

import pytest
from pydantic import ValidationError

from ketang.core.playbooks import registry
from ketang.core.playbooks.load import chain, load
from ketang.core.playbooks.playbook import PlaybookFile
from ketang.core.playbooks.schema import Entry, RuleText
from ketang.core.playbooks.testing import loaded, write
from ketang.core.playbooks.tree import BadYaml
from ketang.core.playbooks.types import Flaw, PlaybookInvalid, PlaybookMissing

KIND = """kinds:
  - code: E0101
    klass: 甲
    name: 乙
    lead: 民政
    respond: {0}
    resolve: working_days:5
"""
DEPARTMENTS = "departments:\n  - code: 民政\n"
PROFILE = """profiles:
  - code: standard
    name: 一般
    stages:
      - {verb: register, name: 受理, state: 已受理, plain: 已受理}
      - {verb: close, name: 办结, state: 已办结, plain: 已办结}
"""
GOOD = {
    "kinds.yaml": KIND.format("urgent_hours:2"),
    "departments.yaml": DEPARTMENTS,
    "profiles.yaml": PROFILE,
}


def found(tmp_path, **changes: str) -> list[str]:
    files = GOOD | {name.replace("_yaml", ".yaml"): text for name, text in changes.items()}
    return [str(problem) for problem in loaded(tmp_path, "p", files).problems]


def test_a_small_playbook_loads(tmp_path):
    assert found(tmp_path) == []


@pytest.mark.parametrize(
    "rule", ["working_day:5", "working_days", "5", "review:days:3", "working_days:0", "working_days:-1"]
)
def test_a_bad_rule_is_said_with_its_line_and_the_right_way(tmp_path, rule):
    (problem,) = found(tmp_path, kinds_yaml=KIND.format(rule))
    assert problem.startswith((f"p/kinds.yaml:6: 时限“{rule}”写法不对", "p/kinds.yaml:6: “respond”应是文字"))


def test_an_unknown_key_a_missing_key_and_a_wrong_value_each_have_their_line(tmp_path):
    text = (
        KIND.format("urgent_hours:2")
        + "    prioritty: 1\n  - code: E0102\n    klass: 甲\n    photo: perhaps\n"
    )
    problems = found(tmp_path, kinds_yaml=text)
    assert "p/kinds.yaml:8: 不认识“prioritty”这个键，核对写法" in problems
    assert "p/kinds.yaml:9: 缺少“lead”" in problems
    assert any(p.startswith("p/kinds.yaml:11: “photo”写成了“perhaps”，只能是") for p in problems)


def test_the_same_code_twice_names_both_lines(tmp_path):
    twice = KIND.format("urgent_hours:2") + KIND.format("urgent_hours:2").removeprefix("kinds:\n")
    assert "p/kinds.yaml:8: 代码“E0101”重复了，第 2 行已经有 → 改一个代码，或删去一处" in found(
        tmp_path, kinds_yaml=twice
    )


def test_an_unknown_department_is_said_at_the_lead(tmp_path):
    problems = found(tmp_path, departments_yaml="departments:\n  - code: 教育\n")
    assert problems == [
        "p/kinds.yaml:5: E0101 的部门“民政”没有定义 → 在 departments.yaml 里加上它，或改用已有的部门代码"
    ]


def test_an_unknown_profile_lists_those_there_are(tmp_path):
    text = KIND.format("urgent_hours:2") + "    profile: quick\n"
    assert found(tmp_path, kinds_yaml=text) == [
        "p/kinds.yaml:8: E0101 的流程“quick”没有定义 → profiles.yaml 里有：standard"
    ]


def test_an_error_in_an_overlay_points_to_the_overlay_and_one_in_the_base_to_the_base(tmp_path):
    write(tmp_path, "base", GOOD)
    over = loaded(tmp_path, "mine", {"kinds.yaml": "kinds:\n  - code: E0101\n    lead: 谁\n"}, extends="base")
    assert [(p.file, p.line) for p in over.problems] == [("mine/kinds.yaml", 3)]
    write(tmp_path, "base", {"kinds.yaml": KIND.format("soon")})
    over = loaded(tmp_path, "mine", {"kinds.yaml": "kinds:\n  - code: E0101\n    name: 丙\n"}, extends="base")
    assert [(p.file, p.line) for p in over.problems] == [("base/kinds.yaml", 6)]


def test_an_overlay_of_nothing_but_a_name_is_the_same_content_but_for_its_name(tmp_path):
    base = load(write(tmp_path, "base", GOOD)).valid()
    over = loaded(tmp_path, "mine", {"playbook.yaml": "extends: base\n"}, extends="base").valid()
    assert over.version == base.version


def test_a_circle_of_extends_is_refused(tmp_path):
    write(tmp_path, "a", {}, extends="b")
    folder = write(tmp_path, "b", {}, extends="a")
    with pytest.raises(BadYaml, match="转了一圈"):
        chain(folder)
    assert "转了一圈" in str(load(folder).problems[0])


def test_a_folder_without_playbook_yaml_is_said_to_be_missing(tmp_path):
    with pytest.raises(PlaybookMissing, match="没有找到规则“nowhere”"):
        load(tmp_path / "nowhere")


def test_a_file_that_is_not_utf8_says_the_line(tmp_path):
    folder = write(tmp_path, "p", GOOD)
    (folder / "departments.yaml").write_bytes("departments:\n  - code: 民政\n".encode("gb18030"))
    assert "p/departments.yaml:2: 不是 UTF-8 编码" in str(load(folder).problems[0])


def test_a_file_nobody_reads_is_noted_but_does_not_stop(tmp_path):
    result = loaded(tmp_path, "p", GOOD | {"kindz.yaml": "a: 1\n"})
    assert result.playbook is not None
    assert "p/kindz.yaml:1: 提示：没有模块读取这个文件" in str(result.problems[0])


def test_an_invalid_playbook_does_not_come_out(tmp_path):
    result = loaded(tmp_path, "p", GOOD | {"kinds.yaml": "kinds: 3\n"})
    assert result.playbook is None
    with pytest.raises(PlaybookInvalid, match="有 1 处问题"):
        result.valid()


@pytest.mark.usefixtures("own_registry")
def test_files_of_a_pattern_come_as_a_dictionary_by_bare_name(tmp_path):
    class Clock(Entry):
        rule: RuleText = "working_days:1"

    registry.register("extra/*.yaml", Clock)
    book = loaded(tmp_path, "p", {"extra/a.yaml": "rule: working_days:2\n", "extra/b.yaml": ""}).valid()
    assert {name: clock.rule for name, clock in book.sections(Clock).items()} == {
        "a": "working_days:2",
        "b": "working_days:1",
    }


@pytest.mark.usefixtures("own_registry")
def test_a_check_of_a_room_is_located_in_its_file(tmp_path):
    registry.register_check(lambda book: [Flaw(("kinds.yaml", "kinds", 0, "lead"), "不行", "改掉")])
    assert found(tmp_path) == ["p/kinds.yaml:5: 不行 → 改掉"]


def test_two_rooms_cannot_claim_one_file():
    with pytest.raises(ValueError, match="already has the schema"):
        registry.register("kinds.yaml", Entry)


def test_what_is_built_from_a_playbook_is_built_once(tmp_path):
    book, built = loaded(tmp_path, "p", GOOD).valid(), []
    for _ in range(3):
        book.derive("key", lambda _: built.append(1))
    assert built == [1]


def test_a_model_of_the_schema_is_frozen(tmp_path):
    head = loaded(tmp_path, "p", GOOD).valid().section(PlaybookFile)
    with pytest.raises(ValidationError):
        head.title = "other"
