"""Due times counted by hand from the State Council's notices for 2024, 2025 and 2026, Beijing time.

Notices: 国办发明电〔2023〕7号, 〔2024〕12号, 〔2025〕7号. 00:00 of a day is 24:00 of the day before.
"""
# ruff: noqa: E501 - one case, one line

from datetime import date, datetime

import chinese_calendar
import pytest

from ketang.core.deadlines.rules import due
from ketang.core.deadlines.types import Rule, Span
from ketang.kernel.calendar import Calendar, library_tables
from ketang.kernel.clock import BEIJING

CALENDAR = Calendar(library_tables())


def at(text: str) -> datetime:
    value = datetime.fromisoformat(text)
    return value if value.tzinfo else value.replace(tzinfo=BEIJING)


COUNTED = [
    # 春节 2024: off 2-10…2-17; worked Sundays 2-04 and 2-18; 除夕 2-09 was worked
    ("2024-02-08T10:00", "working_days:1", "none", "2024-02-10T00:00", "除夕 was no day off in 2024"),
    ("2024-02-09T10:00", "working_days:1", "none", "2024-02-19T00:00", "Sunday 2-18 is worked"),
    ("2024-02-09T10:00", "working_days:5", "none", "2024-02-23T00:00", "18, 19, 20, 21, 22"),
    ("2024-02-02T10:00", "working_days:1", "none", "2024-02-05T00:00", "Sunday 2-04 is worked, Saturday not"),
    ("2024-02-02T10:00", "working_days:5", "none", "2024-02-09T00:00", "4, 5, 6, 7, 8"),
    ("2024-02-08T10:00", "natural_days:3", "none", "2024-02-12T00:00", "9, 10, 11; holidays count"),
    ("2024-02-08T10:00", "natural_days:3", "next_working_day", "2024-02-19T00:00", "11 is 春节, next worked 18"),
    ("2024-02-09T16:00", "working_hours:3", "none", "2024-02-18T10:30", "1.5 h on Friday, 1.5 h on Sunday 18"),
    # 清明, 劳动节, 端午, 中秋, 国庆 2024
    ("2024-04-03T09:00", "working_days:2", "none", "2024-04-09T00:00", "4-6 off, Sunday 7 worked, Monday 8"),
    ("2024-04-26T09:00", "working_days:1", "none", "2024-04-29T00:00", "Sunday 4-28 is worked"),
    ("2024-04-30T09:00", "working_days:3", "none", "2024-05-09T00:00", "1-5 off; 6, 7, 8"),
    ("2024-05-10T09:00", "working_days:1", "none", "2024-05-12T00:00", "Saturday 5-11 is worked"),
    ("2024-06-07T09:00", "working_days:1", "none", "2024-06-12T00:00", "Monday 6-10 is 端午"),
    ("2024-09-13T09:00", "working_days:2", "none", "2024-09-19T00:00", "Saturday 14 worked, 15-17 off, 18"),
    ("2024-09-27T09:00", "working_days:3", "none", "2024-10-09T00:00", "Sunday 29, Monday 30, then 10-08"),
    ("2024-09-30T09:00", "working_days:5", "none", "2024-10-13T00:00", "8, 9, 10, 11, Saturday 12"),
    ("2024-09-30T17:00", "working_hours:4", "none", "2024-10-08T14:00", "0.5 h; 3 h on the 8th; 0.5 h after lunch"),
    # 元旦 and 春节 2025: off 1-28…2-04; worked Sunday 1-26 and Saturday 2-08
    ("2024-12-31T15:00", "working_days:1", "none", "2025-01-03T00:00", "1-01 off"),
    ("2024-12-27T15:00", "working_days:5", "none", "2025-01-07T00:00", "30, 31, 2, 3, 6"),
    ("2025-01-24T15:00", "working_days:2", "none", "2025-01-28T00:00", "Sunday 26 worked, Monday 27"),
    ("2025-01-27T15:00", "working_days:1", "none", "2025-02-06T00:00", "first day after 春节 is 2-05"),
    ("2025-01-27T15:00", "working_days:4", "none", "2025-02-09T00:00", "5, 6, 7, Saturday 8"),
    ("2025-01-24T15:00", "natural_days:5", "next_working_day", "2025-02-06T00:00", "29 is 春节, next worked 2-05"),
    ("2025-01-24T15:00", "natural_days:15", "next_working_day", "2025-02-09T00:00", "Saturday 2-08 is worked: stays"),
    ("2025-01-27T13:30", "working_hours:8", "none", "2025-02-05T14:30", "4 h; 3 h on 2-05; 1 h after lunch"),
    ("2025-01-28T23:15", "urgent_hours:24", "none", "2025-01-29T23:15", "round the clock, 除夕 or not"),
    # 劳动节, 端午, 国庆与中秋 2025
    ("2025-04-25T09:00", "working_days:1", "none", "2025-04-28T00:00", "Sunday 4-27 is worked"),
    ("2025-04-30T09:00", "working_days:1", "none", "2025-05-07T00:00", "1-5 off, Tuesday 6"),
    ("2025-05-30T09:00", "working_days:1", "none", "2025-06-04T00:00", "Monday 6-02 is off"),
    ("2025-09-26T09:00", "working_days:1", "none", "2025-09-29T00:00", "Sunday 9-28 is worked"),
    ("2025-09-30T09:00", "working_days:3", "none", "2025-10-12T00:00", "1-8 off; 9, 10, Saturday 11"),
    ("2025-09-30T09:00", "natural_days:7", "next_working_day", "2025-10-10T00:00", "10-07 is off, next worked 10-09"),
    ("2025-10-10T09:00", "working_days:2", "none", "2025-10-14T00:00", "Saturday 11 worked, Monday 13"),
    # 元旦 2026: off 1-01…1-03, Sunday 1-04 worked
    ("2025-12-31T09:00", "working_days:1", "none", "2026-01-05T00:00", "Sunday 1-04 is worked"),
    ("2025-12-31T09:00", "working_days:6", "none", "2026-01-10T00:00", "4, 5, 6, 7, 8, 9"),
    ("2025-12-31T17:00", "working_hours:1", "none", "2026-01-04T09:30", "0.5 h; 0.5 h on Sunday"),
    ("2025-12-31T09:00", "natural_days:2", "next_working_day", "2026-01-05T00:00", "1-02 off, next worked Sunday 4"),
    # 春节 2026: off 2-15…2-23; worked Saturdays 2-14 and 2-28
    ("2026-02-13T09:00", "working_days:1", "none", "2026-02-15T00:00", "Saturday 2-14 is worked"),
    ("2026-02-14T09:00", "working_days:1", "none", "2026-02-25T00:00", "first day after 春节 is 2-24"),
    ("2026-02-14T09:00", "working_days:5", "none", "2026-03-01T00:00", "24, 25, 26, 27, Saturday 28"),
    ("2026-02-27T09:00", "working_days:2", "none", "2026-03-03T00:00", "Saturday 28 worked, Monday 3-02"),
    ("2026-02-10T09:00", "natural_days:10", "next_working_day", "2026-02-25T00:00", "2-20 off, next worked 2-24"),
    # 清明, 劳动节, 端午, 中秋, 国庆 2026
    ("2026-04-03T09:00", "working_days:1", "none", "2026-04-08T00:00", "Monday 4-06 is off"),
    ("2026-04-30T09:00", "working_days:4", "none", "2026-05-10T00:00", "6, 7, 8, Saturday 9"),
    ("2026-06-18T09:00", "working_days:1", "none", "2026-06-23T00:00", "Friday 6-19 is 端午"),
    ("2026-09-18T09:00", "working_days:1", "none", "2026-09-21T00:00", "Sunday 9-20 is worked"),
    ("2026-09-24T09:00", "working_days:5", "none", "2026-10-10T00:00", "25 is 中秋; 28, 29, 30, 10-08, 10-09"),
    ("2026-09-30T16:00", "working_days:3", "none", "2026-10-11T00:00", "8, 9, Saturday 10"),
    ("2026-09-30T16:00", "working_hours:10", "none", "2026-10-09T10:30", "1.5 h; 7 h on the 8th; 1.5 h"),
    ("2026-10-04T10:00", "working_days:1", "none", "2026-10-09T00:00", "starts on a day off"),
    ("2026-10-04T10:00", "working_hours:2", "none", "2026-10-08T11:00", "nothing runs before the 8th, 9:00"),
    # edges of days and hours
    ("2026-09-28T12:30", "working_hours:1", "none", "2026-09-28T14:30", "starts in the lunch break"),
    ("2026-09-28T09:00", "working_hours:3", "none", "2026-09-28T12:00", "ends at noon, not after lunch"),
    ("2026-09-28T09:00", "working_hours:7", "none", "2026-09-28T17:30", "ends with the day"),
    ("2026-09-28T17:30", "working_hours:1", "none", "2026-09-29T10:00", "starts as the day ends"),
    ("2026-09-28T18:30+00:00", "working_days:1", "none", "2026-10-01T00:00", "02:30 of the 29th in Beijing"),
    ("2026-09-28T23:59:59.999999", "working_days:1", "none", "2026-09-30T00:00", "still the 28th"),
    ("2026-09-29T00:00", "working_days:1", "none", "2026-10-01T00:00", "already the 29th"),
    ("2026-09-28T23:45", "urgent_minutes:30", "none", "2026-09-29T00:15", "over midnight"),
    ("2028-02-28T09:00", "natural_days:1", "none", "2028-03-01T00:00", "leap day"),
    ("2026-10-01T10:00", "urgent_hours:24", "next_working_day", "2026-10-02T10:00", "hours have no last day"),
]  # fmt: skip

