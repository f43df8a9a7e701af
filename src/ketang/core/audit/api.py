"""The audit's public face: every write and every reveal of a personal field leaves a row through it."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from ketang.core.audit import actions, queries, sealing
from ketang.core.audit.types import Entry, Record
from ketang.kernel.actor import Actor

__all__ = [
    "Entry",
    "Record",
    "find",
    "head",
    "history",
    "record",
    "record_many",
    "reveal",
    "reveals_of",
    "seal",
    "seal_own_rows",
    "unsealed",
]


def record(
    actor: Actor, verb: str, subject: str, detail: dict[str, Any] | None = None, *, at: datetime
) -> None:
    """Leave a trace of what ``actor`` does to ``subject`` ("case:12"), in the caller's transaction.

    One INSERT. ``detail`` is small JSON and never personal data.
    """
    actions.record_many([Record(actor, verb, subject, detail, at)])


def record_many(records: Iterable[Record]) -> None:
    """Leave many traces with one INSERT (per 500)."""
    actions.record_many(records)


def reveal(actor: Actor, subject: str, field: str, purpose: str, legal_basis: str, *, at: datetime) -> None:
    """Leave a trace that ``actor`` saw a personal ``field`` of ``subject`` in the clear
    (个人信息保护法 art. 45, 51): the person concerned can read it through ``reveals_of``."""
    record(actor, "reveal", subject, {"field": field, "purpose": purpose, "legal_basis": legal_basis}, at=at)


def seal() -> int:
    """Number and chain every committed row; waits for another sealer. Returns how many rows."""
    return sealing.seal()


def seal_own_rows() -> int:
    """``seal`` if this process has recorded anything: a command calls it before it exits."""
    return sealing.seal() if actions.wrote else 0


def unsealed() -> int:
    """How many rows wait for the seal; more than a few seconds' worth means that no worker runs."""
    return queries.count_unsealed()


def head() -> str:
    """Where the chain ends, "position:digest"; '' when the head is gone."""
    found = queries.head()
    return f"{found.position}:{found.digest}" if found else ""


def find(
    *,
    subject: str = "",
    actor_id: int | None = None,
    verb: str = "",
    since: datetime | None = None,
    until: datetime | None = None,
    before: str = "",
    limit: int = 50,
) -> list[Entry]:
    """Rows for the audit administrator, newest first; ``before`` is the last id of the page before. Subject,
    actor and period are served by indexes; give a period with ``verb`` alone."""
    return queries.entries(
        subject=subject, actor_id=actor_id, verb=verb, since=since, until=until, before=before, limit=limit
    )


def history(subject: str, *, before: str = "", limit: int = 50) -> list[Entry]:
    """What happened to ``subject``, newest first; ``before`` is the last id of the page before."""
    return queries.entries(subject=subject, before=before, limit=limit)


def reveals_of(subject: str, *, before: str = "", limit: int = 50) -> list[Entry]:
    """Who saw which personal field of ``subject``, for what purpose; newest first. For the person
    concerned: show ``actor_label`` (unit and post), field, purpose and time."""
    return queries.entries(subject=subject, verb="reveal", before=before, limit=limit)
