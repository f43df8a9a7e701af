"""``ketang deadline``: answers without set-up, and says what is wrong in one sentence."""

import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from ketang.core.deadlines.management.cli import BASE_HOURS, deadline
from ketang.core.deadlines.playbook import ClocksFile
from ketang.kernel import calendar as calendars

TABLE_2027 = """
year: 2027
source: 试验用
holidays:
  元旦: [2027-01-01, 2027-01-04]
workdays: [2027-01-09]
"""


@pytest.fixture(autouse=True)
def _own_folder(tmp_path, monkeypatch):
    monkeypatch.setenv("KETANG_PLAYBOOKS", str(tmp_path / "playbooks"))


def run(*args: str):
    return CliRunner().invoke(deadline, args)


def due(start: str, amount: object, clock: str, *more: str):
    return run("due", "--from", start, "--amount", str(amount), "--clock", clock, *more)


def test_the_example_of_the_issue():
    done = due("2026-09-30T16:00+08:00", 3, "working_days")
    assert (done.exit_code, done.stdout) == (0, "2026-10-11T00:00:00+08:00\n")


@pytest.mark.parametrize(
    ("args", "expected"),
    [
        (("2026-09-30T08:00Z", 3, "working_hours"), "2026-10-08T10:30:00+08:00"),
        (("2026-09-28T16:00+08:00", 5, "natural_days", "--roll", "next_working_day"),
         "2026-10-09T00:00:00+08:00"),
        (("2026-09-28T16:00+08:00", 90, "urgent_minutes"), "2026-09-28T17:30:00+08:00"),
        (("2026-09-28T16:00-05:00", 24, "urgent_hours"), "2026-09-30T05:00:00+08:00"),
        (("2026-10-19T09:00+08:00", 2, "working_hours", "--hours", "08:30-10:00,14:00-18:00"),
         "2026-10-19T15:00:00+08:00"),
    ],
)  # fmt: skip
def test_every_clock_answers_in_beijing_time(args, expected):
    assert due(*args).stdout.strip() == expected


def test_pauses_may_be_given_again_and_again():
    pauses = (
        "--pause",
        "2026-10-20T00:00+08:00/2026-10-21T00:00+08:00",
        "--pause",
        "2026-10-21T00:00+08:00/2026-10-21T06:00+08:00",
    )
    done = due("2026-10-16T09:00+08:00", 3, "working_days", *pauses)
    assert done.stdout.strip() == "2026-10-24T00:00:00+08:00"


def test_an_open_pause_prints_paused():
    done = due("2026-10-16T09:00+08:00", 3, "working_days", "--pause", "2026-10-20T00:00+08:00/")
    assert (done.exit_code, done.stdout.strip()) == (0, "paused")


def test_explain_counts_the_days_after_the_answer():
    done = due("2026-09-30T16:00+08:00", 3, "working_days", "--explain")
    lines = done.stdout.splitlines()
    assert lines[0] == "2026-10-11T00:00:00+08:00"
    assert "  2026-10-10 周六 调休上班 · 计，第 3 日" in lines
    assert lines[-1] == "到期 2026-10-10 24:00"


def test_explain_names_pauses_roll_and_what_is_provisional():
    done = due(
        "2026-12-28T16:00+08:00", 4, "natural_days", "--roll", "next_working_day", "--explain",
        "--pause", "2026-12-29T10:00+08:00/2026-12-29T12:30+08:00",
    )  # fmt: skip
    assert "其中可计 2 小时 30 分" in done.stdout
    assert "顺延到下一个工作日（民法典第 203 条）" in done.stdout
    assert "暂定" in done.stdout


def test_a_provisional_answer_says_so_beside_it_and_strict_refuses_it():
    args = ("2026-12-25T16:00+08:00", 15, "working_days")
    assert due(*args).stdout == "2027-01-19T00:00:00+08:00\n"
    assert "2027" in due(*args).stderr
    strict = due(*args, "--strict")
    assert (strict.exit_code, strict.stdout) == (2, "")
    assert "2027 年的节假日安排还没有公布" in strict.stderr


