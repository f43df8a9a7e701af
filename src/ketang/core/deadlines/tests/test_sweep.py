"""The worker's part: every threshold is told of once, whoever looks and however late."""

from datetime import datetime, timedelta

import pytest
from click.testing import CliRunner
from django.db import connection

from ketang.core.audit.testing import at_once
from ketang.core.deadlines import api, book, sweep
from ketang.core.deadlines.events import DeadlineNear, DeadlinePassed, DueRestated
from ketang.core.deadlines.management.cli import deadline
from ketang.core.deadlines.models import CalendarVersion, Deadline
from ketang.core.deadlines.testing import beijing, on_calendar, started
from ketang.core.deadlines.types import Rule
from ketang.core.outbox.models import OutboxMessage
from ketang.core.outbox.registry import decode
from ketang.kernel.calendar import Calendar, library_tables, statutory

pytestmark = pytest.mark.django_db
FRIDAY = beijing("2026-10-16T09:00")
HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def _own_calendar():
    yield
    book.forget()


def told() -> list[object]:
    rows = OutboxMessage.objects.filter(topic__in=["DeadlineNear", "DeadlinePassed", "DueRestated"]).order_by(
        "id"
    )
    return [decode(row.topic, row.payload) for row in rows]


def names() -> list[tuple[str, str]]:
    return [(type(event).__name__, event.name) for event in told()]


def test_near_and_passed_are_told_once_each():
    started("respond", "urgent_hours:10", FRIDAY, ring=True)
    for hours in (7.9, 8, 8.1, 9.9, 10, 10.1, 100):
        sweep.sweep(FRIDAY + hours * HOUR)
    near, passed = told()
    assert isinstance(near, DeadlineNear)
    assert isinstance(passed, DeadlinePassed)
    assert near.ring
    assert not near.overtaken
    assert passed.due_at == FRIDAY + 10 * HOUR


def test_nothing_is_told_before_its_time():
    started("respond", "urgent_hours:10", FRIDAY)
    assert sweep.sweep(FRIDAY + 7.99 * HOUR) == 0
    assert told() == []


def test_after_a_day_down_each_threshold_is_told_exactly_once():
    started("respond", "urgent_hours:10", FRIDAY)
    started("resolve", "working_days:3", FRIDAY)
    started("respond", "urgent_hours:24", FRIDAY, subject=2)
    back = FRIDAY + 24 * HOUR
    assert sweep.sweep(back) == 2
    assert sweep.sweep(back) == 0
    assert sorted(names()) == [("DeadlineNear", "respond")] * 2 + [("DeadlinePassed", "respond")] * 2
    assert [event.overtaken for event in told() if isinstance(event, DeadlineNear)] == [True, True]


def test_many_late_clocks_are_all_caught_up(monkeypatch):
    monkeypatch.setattr(sweep, "BATCH", 3)
    for subject in range(10):
        started("respond", "urgent_hours:1", FRIDAY, subject=subject)
    assert sweep.sweep(FRIDAY + 24 * HOUR) == 10
    assert len(told()) == 20


def test_of_two_sweepers_that_read_the_same_row_one_tells():
    started("respond", "urgent_hours:10", FRIDAY)
    mine, other = Deadline.objects.get(), Deadline.objects.get()
    late = FRIDAY + 11 * HOUR
    assert sweep._tell(mine, late) is True
    assert sweep._tell(other, late) is False  # another worker got there first
    assert len(told()) == 2


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_sweepers_at_once_tell_each_threshold_once():
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has one writer; the test above plays the race in order")
    for subject in range(40):
        started("respond", "urgent_hours:1", FRIDAY, subject=subject)
    late = FRIDAY + 24 * HOUR
    assert sum(at_once(*[lambda: sweep.sweep(late)] * 3)) == 40
    keys = list(OutboxMessage.objects.values_list("key", flat=True))
    assert len(keys) == len(set(keys)) == 80


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_restate_each_due_time_once():
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has one writer")
    for subject in range(20):
        started("resolve", "working_days:1", beijing("2026-12-31T09:00"), subject=subject)
    with on_calendar(published(bridge=True)):
        assert sum(at_once(*[lambda: api.recompute_provisional(FRIDAY)] * 3)) == 20
    assert len(told()) == 20


def test_a_clock_stopped_or_paused_in_time_says_nothing():
    started("respond", "urgent_hours:10", FRIDAY)
    started("resolve", "urgent_hours:20", FRIDAY)
    api.stop("case", 1, ["respond"], FRIDAY + HOUR)
    api.pause("case", 1, FRIDAY + HOUR)
    sweep.sweep(FRIDAY + 100 * HOUR)
    assert told() == []


def test_a_clock_stopped_between_reading_and_claiming_says_nothing():
    started("respond", "urgent_hours:10", FRIDAY)
    read = Deadline.objects.get()
    api.stop("case", 1, None, FRIDAY + HOUR)
    assert sweep._tell(read, FRIDAY + 11 * HOUR) is False
    assert told() == []


def test_a_resumed_clock_tells_at_its_new_times():
    started("respond", "urgent_hours:10", FRIDAY)
    api.pause("case", 1, FRIDAY + 2 * HOUR)
    api.resume("case", 1, FRIDAY + 50 * HOUR)
    sweep.sweep(FRIDAY + 55 * HOUR)
    assert told() == []
    sweep.sweep(FRIDAY + 57 * HOUR)
    assert names() == [("DeadlineNear", "respond")]


