"""The posts somebody holds: read by every request of staff, so in SQL that is compiled once."""

import json
from datetime import datetime
from typing import Any

from django.db import connection

from ketang.core.accounts.types import Post, Role
from ketang.core.areas import api as areas

# ``mine`` is the assignment; ``held`` the post it gives: its own, or that of whom it stands in for.
SQL = """
SELECT mine.id, mine.deputy_for_id, held.role, held.department_id, held.area, held.area_group, held.duties,
       held.signs, unit.code, unit.name, unit.kind, unit.area
FROM accounts_assignment mine
JOIN accounts_assignment held ON held.id = COALESCE(mine.deputy_for_id, mine.id)
LEFT JOIN accounts_department unit ON unit.id = held.department_id
WHERE mine.account_id = %s
  AND NOT mine.pending AND mine.starts_at <= %s AND (mine.ends_at IS NULL OR mine.ends_at > %s)
  AND NOT held.pending AND held.starts_at <= %s AND (held.ends_at IS NULL OR held.ends_at > %s)
ORDER BY mine.id
"""


def posts_of(account_id: int, now: datetime) -> tuple[Post, ...]:
    """The posts in force; who stands in for somebody gets that post while it is itself in force."""
    at = connection.ops.adapt_datetimefield_value(now)
    with connection.cursor() as cursor:
        cursor.execute(SQL, [account_id, at, at, at, at])
        return tuple(_post(row) for row in cursor.fetchall())


def _post(row: tuple[Any, ...]) -> Post:
    mine, deputy_for, role, department, area, group, duties, signs, code, name, kind, unit_area = row
    return Post(
        assignment_id=mine,
        role=Role(role),
        department_id=department or 0,
        department_code=code or "",
        department_name=name or "",
        department_kind=kind or "",
        area=area or unit_area or "",
        area_group=group,
        group_areas=areas.group_areas(group) if group else (),
        duties=tuple(json.loads(duties)),
        signs=bool(signs),
        deputy=deputy_for is not None,
    )
