"""Writes on clocks, inside the caller's transaction. Rows are locked by the read, so a sweeper that comes
at the same moment waits, and then finds another ``next_alert_at`` and sends nothing."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

from django.db import IntegrityError, connection

from ketang.core import bulk
from ketang.core.deadlines import book, rules
from ketang.core.deadlines.models import Deadline
from ketang.core.deadlines.rows import due_on, set_due, term_of
from ketang.core.deadlines.types import ClockMissing, ClockRunning, Due, Rule, Span, StartClock, Term

TABLE = "deadlines_deadline"
COLUMNS = (
    "subject_kind", "subject_id", "name", "party_id", "rule", "roll", "started_at", "due_at", "yellow_at",
    "provisional", "playbook", "calendar", "ring", "fixed", "cap", "follows", "next_alert_at",
)  # fmt: skip
RETIMED = (
    "rule", "roll", "playbook", "extensions", "pauses", "paused_at", "fixed", "cap", "follows", "due_at",
    "yellow_at", "provisional", "calendar", "next_alert_at", "near_sent_at", "passed_sent_at",
)  # fmt: skip


def counter(playbook: str = "") -> Callable[[Term], Due]:
    """Counts terms by today's calendar and the working hours of a playbook version, looked up once."""
    file = book.clocks(playbook)
    calendar, hours, percent = book.calendar(), file.hours, file.yellow_percent
    return lambda term: rules.term_due(term, calendar, hours, percent)


def count(term: Term, playbook: str = "") -> Due:
    return counter(playbook)(term)


def term_of_new(clock: StartClock) -> Term:
    return Term(clock.rule, clock.start, fixed=clock.fixed, cap=clock.cap)


def due_of(clock: StartClock, playbook: str = "") -> Due:
    return count(term_of_new(clock), playbook)


def row(subject_kind: str, subject_id: int, clock: StartClock, due: Due, playbook: str) -> tuple[object, ...]:
    """A clock's row in the order of COLUMNS; instants as datetimes."""
    return (
        subject_kind, subject_id, clock.name, clock.party_id, str(clock.rule), str(clock.rule.roll),
        clock.start, due.due_at, due.yellow_at, due.provisional, playbook, due.calendar_version, clock.ring,
        clock.fixed, clock.cap, clock.follows, due.yellow_at,
    )  # fmt: skip


def rows(
    subject_kind: str, clocks: Iterable[tuple[int, StartClock]], playbook: str
) -> list[tuple[object, ...]]:
    due = counter(playbook)
    return [row(subject_kind, of_, clock, due(term_of_new(clock)), playbook) for of_, clock in clocks]


def start(subject_kind: str, subject_id: int, clocks: Sequence[StartClock], playbook: str) -> dict[str, Due]:
    """Start clocks with ONE INSERT. Raises ClockRunning when one of the name already runs."""
    due = counter(playbook)
    dues = [due(term_of_new(clock)) for clock in clocks]
    pairs = list(zip(clocks, dues, strict=True))
    values = [_adapted(row(subject_kind, subject_id, clock, due, playbook)) for clock, due in pairs]
    try:
        bulk.insert(TABLE, COLUMNS, values)
    except IntegrityError as error:
        raise ClockRunning(name="、".join(clock.name for clock in clocks)) from error
    return {clock.name: due for clock, due in pairs}


def _adapted(values: Iterable[object]) -> tuple[object, ...]:
    adapt = connection.ops.adapt_datetimefield_value
    return tuple(adapt(value) if isinstance(value, datetime) else value for value in values)


def pause(subject_kind: str, subject_id: int, names: Sequence[str] | None, at: datetime) -> int:
    """Hold the clocks that are not yet due: a time that has passed does not come back by a pause."""
    running = Deadline.objects.filter(
        subject_kind=subject_kind, subject_id=subject_id, stopped_at=None, paused_at=None, due_at__gt=at
    )
    if names is not None:
        running = running.filter(name__in=names)
    return running.update(paused_at=at, next_alert_at=None)


