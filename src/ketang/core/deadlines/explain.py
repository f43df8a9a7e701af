"""How a due time came about, line by line, for people. Pure."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta

from ketang.core.deadlines.measures import instant, measure, micros
from ketang.core.deadlines.rules import begin_of, due, merged, term_due
from ketang.core.deadlines.types import DAY, Clock, Due, Hours, Roll, Rule, Term
from ketang.kernel.calendar import Calendar, day_of
from ketang.kernel.clock import local

MOST_DAYS = 60
_NAMES = {
    Clock.NATURAL_DAYS: "个自然日",
    Clock.WORKING_DAYS: "个工作日",
    Clock.WORKING_HOURS: "个工作小时",
    Clock.URGENT_HOURS: "个紧急小时（昼夜连续）",
    Clock.URGENT_MINUTES: "个紧急分钟（昼夜连续）",
}


def explain_term(term: Term, calendar: Calendar, hours: Hours, yellow_percent: int = 80) -> tuple[str, ...]:
    """The whole reckoning: start, rule, every day looked up, pauses, roll, extensions, bounds, result."""
    out = term_due(term, calendar, hours, yellow_percent)
    return (*_terms(term, calendar, hours), *_bounds(term), *_result(out, yellow_percent))


def _terms(term: Term, calendar: Calendar, hours: Hours) -> Iterator[str]:
    rule = term.rule
    yield f"起算 {_said(term.start)}，{calendar.why(local(term.start).date())}"
    yield f"时限 {rule.amount} {_NAMES[rule.clock]}" + ("（依法或由其他机关定）" if rule.review else "")
    yield _how(rule, hours)
    if term.fixed is None:
        yield from _days(term, calendar, hours)
        yield from _pauses(term, calendar, hours)
        yield from _roll(term, calendar, hours)
        yield from (f"延期 {extra.amount} {_NAMES[extra.clock]}" for extra in term.extensions)


def _how(rule: Rule, hours: Hours) -> str:
    if rule.clock.in_days:
        return "起算当日不计，末日 24:00 截止（民法典第 201、202 条）"
    if rule.clock is Clock.WORKING_HOURS:
        spans = "、".join(f"{_clock(start)}–{_clock(end)}" for start, end in hours.stretches)
        return f"自起算时刻起，只计工作日的 {spans}"
    return "自起算时刻起连续计算"


def _days(term: Term, calendar: Calendar, hours: Hours) -> Iterator[str]:
    """Every day from the first to the last, and whether it counts; only where the calendar decides."""
    out = due(replace(term.rule, roll=Roll.NONE), term.start, term.pauses, calendar, hours)
    if term.rule.clock not in (Clock.WORKING_DAYS, Clock.WORKING_HOURS) or out.due_at is None:
        return
    first, last = day_of(begin_of(term.rule, term.start) // DAY), _last_day(out.due_at)
    counted = 0
    for day in _range(first, min(last, first + timedelta(days=MOST_DAYS))):
        works = calendar.is_working(day)
        counted += works
        yield f"  {calendar.why(day)} · {f'计，第 {counted} 日' if works else '不计'}"
    if (last - first).days > MOST_DAYS:
        yield f"  ……直到 {last:%Y-%m-%d}"


def _pauses(term: Term, calendar: Calendar, hours: Hours) -> Iterator[str]:
    countable, begin = measure(term.rule.clock, calendar, hours), begin_of(term.rule, term.start)
    for start, end in merged(term.pauses):
        if end is None:
            yield f"暂停 {_said(instant(start))} 起，还没有恢复"
        else:
            lost = max(0, countable.upto(end) - countable.upto(max(start, begin))) if end > begin else 0
            yield f"暂停 {_said(instant(start))} 至 {_said(instant(end))}，其中可计 {_length(lost)}"


def _roll(term: Term, calendar: Calendar, hours: Hours) -> Iterator[str]:
    if term.rule.roll is Roll.NONE or not term.rule.clock.in_days:
        return
    plain = due(replace(term.rule, roll=Roll.NONE), term.start, term.pauses, calendar, hours).due_at
    if plain is not None and not calendar.is_working(_last_day(plain)):
        yield f"末日 {calendar.why(_last_day(plain))}，不是工作日，顺延到下一个工作日（民法典第 203 条）"


def _bounds(term: Term) -> Iterator[str]:
    if term.fixed is not None:
        yield f"到期时间由外部定为 {_said(term.fixed)}"
    elif term.cap is not None:
        yield f"最迟不晚于 {_said(term.cap)}"


def _result(out: Due, yellow_percent: int) -> Iterator[str]:
    yield f"日历 {out.calendar_version}" + ("，涉及尚未公布安排的年份，结果为暂定" if out.provisional else "")
    if out.yellow_at is not None:
        yield f"临期 {_said(out.yellow_at)}（可计时间过了 {yellow_percent}%）"
    yield f"到期 {_said(out.due_at)}" if out.due_at is not None else "暂停中，恢复后再算到期时间"


def _said(at: datetime | None) -> str:
    """Beijing time to the minute; the end of a day as 24:00 of that day."""
    if at is None:
        return "—"
    here = local(at)
    if here.hour == here.minute == here.second == here.microsecond == 0:
        return f"{_last_day(at):%Y-%m-%d} 24:00"
    return f"{here:%Y-%m-%d %H:%M:%S}".removesuffix(":00")


def _last_day(at: datetime) -> date:
    """The day that an instant ends: 00:00 belongs to the day before."""
    return day_of((micros(at) - 1) // DAY)


def _range(first: date, last: date) -> Iterator[date]:
    return (first + timedelta(days=n) for n in range((last - first).days + 1))


def _length(value: int) -> str:
    hours, rest = divmod(value // 60_000_000, 60)
    return f"{hours} 小时 {rest} 分"


def _clock(value: int) -> str:
    return f"{value // 3_600_000_000:02d}:{value // 60_000_000 % 60:02d}"
