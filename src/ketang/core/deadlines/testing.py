"""Builders for tests: clocks started with one line, and another calendar for a while."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from time import monotonic
from typing import Any

from ketang.core.deadlines import api, book
from ketang.core.deadlines.types import Due, Rule, StartClock
from ketang.kernel.calendar import Calendar
from ketang.kernel.clock import BEIJING


def beijing(text: str) -> datetime:
    """``2026-09-30T16:00`` on a Chinese wall clock."""
    return datetime.fromisoformat(text).replace(tzinfo=BEIJING)


def started(name: str, rule: str, start: datetime, *, subject: int = 1, **more: Any) -> Due:
    """One running clock of ("case", subject); its due time."""
    roll = more.pop("roll", "none")
    clock = StartClock(name, Rule.parse(rule, roll), start, **more)
    return api.start("case", subject, [clock], playbook="", at=start)[name]


@contextmanager
def on_calendar(calendar: Calendar) -> Iterator[Calendar]:
    """Count by another calendar than today's inside the block."""
    before = book._seen
    book._seen = (monotonic() + 3_600, calendar)
    try:
        yield calendar
    finally:
        book._seen = before
