"""When is it due? Pure: no Django, no clock of its own.

Every clock is a measure of *countable time*: how much of it lies before an instant (``upto``), and at
which instant so much has run (``reach``). Pauses take their overlap with countable time away, days are
rounded up to 24:00, and art. 203 of the Civil Code moves a last day that is no working day.
Inside, an instant is an integer: microseconds of Beijing time since 2004-01-01 00:00 (China has had no
summer time since 1991, so Beijing time is UTC+8 throughout).
"""

from bisect import bisect_right
from collections.abc import Callable, Sequence
from datetime import datetime, time, timedelta, timezone
from functools import lru_cache
from itertools import accumulate
from typing import Protocol

from ketang.core.deadlines.types import (
    DAY,
    BadPause,
    Clock,
    Due,
    Hours,
    Light,
    NoTimeZone,
    Roll,
    Rule,
    Span,
    Term,
)
from ketang.kernel.calendar import DAYS, FIRST, Calendar, OutsideCalendar, day_of
from ketang.kernel.clock import BEIJING

HOUR = 3_600_000_000
MINUTE = 60_000_000
END = DAYS * DAY
_EPOCH = datetime.combine(FIRST, time(), timezone(timedelta(hours=8)))
_BEIJING_EPOCH = datetime.combine(FIRST, time(), BEIJING)


_ROUND_THE_CLOCK = Hours(((0, DAY),))
BASE_HOURS = Hours.parse("09:00-12:00,13:30-17:30")


class Measure(Protocol):
    """Countable time: ``upto`` never falls, and ``reach`` is the earliest instant with so much of it."""

    def upto(self, at: int) -> int: ...
    def reach(self, amount: int) -> int: ...


class Continuous:
    """Every instant counts: natural days, urgent hours and minutes."""

    def upto(self, at: int) -> int:
        return at

    def reach(self, amount: int) -> int:
        return amount


class Worked:
    """Only ``hours`` of working days count; a working day as such is its 24 hours."""

    def __init__(self, calendar: Calendar, hours: Hours) -> None:
        self.working, self.before, self.days = calendar.working, calendar.worked_before, calendar.work_days
        self.opens = [start for start, _ in hours.stretches]
        lengths = [end - start for start, end in hours.stretches]
        self.lengths = lengths
        self.run = [0, *accumulate(lengths)]
        self.per_day = self.run[-1]

    def upto(self, at: int) -> int:
        day, rest = divmod(at, DAY)
        whole = self.before[day] * self.per_day
        if day >= DAYS or not self.working[day]:
            return whole
        stretch = bisect_right(self.opens, rest) - 1
        if stretch < 0:
            return whole
        return whole + self.run[stretch] + min(rest - self.opens[stretch], self.lengths[stretch])

    def reach(self, amount: int) -> int:
        days, rest = divmod(amount - 1, self.per_day)
        stretch = bisect_right(self.run, rest) - 1
        if days >= len(self.days):
            raise OutsideCalendar(when="2099 年以后")
        return self.days[days] * DAY + self.opens[stretch] + rest - self.run[stretch] + 1


_CONTINUOUS = Continuous()
UNIT = {
    Clock.NATURAL_DAYS: DAY,
    Clock.WORKING_DAYS: DAY,
    Clock.URGENT_HOURS: HOUR,
    Clock.WORKING_HOURS: HOUR,
    Clock.URGENT_MINUTES: MINUTE,
}


@lru_cache(maxsize=64)
def _worked(calendar: Calendar, hours: Hours) -> Worked:
    return Worked(calendar, hours)


def measure(clock: Clock, calendar: Calendar, hours: Hours) -> Measure:
    if clock is Clock.WORKING_DAYS:
        return _worked(calendar, _ROUND_THE_CLOCK)
    if clock is Clock.WORKING_HOURS:
        return _worked(calendar, hours)
    return _CONTINUOUS


Pauses = tuple[tuple[int, int | None], ...]


