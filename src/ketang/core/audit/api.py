"""The audit's public face. Every write and every reveal of a personal field calls it in its own transaction."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from ketang.core.audit import actions
from ketang.core.audit.types import Record
from ketang.kernel.actor import Actor

__all__ = ["Record", "record", "record_many", "reveal"]


def record(
    actor: Actor, verb: str, subject: str, detail: dict[str, Any] | None = None, *, at: datetime
) -> None:
    """Leave a trace of what ``actor`` does to ``subject`` ("case:12"): one INSERT in the caller's transaction.

    ``detail`` is small JSON and never personal data.
    """
    actions.record_many([Record(actor, verb, subject, detail, at)])


def record_many(records: Iterable[Record]) -> None:
    """Leave many traces with one INSERT (per 500)."""
    actions.record_many(records)


def reveal(actor: Actor, subject: str, field: str, purpose: str, legal_basis: str, *, at: datetime) -> None:
    """Leave a trace that ``actor`` saw a personal ``field`` of ``subject`` in the clear
    (个人信息保护法 art. 45, 51): the person concerned can read it through ``reveals_of``."""
    record(actor, "reveal", subject, {"field": field, "purpose": purpose, "legal_basis": legal_basis}, at=at)
