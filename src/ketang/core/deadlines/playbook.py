"""clocks.yaml: working hours, lights, quiet hours, the margin below an upstream's due time, and the clocks
that belong to no kind of case. Holidays are not here: the calendar has versions of its own."""

from datetime import time
from functools import cached_property
from typing import Annotated

from pydantic import AfterValidator, Field

from ketang.core.deadlines.types import Hours, Rule
from ketang.core.playbooks.schema import Entry, RuleText, Window
from ketang.kernel.errors import KetangError


def _checked_hours(text: str) -> str:
    try:
        Hours.parse(text)
    except KetangError as error:
        raise ValueError(str(error)) from None
    return text


HoursText = Annotated[str, AfterValidator(_checked_hours)]


class SideClock(Entry):
    """A clock with two paces."""

    normal: RuleText
    """Ordinary matters."""
    urgent: RuleText
    """Matters whose own clock runs in urgent hours or minutes."""


class SideClocks(Entry):
    """Clocks of the loop that no kind of case sets."""

    registration: SideClock = SideClock(normal="working_hours:4", urgent="urgent_hours:1")
    """From the report to registration by the desk (受理)."""
    return_limit: SideClock = SideClock(normal="working_days:1", urgent="urgent_hours:2")
    """From dispatch: how long a unit may return an order (退单)."""
    appoint: SideClock = SideClock(normal="working_days:1", urgent="urgent_hours:2")
    """From the second return: how long the dispatcher has to appoint a lead (指定主办)."""
    support: SideClock = SideClock(normal="working_days:2", urgent="urgent_hours:4")
    """From hand-over: when a supporting unit (协办) answers, never later than the case."""
    rating_followup: SideClock = SideClock(normal="working_days:5", urgent="working_days:5")
    """From a bad rating: when the centre has called back (回访)."""


class ClocksFile(Entry):
    """clocks.yaml"""

    working_hours: HoursText = "09:00-12:00,13:30-17:30"
    """Hours of a working day in which working_hours clocks run, Beijing time."""
    yellow_percent: int = Field(default=80, ge=1, le=99)
    """Share of the countable time after which a clock is near (临期)."""
    quiet_hours: Window = "22:00-06:30"
    """At night only P1 rings."""
    margin: RuleText = "working_hours:4"
    """The internal due time is the upstream one less this."""
    margin_percent: int = Field(default=50, ge=0, le=90)
    """…but never more than this share of the time that is left when the order comes in."""
    unsorted_respond: RuleText = "urgent_hours:24"
    """First response to a case that has no kind yet (待分类)."""
    unsorted_resolve: RuleText = "working_days:5"
    """Result of a case that has no kind yet (待分类)."""
    sides: SideClocks = SideClocks()
    """Clocks of the loop that no kind of case sets."""

    @cached_property
    def hours(self) -> Hours:
        return Hours.parse(self.working_hours)

    @cached_property
    def quiet(self) -> tuple[time, time]:
        start, _, end = self.quiet_hours.partition("-")
        return time.fromisoformat(start), time.fromisoformat(end)

    @cached_property
    def margin_rule(self) -> Rule:
        return Rule.parse(self.margin)

    def side(self, name: str, *, urgent: bool = False) -> str:
        """The rule text of the clock ``name`` (register, return_limit, appoint, support, rating_followup)."""
        clock: SideClock = getattr(self.sides, "registration" if name == "register" else name)
        return clock.urgent if urgent else clock.normal