def resume(subject_kind: str, subject_id: int, at: datetime) -> dict[str, Due]:
    """Let paused clocks go on; what was lost is added to their due time. Returns the new due times."""
    rows = unstopped(subject_kind, subject_id)
    paused = [row for row in rows if row.paused_at is not None]
    for row in paused:
        if row.paused_at and row.paused_at < at:
            row.pauses = f"{row.pauses} {Span(row.paused_at, at)}".strip()
        row.paused_at = None
    return recount(rows, paused, at)


def stop(
    subject_kind: str, subject_id: int, names: Sequence[str] | None, at: datetime, party_id: int | None
) -> int:
    rows = Deadline.objects.filter(subject_kind=subject_kind, subject_id=subject_id, stopped_at=None)
    if names is not None:
        rows = rows.filter(name__in=names)
    if party_id is not None:
        rows = rows.filter(party_id=party_id)
    return rows.update(stopped_at=at, next_alert_at=None)


def change(
    subject_kind: str,
    subject_id: int,
    name: str,
    party_id: int,
    edit: Callable[[Deadline], None],
    at: datetime,
) -> Due:
    """Edit one clock and count it again, with those that follow it. Raises ClockMissing."""
    rows = unstopped(subject_kind, subject_id)
    picked = [row for row in rows if row.name == name and row.party_id == party_id]
    if not picked:
        raise ClockMissing(name=name)
    edit(picked[0])
    recount(rows, picked, at)
    return due_on(picked[0])


def replace(
    subject_kind: str, subject_id: int, name: str, party_id: int, rule: Rule, at: datetime, playbook: str
) -> Due:
    """Count by another rule. A clock that has stopped keeps its due time: done in time stays done in time."""
    rows = Deadline.objects.filter(subject_kind=subject_kind, subject_id=subject_id)
    last = rows.filter(name=name, party_id=party_id).order_by("id").last()
    if last is not None and last.stopped_at is not None:
        return due_on(last)
    return change(subject_kind, subject_id, name, party_id, lambda row: put_rule(row, rule, playbook), at)


def add_extension(row: Deadline, rule: Rule) -> None:
    """A count goes on by the extension; a due time set from outside moves by it."""
    if row.fixed is None:
        row.extensions = f"{row.extensions} {rule}".strip()
    else:
        row.fixed = count(Term(rule, rules.going_on(rule, row.fixed)), row.playbook).due_at


def put_rule(row: Deadline, rule: Rule, playbook: str) -> None:
    row.rule, row.roll, row.playbook = str(rule), str(rule.roll), playbook or row.playbook


def put_fixed(row: Deadline, due_at: datetime) -> None:
    row.fixed, row.cap, row.follows = due_at, None, ""


def unstopped(subject_kind: str, subject_id: int) -> list[Deadline]:
    """A subject's clocks that have not stopped, locked until the transaction ends."""
    rows = Deadline.objects.select_for_update().filter(stopped_at=None)
    return list(rows.filter(subject_kind=subject_kind, subject_id=subject_id).order_by("id"))


def recount(rows: list[Deadline], picked: Sequence[Deadline], at: datetime) -> dict[str, Due]:
    """Count the picked clocks again, then those bound by their due times; one UPDATE."""
    dues: dict[str, Due] = {}
    queue, done = sorted(picked, key=lambda row: bool(row.follows)), []
    while queue:
        row = queue.pop(0)
        due = dues[row.name] = count(term_of(row), row.playbook)
        done.append(row)
        if set_due(row, due, at) and not row.party_id:
            followers = [other for other in rows if other.follows == row.name and other not in done]
            for other in followers:
                other.fixed, other.cap = (row.due_at, None) if other.fixed else (None, row.due_at)
            queue += [other for other in followers if other not in queue]
    if done:
        Deadline.objects.bulk_update(done, RETIMED)
    return dues
