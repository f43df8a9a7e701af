"""Writes of the queue's pages."""

from datetime import datetime

from django.db import transaction

from ketang.core.accounts.types import Person
from ketang.core.audit import api as audit
from ketang.core.outbox import api as outbox


def replay_dead_letter(message_id: int, who: Person, now: datetime) -> None:
    """Make a dead letter due again, on record. Raises DeadLetterGone when somebody was quicker."""
    with transaction.atomic(durable=True):
        topic = outbox.replay(message_id, at=now)
        audit.record(who.actor, "outbox.replay", f"message:{message_id}", {"topic": topic}, at=now)
