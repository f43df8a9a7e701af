"""What changed lately, in memory: filled by one reader of the outbox, read by every viewer."""

import json
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

KEEP = 20_000


@dataclass(frozen=True, slots=True)
class Change:
    position: int
    subject: str


@dataclass
class Feed:
    """The last ``KEEP`` changes by position. ``complete_from`` is the first position it can resume after."""

    changes: deque[Change] = field(default_factory=lambda: deque(maxlen=KEEP))
    complete_from: int = 0
    position: int = 0

    def start(self, position: int) -> None:
        """Nothing before ``position`` is known here."""
        self.position = self.complete_from = position

    def add(self, changes: Iterable[Change]) -> None:
        for change in changes:
            if len(self.changes) == KEEP:
                self.complete_from = self.changes[0].position
            self.changes.append(change)
            self.position = change.position

    def after(self, position: int) -> Iterator[Change]:
        newer: list[Change] = []
        for change in reversed(self.changes):
            if change.position <= position:
                break
            newer.append(change)
        return reversed(newer)

    def told(self, position: int, subjects: frozenset[str]) -> str:
        """Server-sent events for a viewer who knows everything up to ``position``; '' when nothing moved.

        Only ids of subjects that the viewer's page shows leave; the rest is one tick with a position."""
        if position == self.position:
            return ""
        if not self.complete_from <= position < self.position:
            # Too long ago, or from before a restore: the page has to be loaded again.
            return _event("reload", self.position, {"position": self.position})
        mine = {c.subject: c.position for c in self.after(position) if c.subject in subjects}
        lines = [_event("change", at, {"id": subject, "position": at}) for subject, at in mine.items()]
        return "".join([*lines, _event("tick", self.position, {"position": self.position})])


def subject_of(payload: str) -> str:
    """What an event is about, "case:12"; '' for events about nothing that a page shows."""
    facts = json.loads(payload)
    if not isinstance(facts, dict):
        return ""
    if case_id := facts.get("case_id"):
        return f"case:{case_id}"
    kind, number = facts.get("subject_kind"), facts.get("subject_id")
    return f"{kind}:{number}" if kind and number else ""


def _event(name: str, position: int, data: dict[str, object]) -> str:
    return f"id: {position}\nevent: {name}\ndata: {json.dumps(data)}\n\n"