# A Friday start: Monday 19, Tuesday 20 and Wednesday 21 October 2026 are counted, due at 24:00 of the 21st.
FRIDAY = "2026-10-16T09:00"
PAUSED = [
    (FRIDAY, "working_days:3", [], "2026-10-22T00:00", "nothing paused"),
    (FRIDAY, "working_days:3", ["2026-10-17T00:00/2026-10-19T00:00"], "2026-10-22T00:00", "a weekend costs nothing"),
    (FRIDAY, "working_days:3", ["2026-10-16T10:00/2026-10-16T15:00"], "2026-10-22T00:00", "nor does the start day"),
    (FRIDAY, "working_days:3", ["2026-10-20T10:00/2026-10-20T16:00"], "2026-10-23T00:00", "6 h: due 22nd, 06:00 → 24:00"),
    (FRIDAY, "working_days:3", ["2026-10-20T00:00/2026-10-22T00:00"], "2026-10-24T00:00", "two whole days"),
    (FRIDAY, "working_days:3", ["2026-10-16T10:00/2026-10-19T12:00"], "2026-10-23T00:00", "12 h of Monday"),
    ("2026-10-14T09:00", "working_days:3", ["2026-10-16T12:00/2026-10-19T12:00"], "2026-10-21T00:00", "12 h + 12 h = one day"),
    (FRIDAY, "working_days:3", ["2026-10-22T00:00/2026-10-23T00:00"], "2026-10-22T00:00", "begins when it is due"),
    (FRIDAY, "working_days:3", ["2026-10-20T10:00/2026-10-20T14:00", "2026-10-20T12:00/2026-10-20T16:00"],
     "2026-10-23T00:00", "overlapping: 6 h, not 8"),
    (FRIDAY, "working_days:3", ["2026-10-20T00:00/2026-10-20T12:00", "2026-10-21T00:00/2026-10-21T12:00"],
     "2026-10-23T00:00", "12 h + 12 h = one day exactly"),
    (FRIDAY, "working_days:3", ["2026-10-20T10:00/2026-10-20T12:00", "2026-10-21T10:00/2026-10-21T11:00"],
     "2026-10-23T00:00", "2 h + 1 h: one day more, not two"),
    (FRIDAY, "working_days:3", ["2026-10-20T10:00/2026-10-20T20:00", "2026-10-22T23:00/2026-10-23T12:00"],
     "2026-10-24T00:00", "held in the last hour of the last day: the day of resumption is left"),
    (FRIDAY, "natural_days:5", ["2026-10-17T00:00/2026-10-19T00:00"], "2026-10-24T00:00", "natural days lose the weekend"),
    ("2026-10-19T09:00", "working_hours:4", ["2026-10-19T11:00/2026-10-19T14:00"], "2026-10-19T16:00", "1 h + 0.5 h"),
    ("2026-10-19T09:00", "working_hours:4", ["2026-10-19T12:00/2026-10-19T13:30"], "2026-10-19T14:30", "lunch"),
    ("2026-10-19T10:00", "working_hours:8", ["2026-10-19T17:30/2026-10-20T09:00"], "2026-10-20T11:00", "a night"),
    ("2026-10-17T20:00", "urgent_hours:24", ["2026-10-18T01:00/2026-10-18T04:00"], "2026-10-18T23:00", "3 h"),
    ("2026-09-30T09:00", "working_days:1", ["2026-10-01T00:00/2026-10-08T00:00"], "2026-10-09T00:00", "国庆 costs nothing"),
]  # fmt: skip


