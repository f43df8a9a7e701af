"""Roles, scopes and errors of accounts; no Django."""

from dataclasses import dataclass
from enum import StrEnum

from ketang.kernel.actor import Actor
from ketang.kernel.errors import BadInput, Conflict, KetangError, NotAllowed


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
STAFF = frozenset(Role) - {Role.RESIDENT}
FIELD = frozenset({Role.GRID_WORKER, Role.GRID_HEAD})
DISTRICT_WIDE = frozenset({Role.DISPATCHER, Role.SUPERVISOR, Role.LEADER})
WORKERS = STAFF - ADMINISTRATORS

N_ = str  # marks a msgid where Django is not known
ROLE_NAMES = {
    Role.RESIDENT: N_("居民"),
    Role.GRID_WORKER: N_("网格员"),
    Role.GRID_HEAD: N_("网格长"),
    Role.VILLAGE_DESK: N_("村社区专干"),
    Role.TOWN_CENTRE: N_("镇街中心"),
    Role.WINDOW_CLERK: N_("窗口人员"),
    Role.HANDLER: N_("部门承办人"),
    Role.MEDIATOR: N_("调解员"),
    Role.DISPATCHER: N_("区调度员"),
    Role.SUPERVISOR: N_("督办员"),
    Role.LEADER: N_("领导"),
    Role.SYSTEM_ADMIN: N_("系统管理员"),
    Role.SECURITY_ADMIN: N_("安全管理员"),
    Role.AUDIT_ADMIN: N_("审计管理员"),
}


class DepartmentKind(StrEnum):
    GOVERNMENT = "government"
    TOWN = "town"
    VILLAGE = "village"
    COMMITTEE = "committee"

    @property
    def may_lead(self) -> bool:
        return self in (DepartmentKind.GOVERNMENT, DepartmentKind.TOWN)


@dataclass(frozen=True, slots=True)
class DepartmentFacts:
    """A department as everybody may know it. ``area`` is a code prefix."""

    id: int
    code: str
    name: str
    kind: DepartmentKind
    area: str
    desk_phone: str = ""
    parent_id: int = 0
    closed: bool = False

    @property
    def may_lead(self) -> bool:
        return self.kind.may_lead and not self.closed


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
    ``duties`` are kind-code prefixes of limited matters that this branch opens ("*" = all);
    ``sealed`` opens accusations, ``only_sealed`` shows nothing else.
    """

    column: str
    value: str | int
    kinds: str = ""
    duties: tuple[str, ...] = ()
    sealed: bool = False
    only_sealed: bool = False


@dataclass(frozen=True, slots=True)
class Scope:
    """What one person may read for one purpose: the union of ``branches``, less what secrecy hides.

    ``duty_kinds`` are all kind codes of limited matters this person is charged with ("*" = all), each
    branch names those it opens; ``sealed`` (纪检监察) alone see accusations. Own reports
    (``own_account``, 0 for administrators and strangers) are always seen. Neither: sees nothing.
    """

    purpose: str
    branches: tuple[Branch, ...] = ()
    duty_kinds: tuple[str, ...] = ()
    departments: tuple[int, ...] = ()
    sealed: bool = False
    own_account: int = 0


class LoginRefused(KetangError):
    status = 403
    message = "账号或口令不对，或已暂时锁定。连续输错会锁定一段时间；忘记口令请找系统管理员。"


class CodeWrong(KetangError):
    message = "验证码不对或已过期。"
    way_out = "请重新获取验证码。"


class PhoneWrong(BadInput):
    message = "请填 11 位手机号。"


class AdministratorsApart(NotAllowed):
    message = "系统、安全、审计三种管理员不能由同一人担任，管理员也不兼其他岗位。"


class NotYourOwn(NotAllowed):
    message = "不能批准自己提出的或给自己的岗位，请由另一位安全管理员办理。"


class PostUnfit(BadInput):
    """A post without what its role needs: an area of the right level, or a department."""

    message = "这个岗位缺少该有的部门或辖区。"


class AlreadyDone(Conflict):
    message = "别人刚刚办过这一项，请刷新看一下。"


class NameTaken(Conflict):
    message = "“%(name)s”已经有了，请换一个。"
