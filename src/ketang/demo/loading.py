"""``load_demo``: the whole demo district, in the order in which things need each other."""

from datetime import datetime

from django.conf import settings
from django.db import transaction

from ketang.core.accounts import demo as logins
from ketang.core.accounts.actions.units import load_departments
from ketang.core.accounts.demo import DemoLogin, ensure_demo_logins
from ketang.core.areas import api as areas
from ketang.core.areas.types import Level, Member, TeamRole
from ketang.core.audit.api import seal
from ketang.demo.areas import load_demo_areas
from ketang.demo.cast import Cast, ensure_staff
from ketang.demo.seeding import seed_cases
from ketang.kernel.actor import SYSTEM
from ketang.kernel.errors import NotFound

TEAM = (
    (TeamRole.GRID_HEAD, "gridhead"),
    (TeamRole.FULL_TIME, "grid"),
    (TeamRole.PART_TIME, "village"),
    (TeamRole.GUIDE, "town"),
)


def load_demo(now: datetime) -> list[tuple[str, str, str]]:
    """Load what is missing and return (role, login name, password) for every demo login.

    Areas, departments, logins and background staff, a team, cases. Refused outside the demo.
    """
    if not settings.DEMO:
        raise NotFound
    if not areas.district_code():
        load_demo_areas(now)
        seal()
    load_departments(now)
    with transaction.atomic():
        people = ensure_demo_logins(now)
    ensure_staff(now)
    _ensure_team(now)
    if seed_cases(now):
        seal()
    return [_shown(login) for login in people]


def _shown(login: DemoLogin) -> tuple[str, str, str]:
    by_phone = login.unit == "" and login.username == "resident"
    return str(login.role), login.full_username, logins.RESIDENT_PHONE if by_phone else logins.PASSWORD


def _ensure_team(now: datetime) -> None:
    """The first grid has its team of one head and three, so that the page shows one."""
    cast = Cast(now)
    grid = next((post.area for post in cast.login("grid").posts if len(post.area) == Level.GRID.length), "")
    if not grid or areas.team(grid):
        return
    members = [Member(grid, role, cast.login(name).actor.id) for role, name in TEAM]
    areas.add_members(members, SYSTEM, now=now)
