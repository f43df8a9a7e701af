"""routing.yaml: the ordered table that says who gets what, and why."""

from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from ketang.core.cases.types import Channel
from ketang.core.playbooks.schema import Code, Entry, Line, Window

AreaPrefix = Annotated[str, StringConstraints(pattern=r"^\d{6,18}$")]
Weekday = Annotated[int, Field(ge=1, le=7)]


class Words(Entry):
    """Words in the report."""

    any: tuple[Line, ...] = ()
    """At least one of these."""
    all: tuple[Line, ...] = ()
    """Every one of these."""
    none: tuple[Line, ...] = ()
    """Not one of these."""

    @property
    def empty(self) -> bool:
        return not (self.any or self.all or self.none)


class Times(Entry):
    """When it was reported, on a Chinese wall clock."""

    between: Window | Literal[""] = ""
    """From–to, over midnight too: 22:00-06:00."""
    weekdays: tuple[Weekday, ...] = ()
    """1 = Monday … 7 = Sunday; empty = every day."""
    days: Literal["", "working", "nonworking"] = ""
    """Working days of the official calendar, or the others (weekends, holidays)."""


class When(Entry):
    """Conditions; all that are given must hold. An empty ``when`` fits everything."""

    kinds: tuple[str, ...] = ()
    """Prefixes of kind codes: E07, E0701."""
    areas: tuple[AreaPrefix, ...] = ()
    """Prefixes of area codes."""
    words: Words = Words()
    """Words in the report."""
    channels: tuple[Channel, ...] = ()
    """Channels it came by."""
    sources: tuple[Line, ...] = ()
    """Source systems."""
    source_departments: tuple[Line, ...] = ()
    """Units the source named."""
    time: Times = Times()
    """When it was reported."""


class Then(Entry):
    """What follows."""

    kind: Code | None = None
    """Kind, for reports that came without one."""
    lead: Line | None = None
    """Department code that leads; without it the kind's own lead."""
    support: tuple[Line, ...] | None = None
    """Department codes that support; without it the kind's own."""
    auto_dispatch: bool = False
    """Dispatch at once, without the desk; only where the kind is certain and not secret."""

    @model_validator(mode="after")
    def _does_something(self) -> Self:
        if self.kind is None and self.lead is None and self.support is None and not self.auto_dispatch:
            raise ValueError("then 里什么也没有写：写 kind、lead、support 或 auto_dispatch")
        return self


class Rule(Entry):
    """A row of the table."""

    id: Code
    """Stable id, kept in the dispatch: R-17."""
    name: Line = Field(max_length=60)
    """What it is for, in a few words."""
    order: int = Field(default=100, ge=0, le=9999)
    """Smaller comes first; equal ones run as they stand in the file, base before overlay."""
    when: When = When()
    """Conditions."""
    then: Then
    """Consequences."""
    basis: Line = Field(max_length=120)
    """The duty list, document or agreement it rests on."""


class RoutingFile(Entry):
    """routing.yaml"""

    rules: tuple[Rule, ...] = ()
    """The table; the first rule that fits wins, and without one the kind's own lead."""

    def ordered(self) -> list[tuple[int, Rule]]:
        """(position in the file, rule) in the order they are tried."""
        return sorted(enumerate(self.rules), key=lambda pair: (pair[1].order, pair[0]))
