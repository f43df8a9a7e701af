"""A row of somebody's export → an order. Pure: no Django, ``now`` passed in; all flaws of a row at once."""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from ketang.core.cases.types import Channel, Contact, NewCase, Spot
from ketang.governance.intake.playbook import Condition, Mapping, Origin
from ketang.governance.intake.types import Order, Row, RowError
from ketang.kernel.text import normal_phone

LENGTHS = {
    "number": 80,
    "body": 5000,
    "answer": 5000,
    "kind": 200,
    "department": 120,
    "address": 300,
    "contact_name": 60,
}
NEVER_EMPTY = frozenset({"number", "body", "reported_at"})
EARLIEST_YEAR = 2004  # the working calendar begins there


@dataclass(slots=True)
class Reading:
    """One row being read: values found and everything that is wrong, so that all is said at once."""

    mapping: Mapping
    row: Row
    errors: list[RowError] = field(default_factory=list)

    def wrong(self, name: str, message: str) -> None:
        origin = getattr(self.mapping.fields, name, None)
        column = origin.all_columns[0] if origin and origin.all_columns else name
        self.errors.append(RowError(self.row.number, column, message))

    def text(self, name: str) -> str:
        """The field's value, '' when missing; says what is wrong with it."""
        origin: Origin | None = getattr(self.mapping.fields, name)
        if origin is None:
            return ""
        value = value_of(origin, self.row.values, self.mapping.missing)
        if value is None:
            self.wrong(name, f"“{_short(_raw(origin, self.row.values))}”不合格式 {origin.pattern}")
            return ""
        if not value and (origin.required or name in NEVER_EMPTY):
            self.wrong(name, "不能空")
        if len(value) > LENGTHS.get(name, 1000):
            self.wrong(name, f"最多 {LENGTHS.get(name, 1000)} 个字，现在有 {len(value)} 个")
        return value

    def time(self, name: str, now: datetime | None = None) -> datetime | None:
        text = self.text(name)
        origin: Origin | None = getattr(self.mapping.fields, name)
        if not text or origin is None:
            return None
        at = parse_time(text, origin.formats, self.mapping.timezone)
        if at is None:
            self.wrong(name, f"“{_short(text)}”不是时间，应像 {' 或 '.join(origin.formats)}")
        elif now and at > now:
            self.wrong(name, f"“{_short(text)}”在未来")
        elif now and at.year < EARLIEST_YEAR:
            self.wrong(name, f"“{_short(text)}”早于 {EARLIEST_YEAR} 年")
        else:
            return at
        return None

    def degrees(self, name: str, limit: float) -> float | None:
        text = self.text(name)
        if not text:
            return None
        try:
            value = float(text)
        except ValueError:
            self.wrong(name, f"“{_short(text)}”不是度数")
            return None
        if abs(value) <= limit:
            return value
        swapped = "，经度和纬度可能写反了" if name == "lat" and abs(value) <= 180 else ""
        self.wrong(name, f"{text} 超出 ±{limit:g} 度{swapped}")
        return None


def order_of(
    mapping: Mapping, row: Row, now: datetime, digest: Callable[[str], str]
) -> Order | list[RowError]:
    """The order, or everything that is wrong with its row. ``digest`` keys the row's hash."""
    if row.problem:
        return [RowError(row.number, "", row.problem)]
    reading = Reading(mapping, row)
    number, body = reading.text("number"), reading.text("body")
    reported_at = reading.time("reported_at", now)
    new = _new_case(reading, number, body, reported_at)
    order = Order(
        row=row,
        new=new,
        row_hash=digest(canonical(row.values)),
        closed=says_closed(mapping, row.values),
        closed_at=reading.time("closed_at", now),
        answer=reading.text("answer"),
        overdue=holds_any(mapping.overdue, row.values),
        place=_place(mapping, row.values),
    )
    return reading.errors or order


