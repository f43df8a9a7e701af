"""Running a message's handlers: each in a transaction of its own, together with the mark that it ran."""

import json
from collections.abc import Callable
from datetime import datetime

from django.db import connection, transaction

from ketang.core import bulk
from ketang.core.outbox import registry
from ketang.core.outbox.models import OutboxDelivery
from ketang.core.outbox.types import Handler, Message

Clock = Callable[[], datetime]


def deliver(message: Message, clock: Clock) -> None:
    """Run every handler that has not run yet. One that fails keeps the others' effects, and is raised."""
    failed: list[Exception] = []
    for handler in registry.handlers_of(message.topic):
        run = _run_outside if handler.external else _run_inside
        try:
            run(message, handler, clock)
        except Exception as error:
            failed.append(error)
    if failed:
        raise failed[0]


def _run_inside(message: Message, handler: Handler, clock: Clock) -> None:
    with transaction.atomic(durable=True):
        # The mark first: a second worker with the same message waits here, then finds it taken.
        if _mark(message, handler, clock()):
            handler.run(_argument(message))


def _run_outside(message: Message, handler: Handler, clock: Clock) -> None:
    """At least once: killed between the effect and the mark, it runs again with the same key."""
    if not OutboxDelivery.objects.filter(message_id=message.id, handler=handler.name).exists():
        handler.run(_argument(message), message.key)
        _mark(message, handler, clock())


def _argument(message: Message) -> object:
    if registry.is_event(message.topic):
        return registry.decode(message.topic, message.payload)
    return json.loads(message.payload)


def _mark(message: Message, handler: Handler, at: datetime) -> bool:
    """Whether this is the first time."""
    row = (message.id, handler.name, connection.ops.adapt_datetimefield_value(at))
    columns = ("message_id", "handler", "at")
    return bulk.insert("outbox_delivery", columns, [row], "ON CONFLICT DO NOTHING") == 1
