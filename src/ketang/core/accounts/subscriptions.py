"""What accounts does by the clock: throws away what has run out."""

from importlib import import_module

from django.conf import settings

from ketang.core.accounts import kept, limits
from ketang.core.accounts.actions import codes
from ketang.core.outbox.api import every
from ketang.kernel import clock


@every("accounts.tidy", seconds=600)
def tidy() -> None:
    """Codes, kept forms, rate windows and sessions that are over."""
    now = clock.now()
    codes.tidy(now)
    kept.tidy(now)
    limits.tidy(now)
    import_module(settings.SESSION_ENGINE).SessionStore.clear_expired()