def test_strict_accepts_what_looks_nothing_up():
    assert due("2026-12-25T16:00+08:00", 15, "natural_days", "--strict").exit_code == 0


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (("2026-09-30T16:00", 3, "working_days"), "没有时区"),
        (("yesterday", 3, "working_days"), "不是时间"),
        (("2026-02-30T16:00+08:00", 3, "working_days"), "不是时间"),
        (("2026-09-30T16:00+08:00", 0, "working_days"), "1 到 2500"),
        (("2026-09-30T16:00+08:00", -1, "natural_days"), "1 到 3660"),
        (("2026-09-30T16:00+08:00", 10**30, "urgent_minutes"), "1 到 5270400"),
        (("2026-09-30T16:00+08:00", "1.5", "working_days"), "--amount"),
        (("2026-09-30T16:00+08:00", 3, "lunar_days"), "--clock"),
        (("2026-09-30T16:00+08:00", 3, "natural_days", "--roll", "back"), "--roll"),
        (("2003-12-31T16:00+08:00", 3, "working_days"), "2004 年至 2099 年"),
        (("2099-12-30T16:00+08:00", 30, "natural_days"), "2004 年至 2099 年"),
        (("2099-12-30T16:00+08:00", 30, "working_days"), "2004 年至 2099 年"),
        (("9999-12-31T23:59-14:00", 1, "urgent_hours"), "2004 年至 2099 年"),
        (("2026-09-30T16:00+08:00", 3, "working_days", "--pause", "2026-10-01"), "暂停"),
        (("2026-09-30T16:00+08:00", 3, "working_days", "--pause", "2026-10-02T00:00Z/2026-10-01T00:00Z"),
         "止晚于起"),
        (("2026-09-30T16:00+08:00", 3, "working_hours", "--hours", "12:00-09:00"), "工作时间"),
        (("2026-09-30T16:00+08:00", 3, "working_hours", "--calendar", "absent.yaml"), "没有找到节假日表"),
    ],
)  # fmt: skip
def test_bad_input_is_said_in_one_sentence_with_exit_2(args, said):
    done = due(*args)
    assert done.exit_code == 2
    assert said in done.stderr
    assert done.stdout == ""


def test_an_official_table_given_by_path_makes_it_final(tmp_path):
    (tmp_path / "2027.yaml").write_text(TABLE_2027, "utf-8")
    done = due(
        "2026-12-31T16:00+08:00", 1, "working_days", "--strict", "--calendar", str(tmp_path / "2027.yaml")
    )
    assert done.stdout.strip() == "2027-01-06T00:00:00+08:00"  # Friday 1 and Monday 4 are off


def test_an_installed_table_counts_from_then_on(tmp_path):
    (tmp_path / "new.yaml").write_text(TABLE_2027, "utf-8")
    assert run("calendar").stdout.startswith("cn2026-")
    assert run("calendar", str(tmp_path / "new.yaml")).stdout.startswith("cn2027-")
    assert (calendars.folder() / "2027.yaml").is_file()
    assert due("2026-12-31T16:00+08:00", 1, "working_days", "--strict").exit_code == 0


def test_a_wrong_table_is_not_installed(tmp_path):
    (tmp_path / "bad.yaml").write_text("year: 2027\nholidays: {元旦: [2026-01-01]}\n", "utf-8")
    done = run("calendar", str(tmp_path / "bad.yaml"))
    assert done.exit_code == 2
    assert "2026-01-01 不在 2027 年" in done.stderr
    assert not calendars.folder().exists()


def test_it_answers_in_an_empty_home_without_django_and_creates_nothing(tmp_path):
    home = tmp_path / "home"
    home.mkdir()
    args = ["deadline", "due", "--from", "2026-09-30T16:00+08:00", "--amount", "3", "--clock", "working_days"]
    script = (
        "import sys; from ketang.config.cli import ketang\n"
        f"ketang({args!r}, standalone_mode=False)\n"
        "assert not any(name.partition('.')[0] == 'django' for name in sys.modules)"
    )
    env = {"HOME": str(home), "KETANG_HOME": str(home / "data"), "PATH": "/usr/bin:/bin"}
    done = subprocess.run(
        [sys.executable, "-c", script], env=env, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "2026-10-11T00:00:00+08:00\n", "")
    assert list(home.iterdir()) == []


def test_the_installed_command_exits_2_on_a_wrong_value(tmp_path):
    command = Path(sys.executable).with_name("ketang")
    args = [command, "deadline", "due", "--from", "2026-09-30", "--amount", "3", "--clock", "working_days"]
    env = {"HOME": str(tmp_path), "KETANG_HOME": str(tmp_path / "data"), "LANG": "C", "PATH": "/usr/bin:/bin"}
    done = subprocess.run(args, env=env, capture_output=True, text=True, encoding="utf-8", check=False)
    assert done.returncode == 2
    assert "没有时区" in done.stderr
    assert not (tmp_path / "data").exists()


def test_the_default_hours_are_those_of_the_base_playbook():
    assert ClocksFile().working_hours == BASE_HOURS
