"""What others may hear about clocks. Frozen; published with the change, each at most once per key."""

from dataclasses import dataclass
from datetime import datetime

from ketang.core.outbox.api import event


@event("DeadlineNear")
@dataclass(frozen=True)
class DeadlineNear:
    """80 % of the countable time has run. ``overtaken``: the due time has passed as well (the worker was
    down), so a reminder makes no sense any more. ``ring``: may ring at night."""

    subject_kind: str
    subject_id: int
    name: str
    deadline_id: int
    party_id: int
    due_at: datetime
    ring: bool = False
    overtaken: bool = False


@event("DeadlinePassed")
@dataclass(frozen=True)
class DeadlinePassed:
    """The due time has passed and the clock still ran."""

    subject_kind: str
    subject_id: int
    name: str
    deadline_id: int
    party_id: int
    due_at: datetime
    ring: bool = False


@event("DueRestated")
@dataclass(frozen=True)
class DueRestated:
    """A provisional due time was counted again on a newer calendar; the two times may be equal, and then
    the official table has confirmed it. Whoever shows the due time takes the new one and writes a step."""

    subject_kind: str
    subject_id: int
    name: str
    deadline_id: int
    party_id: int
    old_due_at: datetime
    due_at: datetime
    yellow_at: datetime
    provisional: bool
    calendar: str