def test_an_extension_makes_new_thresholds_that_are_told_once_more():
    started("respond", "urgent_hours:10", FRIDAY)
    sweep.sweep(FRIDAY + 9 * HOUR)
    api.extend("case", 1, "respond", Rule.parse("urgent_hours:10"), FRIDAY + 9 * HOUR)
    sweep.sweep(FRIDAY + 15 * HOUR)
    assert len(told()) == 1
    sweep.sweep(FRIDAY + 30 * HOUR)
    assert names() == [
        ("DeadlineNear", "respond"),
        ("DeadlineNear", "respond"),
        ("DeadlinePassed", "respond"),
    ]


def test_a_start_long_ago_is_told_of_at_once():
    started("respond", "urgent_hours:10", FRIDAY - 100 * HOUR)
    assert sweep.sweep(FRIDAY) == 1


def test_looking_for_late_clocks_reads_one_small_index(django_assert_num_queries):
    started("respond", "urgent_hours:10", FRIDAY)
    with django_assert_num_queries(1):
        sweep.sweep(FRIDAY)


def published(bridge: bool) -> Calendar:
    """2027 as if it were published; with ``bridge`` Monday 4 January is off as well."""
    year = statutory(2027)
    off = {**year.off, datetime(2027, 1, 4).date(): "元旦"} if bridge else year.off
    return Calendar([*library_tables(), type(year)(2027, off)])


def test_the_official_table_restates_provisional_due_times_with_an_event():
    started("resolve", "working_days:1", beijing("2026-12-31T09:00"))
    assert Deadline.objects.get().provisional
    with on_calendar(published(bridge=True)) as calendar:
        assert api.recompute_provisional(FRIDAY) == 1
        assert api.recompute_provisional(FRIDAY) == 0
    [event] = told()
    assert isinstance(event, DueRestated)
    assert (event.old_due_at, event.due_at) == (beijing("2027-01-05T00:00"), beijing("2027-01-06T00:00"))
    assert (event.provisional, event.calendar) == (False, calendar.version)
    row = Deadline.objects.get()
    assert (row.due_at, row.calendar, row.provisional) == (event.due_at, calendar.version, False)


def test_a_confirmed_due_time_is_said_too():
    started("resolve", "working_days:1", beijing("2026-12-31T09:00"))
    with on_calendar(published(bridge=False)):
        assert api.recompute_provisional(FRIDAY) == 1
    [event] = told()
    assert event.old_due_at == event.due_at
    assert not event.provisional


def test_what_stays_as_foreseen_is_not_news():
    """Still provisional, same time: only the calendar's name on the clock is new."""
    started("resolve", "working_days:1", beijing("2028-02-01T09:00"))
    with on_calendar(published(bridge=True)) as calendar:
        assert api.recompute_provisional(FRIDAY) == 0
    assert told() == []
    assert Deadline.objects.get().calendar == calendar.version


def test_what_is_not_provisional_or_has_stopped_is_left_alone():
    started("resolve", "working_days:1", FRIDAY)
    started("resolve", "working_days:1", beijing("2026-12-31T09:00"), subject=2)
    api.stop("case", 2, None, FRIDAY)
    with on_calendar(published(bridge=True)):
        assert api.recompute_provisional(FRIDAY) == 0
    assert told() == []


def test_an_old_due_time_is_recomputed_with_the_calendar_of_its_day():
    api.recompute_provisional(FRIDAY)  # keeps today's tables
    started("resolve", "working_days:1", beijing("2026-12-31T09:00"))
    row = Deadline.objects.get()
    with on_calendar(published(bridge=True)):
        account = api.account_of(row.pk)
    assert account.calendar_known
    assert account.agrees
    assert CalendarVersion.objects.filter(version=row.calendar).exists()


def test_a_calendar_that_was_never_kept_is_said_to_be_unknown():
    started("resolve", "working_days:1", beijing("2026-12-31T09:00"))
    with on_calendar(published(bridge=True)):
        account = api.account_of(Deadline.objects.get().pk)
    assert not account.calendar_known
    assert not account.agrees


def test_an_installed_table_reaches_the_worker_and_the_command(tmp_path, monkeypatch):
    monkeypatch.setenv("KETANG_PLAYBOOKS", str(tmp_path))
    started("resolve", "working_days:1", beijing("2026-12-31T09:00"))
    (tmp_path / "calendars").mkdir()
    (tmp_path / "calendars" / "2027.yaml").write_text(
        "year: 2027\nholidays: {元旦: [2027-01-01, 2027-01-04]}\n"
    )
    book.forget()
    done = CliRunner().invoke(deadline, ["recompute"])
    book.forget()
    assert (done.exit_code, done.output) == (0, "重算了 1 个计时 · 1 clocks counted again\n")
    assert Deadline.objects.get().due_at == beijing("2027-01-06T00:00")


def test_a_broken_table_in_the_folder_does_not_stop_the_house(tmp_path, monkeypatch):
    monkeypatch.setenv("KETANG_PLAYBOOKS", str(tmp_path))
    (tmp_path / "calendars").mkdir()
    (tmp_path / "calendars" / "2027.yaml").write_text("year: 2027\n")
    book.forget()
    assert started("resolve", "working_days:3", FRIDAY).due_at == beijing("2026-10-22T00:00")
