"""The words of clocks: rules, pauses, due times, lights, events' facts and errors. No Django."""

import re
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple

from ketang.kernel.errors import BadInput, Conflict, NotFound

DAY = 86_400_000_000  # microseconds
_UNITS = {"days": DAY, "hours": 3_600_000_000, "minutes": 60_000_000}


class Clock(StrEnum):
    """How a term counts. Days count from the day after the start to 24:00 of the last one (Civil Code
    art. 201, 202); hours and minutes run from the very instant."""

    NATURAL_DAYS = "natural_days"
    WORKING_DAYS = "working_days"
    WORKING_HOURS = "working_hours"
    URGENT_HOURS = "urgent_hours"
    URGENT_MINUTES = "urgent_minutes"

    in_days: bool
    worked: bool  # looks every day up in the calendar
    micros: int  # of one unit

    def __init__(self, text: str) -> None:
        kind, _, name = text.partition("_")
        self.in_days, self.worked, self.micros = name == "days", kind == "working", _UNITS[name]


class Roll(StrEnum):
    """What a last day that is no working day does: stand, or move to the next one (Civil Code art. 203).
    Terms in hours and minutes have no last day and never roll."""

    NONE = "none"
    NEXT_WORKING_DAY = "next_working_day"


class Light(StrEnum):
    """0–80–100 % of countable time. Derived from ``yellow_at`` and ``due_at``, never stored."""

    NORMAL = "normal"
    NEAR = "near"
    PASSED = "passed"

    @property
    def label(self) -> str:
        return {"normal": "正常", "near": "临期", "passed": "超期"}[self.value]


# About ten years each: longer is a typing error, and the calendar ends in 2099.
LONGEST = {
    Clock.NATURAL_DAYS: 3_660,
    Clock.WORKING_DAYS: 2_500,
    Clock.WORKING_HOURS: 20_000,
    Clock.URGENT_HOURS: 87_840,
    Clock.URGENT_MINUTES: 5_270_400,
}


class UnknownClock(BadInput):
    message = "没有“%(clock)s”这种计时；可用的是 %(known)s。"


class UnknownRoll(BadInput):
    message = "没有“%(roll)s”这种顺延；可用的是 none、next_working_day。"


class BadAmount(BadInput):
    message = "时限要写 1 到 %(most)s 之间的整数，写的是 %(amount)s。"


class BadRule(BadInput):
    message = "时限“%(text)s”写法不对，应像 working_days:5 或 review:natural_days:30。"


class BadPause(BadInput):
    message = "暂停“%(text)s”写法不对：应是 起/止 两个带时区的时间，止晚于起。"


class NotATime(BadInput):
    message = "“%(text)s”不是时间，请写成 2026-09-30T16:00+08:00 的样子。"


class NoTimeZone(BadInput):
    message = "时间“%(text)s”没有时区，请写成 2026-09-30T16:00+08:00 的样子。"


class BadHours(BadInput):
    message = "工作时间“%(text)s”写法不对，应像 09:00-12:00,13:30-17:30，先后不重叠。"


class YearNotPublished(BadInput):
    message = "%(years)s 年的节假日安排还没有公布，按要求不给暂定结果。"


class ClockMissing(NotFound):
    message = "没有“%(name)s”这个计时。"


class ClockRunning(Conflict):
    message = "“%(name)s”计时已经在走，时限不能重新起算。"


@dataclass(frozen=True, slots=True)
class Rule:
    """A term: ``working_days:5``; ``review:`` marks a pace that law or another authority sets."""

    clock: Clock
    amount: int
    review: bool = False
    roll: Roll = Roll.NONE

    def __post_init__(self) -> None:
        most = LONGEST[self.clock]
        if isinstance(self.amount, bool) or not isinstance(self.amount, int) or not 1 <= self.amount <= most:
            raise BadAmount(most=most, amount=self.amount, field="amount")

    @classmethod
    def parse(cls, text: str, roll: str = "none") -> "Rule":
        """``[review:]clock:amount``; raises BadRule, UnknownClock, BadAmount or UnknownRoll."""
        return _parse(text, roll)

    def __hash__(self) -> int:
        """Cheap, because rules are keys of the cache that a bulk load lives on."""
        return self.amount

    def __str__(self) -> str:
        return f"{'review:' if self.review else ''}{self.clock}:{self.amount}"

    def longer(self, other: "Rule") -> "Rule":
        """The two in a row; both must have the same clock."""
        return replace(self, amount=self.amount + other.amount)


class Hours(NamedTuple):
    """Working hours of a day: ascending stretches in microseconds after 00:00."""

    stretches: tuple[tuple[int, int], ...]

    @classmethod
    def parse(cls, text: str) -> "Hours":
        """``09:00-12:00,13:30-17:30``; 24:00 may end a stretch. Raises BadHours."""
        match = _HOURS.findall(text)
        stretches = tuple((_minutes(a, b), _minutes(c, d)) for a, b, c, d in match)
        edges = [0, *(edge for stretch in stretches for edge in stretch), DAY]
        rising = edges == sorted(edges) and all(start < end for start, end in stretches)
        if not stretches or not rising or not _HOURS_LINE.fullmatch(text):
            raise BadHours(text=text, field="hours")
        return cls(stretches)


