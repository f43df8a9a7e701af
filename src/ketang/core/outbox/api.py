"""The outbox's public face: what follows a change, later, at least once, and what runs by the clock.

Handlers, jobs and periodic functions stand in a room's ``subscriptions.py``, imported in ``AppConfig.ready``.
A handler runs inside a transaction of its own together with the mark that it ran, so its database effects
happen exactly once; it must not open a ``durable`` transaction itself.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeVar

from ketang.core.outbox import actions, registry, sequencing, upkeep
from ketang.core.outbox.registry import event
from ketang.core.outbox.types import DeadLetter, Handler, Lag, Payload, Periodic, Tailed
from ketang.core.outbox.worker import Worker
from ketang.kernel.clock import now as wall_clock

__all__ = [
    "dead_letters",
    "drain",
    "event",
    "every",
    "handles",
    "job",
    "lag",
    "last_position",
    "publish",
    "replay",
    "schedule",
    "tail",
]

EventT = TypeVar("EventT")
Run = TypeVar("Run", bound=Callable[..., Any])


def publish(*events: object, key: str = "", not_before: datetime | None = None) -> int:
    """Put events (instances of ``@event`` classes) into the caller's transaction with ONE INSERT.

    With ``key`` a repetition is harmless: what was there already is not added again (several events under
    one key get ``key#0``, ``key#1`` …). Returns how many were added.
    """
    return actions.publish(events, key, not_before)


def handles(cls: type[EventT]) -> Callable[[Callable[[EventT], object]], Callable[[EventT], object]]:
    """Register ``def h(event)`` for an event class; several rooms may handle the same event."""

    def register(run: Callable[[EventT], object]) -> Callable[[EventT], object]:
        registry.add_handler(registry.name_of(cls), Handler(_name(run), run))
        return run

    return register


def job(name: str, *, external: bool = False) -> Callable[[Run], Run]:
    """Register ``def j(payload)``, which ``schedule`` names.

    ``external=True`` is for effects outside the database (SMS, webhook): it runs without a transaction,
    at least once, as ``j(payload, key)``; give ``key`` to the service so that it can tell a repetition.
    """

    def register(run: Run) -> Run:
        registry.add_handler(registry.JOB + name, Handler(_name(run), run, external))
        return run

    return register


def schedule(name: str, payload: Payload, *, key: str, at: datetime) -> int:
    """Run job ``name`` once at or after ``at``. Scheduling twice under one key is harmless (returns 0)."""
    return actions.schedule(name, payload, key, at)


def every(name: str, *, seconds: float) -> Callable[[Run], Run]:
    """Register a function without arguments that one worker at a time runs every ``seconds``.

    It opens its own transactions. After a pause of the workers it runs once, not once per missed round.
    """

    def register(run: Run) -> Run:
        registry.add_periodic(Periodic(name, seconds, run))
        return run

    return register


def drain(*, now: datetime | None = None, strict: bool = True) -> int:
    """Deliver everything due (at ``now``) and what follows from it; returns how many messages were tried.

    For tests and commands; periodic jobs are left to the worker. ``strict`` raises the first handler's
    error after noting it; without it the message waits for its next attempt.
    """
    worker = Worker(clock=(lambda: now) if now else wall_clock, strict=strict)
    total = 0
    while tried := worker.drain_round():
        total += tried
    return total


def tail(after_position: int, limit: int = 100) -> list[Tailed]:
    """Messages after a position, in order of commit: keep the last one's position as the cursor. Never by
    id: a smaller id can be committed later. Done messages are there for 30 days."""
    return sequencing.tail(after_position, limit)


def last_position() -> int:
    """Where a new follower begins."""
    return sequencing.last_position()


def lag(*, at: datetime | None = None) -> Lag:
    """How long the oldest due message has waited, and how many are dead. For /readyz and /metrics."""
    return upkeep.lag(at or wall_clock())


def dead_letters(*, before: int = 0, limit: int = 50) -> list[DeadLetter]:
    """Messages given up after their last attempt, newest first; ``before``: last id of the page before."""
    return upkeep.dead_letters(before, limit)


def replay(message_id: int, *, at: datetime) -> str:
    """Make a dead letter due again and return its topic. The caller records it in the audit.
    Raises DeadLetterGone when it is no dead letter (any more)."""
    return upkeep.replay(message_id, at)


def _name(run: Callable[..., object]) -> str:
    """The handler's name in the delivery mark: stable while its module and function keep their names."""
    return f"{run.__module__.removeprefix('ketang.')}.{run.__qualname__}"[-150:]
