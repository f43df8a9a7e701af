"""退单 and arbitration: return, appoint, redo, explain, refer."""

from ketang.core.accounts import api as accounts
from ketang.core.cases import clocks, rules
from ketang.core.cases.actions import moving
from ketang.core.cases.actions.change import Change, Effect
from ketang.core.cases.models import Approval, Unit
from ketang.core.cases.types import NeedsSignature, Part, State, Verb
from ketang.core.deadlines import api as deadlines
from ketang.core.deadlines.types import StartClock
from ketang.kernel.errors import BadInput


class ConsentMissing(BadInput):
    message = "这是上级转来的工单，要写明上级同意退回或延期的凭据（谁、何时、怎样同意）。"


def send_back(change: Change) -> None:
    """Once, in time, with reason, basis and the unit's signature; the lead stays responsible until hand-over.
    The second time the dispatcher has to appoint."""
    case, act = change.case, change.act
    _check_time(change)
    signer = accounts.person(act.signed_by, change.now)
    if not any(post.signs and post.department_id == case.lead_id for post in signer.posts):
        raise NeedsSignature(field="signed_by")
    check_consent(change)
    change.set(returns=case.returns + 1)
    change.note(
        reason=act.reason, basis=act.basis, signed_by=act.signed_by, consent=act.consent, lead=case.lead_id
    )
    rule = clocks.side("appoint", change.kind)
    deadlines.start(
        "case", case.pk, [StartClock(clocks.APPOINT, rule, change.now)], playbook=case.playbook, at=change.now
    )


def _check_time(change: Change) -> None:
    case = change.case
    rule = clocks.side("return_limit", change.kind)
    limit = deadlines.plan(rule, case.dispatched_at or change.now)
    rules.check_return_in_time(change.now, limit.due_at or change.now, clocks.words_of(rule))


def check_consent(change: Change) -> None:
    """Return and extension of an upstream order record the upstream's consent."""
    if change.case.source_number and change.case.upstream_due and not change.act.consent:
        raise ConsentMissing(field="consent")


def appoint(change: Change) -> None:
    """指定主办: the dispatcher decides, with a basis; the appointed lead cannot return it."""
    moving.check_units(change, change.act.lead, change.act.supports)
    moving.hand_over(change, change.act.lead, change.act.supports)
    change.set(appointed=True, routing_reason=f"指定主办：{change.act.basis}"[:200])
    change.note(basis=change.act.basis)


def redo(change: Change) -> None:
    """退回重办. A closed case opens with a new round of its resolve clock; the first round's record stays."""
    case, now = change.case, change.now
    moving.do_again(change)
    change.set(rating=0, called_back=False)
    if change.standing.open:
        return
    _, resolve = clocks.rules_of(change.kind)
    begun = [StartClock(clocks.RESOLVE, resolve, now, ring=case.priority == 1)]
    clocks.set_due(case, deadlines.due_of(begun[0]), resolve)
    moving.keep_due(change)
    change.set(open=True, closed_at=None)
    deadlines.start("case", case.pk, begun, playbook=case.playbook, at=now)
    _lead_again(change)


def _lead_again(change: Change) -> None:
    case = change.case
    if case.lead_id is None:
        return
    Unit.objects.create(case=case, department_id=case.lead_id, part=Part.LEAD, since=change.now)
    again = clocks.for_units(case, change.kind, case.lead_id, (), change.now)
    deadlines.start("case", case.pk, again, playbook=case.playbook, at=change.now)


def explain(change: Change) -> None:
    """Lawfully impossible: asked for here, approved by two others before it may be told (``decide``)."""
    row = Approval.objects.create(
        case=change.case,
        what="explain",
        reason=f"{change.act.reason}：{change.act.text}",
        asked_by=change.person.actor.id,
        asked_at=change.now,
    )
    change.state = change.standing.state
    change.note(approval=row.pk, reason=change.act.reason)


def refer(change: Change) -> None:
    """Petitions and matters in litigation leave with a notice and receipt; accusations leave to 纪检 only."""
    change.public = True
    change.set(open=False, closed_at=change.now, answered_at=change.now)
    change.note(basis=change.act.basis)
    deadlines.stop("case", change.case.pk, None, change.now)
    Unit.objects.filter(case=change.case, ended_at=None).update(ended_at=change.now)


VERBS: dict[Verb, Effect] = {
    Verb.RETURN: send_back,
    Verb.APPOINT: appoint,
    Verb.REDO: redo,
    Verb.EXPLAIN: explain,
    Verb.REFER: refer,
}
__all__ = ["VERBS", "State", "check_consent"]
