"""Reading rules, hours, pauses, calendars and clocks.yaml."""

from datetime import date

import pytest
import yaml
from pydantic import ValidationError

from ketang.core.deadlines.playbook import ClocksFile, SideClocks
from ketang.core.deadlines.types import (
    BadAmount,
    BadHours,
    BadPause,
    BadRule,
    Clock,
    Hours,
    Roll,
    Rule,
    UnknownClock,
    UnknownRoll,
    parse_span,
)
from ketang.kernel.calendar import (
    BadCalendar,
    Calendar,
    OutsideCalendar,
    library_tables,
    read_table,
    statutory,
)
from ketang.kernel.errors import KetangError


@pytest.mark.parametrize("text", ["working_days:5", "review:natural_days:30", "urgent_minutes:15"])
def test_a_rule_reads_back_as_it_was_written(text):
    assert str(Rule.parse(text)) == text


def test_a_rule_has_clock_amount_review_and_roll():
    rule = Rule.parse("review:natural_days:30", "next_working_day")
    assert rule == Rule(Clock.NATURAL_DAYS, 30, True, Roll.NEXT_WORKING_DAY)


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("working_days", BadRule), ("5", BadRule), ("", BadRule), ("working_days:five", BadRule),
        ("REVIEW:working_days:5", BadRule), ("review:review:working_days:5", BadRule),
        ("lunar_days:5", UnknownClock),
        ("working_days:0", BadAmount), ("working_days:-5", BadAmount), ("working_days:99999", BadAmount),
    ],
)  # fmt: skip
def test_a_wrong_rule_is_named(text, error):
    with pytest.raises(error):
        Rule.parse(text)


def test_a_wrong_roll_is_named():
    with pytest.raises(UnknownRoll):
        Rule.parse("working_days:5", "backwards")


@pytest.mark.parametrize("amount", [True, 1.0, "1", None])
def test_only_whole_numbers_are_amounts(amount):
    with pytest.raises(BadAmount):
        Rule(Clock.WORKING_DAYS, amount)


@pytest.mark.parametrize(
    "text",
    ["", "9:00-12:00", "09:00-12:00;13:00-14:00", "09:00-12:00,11:00-13:00", "09:00-09:00", "09:00-24:30"],
)
def test_wrong_hours_are_named(text):
    with pytest.raises(BadHours):
        Hours.parse(text)


def test_hours_may_end_at_midnight():
    assert Hours.parse("22:00-24:00").stretches == ((79_200_000_000, 86_400_000_000),)


@pytest.mark.parametrize("text", ["", "2026-10-01T00:00Z", "2026-10-02T00:00Z/2026-10-02T00:00Z"])
def test_wrong_pauses_are_named(text):
    with pytest.raises(BadPause):
        parse_span(text)


def test_a_pause_reads_back_as_it_was_written():
    span = parse_span("2026-10-01T00:00+08:00/2026-10-02T00:00Z")
    assert parse_span(str(span)) == span


@pytest.mark.parametrize(
    "text",
    ["", "[]", "year: 2027", "year: x\nholidays: {}", "year: 2027\nholidays: {元旦: 2027-01-01}",
     "year: 2027\nholidays: {元旦: [2027-13-01]}", "year: 2101\nholidays: {元旦: [2101-01-01]}",
     "year: 2027\nholidays: {元旦: [2027-01-02]}\nworkdays: [2027-01-02]", "a: [", "\x00",
     "year: 2027\nholidays: {元旦: [2027-01-01T10:00:00]}"],
)  # fmt: skip
def test_a_wrong_holiday_table_is_named(tmp_path, text):
    (tmp_path / "t.yaml").write_text(text, "utf-8")
    with pytest.raises(BadCalendar, match=r"t\.yaml"):
        read_table(tmp_path / "t.yaml")


def test_a_calendar_is_its_text():
    calendar = Calendar(library_tables())
    again = Calendar.from_text(calendar.text())
    assert (again.version, again.working) == (calendar.version, calendar.working)


def test_another_table_is_another_version():
    tables = library_tables()
    assert Calendar(tables).version != Calendar(tables[:-1]).version
    assert Calendar(tables[:-1]).version.startswith("cn2025-")


def test_foreseen_years_have_thirteen_statutory_days():
    """2025 rule: 元旦 1, 春节 4, 清明 1, 劳动节 2, 端午 1, 中秋 1, 国庆 3; 中秋 may fall into 国庆."""
    counts = {year: len(statutory(year).off) for year in range(2027, 2041)}
    assert counts == dict.fromkeys(counts, 13) | {2028: 12, 2031: 12, 2039: 12}


def test_lunar_days_of_foreseen_years():
    assert {day for day, name in statutory(2028).off.items() if name == "春节"} == {
        date(2028, 1, 25), date(2028, 1, 26), date(2028, 1, 27), date(2028, 1, 28),
    }  # fmt: skip
    assert statutory(2028).off[date(2028, 4, 4)] == "清明"
    assert statutory(2027).off[date(2027, 9, 15)] == "中秋"


def test_days_outside_the_calendar_are_named():
    with pytest.raises(OutsideCalendar):
        Calendar(library_tables()).is_working(date(2003, 12, 31))


def test_clocks_yaml_of_the_base_playbook_is_valid_and_gives_the_known_defaults(settings):
    raw = yaml.safe_load((settings.PLAYBOOKS_DIR / "base" / "clocks.yaml").read_text("utf-8"))
    file = ClocksFile.model_validate(raw)
    assert file == ClocksFile()
    assert file.side("register") == "working_hours:4"
    assert file.side("register", urgent=True) == "urgent_hours:1"
    assert file.side("return_limit", urgent=True) == "urgent_hours:2"
    assert file.side("rating_followup") == "working_days:5"


@pytest.mark.parametrize(
    "wrong",
    [{"working_hours": "9-5"}, {"yellow_percent": 100}, {"margin": "4 h"}, {"quiet_hours": "late"}, {"x": 1}],
)
def test_wrong_clocks_are_refused(wrong):
    with pytest.raises(ValidationError):
        ClocksFile.model_validate(wrong)


def test_every_key_of_clocks_yaml_is_described():
    fields = {**ClocksFile.model_fields, **SideClocks.model_fields}
    assert [name for name, field in fields.items() if not field.description] == []


def test_errors_are_situations_with_a_sentence():
    with pytest.raises(KetangError, match="working_days:5"):
        Rule.parse("nonsense")
