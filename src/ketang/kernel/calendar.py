"""The Chinese working calendar: which days are worked, and which years are only foreseen.

Years 2004 to the newest that chinesecalendar knows follow the State Council's yearly notices, 调休
working weekends included. A notice that is newer than the library is a YAML file (`read_table`). Any
other year up to 2099 is *provisional*: weekends and the statutory holidays of the 2025 rule (国令第795号),
without the working weekends that nobody can foresee.

Days are counted from 2004-01-01 = 0, so that counting is arithmetic on a few flat tables.
"""

import hashlib
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import lru_cache
from itertools import accumulate, compress
from pathlib import Path
from typing import Any

import yaml
from chinese_calendar.constants import holidays, workdays
from lunardate import LunarDate

from ketang.kernel.errors import BadInput, NotFound

FIRST, LAST = date(2004, 1, 1), date(2099, 12, 31)
DAYS = (LAST - FIRST).days + 1
_EPOCH = FIRST.toordinal()
_WEEK_NAMES = "一二三四五六日"


class OutsideCalendar(BadInput):
    message = "工作日历只到 2004 年至 2099 年，算不出 %(when)s。"


class BadCalendar(BadInput):
    message = "节假日表 %(file)s 有问题：%(reason)s"
    way_out = "写法见 playbooks/calendars/README.md。"


class CalendarMissing(NotFound):
    message = "没有找到节假日表 %(file)s。"


@dataclass(frozen=True)
class YearTable:
    """One year's official notice: named days off (weekend days may be listed too) and weekends worked."""

    year: int
    off: Mapping[date, str]
    worked: frozenset[date] = field(default_factory=frozenset)
    source: str = ""

    def text(self) -> str:
        """What the calendar's version is the hash of: only what changes a count."""
        off = sorted(day.isoformat() for day in self.off if day.weekday() < 5)
        return f"{self.year}:{','.join(off)}:{','.join(sorted(day.isoformat() for day in self.worked))}"


class Calendar:
    """Immutable tables over 2004–2099. ``version`` names its official years: ``cn2026-3f9a0c1b``."""

    def __init__(self, official: Iterable[YearTable]) -> None:
        self.official = {table.year: table for table in official}
        flags = _weekdays()
        for year in range(FIRST.year, LAST.year + 1):
            table = self.official.get(year) or statutory(year)
            _mark(flags, table.off, 0)
            _mark(flags, table.worked, 1)
        self.working = bytes(flags)
        self.worked_before = [0, *accumulate(flags)]
        self.work_days = list(compress(range(DAYS), flags))
        self.version = self._version()

    def is_working(self, day: date) -> bool:
        return bool(self.working[number(day)])

    def published(self, first: date, last: date) -> bool:
        """Whether every year from ``first`` to ``last`` has its official table."""
        return all(year in self.official for year in range(first.year, last.year + 1))

    def next_working(self, day: int) -> int:
        """The number of the first working day on or after ``day``."""
        try:
            return self.work_days[self.worked_before[day]]
        except IndexError:
            raise OutsideCalendar(when=f"{LAST.year} 年以后") from None

    def why(self, day: date) -> str:
        """The day in words: ``10-10 周六 调休上班`` or ``10-01 周四 国庆节``."""
        table = self.official.get(day.year) or statutory(day.year)
        words = table.off.get(day) or ("调休上班" if day in table.worked else "")
        words = words or ("工作日" if self.is_working(day) else "周末")
        tail = "" if day.year in self.official else "（暂定）"
        return f"{day:%Y-%m-%d} 周{_WEEK_NAMES[day.weekday()]} {words}{tail}"

    def text(self) -> str:
        """The official years, a line each: what the version is the hash of, and what `from_text` reads."""
        return "\n".join(self.official[year].text() for year in sorted(self.official))

    @classmethod
    def from_text(cls, text: str) -> "Calendar":
        return cls(_year_from(line) for line in text.splitlines())

    def _version(self) -> str:
        newest = max(self.official, default=0)
        return f"cn{newest}-{hashlib.sha256(self.text().encode()).hexdigest()[:8]}"


def number(day: date) -> int:
    """Days since 2004-01-01; raises OutsideCalendar before 2004 and after 2099."""
    if not FIRST <= day <= LAST:
        raise OutsideCalendar(when=day.isoformat())
    return day.toordinal() - _EPOCH


def day_of(number: int) -> date:
    return date.fromordinal(_EPOCH + number)


