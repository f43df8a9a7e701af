"""departments.yaml: the units of a district and the words that stand for a unit of the case's own area."""

from functools import cached_property
from typing import Literal, Self

from pydantic import Field, model_validator

from ketang.core.accounts.types import DepartmentKind
from ketang.core.playbooks.schema import Entry, Line, no_repeats

StandsFor = Literal["town", "village", "committee", "chosen"]


class DepartmentSpec(Entry):
    """A unit that exists once in the district."""

    code: Line = Field(max_length=40)
    """Stable code, by which kinds and routing rules name it: the function in words (司法行政)."""
    name: Line = Field(default="—", max_length=80)
    """What people read; — = the code itself."""
    kind: DepartmentKind = DepartmentKind.GOVERNMENT
    """government and town may lead; village and committee support or settle first."""
    aliases: tuple[Line, ...] = ()
    """Other names it goes by in imported orders."""
    desk_phone: str = Field(default="", max_length=40)
    """Shown to residents; never a clerk's."""
    sealed: bool = False
    """Discipline inspection: the only unit that reads accusations."""

    @property
    def shown(self) -> str:
        return self.code if self.name == "—" else self.name


class AreaDepartment(Entry):
    """A word for the unit of the case's own area; the units themselves come from the area tree."""

    code: Line = Field(max_length=40)
    """The word: 镇街, 居委, 村居调委会, 对口部门 …"""
    stands_for: StandsFor
    """town, village, the village's mediation committee, or chosen = the dispatcher names it."""


class DepartmentsFile(Entry):
    """departments.yaml"""

    departments: tuple[DepartmentSpec, ...] = ()
    """Units of the district."""
    by_area: tuple[AreaDepartment, ...] = ()
    """Words that stand for a unit of the case's area."""
    town_name: Line = "{area}"
    """Name of a town's department; {area} is the area's name."""
    village_name: Line = "{area}"
    """Name of a village's department (村居委会)."""
    committee_name: Line = "{area}人民调解委员会"
    """Name of a village's mediation committee."""

    @model_validator(mode="after")
    def _codes_once(self) -> Self:
        no_repeats("部门", [*(d.code for d in self.departments), *(d.code for d in self.by_area)])
        return self

    @cached_property
    def by_code(self) -> dict[str, DepartmentSpec]:
        return {department.code: department for department in self.departments}

    @cached_property
    def stands_for(self) -> dict[str, StandsFor]:
        """Word → what it stands for."""
        return {item.code: item.stands_for for item in self.by_area}

    def knows(self, code: str) -> bool:
        return code in self.by_code or code in self.stands_for


class CodeRules(Entry):
    """One-time codes for residents."""

    valid_minutes: int = Field(default=5, ge=1, le=30)
    """How long a code may be used."""
    tries: int = Field(default=5, ge=1, le=10)
    """Wrong codes before a new one is needed."""
    per_phone_in_10_minutes: int = Field(default=3, ge=1, le=20)
    """Messages to one phone."""
    per_address_in_10_minutes: int = Field(default=20, ge=1, le=1000)
    """Messages asked for from one network address (a village hall shares one)."""


class PasswordRules(Entry):
    """Logins of staff."""

    failures: int = Field(default=5, ge=3, le=20)
    """Wrong passwords in a row that lock the account."""
    locked_minutes: int = Field(default=15, ge=1, le=1440)
    """How long it stays locked; the security administrator may unlock it earlier."""
    per_address_per_minute: int = Field(default=30, ge=1, le=1000)
    """Attempts from one network address."""


class AccountsFile(Entry):
    """accounts.yaml"""

    code: CodeRules = CodeRules()
    """One-time codes for residents."""
    password: PasswordRules = PasswordRules()
    """Logins of staff."""
    staff_session_minutes: int = Field(default=480, ge=10, le=1440)
    """A staff login ends after this long."""
    resident_session_minutes: int = Field(default=43200, ge=10, le=129600)
    """A resident's login ends after this long (30 days: nobody wants a code every time)."""
    kept_minutes: int = Field(default=60, ge=5, le=1440)
    """How long what somebody was writing is kept when their login ran out."""
