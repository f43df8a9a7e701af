"""Second connections: one that looks at a frozen moment, one that leads to another database."""

from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from pathlib import Path
from typing import Any

from django.db import connections, transaction

from ketang.config import sqlite
from ketang.config.database import database_from


@contextmanager
def snapshot() -> Iterator[str]:
    """The default database at one instant, while others go on writing: a deferred read transaction in
    SQLite's WAL, REPEATABLE READ in PostgreSQL, with server-side cursors so that memory stays constant."""
    settings = deepcopy(connections["default"].settings_dict)
    if connections["default"].vendor == "sqlite":
        settings["OPTIONS"]["transaction_mode"] = "DEFERRED"
    else:
        from psycopg import IsolationLevel

        settings["OPTIONS"]["isolation_level"] = IsolationLevel.REPEATABLE_READ
        settings["DISABLE_SERVER_SIDE_CURSORS"] = False
    with _alias("snapshot", settings), transaction.atomic(using="snapshot"):
        yield "snapshot"


@contextmanager
def other(url: str) -> Iterator[str]:
    """Another database by its DATABASE_URL."""
    sqlite.may_create = True
    with _alias("other", database_from(url, Path())):
        yield "other"


@contextmanager
def sqlite_file(path: Path) -> Iterator[str]:
    """A SQLite file beside the real one, being built."""
    sqlite.may_create = True
    with _alias("building", {**deepcopy(connections["default"].settings_dict), "NAME": str(path)}):
        yield "building"


@contextmanager
def _alias(name: str, settings: dict[str, Any]) -> Iterator[None]:
    connections.settings[name] = {**deepcopy(connections["default"].settings_dict), **settings}
    try:
        yield
    finally:
        connections[name].close()
        del connections[name]
        del connections.settings[name]
