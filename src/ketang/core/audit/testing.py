"""For tests: several connections at once, and a word on the chain."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from django.db import connection

from ketang.core.audit import checking
from ketang.core.audit.types import Finding


def findings() -> list[Finding]:
    """What ``ketang audit verify`` would say."""
    found: list[Finding] = []
    checking.verify(found.append)
    return found


def at_once(*runs: Callable[[], object]) -> list[object]:
    """Run each on a thread and connection of its own; returns what they returned, raises what they raised."""

    def on_own_connection(run: Callable[[], object]) -> object:
        try:
            return run()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(runs)) as pool:
        return list(pool.map(on_own_connection, runs))
