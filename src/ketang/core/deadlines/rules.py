"""When is it due? Pure: no Django, no clock of its own.

Pauses take their overlap with countable time away, days are rounded up to 24:00, and art. 203 of the Civil
Code moves a last day that is no working day. Inside, instants are integers (see measures).
"""

from collections.abc import Callable, Sequence
from datetime import datetime, time, timedelta
from functools import lru_cache, partial

from ketang.core.deadlines.measures import (
    BASE_HOURS,
    CONTINUOUS,
    Measure,
    instant,
    measure,
    micros,
    read_instant,
)
from ketang.core.deadlines.types import DAY, BadPause, Due, Hours, Light, Roll, Rule, Span, Term
from ketang.kernel.calendar import DAYS, Calendar, OutsideCalendar, day_of
from ketang.kernel.clock import BEIJING

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
    before, need = countable.upto(begin), rule.amount * rule.clock.micros
    yellow = _walk(countable, before + need * percent // 100, begin, pauses, _as_it_is)
    end = partial(end_of_day, rule, calendar) if rule.clock.in_days else _as_it_is
    last = _walk(countable, before + need, begin, pauses, end)
    foreseen = (rule.clock.worked or _rolls(rule)) and bool(unpublished(rule, begin, last, calendar))
    return Due(instant(last), instant(yellow), foreseen, calendar.version)


# A bulk load asks for the same rule and day over and over.
_due_of_day = lru_cache(maxsize=65_536)(_due)


def _as_it_is(at: int) -> int:
    return at


def _walk(
    countable: Measure, target: int, begin: int, pauses: Pauses, end_of: Callable[[int], int]
) -> int | None:
    """When ``target`` has run. A pause that begins before that adds its own countable time; one that begins
    in the rest of the last day, or in days that art. 203 adds, leaves the day of resumption."""
    at = end_of(countable.reach(target))
    for start, end in pauses:
        if start >= at:
            break
        if end is None:
            return None
        if end > begin:
            lost = countable.upto(end) - countable.upto(max(start, begin))
            target = max(target + lost, countable.upto(end) + 1)
            at = end_of(countable.reach(target))
    return at


def end_of_day(rule: Rule, calendar: Calendar, at: int) -> int:
    """Day clocks end at 24:00; art. 203 moves the end of a day off to the end of the next working day. It
    speaks of a last day, so terms in hours do not roll: they would be due later than a longer term."""
    day = (at - 1) // DAY
    if _rolls(rule) and not (day < DAYS and calendar.working[day]):
        return (calendar.next_working(day) + 1) * DAY
    return (day + 1) * DAY


def _rolls(rule: Rule) -> bool:
    return rule.clock.in_days and rule.roll is Roll.NEXT_WORKING_DAY


def unpublished(rule: Rule, begin: int, due_at: int | None, calendar: Calendar) -> list[int]:
    """Years without an official table among the days looked up: every day for working clocks, only the last
    one where a roll asks, none for clocks that run through. What ends at 24:00 ends on that day."""
    end = day_of((begin if due_at is None else max(begin, due_at - 1)) // DAY)
    if rule.clock.worked:
        years = range(day_of(begin // DAY).year, end.year + 1)
    else:
        years = range(end.year, end.year + _rolls(rule))
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
        countable, begin = CONTINUOUS, min(micros(start), end)
    before = countable.upto(begin)
    yellow = countable.reach(before + max(1, (countable.upto(end) - before) * yellow_percent // 100))
    return Due(instant(end), instant(min(yellow, end)), False, calendar.version)


def earlier(rule: Rule, at: datetime, calendar: Calendar, hours: Hours = BASE_HOURS) -> datetime:
    """The instant from which just ``rule`` of countable time is left up to ``at``: an upstream due time
    minus its margin. Of two equal instants (noon, end of the lunch break) the earlier one."""
    countable = measure(rule.clock, calendar, hours)
    left = countable.upto(micros(at)) - rule.amount * rule.clock.micros
    if left < 1:
        raise OutsideCalendar(when="2004 年以前")
    return read_instant(countable.reach(left))


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
            raise BadPause(
                text=f"{read_instant(start).isoformat()}/{read_instant(end).isoformat()}", field="pause"
            )
        last = out[-1] if out else None
        if last is None or (last[1] is not None and start > last[1]):
            out.append((start, end))
        elif last[1] is not None:
            out[-1] = (last[0], None if end is None else max(last[1], end))
    return tuple(out)


def _in_micros(pause: Span) -> tuple[int, int | None]:
    return micros(pause.start), None if pause.end is None else micros(pause.end)
