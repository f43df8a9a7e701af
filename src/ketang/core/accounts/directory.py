"""All departments as this process knows them. One small query every two seconds at most tells whether
anything changed; normally a request costs none."""

import threading
from dataclasses import dataclass, field

from django.db.models import Count, Max

from ketang.core.accounts import held
from ketang.core.accounts.models import Department
from ketang.core.accounts.types import DepartmentFacts, DepartmentKind

TTL_SECONDS = 2.0


@dataclass(frozen=True)
class Directory:
    """One reading of the table, indexed by what people ask for."""

    revision: object
    by_id: dict[int, DepartmentFacts] = field(default_factory=dict)
    by_code: dict[str, DepartmentFacts] = field(default_factory=dict)
    by_name: dict[str, DepartmentFacts] = field(default_factory=dict)
    by_area: dict[tuple[DepartmentKind, str], DepartmentFacts] = field(default_factory=dict)


_lock = threading.Lock()


def forget() -> None:
    """Look again at the next call; loaders that write departments in bulk call it themselves."""
    held.departments.forget()


def current() -> Directory:
    if (known := held.departments.fresh(TTL_SECONDS)) is not None:
        return known
    with _lock:
        old = held.departments.value
        revision = Department.objects.aggregate(n=Count("id"), at=Max("changed_at"))
        unchanged = old is not None and old.revision == revision
        return held.departments.keep(old if old is not None and unchanged else _read(revision))


def _read(revision: object) -> Directory:
    rows = [_facts(row) for row in Department.objects.order_by("id")]
    open_rows = [row for row in rows if not row.closed]
    return Directory(
        revision,
        {row.id: row for row in rows},
        {row.code: row for row in rows},
        {row.name: row for row in reversed(open_rows)},
        {(row.kind, row.area): row for row in reversed(open_rows)},
    )


def _facts(row: Department) -> DepartmentFacts:
    return DepartmentFacts(
        id=row.pk,
        code=row.code,
        name=row.name,
        kind=DepartmentKind(row.kind),
        area=row.area,
        desk_phone=row.desk_phone,
        parent_id=row.parent_id or 0,
        closed=row.closed_on is not None,
    )
