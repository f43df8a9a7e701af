"""The words of the audit: what is recorded, what is read back, what a verification found. No Django."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple

from ketang.kernel.actor import Actor
from ketang.kernel.errors import KetangError


@dataclass(frozen=True, slots=True)
class Record:
    """One thing somebody did. ``subject`` is ``kind:id`` ("case:12"); ``detail`` holds small JSON
    values and never personal data: the audit is read by people who may not see it."""

    actor: Actor
    verb: str
    subject: str
    detail: dict[str, Any] | None
    at: datetime


class Content(NamedTuple):
    """What the MAC of a row covers, in this order. ``at`` is ISO 8601 in UTC with microseconds."""

    id: str
    at: str
    actor_kind: str
    actor_id: int
    actor_label: str
    request_id: str
    verb: str
    subject: str
    detail: str
    key_id: str


class Sealed(NamedTuple):
    """A row as it is stored: its content, its MAC, and what the seal added (None, '' and '' before)."""

    content: Content
    mac: str
    position: int | None
    algorithm: str
    digest: str


class Link(NamedTuple):
    """What the seal adds to the row ``id``."""

    id: str
    position: int
    algorithm: str
    digest: str


class Head(NamedTuple):
    """How far the chain goes. ``position`` is also the number of sealed rows, as there are no gaps."""

    position: int
    digest: str
    key_id: str
    mac: str


class What(StrEnum):
    """Kinds of finding: content, seal, row too many, row gone, end of the chain, end written down earlier."""

    CHANGED = "changed"
    RESEALED = "resealed"
    INSERTED = "inserted"
    MISSING = "missing"
    HEAD = "head"
    EXPECTED = "expected"


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is not as it was written. ``row_id`` is '' where the row itself is gone; ``until``
    ends a run of missing positions."""

    what: What
    row_id: str = ""
    position: object = None
    until: int | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """What ``verify`` saw: counts, and where the chain ends ("position:digest": write it down elsewhere)."""

    sealed: int
    unsealed: int
    findings: int
    head: str


@dataclass(frozen=True, slots=True)
class Entry:
    """An audit row for reading."""

    id: str
    at: datetime
    actor_kind: str
    actor_id: int
    actor_label: str
    request_id: str
    verb: str
    subject: str
    detail: dict[str, Any] = field(default_factory=dict)
    position: int | None = None


class ChainHeadGone(KetangError):
    """The sealer stops rather than begin a second chain: somebody removed the head."""

    status = 500
    message = "审计链的链头不见了，已停止封存；请审计管理员运行 ketang audit verify。"
