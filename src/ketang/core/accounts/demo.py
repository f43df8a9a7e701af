"""One login per role for the demo, and only there. The password is public: it is printed at start."""

from dataclasses import dataclass
from datetime import datetime
from functools import cache

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import transaction

from ketang.core.accounts import directory
from ketang.core.accounts.actions.codes import resident
from ketang.core.accounts.models import Account, Assignment
from ketang.core.accounts.types import ADMINISTRATORS, DISTRICT_WIDE, DepartmentFacts, DepartmentKind, Role
from ketang.core.areas import api as areas
from ketang.core.audit import api as audit
from ketang.kernel.actor import SYSTEM
from ketang.kernel.errors import NotFound

PASSWORD = "ketang-demo"  # noqa: S105 - public, and refused outside the demo
PREFIX = "demo."
RESIDENT_PHONE = "13900000001"


@dataclass(frozen=True, slots=True)
class DemoLogin:
    """``unit`` is a department's code where the role belongs to one of the district's units."""

    username: str
    role: Role
    name: str
    unit: str = ""
    signs: bool = False

    @property
    def full_username(self) -> str:
        return PREFIX + self.username


LOGINS = (
    DemoLogin("resident", Role.RESIDENT, "王阿姨"),
    DemoLogin("grid", Role.GRID_WORKER, "小陈"),
    DemoLogin("gridhead", Role.GRID_HEAD, "老王"),
    DemoLogin("village", Role.VILLAGE_DESK, "小沈"),
    DemoLogin("town", Role.TOWN_CENTRE, "小章", signs=True),
    DemoLogin("window", Role.WINDOW_CLERK, "小金"),
    DemoLogin("handler", Role.HANDLER, "老徐", unit="城管执法", signs=True),
    DemoLogin("handler2", Role.HANDLER, "老潘", unit="市政", signs=True),
    DemoLogin("discipline", Role.HANDLER, "老严", unit="纪检监察", signs=True),
    DemoLogin("mediator", Role.MEDIATOR, "老赵"),
    DemoLogin("dispatcher", Role.DISPATCHER, "小林"),
    DemoLogin("supervisor", Role.SUPERVISOR, "老何"),
    DemoLogin("leader", Role.LEADER, "老钱"),
    DemoLogin("system", Role.SYSTEM_ADMIN, "小吴"),
    DemoLogin("security", Role.SECURITY_ADMIN, "小孙"),
    DemoLogin("audit", Role.AUDIT_ADMIN, "小周"),
)


def ensure_demo_logins(now: datetime) -> tuple[DemoLogin, ...]:
    """Make the logins that are missing; needs areas and departments. Refused outside the demo."""
    if not settings.DEMO:
        raise NotFound
    there = set(Account.objects.filter(username__startswith=PREFIX).values_list("username", flat=True))
    for login in LOGINS:
        if login.full_username not in there:
            _make(login, now)
    return LOGINS


def account_for(username: str) -> Account:
    """The account behind a demo login; anything else does not exist."""
    known = {login.full_username for login in LOGINS}
    account = Account.objects.filter(username=username, is_active=True).first() if username in known else None
    if not settings.DEMO or account is None:
        raise NotFound
    return account


def _make(login: DemoLogin, now: datetime) -> None:
    with transaction.atomic():
        if login.role is Role.RESIDENT:
            account = resident(RESIDENT_PHONE, now)
            account.username = login.full_username
            account.save(update_fields=["username"])
        else:
            account = Account(kind="staff", username=login.full_username, name=login.name, password=_hash())
            account.save(force_insert=True)
            _post(account, login, now).save(force_insert=True)
        audit.record(SYSTEM, "account.create", f"account:{account.pk}", {"demo": True}, at=now)


@cache
def _hash() -> str:
    """One hash for all logins: hashing is slow on purpose, and this password is no secret."""
    return make_password(PASSWORD)


def _post(account: Account, login: DemoLogin, now: datetime) -> Assignment:
    area = _area_of(login.role)
    unit = directory.current().by_code.get(login.unit) if login.unit else _unit_of(login.role, area)
    return Assignment(
        account=account,
        role=login.role,
        area=area,
        department_id=unit.id if unit else None,
        signs=login.signs,
        duties=["*"] if login.role in (Role.DISPATCHER, Role.TOWN_CENTRE) else [],
        starts_at=now,
    )


def _area_of(role: Role) -> str:
    """The first area of the role's level: the same grid, village and town for all of them."""
    if role in ADMINISTRATORS or role is Role.HANDLER:
        return ""
    depth = {Role.TOWN_CENTRE: 1, Role.WINDOW_CLERK: 1, Role.VILLAGE_DESK: 2, Role.MEDIATOR: 2}
    code = areas.district_code()
    for _ in range(0 if role in DISTRICT_WIDE else depth.get(role, 3)):
        code = next((child.code for child in areas.children(code)), code)
    return code


def _unit_of(role: Role, area: str) -> DepartmentFacts | None:
    kinds = {
        Role.TOWN_CENTRE: (DepartmentKind.TOWN, 9),
        Role.WINDOW_CLERK: (DepartmentKind.TOWN, 9),
        Role.VILLAGE_DESK: (DepartmentKind.VILLAGE, 12),
        Role.GRID_WORKER: (DepartmentKind.VILLAGE, 12),
        Role.GRID_HEAD: (DepartmentKind.VILLAGE, 12),
        Role.MEDIATOR: (DepartmentKind.COMMITTEE, 12),
    }
    kind, length = kinds.get(role, (None, 0))
    return directory.current().by_area.get((kind, area[:length])) if kind else None
