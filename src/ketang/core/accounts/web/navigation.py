"""What accounts puts into the frame."""

from django.conf import settings
from django.utils.translation import gettext_noop as noop

from ketang.core.accounts.types import STAFF, Role
from ketang.shell import nav

SYSTEM = frozenset({Role.SYSTEM_ADMIN})
SECURITY = frozenset({Role.SECURITY_ADMIN})
KEEPERS = SYSTEM | SECURITY


def register() -> None:
    nav.register(nav.NavItem("areas", noop("辖区"), roles=STAFF, order=600))
    nav.register(nav.NavItem("departments", noop("部门"), roles=SYSTEM, order=700))
    nav.register(nav.NavItem("staff", noop("人员与岗位"), roles=KEEPERS, order=710))
    nav.register(nav.NavItem("posts_waiting", noop("待批准的岗位"), roles=SECURITY, order=720))
    nav.register(nav.NavItem("lockouts", noop("锁定的账号"), roles=SECURITY, order=730))
    nav.register(nav.NavItem("me", noop("我的"), order=900))
    if settings.DEMO:
        nav.register_corner("accounts/switcher.html")
