"""reasons.yaml: reason codes and numbers of the loop that a district may set; clocks: clocks.yaml."""

from typing import Literal, Self

from pydantic import Field, model_validator

from ketang.core.playbooks.schema import Code, Entry, Line, RuleText, no_repeats


class Reason(Entry):
    """A reason one picks when doing a side verb."""

    code: Code
    """Stable code, kept in the step."""
    text: Line
    """What people read."""
    needs_basis: bool = False
    """Whether the law or document it rests on must be written down."""


class LimitRules(Entry):
    """Extension and suspension."""

    extend_times: int = Field(default=1, ge=0, le=5)
    """How often one case may be extended."""
    extend_rules: tuple[RuleText, ...] = ("working_days:5",)
    """Extensions to choose from."""
    suspend_days: int = Field(default=90, ge=1, le=730)
    """Natural days after which a suspended case comes up again by itself."""


class AfterRules(Entry):
    """Review and rating."""

    short_review_percent: int = Field(default=5, ge=0, le=100)
    """Share of on-the-spot cases drawn at random for review."""
    dissatisfied_at: int = Field(default=2, ge=1, le=4)
    """Ratings (1–5) up to this one lead to a follow-up call."""
    rate_within_days: int = Field(default=30, ge=1, le=365)
    """Natural days after closing in which the reporter may rate."""


class Escalation(Entry):
    """Who is told, once, when a clock turns."""

    code: Code
    """Stable code."""
    clock: Literal["register", "respond", "resolve", "appoint", "support", "rating_followup", "any"] = "any"
    """The clock it watches. register: not taken up; respond: nobody has begun; appoint: no lead
    appointed. The lead's own clock ends with resolve and has no rules."""
    when: Literal["near", "passed"]
    """near = 80 % of countable time, passed = 100 %."""
    priorities: tuple[int, ...] = (1, 2, 3, 4)
    """Priorities it holds for."""
    to: Literal["handler", "lead", "town", "group", "dispatcher", "supervisor", "leader"]
    """Who is told; group = the comprehensive grid (area group) above the village."""

    def holds(self, clock: str, when: str, priority: int) -> bool:
        of_clock = self.clock == clock if self.clock != "any" else clock != "lead"
        return of_clock and self.when == when and priority in self.priorities


class ReasonsFile(Entry):
    """reasons.yaml"""

    returns: tuple[Reason, ...] = ()
    """Reasons for a return (退单)."""
    suspends: tuple[Reason, ...] = ()
    """Reasons for a suspension (挂账)."""
    extends: tuple[Reason, ...] = ()
    """Reasons for an extension (延期)."""
    impossible: tuple[Reason, ...] = ()
    """Reasons why something cannot lawfully be done (依法不能办); two people agree."""
    redo: tuple[Reason, ...] = ()
    """Reasons to send a case back to be done again (退回重办)."""
    merges: tuple[Reason, ...] = ()
    """Reasons to merge cases (并单)."""
    closes: tuple[Reason, ...] = ()
    """Results a case is closed with (办结结果)."""
    purposes: tuple[Reason, ...] = ()
    """Purposes for showing a personal field (查看用途)."""
    limits: LimitRules = LimitRules()
    """Extension and suspension."""
    after: AfterRules = AfterRules()
    """Review and rating."""
    escalations: tuple[Escalation, ...] = ()
    """Escalation by rule."""

    @model_validator(mode="after")
    def _codes_once(self) -> Self:
        for field in ("returns", "suspends", "extends", "impossible", "redo", "merges", "closes", "purposes"):
            no_repeats(f"{field} 的代码", (reason.code for reason in getattr(self, field)))
        no_repeats("escalations 的代码", (item.code for item in self.escalations))
        return self
