"""Clocks in the database: start, pause, resume, stop, extend, replace, bounds that follow."""

from datetime import timedelta

import pytest
from django.db import transaction

from ketang.core.deadlines import api
from ketang.core.deadlines.models import Deadline
from ketang.core.deadlines.testing import beijing, started
from ketang.core.deadlines.types import ClockMissing, ClockRunning, Rule, StartClock

pytestmark = pytest.mark.django_db
FRIDAY = beijing("2026-10-16T09:00")
DAYS = "working_days:3"  # 19, 20, 21 October


def clock(name: str):
    return next(c for c in api.of("case", 1) if c.name == name)


def test_several_clocks_start_with_one_insert(django_assert_num_queries):
    clocks = [
        StartClock("respond", Rule.parse("urgent_hours:24"), FRIDAY),
        StartClock("resolve", Rule.parse(DAYS), FRIDAY),
    ]
    api.due_of(clocks[0])  # the playbook is looked at before
    with django_assert_num_queries(1):
        dues = api.start("case", 1, clocks, playbook="", at=FRIDAY)
    assert dues["respond"].due_at == beijing("2026-10-17T09:00")
    assert dues["resolve"].due_at == clock("resolve").due_at == beijing("2026-10-22T00:00")


def test_a_started_clock_keeps_all_that_its_due_time_follows_from():
    started("resolve", "review:natural_days:30", FRIDAY, roll="next_working_day", ring=True)
    kept = clock("resolve")
    assert (kept.rule, kept.roll, kept.started_at) == ("review:natural_days:30", "next_working_day", FRIDAY)
    assert kept.calendar.startswith("cn2026-")
    assert kept.ring
    assert kept.running


def test_planning_starts_nothing():
    assert api.plan(Rule.parse(DAYS), FRIDAY).due_at == beijing("2026-10-22T00:00")
    assert api.of("case", 1) == []


def test_a_clock_never_restarts():
    started("resolve", DAYS, FRIDAY)
    with pytest.raises(ClockRunning), transaction.atomic():
        started("resolve", DAYS, FRIDAY + timedelta(days=1))


def test_a_stopped_clock_may_be_followed_by_another_round():
    started("resolve", DAYS, FRIDAY)
    assert api.stop("case", 1, ["resolve"], FRIDAY) == 1
    started("resolve", DAYS, FRIDAY + timedelta(days=7))
    assert [c.running for c in api.of("case", 1)] == [False, True]


def test_clocks_of_two_parties_run_side_by_side_and_stop_apart():
    for party in (7, 8):
        started("support", DAYS, FRIDAY, party_id=party)
    assert api.stop("case", 1, ["support"], FRIDAY, party_id=7) == 1
    assert [(c.party_id, c.running) for c in api.of("case", 1)] == [(7, False), (8, True)]


def test_a_pause_adds_the_lost_countable_time():
    started("resolve", DAYS, FRIDAY)
    assert api.pause("case", 1, beijing("2026-10-20T10:00")) == 1
    assert api.pause("case", 1, beijing("2026-10-20T11:00")) == 0
    assert not clock("resolve").running
    dues = api.resume("case", 1, beijing("2026-10-22T10:00"))
    assert dues["resolve"].due_at == beijing("2026-10-24T00:00")  # 48 h of working days
    assert clock("resolve").due_at == beijing("2026-10-24T00:00")
    assert clock("resolve").running


def test_two_pauses_add_up():
    started("resolve", DAYS, FRIDAY)
    for day in (20, 21):
        api.pause("case", 1, beijing(f"2026-10-{day}T00:00"))
        api.resume("case", 1, beijing(f"2026-10-{day}T12:00"))
    assert clock("resolve").due_at == beijing("2026-10-23T00:00")
    assert len(clock("resolve").pauses) == 2


def test_what_has_passed_is_not_paused_any_more():
    started("respond", "urgent_hours:2", FRIDAY)
    started("resolve", DAYS, FRIDAY)
    assert api.pause("case", 1, FRIDAY + timedelta(hours=2)) == 1
    assert clock("respond").running


def test_resuming_what_is_not_paused_changes_nothing():
    started("resolve", DAYS, FRIDAY)
    assert api.resume("case", 1, FRIDAY) == {}


def test_an_extension_goes_on_from_the_due_time():
    started("resolve", DAYS, FRIDAY)
    due = api.extend("case", 1, "resolve", Rule.parse("working_days:2"), FRIDAY)
    assert due.due_at == beijing("2026-10-24T00:00")
    assert due.yellow_at == beijing("2026-10-23T00:00")  # four of five days


def test_an_extension_in_another_clock_goes_on_from_the_end_of_the_last_day():
    started("resolve", DAYS, FRIDAY)
    assert api.extend("case", 1, "resolve", Rule.parse("natural_days:4"), FRIDAY).due_at == beijing(
        "2026-10-26T00:00"
    )
    assert api.extend("case", 1, "resolve", Rule.parse("urgent_hours:5"), FRIDAY).due_at == beijing(
        "2026-10-26T05:00"
    )


def test_an_extension_of_a_rolled_term_goes_on_from_the_rolled_day():
    started("resolve", "natural_days:1", beijing("2026-09-30T09:00"), roll="next_working_day")
    due = api.extend("case", 1, "resolve", Rule.parse("natural_days:1"), FRIDAY)
    assert due.due_at == beijing("2026-10-10T00:00")  # rolled to the 8th, then the 9th


def test_an_extension_stays_when_a_pause_ends_later():
    started("resolve", DAYS, FRIDAY)
    api.extend("case", 1, "resolve", Rule.parse("working_days:2"), FRIDAY)
    api.pause("case", 1, beijing("2026-10-20T00:00"))
    assert api.resume("case", 1, beijing("2026-10-21T00:00"))["resolve"].due_at == beijing("2026-10-27T00:00")