class Span(NamedTuple):
    """A pause: counting stands from ``start`` up to ``end``; ``None`` while it lasts."""

    start: datetime
    end: datetime | None

    def __str__(self) -> str:
        return f"{self.start.isoformat()}/{self.end.isoformat() if self.end else ''}"


class Due(NamedTuple):
    """When a clock is due. ``due_at`` is None while an open pause holds it; ``yellow_at`` is the instant
    at which 80 % of the countable time has run. 24:00 of a day is 00:00 of the next, Beijing time."""

    due_at: datetime | None
    yellow_at: datetime | None
    provisional: bool
    calendar_version: str
    explain: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class StartClock:
    """A clock to start. ``fixed`` overrides the count (an upstream's due time, margin already taken);
    ``cap`` is the latest the due time may be; ``follows`` names the clock of the same subject whose due time
    that bound is, and it moves when that one moves (extension, resumption, a new calendar);
    ``ring`` lets reminders through at night (P1)."""

    name: str
    rule: Rule
    start: datetime
    party_id: int = 0
    ring: bool = False
    cap: datetime | None = None
    fixed: datetime | None = None
    follows: str = ""


@dataclass(frozen=True, slots=True)
class Term:
    """All that a due time follows from, besides calendar and working hours."""

    rule: Rule
    start: datetime
    extensions: tuple[Rule, ...] = ()
    pauses: tuple[Span, ...] = ()
    fixed: datetime | None = None
    cap: datetime | None = None


@dataclass(frozen=True, slots=True)
class ClockFacts:
    """A stored clock as others see it. While paused, ``due_at`` is what it was when the pause began."""

    id: int
    name: str
    party_id: int
    rule: str
    roll: str
    started_at: datetime
    due_at: datetime
    yellow_at: datetime
    provisional: bool
    playbook: str
    calendar: str
    paused_at: datetime | None
    stopped_at: datetime | None
    extensions: tuple[str, ...] = ()
    pauses: tuple[Span, ...] = ()
    ring: bool = False

    @property
    def running(self) -> bool:
        return self.stopped_at is None and self.paused_at is None


@dataclass(frozen=True, slots=True)
class Account:
    """Which rule, playbook version and calendar gave a due time, recomputed with just these.

    ``agrees`` is False when the recomputation gives another instant; ``calendar_known`` is False when that
    version of the calendar was never kept and today's was used instead."""

    clock: ClockFacts
    due_at: datetime | None
    agrees: bool
    calendar_known: bool
    lines: tuple[str, ...]


_HOURS = re.compile(r"(\d\d):([0-5]\d)-(\d\d):([0-5]\d)")
_HOURS_LINE = re.compile(r"\s*\d\d:\d\d-\d\d:\d\d(\s*,\s*\d\d:\d\d-\d\d:\d\d)*\s*")
_RULE = re.compile(r"(?P<review>review:)?(?P<clock>[a-z_]+):(?P<amount>-?\d{1,12})")


@lru_cache(maxsize=1024)
def _parse(text: str, roll: str) -> Rule:
    match = _RULE.fullmatch(text.strip())
    if not match:
        raise BadRule(text=text)
    return Rule(parse_clock(match["clock"]), int(match["amount"]), bool(match["review"]), parse_roll(roll))


def parse_clock(text: str) -> Clock:
    try:
        return Clock(text)
    except ValueError:
        raise UnknownClock(clock=text, known="、".join(Clock), field="clock") from None


def parse_roll(text: str) -> Roll:
    try:
        return Roll(text)
    except ValueError:
        raise UnknownRoll(roll=text, field="roll") from None


def parse_instant(text: str, field: str = "from") -> datetime:
    """ISO 8601 with an offset; raises NoTimeZone without one, NotATime when it is none."""
    try:
        at = datetime.fromisoformat(text.strip())
    except ValueError:
        raise NotATime(text=text, field=field) from None
    if at.tzinfo is None:
        raise NoTimeZone(text=text, field=field)
    return at


def parse_span(text: str) -> Span:
    """``FROM/TO``, or ``FROM/`` for a pause that lasts."""
    start, slash, end = text.partition("/")
    if not slash:
        raise BadPause(text=text, field="pause")
    span = Span(parse_instant(start, "pause"), parse_instant(end, "pause") if end.strip() else None)
    if span.end is not None and span.end <= span.start:
        raise BadPause(text=text, field="pause")
    return span


def _minutes(hours: str, minutes: str) -> int:
    return (int(hours) * 60 + int(minutes)) * 60_000_000
