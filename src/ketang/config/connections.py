"""Connections that outlive a restart of the database.

Connections are kept between requests, so after the database was away each thread still holds a dead one.
Testing every connection at every request would cost a round trip; instead one failure casts doubt on all
connections opened before it, a connection that lay idle is tested once, and a SQLite file that was moved
or replaced is noticed by its inode.
"""

import os
import time
from contextlib import suppress
from typing import Any

from django.db import connections as databases
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created

from ketang.config.sqlite import is_file

IDLE_SECONDS = 5.0
_doubted_at = 0.0


def doubt() -> None:
    """Every connection of this process that is open now may be dead."""
    global _doubted_at
    _doubted_at = time.monotonic()


def refresh() -> None:
    """At the start of a request: let go of this thread's connections that are doubtful."""
    now = time.monotonic()
    for connection in databases.all(initialized_only=True):
        if connection.connection is None or connection.in_atomic_block:
            continue
        used: float = connection.__dict__.get("ketang_used_at", 0.0)
        if used < _doubted_at or (now - used > IDLE_SECONDS and not _alive(connection)) or _moved(connection):
            with suppress(Exception):
                connection.close()
        connection.__dict__["ketang_used_at"] = now


def _alive(connection: BaseDatabaseWrapper) -> bool:
    return connection.vendor == "sqlite" or connection.is_usable()


def _moved(connection: BaseDatabaseWrapper) -> bool:
    return "ketang_inode" in connection.__dict__ and connection.__dict__["ketang_inode"] != _inode(connection)


def _inode(connection: BaseDatabaseWrapper) -> int:
    try:
        return os.stat(str(connection.settings_dict["NAME"])).st_ino
    except OSError:
        return 0


def _remember(connection: BaseDatabaseWrapper, **_signal: Any) -> None:
    connection.__dict__["ketang_used_at"] = time.monotonic()
    if connection.vendor == "sqlite" and is_file(connection.settings_dict["NAME"]):
        connection.__dict__["ketang_inode"] = _inode(connection)


connection_created.connect(_remember, dispatch_uid="ketang.connections")
