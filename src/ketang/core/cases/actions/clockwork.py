"""Time on a case: extension and suspension (挂账) with approval, resuming, and the decision on requests."""

from datetime import datetime, timedelta

from ketang.core.audit import api as audit
from ketang.core.cases import clocks
from ketang.core.cases.actions import moving
from ketang.core.cases.actions.change import Change, Effect
from ketang.core.cases.actions.returning import check_consent
from ketang.core.cases.actions.rows import step_row
from ketang.core.cases.models import Approval, Case
from ketang.core.cases.transitions import IN_HAND
from ketang.core.cases.types import SecondApproverMissing, StaleCase, State, Verb, VerbNotNow
from ketang.core.deadlines import api as deadlines
from ketang.core.deadlines.events import DueRestated
from ketang.core.deadlines.types import Rule
from ketang.core.outbox import api as outbox
from ketang.kernel.actor import SYSTEM
from ketang.kernel.errors import BadInput, Conflict

IN_HAND_ONLY = frozenset({"extend", "suspend"})  # once it is handled nobody needs more time
COMES_UP = "cases.comes_up"


class OwnRequest(SecondApproverMissing):
    message = "申请人不能审批自己的申请，请换一位同事。"


class NoSuchRequest(Conflict):
    message = "这条申请已经审批过，或不属于这张工单。"


class ExtendedEnough(Conflict):
    message = "这张工单最多延期 %(times)s 次，已经用完；有困难请申请挂账或请求督办协调。"


class NoSuchExtension(BadInput):
    message = "延长多久请从列表里选择。"


class OneRequestAtATime(Conflict):
    message = "已有一条同样的申请在等审批。"


def extend(change: Change) -> None:
    """Ask for more time, one of the playbook's extensions: ``working_days:3``; so often and no more."""
    limits = change.book.reasons.limits
    if change.act.rule not in limits.extend_rules:
        raise NoSuchExtension(field="rule")
    granted = Approval.objects.filter(case=change.case, what="extend", verdict="yes").count()
    if granted >= limits.extend_times:
        raise ExtendedEnough(times=limits.extend_times, field="rule")
    _ask(change, "extend")


def suspend(change: Change) -> None:
    _ask(change, "suspend")


def _ask(change: Change, what: str) -> None:
    check_consent(change)
    act = change.act
    if Approval.objects.filter(case=change.case, what=what, decided_at=None).exists():
        raise OneRequestAtATime
    row = Approval.objects.create(
        case=change.case,
        what=what,
        rule=act.rule,
        reason=f"{act.reason}：{act.text}",
        upstream_consent=act.consent[:200],
        asked_by=change.person.actor.id,
        asked_at=change.now,
    )
    change.note(approval=row.pk, reason=act.reason, rule=act.rule, consent=act.consent)


def decide(change: Change) -> None:
    """Yes or no by somebody else than who asked; 依法不能办 needs two different people to say yes."""
    row = Approval.objects.filter(case=change.case, pk=change.act.approval, decided_at=None).first()
    if row is None:
        raise NoSuchRequest(field="approval")
    if row.what in IN_HAND_ONLY and change.act.outcome == "yes" and change.standing.state not in IN_HAND:
        raise VerbNotNow(state=change.standing.state, verb=change.row.label)
    me = change.person.actor.id
    if me == row.asked_by:
        raise OwnRequest
    change.note(approval=row.pk, what=row.what, outcome=change.act.outcome)
    if row.what == "explain" and change.act.outcome == "yes" and not row.second_by:
        row.second_by = me
        row.save(update_fields=["second_by"])
        change.note(first_yes=True)
        return
    if row.second_by == me:
        raise SecondApproverMissing
    won = Approval.objects.filter(pk=row.pk, decided_at=None).update(
        decided_by=me, decided_at=change.now, verdict=change.act.outcome
    )
    if won != 1:
        raise NoSuchRequest(field="approval")
    if change.act.outcome == "yes":
        GRANTED[row.what](change, row)


def _grant_extension(change: Change, row: Approval) -> None:
    rule = Rule.parse(row.rule)
    due = deadlines.extend("case", change.case.pk, clocks.RESOLVE, rule, change.now)
    clocks.set_due(change.case, due, clocks.rules_of(change.kind)[1])
    moving.keep_due(change)
    change.note(due=change.case.due_at.isoformat())


def _grant_suspension(change: Change, row: Approval) -> None:
    """Never for ever: after so many natural days the case comes up again by itself (``resume_by_itself``)."""
    deadlines.pause("case", change.case.pk, change.now)
    change.set(suspended=True)
    until = change.now + timedelta(days=change.book.reasons.limits.suspend_days)
    change.note(until=until.isoformat())
    payload = {"case": change.case.pk, "approval": row.pk}
    outbox.schedule(COMES_UP, payload, key=f"{COMES_UP}:{row.pk}", at=until)


def _grant_explanation(change: Change, row: Approval) -> None:
    """Told to the reporter; stays in every denominator."""
    change.public = True
    change.set(answered_at=change.now)
    change.note(explained=row.reason)
    if change.standing.open:
        change.set(handled_at=change.case.handled_at or change.now)
        change.state = State.ANSWERED


GRANTED = {"extend": _grant_extension, "suspend": _grant_suspension, "explain": _grant_explanation}


def resume(change: Change) -> None:
    dues = deadlines.resume("case", change.case.pk, change.now)
    if due := dues.get(clocks.RESOLVE):
        clocks.set_due(change.case, due, clocks.rules_of(change.kind)[1])
        moving.keep_due(change)
    change.set(suspended=False)


def suspended_by(case_id: int) -> int:
    """The request whose suspension is in force; 0 for a case that is not suspended."""
    if not Case.objects.filter(pk=case_id, open=True, suspended=True).exists():
        return 0
    granted = Approval.objects.filter(case_id=case_id, what="suspend", verdict="yes")
    return granted.order_by("-decided_at", "-pk").values_list("pk", flat=True).first() or 0


VERBS: dict[Verb, Effect] = {
    Verb.EXTEND: extend,
    Verb.SUSPEND: suspend,
    Verb.DECIDE: decide,
    Verb.RESUME: resume,
}


def restate(happened: DueRestated, now: datetime) -> None:
    """The official calendar was published: the case takes the new due time and a step says so."""
    case = Case.objects.filter(pk=happened.subject_id, open=True).first()
    if case is None or case.due_at == happened.due_at:
        Case.objects.filter(pk=happened.subject_id).update(due_provisional=happened.provisional)
        return
    case.version += 1
    facts = {
        "due_before": happened.old_due_at.isoformat(),
        "due": happened.due_at.isoformat(),
        "calendar": happened.calendar,
    }
    step = step_row(
        case,
        Verb.UPDATE,
        State(case.state),
        SYSTEM,
        now,
        text="节假日安排已公布，办结时限重新计算。",
        facts=facts,
    )
    moved = Case.objects.filter(pk=case.pk, version=case.version - 1).update(
        version=case.version,
        due_at=happened.due_at,
        yellow_at=happened.yellow_at,
        due_provisional=happened.provisional,
    )
    if moved != 1:
        raise StaleCase
    step.save(force_insert=True)
    audit.record(SYSTEM, "case.restate", f"case:{case.pk}", facts, at=now)