def due(
    rule: Rule,
    start: datetime,
    pauses: Sequence[Span],
    calendar: Calendar,
    hours: Hours = BASE_HOURS,
    yellow_percent: int = 80,
) -> Due:
    """The due time of ``rule`` from ``start``. Raises OutsideCalendar, BadPause or NoTimeZone."""
    begin, stops = begin_of(rule, start), merged(pauses) if pauses else ()
    plan = _due_of_day if rule.clock.in_days else _due
    return plan(rule, begin, stops, calendar, hours, yellow_percent)


def begin_of(rule: Rule, start: datetime) -> int:
    """From when time counts: the instant itself, or 24:00 of the start day."""
    at = micros(start)
    return at - at % DAY + DAY if rule.clock.in_days else at


def _due(rule: Rule, begin: int, pauses: Pauses, calendar: Calendar, hours: Hours, percent: int) -> Due:
    countable = measure(rule.clock, calendar, hours)
    before, need = countable.upto(begin), rule.amount * UNIT[rule.clock]
    yellow = _walk(countable, before + need * percent // 100, begin, pauses, lambda at: at)
    last = _walk(countable, before + need, begin, pauses, lambda at: finish(rule, at, calendar))
    foreseen = unpublished(rule, begin, last, calendar)
    return Due(instant(last), instant(yellow), bool(foreseen), calendar.version)


# A bulk load asks for the same rule and day over and over.
_due_of_day = lru_cache(maxsize=65_536)(_due)


def _walk(
    countable: Measure, target: int, begin: int, pauses: Pauses, finish: Callable[[int], int]
) -> int | None:
    """When ``target`` has run. A pause that begins before that instant adds its own countable time; one that
    begins in the rest of the last day, or in days that art. 203 adds, leaves the day of resumption."""
    at = finish(countable.reach(target))
    for start, end in pauses:
        if start >= at:
            break
        if end is None:
            return None
        if end > begin:
            lost = countable.upto(end) - countable.upto(max(start, begin))
            target = max(target + lost, countable.upto(end) + 1)
            at = finish(countable.reach(target))
    return at


def finish(rule: Rule, at: int, calendar: Calendar) -> int:
    """Day clocks end at 24:00; art. 203 moves the end of a day off to the end of the next working day. It
    speaks of a last day, so terms in hours do not roll: they would be due later than a longer term."""
    if not rule.clock.in_days:
        return at
    day = (at - 1) // DAY
    if rule.roll is Roll.NEXT_WORKING_DAY and not (day < DAYS and calendar.working[day]):
        return (calendar.next_working(day) + 1) * DAY
    return (day + 1) * DAY


def unpublished(rule: Rule, begin: int, due_at: int | None, calendar: Calendar) -> list[int]:
    """Years without an official table among the days looked up: every day for working clocks, only the last
    one where a roll asks, none for clocks that run through. What ends at 24:00 ends on that day."""
    end = day_of((begin if due_at is None else max(begin, due_at - 1)) // DAY)
    if rule.clock in (Clock.WORKING_DAYS, Clock.WORKING_HOURS):
        years = range(day_of(begin // DAY).year, end.year + 1)
    else:
        years = range(end.year, end.year + (rule.clock.in_days and rule.roll is not Roll.NONE))
    return [year for year in years if year not in calendar.official]


def term_due(term: Term, calendar: Calendar, hours: Hours = BASE_HOURS, yellow_percent: int = 80) -> Due:
    """The due time of a whole term: a bound from outside, or the count with its extensions in a row."""
    if term.fixed is not None:
        return bounded(term.rule, term.start, term.fixed, calendar, hours, yellow_percent)
    first, *more = _in_a_row(term)
    out = due(first, term.start, term.pauses, calendar, hours, yellow_percent)
    for rule in more:
        if out.due_at is None:
            return out
        longer = due(rule, going_on(rule, out.due_at), term.pauses, calendar, hours, yellow_percent)
        out = longer._replace(provisional=longer.provisional or out.provisional)
    if term.cap is not None and out.due_at is not None and term.cap < out.due_at:
        return bounded(term.rule, term.start, term.cap, calendar, hours, yellow_percent)
    return out


def going_on(rule: Rule, due_at: datetime) -> datetime:
    """The start of a rule that goes on from a due time: 24:00 of the last day is already the next day, and
    the day one starts on would not be counted."""
    return due_at - timedelta(microseconds=1) if rule.clock.in_days else due_at


def _in_a_row(term: Term) -> list[Rule]:
    """Rule and extensions; those of one clock without roll are one longer count, lights included."""
    out = [term.rule]
    for rule in term.extensions:
        if rule.clock is out[-1].clock and rule.roll is out[-1].roll is Roll.NONE:
            out[-1] = out[-1].longer(rule)
        else:
            out.append(rule)
    return out


def bounded(
    rule: Rule,
    start: datetime,
    limit: datetime,
    calendar: Calendar,
    hours: Hours = BASE_HOURS,
    yellow_percent: int = 80,
) -> Due:
    """A due time set from outside (an upstream's, a cap): yellow at 80 % of the countable time up to it."""
    begin, end = begin_of(rule, start), micros(limit)
    countable = measure(rule.clock, calendar, hours)
    if countable.upto(end) <= countable.upto(begin):
        countable, begin = _CONTINUOUS, min(micros(start), end)
    before = countable.upto(begin)
    yellow = countable.reach(before + max(1, (countable.upto(end) - before) * yellow_percent // 100))
    return Due(instant(end), instant(min(yellow, end)), False, calendar.version)


def earlier(rule: Rule, at: datetime, calendar: Calendar, hours: Hours = BASE_HOURS) -> datetime:
    """The instant from which just ``rule`` of countable time is left up to ``at``: an upstream due time
    minus its margin. Of two equal instants (noon, end of the lunch break) the earlier one."""
    countable = measure(rule.clock, calendar, hours)
    left = countable.upto(micros(at)) - rule.amount * UNIT[rule.clock]
    if left < 1:
        raise OutsideCalendar(when="2004 年以前")
    return _instant(countable.reach(left))


def light(now: datetime, yellow_at: datetime | None, due_at: datetime | None) -> Light:
    """0–80–100 %: near from ``yellow_at`` on, passed from ``due_at`` on; normal while paused."""
    if due_at is not None and now >= due_at:
        return Light.PASSED
    if yellow_at is not None and due_at is not None and now >= yellow_at:
        return Light.NEAR
    return Light.NORMAL


def is_quiet(at: datetime, quiet: tuple[time, time]) -> bool:
    """Whether only P1 may ring. ``quiet`` may run over midnight, as 22:00–06:30 does."""
    start, end = quiet
    now = at.astimezone(BEIJING).time()
    return start <= now < end if start <= end else now >= start or now < end


def merged(pauses: Sequence[Span]) -> Pauses:
    """Ascending, without overlaps, in microseconds; an open pause swallows what follows it."""
    out: list[tuple[int, int | None]] = []
    for start, end in sorted(map(_in_micros, pauses), key=lambda pause: pause[0]):
        if end is not None and end <= start:
            raise BadPause(text=f"{_instant(start).isoformat()}/{_instant(end).isoformat()}", field="pause")
        last = out[-1] if out else None
        if last is None or (last[1] is not None and start > last[1]):
            out.append((start, end))
        elif last[1] is not None:
            out[-1] = (last[0], None if end is None else max(last[1], end))
    return tuple(out)


def _in_micros(pause: Span) -> tuple[int, int | None]:
    return micros(pause.start), None if pause.end is None else micros(pause.end)


def micros(at: datetime) -> int:
    """Microseconds of Beijing time since 2004-01-01; raises NoTimeZone or OutsideCalendar."""
    if at.tzinfo is None:
        raise NoTimeZone(text=at.isoformat())
    since = at - _EPOCH
    value = since.days * DAY + since.seconds * 1_000_000 + since.microseconds
    if not 0 <= value < END:
        raise OutsideCalendar(when=at.isoformat())
    return value


def instant(value: int | None) -> datetime | None:
    return None if value is None else _instant(value)


def _instant(value: int) -> datetime:
    if value > END:
        raise OutsideCalendar(when="2099 年以后")
    return _BEIJING_EPOCH + timedelta(microseconds=value)
