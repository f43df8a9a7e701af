"""When to try again, when to give up. Pure."""

from datetime import datetime, timedelta

LEASE = timedelta(seconds=30)  # a claim holds this long: a killed worker's messages come back after it
BATCH = 20  # messages per claim
MAX_ATTEMPTS = 8  # about 2.5 hours from the first try to the dead letter
RETENTION = timedelta(days=30)  # done messages are kept this long; followers may lag that far behind
FIRST_WAIT_SECONDS = 5
LONGEST_WAIT_SECONDS = 3600
ERROR_LENGTH = 500


def next_try(attempt: int, now: datetime) -> datetime | None:
    """When to try again after the ``attempt``-th failure (5 s, 20 s, 80 s … 1 h); None: give up."""
    if attempt >= MAX_ATTEMPTS:
        return None
    wait = FIRST_WAIT_SECONDS * 4 ** max(0, attempt - 1)
    return now + timedelta(seconds=min(wait, LONGEST_WAIT_SECONDS))
