from django.utils.translation import gettext_noop as noop

from ketang.core.accounts.types import Role
from ketang.shell import nav


def register() -> None:
    nav.register(nav.NavItem("audit", noop("审计"), roles=frozenset({Role.AUDIT_ADMIN}), order=800))
