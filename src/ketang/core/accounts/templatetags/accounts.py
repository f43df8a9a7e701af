"""``{% load accounts %}``: the demo's logins, and the names of roles."""

from django import template
from django.utils.translation import gettext

from ketang.core.accounts import demo
from ketang.core.accounts.types import ROLE_NAMES, Role

register = template.Library()


@register.simple_tag
def demo_logins() -> tuple[demo.DemoLogin, ...]:
    """A constant, so that the switcher on every demo page costs no query."""
    return demo.LOGINS


@register.filter
def role_name(role: str) -> str:
    return gettext(ROLE_NAMES[Role(role)]) if role else ""
