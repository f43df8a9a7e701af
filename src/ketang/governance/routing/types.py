"""What routing is asked and what it says. No Django."""

from dataclasses import dataclass
from datetime import datetime

from ketang.core.cases.types import Channel


@dataclass(frozen=True, slots=True)
class Facts:
    """A report as the table sees it. ``at`` is a Chinese wall-clock instant, ``kind`` is '' when nobody
    chose one, ``area`` an area code of any level or ''."""

    text: str
    at: datetime
    working_day: bool
    channel: str = Channel.RESIDENT.value
    kind: str = ""
    area: str = ""
    source_system: str = ""
    source_department: str = ""


@dataclass(frozen=True, slots=True)
class Guess:
    """What the words say. ``kind`` is '' when they do not say it clearly; ``words`` are those found."""

    kind: str = ""
    words: tuple[str, ...] = ()
    rivals: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Codes as the playbook names units (镇街 and the like are not yet those of an area).

    ``rule_id`` is a rule of the table, ``K:<kind>`` for the kind's own lead, or '' when nothing fits.
    ``auto``: the table dispatches it without the desk. ``reason`` ≤ 200 characters is kept with the dispatch.
    """

    kind: str = ""
    lead: str = ""
    support: tuple[str, ...] = ()
    rule_id: str = ""
    reason: str = ""
    auto: bool = False
    guess: Guess = Guess()


@dataclass(frozen=True, slots=True)
class Routed:
    """A suggestion with its units found: ids of departments, 0 and () where the dispatcher has to choose."""

    kind: str
    lead_id: int
    support_ids: tuple[int, ...]
    rule_id: str
    reason: str
    auto: bool
    guess: Guess
    lead_name: str = ""
    support_names: tuple[str, ...] = ()
