"""The outbox's own periodic job."""

from ketang.core.outbox import upkeep
from ketang.core.outbox.api import every


@every("outbox.prune", seconds=3600)
def prune() -> None:
    upkeep.prune()
