"""Where changes come from: the outbox, by position."""

from django.db import connection

from ketang.config.live.feed import Change, subject_of
from ketang.core.outbox.api import last_position, tail


def changes_after(position: int, limit: int) -> list[Change]:
    """A broken connection is let go, so that the next reading opens a new one."""
    try:
        return [Change(t.position, subject_of(t.payload)) for t in tail(position, limit)]
    except Exception:
        connection.close()
        raise


def head() -> int:
    """The newest position given."""
    try:
        return last_position()
    except Exception:
        connection.close()
        raise
