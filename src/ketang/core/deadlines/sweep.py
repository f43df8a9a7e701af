"""What the worker does: tell of thresholds once each, and count provisional due times again.

Any number of workers may do it at the same time, and after a day down it catches up by itself: a threshold is
told of when ``next_alert_at`` has passed, and whoever moves ``next_alert_at`` on has told of it.
"""

from datetime import datetime

from django.db import transaction

from ketang.core.audit import api as audit
from ketang.core.audit.types import Record
from ketang.core.deadlines import book
from ketang.core.deadlines.actions import recount, unstopped
from ketang.core.deadlines.events import DeadlineNear, DeadlinePassed, DueRestated
from ketang.core.deadlines.models import Deadline
from ketang.core.deadlines.rows import next_alert
from ketang.core.outbox import api as outbox
from ketang.kernel.actor import SYSTEM

BATCH = 50


def sweep(now: datetime) -> int:
    """Tell of every threshold that has passed; returns how many clocks spoke."""
    told = 0
    while Deadline.objects.filter(next_alert_at__lte=now).exists():
        done = _tell_some(now)
        told += done
        if not done:
            break  # the rest is in another worker's hands
    return told


@transaction.atomic
def _tell_some(now: datetime) -> int:
    """A few clocks in one short transaction. What somebody else holds is left for the next round: a sweeper
    never waits with locks in its hands, so it is never part of a deadlock."""
    late = Deadline.objects.filter(next_alert_at__lte=now).select_for_update(skip_locked=True)
    return sum(_tell(row, now) for row in late.order_by("next_alert_at", "id")[:BATCH])


def _tell(row: Deadline, now: datetime) -> bool:
    """Claim by compare-and-swap on ``next_alert_at``, then publish, inside the caller's transaction."""
    seen, news = row.next_alert_at, _news(row, now)
    claimed = Deadline.objects.filter(pk=row.pk, next_alert_at=seen).update(
        near_sent_at=row.near_sent_at, passed_sent_at=row.passed_sent_at, next_alert_at=next_alert(row)
    )
    if not claimed:
        return False  # another worker told of it, or the clock was paused, stopped or counted again
    for key, event in news:
        outbox.publish(event, key=key)
    return True


def _news(row: Deadline, now: datetime) -> list[tuple[str, object]]:
    """What there is to tell, keyed by clock and threshold; notes on the row that it is told."""
    news: list[tuple[str, object]] = []
    facts = (row.subject_kind, row.subject_id, row.name, row.pk, row.party_id, row.due_at, row.ring)
    if row.near_sent_at is None and row.yellow_at <= now:
        row.near_sent_at = now
        news.append((_key(row, "near", row.yellow_at), DeadlineNear(*facts, overtaken=row.due_at <= now)))
    if row.passed_sent_at is None and row.due_at <= now:
        row.passed_sent_at = now
        news.append((_key(row, "passed", row.due_at), DeadlinePassed(*facts)))
    return news


def _key(row: Deadline, threshold: str, at: datetime) -> str:
    """An extension moves the threshold and so makes a new one, of which one must be told again."""
    return f"deadline:{row.pk}:{threshold}:{at.timestamp():.6f}"


def recompute_provisional(now: datetime) -> int:
    """Count provisional due times again where the calendar has changed since; returns how many clocks were.

    One transaction per subject: the clocks, those bound to them, audit and `DueRestated`.
    """
    version = book.calendar().version
    book.keep_version(now)
    foreseen = Deadline.objects.filter(stopped_at=None, provisional=True).exclude(calendar=version)
    done = 0
    while subjects := list(foreseen.values_list("subject_kind", "subject_id").distinct()[:BATCH]):
        done += sum(_restate(kind, subject_id, version, now) for kind, subject_id in subjects)
    return done


@transaction.atomic
def _restate(subject_kind: str, subject_id: int, version: str, now: datetime) -> int:
    rows = unstopped(subject_kind, subject_id)
    before = {row.pk: (row.due_at, row.provisional) for row in rows}
    recount(rows, [row for row in rows if row.provisional and row.calendar != version], now)
    changed = [row for row in rows if before[row.pk] != (row.due_at, row.provisional)]
    outbox.publish(*(_restated(row, before[row.pk][0]) for row in changed))
    subject = f"{subject_kind}:{subject_id}"
    audit.record_many(
        Record(SYSTEM, "deadline.restate", subject, {"clock": row.name, "calendar": version}, now)
        for row in changed
    )
    return len(changed)


def _restated(row: Deadline, old_due_at: datetime) -> DueRestated:
    return DueRestated(
        row.subject_kind, row.subject_id, row.name, row.pk, row.party_id,
        old_due_at, row.due_at, row.yellow_at, row.provisional, row.calendar,
    )  # fmt: skip
