"""Events, handlers and jobs for tests. The effects are rows, so that a rollback takes them back."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from ketang.core.outbox import registry


@contextmanager
def own_registry() -> Iterator[None]:
    """What a test registers is forgotten after it."""
    tables: list[dict[Any, Any]] = [
        registry._events, registry._names, registry._handlers, registry._periodic,
    ]  # fmt: skip
    before = [dict(table) for table in tables]
    try:
        yield
    finally:
        for table, was in zip(tables, before, strict=True):
            table.clear()
            table.update(was)
