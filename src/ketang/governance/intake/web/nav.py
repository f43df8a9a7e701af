"""Intake's entries in the navigation."""

from django.utils.translation import gettext_lazy as _

from ketang.core.accounts.types import Role
from ketang.core.cases.rules import DESK_ROLES
from ketang.shell import nav


def register() -> None:
    nav.register(nav.NavItem("desk_new", _("登记来件"), DESK_ROLES, 12))
    nav.register(nav.NavItem("unsorted", _("待分类"), frozenset({Role.DISPATCHER, Role.TOWN_CENTRE}), 14))
    nav.register(nav.NavItem("mine", _("我的反映"), frozenset({Role.RESIDENT}), 5))
    nav.register(nav.NavItem("report", _("我要反映"), frozenset({Role.RESIDENT}), 4))