@lru_cache(maxsize=128)
def statutory(year: int) -> YearTable:
    """What can be foreseen of a year without a notice: the thirteen statutory days, nothing moved."""
    first_moon = _lunar(year, 1, 1)
    off = {date(year, 1, 1): "元旦", _qingming(year): "清明"}
    off |= {first_moon + timedelta(days=n): "春节" for n in (-1, 0, 1, 2)}
    off |= {date(year, 5, n): "劳动节" for n in (1, 2)}
    off |= {_lunar(year, 5, 5): "端午", _lunar(year, 8, 15): "中秋"}
    off |= {date(year, 10, n): "国庆节" for n in (1, 2, 3)}
    return YearTable(year, off, source="全国年节及纪念日放假办法（2025）")


@lru_cache(maxsize=1)
def library_tables() -> tuple[YearTable, ...]:
    """The official years that chinesecalendar ships, up to its newest."""
    years = sorted({day.year for day in holidays})
    return tuple(
        YearTable(
            year,
            {day: _named(name) for day, name in holidays.items() if day.year == year},
            frozenset(day for day in workdays if day.year == year and day.weekday() >= 5),
            "chinesecalendar",
        )
        for year in years
    )


def read_table(path: Path) -> YearTable:
    """An official notice: ``year``, ``source``, ``holidays`` (name → dates), ``workdays`` (dates)."""
    try:
        return _table(yaml.safe_load(path.read_text(encoding="utf-8")))
    except FileNotFoundError as error:
        raise CalendarMissing(file=path) from error
    except (OSError, UnicodeError, yaml.YAMLError, KeyError, TypeError, AttributeError, ValueError) as error:
        raise BadCalendar(file=path, reason=error) from error


def _table(raw: Any) -> YearTable:
    year = int(raw["year"])
    off = {_day(day, year): str(name) for name, days in raw["holidays"].items() for day in days}
    worked = frozenset(_day(day, year) for day in raw.get("workdays") or [])
    if both := sorted(worked & off.keys()):
        raise ValueError(f"{both[0]} 既放假又上班")
    return YearTable(year, off, worked, str(raw.get("source", "")))


def folder() -> Path:
    """Where official tables newer than the library lie: ``calendars`` beside the playbooks, the same on
    every host. Read here and not from the settings, so that ``ketang deadline due`` needs no set-up."""
    root = os.environ.get("KETANG_PLAYBOOKS") or Path(__file__).resolve().parents[3] / "playbooks"
    return Path(root) / "calendars"


def load(paths: Iterable[Path] = ()) -> Calendar:
    """The library's years, then the folder's files, then ``paths``; a later table replaces an earlier one."""
    files = [*sorted(folder().glob("*.yaml")), *paths]
    return _build(tuple((path, _stamp(path)) for path in files))


@lru_cache(maxsize=8)
def _build(files: tuple[tuple[Path, int], ...]) -> Calendar:
    tables = {table.year: table for table in library_tables()}
    tables |= {table.year: table for table in (read_table(path) for path, _ in files)}
    return Calendar(tables.values())


def _year_from(line: str) -> YearTable:
    year, off, worked = line.split(":")
    return YearTable(
        int(year),
        {date.fromisoformat(day): "放假" for day in off.split(",") if day},
        frozenset(date.fromisoformat(day) for day in worked.split(",") if day),
    )


def _stamp(path: Path) -> int:
    """Changes when the file does, so that a corrected table is seen without a restart."""
    try:
        return path.stat().st_mtime_ns
    except FileNotFoundError as error:
        raise CalendarMissing(file=path) from error


def _weekdays() -> bytearray:
    first = FIRST.weekday()
    return bytearray(1 if (first + n) % 7 < 5 else 0 for n in range(DAYS))


def _mark(flags: bytearray, days: Iterable[date], value: int) -> None:
    for day in days:
        flags[number(day)] = value


def _day(value: object, year: int) -> date:
    day = value if type(value) is date else date.fromisoformat(str(value))  # YAML also knows datetimes
    if day.year != year or not FIRST <= day <= LAST:
        raise ValueError(f"{day} 不在 {year} 年")
    return day


def _lunar(year: int, month: int, day: int) -> date:
    solar: date = LunarDate(year, month, day).to_solar_date()
    return solar


def _qingming(year: int) -> date:
    """The 21st-century formula [Y·0.2422+4.81]−[Y/4], Y the last two digits (holds 2000–2099)."""
    short = year % 100
    return date(year, 4, int(short * 0.2422 + 4.81) - short // 4)


def _named(english: str) -> str:
    return _NAMES.get(english, english)


_NAMES = {
    "New Year's Day": "元旦",
    "Spring Festival": "春节",
    "Tomb-sweeping Day": "清明",
    "Labour Day": "劳动节",
    "Dragon Boat Festival": "端午",
    "Mid-autumn Festival": "中秋",
    "National Day": "国庆节",
    "Anti-Fascist 70th Day": "抗战胜利纪念日",
}
