"""Reads for the pages that manage departments, staff and posts. Lists page by key."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet

from ketang.core.accounts import directory
from ketang.core.accounts.models import Account, Assignment
from ketang.core.accounts.types import DepartmentFacts, Person
from ketang.core.areas import api as areas

PAGE = 50


@dataclass(frozen=True, slots=True)
class Held:
    """A post as a page shows it. ``state``: waiting, running, coming or over."""

    id: int
    account_id: int
    who: str
    role: str
    department: str
    where: str
    post: str
    duties: tuple[str, ...]
    signs: bool
    starts_at: datetime
    ends_at: datetime | None
    state: str
    deputy_for: str
    proposed_by: int


def find_departments(q: str, kind: str, after: str) -> tuple[list[DepartmentFacts], str]:
    """Departments by code, from the directory: no query. Returns a page and the next cursor."""
    wanted = q.strip().lower()
    rows = sorted(directory.current().by_id.values(), key=lambda d: d.code)
    found = [
        d
        for d in rows
        if d.code > after
        and (not kind or d.kind == kind)
        and (not wanted or wanted in d.name.lower() or d.code.lower().startswith(wanted))
    ]
    return found[:PAGE], found[PAGE - 1].code if len(found) > PAGE else ""


def find_staff(
    *, q: str, name: str, role: str, state: str, after: str, now: datetime
) -> tuple[list[Account], str]:
    """Staff by login name. ``q`` begins a login name or is in a department's name; ``name`` is a person's
    (sent by POST: names do not belong into addresses)."""
    rows = Account.objects.filter(kind="staff", username__gt=after)
    rows = rows.filter(is_active=state != "closed") if state != "all" else rows
    if q := q.strip():
        units = [d.id for d in directory.current().by_id.values() if q in d.name]
        rows = rows.filter(
            Q(username__startswith=q.lower()) | Q(pk__in=_holders(now).filter(department__in=units))
        )
    if name := name.strip():
        rows = rows.filter(name__contains=name)
    if role:
        rows = rows.filter(pk__in=_holders(now).filter(role=role))
    found = list(rows.order_by("username")[: PAGE + 1])
    return found[:PAGE], found[PAGE - 1].username if len(found) > PAGE else ""


def _holders(now: datetime) -> QuerySet[Assignment, int]:
    running = Assignment.objects.filter(Q(ends_at=None) | Q(ends_at__gt=now), pending=False)
    return running.values_list("account_id", flat=True)


def posts_by_account(accounts: list[Account], now: datetime) -> dict[int, list[Held]]:
    """Running posts of a page of staff, in one query."""
    rows = _posts().filter(Q(ends_at=None) | Q(ends_at__gt=now), account__in=accounts, pending=False)
    held: dict[int, list[Held]] = {account.pk: [] for account in accounts}
    for row in rows:
        held[row.account_id].append(held_of(row, now))
    return held


def posts_of_account(account_id: int, now: datetime) -> list[Held]:
    """All posts of one person, the running ones first."""
    order = {"waiting": 0, "running": 1, "coming": 2, "over": 3}
    held = [held_of(row, now) for row in _posts().filter(account_id=account_id)]
    return sorted(held, key=lambda post: (order[post.state], -post.id))


def mine(person: Person, now: datetime) -> list[Held]:
    return [p for p in posts_of_account(person.actor.id, now) if p.state != "over"] if person.actor.id else []


def waiting_posts(now: datetime) -> list[Held]:
    return [held_of(row, now) for row in _posts().filter(pending=True)[:200]]


def locked(now: datetime) -> list[Account]:
    return list(Account.objects.filter(kind="staff", locked_until__gt=now).order_by("-locked_until")[:200])


def _posts() -> QuerySet[Assignment]:
    return Assignment.objects.select_related("account", "department", "deputy_for__account").order_by("id")


def held_of(row: Assignment, now: datetime) -> Held:
    return Held(
        id=row.pk,
        account_id=row.account_id,
        who=row.account.name,
        role=row.role,
        department=row.department.name if row.department else "",
        where=areas.names_of(row.area) if row.area else row.area_group,
        post=row.post,
        duties=tuple(row.duties),
        signs=row.signs,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        state=state_of(row, now),
        deputy_for=row.deputy_for.account.name if row.deputy_for else "",
        proposed_by=row.proposed_by,
    )


def state_of(row: Assignment, now: datetime) -> str:
    if row.pending:
        return "waiting"
    if row.ends_at and row.ends_at <= now:
        return "over"
    return "coming" if row.starts_at > now else "running"
