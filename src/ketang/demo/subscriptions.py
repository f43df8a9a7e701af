"""The worker's part of the living demo. Registered in demo mode only."""

from random import Random

from ketang.core.outbox.api import every
from ketang.demo import living
from ketang.kernel.clock import now


def live_on() -> None:
    """One tick; chance is not seeded here, so that no two demos are alike."""
    living.tick(Random(), now())  # noqa: S311 - a story, not a secret


def register() -> None:
    every("demo.live", seconds=living.TICK_SECONDS)(live_on)
