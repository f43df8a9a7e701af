"""Countable time: how much of it lies before an instant, and at which instant so much has run. Pure.

An instant is an integer here: microseconds of Beijing time since 2004-01-01 00:00 (China has had no summer
time since 1991, so Beijing time is UTC+8 throughout).
"""

from bisect import bisect_right
from datetime import datetime, time, timedelta, timezone
from functools import lru_cache
from itertools import accumulate
from typing import Protocol

from ketang.core.deadlines.types import DAY, Clock, Hours, NoTimeZone
from ketang.kernel.calendar import DAYS, FIRST, Calendar, OutsideCalendar
from ketang.kernel.clock import BEIJING

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


CONTINUOUS = Continuous()


@lru_cache(maxsize=64)
def _worked(calendar: Calendar, hours: Hours) -> Worked:
    return Worked(calendar, hours)


def measure(clock: Clock, calendar: Calendar, hours: Hours) -> Measure:
    if not clock.worked:
        return CONTINUOUS
    return _worked(calendar, _ROUND_THE_CLOCK if clock.in_days else hours)


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
    return None if value is None else read_instant(value)


def read_instant(value: int) -> datetime:
    if value > END:
        raise OutsideCalendar(when="2099 年以后")
    return _BEIJING_EPOCH + timedelta(microseconds=value)
