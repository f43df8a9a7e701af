"""Posts: proposed by the system administrator, given by the security administrator, never by one alone."""

from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet

from ketang.core.accounts import rules
from ketang.core.accounts.actions.people import account_of, require, subject
from ketang.core.accounts.models import Assignment
from ketang.core.accounts.queries import departments
from ketang.core.accounts.types import (
    ADMINISTRATORS,
    AdministratorsApart,
    AlreadyDone,
    NotYourOwn,
    Person,
    PostUnfit,
    Role,
)
from ketang.core.areas import api as areas
from ketang.core.audit import api as audit
from ketang.kernel.errors import Conflict, NotFound


@dataclass(frozen=True, slots=True)
class NewPost:
    """A post as the form gives it. Administrators' posts begin at once and have no end."""

    role: Role
    starts_at: datetime
    ends_at: datetime | None = None
    department_id: int = 0
    area: str = ""
    area_group: str = ""
    post: str = ""
    duties: tuple[str, ...] = ()
    signs: bool = False


class SamePost(Conflict):
    message = "这个人已经有同样的岗位，或正在等批准。"


def propose_post(account_id: int, new: NewPost, person: Person, now: datetime) -> Assignment:
    """Put a post before the security administrator; until approved it gives nothing."""
    require(person, Role.SYSTEM_ADMIN)
    check_new(new, now)
    row = Assignment(
        account_id=account_id,
        role=new.role,
        department_id=new.department_id or None,
        area=new.area,
        area_group=new.area_group,
        post=new.post,
        duties=list(new.duties),
        signs=new.signs,
        starts_at=now if new.role in ADMINISTRATORS else new.starts_at,
        ends_at=None if new.role in ADMINISTRATORS else new.ends_at,
        pending=True,
        proposed_by=person.actor.id,
    )
    return insert(row, person, now)


def propose_deputy(
    assignment_id: int, account_id: int, starts_at: datetime, ends_at: datetime, person: Person, now: datetime
) -> Assignment:
    """Somebody stands in for a post (代班), from–to, after approval. Administrators have no deputies."""
    require(person, Role.SYSTEM_ADMIN)
    held = assignment_of(assignment_id)
    if held.role in ADMINISTRATORS or held.deputy_for_id or held.pending:
        raise PostUnfit("管理员岗位、代班岗位和待批准的岗位不能再找人代班。", field="account")
    if held.account_id == account_id:
        raise PostUnfit("不能代自己的班。", field="account")
    check_span(starts_at, ends_at, now)
    row = Assignment(
        account_id=account_id,
        role=held.role,
        post=held.post,
        starts_at=starts_at,
        ends_at=ends_at,
        pending=True,
        proposed_by=person.actor.id,
        deputy_for=held,
    )
    return insert(row, person, now)


def insert(row: Assignment, person: Person, now: datetime) -> Assignment:
    """The account is locked while its posts are compared, so that two proposals cannot pass each other."""
    try:
        with transaction.atomic():
            account_of(row.account_id, lock=True)
            others = _overlapping(row)
            if any(_place(other) == _place(row) for other in others):
                raise SamePost(field="role")
            rules.check_may_hold(Role(row.role), _roles(others))
            row.save(force_insert=True)
            verb = "post.propose" if row.pending else "post.give"
            audit.record(person.actor, verb, subject(row.account_id), detail_of(row), at=now)
    except IntegrityError as error:
        raise AdministratorsApart from error
    return row


def approve_post(assignment_id: int, person: Person, now: datetime) -> None:
    """The second of two people says yes: neither the proposer nor the one who gets it."""
    require(person, Role.SECURITY_ADMIN)
    row = assignment_of(assignment_id)
    if person.actor.id in (row.proposed_by, row.account_id):
        raise NotYourOwn
    with transaction.atomic():
        account_of(row.account_id, lock=True)
        rules.check_may_hold(Role(row.role), _roles(_overlapping(row)))
        waiting = Assignment.objects.filter(pk=row.pk, pending=True)
        if not waiting.update(pending=False, approved_by=person.actor.id):
            raise AlreadyDone
        audit.record(person.actor, "post.approve", subject(row.account_id), detail_of(row), at=now)


