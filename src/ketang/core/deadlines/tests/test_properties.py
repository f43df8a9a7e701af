"""What must hold for any rule, start and pause; and a slow walk, minute by minute, as a second opinion."""

from datetime import datetime, timedelta

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from ketang.core.deadlines.measures import BASE_HOURS, measure, micros
from ketang.core.deadlines.rules import due, earlier, merged
from ketang.core.deadlines.types import Clock, Hours, Roll, Rule, Span
from ketang.kernel.calendar import Calendar, library_tables
from ketang.kernel.clock import BEIJING

CALENDAR = Calendar(library_tables())
MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)

minutes = st.integers(0, 60 * 24 * 365 * 5).map(lambda n: datetime(2023, 6, 1, tzinfo=BEIJING) + n * MINUTE)
instants = st.integers(0, 150_000_000_000_000).map(
    lambda n: datetime(2023, 6, 1, tzinfo=BEIJING) + timedelta(microseconds=n)
)
clocks = st.sampled_from(Clock)
rules = st.builds(Rule, clocks, st.integers(1, 40), st.booleans(), st.sampled_from(Roll))


@st.composite
def pauses_near(draw, start: datetime, most: int = 4) -> list[Span]:
    spans = draw(st.lists(st.tuples(st.integers(-3_000, 30_000), st.integers(1, 9_000)), max_size=most))
    return [Span(start + a * MINUTE, start + (a + b) * MINUTE) for a, b in spans]


@given(rules, instants, st.integers(1, 20))
def test_a_longer_term_is_never_due_earlier(rule, start, more):
    longer = Rule(rule.clock, rule.amount + more, roll=rule.roll)
    assert due(rule, start, (), CALENDAR).due_at <= due(longer, start, (), CALENDAR).due_at


@given(rules, instants, st.integers(0, 10_000_000))
def test_a_later_start_is_never_due_earlier(rule, start, seconds):
    later = start + timedelta(seconds=seconds)
    assert due(rule, start, (), CALENDAR).due_at <= due(rule, later, (), CALENDAR).due_at


@given(st.data(), rules, minutes)
def test_one_more_pause_never_makes_it_earlier(data, rule, start):
    spans = data.draw(pauses_near(start))
    extra = data.draw(pauses_near(start, 1))
    before, after = due(rule, start, spans, CALENDAR), due(rule, start, spans + extra, CALENDAR)
    assert before.due_at <= after.due_at
    assert before.yellow_at <= after.yellow_at


@given(st.data(), rules, minutes)
def test_yellow_comes_after_the_start_and_not_after_the_due_time(data, rule, start):
    found = due(rule, start, data.draw(pauses_near(start)), CALENDAR)
    assert start < found.yellow_at <= found.due_at


@given(st.data(), rules, minutes)
def test_a_clock_is_never_due_while_it_is_held(data, rule, start):
    spans = data.draw(pauses_near(start))
    moment = micros(due(rule, start, spans, CALENDAR).due_at)
    held = [(a, b) for a, b in merged(spans) if a < moment < b]
    assert held == []


@given(st.data(), rules, minutes)
def test_the_order_and_the_overlap_of_pauses_do_not_matter(data, rule, start):
    spans = data.draw(pauses_near(start))
    assert due(rule, start, spans, CALENDAR) == due(rule, start, [*reversed(spans), *spans], CALENDAR)


@given(st.data(), st.sampled_from([Clock.WORKING_DAYS, Clock.WORKING_HOURS]), st.integers(1, 40), minutes)
def test_a_pause_outside_countable_time_changes_nothing(data, clock, amount, start):
    """Days off cost a working clock nothing, and nights and lunch cost working hours nothing."""
    rule, day = Rule(clock, amount), start.replace(hour=0, minute=0) + data.draw(st.integers(0, 60)) * DAY
    countable = measure(clock, CALENDAR, BASE_HOURS)
    a, b = sorted(data.draw(st.tuples(st.integers(0, 1440), st.integers(0, 1440))))
    assume(a < b and countable.upto(micros(day + a * MINUTE)) == countable.upto(micros(day + b * MINUTE)))
    span = Span(day + a * MINUTE, day + b * MINUTE)
    assert due(rule, start, [span], CALENDAR) == due(rule, start, (), CALENDAR)


