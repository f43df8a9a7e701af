"""One table for events, timers and jobs; who has handled what; and the jobs that come round."""

from django.db import models
from django.db.models import Q


class OutboxMessage(models.Model):
    """``next_at`` alone says whether a message may be claimed: its ``not_before`` at first, the end of the
    lease while a worker has it, the end of the wait after a failure, NULL when done or dead. So one partial
    index serves every claim, and a crashed worker's messages come back by themselves."""

    id = models.BigAutoField(primary_key=True)
    key = models.CharField(max_length=150, null=True)
    topic = models.CharField(max_length=100)
    payload = models.TextField(help_text="JSON")
    created_at = models.DateTimeField()
    not_before = models.DateTimeField()
    next_at = models.DateTimeField(null=True)
    attempts = models.SmallIntegerField(default=0, db_default=0)
    claimed_by = models.CharField(max_length=80, blank=True, default="", db_default="")
    done_at = models.DateTimeField(null=True)
    dead_at = models.DateTimeField(null=True)
    last_error = models.CharField(max_length=500, blank=True, default="", db_default="")
    position = models.BigIntegerField(null=True, help_text="given after commit; the cursor of followers")

    class Meta:
        db_table = "outbox_message"
        indexes = [
            models.Index(fields=["next_at", "id"], name="outbox_open", condition=~Q(next_at=None)),
            models.Index(fields=["id"], name="outbox_unplaced", condition=Q(position=None)),
            models.Index(fields=["id"], name="outbox_dead", condition=~Q(dead_at=None)),
            models.Index(fields=["done_at"], name="outbox_done", condition=~Q(done_at=None)),
        ]
        # Partial, like the indexes: publishing touches only the open and the unplaced.
        constraints = [
            models.UniqueConstraint(fields=["key"], condition=~Q(key=None), name="outbox_key_once"),
            models.UniqueConstraint(
                fields=["position"], condition=~Q(position=None), name="outbox_position_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.id} {self.topic}"


class OutboxDelivery(models.Model):
    """``handler`` has handled the message: written in the handler's own transaction, so its effects
    happen once however often it is tried. No foreign key: no lookup per insert; pruned with the message."""

    message_id = models.BigIntegerField()
    handler = models.CharField(max_length=150)
    at = models.DateTimeField()

    class Meta:
        db_table = "outbox_delivery"
        constraints = [models.UniqueConstraint(fields=["message_id", "handler"], name="outbox_delivery_once")]

    def __str__(self) -> str:
        return f"{self.message_id} {self.handler}"


class OutboxHead(models.Model):
    """One row: the last position given. Its lock excludes sequencers from each other, never writers."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    position = models.BigIntegerField(default=0)

    class Meta:
        db_table = "outbox_head"

    def __str__(self) -> str:
        return str(self.position)


class OutboxPeriodic(models.Model):
    """When a periodic job runs next. A worker takes it by compare-and-swap on ``next_at``."""

    name = models.CharField(max_length=100, primary_key=True)
    next_at = models.DateTimeField()
    claimed_by = models.CharField(max_length=80, blank=True, default="")
    last_run_at = models.DateTimeField(null=True)
    last_error = models.CharField(max_length=500, blank=True, default="")

    class Meta:
        db_table = "outbox_periodic"

    def __str__(self) -> str:
        return self.name
