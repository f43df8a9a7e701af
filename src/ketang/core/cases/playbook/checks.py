"""What holds between the files of the loop: profiles and departments that kinds name, duties, notices."""

from collections.abc import Iterator

from ketang.core.accounts.playbook import DepartmentsFile
from ketang.core.accounts.types import DepartmentKind
from ketang.core.cases.playbook.kinds import Kind, KindsFile
from ketang.core.cases.playbook.profiles import ProfilesFile
from ketang.core.playbooks.api import Flaw, Playbook

SETTLERS = ("village", "committee")


def check(book: Playbook) -> Iterator[Flaw]:
    """Everything across files, each flaw at the value that is wrong."""
    departments = book.section(DepartmentsFile)
    profiles = book.section(ProfilesFile)
    for number, kind in enumerate(book.section(KindsFile).kinds):
        here = ("kinds.yaml", "kinds", number)
        yield from _profiles_known(kind, profiles, here)
        yield from _units_known(kind, departments, here)
        yield from _lead_may_lead(kind, departments, here)
    yield from _choices_known(profiles)


def _profiles_known(kind: Kind, profiles: ProfilesFile, here: tuple[str | int, ...]) -> Iterator[Flaw]:
    known = "、".join(profiles.by_code)
    for field in ("profile", "otherwise"):
        code = getattr(kind, field)
        if code not in profiles.by_code and not (field == "otherwise" and field not in kind.model_fields_set):
            yield Flaw((*here, field), f"{kind.code} 的流程“{code}”没有定义", f"profiles.yaml 里有：{known}")


def _units_known(kind: Kind, departments: DepartmentsFile, here: tuple[str | int, ...]) -> Iterator[Flaw]:
    named = [("lead", (kind.lead,)), ("support", kind.support)]
    for field, codes in named:
        for number, code in enumerate(codes):
            if not departments.knows(code):
                path = (*here, field) if field == "lead" else (*here, field, number)
                way_out = "在 departments.yaml 里加上它，或改用已有的部门代码"
                yield Flaw(path, f"{kind.code} 的部门“{code}”没有定义", way_out)


def _lead_may_lead(kind: Kind, departments: DepartmentsFile, here: tuple[str | int, ...]) -> Iterator[Flaw]:
    spec, word = departments.by_code.get(kind.lead), departments.stands_for.get(kind.lead)
    if (spec and not spec.kind.may_lead) or word in SETTLERS:
        yield Flaw((*here, "lead"), f"“{kind.lead}”不能主办：主办只能是政府部门或镇街", "改为协办 support")
    town = word == "town" or (spec is not None and spec.kind == DepartmentKind.TOWN)
    if town and kind.duty.town != "basic":
        message = f"{kind.code} 由镇街主办，但镇街履职写的不是 basic（基本履职）"
        yield Flaw((*here, "duty", "town"), message, "改主办部门，或改 duty.town")
    if spec and spec.sealed is False and kind.secrecy == "sealed":
        yield Flaw((*here, "lead"), f"{kind.code} 是密封事项，主办要是 sealed: true 的部门（纪检监察）")


def _choices_known(profiles: ProfilesFile) -> Iterator[Flaw]:
    for number, choice in enumerate(profiles.choices):
        if choice.profile not in profiles.by_code:
            path = ("profiles.yaml", "choices", number, "profile")
            yield Flaw(path, f"流程“{choice.profile}”没有定义", f"已有：{'、'.join(profiles.by_code)}")
