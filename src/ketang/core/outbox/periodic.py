"""Jobs that come round. One worker at a time runs each: it takes the row by compare-and-swap."""

from datetime import timedelta

import structlog
from django.db import InterfaceError, OperationalError

from ketang.core.outbox import registry
from ketang.core.outbox.errors import describe
from ketang.core.outbox.models import OutboxPeriodic
from ketang.core.outbox.types import Periodic
from ketang.kernel.clock import now

log = structlog.get_logger("ketang.outbox")
LEASE = timedelta(minutes=5)  # after a worker was killed while running one, another takes it


def run_due(worker: str) -> int:
    """Run every periodic job whose time has come; returns how many."""
    looked_at = now()
    times = dict(OutboxPeriodic.objects.values_list("name", "next_at"))
    ours = registry.periodics()
    new = [OutboxPeriodic(name=each.name, next_at=looked_at) for each in ours if each.name not in times]
    if new:
        OutboxPeriodic.objects.bulk_create(new, ignore_conflicts=True)
    return sum(_run(each, worker) for each in ours if times.get(each.name, looked_at) <= looked_at)


def _run(periodic: Periodic, worker: str) -> int:
    taken_at = now()
    due = OutboxPeriodic.objects.filter(name=periodic.name, next_at__lte=taken_at)
    if not due.update(next_at=taken_at + LEASE, claimed_by=worker):
        return 0  # another worker got there first
    error = _error_of(periodic)
    end = now()
    OutboxPeriodic.objects.filter(name=periodic.name, claimed_by=worker).update(
        next_at=end + timedelta(seconds=periodic.seconds), claimed_by="", last_run_at=end, last_error=error
    )
    return 1


def _error_of(periodic: Periodic) -> str:
    """Run it; what went wrong, or ''. One bad job stops neither the worker nor the others."""
    try:
        periodic.run()
    except (OperationalError, InterfaceError):
        raise  # the database went away: the lease brings the job back
    except Exception as failure:
        log.warning("periodic job failed", name=periodic.name, error=type(failure).__name__)
        return describe(failure)
    return ""
