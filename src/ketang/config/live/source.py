"""Where changes come from: the outbox, by position."""

from django.db import connection

from ketang.config.live.feed import Change, subject_of
from ketang.core.outbox.models import OutboxHead


def changes_after(position: int, limit: int) -> list[Change]:
    """A broken connection is let go, so that the next reading opens a new one."""
    from ketang.core.outbox.api import tail

    try:
        return [Change(t.position, subject_of(t.payload)) for t in tail(position, limit)]
    except Exception:
        connection.close()
        raise


def head() -> int:
    """The newest position given."""
    try:
        return OutboxHead.objects.values_list("position", flat=True).first() or 0
    except Exception:
        connection.close()
        raise