@pytest.mark.parametrize(("start", "rule", "roll", "expected", "reason"), COUNTED)
def test_due_as_counted_by_hand(start, rule, roll, expected, reason):
    found = due(Rule.parse(rule, roll), at(start), (), CALENDAR)
    assert found.due_at == at(expected), reason
    assert not found.provisional


@pytest.mark.parametrize(("start", "rule", "pauses", "expected", "reason"), PAUSED)
def test_pauses_as_counted_by_hand(start, rule, pauses, expected, reason):
    spans = [Span(*(at(edge) for edge in pause.split("/"))) for pause in pauses]
    assert due(Rule.parse(rule), at(start), spans, CALENDAR).due_at == at(expected), reason


@pytest.mark.parametrize(
    ("start", "rule", "expected"),
    [
        (FRIDAY, "working_days:5", "2026-10-23T00:00"),  # four of five days
        (FRIDAY, "working_days:1", "2026-10-19T19:12"),  # 0.8 of Monday's 24 h
        ("2026-10-19T09:00", "working_hours:10", "2026-10-20T10:00"),  # eight of ten hours
        ("2026-10-19T21:00", "urgent_hours:10", "2026-10-20T05:00"),
        ("2026-10-19T09:00", "urgent_minutes:30", "2026-10-19T09:24"),
        (FRIDAY, "natural_days:30", "2026-11-10T00:00"),  # 24 of 30 days after the 16th
    ],
)
def test_yellow_after_four_fifths_of_countable_time(start, rule, expected):
    assert due(Rule.parse(rule), at(start), (), CALENDAR).yellow_at == at(expected)


