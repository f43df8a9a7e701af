"""The loop's entries in the navigation."""

from django.utils.translation import gettext_lazy as _

from ketang.core.accounts.types import Role
from ketang.core.cases.rules import FIELD_ROLES, WORK_ROLES
from ketang.shell import nav


def register() -> None:
    work = frozenset({*WORK_ROLES, Role.LEADER})
    nav.register(nav.NavItem("work", _("待办工单"), work, 10))
    nav.register(nav.NavItem("tasks", _("我的任务"), FIELD_ROLES, 5))
    nav.register(nav.NavItem("notices", _("消息"), frozenset(), 20))
