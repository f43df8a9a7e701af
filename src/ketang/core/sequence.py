"""Positions after commit: what the audit chain and the followers of the outbox read by.

An id is given before its transaction commits, so a row with a smaller id can appear after one with a larger:
whoever reads "everything after id 7" loses it. A sequencer therefore numbers rows once they are visible.
Sequencers of one table exclude each other by the lock on its head row; writers never touch that row, so
they never wait. Rooms register theirs here; the worker runs all of them every round.
"""

from collections.abc import Callable
from typing import TypeVar

Sequencer = TypeVar("Sequencer", bound=Callable[[], int])

_sequencers: dict[str, Callable[[], int]] = {}


def sequencer(name: str) -> Callable[[Sequencer], Sequencer]:
    """Register a function that numbers the committed rows of one table and returns how many. It skips
    (returns 0) while another process does the same."""

    def register(run: Sequencer) -> Sequencer:
        _sequencers[name] = run
        return run

    return register


def sequencers() -> dict[str, Callable[[], int]]:
    return dict(_sequencers)


def sequence_all() -> int:
    """Number what has been committed, in every table. Returns how many rows."""
    return sum(run() for run in _sequencers.values())
