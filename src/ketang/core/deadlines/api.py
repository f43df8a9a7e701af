"""Clocks for whoever has something due. All writes run inside the caller's transaction.

Names in use by cases: respond, resolve, lead, register, support, return, appoint, review, rating_followup.
A subject is ``("case", 12)``; ``party_id`` tells clocks of one name apart (a support's department).
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from ketang.core.deadlines import actions, book, queries, rules, sweep
from ketang.core.deadlines.actions import COLUMNS, TABLE
from ketang.core.deadlines.playbook import ClocksFile
from ketang.core.deadlines.types import Account, ClockFacts, Due, Light, Rule, Span, StartClock, Term

__all__ = [
    "COLUMNS", "TABLE", "Account", "ClockFacts", "ClocksFile", "Due", "Light", "Rule", "Span", "StartClock",
    "account_of", "before_upstream", "due_of", "extend", "fix", "is_quiet", "light", "of", "pause", "plan",
    "plan_many", "recompute_provisional", "replace", "resume", "start", "stop",
]  # fmt: skip

light = rules.light


def plan(rule: Rule, start: datetime, pauses: Iterable[Span] = (), *, playbook: str = "") -> Due:
    """When it would be due, by today's calendar and the playbook's working hours. Starts nothing."""
    return actions.count(Term(rule, start, pauses=tuple(pauses)), playbook)


def due_of(clock: StartClock, *, playbook: str = "") -> Due:
    """What `start` would give this clock, its bounds included."""
    return actions.due_of(clock, playbook)


def start(
    subject_kind: str, subject_id: int, clocks: Sequence[StartClock], *, playbook: str, at: datetime
) -> dict[str, Due]:
    """Start clocks with ONE INSERT; of several with one name the last one's due time is returned.

    Raises ClockRunning when the subject has a running clock of that name and party: clocks never restart.
    A start long ago is fine: the next sweep tells of what has passed since. History starts no clocks.
    """
    return actions.start(subject_kind, subject_id, clocks, playbook) if clocks else {}


def plan_many(
    subject_kind: str, clocks: Iterable[tuple[int, StartClock]], *, playbook: str
) -> list[tuple[object, ...]]:
    """Rows for a COPY or INSERT into TABLE in the order of COLUMNS, instants as aware datetimes;
    ``clocks`` are pairs of subject id and clock."""
    return actions.rows(subject_kind, clocks, playbook)


def pause(subject_kind: str, subject_id: int, at: datetime, *, names: Sequence[str] | None = None) -> int:
    """Hold the clocks that are not yet due; returns how many. Pausing twice is harmless."""
    return actions.pause(subject_kind, subject_id, names, at)


def resume(subject_kind: str, subject_id: int, at: datetime) -> dict[str, Due]:
    """Let paused clocks go on and return their new due times, those that follow them included."""
    return actions.resume(subject_kind, subject_id, at)


def stop(
    subject_kind: str,
    subject_id: int,
    names: Sequence[str] | None,
    at: datetime,
    party_id: int | None = None,
) -> int:
    """Stop clocks (None: all) and say nothing more of them; returns how many. Stopping twice is harmless."""
    return actions.stop(subject_kind, subject_id, names, at, party_id)


def extend(
    subject_kind: str, subject_id: int, name: str, rule: Rule, at: datetime, *, party_id: int = 0
) -> Due:
    """Let a clock go on by ``rule`` after its due time, passed or not. Raises ClockMissing."""
    return actions.change(
        subject_kind, subject_id, name, party_id, lambda r: actions.add_extension(r, rule), at
    )


def replace(
    subject_kind: str,
    subject_id: int,
    name: str,
    rule: Rule,
    at: datetime,
    *,
    party_id: int = 0,
    playbook: str = "",
) -> Due:
    """Count by another rule from the same start (the kind was corrected); extensions and pauses stay, and a
    due time set from outside stays as well. ``playbook`` moves the clock to another version of the playbook.
    A clock that has stopped is left alone. Raises ClockMissing."""
    return actions.replace(subject_kind, subject_id, name, party_id, rule, at, playbook)


def fix(
    subject_kind: str, subject_id: int, name: str, due_at: datetime, at: datetime, *, party_id: int = 0
) -> Due:
    """Set a due time from outside (the upstream agreed to another one). Raises ClockMissing."""
    return actions.change(
        subject_kind, subject_id, name, party_id, lambda r: actions.put_fixed(r, due_at), at
    )


def of(subject_kind: str, subject_id: int) -> list[ClockFacts]:
    """All clocks of a subject, stopped ones too; one query."""
    return queries.of(subject_kind, subject_id)


def account_of(deadline_id: int) -> Account:
    """Which rule, playbook version and calendar gave this due time, recomputed as of then."""
    return queries.account_of(deadline_id)


def before_upstream(upstream_due: datetime, *, at: datetime | None = None, playbook: str = "") -> datetime:
    """The internal due time: the upstream one less the playbook's margin, but with ``at`` (when the order
    came in) the margin takes at most ``margin_percent`` of the time that is left."""
    file = book.clocks(playbook)
    internal = rules.earlier(file.margin_rule, upstream_due, book.calendar(), file.hours)
    if at is None or at >= upstream_due:
        return internal if at is None else upstream_due
    least = upstream_due - (upstream_due - at) * file.margin_percent / 100
    return max(internal, least.replace(microsecond=0) + timedelta(seconds=least.microsecond > 0))


def is_quiet(at: datetime, *, playbook: str = "") -> bool:
    """Whether only clocks with ``ring`` may make a sound now."""
    return rules.is_quiet(at, book.clocks(playbook).quiet)


def recompute_provisional(now: datetime) -> int:
    """Count provisional due times again by today's calendar; publishes `DueRestated`. Own transactions."""
    return sweep.recompute_provisional(now)
