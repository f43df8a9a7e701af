from django.utils.translation import gettext_noop as noop

from ketang.core.accounts.types import Role
from ketang.shell import nav


def register() -> None:
    nav.register(nav.NavItem("queue", noop("后台队列"), roles=frozenset({Role.SYSTEM_ADMIN}), order=740))