@given(instants, st.integers(1, 40), st.integers(1, 40), st.sampled_from([c for c in Clock if not c.in_days]))
def test_hours_add_up(start, first, second, clock):
    half = due(Rule(clock, first), start, (), CALENDAR).due_at
    whole = due(Rule(clock, first + second), start, (), CALENDAR).due_at
    assert due(Rule(clock, second), half, (), CALENDAR).due_at == whole


@given(instants, st.integers(1, 10_000))
def test_sixty_minutes_are_an_hour(start, hours):
    minutely, hourly = Rule(Clock.URGENT_MINUTES, 60 * hours), Rule(Clock.URGENT_HOURS, hours)
    assert due(minutely, start, (), CALENDAR) == due(hourly, start, (), CALENDAR)


@given(st.data(), instants, st.integers(1, 40))
def test_days_end_at_midnight_and_rolled_ones_end_a_working_day(data, start, amount):
    clock = data.draw(st.sampled_from([Clock.NATURAL_DAYS, Clock.WORKING_DAYS]))
    end = due(Rule(clock, amount, roll=Roll.NEXT_WORKING_DAY), start, (), CALENDAR).due_at
    assert (end.hour, end.minute, end.second, end.microsecond) == (0, 0, 0, 0)
    assert CALENDAR.is_working((end - MINUTE).date())


@given(st.data(), instants, st.integers(1, 40), clocks)
def test_the_margin_below_a_due_time_is_the_rule_itself(data, at, amount, clock):
    back = earlier(Rule(clock, amount), at, CALENDAR)
    countable = measure(clock, CALENDAR, BASE_HOURS)
    unit = {Clock.URGENT_MINUTES: MINUTE}.get(clock, DAY if clock.in_days else timedelta(hours=1))
    assert countable.upto(micros(at)) - countable.upto(micros(back)) == amount * (
        unit // timedelta(microseconds=1)
    )


def walk(rule: Rule, start: datetime, span: Span, hours: Hours) -> datetime:
    """Count minute by minute; then days are rounded up to 24:00."""
    at, left = start, rule.amount * {"d": 1440, "h": 60, "m": 1}[_unit(rule.clock)]
    if rule.clock.in_days:
        at = start.replace(hour=0, minute=0) + DAY
    while left:
        held = span.start <= at < span.end
        left -= not held and _counts(rule.clock, at, hours)
        at += MINUTE
    if not rule.clock.in_days or (at.hour, at.minute) == (0, 0):
        return at
    return at.replace(hour=0, minute=0) + DAY


def _unit(clock: Clock) -> str:
    return "d" if clock.in_days else "m" if clock is Clock.URGENT_MINUTES else "h"


def _counts(clock: Clock, at: datetime, hours: Hours) -> bool:
    if clock is Clock.WORKING_DAYS:
        return CALENDAR.is_working(at.date())
    if clock is Clock.WORKING_HOURS:
        of_day = (at.hour * 60 + at.minute) * 60_000_000
        return CALENDAR.is_working(at.date()) and any(a <= of_day < b for a, b in hours.stretches)
    return True


@settings(max_examples=60, deadline=None)
@given(
    clocks,
    st.integers(1, 6),
    minutes,
    st.integers(-500, 4_000),
    st.integers(1, 6_000),
    st.sampled_from(["09:00-12:00,13:30-17:30", "08:30-11:30,14:00-18:00", "00:00-24:00", "22:00-24:00"]),
)
def test_counting_agrees_with_a_walk_minute_by_minute(clock, amount, start, offset, length, working):
    rule, hours = Rule(clock, amount), Hours.parse(working)
    span = Span(start + offset * MINUTE, start + (offset + length) * MINUTE)
    assert due(rule, start, [span], CALENDAR, hours).due_at == walk(rule, start, span, hours)
