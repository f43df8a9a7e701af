"""``load_demo``: the whole demo district, in the order in which things need each other."""

from collections.abc import Callable
from datetime import datetime

import click
from django.conf import settings
from django.db import transaction

from ketang.core.accounts import demo as logins
from ketang.core.accounts.actions.units import load_departments
from ketang.core.accounts.demo import DemoLogin, ensure_demo_logins
from ketang.core.accounts.types import ROLE_NAMES
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
    with click.progressbar(STEPS, label="演示数据 · Demo data", item_show_func=_name_of) as steps:
        for _name, step in steps:
            step(now)
    seal()
    return [_shown(login) for login in ensure_demo_logins(now)]


def _name_of(step: "Step | None") -> str:
    return step[0] if step else ""


def _ensure_areas(now: datetime) -> None:
    if not areas.district_code():
        load_demo_areas(now)


def _ensure_cases(now: datetime) -> None:
    seed_cases(now)


def _ensure_logins(now: datetime) -> None:
    with transaction.atomic():
        ensure_demo_logins(now)


def _shown(login: DemoLogin) -> tuple[str, str, str]:
    by_phone = login.unit == "" and login.username == "resident"
    role = f"{ROLE_NAMES[login.role]} · {login.role}"
    if by_phone:
        return (
            f"{role}（按手机号登录，验证码在页上 · by phone; the page shows the code）",
            logins.RESIDENT_PHONE,
            "-",
        )
    return role, login.full_username, logins.PASSWORD


def _ensure_team(now: datetime) -> None:
    """The first grid has its team of one head and three, so that the page shows one."""
    cast = Cast(now)
    grid = next((post.area for post in cast.login("grid").posts if len(post.area) == Level.GRID.length), "")
    if not grid or areas.team(grid):
        return
    members = [Member(grid, role, cast.login(name).actor.id) for role, name in TEAM]
    areas.add_members(members, SYSTEM, now=now)


Step = tuple[str, Callable[[datetime], object]]
STEPS: tuple[Step, ...] = (
    ("辖区 · areas", _ensure_areas),
    ("部门 · departments", load_departments),
    ("账号 · logins", _ensure_logins),
    ("人员 · staff", ensure_staff),
    ("网格团队 · team", _ensure_team),
    ("工单 · cases", _ensure_cases),
)
