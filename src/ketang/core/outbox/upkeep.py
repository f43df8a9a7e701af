"""Looking after the queue: how far behind it is, what died in it, what may go."""

from datetime import datetime

from ketang.core.outbox import rules
from ketang.core.outbox.models import OutboxDelivery, OutboxMessage
from ketang.core.outbox.types import DeadLetter, DeadLetterGone, Lag
from ketang.kernel.clock import now

PRUNE_BATCH = 1000


def lag(at: datetime) -> Lag:
    due = OutboxMessage.objects.filter(next_at__lte=at).order_by("next_at")
    oldest = due.values_list("next_at", flat=True).first()
    waited = (at - oldest).total_seconds() if oldest else 0.0
    return Lag(waited, OutboxMessage.objects.exclude(dead_at=None).count())


def dead_letters(before: int, limit: int) -> list[DeadLetter]:
    rows = OutboxMessage.objects.exclude(dead_at=None).order_by("-id")
    if before:
        rows = rows.filter(id__lt=before)
    return [_dead_letter(row) for row in rows[:limit]]


def _dead_letter(row: OutboxMessage) -> DeadLetter:
    assert row.dead_at  # noqa: S101 - the query asks for it
    return DeadLetter(
        row.id,
        row.topic,
        row.key or "",
        row.payload,
        row.attempts,
        row.last_error,
        row.created_at,
        row.dead_at,
    )


def replay(message_id: int, at: datetime) -> str:
    """Make a dead letter due again; only one of two administrators succeeds. Returns its topic."""
    dead = OutboxMessage.objects.filter(id=message_id).exclude(dead_at=None)
    topic = dead.values_list("topic", flat=True).first()
    if topic is None or not dead.update(dead_at=None, next_at=at, attempts=0):
        raise DeadLetterGone
    return topic


def prune() -> int:
    """Remove messages done longer ago than RETENTION, with their marks. Positions are never reused: a
    follower's cursor stays good. Dead letters stay until somebody replays them."""
    old = OutboxMessage.objects.filter(done_at__lt=now() - rules.RETENTION).exclude(position=None)
    total = 0
    while ids := list(old.values_list("id", flat=True)[:PRUNE_BATCH]):
        OutboxDelivery.objects.filter(message_id__in=ids).delete()
        total += OutboxMessage.objects.filter(id__in=ids).delete()[0]
    return total
