"""Verbs that mark a case without moving it: urge, supervise, escalate, priority, kind, rating, support."""

from datetime import timedelta

from ketang.core.cases import clocks
from ketang.core.cases.actions import moving
from ketang.core.cases.actions.change import Change, Effect
from ketang.core.cases.models import Unit
from ketang.core.cases.types import Part, Verb
from ketang.core.deadlines import api as deadlines
from ketang.core.deadlines.types import StartClock
from ketang.kernel.errors import Conflict

HIGHEST = 3


class RatedTooLate(Conflict):
    message = "办结 %(days)s 天以后不能再评价；有新的情况请重新上报。"


def urge(change: Change) -> None:
    change.note(lead=change.case.lead_id)


def supervise(change: Change) -> None:
    change.note(lead=change.case.lead_id, basis=change.act.basis)


def escalate(change: Change) -> None:
    """One level up: town centre, district dispatcher, supervisor."""
    change.set(escalation=min(change.case.escalation + 1, HIGHEST))
    change.note(level=min(change.case.escalation + 1, HIGHEST))


def prioritise(change: Change) -> None:
    change.note(before=change.case.priority, after=change.act.priority)
    change.set(priority=change.act.priority)


def reclassify(change: Change) -> None:
    moving.apply_kind(change, change.act.kind)
    moving.place(change)


def rate(change: Change) -> None:
    """A bad rating is called back within the rule's time, whatever state the case is in."""
    after = change.book.reasons.after
    closed = change.case.closed_at
    if closed and change.now > closed + timedelta(days=after.rate_within_days):
        raise RatedTooLate(days=after.rate_within_days, field="rating")
    change.set(rating=change.act.rating, called_back=False)
    change.note(rating=change.act.rating)
    if change.act.rating <= after.dissatisfied_at:
        rule = clocks.side("rating_followup", change.kind)
        begun = [StartClock(clocks.CALL_BACK, rule, change.now)]
        deadlines.start("case", change.case.pk, begun, playbook=change.case.playbook, at=change.now)


def support_done(change: Change) -> None:
    """The supporting units of this person are done; their own clocks stop, the lead's runs on."""
    mine = change.person.department_ids & change.standing.support_ids
    Unit.objects.filter(case=change.case, part=Part.SUPPORT, department_id__in=mine, ended_at=None).update(
        ended_at=change.now
    )
    for department in mine:
        deadlines.stop("case", change.case.pk, [clocks.SUPPORT], change.now, party_id=department)
    change.note(departments=sorted(mine))


VERBS: dict[Verb, Effect] = {
    Verb.URGE: urge,
    Verb.SUPERVISE: supervise,
    Verb.ESCALATE: escalate,
    Verb.PRIORITISE: prioritise,
    Verb.RECLASSIFY: reclassify,
    Verb.RATE: rate,
    Verb.SUPPORT_DONE: support_done,
}