def _new_case(reading: Reading, number: str, body: str, reported_at: datetime | None) -> NewCase:
    mapping = reading.mapping
    phone = reading.text("contact_phone")
    lon, lat = reading.degrees("lon", 180), reading.degrees("lat", 90)
    if (lon is None) != (lat is None) or (lon == 0 and lat == 0):
        lon = lat = None
    return NewCase(
        body=body,
        channel=_channel(reading),
        title=reading.text("title"),
        kind=kind_of(mapping, reading.row.values),
        contact=Contact(
            name=reading.text("contact_name"),
            phone=normal_phone(phone) or phone,
            id_number=reading.text("contact_id"),
            address=reading.text("contact_address"),
        ),
        spot=Spot(lon, lat, reading.text("address")),
        source_system=mapping.source_system,
        source_number=number,
        source_kind=reading.text("kind"),
        source_department=reading.text("department"),
        upstream_due=reading.time("upstream_due"),
        reported_at=reported_at,
    )


def _channel(reading: Reading) -> Channel:
    text = reading.text("channel")
    if not text:
        return reading.mapping.channel
    if text in Channel.__members__.values():
        return Channel(text)
    reading.wrong("channel", f"“{_short(text)}”没有对应的渠道，请在映射的 channel.values 里写上")
    return reading.mapping.channel


def value_of(origin: Origin, values: dict[str, str], missing: tuple[str, ...]) -> str | None:
    """The value of a field; '' when missing, None when it does not fit the pattern."""
    if origin.constant:
        return origin.constant
    cells = [values.get(column, "").strip() for column in origin.all_columns]
    text = origin.join.join(cell for cell in cells if cell not in missing)
    if text and origin.pattern:
        found = _compiled(origin.pattern).search(text)
        if found is None:
            return None
        text = found[1] if found.re.groups else found[0]
    if text and (origin.values or origin.otherwise):
        return origin.values.get(text, origin.otherwise or text)
    return text


@lru_cache(maxsize=256)
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)


def _raw(origin: Origin, values: dict[str, str]) -> str:
    return origin.join.join(values.get(column, "") for column in origin.all_columns)


def _short(text: str) -> str:
    """Enough to find the cell; never a whole text that may hold somebody's data."""
    return text if len(text) <= 20 else text[:19] + "…"


@lru_cache(maxsize=4096)
def parse_time(text: str, formats: tuple[str, ...], zone: str) -> datetime | None:
    """The instant; without an offset it is wall-clock time of ``zone``. None when it is no time."""
    for pattern in (*formats, "iso"):
        try:
            at = datetime.fromisoformat(text) if pattern == "iso" else datetime.strptime(text, pattern)  # noqa: DTZ007
        except ValueError:
            continue
        return at if at.tzinfo else at.replace(tzinfo=ZoneInfo(zone))
    return None


def kind_of(mapping: Mapping, values: dict[str, str]) -> str:
    """Our kind for a row, '' = 待分类."""
    return next((rule.kind for rule in mapping.kinds if holds(rule.when, values)), "")


def says_closed(mapping: Mapping, values: dict[str, str]) -> bool | None:
    if holds_any(mapping.closed, values):
        return True
    return False if holds_any(mapping.open, values) else None


def holds(condition: Condition, values: dict[str, str]) -> bool:
    return all(values.get(column, "").strip() in wanted for column, wanted in condition.items())


def holds_any(conditions: tuple[Condition, ...], values: dict[str, str]) -> bool:
    return any(holds(condition, values) for condition in conditions)


def _place(mapping: Mapping, values: dict[str, str]) -> tuple[str, ...]:
    origin = mapping.fields.area
    if origin is None:
        return ()
    cells = (values.get(column, "").strip() for column in origin.all_columns)
    return tuple(cell for cell in cells if cell not in mapping.missing)


def canonical(values: dict[str, str]) -> str:
    """A row as text, the same for the same content whatever the order of columns."""
    return json.dumps(sorted(values.items()), ensure_ascii=False, separators=(",", ":"))


def as_it_came(values: dict[str, str]) -> str:
    """A row as text in the source's order of columns, for answers in its own form."""
    return json.dumps(list(values.items()), ensure_ascii=False, separators=(",", ":"))


def history_is_closed(mapping: Mapping, order: Order) -> bool:
    """What a past order is where its source does not say (``unstated``)."""
    return mapping.unstated == "closed" if order.closed is None else order.closed
