"""Putting messages in: one INSERT in the caller's transaction, so a change and its consequence are one."""

import json
from collections.abc import Sequence
from datetime import datetime

from django.db import connection

from ketang.core import bulk
from ketang.core.outbox import registry
from ketang.core.outbox.types import Payload
from ketang.kernel.clock import now

TABLE = "outbox_message"
COLUMNS = ("key", "topic", "payload", "created_at", "not_before", "next_at")
ONCE = "ON CONFLICT DO NOTHING"  # a key that is there already


def publish(events: Sequence[object], key: str, not_before: datetime | None) -> int:
    if key and len(events) > 1:
        keys = [f"{key}#{n}" for n in range(len(events))]
    else:
        keys = [key] * len(events)
    rows = [
        values(registry.name_of(type(e)), registry.encode(e), k, not_before)
        for e, k in zip(events, keys, strict=True)
    ]
    return bulk.insert(TABLE, COLUMNS, rows, ONCE if key else "")


def schedule(name: str, payload: Payload, key: str, at: datetime) -> int:
    body = json.dumps(payload, ensure_ascii=False, separators=(",", ":"), default=str)
    return bulk.insert(TABLE, COLUMNS, [values(registry.JOB + name, body, key, at)], ONCE if key else "")


def values(topic: str, payload: str, key: str = "", not_before: datetime | None = None) -> tuple[object, ...]:
    """A message's row in the order of COLUMNS, as the driver takes it (also for COPY)."""
    adapt = connection.ops.adapt_datetimefield_value
    created = now()
    due = adapt(not_before or created)
    return (key or None, topic, payload, adapt(created), due, due)
