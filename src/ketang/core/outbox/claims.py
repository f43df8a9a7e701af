"""Taking messages and giving them back. All by compare-and-swap: a claim is an UPDATE that picks and marks
in one statement, so no two workers get the same message while its lease runs."""

from collections.abc import Sequence
from datetime import datetime

from django.db import connection
from django.db.models import F, QuerySet

from ketang.core.outbox import rules
from ketang.core.outbox.models import OutboxMessage
from ketang.core.outbox.types import Message


def claim(worker: str, now: datetime, limit: int = rules.BATCH) -> list[Message]:
    """Take up to ``limit`` due messages for LEASE. An idle look costs one index probe and no write lock."""
    if not OutboxMessage.objects.filter(next_at__lte=now).exists():
        return []
    adapt = connection.ops.adapt_datetimefield_value
    with connection.cursor() as cursor:
        cursor.execute(_claim_sql(), [adapt(now), limit, adapt(now + rules.LEASE), worker])
        claimed = [Message(row[0], row[1] or f"message:{row[0]}", *row[2:]) for row in cursor.fetchall()]
    return sorted(claimed, key=lambda message: message.id)


def _claim_sql() -> str:
    # Workers on PostgreSQL step over each other's picks; on SQLite the UPDATE holds the only write lock.
    skip = "FOR UPDATE SKIP LOCKED" if connection.features.has_select_for_update_skip_locked else ""
    return f"""
        WITH due AS (SELECT id FROM outbox_message WHERE next_at <= %s ORDER BY next_at, id LIMIT %s {skip})
        UPDATE outbox_message SET next_at = %s, claimed_by = %s, attempts = attempts + 1
        WHERE id IN (SELECT id FROM due)
        RETURNING id, key, topic, payload, attempts
    """  # noqa: S608 - a constant


def finish(messages: Sequence[Message], now: datetime) -> None:
    """Done, whoever holds the claim by now: every handler has left its mark."""
    if messages:
        open_ones = OutboxMessage.objects.filter(id__in=[m.id for m in messages], done_at=None)
        open_ones.update(done_at=now, next_at=None, dead_at=None, claimed_by="")


def fail(message: Message, worker: str, error: str, now: datetime) -> bool:
    """Try again later or lay it aside; returns whether it is dead now. Nothing happens when the lease ran
    out and another worker has it."""
    again = rules.next_try(message.attempt, now)
    dead_at = None if again else now
    _mine([message], worker).update(next_at=again, dead_at=dead_at, last_error=error, claimed_by="")
    return again is None


def hold(messages: Sequence[Message], worker: str, now: datetime) -> None:
    """Lengthen the lease of what is still to do."""
    _mine(messages, worker).update(next_at=now + rules.LEASE)


def give_back(messages: Sequence[Message], worker: str, now: datetime) -> None:
    """A worker that stops hands back what it did not begin; that was no attempt."""
    if messages:
        _mine(messages, worker).update(next_at=now, claimed_by="", attempts=F("attempts") - 1)


def _mine(messages: Sequence[Message], worker: str) -> QuerySet[OutboxMessage]:
    return OutboxMessage.objects.filter(id__in=[m.id for m in messages], claimed_by=worker, done_at=None)
