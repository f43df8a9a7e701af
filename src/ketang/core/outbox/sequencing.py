"""Positions for followers, and reading by them."""

from django.db import connection, transaction

from ketang.core.outbox.models import OutboxHead, OutboxMessage
from ketang.core.outbox.types import Tailed
from ketang.core.sequence import sequencer

BATCH = 1000

# Numbers what is visible to this statement, in the order of ids; the same text on both databases.
_PLACE = """
    UPDATE outbox_message SET position = %s + seen.place
    FROM (SELECT id, ROW_NUMBER() OVER (ORDER BY id) AS place FROM outbox_message
          WHERE position IS NULL ORDER BY id LIMIT %s) AS seen
    WHERE outbox_message.id = seen.id
"""


@sequencer("outbox")
def place_messages() -> int:
    """Give committed messages their positions; skips while another process does."""
    total = 0
    while OutboxMessage.objects.filter(position=None).exists():
        placed = _place_batch()
        total += placed
        if not placed:
            break
    return total


def _place_batch() -> int:
    with transaction.atomic():
        head = _locked_head()
        if head is None:
            return 0
        with connection.cursor() as cursor:
            cursor.execute(_PLACE, [head.position, BATCH])
            placed = int(cursor.rowcount)
        head.position += placed
        head.save(update_fields=["position"])
    return placed


def _locked_head() -> OutboxHead | None:
    head = OutboxHead.objects.select_for_update(skip_locked=True).first()
    if head is None and not OutboxHead.objects.exists():
        head, _ = OutboxHead.objects.get_or_create(id=1)
    return head


def tail(after_position: int, limit: int) -> list[Tailed]:
    rows = OutboxMessage.objects.filter(position__gt=after_position).order_by("position")
    found = rows.values_list("position", "topic", "payload", "created_at")[:limit]
    return [Tailed(position or 0, topic, payload, created) for position, topic, payload, created in found]


def last_position() -> int:
    """Where a new follower begins."""
    return OutboxHead.objects.values_list("position", flat=True).first() or 0
