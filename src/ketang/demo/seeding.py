"""The demo's first day: what closed long ago comes in bulk, what is open went through the loop's verbs."""

from datetime import datetime, timedelta
from random import Random

from django.db import transaction

from ketang.core.accounts import api as accounts
from ketang.core.areas import api as areas
from ketang.core.cases import api as cases
from ketang.core.cases.models import Case
from ketang.core.cases.types import NewCase
from ketang.demo import writing
from ketang.demo.acting import CENTRE, advance
from ketang.demo.cast import Cast
from ketang.demo.reporting import SOURCE, draw_up, raise_one
from ketang.kernel.actor import SYSTEM
from ketang.kernel.errors import KetangError

CLOSED, OPEN = 600, 120
SEED = 20_260_101
LONG_AGO_DAYS = (20, 360)
AT_ONCE = 20  # cases per transaction: one sync of the disk for all of them
MOVES_AT_MOST = 12
# Shares of what a kind's clock allows: how much of it has passed, how much of it one move takes.
IN_TIME_BY, LATE_BY, LATE_OF_100 = (0.02, 0.85), (1.05, 1.4), 8
A_MOVE_TAKES = (0.05, 0.3)
ABOUT = {
    "natural_days": timedelta(days=1),
    "working_days": timedelta(days=1.5),
    "working_hours": timedelta(hours=3),
    "urgent_hours": timedelta(hours=1),
    "urgent_minutes": timedelta(minutes=1),
}


def seed_cases(now: datetime, *, closed: int = CLOSED, open_: int = OPEN) -> int:
    """Fill an empty demo, every leaf open once; with demo cases there already, does nothing. How many."""
    if Case.objects.filter(source_system=SOURCE).exists():
        return 0
    rng, cast = Random(SEED), Cast(now)  # noqa: S311 - a story, not a secret
    seed_past(rng, cast, now, closed)
    kinds = [*writing.leaves(), *(writing.write_report(rng).kind for _ in range(open_))][:open_]
    for start in range(0, open_, AT_ONCE):
        with transaction.atomic():
            for kind in kinds[start : start + AT_ONCE]:
                _live_through(rng, cast, now, kind)
    return closed + open_


def seed_past(rng: Random, cast: Cast, now: datetime, count: int) -> None:
    """Closed cases of the last year, written as an import of history would be."""
    book = cases.loop_book()
    orders = [_past_order(rng, cast, now) for _ in range(count)]
    drafts = [cases.draft_past(order, book, SYSTEM, now) for order in orders]
    prepared = cases.prepare_past(drafts, SYSTEM, now)
    with transaction.atomic():
        cases.write_past(prepared)


def _past_order(rng: Random, cast: Cast, now: datetime) -> cases.PastOrder:
    reported_at = now - timedelta(days=rng.uniform(*LONG_AGO_DAYS))
    raised = draw_up(cast, rng, reported_at)
    overdue = rng.randrange(100) < 6
    took = timedelta(hours=rng.uniform(3, 96)) + (timedelta(days=20) if overdue else timedelta())
    return cases.PastOrder(
        raised.new,
        closed_at=min(reported_at + took, now),
        answer=writing.answer_to(raised.done),
        overdue=overdue,
        lead=_lead_of(raised.new),
    )


def _lead_of(new: NewCase) -> int:
    leaf = cases.loop_book().kind(new.kind)
    if leaf is None or leaf.secrecy == "sealed":
        return 0
    unit = accounts.resolve_department(leaf.lead, _area_of(new)) or accounts.department_by_code(CENTRE)
    return unit.id if unit else 0


def _area_of(new: NewCase) -> str:
    if new.spot.lon is None or new.spot.lat is None:
        return new.spot.area
    return areas.locate(new.spot.lon, new.spot.lat) or ""


def _live_through(rng: Random, cast: Cast, now: datetime, kind: str) -> None:
    """One case of the last days, as far along as its time allows: most are in time, some are late."""
    pace = rng.uniform(*A_MOVE_TAKES)
    spent = rng.uniform(*LATE_BY) if rng.randrange(100) < LATE_OF_100 else rng.uniform(*IN_TIME_BY)
    allowed = _allowance(kind)
    at = now - allowed * spent
    ref = raise_one(cast, rng, at, kind)
    for _ in range(MOVES_AT_MOST):
        at += allowed * pace * rng.uniform(0.3, 1.7)
        if at >= now:
            return
        try:
            with transaction.atomic():
                if advance(ref.id, cast, rng, at) is None:
                    return
        except KetangError:
            return  # this one stays where it is: a rule of the playbook says no, as it may in life


def _allowance(kind: str) -> timedelta:
    """About how long the kind may take; a working day counts as a day and a half."""
    leaf = cases.loop_book().kind(kind)
    clock, amount = (leaf.resolve if leaf else "working_days:5").removeprefix("review:").split(":")
    return int(amount) * ABOUT[clock]
