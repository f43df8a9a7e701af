"""Writes: every one leaves its row, its audit row and a new revision token in one transaction."""

import secrets
from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.db.models import Q

from ketang.core.areas.models import Area, AreaGroup, Revision, TeamMember
from ketang.core.areas.queries import get, team
from ketang.core.areas.rules import check_may_join, level_of
from ketang.core.areas.tree import forget, tree
from ketang.core.areas.types import (
    AreaClosed,
    AreaRow,
    AreaUnknown,
    GroupEmpty,
    GroupFacts,
    GroupMemberUnknown,
    GroupUnfit,
    HeadTaken,
    LoadResult,
    Member,
    SuccessorUnfit,
)
from ketang.core.areas.vetting import vet
from ketang.core.audit.api import Record, record, record_many
from ketang.kernel.actor import Actor
from ketang.kernel.errors import BadInput
from ketang.kernel.geo import Datum

_COLUMNS = ["name", "kind", "place", "valid_from", "valid_to", "successors", "outline", "datum"]
WRITTEN_AT_ONCE = 500


def load(
    rows: Sequence[AreaRow],
    actor: Actor,
    *,
    valid_from: date,
    datum: Datum,
    now: datetime,
    check: bool = False,
) -> LoadResult:
    """Bring the tree to what ``rows`` say; rows that do not fit are reported and left out.

    Loading the same again changes nothing. ``valid_from`` holds for new areas whose row names no date;
    ``datum`` labels the source (outlines are WGS-84 already). ``check`` only tells what would happen.
    """
    stored = {area.code: area for area in Area.objects.all()}
    good, errors = vet(rows, stored)
    wanted = [_area(row, stored.get(row.code), valid_from, datum) for row in good]
    created = [area for area in wanted if area.code not in stored]
    changed = [area for area in wanted if area.code in stored and _differs(area, stored[area.code])]
    if not check and (created or changed):
        with transaction.atomic(durable=True):
            _write(created, changed)
            _record(actor, "area.created", created, now)
            _record(actor, "area.changed", changed, now)
    unchanged = len(wanted) - len(created) - len(changed)
    return LoadResult(len(created), len(changed), unchanged, tuple(errors))


def rename_area(code: str, name: str, place: str, actor: Actor, *, now: datetime) -> None:
    """Correct an area's name or place. Raises AreaUnknown, BadInput."""
    area = get(code)
    if not 0 < len(name.strip()) <= 80:
        raise BadInput("名称要有，且不超过 80 个字。", field="name")
    with transaction.atomic(durable=True):
        Area.objects.filter(code=code).update(name=name.strip(), place=place.strip()[:80])
        record(actor, "area.renamed", f"area:{code}", {"from": area.name, "to": name.strip()}, at=now)
        _new_revision()


def close_area(code: str, day: date, successors: Collection[str], actor: Actor, *, now: datetime) -> int:
    """From ``day`` on the area and everything below it no longer holds; ``successors`` take over its ground.

    Returns how many areas closed. Raises AreaUnknown, AreaClosed, SuccessorUnfit.
    """
    area = get(code)
    if area.valid_to is not None:
        raise AreaClosed(name=area.name, day=area.valid_to)
    if day <= area.valid_from:
        raise BadInput("停用日期要晚于启用日期。", field="day")
    for heir in successors:
        _check_heir(heir, code, day)
    with transaction.atomic(durable=True):
        own = Area.objects.filter(code=code, valid_to=None)
        if not own.update(valid_to=day, successors=list(successors)):
            raise AreaClosed(name=area.name, day=day)  # somebody else closed it a moment ago
        below = Area.objects.filter(Q(valid_to=None) | Q(valid_to__gt=day), code__startswith=code)
        closed = 1 + below.exclude(code=code).update(valid_to=day)
        detail = {"day": day.isoformat(), "successors": list(successors), "closed": closed}
        record(actor, "area.closed", f"area:{code}", detail, at=now)
        _new_revision()
    return closed


def save_group(group: GroupFacts, actor: Actor, *, now: datetime) -> None:
    """Create or change a group. Raises GroupUnfit."""
    save_groups([group], actor, now=now)


