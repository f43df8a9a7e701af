"""Writing rows: one INSERT in the caller's transaction, so that the change and its trace are one."""

from collections.abc import Iterable, Sequence

from django.conf import settings
from django.db import connection

from ketang.core import bulk
from ketang.core.audit import rules
from ketang.core.audit.types import Content, Record

TABLE = "audit_row"
COLUMNS = (*Content._fields, "mac")
wrote = False  # whether this process has recorded anything: `ketang` seals before it exits when it has


def record_many(records: Iterable[Record]) -> None:
    """Write the rows with one INSERT (per 500)."""
    global wrote
    rows = [values(record) for record in records]
    if rows:
        bulk.insert(TABLE, COLUMNS, rows)
        wrote = True


def values(record: Record) -> Sequence[object]:
    """The row of ``record`` in the order of COLUMNS, as the driver takes it (also for COPY)."""
    content = rules.content_of(record, settings.KEYS.audit_id)
    mac = settings.KEYS.authenticate(rules.canonical(content))
    return (content.id, connection.ops.adapt_datetimefield_value(record.at), *content[2:], mac)
