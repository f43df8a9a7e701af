"""kinds.yaml: the category tree, with the clocks, units and duties of each leaf."""

from functools import cached_property
from typing import Literal, Self

from pydantic import Field, model_validator

from ketang.core.playbooks.schema import Code, Entry, Line, RuleText, no_repeats

Duty = Literal["basic", "support", "recalled"]
"""基本履职 · 配合履职 · 上级收回 (2024 guideline on duty lists of towns)."""


class DutyList(Entry):
    """What a level may be given of this kind."""

    town: Duty = "basic"
    """Duty of towns: basic may lead, support may only support, recalled may not be dispatched to one."""
    village: Duty = "support"
    """Duty of villages and communities; they never lead, so basic means: may settle it first."""


class Review(Entry):
    """How the result is tested after handling, never by the handler."""

    by: Literal["none", "photo", "phone", "site"] = "phone"
    """Means of review; site only for matters of safety (and, by the loop, for the dissatisfied)."""
    optional: bool = False
    """Whether the reviewing unit may skip it with a reason."""


class Kind(Entry):
    """A leaf of the category tree (事项类别)."""

    code: Code
    """Stable code such as E0203; its first three characters are the class."""
    klass: Line
    """Class name, 大类."""
    name: Line
    """Leaf name, 小类; this is what people read."""
    lead: Line
    """Department code that leads (主办); 镇街 is the town of the case's area."""
    support: tuple[Line, ...] = ()
    """Department codes that support (协办); 居委, 村居调委会 are those of the case's village."""
    responsible_party: tuple[Line, ...] = ()
    """Who must put it right though no unit of government (责任主体): property firm, owner, operator."""
    respond: RuleText
    """Clock of the first response, from registration."""
    resolve: RuleText
    """Clock of the result; review: marks a clock where law or another authority sets the pace."""
    roll: Literal["none", "next_working_day"] = "none"
    """Whether a due day off moves to the next working day (Civil Code art. 203)."""
    source_text: str = Field(default="", max_length=200)
    """The time limit in the words of its source."""
    secrecy: Literal["", "duty", "sealed"] = ""
    """duty: named duties only see it; sealed: closed on entry, leaves only for discipline inspection."""
    profile: Code = "standard"
    """Profile of the loop in profiles.yaml."""
    otherwise: Code = "standard"
    """Profile instead of an on-the-spot profile when the matter was not settled on the spot."""
    duty: DutyList = DutyList()
    """Duty lists of towns and villages."""
    review: Review = Review()
    """Review after handling."""
    photo: Literal["none", "optional", "required"] = "optional"
    """Whether handling needs a photo; required is for the few kinds where nothing else proves it."""
    priority: int = Field(default=3, ge=1, le=4)
    """1 rings at night … 4 can wait; the desk may change it per case."""
    safety: bool = False
    """A matter of safety: review on site is allowed, quiet hours are not a reason to wait."""
    needs_contact: bool = False
    """Cannot be handled without a way to reach the person (mediation, petitions)."""
    public: bool = False
    """Public facility or space: may be shown to neighbours nearby, without the reporter."""
    danger: bool = False
    """The page first tells the reporter to keep away and to call 110, 119 or 120."""
    check_first: bool = False
    """A look on site (现场核查) comes before handling even where the profile makes it optional."""
    exit: Literal["", "discipline", "notice"] = ""
    """discipline: leaves for discipline inspection; notice: leaves the loop with a notice and a receipt."""
    words: tuple[Line, ...] = ()
    """Words by which it is recognised in a report; 4 characters beat 2, ties are left to the desk."""

    @model_validator(mode="after")
    def _site_is_for_safety(self) -> Self:
        if self.review.by == "site" and not self.safety:
            raise ValueError(f"{self.code} 不是安全类事项，复核不要求到现场，请改为 phone 或 photo")
        if self.secrecy == "sealed" and self.exit != "discipline":
            raise ValueError(f"{self.code} 是密封事项，只能移送纪检：请写 exit: discipline")
        return self


class KindsFile(Entry):
    """kinds.yaml"""

    kinds: tuple[Kind, ...] = ()
    """Leaves of the category tree, in the order of the printed list."""

    @model_validator(mode="after")
    def _codes_once(self) -> Self:
        no_repeats("事项类别", (kind.code for kind in self.kinds))
        return self

    @cached_property
    def by_code(self) -> dict[str, Kind]:
        return {kind.code: kind for kind in self.kinds}

    def of(self, code: str) -> Kind | None:
        """The leaf, or None for '' and for codes this version does not know."""
        return self.by_code.get(code)

    def classes(self) -> dict[str, list[Kind]]:
        """Class name → its leaves, in file order."""
        groups: dict[str, list[Kind]] = {}
        for kind in self.kinds:
            groups.setdefault(kind.klass, []).append(kind)
        return groups
