"""The outbox's public face: what follows a change, later, at least once, and what runs by the clock.

Handlers, jobs and periodic functions stand in a room's ``subscriptions.py``, imported in ``AppConfig.ready``.
A handler runs inside a transaction of its own together with the mark that it ran, so its database effects
happen exactly once; it must not open a ``durable`` transaction itself.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeVar

from ketang.core.outbox import actions, registry
from ketang.core.outbox.registry import event
from ketang.core.outbox.types import Handler, Payload, Periodic

__all__ = ["event", "every", "handles", "job", "publish", "schedule"]

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


def _name(run: Callable[..., object]) -> str:
    """The handler's name in the delivery mark: stable while its module and function keep their names."""
    return f"{run.__module__.removeprefix('ketang.')}.{run.__qualname__}"[-150:]
