"""Positions for followers, and reading by them."""

from django.db import connection, transaction
from django.db.models import Max

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
        head = OutboxHead.objects.select_for_update(skip_locked=True).first()
        if head is None:
            return 0  # another process is at it
        with connection.cursor() as cursor:
            cursor.execute(_PLACE, [head.position, BATCH])
            placed = int(cursor.rowcount)
        head.position += placed
        head.save(update_fields=["position"])
    return placed


def begin() -> None:
    """Make the head with the tables; a head made again goes on after the highest position given."""
    if not OutboxHead.objects.exists():
        highest = OutboxMessage.objects.aggregate(highest=Max("position"))["highest"]
        OutboxHead.objects.get_or_create(id=1, defaults={"position": highest or 0})


def tail(after_position: int, limit: int) -> list[Tailed]:
    rows = OutboxMessage.objects.filter(position__gt=after_position).order_by("position")
    found = rows.values_list("position", "topic", "payload", "created_at")[:limit]
    return [Tailed(position or 0, topic, payload, created) for position, topic, payload, created in found]


def last_position() -> int:
    """Where a new follower begins."""
    return OutboxHead.objects.values_list("position", flat=True).first() or 0
