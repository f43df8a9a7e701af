"""The words of the outbox. No Django."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ketang.kernel.errors import KetangError

Payload = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Message:
    """A claimed message. ``attempt`` counts from 1; ``key`` is unique for ever, so an external service
    can be given it to recognise a repetition."""

    id: int
    key: str
    topic: str
    payload: str
    attempt: int


@dataclass(frozen=True, slots=True)
class Handler:
    """What runs for a topic. ``external``: has effects outside the database, so it runs without a
    transaction (no lock is held while a remote service answers) and gets ``key``."""

    name: str
    run: Callable[..., object]
    external: bool = False


@dataclass(frozen=True, slots=True)
class Periodic:
    """A job that runs every ``seconds`` on one worker at a time."""

    name: str
    seconds: float
    run: Callable[[], object]


@dataclass(frozen=True, slots=True)
class Tailed:
    """A message as followers read it, in order of ``position``."""

    position: int
    topic: str
    payload: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Lag:
    """How far the worker is behind. ``oldest_seconds``: how long the oldest due message has waited."""

    oldest_seconds: float
    dead: int


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A message that failed too often, for the administrator's list."""

    id: int
    topic: str
    key: str
    payload: str
    attempts: int
    last_error: str
    created_at: datetime
    dead_at: datetime


class UnknownTopic(KetangError):
    """Nobody here knows this event or job: an older worker, or a room that was taken out."""

    status = 500
    message = "没有程序认识“%(topic)s”。"


class DeadLetterGone(KetangError):
    status = 404
    message = "这条死信已经不在了：可能别人刚刚重放过。"
