"""The one place that reads the wall clock. Rules never do: they take ``now``."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

BEIJING = ZoneInfo("Asia/Shanghai")


def now() -> datetime:
    """The current instant, aware, in UTC."""
    return datetime.now(UTC)


def local(at: datetime) -> datetime:
    """The same instant on a Chinese wall clock."""
    return at.astimezone(BEIJING)