def test_another_kind_counts_from_the_same_start_and_keeps_pauses():
    started("resolve", DAYS, FRIDAY)
    api.pause("case", 1, beijing("2026-10-19T00:00"))
    api.resume("case", 1, beijing("2026-10-20T00:00"))
    late = beijing("2026-10-20T10:00")
    due = api.replace("case", 1, "resolve", Rule.parse("natural_days:10"), late, playbook="0123456789ab")
    assert due.due_at == beijing("2026-10-28T00:00")
    assert (clock("resolve").rule, clock("resolve").playbook) == ("natural_days:10", "0123456789ab")


def test_another_kind_leaves_a_clock_that_has_stopped():
    started("respond", "urgent_hours:2", FRIDAY)
    api.stop("case", 1, ["respond"], FRIDAY)
    assert api.replace(
        "case", 1, "respond", Rule.parse("urgent_hours:9"), FRIDAY
    ).due_at == FRIDAY + timedelta(hours=2)


def test_extending_a_clock_that_does_not_run_says_so():
    with pytest.raises(ClockMissing):
        api.extend("case", 1, "resolve", Rule.parse(DAYS), FRIDAY)


def test_a_due_time_from_outside_overrides_the_count_and_moves_by_extensions():
    upstream = beijing("2026-10-20T18:00")
    due = started("resolve", DAYS, FRIDAY, fixed=upstream)
    assert due.due_at == upstream
    assert FRIDAY < due.yellow_at < upstream
    assert not due.provisional
    extended = api.extend("case", 1, "resolve", Rule.parse("urgent_hours:6"), FRIDAY)
    assert extended.due_at == beijing("2026-10-21T00:00")


def test_a_new_time_from_upstream_is_taken():
    started("resolve", DAYS, FRIDAY, fixed=beijing("2026-10-20T18:00"))
    new = beijing("2026-10-30T18:00")
    assert api.fix("case", 1, "resolve", new, FRIDAY).due_at == clock("resolve").due_at == new


def test_a_cap_only_makes_it_earlier():
    assert started("support", DAYS, FRIDAY, cap=beijing("2026-12-01T00:00")).due_at == beijing(
        "2026-10-22T00:00"
    )
    cap = beijing("2026-10-20T00:00")
    assert started("support", DAYS, FRIDAY, subject=2, cap=cap).due_at == cap


def test_bounds_move_with_the_clock_they_follow():
    due = started("resolve", DAYS, FRIDAY).due_at
    started("lead", "working_days:1", FRIDAY, party_id=7, fixed=due, follows="resolve")
    started("support", "working_days:5", FRIDAY, party_id=8, cap=due, follows="resolve")
    later = api.extend("case", 1, "resolve", Rule.parse("working_days:1"), FRIDAY).due_at
    assert clock("lead").due_at == clock("support").due_at == later
    api.pause("case", 1, beijing("2026-10-20T00:00"))
    dues = api.resume("case", 1, beijing("2026-10-21T00:00"))
    assert {name: due.due_at for name, due in dues.items()} == dict.fromkeys(
        ("resolve", "lead", "support"), beijing("2026-10-24T00:00")
    )


def test_rows_for_a_bulk_load_are_the_rows_that_start_writes():
    clock = StartClock("resolve", Rule.parse(DAYS), FRIDAY)
    api.start("case", 1, [clock], playbook="", at=FRIDAY)
    [row] = api.plan_many("case", [(1, clock)], playbook="")
    stored = Deadline.objects.values_list(*api.COLUMNS).get()
    assert row == stored
    assert Deadline._meta.db_table == api.TABLE


def test_the_internal_due_time_is_the_upstream_one_less_the_margin():
    upstream = beijing("2026-10-20T17:30")
    assert api.before_upstream(upstream) == beijing("2026-10-20T12:00")  # four working hours earlier
    assert api.before_upstream(upstream, at=FRIDAY) == beijing("2026-10-20T12:00")


def test_the_margin_takes_at_most_half_of_the_time_that_is_left():
    upstream = beijing("2026-10-20T17:30")
    assert api.before_upstream(upstream, at=upstream - timedelta(hours=4)) == upstream - timedelta(hours=2)
    assert api.before_upstream(upstream, at=upstream + timedelta(hours=1)) == upstream


def test_a_due_time_can_be_accounted_for():
    started("resolve", DAYS, FRIDAY)
    [row] = Deadline.objects.all()
    account = api.account_of(row.pk)
    assert account.agrees
    assert account.clock.calendar == row.calendar
    assert any("2026-10-21 周三 工作日 · 计，第 3 日" in line for line in account.lines)
    with pytest.raises(ClockMissing):
        api.account_of(0)


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        ("2026-10-21T00:00", "normal"),
        ("2026-10-21T09:36", "near"),
        ("2026-10-21T23:59", "near"),
        ("2026-10-22T00:00", "passed"),
    ],
)
def test_lights_are_derived(now, expected):
    due = api.plan(Rule.parse(DAYS), FRIDAY)
    assert api.light(beijing(now), due.yellow_at, due.due_at) == expected


@pytest.mark.parametrize(
    ("now", "quiet"),
    [
        ("2026-10-21T21:59", False),
        ("2026-10-21T22:00", True),
        ("2026-10-22T06:29", True),
        ("2026-10-22T06:30", False),
    ],
)
def test_quiet_hours_run_over_midnight(now, quiet):
    assert api.is_quiet(beijing(now)) is quiet
