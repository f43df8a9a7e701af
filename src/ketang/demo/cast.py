"""Who plays: one member of staff for each unit that can lead, in the background, who cannot log in.

They stand beside the demo's own logins, so that a newcomer who takes a role is never in their way.
"""

from datetime import datetime, timedelta

from django.db import transaction

from ketang.core.accounts import api as accounts
from ketang.core.accounts.demo import PREFIX
from ketang.core.accounts.models import Account, Assignment
from ketang.core.accounts.types import DepartmentFacts, DepartmentKind, Person, Role
from ketang.core.audit.api import Record, record_many
from ketang.kernel.actor import SYSTEM

BACKGROUND = "bg."
ROLE_OF = {DepartmentKind.GOVERNMENT: Role.HANDLER, DepartmentKind.TOWN: Role.TOWN_CENTRE}
IN_POST_FOR = timedelta(days=400)  # longer than any case of the demo's past
SURNAMES = "陈王李张刘章沈金徐何郑丁叶韩罗俞"


def ensure_staff(now: datetime) -> int:
    """Make the background staff that is missing; returns how many."""
    wanted = {
        BACKGROUND + unit.code: unit for unit in accounts.departments().values() if unit.kind in ROLE_OF
    }
    there = set(Account.objects.filter(username__startswith=BACKGROUND).values_list("username", flat=True))
    missing = {username: unit for username, unit in wanted.items() if username not in there}
    if not missing:
        return 0
    with transaction.atomic():
        Account.objects.bulk_create(_account(n, username) for n, username in enumerate(missing))
        made = list(Account.objects.filter(username__in=missing).order_by("id"))
        Assignment.objects.bulk_create(_post(account, missing[account.username], now) for account in made)
        record_many(Record(SYSTEM, "account.create", f"account:{a.pk}", {"demo": True}, now) for a in made)
    return len(missing)


def _account(number: int, username: str) -> Account:
    account = Account(kind="staff", username=username, name=f"承办人 小{SURNAMES[number % len(SURNAMES)]}")
    account.set_unusable_password()
    return account


def _post(account: Account, unit: DepartmentFacts, now: datetime) -> Assignment:
    return Assignment(
        account=account,
        role=ROLE_OF[DepartmentKind(unit.kind)],
        department_id=unit.id,
        area=unit.area,
        duties=["*"],
        signs=True,
        starts_at=now - IN_POST_FOR,
    )


class Cast:
    """Looks people up once; ``now`` is the real clock, since posts of the logins began when the demo did."""

    def __init__(self, now: datetime) -> None:
        self._now = now
        self._known: dict[str, Person] = {}

    def login(self, name: str) -> Person:
        """The person behind one of the demo's own logins."""
        return self._person(PREFIX + name)

    def of_unit(self, department_id: int) -> Person | None:
        """Who acts for a unit; None for units that have nobody in the background."""
        unit = accounts.departments().get(department_id)
        if unit is None or unit.kind not in ROLE_OF:
            return None
        return self._person(BACKGROUND + unit.code)

    def _person(self, username: str) -> Person:
        if username not in self._known:
            found = Account.objects.filter(username=username).values_list("pk", flat=True).first()
            self._known[username] = accounts.person(found or 0, self._now)
        return self._known[username]
