"""What the worker runs by the clock."""

from ketang.core.deadlines import sweep
from ketang.core.outbox.api import every
from ketang.kernel.clock import now


@every("deadlines.sweep", seconds=5)
def tell_of_thresholds() -> None:
    sweep.sweep(now())


@every("deadlines.recompute", seconds=60)
def count_provisional_again() -> None:
    sweep.recompute_provisional(now())
