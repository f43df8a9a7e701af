"""What a page hands its island so that it hears of changes to what it shows."""

from collections.abc import Iterable

from ketang.core.sealed import ring
from ketang.kernel.clock import now
from ketang.kernel.live_token import mint

SECONDS = 3600


def live_url(subjects: Iterable[str]) -> str:
    """Address of the page's event stream. Give only subjects that the page shows ("case:12"): the stream
    sends ``change`` for these, and ``tick`` without an id for all others. At most 100; valid one hour."""
    return f"/live?token={mint(ring().session_secret, list(subjects), int(now().timestamp()) + SECONDS)}"