def save_groups(groups: Sequence[GroupFacts], actor: Actor, *, now: datetime) -> None:
    """Many at once, all or none. Raises GroupUnfit."""
    for group in groups:
        _check_group(group)
    with transaction.atomic(durable=True):
        for group in groups:
            values = _columns_of(group)
            AreaGroup.objects.update_or_create(code=group.code, defaults=values)
            record(actor, "area_group.saved", f"area_group:{group.code}", values, at=now)
        _new_revision()


def _columns_of(group: GroupFacts) -> dict[str, object]:
    return {
        "name": group.name.strip(),
        "kind": group.kind.value,
        "members": sorted(group.members),
        "escalates_to": group.escalates_to,
        "carries_scope": group.carries_scope,
    }


def add_members(members: Iterable[Member], actor: Actor, *, now: datetime) -> None:
    """Give people their places in teams, all or none.

    Raises AreaUnknown, NotItsLevel, AlreadyInPlace, HeadTaken.
    """
    with transaction.atomic(durable=True):
        for member in members:
            get(member.area)
            check_may_join(member, team(member.area))
            _insert(member)
            _record_member(actor, "team.joined", member, now)


def _insert(member: Member) -> None:
    try:
        with transaction.atomic():
            TeamMember.objects.create(area=member.area, role=member.role.value, account_id=member.account_id)
    except IntegrityError as error:  # another process was quicker to fill the one place
        raise HeadTaken(field="role") from error


def remove_member(member: Member, actor: Actor, *, now: datetime) -> None:
    """Take somebody out of a place; doing it twice is harmless."""
    with transaction.atomic(durable=True):
        gone, _ = TeamMember.objects.filter(
            area=member.area, role=member.role.value, account_id=member.account_id
        ).delete()
        if gone:
            _record_member(actor, "team.left", member, now)


def _record_member(actor: Actor, verb: str, member: Member, now: datetime) -> None:
    detail = {"role": member.role.value, "account": member.account_id}
    record(actor, verb, f"area:{member.area}", detail, at=now)


def _area(row: AreaRow, old: Area | None, valid_from: date, datum: Datum) -> Area:
    """The area as it should be; what the row leaves out stays as it was."""
    level = level_of(row.code)
    assert level is not None, "vetted"  # noqa: S101
    return Area(
        code=row.code,
        level=level.value,
        name=row.name,
        kind=row.kind.value,
        place=row.place,
        valid_from=row.valid_from or (old.valid_from if old else valid_from),
        valid_to=row.valid_to or (old.valid_to if old else None),
        successors=list(row.successors) or (old.successors if old else []),
        outline=row.outline or (bytes(old.outline) if old else b""),
        datum=datum.value if row.outline else (old.datum if old else ""),
    )


def _differs(wanted: Area, old: Area) -> bool:
    old.outline = bytes(old.outline)
    return any(getattr(wanted, column) != getattr(old, column) for column in _COLUMNS)


def _record(actor: Actor, verb: str, areas: list[Area], now: datetime) -> None:
    record_many(Record(actor, verb, f"area:{area.code}", None, now) for area in areas)


def _write(created: list[Area], changed: list[Area]) -> None:
    Area.objects.bulk_create(created, batch_size=WRITTEN_AT_ONCE)
    Area.objects.bulk_update(changed, _COLUMNS, batch_size=WRITTEN_AT_ONCE)
    _new_revision()


def _new_revision() -> None:
    """Tell every process to read again; this one does so at once, and once more when others may see it."""
    Revision.objects.update_or_create(id=1, defaults={"token": secrets.token_hex(8)})
    forget()
    transaction.on_commit(forget)


def _check_heir(heir: str, code: str, day: date) -> None:
    facts = tree().areas.get(heir)
    if facts is None:
        raise AreaUnknown(code=heir)
    if heir == code or len(heir) != len(code) or not facts.valid_on(day):
        raise SuccessorUnfit(field="successors", code=heir)


def _check_group(group: GroupFacts) -> None:
    if not group.code or len(group.code) > 40 or not group.name.strip():
        raise GroupUnfit(field="code")
    if not group.members:
        raise GroupEmpty(field="members")
    unknown = next((code for code in group.members if code not in tree().areas), "")
    if unknown:
        raise GroupMemberUnknown(field="members", code=unknown)
