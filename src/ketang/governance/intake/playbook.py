"""mappings/*.yaml: how the columns of somebody's export become orders, and how answers go back."""

import re
from typing import Any, Literal, Self
from zoneinfo import ZoneInfo

from pydantic import Field, field_validator, model_validator

from ketang.core.cases.types import Channel
from ketang.core.playbooks.schema import Code, Entry, Line

Condition = dict[str, tuple[str, ...]]
AnswerFact = Literal["number", "state", "unit", "answer", "answered_at", "closed_at", "rating", "kind"]


class Origin(Entry):
    """Where the value of a field comes from. A plain string in YAML is the name of a column."""

    column: str = ""
    """One column."""
    columns: tuple[str, ...] = ()
    """Several columns, joined; empty ones are left out."""
    join: str = " / "
    """What stands between joined columns."""
    constant: str = ""
    """The same value for every row."""
    pattern: str = ""
    """Regular expression; its first group (or the whole match) is the value, no match is an error."""
    formats: tuple[str, ...] = ()
    """Formats of a time, tried in order (%Y-%m-%d %H:%M:%S)."""
    values: dict[str, str] = {}
    """Source value → ours; what is not listed stays as it is, or becomes ``otherwise``."""
    otherwise: str = ""
    """Value of what ``values`` does not list."""
    required: bool = False
    """A row without it is rejected."""

    @model_validator(mode="before")
    @classmethod
    def _bare_column(cls, value: Any) -> Any:
        return {"column": value} if isinstance(value, str) else value

    @field_validator("pattern")
    @classmethod
    def _compiles(cls, value: str) -> str:
        try:
            re.compile(value)
        except re.error as error:
            raise ValueError(f"正则表达式写法有误：{error}") from error
        return value

    @model_validator(mode="after")
    def _one_origin(self) -> Self:
        if sum(map(bool, (self.column, self.columns, self.constant))) != 1:
            raise ValueError("column、columns、constant 三者写一个")
        return self

    @property
    def all_columns(self) -> tuple[str, ...]:
        return (self.column,) if self.column else self.columns


class Fields(Entry):
    """The fields of an order."""

    number: Origin
    """The order's number in its source; required. A repeated number with other content is an update."""
    body: Origin
    """What was said; required."""
    reported_at: Origin
    """When it was raised; required, with ``formats``."""
    title: Origin | None = None
    """Title; without it the first sentence."""
    kind: Origin | None = None
    """The source's own category, kept as it came."""
    department: Origin | None = None
    """The unit the source named, kept as it came."""
    channel: Origin | None = None
    """hotline, province, resident, window, phone, patrol, inspection, sensor or other."""
    area: Origin | None = None
    """An area code, or area names from the higher to the lower level."""
    address: Origin | None = None
    """The place in words (encrypted)."""
    lon: Origin | None = None
    """Longitude, WGS-84 degrees."""
    lat: Origin | None = None
    """Latitude, WGS-84 degrees."""
    contact_name: Origin | None = None
    """Who raised it (encrypted)."""
    contact_phone: Origin | None = None
    """How to reach them (encrypted, with a blind index)."""
    contact_id: Origin | None = None
    """Their ID number (encrypted, with a blind index)."""
    contact_address: Origin | None = None
    """Their address (encrypted)."""
    upstream_due: Origin | None = None
    """When the source wants it done."""
    closed_at: Origin | None = None
    """When the source closed it."""
    answer: Origin | None = None
    """What the reporter was told."""

    def given(self) -> dict[str, Origin]:
        pairs = ((name, getattr(self, name)) for name in type(self).model_fields)
        return {name: field for name, field in pairs if field is not None}


class KindRule(Entry):
    """Source categories that are one of our kinds; the first rule that fits wins."""

    kind: Code
    """Our kind, a leaf of kinds.yaml."""
    when: Condition
    """Column → values; every column named must have one of its values."""


class Mapping(Entry):
    """One source's export."""

    title: Line
    """What people read."""
    source_system: Line = Field(max_length=40)
    """Name of the source; with the number it makes an order unique."""
    timezone: str = "Asia/Shanghai"
    """Zone of times without an offset."""
    missing: tuple[str, ...] = ("", "-")
    """Cell values that mean nothing was given."""
    channel: Channel = Channel.HOTLINE
    """Channel of every row where fields.channel says nothing."""
    profile: str = ""
    """Profile of the loop; '' = as channel and kind say."""
    fields: Fields
    """Columns → fields."""
    kinds: tuple[KindRule, ...] = ()
    """Source categories → our kinds; what fits none is 待分类."""
    departments: dict[str, str] = {}
    """Source unit → department code; otherwise by the unit's name and aliases."""
    areas: dict[str, str] = {}
    """Area name as the source writes it → area code."""
    closed: tuple[Condition, ...] = ()
    """A row is closed when one of these holds."""
    open: tuple[Condition, ...] = ()
    """A row is still open when one of these holds (asked after ``closed``)."""
    unstated: Literal["closed", "open"] = "closed"
    """What history makes of a row that says neither."""
    overdue: tuple[Condition, ...] = ()
    """The source counted it as late when one of these holds."""
    answers: dict[str, AnswerFact] = {}
    """Columns added by ``ketang export answers``: column → fact."""

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (KeyError, ValueError, OSError) as error:
            raise ValueError(f"没有“{value}”这个时区，例如 Asia/Shanghai") from error
        return value

    @model_validator(mode="after")
    def _times_have_formats(self) -> Self:
        for name in ("reported_at", "upstream_due", "closed_at"):
            field: Origin | None = getattr(self.fields, name)
            if field is not None and not field.formats:
                raise ValueError(f"fields.{name} 要写 formats，例如 ['%Y-%m-%d %H:%M:%S']")
        return self

    def columns(self) -> list[str]:
        """Every column this mapping reads, once, in order of mention."""
        fields = [column for field in self.fields.given().values() for column in field.all_columns]
        conditions: list[Condition] = [rule.when for rule in self.kinds]
        conditions += [*self.closed, *self.open, *self.overdue]
        return list(dict.fromkeys([*fields, *(column for each in conditions for column in each)]))


class IntakeFile(Entry):
    """intake.yaml"""

    danger_words: dict[Literal["110", "119", "120"], tuple[Line, ...]] = {
        "110": ("持刀", "砍人", "打架", "斗殴", "抢劫", "绑架", "家暴", "跳楼", "自杀", "轻生", "扬言"),
        "119": ("着火", "起火", "失火", "火灾", "爆炸", "燃气泄漏", "煤气泄漏", "天然气泄漏", "被困", "塌"),
        "120": ("昏迷", "晕倒", "流血", "溺水", "落水", "触电", "车祸", "中毒", "没有呼吸"),
    }
    """Words of danger in a report → the number that the page shows first."""
    reports_per_minute: int = Field(default=6, ge=1, le=60)
    """How many reports one address may send a minute without logging in."""
