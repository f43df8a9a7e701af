"""Reads for sealing and verifying: raw columns, page by page, so that no value a tamperer could store
(a time that is none, a blob) breaks the reading, and memory stays constant."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from django.db import connection

from ketang.core.audit.models import AuditHead, AuditRow
from ketang.core.audit.rules import first_id, instant
from ketang.core.audit.types import Content, Entry, Head, Sealed

PAGE = 2000
LOWEST = -(2**63)
_SELECT = (
    "SELECT id, CAST(at AS TEXT), actor_kind, actor_id, actor_label, request_id, verb, subject, detail,"
    " key_id, mac, position, algorithm, digest FROM audit_row "
)


def head() -> Head | None:
    row = AuditHead.objects.values_list("position", "digest", "key_id", "mac").first()
    return Head(*row) if row else None


def has_unsealed() -> bool:
    return bool(_fetch("SELECT 1 FROM audit_row WHERE position IS NULL LIMIT 1"))


def unsealed_page(after: str, limit: int = PAGE) -> list[Sealed]:
    where = "WHERE position IS NULL AND id > %s ORDER BY id LIMIT %s"
    return [_sealed(row) for row in _fetch(_SELECT + where, after, limit)]


def sealed_pages(first: int, last: int) -> Iterator[list[Sealed]]:
    """Sealed rows with first ≤ position ≤ last, in order of position (then id: a tamperer may have
    dropped the unique index)."""
    # The plain bounds let PostgreSQL see that the partial index serves; the pair is the key of the page.
    where = (
        "WHERE position <= %s AND position >= %s AND (position, id) > (%s, %s) ORDER BY position, id LIMIT %s"
    )
    position, row_id = first - 1 if first > LOWEST else first, "~"  # '~' sorts after every hex digit
    while page := [_sealed(row) for row in _fetch(_SELECT + where, last, position, position, row_id, PAGE)]:
        yield page
        position, row_id = page[-1].position or 0, page[-1].content.id


def pages_beyond(position: int) -> Iterator[list[Sealed]]:
    """Rows that claim a place after ``position`` (text too: SQLite sorts it after every number)."""
    where = "WHERE position >= %s AND (position, id) > (%s, %s) ORDER BY position, id LIMIT %s"
    at: Any = position
    row_id = "~"
    while page := [_sealed(row) for row in _fetch(_SELECT + where, at, at, row_id, PAGE)]:
        yield page
        at, row_id = page[-1].position, page[-1].content.id


def unsealed_pages() -> Iterator[list[Sealed]]:
    after = ""
    while page := unsealed_page(after):
        yield page
        after = page[-1].content.id


def repeated_ids() -> list[str]:
    """Ids that occur twice: only possible where the primary key was dropped."""
    sql = "SELECT id FROM audit_row GROUP BY id HAVING COUNT(*) > 1 LIMIT 1000"
    return [str(row[0]) for row in _fetch(sql)]


def highest_position() -> int:
    found = _fetch("SELECT MAX(position) FROM audit_row WHERE position IS NOT NULL")[0][0]
    return found if isinstance(found, int) else 0


def count_unsealed() -> int:
    """Small: the sealer runs every second."""
    return int(_fetch("SELECT COUNT(*) FROM audit_row WHERE position IS NULL")[0][0])


def entries(
    *,
    subject: str = "",
    actor_id: int | None = None,
    verb: str = "",
    since: datetime | None = None,
    until: datetime | None = None,
    before: str = "",
    limit: int = 50,
) -> list[Entry]:
    """Rows for reading, newest first, by key: ``before`` is the last id of the page before. A period is a
    range of ids, so every filter but ``verb`` alone is served by an index."""
    rows = AuditRow.objects.order_by("-id")
    for name, value in (("subject", subject), ("verb", verb)):
        rows = rows.filter(**{name: value}) if value else rows
    if actor_id is not None:
        rows = rows.filter(actor_id=actor_id)
    if since:
        rows = rows.filter(id__gte=first_id(since))
    if until:
        rows = rows.filter(id__lt=first_id(until))
    if before:
        rows = rows.filter(id__lt=before)
    return [_entry(row) for row in rows[:limit]]


def _entry(row: AuditRow) -> Entry:
    try:
        detail = json.loads(row.detail)
    except ValueError:  # tampered with: shown as it is; verify names the row
        detail = {"?": row.detail}
    return Entry(
        row.id, row.at, row.actor_kind, row.actor_id, row.actor_label, row.request_id,
        row.verb, row.subject, detail, row.position,
    )  # fmt: skip


def _fetch(sql: str, *params: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
        return rows


def _sealed(row: tuple[Any, ...]) -> Sealed:
    return Sealed(Content(row[0], _instant(row[1]), *row[2:10]), *row[10:])


def _instant(text: Any) -> str:
    """A stored time as the MAC saw it: SQLite keeps UTC without saying so, PostgreSQL says ``+00``."""
    try:
        at = datetime.fromisoformat(text)
    except (TypeError, ValueError):
        return repr(text)
    return instant(at if at.tzinfo else at.replace(tzinfo=UTC))
