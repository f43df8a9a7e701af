"""Reads on clocks."""

from ketang.core.deadlines import book, rules
from ketang.core.deadlines.explain import explain_term
from ketang.core.deadlines.models import Deadline
from ketang.core.deadlines.rows import facts_of, term_of
from ketang.core.deadlines.types import Account, ClockFacts, ClockMissing


def of(subject_kind: str, subject_id: int) -> list[ClockFacts]:
    """All clocks of a subject, those that have stopped as well, in the order they were started."""
    rows = Deadline.objects.filter(subject_kind=subject_kind, subject_id=subject_id)
    return [facts_of(row) for row in rows.order_by("id")]


def account_of(deadline_id: int) -> Account:
    """Count a stored due time again with its own rule, playbook version and calendar. Raises ClockMissing."""
    row = Deadline.objects.filter(pk=deadline_id).first()
    if row is None:
        raise ClockMissing(name=deadline_id)
    kept = book.calendar_as_of(row.calendar)
    calendar, file, term = kept or book.calendar(), book.clocks(row.playbook), term_of(row)
    due = rules.term_due(term, calendar, file.hours, file.yellow_percent)
    lines = explain_term(term, calendar, file.hours, file.yellow_percent)
    return Account(facts_of(row), due.due_at, due.due_at == row.due_at, kept is not None, lines)
