"""What runs by the clock."""

from ketang.core.files import actions
from ketang.core.outbox.api import every
from ketang.kernel import clock


@every("files.sweep", seconds=3600)
def sweep() -> None:
    actions.sweep(clock.now())
