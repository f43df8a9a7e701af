"""A stored clock and what it means: its term, its next alert, its facts. No queries."""

from datetime import datetime

from ketang.core.deadlines.models import Deadline
from ketang.core.deadlines.types import ClockFacts, Due, Rule, Span, Term, parse_span


def term_of(row: Deadline) -> Term:
    extensions = tuple(Rule.parse(text, row.roll) for text in row.extensions.split())
    rule = Rule.parse(row.rule, row.roll)
    return Term(rule, row.started_at, extensions, pauses_of(row), row.fixed, row.cap)


def pauses_of(row: Deadline) -> tuple[Span, ...]:
    """Ended pauses; the one that lasts is ``paused_at``."""
    return tuple(parse_span(text) for text in row.pauses.split())


def next_alert(row: Deadline) -> datetime | None:
    """The first threshold that nobody has been told of; a paused clock says nothing."""
    if row.paused_at is not None or row.stopped_at is not None:
        return None
    if row.near_sent_at is None:
        return row.yellow_at
    return row.due_at if row.passed_sent_at is None else None


def due_on(row: Deadline) -> Due:
    return Due(row.due_at, row.yellow_at, row.provisional, row.calendar)


def set_due(row: Deadline, due: Due, at: datetime) -> bool:
    """Put a new count on the row; whether the due time moved. A threshold that moved into the future is a
    new one and will be told of once more; one that lies behind stays told."""
    if due.due_at is None or due.yellow_at is None:
        raise ValueError("an open pause is kept in paused_at, never in the count")
    moved = row.due_at != due.due_at
    row.due_at, row.yellow_at = due.due_at, due.yellow_at
    row.provisional, row.calendar = due.provisional, due.calendar_version
    if row.yellow_at > at:
        row.near_sent_at = None
    if row.due_at > at:
        row.passed_sent_at = None
    row.next_alert_at = next_alert(row)
    return moved


def facts_of(row: Deadline) -> ClockFacts:
    return ClockFacts(
        id=row.pk,
        name=row.name,
        party_id=row.party_id,
        rule=row.rule,
        roll=row.roll,
        started_at=row.started_at,
        due_at=row.due_at,
        yellow_at=row.yellow_at,
        provisional=row.provisional,
        playbook=row.playbook,
        calendar=row.calendar,
        paused_at=row.paused_at,
        stopped_at=row.stopped_at,
        extensions=tuple(row.extensions.split()),
        pauses=pauses_of(row),
        ring=row.ring,
    )
