"""Roles, scopes and errors of accounts; no Django."""

from dataclasses import dataclass
from enum import StrEnum

from ketang.kernel.actor import Actor
from ketang.kernel.errors import KetangError, NotAllowed


class Role(StrEnum):
    RESIDENT = "resident"
    GRID_WORKER = "grid_worker"
    GRID_HEAD = "grid_head"
    VILLAGE_DESK = "village_desk"
    TOWN_CENTRE = "town_centre"
    WINDOW_CLERK = "window_clerk"
    HANDLER = "handler"
    MEDIATOR = "mediator"
    DISPATCHER = "dispatcher"
    SUPERVISOR = "supervisor"
    LEADER = "leader"
    SYSTEM_ADMIN = "system_admin"
    SECURITY_ADMIN = "security_admin"
    AUDIT_ADMIN = "audit_admin"


ADMINISTRATORS = frozenset({Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN})


class DepartmentKind(StrEnum):
    GOVERNMENT = "government"
    TOWN = "town"
    VILLAGE = "village"
    COMMITTEE = "committee"

    @property
    def may_lead(self) -> bool:
        return self in (DepartmentKind.GOVERNMENT, DepartmentKind.TOWN)


@dataclass(frozen=True, slots=True)
class Post:
    """An assignment in force, as rules need it. ``area`` is a code prefix; '' none."""

    assignment_id: int
    role: Role
    department_id: int = 0
    department_code: str = ""
    department_name: str = ""
    department_kind: str = ""
    area: str = ""
    area_group: str = ""
    group_areas: tuple[str, ...] = ()
    duties: tuple[str, ...] = ()
    signs: bool = False
    deputy: bool = False


@dataclass(frozen=True, slots=True)
class Person:
    """Who is asking, with every post in force now. ``actor`` is what the audit records."""

    actor: Actor
    posts: tuple[Post, ...] = ()

    @property
    def roles(self) -> frozenset[Role]:
        return frozenset(post.role for post in self.posts)

    def has(self, *roles: Role) -> bool:
        return any(post.role in roles for post in self.posts)

    @property
    def department_ids(self) -> frozenset[int]:
        return frozenset(post.department_id for post in self.posts if post.department_id)


@dataclass(frozen=True, slots=True)
class Branch:
    """One equality that an index serves: rows whose ``column`` equals ``value``.

    ``column`` is one of ``district town village grid lead_id reporter_id`` or ``support`` (a department
    that supports). ``kinds`` ('' = all) narrows by kind-code prefix (a mediator sees disputes).
    """

    column: str
    value: str | int
    kinds: str = ""


@dataclass(frozen=True, slots=True)
class Scope:
    """What one person may read for one purpose: the union of ``branches``, less what secrecy hides.

    ``duty_kinds`` are kind codes of limited matters this person is charged with ("*" = all);
    ``sealed`` departments (纪检监察) alone see accusations. No branches: sees nothing.
    """

    purpose: str
    branches: tuple[Branch, ...] = ()
    duty_kinds: tuple[str, ...] = ()
    departments: tuple[int, ...] = ()
    sealed: bool = False
    own_account: int = 0


class LoginRefused(KetangError):
    status = 403
    message = "账号或口令不对。"


class CodeWrong(KetangError):
    message = "验证码不对或已过期。"


class AdministratorsApart(NotAllowed):
    message = "系统、安全、审计三种管理员不能由同一人担任。"
