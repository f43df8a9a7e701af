"""Departments: kept by the system administrator, or loaded from the playbook and the area tree."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import Q

from ketang.core.accounts import book, directory
from ketang.core.accounts.actions.people import require
from ketang.core.accounts.models import Assignment, Department
from ketang.core.accounts.types import AlreadyDone, DepartmentKind, NameTaken, Person, Role
from ketang.core.areas import api as areas
from ketang.core.areas.types import AreaFacts
from ketang.core.audit import api as audit
from ketang.kernel.actor import SYSTEM, Actor
from ketang.kernel.clock import local
from ketang.kernel.errors import BadInput, Conflict, NotFound

COMMITTEE_PREFIX = "TJ"


@dataclass(frozen=True, slots=True)
class NewDepartment:
    code: str
    name: str
    kind: DepartmentKind
    area: str
    desk_phone: str = ""


class DepartmentInUse(Conflict):
    message = "还有 %(n)s 个在任岗位属于这个部门，先把它们结束或调走。"


def create_department(new: NewDepartment, person: Person, now: datetime) -> Department:
    require(person, Role.SYSTEM_ADMIN)
    row = Department(code=new.code.strip())
    _fill(row, new)
    return _write(row, person.actor, "department.create", now, insert=True)


def edit_department(department_id: int, new: NewDepartment, person: Person, now: datetime) -> Department:
    """Everything but the code, by which playbooks and history name it."""
    require(person, Role.SYSTEM_ADMIN)
    row = department_of(department_id)
    _fill(row, new)
    return _write(row, person.actor, "department.edit", now)


def _fill(row: Department, new: NewDepartment) -> None:
    name = new.name.strip()
    if not row.code or len(row.code) > 40:
        raise BadInput("编码要填，最多 40 个字。", field="code")
    if not 1 <= len(name) <= 80:
        raise BadInput("名称要填，最多 80 个字。", field="name")
    if not areas.exists(new.area):
        raise BadInput("没有这个辖区编码。", field="area")
    row.name, row.kind, row.area, row.desk_phone = name, new.kind, new.area, new.desk_phone.strip()[:40]


def _write(row: Department, actor: Actor, verb: str, now: datetime, *, insert: bool = False) -> Department:
    try:
        with transaction.atomic():
            row.save(force_insert=insert)
            audit.record(actor, verb, f"department:{row.pk}", {"code": row.code}, at=now)
    except IntegrityError as error:
        raise NameTaken(name=row.code, field="code") from error
    return row


def close_department(department_id: int, person: Person, now: datetime) -> None:
    """No new work goes to it; what it did stays under its name."""
    require(person, Role.SYSTEM_ADMIN)
    row = department_of(department_id)
    running = Q(ends_at=None) | Q(ends_at__gt=now)
    if posts := Assignment.objects.filter(running, department=row, account__is_active=True).count():
        raise DepartmentInUse(n=posts)
    with transaction.atomic():
        if not Department.objects.filter(pk=row.pk, closed_on=None).update(
            closed_on=local(now).date(), changed_at=now
        ):
            raise AlreadyDone
        audit.record(person.actor, "department.close", f"department:{row.pk}", {"code": row.code}, at=now)
    directory.forget()


def department_of(department_id: int) -> Department:
    row = Department.objects.filter(pk=department_id).first()
    if row is None:
        raise NotFound
    return row


def load_departments(now: datetime, *, actor: Actor = SYSTEM) -> int:
    """Make the departments that the playbook and the area tree name and that are not there yet; how many.

    A town's code is its area code, so is a village's; a mediation committee's is TJ + the village's.
    """
    known = set(Department.objects.values_list("code", flat=True))
    new = [Department(**row) for row in _named(areas.district_code()) if row["code"] not in known]
    if not new:
        return 0
    with transaction.atomic():
        Department.objects.bulk_create(new, batch_size=500)
        audit.record(actor, "department.load", "departments", {"created": len(new)}, at=now)
    directory.forget()
    return len(new)


def _named(district: str) -> Iterator[dict[str, str]]:
    file = book.departments_file()
    for spec in file.departments:
        base = {"code": spec.code, "name": spec.shown, "kind": spec.kind.value, "area": district}
        yield {**base, "desk_phone": spec.desk_phone}
    for town in areas.children(district):
        yield _row(town, file.town_name, DepartmentKind.TOWN)
        for village in areas.children(town.code):
            yield _row(village, file.village_name, DepartmentKind.VILLAGE)
            yield _row(village, file.committee_name, DepartmentKind.COMMITTEE, COMMITTEE_PREFIX)


def _row(area: AreaFacts, pattern: str, kind: DepartmentKind, prefix: str = "") -> dict[str, str]:
    name = pattern.format(area=area.name)[:80]
    return {"code": prefix + area.code, "name": name, "kind": kind.value, "area": area.code}
