"""A small district to try the loop in: one person per role, a few departments, one case at any stage."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from ketang.core.accounts.models import Account, Department
from ketang.core.accounts.testing import (
    DISTRICT,
    GRID,
    TOWN,
    VILLAGE,
    make_department,
    make_resident,
    make_staff,
    person_for,
)
from ketang.core.accounts.types import Person
from ketang.core.cases import api as cases
from ketang.core.cases.models import Case, Step
from ketang.core.cases.types import Act, CaseRef, Channel, Contact, NewCase, Spot, Verb
from ketang.kernel import clock

PHONE = "13812345678"


@dataclass
class District:
    """``people`` by role name; ``handler2`` is a colleague of ``handler`` and signs returns."""

    people: dict[str, Person] = field(default_factory=dict)
    accounts: dict[str, Account] = field(default_factory=dict)
    departments: dict[str, Department] = field(default_factory=dict)
    now: datetime = field(default_factory=clock.now)

    def report(
        self, kind: str = "E0702", phone: str = PHONE, body: str = "人民西路路灯不亮", **more: object
    ) -> CaseRef:
        resident = self.accounts["resident"]
        contact = Contact(name="王小明", phone=phone, account_id=resident.pk if phone else 0)
        spot = more.pop("spot", Spot(area=GRID))
        person = more.pop("person", self.people["resident"])
        new = NewCase(body=body, channel=Channel.RESIDENT, kind=kind, contact=contact, spot=spot, **more)  # type: ignore[arg-type]
        return cases.report(new, person, self.now)  # type: ignore[arg-type]

    def act(self, case: int, verb: Verb, who: str, **form: object) -> Step:
        form.setdefault("text", "说明")
        return cases.act(case, verb, Act(**form), self.people[who], self.now)  # type: ignore[arg-type]

    def later(self, **span: float) -> None:
        self.now += timedelta(**span)

    def dispatched(self, **more: object) -> Case:
        """A case in the hands of the street-lamp department."""
        ref = self.report(**more)  # type: ignore[arg-type]
        self.act(ref.id, Verb.REGISTER, "dispatcher")
        self.act(ref.id, Verb.DISPATCH, "dispatcher", lead=self.departments["市政"].pk)
        return Case.objects.get(pk=ref.id)

    def handled(self, **more: object) -> Case:
        case = self.dispatched(**more)
        self.act(case.pk, Verb.TAKE, "handler")
        self.act(case.pk, Verb.HANDLE, "handler", text="已换灯泡")
        return Case.objects.get(pk=case.pk)

    def closed(self, **more: object) -> Case:
        case = self.handled(**more)
        self.act(case.pk, Verb.REVIEW, "town_centre", outcome="pass")
        self.act(case.pk, Verb.ANSWER, "handler", text="灯已修好")
        self.act(case.pk, Verb.CLOSE, "dispatcher")
        return Case.objects.get(pk=case.pk)


def make_district() -> District:
    """Departments as the demo playbook names them, people in every role of the loop."""
    here = District()
    for code, kind, area in (
        ("市政", "government", DISTRICT),
        ("城管执法", "government", DISTRICT),
        ("纪检监察", "government", DISTRICT),
        ("百官街道", "town", TOWN),
        ("江滨社区", "village", VILLAGE),
        ("江滨社区调委会", "committee", VILLAGE),
    ):
        here.departments[code] = make_department(code=code, name=code, kind=kind, area=area)
    _staff(here, "handler", "handler", "市政")
    _staff(here, "handler2", "handler", "市政", signs=True)
    _staff(here, "other_handler", "handler", "城管执法", signs=True)
    _staff(here, "discipline", "handler", "纪检监察")
    _staff(here, "town_centre", "town_centre", "百官街道")
    _staff(here, "window_clerk", "window_clerk", "百官街道")
    _staff(here, "village_desk", "village_desk", "江滨社区")
    for role in ("grid_worker", "grid_head", "mediator", "dispatcher", "supervisor", "leader", "system_admin",
                 "security_admin", "audit_admin"):  # fmt: skip
        _staff(here, role, role, None)
    _staff(here, "dispatcher2", "dispatcher", None)
    _staff(here, "duty_dispatcher", "dispatcher", None, duties=["*"])
    here.accounts["resident"] = make_resident(PHONE, "王小明")
    here.people["resident"] = person_for(here.accounts["resident"])
    return here


def _staff(here: District, name: str, role: str, department: str | None, **more: object) -> None:
    unit = here.departments.get(department or "")
    account = make_staff(role, department=unit, name=f"{name}某", **more)  # type: ignore[arg-type]
    here.accounts[name], here.people[name] = account, person_for(account)
