"""ketang playbook: exit codes and what is printed."""

import pytest
from click.testing import CliRunner

from ketang.core.playbooks import api
from ketang.core.playbooks.management.cli import playbook
from ketang.core.playbooks.models import PlaybookVersion
from ketang.core.playbooks.testing import put_in_force, write
from ketang.kernel.errors import KetangError

pytestmark = pytest.mark.django_db


def run(*words: str, **more):
    return CliRunner().invoke(playbook, list(words), **more)


@pytest.fixture
def folder(tmp_path, settings):
    settings.PLAYBOOKS_DIR, settings.PLAYBOOK = tmp_path, "mine"
    return write(tmp_path, "mine", {"departments.yaml": "departments:\n  - code: 民政\n"})


def test_check_of_a_good_playbook_is_done(folder):
    result = run("check")
    assert result.exit_code == 0
    assert "没有问题" in result.output


def test_check_lists_findings_by_file_and_line_and_exits_1(folder):
    (folder / "departments.yaml").write_text("departments:\n  - code: 民政\n    kind: club\n", "utf-8")
    result = run("check", "mine")
    assert result.exit_code == 1
    assert result.output.startswith("mine/departments.yaml:3: “kind”写成了“club”")


def test_check_takes_a_folder(folder, tmp_path):
    assert run("check", str(tmp_path / "mine")).exit_code == 0


def test_a_playbook_that_is_not_there_is_a_usage_error(folder):
    assert isinstance(run("check", "nowhere").exception, KetangError)


def test_apply_shows_what_changes_and_asks(folder):
    put_in_force(api.on_disk("mine").valid())
    (folder / "departments.yaml").write_text("departments:\n  - code: 教育\n", "utf-8")
    result = run("apply", input="n\n")
    assert "去掉 departments · 民政" in result.output
    assert "新增 departments · 教育" in result.output
    assert PlaybookVersion.objects.count() == 1


def test_apply_with_yes_brings_it_into_force_and_says_so(folder):
    result = run("apply", "--yes", "--note", "试行")
    assert result.exit_code == 0, result.output
    assert PlaybookVersion.objects.get().note == "试行"
    assert "已经是现行规则" in run("apply", "--yes").output


def test_apply_refuses_an_invalid_playbook(folder):
    (folder / "departments.yaml").write_text("departments: 1\n", "utf-8")
    assert isinstance(run("apply", "--yes").exception, KetangError)
    assert not PlaybookVersion.objects.exists()


def test_diff_compares_two_versions_by_hash(folder):
    first = put_in_force(api.on_disk("mine").valid()).version
    (folder / "departments.yaml").write_text("departments:\n  - {code: 民政, name: 区民政局}\n", "utf-8")
    result = run("diff", first, "mine")
    assert "departments · 民政 · name：" in result.output
    assert "没有差别" in run("diff", first, first).output
