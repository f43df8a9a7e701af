"""What this room tells the others."""

from dataclasses import dataclass

from ketang.core.outbox.api import event


@event("PlaybookApplied")
@dataclass(frozen=True, slots=True)
class PlaybookApplied:
    """A playbook version came into force. ``previous`` is '' the first time."""

    version: str
    previous: str
    recompute_open: bool