def refuse_post(assignment_id: int, person: Person, now: datetime) -> None:
    require(person, Role.SECURITY_ADMIN, Role.SYSTEM_ADMIN)
    row = assignment_of(assignment_id)
    with transaction.atomic():
        if not Assignment.objects.filter(pk=row.pk, pending=True).delete()[0]:
            raise AlreadyDone
        audit.record(person.actor, "post.refuse", subject(row.account_id), detail_of(row), at=now)


def end_post(assignment_id: int, person: Person, now: datetime) -> None:
    """Taken away at once, and with it every deputy's. Nobody takes away the last security administrator."""
    require(person, Role.SECURITY_ADMIN, Role.SYSTEM_ADMIN)
    row = assignment_of(assignment_id)
    if (
        row.role == Role.SECURITY_ADMIN
        and not in_force(now).filter(role=row.role).exclude(pk=row.pk).exists()
    ):
        raise PostUnfit("这是最后一位安全管理员，先给另一位设岗再撤。", field="role")
    with transaction.atomic():
        running = Assignment.objects.filter(Q(ends_at=None) | Q(ends_at__gt=now), pk=row.pk, pending=False)
        if not running.update(ends_at=now):
            raise AlreadyDone
        audit.record(person.actor, "post.end", subject(row.account_id), detail_of(row), at=now)


def in_force(now: datetime) -> QuerySet[Assignment]:
    open_end = Q(ends_at=None) | Q(ends_at__gt=now)
    return Assignment.objects.filter(open_end, pending=False, starts_at__lte=now, account__is_active=True)


def check_new(new: NewPost, now: datetime) -> None:
    """The area, the group and the department exist; the span is one; the role has what it needs."""
    check_span(new.starts_at, new.ends_at, now)
    unit = departments().get(new.department_id)
    if new.department_id and (unit is None or unit.closed):
        raise PostUnfit("没有这个部门，或已撤销。", field="department")
    if new.area and not areas.exists(new.area):
        raise PostUnfit("没有这个辖区编码。", field="area")
    members = areas.group_areas(new.area_group) if new.area_group else ()
    if new.area_group and not members:
        raise PostUnfit("没有这个片区，或片区不带岗位。", field="area_group")
    rules.check_fit(new.role, new.area or (unit.area if unit else ""), members, new.department_id)


def check_span(starts_at: datetime, ends_at: datetime | None, now: datetime) -> None:
    if ends_at and (ends_at <= starts_at or ends_at <= now):
        raise PostUnfit("结束时间要晚于开始时间和现在。", field="ends_at")


def assignment_of(assignment_id: int) -> Assignment:
    row = Assignment.objects.filter(pk=assignment_id, account__kind="staff").first()
    if row is None:
        raise NotFound
    return row


def detail_of(row: Assignment) -> dict[str, object]:
    """What the audit keeps of a post: codes and ids, no names."""
    return {
        "post": row.pk,
        "role": str(row.role),
        "department": row.department_id or 0,
        "area": row.area or row.area_group,
        "deputy_for": row.deputy_for_id or 0,
    }


def _overlapping(row: Assignment) -> list[Assignment]:
    """This account's other posts that overlap in time, proposed ones too."""
    running = Q(ends_at=None) | Q(ends_at__gt=row.starts_at)
    others = Assignment.objects.filter(running, account_id=row.account_id).exclude(pk=row.pk)
    return list(others.filter(starts_at__lt=row.ends_at) if row.ends_at else others)


def _roles(rows: list[Assignment]) -> list[Role]:
    return [Role(row.role) for row in rows]


def _place(row: Assignment) -> tuple[object, ...]:
    return row.role, row.department_id, row.area, row.area_group, row.deputy_for_id
