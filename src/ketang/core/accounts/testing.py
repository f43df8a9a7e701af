"""Builders for everybody's tests. No audit, no outbox: the rows a test starts from."""

import itertools
from datetime import datetime, timedelta
from typing import Any

from django.test import Client

from ketang.core.accounts import directory
from ketang.core.accounts.models import Account, Assignment, Department
from ketang.core.accounts.queries import person
from ketang.core.accounts.types import DISTRICT_WIDE, DepartmentKind, Person, Role
from ketang.core.audit import api as audit
from ketang.core.sealed import blind, seal
from ketang.kernel import clock
from ketang.kernel.text import normal_phone

DISTRICT, TOWN, VILLAGE, GRID = "330604", "330604001", "330604001001", "330604001001001"
PASSWORD = "correct horse 客堂"
_numbers = itertools.count(1)
# Where a role stands when a test does not say.
USUAL_AREA = {
    Role.GRID_WORKER: GRID,
    Role.GRID_HEAD: GRID,
    Role.VILLAGE_DESK: VILLAGE,
    Role.MEDIATOR: VILLAGE,
    Role.TOWN_CENTRE: TOWN,
    Role.WINDOW_CLERK: TOWN,
    **dict.fromkeys(DISTRICT_WIDE, DISTRICT),
}


def make_department(
    code: str = "", name: str = "", kind: str = DepartmentKind.GOVERNMENT, area: str = DISTRICT, **more: Any
) -> Department:
    number = next(_numbers)
    code = code or f"dep{number}"
    row = Department.objects.create(code=code, name=name or f"{code}局", kind=kind, area=area, **more)
    directory.forget()
    return row


def make_account(name: str = "", username: str = "", **more: Any) -> Account:
    number = next(_numbers)
    account = Account(
        kind="staff", username=username or f"staff{number}", name=name or f"职员{number}", **more
    )
    account.set_password(PASSWORD)
    account.save()
    return account


def make_assignment(account: Account, role: str, area: str | None = None, **more: Any) -> Assignment:
    """A post in force since a year ago unless ``starts_at`` says otherwise."""
    start = more.pop("starts_at", None) or clock.now() - timedelta(days=365)
    where = USUAL_AREA.get(Role(role), "") if area is None else area
    return Assignment.objects.create(account=account, role=role, area=where, starts_at=start, **more)


def make_staff(
    role: str,
    area: str | None = None,
    department: Department | None = None,
    *,
    name: str = "",
    username: str = "",
    **more: Any,
) -> Account:
    """An account with one post. ``area=None`` = the usual one of the role; a handler gets a department."""
    if department is None and role == Role.HANDLER:
        department = make_department()
    account = make_account(name, username)
    make_assignment(account, role, area, department=department, **more)
    return account


def make_resident(phone: str = "", name: str = "") -> Account:
    number = next(_numbers)
    phone = normal_phone(phone or f"139{number:08d}")
    return Account.objects.create(
        kind="resident",
        username=f"r{number}-{phone[-4:]}x",
        phone_sealed=seal("accounts.Account.phone_sealed", phone),
        phone_index=blind("phone", phone),
        name_sealed=seal("accounts.Account.name_sealed", name),
        password="!",
    )


def make_person(role: str, *args: Any, now: datetime | None = None, **more: Any) -> Person:
    """A Person as actions take it: ``make_person("dispatcher")``, ``make_person("resident", phone)``."""
    account = make_resident(*args, **more) if role == Role.RESIDENT else make_staff(role, *args, **more)
    return person_for(account, now)


def person_for(account: Account, now: datetime | None = None) -> Person:
    return person(account.pk, now or clock.now())


def login(client: Client, who: str | Account, *args: Any, **more: Any) -> Account:
    """Log a client in as an account, or as somebody new in a role; returns the account."""
    if isinstance(who, Account):
        account = who
    else:
        account = make_resident(*args, **more) if who == Role.RESIDENT else make_staff(who, *args, **more)
    client.force_login(account)
    return account


def verbs_of(subject: str) -> set[str]:
    """What the audit holds of ``subject``; its order within a millisecond is none."""
    return {entry.verb for entry in audit.history(subject)}
