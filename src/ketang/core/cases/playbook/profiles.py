"""profiles.yaml: which stages a kind passes, under which names, and what residents read at each."""

from functools import cached_property
from typing import Literal, Self

from pydantic import model_validator

from ketang.core.accounts.types import Role
from ketang.core.cases.playbook.kinds import Kind
from ketang.core.cases.types import Channel
from ketang.core.playbooks.schema import Code, Entry, Line, no_repeats

StageVerb = Literal[
    "report", "register", "dispatch", "take", "check", "handle", "review", "answer", "follow_up", "close"
]


class Stage(Entry):
    """One stage of a profile."""

    verb: StageVerb
    """The canonical verb of the loop that passes this stage."""
    name: Line
    """The stage's Chinese name in this profile (发现, 派单, 核查 …)."""
    state: Line
    """What staff read as the state once it is passed (已派单, 已签收 …)."""
    plain: Line
    """What the reporter reads once it is passed; {unit} is the leading unit, {due} the due time."""
    optional: bool = False
    """May be skipped."""
    by: tuple[Role, ...] = ()
    """Roles that do this stage in this profile; empty = as the transition table says."""


class Profile(Entry):
    """A way through the loop (办理流程)."""

    code: Code
    """Stable code: standard, building, urban, hotline, short, query."""
    name: Line
    """Chinese name."""
    stages: tuple[Stage, ...]
    """Stages in order; each verb at most once."""
    on_the_spot: bool = False
    """One screen: found, done and closed by the same person; a share is drawn for review."""

    @model_validator(mode="after")
    def _hangs_together(self) -> Self:
        verbs = [stage.verb for stage in self.stages]
        no_repeats(f"流程 {self.code} 的环节", verbs)
        if not verbs or verbs[0] not in ("report", "register"):
            raise ValueError(f"流程 {self.code} 要从 report（上报）或 register（受理）开始")
        if "close" not in verbs:
            raise ValueError(f"流程 {self.code} 缺少 close（办结）环节")
        if "take" in verbs and "dispatch" not in verbs[: verbs.index("take")]:
            raise ValueError(f"流程 {self.code} 的签收（take）之前要有派单（dispatch）")
        return self

    @cached_property
    def verbs(self) -> tuple[StageVerb, ...]:
        return tuple(stage.verb for stage in self.stages)

    def stage(self, verb: str) -> Stage | None:
        return next((stage for stage in self.stages if stage.verb == verb), None)


class Choice(Entry):
    """Cases that take another profile than their kind's; the first that fits wins."""

    channels: tuple[Channel, ...] = ()
    """Channels it holds for; empty = all."""
    kinds: tuple[str, ...] = ()
    """Prefixes of kind codes; empty = all, also cases without a kind."""
    profile: Code
    """The profile they take."""
    basis: Line
    """Why."""

    def fits(self, kind: str, channel: str) -> bool:
        return (not self.channels or channel in self.channels) and (
            not self.kinds or any(kind.startswith(prefix) for prefix in self.kinds)
        )


class SideState(Entry):
    """A state beside the stages: returned, merged, referred, suspended."""

    code: Code
    """returned, merged, referred, suspended or redone."""
    state: Line
    """What staff read."""
    plain: Line
    """What the reporter reads; {unit} is the leading unit."""


class ProfilesFile(Entry):
    """profiles.yaml"""

    profiles: tuple[Profile, ...] = ()
    """All ways through the loop."""
    choices: tuple[Choice, ...] = ()
    """Exceptions by channel and kind, in order."""
    side: tuple[SideState, ...] = ()
    """Names of the states beside the stages."""

    @model_validator(mode="after")
    def _codes_once(self) -> Self:
        no_repeats("办理流程", (profile.code for profile in self.profiles))
        return self

    @cached_property
    def by_code(self) -> dict[str, Profile]:
        return {profile.code: profile for profile in self.profiles}

    def of(self, code: str) -> Profile:
        """The profile; KeyError for a code this version does not have."""
        return self.by_code[code]

    def choose(self, kind: Kind | None, channel: str, *, on_the_spot: bool = False) -> Profile:
        """The profile a new case takes: a choice by channel and kind first, else the kind's own.

        ``on_the_spot`` says that the reporter (a grid worker, the desk) has already settled it; only
        then does a kind with an on-the-spot profile take it, else its ``otherwise``.
        """
        own = self.by_code[kind.profile if kind else "standard"]
        if own.on_the_spot and on_the_spot:
            return own
        for choice in self.choices:
            if choice.fits(kind.code if kind else "", channel):
                return self.by_code[choice.profile]
        return self.by_code[kind.otherwise] if own.on_the_spot and kind else own
