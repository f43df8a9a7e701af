"""Routing's entries in the navigation."""

from django.utils.translation import gettext_lazy as _

from ketang.core.accounts.types import STAFF
from ketang.shell import nav


def register() -> None:
    nav.register(nav.NavItem("routing", _("派单规则"), STAFF, 610))
    nav.register(nav.NavItem("playbook", _("事项与时限"), STAFF, 620))
