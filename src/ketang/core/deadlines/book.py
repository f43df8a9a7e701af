"""What a count needs from outside: today's calendar, and the working hours of a playbook version."""

from datetime import datetime
from time import monotonic

import structlog

from ketang.core.deadlines.models import CalendarVersion
from ketang.core.deadlines.playbook import ClocksFile
from ketang.core.playbooks import api as playbooks
from ketang.kernel import calendar as calendars
from ketang.kernel.calendar import Calendar
from ketang.kernel.errors import KetangError

log = structlog.get_logger("ketang.deadlines")
FRESH_SECONDS = 5.0
_seen: tuple[float, Calendar] | None = None


def calendar() -> Calendar:
    """Today's calendar; the folder of official tables is looked at again after five seconds."""
    global _seen
    if _seen is None or monotonic() - _seen[0] > FRESH_SECONDS:
        _seen = (monotonic(), _load())
    return _seen[1]


def _load() -> Calendar:
    """A broken file in the folder must not stop the house: go on with the calendar we had, and say so."""
    try:
        return calendars.load()
    except KetangError as error:
        log.error("calendar.broken", reason=str(error))
        return _seen[1] if _seen else Calendar(calendars.library_tables())


def forget() -> None:
    """Look at the folder again with the next count (a table was just installed; tests)."""
    global _seen
    _seen = None


def clocks(version: str = "") -> ClocksFile:
    """clocks.yaml of a playbook version; of the current one when that version is not known here."""
    if not version:
        return playbooks.current().section(ClocksFile)
    try:
        return playbooks.version(version).section(ClocksFile)
    except KetangError:
        return playbooks.current().section(ClocksFile)


def keep_version(now: datetime) -> None:
    """Keep today's official tables, so that its version can be counted with for ever."""
    today = calendar()
    CalendarVersion.objects.get_or_create(
        version=today.version, defaults={"tables": today.text(), "kept_at": now}
    )


def calendar_as_of(version: str) -> Calendar | None:
    """The calendar of that version, or None when it was never kept here."""
    if version == calendar().version:
        return calendar()
    kept = CalendarVersion.objects.filter(version=version).first()
    return Calendar.from_text(kept.tables) if kept else None