@pytest.mark.parametrize(
    ("start", "rule", "roll", "expected", "provisional"),
    [
        ("2026-12-30T09:00", "working_days:1", "none", "2027-01-01T00:00", False),  # the 31st ends the year
        ("2026-12-31T09:00", "working_days:1", "none", "2027-01-05T00:00", True),  # 元旦 Friday, weekend
        ("2027-02-04T09:00", "working_days:1", "none", "2027-02-10T00:00", True),  # 除夕 5th … 初三 8th
        ("2027-04-02T09:00", "working_days:1", "none", "2027-04-07T00:00", True),  # 清明 Monday 5th
        ("2027-06-08T09:00", "working_days:1", "none", "2027-06-11T00:00", True),  # 端午 Wednesday 9th
        ("2027-09-30T09:00", "working_days:1", "none", "2027-10-05T00:00", True),  # 国庆 1st-3rd, no bridge
        ("2026-12-31T16:30", "working_hours:2", "none", "2027-01-04T10:00", True),
        ("2026-12-31T09:00", "natural_days:1", "none", "2027-01-02T00:00", False),  # looks nothing up
        ("2026-12-31T09:00", "natural_days:1", "next_working_day", "2027-01-05T00:00", True),
        ("2026-12-31T09:00", "urgent_hours:24", "none", "2027-01-01T09:00", False),
    ],
)
def test_a_year_not_yet_published_is_provisional(start, rule, roll, expected, provisional):
    found = due(Rule.parse(rule, roll), at(start), (), CALENDAR)
    assert (found.due_at, found.provisional) == (at(expected), provisional)


def test_an_open_pause_holds_the_due_time():
    rule, start = Rule.parse("working_days:3"), at(FRIDAY)
    assert due(rule, start, [Span(at("2026-10-20T10:00"), None)], CALENDAR).due_at is None
    assert due(rule, start, [Span(at("2026-10-22T00:00"), None)], CALENDAR).due_at == at("2026-10-22T00:00")


def test_every_day_of_the_official_years_agrees_with_chinesecalendar():
    first, last = date(2004, 1, 1), date(2026, 12, 31)
    days = (date.fromordinal(n) for n in range(first.toordinal(), last.toordinal() + 1))
    assert [day for day in days if CALENDAR.is_working(day) != chinese_calendar.is_workday(day)] == []
